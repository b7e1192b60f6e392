"""Seeded random actions of traders of perps who get into trouble, and of those who profit by it."""

from collections.abc import Callable
from functools import partial

from tests.differential.lending_flow import DAY, LOTS
from tests.differential.perp_flow import LOTS as PERP_LOTS
from tests.differential.perp_flow import PERPS, SPOTS, PerpFlow
from tests.support.backend import user_address
from tests.support.mirror import Mirror
from tests.support.system import ADMIN
from worldmarkets.model import Side, slots
from worldmarkets.model.accounts import INSURANCE
from worldmarkets.model.liquidation import protection, standing
from worldmarkets.model.liquidation_words import LiquidationWord
from worldmarkets.model.words import AccountWord

HUNTER, SAVER, JUNIOR = (user_address(index) for index in (51, 52, 53))
WITHOUT_LIMIT = 2**255 - 1


class LiquidationFlow(PerpFlow):
    """Every action runs on model and chain and is compared."""

    def __init__(self, mirror: Mirror, seed: str) -> None:
        super().__init__(mirror, seed)
        rich = {0: 10**6 * 10**18, 1: 100 * 10**18, 2: 10**8}
        self.hunters = {self.mirror.new_user(HUNTER, rich): HUNTER for _ in range(2)}
        self.saver = self.mirror.new_user(SAVER, rich)
        self.backstop = self.mirror.new_user(JUNIOR, {0: 3_000 * 10**18})
        self.lines: set[tuple[int, int]] = set()
        self.actions += [
            (25, self.flag),
            (14, self.review),
            (30, self.take_slice),
            (10, self.force_cancel),
            (6, self.lock_bond),
            (4, self.release_bond),
            (14, self.offer_line),
            (6, self.accept_line),
            (4, self.give_notice),
            (4, self.close_line),
            (10, self.draw_line),
            (6, self.repay_claims),
            (3, self.choose_liquidator),
            (1, self.set_backstop),
            (12, self.swing),
            (12, self.lever),
            (16, self.rescue),
            (4, self.insure),
        ]

    # --------------------------------------------------------------- accounts in trouble

    def flag(self) -> None:
        """At times whoever it is; else somebody who can be flagged."""
        account = self.any_victim(lambda word, healthy: not healthy and not word.flagged)
        self.mirror.flag_account(HUNTER, account)
        self.mirror.happened["flagged in deficit"] += self.word(account).flagged and bool(
            self.counts().in_deficit
        )

    def review(self) -> None:
        account = self.any_victim(lambda word, _: not word.live)
        flagged, live = self.mirror.review_account(HUNTER, account)
        self.mirror.happened[f"reviewed to {flagged} {live}"] += 1

    def take_slice(self) -> None:
        account = self.any_victim(lambda word, _: bool(word.flagged))
        bidder, owner = self.any_bidder()
        self.wait(self.random.choice([0, 0, 1, 10, 10, 60, 150, 310, 500]))
        fraction = self.random.choice([1, 99_999, 100_000, 250_000, 10**6, 10**6])
        limit = self.random.choice([WITHOUT_LIMIT] * 8 + [0, -(10**6)])
        result = self.mirror.take_slice(owner, account, bidder, fraction, limit)
        self.mirror.happened["slice paid for"] += result.paid_atoms > 0
        self.mirror.happened["slice subsidised"] += result.paid_atoms < 0
        self.mirror.happened["slice of all"] += result.fraction_ppm == 10**6

    def force_cancel(self) -> None:
        account = self.any_victim(lambda word, _: not word.live)
        own = [order for order, known in self.live.items() if known == account]
        orders = self.random.sample(own, min(len(own), self.random.randrange(1, 6)))
        if self.random.random() < 0.1 and self.live:
            orders += [self.random.choice(list(self.live))]
        self.follow(self.mirror.force_cancel, HUNTER, account, orders)

    # --------------------------------------------------------------- protection

    def lock_bond(self) -> None:
        account, owner = self.any_account()
        atoms = self.random.choice([0, 1, 10**7, 10**8, 10**9, 10**12])
        self.mirror.lock_bond(owner, account, atoms)

    def release_bond(self) -> None:
        account, owner = self.any_account()
        bond = protection.load(self.mirror.model.state, account).bond
        atoms = self.random.choice([bond, bond, max(1, bond - 1), 10**7])
        self.mirror.release_bond(owner, account, atoms)

    def offer_line(self) -> None:
        account, _ = self.any_account()
        lender, owner = self.any_lender()
        atoms = self.random.choice([1, 10**7, 10**9, 10**10])
        fee = self.random.choice([0, 10**6, 10**6, 10**12, 2**80])
        expiry = self.mirror.model.time + self.random.choice([-1, 100, DAY] + [1_000 * DAY] * 6)
        self.mirror.offer_line(owner, lender, account, atoms, fee, expiry)
        self.lines.add((account, lender))
        if self.random.random() < 0.6:
            self.mirror.accept_line(self.owner(account), account, lender, 10**6)

    def accept_line(self) -> None:
        account, lender = self.any_line()
        most = self.random.choice([0, 10**6, 2**80])
        self.mirror.accept_line(self.owner(account), account, lender, most)

    def give_notice(self) -> None:
        account, lender = self.any_line()
        self.mirror.give_notice(self.owner(lender), account, lender)

    def close_line(self) -> None:
        account, lender = self.any_line()
        self.wait(self.random.choice([0, 0, 0, 3_600]))
        self.mirror.close_line(self.owner(lender), account, lender)

    def draw_line(self) -> None:
        account, lender = self.any_line()
        if self.lines and self.random.random() < 0.7:
            victim = self.any_victim(lambda _, healthy: not healthy)
            known = [one for one in self.lines if one[0] == victim]
            account, lender = self.random.choice(sorted(known) or [(account, lender)])
        self.mirror.draw_line(HUNTER, account, lender)

    def repay_claims(self) -> None:
        account = self.any_victim(lambda word, _: bool(word.owes))
        atoms = self.mirror.repay_claims(HUNTER, account)
        self.mirror.happened["claims repaid"] += atoms > 0

    def choose_liquidator(self) -> None:
        account, owner = self.any_account()
        self.mirror.set_liquidator(owner, account, HUNTER, self.random.random() < 0.8)

    def set_backstop(self) -> None:
        sender = self.random.choice([ADMIN, ADMIN, HUNTER])
        self.mirror.set_backstop(sender, self.random.choice([self.backstop, 10**6]))

    def any_line(self) -> tuple[int, int]:
        """An account and a lender of whom there has been a line; at times any two."""
        if self.lines and self.random.random() < 0.9:
            return self.random.choice(sorted(self.lines))
        return self.any_account()[0], self.any_lender()[0]

    # --------------------------------------------------------------- trouble

    def lever(self) -> None:
        """Take as large a leg as margin allows of what there is to trade."""
        account, owner = self.any_account()
        market, side = self.random.choice([*SPOTS, *PERPS]), self.random.choice(list(Side))
        for lots in sorted({**LOTS, **PERP_LOTS}[market], reverse=True):
            if self._attempt(lambda lots=lots: self.take(owner, account, market, side, lots)):  # type: ignore[misc]
                return

    def rescue(self) -> None:
        """Bring an account whose orders may not rest back: money, dead orders, claims, flag."""
        account = self.any_victim(lambda word, _: not word.live)
        owner = self.owner(account)
        own = [order for order, known in self.live.items() if known == account]
        steps = (
            lambda: self.mirror.deposit(owner, account, 0, self.random.choice([10**20, 10**22])),
            lambda: self.follow(self.mirror.force_cancel, HUNTER, account, own),
            lambda: self.mirror.repay_claims(HUNTER, account),
            lambda: self.mirror.review_account(HUNTER, account),
        )
        for step in steps:
            self._attempt(step)

    def swing(self) -> None:
        """Prices fall or rise for a while without anybody acting, so that accounts fail."""
        percent = self.random.choice([-9, -9, -6, 6, 9, 9])
        for _ in range(self.random.choice([1, 1, 2, 3])):
            self.mirror.set_time(self.mirror.model.time + 1)
            for asset in self.prices:
                self.prices[asset] += self.prices[asset] * percent // 100
            self.report()
        for account, lender in sorted(self.lines):
            self._attempt(partial(self.mirror.draw_line, HUNTER, account, lender))

    def insure(self) -> None:
        """Let the insurance fund have its part of the fees."""
        for market in (*PERPS, *SPOTS):
            self.mirror.collect_fees(HUNTER, market)

    def wait(self, seconds: int) -> None:
        """Let time go by; prices are reported as they are."""
        if seconds:
            self.mirror.set_time(self.mirror.model.time + seconds)
            self.report()

    # --------------------------------------------------------------- choices

    def any_victim(self, wanted: Callable[[AccountWord, bool], bool]) -> int:
        """An account of some kind if there is one; one in ten times any."""
        accounts = list(self.accounts)
        if self.random.random() < 0.1:
            return self.random.choice([*accounts, INSURANCE, 10**6, *self.hunters])
        state = self.mirror.model.state
        state.time = self.mirror.model.time
        found = [
            one for one in accounts if wanted(self.word(one), standing.read(state, one).is_healthy)
        ]
        return self.random.choice(found or accounts)

    def any_bidder(self) -> tuple[int, str]:
        if self.random.random() < 0.2:
            return self.any_account()
        return self.random.choice(list(self.hunters.items()))

    def any_lender(self) -> tuple[int, str]:
        if self.random.random() < 0.15:
            return self.any_account()
        return self.random.choice([(self.saver, SAVER), *self.hunters.items()])

    def owner(self, account: int) -> str:
        others = {self.saver: SAVER, self.backstop: JUNIOR, **self.hunters}
        return others.get(account) or super().owner(account)

    def word(self, account: int) -> AccountWord:
        return self.mirror.model.state.load(AccountWord, slots.account(account))

    def counts(self) -> LiquidationWord:
        return self.mirror.model.state.load(LiquidationWord, slots.liquidation())
