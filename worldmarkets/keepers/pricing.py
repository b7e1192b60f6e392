"""When a price has to be brought to the exchange: decided without a chain."""

from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

_BPS = 10_000

CONFIRM_DIVISOR = 100
"""How close the second report of a jump must be: a hundredth. Source: PriceModule."""

CONFIRM_SECONDS = 3
"""How much later it must have been made [seconds]. Source: PriceModule."""


class Need(Enum):
    """What a price needs."""

    NOTHING = "nothing"
    COPY = "copy"
    """The feed has it already; the exchange has not."""
    MOVE = "move"
    """It has moved, is the first one, or differs from one that waits."""
    AGE = "age"
    """The one there is grows old."""
    CONFIRM = "confirm"
    """It is the second report of a jump."""
    WAIT = "wait"
    """It will be, in a moment."""


@dataclass(frozen=True)
class PriceRules:
    """How far a price may move, and how old it may grow, before a new one is brought."""

    threshold_bps: Decimal = Decimal(5)
    """[basis points]"""
    heartbeat_seconds: int = 30
    """Half of the minute after which nobody may add risk at it [seconds]."""


@dataclass(frozen=True)
class KnownPrice:
    """What the exchange knows of an asset, and what its feed does [dollars a token, seconds]."""

    price: Decimal | None
    """None before the first one."""
    time: int
    pending: Decimal | None = None
    """The price that has jumped and waits."""
    pending_time: int = 0
    feed_price: Decimal | None = None
    feed_time: int = 0

    @property
    def newest_time(self) -> int:
        """When the newest price was made that the exchange has seen [seconds]."""
        return max(self.time, self.pending_time if self.pending is not None else 0)

    @property
    def not_before(self) -> int:
        """When the next report must have been made at the earliest to change anything [seconds]."""
        waits = self.pending_time + CONFIRM_SECONDS if self.pending is not None else 0
        return max(self.feed_time + 1, waits)


def need(rules: PriceRules, known: KnownPrice, wanted: Decimal, now: int) -> Need:
    """Return what the price of an asset needs.

    Args:
        rules: When to bring one.
        known: What the exchange knows.
        wanted: The price [dollars a token].
        now: Time of the chain [seconds].
    """
    found = _need(rules, known, wanted, now)
    if found not in (Need.MOVE, Need.AGE, Need.CONFIRM):
        return found
    is_new = known.feed_time > known.newest_time
    if found is Need.CONFIRM:
        is_new = known.feed_time >= known.pending_time + CONFIRM_SECONDS
    is_fresh = is_new and now - known.feed_time < rules.heartbeat_seconds
    same = known.feed_price is not None and not _moved(rules, known.feed_price, wanted)
    return Need.COPY if is_fresh and same else found


def _need(rules: PriceRules, known: KnownPrice, wanted: Decimal, now: int) -> Need:
    """Return what it needs as if the feed knew nothing."""
    if known.pending is not None:
        if abs(wanted - known.pending) * CONFIRM_DIVISOR > known.pending:
            return Need.MOVE
        is_later = now >= known.pending_time + CONFIRM_SECONDS
        return Need.CONFIRM if is_later else Need.WAIT
    if known.price is None or _moved(rules, known.price, wanted):
        return Need.MOVE
    return Need.AGE if now - known.time >= rules.heartbeat_seconds else Need.NOTHING


def _moved(rules: PriceRules, before: Decimal, wanted: Decimal) -> bool:
    return abs(wanted - before) * _BPS >= rules.threshold_bps * before
