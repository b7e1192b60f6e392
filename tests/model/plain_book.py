"""Price-time priority in plain lists, written from the rules alone: no words, no queues."""

from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil, floor

from worldmarkets.model import OrderRequest, Side, SpotTerms
from worldmarkets.model import TimeInForce as Tif


@dataclass
class PlainOrder:
    """A resting order; `number` says when it was placed."""

    number: int
    owner: int
    side: Side
    tick: int
    lots: int


@dataclass
class PlainBook:
    """Resting orders in the order of their placement, and everybody's gains and losses.

    Everyone can pay and every price is within the band.
    """

    terms: SpotTerms
    orders: list[PlainOrder] = field(default_factory=list)
    cash: dict[int, int] = field(default_factory=dict)
    base: dict[int, int] = field(default_factory=dict)
    fees: int = 0
    count: int = 0

    def place(self, owner: int, order: OrderRequest) -> tuple[list[tuple[int, int]], int]:
        """Return the fills (number of the maker order, lots) and the lots that rest."""
        left, fills, notional = order.lots, [], 0
        while left and len(fills) < order.max_fills:
            maker = self._best_against(order)
            if maker is None:
                break
            lots = min(left, maker.lots)
            left -= lots
            maker.lots -= lots
            fills.append((maker.number, lots))
            notional += self._settle_maker(maker, lots)
            if maker.lots < self.terms.min_lots:
                self.orders.remove(maker)
        if fills:
            self._settle_taker(owner, order.side, order.lots - left, notional)
        stays = order.time_in_force in (Tif.GOOD_TILL_CANCELLED, Tif.POST_ONLY)
        if not stays or left < self.terms.min_lots or self._best_against(order):
            return fills, 0
        self.orders.append(PlainOrder(self.count, owner, order.side, order.tick, left))
        self.count += 1
        return fills, left

    def would_trade(self, order: OrderRequest) -> bool:
        """Whether an order reaches another."""
        return self._best_against(order) is not None

    def depth(self, side: Side) -> dict[int, int]:
        """Lots at each tick of a side."""
        levels: dict[int, int] = {}
        for order in self.orders:
            if order.side == side:
                levels[order.tick] = levels.get(order.tick, 0) + order.lots
        return levels

    def _best_against(self, order: OrderRequest) -> PlainOrder | None:
        if order.side == Side.BID:
            reached = [o for o in self.orders if o.side == Side.ASK and o.tick <= order.tick]
            return min(reached, key=lambda o: o.tick, default=None)
        reached = [o for o in self.orders if o.side == Side.BID and o.tick >= order.tick]
        return max(reached, key=lambda o: o.tick, default=None)

    def _settle_maker(self, maker: PlainOrder, lots: int) -> int:
        notional = lots * maker.tick * self.terms.tick_value
        sign = 1 if maker.side == Side.BID else -1
        fee = Fraction(notional * self.terms.maker_ppm, 10**6)
        # Against the maker either way: what he pays up, what he gets down in size.
        charged = ceil(fee) if fee > 0 else -floor(-fee)
        self._move(maker.owner, -sign * notional - charged, sign * lots)
        self.fees += charged
        return notional

    def _settle_taker(self, owner: int, side: Side, lots: int, notional: int) -> None:
        sign = 1 if side == Side.BID else -1
        fee = ceil(Fraction(notional * self.terms.taker_ppm, 10**6))
        self._move(owner, -sign * notional - fee, sign * lots)
        self.fees += fee

    def _move(self, owner: int, cash: int, lots: int) -> None:
        self.cash[owner] = self.cash.get(owner, 0) + cash
        self.base[owner] = self.base.get(owner, 0) + lots * self.terms.atoms_per_lot
