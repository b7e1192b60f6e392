"""What the measured operations of liquidation do: each what it is called for, and all of it."""

from collections.abc import Sequence

import pytest

from worldmarkets.bench.liquidation import OPERATIONS
from worldmarkets.bench.scene import Scene
from worldmarkets.bench.stage import LOTS, PERP, TAKER, Sent
from worldmarkets.bench.trouble import RESTING
from worldmarkets.client.events import decode_events
from worldmarkets.model.events import BookRecords, Event
from worldmarkets.model.interface import Removal, Side
from worldmarkets.model.liquidation_events import (
    AuctionRestarted,
    DeficitPaid,
    FlagCleared,
    Flagged,
    LineDrawn,
    ShortfallAdded,
    SliceTaken,
    StepExecuted,
)
from worldmarkets.model.records import Filled, Removed
from worldmarkets.model.words import perp_market

pytestmark = pytest.mark.node

CHANGED_WORDS = {
    # account, three ledgers and two positions frozen; when, and how many are flagged
    "auction_start": (8, 8),
    # three ledgers and two positions of each, both funds, index and totals of the pool; and when
    # the price falls anew, or the account's flag and how many are flagged
    "auction_take_4_legs": (15, 16),
    # level, tape, two positions, cash and deposits of the account and of who gets the tip, what is
    # left
    "plan_step": (9, 9),
    # five levels, position
    "force_cancel_5": (6, 6),
    # account, line, lines, all that is locked, ledger; index and totals of the pool
    "standby_draw": (7, 7),
    # what both funds have, and have paid for two perps and the dollars that are owed; position
    # and pool of the perp with a shortfall; account, claims, in deficit, how many are; ledger;
    # index and totals of the pool
    "settle_deficit": (14, 14),
}
"""Storage words that each operation must change, on either side."""


def events(sent: Sent, scene: Scene) -> Sequence[Event]:
    exchange = scene.stage.deployment.exchange
    return [logged.event for logged in decode_events(sent.receipt.logs, exchange)]


def test_operations_are_those_that_are_published() -> None:
    assert tuple(OPERATIONS) == tuple(CHANGED_WORDS)


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize("name", OPERATIONS)
def test_operation_changes_every_word_that_it_writes(
    perp_scene: Scene, name: str, side: Side
) -> None:
    options = {"tracer": "prestateTracer", "tracerConfig": {"diffMode": True}}
    with perp_scene.stage.undone():
        perp_scene.stage.renew_prices()
        transaction = OPERATIONS[name](perp_scene, side).receipt.transaction_hash
        diff = perp_scene.stage.rpc.call("debug_traceTransaction", transaction, options)
    changed = sum(len(account.get("storage", {})) for account in diff["post"].values())
    assert changed == CHANGED_WORDS[name][side]


def logged(scene: Scene, name: str, side: Side = Side.BID) -> Sequence[Event]:
    """What an operation logs; undone."""
    with scene.stage.undone():
        scene.stage.renew_prices()
        return events(OPERATIONS[name](scene, side), scene)


def test_account_is_flagged_below_maintenance_and_above_nothing(perp_scene: Scene) -> None:
    (flagged,) = logged(perp_scene, "auction_start")
    assert isinstance(flagged, Flagged)
    assert 0 < flagged.equity_atoms < flagged.maintenance_atoms


@pytest.mark.parametrize(("side", "after"), [(0, AuctionRestarted), (1, FlagCleared)])
def test_slice_is_paid_for_with_a_fee_and_ends_the_liquidation_or_not(
    perp_scene: Scene, side: int, after: type[Event]
) -> None:
    taken, then = logged(perp_scene, "auction_take_4_legs", Side(side))
    assert isinstance(taken, SliceTaken)
    assert taken.bidder_account_id == perp_scene.stage.accounts[TAKER]
    assert taken.paid_atoms > taken.fee_atoms > 0
    assert (taken.fraction_ppm == 200_000) == (side == 0)
    assert taken.fraction_ppm < 1_000_000
    assert isinstance(then, after)


@pytest.mark.parametrize("side", Side)
def test_step_fills_one_order_whole_and_pays_a_tip(perp_scene: Scene, side: Side) -> None:
    book, executed = (event for event in logged(perp_scene, "plan_step", side) if is_of_plan(event))
    assert isinstance(book, BookRecords)
    assert isinstance(executed, StepExecuted)
    (filled,) = (record for record in book.records if isinstance(record, Filled))
    assert (filled.lots, filled.is_ask, filled.gone) == (LOTS, side is Side.ASK, 1)
    assert (executed.done, executed.left) == (LOTS, 99 * LOTS)
    assert executed.tip_atoms > 0


def is_of_plan(event: Event) -> bool:
    return isinstance(event, BookRecords | StepExecuted)


def test_dead_orders_are_removed_one_a_level(perp_scene: Scene) -> None:
    (book,) = logged(perp_scene, "force_cancel_5")
    assert isinstance(book, BookRecords)
    removed = [record for record in book.records if isinstance(record, Removed)]
    assert [(one.lots, one.reason) for one in removed] == [(LOTS, Removal.FROZEN)] * RESTING


def test_line_is_drawn_in_part(perp_scene: Scene) -> None:
    (drawn,) = logged(perp_scene, "standby_draw")
    assert isinstance(drawn, LineDrawn)
    assert 0 < drawn.atoms == drawn.drawn_atoms < 2_000_000_000


def test_deficit_is_paid_by_both_funds_and_the_winners_of_one_perp(perp_scene: Scene) -> None:
    short, paid = logged(perp_scene, "settle_deficit")
    assert isinstance(short, ShortfallAdded)
    assert isinstance(paid, DeficitPaid)
    assert short.market_id in (PERP, perp_market(2))
    assert (paid.bond_atoms, paid.line_atoms, paid.loss_atoms) == (0, 0, 0)
    parts = (paid.insurance_atoms, paid.backstop_atoms, paid.shortfall_atoms)
    assert all(parts)
    # An atom more for each perp and debt, so that nothing that is rounded leaves a deficit.
    assert sum(parts) == paid.deficit_atoms + 3
