"""`world strategy`: the basis trade and the market maker."""

from pathlib import Path

import click

from worldmarkets.client import Client
from worldmarkets.clock import Clock
from worldmarkets.keepers.job import Job
from worldmarkets.keepers.running import Settings, options, run
from worldmarkets.trading.basis import BasisJob
from worldmarkets.trading.files import BasisFile, MakerFile, read_file
from worldmarkets.trading.maker import MakerJob, MakerReader

_FILE = click.argument("file", type=click.Path(dir_okay=False, path_type=Path))


@click.group(name="strategy")
def command() -> None:
    """Run a strategy with the key of an account's owner or operator.

    One decision a round, until Ctrl-C, SIGTERM or --rounds; with --dry-run it only tells what it
    would send.
    """


@command.command()
@options(interval=10.0)
@_FILE
def basis(settings: Settings, file: Path) -> None:
    """Run the basis trade of the settings in FILE (TOML)."""
    wanted = read_file(file, BasisFile)

    def make(client: Client, _clock: Clock) -> Job:
        return BasisJob(client, wanted.account, wanted.base, wanted.basis)

    run(settings, make)


@command.command()
@options(interval=1.0)
@_FILE
def maker(settings: Settings, file: Path) -> None:
    """Run the market maker of the settings in FILE (TOML)."""
    wanted = read_file(file, MakerFile)

    def make(client: Client, _clock: Clock) -> Job:
        markets = (wanted.quoted, wanted.hedge, wanted.target)
        reader = MakerReader(client, wanted.account, *markets)
        return MakerJob(client, wanted.account, reader, wanted.maker)

    run(settings, make)
