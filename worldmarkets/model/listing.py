"""Listing of assets and markets, and the split of fees."""

from dataclasses import replace

from worldmarkets.model import accounts, balances, slots
from worldmarkets.model.assets import invalid, token_of
from worldmarkets.model.errors import (
    MarketAlreadyListed,
    UnknownMarket,
)
from worldmarkets.model.events import AssetListed, FeesCollected, MarketListed
from worldmarkets.model.fees import PPM, divide_up
from worldmarkets.model.interface import PerpTerms, SpotTerms
from worldmarkets.model.perps import settlement
from worldmarkets.model.state import State
from worldmarkets.model.words import (
    MAX_TICK,
    NO_ASK,
    SPOT,
    BookWord,
    ConfigWord,
    FeedWord,
    OutflowWord,
    RampWord,
    RegistryWord,
    TapeWord,
    TokenWord,
    UnderlyingWord,
    is_perp,
    spot_market,
)

MAX_LISTED_ASSETS = 44
MIN_ATOMS_PER_LOT = 1_000
NEW_IOTA_BPS = 10_000
"""A new asset supports no debt: its own shock takes all its worth."""
MAX_DECIMALS = 36
OUTFLOW_LIMIT_PPM = 250_000
"""Share of what is held of a new asset that may leave in a day."""
_MAX_BAND_BPS = 2**12 - 1
_BPS = 10**4
_DOLLARS_TO_QUOTE_ATOMS = 10**12


def list_asset(
    state: State, token: int, decimals: int, units_per_atom: int, feed: int
) -> AssetListed:
    """List a token under the next asset id; only the quote asset has no feed."""
    registry = state.load(RegistryWord, slots.registry())
    asset_id = registry.assets
    if asset_id >= MAX_LISTED_ASSETS:
        raise invalid("assets", asset_id)
    if units_per_atom == 0:
        raise invalid("unitsPerAtom", 0)
    if asset_id and feed == 0:
        raise invalid("feed", 0)
    if any(state.load(TokenWord, slots.token(known)).token == token for known in range(asset_id)):
        raise invalid("token", token)
    if decimals > MAX_DECIMALS:
        raise invalid("decimals", decimals)
    state.store(slots.registry(), replace(registry, assets=asset_id + 1))
    state.store(slots.token(asset_id), TokenWord(token, units_per_atom, decimals))
    state.store(slots.feed(asset_id), FeedWord(feed))
    if asset_id:
        state.store(slots.underlying(asset_id), UnderlyingWord(iota_bps=NEW_IOTA_BPS))
        state.store(slots.ramp(asset_id), RampWord(state.time))
    state.store(slots.outflow(asset_id), OutflowWord(limit_ppm=OUTFLOW_LIMIT_PPM))
    return AssetListed(asset_id, token, units_per_atom, feed)


def list_spot_market(state: State, base_asset_id: int, terms: SpotTerms) -> MarketListed:
    """List the spot market of an asset against the quote asset."""
    token_of(state, base_asset_id)
    if base_asset_id == 0:
        raise invalid("baseAssetId", 0)
    check_market_terms(terms)
    market_id = spot_market(base_asset_id)
    if state.load_raw(slots.config(market_id)):
        raise MarketAlreadyListed(market_id)
    config = ConfigWord(base_asset_id, SPOT, terms.band_bps)
    book = BookWord(
        best_ask=NO_ASK,
        min_lots=terms.min_lots,
        tick_value=terms.tick_value,
        atoms_per_lot=terms.atoms_per_lot,
        maker_ppm=terms.maker_ppm,
    )
    state.store(slots.config(market_id), config)
    state.store(slots.book(market_id), book)
    state.store(slots.tape(market_id), TapeWord(taker_ppm=terms.taker_ppm, touched=1))
    price = state.load(UnderlyingWord, slots.underlying(base_asset_id)).price
    move_band(state, base_asset_id, price, price)
    return MarketListed(market_id, base_asset_id, terms)


def move_band(state: State, asset_id: int, low: int, high: int) -> None:
    """Set the band limits of an asset's spot market, if it has one, to prices of an atom.

    The lowest ask belongs to the lower price and is rounded up, the highest bid to the higher one
    and is rounded down; they differ while a price waits to be confirmed.
    """
    market_id = spot_market(asset_id)
    config = state.load(ConfigWord, slots.config(market_id))
    if config.kind == 0:
        return
    book = state.load(BookWord, slots.book(market_id))
    divisor = book.tick_value * _DOLLARS_TO_QUOTE_ATOMS * _BPS
    highest_bid = high * book.atoms_per_lot * (_BPS + config.band_bps) // divisor
    lowest_ask = divide_up(low * book.atoms_per_lot * (_BPS - config.band_bps), divisor)
    band = {"highest_bid": min(highest_bid, MAX_TICK), "lowest_ask": min(lowest_ask, NO_ASK)}
    band["unconfirmed"] = int(low != high)
    state.store(slots.book(market_id), replace(book, **band))


def collect_fees(state: State, market_id: int) -> FeesCollected:
    """Split the fees of a market; the insurance fund's part is rounded up."""
    tape = state.load(TapeWord, slots.tape(market_id))
    if tape.touched == 0:
        raise UnknownMarket(market_id)
    paid, left = tape.fees, 0
    if is_perp(market_id):
        paid, left = settlement.pay_fees(state, market_id, tape.fees)
    share = state.load(RegistryWord, slots.registry()).insurance_ppm
    insurance = divide_up(paid * share, PPM)
    state.store(slots.tape(market_id), replace(tape, fees=left))
    for account_id, atoms in (
        (accounts.INSURANCE, insurance),
        (accounts.TREASURY, paid - insurance),
    ):
        balances.add(state, account_id, 0, atoms)
        accounts.use(state, account_id, 0)
    return FeesCollected(market_id, insurance, paid - insurance)


def check_market_terms(terms: SpotTerms | PerpTerms) -> None:
    """Pass if terms that all markets have are possible; raises InvalidParameter."""
    if terms.tick_value == 0:
        raise invalid("tickValue", 0)
    if terms.atoms_per_lot < MIN_ATOMS_PER_LOT:
        raise invalid("atomsPerLot", terms.atoms_per_lot)
    if terms.min_lots == 0:
        raise invalid("minLots", 0)
    if not 0 < terms.band_bps <= _MAX_BAND_BPS:
        raise invalid("bandBps", terms.band_bps)
    if terms.maker_ppm + terms.taker_ppm < 0:
        raise invalid("makerPpm", terms.maker_ppm & 0xFFFF)
