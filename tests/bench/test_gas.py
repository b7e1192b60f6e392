"""The measurement itself: what is recorded still holds, and nothing cheap was measured instead."""

from decimal import Decimal

import pytest

from worldmarkets.bench import liquidation, perps, results
from worldmarkets.bench.book import BEST, LEVELS, ORDERS_A_LEVEL
from worldmarkets.bench.bounds import FRESH_SHARE, bounds_path, find_excesses, read_bounds
from worldmarkets.bench.checks import CHECKS
from worldmarkets.bench.costs import Cost, break_down, measure
from worldmarkets.bench.hedged import HEDGED
from worldmarkets.bench.operations import OPERATIONS, PACKED, take_1
from worldmarkets.bench.orderflow import flow_path
from worldmarkets.bench.record import find_changes, read_results, recorded_path
from worldmarkets.bench.scene import MAKER, Scene, measure_dearer, measure_on
from worldmarkets.bench.stage import (
    ACCOUNTS,
    ALIKE,
    LOTS,
    MAKERS,
    MARKET,
    MIDDLE,
    TAKER,
    outward,
)
from worldmarkets.bench.variants import VARIANTS
from worldmarkets.model import slots
from worldmarkets.model.interface import Removal, Side
from worldmarkets.model.records import Filled, Placed, Removed, Taken
from worldmarkets.model.words import BookWord, CashWord, LevelWord

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
    "take_spot_1_collision",
    "take_spot_5",
    "take_spot_20",
    "take_spot_20_one_maker",
    "sweep_spot_10x1",
    "replace_10_spot",
    "replace_10_spot_moved",
    "replace_10_spot_packed",
    "replace_10_spot_packed_moved",
    "place_spot_with_terms",
    "amend_in_place",
    "amend_moved",
    "take_spot_1_expiring",
    "take_spot_20_expiring",
    "place_spot_live_level_by_operator",
    "place_spot_empty_level_by_operator",
    "cancel_middle_by_operator",
    "take_spot_1_by_operator",
    "take_spot_1_from_operator",
    "take_spot_20_from_operators",
    "replace_10_spot_by_operator",
    "deposit",
    "withdraw",
    "place_spot_margin",
    "place_spot_margin_owing",
    "take_spot_margin_1",
    "borrow",
    "repay",
    "lend",
    "withdraw_checked",
)

PERP_CHANGED_WORDS = {
    # level, lanes, position; bitmap and book where the level was empty
    "place_perp_live_level": 3,
    "place_perp_empty_level": 5,
    "place_perp_fresh_level": 5,
    # level, position; bitmap and book where it was the last
    "cancel_perp_middle": 2,
    "cancel_perp_last": 4,
    # level, tape, positions of the taker and of each maker; bitmap and book where a level empties
    "take_perp_1": 4,
    "take_perp_1_empties": 6,
    "take_perp_5": 8,
    # and the headers of two chunks and the pool
    "take_perp_20": 26,
    # ten levels, bitmap, book, tape, positions
    "sweep_perp_10x1": 24,
    # ten levels, ten lanes, position; bitmap and book are as before
    "replace_10_perp": 21,
    # twelve levels, ten lanes, position, bitmap, book
    "replace_10_perp_moved": 25,
    "take_perp_adverse_maker": 4,
    # position, its market's pool, quote ledger
    "settle": 3,
}
"""The same of a perp; of the others it depends on what has gone before."""

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
    # two levels, lanes, base ledger
    "amend_moved": 4,
    # ledger, season, outflow; balances of owner and exchange and the allowance in the token
    "deposit": 6,
    "withdraw": 5,
    # what `take_spot_1` changes; index, totals and terms of the pool
    "take_spot_margin_1": 9,
    # ledger, outflow; index, totals and terms of the pool; two balances in the token
    "borrow": 7,
    # the same, the season and the allowance in the token
    "repay": 8,
    # ledger, index and totals of the pool
    "lend": 3,
}
"""Storage words that each operation must change: a write that changes nothing costs too little."""

SAME_WORDS = {
    **PACKED,
    "take_spot_1_collision": "take_spot_1",
    "place_spot_with_terms": "place_spot_live_level",
    "amend_in_place": "reduce",
    "take_spot_1_expiring": "take_spot_1",
    "take_spot_20_expiring": "take_spot_20",
    "place_spot_live_level_by_operator": "place_spot_live_level",
    "place_spot_empty_level_by_operator": "place_spot_empty_level",
    "cancel_middle_by_operator": "cancel_middle",
    "take_spot_1_by_operator": "take_spot_1",
    "take_spot_1_from_operator": "take_spot_1",
    "take_spot_20_from_operators": "take_spot_20",
    "replace_10_spot_by_operator": "replace_10_spot",
    "place_spot_margin": "place_spot_live_level",
    "place_spot_margin_owing": "place_spot_live_level",
    "withdraw_checked": "withdraw",
}
"""Operations that change as many words as others do: all they need more is read."""

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
def perp_costs(perp_scene: Scene) -> dict[str, Cost]:
    return {name: measure_dearer(perp_scene, one) for name, one in perps.OPERATIONS.items()}


@pytest.fixture(scope="module")
def liquidation_costs(perp_scene: Scene) -> dict[str, Cost]:
    return {name: measure_dearer(perp_scene, one) for name, one in liquidation.OPERATIONS.items()}


@pytest.fixture(scope="module")
def measured(
    scene: Scene,
    costs: dict[str, Cost],
    perp_costs: dict[str, Cost],
    liquidation_costs: dict[str, Cost],
) -> dict[str, Decimal]:
    checks = results.measure_checks(scene, lambda _name: None)
    return results.as_results({**costs, **perp_costs, **liquidation_costs}) | checks


def test_operations_are_those_that_are_published() -> None:
    assert tuple(OPERATIONS) == KEYS


def test_recorded_results_have_every_key() -> None:
    keys = (*KEYS, *perps.OPERATIONS, *liquidation.OPERATIONS)
    endings = ("", ".fresh_slots", ".megaeth")
    assert read_results(recorded_path()).keys() == {
        *(key + ending for key in keys for ending in endings),
        *CHECKS,
        *HEDGED,
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


def test_fresh_slots_of_a_perp_are_none_but_at_a_new_price(perp_costs: dict[str, Cost]) -> None:
    """And those of an account that buys its first coins."""
    fresh = {name: cost.fresh_slots for name, cost in perp_costs.items() if cost.fresh_slots}
    assert fresh == {"place_perp_fresh_level": 2, "basis_open": 1}


def test_fresh_slots_of_liquidation_are_those_of_a_first_flag_and_a_first_deficit(
    liquidation_costs: dict[str, Cost],
) -> None:
    """When it was flagged; what both funds paid for two perps and a debt, and their claims."""
    fresh = {name: cost.fresh_slots for name, cost in liquidation_costs.items() if cost.fresh_slots}
    assert fresh == {"auction_start": 1, "settle_deficit": 4}


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize("name", PERP_CHANGED_WORDS)
def test_perp_operation_changes_every_word_that_it_writes(
    perp_scene: Scene, name: str, side: Side
) -> None:
    options = {"tracer": "prestateTracer", "tracerConfig": {"diffMode": True}}
    rpc = perp_scene.stage.rpc
    with perp_scene.stage.undone():
        perp_scene.stage.renew_prices()
        sent = perps.OPERATIONS[name](perp_scene, side)
        diff = rpc.call("debug_traceTransaction", sent.receipt.transaction_hash, options)
    changed = sum(len(account.get("storage", {})) for account in diff["post"].values())
    assert changed == PERP_CHANGED_WORDS[name]


def test_perps_are_measured_as_they_are_published() -> None:
    assert tuple(perps.OPERATIONS) == (*PERP_CHANGED_WORDS, "basis_open", "poke_market")


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize("name", KEYS)
def test_operation_changes_every_word_that_it_writes(scene: Scene, name: str, side: Side) -> None:
    options = {"tracer": "prestateTracer", "tracerConfig": {"diffMode": True}}
    with scene.stage.undone():
        sent = OPERATIONS[name](scene, side)
        transaction = sent.receipt.transaction_hash
        diff = scene.stage.rpc.call("debug_traceTransaction", transaction, options)
    changed = sum(len(account.get("storage", {})) for account in diff["post"].values())
    assert changed == CHANGED_WORDS[SAME_WORDS.get(name, name)]


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
    roles = len(scene.stage.accounts) - MAKERS
    assert live == [0] * (BEST - 1) + [ORDERS_A_LEVEL] * (LEVELS - 1) + [ORDERS_A_LEVEL + roles, 0]
    assert all(level.generation > 0 for level in levels[:-1])
    (fresh,) = read([slots.level(MARKET, MIDDLE)])
    assert fresh == 0


def test_standing_book_is_best_where_it_begins(scene: Scene) -> None:
    book = BookWord.unpack(scene.stage.clients[0].read_words([slots.book(MARKET)])[0])
    assert book.best_bid == outward(Side.BID, BEST)
    assert book.best_ask == outward(Side.ASK, BEST)


def test_owners_have_addresses_that_end_differently_but_for_one(scene: Scene) -> None:
    endings = [client.address[-2:].lower() for client in scene.stage.clients]
    assert len(set(endings[:ACCOUNTS])) == len(endings[:ACCOUNTS]) == ACCOUNTS
    assert endings[ALIKE:] == [endings[TAKER]]


def test_packed_operations_do_what_the_typed_ones_do_for_less_where_calldata_is_dear(
    scene: Scene, costs: dict[str, Cost]
) -> None:
    read = scene.stage.clients[0].read_words
    for packed, typed in PACKED.items():
        words, records = [], []
        for name in (packed, typed):
            with scene.stage.undone():
                sent = OPERATIONS[name](scene, Side.BID)
                action = scene.stage.clients[0].action(sent.receipt)
                places = [outward(side, steps) for side in Side for steps in range(3, 10)]
                words.append(read([slots.level(MARKET, tick) for tick in places]))
                records.append(action.records)
        assert words[0] == words[1]
        assert records[0] == records[1]
        # Elsewhere the code of the module that unpacks costs as much as the calldata.
        assert costs[packed].gas < costs[typed].gas + 500
        assert costs[packed].megaeth_gas < costs[typed].megaeth_gas


@pytest.mark.parametrize("side", Side)
def test_operator_costs_little_more_than_the_owner_on_either_side(scene: Scene, side: Side) -> None:
    bounds = {name: bound for name, bound in read_bounds(bounds_path()).items() if bound.beyond}
    assert len(bounds) == 5
    names = {*bounds, *(bound.beyond for bound in bounds.values())}
    gas = {name: Decimal(measure_on(scene, OPERATIONS[name], side).gas) for name in names}
    assert find_excesses(bounds, gas) == []
    # He has a word that is read.
    cheaper_by_operator = [name for name in bounds if gas[name] < gas[bounds[name].beyond] + 100]
    assert cheaper_by_operator == []


@pytest.mark.parametrize(
    ("name", "side", "loser"),
    [
        ("take_spot_1_by_operator", Side.BID, TAKER),
        ("take_spot_1_from_operator", Side.ASK, MAKER),
        ("take_spot_20_from_operators", Side.ASK, 0),
    ],
)
def test_operator_that_sells_below_the_reference_price_loses(
    scene: Scene, name: str, side: Side, loser: int
) -> None:
    slot = slots.ledger(scene.stage.accounts[loser], 0)
    read = scene.stage.clients[0].read_words
    with scene.stage.undone():
        OPERATIONS[name](scene, side)
        lost = CashWord.unpack(read([slot])[0]).loss
    with scene.stage.undone():
        OPERATIONS[name](scene, Side(1 - side))
        lost_elsewhere = CashWord.unpack(read([slot])[0]).loss
    assert lost > 0
    assert lost_elsewhere == 0


def test_collision_fills_the_order_of_the_owner_alike(scene: Scene) -> None:
    with scene.stage.undone():
        sent = OPERATIONS["take_spot_1_collision"](scene, Side.ASK)
        (filled, _taken) = scene.stage.clients[0].action(sent.receipt).records
    assert isinstance(filled, Filled)
    assert (filled.account, filled.lots) == (scene.stage.accounts[ALIKE], LOTS)


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
    fresh = {name: measure_dearer(scene, one).fresh_slots for name, one in VARIANTS.items()}
    assert fresh == dict.fromkeys(VARIANTS, 0)


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize(
    ("variant", "reason", "last"),
    [
        ("take 1 behind four that expired", Removal.EXPIRED, [Filled, Taken]),
        ("take 1 behind four of the taker's own", Removal.SELF_TRADE, [Filled, Taken]),
        ("place post-only, clearing four away", Removal.EXPIRED, [Placed]),
    ],
)
def test_variant_removes_four_orders_on_its_way(
    scene: Scene, variant: str, side: Side, reason: Removal, last: list[type]
) -> None:
    with scene.stage.undone():
        sent = VARIANTS[variant](scene, side)
        records = scene.stage.clients[0].action(sent.receipt).records
    assert [type(record) for record in records] == [Removed] * 4 + last
    reasons = [record.reason for record in records if isinstance(record, Removed)]
    assert reasons == [reason] * 4


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
