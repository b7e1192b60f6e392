"""The rules of the machine: all that users, operators and guardians do, and time."""

from dataclasses import replace
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis.stateful import rule

from tests.stateful import setting
from tests.stateful.machine import OpenedMachine
from tests.stateful.setting import (
    DAY,
    HOUR,
    MARKETS,
    NATIVE_ASSET,
    OPERATORS,
    OWNERS,
    SIGNER,
    START_PRICES,
)
from tests.support.system import ADMIN, GUARDIAN
from worldmarkets.model import OrderRequest, Side, holdings
from worldmarkets.model import TimeInForce as Tif
from worldmarkets.model.balances import atoms_of
from worldmarkets.model.balances import load as ledger
from worldmarkets.model.cancelling import find
from worldmarkets.model.errors import StaleOrder
from worldmarkets.model.words import OrderId

FOREVER = 2**64 - 1


class OrderRules(OpenedMachine):
    """Placing, cancelling and changing orders."""

    @rule(
        orders=st.lists(st.tuples(setting.who, setting.order), min_size=1, max_size=6),
        by=setting.by,
    )
    def place(self, orders: list[tuple[int, tuple[Any, ...]]], by: int | None) -> None:
        for who, order in orders:
            self.act_on_books(who, by, self.mirror.place, self.request(order))

    @rule(
        pair=st.tuples(setting.who, setting.by, setting.who, setting.by),
        order=setting.order,
        lots=st.sampled_from([20, 40, 60, 120]),
        seconds=st.sampled_from([0, 0, 0, 20]),
    )
    def trade(self, pair: tuple[Any, ...], order: tuple[Any, ...], lots: int, seconds: int) -> None:
        """Rest an order in front of all others, and take it, in part or with more behind it."""
        maker, maker_by, taker, taker_by = pair
        wanted = self.request(order)
        book, is_ask = self.book_word(wanted.market_id), wanted.side == Side.ASK
        better = book.best_bid + 1 if is_ask else book.best_ask - 1
        tick = min(max(better, book.lowest_ask), book.highest_bid)
        first = replace(wanted, tick=tick, time_in_force=Tif.GOOD_TILL_CANCELLED)
        self.act_on_books(maker, maker_by, self.mirror.place, first)
        self.mirror.set_time(self.mirror.model.time + seconds)
        other = Side(1 - wanted.side)
        second = OrderRequest(
            wanted.market_id, other, tick, lots, Tif.IMMEDIATE_OR_CANCEL, 64, wanted.self_trade
        )
        self.act_on_books(taker, taker_by, self.mirror.place, second)

    @rule(
        who=setting.who,
        market=setting.market,
        side=setting.side,
        offset=st.integers(-3, 3),
        count=setting.pick,
        packed=st.booleans(),
        terms=setting.no_terms | setting.terms,
    )
    def place_many_at_one_tick(
        self,
        who: int,
        market: int,
        side: Side,
        offset: int,
        count: int,
        packed: bool,
        terms: tuple[Any, ...],
    ) -> None:
        """Chunks are made, linked and reused."""
        lots = self.book_word(market).min_lots
        request = self.request((market, side, offset, lots, Tif.POST_ONLY, 0, terms))
        act = self.mirror.batch_packed if packed else self.mirror.batch
        self.act_on_books(who, None, act, [], [request] * (count % 12), FOREVER, False)

    @rule(
        who=setting.who,
        market=setting.market,
        side=setting.side,
        share=st.integers(1, 4),
        fills=setting.fills,
        by=setting.by,
    )
    def sweep(
        self, who: int, market: int, side: Side, share: int, fills: int, by: int | None
    ) -> None:
        """Take a good part of a side, down to the end of the band."""
        book = self.book_word(market)
        tick = book.lowest_ask if side == Side.ASK else book.highest_bid
        lots, live = self.follower.lots, self.follower.live
        total = sum(lots[order] for order in live if order >> 112 == market)
        wanted = max(total * share // 4, book.min_lots)
        order = OrderRequest(market, side, tick, wanted, Tif.IMMEDIATE_OR_CANCEL, fills)
        self.act_on_books(who, by, self.mirror.place, order)

    @rule(
        who=setting.who,
        cancels=st.lists(setting.pick, max_size=4),
        orders=st.lists(setting.order, max_size=5),
        late=st.sampled_from([False, False, False, True]),
        all_or_none=st.booleans(),
        packed=st.booleans(),
        by=setting.by,
    )
    def batch(
        self,
        who: int,
        cancels: list[int],
        orders: list[Any],
        late: bool,
        all_or_none: bool,
        packed: bool,
        by: int | None,
    ) -> None:
        order_ids = [self.own_order(who, pick) for pick in cancels]
        requests = [self.request(order) for order in orders]
        deadline = self.mirror.model.time - late
        act = self.mirror.batch_packed if packed else self.mirror.batch
        self.act_on_books(who, by, act, order_ids, requests, deadline, all_or_none)

    @rule(
        who=setting.who,
        pick=setting.pick,
        by_owner=st.sampled_from([True, True, True, False]),
        by=setting.by,
    )
    def cancel(self, who: int, pick: int, by_owner: bool, by: int | None) -> None:
        order_id, who = self.any_order(who, pick, by_owner)
        self.act_on_books(who, by, self.mirror.cancel, order_id)

    @rule(who=setting.who, picks=st.lists(setting.pick, max_size=8), by=setting.by)
    def cancel_many(self, who: int, picks: list[int], by: int | None) -> None:
        order_ids = [self.own_order(who, pick) for pick in picks]
        self.act_on_books(who, by, self.mirror.cancel_many, order_ids)

    @rule(who=setting.who, pick=setting.pick)
    def cancel_stale(self, who: int, pick: int) -> None:
        """BOOK-3: an id that is gone cancels nothing, whoever sends it."""
        gone = self.follower.gone
        if not gone:
            return
        order_id = gone[pick % len(gone)]
        before = dict(self.mirror.model.state.words)
        with pytest.raises(StaleOrder):
            self.mirror.cancel(OWNERS[who], self.accounts[who], order_id)
        assert self.mirror.model.state.words == before, "BOOK-3"
        self.audit(None)

    @rule(
        who=setting.who,
        pick=setting.pick,
        lots=st.sampled_from([0, 1, 2, 19, 20, 21, 30, 60]),
        by=setting.by,
    )
    def reduce(self, who: int, pick: int, lots: int, by: int | None) -> None:
        order_id, who = self.any_order(who, pick, by_owner=True)
        self.act_on_books(who, by, self.mirror.reduce, order_id, lots)

    @rule(
        who=setting.who,
        pick=setting.pick,
        order=setting.order,
        kept=st.integers(0, 4),
        by=setting.by,
    )
    def amend(self, who: int, pick: int, order: tuple[Any, ...], kept: int, by: int | None) -> None:
        """Change nothing of a resting order, its lots, or all; mostly so that it is kept."""
        order_id, who = self.any_order(who, pick, by_owner=True)
        where, _, lane = find(self.mirror.model.state, order_id)
        wanted = self.request(order)
        if lane is not None and kept:
            wanted = OrderRequest(
                where.market,
                Side(lane.is_ask),
                where.tick,
                max(lane.lots * kept // 3, 1),
                expiry=lane.expiry,
                reduce_only=bool(lane.reduce_only),
                client_id=lane.tag,
            )
        self.act_on_books(who, by, self.mirror.amend, order_id, wanted)
        if lane is not None and kept == 3 and order_id in self.follower.live:
            assert OrderId.unpack(order_id).tick == where.tick
            assert self.follower.lots[order_id] == lane.lots, "an order equal to itself is kept"


class VaultRules(OrderRules):
    """Deposits, withdrawals, transfers, operators and activation."""

    @rule(
        who=setting.who,
        depositor=setting.who,
        asset=setting.asset,
        atoms=setting.atoms,
        more=st.sampled_from([0, 0, 0, 1]),
    )
    def deposit(self, who: int, depositor: int, asset: int, atoms: int, more: int) -> None:
        """Deposit for oneself, or for somebody else."""
        units = self.units(asset, atoms) + more
        self.mirror.mint(OWNERS[depositor], asset, units)
        target = (self.accounts[who], asset, units)
        if self.attempt(self.mirror.deposit, OWNERS[depositor], *target):
            self.invested += self.worth(asset, units // self.units(asset, 1))
        self.audit(None)

    @rule(
        who=setting.who,
        atoms=setting.atoms,
        late=st.sampled_from([0, 0, 1]),
        wrong=st.sampled_from([0, 0, 0, 1]),
    )
    def deposit_with_permit(self, who: int, atoms: int, late: int, wrong: int) -> None:
        units = self.units(NATIVE_ASSET, atoms)
        deadline = self.mirror.model.time - late
        signature = SIGNER.permit(self.system, units + wrong, deadline)
        self.mirror.mint_only(SIGNER.address, NATIVE_ASSET, units)
        self.mirror.approve(SIGNER.address, NATIVE_ASSET, 0)
        call = (self.accounts[who], NATIVE_ASSET, units, deadline, signature)
        if self.attempt(self.mirror.deposit_with_permit, SIGNER.address, *call):
            assert not late, "a permit after its deadline"
            assert not wrong, "a permit of another amount"
            self.invested += self.worth(NATIVE_ASSET, atoms)
        self.audit(None)

    @rule(who=setting.who, depositor=setting.who, atoms=setting.atoms)
    def deposit_native(self, who: int, depositor: int, atoms: int) -> None:
        target = (self.accounts[who], NATIVE_ASSET, self.units(NATIVE_ASSET, atoms))
        if self.attempt(self.mirror.deposit_native, OWNERS[depositor], *target):
            self.invested += self.worth(NATIVE_ASSET, atoms)
        self.audit(None)

    @rule(
        who=setting.who,
        asset=setting.asset,
        atoms=setting.atoms,
        more=st.sampled_from([0, 0, 0, 1]),
        by=setting.by,
        to=setting.who,
        native=st.booleans(),
    )
    def withdraw(
        self,
        who: int,
        asset: int,
        atoms: int,
        more: int,
        by: int | None,
        to: int,
        native: bool,
    ) -> None:
        act = self.mirror.withdraw_native if native and asset else self.mirror.withdraw
        source = (self.accounts[who], asset, self.units(asset, atoms) + more)
        taken = self.attempt(act, self.sender(who, by), *source, OWNERS[to])
        if taken:
            self.invested -= self.worth(asset, atoms)
        self.audit(who if taken else None)

    @rule(who=setting.who, asset=setting.asset, beyond=st.integers(0, 1))
    def withdraw_all_free(self, who: int, asset: int, beyond: int) -> None:
        """Take all that the check lets go, so that a later fill may find too little."""
        account, state = self.accounts[who], self.mirror.model.state
        reserved = ledger(state, account, asset).open_asks if asset else 0
        for base in (1, 2) if asset == 0 else ():
            reserved += holdings.worst_cost(state, base, ledger(state, account, base).open_bids)
        atoms = max(atoms_of(state, account, asset) - reserved, 0) + beyond
        source = (account, asset, self.units(asset, atoms))
        if self.attempt(self.mirror.withdraw, OWNERS[who], *source, OWNERS[who]):
            assert self.lends or not beyond, "RISK-1"
            self.invested -= self.worth(asset, atoms)
        self.audit(None)

    @rule(who=setting.who, to=setting.who, asset=setting.asset, atoms=setting.atoms, by=setting.by)
    def transfer(self, who: int, to: int, asset: int, atoms: int, by: int | None) -> None:
        source, target = self.accounts[who], self.accounts[to]
        moved = (self.sender(who, by), source, target, asset, atoms)
        self.audit(who if self.attempt(self.mirror.transfer, *moved) else None)

    @rule(
        who=setting.who,
        operator=st.integers(0, 1),
        permissions=setting.permissions,
        lasts=st.sampled_from([-1, 0, 5_000, DAY, 30 * DAY]),
        budget=setting.budget,
    )
    def set_operator(
        self, who: int, operator: int, permissions: int, lasts: int, budget: int
    ) -> None:
        expiry = self.mirror.model.time + lasts
        allowed = (self.accounts[who], OPERATORS[operator], permissions, expiry, budget)
        self.attempt(self.mirror.set_operator, OWNERS[who], *allowed)
        self.audit(None)

    @rule(who=setting.who, operator=st.integers(0, 1))
    def revoke_operator(self, who: int, operator: int) -> None:
        """Whoever is revoked can do nothing more, now."""
        account, revoked = self.accounts[who], OPERATORS[operator]
        self.mirror.revoke_operator(OWNERS[who], account, revoked)
        before = dict(self.mirror.model.state.words)
        calls = (
            (self.mirror.cancel_many, []),
            (self.mirror.batch, [], [], FOREVER, False),
            (self.mirror.withdraw, 0, self.units(0, 1), OWNERS[who]),
            (self.mirror.activate_asset, 1),
        )
        for act, *arguments in calls:
            assert not self.attempt(act, revoked, account, *arguments), "AUTH-1"
        assert self.mirror.model.state.words == before, "AUTH-1"

    @rule(who=setting.who, asset=setting.asset, by=setting.by, active=st.booleans())
    def activate(self, who: int, asset: int, by: int | None, active: bool) -> None:
        act = self.mirror.activate_asset if active else self.mirror.deactivate_asset
        self.attempt(act, self.sender(who, by), self.accounts[who], asset)
        self.audit(None)


class ExchangeMachine(VaultRules):
    """All of it, with prices, time, fees and guards."""

    @rule(asset=st.integers(1, 2), per_mille=st.sampled_from([1000, 990, 1010, 940, 1060, 900]))
    def move_price(self, asset: int, per_mille: int) -> None:
        self.mirror.post_price(asset, START_PRICES[asset] * per_mille // 1000)
        self.mirror.poke(OWNERS[0], [asset])
        self.audit(None)

    @rule(seconds=st.integers(1, 10_000))
    def pass_time(self, seconds: int) -> None:
        self.mirror.set_time(self.mirror.model.time + seconds)

    @rule(seconds=st.sampled_from([DAY // 2, DAY, 2 * DAY, 8 * DAY]))
    def pass_days(self, seconds: int) -> None:
        self.mirror.set_time(self.mirror.model.time + seconds)

    @rule(market=setting.market)
    def collect_fees(self, market: int) -> None:
        self.mirror.collect_fees(OWNERS[0], market)
        self.audit(None)

    @rule(market=setting.market, hours_long=st.sampled_from([1, 1, 72]))
    def pause(self, market: int, hours_long: int) -> None:
        """A pause ends within 73 hours, and does not begin again for a week."""
        before = self.book_word(market).paused_until
        now = self.mirror.model.time
        if self.attempt(self.mirror.pause_markets, GUARDIAN, [market], hours_long):
            until = self.book_word(market).paused_until
            assert hours_long * HOUR < until - now <= (hours_long + 1) * HOUR
            assert before == 0 or now >= before + 7 * DAY
        self.audit(None)

    @rule()
    def resume(self) -> None:
        self.mirror.resume_markets(GUARDIAN, MARKETS)
        assert all(self.book_word(m).paused_until <= self.mirror.model.time for m in MARKETS)
        self.audit(None)

    @rule(asset=setting.asset, limit_ppm=st.sampled_from([250_000, 10**6, 10_000, 0]))
    def limit_outflow(self, asset: int, limit_ppm: int) -> None:
        self.mirror.set_outflow_limit(ADMIN, asset, limit_ppm)
        self.audit(None)
