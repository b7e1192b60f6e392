"""The rules of the machine with liquidation: flags, slices, bonds, lines and deficits."""

from collections.abc import Callable
from typing import Any

import hypothesis.strategies as st
from hypothesis.stateful import rule

from tests.stateful import setting
from tests.stateful.perp_rules import PerpMachine, perp
from tests.stateful.setting import ATOM_PRICES, OWNERS, START_PRICES
from tests.support.backend import user_address
from tests.support.system import ADMIN
from worldmarkets.model import Side
from worldmarkets.model.findings import Finding
from worldmarkets.model.liquidation.invariants import check_liquidation, known_lines
from worldmarkets.model.liquidation.slice_invariants import check_slice
from worldmarkets.model.liquidation.waterfall_invariants import check_amounts, check_order
from worldmarkets.model.liquidation_events import ShortfallAdded, SliceTaken
from worldmarkets.model.reading import WordReader
from worldmarkets.model.solvency import value
from worldmarkets.model.state import State
from worldmarkets.model.words import base_of

BIDDER, JUNIOR = user_address(31), user_address(32)
WITHOUT_LIMIT = 2**255 - 1
MORE_FUNDS = {0: 10**6 * 10**18, 1: 10 * 10**18, 2: 10**8}

quote_atoms = st.sampled_from([1, 10**7, 10**8, 10**9])
waits = st.sampled_from([0, 10, 40, 310, 500])
parts = st.sampled_from([10**5, 3 * 10**5, 10**6])


class LiquidationMachine(PerpMachine):
    """All that traders do, in accounts that may fail, and what is done about it.

    Beside the accounts of the machine one bids for slices and lends lines, and one is the backstop.
    """

    part = 5

    def __init__(self) -> None:
        super().__init__()
        self.bidder = self._new(BIDDER, MORE_FUNDS)
        self.backstop = self._new(JUNIOR, {0: 100 * 10**18})
        self.outsiders = (self.bidder, self.backstop)
        self.mirror.set_backstop(ADMIN, self.backstop)

    def _new(self, owner: str, funds: dict[int, int]) -> int:
        account = self.mirror.new_user(owner, funds)
        self.follower.owners[account] = owner
        return account

    def further_findings(self, reader: WordReader, accounts: list[int]) -> list[Finding]:
        """LIQ-3, and what perps have to keep."""
        found = super().further_findings(reader, accounts)
        return found + check_liquidation(reader, accounts, known_lines(self.mirror.model.state))

    # --------------------------------------------------------------- trouble

    @rule(
        who=setting.who,
        market=perp | setting.market,
        side=setting.side,
        times=st.sampled_from([5, 10, 18]),
        move=st.sampled_from([900, 930, 960, 1040, 1070, 1100]),
        acts=st.lists(st.tuples(st.integers(0, 7), parts, waits), min_size=1, max_size=4),
    )
    def fail(
        self,
        who: int,
        market: int,
        side: Side,
        times: int,
        move: int,
        acts: list[tuple[int, int, int]],
    ) -> None:
        """A position of a multiple of the equity; the price moves; others do what they may."""
        self.report(dict(START_PRICES))
        self.trade_with_lender(who, market, side, times)
        prices = {base_of(market): START_PRICES[base_of(market)] * move // 1000}
        self.report(prices)
        self.liquidate(self.mirror.flag_account, BIDDER, self.accounts[who])
        for act, part, seconds in acts:
            self.mirror.set_time(self.mirror.model.time + seconds)
            self.report(prices)
            self.act_on(act, who, part)
        self.audit(None)

    def act_on(self, act: int, who: int, part: int) -> None:
        """Do one of the things that may be done to an account in trouble."""
        account, bidder = self.accounts[who], self.bidder
        mirror, sender = self.mirror, OWNERS[who]
        own = [order for order, known in self.follower.live.items() if known == account]
        first: tuple[Callable[..., Any], tuple[Any, ...]] = (
            mirror.take_slice,
            (BIDDER, account, bidder, part, WITHOUT_LIMIT),
        )
        others: dict[int, tuple[Callable[..., Any], tuple[Any, ...]]] = {
            0: (mirror.flag_account, (BIDDER, account)),
            1: (mirror.review_account, (BIDDER, account)),
            2: (mirror.force_cancel, (BIDDER, account, own[:5])),
            3: (mirror.draw_line, (BIDDER, account, bidder)),
            4: (mirror.repay_claims, (BIDDER, account)),
            5: (mirror.set_liquidator, (sender, account, BIDDER, True)),
        }
        known, arguments = others.get(act, first)
        self.liquidate(known, *arguments)

    @rule(who=setting.who, atoms=quote_atoms)
    def lock_bond(self, who: int, atoms: int) -> None:
        self.liquidate(self.mirror.lock_bond, OWNERS[who], self.accounts[who], atoms)
        self.audit(None)

    @rule(who=setting.who, atoms=quote_atoms)
    def release_bond(self, who: int, atoms: int) -> None:
        self.liquidate(self.mirror.release_bond, OWNERS[who], self.accounts[who], atoms)
        self.audit(None)

    @rule(who=setting.who, atoms=quote_atoms, fee=st.sampled_from([0, 10**6]), lasts=waits)
    def take_line(self, who: int, atoms: int, fee: int, lasts: int) -> None:
        """A line is offered and accepted; an earlier one that can be is closed before."""
        account, lender = self.accounts[who], self.bidder
        expiry = self.mirror.model.time + 1_000 * lasts
        self.liquidate(self.mirror.close_line, BIDDER, account, lender)
        self.liquidate(self.mirror.offer_line, BIDDER, lender, account, atoms, fee, expiry)
        self.liquidate(self.mirror.accept_line, OWNERS[who], account, lender, fee)
        self.audit(None)

    @rule(who=setting.who)
    def give_notice(self, who: int) -> None:
        self.liquidate(self.mirror.give_notice, BIDDER, self.accounts[who], self.bidder)
        self.audit(None)

    @rule(who=setting.who, atoms=st.sampled_from([10**8, 10**10]))
    def rescue(self, who: int, atoms: int) -> None:
        """Money comes in, claims are repaid, dead orders go, and the account is looked at."""
        account = self.accounts[who]
        self.report(dict(START_PRICES))
        self.mirror.mint(OWNERS[who], 0, self.units(0, atoms))
        self.mirror.deposit(OWNERS[who], account, 0, self.units(0, atoms))
        self.invested += self.worth(0, atoms)
        for act in (4, 2, 1):
            self.act_on(act, who, 0)
        self.audit(None)

    # --------------------------------------------------------------- acting

    def liquidate(self, act: Callable[..., Any], *arguments: object) -> None:
        """Do what moves money between accounts and funds; LIQ-1 and LIQ-2 of what came of it."""
        before = self._state()
        if self.attempt(act, *arguments):
            events, after = self.mirror.model.events, self._state()
            self.follower.follow(self.mirror.records(), BIDDER, self.bidder)
            self.roundings += sum(isinstance(event, ShortfallAdded) for event in events)
            findings = check_amounts(events) + check_order(before, after, events)
            for event in events:
                if isinstance(event, SliceTaken):
                    findings += check_slice(before, after, event)
            assert not findings, "; ".join(map(str, findings))
            self._keep_gain()

    def _state(self) -> State:
        state = State(self.mirror.model.state.words)
        state.time = self.mirror.model.time
        return state

    def _keep_gain(self) -> None:
        """What funds pay or get, and what is locked, is no gain of a coalition (SOLV-3)."""
        reader = WordReader(self.system.read_words, self.mirror.model.time)
        worth = value(reader, self.accounts, ATOM_PRICES, self.markets)
        self.invested = worth - self.gain
