"""One Hypothesis machine that drives model and chain together and checks the invariants.

After every step the words are read from the chain, never from the model, and audited; the ids of
docs/invariants.md are the messages of what fails.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import hypothesis.strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize

from tests.stateful import setting
from tests.stateful.following import Follower
from tests.stateful.setting import (
    ASSETS,
    ATOM_PRICES,
    BUDGETS,
    FUNDS,
    MARKETS,
    OPERATORS,
    OWNERS,
    UNITS_PER_ATOM,
)
from tests.support.mirror import Mirror
from tests.support.system import DEFAULT_MARKETS, INSURANCE_PPM, System
from worldmarkets.atlas.margin import Health
from worldmarkets.model import OrderRequest, Side, holdings, invariants, slots
from worldmarkets.model.errors import ContractError
from worldmarkets.model.findings import Finding
from worldmarkets.model.interface import MarginChange
from worldmarkets.model.margin_invariants import (
    check_closed_pools,
    check_fills,
    check_interest,
    check_subadditivity,
    has_lowered,
)
from worldmarkets.model.reading import Book, WordReader, read_book
from worldmarkets.model.records import Placed, Taken
from worldmarkets.model.risk import check_outgoing, preview_margin
from worldmarkets.model.solvency import check_pool, check_solvency, solvency, value
from worldmarkets.model.words import BookWord, base_of, is_perp


@dataclass(frozen=True)
class Standing:
    """What the check of an action compares: with profits not settled yet, and without."""

    health: Health
    settled: int

    @property
    def without_profits(self) -> Health:
        """The same, profits not settled yet left out."""
        return replace(self.health, equity=self.settled)


def standing_of(
    reader: WordReader, account: int, reducing: Sequence[MarginChange] = ()
) -> Standing:
    """Equity and initial requirement of an account by its words [quote atoms].

    Of the orders that rest some are known to only reduce: they need no free band.
    """
    _, margin = preview_margin(reader, account, reducing)
    health = Health(margin.equity_atoms, margin.initial_atoms, 0, 0)
    return Standing(health, margin.settled_atoms)


def check_left(reader: WordReader, account: int) -> list[Finding]:
    """RISK-1 of an account that value has just left: without profits that are not settled."""
    try:
        check_outgoing(reader, account)
    except ContractError as error:
        return [Finding("RISK-1", f"account {account}", str(error))]
    return []


class MachineBase(RuleBasedStateMachine):
    """A system with a handful of accounts, and what is checked after each step."""

    lends = False
    """Whether there are lending pools."""
    part = 1
    """Of how many examples it runs one: a step of a larger machine takes longer."""
    markets: tuple[int, ...] = MARKETS
    outsiders: tuple[int, ...] = ()
    """Accounts that are not of the coalition of SOLV-3."""
    system: System
    """Set by a subclass; each example runs on a snapshot."""

    def __init__(self) -> None:
        super().__init__()
        self._snapshot = self.system.backend.snapshot()
        self._owners_before = dict(self.system.owners)
        self.mirror = Mirror(self.system, ASSETS, DEFAULT_MARKETS, INSURANCE_PPM)
        self.list_more()
        self.owners = list(OWNERS)
        self.accounts = [self.mirror.new_user(owner, FUNDS) for owner in OWNERS]
        self.follower = Follower(self.mirror, dict(zip(self.accounts, OWNERS, strict=True)))
        self.invested = self._value_of_funds()
        self.gain = 0
        self.audit(None)

    def list_more(self) -> None:
        """List what there is beside spot markets."""

    def teardown(self) -> None:
        self.system.backend.revert(self._snapshot)
        self.system.owners = self._owners_before

    # --------------------------------------------------------------- acting

    def act_on_books(
        self, who: int, operator: int | None, act: Callable[..., Any], *arguments: object
    ) -> None:
        """Act on the books as owner or operator, follow the records, and audit."""
        account, sender = self.accounts[who], self.sender(who, operator)
        before = dict(self.mirror.model.state.words)
        standing = self.standing(account)
        try:
            act(sender, account, *arguments)
        except ContractError:
            assert self.mirror.model.state.words == before, "a refusal changes nothing"
            self.audit(None)
            return
        records = self.mirror.records()
        self.follower.follow(records, sender, account)
        risky = any(isinstance(record, Placed | Taken) for record in records)
        self.audit(who if risky else None, standing)

    def attempt(self, act: Callable[..., Any], *arguments: object) -> bool:
        """Do something else; return whether it was not refused."""
        before = dict(self.mirror.model.state.words)
        try:
            act(*arguments)
        except ContractError:
            assert self.mirror.model.state.words == before, "a refusal changes nothing"
            return False
        return True

    # --------------------------------------------------------------- invariants

    def audit(self, actor: int | None, before: Standing | None = None) -> None:
        """Check every invariant on the chain's words.

        RISK-1 for whoever just took risk, or RISK-2 if he had some already, in the state before;
        without that, value has left his account.
        """
        reader = WordReader(self.system.read_words, self.mirror.model.time)
        accounts = [1, 2, *self.accounts, *self.outsiders]
        findings: list[Finding] = []
        for market in self.markets:
            book = read_book(reader, market)
            ticks, history = self.follower.ticks[market], self.follower.history
            findings += invariants.check_levels(reader, book, ticks)
            findings += invariants.check_bitmap_parents(reader, market, ticks)
            findings += invariants.check_first_in_first_out(book, history)
            findings += invariants.check_stale_ids(reader, book, history)
            findings += invariants.check_open_totals(reader, book, accounts)
            self._check_lots(book)
        for asset in range(len(ASSETS)):
            held = self.system.token_balance(asset, self.system.exchange)
            sums = solvency(reader, asset, accounts, self.markets, held)
            findings += check_solvency(sums) + check_pool(reader, sums)
        findings += invariants.check_use(reader, accounts, range(len(ASSETS)))
        findings += check_closed_pools(reader, accounts)
        findings += check_subadditivity(reader, accounts) + check_fills(reader, accounts)
        findings += check_interest(reader, range(len(ASSETS)))
        findings += self.further_findings(reader, accounts)
        if actor is not None:
            findings += self._check_risk(reader, self.accounts[actor], before)
        assert not findings, "; ".join(map(str, findings))
        gain = value(reader, self.accounts, ATOM_PRICES, self.markets) - self.invested
        assert gain <= self.gain, "SOLV-3"
        self.gain = gain

    def further_findings(self, reader: WordReader, accounts: list[int]) -> list[Finding]:
        """What is to be checked of more than spot markets and pools."""
        return []

    def _check_risk(
        self, reader: WordReader, account: int, before: Standing | None
    ) -> list[Finding]:
        if before is None:
            return check_left(reader, account)
        found = invariants.check_risk(reader, account)
        if not found or not self.lends:
            return found
        after = standing_of(reader, account, self._just_reducing(reader))
        owes = bool(holdings.shortfalls(reader, holdings.read(reader, account)))
        assert has_lowered(before.health, after.health), "RISK-2"
        if owes:
            assert has_lowered(before.without_profits, after.without_profits), "RISK-2 settled"
        assert after.settled >= min(0, before.settled), "RISK-2 settled"
        return []

    def _just_reducing(self, reader: WordReader) -> list[MarginChange]:
        """Of the orders that the last action placed, those that rest and only reduce."""
        found = []
        for record in self.mirror.records():
            if not isinstance(record, Placed) or not record.reduce_only:
                continue
            if record.order_id in self.follower.live:
                market, lots = record.order_id >> 112, self.follower.lots[record.order_id]
                book = reader.load(BookWord, slots.book(market))
                known, per_lot = base_of(market), book.atoms_per_lot
                if is_perp(market):
                    known, per_lot = market, 1
                found.append(MarginChange(known, reduce_only_atoms=lots * per_lot))
        return found

    def _check_lots(self, book: Book) -> None:
        """The orders in the book are those of the log, lot by lot."""
        found = {order.order_id: order.lane.lots for order in book.orders()}
        lots, live = self.follower.lots, self.follower.live
        expected = {order: lots[order] for order in live if order >> 112 == book.market_id}
        assert found == expected, "BOOK-1"

    def standing(self, account: int) -> Standing:
        """Equity and initial requirement of an account now."""
        reader = WordReader(self.system.read_words, self.mirror.model.time)
        return standing_of(reader, account)

    # --------------------------------------------------------------- choices

    def sender(self, who: int, operator: int | None) -> str:
        return self.owners[who] if operator is None else OPERATORS[operator]

    def request(self, order: tuple[Any, ...]) -> OrderRequest:
        """An order near the middle of the band; offsets far out mean its edges and beyond."""
        market, side, offset, lots, tif, fills, terms = order
        book = self.book_word(market)
        if abs(offset) < 10:
            tick = (book.lowest_ask + book.highest_bid) // 2 + offset
        elif side == Side.BID:
            tick = book.highest_bid + (offset > 0)
        else:
            tick = book.lowest_ask - (offset < 0)
        mode, expiry_in, reduce_only, client_id = terms
        expiry = 0 if expiry_in is None else self.mirror.model.time + expiry_in
        special = (mode, expiry, reduce_only, client_id)
        return OrderRequest(market, side, tick, lots, tif, fills, *special)

    def own_order(self, who: int, pick: int) -> int:
        """One of a user's live orders, now and then one that is gone."""
        live, gone = self.follower.live, self.follower.gone
        own = [order for order, owner in live.items() if owner == self.accounts[who]]
        candidates = own + gone[-1:]
        return candidates[pick % len(candidates)] if candidates else pick

    def any_order(self, who: int, pick: int, by_owner: bool) -> tuple[int, int]:
        """A live order, and its owner or the user named."""
        live = self.follower.live
        if not live:
            return pick, who
        order_id = list(live)[pick % len(live)]
        return order_id, self.accounts.index(live[order_id]) if by_owner else who

    def book_word(self, market: int) -> BookWord:
        return self.mirror.model.state.load(BookWord, slots.book(market))

    def units(self, asset: int, atoms: int) -> int:
        return atoms * UNITS_PER_ATOM[asset]

    def worth(self, asset: int, atoms: int) -> int:
        """Value of atoms at the constant prices."""
        return atoms * ATOM_PRICES[asset]

    def _value_of_funds(self) -> int:
        return len(OWNERS) * sum(
            self.worth(asset, units // UNITS_PER_ATOM[asset]) for asset, units in FUNDS.items()
        )


class OpenedMachine(MachineBase):
    """The same with some orders in the books, and operators who may place more."""

    @initialize(orders=st.lists(st.tuples(setting.who, setting.order), min_size=5, max_size=20))
    def open_market(self, orders: list[tuple[int, tuple[Any, ...]]]) -> None:
        for account, owner, budget in zip(self.accounts, OWNERS, BUDGETS, strict=True):
            for operator in OPERATORS:
                allowed = (operator, 3, 2**32 - 1, budget)
                self.mirror.set_operator(owner, account, *allowed)
        for who, order in orders:
            self.act_on_books(who, None, self.mirror.place, self.request(order))
