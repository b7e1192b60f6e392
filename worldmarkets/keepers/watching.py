"""Which accounts have to be looked at again: told from prices and from what was logged.

An account that owes something or uses a perp is looked at once. What its equity and its requirement
can have changed by since then is bounded by how far prices have moved; only when that may have used
up what it has beyond maintenance, or somebody has changed the account, is it looked at anew.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields

from worldmarkets.client.liquidationlens_views import Standing
from worldmarkets.model.events import BookRecords, Event
from worldmarkets.model.records import Filled, Removed

Prices = Mapping[int, tuple[int, int]]
"""Price of an atom [1e-18 dollars] and mark [2^-24 ticks] by asset; 0 where there is none."""

PPM = 10**6

DRIFT_PPM_PER_MINUTE = 120
"""More than what funding at its cap, 4 % for 8 hours, and interest take of the legs."""

_ACCOUNTS = frozenset(
    {
        "account_id",
        "from_account_id",
        "to_account_id",
        "bidder_account_id",
        "lender_account_id",
    }
)


@dataclass(frozen=True)
class _Seen:
    """An account as it was last seen; `prices` are those of then."""

    standing: Standing
    prices: Prices
    time: int


@dataclass
class Watch:
    """The accounts that could be liquidated, and when each was last seen."""

    seen: dict[int, _Seen] = field(default_factory=dict)
    changed: set[int] = field(default_factory=set)

    def note(self, standings: Iterable[Standing], prices: Prices, now: int) -> None:
        """Take down where accounts stand; those that nothing can happen to are forgotten."""
        for standing in standings:
            self.changed.discard(standing.account_id)
            owes = standing.claim_atoms + standing.drawn_atoms > 0
            if standing.is_paid and standing.is_live and not owes:
                self.seen.pop(standing.account_id, None)
            else:
                self.seen[standing.account_id] = _Seen(standing, prices, now)

    def change(self, account_ids: Iterable[int]) -> None:
        """Take down that something was done to accounts."""
        self.changed.update(account_ids)

    def due(self, prices: Prices, now: int) -> list[int]:
        """Return the accounts that have to be looked at, in the order of their ids."""
        moves: dict[int, int] = {}
        due = set(self.changed)
        for account_id, seen in self.seen.items():
            key = id(seen.prices)
            if key not in moves:
                moves[key] = moved_ppm(seen.prices, prices)
            drift = DRIFT_PPM_PER_MINUTE * (1 + max(0, now - seen.time) // 60)
            if _may_be_in_trouble(seen.standing, moves[key] + drift):
                due.add(account_id)
        return sorted(due)


def moved_ppm(before: Prices, now: Prices) -> int:
    """Return by how much the price or mark moved that has moved most, rounded up [ppm]."""
    most = 0
    for asset_id, known in now.items():
        for old, new in zip(before.get(asset_id, (0, 0)), known, strict=True):
            if old == new:
                continue
            # What had no price is worth nothing that could be compared.
            most = max(most, -(-abs(new - old) * PPM // old) if old else 2 * PPM)
    return most


def _may_be_in_trouble(standing: Standing, moved: int) -> bool:
    """Return whether an account may be below maintenance after prices have moved so much [ppm].

    Its equity changes by no more than that part of its legs, its requirement by less than that. Who
    owes to funds or lenders of lines is looked at as long as that lasts.
    """
    owes = standing.claim_atoms + standing.drawn_atoms > 0
    if owes or not standing.is_live or not standing.is_healthy:
        return True
    return standing.to_maintenance_atoms * PPM <= 2 * moved * standing.gross_atoms


def touched(events: Iterable[Event]) -> Iterator[int]:
    """Yield the accounts that events say something has happened to."""
    for event in events:
        if isinstance(event, BookRecords):
            yield event.account_id
            for record in event.records:
                if isinstance(record, Filled | Removed):
                    yield record.account
            continue
        for one in fields(event):
            if one.name in _ACCOUNTS:
                yield getattr(event, one.name)
