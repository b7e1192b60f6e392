"""Seeded random actions on a mirror: good ones, bad ones, and the rare ones on purpose."""

from collections.abc import Callable

from tests.differential.order_actions import OrderActions
from tests.differential.setting import (
    CRITICAL_MARKETS,
    HUGE_MARKET,
    PRICES,
    STRANGER,
    ZERO_ADDRESS,
)
from tests.differential.vault_actions import VaultActions
from tests.support.mirror import Mirror
from tests.support.system import ADMIN, DEFAULT_MARKETS, ETH_MARKET, GUARDIAN
from worldmarkets.model import OrderRequest, Side, SpotTerms
from worldmarkets.model.errors import ContractError

DAY = 86_400


class Flow(OrderActions, VaultActions):
    """Random actions of a handful of users. Every one runs on model and chain and is compared."""

    def __init__(self, mirror: Mirror, seed: str) -> None:
        super().__init__(mirror, seed)
        self.actions: list[tuple[int, Callable[[], object]]] = [
            (56, self.place),
            (6, self.burst),
            (1, self.drop_tail),
            (12, self.sweep),
            (10, self.cancel),
            (5, self.cancel_many),
            (6, self.reduce),
            (10, self.amend),
            (14, self.batch),
            (3, self.malformed_batch),
            (3, self.wash),
            (6, self.deposit),
            (6, self.refill),
            (3, self.deposit_with_permit),
            (3, self.deposit_native),
            (5, self.withdraw),
            (3, self.withdraw_native),
            (3, self.squeeze),
            (1, self.flee),
            (5, self.transfer),
            (6, self.set_operator),
            (2, self.revoke_operator),
            (3, self.activate_asset),
            (3, self.deactivate_asset),
            (6, self.move_price),
            (3, self.strand),
            (6, self.pass_time),
            (1, self.pass_days),
            (2, self.collect),
            (2, self.pause),
            (3, self.resume),
            (2, self.limit_outflow),
            (3, self.misuse),
            (2, self.sell_out),
            (1, self.open_too_much),
            (1, self.collector_places),
            (2, self.bad_listing),
        ]

    def run(self, steps: int) -> None:
        """Do so many actions."""
        weights = [weight for weight, _ in self.actions]
        for _, action in self.random.choices(self.actions, weights, k=steps):
            self.attempt(action)
        self.mirror.compare_all_words()

    def attempt(self, action: Callable[[], object]) -> None:
        """Do an action, which may be refused (alike on both sides)."""
        try:
            action()
        except ContractError:
            return

    # --------------------------------------------------------------- prices, time, fees

    def move_price(self) -> None:
        asset = self.random.choice([1, 2, 3])
        if self.chance(0.4):
            self.price[asset] = PRICES[asset]
        else:
            self.price[asset] = self.price[asset] * self.random.randrange(930, 1075) // 1000
        self.mirror.post_price(asset, self.random.choice([0, 2**128, *[self.price[asset]] * 12]))
        self.mirror.poke(STRANGER, self.random.choice([[asset], [asset], [0, asset, asset], [77]]))

    def strand(self) -> None:
        """Squeeze the owner of a high bid while the price is low; then it comes back."""
        buyer, market = self.any_account(), self.random.choice(CRITICAL_MARKETS)
        asset, owner = market & 0xFF, self.accounts[buyer]
        tick = self.quiet_tick(market, Side.BID)
        bid = OrderRequest(market, Side.BID, tick, self.random.choice([40, 100]))
        self.follow(self.mirror.place, owner, buyer, bid)
        for price in (self.price[asset] * 88 // 100, self.price[asset]):
            self.mirror.post_price(asset, price)
            self.mirror.poke(STRANGER, [asset])
            if price != self.price[asset]:
                self.attempt(lambda: self.squeeze_out(buyer, 0))
        self.sweep()

    def pass_time(self) -> None:
        self.mirror.set_time(self.mirror.model.time + self.random.randrange(1, 100))

    def pass_days(self) -> None:
        """Budgets, seasons and outflows begin anew or fade; most orders that expire have."""
        seconds = self.random.choice([DAY // 24, DAY // 2, DAY, DAY, 2 * DAY, 5 * DAY])
        self.mirror.set_time(self.mirror.model.time + seconds)

    def collect(self) -> None:
        self.mirror.collect_fees(STRANGER, self.random.choice([*CRITICAL_MARKETS, HUGE_MARKET, 7]))

    # --------------------------------------------------------------- guards

    def pause(self) -> None:
        markets = self.random.choice([[ETH_MARKET], list(CRITICAL_MARKETS), [], [7]])
        guardian = self.random.choice([GUARDIAN] * 6 + [ADMIN])
        self.mirror.pause_markets(guardian, markets, self.random.choice([1, 1, 1, 72, 0, 73]))

    def resume(self) -> None:
        guardian = self.random.choice([GUARDIAN] * 9 + [ADMIN])
        markets = self.random.choice([list(CRITICAL_MARKETS)] * 9 + [[7]])
        self.mirror.resume_markets(guardian, markets)

    def limit_outflow(self) -> None:
        limit = self.random.choice([250_000, 250_000, 250_000, 10**6, 50_000, 0, 10**6 + 1])
        asset = self.random.choice([0, 0, 1, 2, 3, 77])
        lister = self.random.choice([ADMIN] * 9 + [STRANGER])
        self.mirror.set_outflow_limit(lister, asset, limit)

    # --------------------------------------------------------------- misuse

    def misuse(self) -> None:
        """Act for accounts that are another's or nobody's."""
        account = self.random.choice([0, 1, 2, 3, 10**6])
        order_id, order = self.any_order()[1], self.order()
        forever = 2**64 - 1
        calls = [
            lambda: self.mirror.place(STRANGER, account, order),
            lambda: self.mirror.cancel(STRANGER, account, order_id),
            lambda: self.mirror.cancel_many(STRANGER, account, [order_id]),
            lambda: self.mirror.reduce(STRANGER, account, order_id, 1),
            lambda: self.mirror.amend(STRANGER, account, order_id, order),
            lambda: self.mirror.batch(STRANGER, account, [], [], forever, False),
            lambda: self.mirror.batch_packed(STRANGER, account, [], [], forever, False),
            *self.misuse_of_money(STRANGER, account),
        ]
        self.random.choice(calls)()

    def bad_listing(self) -> None:
        terms = DEFAULT_MARKETS[1].__dict__ | self.random.choice(
            [
                {"tick_value": 0},
                {"atoms_per_lot": 999},
                {"min_lots": 0},
                {"band_bps": 0},
                {"band_bps": 4096},
                {"maker_ppm": -351},
                {},
                {},
                {},
            ]
        )
        system = self.mirror.system
        known, feed = system.tokens[1], system.feed
        self.random.choice(
            [
                lambda: self.mirror.list_spot_market(
                    self.random.choice([ADMIN, ADMIN, STRANGER]),
                    self.random.choice([0, 1, 7, 77, 2**16 - 1]),
                    SpotTerms(**terms),
                ),
                lambda: self.mirror.list_asset(ADMIN, known, 0, feed),
                lambda: self.mirror.list_asset(ADMIN, known, 1, feed),
                lambda: self.mirror.list_asset(ADMIN, known, 1, ZERO_ADDRESS),
                lambda: self.mirror.list_asset(STRANGER, known, 1, feed),
            ]
        )()
