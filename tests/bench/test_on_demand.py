"""The measurements on demand, in small."""

import pytest

from worldmarkets.bench import depth, throughput
from worldmarkets.bench.depth import DepthCosts, measure_depths
from worldmarkets.bench.throughput import measure_throughput
from worldmarkets.model.words import OWN_LANES, POOL_LANES


def test_depth_costs_below_five_percent_apart_are_fine() -> None:
    costs = DepthCosts({10: 100_000, 1_000: 104_999})
    assert costs.problems == []


def test_depth_costs_five_percent_apart_are_a_problem() -> None:
    costs = DepthCosts({10: 105_000, 1_000: 100_000})
    assert costs.problems == ["a place costs up to 5.0 % more when more orders rest"]


def test_depths_compare_places_into_lane_words_in_use() -> None:
    assert list(depth.DEPTHS) == [10, 1_000, 100_000]
    behind_own = [orders - OWN_LANES for orders in depth.DEPTHS.values() if orders != 1]
    assert [orders % POOL_LANES for orders in behind_own] == [1, 1]


@pytest.mark.node
def test_measure_depths_of_small_books_differs_little(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(depth, "DEPTHS", {10: 1, 400: 95})
    monkeypatch.setattr(depth, "_BATCH", 60)
    told: list[str] = []
    costs = measure_depths(told.append)
    assert told == ["10 resting orders", "400 resting orders"]
    assert list(costs.gas) == [10, 400]
    assert costs.problems == []
    assert min(costs.gas.values()) > 40_000


@pytest.mark.node
def test_measure_throughput_counts_every_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throughput, "CLIENTS", 3)
    monkeypatch.setattr(throughput, "TRANSACTIONS", 5)
    monkeypatch.setattr(throughput, "IN_FLIGHT", 2)
    speeds = measure_throughput(lambda _text: None)
    assert [(one.orders, one.transactions) for one in speeds.values()] == [(15, 15), (150, 15)]
    assert all(one.orders_a_second > 0 for one in speeds.values())
