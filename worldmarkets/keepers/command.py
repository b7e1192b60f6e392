"""`world keeper`: prices, funding, settlement, liquidation."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import reduce
from pathlib import Path
from typing import Any

import click

from worldmarkets.client import Client
from worldmarkets.clock import Clock
from worldmarkets.keepers.choice import LiquidationChoice, PriceChoice
from worldmarkets.keepers.funding import FundingJob, FundingRules
from worldmarkets.keepers.job import Job
from worldmarkets.keepers.running import Settings, options, run
from worldmarkets.keepers.settlejob import SettleJob
from worldmarkets.keepers.settling import SettlingRules

_FILE = click.Path(dir_okay=False, path_type=Path)
_FOLDER = click.Path(file_okay=False, path_type=Path)


class _Named(click.ParamType):
    """SYMBOL=VALUE."""

    name = "SYMBOL=VALUE"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str]:
        symbol, _, rest = str(value).partition("=")
        if not (symbol and rest):
            self.fail(f"{value} is not {self.name}", param, ctx)
        return symbol, rest


class _Positive(click.ParamType):
    """A positive decimal."""

    name = "NUMBER"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Decimal:
        try:
            number = Decimal(str(value))
        except ArithmeticError:
            self.fail(f"{value} is no number", param, ctx)
        if not (number.is_finite() and number > 0):
            self.fail(f"{value} is not positive", param, ctx)
        return number


@click.group(name="keeper")
def command() -> None:
    """Do for an exchange what somebody has to do again and again.

    Each keeper begins from what the chain says, so it may be started anew at any time, and run
    twice. It ends with Ctrl-C, SIGTERM, --rounds, or the end of a file.
    """


_PRICE_OPTIONS = (
    click.option("--file", "files", type=_Named(), multiple=True,
                 help="Replay the candle or trade file VALUE."),
    click.option("--pair", help="Series of a candle file that has several."),
    click.option("--window", help="Series of a candle file that has several."),
    click.option("--speed", type=_Positive(), default="1", show_default=True,
                 help="Seconds of the file a second."),
    click.option("--aggregator", "aggregators", type=_Named(), multiple=True,
                 help="Take the price from the aggregator at the address VALUE."),
    click.option("--source-rpc", help="Node of the aggregators' chain, if that is another one."),
    click.option("--copy", "copied", multiple=True, metavar="SYMBOL",
                 help="Only copy from the asset's feed into the exchange."),
    click.option("--box", type=_FOLDER,
                 help="Bring signed reports, which signers leave in this folder."),
    click.option("--signer-file", type=_FILE, help="Sign reports with the key in this file."),
    click.option("--pass-on", is_flag=True, help="Leave the own report in the folder, no more."),
    click.option("--threshold-bps", type=_Positive(), default="5", show_default=True,
                 help="Move that is brought."),
    click.option("--heartbeat", type=click.IntRange(1, 59), default=30, show_default=True,
                 help="Age at which a price is brought that has not moved [seconds]."),
)  # fmt: skip


def _with_price_options(decorated: Callable[..., None]) -> Callable[..., None]:
    return reduce(lambda made, option: option(made), reversed(_PRICE_OPTIONS), decorated)


@command.command()
@options(interval=1.0)
@_with_price_options
def prices(
    settings: Settings,
    files: Sequence[tuple[str, str]],
    aggregators: Sequence[tuple[str, str]],
    **given: Any,
) -> None:
    """Bring prices of files or aggregators, or copy those of feeds.

    Without --box they are posted with the price role; with it by signed reports.
    """
    by_symbol = {symbol: Path(path) for symbol, path in files}
    choice = PriceChoice(files=by_symbol, aggregators=dict(aggregators), **given)
    run(settings, choice.job)


@command.command()
@options(interval=1.0)
@click.option("--market", "markets", multiple=True, help="A perp, e.g. WETH-PERP; else all.")
@click.option("--idle", type=click.IntRange(1), default=60, show_default=True,
              help="Seconds between pokes of a perp without open positions.")  # fmt: skip
def funding(settings: Settings, markets: Sequence[str], idle: int) -> None:
    """Poke perps, so that funding runs and marks follow."""
    rules = FundingRules(max(1, int(settings.interval)), idle)

    def make(client: Client, _clock: Clock) -> Job:
        return FundingJob(client, markets, rules)

    run(settings, make)


@command.command()
@options(interval=30.0)
@click.option("--least", type=_Positive(), default="10", show_default=True,
              help="Smallest profit or loss that is settled [quote tokens].")  # fmt: skip
@click.option("--most", type=click.IntRange(1), default=100, show_default=True,
              help="Most settlements a round.")  # fmt: skip
def settle(settings: Settings, least: Decimal, most: int) -> None:
    """Settle profits and losses of perps: losers first, then winners."""

    def make(client: Client, _clock: Clock) -> Job:
        return SettleJob(client, SettlingRules(client.asset_units(0).to_atoms(least), most))

    run(settings, make)


_LIQUIDATION_OPTIONS = (
    click.option("--bidder", type=click.IntRange(1), metavar="ACCOUNT",
                 help="Account that takes slices and gets tips; else none are taken."),
    click.option("--capital", type=_Positive(),
                 help="Most that slices may require of it [quote tokens]; else all it has."),
    click.option("--least-profit", type=_Positive(), default="1", show_default=True,
                 help="Least profit of a slice, and least tip, after gas [quote tokens]."),
    click.option("--least-gross", type=_Positive(), default="10", show_default=True,
                 help="Accounts with legs worth less are not flagged [quote tokens]."),
    click.option("--slippage-bps", type=click.IntRange(1, 2_000), default=100, show_default=True,
                 help="How much worse than the mark what was taken is sold."),
    click.option("--no-hedge", is_flag=True, help="Keep what was taken."),
    click.option("--no-plans", is_flag=True, help="Execute no steps of risk plans."),
    click.option("--native-price", type=_Positive(),
                 help="Worth of a native token, if the exchange does not list it [quote tokens]."),
)  # fmt: skip


def _with_liquidation_options(decorated: Callable[..., None]) -> Callable[..., None]:
    return reduce(lambda made, option: option(made), reversed(_LIQUIDATION_OPTIONS), decorated)


@command.command()
@options(interval=1.0)
@_with_liquidation_options
def liquidate(settings: Settings, **given: Any) -> None:
    """Flag accounts in trouble and free them again, take slices of them, execute risk plans."""
    run(settings, LiquidationChoice(**given).job)
