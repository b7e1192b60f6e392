"""What the LiquidationLens contract returns: structs of ILiquidationLens.sol, as integers.

Fields stand in its order and have its units, which it documents.
"""

from dataclasses import dataclass
from enum import IntEnum

from worldmarkets.model.liquidation_interface import PlanStep
from worldmarkets.model.liquidation_words import LineState


class Level(IntEnum):
    """Which accounts are wanted besides those that are flagged or whose orders may not rest."""

    FLAGGED = 0
    ZERO = 1
    MAINTENANCE = 2
    END = 3
    INITIAL = 4
    ALL = 5
    """All that owe something or use a perp."""


@dataclass(frozen=True)
class State:
    """Liquidation as a whole [quote atoms, seconds]."""

    flagged_accounts: int
    accounts_in_deficit: int
    bond_atoms: int
    line_atoms: int
    insurance_atoms: int
    backstop_account_id: int
    backstop_atoms: int
    bidders_insurance_atoms: int
    bidders_backstop_atoms: int
    paused_until: int


@dataclass(frozen=True)
class AssetState:
    """What deficits have come to in an asset and its perp [quote atoms, seconds]."""

    asset_id: int
    paused_until: int
    shortfall_atoms: int
    perp_insurance_atoms: int
    perp_backstop_atoms: int
    loan_insurance_atoms: int
    loan_backstop_atoms: int


@dataclass(frozen=True)
class Standing:
    """Where an account stands [quote atoms, seconds, ppm]."""

    account_id: int
    is_flagged: bool
    is_live: bool
    is_in_deficit: bool
    is_paid: bool
    equity_atoms: int
    initial_atoms: int
    end_atoms: int
    maintenance_atoms: int
    to_initial_atoms: int
    to_end_atoms: int
    to_maintenance_atoms: int
    exit_cost_atoms: int
    gross_atoms: int
    locked_atoms: int
    claim_atoms: int
    drawn_atoms: int
    window_end: int
    clock_start: int
    price_atoms: int
    fee_atoms: int
    least_ppm: int
    most_ppm: int

    @property
    def is_healthy(self) -> bool:
        """Whether it has what maintenance requires, or needs none."""
        return self.is_paid or self.to_maintenance_atoms >= 0

    @property
    def is_protected(self) -> bool:
        """Whether it is healthy, or would be with what is locked for it."""
        return self.is_healthy or self.to_maintenance_atoms + self.locked_atoms >= 0

    @property
    def is_at_end(self) -> bool:
        """Whether a liquidation of it ends."""
        return self.is_paid or self.to_end_atoms >= 0

    @property
    def deficit_atoms(self) -> int:
        """What it lacks, with what is locked for it, to be worth nothing; 0 if nothing."""
        return max(0, -self.equity_atoms - self.locked_atoms)


@dataclass(frozen=True)
class Line:
    """A standby line [quote atoms, seconds]."""

    lender_account_id: int
    state: LineState
    locked_atoms: int
    drawn_atoms: int
    fee_atoms: int
    expiry: int
    closes_at: int

    def available_atoms(self, time: int) -> int:
        """Return what can be drawn of it at a time [seconds]."""
        return self.locked_atoms if self.state == LineState.ACTIVE and time <= self.expiry else 0


@dataclass(frozen=True)
class Protection:
    """What is locked for an account, and what funds have paid for it [quote atoms]."""

    bond_atoms: int
    insurance_claim_atoms: int
    backstop_claim_atoms: int
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Step:
    """A step of a risk plan; `terms.size` is what is left of it [lots or atoms, seconds]."""

    index: int
    terms: PlanStep
    ready_at: int
