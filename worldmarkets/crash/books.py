"""The books that plans and liquidators trade with: a ladder around the index, as deep as the data.

How much can be traded for a percent of the price is taken from what was: a tenth of what the minute
turned over, for each percent that its candle spans. So a book is thin when prices run. It counts in
a market as large as the portfolios: what they hold is taken to be an hour's turnover of the median
minute. What has been traded away comes back within a minute.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from worldmarkets.crash.opening import Open
from worldmarkets.crash.population import DOLLAR, legs_of
from worldmarkets.crash.tape import Minute
from worldmarkets.crash.venue import Desk, Underlying
from worldmarkets.model.interface import OrderRequest, Side
from worldmarkets.staging import Venue

RUNGS = ((5, 5), (15, 10), (35, 20), (70, 35), (100, 30))
"""Distance from the index [basis points], and part of the depth [percent], of each rung."""
DEPTH_PART = 10
"""One in so many dollars of turnover can be traded for the range of its candle."""
HELD_MINUTES = 60
"""The minutes of turnover that portfolios are taken to hold."""
LEAST_RANGE = Decimal("0.001")
"""The least range of a candle that counts."""
_MOVED_BPS, _MOVED_FAR_BPS = 10, 50
_REFILL_SECONDS = 60


def depths(
    minute: Minute, medians: Sequence[Decimal], held_atoms: Sequence[int]
) -> tuple[int, ...]:
    """Return what can be traded within one percent of the index, a side and market [quote atoms].

    Where nothing is known of turnover, every minute turned over as much as the others.

    Args:
        minute: When.
        medians: What the median minute turned over of each asset [dollars].
        held_atoms: What portfolios hold of each asset [quote atoms].
    """
    found = []
    for place, (held, median) in enumerate(zip(held_atoms, medians, strict=True)):
        candle = minute.candles[place]
        turnover = minute.turnover[place] / median if median else Decimal(1)
        span = max(LEAST_RANGE, (candle.high - candle.low) / candle.open)
        found.append(int(held * turnover / (HELD_MINUTES * DEPTH_PART * 100 * span)))
    return tuple(found)


def held_by(portfolios: Sequence[Open], assets: int) -> tuple[int, ...]:
    """Return what portfolios hold of each asset at the opening: the gross of legs [quote atoms]."""
    held = [0] * assets
    for one in portfolios:
        for place, spot, perp in legs_of(one.holder.kind, one.holder.place, assets):
            held[place] += one.holder.notional * DOLLAR * (abs(spot) + abs(perp))
    return tuple(held)


@dataclass
class _Side:
    """One side of one market: what is quoted [lots], and how much more could be."""

    left: int
    quoted: int = 0


@dataclass
class _Book:
    """What a maker shows in one market."""

    known: Underlying
    venue: Venue
    sides: dict[Side, _Side]
    order_ids: list[int] = field(default_factory=list)
    order_sides: list[Side] = field(default_factory=list)
    tick: int = 0
    """Index that it is quoted around."""
    time: int = 0


class Books:
    """A maker with enough of everything, who follows the index in every market.

    What others offer him at better prices he takes.
    """

    def __init__(self, desk: Desk, account_id: int) -> None:
        self.desk = desk
        self.account_id = account_id
        self._books = [
            _Book(known, venue, {side: _Side(0) for side in Side})
            for known in desk.underlyings
            for venue in (known.spot, known.perp)
        ]

    def refresh(
        self, prices: Sequence[int], depth_atoms: Sequence[int], *, closely: bool = True
    ) -> None:
        """Quote anew in every market whose index has moved; closely also after a minute.

        Args:
            prices: Of the underlyings [1e-18 dollars a whole token].
            depth_atoms: What is within one percent on a side, by underlying [quote atoms].
            closely: Whether somebody may trade now; else the index has to have moved further.
        """
        least = _MOVED_BPS if closely else _MOVED_FAR_BPS
        for book in self._books:
            place = book.known.asset_id - 1
            tick = book.known.tick(prices[place])
            moved = abs(tick - book.tick) * 10_000 >= least * book.tick
            is_old = closely and self.desk.time - book.time >= _REFILL_SECONDS
            if moved or is_old:
                lots = depth_atoms[place] // book.known.lot_atoms(prices[place])
                self._quote(book, tick, lots)

    def cost_bps(self, lots: int, market_id: int) -> int:
        """Return what trading some lots at once costs on average [basis points], rounded up.

        Of what is beyond the last rung, twice its distance.
        """
        (book,) = (one for one in self._books if one.venue.market_id == market_id)
        shown = min(side.quoted for side in book.sides.values())
        left, cost = lots, 0
        for distance, part in RUNGS:
            taken = min(left, shown * part // 100)
            cost += taken * distance
            left -= taken
        cost += left * 2 * RUNGS[-1][0]
        return -(-cost // max(1, lots))

    def shown(self, market_id: int) -> int:
        """Return how many lots the thinner side of a market shows."""
        (book,) = (one for one in self._books if one.venue.market_id == market_id)
        return min(side.quoted for side in book.sides.values())

    def _quote(self, book: _Book, tick: int, depth_lots: int) -> None:
        owner = self.desk.owners.makers
        if book.order_ids:
            left = self.desk.act("cancel_many", owner, self.account_id, book.order_ids)
            for side, of_side in book.sides.items():
                here = zip(left, book.order_sides, strict=True)
                kept = sum(lots for lots, placed in here if placed is side)
                of_side.left -= of_side.quoted - kept
                of_side.quoted = 0
        passed = self.desk.time - book.time
        for of_side in book.sides.values():
            gained = depth_lots * passed // _REFILL_SECONDS
            of_side.left = max(0, min(depth_lots, of_side.left + gained))
        book.tick, book.time = tick, self.desk.time
        places = list(self._places(book))
        book.order_ids, book.order_sides = [], []
        done, found = self.desk.attempt(
            "batch", owner, self.account_id, [], places, 2**64 - 1, False
        )
        for order, result in zip(places, found[1] if done else [], strict=False):
            if result.resting_lots:
                book.order_ids.append(result.order_id)
                book.order_sides.append(order.side)
                book.sides[order.side].quoted += result.resting_lots

    def _places(self, book: _Book) -> list[OrderRequest]:
        places = []
        for distance, part in RUNGS:
            away = max(1, book.tick * distance // 10_000)
            for side, of_side in book.sides.items():
                lots = of_side.left * part // 100
                if lots < book.venue.min_lots:
                    continue
                tick = book.tick + away + 1 if side is Side.ASK else max(1, book.tick - away)
                places.append(OrderRequest(book.venue.market_id, side, tick, lots))
        return places
