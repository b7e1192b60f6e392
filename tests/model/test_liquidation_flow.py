"""Random accounts in trouble: whatever is done, money, books and the rules of liquidation hold."""

import copy
import random
from collections import Counter
from collections.abc import Callable

import pytest

from tests.model.liquidation import BACKSTOP, fill_insurance, make_backstop, refresh
from tests.model.perps import (
    assert_sound,
    jump,
    make_perps,
    open_pool,
    perp_order,
    spot_order,
)
from tests.model.setting import QUOTE, WETH, add_user
from worldmarkets.model import Side, accounts, balances
from worldmarkets.model import TimeInForce as Tif
from worldmarkets.model.errors import ContractError
from worldmarkets.model.liquidation import standing
from worldmarkets.model.liquidation.invariants import known_lines
from worldmarkets.model.liquidation.slice_invariants import check_slice
from worldmarkets.model.liquidation.waterfall_invariants import check_amounts, check_order
from worldmarkets.model.liquidation_events import SliceTaken
from worldmarkets.model.outside import UNLIMITED
from worldmarkets.model.state import State

STEPS = 150
DAY = 86_400
OWNERS = range(0x31, 0x36)
RICH = 0x39


class Play:
    """Accounts with little cash, lent or owed tokens, a rich one, and what they do at random."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.exchange = make_perps()
        self.happened: Counter[str] = Counter()
        self.orders: list[tuple[int, int]] = []
        self.dollars = 2_000
        if seed % 3:
            open_pool(self.exchange, 0)
        if seed % 2:
            open_pool(self.exchange, 1, 10**10)
        self.rich = add_user(self.exchange, RICH, 10**8, 10**5)
        self.owners = {self.rich: RICH} | {self.user(owner): owner for owner in OWNERS}
        self.accounts = list(self.owners)
        fill_insurance(self.exchange, self.random.choice([0, 100, 3_000]) or 1)
        if seed % 4:
            backstop = make_backstop(self.exchange, self.random.choice([10, 1_000]))
            self.owners[backstop] = BACKSTOP

    def user(self, owner: int) -> int:
        account = add_user(self.exchange, owner, self.random.choice([500, 2_000, 50_000]), 3)
        for token in (QUOTE, WETH):
            self.exchange.tokens[token].draw(owner, 10**6 * 10**18)
            self.exchange.tokens[token].approve(owner, 0xE0, UNLIMITED)
        return account

    def lever(self) -> None:
        """Let an account trade as much as it can, on credit if it may, with one that has a lot."""
        account, side = self.random.choice(self.accounts[1:]), self.random.choice(list(Side))
        of_market = self.random.choice([perp_order, spot_order])
        worth = max(0, self.equity(account)) * self.random.choice([3, 8, 13])
        lots = min(2_000_000, worth // (self.dollars * 1_000))
        other = Side.ASK if side == Side.BID else Side.BID
        tick = self.dollars * 10
        now = {"time_in_force": Tif.IMMEDIATE_OR_CANCEL}
        self.exchange.place(RICH, self.rich, of_market(side, tick, lots))
        self.exchange.place(self.owners[account], account, of_market(other, tick, lots, **now))

    def equity(self, account: int) -> int:
        return self.exchange.preview_margin(account)[0].equity_atoms

    def someone(self) -> int:
        return self.random.choice(self.accounts)

    def step(self) -> None:
        exchange = self.exchange
        actions: list[Callable[[], object]] = [self.place] * 4 + [self.lever] * 6 + [self.move] * 5
        actions += (
            [self.protect] * 3
            + [self.take] * 8
            + [self.flag] * 8
            + [self.review] * 4
            + [self.force] * 2
        )
        actions += [self.protect] * 3 + [self.lend, self.repay, self.deposit, self.settle]
        actions += [self.withdraw, self.wait, self.collect]
        before = State(copy.copy(exchange.state.words))
        try:
            action = self.random.choice(actions)
            action()
        except ContractError as error:
            self.happened[error.name] += 1
            return
        self.check(before)

    def check(self, before: State) -> None:
        exchange, events = self.exchange, self.exchange.events
        self.happened.update(type(event).__name__ for event in events)
        before.time = exchange.state.time = exchange.time
        assert check_amounts(events) == []
        assert check_order(before, exchange.state, events) == []
        for event in events:
            if isinstance(event, SliceTaken):
                assert check_slice(before, exchange.state, event) == []
        assert_sound(exchange)

    # ------------------------------------------------------------------ what is done

    def place(self) -> None:
        account = self.someone()
        of_market = self.random.choice([perp_order, spot_order])
        tick = self.dollars * 10 + self.random.randint(-60, 60)
        tif = self.random.choice([Tif.GOOD_TILL_CANCELLED] * 3 + [Tif.IMMEDIATE_OR_CANCEL])
        reduce_only = self.random.random() < 0.15
        lots = self.random.choice([10, 200, 3_000, 10_000])
        side = self.random.choice(list(Side))
        order = of_market(side, tick, lots, time_in_force=tif, reduce_only=reduce_only)
        result = self.exchange.place(self.owners[account], account, order)
        if result.order_id:
            self.orders.append((account, result.order_id))

    def move(self) -> None:
        self.dollars = max(200, self.dollars * self.random.randint(91, 109) // 100)
        jump(self.exchange, self.dollars)

    def wait(self) -> None:
        self.exchange.time += self.random.choice([5, 60, 400, DAY])
        refresh(self.exchange)

    def flag(self) -> None:
        self.exchange.state.time = self.exchange.time
        stands = {one: standing.read(self.exchange.state, one) for one in self.accounts}
        failing = [one for one in self.accounts if not stands[one].is_safe]
        self.exchange.flag_account(self.random.choice(failing or self.accounts))

    def review(self) -> None:
        self.exchange.review_account(self.failing())

    def take(self) -> None:
        self.exchange.time += self.random.choice([0, 11, 40, 310, 430])
        refresh(self.exchange)
        bidder = self.random.choice([self.rich, self.someone()])
        ppm = self.random.choice([100_000, 500_000, 10**6])
        account = self.failing()
        self.exchange.take_slice(self.owners[bidder], account, bidder, ppm, 2**100)

    def failing(self) -> int:
        """An account whose orders may not rest, if there is one."""
        words = {one: accounts.load(self.exchange.state, one) for one in self.accounts}
        return self.random.choice([one for one in words if not words[one].live] or self.accounts)

    def force(self) -> None:
        account = self.failing()
        ids = [order for owner, order in self.orders if owner == account][-5:]
        self.exchange.force_cancel(account, list(dict.fromkeys(ids)))

    def protect(self) -> None:
        account, other = self.random.sample(self.accounts, 2)
        lines = known_lines(self.exchange.state)
        if lines and self.random.random() < 0.7:
            account, other = self.random.choice(lines)
        owner, lender = self.owners[account], self.owners[other]
        atoms = self.random.choice([10, 100, 400]) * 10**6
        expiry = self.exchange.time + self.random.choice([10, 10**6])
        self.random.choice(
            [
                lambda: self.exchange.lock_bond(owner, account, atoms),
                lambda: self.exchange.release_bond(owner, account, atoms),
                lambda: self.exchange.offer_line(lender, other, account, atoms, 10**6, expiry),
                lambda: self.exchange.accept_line(owner, account, other, 2**70),
                lambda: self.exchange.accept_line(owner, account, other, 2**70),
                lambda: self.exchange.draw_line(account, other),
                lambda: self.exchange.give_notice(lender, account, other),
                lambda: self.exchange.close_line(lender, account, other),
            ]
        )()

    def lend(self) -> None:
        account, asset = self.someone(), self.random.randint(0, 1)
        lent = self.random.random() < 0.7
        self.exchange.set_lent(self.owners[account], account, asset, lent)

    def repay(self) -> None:
        self.exchange.repay_claims(self.failing())

    def deposit(self) -> None:
        account, asset = self.someone(), self.random.randint(0, 1)
        units = self.random.choice([50, 1_500]) * 10**18 if asset == 0 else 10**18
        self.exchange.deposit(self.owners[account], account, asset, units)

    def withdraw(self) -> None:
        account, asset = self.someone(), self.random.randint(0, 1)
        self.exchange.state.time = self.exchange.time
        atoms = balances.atoms_of(self.exchange.state, account, asset)
        units = atoms * (10**12, 10**10)[asset] // self.random.choice([1, 2])
        units -= units % (10**12, 10**10)[asset]
        owner = self.owners[account]
        self.exchange.withdraw(owner, account, asset, units, owner)

    def settle(self) -> None:
        account = self.someone()
        self.exchange.settle(self.owners[account], account, 513)

    def collect(self) -> None:
        self.exchange.collect_fees(self.random.choice([257, 513]))


def play(seed: int, steps: int = STEPS) -> Counter[str]:
    one = Play(seed)
    for _ in range(steps):
        one.step()
    return one.happened


@pytest.mark.parametrize("seed", range(8))
def test_random_play_keeps_all_rules(seed: int) -> None:
    happened = play(seed)
    assert happened["PriceUpdated"]


def test_random_play_reaches_what_it_should() -> None:
    happened = sum((play(seed, 250) for seed in (1, 5, 7)), Counter())
    for name in ("Flagged", "SliceTaken", "DeficitPaid", "FlagCleared", "AccountThawed"):
        assert happened[name], name
