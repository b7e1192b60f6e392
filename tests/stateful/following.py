"""What the log says happened, followed by hand, and rules that every record must obey."""

from collections import defaultdict
from collections.abc import Iterable
from fractions import Fraction

from tests.support.mirror import Mirror
from worldmarkets.model import Removal, slots
from worldmarkets.model.fees import fee_up
from worldmarkets.model.invariants import History
from worldmarkets.model.perp_words import Q24, MarkWord
from worldmarkets.model.records import (
    Expires,
    Filled,
    Placed,
    Record,
    Reduced,
    Removed,
    Taken,
)
from worldmarkets.model.words import (
    SECONDS_A_DAY,
    BookWord,
    CashWord,
    OrderId,
    UnderlyingWord,
    base_of,
    is_perp,
)


class Follower:
    """The orders that should be in the books, and what operators have lost, by the records.

    `live` has the account of each live order, in the order of placement.
    """

    def __init__(self, mirror: Mirror, owners: dict[int, str]) -> None:
        self.mirror = mirror
        self.history = History()
        self.live: dict[int, int] = {}
        self.gone: list[int] = []
        self.lots: dict[int, int] = {}
        self.ticks: dict[int, set[int]] = defaultdict(set)
        self.owners = owners
        self._placed: dict[int, Placed] = {}
        self._expiry: dict[int, int] = {}
        self._lost: dict[tuple[int, int], Fraction] = defaultdict(Fraction)
        self._slack: dict[tuple[int, int], int] = defaultdict(int)

    def follow(self, records: Iterable[Record], sender: str, account: int) -> None:
        """Follow the records of an action by `sender` for an account."""
        records = tuple(records)
        for record in records:
            if isinstance(record, Placed) and record.order_id:
                self._follow_placed(record, sender, account)
            elif isinstance(record, Expires):
                assert record.expiry >= self.mirror.model.time, "an expired order rests"
                self._expiry[record.order_id] = record.expiry
            elif isinstance(record, Reduced):
                self.lots[record.order_id] = record.lots_left
            elif isinstance(record, Filled):
                self._check_turn(record.order_id)
                self._follow_filled(record, account)
            elif isinstance(record, Removed):
                self._follow_removed(record)
            elif isinstance(record, Taken):
                self._follow_taken(record, sender, account)
        self.history.apply(records)

    def is_operator(self, sender: str, account: int) -> bool:
        """Whether somebody acts for an account that is not his."""
        return self.owners[account] != sender

    # --------------------------------------------------------------- records

    def _follow_placed(self, record: Placed, sender: str, account: int) -> None:
        where = OrderId.unpack(record.order_id)
        book = self._book(where.market)
        if not record.reduce_only:
            assert self.mirror.model.time >= book.paused_until, "new risk while paused"
        assert bool(record.by_operator) == self.is_operator(sender, account), "by whom"
        self._placed[record.order_id] = record
        self.live[record.order_id] = account
        self.lots[record.order_id] = record.lots
        self.ticks[where.market].add(where.tick)

    def _follow_filled(self, record: Filled, account: int) -> None:
        assert self.owners[record.account] != self.owners[account], "an owner trades with himself"
        expiry = self._expiry.get(record.order_id)
        assert expiry is None or self.mirror.model.time <= expiry, "an expired order trades"
        self._take_off(record.order_id, record.lots)
        if self._placed[record.order_id].by_operator:
            where = OrderId.unpack(record.order_id)
            book = self._book(where.market)
            notional = record.lots * where.tick * book.tick_value
            fee = fee_up(notional, book.maker_ppm)
            self._slack[record.account, self._day()] += 1
            self._lose(record.account, where.market, record.is_ask, record.lots, notional, fee)

    def _follow_removed(self, record: Removed) -> None:
        if record.reason not in (Removal.CANCELLED, Removal.DUST, Removal.FROZEN):
            self._check_turn(record.order_id)
        if record.reason == Removal.EXPIRED:
            assert self.mirror.model.time > self._expiry[record.order_id], "removed too early"
        self._take_off(record.order_id, record.lots)

    def _follow_taken(self, record: Taken, sender: str, account: int) -> None:
        if self.is_operator(sender, account):
            sums = (record.lots, record.notional_atoms, record.fee_atoms)
            self._lose(account, record.market, record.is_ask, *sums)

    def _take_off(self, order_id: int, lots: int) -> None:
        self.lots[order_id] -= lots
        if self.lots[order_id] == 0 and self.live.pop(order_id, None):
            self.gone.append(order_id)

    # --------------------------------------------------------------- rules

    def _check_turn(self, order_id: int) -> None:
        """BOOK-2: whom a taker meets was the oldest live order of the best level of its side."""
        market, is_ask = order_id >> 112, self._placed[order_id].is_ask
        side = [o for o in self.live if o >> 112 == market and self._placed[o].is_ask == is_ask]
        sign = 1 if is_ask else -1
        # Dictionaries keep the order of insertion, which is that of placement.
        first = min(side, key=lambda order: sign * OrderId.unpack(order).tick)
        assert first == order_id, "BOOK-2"

    def _lose(
        self, account: int, market: int, is_ask: int, lots: int, notional: int, fee: int
    ) -> None:
        """AUTH-2: what operators lose against the true price in a day is within the budget.

        A maker cut to fewer lots may lose an atom more by the rounding of its fee.
        """
        worth = lots * self._lot_price(market)
        loss = (worth - notional if is_ask else notional - worth) + fee
        if loss <= 0:
            return
        key = (account, self._day())
        self._lost[key] += loss
        cash = self.mirror.model.state.load(CashWord, slots.ledger(account, 0))
        assert self._lost[key] <= cash.budget + self._slack[key], "AUTH-2"

    def _lot_price(self, market: int) -> Fraction:
        """The reference price of a lot, of a perp its mark, not rounded [quote atoms]."""
        if is_perp(market):
            word = self.mirror.model.state.load(MarkWord, slots.mark(market))
            return Fraction(word.mark * word.tick_value, Q24)
        slot = slots.underlying(base_of(market))
        price = self.mirror.model.state.load(UnderlyingWord, slot).price
        return Fraction(price * self._book(market).atoms_per_lot, 10**12)

    def _book(self, market: int) -> BookWord:
        return self.mirror.model.state.load(BookWord, slots.book(market))

    def _day(self) -> int:
        return self.mirror.model.time // SECONDS_A_DAY
