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


def save(result: Result, path: Path) -> None:
    """Write a result as JSON, the same bytes for the same result."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(as_fields(result), indent=2, sort_keys=True)
    path.write_text(text + "\n", encoding="utf-8")


def as_fields(result: Result) -> dict[str, Any]:
    """Return a result as plain dictionaries, lists and numbers."""
    return asdict(result)
