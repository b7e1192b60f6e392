"""The measurement itself: what is recorded still holds, and nothing cheap was measured instead."""

from decimal import Decimal

import pytest

from worldmarkets.bench import results
from worldmarkets.bench.book import BEST, LEVELS, ORDERS_A_LEVEL
from worldmarkets.bench.bounds import FRESH_SHARE, bounds_path, find_excesses, read_bounds
from worldmarkets.bench.costs import Cost, break_down, measure
from worldmarkets.bench.operations import OPERATIONS, Scene, measure_dearer, take_1
from worldmarkets.bench.orderflow import flow_path
from worldmarkets.bench.record import find_changes, read_results, recorded_path
from worldmarkets.bench.stage import MARKET, MIDDLE, outward
from worldmarkets.bench.variants import VARIANTS
from worldmarkets.model import slots
from worldmarkets.model.interface import Side
from worldmarkets.model.words import BookWord, LevelWord

pytestmark = pytest.mark.node

HOW_TO_RECORD = "record what is meant with: make bench ARGS=--record"

KEYS = (
    "place_spot_live_level",
    "place_spot_empty_level",
    "place_spot_fresh_level",
    "cancel_middle",
    "cancel_last",
    "reduce",
    "take_spot_1",
    "take_spot_1_empties",
    "take_spot_5",
    "take_spot_20",
    "take_spot_20_one_maker",
    "sweep_spot_10x1",
    "replace_10_spot",
    "replace_10_spot_moved",
    "deposit",
    "withdraw",
)

CHANGED_WORDS = {
    # level, lanes, base ledger; bitmap and book where the level was empty
    "place_spot_live_level": 3,
    "place_spot_empty_level": 5,
    "place_spot_fresh_level": 5,
    # level, base ledger; bitmap and book where it was the last
    "cancel_middle": 2,
    "cancel_last": 4,
    "reduce": 3,
    # level, tape, two ledgers of the taker and of each maker; bitmap and book where a level empties
    "take_spot_1": 6,
    "take_spot_1_empties": 8,
    "take_spot_5": 14,
    # and the headers of two chunks and the pool
    "take_spot_20": 47,
    "take_spot_20_one_maker": 9,
    # ten levels, bitmap, book, tape, two ledgers of each
    "sweep_spot_10x1": 35,
    # ten levels, ten lanes, base ledger; bitmap and book are as before
    "replace_10_spot": 21,
    # twelve levels, ten lanes, base ledger, bitmap, book
    "replace_10_spot_moved": 25,
    # ledger; balances of owner and exchange and the allowance in the token
    "deposit": 4,
    "withdraw": 3,
}
"""Storage words that each operation must change: a write that changes nothing costs too little."""


DEARER_THAN = {
    "place, starting a chunk": "place_spot_live_level",
    "cancel in a middle chunk": "cancel_middle",
    "cancel, unlinking a chunk": "cancel_middle",
    "take 20 from an old queue": "take_spot_20",
    "replace 10, two ticks apart, moved": "replace_10_spot_moved",
}


@pytest.fixture(scope="module")
def costs(scene: Scene) -> dict[str, Cost]:
    return {name: measure_dearer(scene, operation) for name, operation in OPERATIONS.items()}


@pytest.fixture(scope="module")
def measured(costs: dict[str, Cost]) -> dict[str, Decimal]:
    return results.as_results(costs)


def test_operations_are_those_that_are_published() -> None:
    assert tuple(OPERATIONS) == KEYS


def test_recorded_results_have_every_key() -> None:
    endings = ("", ".fresh_slots", ".megaeth")
    assert read_results(recorded_path()).keys() == {
        *(key + ending for key in KEYS for ending in endings),
        FRESH_SHARE,
    }


def test_measured_gas_is_within_one_percent_of_the_record(measured: dict[str, Decimal]) -> None:
    recorded = read_results(recorded_path())
    del recorded[FRESH_SHARE]
    assert find_changes(recorded, measured) == [], HOW_TO_RECORD


def test_measured_gas_is_within_its_bounds(measured: dict[str, Decimal]) -> None:
    bounds = read_bounds(bounds_path())
    assert find_excesses(bounds, results.with_derived(measured)) == []


@pytest.mark.skipif(
    not flow_path().exists(), reason="the AAPL order flow is not beside the checkout"
)
def test_fresh_share_of_real_flow_is_recorded_and_within_its_bound() -> None:
    share = {FRESH_SHARE: results.count_fresh_posts(flow_path()).share}
    recorded = {FRESH_SHARE: read_results(recorded_path())[FRESH_SHARE]}
    assert find_changes(recorded, share) == [], HOW_TO_RECORD
    assert find_excesses({FRESH_SHARE: read_bounds(bounds_path())[FRESH_SHARE]}, share) == []


def test_fresh_slots_of_steady_state_are_none_but_at_a_new_price(costs: dict[str, Cost]) -> None:
    fresh = {name: cost.fresh_slots for name, cost in costs.items() if cost.fresh_slots}
    assert fresh == {"place_spot_fresh_level": 2}


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize("name", KEYS)
def test_operation_changes_every_word_that_it_writes(scene: Scene, name: str, side: Side) -> None:
    options = {"tracer": "prestateTracer", "tracerConfig": {"diffMode": True}}
    with scene.stage.undone():
        sent = OPERATIONS[name](scene, side)
        transaction = sent.receipt.transaction_hash
        diff = scene.stage.rpc.call("debug_traceTransaction", transaction, options)
    changed = sum(len(account.get("storage", {})) for account in diff["post"].values())
    assert changed == CHANGED_WORDS[name]


def test_measure_dearer_leaves_the_state_as_it_was(scene: Scene) -> None:
    read = scene.stage.clients[0].read_words
    words = [slots.book(MARKET), slots.tape(MARKET), slots.level(MARKET, outward(Side.BID, BEST))]
    before = read(words)
    first = measure_dearer(scene, take_1)
    assert read(words) == before
    assert measure_dearer(scene, take_1) == first


@pytest.mark.parametrize("side", Side)
def test_standing_book_has_twenty_levels_and_a_used_gap(scene: Scene, side: Side) -> None:
    read = scene.stage.clients[0].read_words
    ticks = [outward(side, steps) for steps in range(1, BEST + LEVELS + 1)]
    levels = list(map(LevelWord.unpack, read([slots.level(MARKET, tick) for tick in ticks])))
    live = [level.live for level in levels]
    roles = len(scene.stage.accounts) - 25
    assert live == [0] * (BEST - 1) + [ORDERS_A_LEVEL] * (LEVELS - 1) + [ORDERS_A_LEVEL + roles, 0]
    assert all(level.generation > 0 for level in levels[:-1])
    (fresh,) = read([slots.level(MARKET, MIDDLE)])
    assert fresh == 0


def test_standing_book_is_best_where_it_begins(scene: Scene) -> None:
    book = BookWord.unpack(scene.stage.clients[0].read_words([slots.book(MARKET)])[0])
    assert book.best_bid == outward(Side.BID, BEST)
    assert book.best_ask == outward(Side.ASK, BEST)


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize(("variant", "usual"), DEARER_THAN.items())
def test_variant_costs_more_than_the_usual_form(
    scene: Scene, variant: str, usual: str, side: Side
) -> None:
    with scene.stage.undone():
        dearer = VARIANTS[variant](scene, side).receipt
    with scene.stage.undone():
        cheaper = OPERATIONS[usual](scene, side).receipt
    assert dearer.gas_used > cheaper.gas_used
    assert len(dearer.logs) == len(cheaper.logs) == 1
    assert len(dearer.logs[0].data) == len(cheaper.logs[0].data)


def test_variants_write_no_fresh_slot(scene: Scene) -> None:
    assert [measure_dearer(scene, one).fresh_slots for one in VARIANTS.values()] == [0] * 6


def test_break_down_adds_up_to_the_gas_used(scene: Scene) -> None:
    with scene.stage.undone():
        sent = OPERATIONS["replace_10_spot"](scene, Side.BID)
        parts = break_down(scene.stage.rpc, sent.data, sent.receipt)
        cost = measure(scene.stage.rpc, sent.data, sent.receipt)
    spent = parts.intrinsic + parts.loads + parts.stores + parts.logs + parts.rest - parts.refund
    assert spent == parts.total == cost.gas
    assert parts.load_count * 100 < parts.loads
    # 21 cold words: 5,000 gas each, of which 2,900 where the word was read before.
    assert parts.stores >= 21 * 2_900
    assert parts.rest > 0
