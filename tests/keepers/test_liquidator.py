"""The liquidator against an exchange that only seems to be there: whom it looks at, its duties."""

from dataclasses import replace

from eth_abi.abi import encode

from tests.keepers.liquidation_fakes import FakeView, arguments, job_of, told
from tests.keepers.test_liquidating import FOR_SALE, HEALTHY, LINE, NOW, at
from worldmarkets.keepers.liquidationjob import CANCELS, OVERLAP_BLOCKS, SNAPSHOT_SECONDS
from worldmarkets.model.events import LentSet

# ---------------------------------------------------------------------- following


def test_look_takes_a_snapshot_and_then_follows_the_logs() -> None:
    view = FakeView(HEALTHY)
    job = job_of(view, bidder=None)
    job.look()
    assert view.asked == ["snapshot", ("plans", list(range(1, 100)))]
    view.asked.clear()
    view.block = 1_100
    job.look()
    view.time += SNAPSHOT_SECONDS - 1
    view.block = 1_200
    job.look()
    assert [one for one in view.asked if one[0] == "events"] == [
        ("events", 1_001 - OVERLAP_BLOCKS, 1_100),
        ("events", 1_101 - OVERLAP_BLOCKS, 1_200),
    ]
    assert "snapshot" not in view.asked
    view.time += 1
    job.look()
    assert "snapshot" in view.asked


def test_look_begins_no_earlier_than_the_chain() -> None:
    view = FakeView()
    view.block = 2
    job = job_of(view, bidder=None)
    job.look()
    job.look()
    assert ("events", 0, 2) in view.asked


def test_look_hears_who_got_into_trouble() -> None:
    view = FakeView()
    job = job_of(view, bidder=None)
    assert job.look().actions == ()
    view.known[7] = at(599)
    assert job.look().actions == ()
    view.logged = [LentSet(7, 0, True, 5)]
    (action,) = job.look().actions
    assert action.what == "flag account 7"
    assert action.harmless == {"AlreadyFlagged", "AccountHealthy"}


def test_look_lags_by_the_oldest_auction_that_nobody_takes() -> None:
    assert job_of(FakeView(FOR_SALE), bidder=None).look().lag_seconds == 20
    early = replace(FOR_SALE, window_end=NOW + 1)
    assert job_of(FakeView(early), bidder=None).look().lag_seconds == 0


# ---------------------------------------------------------------------- duties


def test_look_draws_lines_of_whom_they_protect() -> None:
    view = FakeView(at(599, locked_atoms=300))
    view.known_lines[7] = (LINE,)
    (action,) = job_of(view).look().actions
    assert action.what == "draw line of account 9 for account 7"
    assert arguments(action.request, "drawLine") == (7, 9)


def test_look_frees_accounts_of_dead_orders_in_parts() -> None:
    view = FakeView(at(1_000, is_live=False))
    view.orders = list(range(CANCELS + 1))
    *cancels, review = job_of(view).look().actions
    ids = [arguments(one.request, "forceCancel") for one in cancels]
    assert ids == [(7, tuple(range(CANCELS))), (7, (CANCELS,))]
    assert arguments(review.request, "reviewAccount") == (7,)
    assert review.is_due()
    view.known[7] = HEALTHY
    assert not review.is_due()


def test_look_has_claims_repaid_if_there_is_something() -> None:
    view = FakeView(at(950, claim_atoms=70))
    view.answer = lambda _: encode(["uint256"], [49])
    assert told(view) == []
    view.answer = lambda _: encode(["uint256"], [50])
    (action,) = job_of(view).look().actions
    assert action.what == "repay claims account 7"
    view.answer = lambda _: encode(["uint256"], [0])
    assert not action.is_due()
