"""What-if of bundles."""

import pytest

from tests.atlas.portfolios import EXACT_PRICE
from worldmarkets.atlas import (
    AssetRisk,
    Atoms,
    Borrow,
    GlobalRisk,
    Health,
    Leg,
    Orders,
    Portfolio,
    Withdrawal,
    health,
    what_if,
)
from worldmarkets.atlas.changes import Change, changed
from worldmarkets.atlas.errors import UncoveredChangeError, UnknownLegError

RISK = AssetRisk(1_000, 400, 100, 100, 100)
GLOBAL = GlobalRisk(500)


@pytest.fixture
def holder() -> Portfolio:
    return Portfolio(1_000, (Leg(1, RISK, EXACT_PRICE, 500, 30, 40), Leg(2, RISK, EXACT_PRICE)))


def test_what_if_trade_on_credit_gives_both_healths(holder: Portfolio) -> None:
    """Buys 9,000 of asset 2, 8,000 on credit: 10 % of 9,530, and half a percent of 70."""
    found = what_if(holder, GLOBAL, [Atoms(0, -9_000), Atoms(2, 9_000)])
    assert found.before == Health(1_500, 54, 41, 32)
    assert found.after == Health(1_500, 954, 779, 608)
    assert found.passes


def test_what_if_bundle_is_judged_at_its_end_only(holder: Portfolio) -> None:
    """The first change alone would fail, and so would the last."""
    changes: list[Change] = [Borrow(0, 2_000), Atoms(2, 2_500), Withdrawal(1, 500)]
    assert not what_if(holder, GLOBAL, changes[:1]).passes
    assert not what_if(holder, GLOBAL, [changes[0], changes[2]]).passes
    found = what_if(holder, GLOBAL, changes)
    assert found.after == health(changed(holder, changes), GLOBAL)
    assert (found.after.equity, found.passes) == (1_500, True)


def test_changed_orders_add_up_and_cancel(holder: Portfolio) -> None:
    leg = changed(holder, [Orders(1, bids=5, asks=-40), Orders(1, bids=-1)]).leg(1)
    assert (leg.open_bids, leg.open_asks) == (34, 0)


def test_changed_borrow_leaves_what_is_there_and_makes_debt(holder: Portfolio) -> None:
    after = changed(holder, [Borrow(2, 7), Borrow(0, 3)])
    assert (after.leg(2).balance, after.cash) == (-7, 997)


@pytest.mark.parametrize(
    ("change", "held"),
    [
        (Withdrawal(1, 501), 500),
        (Withdrawal(0, 1_001), 1_000),
        (Withdrawal(1, -1), 500),
        (Borrow(1, -1), 500),
        (Orders(1, bids=-31), 30),
        (Orders(1, asks=-41), 40),
    ],
)
def test_changed_more_than_is_there_is_refused(
    holder: Portfolio, change: Change, held: int
) -> None:
    with pytest.raises(UncoveredChangeError) as caught:
        changed(holder, [change])
    assert caught.value.held_atoms == held


def test_changed_asset_without_leg_is_refused(holder: Portfolio) -> None:
    for change in (Atoms(3, 1), Orders(3, 1), Borrow(3, 1), Withdrawal(3, 1)):
        with pytest.raises(UnknownLegError):
            changed(holder, [change])
