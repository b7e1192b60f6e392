// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {OrderTerms} from "../types/OrderTerms.sol";
import {IExchangeErrors} from "./IExchangeErrors.sol";

/// @title World Markets exchange
/// @notice Accounts, custody and central limit order books at one address.
/// @dev Units: *atoms* are the integer unit of an asset's ledger, *lots* the smallest size of a market, *ticks* its price
///      steps. A trade of `lots` at `tick` moves exactly `lots · tick · tickValue` quote atoms. Asset 0 is the quote asset.
///      Custom errors are in {IExchangeErrors}; after any of them nothing has changed. While a token is being called,
///      every entry point and view reverts with ReentrancyGuardReentrantCall.
interface IExchange is IExchangeErrors {
    /// @notice What an order does: buy or sell the base asset.
    enum Side {
        BID,
        ASK
    }

    /// @notice Why a place of a batch was skipped; each has an error of the same meaning.
    enum Refusal {
        NONE,
        UNKNOWN_MARKET,
        TICK_OUT_OF_RANGE,
        BELOW_MINIMUM_SIZE,
        TOO_MANY_FILLS,
        PRICE_UNAVAILABLE,
        PRICE_OUTSIDE_BAND,
        WOULD_CROSS,
        NOT_FILLED_WHOLE,
        LEVEL_FULL,
        TOO_MUCH_OPEN,
        TOO_MANY_ASSETS,
        INVALID_TERMS,
        ORDER_EXPIRED,
        NOTHING_TO_REDUCE,
        MARKET_PAUSED,
        POSITION_CAP,
        OPEN_INTEREST_CAP,
        ACCOUNT_FROZEN
    }

    /// @notice Why an order left the book without being filled, in REMOVED records; all but the first by whoever met it.
    enum Removal {
        /// @dev Its owner cancelled it.
        CANCELLED,
        /// @dev Its owner could not pay.
        UNPAYABLE,
        /// @dev The reference price has moved away from it by more than the band.
        OUTSIDE_BAND,
        /// @dev What a fill left of it was below the minimum size; the record follows that of the fill.
        DUST,
        /// @dev It had expired.
        EXPIRED,
        /// @dev It met another order of its owner.
        SELF_TRADE,
        /// @dev It was reduce-only, and there was nothing, or not enough, left to reduce.
        NOTHING_TO_REDUCE,
        /// @dev An operator placed it, and the fill would have lost more than his budget for the day.
        BUDGET_SPENT,
        /// @dev The fill would have left its account below its margin: one far beyond the reference price against it, one
        ///      that begins a debt, or any while a price waits.
        BELOW_MARGIN,
        /// @dev Its account would have had a larger position than it may.
        POSITION_CAP,
        /// @dev It was dead: its account had been flagged.
        FROZEN
    }

    /// @notice An order to place.
    struct OrderRequest {
        /// @dev Market: kind in the high byte (1 spot, 2 perp), base asset in the low byte.
        uint16 marketId;
        /// @dev Worst price it may trade at [ticks].
        uint24 tick;
        Side side;
        /// @dev Size [lots].
        uint40 lots;
        /// @dev Most maker orders it may meet, filled or removed; at most 64.
        uint8 maxFills;
        /// @dev Time in force, self-trade prevention, expiry, reduce-only and client id; 0 for a plain order.
        OrderTerms terms;
    }

    /// @notice What became of an order.
    struct OrderResult {
        /// @dev Id of the resting part, 0 if nothing rests.
        uint128 orderId;
        /// @dev Traded at once [lots].
        uint40 filledLots;
        /// @dev Resting [lots]. What is neither filled nor resting was dropped, or lost to self-trade prevention.
        uint40 restingLots;
        /// @dev NONE unless a batch skipped the place.
        Refusal refusal;
    }

    /// @notice What would change of an asset in an account, for {previewMargin}; or of a perp, whose market id then stands in
    ///         the place of the asset's and whose amounts are lots, traded at the mark.
    struct MarginChange {
        uint16 assetId;
        /// @dev Added to the balance: traded, deposited or repaid; negative: withdrawn, borrowed or paid [atoms].
        int128 atoms;
        /// @dev Added to the open bids [atoms].
        int128 bidAtoms;
        /// @dev Added to the open asks [atoms].
        int128 askAtoms;
        /// @dev Of those, what only reduces [atoms].
        uint128 reduceOnlyAtoms;
    }

    /// @notice An account's equity and requirements.
    struct Margin {
        /// @dev All it has, less all it owes, interest included, at the reference prices [quote atoms].
        int256 equityAtoms;
        /// @dev The same with no profit of perps that is not settled: it must support what is owed and what leaves
        ///      [quote atoms].
        int256 settledAtoms;
        /// @dev Needed to add risk, with all resting orders at their worst [quote atoms].
        uint256 initialAtoms;
        /// @dev At which a liquidation is to end [quote atoms].
        uint256 endAtoms;
        /// @dev Below which it is to begin [quote atoms].
        uint256 maintenanceAtoms;
        /// @dev Whether the account owes nothing, uses no perp, and its balances cover all its orders; then nothing is
        ///      required.
        bool isPaid;
    }

    /// @notice ATLAS parameters of an asset.
    struct AssetRiskTerms {
        /// @dev β: what it moves while the market moves one [thousandths], below 4,096.
        uint16 betaMilli;
        /// @dev ι: shock of its own, at least half of the basis [basis points], below 16,384.
        uint16 iotaBps;
        /// @dev b: spread of spot and perp [basis points], below 4,096.
        uint16 basisBps;
        /// @dev gs: cost of getting out of spot [basis points], below 4,096.
        uint16 spotExitBps;
        /// @dev gp: cost of getting out of the perp [basis points], below 4,096.
        uint16 perpExitBps;
        /// @dev Depth of its markets, for the size term; 0 for none [10,000 dollars].
        uint16 depth;
    }

    /// @notice ATLAS parameters of all assets together.
    struct MarketRiskTerms {
        /// @dev σ: shock of the whole market [basis points], below 4,096.
        uint16 sigmaBps;
        /// @dev Share of the shock at which a liquidation is to end [percent], from maintenance to 100.
        uint8 endPercent;
        /// @dev Share of the shock below which it is to begin [percent].
        uint8 maintenancePercent;
    }

    /// @notice Terms of an asset's lending pool.
    struct PoolTerms {
        /// @dev The most that may be lent to it, below 2^79 [atoms].
        uint128 supplyCapAtoms;
        /// @dev The most that may be owed to it, below 2^79 [atoms].
        uint128 borrowCapAtoms;
        /// @dev Utilisation above which nothing more is borrowed [thousandths], below 1,000.
        uint16 ceilingPermille;
        /// @dev What may be borrowed at once, net of repayments [thousandths of supply], below 1,000. It comes back evenly
        ///      over an hour, so at most twice that is borrowed in any hour.
        uint16 hourlyPermille;
        /// @dev Share of interest for the insurance fund [thousandths], below 1,000.
        uint16 reservePermille;
    }

    /// @notice What an action did to the books, in 32-byte records of one transaction by one account.
    /// @param header Format version in bits 32–39 (now 1), account that acted in bits 0–31.
    /// @param records Packed records; the kind is in bits 248–255 of each, fields from bit 0 up (widths in brackets):
    ///        1 PLACED: order id [128], lots resting [40], client id [64], flags [8] (bit 0 ask, bit 1 reduce-only, bit 2
    ///          by an operator); with id and lots 0: an order with a client id of which nothing rests;
    ///        2 FILLED: maker order id [128], lots [40], maker account [32], number of the fill in its market [40],
    ///          flags [8] (bit 0 the maker order was an ask, bit 1 it has left the book);
    ///        3 REMOVED: order id [128], lots [40], account [32], number 0 [40], reason [8] ({Removal});
    ///        4 REDUCED: order id [128], lots left [40], lots taken off [40];
    ///        5 TAKEN: notional in quote atoms [80], taker fee in quote atoms, signed [64], lots [40], number of the
    ///          market's last fill [40], market [16], flags [8] (bit 0 the taker sold);
    ///        6 SKIPPED: index in the batch's array [16], {Refusal} of a place or 0 for a cancel that found nothing [8];
    ///        7 EXPIRES: order id of the PLACED record before [128], last second at which it may trade [32].
    event BookRecords(uint256 indexed header, bytes records);
    /// @notice An account was made.
    event AccountCreated(uint32 indexed accountId, address indexed owner);
    /// @notice Tokens came in. Balance after it [atoms].
    event Deposited(uint32 indexed accountId, uint16 indexed assetId, uint256 atoms, int256 balanceAtoms);
    /// @notice Tokens went out. Balance after it [atoms].
    event Withdrawn(uint32 indexed accountId, uint16 indexed assetId, address to, uint256 atoms, int256 balanceAtoms);
    /// @notice Atoms went from one account to another. Balances after it [atoms].
    event Transferred(
        uint32 indexed fromAccountId,
        uint32 indexed toAccountId,
        uint16 indexed assetId,
        uint256 atoms,
        int256 fromBalanceAtoms,
        int256 toBalanceAtoms
    );
    /// @notice An owner set what an operator may do, until when, and the daily loss budget of the account's operators.
    event OperatorSet(
        uint32 indexed accountId, address indexed operator, uint8 permissions, uint32 expiry, uint64 dailyLossAtoms
    );
    /// @notice An operator may do nothing any more.
    event OperatorRevoked(uint32 indexed accountId, address indexed operator);
    /// @notice An account may be credited an asset by anyone.
    event AssetActivated(uint32 indexed accountId, uint16 indexed assetId);
    /// @notice An account no longer uses an asset.
    event AssetDeactivated(uint32 indexed accountId, uint16 indexed assetId);
    /// @notice New risk in a market is paused until then; a time that has passed ends a pause [seconds].
    event MarketPauseSet(uint16 indexed marketId, uint256 until);
    /// @notice How much of an asset may leave in a day has changed [ppm of what is held].
    event OutflowLimitSet(uint16 indexed assetId, uint32 limitPpm);
    /// @notice An asset was listed.
    event AssetListed(uint16 indexed assetId, address token, uint64 unitsPerAtom, address feed);
    /// @notice A market was listed.
    event MarketListed(uint16 indexed marketId, uint16 indexed baseAssetId, SpotTerms terms);
    /// @notice A perp was listed.
    event PerpMarketListed(uint16 indexed marketId, uint16 indexed baseAssetId, PerpTerms terms);
    /// @notice A perp has other caps [lots].
    event PerpLimitsSet(uint16 indexed marketId, uint40 openInterestCapLots, uint40 positionCapLots);
    /// @notice A perp has another mark [ticks·2^-24]; its funding index [ticks·2^-40] up to then, and the rate from then on
    ///         [1e-8 for 8 hours].
    event MarkUpdated(uint16 indexed marketId, uint48 mark, int80 fundingIndex, int24 rate, uint32 time);
    /// @notice What a position had made or lost became cash, or cash of its market.
    /// @param atoms Added to the quote balance; negative: taken from it [quote atoms].
    /// @param cancelledAtoms Of the profit, what went against the market's shortfall [quote atoms].
    /// @param balanceAtoms Quote balance after it [quote atoms].
    event Settled(
        uint32 indexed accountId, uint16 indexed marketId, int256 atoms, uint256 cancelledAtoms, int256 balanceAtoms
    );
    /// @notice An account no longer uses a perp.
    event MarketDeactivated(uint32 indexed accountId, uint16 indexed marketId);
    /// @notice The reference price of an asset was updated [1e-18 dollars an atom, seconds].
    event PriceUpdated(uint16 indexed assetId, uint64 price, uint32 time);
    /// @notice A price has jumped and waits for a second report [1e-18 dollars an atom, seconds].
    event PriceJumped(uint16 indexed assetId, uint64 price, uint32 time);
    /// @notice What is positive of a balance is lent from now on, or in custody. Balance after it [atoms].
    event LentSet(uint32 indexed accountId, uint16 indexed assetId, bool lent, int256 balanceAtoms);
    /// @notice Interest of a lending pool was added up: its indices, what is owed, its cash, and the rate from now on
    ///         [1e-18, atoms, 1e-16 a second].
    event PoolAccrued(
        uint16 indexed assetId,
        uint256 supplyIndex,
        uint256 borrowIndex,
        uint256 borrowedAtoms,
        uint256 cashAtoms,
        uint256 rate
    );
    /// @notice The reserve of a lending pool was lent to it for the insurance fund [atoms].
    event ReserveCollected(uint16 indexed assetId, uint256 atoms);
    /// @notice A lending pool was opened, or has other terms.
    event PoolTermsSet(uint16 indexed assetId, PoolTerms terms);
    /// @notice An asset has other risk parameters.
    event AssetRiskSet(uint16 indexed assetId, AssetRiskTerms terms);
    /// @notice All assets together have other risk parameters.
    event MarketRiskSet(MarketRiskTerms terms);
    /// @notice The fees of a market were split [quote atoms].
    event FeesCollected(uint16 indexed marketId, uint256 insuranceAtoms, uint256 treasuryAtoms);

    // ------------------------------------------------------------------ orders

    /// @notice Place an order: match it, then rest what is left if its time in force says so.
    /// @param accountId Account of the caller, or one whose owner lets him place orders.
    /// @param order The order.
    /// @return result What became of it.
    /// @dev A remainder below the minimum size is dropped, and so is one that still crosses after `maxFills`. A post-only
    ///      order first clears away up to 4 maker orders that could not trade; behind more of them it is refused, or slides,
    ///      while an immediate-or-cancel order clears up to 64. An order never trades with one of the same owner, whatever
    ///      the account; one placed by an operator stops before those of other accounts. A reduce-only order is cut to
    ///      what the account has, or for a bid owes, of the base asset, when it is placed and again at each fill. What an
    ///      operator loses against the reference price, fee included, counts towards the account's budget.
    ///      Errors: UnknownAccount, NotAccountOwner, OperatorExpired, PermissionMissing, UnknownMarket, InvalidTerms,
    ///      OrderExpired, NothingToReduce, TickOutOfRange, BelowMinimumSize, TooManyFills, PriceUnavailable,
    ///      PriceOutsideBand, MarketPaused, WouldCross, NotFilledWhole, LevelFull, TooMuchOpen, TooManyAssets,
    ///      InsufficientBalance, LossBudgetSpent; of a perp PositionCapReached, OpenInterestCapReached; of an account that
    ///      needs margin, BelowInitialMargin, UnsettledProfit, StalePrice, PriceUnconfirmed, LowConfidence, and those of
    ///      {borrow}. Invariants: BOOK-1, BOOK-2, BOOK-4, SOLV-1, RISK-1, RISK-2.
    function place(uint32 accountId, OrderRequest calldata order) external returns (OrderResult memory result);

    /// @notice Cancel an order.
    /// @param accountId Account that placed the order: the caller's, or one whose owner lets him cancel.
    /// @param orderId Id of the order.
    /// @return lots What was left of it [lots].
    /// @dev Errors: UnknownAccount, NotAccountOwner, OperatorExpired, PermissionMissing, StaleOrder, NotOrderOwner.
    ///      Invariant: BOOK-3.
    function cancel(uint32 accountId, uint128 orderId) external returns (uint40 lots);

    /// @notice Cancel several orders. An id that finds no live order is skipped.
    /// @return lots What was left of each order, 0 where it was skipped [lots].
    /// @dev Errors: UnknownAccount, NotAccountOwner, OperatorExpired, PermissionMissing, NotOrderOwner, DuplicateOrder.
    function cancelMany(uint32 accountId, uint128[] calldata orderIds) external returns (uint40[] memory lots);

    /// @notice Make an order smaller; it keeps its place in the queue.
    /// @param newLots Lots left afterwards: fewer than now, and at least the minimum size.
    /// @dev Needs the permission to cancel. Errors: UnknownAccount, NotAccountOwner, OperatorExpired, PermissionMissing,
    ///      StaleOrder, NotOrderOwner, NotAReduction, BelowMinimumSize.
    function reduce(uint32 accountId, uint128 orderId, uint40 newLots) external;

    /// @notice Make a resting order what `order` asks for. If that only makes it smaller, it keeps its place in the queue
    ///         (and its client id); anything else cancels it and places `order`, through the same checks as {place}.
    /// @param orderId Id of the order; one that is not found is not replaced.
    /// @param order All that the order is to be; only orders that may rest are changed in place.
    /// @return result What became of it; its id is a new one unless it was changed in place.
    /// @dev Needs the permissions to place and to cancel. Errors: those of {place} and StaleOrder, NotOrderOwner. After
    ///      any of them the old order stands as it was.
    function amend(uint32 accountId, uint128 orderId, OrderRequest calldata order)
        external
        returns (OrderResult memory result);

    /// @notice Cancel orders, then place others, with one check at the end if a place has filled or rests.
    /// @param cancels Ids to cancel; one that finds no live order is skipped.
    /// @param places Orders to place, in this order; one refused for its own reason is skipped. Maker orders it met
    ///        before, which could not trade, have left the book all the same.
    /// @param allOrNone Whether a skip reverts the whole batch with the error of its reason.
    /// @param deadline Last second at which the batch may be executed.
    /// @return lots What was left of each cancelled order, 0 where it was skipped [lots].
    /// @return results What became of each place.
    /// @dev Needs the permissions for what it holds. Errors: DeadlinePassed, UnknownAccount, NotAccountOwner,
    ///      OperatorExpired, PermissionMissing, NotOrderOwner, DuplicateOrder, InsufficientBalance, LossBudgetSpent, of
    ///      an account that needs margin those of {place}; with `allOrNone` also StaleOrder and all others of {place}.
    function batch(
        uint32 accountId,
        uint128[] calldata cancels,
        OrderRequest[] calldata places,
        bool allOrNone,
        uint64 deadline
    ) external returns (uint40[] memory lots, OrderResult[] memory results);

    /// @notice {batch} with packed arguments: for those who pay for each byte of calldata.
    /// @param packed Big-endian fields without padding, widths in bytes: account 4, deadline 4, flags 1 (bit 0 all or
    ///        none), number of cancels 1, number of places 1; for each cancel: order id 16; for each place: market 2,
    ///        tick 3, lots 5, maxFills 1, flags 1 (bit 0 ask, bits 1–3 time in force, bits 4–5 self-trade prevention,
    ///        bit 6 reduce-only, bit 7 more follows), and if more follows: expiry 4, client id 8.
    /// @return lots What was left of each cancelled order, 0 where it was skipped [lots].
    /// @return results What became of each place.
    /// @dev Errors: those of {batch}, MalformedBatch, and InvalidParameter for flags other than bit 0.
    function batchPacked(bytes calldata packed) external returns (uint40[] memory lots, OrderResult[] memory results);

    // ------------------------------------------------------------------ vault

    /// @notice Make an account owned by the caller; an owner may have as many as he likes.
    /// @return accountId Its id.
    /// @dev Errors: TooManyAccounts.
    function createAccount() external returns (uint32 accountId);

    /// @notice Bring tokens into an account, from the caller's allowance. Anyone may, for an asset the account uses.
    /// @param tokenUnits Token units to pull; what arrives is what is credited, and must be whole atoms.
    /// @return atoms What was credited [atoms].
    /// @dev The owner's deposit, or that of an operator who may place or transfer, also makes the account use the asset.
    ///      Errors: UnknownAccount, AssetNotActivated, UnlistedAsset, ZeroAmount, FractionalAtoms, TooMuchHeld,
    ///      TooManyAssets, SupplyCapReached, SafeERC20FailedOperation. Invariant: SOLV-1.
    function deposit(uint32 accountId, uint16 assetId, uint256 tokenUnits) external returns (uint256 atoms);

    /// @notice {deposit} with the allowance signed instead of sent (EIP-2612).
    /// @param deadline Last second at which the token accepts the signature.
    /// @return atoms What was credited [atoms].
    /// @dev A permit that someone has used already does no harm: the allowance is what counts. Errors: those of
    ///      {deposit}, and InvalidPermit.
    function depositWithPermit(
        uint32 accountId,
        uint16 assetId,
        uint256 tokenUnits,
        uint256 deadline,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external returns (uint256 atoms);

    /// @notice {deposit} of the native tokens sent along, wrapped on the way.
    /// @param assetId The wrapped native token.
    /// @return atoms What was credited [atoms].
    /// @dev Errors: those of {deposit}, and NotWrappedNative.
    function depositNative(uint32 accountId, uint16 assetId) external payable returns (uint256 atoms);

    /// @notice Take tokens out of an account of the caller, or of one whose owner lets him withdraw.
    /// @param tokenUnits Token units to send, a whole number of atoms.
    /// @param to Receiver of the tokens.
    /// @dev An account without open orders and debts takes out what it deposited before yesterday (in days of UTC) whatever
    ///      the outflow limit; else the limit of the asset must hold, which counts deposits as much as withdrawals. An
    ///      operator who may not borrow leaves an account that is covered, or resting orders would borrow for him.
    ///      Errors: UnknownAccount, NotAccountOwner, OperatorExpired, PermissionMissing, UnlistedAsset, ZeroAmount,
    ///      ZeroAddress, InvalidReceiver, FractionalAtoms, InsufficientBalance, InsufficientLiquidity,
    ///      OutflowLimitReached, BelowInitialMargin, UnsettledProfit, StalePrice, PriceUnconfirmed, LowConfidence,
    ///      SafeERC20FailedOperation. Invariants: SOLV-1, RISK-1.
    function withdraw(uint32 accountId, uint16 assetId, uint256 tokenUnits, address to) external;

    /// @notice {withdraw} of the wrapped native token, unwrapped on the way.
    /// @param assetId The wrapped native token.
    /// @dev Errors: those of {withdraw}, NotWrappedNative; and what the receiver reverts with.
    function withdrawNative(uint32 accountId, uint16 assetId, uint256 tokenUnits, address payable to) external;

    /// @notice Move atoms from an account of the caller, or of one whose owner lets him, to another account. One of
    ///         another owner must use the asset already. An operator who may not borrow leaves an account that is
    ///         covered.
    /// @dev Errors: UnknownAccount, NotAccountOwner, OperatorExpired, PermissionMissing, SameAccount, UnlistedAsset,
    ///      ZeroAmount, InsufficientBalance, InsufficientLiquidity, AssetNotActivated, TooManyAssets, SupplyCapReached,
    ///      BelowInitialMargin, UnsettledProfit, StalePrice, PriceUnconfirmed, LowConfidence.
    function transfer(uint32 fromAccountId, uint32 toAccountId, uint16 assetId, uint256 atoms) external;

    // ------------------------------------------------------------------ lending

    /// @notice Lend what is positive of a balance to the asset's pool from now on, or keep it in custody.
    /// @dev The owner, or an operator who may lend and borrow. What is lent earns interest and can be spent like custody as
    ///      long as the pool has cash. Errors: UnknownAccount, NotAccountOwner, OperatorExpired, PermissionMissing,
    ///      UnlistedAsset, PoolNotOpen, AssetNotActivated, TooManyAssets, SupplyCapReached, InsufficientLiquidity.
    function setLent(uint32 accountId, uint16 assetId, bool lent) external;

    /// @notice Take tokens out of an account on credit: what its balance does not have is borrowed.
    /// @param tokenUnits Token units to send, a whole number of atoms.
    /// @param to Receiver of the tokens.
    /// @dev {withdraw} that may leave a debt. An operator needs the permission to borrow besides. Trading borrows, too:
    ///      whatever an account sells or pays beyond what it has. Errors: those of {withdraw}, PoolNotOpen, AssetNotActivated,
    ///      TooManyAssets, BorrowCapReached, BorrowCeilingReached, BorrowWindowReached. Invariants: SOLV-1, RISK-1.
    function borrow(uint32 accountId, uint16 assetId, uint256 tokenUnits, address to) external;

    /// @notice Pay back a debt from the caller's allowance, wholly if that is less than `tokenUnits`. Anyone may.
    /// @return atoms What was repaid [atoms].
    /// @dev Errors: UnknownAccount, UnlistedAsset, NothingOwed, and those of {deposit}.
    function repay(uint32 accountId, uint16 assetId, uint256 tokenUnits) external returns (uint256 atoms);

    /// @notice Add up the interest of lending pools, and set their rates anew. Anyone may.
    /// @dev Interest runs all the same: this only lets the rate follow demand. Errors: UnlistedAsset, PoolNotOpen.
    function accruePools(uint16[] calldata assetIds) external;

    /// @notice Lend the reserve of a pool to it for the insurance fund. Anyone may.
    /// @return atoms The reserve, rounded down to whole shares [atoms].
    /// @dev Errors: UnlistedAsset, PoolNotOpen.
    function collectReserve(uint16 assetId) external returns (uint256 atoms);

    /// @notice Make cash of what a position has made, or pay what it has lost, at the mark. Anyone may.
    /// @return atoms Added to the quote balance; negative: taken from it [quote atoms].
    /// @dev A loss is paid from positive cash alone, as far as there is some; where something is owed, no more than what all
    ///      balances are worth beyond that, so that no lender pays for a perp. A profit is drawn from what the losers have paid,
    ///      as far as there is some. While the market has a shortfall Z and cash P only the owner draws, and P / (P + Z) of
    ///      what he draws is paid, finally; the rest is cancelled against Z. Rounded against the account. Needs no check. Errors:
    ///      UnknownMarket, UnknownAccount; NotAccountOwner for a profit in a shortfall. Invariant: SOLV-2.
    function settle(uint32 accountId, uint16 marketId) external returns (int256 atoms);

    /// @notice {settle} that pays all of a loss, borrowing what is missing.
    /// @dev Only the owner. Errors: those of {settle}, NotAccountOwner, those of {borrow}, BelowInitialMargin,
    ///      UnsettledProfit.
    function settleOnCredit(uint32 accountId, uint16 marketId) external returns (int256 atoms);

    /// @notice Open an isolated position: make an account of the caller, move cash there, and place an order in it.
    /// @param fromAccountId Account of the caller whose cash it gets.
    /// @param quoteAtoms How much [quote atoms].
    /// @param order The order.
    /// @return accountId The new account.
    /// @return result What became of the order.
    /// @dev Only the owner. Errors: those of {createAccount}, {transfer} and {place}.
    function openIsolated(uint32 fromAccountId, uint256 quoteAtoms, OrderRequest calldata order)
        external
        returns (uint32 accountId, OrderResult memory result);

    /// @notice What an account's margin is, and what it would be after changes: orders, trades, borrowing, withdrawals.
    /// @dev Changes nothing; for eth_call. Prices are taken as they are, however old. Amounts of a perp are lots.
    ///      Errors: UnknownAccount, UnlistedAsset, UnknownMarket, InvalidParameter for fewer open orders than none and for
    ///      amounts that nobody could have.
    function previewMargin(uint32 accountId, MarginChange[] calldata changes)
        external
        returns (Margin memory current, Margin memory changed);

    // ------------------------------------------------------------------ operators

    /// @notice Let an address act for an account.
    /// @param permissions Bits: 1 place orders, 2 cancel them, 4 lend and borrow, 8 transfer to accounts of
    ///        the same owner, 16 withdraw to the owner, 32 withdraw and transfer to anyone. A trading key has at most the
    ///        first three.
    /// @param expiry Last second at which they hold.
    /// @param dailyLossAtoms What executions of orders placed by operators may lose against the reference price in a day
    ///        of UTC, fees included [quote atoms]. The budget is the account's: the last one set with the permission to place
    ///        counts for all.
    /// @dev Only the owner. Errors: UnknownAccount, NotAccountOwner, ZeroAddress, InvalidPermissions.
    function setOperator(uint32 accountId, address operator, uint8 permissions, uint32 expiry, uint64 dailyLossAtoms)
        external;

    /// @notice Let an address no longer act for an account, from now on. Orders it placed stay.
    /// @dev Only the owner. Errors: UnknownAccount, NotAccountOwner.
    function revokeOperator(uint32 accountId, address operator) external;

    /// @notice Make an account use an asset, so that anyone may deposit or transfer it there.
    /// @dev The owner, or an operator who may place orders. Errors: UnknownAccount, NotAccountOwner, OperatorExpired,
    ///      PermissionMissing, UnlistedAsset, TooManyAssets.
    function activateAsset(uint32 accountId, uint16 assetId) external;

    /// @notice Make an account no longer use an asset of which it has nothing.
    /// @dev The owner, or an operator who may place orders. Errors: UnknownAccount, NotAccountOwner, OperatorExpired,
    ///      PermissionMissing, UnlistedAsset, AssetInUse.
    function deactivateAsset(uint32 accountId, uint16 assetId) external;

    /// @notice Make an account no longer use a perp in which it has neither a position, nor cash, nor orders.
    /// @dev The owner, or an operator who may place orders. Errors: UnknownAccount, NotAccountOwner, OperatorExpired,
    ///      PermissionMissing, UnknownMarket, MarketInUse.
    function deactivateMarket(uint32 accountId, uint16 marketId) external;

    // ------------------------------------------------------------------ prices and listing

    /// @notice Bring the mark and the funding of perps up to now. Anyone may, at most once a second for an effect.
    /// @dev A sample compares the book with the index; what an interval between two samples counts for is the smaller of both in
    ///      magnitude, zero if their signs differ, for at most 300 seconds. A further poke in the second of a sample leaves of it
    ///      what a sample taken then has in common with it, in that sense. Nothing done in a second moves the mark of that
    ///      second. Errors: UnknownMarket, PriceUnavailable. Invariant: FUND-1.
    function pokeMarkets(uint16[] calldata marketIds) external;

    /// @notice Copy the newest prices of assets from their feeds. Anyone may call it; a price older than the one known
    ///         changes nothing.
    /// @dev A price that has moved by more than 10 % waits for a second report, made at least 3 seconds later, within 1 %
    ///      of it; meanwhile accounts that need margin can by their own actions only lower their risk; their resting orders
    ///      still fill. The slow price follows by an exponential average over an hour, at most 6 % an hour. Errors:
    ///      UnlistedAsset; InvalidPrice for a price of zero, one made later than now, one above 2^55 · 1e-18 dollars an atom,
    ///      or a confidence above one.
    function poke(uint16[] calldata assetIds) external;

    /// @notice Terms of a spot market.
    struct SpotTerms {
        /// @dev Price of one lot at tick 1 [quote atoms].
        uint32 tickValue;
        /// @dev Size of a lot, at least 1,000 [base atoms].
        uint64 atomsPerLot;
        /// @dev Smallest order [lots].
        uint24 minLots;
        /// @dev Taker fee [ppm of notional], at most 32,767.
        int16 takerPpm;
        /// @dev Maker fee [ppm of notional]; a rebate is negative and at most the taker fee.
        int16 makerPpm;
        /// @dev Band around the reference price [basis points], at most 4,095.
        uint16 bandBps;
    }

    /// @notice Terms of a perp.
    struct PerpTerms {
        /// @dev Price of one lot at tick 1 [quote atoms].
        uint32 tickValue;
        /// @dev Size of a lot, at least 1,000 [base atoms].
        uint64 atomsPerLot;
        /// @dev Smallest order [lots].
        uint24 minLots;
        /// @dev Taker fee [ppm of notional], at most 32,767.
        int16 takerPpm;
        /// @dev Maker fee [ppm of notional]; a rebate is negative and at most the taker fee.
        int16 makerPpm;
        /// @dev Band of orders around the mark [basis points], at most 4,095.
        uint16 bandBps;
        /// @dev The most that may be open, below 2^39 [lots].
        uint40 openInterestCapLots;
        /// @dev The largest position of an account: from 8 to 15 times a power of two up to 2^31 [lots].
        uint40 positionCapLots;
        /// @dev What impact prices are the average prices of [dollars].
        uint32 impactNotional;
        /// @dev How far the mark may be from the index [basis points], at most 4,095.
        uint16 markBandBps;
        /// @dev The largest funding rate of either sign [1e-8 for 8 hours], at most 4,000,000.
        uint24 fundingCap;
        /// @dev Interest part of the funding rate [1e-8 for 8 hours], at most 4,000,000.
        uint24 interest;
        /// @dev How far the funding rate may be from the premium, towards the interest [1e-8 for 8 hours], at most 4,000,000.
        uint24 clamp;
    }

    // ------------------------------------------------------------------ reading

    /// @notice Words of state, raw; slots and fields are documented in ExchangeStorage and below types/.
    /// @param slots Slots to read.
    /// @return words Their words.
    function readWords(uint256[] calldata slots) external view returns (uint256[] memory words);
}
