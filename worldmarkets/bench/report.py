"""Results as tables for people."""

from collections.abc import Mapping
from decimal import Decimal

from rich.table import Table

from worldmarkets.bench.bounds import FRESH_SHARE, Bound
from worldmarkets.bench.costs import Breakdown
from worldmarkets.bench.depth import DepthCosts
from worldmarkets.bench.operations import PACKED
from worldmarkets.bench.results import FRESH_SLOTS, MEGAETH
from worldmarkets.bench.throughput import CLIENTS, Speed

_RIGHT = ("gas", "bound", "margin", "best open peer", "bare book", "fresh slots", "MegaETH gas")


def results_table(results: Mapping[str, Decimal], bounds: Mapping[str, Bound]) -> Table:
    """Return results beside their bounds and what others need."""
    table = Table("operation", title="Gas of a whole transaction", title_justify="left")
    for heading in _RIGHT:
        table.add_column(heading, justify="right")
    for name in results:
        if not name.endswith((FRESH_SLOTS, MEGAETH)):
            table.add_row(name, *_cells(name, results, bounds.get(name, Bound())))
    return table


def savings_table(results: Mapping[str, Decimal]) -> Table:
    """Return what packed calls save against the same calls with typed arguments."""
    table = Table("operation", title="What packed arguments save", title_justify="left")
    for heading in ("gas", "of the typed call", "MegaETH gas", "of the typed call"):
        table.add_column(heading, justify="right")
    for packed, typed in PACKED.items():
        cells = []
        for ending in ("", MEGAETH):
            saved = results[typed + ending] - results[packed + ending]
            cells += [_whole(saved), _percent(saved / results[typed + ending])]
        table.add_row(packed, *cells)
    return table


def breakdown_table(title: str, breakdowns: Mapping[str, Breakdown]) -> Table:
    """Return on what the gas of each operation went; reads and writes with their number."""
    table = Table("operation", title=title, title_justify="left")
    headings = ("total", "transaction and calldata", "reads", "writes", "log", "rest", "refund")
    for heading in headings:
        table.add_column(heading, justify="right")
    for name, part in breakdowns.items():
        table.add_row(
            name,
            f"{part.total:,}",
            f"{part.intrinsic:,}",
            f"{part.loads:,} ({part.load_count})",
            f"{part.stores:,} ({part.store_count})",
            f"{part.logs:,}",
            f"{part.rest:,}",
            f"{part.refund:,}",
        )
    return table


def depth_table(costs: DepthCosts) -> Table:
    """Return what a place costs by how many orders rest."""
    title = f"Gas of a place: {100 * costs.spread:.2f} % between the cheapest and the dearest"
    table = Table(title=title, title_justify="left")
    table.add_column("resting orders", justify="right")
    table.add_column("gas", justify="right")
    for resting, gas in costs.gas.items():
        table.add_row(f"{resting:,}", f"{gas:,}")
    return table


def speed_table(speeds: Mapping[int, Speed]) -> Table:
    """Return how fast orders were taken."""
    table = Table(title=f"Orders from {CLIENTS} clients at once", title_justify="left")
    for heading in ("orders a transaction", "orders", "seconds", "orders a second"):
        table.add_column(heading, justify="right")
    for orders, speed in speeds.items():
        table.add_row(
            f"{orders}",
            f"{speed.orders:,}",
            f"{speed.seconds:,.2f}",
            f"{speed.orders_a_second:,.0f}",
        )
    return table


def _cells(name: str, results: Mapping[str, Decimal], bound: Bound) -> tuple[str, ...]:
    write = _percent if name == FRESH_SHARE else _whole
    result = results[name]
    most = bound.most(results)
    margin = None if most is None else most - result
    peer = "" if bound.peer is None else f"{bound.peer:,} {bound.peer_name}"
    style = "red" if margin is not None and margin < 0 else "green"
    return (
        write(result),
        write(most),
        "" if margin is None else f"[{style}]{write(margin)}[/]",
        peer,
        _whole(bound.floor),
        _whole(results.get(name + FRESH_SLOTS)),
        _whole(results.get(name + MEGAETH)),
    )


def _whole(number: Decimal | int | None) -> str:
    return "" if number is None else f"{number:,.0f}"


def _percent(number: Decimal | None) -> str:
    return "" if number is None else f"{100 * number:.2f} %"
