"""`world calibrate`: risk parameters against real crashes, lending rates against the curve."""

from collections.abc import Sequence
from pathlib import Path

import click

from worldmarkets.artifacts import project_root
from worldmarkets.atlas.sets import RiskSet, load_risk_set, read_risk_set
from worldmarkets.calibration import picture, report
from worldmarkets.calibration.backtest import CaseLosses, measure
from worldmarkets.calibration.funding import funding_table, read_funding
from worldmarkets.calibration.moves import read_basis, regressions, worst_minutes
from worldmarkets.calibration.rates import rates_table, read_rates
from worldmarkets.calibration.rates_picture import draw_rates
from worldmarkets.calibration.series import STABLE, read_series
from worldmarkets.calibration.survival_tables import survival_tables
from worldmarkets.calibration.windows import DAYS, read_windows

SETS = ("conservative", "standard")
"""What is back-tested; the published rule knows no market-wide shock to test."""
DOCUMENT, PICTURE, RATES_PICTURE = "calibration.md", "calibration.svg", "rates.svg"
_File = click.Path(path_type=Path)


@click.command(name="calibrate")
@click.option("--candles", "first", type=_File, multiple=True, help="Candle files.")
@click.argument("more", type=_File, nargs=-1, metavar="[FILE]...")
@click.option("--basis", type=_File, multiple=True, help="File with a perp's `index` and `mark`.")
@click.option("--rates", type=_File, help="File with the rates of lending pools.")
@click.option("--funding", type=_File, help="File with the funding rates of perps.")
@click.option("--risk", type=_File, multiple=True, help="Further set of risk parameters to test.")
@click.option(
    "--docs", type=_File, help="Folder of calibration.md and the pictures; without it, docs."
)
def command(
    first: tuple[Path, ...],
    more: tuple[Path, ...],
    basis: tuple[Path, ...],
    rates: Path | None,
    funding: Path | None,
    risk: tuple[Path, ...],
    docs: Path | None,
) -> None:
    """Test the sets of risk parameters against real prices.

    A portfolio that is exactly at R_maint is followed for 1, 10 and 60 seconds from every second of
    the candle files: how often, and by how much, is it worth less than nothing before a liquidation
    acts? Levered basis accounts are followed through whole days of crashes. Without any file only
    the tables are made that need none. The tables go between their marks in calibration.md.
    """
    folder = docs or project_root() / "docs"
    sets = [*map(load_risk_set, SETS), *map(read_risk_set, risk)]
    document = folder / DOCUMENT
    report.write_section(document, "parameters", report.parameter_table(sets))
    report.write_section(document, "capital", report.capital_section())
    candles = [*first, *more]
    if candles:
        found = _test(document, candles, sets)
        picture.draw(folder / PICTURE, found, sets)
        for one in found:
            click.echo(f"{one.case.title}: {one.minutes:,} minutes")
        _survive(document, candles, sets)
    else:
        click.echo("no candle files: the back-test stays as it is")
    if basis:
        known = [(path.name.split(".")[0], read_basis(path)) for path in basis]
        report.write_section(document, "basis", report.basis_table(known))
    if rates:
        pools = read_rates(rates)
        report.write_section(document, "rates", rates_table(pools))
        draw_rates(folder / RATES_PICTURE, pools)
        click.echo(f"rates of {', '.join(pool.asset for pool in pools)}")
    if funding:
        report.write_section(document, "funding", funding_table(read_funding(funding)))


def _test(
    document: Path, candles: Sequence[Path], sets: Sequence[RiskSet]
) -> tuple[CaseLosses, ...]:
    series = read_series(candles)
    found = measure(series)
    coins = [one for one in series if one.asset == STABLE]
    moving = [one for one in series if one.asset != STABLE]
    rows = [worst_minutes(one) for one in (*moving, *coins)]
    report.write_section(document, "moves", report.moves_table(rows))
    report.write_section(document, "regression", report.regression_table(regressions(series)))
    report.write_section(document, "backtest", report.backtest_tables(found, sets))
    return found


def _survive(document: Path, candles: Sequence[Path], sets: Sequence[RiskSet]) -> None:
    windows = read_windows(candles)
    if windows:
        report.write_section(document, "survival", survival_tables(windows, sets))
    held = ", ".join(f"{one.asset} of {one.day}" for one in windows)
    click.echo(f"basis accounts: {held or 'no candles of ' + ', '.join(DAYS)}")
