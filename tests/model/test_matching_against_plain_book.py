"""BOOK-2: the model's matching is price-time priority, and pays everyone to the atom."""

from collections import Counter
from random import Random

import pytest

from tests.model.plain_book import Outcome, PlainBook, Refused
from tests.model.setting import MARKET, PRICE_TICK, WIDE, add_user, balance, make_exchange
from worldmarkets.model import Exchange, OrderRequest, Removal, SelfTrade, Side, SpotTerms, slots
from worldmarkets.model import TimeInForce as Tif
from worldmarkets.model.errors import RefusedError
from worldmarkets.model.reading import WordReader, read_book
from worldmarkets.model.records import Filled, Placed, Record, Removed
from worldmarkets.model.words import OrderId, TapeWord

CHARGED = SpotTerms(**{**WIDE.__dict__, "maker_ppm": 77, "min_lots": 5})
OWNERS = (0x11, 0x11, 0x22, 0x33)
"""Owner of each account; the last byte of an address alone does not tell owners apart."""
OWNERS_WITH_EQUAL_HASH = (0x11, 0x11, 0x122, 0x222)


def any_order(random: Random, now: int) -> OrderRequest:
    return OrderRequest(
        MARKET,
        random.choice(list(Side)),
        PRICE_TICK + random.randrange(-3, 4),
        random.choice([5, 6, 7, 12, 30, 100]),
        random.choice([Tif.GOOD_TILL_CANCELLED, Tif.GOOD_TILL_CANCELLED, *Tif]),
        random.choice([64, 64, 64, 3, 1, 0]),
        random.choice(list(SelfTrade)),
        random.choice([0, 0, 0, now + random.randrange(-1, 40)]),
    )


@pytest.mark.parametrize("terms", [WIDE, CHARGED], ids=["rebate", "charge"])
@pytest.mark.parametrize("owners", [OWNERS, OWNERS_WITH_EQUAL_HASH], ids=["hashes", "one hash"])
@pytest.mark.parametrize("seed", range(4))
def test_place_random_flow_equals_plain_lists(
    terms: SpotTerms, owners: tuple[int, ...], seed: int
) -> None:
    random = Random(f"plain book {seed}")
    exchange, plain = make_exchange(terms), PlainBook(terms)
    users = {add_user(exchange, owner): owner for owner in owners}
    start = {(a, asset): balance(exchange, a, asset) for a in users for asset in (0, 1)}
    numbers: dict[int, int] = {}
    happened: Counter[str] = Counter()
    for _ in range(400):
        exchange.time += random.choice([0, 0, 1, 3])
        account, order = random.choice(list(users)), any_order(random, exchange.time)
        if random.random() < 0.1 and plain.orders:
            victim = random.choice(plain.orders)
            plain.orders.remove(victim)
            order_id = next(known for known, n in numbers.items() if n == victim.number)
            exchange.cancel(victim.owner, victim.account, order_id)
            continue
        try:
            outcome = plain.place(users[account], account, order, exchange.time)
        except Refused:
            with pytest.raises(RefusedError):
                exchange.place(users[account], account, order)
            happened["refused"] += 1
            continue
        result = exchange.place(users[account], account, order)
        records = exchange.events[0].records if exchange.events else ()
        assert (result.filled_lots, result.resting_lots) == (outcome.lots, outcome.rests)
        compare_records(records, outcome, numbers)
        placed = next((r.order_id for r in records if isinstance(r, Placed)), None)
        if placed is not None:
            numbers[placed] = plain.count - 1
            assert OrderId.unpack(placed).tick == outcome.tick
            happened["slid"] += outcome.tick != order.tick
        happened.update(reason.name for _, reason in outcome.removed)
        happened["fills"] += len(outcome.fills)
        compare_depth(exchange, plain)
    assert happened["fills"] > 60
    assert not {"refused", "slid", "EXPIRED", "SELF_TRADE"} - set(happened)
    for account in users:
        assert balance(exchange, account, 0) - start[account, 0] == plain.cash.get(account, 0)
        assert balance(exchange, account, 1) - start[account, 1] == plain.base.get(account, 0)
    assert exchange.state.load(TapeWord, slots.tape(MARKET)).fees == plain.fees


def compare_records(records: tuple[Record, ...], outcome: Outcome, numbers: dict[int, int]) -> None:
    met = [(numbers[r.order_id], r.lots) for r in records if isinstance(r, Filled)]
    assert met == outcome.fills, "BOOK-2"
    gone = [(numbers[r.order_id], Removal(r.reason)) for r in records if isinstance(r, Removed)]
    assert gone == outcome.removed, "BOOK-2"


def compare_depth(exchange: Exchange, plain: PlainBook) -> None:
    reader = WordReader(lambda wanted: [exchange.state.load_raw(slot) for slot in wanted])
    book = read_book(reader, MARKET)
    for side in Side:
        depth = {level.tick: level.word.lots for level in book.side(side == Side.ASK)}
        assert depth == plain.depth(side)
