"""Getting out of what an account has on the books, and what that costs. Decided without a chain.

Sizes are in lots, negative of what is short or owed; prices in fractions of a tick.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from worldmarkets.model.fees import fee_up
from worldmarkets.model.interface import OrderRequest, Side, TimeInForce

MARK_ONE = 2**24
"""A tick, in the unit of marks."""

_BPS = 10**4
_PPM = 10**6


@dataclass(frozen=True)
class Leg:
    """What an account has of a market: a position, or the balance of its base asset [lots]."""

    market_id: int
    lots: int

    def part(self, ppm: int) -> "Leg":
        """Return a part of it, rounded toward zero."""
        lots = abs(self.lots) * ppm // _PPM
        return Leg(self.market_id, lots if self.lots >= 0 else -lots)


@dataclass(frozen=True)
class Venue:
    """A market to trade in: mark [2^-24 ticks], limits of its band, best levels as (tick, lots).

    `tick_value` is what a lot is worth a tick [quote atoms]. The mark `is_certain` unless the price
    of the base asset is old or waits for its confirmation.
    """

    market_id: int
    tick_value: int
    min_lots: int
    taker_ppm: int
    mark: int
    highest_bid: int
    lowest_ask: int
    bids: tuple[tuple[int, int], ...] = ()
    asks: tuple[tuple[int, int], ...] = ()
    is_certain: bool = True

    def worst(self, side: Side, slippage_bps: int) -> int:
        """Return the tick that is worse than the mark by a slippage, rounded towards the mark."""
        if side == Side.BID:
            return self.mark * (_BPS + slippage_bps) // (_BPS * MARK_ONE)
        return -(-self.mark * (_BPS - slippage_bps) // (_BPS * MARK_ONE))

    def limit(self, side: Side, slippage_bps: int) -> int:
        """Return the worst tick to trade at: within the band, too; 0 if none may be traded at."""
        worst = self.worst(side, slippage_bps)
        return min(worst, self.highest_bid) if side == Side.BID else max(worst, self.lowest_ask)

    def worth(self, lots: int) -> int:
        """Return what lots are worth at the mark, rounded down [quote atoms]."""
        return lots * self.mark * self.tick_value // MARK_ONE

    def levels(self, side: Side, limit: int) -> Iterator[tuple[int, int]]:
        """Yield the levels that an order of a side may meet, best first."""
        for tick, lots in self.asks if side == Side.BID else self.bids:
            if (tick <= limit) if side == Side.BID else (tick >= limit):
                yield tick, lots


@dataclass(frozen=True)
class Exit:
    """Getting out of a leg now: what would trade, up to which tick, and what all of it costs.

    `cost_atoms` is what is lost against the mark, fees included, with what does not trade now at
    the limit [quote atoms]; negative if the book is better than the mark.
    """

    market_id: int
    side: Side
    limit: int
    lots: int
    cost_atoms: int


def exit_of(leg: Leg, venue: Venue, slippage_bps: int) -> Exit:
    """Return how a leg is got out of at once within a limit, and what that costs."""
    side = Side.ASK if leg.lots > 0 else Side.BID
    limit = venue.limit(side, slippage_bps)
    sign = 1 if side == Side.BID else -1
    wanted = left = abs(leg.lots)
    notional = 0
    for tick, lots in venue.levels(side, limit):
        taken = min(left, lots)
        notional += taken * tick * venue.tick_value
        left -= taken
    traded = wanted - left
    # What is left is reckoned at the worst price, and pays the fee there.
    notional += left * venue.worst(side, slippage_bps) * venue.tick_value
    lost = sign * notional - sign * venue.worth(wanted)
    cost = lost + max(0, fee_up(notional, venue.taker_ppm))
    return Exit(leg.market_id, side, limit, traded, cost)


def exits(legs: Sequence[Leg], venues: Mapping[int, Venue], slippage_bps: int) -> tuple[Exit, ...]:
    """Return how legs are got out of; those of unknown markets, or without a mark, are left out."""
    return tuple(
        exit_of(leg, venues[leg.market_id], slippage_bps)
        for leg in legs
        if leg.lots and leg.market_id in venues and venues[leg.market_id].mark
    )


def are_certain(legs: Sequence[Leg], venues: Mapping[int, Venue]) -> bool:
    """Return whether all legs have a mark that may be traded by."""
    held = [venues.get(leg.market_id) for leg in legs if leg.lots]
    return all(venue is not None and venue.mark > 0 and venue.is_certain for venue in held)


def hedges(
    legs: Sequence[Leg], venues: Mapping[int, Venue], slippage_bps: int
) -> list[OrderRequest]:
    """Return the orders of one batch that get out of legs, as far as the books allow it now.

    They trade at once or not at all, within the limit, and only reduce.
    """
    return [
        OrderRequest(
            found.market_id,
            found.side,
            found.limit,
            found.lots,
            TimeInForce.IMMEDIATE_OR_CANCEL,
            reduce_only=True,
        )
        for found in exits(legs, venues, slippage_bps)
        if found.limit > 0 and found.lots >= venues[found.market_id].min_lots
    ]
