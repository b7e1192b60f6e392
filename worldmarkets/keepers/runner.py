"""The loop that all keepers run in: rounds, failures, pauses, stopping."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timezone

from worldmarkets.clock import Clock
from worldmarkets.errors import WorldMarketsError
from worldmarkets.keepers.job import Action, Job, Leaver
from worldmarkets.keepers.meters import Meters
from worldmarkets.keepers.sending import Sending
from worldmarkets.model.errors import ContractError

Report = Callable[[str], None]
"""Takes a line of the log."""


@dataclass(frozen=True)
class Pace:
    """How long a keeper pauses [seconds]."""

    interval_seconds: float
    """From the beginning of a round to that of the next one."""
    first_backoff_seconds: float = 1.0
    """After a failure; twice as long after the next one in a row, and so on."""
    most_backoff_seconds: float = 60.0

    def backoff_seconds(self, failures: int) -> float:
        """Return the pause after so many failures in a row, at least one [seconds]."""
        doublings = min(failures - 1, 32)
        return min(self.first_backoff_seconds * (1 << doublings), self.most_backoff_seconds)


class Runner:
    """Runs a job round by round. Each round begins from what the chain says, whatever came before.

    A transaction that was sent is waited for before the runner stops.
    """

    def __init__(
        self,
        job: Job,
        sending: Sending | None,
        clock: Clock,
        pace: Pace,
        meters: Meters,
        report: Report,
    ) -> None:
        """Take all that it needs; without `sending` it only tells what it would send."""
        self._job = job
        self._sending = sending
        self._clock = clock
        self._pace = pace
        self._meters = meters
        self._report = report
        self._failures = 0

    def run(self, rounds: int | None = None) -> None:
        """Run for so many rounds, until the job has nothing more to do, or until told to stop."""
        left = rounds
        while not self._clock.stopping and left != 0:
            began = self._clock.now()
            pause = self._round(began)
            left = None if left is None else left - 1
            if pause is None or left == 0 or self._clock.wait(pause):
                break
        self._leave()
        self._log("stopped")

    def _round(self, began: float) -> float | None:
        """Do a round; return the pause after it, None to stop."""
        name = self._job.name
        self._meters.rounds.labels(name).inc()
        try:
            is_last = self._work()
        except WorldMarketsError as error:
            self._failures += 1
            pause = self._pace.backoff_seconds(self._failures)
            self._meters.failed.labels(name, _name_of(error)).inc()
            self._meters.backoff.labels(name).set(pause)
            self._log("failed", error=str(error), failures=self._failures, pause=pause)
            return pause
        self._failures = 0
        self._meters.backoff.labels(name).set(0)
        self._meters.last_success.labels(name).set(self._clock.unix())
        if is_last:
            return None
        return max(0.0, self._pace.interval_seconds - (self._clock.now() - began))

    def _work(self) -> bool:
        """Look, and do what is due; return whether that was all there ever is to do."""
        found = self._job.look()
        self._meters.lag.labels(self._job.name).set(found.lag_seconds)
        for note in found.notes:
            self._log("note", text=note)
        for action in found.actions:
            if self._clock.stopping:
                return True
            self._act(action)
        return found.is_last

    def _leave(self) -> None:
        """Do what the job wants done before it stops."""
        if not isinstance(self._job, Leaver):
            return
        try:
            for action in self._job.leave():
                self._act(action)
        except WorldMarketsError as error:
            self._meters.failed.labels(self._job.name, _name_of(error)).inc()
            self._log("failed", error=str(error))

    def _act(self, action: Action) -> None:
        if self._sending is None:
            self._log("would send", what=action.what)
            return
        if not action.is_due():
            self._spare(action)
            return
        try:
            receipt = self._sending.execute(action.request)
        except ContractError as error:
            if _name_of(error) not in action.harmless:
                raise
            self._spare(action)
            return
        self._meters.count_sent(self._job.name, receipt)
        self._log(
            "sent",
            what=action.what,
            told=action.tell(receipt),
            block=receipt.block,
            gas=receipt.gas_used,
            transaction=receipt.transaction_hash,
        )

    def _spare(self, action: Action) -> None:
        self._meters.spared.labels(self._job.name).inc()
        self._log("spared", what=action.what)

    def _log(self, event: str, **fields: object) -> None:
        """Write a line of `name=value` pairs, values with spaces quoted, empty ones left out."""
        time = datetime.fromtimestamp(self._clock.unix(), timezone.utc)
        pairs = {"time": time.isoformat(timespec="milliseconds"), "keeper": self._job.name}
        told = [*pairs.items(), ("event", event), *fields.items()]
        self._report(" ".join(f"{name}={_quoted(value)}" for name, value in told if value != ""))


def _name_of(error: WorldMarketsError) -> str:
    """Return the name of an error: of the contracts' own ones that in their ABI."""
    if isinstance(error, ContractError):
        return str(error).partition("(")[0]
    return type(error).__name__


def _quoted(value: object) -> str:
    text = str(value).replace('"', "'").replace("\n", " ")
    return f'"{text}"' if " " in text or "=" in text else text
