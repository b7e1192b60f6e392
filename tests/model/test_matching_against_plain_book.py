"""BOOK-2: the model's matching is price-time priority, and pays everyone to the atom."""

from random import Random

import pytest

from tests.model.plain_book import PlainBook
from tests.model.setting import MARKET, PRICE_TICK, WIDE, add_user, balance, make_exchange
from worldmarkets.model import OrderRequest, Side, SpotTerms, slots
from worldmarkets.model import TimeInForce as Tif
from worldmarkets.model.errors import RefusedError
from worldmarkets.model.reading import WordReader, read_book
from worldmarkets.model.records import Filled, Placed
from worldmarkets.model.words import TapeWord

CHARGED = SpotTerms(**{**WIDE.__dict__, "maker_ppm": 77, "min_lots": 5})
OWNERS = (0x11, 0x22, 0x33)


def any_order(random: Random) -> OrderRequest:
    return OrderRequest(
        MARKET,
        random.choice(list(Side)),
        PRICE_TICK + random.randrange(-3, 4),
        random.choice([5, 6, 7, 12, 30, 100]),
        random.choice([Tif.GOOD_TILL_CANCELLED, Tif.GOOD_TILL_CANCELLED, *Tif]),
        random.choice([64, 64, 64, 3, 1, 0]),
    )


@pytest.mark.parametrize("terms", [WIDE, CHARGED], ids=["rebate", "charge"])
@pytest.mark.parametrize("seed", range(5))
def test_place_random_flow_equals_plain_lists(terms: SpotTerms, seed: int) -> None:
    random = Random(f"plain book {seed}")
    exchange, plain = make_exchange(terms), PlainBook(terms)
    accounts = {owner: add_user(exchange, owner) for owner in OWNERS}
    start = {(o, asset): balance(exchange, accounts[o], asset) for o in OWNERS for asset in (0, 1)}
    numbers: dict[int, int] = {}
    trades = 0
    for _ in range(400):
        owner, order = random.choice(OWNERS), any_order(random)
        if random.random() < 0.2 and plain.orders:
            victim = random.choice(plain.orders)
            plain.orders.remove(victim)
            order_id = next(known for known, n in numbers.items() if n == victim.number)
            exchange.cancel(victim.owner, accounts[victim.owner], order_id)
            continue
        if order.time_in_force == Tif.POST_ONLY and plain.would_trade(order):
            with pytest.raises(RefusedError):
                exchange.place(owner, accounts[owner], order)
            continue
        if order.time_in_force == Tif.FILL_OR_KILL and not fills_whole(plain, order):
            with pytest.raises(RefusedError):
                exchange.place(owner, accounts[owner], order)
            continue
        fills, rests = plain.place(owner, order)
        result = exchange.place(owner, accounts[owner], order)
        records = exchange.events[0].records if exchange.events else ()
        met = [(numbers[r.order_id], r.lots) for r in records if isinstance(r, Filled)]
        assert met == fills, "BOOK-2"
        assert (result.filled_lots, result.resting_lots) == (sum(n for _, n in fills), rests)
        numbers.update({r.order_id: plain.count - 1 for r in records if isinstance(r, Placed)})
        trades += len(fills)
        compare_depth(exchange, plain)
    assert trades > 80
    for owner in OWNERS:
        assert balance(exchange, accounts[owner], 0) - start[owner, 0] == plain.cash[owner]
        assert balance(exchange, accounts[owner], 1) - start[owner, 1] == plain.base[owner]
    assert exchange.state.load(TapeWord, slots.tape(MARKET)).fees == plain.fees


def fills_whole(plain: PlainBook, order: OrderRequest) -> bool:
    """Whether the orders it may meet have enough lots, counted without trading."""
    against = [o for o in plain.orders if o.side != order.side]
    if order.side == Side.BID:
        reached = sorted((o for o in against if o.tick <= order.tick), key=lambda o: o.tick)
    else:
        reached = sorted((o for o in against if o.tick >= order.tick), key=lambda o: -o.tick)
    return sum(o.lots for o in reached[: order.max_fills]) >= order.lots


def compare_depth(exchange: object, plain: PlainBook) -> None:
    reader = WordReader(lambda wanted: [exchange.state.load_raw(slot) for slot in wanted])
    book = read_book(reader, MARKET)
    for side in Side:
        depth = {level.tick: level.word.lots for level in book.side(side == Side.ASK)}
        assert depth == plain.depth(side)
