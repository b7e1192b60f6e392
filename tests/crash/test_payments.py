"""Sums of who paid, and what of them is a fault."""

import pytest

from tests.crash.setting import falling, long_of, scene_of
from worldmarkets.crash.payments import Payments
from worldmarkets.crash.scene import Scene
from worldmarkets.crash.venue import Call
from worldmarkets.model.liquidation_events import (
    ClaimRepaid,
    DeficitPaid,
    Flagged,
    LineDrawn,
    LineRepaid,
    PoolLoss,
    ShortfallAdded,
    SliceTaken,
)

REVIEW, SLICE = Call(0, "review_account", (5,)), Call(0, "take_slice", (5, 6))
PERP = 513


@pytest.fixture(scope="module")
def scene() -> Scene:
    return scene_of(falling(1, 1), long_of(5), long_of(5, bond=5_000))


@pytest.fixture
def payments(scene: Scene) -> Payments:
    return Payments(scene.desk)


def _id(scene: Scene) -> int:
    return scene.portfolios[0].account_id


def _told(scene: Scene, *parts: int) -> DeficitPaid:
    """A deficit of 100, by what it was paid with."""
    return DeficitPaid(_id(scene), 100, *parts)


def test_a_deficit_is_added_by_who_paid(scene: Scene, payments: Payments) -> None:
    payments.watch(REVIEW, [_told(scene, 10, 20, 71, 0, 0, 0)])
    paid = payments.deficits
    assert (paid.wanted, paid.bonds, paid.lines, paid.insurance) == (100, 10, 20, 71)
    assert paid.total == 101
    assert payments.bankrupt == payments.owing == {_id(scene)}
    assert payments.recognised == 1


def test_what_winners_and_lenders_lose_is_added(scene: Scene, payments: Payments) -> None:
    one = _id(scene)
    events = [
        ShortfallAdded(PERP, one, 60, 60),
        PoolLoss(0, one, 40, 10**18),
        _told(scene, 0, 0, 0, 0, 60, 40),
    ]
    payments.watch(REVIEW, events)
    assert payments.shortfalls == {PERP: 60}
    assert payments.pool_losses == {0: 40}
    assert (payments.deficits.shortfall, payments.deficits.lenders) == (60, 40)


def test_what_a_bidder_is_paid_is_no_deficit(scene: Scene, payments: Payments) -> None:
    events = [_told(scene, 0, 0, 100, 0, 0, 0), SliceTaken(_id(scene), 6, 10**6, -100, 0, 0)]
    payments.watch(SLICE, events)
    assert payments.bidders.wanted == payments.bidders.insurance == 100
    assert payments.deficits.wanted == 0
    assert payments.bankrupt == set()
    assert payments.paid_for_slices == -100


def test_a_deficit_before_a_slice_is_one(scene: Scene, payments: Payments) -> None:
    events = [_told(scene, 0, 0, 101, 0, 0, 0), SliceTaken(_id(scene), 6, 10**5, 7, 3, 0)]
    payments.watch(SLICE, events)
    assert payments.deficits.insurance == 101
    assert (payments.slices, payments.fees, payments.fees_insurance) == (1, 3, 1)
    assert payments.sliced_accounts == {_id(scene)}


def test_payments_that_do_not_add_up_are_a_fault(scene: Scene, payments: Payments) -> None:
    payments.watch(REVIEW, [_told(scene, 0, 0, 0, 0, 0, 99)])
    assert any("99 paid of 100" in fault for fault in payments.faults)
    assert payments.faults[0].startswith("review_account at 0: LIQ-2")


def test_funds_that_pay_before_a_bond_are_a_fault(scene: Scene, payments: Payments) -> None:
    scene.desk.state.mark()
    bonded = scene.portfolios[1].account_id
    payments.watch(REVIEW, [DeficitPaid(bonded, 100, 0, 0, 101, 0, 0, 0)])
    assert any("of a bond of" in fault for fault in payments.faults)


def test_winners_that_pay_before_the_funds_are_a_fault(scene: Scene, payments: Payments) -> None:
    scene.desk.state.mark()
    payments.watch(
        REVIEW, [ShortfallAdded(PERP, _id(scene), 101, 101), _told(scene, 0, 0, 0, 0, 101, 0)]
    )
    assert any("of 513 the insurance fund paid 0" in fault for fault in payments.faults)
    assert any("of 513 the backstop paid 0" in fault for fault in payments.faults)


def test_a_slice_that_moves_nothing_is_a_fault(scene: Scene, payments: Payments) -> None:
    scene.desk.state.mark()
    payments.watch(SLICE, [SliceTaken(_id(scene), 6, 10**5, 0, 0, 0)])
    assert any("LIQ-1" in fault for fault in payments.faults)


def test_repayments_and_flags_are_counted(scene: Scene, payments: Payments) -> None:
    one = _id(scene)
    events = [
        Flagged(one, 1, 2, 3),
        LineDrawn(one, 9, 40, 40),
        LineRepaid(one, 9, 15, 25),
        ClaimRepaid(one, 7, 5),
    ]
    payments.watch(REVIEW, events)
    assert payments.flagged == {one}
    assert (payments.drawn_lines, payments.repaid_lines) == (40, 15)
    assert (payments.repaid_insurance, payments.repaid_backstop) == (7, 5)
    assert payments.owing == {one}
