"""Results told from records: by hand where it is delicate, and equal to what the call returns."""

import random

import pytest

from tests.client.conftest import funded
from worldmarkets.client import (
    Client,
    ContractError,
    OrderRequest,
    OrderResult,
    Refusal,
    Side,
    TimeInForce,
)
from worldmarkets.client.records import Filled, Placed, Record, Removed, Skipped, Taken
from worldmarkets.client.results import cancelled_lots, placed_results
from worldmarkets.deployment import Deployment
from worldmarkets.model.interface import Removal
from worldmarkets.model.words import OrderId
from worldmarkets.node import LocalNode

MARKET = 257


def order_id(tick: int, place: int = 0, market: int = MARKET) -> int:
    return OrderId(generation=1, place=place, chunk=0, tick=tick, market=market).pack()


def bid(
    tick: int, lots: int = 10, tif: TimeInForce = TimeInForce.GOOD_TILL_CANCELLED, fills: int = 64
) -> OrderRequest:
    return OrderRequest(MARKET, Side.BID, tick, lots, tif, fills)


def filled(tick: int, lots: int, place: int = 0) -> Filled:
    return Filled(order_id(tick, place), lots, account=9, is_ask=1, gone=1)


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
}


@pytest.mark.parametrize("name", CASES)
def test_placed_results_by_hand(name: str) -> None:
    records, places, expected = CASES[name]
    assert placed_results(records, places) == expected


def test_cancelled_lots_one_record_a_cancel() -> None:
    records = [Removed(1, 8), Skipped(1), Removed(3, 2), Placed(order_id(5), 10)]
    assert cancelled_lots(records, 3) == [8, 0, 2]
    assert placed_results(records, [bid(5)], 3) == [OrderResult(order_id(5), resting_lots=10)]


@pytest.mark.node
def test_batch_random_results_equal_what_the_call_returns(
    node: LocalNode, deployment: Deployment
) -> None:
    """120 batches of two traders who cross, run dry, use up their fills and name stale ids."""
    chance = random.Random(20_120_621)
    traders = [funded(node, deployment, index) for index in (1, 2)]
    poor, poor_account = traders[1]
    poor.raw.withdraw(poor_account, 0, (1_000_000 - 150) * 10**18)
    known: dict[int, list[int]] = {0: [], 1: []}
    seen = {"filled": 0, "rested": 0, "dropped": 0, "skipped": 0, "stale": 0}
    for _ in range(120):
        index = chance.randrange(2)
        client, account = traders[index]
        cancels = chance.sample(known[index], min(len(known[index]), chance.randrange(3)))
        places = [random_order(chance) for _ in range(chance.randrange(1, 6))]
        returned = returned_by_call(client, account, cancels, places)
        if returned is None:
            continue
        lots, results = client.raw.batch(account, cancels, places)
        assert (lots, results) == returned
        known[index] += [result.order_id for result in results if result.order_id]
        count(seen, places, lots, results)
    assert min(seen.values()) > 10, seen


def random_order(chance: random.Random) -> OrderRequest:
    return OrderRequest(
        MARKET,
        Side(chance.randrange(2)),
        chance.choice([29_998, 29_999, 30_000, 30_001, 30_002, 40_000]),
        chance.choice([10, 40, 60, 100]),
        chance.choice(list(TimeInForce)),
        chance.choice([0, 1, 2, 64]),
    )


def returned_by_call(
    client: Client, account: int, cancels: list[int], places: list[OrderRequest]
) -> tuple[list[int], list[OrderResult]] | None:
    """What the batch returns when it is only called; None if it reverts."""
    raw = client.raw
    request = raw.calls.batch(account, cancels, places)
    assert request.to is not None
    try:
        answer = raw.call(request.to, request.data)
    except ContractError:
        return None
    lots, results = raw.calls.abi.decode("batch", answer)
    return list(lots), [OrderResult(*result[:3], Refusal(result[3])) for result in results]


def count(
    seen: dict[str, int], places: list[OrderRequest], lots: list[int], results: list[OrderResult]
) -> None:
    seen["stale"] += lots.count(0)
    for order, result in zip(places, results, strict=True):
        seen["filled"] += result.filled_lots > 0
        seen["rested"] += result.resting_lots > 0
        seen["skipped"] += result.refusal != Refusal.NONE
        left = order.lots - result.filled_lots - result.resting_lots
        seen["dropped"] += result.refusal == Refusal.NONE and left > 0
