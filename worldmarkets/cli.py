"""The command `world`: a thin cover of the package."""

import importlib
import signal
import sys
import threading
from types import FrameType

import click

from worldmarkets.errors import WorldMarketsError

_COMMANDS = {
    "bench": ("worldmarkets.bench.command", "Measure gas and throughput."),
    "calibrate": ("worldmarkets.calibration.command", "Test risk parameters against real prices."),
    "crash": ("worldmarkets.crash.command", "Replay a real crash against portfolios."),
    "demo": ("worldmarkets.demo.command", "Run the exchange on a local node with traders."),
    "keeper": (
        "worldmarkets.keepers.command",
        "Bring prices, let funding run, settle perps, liquidate.",
    ),
    "replay": ("worldmarkets.replay.command", "Replay an order-by-order file on a local node."),
    "strategy": ("worldmarkets.trading.command", "Run a strategy: basis trade or market maker."),
}
"""Module that holds each command as `command`, and its short help."""


class _Group(click.Group):
    """Loads a command's module when the command is used, so that the others start fast."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *_COMMANDS})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return super().get_command(ctx, cmd_name)
        module, short_help = _COMMANDS[cmd_name]
        if ctx.resilient_parsing:
            return click.Command(cmd_name, short_help=short_help)
        command = importlib.import_module(module).command
        if not isinstance(command, click.Command):
            raise TypeError(f"{module}.command is no click command")
        return command

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without loading their modules."""
        own = {name: command.get_short_help_str() for name, command in self.commands.items()}
        rows = sorted({**own, **{name: text for name, (_, text) in _COMMANDS.items()}}.items())
        with formatter.section("Commands"):
            formatter.write_dl(rows)


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
def world() -> None:
    """Run, measure and keep the World Markets exchange."""


@world.command()
@click.option("--port", default=8545, show_default=True, help="TCP port on the loopback interface.")
@click.option(
    "--block-time",
    type=click.FloatRange(min=0, min_open=True),
    help="Seconds between blocks; without it each transaction gets its own block at once.",
)
@click.option("--deploy/--no-deploy", default=True, show_default=True, help="Deploy the exchange.")
def node(port: int, block_time: float | None, deploy: bool) -> None:
    """Run a local chain that behaves like MegaETH, until Ctrl-C."""
    from worldmarkets.node.foreground import run_node  # noqa: PLC0415 - only this command needs it

    ended = threading.Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        ended.set()

    for known in (signal.SIGINT, signal.SIGTERM):
        signal.signal(known, end)
    run_node(port, block_time, deploy, ended.wait, click.echo)


def main() -> None:
    """Run the command line; an error of the package is told in one line, with exit status 1."""
    try:
        world(prog_name="world")
    except WorldMarketsError as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(1)
