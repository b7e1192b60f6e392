"""Enums and structs of liquidation (contracts/interfaces/ILiquidation.sol)."""

from dataclasses import dataclass
from enum import IntEnum


class Trigger(IntEnum):
    """What a step of a plan looks at.

    Equity in ten-thousandths of the maintenance requirement, the price of an atom [1e-18 dollars],
    a funding rate [1e-8 for 8 hours], or a borrow rate [1e-16 a second].
    """

    HEALTH = 0
    PRICE = 1
    FUNDING = 2
    BORROW_RATE = 3


class PlanAction(IntEnum):
    """What a step of a plan does: trade a perp towards zero, sell, buy what is owed, transfer."""

    REDUCE = 0
    SELL = 1
    REPAY = 2
    PULL = 3


@dataclass(frozen=True)
class PlanStep:
    """A step of a risk plan.

    It fires at or below the threshold if `is_below`, else at or above it; acts in the market, or on
    the asset, `target_id`; does no more than `size` ever, and at once no less than `min_fill` while
    as much is left [lots or atoms]; trades no worse than the mark by `slippage_bps`; and pays whom
    executes it `tip_ppm` of what it trades or pulls. `source_account_id` is what it pulls from.
    """

    trigger: Trigger | int
    is_below: bool
    threshold: int
    action: PlanAction | int
    target_id: int
    size: int
    min_fill: int = 0
    slippage_bps: int = 0
    cooldown_seconds: int = 0
    tip_ppm: int = 0
    source_account_id: int = 0


@dataclass(frozen=True)
class SliceResult:
    """What a slice came to: the part that moved [ppm], and what the bidder paid [quote atoms].

    He was paid if that is negative; of it, `fee_atoms` went to insurance fund and backstop.
    """

    fraction_ppm: int
    paid_atoms: int
    fee_atoms: int
