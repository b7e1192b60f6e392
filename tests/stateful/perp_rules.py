"""The rules of the machine with perps: positions, marks, funding, settlement and shortfalls."""

from dataclasses import replace
from typing import Any

import hypothesis.strategies as st
from hypothesis.stateful import initialize, rule

from tests.stateful import setting
from tests.stateful.lending_rules import LendingMachine
from tests.stateful.setting import MARKETS, OWNERS, START_PRICES
from tests.support.backend import user_address
from tests.support.system import (
    ADMIN,
    BTC_PERP,
    BTC_PERP_TERMS,
    ETH_PERP,
    ETH_PERP_TERMS,
)
from worldmarkets.model import OrderRequest, Side, slots
from worldmarkets.model import TimeInForce as Tif
from worldmarkets.model.balances import atoms_of
from worldmarkets.model.findings import Finding
from worldmarkets.model.interface import MarginChange
from worldmarkets.model.perp_words import MarkWord, PerpPoolWord
from worldmarkets.model.perps import positions
from worldmarkets.model.perps.invariants import check_funding, check_positions, perp_sums
from worldmarkets.model.reading import WordReader
from worldmarkets.model.words import base_of

PERPS = (ETH_PERP, BTC_PERP)
TERMS = {
    1: replace(ETH_PERP_TERMS, open_interest_cap_lots=200_000, position_cap_lots=2**17),
    2: replace(BTC_PERP_TERMS, open_interest_cap_lots=10**6, position_cap_lots=2**19),
}
STRANGER = user_address(23)
FOREVER = 2**60
MOST_ISOLATED = 2
"""Further accounts that are opened for a position of their own."""

perp = st.sampled_from(PERPS)
lots = st.sampled_from([1, 20, 20, 21, 40, 100, 400, 2_000, 9_999])
perp_order = st.tuples(
    perp,
    setting.side,
    setting.offset,
    lots,
    st.sampled_from([*[Tif.GOOD_TILL_CANCELLED] * 4, *Tif]),
    setting.fills,
    setting.no_terms | setting.terms,
)
any_order = perp_order | setting.order
seconds = st.sampled_from([0, 0, 1, 30, 299, 300, 301, 5_000])


class PerpMachine(LendingMachine):
    """All that traders do, in accounts that lend, borrow and have positions."""

    markets = (*MARKETS, *PERPS)
    roundings = 0
    """Of fees and settlements, so far."""
    part = 3

    def list_more(self) -> None:
        for asset, terms in TERMS.items():
            self.mirror.list_perp_market(ADMIN, asset, terms)

    def further_findings(self, reader: WordReader, accounts: list[int]) -> list[Finding]:
        """SOLV-2 and FUND-1."""
        # A taker's fee, that of each maker, and each settlement is rounded once.
        self.roundings += 1 + len(self.mirror.records())
        findings: list[Finding] = []
        for market in PERPS:
            findings += check_positions(perp_sums(reader, market, accounts), self.roundings)
            findings += check_funding(reader, market, accounts)
        return findings

    @initialize(
        trades=st.lists(
            st.tuples(setting.who, perp, setting.side, st.sampled_from([1, 3, 8, 15])),
            min_size=2,
            max_size=5,
        ),
        move=st.sampled_from([1000, 1000, 980, 1030]),
    )
    def open_positions(self, trades: list[tuple[int, int, Side, int]], move: int) -> None:
        """Some have positions, which have made or lost something."""
        self.report(dict(START_PRICES))
        for trade in trades:
            self.trade_with_lender(*trade)
        self.report({asset: price * move // 1000 for asset, price in START_PRICES.items()})
        self.audit(None)

    # --------------------------------------------------------------- orders

    @rule(
        orders=st.lists(st.tuples(setting.who, perp_order), min_size=1, max_size=6), by=setting.by
    )
    def place_on_perps(self, orders: list[tuple[int, tuple[Any, ...]]], by: int | None) -> None:
        for who, order in orders:
            self.act_on_books(who, by, self.mirror.place, self.request(order))

    @rule(
        pair=st.tuples(setting.who, setting.by, setting.who, setting.by),
        order=perp_order,
        lots=lots,
        wait=st.sampled_from([0, 0, 0, 20]),
    )
    def trade_perps(
        self, pair: tuple[Any, ...], order: tuple[Any, ...], lots: int, wait: int
    ) -> None:
        self.report(dict(START_PRICES))
        self.trade(pair, order, lots, wait)

    @rule(
        who=setting.who,
        market=perp,
        side=setting.side,
        share=st.integers(1, 4),
        fills=setting.fills,
        by=setting.by,
    )
    def sweep_perps(
        self, who: int, market: int, side: Side, share: int, fills: int, by: int | None
    ) -> None:
        self.sweep(who, market, side, share, fills, by)

    @rule(
        who=setting.who,
        cancels=st.lists(setting.pick, max_size=3),
        orders=st.lists(any_order, max_size=5),
        all_or_none=st.booleans(),
        packed=st.booleans(),
        by=setting.by,
    )
    def batch_of_both(
        self,
        who: int,
        cancels: list[int],
        orders: list[Any],
        all_or_none: bool,
        packed: bool,
        by: int | None,
    ) -> None:
        """The legs of a hedge in one batch."""
        self.batch(who, cancels, orders, False, all_or_none, packed, by)

    @rule(who=setting.who, market=perp, times=st.integers(1, 3), closes=st.booleans())
    def turn(self, who: int, market: int, times: int, closes: bool) -> None:
        """Close a position by whatever there is, or trade through zero; then settle it."""
        size = positions.load(self.mirror.model.state, self.accounts[who], market).size
        side = Side.ASK if size > 0 else Side.BID
        book = self.book_word(market)
        tick = book.lowest_ask if side == Side.ASK else book.highest_bid
        wanted = max(book.min_lots, times * abs(size))
        terms = {"time_in_force": Tif.IMMEDIATE_OR_CANCEL, "reduce_only": closes}
        order = OrderRequest(market, side, tick, wanted, **terms)  # type: ignore[arg-type]
        self.act_on_books(who, None, self.mirror.place, order)
        self.settle_one(who, market, STRANGER)

    @rule(
        who=setting.who,
        market=perp,
        side=setting.side,
        times=st.sampled_from([1, 2, 5, 10, 18]),
        move=st.sampled_from([1000, 1003, 997, 960, 1040, 930, 1070]),
        closes=st.booleans(),
        by=st.sampled_from([None, 0, 1]),
    )
    def trade_with_leverage(
        self,
        who: int,
        market: int,
        side: Side,
        times: int,
        move: int,
        closes: bool,
        by: int | None,
    ) -> None:
        """A position of a multiple of the equity; the price moves; perhaps trade back or settle."""
        self.trade_on_credit(who, market, side, times, move, closes)
        if by is not None:
            for one in (who, 0, who):
                self.settle_one(one, market, OWNERS[one] if by else STRANGER)

    @rule(who=setting.who, quote_atoms=st.sampled_from([0, 10**8, 10**9]), order=any_order)
    def open_isolated(self, who: int, quote_atoms: int, order: tuple[Any, ...]) -> None:
        """A position in an account of its own, which then only others act on."""
        if len(self.accounts) >= len(OWNERS) + MOST_ISOLATED:
            return
        # Of the new account nothing is compared before.
        before = dict(self.mirror.model.state.words)
        self.report(dict(START_PRICES))
        source, request = self.accounts[who], self.request(order)
        if self.attempt(self.mirror.open_isolated, OWNERS[who], source, quote_atoms, request):
            opened = max(self.system.owners)
            assert slots.account(opened) not in before, "an account of its own"
            self.accounts.append(opened)
            self.owners.append(OWNERS[who])
            self.follower.owners[opened] = OWNERS[who]
            self.follower.follow(self.mirror.records(), OWNERS[who], opened)
            self.audit(len(self.accounts) - 1)
        self.audit(None)

    @rule(who=setting.who, market=perp, by=setting.by)
    def deactivate_market(self, who: int, market: int, by: int | None) -> None:
        sender = self.sender(who, by)
        self.attempt(self.mirror.deactivate_market, sender, self.accounts[who], market)
        self.audit(None)

    # --------------------------------------------------------------- marks and settlement

    @rule(markets=st.lists(perp, min_size=1, max_size=3), after=seconds)
    def poke_markets(self, markets: list[int], after: int) -> None:
        self.mirror.set_time(self.mirror.model.time + after)
        self.mirror.poke_markets(STRANGER, markets)
        self.audit(None)

    @rule(who=setting.who, market=perp, side=setting.side, hours=st.sampled_from([1, 3]))
    def press(self, who: int, market: int, side: Side, hours: int) -> None:
        """Quote one side far from the index, let it count for hours, and settle what is paid."""
        book = self.book_word(market)
        tick = book.lowest_ask if side == Side.ASK else book.highest_bid
        self.act_on_books(
            who, None, self.mirror.place, OrderRequest(market, side, tick, 2_000, max_fills=9)
        )
        for _ in range(hours * 12):
            self.mirror.set_time(self.mirror.model.time + 300)
            self.mirror.poke_markets(STRANGER, [market])
        mark = self.mirror.model.state.load(MarkWord, slots.mark(market))
        assert abs(mark.rate) <= ETH_PERP_TERMS.funding_cap, "FUND-1 cap"
        for one in range(len(OWNERS)):
            self.settle_one(one, market, STRANGER)

    @rule(
        order=st.permutations(range(len(OWNERS))),
        most=st.integers(1, len(OWNERS)),
        market=perp,
        own=st.booleans(),
    )
    def settle(self, order: list[int], most: int, market: int, own: bool) -> None:
        """Some accounts one after another, each by its owner or by a stranger."""
        for who in order[:most]:
            self.settle_one(who, market, OWNERS[who] if own else STRANGER)

    def settle_one(self, who: int, market: int, sender: str) -> None:
        """Whoever settles, neither equity nor requirement changes, and no debt is made."""
        account, state = self.accounts[who], self.mirror.model.state
        state.time = self.mirror.model.time
        before, had = self.standing(account), atoms_of(state, account, 0)
        if self.attempt(self.mirror.settle, sender, account, market):
            after = self.standing(account)
            assert after.health.initial == before.health.initial, "R10 requirement"
            assert atoms_of(state, account, 0) >= min(0, had), "R10 a debt made by settling"
            assert after.settled >= before.settled - 2, "R10 settled equity"
            short = state.load(PerpPoolWord, slots.perp_pool(market)).shortfall
            moved = after.health.equity - before.health.equity
            assert short or abs(moved) <= 2, "R10 equity"
        self.audit(None)

    @rule(who=setting.who, market=perp)
    def settle_on_credit(self, who: int, market: int) -> None:
        self.report(dict(START_PRICES))
        account = self.accounts[who]
        self.attempt(self.mirror.settle_on_credit, OWNERS[who], account, market)
        self.audit(None)

    @rule(market=perp, share=st.integers(1, 3))
    def leave_shortfall(self, market: int, share: int) -> None:
        """Forgive the greatest loser a part that nobody pays, as recognition would (in process)."""
        state = self.mirror.model.state
        state.time = self.mirror.model.time
        tick_value = state.load(MarkWord, slots.mark(market)).tick_value
        units = {one: positions.unsettled_now(state, one, market) for one in self.accounts}
        loser = min(units, key=lambda account: units[account])
        atoms = -positions.atoms_down(units[loser], tick_value) * share // 3
        if atoms <= 0 or not hasattr(self.system.backend, "set_word"):
            return
        word = positions.load(state, loser, market)
        forgiven = replace(word, cash=word.cash + positions.units_down(atoms, tick_value))
        self.mirror.tamper(slots.position(loser, base_of(market)), forgiven.pack())
        pool = state.load(PerpPoolWord, slots.perp_pool(market))
        short = replace(pool, shortfall=pool.shortfall + atoms)
        self.mirror.tamper(slots.perp_pool(market), short.pack())
        self.invested += self.worth(0, atoms)
        self.audit(None)

    @rule(market=perp)
    def collect_fees_of_perps(self, market: int) -> None:
        self.collect_fees(market)

    @rule(market=perp, caps=st.sampled_from([(10**6, 2**19), (10**6, 2**19), (500, 256), (1, 8)]))
    def set_perp_limits(self, market: int, caps: tuple[int, int]) -> None:
        self.mirror.set_perp_limits(ADMIN, market, *caps)
        self.audit(None)

    @rule(who=setting.who, market=perp, traded=lots, bids=lots, asks=lots)
    def preview_perps(self, who: int, market: int, traded: int, bids: int, asks: int) -> None:
        change = MarginChange(market, traded - 400, bids, asks, min(bids, 20))
        self.mirror.preview_margin(OWNERS[0], self.accounts[who], [change])
