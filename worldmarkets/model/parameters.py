"""Parameters of lending pools and of ATLAS."""

from dataclasses import fields, replace

from worldmarkets.model import pools, slots
from worldmarkets.model.assets import as_name, invalid, token_of
from worldmarkets.model.errors import ChangedTooSoon, RampExceeded
from worldmarkets.model.events import AssetRiskSet, MarketRiskSet, PoolTermsSet
from worldmarkets.model.interface import AssetRiskTerms, MarketRiskTerms, PoolTerms
from worldmarkets.model.perps import flat_margin
from worldmarkets.model.state import State
from worldmarkets.model.words import (
    MAX_HELD_ATOMS,
    SECONDS_A_DAY,
    PoolTermsWord,
    RampWord,
    RiskWord,
    UnderlyingWord,
)

WHOLE_BPS = 10_000
RISE_UNITS = 2
"""Whatever a parameter is, it may be raised by that and a tenth of itself."""
ALL_ASSETS = 0xFF
"""The ramp word of the parameters of all assets together has this id."""
_MOST = {"beta_milli": 0xFFF, "iota_bps": 0x3FFF, "basis_bps": 0xFFF, "spot_exit_bps": 0xFFF}
_MOST |= {"perp_exit_bps": 0xFFF, "sigma_bps": 0xFFF, "end_percent": 100}
_MOST_PERMILLE = 999


def set_pool_terms(state: State, asset_id: int, terms: PoolTerms) -> PoolTermsSet:
    """Open an asset's pool, or change its terms; raises UnlistedAsset or InvalidParameter."""
    token_of(state, asset_id)
    for known in fields(terms):
        is_cap = known.name.endswith("_atoms")
        most = MAX_HELD_ATOMS if is_cap else _MOST_PERMILLE
        _check_at_most(known.name, getattr(terms, known.name), most)
    level = 0
    if pools.is_open(state, asset_id):
        level = pools.window_at(pools.load_terms(state, asset_id), state.time)
        pool = pools.load(state, asset_id)
        pool.reserve_permille = terms.reserve_permille
        pools.store(state, pool)
    else:
        pools.open_pool(state, asset_id, terms.reserve_permille)
        _note_lendable(state, asset_id)
    caps = (terms.supply_cap_atoms, terms.borrow_cap_atoms)
    shares = (terms.ceiling_permille, terms.hourly_permille)
    word = PoolTermsWord(*caps, *shares, window=level, window_time=state.time)
    state.store(slots.pool_terms(asset_id), word)
    return PoolTermsSet(asset_id, terms)


def set_asset_risk(
    state: State, asset_id: int, terms: AssetRiskTerms, ramp_seconds: int
) -> AssetRiskSet:
    """Set the risk parameters of an asset.

    Raises:
        UnlistedAsset, InvalidParameter, ChangedTooSoon, RampExceeded: see the interface.
    """
    token_of(state, asset_id)
    if asset_id == 0:
        raise invalid("assetId", 0)
    for known in fields(terms):
        if known.name in _MOST:
            _check_at_most(known.name, getattr(terms, known.name), _MOST[known.name])
    if 2 * terms.iota_bps < terms.basis_bps:
        raise invalid("iotaBps", terms.iota_bps)
    word = state.load(UnderlyingWord, slots.underlying(asset_id))
    ramp = _pass_time(state, asset_id)
    age = state.time - ramp.listed_at
    taken = terms.iota_bps + terms.spot_exit_bps
    if age < ramp_seconds and taken < WHOLE_BPS:
        raise RampExceeded(asset_id, as_name("iotaBps"), taken, WHOLE_BPS)
    if ramp.changed_at:
        for name in ("beta_milli", "iota_bps", "basis_bps", "spot_exit_bps", "perp_exit_bps"):
            _check_rise(asset_id, name, getattr(word, name), getattr(terms, name))
            if name == "beta_milli":
                _check_rise(asset_id, name, terms.beta_milli, word.beta_milli)
    values = {known.name: getattr(terms, known.name) for known in fields(terms)}
    state.store(slots.underlying(asset_id), replace(word, **values))
    flat_margin.renew(state, asset_id)
    return AssetRiskSet(asset_id, terms)


def set_market_risk(state: State, terms: MarketRiskTerms) -> MarketRiskSet:
    """Set the risk parameters of all assets together.

    Raises:
        InvalidParameter, ChangedTooSoon, RampExceeded: see the interface.
    """
    _check_at_most("sigma_bps", terms.sigma_bps, _MOST["sigma_bps"])
    _check_at_most("end_percent", terms.end_percent, _MOST["end_percent"])
    _check_at_most("maintenance_percent", terms.maintenance_percent, terms.end_percent)
    word = state.load(RiskWord, slots.risk())
    earlier = _pass_time(state, ALL_ASSETS)
    values = {known.name: getattr(terms, known.name) for known in fields(terms)}
    if earlier.changed_at:
        for name, value in values.items():
            _check_rise(0, name, getattr(word, name), value)
    state.store(slots.risk(), replace(word, **values))
    flat_margin.renew_all(state)
    return MarketRiskSet(terms)


def _note_lendable(state: State, asset_id: int) -> None:
    """Note that an asset's pool is open, in the word that the risk engine reads of the asset."""
    if asset_id == 0:
        state.store(slots.risk(), replace(state.load(RiskWord, slots.risk()), lendable=1))
        return
    word = state.load(UnderlyingWord, slots.underlying(asset_id))
    state.store(slots.underlying(asset_id), replace(word, lendable=1))


def _pass_time(state: State, asset_id: int) -> RampWord:
    """Note a change, and return the word before it; raises ChangedTooSoon."""
    ramp = state.load(RampWord, slots.ramp(asset_id))
    earliest = ramp.changed_at + SECONDS_A_DAY if ramp.changed_at else 0
    if state.time < earliest:
        raise ChangedTooSoon(asset_id, earliest)
    state.store(slots.ramp(asset_id), replace(ramp, changed_at=state.time))
    return ramp


def _check_rise(asset_id: int, name: str, old: int, wanted: int) -> None:
    limit = old + old // 10 + RISE_UNITS
    if wanted > limit:
        raise RampExceeded(asset_id, as_name(_camel(name)), wanted, limit)


def _check_at_most(name: str, value: int, most: int) -> None:
    if value > most:
        raise invalid(_camel(name), value)


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(other.title() for other in others)
