"""Seeded random actions of lenders, borrowers and margin traders on a mirror."""

from collections.abc import Callable
from functools import partial
from random import Random

from tests.support.backend import user_address
from tests.support.mirror import Mirror
from tests.support.system import ADMIN, BTC_MARKET, CONFIRM_SECONDS, DOLLAR, ETH_MARKET
from worldmarkets.model import OrderRequest, SelfTrade, Side, slots
from worldmarkets.model import TimeInForce as Tif
from worldmarkets.model.errors import ContractError
from worldmarkets.model.interface import (
    AssetRiskTerms,
    MarginChange,
    MarketRiskTerms,
    Permission,
    PoolTerms,
)
from worldmarkets.model.words import BookWord, base_of

DAY = 86_400
USERS = [user_address(index) for index in range(31, 36)]
OPERATOR = user_address(36)
FUNDS = {0: 2 * 10**4 * 10**18, 1: 5 * 10**18, 2: 2 * 10**7}
LENDER_FUNDS = {0: 10**6 * 10**18, 1: 500 * 10**18, 2: 20 * 10**8}
UNITS = (10**18, 10**16, 10**6)
"""A handful of dollars' worth of each asset [token units]."""
PRICES = {1: 2_000 * DOLLAR, 2: 60_000 * DOLLAR}
TICKS = {ETH_MARKET: DOLLAR // 10, BTC_MARKET: DOLLAR}
"""What a tick is of the price of a whole token."""
LOTS = {ETH_MARKET: (1_000, 5_000, 20_000, 60_000), BTC_MARKET: (2_000, 20_000, 100_000)}
RISK = {
    1: AssetRiskTerms(1_150, 150, 200, 50, 50, 100),
    2: AssetRiskTerms(1_000, 100, 200, 50, 50),
}
ROOMY = PoolTerms(2**70, 2**70)
TIGHT = PoolTerms(3 * 10**9, 10**9, 50, 300, 200)


class LendingFlow:
    """Every action runs on model and chain and is compared."""

    def __init__(self, mirror: Mirror, seed: str) -> None:
        self.mirror = mirror
        self.random = Random(seed)
        self.prices = dict(PRICES)
        self.actions: list[tuple[int, Callable[[], object]]] = [
            (50, self.place),
            (10, self.batch),
            (8, self.set_lent),
            (10, self.borrow),
            (8, self.repay),
            (6, self.withdraw),
            (5, self.transfer),
            (2, self.accrue),
            (2, self.collect),
            (4, self.preview),
            (12, self.move_prices),
            (3, self.jump),
            (5, self.crash),
            (2, self.go_stale),
            (1, self.tighten),
            (1, self.change_risk),
            (1, self.deactivate),
        ]
        self.mirror.set_market_risk(ADMIN, MarketRiskTerms(300))
        for asset, terms in RISK.items():
            self.mirror.set_asset_risk(ADMIN, asset, terms)
        self._refuse_without_pool()
        for asset in (0, 1, 2):
            self.mirror.set_pool_terms(ADMIN, asset, ROOMY)
        self.accounts = {self.mirror.new_user(user, FUNDS): user for user in USERS}
        lender = self.mirror.new_user(USERS[0], LENDER_FUNDS)
        for asset in LENDER_FUNDS:
            self.mirror.set_lent(USERS[0], lender, asset, True)
        for account, owner in self.accounts.items():
            allowed = self.random.choice([Permission.PLACE, Permission.PLACE | Permission.LEND])
            self.mirror.set_operator(owner, account, OPERATOR, allowed, 2**32 - 1, 10**9)
            for asset in FUNDS:
                self.mirror.mint(owner, asset, 10**30)

    def run(self, steps: int) -> None:
        """Do so many actions, and compare every word at the end."""
        weights = [weight for weight, _ in self.actions]
        for _ in range(steps):
            [(_, action)] = self.random.choices(self.actions, weights)
            self._attempt(action)
        self.mirror.compare_all_words()

    # --------------------------------------------------------------- orders

    def place(self) -> None:
        account, owner = self.any_account()
        sender = self.random.choice([owner, owner, owner, OPERATOR])
        self.mirror.place(sender, account, self.order())

    def sweep(self) -> None:
        """Take all there is on one side, whatever its makers lose by it."""
        account, owner = self.any_account()
        market, side = self.random.choice([ETH_MARKET, BTC_MARKET]), self.random.choice(list(Side))
        book = self.mirror.model.state.load(BookWord, slots.book(market))
        tick = book.lowest_ask if side == Side.ASK else book.highest_bid
        order = OrderRequest(market, side, tick, 10**6, Tif.IMMEDIATE_OR_CANCEL)
        self.mirror.place(owner, account, order)

    def batch(self) -> None:
        account, owner = self.any_account()
        orders = [self.order() for _ in range(self.random.randrange(4))]
        self.mirror.batch(owner, account, [], orders, 2**60, self.random.random() < 0.2)

    def order(self) -> OrderRequest:
        """An order around the price, at times large, or beyond the free band."""
        market = self.random.choice([ETH_MARKET, BTC_MARKET])
        tick = self.prices[base_of(market)] // TICKS[market]
        away = self.random.choice([0, 1, 2, 5, 10, 30])
        side = self.random.choice(list(Side))
        tick += tick * self.random.choice([away, -away]) // 1_000
        tif = self.random.choice([Tif.GOOD_TILL_CANCELLED] * 4 + list(Tif))
        terms = (self.random.choice(list(SelfTrade)), 0, self.random.random() < 0.15, 0)
        fills = self.random.choice([1, 5, 64, 64])
        return OrderRequest(
            market, side, tick, self.random.choice(LOTS[market]), tif, fills, *terms
        )

    # --------------------------------------------------------------- lending

    def set_lent(self) -> None:
        account, owner = self.any_account()
        asset = self.random.choice([0, 1, 2, 77])
        self.mirror.set_lent(owner, account, asset, self.random.random() < 0.6)

    def borrow(self) -> None:
        account, owner = self.any_account()
        asset = self.any_asset()
        self.mirror.borrow(owner, account, asset, self.units(asset), owner)

    def repay(self) -> None:
        account, _ = self.any_account()
        asset = self.any_asset()
        self.mirror.repay(self.random.choice(USERS), account, asset, self.units(asset))

    def withdraw(self) -> None:
        account, owner = self.any_account()
        asset = self.any_asset()
        self.mirror.withdraw(owner, account, asset, self.units(asset), owner)

    def transfer(self) -> None:
        source, owner = self.any_account()
        target, _ = self.any_account()
        atoms = self.random.choice([1, 10**6, 10**9])
        self.mirror.transfer(owner, source, target, self.any_asset(), atoms)

    def accrue(self) -> None:
        self.mirror.accrue_pools(USERS[0], self.random.sample([0, 1, 2], 2))

    def collect(self) -> None:
        self.mirror.collect_reserve(USERS[0], self.any_asset())

    def preview(self) -> None:
        account, _ = self.any_account()
        changes = [
            MarginChange(
                self.any_asset(),
                self.random.choice([10**6, -(10**8)]),
                self.random.choice([0, 10**7, -(10**9)]),
                self.random.choice([0, 10**6]),
                self.random.choice([0, 10**6]),
            )
            for _ in range(self.random.randrange(3))
        ]
        self.mirror.preview_margin(USERS[0], account, changes)

    def deactivate(self) -> None:
        account, owner = self.any_account()
        self.mirror.deactivate_asset(owner, account, self.random.choice([1, 2]))

    # --------------------------------------------------------------- prices and parameters

    def move_prices(self) -> None:
        """Prices move a little, in anything from a second to an hour."""
        self.mirror.set_time(self.mirror.model.time + self.random.choice([1, 1, 3, 20, 3_600]))
        for asset in self.prices:
            self.prices[asset] += self.prices[asset] * self.random.randint(-12, 12) // 1_000
        self.report()

    def jump(self) -> None:
        """A price beyond the jump bound, which the next report may confirm."""
        asset = self.random.choice([1, 2])
        self.mirror.set_time(self.mirror.model.time + 1)
        self.prices[asset] = self.prices[asset] * self.random.choice([85, 115]) // 100
        self.report()
        self.mirror.set_time(
            self.mirror.model.time + self.random.choice([1, CONFIRM_SECONDS, CONFIRM_SECONDS])
        )
        self.report()

    def crash(self) -> None:
        """Prices fall or rise by up to 8 % at once, and are tried at the edges of the band."""
        self.mirror.set_time(self.mirror.model.time + 1)
        for asset in self.prices:
            self.prices[asset] += self.prices[asset] * self.random.choice([-8, -5, 5, 8]) // 100
        self.report()
        for _ in range(6):
            self._attempt(self.place)
            self._attempt(self.sweep)

    def go_stale(self) -> None:
        """Nobody reports for a while."""
        self.mirror.set_time(self.mirror.model.time + self.random.choice([60, 61, 5_000]))

    def tighten(self) -> None:
        """Change the terms of a pool, to narrow ones or wide ones."""
        terms = self.random.choice([TIGHT, ROOMY])
        self.mirror.set_pool_terms(ADMIN, self.any_asset(), terms)

    def change_risk(self) -> None:
        """Change risk parameters a little, or by too much, or too soon."""
        self.mirror.set_time(self.mirror.model.time + self.random.choice([1, DAY]))
        if self.random.random() < 0.3:
            self.mirror.set_market_risk(ADMIN, MarketRiskTerms(self.random.choice([300, 350, 900])))
            return
        asset = self.random.choice([1, 2])
        iota = self.random.choice([100, 150, 200, 999, 2**14])
        exit_bps = self.random.choice([50, 60])
        terms = AssetRiskTerms(1_000, iota, 200, exit_bps, 50, 100)
        self.mirror.set_asset_risk(ADMIN, asset, terms)

    def report(self) -> None:
        """Post the prices and copy them."""
        for asset, price in self.prices.items():
            self.mirror.post_price(asset, price)
        self.mirror.poke(USERS[0], list(self.prices))

    # --------------------------------------------------------------- choices

    def any_account(self) -> tuple[int, str]:
        return self.random.choice(list(self.accounts.items()))

    def any_asset(self) -> int:
        return self.random.choice([0, 0, 1, 2])

    def units(self, asset: int) -> int:
        return UNITS[asset] * self.random.choice([1, 100, 3_000, 20_000, 10**9])

    def _refuse_without_pool(self) -> None:
        """Before its pool is open nothing is lent or owed of an asset."""
        account = self.mirror.new_user(USERS[0], FUNDS)
        for act, *arguments in (
            (self.mirror.set_lent, account, 0, True),
            (self.mirror.borrow, account, 1, UNITS[1], USERS[0]),
            (self.mirror.repay, account, 1, UNITS[1]),
            (self.mirror.accrue_pools, [1]),
            (self.mirror.collect_reserve, 2),
        ):
            assert not self._attempt(partial(act, USERS[0], *arguments)), "lent without a pool"

    @staticmethod
    def _attempt(action: Callable[[], object]) -> bool:
        """Do something; return whether it was not refused."""
        try:
            action()
        except ContractError:
            return False
        return True
