// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {OrderTerms} from "../types/OrderTerms.sol";

/// @title Errors of the exchange
/// @notice Each names a fact, with what was got and then the limit. Whoever sees one: nothing has changed.
interface IExchangeErrors {
    /// @notice No such account.
    error UnknownAccount(uint32 accountId);
    /// @notice The caller does not own the account.
    error NotAccountOwner(uint32 accountId, address caller);
    /// @notice What the owner allowed the operator has run out [seconds].
    error OperatorExpired(uint32 accountId, address operator, uint32 expiry);
    /// @notice The operator lacks permissions [bits of OperatorWord]: of those needed all, of withdrawals one.
    error PermissionMissing(uint32 accountId, address operator, uint8 permissions, uint8 needed);
    /// @notice Executions by operators would lose more against the reference price than the account's owner allows them
    ///         in a day: what they have lost, what this would add, and the budget [quote atoms].
    error LossBudgetSpent(uint32 accountId, uint256 lostAtoms, uint256 lossAtoms, uint256 budgetAtoms);
    /// @notice Permissions that do not exist, or that would have run out already.
    error InvalidPermissions(uint8 permissions, uint32 expiry);
    /// @notice Both ends of a transfer are the same account.
    error SameAccount(uint32 accountId);
    /// @notice There are as many accounts as there can be.
    error TooManyAccounts(uint256 maxAccounts);
    /// @notice The account would use more assets than an account may.
    error TooManyAssets(uint32 accountId, uint256 assets, uint256 maxAssets);

    /// @notice Only the account's owner, or whoever acts for him, makes it use a further asset.
    error AssetNotActivated(uint32 accountId, uint16 assetId);
    /// @notice An asset of which the account has something, or open orders.
    error AssetInUse(uint32 accountId, uint16 assetId);

    /// @notice No such asset.
    error UnlistedAsset(uint16 assetId);
    /// @notice An amount of zero.
    error ZeroAmount();
    /// @notice The zero address where someone must receive.
    error ZeroAddress();
    /// @notice The exchange, or the token itself, where someone else must receive.
    error InvalidReceiver(address receiver);
    /// @notice Native tokens from someone who must not send them.
    error InvalidSender(address sender);
    /// @notice The asset is not the wrapped native token.
    error NotWrappedNative(uint16 assetId);
    /// @notice A permit that the token refuses, and no allowance that would do without it [token units].
    error InvalidPermit(uint16 assetId, address owner, uint256 allowance);
    /// @notice More would leave the exchange than may in a day, net of what comes in [atoms].
    error OutflowLimitReached(uint16 assetId, int256 netAtoms, uint256 limitAtoms);
    /// @notice Token units that are no whole number of atoms [token units, token units an atom].
    error FractionalAtoms(uint256 tokenUnits, uint256 unitsPerAtom);
    /// @notice The exchange would hold more of an asset than its words can count [atoms].
    error TooMuchHeld(uint16 assetId, uint256 heldAtoms, uint256 maxAtoms);
    /// @notice The balance does not cover what must stay covered [atoms].
    error InsufficientBalance(uint32 accountId, uint16 assetId, int256 balanceAtoms, uint256 requiredAtoms);

    /// @notice The account's equity would be below what its portfolio requires [quote atoms].
    error BelowInitialMargin(uint32 accountId, int256 equityAtoms, uint256 requiredAtoms);
    /// @notice A price too old for anything but lowering risk: when it was made, and the oldest allowed [seconds].
    error StalePrice(uint16 assetId, uint256 time, uint256 oldest);
    /// @notice A price that has jumped and waits for a second report: only lowering risk goes on.
    error PriceUnconfirmed(uint16 assetId);
    /// @notice A price too uncertain for anything but lowering risk [basis points].
    error LowConfidence(uint16 assetId, uint256 confidenceBps, uint256 minConfidenceBps);

    /// @notice The asset is not lent or borrowed here.
    error PoolNotOpen(uint16 assetId);
    /// @notice The pool has less than is wanted from it [atoms].
    error InsufficientLiquidity(uint16 assetId, uint256 atoms, uint256 availableAtoms);
    /// @notice More than may still be owed to the pool by all [atoms].
    error BorrowCapReached(uint16 assetId, uint256 atoms, uint256 roomAtoms);
    /// @notice More than may be borrowed at this utilisation [atoms].
    error BorrowCeilingReached(uint16 assetId, uint256 atoms, uint256 roomAtoms);
    /// @notice More than the window leaves to be borrowed now [atoms].
    error BorrowWindowReached(uint16 assetId, uint256 atoms, uint256 roomAtoms);
    /// @notice The pool would have more than it may [atoms].
    error SupplyCapReached(uint16 assetId, uint256 suppliedAtoms, uint256 capAtoms);
    /// @notice The account owes nothing of the asset.
    error NothingOwed(uint32 accountId, uint16 assetId);
    /// @notice Risk parameters of the asset were changed too lately to be changed again before then [seconds].
    error ChangedTooSoon(uint16 assetId, uint256 earliest);
    /// @notice A risk parameter that is lower than the age of the listing allows, or raised by too much at once.
    error RampExceeded(uint16 assetId, bytes32 name, uint256 value, uint256 limit);

    /// @notice No such market.
    error UnknownMarket(uint16 marketId);
    /// @notice No price can be that tick.
    error TickOutOfRange(uint24 tick, uint24 maxTick);
    /// @notice An order or a remainder smaller than the market allows [lots].
    error BelowMinimumSize(uint40 lots, uint24 minLots);
    /// @notice More fills asked for than a transaction may make.
    error TooManyFills(uint8 maxFills, uint8 limit);
    /// @notice The asset has no reference price yet.
    error PriceUnavailable(uint16 assetId);
    /// @notice A price further than the band beyond the reference price, on the side that loses money [ticks].
    error PriceOutsideBand(uint24 tick, uint24 limitTick);
    /// @notice A post-only order that would trade [ticks].
    error WouldCross(uint24 tick, uint24 bestTick);
    /// @notice A fill-or-kill order that cannot be filled whole [lots].
    error NotFilledWhole(uint40 filledLots, uint40 lots);
    /// @notice Order terms that have no meaning.
    error InvalidTerms(OrderTerms terms);
    /// @notice The order would have expired already [seconds].
    error OrderExpired(uint32 expiry, uint256 timestamp);
    /// @notice A reduce-only order where there is nothing, or less than the minimum size, to reduce [lots].
    error NothingToReduce(uint32 accountId, uint16 marketId, uint40 reducibleLots);
    /// @notice New risk is paused in the market until then [seconds].
    error MarketPaused(uint16 marketId, uint256 until);
    /// @notice The level holds as many orders as it can.
    error LevelFull(uint16 marketId, uint24 tick);
    /// @notice A position, with open orders of its side, larger than an account may have [lots].
    error PositionCapReached(uint32 accountId, uint16 marketId, uint256 lots, uint256 capLots);
    /// @notice A trade between two who both open a position where no more may be open [lots].
    error OpenInterestCapReached(uint16 marketId, uint256 lots, uint256 capLots);
    /// @notice Profit of perps that is not settled supports no debt and does not leave: without it equity is too low. Settling
    ///         first makes cash of it [quote atoms].
    error UnsettledProfit(uint32 accountId, int256 settledEquity, uint256 required);
    /// @notice The account has a position, cash or orders in the perp.
    error MarketInUse(uint32 accountId, uint16 marketId);
    /// @notice The account's open orders in an asset are more than its word can count [atoms].
    error TooMuchOpen(uint32 accountId, uint16 assetId);

    /// @notice No live order has this id.
    error StaleOrder(uint128 orderId);
    /// @notice The order belongs to another account.
    error NotOrderOwner(uint128 orderId, uint32 accountId);
    /// @notice An order can only become smaller where it stands [lots].
    error NotAReduction(uint128 orderId, uint40 newLots, uint40 lots);
    /// @notice The same order twice in one array.
    error DuplicateOrder(uint128 orderId);
    /// @notice A packed batch of another length than what it says it holds [bytes].
    error MalformedBatch(uint256 length, uint256 expectedLength);
    /// @notice Too late [seconds].
    error DeadlinePassed(uint64 deadline, uint256 timestamp);

    /// @notice The market was paused not long enough ago to be paused again before then [seconds].
    error PausedTooSoon(uint16 marketId, uint256 earliest);
    /// @notice A parameter outside its bounds.
    error InvalidParameter(bytes32 name, uint256 value);
    /// @notice The base asset has a market of this kind already.
    error MarketAlreadyListed(uint16 marketId);
    /// @notice A feed gave a price that cannot be used [1e-18 dollars a whole token].
    error InvalidPrice(uint16 assetId, uint256 price);

    /// @notice The account is healthy or protected: its equity with what is locked for it, and what is required [quote atoms].
    error AccountHealthy(uint32 accountId, int256 equityAtoms, uint256 requiredAtoms);
    /// @notice The account's equity is below what is required [quote atoms].
    error AccountUnhealthy(uint32 accountId, int256 equityAtoms, uint256 requiredAtoms);
    /// @notice The account has been flagged already.
    error AlreadyFlagged(uint32 accountId);
    /// @notice The account is not flagged.
    error NotFlagged(uint32 accountId);
    /// @notice The account is flagged, has dead orders, or owes a claim.
    error AccountFrozen(uint32 accountId);
    /// @notice Only the account's plan and its chosen liquidators act until then [seconds].
    error WindowOpen(uint32 accountId, uint256 windowEnd);
    /// @notice Whoever bids owns the account that is auctioned.
    error SameOwner(uint32 accountId, uint32 bidderAccountId);
    /// @notice A slice smaller than the least [ppm].
    error SliceTooSmall(uint256 fractionPpm, uint256 leastPpm);
    /// @notice More would be paid than the caller allows [quote atoms].
    error PaidTooMuch(int256 atoms, int256 maxAtoms);
    /// @notice A bond or line too small to protect anybody [quote atoms].
    error BelowLeastProtection(uint256 atoms, uint256 leastAtoms);
    /// @notice The bond is smaller [quote atoms].
    error InsufficientBond(uint32 accountId, uint256 bondAtoms, uint256 atoms);
    /// @notice There is no such line, or not in the state that was asked for.
    error NoSuchLine(uint32 accountId, uint32 lenderAccountId);
    /// @notice There is a line of that lender already.
    error LineExists(uint32 accountId, uint32 lenderAccountId);
    /// @notice The line has run out, or would have [seconds].
    error LineExpired(uint256 expiry, uint256 time);
    /// @notice The line may not be closed before then [seconds]; 0: notice has not been given.
    error LineCommitted(uint32 accountId, uint32 lenderAccountId, uint256 closesAt);
    /// @notice The account has as many lines as an account may.
    error TooManyLines(uint32 accountId, uint256 maxLines);
    /// @notice A plan of more steps than a plan may have.
    error TooManySteps(uint256 steps, uint256 maxSteps);
    /// @notice A step that can not be: its index and the name of the field.
    error InvalidStep(uint256 step, bytes32 field);
    /// @notice The account's plan has no such step, or nothing is left of it.
    error NoSuchStep(uint32 accountId, uint256 step);
    /// @notice The trigger of a step has not fired: what it looks at, and the threshold.
    error TriggerNotMet(uint256 step, int256 value, int256 threshold);
    /// @notice The step waits until then [seconds].
    error CoolingDown(uint256 step, uint256 readyAt);
    /// @notice The step would do less than its least at once [lots or atoms].
    error FillTooSmall(uint256 step, uint256 done, uint256 minFill);
    /// @notice A price has moved fast: whoever could step aside from a loss waits until then [seconds].
    error PriceMoving(uint256 pausedUntil);
}
