"""Random trading, funding, prices and settlement: what must hold of perps holds after each step."""

from random import Random

import pytest

from tests.model.perps import (
    FEES,
    PERP_MARKET,
    TICK,
    accounts_of,
    assert_sound,
    fund,
    make_perps,
    open_pool,
    perp_order,
    pool_word,
    position,
    reader_of,
    spot_order,
    tape_word,
)
from tests.model.setting import LISTER, add_user, set_price
from tests.support.system import DOLLAR
from worldmarkets.model import Exchange, OrderRequest, Side
from worldmarkets.model import TimeInForce as Tif
from worldmarkets.model.errors import ContractError
from worldmarkets.model.margin_invariants import check_fills, check_subadditivity
from worldmarkets.model.reading import read_book

OWNERS = range(0x21, 0x27)
STEPS = 300


class Flow:
    """Six owners with little money who do whatever comes to their minds."""

    def __init__(self, seed: int) -> None:
        self.random = Random(f"perps {seed}")
        self.exchange = make_perps(FEES)
        open_pool(self.exchange)
        open_pool(self.exchange, 1)
        self.owners = {owner: fund(self.exchange, owner, 3_000) for owner in OWNERS}
        self.owners[0x30] = add_user(self.exchange, 0x30)
        self.price = 2_000
        self.ids: list[tuple[int, int]] = []
        self.roundings = 0

    def step(self) -> None:
        """Do one thing; what is refused changes nothing."""
        before = dict(self.exchange.state.words)
        actions = [self.place] * 8 + [self.batch, self.cancel, self.settle, self.settle]
        actions += [self.poke, self.move, self.collect, self.withdraw]
        actions += [self.limit] * (self.random.random() < 0.5)
        try:
            self.random.choice(actions)()
        except ContractError:
            assert self.exchange.state.words == before
        self.roundings += 64

    def order(self) -> OrderRequest:
        random, now = self.random, self.price * 10
        make = random.choice([perp_order] * 3 + [spot_order])
        tick = now + random.randint(-90, 90)
        terms = {
            "time_in_force": random.choice([*Tif, Tif.GOOD_TILL_CANCELLED]),
            "self_trade": random.choice([0, 1]),
            "reduce_only": random.random() < 0.2,
            "expiry": random.choice([0, self.exchange.time + 30]),
        }
        return make(random.choice(list(Side)), tick, random.choice([1, 10, 300, 3_000]), **terms)

    def place(self) -> None:
        owner = self.random.choice(list(self.owners))
        result = self.exchange.place(owner, self.owners[owner], self.order())
        self.ids.append((owner, result.order_id))

    def batch(self) -> None:
        owner = self.random.choice(list(self.owners))
        orders = [self.order() for _ in range(3)]
        _, results = self.exchange.batch(owner, self.owners[owner], [], orders, 2**64, False)
        self.ids += [(owner, result.order_id) for result in results]

    def cancel(self) -> None:
        if self.ids:
            owner, order_id = self.ids.pop(self.random.randrange(len(self.ids)))
            self.exchange.cancel(owner, self.owners[owner], order_id)

    def settle(self) -> None:
        owner = self.random.choice(list(self.owners))
        act = self.random.choice([self.exchange.settle, self.exchange.settle_on_credit])
        act(owner, self.owners[owner], PERP_MARKET)

    def poke(self) -> None:
        self.exchange.time += self.random.choice([0, 1, 20, 299, 10_000])
        set_price(self.exchange, self.price * DOLLAR)
        self.exchange.poke_markets([PERP_MARKET])

    def move(self) -> None:
        self.exchange.time += 1
        self.price = max(1_500, self.price + self.random.randint(-40, 40))
        set_price(self.exchange, self.price * DOLLAR)

    def collect(self) -> None:
        self.exchange.collect_fees(PERP_MARKET)

    def limit(self) -> None:
        caps = self.random.choice([(2**30, 2**24), (2_000, 1_024), (300, 256)])
        self.exchange.set_perp_limits(LISTER, PERP_MARKET, *caps)

    def withdraw(self) -> None:
        owner = self.random.choice(list(self.owners))
        self.exchange.withdraw(owner, self.owners[owner], 0, 10**18 * 100, owner)


@pytest.mark.parametrize("seed", range(6))
def test_random_flow_leaves_perps_sound(seed: int) -> None:
    flow = Flow(seed)
    exchange = flow.exchange
    most = 0
    for _ in range(STEPS):
        flow.step()
        assert_sound(exchange, flow.roundings)
        most = max(most, tape_word(exchange).open_interest)
    accounts, reader = accounts_of(exchange), reader_of(exchange)
    assert check_subadditivity(reader, accounts) == []
    assert check_fills(reader, accounts) == []
    assert most > 100
    assert tape_word(exchange).sequence > 10


def close_all(exchange: Exchange, flow: Flow) -> None:
    """Trade every position with the one rich account, at the mark, and settle until all is out."""
    for owner, account in flow.owners.items():
        size = position(exchange, account).size
        if owner != 0x30 and size:
            side, other = (Side.BID, Side.ASK) if size > 0 else (Side.ASK, Side.BID)
            exchange.place(0x30, flow.owners[0x30], perp_order(side, TICK, abs(size)))
            order = perp_order(other, TICK, abs(size), reduce_only=True)
            exchange.place(owner, account, order)
    for _ in range(2):
        for owner, account in flow.owners.items():
            exchange.settle(owner, account, PERP_MARKET)


@pytest.mark.parametrize("seed", range(4))
def test_random_trades_closed_and_settled_leave_dust(seed: int) -> None:
    """Everything that was paid in has been paid out, but for fees and the dust of roundings."""
    flow = Flow(seed)
    exchange = flow.exchange
    for _ in range(60):
        owner = flow.random.choice(list(flow.owners))
        order = perp_order(
            flow.random.choice(list(Side)),
            TICK + flow.random.randint(-40, 40),
            flow.random.randint(1, 100),
        )
        exchange.place(owner, flow.owners[owner], order)
    assert tape_word(exchange).sequence > 10
    cancel_all(exchange, flow)
    close_all(exchange, flow)
    assert_sound(exchange, 1_000)
    for account in flow.owners.values():
        word = position(exchange, account)
        assert (word.size, word.cash) == (0, 0)
    left = pool_word(exchange).cash - tape_word(exchange).fees
    assert 0 <= left <= 200


def cancel_all(exchange: Exchange, flow: Flow) -> None:
    """Cancel what rests."""
    book = read_book(reader_of(exchange), PERP_MARKET)
    owners = {account: owner for owner, account in flow.owners.items()}
    for order in book.orders():
        exchange.cancel(owners[order.lane.account], order.lane.account, order.order_id)
