"""What each operation may cost, and what it costs elsewhere: benchmarks/bounds.toml."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from pathlib import Path
from typing import Any

from worldmarkets.artifacts import project_root
from worldmarkets.errors import WorldMarketsError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

FRESH_SHARE = "fresh_slots_per_post_aapl"
"""Key of the share of posts of the AAPL hour that write a fresh slot."""
SPOT, PERP = "spot", "perp"
"""Kinds of markets in the names of operations."""
FURTHER_PERP_MAKER = "further_perp_maker"
"""Key of what each further distinct maker of a take costs on a perp."""
FURTHER_MAKER = "further_maker"
"""Key of the bound on what each further distinct maker of a take costs; derived, not recorded."""

_ENTRIES = {"bound", "beyond", "peer", "peer_name", "floor"}


class BoundsFileError(WorldMarketsError):
    """The file of the bounds is missing or says something else than bounds."""


@dataclass(frozen=True)
class Bound:
    """The most an operation may cost and, where known, what it costs elsewhere.

    All in gas, but for the share of fresh slots; None where there is no such number. The limit is
    on what the operation costs beyond another one, if `beyond` names one. `peer` is the best open
    order book, `floor` one that has nothing but orders and levels.
    """

    limit: Decimal | None = None
    beyond: str = ""
    peer: int | None = None
    peer_name: str = ""
    floor: int | None = None

    def most(self, results: Mapping[str, Decimal]) -> Decimal | None:
        """Return the most the operation may cost, given what the others cost.

        None where there is no bound, or where what it counts from was not measured.
        """
        if self.limit is None or not self.beyond:
            return self.limit
        return results[self.beyond] + self.limit if self.beyond in results else None


def bounds_path() -> Path:
    """Return the file of the bounds."""
    return project_root() / "benchmarks" / "bounds.toml"


def read_bounds(path: Path) -> dict[str, Bound]:
    """Read the bounds, one for each operation named in the file.

    Raises:
        BoundsFileError: the file cannot be used.
    """
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)["operations"]
    except (OSError, tomllib.TOMLDecodeError, KeyError) as error:
        raise BoundsFileError(f"{path.name} has no readable [operations]: {error}") from error
    return {name: _parse_bound(path, name, table) for name, table in tables.items()}


def _parse_bound(path: Path, name: str, table: Any) -> Bound:
    if not isinstance(table, dict) or table.keys() - _ENTRIES:
        raise BoundsFileError(f"{path.name}: {name} has other entries than a bound has")
    numbers = [table[key] for key in ("bound", "peer", "floor") if key in table]
    if any(type(number) not in (int, Decimal) or number <= 0 for number in numbers):
        raise BoundsFileError(f"{path.name}: every number of {name} is above zero")
    if ("peer" in table) != bool(table.get("peer_name")):
        raise BoundsFileError(f"{path.name}: {name} needs a peer and its name, or neither")
    beyond = table.get("beyond", "")
    if not isinstance(beyond, str) or (beyond and "bound" not in table):
        raise BoundsFileError(f"{path.name}: {name} counts from {beyond!r} and has no bound")
    limit = table.get("bound")
    return Bound(
        limit=None if limit is None else Decimal(limit),
        beyond=beyond,
        peer=table.get("peer"),
        peer_name=table.get("peer_name", ""),
        floor=table.get("floor"),
    )


def find_excesses(bounds: Mapping[str, Bound], results: Mapping[str, Decimal]) -> list[str]:
    """Return one sentence for each result above its bound and each bound without a result.

    The share of fresh slots is measured only where the order flow is present, so it may be absent.
    """
    found = []
    for name, bound in bounds.items():
        if bound.limit is None:
            continue
        most = bound.most(results)
        if name not in results or most is None:
            if name != FRESH_SHARE:
                found.append(f"{name}: has a bound and was not measured")
        elif results[name] > most:
            found.append(f"{name}: {results[name]:,} is above the bound of {most:,}")
    return found


def derive_further_makers(gas: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """Return what each further distinct maker of a take costs, of spot and of a perp, rounded up.

    Formula: a fifteenth of what taking twenty makers costs beyond taking five.
    """
    return {
        name: ((gas[f"take_{kind}_20"] - gas[f"take_{kind}_5"]) / 15).to_integral_value(
            rounding=ROUND_CEILING
        )
        for kind, name in ((SPOT, FURTHER_MAKER), (PERP, FURTHER_PERP_MAKER))
    }
