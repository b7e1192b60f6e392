"""Starting and ending Anvil processes."""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from worldmarkets.artifacts import project_root
from worldmarkets.errors import WorldMarketsError

START_SECONDS = 30
"""Longest wait for a process to listen."""

_LISTENING = re.compile(r"Listening on [0-9.]+:(\d+)")

# A watcher beside the process ends it when this program's end of the pipe closes, however this
# program ended. Both are in one process group, so its id cannot be given to another process.
_WATCHED = 'exec 3<&0; { read -r _ <&3; kill -9 $$; } & exec "$@" </dev/null 3<&-'


class AnvilNotFoundError(WorldMarketsError):
    """Anvil is not installed."""

    def __init__(self) -> None:
        super().__init__("anvil was not found in node_modules/.bin or on PATH: run `make setup`")


class NodeStartError(WorldMarketsError):
    """A node did not start."""


def find_anvil() -> Path:
    """Return the path of Anvil: the project's own, else the one on PATH.

    Raises:
        AnvilNotFoundError: there is none.
    """
    own = project_root() / "node_modules" / ".bin" / "anvil"
    if own.exists():
        return own
    found = shutil.which("anvil")
    if found is None:
        raise AnvilNotFoundError
    return Path(found)


class AnvilProcess:
    """One running Anvil, which ends with this object's `stop` or with this program."""

    def __init__(self, arguments: Sequence[str], port: int = 0) -> None:
        """Start Anvil and wait until it listens.

        Args:
            arguments: Command line after the port.
            port: TCP port on the loopback interface; 0 takes a free one.

        Raises:
            AnvilNotFoundError: Anvil is not installed.
            NodeStartError: it ended, or did not listen in time.
        """
        command = [str(find_anvil()), "--host", "127.0.0.1", "--port", str(port), *arguments]
        # Unlinked at once, so nothing is left whatever happens; read through the descriptor.
        self._output = tempfile.TemporaryFile()  # noqa: SIM115
        self._process = subprocess.Popen(
            ["/bin/sh", "-c", _WATCHED, "sh", *command],
            stdin=subprocess.PIPE,
            stdout=self._output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            self.port = self._wait_until_listening()
        except BaseException:
            self.stop()
            raise

    @property
    def url(self) -> str:
        """Address of the JSON-RPC endpoint."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def process_id(self) -> int:
        """Id of the Anvil process, and of its process group."""
        return self._process.pid

    @property
    def is_running(self) -> bool:
        """Whether the process lives."""
        return self._process.poll() is None

    def stop(self) -> None:
        """End the process; it has nothing to save. Does nothing the second time."""
        if self._output.closed:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._output.close()

    def _wait_until_listening(self) -> int:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            found = _LISTENING.search(self._read_output())
            if found:
                return int(found.group(1))
            if not self.is_running:
                raise NodeStartError(f"anvil ended at its start: {_last_line(self._read_output())}")
            time.sleep(0.01)
        raise NodeStartError(f"anvil did not listen within {START_SECONDS} s")

    def _read_output(self) -> str:
        size = os.fstat(self._output.fileno()).st_size
        return os.pread(self._output.fileno(), size, 0).decode(errors="replace")


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "it printed nothing"
