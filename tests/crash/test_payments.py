"""Sums of who paid, and what of them is a fault."""

import pytest

from tests.crash.setting import falling, long_of, scene_of
from worldmarkets.crash.payments import MOST_ROUNDING, Payments
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


def test_a_deficit_is_added_by_who_paid(scene: Scene, payments: Payments) -> None:
    one = _id(scene)
    payments.watch(REVIEW, [DeficitPaid(one, 100, 10, 20, 71, 0, 0, 0)])
    paid = payments.deficits
    assert (paid.wanted, paid.bonds, paid.lines, paid.insurance) == (100, 10, 20, 71)
    assert paid.total == 101
    assert payments.bankrupt == payments.owing == {one}
    assert payments.faults == []


@pytest.mark.parametrize("insurance", [69, 71 + MOST_ROUNDING])
def test_payments_that_do_not_add_up_are_a_fault(
    scene: Scene, payments: Payments, insurance: int
) -> None:
    payments.watch(REVIEW, [DeficitPaid(_id(scene), 100, 10, 20, insurance, 0, 0, 0)])
    assert len(payments.faults) == 1
    assert "paid for 100" in payments.faults[0]


def test_funds_that_pay_before_a_bond_are_a_fault(scene: Scene, payments: Payments) -> None:
    bonded = scene.portfolios[1].account_id
    payments.watch(REVIEW, [DeficitPaid(bonded, 100, 0, 0, 100, 0, 0, 0)])
    assert len(payments.faults) == 1
    assert "locked" in payments.faults[0]


def test_winners_that_pay_before_the_funds_are_a_fault(scene: Scene, payments: Payments) -> None:
    events = [
        ShortfallAdded(PERP, _id(scene), 100, 100),
        DeficitPaid(_id(scene), 100, *[0] * 4, 100, 0),
    ]
    payments.watch(REVIEW, events)
    assert payments.shortfalls == {PERP: 100}
    assert [fault.rpartition(" the ")[2] for fault in payments.faults] == [
        "insurance fund could",
        "backstop could",
    ]


def test_lenders_that_pay_before_the_funds_are_a_fault(scene: Scene, payments: Payments) -> None:
    events = [PoolLoss(0, _id(scene), 100, 10**18), DeficitPaid(_id(scene), 100, *[0] * 5, 100)]
    payments.watch(REVIEW, events)
    assert payments.pool_losses == {0: 100}
    assert len(payments.faults) == 2


def test_what_a_bidder_is_paid_is_no_deficit(scene: Scene, payments: Payments) -> None:
    one = _id(scene)
    events = [DeficitPaid(one, 50, 0, 0, 50, 0, 0, 0), SliceTaken(one, 6, 10**6, -50, 0, 0)]
    payments.watch(SLICE, events)
    assert payments.bidders.wanted == payments.bidders.insurance == 50
    assert payments.deficits.wanted == 0
    assert payments.bankrupt == set()
    assert payments.paid_for_slices == -50


def test_a_deficit_before_a_paid_slice_is_one(scene: Scene, payments: Payments) -> None:
    one = _id(scene)
    events = [DeficitPaid(one, 50, 0, 0, 50, 0, 0, 0), SliceTaken(one, 6, 10**5, 7, 3, 0)]
    payments.watch(SLICE, events)
    assert payments.deficits.insurance == 50
    assert (payments.slices, payments.fees, payments.fees_insurance) == (1, 3, 1)
    assert payments.sliced_accounts == {one}


def test_a_bidder_whom_nobody_can_pay_is_no_fault(scene: Scene, payments: Payments) -> None:
    one = _id(scene)
    payments.watch(SLICE, [DeficitPaid(one, 50, *[0] * 6), SliceTaken(one, 6, 10**6, 0, 0, 0)])
    assert (payments.bidders.wanted, payments.bidders.total) == (50, 0)
    assert payments.faults == []


def test_a_deficit_before_a_slice_for_nothing_is_one(scene: Scene, payments: Payments) -> None:
    one = _id(scene)
    paid = DeficitPaid(one, 50, 0, 0, 50, 0, 0, 0)
    payments.watch(SLICE, [paid, SliceTaken(one, 6, 10**6, 0, 0, 0)])
    assert payments.deficits.insurance == 50
    assert payments.bidders.wanted == 0


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
