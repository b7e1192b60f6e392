"""Seeded random actions on a mirror: good ones, bad ones, and the rare ones on purpose."""

from collections.abc import Callable
from random import Random
from typing import Any

from tests.support.abi import creation_code
from tests.support.backend import user_address
from tests.support.mirror import Mirror, number
from tests.support.system import (
    ADMIN,
    BTC_MARKET,
    DEFAULT_ASSETS,
    DEFAULT_MARKETS,
    DOLLAR,
    ETH_MARKET,
    INSURANCE_PPM,
    AssetPlan,
    Backend,
    System,
    deploy_system,
)
from worldmarkets.model import OrderRequest, Side, SpotTerms, slots
from worldmarkets.model import TimeInForce as Tif
from worldmarkets.model.accounts import ledger
from worldmarkets.model.errors import ContractError
from worldmarkets.model.outside import Token
from worldmarkets.model.queue import LevelQueue
from worldmarkets.model.records import Filled, Placed, Removed
from worldmarkets.model.risk import worst_cost
from worldmarkets.model.words import BookWord, lanes_in

HUGE = AssetPlan("HUGE", 18, 1, DOLLAR)
"""One unit an atom, so that a lot of 2^60 atoms costs 1.15 dollars."""
HUGE_TERMS = SpotTerms(
    tick_value=1_000, atoms_per_lot=2**60, min_lots=1, taker_ppm=350, maker_ppm=0, band_bps=500
)
HUGE_MARKET = 259
UNPRICED_MARKET = 260
FILLER_ASSETS = 14
"""More assets, so that one account can use as many as an account may."""

ASSETS = (*DEFAULT_ASSETS, HUGE)
MARKETS = {**DEFAULT_MARKETS, 3: HUGE_TERMS}
PRICES = {1: 2_000 * DOLLAR, 2: 60_000 * DOLLAR, 3: DOLLAR}
USERS = [user_address(index) for index in range(1, 6)]
STRANGER = user_address(99)
ZERO_ADDRESS = "0x" + "00" * 20
CRITICAL_MARKETS = (ETH_MARKET, BTC_MARKET)


def make_mirror(backend: Backend) -> Mirror:
    """Deploy a system with three priced markets, one without a price, and many assets."""
    system = deploy_system(backend, assets=ASSETS, markets=MARKETS)
    mirror = Mirror(system, ASSETS, MARKETS, INSURANCE_PPM)
    for index in range(FILLER_ASSETS):
        list_token(mirror, index)
    mirror.list_spot_market(ADMIN, 4, DEFAULT_MARKETS[1])
    return mirror


def list_token(mirror: Mirror, index: int) -> None:
    """List one more token, without a price, on both sides of a mirror."""

    system: System = mirror.system
    token = system.backend.deploy(ADMIN, creation_code("FaucetToken", f"T{index}", "T", 6))
    mirror.model.tokens[number(token)] = Token(number(token), 6)
    system.tokens.append(token)
    mirror.list_asset(ADMIN, token, 1, system.feed)


class Flow:
    """Random actions of a handful of users. Every one runs on model and chain and is compared."""

    def __init__(self, mirror: Mirror, seed: str) -> None:
        self.mirror = mirror
        self.random = Random(seed)
        self.live: dict[int, int] = {}
        self.gone: list[int] = []
        self.price = dict(PRICES)
        self.accounts: dict[int, str] = {}
        for user in USERS:
            funds = {0: 10**6 * 10**18, 1: 50 * 10**18, 2: 3 * 10**8, 3: 2**75}
            self.accounts[mirror.new_user(user, funds)] = user
        self.accounts[mirror.create_account(USERS[0])] = USERS[0]
        self.siblings = [known for known, owner in self.accounts.items() if owner == USERS[0]]
        self._make_collector()
        self.actions: list[tuple[int, Callable[[], object]]] = [
            (30, self.place),
            (6, self.burst),
            (1, self.drop_tail),
            (6, self.sweep),
            (10, self.cancel),
            (5, self.cancel_many),
            (8, self.reduce),
            (10, self.batch),
            (3, self.wash),
            (4, self.deposit),
            (6, self.withdraw),
            (4, self.transfer),
            (6, self.move_price),
            (3, self.squeeze),
            (2, self.pass_time),
            (2, self.collect),
            (2, self.misuse),
            (1, self.collector_places),
            (3, self.bad_listing),
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

    # --------------------------------------------------------------- orders

    def place(self) -> None:
        account = self.any_account()
        self.place_one(self.sender(account), account, self.order())

    def burst(self) -> None:
        """Many small orders at one tick: chunks are made, linked and reused."""
        account, market = self.any_account(), self.any_market()
        side, lots = self.random.choice(list(Side)), self.book(market).min_lots
        tick = self.quiet_tick(market, side)
        orders = [
            OrderRequest(market, side, tick, lots + self.random.randrange(3), Tif.POST_ONLY)
            for _ in range(self.random.randrange(6, 20))
        ]
        self.follow(
            self.mirror.batch, self.accounts[account], account, [], orders, 2**64 - 1, False
        )

    def drop_tail(self) -> None:
        """Fill a level's last chunk behind others, cancel all of it, and place behind it."""
        account, market = self.any_account(), self.any_market()
        side, lots = self.random.choice(list(Side)), self.book(market).min_lots
        tick = self.quiet_tick(market, side)
        order = OrderRequest(market, side, tick, lots, Tif.POST_ONLY)
        sender = self.accounts[account]
        for _ in range(16):
            self.follow(self.mirror.place, sender, account, order)
            level = LevelQueue(self.mirror.model.state, market, tick).level
            if (
                level.tail_place == lanes_in(level.tail_chunk)
                and level.tail_chunk != level.head_chunk
            ):
                break
        for order_id in list(LevelQueue(self.mirror.model.state, market, tick).order_ids()):
            if order_id.chunk == level.tail_chunk:
                owner = self.live[order_id.pack()]
                self.follow(self.mirror.cancel, self.accounts[owner], owner, order_id.pack())
        self.follow(self.mirror.place, sender, account, order)

    def sweep(self) -> None:
        """Take whole levels."""
        account, market = self.any_account(), self.any_market()
        side = self.random.choice(list(Side))
        book = self.book(market)
        tick = book.lowest_ask if side == Side.ASK else book.highest_bid
        lots = self.random.choice([40, 200, 2_000])
        tif = self.random.choice([Tif.IMMEDIATE_OR_CANCEL, Tif.GOOD_TILL_CANCELLED])
        order = OrderRequest(market, side, tick, lots, tif, self.random.choice([1, 3, 20, 64]))
        self.place_one(self.accounts[account], account, order)

    def place_one(self, sender: str, account: int, order: OrderRequest) -> None:
        """Place an order, and count if its fills were used up while it still crossed."""
        result = self.follow(self.mirror.place, sender, account, order)
        met = {
            record.order_id
            for record in self.mirror.records()
            if isinstance(record, Filled | Removed)
        }
        dropped = order.lots - result.filled_lots - result.resting_lots
        crosses = self.book(order.market_id).crosses(order.side == Side.ASK, order.tick)
        if dropped and crosses and len(met) == order.max_fills:
            self.mirror.happened["fills used up"] += 1

    def cancel(self) -> None:
        account, order_id = self.any_order()
        self.follow(self.mirror.cancel, self.sender(account), account, order_id)

    def cancel_many(self) -> None:
        account, order_id = self.any_order()
        others = [known for known, owner in self.live.items() if owner == account]
        order_ids = self.random.sample(others, min(len(others), self.random.randrange(20)))
        order_ids += [order_id] * self.random.choice([0, 0, 1, 1, 2])
        self.random.shuffle(order_ids)
        self.follow(self.mirror.cancel_many, self.accounts[account], account, order_ids)

    def reduce(self) -> None:
        account, order_id = self.any_order()
        lots = self.random.choice([0, 1, 2, 3, 5, 19, 20, 21, 30, 2**40 - 1])
        self.follow(self.mirror.reduce, self.sender(account), account, order_id, lots)

    def batch(self) -> None:
        account, order_id = self.any_order()
        others = [known for known, owner in self.live.items() if owner == account]
        cancels = self.random.sample(others, min(len(others), self.random.randrange(4)))
        if self.random.random() < 0.2:
            cancels.append(order_id)
        places = [self.order() for _ in range(self.random.randrange(6))]
        deadline = self.mirror.model.time + self.random.choice([-1, 0, 10, 10, 10])
        all_or_none = self.random.random() < 0.2
        arguments = (self.sender(account), account, cancels, places, deadline, all_or_none)
        _, results = self.follow(self.mirror.batch, *arguments)
        for order, result in zip(places, results, strict=True):
            if order.time_in_force == Tif.FILL_OR_KILL and not all_or_none:
                self.mirror.happened[f"whole or not in a batch: {result.refusal.name}"] += 1

    def wash(self) -> None:
        """In one batch rest an ask, sell the base it offers, and buy the own ask."""
        account, market = self.any_account(), self.any_market()
        book = self.book(market)
        ledger = self.mirror.model.state.load_raw(slots.ledger(account, market & 0xFF)) >> 160
        lots = min(max(ledger // book.atoms_per_lot, book.min_lots), 2**40 - 1)
        low, high = book.lowest_ask, book.highest_bid
        ioc = Tif.IMMEDIATE_OR_CANCEL
        places = [
            OrderRequest(market, Side.ASK, max(low, book.best_bid + 1), lots, Tif.POST_ONLY),
            OrderRequest(market, Side.ASK, low, lots, ioc, self.random.randrange(30)),
            OrderRequest(market, Side.BID, high, lots, ioc, self.random.randrange(30)),
        ]
        self.follow(
            self.mirror.batch, self.accounts[account], account, [], places, 2**64 - 1, False
        )

    # --------------------------------------------------------------- vault

    def deposit(self) -> None:
        account, asset = self.any_account(), self.any_asset()
        sender, units = self.sender(account), self.units(asset)
        if self.random.random() < 0.7 and asset < len(self.mirror.system.tokens):
            self.mirror.mint(sender, asset, units)
        elif self.random.random() < 0.3 and asset < len(self.mirror.system.tokens):
            self.mirror.approve(sender, asset, units // 2)
        self.mirror.deposit(sender, account, asset, units)

    def withdraw(self) -> None:
        account, asset = self.any_account(), self.any_asset()
        to = self.random.choice([*USERS, ZERO_ADDRESS])
        self.mirror.withdraw(self.sender(account), account, asset, self.units(asset), to)

    def transfer(self) -> None:
        source, target, asset = self.any_account(), self.any_account(), self.any_asset()
        if self.random.random() < 0.5:
            source, target = self.random.sample(self.siblings, 2)
        atoms = self.random.choice([0, 1, 10**5, 10**8, 10**12, 2**79, 2**256 - 1])
        self.mirror.transfer(self.sender(source), source, target, asset, atoms)

    def squeeze(self) -> None:
        """Take out all that the check lets go, or an atom more: later bids can not be paid."""
        account, state = self.any_account(), self.mirror.model.state
        asset = self.random.choice([0, 0, 1, 2, 3])
        word = ledger(state, account, asset)
        reserved = word.open_asks
        for base in (1, 2, 3) if asset == 0 else ():
            reserved += worst_cost(state, base, ledger(state, account, base).open_bids)
        atoms = max(word.balance - reserved + self.random.choice([0, 0, 1]), 0)
        units = atoms * {0: 10**12, 1: 10**10}.get(asset, 1)
        sender = self.accounts[account]
        self.mirror.withdraw(sender, account, asset, units, sender)

    # --------------------------------------------------------------- prices, time, fees

    def move_price(self) -> None:
        asset = self.random.choice([1, 2, 3])
        if self.random.random() < 0.4:
            self.price[asset] = PRICES[asset]
        else:
            self.price[asset] = self.price[asset] * self.random.randrange(930, 1075) // 1000
        self.mirror.post_price(asset, self.random.choice([0, 2**128, *[self.price[asset]] * 12]))
        self.mirror.poke(STRANGER, self.random.choice([[asset], [asset], [0, asset, asset], [77]]))

    def pass_time(self) -> None:
        self.mirror.set_time(self.mirror.model.time + self.random.randrange(1, 100))

    def collect(self) -> None:
        self.mirror.collect_fees(STRANGER, self.random.choice([*CRITICAL_MARKETS, HUGE_MARKET, 7]))

    # --------------------------------------------------------------- misuse

    def misuse(self) -> None:
        """Act for accounts that are another's or nobody's."""
        account = self.random.choice([0, 1, 2, 3, 10**6])
        order_id = self.any_order()[1]
        self.random.choice(
            [
                lambda: self.mirror.place(STRANGER, account, self.order()),
                lambda: self.mirror.cancel(STRANGER, account, order_id),
                lambda: self.mirror.cancel_many(STRANGER, account, [order_id]),
                lambda: self.mirror.reduce(STRANGER, account, order_id, 1),
                lambda: self.mirror.batch(STRANGER, account, [], [], 2**64 - 1, False),
                lambda: self.mirror.deposit(STRANGER, account, 0, 10**12),
                lambda: self.mirror.withdraw(STRANGER, account, 0, 10**12, STRANGER),
                lambda: self.mirror.transfer(STRANGER, account, 4, 0, 1),
                lambda: self.mirror.transfer(USERS[0], 3, account, 0, 1),
            ]
        )()

    def collector_places(self) -> None:
        """Trade a further asset with an account that uses all an account may."""
        order = self.order()
        sender = self.accounts[self.collector]
        self.follow(self.mirror.place, sender, self.collector, order)

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
                    self.random.choice([0, 1, 6, 77, 2**16 - 1]),
                    SpotTerms(**terms),
                ),
                lambda: self.mirror.list_asset(ADMIN, known, 0, feed),
                lambda: self.mirror.list_asset(ADMIN, known, 1, feed),
                lambda: self.mirror.list_asset(ADMIN, known, 1, ZERO_ADDRESS),
                lambda: self.mirror.list_asset(STRANGER, known, 1, feed),
            ]
        )()

    # --------------------------------------------------------------- choices

    def order(self) -> OrderRequest:
        """Mostly sensible, with ticks close together; sometimes anything."""
        market, side = self.any_market(), self.random.choice(list(Side))
        book = self.book(market)
        tick = self.tick(market)
        lots = self.random.choice([1, 2, 5, 19, 20, 21, 25, 39, 40, 60, 100])
        tif = self.random.choice([Tif.GOOD_TILL_CANCELLED] * 4 + list(Tif))
        fills = self.random.choice([0, 1, 2, 3, 8, 64, 64, 64, 64, 65])
        if self.random.random() < 0.05:
            market = self.random.choice([0, 1, UNPRICED_MARKET, 261, 513, 2**16 - 1])
        if self.random.random() < 0.05:
            tick = self.random.choice(
                [0, 1, book.lowest_ask - 1, book.highest_bid + 1, 255**3 - 1, 255**3, 2**24 - 1]
            )
        if self.random.random() < 0.05:
            lots = self.random.choice([0, 2**16, 2**17, 2**40 - 1])
        return OrderRequest(market, side, max(tick, 0), lots, tif, fills)

    def tick(self, market: int) -> int:
        book = self.book(market)
        middle = (book.lowest_ask + book.highest_bid) // 2
        edge = self.random.choice([book.lowest_ask, book.highest_bid])
        return self.random.choice([middle, middle, middle, edge]) + self.random.randrange(-4, 5)

    def quiet_tick(self, market: int, side: Side) -> int:
        """A tick at which an order of one side rests."""
        book = self.book(market)
        if side == Side.BID:
            return max(min(self.tick(market), book.highest_bid, book.best_ask - 1), 0)
        return max(self.tick(market), book.lowest_ask, book.best_bid + 1)

    def book(self, market: int) -> BookWord:
        return self.mirror.model.state.load(BookWord, slots.book(market))

    def any_market(self) -> int:
        return self.random.choice([ETH_MARKET] * 5 + [BTC_MARKET] * 5 + [HUGE_MARKET])

    def any_account(self) -> int:
        return self.random.choice([a for a in self.accounts if a != self.collector])

    def any_asset(self) -> int:
        return self.random.choice([0, 0, 0, 1, 1, 2, 2, 3, 4, 77, 2**8 + 1, 2**16 - 1])

    def any_order(self) -> tuple[int, int]:
        """An account and an order id, mostly its own live one."""
        chance = self.random.random()
        if not self.live or chance < 0.1:
            stale = [0, 1, 2**128 - 1, ETH_MARKET << 112 | 20_000 << 88, *self.gone[-200:]]
            return self.any_account(), self.random.choice(stale)
        order_id = self.random.choice(list(self.live))
        if chance < 0.15:
            return self.any_account(), order_id
        return self.live[order_id], order_id

    def sender(self, account: int) -> str:
        """Whoever acts for an account; now and then somebody who may not."""
        owner = self.accounts[account]
        return self.random.choice(USERS) if self.random.random() < 0.03 else owner

    def units(self, asset: int) -> int:
        per_atom = {0: 10**12, 1: 10**10}.get(asset, 1)
        atoms = self.random.choice([0, 1, 10**4, 10**6, 10**9, 10**11, 2**70, 2**79])
        return atoms * per_atom + self.random.choice([0, 0, 0, 0, 0, 1])

    def follow(self, act: Callable[..., Any], *arguments: Any) -> Any:
        """Act, and remember which orders are live and which are gone."""
        result = act(*arguments)
        for record in self.mirror.records():
            if isinstance(record, Placed):
                self.live[record.order_id] = arguments[1]
            elif isinstance(record, Removed) or (isinstance(record, Filled) and record.gone):
                self.forget(record.order_id)
        return result

    def forget(self, order_id: int) -> None:
        """An order is gone; dust is recorded twice, filled and then the rest removed."""
        if self.live.pop(order_id, None) is not None:
            self.gone.append(order_id)

    def _make_collector(self) -> None:
        """An account that uses as many assets as an account may."""
        funds = dict.fromkeys(range(4, 4 + FILLER_ASSETS), 10**6)
        self.collector = self.mirror.new_user(USERS[1], {0: 10**6 * 10**18, **funds, 2: 10**8})
        self.accounts[self.collector] = USERS[1]
