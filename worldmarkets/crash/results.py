"""What a replay has come to, in whole numbers, to be told or kept."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from worldmarkets.crash.compare import Compared
from worldmarkets.crash.payments import Paid
from worldmarkets.crash.plans import PlanCounts
from worldmarkets.crash.rivals import Measures
from worldmarkets.crash.sample import SampleResult
from worldmarkets.crash.straddle import StraddleResult
from worldmarkets.marketdata.tables import UnreadableFileError

HERE = "slices"
"""What the exchange's own way to liquidate is called."""


@dataclass(frozen=True)
class Setting:
    """What was replayed; amounts in quote atoms."""

    crash: str
    risk_set: str
    population: str
    seed: int
    minutes: int
    accounts: int
    held: int
    """Gross of all portfolios at the opening."""
    funds: int
    """What insurance fund and backstop have together."""
    moves_ppm: dict[str, int]
    """By asset, the price at the end against that at the beginning."""
    worst_ppm: dict[str, int]
    """By asset, the lowest price (of a rise the highest) against that at the beginning."""


@dataclass(frozen=True)
class Health:
    """How many accounts fell below R_maint, and how; see `Healths`."""

    healthy: int
    """Accounts that were healthy at every step."""
    unhealthy: int
    crossings: int
    gaps: int
    below_zero: int
    flagged: int
    """Accounts that were flagged."""
    still_flagged: int
    dead_orders: int
    """Orders of flagged accounts that left the books."""


@dataclass(frozen=True)
class Losses:
    """What was paid for losses beyond margins, in the order of the waterfall; and who bore it."""

    deficits: Paid
    bidders: Paid
    bankrupt: int
    """Accounts that had a deficit."""
    recognised: int
    """How often one was paid."""
    left: int
    """Equity that accounts with a deficit have in the end, claims on them taken off: prices that
    come back are theirs, whoever has paid for them."""
    repaid_insurance: int
    repaid_backstop: int
    drawn_lines: int
    repaid_lines: int
    shortfalls: dict[str, int]
    """By perp [quote atoms]."""
    cancelled: dict[str, int]
    """What profits have cancelled of it, as they were drawn."""
    cut_accounts: int
    """Accounts whose profits were cut."""
    drawn: int
    """Profits that were drawn at the end, before what was cut [quote atoms]."""
    pool_losses: dict[str, int]
    """What lenders lost, by asset [atoms of it]."""


@dataclass(frozen=True)
class Result:
    """Everything that a replay has come to."""

    setting: Setting
    health: Health
    slices: int
    sliced: int
    """Accounts of which slices were bought."""
    losses: Losses
    here: Measures
    rivals: list[Compared]
    plans: PlanCounts
    straddle: StraddleResult | None
    sample: SampleResult | None
    faults: list[str] = field(default_factory=list)
    """What is not as it must be; nothing where all is well."""

    @property
    def ways(self) -> list[tuple[str, Measures]]:
        """What each way to liquidate has done, the exchange's own first, by its name."""
        return [(HERE, self.here), *((one.title, one.measures) for one in self.rivals)]


def save(result: Result, path: Path) -> None:
    """Write a result as JSON, the same bytes for the same result."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(as_fields(result), indent=2, sort_keys=True)
    path.write_text(text + "\n", encoding="utf-8")


def as_fields(result: Result) -> dict[str, Any]:
    """Return a result as plain dictionaries, lists and numbers."""
    return asdict(result)


def load(path: Path) -> Result:
    """Read a result that was kept.

    Raises:
        UnreadableFileError: it is missing, or none of this version.
    """
    try:
        fields = json.loads(path.read_text(encoding="utf-8"))
        return _from_fields(fields)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UnreadableFileError(path, f"no result of a crash: {error}") from error


def load_all(folder: Path, risk_set: str) -> list[Result]:
    """Read all results of a set that a folder has, by crash and population.

    Raises:
        UnreadableFileError: one is none of this version.
    """
    found = [load(path) for path in sorted(folder.glob(f"*-{risk_set}-*.json"))]
    return sorted(found, key=lambda one: (one.setting.crash, one.setting.population))


def _from_fields(fields: dict[str, Any]) -> Result:
    losses = dict(fields["losses"])
    for name in ("deficits", "bidders"):
        losses[name] = Paid(**losses[name])
    straddle, sample = fields["straddle"], fields["sample"]
    return Result(
        Setting(**fields["setting"]),
        Health(**fields["health"]),
        fields["slices"],
        fields["sliced"],
        Losses(**losses),
        Measures(**fields["here"]),
        [Compared(one["title"], Measures(**one["measures"])) for one in fields["rivals"]],
        PlanCounts(**fields["plans"]),
        StraddleResult(**straddle) if straddle else None,
        SampleResult(**sample) if sample else None,
        fields["faults"],
    )
