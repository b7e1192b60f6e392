"""The tables of docs/calibration.md, between marks that the words around them leave alone."""

from collections.abc import Sequence
from pathlib import Path

from worldmarkets.atlas import capital_markdown, capital_table
from worldmarkets.atlas.sets import RiskSet
from worldmarkets.calibration.backtest import DELAYS, CaseLosses, Outcome, outcome
from worldmarkets.calibration.moves import QUANTILES, Basis, Regression, WorstMinutes
from worldmarkets.errors import WorldMarketsError


class MarkMissingError(WorldMarketsError):
    """A document has no place for a table."""

    def __init__(self, path: Path, name: str) -> None:
        super().__init__(f"{path} has no marks {_begin(name)} and {_end(name)}")


def write_section(path: Path, name: str, text: str) -> None:
    """Replace what a document has between the marks of a name.

    Raises:
        MarkMissingError: it has no such marks, or is missing.
    """
    document = path.read_text(encoding="utf-8") if path.is_file() else ""
    before, begin, rest = document.partition(_begin(name))
    _, end, after = rest.partition(_end(name))
    if not begin or not end:
        raise MarkMissingError(path, name)
    path.write_text(f"{before}{begin}\n{text}\n{end}{after}", encoding="utf-8")


def backtest_tables(found: Sequence[CaseLosses], sets: Sequence[RiskSet]) -> str:
    """Return one table for each set: how often and by how much a portfolio at R_maint fails."""
    return "\n\n".join(_backtest_table(found, chosen) for chosen in sets)


def parameter_table(sets: Sequence[RiskSet]) -> str:
    """Return the parameters of sets, and the levels of a naked leg and its leverage."""
    lines = [
        "| set | asset | sigma | beta | iota | b | gs / gp | depth | R_init, R_maint | times |",
        "|---" * 10 + "|",
    ]
    for chosen in sets:
        part = chosen.risk.maintenance_percent / 100
        for name, risk in chosen.assets.items():
            shock = chosen.risk.sigma_bps * risk.beta_milli / 10**7 + risk.iota_bps / 10**4
            initial, least = (
                k * shock + max(risk.perp_exit_bps, risk.spot_exit_bps) / 10**4 for k in (1, part)
            )
            lines.append(
                f"| {chosen.name} | {name} | {_bps(chosen.risk.sigma_bps)} "
                f"| {risk.beta_milli / 1_000:.2f} | {_bps(risk.iota_bps)} | {_bps(risk.basis_bps)} "
                f"| {_bps(risk.spot_exit_bps)} / {_bps(risk.perp_exit_bps)} "
                f"| {_depth(risk.depth)} | {_percent(initial)}, {_percent(least)} "
                f"| {1 / initial:.1f} |"
            )
    return "\n".join(lines)


def capital_section() -> str:
    """Return the capital table of the sets that come with the project."""
    return capital_markdown(capital_table())


def moves_table(found: Sequence[WorstMinutes]) -> str:
    """Return the worst minutes of each series."""
    lines = ["| series | minutes | close to close | open to low | open to high |", "|---" * 5 + "|"]
    lines += [
        f"| {one.title} | {one.minutes:,} | {_signed(one.close_down)} / {_signed(one.close_up)} "
        f"| {_signed(one.low)} | {_signed(one.high)} |"
        for one in found
    ]
    return "\n".join(lines)


def regression_table(found: Sequence[Regression]) -> str:
    """Return slope and residuals of ETH on BTC by horizon."""
    names = " | ".join(f"residual at {100 * level:g} %" for level in QUANTILES)
    lines = [f"| minutes | returns | slope | {names} |", "|---" * (3 + len(QUANTILES)) + "|"]
    for one in found:
        residuals = " | ".join(_signed(value) for value in one.residuals)
        lines.append(f"| {one.horizon} | {one.returns:,} | {one.slope:.2f} | {residuals} |")
    return "\n".join(lines)


def basis_table(found: Sequence[tuple[str, Basis]]) -> str:
    """Return how far perps were from their index, in basis points."""
    lines = ["| file | rows | lowest | highest | largest change |", "|---" * 5 + "|"]
    lines += [
        f"| {name} | {one.rows:,} | {_points(one.lowest)} | {_points(one.highest)} "
        f"| {_points(one.largest_change)} |"
        for name, one in found
    ]
    return "\n".join(lines)


def _backtest_table(found: Sequence[CaseLosses], chosen: RiskSet) -> str:
    delays = [f"{way} path, {delay} s" for way in ("worst", "usual") for delay in DELAYS]
    lines = [
        f"**{chosen.name}**",
        "",
        "| at R_maint | has | minutes | " + " | ".join(delays) + " |",
        "|---" * (3 + len(delays)) + "|",
    ]
    for one in found:
        has = one.case.maintenance(chosen)
        cells = " | ".join(
            _failures(outcome(way[delay], has))
            for way in (one.worst, one.usual)
            for delay in DELAYS
        )
        lines.append(f"| {one.case.title} | {_percent(has)} | {one.minutes:,} | {cells} |")
    return "\n".join(lines)


def _failures(found: Outcome) -> str:
    return f"{found.below_zero}, {_percent(found.shortfall)}" if found.below_zero else "0"


def _depth(units: int) -> str:
    return f"${units / 100:g}m" if units else "none"


def _bps(value: int) -> str:
    return f"{value / 100:g} %"


def _percent(value: float) -> str:
    return f"{100 * value:.2f} %"


def _signed(value: float) -> str:
    return f"{100 * value:+.2f} %"


def _points(value: float) -> str:
    return f"{10_000 * value:+.1f} bp"


def _begin(name: str) -> str:
    return f"<!-- calibrate: {name} -->"


def _end(name: str) -> str:
    return f"<!-- end of {name} -->"
