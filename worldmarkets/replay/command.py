"""`world replay`: an order flow on the node, compared with the market's own books."""

import sys
import time
from decimal import Decimal
from functools import partial
from itertools import islice
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from worldmarkets.marketdata.flow import Flow, FlowEvent, open_flow
from worldmarkets.ondemand import driven
from worldmarkets.replay.companions import Companions, find_companions
from worldmarkets.replay.compare import FAITHFUL_UNALIGNED, Comparer, Comparison
from worldmarkets.replay.player import EVENTS_A_BLOCK, FlowPlayer, in_blocks
from worldmarkets.replay.translate import limits_around, middle_tick
from worldmarkets.staging import flow_parameters, staged

_LOCAL = "local"


@click.command(name="replay")
@click.argument("path", type=click.Path(path_type=Path))
@click.option(
    "--node",
    "url",
    is_flag=False,
    flag_value=_LOCAL,
    default=_LOCAL,
    metavar="[URL]",
    help="Running local node to use; without URL, or without the option, one is started.",
)
@click.option("--events", type=click.IntRange(1), help="Stop after so many events.")
@click.option(
    "--block", "block_size", type=click.IntRange(1), default=EVENTS_A_BLOCK, help="Events a block."
)
@click.option(
    "--most-unaligned",
    type=click.IntRange(0),
    default=FAITHFUL_UNALIGNED,
    show_default=True,
    help="Best-quote states that may differ; the source's own files disagree in so many.",
)
def command(path: Path, url: str, events: int | None, block_size: int, most_unaligned: int) -> None:
    """Replay the order-by-order file PATH on a local node.

    Every event is a transaction of its own, and every record of the log is checked. Where files of
    the same market and day lie beside PATH, the book is compared with them: with the snapshots
    after each message, and with the best quotes. Ends with status 1 if more differ than may.
    """
    flow = open_flow(path)
    selected = list(islice(flow.events(), events))
    console = Console()
    results = replay(
        flow,
        selected,
        find_companions(path),
        console,
        url=None if url == _LOCAL else url,
        block_size=block_size,
        most_unaligned=most_unaligned,
    )
    for result in results:
        console.print(
            f"{'equal' if result.passes else 'DIFFERENT'}  {result}",
            highlight=False,
            soft_wrap=True,
        )
    if not results:
        console.print("there is no file beside the flow to compare its book with")
    sys.exit(0 if all(result.passes for result in results) else 1)


def replay(
    flow: Flow,
    events: list[FlowEvent],
    companions: Companions,
    console: Console,
    *,
    url: str | None = None,
    block_size: int = EVENTS_A_BLOCK,
    most_unaligned: int = FAITHFUL_UNALIGNED,
) -> list[Comparison]:
    """Play events on a local node and compare the book with the files beside the flow.

    Raises:
        ReplayMismatchError: the exchange did something else than was foreseen.
        BookDiffersError: the words on the chain tell another book than the log.
    """
    tick = middle_tick(events)
    price = tick * flow.terms.price_per_tick
    with staged(flow_parameters("FLOW", flow.terms, price), "FLOW", url) as stage:
        player = FlowPlayer(stage, limits_around(tick))
        comparer = Comparer(stage.venue.market_id, companions, most_unaligned)
        began, transactions = time.monotonic(), 0
        with driven(stage.rpc) as blocks, _progress(console) as progress:
            start = blocks.timestamp
            task = progress.add_task("events", total=len(events))
            for part in in_blocks(events, block_size):
                seconds = (part[-1].time_ns - events[0].time_ns) // 10**9
                block = player.play_block(blocks, part, start + seconds, comparer.watch)
                transactions += len(block.receipts)
                progress.advance(task, len(part))
        _summarize(console, player, transactions, time.monotonic() - began)
    return comparer.results()


def _progress(console: Console) -> Progress:
    columns = (TextColumn("replaying"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=console, disable=not console.is_terminal)


def _summarize(console: Console, player: FlowPlayer, transactions: int, seconds: float) -> None:
    counts = player.translator.counts
    executions, off_queue = counts["execute"], counts["off_queue"]
    traded = player.stage.venue.size(player.follower.traded_lots)
    say = partial(console.print, highlight=False, soft_wrap=True)
    rate = transactions / seconds
    say(f"{transactions:,} transactions in {seconds:.1f} s, {rate:,.0f} a second")
    say(
        f"{counts['add']:,} orders, {counts['cancel']:,} cancels, {counts['reduce']:,} reductions, "
        f"{counts['hidden']:,} hidden trades passed over, {counts['left_out']:,} events left out"
    )
    say(
        f"{executions - off_queue:,} of {executions:,} executions hit the head of the queue; "
        f"for the other {off_queue:,} the named order was reduced"
    )
    say(
        f"{_plain(traded)} traded; every record of the log was as foreseen, and after every block "
        "the level words on the chain added up to the book"
    )


def _plain(size: Decimal) -> str:
    return f"{size.normalize():,f}"
