"""LIQ-1: what a slice does to the account it is of, on words before and after it."""

from worldmarkets.atlas.arithmetic import PPM, divide_up, value_up
from worldmarkets.atlas.margin import requirement
from worldmarkets.atlas.portfolio import Leg, Perp, Portfolio
from worldmarkets.model import holdings, pools, reference
from worldmarkets.model.findings import Finding
from worldmarkets.model.liquidation import standing
from worldmarkets.model.liquidation_events import SliceTaken
from worldmarkets.model.perp_words import Q24
from worldmarkets.model.perps import funding
from worldmarkets.model.rates import WAD
from worldmarkets.model.state import State
from worldmarkets.model.words import perp_market

_ROUNDINGS = 4
"""By how many quote atoms what is rounded of a leg may be off, twice before and twice after."""


def check_slice(before: State, after: State, taken: SliceTaken) -> list[Finding]:
    """LIQ-1: a slice of f lowers every requirement by f, up to a lot, or share, of each leg.

    And equity covers no smaller part of it, if it was at least the cost of getting out. Both states
    are of the same time; an account in deficit before is not looked at, as its debts change first.
    """
    account_id = taken.account_id
    had, has = standing.read(before, account_id), standing.read(after, account_id)
    if had.covered < 0:
        return []
    dust = _dust(before, account_id)
    shared, legs, texts = reference.market_risk(before), len(dust.legs), []
    percents = (0, shared.maintenance_percent, shared.end_percent)
    earlier = (had.exit_cost, had.maintenance, had.end)
    later = (has.exit_cost, has.maintenance, has.end)
    for percent, old, new in zip(percents, earlier, later, strict=True):
        most = requirement(dust, shared, percent) + _ROUNDINGS * (legs + 1)
        kept = old * (PPM - taken.fraction_ppm)
        if abs(new * PPM - kept) > most * PPM:
            texts.append(f"{new} is required at {percent} %, {kept / PPM:.0f} should be")
        worth = sum(_worth(leg) for leg in dust.legs) + _ROUNDINGS * (legs + 1)
        slack = worth * old + most * had.equity
        falls = has.equity * old + slack < had.equity * new
        if had.equity >= had.exit_cost and falls:
            texts.append(f"equity {had.equity} of {old} became {has.equity} of {new}")
    return [Finding("LIQ-1", f"account {account_id}", text) for text in texts]


def _dust(state: State, account_id: int) -> Portfolio:
    """Return what is no whole part of a slice: of each leg at most a share, or a lot.

    Of what is not settled no more than an atom. All are positive, so nothing is netted.
    """
    legs = []
    for known in holdings.read(state, account_id)[1:]:
        seen = holdings.portfolio(state, [holdings.Holding(0, 0), known]).legs[0]
        perp = None
        if known.perp:
            market = funding.load(state, perp_market(known.asset_id))
            lot = divide_up(market.mark * market.tick_value, Q24) if known.perp.size else 0
            perp = Perp(lot, lot, lot, 1)
        share = _share(state, known.asset_id)
        legs.append(Leg(known.asset_id, seen.risk, seen.price, share, perp=perp))
    return Portfolio(_share(state, 0), tuple(legs))


def _share(state: State, asset_id: int) -> int:
    """Return what a share of an asset's pool is worth, rounded up, and an atom [atoms]."""
    if not pools.is_open(state, asset_id):
        return 1
    pool = pools.read(state, asset_id)
    return divide_up(max(pool.supply_index, pool.borrow_index), WAD) + 1


def _worth(leg: Leg) -> int:
    """Return what equity may be off by for a leg of dust [quote atoms]."""
    return value_up(leg.balance, leg.price) + (leg.perp.pnl if leg.perp else 0)
