"""The command line of the measurements: `world bench`, `make bench ARGS=…`."""

import sys
from decimal import Decimal

import click
from rich.console import Console

from worldmarkets.bench import liquidation, perps
from worldmarkets.bench.bounds import (
    FRESH_SHARE,
    bounds_path,
    find_excesses,
    read_bounds,
)
from worldmarkets.bench.costs import Breakdown
from worldmarkets.bench.depth import measure_depths
from worldmarkets.bench.operations import OPERATIONS
from worldmarkets.bench.orderflow import flow_path
from worldmarkets.bench.record import recorded_path, results_path, write_results
from worldmarkets.bench.report import (
    breakdown_table,
    depth_table,
    results_table,
    savings_table,
    speed_table,
)
from worldmarkets.bench.results import measure_all, with_derived
from worldmarkets.bench.stage import PERP
from worldmarkets.bench.throughput import measure_throughput
from worldmarkets.bench.variants import VARIANTS, break_down_all

PAGE_WIDTH = 140
"""Width of what is written to a file or a pipe [characters]."""


@click.command("bench")
@click.option("--record", is_flag=True, help="Keep the results in benchmarks/gas.json.")
@click.option("--breakdown", is_flag=True, help="Show on what the gas goes.")
@click.option("--variants", is_flag=True, help="Show costlier forms of some operations.")
@click.option("--depth", is_flag=True, help="Compare placing with 10 to 100,000 resting orders.")
@click.option("--throughput", is_flag=True, help="Count orders a second from 20 clients.")
def command(record: bool, breakdown: bool, variants: bool, depth: bool, throughput: bool) -> None:
    """Measure the gas of every operation, and more on demand.

    Results go to build/bench/gas.json. The exit status is 1 if a bound is exceeded.
    """
    console = _console()
    bounds = read_bounds(bounds_path())
    with console.status("starting a node") as status:
        results = measure_all(lambda name: status.update(f"measuring {name}"))
    write_results(results_path(), results)
    shown = with_derived(results)
    console.print(results_table(shown, bounds))
    console.print(savings_table(results))
    problems = find_excesses(bounds, shown)
    if FRESH_SHARE not in results:
        console.print(f"{FRESH_SHARE} was not measured: there is no {flow_path()}")
    if record:
        _record(console, results)
    if breakdown:
        console.print(breakdown_table("On what the gas goes", _break_down_everything()))
    if variants:
        console.print(breakdown_table("Costlier forms", break_down_all(VARIANTS)))
    if depth:
        problems += _show_depths(console)
    if throughput:
        _show_throughput(console)
    for problem in problems:
        print(f"error: {problem}", file=sys.stderr)
    sys.exit(1 if problems else 0)


def _console() -> Console:
    """Return the terminal, or a page wide enough for the tables where there is none."""
    console = Console()
    return console if console.is_terminal else Console(width=PAGE_WIDTH)


def _break_down_everything() -> dict[str, Breakdown]:
    of_perps = {**perps.OPERATIONS, **liquidation.OPERATIONS}
    return break_down_all(OPERATIONS) | break_down_all(of_perps, PERP)


def _show_depths(console: Console) -> list[str]:
    """Print what a place costs by depth, and return what is wrong with it."""
    with console.status("") as status:
        costs = measure_depths(status.update)
    console.print(depth_table(costs))
    return costs.problems


def _show_throughput(console: Console) -> None:
    with console.status("") as status:
        speeds = measure_throughput(status.update)
    console.print(speed_table(speeds))


def _record(console: Console, results: dict[str, Decimal]) -> None:
    """Keep the results as those that later ones are compared with."""
    if FRESH_SHARE not in results:
        raise click.ClickException(f"only complete results are recorded: {FRESH_SHARE} is missing")
    write_results(recorded_path(), results)
    console.print(f"recorded in {recorded_path()}")


if __name__ == "__main__":
    command()
