"""The time, for what runs until it is told to stop: given to it, so that tests can give another."""

import threading
import time
from typing import Protocol


class Clock(Protocol):
    """Tells the time and waits."""

    @property
    def stopping(self) -> bool:
        """Whether whoever runs by this clock is to stop."""

    def now(self) -> float:
        """Return a time that never goes back [seconds]."""

    def unix(self) -> float:
        """Return the time of day [seconds since 1970]."""

    def sleep(self, seconds: float) -> None:
        """Wait for so long, whatever happens."""

    def wait(self, seconds: float) -> bool:
        """Wait for so long or until it is time to stop; return whether it is."""


class SystemClock:
    """The computer's clock. `stop` may be called from a signal handler or another thread."""

    def __init__(self) -> None:
        self._stopped = threading.Event()

    @property
    def stopping(self) -> bool:
        """Whether `stop` was called."""
        return self._stopped.is_set()

    def now(self) -> float:
        """Return a time that never goes back [seconds]."""
        return time.monotonic()

    def unix(self) -> float:
        """Return the time of day [seconds since 1970]."""
        return time.time()

    def sleep(self, seconds: float) -> None:
        """Wait for so long, whatever happens."""
        time.sleep(seconds)

    def wait(self, seconds: float) -> bool:
        """Wait for so long or until `stop` is called; return whether it was."""
        return self._stopped.wait(seconds)

    def stop(self) -> None:
        """Let whoever waits, or would, go on and stop."""
        self._stopped.set()
