"""What random actions choose from: users, accounts, orders good and bad."""

from collections.abc import Callable
from random import Random
from typing import Any

from tests.differential.setting import (
    FILLER_ASSETS,
    HUGE_MARKET,
    NATIVE_ASSET,
    OPERATORS,
    PRICES,
    UNITS_PER_ATOM,
    UNPRICED_ASSET,
    UNPRICED_MARKET,
    USERS,
)
from tests.support.lockstep import number
from tests.support.mirror import Mirror
from tests.support.system import BTC_MARKET, ETH_MARKET
from worldmarkets.model import OrderRequest, SelfTrade, Side, slots
from worldmarkets.model import TimeInForce as Tif
from worldmarkets.model.operators import load
from worldmarkets.model.queue import LevelQueue
from worldmarkets.model.records import Filled, Placed, Removed
from worldmarkets.model.words import BookWord, Lane, OrderId

FUNDS = {0: 10**6 * 10**18, 1: 50 * 10**18, 2: 3 * 10**8, 3: 2**75, NATIVE_ASSET: 10**18}


class Choices:
    """A handful of users with funded accounts, and random choices among all there is."""

    def __init__(self, mirror: Mirror, seed: str) -> None:
        self.mirror = mirror
        self.random = Random(seed)
        self.live: dict[int, int] = {}
        self.gone: list[int] = []
        self.price = dict(PRICES)
        self.accounts: dict[int, str] = {}
        for user in USERS:
            self.accounts[mirror.new_user(user, FUNDS)] = user
        self.accounts[mirror.create_account(USERS[0])] = USERS[0]
        self.siblings = [known for known, owner in self.accounts.items() if owner == USERS[0]]
        self._make_collector()

    # --------------------------------------------------------------- orders

    def order(self) -> OrderRequest:
        """Mostly sensible, with ticks close together; sometimes anything."""
        market, side = self.any_market(), self.random.choice(list(Side))
        book = self.book(market)
        tick = self.tick(market)
        lots = self.random.choice([1, 2, 5, 19, 20, 21, 25, 39, 40, 60, 100])
        tif: int = self.random.choice([Tif.GOOD_TILL_CANCELLED] * 4 + list(Tif))
        fills = self.random.choice([0, 1, 2, 3, 8, 64, 64, 64, 64, 65])
        if self.chance(0.05):
            market = self.random.choice([0, 1, UNPRICED_MARKET, 262, 513, 2**16 - 1])
        if self.chance(0.05):
            tick = self.random.choice(
                [0, 1, book.lowest_ask - 1, book.highest_bid + 1, 255**3 - 1, 255**3, 2**24 - 1]
            )
        if self.chance(0.05):
            lots = self.random.choice([0, 2**16, 2**17, 2**40 - 1])
        if self.chance(0.01):
            tif = self.random.choice([5, 6, 7])
        return OrderRequest(market, side, max(tick, 0), lots, tif, fills, **self.terms())

    def terms(self) -> dict[str, Any]:
        """Self-trade mode, expiry, reduce-only and client id; half of the time none."""
        terms: dict[str, Any] = {}
        if self.chance(0.5):
            terms["self_trade"] = self.random.choice(list(SelfTrade))
        if self.chance(0.01):
            terms["self_trade"] = 3
        if self.chance(0.25):
            terms["expiry"] = self.expiry()
        if self.chance(0.12):
            terms["reduce_only"] = True
        if self.chance(0.2):
            terms["client_id"] = self.random.choice(
                [1, 2**12, 2**64 - 1, self.random.getrandbits(64)]
            )
        return terms

    def expiry(self) -> int:
        """A last second: just passed, now, soon, or never to come."""
        soon = self.mirror.model.time + self.random.choice([-1, 0, 30, 60, 60, 200, 10**5])
        return self.random.choice([soon, soon, soon, 1, 2**32 - 1])

    def like(self, order_id: int, lane: Lane) -> OrderRequest:
        """An order that differs little from a resting one, or not at all."""
        where = OrderId.unpack(order_id)
        client_id = lane.tag + 2**12 * self.random.choice([0, 0, 5])
        fields: dict[str, Any] = {
            "market_id": where.market,
            "side": Side(lane.is_ask),
            "tick": where.tick,
            "lots": self.random.choice(
                [lane.lots, lane.lots // 2, min(lane.lots + 1, 2**40 - 1), 1, 0]
            ),
            "time_in_force": self.random.choice([*[Tif.GOOD_TILL_CANCELLED] * 5, *Tif, 7]),
            "self_trade": self.random.choice([0, 0, 1, 2, 3]),
            "expiry": lane.expiry,
            "reduce_only": bool(lane.reduce_only),
            "client_id": client_id,
        }
        other = {
            "tick": where.tick + self.random.choice([-1, 1]),
            "side": Side(1 - lane.is_ask),
            "expiry": self.expiry(),
            "reduce_only": not lane.reduce_only,
            "client_id": client_id ^ 1,
            "market_id": self.any_market(),
        }
        if self.chance(0.5):
            name = self.random.choice(list(other))
            fields[name] = other[name]
        return OrderRequest(**fields)

    def lane(self, order_id: int) -> Lane | None:
        """A live order by its id."""
        where = OrderId.unpack(order_id)
        return LevelQueue(self.mirror.model.state, where.market, where.tick).find(where)

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

    # --------------------------------------------------------------- who and what

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def any_market(self) -> int:
        return self.random.choice([ETH_MARKET] * 5 + [BTC_MARKET] * 5 + [HUGE_MARKET])

    def any_account(self) -> int:
        return self.random.choice([a for a in self.accounts if a != self.collector])

    def any_asset(self) -> int:
        known = [0, 0, 0, 1, 1, 2, 2, 3, NATIVE_ASSET, UNPRICED_ASSET]
        return self.random.choice([*known, 77, 2**8 + 1, 2**16 - 1])

    def sender(self, account: int) -> str:
        """Whoever acts for an account; now and then an operator, or somebody who may not."""
        chance = self.random.random()
        if chance < 0.03:
            return self.random.choice([*USERS, *OPERATORS])
        operators = [known for known in OPERATORS if self.is_allowed(account, known)]
        if operators and chance < 0.3:
            return self.random.choice(operators)
        return self.accounts[account]

    def is_allowed(self, account: int, operator: str) -> bool:
        """Whether an address may do something for an account, or might until a while ago."""
        return load(self.mirror.model.state, account, number(operator)).permissions != 0

    def units(self, asset: int) -> int:
        atoms = self.random.choice([0, 1, 10**4, 10**6, 10**9, 10**11, 2**70, 2**79])
        per_atom = UNITS_PER_ATOM.get(asset, 1)
        return atoms * per_atom + self.random.choice([0, 0, 0, 0, 0, 1])

    # --------------------------------------------------------------- following

    def follow(self, act: Callable[..., Any], *arguments: Any) -> Any:
        """Act, and remember which orders are live and which are gone."""
        result = act(*arguments)
        for record in self.mirror.records():
            if isinstance(record, Placed) and record.order_id:
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
        fillers = range(UNPRICED_ASSET, UNPRICED_ASSET + FILLER_ASSETS)
        funds = {0: 10**6 * 10**18, **dict.fromkeys(fillers, 10**6), 2: 10**8}
        self.collector = self.mirror.new_user(USERS[1], funds)
        self.accounts[self.collector] = USERS[1]
