"""`world crash`: a real crash against generated portfolios, on the model and on a node."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import click
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)

from worldmarkets.artifacts import project_root
from worldmarkets.crash import picture, report
from worldmarkets.crash.catalogue import (
    ACCOUNTS_FILE,
    SOURCES,
    data_folder,
    read_prices,
    read_source,
)
from worldmarkets.crash.document import write_tables
from worldmarkets.crash.results import Result, save
from worldmarkets.crash.run import ADL, GENERATED, Choice, Ran, run
from worldmarkets.crash.tape import Tape
from worldmarkets.errors import WorldMarketsError

DAY = 1_440
SETS = ("conservative", "standard")
_File = click.Path(path_type=Path)


class NoCrashError(WorldMarketsError):
    """Neither a file of prices is named, nor all crashes are asked for."""


@click.command(name="crash")
@click.option("--prices", type=_File, help="Candle file of the crash.")
@click.option("--window", default="", help="Which window of it.")
@click.option("--pair", "pairs", multiple=True, help="Which pair of it; again for another asset.")
@click.option(
    "--crash",
    "names",
    type=click.Choice([one.name for one in SOURCES]),
    multiple=True,
    help="Crash beside the project instead.",
)
@click.option("--all", "everything", is_flag=True, help="All of these.")
@click.option("--data", type=_File, help="Where they are; without it, beside the project.")
@click.option(
    "--minutes", type=click.IntRange(2), default=DAY, show_default=True, help="The worst so many."
)
@click.option("--accounts", type=click.IntRange(1), default=1_000, show_default=True)
@click.option("--seed", type=int, default=7, show_default=True, help="Of all chance.")
@click.option("--set", "risk_set", type=click.Choice(SETS), default="standard", show_default=True)
@click.option(
    "--population", type=click.Choice((GENERATED, ADL)), default=GENERATED, show_default=True
)
@click.option(
    "--node-sample", "node_accounts", type=click.IntRange(0), default=0, help="So many on a node."
)
@click.option("--out", type=_File, help="Folder for JSON and pictures; without it, build/crash.")
@click.option("--document", type=_File, help="Document for the tables of all results there.")
def command(  # noqa: PLR0913, PLR0917 - each is an option
    prices: Path | None,
    window: str,
    pairs: tuple[str, ...],
    names: tuple[str, ...],
    everything: bool,
    data: Path | None,
    minutes: int,
    accounts: int,
    seed: int,
    risk_set: str,
    population: str,
    node_accounts: int,
    out: Path | None,
    document: Path | None,
) -> None:
    """Replay a real crash against portfolios, and tell who was liquidated and who paid.

    The portfolios are opened on the model of the exchange, and keepers, liquidators and plans act
    every few seconds of the crash. The same portfolios are then liquidated as whole accounts, and
    deleveraged, for comparison. Ends with status 1 if anything is not as it must be.
    """
    folder = data or data_folder()
    accounts_file = folder / ACCOUNTS_FILE
    choice = Choice(risk_set, population, accounts, seed, node_accounts, accounts_file)
    known = [one for one in SOURCES if everything or one.name in names]
    if known:
        tapes: Iterator[Tape] = (read_source(one, folder, minutes) for one in known)
    elif prices is not None:
        tapes = iter([read_prices(prices, pairs, window, minutes)])
    else:
        raise NoCrashError("name a candle file with --prices, or a crash, or take --all")
    results = out or project_root() / "build" / "crash"
    found = replay_all(tapes, choice, results, Console())
    if document is not None:
        write_tables(document, results, risk_set)
    sys.exit(1 if any(result.faults for result in found) else 0)


def replay_all(
    tapes: Iterator[Tape], choice: Choice, folder: Path, console: Console
) -> Sequence[Result]:
    """Replay crashes one after the other, and tell and keep what each has come to."""
    results = []
    for tape in tapes:
        with _progress(console) as progress:
            task = progress.add_task(tape.name, total=len(tape.minutes))
            ran = run(tape, choice, _Told(progress, task))
        report.show(ran.result, console)
        _keep(ran, folder)
        results.append(ran.result)
    return results


@dataclass(frozen=True)
class _Told:
    """Passes on to the screen how many minutes are done."""

    progress: Progress
    task: TaskID

    def __call__(self, done: int) -> None:
        self.progress.update(self.task, completed=done)


def _keep(ran: Ran, folder: Path) -> None:
    one = ran.result.setting
    name = f"{one.crash}-{one.risk_set}-{one.population}"
    save(ran.result, folder / f"{name}.json")
    title = f"{one.crash}, {one.accounts} portfolios, set {one.risk_set}"
    picture.draw(folder / f"{name}.svg", title, ran.tape, ran.samples)


def _progress(console: Console) -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    return Progress(
        *columns, TimeRemainingColumn(), console=console, disable=not console.is_terminal
    )
