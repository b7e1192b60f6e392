"""Results told from records: by hand where it is delicate, and equal to what the call returns."""

import random
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from tests.client.conftest import funded, pass_time
from worldmarkets.client import (
    Client,
    ContractError,
    OrderRequest,
    OrderResult,
    Refusal,
    SelfTrade,
    Side,
    TimeInForce,
)
from worldmarkets.client.records import (
    Expires,
    Filled,
    Placed,
    Record,
    Reduced,
    Removed,
    Skipped,
    Taken,
)
from worldmarkets.client.results import amended_result, cancelled_lots, placed_results
from worldmarkets.deployment import Deployment
from worldmarkets.model.interface import Removal
from worldmarkets.model.words import OrderId
from worldmarkets.node import LocalNode
from worldmarkets.transactions import Receipt
from worldmarkets.transactions.receipts import to_bytes

MARKET = 257


def order_id(tick: int, place: int = 0, market: int = MARKET) -> int:
    return OrderId(generation=1, place=place, chunk=0, tick=tick, market=market).pack()


def bid(
    tick: int,
    lots: int = 10,
    tif: TimeInForce = TimeInForce.GOOD_TILL_CANCELLED,
    fills: int = 64,
    **terms: Any,
) -> OrderRequest:
    return OrderRequest(MARKET, Side.BID, tick, lots, tif, fills, **terms)


def filled(tick: int, lots: int, place: int = 0) -> Filled:
    return Filled(order_id(tick, place), lots, account=9, is_ask=1, gone=1)


def expired(tick: int, place: int = 0) -> Removed:
    return Removed(order_id(tick, place), 10, account=9, reason=Removal.EXPIRED)


def own(tick: int, lots: int) -> Removed:
    return Removed(order_id(tick), lots, account=9, reason=Removal.SELF_TRADE)


def taken(lots: int) -> Taken:
    return Taken(1, lots=lots, market=MARKET)


IOC = TimeInForce.IMMEDIATE_OR_CANCEL

CASES: dict[str, tuple[list[Record], list[OrderRequest], list[OrderResult]]] = {
    "nothing happened": ([], [bid(5, tif=IOC)], [OrderResult()]),
    "rests": (
        [Placed(order_id(5), 10)],
        [bid(5)],
        [OrderResult(order_id(5), resting_lots=10)],
    ),
    "trades and rests": (
        [filled(4, 6), taken(6), Placed(order_id(5), 4)],
        [bid(5)],
        [OrderResult(order_id(5), 6, 4)],
    ),
    "the second one rests": (
        [Placed(order_id(5), 10)],
        [bid(5, tif=IOC), bid(5)],
        [OrderResult(), OrderResult(order_id(5), resting_lots=10)],
    ),
    "the second one trades, beyond the first one's limit": (
        [filled(6, 10), taken(10)],
        [bid(5, tif=IOC), bid(6, tif=IOC)],
        [OrderResult(), OrderResult(filled_lots=10)],
    ),
    "both trade": (
        [filled(4, 10), taken(10), filled(4, 3, 1), taken(3)],
        [bid(5, tif=IOC), bid(5, tif=IOC)],
        [OrderResult(filled_lots=10), OrderResult(filled_lots=3)],
    ),
    "the first one only removes makers, and its fills are used up": (
        [
            Removed(order_id(4), 8, reason=Removal.UNPAYABLE),
            filled(4, 10, 1),
            taken(10),
        ],
        [bid(5, tif=IOC, fills=1), bid(5, tif=IOC)],
        [OrderResult(), OrderResult(filled_lots=10)],
    ),
    "a maker is cut and removed as one of the fills": (
        [filled(4, 3), Removed(order_id(4), 5, reason=Removal.UNPAYABLE), taken(3)],
        [bid(5, tif=IOC, fills=1)],
        [OrderResult(filled_lots=3)],
    ),
    "dust of the first one is dropped, the second one rests at the same price": (
        [filled(4, 8), taken(8), Placed(order_id(5), 10)],
        [bid(5), bid(5)],
        [OrderResult(filled_lots=8), OrderResult(order_id(5), resting_lots=10)],
    ),
    "the first one may meet nobody, the second one rests on the other side": (
        [Placed(order_id(5), 10, is_ask=1)],
        [bid(5, fills=0), OrderRequest(MARKET, Side.ASK, 5, 10)],
        [OrderResult(), OrderResult(order_id(5), resting_lots=10)],
    ),
    "skipped in the middle": (
        [Placed(order_id(5), 10), Skipped(1, Refusal.PRICE_OUTSIDE_BAND), Placed(order_id(7), 10)],
        [bid(5), bid(99), bid(7)],
        [
            OrderResult(order_id(5), resting_lots=10),
            OrderResult(refusal=Refusal.PRICE_OUTSIDE_BAND),
            OrderResult(order_id(7), resting_lots=10),
        ],
    ),
    "post-only never meets": (
        [filled(4, 10), taken(10)],
        [bid(5, tif=TimeInForce.POST_ONLY), bid(5)],
        [OrderResult(), OrderResult(filled_lots=10)],
    ),
    "post-only clears the way and rests, whatever its fills": (
        [expired(4), expired(4, 1), Placed(order_id(5), 10)],
        [bid(5, tif=TimeInForce.POST_ONLY, fills=0)],
        [OrderResult(order_id(5), resting_lots=10)],
    ),
    "post-only clears a dead order of a flagged account": (
        [Removed(order_id(4), 10, account=9, reason=Removal.FROZEN), Placed(order_id(5), 10)],
        [bid(5, tif=TimeInForce.POST_ONLY)],
        [OrderResult(order_id(5), resting_lots=10)],
    ),
    "post-only clears the way and would cross all the same": (
        [expired(4), Skipped(0, Refusal.WOULD_CROSS), Placed(order_id(5), 10)],
        [bid(5, tif=TimeInForce.POST_ONLY), bid(5)],
        [
            OrderResult(refusal=Refusal.WOULD_CROSS),
            OrderResult(order_id(5), resting_lots=10),
        ],
    ),
    "post-only clears four, the next one the fifth": (
        [*(expired(4, place) for place in range(5)), Placed(order_id(3), 10)],
        [bid(5, tif=TimeInForce.POST_ONLY_SLIDE, client_id=0), bid(3), bid(5)],
        [OrderResult(), OrderResult(), OrderResult()],
    ),
    "slides below its price": (
        [Placed(order_id(3), 10)],
        [bid(5, tif=TimeInForce.POST_ONLY_SLIDE)],
        [OrderResult(order_id(3), resting_lots=10)],
    ),
    "a bid does not slide upwards": (
        [Placed(order_id(6), 10)],
        [bid(5, tif=TimeInForce.POST_ONLY_SLIDE), bid(6)],
        [OrderResult(), OrderResult(order_id(6), resting_lots=10)],
    ),
    "an order with a client id says that it does not rest": (
        [filled(4, 10), taken(10), Placed(client_id=7), Placed(client_id=8)],
        [bid(5, client_id=7), bid(5, tif=IOC, client_id=8)],
        [OrderResult(filled_lots=10), OrderResult()],
    ),
    "client ids tell equal orders apart": (
        [Placed(client_id=7), Placed(order_id(5), 10, client_id=8)],
        [bid(5, client_id=7), bid(5, client_id=8)],
        [OrderResult(), OrderResult(order_id(5), resting_lots=10)],
    ),
    "one that expires has two records": (
        [Placed(order_id(5), 10), Expires(order_id(5), 9), Placed(order_id(5, 1), 10)],
        [bid(5, expiry=9), bid(5)],
        [
            OrderResult(order_id(5), resting_lots=10),
            OrderResult(order_id(5, 1), resting_lots=10),
        ],
    ),
    "own orders are removed on the way": (
        [own(4, 8), filled(4, 6, 1), taken(6), Placed(order_id(5), 4)],
        [bid(5)],
        [OrderResult(order_id(5), 6, 4)],
    ),
    "both become smaller, and the maker goes": (
        [own(4, 7), Placed(order_id(5), 3)],
        [bid(5, self_trade=SelfTrade.DECREMENT_BOTH)],
        [OrderResult(order_id(5), resting_lots=3)],
    ),
    "both become smaller, nothing is left, and the next one trades": (
        [Reduced(order_id(4), 5, 10), filled(4, 5, 1), taken(5), Placed(order_id(5), 5)],
        [bid(5, self_trade=SelfTrade.DECREMENT_BOTH), bid(5)],
        [OrderResult(), OrderResult(order_id(5), 5, 5)],
    ),
    "a maker that only reduces is cut and removed": (
        [filled(4, 3), Removed(order_id(4), 5, reason=Removal.NOTHING_TO_REDUCE), taken(3)],
        [bid(5, tif=IOC, fills=1)],
        [OrderResult(filled_lots=3)],
    ),
    "a reduce-only order rests with what it was cut to": (
        [Placed(order_id(5), 6, reduce_only=1)],
        [bid(5), bid(5, reduce_only=True)],
        [OrderResult(), OrderResult(order_id(5), resting_lots=6)],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_placed_results_by_hand(name: str) -> None:
    records, places, expected = CASES[name]
    assert placed_results(records, places) == expected


def test_cancelled_lots_one_record_a_cancel() -> None:
    records = [Removed(1, 8), Skipped(1), Removed(3, 2), Placed(order_id(5), 10)]
    assert cancelled_lots(records, 3) == [8, 0, 2]
    assert placed_results(records, [bid(5)], 3) == [OrderResult(order_id(5), resting_lots=10)]


def test_amended_result_by_hand() -> None:
    old, new = order_id(5), order_id(6)
    unchanged = OrderResult(old, resting_lots=7)
    assert amended_result([], old, bid(5, 7)) == unchanged
    assert amended_result([Reduced(old, 7, 3)], old, bid(5, 7)) == unchanged
    replaced = [Removed(old, 10), filled(6, 4), taken(4), Placed(new, 3), Expires(new, 9)]
    assert amended_result(replaced, old, bid(6, 7)) == OrderResult(new, 4, 3)
    assert amended_result([Removed(old, 10)], old, bid(6, 7, IOC)) == OrderResult()


@pytest.mark.node
def test_batch_random_results_equal_what_the_call_returns(
    node: LocalNode, deployment: Deployment
) -> None:
    """250 batches, plain and packed, of two owners with two accounts each who cross each other and
    themselves, expire, use up their fills, only reduce, slide and name stale ids."""
    chance = random.Random(20_120_621)
    owners = [funded(node, deployment, index) for index in (1, 2)]
    poor, poor_account = owners[1]
    poor.raw.withdraw(poor_account, 0, (1_000_000 - 150) * 10**18)
    accounts = [*owners, *((client, second_account(client, first)) for client, first in owners)]
    known: dict[int, list[int]] = {account: [] for _, account in accounts}
    seen: Counter[str] = Counter()
    for _ in range(250):
        pass_time(node, chance.choice([0, 0, 0, 3, 9]))
        client, account = chance.choice(accounts)
        raw = client.raw
        cancels = chance.sample(known[account], min(len(known[account]), chance.randrange(3)))
        places = [random_order(chance, raw.time()) for _ in range(chance.randrange(1, 6))]
        build = chance.choice([raw.calls.batch, raw.calls.batch_packed])
        try:
            receipt = raw.execute(build(account, cancels, places))
        except ContractError:
            seen["reverted"] += 1
            continue
        lots = raw.cancelled(receipt, len(cancels))
        results = raw.placed(receipt, places, len(cancels))
        assert (lots, results) == returned(client, receipt)
        known[account] += [result.order_id for result in results if result.order_id]
        count(seen, places, lots, results, raw.action(receipt).records)
    told = ("filled", "rested", "dropped", "skipped", "stale", "slid", "cleared", "numbered")
    kinds = ("SELF_TRADE", "EXPIRED", "DUST", "decremented", "reverted")
    assert all(seen[name] for name in (*told, *kinds)), seen


@pytest.mark.node
def test_amend_random_results_equal_what_the_call_returns(
    node: LocalNode, deployment: Deployment
) -> None:
    """Amendments that change nothing, one thing or all, of orders that may be gone."""
    chance = random.Random(3)
    traders = [funded(node, deployment, index) for index in (1, 2)]
    seen: Counter[str] = Counter()
    for _ in range(80):
        client, account = chance.choice(traders)
        raw = client.raw
        old = random_order(chance, raw.time())
        old = replace(old, time_in_force=TimeInForce.POST_ONLY_SLIDE, reduce_only=False)
        try:
            order_id = raw.place_order(account, old).order_id
            tick = OrderId.unpack(order_id).tick
            changes = {"tick": tick, "lots": chance.choice([old.lots, 40, 60])}
            if chance.random() < 0.5:
                changes |= {"tick": chance.choice([29_999, 30_001]), "expiry": 0}
            order = replace(old, **changes)
            receipt = raw.execute(raw.calls.amend(account, order_id, order))
        except ContractError as error:
            seen[error.name] += 1
            continue
        told = amended_result(raw.action(receipt).records, order_id, order)
        assert told == returned_by(client, receipt, "amend")
        kind = "kept" if told.order_id == order_id else "replaced"
        seen[kind] += 1
        seen["smaller"] += kind == "kept" and order.lots < old.lots
        seen["traded"] += told.filled_lots > 0
    assert all(seen[kind] for kind in ("kept", "smaller", "replaced", "BelowMinimumSize")), seen


def second_account(client: Client, first: int) -> int:
    account = client.create_account()
    client.transfer(first, account, "WETH", Decimal("0.1"))
    return account


def random_order(chance: random.Random, now: int) -> OrderRequest:
    # Without a client id, what a reduce-only order was cut to is not always told.
    reduce_only = chance.random() < 0.2
    return OrderRequest(
        MARKET,
        Side(chance.randrange(2)),
        chance.choice([*range(29_998, 30_003)] * 4 + [40_000]),
        chance.choice([10, 40, 60, 100]),
        chance.choice([*TimeInForce, *[TimeInForce.GOOD_TILL_CANCELLED] * 5]),
        chance.choice([0, 1, 2, 64, 64, 64]),
        chance.choice(list(SelfTrade)),
        expiry=chance.choice([0, 0, 0, 0, now + 2, now + 10, now + 10, now - 1]),
        reduce_only=reduce_only,
        client_id=chance.randrange(1, 1 << 64) if reduce_only else chance.choice([0, 0, 77]),
    )


def returned(client: Client, receipt: Receipt) -> tuple[list[int], list[OrderResult]]:
    """What the batch of a receipt returned."""
    lots, results = client.raw.calls.abi.decode("batch", traced(client, receipt))
    return list(lots), [OrderResult(*result[:3], Refusal(result[3])) for result in results]


def returned_by(client: Client, receipt: Receipt, function: str) -> OrderResult:
    """What a function with one result returned in a receipt."""
    (result,) = client.raw.calls.abi.decode(function, traced(client, receipt))
    return OrderResult(*result[:3], Refusal(result[3]))


def traced(client: Client, receipt: Receipt) -> bytes:
    """What the transaction of a receipt returned, by the node's trace of it."""
    options = {"tracer": "callTracer", "tracerConfig": {"onlyTopCall": True}}
    trace = client.raw.rpc.call("debug_traceTransaction", receipt.transaction_hash, options)
    return to_bytes(trace["output"])


def count(
    seen: Counter[str],
    places: list[OrderRequest],
    lots: list[int],
    results: list[OrderResult],
    records: tuple[Record, ...],
) -> None:
    seen["stale"] += lots.count(0)
    removed = [Removal(one.reason) for one in records if isinstance(one, Removed)]
    seen.update(reason.name for reason in removed)
    seen["decremented"] += sum(isinstance(one, Reduced) for one in records)
    for order, result in zip(places, results, strict=True):
        seen["filled"] += result.filled_lots > 0
        seen["rested"] += result.resting_lots > 0
        seen["skipped"] += result.refusal != Refusal.NONE
        seen["numbered"] += order.client_id > 0
        left = order.lots - result.filled_lots - result.resting_lots
        seen["dropped"] += result.refusal == Refusal.NONE and left > 0
        resting = OrderId.unpack(result.order_id)
        slides = order.time_in_force == TimeInForce.POST_ONLY_SLIDE and result.order_id > 0
        seen["slid"] += slides and resting.tick != order.tick
        seen["cleared"] += slides and Removal.EXPIRED in removed
