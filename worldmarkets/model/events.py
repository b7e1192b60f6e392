"""What actions emit, with the names of the contract's events. Balances are those after it."""

from dataclasses import dataclass

from worldmarkets.model.interface import (
    AssetRiskTerms,
    MarketRiskTerms,
    PerpTerms,
    PoolTerms,
    SpotTerms,
)
from worldmarkets.model.liquidation_events import (
    AccountThawed,
    AuctionRestarted,
    BackstopSet,
    BondSet,
    ClaimRepaid,
    DeficitPaid,
    FlagCleared,
    Flagged,
    LineAccepted,
    LineClosed,
    LineDrawn,
    LineNoticed,
    LineOffered,
    LineRepaid,
    LiquidatorSet,
    PlanSet,
    PoolLoss,
    PriceMoved,
    ShortfallAdded,
    SliceTaken,
    StepExecuted,
)
from worldmarkets.model.records import Record


@dataclass(frozen=True)
class BookRecords:
    """What an action of one account did to the books."""

    account_id: int
    records: tuple[Record, ...]


@dataclass(frozen=True)
class AccountCreated:
    """An account was made."""

    account_id: int
    owner: int


@dataclass(frozen=True)
class Deposited:
    """Tokens came in."""

    account_id: int
    asset_id: int
    atoms: int
    balance_atoms: int


@dataclass(frozen=True)
class Withdrawn:
    """Tokens went out."""

    account_id: int
    asset_id: int
    to: int
    atoms: int
    balance_atoms: int


@dataclass(frozen=True)
class Transferred:
    """Atoms went from one account to another."""

    from_account_id: int
    to_account_id: int
    asset_id: int
    atoms: int
    from_balance_atoms: int
    to_balance_atoms: int


@dataclass(frozen=True)
class OperatorSet:
    """An owner set what an operator may do, until when, and the account's daily loss budget."""

    account_id: int
    operator: int
    permissions: int
    expiry: int
    daily_loss_atoms: int


@dataclass(frozen=True)
class OperatorRevoked:
    """An operator may do nothing any more."""

    account_id: int
    operator: int


@dataclass(frozen=True)
class AssetActivated:
    """An account may be credited an asset by anyone."""

    account_id: int
    asset_id: int


@dataclass(frozen=True)
class AssetDeactivated:
    """An account no longer uses an asset."""

    account_id: int
    asset_id: int


@dataclass(frozen=True)
class MarketPauseSet:
    """New risk in a market is paused until then [seconds]."""

    market_id: int
    until: int


@dataclass(frozen=True)
class OutflowLimitSet:
    """How much of an asset may leave in a day has changed [ppm of what is held]."""

    asset_id: int
    limit_ppm: int


@dataclass(frozen=True)
class AssetListed:
    """An asset was listed."""

    asset_id: int
    token: int
    units_per_atom: int
    feed: int


@dataclass(frozen=True)
class MarketListed:
    """A market was listed."""

    market_id: int
    base_asset_id: int
    terms: SpotTerms


@dataclass(frozen=True)
class PriceUpdated:
    """The reference price of an asset was updated [1e-18 dollars an atom, seconds]."""

    asset_id: int
    price: int
    time: int


@dataclass(frozen=True)
class FeesCollected:
    """The fees of a market were split [quote atoms]."""

    market_id: int
    insurance_atoms: int
    treasury_atoms: int


@dataclass(frozen=True)
class PriceJumped:
    """A price has jumped and waits for a second report [1e-18 dollars an atom, seconds]."""

    asset_id: int
    price: int
    time: int


@dataclass(frozen=True)
class LentSet:
    """What is positive of a balance is lent from now on, or in custody."""

    account_id: int
    asset_id: int
    lent: bool
    balance_atoms: int


@dataclass(frozen=True)
class PoolAccrued:
    """Interest of a pool was added up: indices [1e-18], rate from now on [1e-16 a second]."""

    asset_id: int
    supply_index: int
    borrow_index: int
    borrowed_atoms: int
    cash_atoms: int
    rate: int


@dataclass(frozen=True)
class ReserveCollected:
    """The reserve of a pool was lent to it for the insurance fund."""

    asset_id: int
    atoms: int


@dataclass(frozen=True)
class PoolTermsSet:
    """A pool was opened, or has other terms."""

    asset_id: int
    terms: PoolTerms


@dataclass(frozen=True)
class AssetRiskSet:
    """An asset has other risk parameters."""

    asset_id: int
    terms: AssetRiskTerms


@dataclass(frozen=True)
class MarketRiskSet:
    """All assets together have other risk parameters."""

    terms: MarketRiskTerms


@dataclass(frozen=True)
class PerpMarketListed:
    """A perp market was listed."""

    market_id: int
    base_asset_id: int
    terms: PerpTerms


@dataclass(frozen=True)
class PerpLimitsSet:
    """The caps of a perp market are others [lots]."""

    market_id: int
    open_interest_cap_lots: int
    position_cap_lots: int


@dataclass(frozen=True)
class MarkUpdated:
    """A perp has a mark [2^-24 ticks] as of a time, funding index [2^-40 ticks] and rate.

    The rate from now on is in 1e-8 per 8 hours.
    """

    market_id: int
    mark: int
    funding_index: int
    rate: int
    time: int


@dataclass(frozen=True)
class Settled:
    """A position was settled: atoms came to the balance, or went into the pool (negative).

    What was cancelled of a profit went against the market's shortfall.
    """

    account_id: int
    market_id: int
    atoms: int
    cancelled_atoms: int
    balance_atoms: int


@dataclass(frozen=True)
class MarketDeactivated:
    """An account no longer uses a perp market."""

    account_id: int
    market_id: int


Event = (
    BookRecords
    | AccountCreated
    | Deposited
    | Withdrawn
    | Transferred
    | OperatorSet
    | OperatorRevoked
    | AssetActivated
    | AssetDeactivated
    | MarketPauseSet
    | OutflowLimitSet
    | AssetListed
    | MarketListed
    | PriceUpdated
    | PriceJumped
    | LentSet
    | PoolAccrued
    | ReserveCollected
    | PoolTermsSet
    | AssetRiskSet
    | MarketRiskSet
    | FeesCollected
    | PerpMarketListed
    | PerpLimitsSet
    | MarkUpdated
    | Settled
    | MarketDeactivated
    | Flagged
    | FlagCleared
    | AuctionRestarted
    | AccountThawed
    | SliceTaken
    | DeficitPaid
    | ShortfallAdded
    | PoolLoss
    | ClaimRepaid
    | BondSet
    | LineOffered
    | LineAccepted
    | LineNoticed
    | LineDrawn
    | LineClosed
    | LineRepaid
    | LiquidatorSet
    | PlanSet
    | StepExecuted
    | PriceMoved
    | BackstopSet
)
