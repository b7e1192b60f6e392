"""The flat margin of a perp: a bound on what an account needs that has cash and that perp alone.

Whoever has cash for it is sure to pass the check of margin, which is not run then. What passes is
the same with and without it; only the fields that it leaves in the book are of the state.
"""

from worldmarkets.atlas.arithmetic import BPS, divide_up
from worldmarkets.model import slots
from worldmarkets.model.reference import MAX_PRICE_AGE, MIN_CONFIDENCE_BPS, market_risk
from worldmarkets.model.state import State
from worldmarkets.model.words import (
    BookWord,
    RegistryWord,
    UnderlyingWord,
    perp_market,
)

DEPTH_DIVISOR = 8
"""The rate holds up to that part of the depth."""
_MOST = 2**16 - 1
_LATEST = 2**32 - 1


def renewed(state: State, book: BookWord, asset_id: int) -> BookWord:
    """Return a perp's book with the flat margin of price and risk as they are now."""
    word = state.load(UnderlyingWord, slots.underlying(asset_id))
    market = market_risk(state)
    own = word.iota_bps + word.perp_exit_bps
    bps = divide_up(market.sigma_bps * word.beta_milli, 1_000) + own
    bps += divide_up(own, DEPTH_DIVISOR) + BPS - word.confidence_bps
    is_good = not word.unconfirmed and word.confidence_bps >= MIN_CONFIDENCE_BPS
    counts = is_good and market.peg_factor_bps == BPS
    until = min(word.time + MAX_PRICE_AGE, _LATEST) if counts else 0
    limit = word.depth // DEPTH_DIVISOR if word.depth else _MOST
    return book.with_flat_margin(until, bps, limit)


def renew(state: State, asset_id: int) -> None:
    """Renew the flat margin of an asset's perp, if it has one."""
    slot = slots.book(perp_market(asset_id))
    if state.load_raw(slot):
        state.store(slot, renewed(state, state.load(BookWord, slot), asset_id))


def renew_all(state: State) -> None:
    """Renew the flat margins of all perps."""
    for asset_id in range(1, state.load(RegistryWord, slots.registry()).assets):
        renew(state, asset_id)
