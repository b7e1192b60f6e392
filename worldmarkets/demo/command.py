"""`world demo`: the exchange at work on a local node."""

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import click
from rich.console import Console

from worldmarkets.artifacts import project_root
from worldmarkets.audit.report import AuditReport
from worldmarkets.demo.borrowers import MarketBorrower, WalletBorrower
from worldmarkets.demo.cast import open_traders
from worldmarkets.demo.conclude import conclude
from worldmarkets.demo.credit import open_cast
from worldmarkets.demo.flow import FlowSource
from worldmarkets.demo.pairs import base_symbol, pair_in
from worldmarkets.demo.perpcast import FOR_BASIS, open_perp_cast
from worldmarkets.demo.pools import with_pools
from worldmarkets.demo.premium import PremiumPath, shock_at_worst, simulated_premium
from worldmarkets.demo.prices import simulated_path
from worldmarkets.demo.screen import Meter, shown
from worldmarkets.demo.source import Source
from worldmarkets.demo.stress import crash_after
from worldmarkets.demo.stresscast import open_stress_cast
from worldmarkets.demo.traders import PerpPlay, TraderSource
from worldmarkets.demo.underlyings import underlying
from worldmarkets.demo.wallet import visit, wrapped_native
from worldmarkets.deployment import Parameters
from worldmarkets.errors import WorldMarketsError
from worldmarkets.marketdata.candles import read_candles
from worldmarkets.marketdata.flow import FlowEvent, open_flow
from worldmarkets.marketdata.paths import PointPath, candle_path
from worldmarkets.ondemand import Pace, driven
from worldmarkets.replay.player import EVENTS_A_BLOCK, FlowPlayer
from worldmarkets.replay.translate import limits_around, middle_tick
from worldmarkets.staging import (
    candle_parameters,
    flow_parameters,
    local_parameters,
    staged,
)

DEFAULT_SEED = 7
DEFAULT_MINUTES = 1_440
DEFAULT_WALL_SECONDS = 60
DEFAULT_STEPS = 2_000

_SIMULATED_SYMBOLS = "WETH", "WBTC"
_SHOCK = Decimal("0.01")
"""What perps of candle files trade at too high in the worst minute: against who is short."""
_SHOCK_STEPS = 4
_MINUTE_SECONDS = 60
_NANOSECONDS = 10**9


class ConflictingOptionsError(WorldMarketsError):
    """Options that exclude each other."""


@dataclass(frozen=True)
class DemoOptions:
    """What to show, and how long.

    Attributes:
        flow: Order-by-order file to replay.
        prices: Candle file that drives the makers; with neither, prices are simulated.
        other_prices: Candle files of further underlyings.
        pair: Series of the candle files: one for each underlying, separated by commas.
        window: Series of the candle files.
        seed: Of the simulation and of the traders' decisions.
        minutes: Market time; None for all of a file, or the default of the simulation.
        wall_seconds: How long it takes at least, so that one can watch.
        steps: Blocks of a market of traders.
        block_size: Events a block of an order flow.
        picture: Where the PNG goes; None for build/demo.
        url: A local node that runs already; None starts one.
    """

    flow: Path | None = None
    prices: Path | None = None
    other_prices: tuple[Path, ...] = ()
    pair: str | None = None
    window: str | None = None
    seed: int = DEFAULT_SEED
    minutes: int | None = None
    wall_seconds: int = DEFAULT_WALL_SECONDS
    steps: int = DEFAULT_STEPS
    block_size: int = EVENTS_A_BLOCK
    picture: Path | None = None
    url: str | None = None
    stress: bool = True


_FILE = click.Path(path_type=Path)


@click.command(name="demo")
@click.option("--flow", type=_FILE, help="Order-by-order file to replay.")
@click.option(
    "--prices",
    "files",
    type=_FILE,
    multiple=True,
    help="Candle file that drives the market makers; again for another underlying.",
)
@click.option("--pair", help="Which pairs of it, one for each underlying: BTCUSD,ETHUSD.")
@click.option("--window", help="Which window of it.")
@click.option("--seed", type=int, default=DEFAULT_SEED, show_default=True, help="Of all chance.")
@click.option("--minutes", type=click.IntRange(1), help="Market time; of a file all if not given.")
@click.option(
    "--seconds",
    "wall_seconds",
    type=click.IntRange(0),
    default=DEFAULT_WALL_SECONDS,
    show_default=True,
    help="Wall time of a market of traders.",
)
@click.option("--steps", type=click.IntRange(1), default=DEFAULT_STEPS, help="Blocks of it.")
@click.option("--stress/--no-stress", default=True, help="Whether prices crash in the end.")
@click.option("--picture", type=_FILE, help="Where the PNG goes.")
@click.option("--node", "url", help="A running local node to use instead of one of its own.")
def command(files: tuple[Path, ...], **options: object) -> None:
    """Watch a market trade, lend and borrow on a local node, then see it audited.

    Six market makers and seven takers trade spot and perps of two underlyings around simulated
    prices; with --prices around those of candle files, in whose worst minute perps trade 1 % away;
    with --flow, the orders of a real market are replayed one by one. Beside them two lend, three
    trade with what they borrow, and one runs the levered basis trade. Ends with status 1 if an
    invariant does not hold.
    """
    chosen = DemoOptions(
        prices=next(iter(files), None),
        other_prices=files[1:],
        **options,  # type: ignore[arg-type]
    )
    report = run_demo(chosen, Console())
    sys.exit(0 if report.passes else 1)


def run_demo(options: DemoOptions, console: Console) -> AuditReport:
    """Run a demonstration to its end and return the audit.

    Raises:
        DataFileError: a file can not be used.
        ConflictingOptionsError: options exclude each other.
    """
    with prepared(options, console) as source:
        meter = Meter()
        play(source, console, options)
        crash = crash_after(source)
        return conclude(console, source, meter.seconds, picture_path(options), crash)


def play(source: Source, console: Console, options: DemoOptions) -> None:
    """Play all steps of a source, on the screen and at the pace of the options."""
    pace = Pace(0 if options.flow else options.wall_seconds / options.steps)
    with shown(console, source) as screen:
        for _ in source.steps():
            screen.update()
            pace.wait()


@contextmanager
def prepared(options: DemoOptions, console: Console) -> Iterator[Source]:
    """Start a node, deploy on it, and bring in whoever trades."""
    if options.flow and (options.prices or options.pair or options.window):
        raise ConflictingOptionsError("an order flow has its own prices: drop --prices and filters")
    if (options.pair or options.window) and not options.prices:
        raise ConflictingOptionsError("--pair and --window choose from a candle file: --prices")
    with _flow(options, console) if options.flow else _traders(options, console) as source:
        yield source


@contextmanager
def _traders(options: DemoOptions, console: Console) -> Iterator[Source]:
    parameters, paths = _market(options)
    symbol, path = next(iter(paths.items()))
    named = ", ".join(f"{one}/USDM and {one}-PERP" for one in paths)
    _say(console, f"{named}, {path.title}: starting a node and deploying the exchange")
    with staged(with_pools(parameters, *paths), symbol, options.url) as stage:
        start = path.at(Decimal(0))
        accounts = open_traders(stage, start, path.seconds)
        cast = open_cast(stage, start, MarketBorrower, FOR_BASIS)
        underlyings = tuple(underlying(stage.deployment, *each) for each in paths.items())
        perps = PerpPlay(
            open_perp_cast(stage, underlyings),
            underlyings,
            _premiums(options, paths),
            open_stress_cast(stage, path.seconds) if options.stress else None,
        )
        native = wrapped_native(stage)
        notes = [("wallet", visit(stage, native))] if native else []
        with driven(stage.rpc) as blocks:
            source = TraderSource(stage, blocks, accounts, cast, perps, options.steps, options.seed)
            source.session.notes += notes
            yield source


def _market(options: DemoOptions) -> tuple[Parameters, dict[str, PointPath]]:
    """Return what to deploy, and the prices of its underlyings by symbol, the main one first."""
    if options.prices is None:
        seconds = (options.minutes or DEFAULT_MINUTES) * _MINUTE_SECONDS
        parameters, paths = local_parameters(), {}
        for place, symbol in enumerate(_SIMULATED_SYMBOLS):
            start = parameters.assets[parameters.asset_id(symbol)].starting_price or Decimal(1)
            paths[symbol] = simulated_path(options.seed + place, seconds, start)
        return parameters, paths
    found = {
        base_symbol(pair or pair_in(file)): _file_path(options, file, pair)
        for file, pair in _series(options, options.prices)
    }
    prices = {symbol: path.prices[0] for symbol, path in found.items()}
    return candle_parameters(prices), found


def _series(options: DemoOptions, first: Path) -> list[tuple[Path, str | None]]:
    """Return the candle file and the pair of each underlying.

    Raises:
        ConflictingOptionsError: there are several files, and another number of pairs.
    """
    files = (first, *options.other_prices)
    pairs = options.pair.replace(",", " ").split() if options.pair else [None] * len(files)
    if len(files) == 1:
        files *= len(pairs)
    if len(files) != len(pairs):
        raise ConflictingOptionsError("name one pair for each candle file, or none")
    return list(zip(files, pairs, strict=True))


def _premiums(options: DemoOptions, paths: dict[str, PointPath]) -> tuple[PremiumPath, ...]:
    """Return what perps trade at beyond their index; with a shock in a real period."""
    main = next(iter(paths.values()))
    shock = None
    if options.prices is not None:
        shock = shock_at_worst(main, _SHOCK, _SHOCK_STEPS * main.seconds // options.steps)
    return tuple(
        PremiumPath(simulated_premium(options.seed + place, main.seconds), shock)
        for place, _ in enumerate(paths)
    )


@contextmanager
def _flow(options: DemoOptions, console: Console) -> Iterator[Source]:
    assert options.flow is not None
    flow = open_flow(options.flow)
    events = _within(flow.events(), options.minutes)
    tick = middle_tick(events)
    symbol = base_symbol(pair_in(options.flow) or options.flow.name.split("_")[0])
    title = f"order flow of {options.flow.name}"
    _say(console, f"{title}: {len(events):,} events; starting a node and deploying the exchange")
    parameters = flow_parameters(symbol, flow.terms, tick * flow.terms.price_per_tick)
    with staged(with_pools(parameters, symbol), symbol, options.url) as stage:
        player = FlowPlayer(stage, limits_around(tick))
        cast = open_cast(stage, stage.venue.price(tick), WalletBorrower)
        with driven(stage.rpc) as blocks:
            yield FlowSource(player, blocks, cast, title, events, options.block_size)


def _within(events: Iterable[FlowEvent], minutes: int | None) -> list[FlowEvent]:
    """Return the events of the first minutes, or all."""
    if minutes is None:
        return list(events)
    chosen: list[FlowEvent] = []
    for event in events:
        if chosen and event.time_ns - chosen[0].time_ns > minutes * _MINUTE_SECONDS * _NANOSECONDS:
            break
        chosen.append(event)
    return chosen


def _file_path(options: DemoOptions, prices: Path, pair: str | None) -> PointPath:
    """Return the price path of the chosen candles."""
    candles = read_candles(prices, pair, options.window)
    if options.minutes is not None:
        end = candles[0].ts + options.minutes * _MINUTE_SECONDS
        candles = tuple(candle for candle in candles if candle.ts < end)
    chosen = " ".join(part for part in (pair, options.window) if part)
    return candle_path(f"candles of {prices.name} {chosen}".strip(), candles)


def picture_path(options: DemoOptions) -> Path:
    """Return where the picture of a demonstration goes."""
    name = "flow" if options.flow else "prices" if options.prices else "simulation"
    return options.picture or project_root() / "build" / "demo" / f"{name}.png"


def _say(console: Console, text: str) -> None:
    console.print(text, highlight=False, soft_wrap=True)
