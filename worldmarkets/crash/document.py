"""What crashes have come to, as tables of a document."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from worldmarkets.calibration.report import write_section
from worldmarkets.crash.compare import ADL, IDEAL
from worldmarkets.crash.population import DOLLAR
from worldmarkets.crash.results import Result, load_all

_RESULTS = (
    "crash",
    "population",
    "below R_maint",
    "flagged",
    "slices from",
    "gaps, below zero",
    "deficits and bidders",
    "bonds",
    "insurance",
    "backstop",
    "winners",
    "lenders",
    "repaid",
    "left to them",
    "straddle",
)
_PLANS = (
    "crash",
    "previews",
    "reach R_end",
    "kept",
    "auctioned after a gap",
    "for want of depth",
)
_COMPARED = (
    "crash",
    "way",
    "accounts liquidated",
    "gross they lost",
    "what that cost them",
    "losses beyond margins",
    "borne by winners and lenders",
    "healthy closed by force",
)


def write_tables(document: Path, folder: Path, risk_set: str) -> None:
    """Replace the tables of a set by those of all results that a folder has of it.

    Raises:
        MarkMissingError: the document has no marks for them.
        UnreadableFileError: a result can not be read.
    """
    results = load_all(folder, risk_set)
    write_section(document, f"results {risk_set}", results_table(results))
    write_section(document, f"plans {risk_set}", plans_table(results))
    write_section(document, f"compared {risk_set}", compared_table(results))


def results_table(results: Sequence[Result]) -> str:
    """Return who was liquidated and who paid, a row for each crash, in dollars."""
    return _markdown(_RESULTS, (_result_row(result) for result in results))


def plans_table(results: Sequence[Result]) -> str:
    """Return what previews of plans have promised, and what became of it."""
    rows = (
        (_named(result), *map(str, (one.previews, one.reached, one.kept, one.gapped, one.thin)))
        for result in results
        for one in (result.plans,)
    )
    return _markdown(_PLANS, rows)


def compared_table(results: Sequence[Result]) -> str:
    """Return what every way to liquidate has done, in dollars.

    Ideal deleveraging is left out: where nothing is ever bankrupt it is the same as whole accounts.
    """
    rows = (
        (
            _named(result),
            title,
            str(one.accounts),
            *map(plain, (one.closed, one.costs, one.deficits, one.cut)),
            str(one.forced_accounts),
        )
        for result in results
        for title, one in result.ways
        if title != f"{ADL}, {IDEAL}"
    )
    return _markdown(_COMPARED, rows)


def plain(atoms: int) -> str:
    """Return quote atoms in dollars, thousands or millions, rounded to the nearest."""
    whole = (abs(atoms) + DOLLAR // 2) // DOLLAR
    sign = "−" if atoms < 0 and whole else ""  # noqa: RUF001 - a minus for people
    if whole >= 10**6 - 500:
        tenths = (whole + 50_000) // 10**5
        return f"{sign}{tenths // 10}.{tenths % 10} m"
    if whole >= 10**3:
        return f"{sign}{(whole + 500) // 10**3} k"
    return f"{sign}{whole}"


def _result_row(result: Result) -> tuple[str, ...]:
    losses, health = result.losses, result.health
    both = (losses.deficits, losses.bidders)
    repaid = losses.repaid_insurance + losses.repaid_backstop
    paid = [
        sum(getattr(one, name) for one in both)
        for name in ("wanted", "bonds", "insurance", "backstop", "shortfall", "lenders")
    ]
    counts = (health.unhealthy, health.flagged, result.sliced)
    return (
        result.setting.crash,
        result.setting.population,
        *map(str, counts),
        f"{health.gaps}, {health.below_zero}",
        *map(plain, (*paid, repaid, losses.left)),
        plain(result.straddle.earned) if result.straddle else "",
    )


def _named(result: Result) -> str:
    return f"{result.setting.crash}, {result.setting.population}"


def _markdown(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, *rows]
    text = ["| " + " | ".join(line) + " |" for line in lines]
    return "\n".join([text[0], "|---" * len(heads) + "|", *text[1:]])
