"""From the options of a command to a running job: for keepers, and whatever else runs in rounds."""

import signal
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from types import FrameType
from typing import Any, TypeVar

import click
from eth_utils.exceptions import ValidationError

from worldmarkets.client import Client
from worldmarkets.clock import Clock, SystemClock
from worldmarkets.deployment import load_deployment, manifest_path
from worldmarkets.deployment.manifest import LOCAL_NETWORK
from worldmarkets.errors import WorldMarketsError
from worldmarkets.keepers.job import Job
from worldmarkets.keepers.meters import Meters
from worldmarkets.keepers.runner import Pace, Runner
from worldmarkets.keepers.sending import KeySending
from worldmarkets.node import CHAIN_ID
from worldmarkets.node.accounts import dev_accounts
from worldmarkets.rpc import Rpc, number
from worldmarkets.transactions import FeeRules, KeySigner, Signer, SteadySender

F = TypeVar("F", bound=Callable[..., Any])

MakeJob = Callable[[Client, Clock], Job]
"""Makes the job of a command."""

_GWEI = 10**9


class NoKeyError(WorldMarketsError):
    """No key is given where one is needed, or it can not be read."""


class WrongChainError(WorldMarketsError):
    """A node is one of another chain than the deployment's."""

    def __init__(self, found: int, wanted: int) -> None:
        super().__init__(f"the node is one of chain {found}, the exchange is on {wanted}")


@dataclass(frozen=True)
class Connected:
    """A node and a key that are given already, by whoever calls the command."""

    url: str
    signer: Signer
    network: str


@dataclass(frozen=True)
class Settings:
    """What all commands have in common; the options say what each is."""

    rpc: str
    deployment: Path | None
    key: str | None
    key_file: Path | None
    dev_key: int | None
    dry_run: bool
    interval: float
    rounds: int | None
    metrics: int | None
    max_fee_gwei: float
    connected: Connected | None = None

    @property
    def path(self) -> Path:
        """File of the deployment."""
        network = LOCAL_NETWORK if self.connected is None else self.connected.network
        return self.deployment or manifest_path(network)

    def signer(self) -> Signer | None:
        """Return who signs, None without a key.

        Raises:
            NoKeyError: the key can not be read.
        """
        if self.connected is not None:
            return self.connected.signer
        if self.dev_key is not None:
            return KeySigner(dev_accounts(self.dev_key + 1)[self.dev_key].private_key)
        if self.key_file is not None:
            return KeySigner(read_key(self.key_file))
        return KeySigner(_checked_key(self.key, "WORLD_KEY")) if self.key else None


def read_key(path: Path) -> str:
    """Return the private key in a file, in hex.

    Raises:
        NoKeyError: there is none.
    """
    try:
        key = path.read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        raise NoKeyError(f"can not read {path}") from error
    return _checked_key(key, str(path))


def _checked_key(key: str, place: str) -> str:
    """Return a key that is one; an error does not show it."""
    try:
        KeySigner(key)
    except (ValueError, ValidationError):
        raise NoKeyError(f"{place} holds no private key in hex") from None
    return key


def _common(interval: float) -> tuple[Callable[[F], F], ...]:
    """Return the options that all commands have."""
    return (
        click.option("--rpc", default="http://127.0.0.1:8545", help="Address of the node."),
        click.option(
            "--deployment",
            type=click.Path(dir_okay=False, path_type=Path),
            help="File of the deployment; by default that of the network, or of the local node.",
        ),
        click.option("--key", envvar="WORLD_KEY", hidden=True),
        click.option(
            "--key-file",
            type=click.Path(dir_okay=False, path_type=Path),
            help="File with the private key in hex; else it is in WORLD_KEY.",
        ),
        click.option("--dev-key", type=click.IntRange(0), help="Key of the local node, by number."),
        click.option("--dry-run", is_flag=True, help="Only tell what would be sent."),
        click.option(
            "--interval", type=click.FloatRange(0, min_open=True), default=interval,
            show_default=True, help="Seconds from one round to the next.",
        ),
        click.option("--rounds", type=click.IntRange(1), help="Stop after so many rounds."),
        click.option("--metrics", type=click.IntRange(0), metavar="PORT",
                     help="Serve Prometheus metrics there, on the loopback interface."),
        click.option("--max-fee-gwei", type=click.FloatRange(0, min_open=True), default=1.0,
                     show_default=True, help="Most to pay for gas."),
    )  # fmt: skip


def options(interval: float) -> Callable[[F], F]:
    """Add the common options to a command, which takes them as its first argument, `Settings`."""

    def decorate(command: F) -> F:
        @click.pass_context
        @wraps(command)
        def taking_settings(context: click.Context, /, **given: Any) -> Any:
            names = Settings.__dataclass_fields__.keys() - {"connected"}
            taken = {name: given.pop(name) for name in names}
            connected = context.find_object(Connected)
            return command(Settings(**taken, connected=connected), **given)

        decorated: Any = taking_settings
        for option in reversed(_common(interval)):
            decorated = option(decorated)
        return decorated  # type: ignore[no-any-return]

    return decorate


def run(settings: Settings, make: MakeJob, clock: SystemClock | None = None) -> None:
    """Run a job until it has no more to do or the process is told to stop (SIGINT, SIGTERM).

    Raises:
        NoKeyError: there is no key, and it is not to be a dry run.
        WrongChainError: the node is one of another chain.
    """
    clock = clock or SystemClock()
    meters = Meters()
    runner = runner_of(settings, make, clock, meters)
    if settings.metrics is not None:
        click.echo(f"metrics http://127.0.0.1:{meters.serve(settings.metrics)}/metrics")

    def end(_signal: int, _frame: FrameType | None) -> None:
        clock.stop()

    before = {known: signal.signal(known, end) for known in (signal.SIGINT, signal.SIGTERM)}
    try:
        runner.run(settings.rounds)
    finally:
        for known, handler in before.items():
            signal.signal(known, handler)


def runner_of(settings: Settings, make: MakeJob, clock: Clock, meters: Meters) -> Runner:
    """Return what runs a job; raises what `run` raises."""
    connected = settings.connected
    rpc = Rpc(settings.rpc if connected is None else connected.url)
    deployment = load_deployment(settings.path)
    signer = settings.signer()
    found = number(rpc.call("eth_chainId"))
    if found != deployment.chain_id or (settings.dev_key is not None and found != CHAIN_ID):
        raise WrongChainError(found, deployment.chain_id)
    if signer is None and not settings.dry_run:
        raise NoKeyError("no key: --key-file FILE, WORLD_KEY, or --dry-run")
    sending = None
    if signer is not None and not settings.dry_run:
        rules = FeeRules(most_wei=int(settings.max_fee_gwei * _GWEI))
        sending = KeySending(SteadySender(rpc, signer, clock, deployment.chain_id, rules))
    job = make(Client(rpc, deployment, signer), clock)
    return Runner(job, sending, clock, Pace(settings.interval), meters, click.echo)
