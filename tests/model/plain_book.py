"""Price-time priority in plain lists, written from the rules alone: no words, no queues."""

from dataclasses import dataclass, field, replace
from fractions import Fraction
from math import ceil, floor

from worldmarkets.model import OrderRequest, Removal, SelfTrade, Side, SpotTerms
from worldmarkets.model import TimeInForce as Tif

POST_ONLY = (Tif.POST_ONLY, Tif.POST_ONLY_SLIDE)
RESTING = (Tif.GOOD_TILL_CANCELLED, *POST_ONLY)
MOST_CLEARED = 4


class Refused(Exception):  # noqa: N818 - a fact
    """An order that is refused whole."""


@dataclass
class PlainOrder:
    """A resting order; `number` says when it was placed, `expiry` is 0 for never."""

    number: int
    owner: int
    account: int
    side: Side
    tick: int
    lots: int
    expiry: int


@dataclass
class Outcome:
    """What an order led to: fills and removals (number of the maker order, …), and what rests."""

    fills: list[tuple[int, int]] = field(default_factory=list)
    removed: list[tuple[int, Removal]] = field(default_factory=list)
    lots: int = 0
    rests: int = 0
    tick: int = 0


@dataclass
class PlainBook:
    """Resting orders in the order of their placement, and every account's gains and losses.

    Everyone can pay and every price is within the band.
    """

    terms: SpotTerms
    orders: list[PlainOrder] = field(default_factory=list)
    cash: dict[int, int] = field(default_factory=dict)
    base: dict[int, int] = field(default_factory=dict)
    fees: int = 0
    count: int = 0

    def place(self, owner: int, account: int, order: OrderRequest, now: int) -> Outcome:
        """Place an order; raises Refused, and then nothing has changed."""
        before = {
            "orders": [replace(known) for known in self.orders],
            "cash": dict(self.cash),
            "base": dict(self.base),
            "fees": self.fees,
        }
        try:
            return self._place(owner, account, order, now)
        except Refused:
            self.__dict__.update(before)
            raise

    def depth(self, side: Side) -> dict[int, int]:
        """Lots at each tick of a side."""
        levels: dict[int, int] = {}
        for order in self.orders:
            if order.side == side:
                levels[order.tick] = levels.get(order.tick, 0) + order.lots
        return levels

    def _place(self, owner: int, account: int, order: OrderRequest, now: int) -> Outcome:
        shrinks = order.self_trade == SelfTrade.DECREMENT_BOTH
        if order.time_in_force == Tif.FILL_OR_KILL and shrinks:
            raise Refused
        if order.expiry and now > order.expiry:
            raise Refused
        outcome = Outcome(tick=order.tick)
        if order.time_in_force in POST_ONLY:
            left = order.lots
            self._clear_the_way(order, now, outcome)
        else:
            left = self._match(owner, account, order, now, outcome)
        if order.time_in_force == Tif.FILL_OR_KILL and outcome.lots != order.lots:
            raise Refused
        rests = order.time_in_force in RESTING and left >= self.terms.min_lots
        if rests and self._best_against(order.side, outcome.tick) is None:
            resting = (owner, account, order.side, outcome.tick, left, order.expiry)
            self.orders.append(PlainOrder(self.count, *resting))
            self.count += 1
            outcome.rests = left
        return outcome

    def _clear_the_way(self, order: OrderRequest, now: int, outcome: Outcome) -> None:
        """Remove a few expired orders in the way; then slide, if one is left that is not."""
        for _ in range(MOST_CLEARED):
            maker = self._best_against(order.side, order.tick)
            if maker is None or not expired(maker, now):
                break
            self._remove(maker, Removal.EXPIRED, outcome)
        maker = self._best_against(order.side, order.tick)
        if maker is not None:
            if order.time_in_force == Tif.POST_ONLY:
                raise Refused
            outcome.tick = maker.tick + (1 if order.side == Side.ASK else -1)

    def _match(
        self, owner: int, account: int, order: OrderRequest, now: int, outcome: Outcome
    ) -> int:
        """Meet makers, and return what is left of the order [lots]."""
        left, notional = order.lots, 0
        for _ in range(order.max_fills):
            maker = self._best_against(order.side, order.tick)
            if maker is None or left == 0:
                break
            if maker.owner == owner and not expired(maker, now):
                if order.self_trade == SelfTrade.CANCEL_TAKER:
                    break
                left -= self._meet_own(maker, left, order.self_trade, outcome)
            elif expired(maker, now):
                self._remove(maker, Removal.EXPIRED, outcome)
            else:
                lots = self._trade(maker, left, outcome)
                left -= lots
                notional += self._settle_maker(maker, lots)
        if outcome.lots:
            self._settle_taker(account, order.side, outcome.lots, notional)
        return left

    def _meet_own(self, maker: PlainOrder, left: int, mode: int, outcome: Outcome) -> int:
        """Take both orders back, or the maker alone; return what the taker loses [lots]."""
        lots = min(left, maker.lots) if mode == SelfTrade.DECREMENT_BOTH else 0
        maker.lots = maker.lots - lots if lots else 0
        if maker.lots < self.terms.min_lots:
            self._remove(maker, Removal.SELF_TRADE, outcome)
        return lots

    def _trade(self, maker: PlainOrder, left: int, outcome: Outcome) -> int:
        lots = min(left, maker.lots)
        maker.lots -= lots
        outcome.lots += lots
        outcome.fills.append((maker.number, lots))
        if 0 < maker.lots < self.terms.min_lots:
            self._remove(maker, Removal.DUST, outcome)
        elif maker.lots == 0:
            self.orders.remove(maker)
        return lots

    def _remove(self, maker: PlainOrder, reason: Removal, outcome: Outcome) -> None:
        self.orders.remove(maker)
        outcome.removed.append((maker.number, reason))

    def _best_against(self, side: Side, tick: int) -> PlainOrder | None:
        if side == Side.BID:
            reached = [o for o in self.orders if o.side == Side.ASK and o.tick <= tick]
            return min(reached, key=lambda o: o.tick, default=None)
        reached = [o for o in self.orders if o.side == Side.BID and o.tick >= tick]
        return max(reached, key=lambda o: o.tick, default=None)

    def _settle_maker(self, maker: PlainOrder, lots: int) -> int:
        notional = lots * maker.tick * self.terms.tick_value
        sign = 1 if maker.side == Side.BID else -1
        fee = Fraction(notional * self.terms.maker_ppm, 10**6)
        # Against the maker either way: what he pays up, what he gets down in size.
        charged = ceil(fee) if fee > 0 else -floor(-fee)
        self._move(maker.account, -sign * notional - charged, sign * lots)
        self.fees += charged
        return notional

    def _settle_taker(self, account: int, side: Side, lots: int, notional: int) -> None:
        sign = 1 if side == Side.BID else -1
        fee = ceil(Fraction(notional * self.terms.taker_ppm, 10**6))
        self._move(account, -sign * notional - fee, sign * lots)
        self.fees += fee

    def _move(self, account: int, cash: int, lots: int) -> None:
        self.cash[account] = self.cash.get(account, 0) + cash
        self.base[account] = self.base.get(account, 0) + lots * self.terms.atoms_per_lot


def expired(order: PlainOrder, now: int) -> bool:
    """Whether an order may trade no more."""
    return 0 < order.expiry < now
