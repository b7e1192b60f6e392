"""One Hypothesis machine that drives model and chain together and checks the invariants.

After every step the words are read from the chain, never from the model, and audited; the ids of
docs/invariants.md are the messages of what fails.
"""

from collections.abc import Callable
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from tests.support.backend import user_address
from tests.support.mirror import Mirror
from tests.support.system import (
    BTC_MARKET,
    DEFAULT_ASSETS,
    DEFAULT_MARKETS,
    DOLLAR,
    ETH_MARKET,
    INSURANCE_PPM,
    System,
)
from worldmarkets.model import OrderRequest, Side, invariants, risk, slots
from worldmarkets.model import TimeInForce as Tif
from worldmarkets.model.accounts import ledger
from worldmarkets.model.errors import ContractError, StaleOrder
from worldmarkets.model.interface import Removal
from worldmarkets.model.invariants import Finding, History
from worldmarkets.model.reading import Book, WordReader, read_book
from worldmarkets.model.records import Filled, Placed, Record, Reduced, Removed
from worldmarkets.model.words import BookWord, OrderId

MARKETS = (ETH_MARKET, BTC_MARKET)
START_PRICES = {1: 2_000 * DOLLAR, 2: 60_000 * DOLLAR}
ATOM_PRICES = {0: 10**12, 1: 2_000 * 10**10, 2: 60_000 * 10**10}
"""Constant prices at which SOLV-3 values accounts [1e-18 dollars an atom]."""
UNITS_PER_ATOM = (10**12, 10**10, 1)
FUNDS = {0: 5_000 * 10**18, 1: 2 * 10**18, 2: 4 * 10**6}
OWNERS = (user_address(1), user_address(1), user_address(2), user_address(3))

_who = st.integers(0, len(OWNERS) - 1)
_market = st.sampled_from(MARKETS)
_side = st.sampled_from(Side)
_tif = st.sampled_from([Tif.GOOD_TILL_CANCELLED, *Tif])
_offset = st.one_of(st.integers(-3, 3), st.sampled_from([-10_000, 10_000]))
_lots = st.sampled_from([20, 21, 25, 39, 40, 60, 100, 1, 2, 5, 19, 400])
_fills = st.sampled_from([64, 64, 64, 2, 1, 0, 65])
_order = st.tuples(_market, _side, _offset, _lots, _tif, _fills)
_pick = st.integers(0, 2**16)
_asset = st.integers(0, 2)
_atoms = st.sampled_from([0, 1, 10**5, 10**7, 10**9])


class ExchangeMachine(RuleBasedStateMachine):
    """Users who place, take, cancel, move money and prices on two markets."""

    system: System
    """Set by a subclass; each example runs on a snapshot."""

    def __init__(self) -> None:
        super().__init__()
        self._snapshot = self.system.backend.snapshot()
        self._owners_before = dict(self.system.owners)
        self.mirror = Mirror(self.system, DEFAULT_ASSETS, DEFAULT_MARKETS, INSURANCE_PPM)
        self.accounts = [self.mirror.new_user(owner, FUNDS) for owner in OWNERS]
        self.history = History()
        self.live: dict[int, int] = {}
        self.gone: list[int] = []
        self.lots: dict[int, int] = {}
        self._asks: dict[int, bool] = {}
        self.ticks: dict[int, set[int]] = {market: set() for market in MARKETS}
        self.invested = self._value_of_funds()
        self.gain = 0
        self._audit(None)

    def teardown(self) -> None:
        self.system.backend.revert(self._snapshot)
        self.system.owners = self._owners_before

    # --------------------------------------------------------------- rules

    @initialize(orders=st.lists(st.tuples(_who, _order), min_size=5, max_size=20))
    def open_market(self, orders: list[tuple[int, tuple[Any, ...]]]) -> None:
        self.place(orders)

    @rule(orders=st.lists(st.tuples(_who, _order), min_size=1, max_size=6))
    def place(self, orders: list[tuple[int, tuple[Any, ...]]]) -> None:
        for who, order in orders:
            self._on_books(who, True, self.mirror.place, self._request(order))

    @rule(who=_who, market=_market, side=_side, offset=st.integers(-3, 3), count=_pick)
    def place_many_at_one_tick(
        self, who: int, market: int, side: Side, offset: int, count: int
    ) -> None:
        """Chunks are made, linked and reused."""
        lots = self._book_word(market).min_lots
        tif = Tif.POST_ONLY
        request = self._request((market, side, offset, lots, tif, 0))
        self._on_books(who, True, self.mirror.batch, [], [request] * (count % 12), 2**64 - 1, False)

    @rule(who=_who, market=_market, side=_side, share=st.integers(1, 4), fills=_fills)
    def sweep(self, who: int, market: int, side: Side, share: int, fills: int) -> None:
        """Take a good part of a side, down to the end of the band."""
        book = self._book_word(market)
        tick = book.lowest_ask if side == Side.ASK else book.highest_bid
        tif = Tif.IMMEDIATE_OR_CANCEL
        lots = sum(self.lots[order] for order in self.live if order >> 112 == market)
        order = OrderRequest(market, side, tick, max(lots * share // 4, book.min_lots), tif, fills)
        self._on_books(who, True, self.mirror.place, order)

    @rule(
        who=_who,
        cancels=st.lists(_pick, max_size=4),
        orders=st.lists(_order, max_size=5),
        late=st.sampled_from([False, False, False, True]),
        all_or_none=st.booleans(),
    )
    def batch(
        self, who: int, cancels: list[int], orders: list[Any], late: bool, all_or_none: bool
    ) -> None:
        order_ids = [self._own_order(who, pick) for pick in cancels]
        requests = [self._request(order) for order in orders]
        deadline = self.mirror.model.time - late
        self._on_books(who, True, self.mirror.batch, order_ids, requests, deadline, all_or_none)

    @rule(who=_who, pick=_pick, by_owner=st.sampled_from([True, True, True, False]))
    def cancel(self, who: int, pick: int, by_owner: bool) -> None:
        order_id, who = self._any_order(who, pick, by_owner)
        self._on_books(who, False, self.mirror.cancel, order_id)

    @rule(who=_who, picks=st.lists(_pick, max_size=8))
    def cancel_many(self, who: int, picks: list[int]) -> None:
        order_ids = [self._own_order(who, pick) for pick in picks]
        self._on_books(who, False, self.mirror.cancel_many, order_ids)

    @rule(who=_who, pick=_pick)
    def cancel_stale(self, who: int, pick: int) -> None:
        """BOOK-3: an id that is gone cancels nothing, whoever sends it."""
        if not self.gone:
            return
        order_id = self.gone[pick % len(self.gone)]
        before = dict(self.mirror.model.state.words)
        with pytest.raises(StaleOrder):
            self.mirror.cancel(OWNERS[who], self.accounts[who], order_id)
        assert self.mirror.model.state.words == before, "BOOK-3"
        self._audit(None)

    @rule(who=_who, pick=_pick, lots=st.sampled_from([0, 1, 2, 19, 20, 21, 30, 60]))
    def reduce(self, who: int, pick: int, lots: int) -> None:
        order_id, who = self._any_order(who, pick, by_owner=True)
        self._on_books(who, False, self.mirror.reduce, order_id, lots)

    @rule(who=_who, asset=_asset, atoms=_atoms, more=st.sampled_from([0, 0, 0, 1]))
    def deposit(self, who: int, asset: int, atoms: int, more: int) -> None:
        units = atoms * UNITS_PER_ATOM[asset] + more
        self.mirror.mint(OWNERS[who], asset, units)
        if self._vault(self.mirror.deposit, OWNERS[who], self.accounts[who], asset, units):
            self.invested += units // UNITS_PER_ATOM[asset] * ATOM_PRICES[asset]
        self._audit(None)

    @rule(who=_who, asset=_asset, atoms=_atoms, more=st.sampled_from([0, 0, 0, 1]))
    def withdraw(self, who: int, asset: int, atoms: int, more: int) -> None:
        units = atoms * UNITS_PER_ATOM[asset] + more
        account = self.accounts[who]
        if self._vault(self.mirror.withdraw, OWNERS[who], account, asset, units, OWNERS[0]):
            self.invested -= atoms * ATOM_PRICES[asset]
            self._audit(who)
        else:
            self._audit(None)

    @rule(who=_who, asset=_asset, beyond=st.integers(0, 1))
    def withdraw_all_free(self, who: int, asset: int, beyond: int) -> None:
        """Take all that the check lets go, so that a later fill may find too little."""
        account, state = self.accounts[who], self.mirror.model.state
        reserved = ledger(state, account, asset).open_asks
        for base in (1, 2) if asset == 0 else ():
            reserved += risk.worst_cost(state, base, ledger(state, account, base).open_bids)
        atoms = max(ledger(state, account, asset).balance - reserved, 0) + beyond
        units = atoms * UNITS_PER_ATOM[asset]
        if self._vault(self.mirror.withdraw, OWNERS[who], account, asset, units, OWNERS[who]):
            assert not beyond, "RISK-1"
            self.invested -= atoms * ATOM_PRICES[asset]
        self._audit(None)

    @rule(who=_who, to=_who, asset=_asset, atoms=_atoms)
    def transfer(self, who: int, to: int, asset: int, atoms: int) -> None:
        source, target = self.accounts[who], self.accounts[to]
        moved = self._vault(self.mirror.transfer, OWNERS[who], source, target, asset, atoms)
        self._audit(who if moved else None)

    @rule(asset=st.integers(1, 2), per_mille=st.sampled_from([1000, 990, 1010, 940, 1060, 900]))
    def move_price(self, asset: int, per_mille: int) -> None:
        self.mirror.post_price(asset, START_PRICES[asset] * per_mille // 1000)
        self.mirror.poke(OWNERS[0], [asset])
        self._audit(None)

    @rule(seconds=st.integers(1, 10_000))
    def pass_time(self, seconds: int) -> None:
        self.mirror.set_time(self.mirror.model.time + seconds)

    @rule(market=_market)
    def collect_fees(self, market: int) -> None:
        self.mirror.collect_fees(OWNERS[0], market)
        self._audit(None)

    # --------------------------------------------------------------- following

    def _on_books(
        self, who: int, checked: bool, act: Callable[..., Any], *arguments: object
    ) -> None:
        """Act on the books, follow the records, and audit."""
        account = self.accounts[who]
        try:
            act(OWNERS[who], account, *arguments)
        except ContractError:
            self._audit(None)
            return
        records = self.mirror.records()
        for record in records:
            self._check_turn(record)
            self._follow(record, account)
        self.history.apply(records)
        self._audit(who if checked else None)

    def _check_turn(self, record: Record) -> None:
        """BOOK-2: whom a taker meets was the oldest live order of the best level of its side."""
        if isinstance(record, Filled):
            is_ask = bool(record.is_ask)
        elif isinstance(record, Removed) and record.reason != Removal.CANCELLED:
            if record.reason == Removal.DUST or record.order_id not in self.live:
                return
            is_ask = self._asks[record.order_id]
        else:
            return
        market = record.order_id >> 112
        side = [o for o in self.live if o >> 112 == market and self._asks[o] == is_ask]
        sign = 1 if is_ask else -1
        # Dictionaries keep the order of insertion, which is that of placement.
        first = min(side, key=lambda order: sign * OrderId.unpack(order).tick)
        assert first == record.order_id, "BOOK-2"

    def _follow(self, record: Record, account: int) -> None:
        if isinstance(record, Placed):
            self.live[record.order_id] = account
            self._asks[record.order_id] = bool(record.is_ask)
            self.lots[record.order_id] = record.lots
            where = OrderId.unpack(record.order_id)
            self.ticks[where.market].add(where.tick)
        elif isinstance(record, Reduced):
            self.lots[record.order_id] = record.lots_left
        elif isinstance(record, Filled | Removed):
            self.lots[record.order_id] -= record.lots
            if self.lots[record.order_id] == 0 and self.live.pop(record.order_id, None):
                self.gone.append(record.order_id)

    def _vault(self, act: Callable[..., Any], *arguments: object) -> bool:
        """Move money; return whether it was not refused."""
        try:
            act(*arguments)
        except ContractError:
            return False
        return True

    # --------------------------------------------------------------- invariants

    def _audit(self, actor: int | None) -> None:
        """Check every invariant on the chain's words; RISK-1 for whoever just acted."""
        reader = WordReader(self.system.read_words)
        accounts = [1, 2, *self.accounts]
        findings: list[Finding] = []
        for market in MARKETS:
            book = read_book(reader, market)
            ticks = self.ticks[market]
            findings += invariants.check_levels(reader, book, ticks)
            findings += invariants.check_bitmap_parents(reader, market, ticks)
            findings += invariants.check_first_in_first_out(book, self.history)
            findings += invariants.check_stale_ids(reader, book, self.history)
            findings += invariants.check_open_totals(reader, book, accounts)
            self._check_lots(book)
        for asset in range(len(UNITS_PER_ATOM)):
            held = self.system.token_balance(asset, self.system.exchange)
            sums = invariants.solvency(reader, asset, accounts, MARKETS, held)
            findings += invariants.check_solvency(sums)
        if actor is not None:
            findings += invariants.check_risk(reader, self.accounts[actor])
        assert not findings, "; ".join(map(str, findings))
        gain = invariants.value(reader, self.accounts, ATOM_PRICES) - self.invested
        assert gain <= self.gain, "SOLV-3"
        self.gain = gain

    def _check_lots(self, book: Book) -> None:
        """The orders in the book are those of the log, lot by lot."""
        found = {order.order_id: order.lane.lots for order in book.orders()}
        expected = {
            order: self.lots[order] for order in self.live if order >> 112 == book.market_id
        }
        assert found == expected, "BOOK-1"

    # --------------------------------------------------------------- choices

    def _request(self, order: tuple[Any, ...]) -> OrderRequest:
        """An order near the middle of the band; offsets far out mean its edges and beyond."""
        market, side, offset, lots, tif, fills = order
        book = self._book_word(market)
        if abs(offset) < 10:
            tick = (book.lowest_ask + book.highest_bid) // 2 + offset
        else:
            tick = (
                book.highest_bid + (offset > 0)
                if side == Side.BID
                else book.lowest_ask - (offset < 0)
            )
        return OrderRequest(market, side, tick, lots, tif, fills)

    def _own_order(self, who: int, pick: int) -> int:
        """One of a user's live orders, now and then one that is gone."""
        own = [order for order, owner in self.live.items() if owner == self.accounts[who]]
        candidates = own + self.gone[-1:]
        return candidates[pick % len(candidates)] if candidates else pick

    def _any_order(self, who: int, pick: int, by_owner: bool) -> tuple[int, int]:
        """A live order, and its owner or the user named."""
        if not self.live:
            return pick, who
        order_id = list(self.live)[pick % len(self.live)]
        return order_id, self.accounts.index(self.live[order_id]) if by_owner else who

    def _book_word(self, market: int) -> BookWord:
        return self.mirror.model.state.load(BookWord, slots.book(market))

    def _value_of_funds(self) -> int:
        return len(OWNERS) * sum(
            units // UNITS_PER_ATOM[asset] * ATOM_PRICES[asset] for asset, units in FUNDS.items()
        )
