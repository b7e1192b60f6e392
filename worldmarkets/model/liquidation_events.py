"""What liquidation emits, with the names of its interface's events; in quote atoms and seconds."""

from dataclasses import dataclass

from worldmarkets.model.liquidation_interface import PlanStep


@dataclass(frozen=True)
class Flagged:
    """An account was flagged: until `window_end` only its plan and chosen liquidators act."""

    account_id: int
    equity_atoms: int
    maintenance_atoms: int
    window_end: int


@dataclass(frozen=True)
class FlagCleared:
    """The flag of an account was cleared."""

    account_id: int
    equity_atoms: int
    end_atoms: int


@dataclass(frozen=True)
class AuctionRestarted:
    """The price of an account's slices falls anew from then on."""

    account_id: int
    clock_start: int


@dataclass(frozen=True)
class AccountThawed:
    """Orders of an account may rest again."""

    account_id: int


@dataclass(frozen=True)
class SliceTaken:
    """A slice of an account has moved to another; `paid_atoms` is negative if he was paid."""

    account_id: int
    bidder_account_id: int
    fraction_ppm: int
    paid_atoms: int
    fee_atoms: int
    equity_atoms: int


@dataclass(frozen=True)
class DeficitPaid:
    """What a deficit, or what a bidder had to be paid, was taken from."""

    account_id: int
    deficit_atoms: int
    bond_atoms: int
    line_atoms: int
    insurance_atoms: int
    backstop_atoms: int
    shortfall_atoms: int
    loss_atoms: int


@dataclass(frozen=True)
class ShortfallAdded:
    """A part of a deficit that nobody paid is cancelled with profits of a perp from now on."""

    market_id: int
    account_id: int
    atoms: int
    shortfall_atoms: int


@dataclass(frozen=True)
class PoolLoss:
    """Lenders of an asset have lost a debt: atoms of it forgiven, and the supply index after."""

    asset_id: int
    account_id: int
    atoms: int
    supply_index: int


@dataclass(frozen=True)
class ClaimRepaid:
    """Funds have got back what they paid for an account."""

    account_id: int
    insurance_atoms: int
    backstop_atoms: int


@dataclass(frozen=True)
class BondSet:
    """An account's bond has changed."""

    account_id: int
    bond_atoms: int
    balance_atoms: int


@dataclass(frozen=True)
class LineOffered:
    """A lender has locked a standby line for an account that it may accept."""

    account_id: int
    lender_account_id: int
    atoms: int
    fee_atoms: int
    expiry: int


@dataclass(frozen=True)
class LineAccepted:
    """An account has accepted a standby line and paid its fee."""

    account_id: int
    lender_account_id: int
    atoms: int
    fee_atoms: int


@dataclass(frozen=True)
class LineNoticed:
    """A lender may take his line back from `closes_at` on."""

    account_id: int
    lender_account_id: int
    closes_at: int


@dataclass(frozen=True)
class LineDrawn:
    """A standby line has been paid into its account; `drawn_atoms` are all that is drawn of it."""

    account_id: int
    lender_account_id: int
    atoms: int
    drawn_atoms: int


@dataclass(frozen=True)
class LineClosed:
    """What was left of a standby line has gone back to its lender."""

    account_id: int
    lender_account_id: int
    atoms: int


@dataclass(frozen=True)
class LineRepaid:
    """An account has paid back a part of a drawn line; `drawn_atoms` are what is left of it."""

    account_id: int
    lender_account_id: int
    atoms: int
    drawn_atoms: int


@dataclass(frozen=True)
class LiquidatorSet:
    """An account lets an address buy its slices within the window, or no longer."""

    account_id: int
    liquidator: int
    chosen: bool


@dataclass(frozen=True)
class PlanSet:
    """An account has another risk plan."""

    account_id: int
    steps: tuple[PlanStep, ...]


@dataclass(frozen=True)
class StepExecuted:
    """A step of a plan was executed: what it traded or pulled, what is left of it, and the tip."""

    account_id: int
    step: int
    done: int
    left: int
    tip_atoms: int


@dataclass(frozen=True)
class PriceMoved:
    """Profit draws of the perp of an asset wait until then, as do lenders and the backstop."""

    asset_id: int
    paused_until: int


@dataclass(frozen=True)
class BackstopSet:
    """The account whose quote balance is the backstop."""

    account_id: int
