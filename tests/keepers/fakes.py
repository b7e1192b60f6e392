"""A clock that only passes when waited for, a node that is told what to answer, and the like."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from worldmarkets.keepers import Action, Meters, Pace, Round, Runner
from worldmarkets.keepers.sources import SourcePrice
from worldmarkets.transactions import Receipt, Request

REQUEST = Request("0x" + "0a" * 20, b"\1")


class FakeClock:
    """Begins at 1,000 seconds, which are 5,000 of the time of day."""

    def __init__(self, stop_at: float | None = None) -> None:
        self.time = 1_000.0
        self.pauses: list[float] = []
        self.stopped = False
        self._stop_at = stop_at

    @property
    def stopping(self) -> bool:
        return self.stopped or (self._stop_at is not None and self.time >= self._stop_at)

    def now(self) -> float:
        return self.time

    def unix(self) -> float:
        return self.time + 4_000

    def sleep(self, seconds: float) -> None:
        self.time += seconds

    def wait(self, seconds: float) -> bool:
        self.pauses.append(seconds)
        self.time += seconds
        return self.stopping


def receipt(number: int = 1, gas: int = 50_000, price_wei: int = 3) -> Receipt:
    return Receipt(f"0x{number:064x}", 100 + number, True, gas, price_wei, None, ())


class FakeSending:
    """Takes down what is sent; fails as it is told, an outcome a request."""

    def __init__(self, outcomes: Iterable[Exception | None] = ()) -> None:
        self.sent: list[Request] = []
        self._outcomes = iter(outcomes)

    def execute(self, request: Request) -> Receipt:
        outcome = next(self._outcomes, None)
        if outcome is not None:
            raise outcome
        self.sent.append(request)
        return receipt(len(self.sent))


class FakeJob:
    """Finds what it is told, a round after the other, and then nothing."""

    name = "fake"

    def __init__(self, rounds: Iterable[Round | Exception] = ()) -> None:
        self.looks = 0
        self._rounds = iter(rounds)

    def look(self) -> Round:
        self.looks += 1
        found = next(self._rounds, Round())
        if isinstance(found, Exception):
            raise found
        return found


class Harness:
    """A runner with everything around it fake."""

    def __init__(
        self,
        job: Any,
        sending: FakeSending | None = None,
        clock: FakeClock | None = None,
        interval: float = 10,
    ) -> None:
        self.clock = clock or FakeClock()
        self.sending = sending
        self.meters = Meters()
        self.lines: list[str] = []
        pace = Pace(interval, first_backoff_seconds=1, most_backoff_seconds=6)
        self.runner = Runner(job, sending, self.clock, pace, self.meters, self.lines.append)

    def run(self, rounds: int | None = None) -> "Harness":
        self.runner.run(rounds)
        return self

    def events(self) -> list[str]:
        """The logged events, without time and name of the keeper."""
        return [line.split("event=", 1)[1] for line in self.lines]

    def value(self, name: str, **labels: str) -> float:
        return self.meters.value(name, keeper="fake", **labels)


def action(what: str = "do", **options: Any) -> Action:
    return Action(what, REQUEST, **options)


class FakeRpc:
    """A node of one method a function; takes down what was asked."""

    url = "fake"

    def __init__(self, methods: Mapping[str, Callable[..., Any]]) -> None:
        self.asked: list[tuple[str, Sequence[Any]]] = []
        self.methods = dict(methods)

    def call(self, method: str, *params: Any) -> Any:
        self.asked.append((method, params))
        return self.methods[method](*params)


class FakeSource:
    """Prices that a test sets."""

    def __init__(self, **prices: SourcePrice | Decimal | int) -> None:
        self.is_over = False
        self.known = {name: _price(price) for name, price in prices.items()}

    def set(self, symbol: str, price: int | str) -> None:
        self.known[symbol] = SourcePrice(Decimal(price))

    def prices(self, symbols: Iterable[str]) -> Mapping[str, SourcePrice]:
        return {symbol: self.known[symbol] for symbol in symbols if symbol in self.known}


def _price(price: SourcePrice | Decimal | int) -> SourcePrice:
    return price if isinstance(price, SourcePrice) else SourcePrice(Decimal(price))
