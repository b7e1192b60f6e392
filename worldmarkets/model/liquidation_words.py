"""The storage words of liquidation, unpacked; layouts and names of contracts/types.

Amounts are in quote atoms and times in seconds unless said otherwise. `touched` keeps a word that
was used once from ever being zero again.
"""

from dataclasses import dataclass, replace
from enum import IntEnum

from worldmarkets.model.packing import Word, bits

MAX_LINES = 4
"""The most active standby lines that an account has."""


class LineState(IntEnum):
    """What has become of a standby line."""

    NONE = 0
    OFFERED = 1
    ACTIVE = 2


@dataclass(frozen=True)
class AuctionWord(Word):
    """When an account was flagged, when others than its own may bid, and its price clock.

    `in_deficit` from the recognition of a deficit until the flag is cleared.
    """

    window_end: int = bits(0, 32)
    clock_start: int = bits(32, 32)
    flagged_at: int = bits(64, 32)
    in_deficit: int = bits(96, 1)
    touched: int = bits(97, 1)


@dataclass(frozen=True)
class ProtectionWord(Word):
    """An account's bond, and what the funds have paid for it and have not got back."""

    bond: int = bits(0, 80)
    insurance_claim: int = bits(80, 80)
    backstop_claim: int = bits(160, 80)
    touched: int = bits(240, 1)

    @property
    def claims(self) -> int:
        """What is owed to both funds."""
        return self.insurance_claim + self.backstop_claim


@dataclass(frozen=True)
class LinesWord(Word):
    """The lenders of an account's standby lines, oldest first, and what is drawn of all of them."""

    first: int = bits(0, 32)
    second: int = bits(32, 32)
    third: int = bits(64, 32)
    fourth: int = bits(96, 32)
    drawn: int = bits(128, 80)
    touched: int = bits(208, 1)

    @property
    def lenders(self) -> tuple[int, ...]:
        """Accounts of the lenders, oldest line first."""
        places = (self.first, self.second, self.third, self.fourth)
        return tuple(lender for lender in places if lender)

    def with_lenders(self, lenders: tuple[int, ...]) -> "LinesWord":
        """Return the word with other lenders, at most four."""
        padded = lenders + (0,) * (MAX_LINES - len(lenders))
        first, second, third, fourth = padded
        return replace(self, first=first, second=second, third=third, fourth=fourth)


@dataclass(frozen=True)
class LineWord(Word):
    """A lender's standby line for an account: what is locked, and what is drawn and not repaid.

    While it is offered `drawn` is the fee that accepting it costs. It can be accepted and drawn
    until `expiry`; `closes_at` is when the lender may take it back, 0 without notice.
    """

    locked: int = bits(0, 80)
    drawn: int = bits(80, 80)
    expiry: int = bits(160, 32)
    closes_at: int = bits(192, 32)
    state: int = bits(224, 2)
    touched: int = bits(226, 1)

    def protects(self, time: int) -> bool:
        """Return whether it is active and can be drawn at a time."""
        return self.state == LineState.ACTIVE and self.expiry >= time


@dataclass(frozen=True)
class LiquidationWord(Word):
    """How many accounts are flagged and in deficit, what is locked of all, and the backstop.

    `lines` counts what is locked of offered and active lines, `backstop` is an account.
    """

    flagged: int = bits(0, 32)
    in_deficit: int = bits(32, 32)
    bonds: int = bits(64, 80)
    lines: int = bits(144, 79)
    touched: int = bits(223, 1)
    backstop: int = bits(224, 32)


@dataclass(frozen=True)
class FundWord(Word):
    """What insurance fund and backstop have paid of one kind on `day` (of UTC, since 1970)."""

    day: int = bits(0, 16)
    insurance: int = bits(16, 80)
    backstop: int = bits(96, 80)
    touched: int = bits(176, 1)


@dataclass(frozen=True)
class MoveWord(Word):
    """Lowest and highest price of an asset in `minute` (since 1970) and in the one before.

    Prices are those of an atom [1e-18 dollars], 0 where there is none.
    """

    minute: int = bits(0, 32)
    low: int = bits(32, 56)
    high: int = bits(88, 56)
    low_before: int = bits(144, 56)
    high_before: int = bits(200, 56)


@dataclass(frozen=True)
class PauseWord(Word):
    """Until when those wait who could step aside from a loss."""

    paused_until: int = bits(0, 32)
    touched: int = bits(32, 1)


@dataclass(frozen=True)
class PlanTermsWord(Word):
    """A step of a risk plan as its owner set it; units and bounds of `PlanStep`."""

    trigger: int = bits(0, 2)
    is_below: int = bits(2, 1)
    action: int = bits(3, 2)
    target: int = bits(5, 16)
    slippage_bps: int = bits(21, 14)
    cooldown: int = bits(35, 24)
    tip_ppm: int = bits(59, 13)
    source: int = bits(72, 32)
    threshold: int = bits(104, 88, signed=True)
    touched: int = bits(192, 1)


@dataclass(frozen=True)
class PlanStateWord(Word):
    """What a step of a risk plan still may do, and from when on [lots or atoms, seconds]."""

    left: int = bits(0, 80)
    min_fill: int = bits(80, 80)
    ready_at: int = bits(160, 32)
    touched: int = bits(192, 1)


@dataclass(frozen=True)
class LiquidatorWord(Word):
    """Whether an account lets an address buy its slices within the window."""

    chosen: int = bits(0, 1)
    touched: int = bits(1, 1)
