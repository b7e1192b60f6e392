"""The custom errors of the exchange as exceptions, with the same names and arguments.

Fields are those of contracts/interfaces/IExchangeErrors.sol, in its order and units.
"""
# ruff: noqa: N818 - the names are facts, as in the contracts

from dataclasses import dataclass, fields
from typing import ClassVar

from worldmarkets.errors import WorldMarketsError
from worldmarkets.model.interface import Refusal


@dataclass(eq=False)
class ContractError(WorldMarketsError):
    """An action was refused; nothing has changed."""

    @property
    def name(self) -> str:
        """Name of the error in the ABI."""
        return type(self).__name__

    @property
    def arguments(self) -> tuple[int | bytes, ...]:
        """Arguments in the order of the ABI."""
        return tuple(getattr(self, known.name) for known in fields(self))

    def __str__(self) -> str:
        values = (f"{known.name}={getattr(self, known.name)}" for known in fields(self))
        return f"{self.name}({', '.join(values)})"


@dataclass(eq=False)
class RefusedError(ContractError):
    """A place was refused for its own reason; a batch skips it with the code `refusal`."""

    refusal: ClassVar[Refusal]


@dataclass(eq=False)
class UnknownAccount(ContractError):
    """No such account."""

    account_id: int


@dataclass(eq=False)
class NotAccountOwner(ContractError):
    """The caller does not own the account."""

    account_id: int
    caller: int


@dataclass(eq=False)
class OperatorExpired(ContractError):
    """What the owner allowed the operator has run out."""

    account_id: int
    operator: int
    expiry: int


@dataclass(eq=False)
class PermissionMissing(ContractError):
    """The operator lacks permissions: of those needed all, of withdrawals one."""

    account_id: int
    operator: int
    permissions: int
    needed: int


@dataclass(eq=False)
class LossBudgetSpent(ContractError):
    """Executions by operators would lose more than they may in a day."""

    account_id: int
    lost_atoms: int
    loss_atoms: int
    budget_atoms: int


@dataclass(eq=False)
class InvalidPermissions(ContractError):
    """Permissions that do not exist, or that would have run out already."""

    permissions: int
    expiry: int


@dataclass(eq=False)
class SameAccount(ContractError):
    """Both ends of a transfer are the same account."""

    account_id: int


@dataclass(eq=False)
class TooManyAccounts(ContractError):
    """There are as many accounts as there can be."""

    max_accounts: int


@dataclass(eq=False)
class TooManyAssets(RefusedError):
    """The account would use more assets than an account may."""

    refusal = Refusal.TOO_MANY_ASSETS
    account_id: int
    assets: int
    max_assets: int


@dataclass(eq=False)
class AssetNotActivated(ContractError):
    """Only who acts for the account makes it use a further asset."""

    account_id: int
    asset_id: int


@dataclass(eq=False)
class AssetInUse(ContractError):
    """An asset of which the account has something, or open orders."""

    account_id: int
    asset_id: int


@dataclass(eq=False)
class MarketInUse(ContractError):
    """The account has a position, unsettled cash or open orders in the perp market."""

    account_id: int
    market_id: int


@dataclass(eq=False)
class UnlistedAsset(ContractError):
    """No such asset."""

    asset_id: int


@dataclass(eq=False)
class ZeroAmount(ContractError):
    """An amount of zero."""


@dataclass(eq=False)
class ZeroAddress(ContractError):
    """The zero address where someone must receive."""


@dataclass(eq=False)
class InvalidReceiver(ContractError):
    """The exchange itself where someone else must receive."""

    receiver: int


@dataclass(eq=False)
class InvalidSender(ContractError):
    """Native tokens from someone who must not send them."""

    sender: int


@dataclass(eq=False)
class NotWrappedNative(ContractError):
    """The asset is not the wrapped native token."""

    asset_id: int


@dataclass(eq=False)
class InvalidPermit(ContractError):
    """A permit that the token refuses, and no allowance that would do."""

    asset_id: int
    owner: int
    allowance: int


@dataclass(eq=False)
class OutflowLimitReached(ContractError):
    """More would leave the exchange than may in a day."""

    asset_id: int
    net_atoms: int
    limit_atoms: int


@dataclass(eq=False)
class FractionalAtoms(ContractError):
    """Token units that are no whole number of atoms."""

    token_units: int
    units_per_atom: int


@dataclass(eq=False)
class TooMuchHeld(ContractError):
    """The exchange would hold more of an asset than its words can count."""

    asset_id: int
    held_atoms: int
    max_atoms: int


@dataclass(eq=False)
class InsufficientBalance(ContractError):
    """The balance does not cover what must stay covered."""

    account_id: int
    asset_id: int
    balance_atoms: int
    required_atoms: int


@dataclass(eq=False)
class BelowInitialMargin(ContractError):
    """The account's equity would be below what its portfolio requires."""

    account_id: int
    equity_atoms: int
    required_atoms: int


@dataclass(eq=False)
class UnsettledProfit(ContractError):
    """Equity without perp profits that are not settled yet is less than what is required."""

    account_id: int
    settled_equity: int
    required: int


@dataclass(eq=False)
class StalePrice(ContractError):
    """A price too old for anything but lowering risk."""

    asset_id: int
    time: int
    oldest: int


@dataclass(eq=False)
class PriceUnconfirmed(ContractError):
    """A price that has jumped and waits for a second report."""

    asset_id: int


@dataclass(eq=False)
class LowConfidence(ContractError):
    """A price too uncertain for anything but lowering risk."""

    asset_id: int
    confidence_bps: int
    min_confidence_bps: int


@dataclass(eq=False)
class PoolNotOpen(ContractError):
    """The asset is not lent or borrowed here."""

    asset_id: int


@dataclass(eq=False)
class InsufficientLiquidity(ContractError):
    """The pool has less than is wanted from it."""

    asset_id: int
    atoms: int
    available_atoms: int


@dataclass(eq=False)
class BorrowCapReached(ContractError):
    """More than may still be owed to the pool by all."""

    asset_id: int
    atoms: int
    room_atoms: int


@dataclass(eq=False)
class BorrowCeilingReached(ContractError):
    """More than may be borrowed at this utilisation."""

    asset_id: int
    atoms: int
    room_atoms: int


@dataclass(eq=False)
class BorrowWindowReached(ContractError):
    """More than the window leaves to be borrowed now."""

    asset_id: int
    atoms: int
    room_atoms: int


@dataclass(eq=False)
class SupplyCapReached(ContractError):
    """The pool would have more than it may."""

    asset_id: int
    supplied_atoms: int
    cap_atoms: int


@dataclass(eq=False)
class NothingOwed(ContractError):
    """The account owes nothing of the asset."""

    account_id: int
    asset_id: int


@dataclass(eq=False)
class ChangedTooSoon(ContractError):
    """Risk parameters were changed too lately to be changed again."""

    asset_id: int
    earliest: int


@dataclass(eq=False)
class RampExceeded(ContractError):
    """A risk parameter too low for the age of the listing, or raised by too much."""

    asset_id: int
    parameter: bytes
    value: int
    limit: int


@dataclass(eq=False)
class UnknownMarket(RefusedError):
    """No such market."""

    refusal = Refusal.UNKNOWN_MARKET
    market_id: int


@dataclass(eq=False)
class TickOutOfRange(RefusedError):
    """No price can be that tick."""

    refusal = Refusal.TICK_OUT_OF_RANGE
    tick: int
    max_tick: int


@dataclass(eq=False)
class BelowMinimumSize(RefusedError):
    """An order or a remainder smaller than the market allows."""

    refusal = Refusal.BELOW_MINIMUM_SIZE
    lots: int
    min_lots: int


@dataclass(eq=False)
class TooManyFills(RefusedError):
    """More fills asked for than a transaction may make."""

    refusal = Refusal.TOO_MANY_FILLS
    max_fills: int
    limit: int


@dataclass(eq=False)
class PriceUnavailable(RefusedError):
    """The asset has no reference price yet."""

    refusal = Refusal.PRICE_UNAVAILABLE
    asset_id: int


@dataclass(eq=False)
class PriceOutsideBand(RefusedError):
    """A price beyond the band on the side that loses money."""

    refusal = Refusal.PRICE_OUTSIDE_BAND
    tick: int
    limit_tick: int


@dataclass(eq=False)
class WouldCross(RefusedError):
    """A post-only order that would trade."""

    refusal = Refusal.WOULD_CROSS
    tick: int
    best_tick: int


@dataclass(eq=False)
class NotFilledWhole(RefusedError):
    """A fill-or-kill order that cannot be filled whole."""

    refusal = Refusal.NOT_FILLED_WHOLE
    filled_lots: int
    lots: int


@dataclass(eq=False)
class InvalidTerms(RefusedError):
    """Order terms that have no meaning."""

    refusal = Refusal.INVALID_TERMS
    terms: int


@dataclass(eq=False)
class OrderExpired(RefusedError):
    """The order would have expired already."""

    refusal = Refusal.ORDER_EXPIRED
    expiry: int
    timestamp: int


@dataclass(eq=False)
class NothingToReduce(RefusedError):
    """A reduce-only order where nothing, or too little, can be reduced."""

    refusal = Refusal.NOTHING_TO_REDUCE
    account_id: int
    market_id: int
    reducible_lots: int


@dataclass(eq=False)
class MarketPaused(RefusedError):
    """New risk is paused in the market until then."""

    refusal = Refusal.MARKET_PAUSED
    market_id: int
    until: int


@dataclass(eq=False)
class LevelFull(RefusedError):
    """The level holds as many orders as it can."""

    refusal = Refusal.LEVEL_FULL
    market_id: int
    tick: int


@dataclass(eq=False)
class TooMuchOpen(RefusedError):
    """The account's open orders in an asset are more than its word can count."""

    refusal = Refusal.TOO_MUCH_OPEN
    account_id: int
    asset_id: int


@dataclass(eq=False)
class PositionCapReached(RefusedError):
    """The account's position and open orders of one side would be larger than it may have."""

    refusal = Refusal.POSITION_CAP
    account_id: int
    market_id: int
    lots: int
    cap_lots: int


@dataclass(eq=False)
class OpenInterestCapReached(RefusedError):
    """As many lots are held long as may be, and the order closes none."""

    refusal = Refusal.OPEN_INTEREST_CAP
    market_id: int
    lots: int
    cap_lots: int


@dataclass(eq=False)
class StaleOrder(ContractError):
    """No live order has this id."""

    order_id: int


@dataclass(eq=False)
class NotOrderOwner(ContractError):
    """The order belongs to another account."""

    order_id: int
    account_id: int


@dataclass(eq=False)
class NotAReduction(ContractError):
    """An order can only become smaller where it stands."""

    order_id: int
    new_lots: int
    lots: int


@dataclass(eq=False)
class DuplicateOrder(ContractError):
    """The same order twice in one array."""

    order_id: int


@dataclass(eq=False)
class MalformedBatch(ContractError):
    """A packed batch of another length than what it says it holds."""

    length: int
    expected_length: int


@dataclass(eq=False)
class DeadlinePassed(ContractError):
    """Too late."""

    deadline: int
    timestamp: int


@dataclass(eq=False)
class PausedTooSoon(ContractError):
    """The market may not be paused again before then."""

    market_id: int
    earliest: int


@dataclass(eq=False)
class InvalidParameter(ContractError):
    """A listing parameter outside its bounds; its name as 32 bytes."""

    parameter: bytes
    value: int


@dataclass(eq=False)
class MarketAlreadyListed(ContractError):
    """The base asset has a market of this kind already."""

    market_id: int


@dataclass(eq=False)
class InvalidPrice(ContractError):
    """A feed gave a price that cannot be used."""

    asset_id: int
    price: int


@dataclass(eq=False)
class AccountHealthy(ContractError):
    """The account is healthy or protected: equity with what is locked for it, and requirement."""

    account_id: int
    equity_atoms: int
    required_atoms: int


@dataclass(eq=False)
class AccountUnhealthy(ContractError):
    """The account's equity is below what is required."""

    account_id: int
    equity_atoms: int
    required_atoms: int


@dataclass(eq=False)
class AlreadyFlagged(ContractError):
    """The account has been flagged already."""

    account_id: int


@dataclass(eq=False)
class NotFlagged(ContractError):
    """The account is not flagged."""

    account_id: int


@dataclass(eq=False)
class AccountFrozen(RefusedError):
    """The account is flagged, has dead orders, or owes a claim."""

    refusal = Refusal.ACCOUNT_FROZEN
    account_id: int


@dataclass(eq=False)
class WindowOpen(ContractError):
    """Only the account's plan and its chosen liquidators act until then."""

    account_id: int
    window_end: int


@dataclass(eq=False)
class SameOwner(ContractError):
    """Whoever bids owns the account that is auctioned."""

    account_id: int
    bidder_account_id: int


@dataclass(eq=False)
class SliceTooSmall(ContractError):
    """A slice smaller than the least."""

    fraction_ppm: int
    least_ppm: int


@dataclass(eq=False)
class PaidTooMuch(ContractError):
    """More would be paid than the caller allows."""

    atoms: int
    max_atoms: int


@dataclass(eq=False)
class BelowLeastProtection(ContractError):
    """A bond or line too small to protect anybody."""

    atoms: int
    least_atoms: int


@dataclass(eq=False)
class InsufficientBond(ContractError):
    """The bond is smaller."""

    account_id: int
    bond_atoms: int
    atoms: int


@dataclass(eq=False)
class NoSuchLine(ContractError):
    """There is no such line, or not in the state that was asked for."""

    account_id: int
    lender_account_id: int


@dataclass(eq=False)
class LineExists(ContractError):
    """There is a line of that lender already."""

    account_id: int
    lender_account_id: int


@dataclass(eq=False)
class LineExpired(ContractError):
    """The line has run out, or would have."""

    expiry: int
    time: int


@dataclass(eq=False)
class LineCommitted(ContractError):
    """The line may not be closed before then; 0 if notice has not been given."""

    account_id: int
    lender_account_id: int
    closes_at: int


@dataclass(eq=False)
class TooManyLines(ContractError):
    """The account has as many lines as an account may."""

    account_id: int
    max_lines: int


@dataclass(eq=False)
class TooManySteps(ContractError):
    """A plan of more steps than a plan may have."""

    steps: int
    max_steps: int


@dataclass(eq=False)
class InvalidStep(ContractError):
    """A step that can not be: its index, and the name of the field as 32 bytes."""

    step: int
    field: bytes


@dataclass(eq=False)
class NoSuchStep(ContractError):
    """The account's plan has no such step, or nothing is left of it."""

    account_id: int
    step: int


@dataclass(eq=False)
class TriggerNotMet(ContractError):
    """The trigger of a step has not fired: what it looks at, and the threshold."""

    step: int
    value: int
    threshold: int


@dataclass(eq=False)
class CoolingDown(ContractError):
    """The step waits until then."""

    step: int
    ready_at: int


@dataclass(eq=False)
class FillTooSmall(ContractError):
    """The step would do less than its least at once."""

    step: int
    done: int
    min_fill: int


@dataclass(eq=False)
class PriceMoving(ContractError):
    """A price has moved fast: whoever could step aside from a loss waits until then."""

    paused_until: int


@dataclass(eq=False)
class AccessManagedUnauthorized(ContractError):
    """The caller lacks the role. Source: OpenZeppelin's AccessManaged."""

    caller: int


@dataclass(eq=False)
class SafeERC20FailedOperation(ContractError):
    """A token said no without saying why. Source: OpenZeppelin's SafeERC20."""

    token: int


@dataclass(eq=False)
class ReentrancyGuardReentrantCall(ContractError):
    """A call while a token is being called. Source: OpenZeppelin's ReentrancyGuard."""


@dataclass(eq=False)
class ERC20InsufficientBalance(ContractError):
    """A token transfer of more than its sender has. Source: ERC-6093."""

    sender: int
    balance: int
    needed: int


@dataclass(eq=False)
class ERC20InsufficientAllowance(ContractError):
    """A token transfer beyond the spender's allowance. Source: ERC-6093."""

    spender: int
    allowance: int
    needed: int


@dataclass(eq=False)
class InsufficientAllowance(ContractError):
    """A transfer of wrapped native tokens beyond the allowance. Source: Solady's ERC20."""


@dataclass(eq=False)
class InsufficientTokenBalance(ContractError):
    """A transfer of wrapped native tokens that are not there. Source: Solady's ERC20.

    Its name in the ABI is that of the exchange's own error, without arguments.
    """

    @property
    def name(self) -> str:
        """Name of the error in the ABI."""
        return "InsufficientBalance"
