"""Rounds, failures, pauses and stopping."""

from collections.abc import Sequence

import pytest

from tests.keepers.fakes import FakeClock, FakeJob, FakeSending, Harness, action, receipt
from worldmarkets.errors import WorldMarketsError
from worldmarkets.keepers import Action, Pace, Round
from worldmarkets.model.errors import NotAccountOwner, UnknownAccount
from worldmarkets.rpc import RpcUnavailableError
from worldmarkets.transactions import FeeSpikeError

LOST = RpcUnavailableError("fake", "gone")


def test_run_sends_what_is_due_in_order_and_measures_it() -> None:
    two = Round((action("first"), action("second", tell=lambda got: f"in {got.block}")), 7)
    harness = Harness(FakeJob([two]), FakeSending()).run(rounds=2)
    assert harness.events() == [
        f"sent what=first block=101 gas=50000 transaction={receipt(1).transaction_hash}",
        'sent what=second told="in 102" block=102 gas=50000 transaction='
        + receipt(2).transaction_hash,
        "stopped",
    ]
    assert harness.lines[0].startswith("time=1970-01-01T01:23:20.000+00:00 keeper=fake event=sent")
    assert harness.value("rounds_total") == 2
    assert harness.value("sent_total") == 2
    assert (harness.value("gas_total"), harness.value("fees_wei_total")) == (100_000, 300_000)
    assert harness.value("last_success_seconds") == 5_010
    assert harness.value("lag_seconds") == 0
    assert harness.clock.pauses == [10]


def test_run_lag_is_that_of_the_last_look() -> None:
    assert Harness(FakeJob([Round(lag_seconds=7)]), FakeSending()).run(1).value("lag_seconds") == 7


def test_run_dry_tells_what_it_would_send() -> None:
    harness = Harness(FakeJob([Round((action("pay all"),), notes=("mind",))])).run(rounds=1)
    assert harness.events() == ["note text=mind", '"would send" what="pay all"', "stopped"]
    assert harness.value("sent_total") == 0


def test_run_interval_counts_from_the_beginning_of_a_round() -> None:
    class Slow(FakeJob):
        def look(self) -> Round:
            clock.sleep(4)
            return super().look()

    clock = FakeClock()
    Harness(Slow(), FakeSending(), clock).run(rounds=2)
    assert clock.pauses == [6]
    late = FakeClock()
    job = FakeJob()
    job.look = lambda: late.sleep(25) or Round()  # type: ignore[func-returns-value]
    Harness(job, FakeSending(), late).run(rounds=2)
    assert late.pauses == [0]


def test_run_failures_back_off_and_recover() -> None:
    job = FakeJob([LOST, LOST, LOST, LOST, Round(), LOST])
    harness = Harness(job, FakeSending()).run(rounds=7)
    assert harness.clock.pauses == [1, 2, 4, 6, 10, 1]
    assert harness.value("failed_total", error="RpcUnavailableError") == 5
    assert harness.value("backoff_seconds") == 0
    assert harness.value("last_success_seconds") == 5_024
    assert harness.events()[0] == (
        'failed error="no answer from the node at fake: gone" failures=1 pause=1'
    )


def test_run_failure_measures_its_pause_and_no_success() -> None:
    harness = Harness(FakeJob([LOST, LOST]), FakeSending()).run(rounds=2)
    assert harness.value("backoff_seconds") == 2
    assert harness.value("last_success_seconds") == 0


def test_backoff_of_many_failures_is_the_most() -> None:
    pace = Pace(1, first_backoff_seconds=0.5, most_backoff_seconds=60)
    assert [pace.backoff_seconds(count) for count in (1, 2, 7, 8, 10_000)] == [0.5, 1, 32, 60, 60]


def test_run_failed_action_leaves_out_the_others_and_looks_again() -> None:
    steps = Round((action("post"), action("poke")))
    sending = FakeSending([None, FeeSpikeError(9, 5)])
    harness = Harness(FakeJob([steps, Round((action("poke"),))]), sending).run(rounds=2)
    assert len(sending.sent) == 2
    assert [line.split(" block")[0] for line in harness.events()] == [
        "sent what=post",
        'failed error="the base fee is 9 wei, the most to be paid 5" failures=1 pause=1',
        "sent what=poke",
        "stopped",
    ]


def test_run_error_that_somebody_else_caused_is_no_failure() -> None:
    harmless = frozenset({"NotAccountOwner"})
    steps = Round((action("one", harmless=harmless), action("two")))
    sending = FakeSending([NotAccountOwner(7, 8)])
    harness = Harness(FakeJob([steps]), sending).run(rounds=1)
    assert harness.value("spared_total") == 1
    assert harness.value("sent_total") == 1
    assert harness.value("failed_total", error="NotAccountOwner") == 0


def test_run_other_error_of_the_contracts_is_a_failure() -> None:
    steps = Round((action(harmless=frozenset({"NotAccountOwner"})),))
    harness = Harness(FakeJob([steps]), FakeSending([UnknownAccount(7)])).run(rounds=1)
    assert harness.value("failed_total", error="UnknownAccount") == 1
    assert harness.value("spared_total") == 0


def test_run_action_that_is_done_is_not_sent() -> None:
    sending = FakeSending()
    harness = Harness(FakeJob([Round((action(is_due=lambda: False),))]), sending).run(rounds=1)
    assert sending.sent == []
    assert harness.events() == ["spared what=do", "stopped"]


def test_run_ends_with_the_last_round_of_the_job() -> None:
    job = FakeJob([Round(), Round((action(),), is_last=True), Round((action(),))])
    sending = FakeSending()
    Harness(job, sending).run()
    assert (job.looks, len(sending.sent)) == (2, 1)


def test_run_stops_after_the_transaction_under_way() -> None:
    clock = FakeClock()

    class Stopping(FakeSending):
        def execute(self, request):  # type: ignore[no-untyped-def]
            clock.stopped = True
            return super().execute(request)

    sending = Stopping()
    job = FakeJob([Round((action("one"), action("two")))] * 3)
    harness = Harness(job, sending, clock).run()
    assert (job.looks, len(sending.sent)) == (1, 1)
    assert harness.events()[-1] == "stopped"


def test_run_stops_while_it_waits() -> None:
    job = FakeJob()
    Harness(job, FakeSending(), FakeClock(stop_at=1_025)).run()
    assert job.looks == 3


def test_run_error_that_is_none_of_ours_is_not_hidden() -> None:
    with pytest.raises(ZeroDivisionError):
        Harness(FakeJob([ZeroDivisionError()]), FakeSending()).run()


class LeavingJob(FakeJob):
    def __init__(self, found: Sequence[Action] | Exception) -> None:
        super().__init__()
        self._left = found

    def leave(self) -> tuple[Action, ...]:
        if isinstance(self._left, Exception):
            raise self._left
        return tuple(self._left)


def test_run_job_that_leaves_sends_it_when_it_stops() -> None:
    sending = FakeSending()
    clock = FakeClock(stop_at=1_010)
    Harness(LeavingJob([action("cancel all")]), sending, clock).run()
    assert len(sending.sent) == 1


def test_run_leaving_that_fails_is_told() -> None:
    harness = Harness(LeavingJob(WorldMarketsError("gone")), FakeSending()).run(rounds=1)
    assert harness.events() == ["failed error=gone", "stopped"]
