"""Listing of perp markets, and their limits."""

from dataclasses import replace

from worldmarkets.model import slots
from worldmarkets.model.assets import invalid, token_of
from worldmarkets.model.errors import MarketAlreadyListed
from worldmarkets.model.events import MarkUpdated, PerpLimitsSet, PerpMarketListed
from worldmarkets.model.interface import PerpTerms
from worldmarkets.model.listing import check_market_terms
from worldmarkets.model.perp_words import MarkWord, PerpPoolWord, code_of
from worldmarkets.model.perps import funding, marks
from worldmarkets.model.state import State
from worldmarkets.model.words import (
    NO_ASK,
    PERP,
    BookWord,
    ConfigWord,
    TapeWord,
    UnderlyingWord,
    perp_market,
)

MAX_OPEN_INTEREST_LOTS = 2**39 - 1
"""The highest cap on the lots that are held long."""
MAX_RATE = 4_000_000
"""The most that funding cap, interest and clamp may be: 4 % per 8 hours [1e-8]."""
_MAX_BAND_BPS = 2**12 - 1


def list_perp_market(
    state: State, base_asset_id: int, terms: PerpTerms
) -> tuple[PerpMarketListed, MarkUpdated | None]:
    """List the perp market of an asset; it has a mark at once if there is a price.

    Raises:
        UnlistedAsset, InvalidParameter, MarketAlreadyListed.
    """
    token_of(state, base_asset_id)
    if base_asset_id == 0:
        raise invalid("baseAssetId", 0)
    cap_code = _check_terms(terms)
    market_id = perp_market(base_asset_id)
    if state.load_raw(slots.config(market_id)):
        raise MarketAlreadyListed(market_id)
    _store_terms(state, market_id, base_asset_id, terms)
    rate = funding.rate_of(0, terms.interest, terms.clamp, terms.funding_cap)
    mark = MarkWord(rate=rate, time=state.time, tick_value=terms.tick_value, cap_code=cap_code)
    state.store(slots.mark(market_id), mark)
    price = state.load(UnderlyingWord, slots.underlying(base_asset_id)).price
    marked = marks.reprice(state, base_asset_id, price) if price else None
    return PerpMarketListed(market_id, base_asset_id, terms), marked


def set_perp_limits(
    state: State, market_id: int, open_interest_cap_lots: int, position_cap_lots: int
) -> PerpLimitsSet:
    """Set the caps of a perp market [lots]; raises UnknownMarket, InvalidParameter."""
    marks.config_of(state, market_id)
    cap_code = _check_caps(open_interest_cap_lots, position_cap_lots)
    tape = state.load(TapeWord, slots.tape(market_id))
    tape = replace(tape, open_interest_cap=open_interest_cap_lots)
    state.store(slots.tape(market_id), tape)
    mark = replace(funding.load(state, market_id), cap_code=cap_code)
    state.store(slots.mark(market_id), mark)
    return PerpLimitsSet(market_id, open_interest_cap_lots, position_cap_lots)


def _store_terms(state: State, market_id: int, base_asset_id: int, terms: PerpTerms) -> None:
    config = ConfigWord(
        base_asset_id,
        PERP,
        terms.band_bps,
        terms.atoms_per_lot,
        terms.impact_notional,
        terms.mark_band_bps,
        terms.funding_cap,
        terms.interest,
        terms.clamp,
    )
    book = BookWord(
        best_ask=NO_ASK,
        min_lots=terms.min_lots,
        tick_value=terms.tick_value,
        maker_ppm=terms.maker_ppm,
    )
    tape = TapeWord(
        taker_ppm=terms.taker_ppm, touched=1, open_interest_cap=terms.open_interest_cap_lots
    )
    state.store(slots.config(market_id), config)
    state.store(slots.book(market_id), book)
    state.store(slots.tape(market_id), tape)
    state.store(slots.perp_pool(market_id), PerpPoolWord(touched=1))


def _check_terms(terms: PerpTerms) -> int:
    """Return the code of the position cap; raises InvalidParameter."""
    check_market_terms(terms)
    cap_code = _check_caps(terms.open_interest_cap_lots, terms.position_cap_lots)
    if terms.impact_notional == 0:
        raise invalid("impactNotional", 0)
    if not 0 < terms.mark_band_bps <= _MAX_BAND_BPS:
        raise invalid("markBandBps", terms.mark_band_bps)
    rates = (terms.funding_cap, terms.interest, terms.clamp)
    for name, rate in zip(("fundingCap", "interest", "clamp"), rates, strict=True):
        if rate > MAX_RATE:
            raise invalid(name, rate)
    return cap_code


def _check_caps(open_interest_cap_lots: int, position_cap_lots: int) -> int:
    """Return the code of the position cap; raises InvalidParameter."""
    if not 0 < open_interest_cap_lots <= MAX_OPEN_INTEREST_LOTS:
        raise invalid("openInterestCapLots", open_interest_cap_lots)
    cap_code = code_of(position_cap_lots)
    if cap_code is None:
        raise invalid("positionCapLots", position_cap_lots)
    return cap_code
