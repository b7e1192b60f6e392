// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

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

    /// @notice How long an order stays.
    enum TimeInForce {
        /// @dev Trade what crosses, rest what is left.
        GOOD_TILL_CANCELLED,
        /// @dev Trade what crosses, drop what is left.
        IMMEDIATE_OR_CANCEL,
        /// @dev Trade whole or not at all.
        FILL_OR_KILL,
        /// @dev Rest whole or not at all.
        POST_ONLY
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
        TOO_MANY_ASSETS
    }

    /// @notice Why an order left the book without being filled, in REMOVED records.
    enum Removal {
        /// @dev Its owner cancelled it.
        CANCELLED,
        /// @dev Its owner could not pay.
        UNPAYABLE,
        /// @dev The reference price has moved away from it by more than the band.
        OUTSIDE_BAND,
        /// @dev What a fill left of it was below the minimum size; the record follows that of the fill.
        DUST
    }

    /// @notice An order to place.
    struct OrderRequest {
        /// @dev Market: kind in the high byte (1 spot), base asset in the low byte.
        uint16 marketId;
        Side side;
        /// @dev Worst price it may trade at [ticks].
        uint24 tick;
        /// @dev Size [lots].
        uint40 lots;
        TimeInForce timeInForce;
        /// @dev Most maker orders it may meet, filled or removed; at most 64.
        uint8 maxFills;
    }

    /// @notice What became of an order.
    struct OrderResult {
        /// @dev Id of the resting part, 0 if nothing rests.
        uint128 orderId;
        /// @dev Traded at once [lots].
        uint40 filledLots;
        /// @dev Resting [lots]. What is neither filled nor resting was dropped.
        uint40 restingLots;
        /// @dev NONE unless a batch skipped the place.
        Refusal refusal;
    }

    /// @notice What an action did to the books, in 32-byte records of one transaction by one account.
    /// @param header Format version in bits 32–39 (now 1), account that acted in bits 0–31.
    /// @param records Packed records; the kind is in bits 248–255 of each, fields from bit 0 up (widths in brackets):
    ///        1 PLACED: order id [128], lots resting [40], client id [64] (reserved), lane flags [8] (bit 0 ask);
    ///        2 FILLED: maker order id [128], lots [40], maker account [32], number of the fill in its market [40],
    ///          flags [8] (bit 0 the maker order was an ask, bit 1 it has left the book);
    ///        3 REMOVED: order id [128], lots [40], account [32], number 0 [40], reason [8] ({Removal});
    ///        4 REDUCED: order id [128], lots left [40], lots taken off [40];
    ///        5 TAKEN: notional in quote atoms [80], taker fee in quote atoms, signed [64], lots [40], number of the
    ///          market's last fill [40], market [16], flags [8] (bit 0 the taker sold);
    ///        6 SKIPPED: index in the batch's array [16], {Refusal} of a place or 0 for a cancel that found nothing [8].
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
    /// @notice An asset was listed.
    event AssetListed(uint16 indexed assetId, address token, uint64 unitsPerAtom, address feed);
    /// @notice A market was listed.
    event MarketListed(uint16 indexed marketId, uint16 indexed baseAssetId, SpotTerms terms);
    /// @notice The reference price of an asset was updated [1e-18 dollars an atom, seconds].
    event PriceUpdated(uint16 indexed assetId, uint64 price, uint32 time);
    /// @notice The fees of a market were split [quote atoms].
    event FeesCollected(uint16 indexed marketId, uint256 insuranceAtoms, uint256 treasuryAtoms);

    // ------------------------------------------------------------------ orders

    /// @notice Place an order: match it, then rest what is left if its time in force says so.
    /// @param accountId Account of the caller.
    /// @param order The order.
    /// @return result What became of it.
    /// @dev A remainder below the minimum size is dropped, and so is one that still crosses after `maxFills`.
    ///      Errors: UnknownAccount, NotAccountOwner, UnknownMarket, TickOutOfRange, BelowMinimumSize, TooManyFills,
    ///      PriceUnavailable, PriceOutsideBand, WouldCross, NotFilledWhole, LevelFull, TooMuchOpen, TooManyAssets,
    ///      InsufficientBalance. Invariants: BOOK-1, BOOK-2, BOOK-4, SOLV-1.
    function place(uint32 accountId, OrderRequest calldata order) external returns (OrderResult memory result);

    /// @notice Cancel an order.
    /// @param accountId Account of the caller, which placed the order.
    /// @param orderId Id of the order.
    /// @return lots What was left of it [lots].
    /// @dev Errors: UnknownAccount, NotAccountOwner, StaleOrder, NotOrderOwner. Invariant: BOOK-3.
    function cancel(uint32 accountId, uint128 orderId) external returns (uint40 lots);

    /// @notice Cancel several orders. An id that finds no live order is skipped.
    /// @return lots What was left of each order, 0 where it was skipped [lots].
    /// @dev Errors: UnknownAccount, NotAccountOwner, NotOrderOwner, DuplicateOrder.
    function cancelMany(uint32 accountId, uint128[] calldata orderIds) external returns (uint40[] memory lots);

    /// @notice Make an order smaller; it keeps its place in the queue.
    /// @param newLots Lots left afterwards: fewer than now, and at least the minimum size.
    /// @dev Errors: UnknownAccount, NotAccountOwner, StaleOrder, NotOrderOwner, NotAReduction, BelowMinimumSize.
    function reduce(uint32 accountId, uint128 orderId, uint40 newLots) external;

    /// @notice Cancel orders, then place others, with one check at the end if there is anything to place.
    /// @param cancels Ids to cancel; one that finds no live order is skipped.
    /// @param places Orders to place, in this order; one refused for its own reason is skipped. Maker orders it met
    ///        before, which could not trade, have left the book all the same.
    /// @param deadline Last second at which the batch may be executed.
    /// @param allOrNone Whether a skip reverts the whole batch with the error of its reason.
    /// @return lots What was left of each cancelled order, 0 where it was skipped [lots].
    /// @return results What became of each place.
    /// @dev Errors: DeadlinePassed, UnknownAccount, NotAccountOwner, NotOrderOwner, DuplicateOrder, InsufficientBalance;
    ///      with `allOrNone` also StaleOrder and those of {place}.
    function batch(
        uint32 accountId,
        uint128[] calldata cancels,
        OrderRequest[] calldata places,
        uint64 deadline,
        bool allOrNone
    ) external returns (uint40[] memory lots, OrderResult[] memory results);

    // ------------------------------------------------------------------ vault

    /// @notice Make an account owned by the caller; an owner may have as many as he likes.
    /// @return accountId Its id.
    /// @dev Errors: TooManyAccounts.
    function createAccount() external returns (uint32 accountId);

    /// @notice Bring tokens into an account of the caller, from his allowance.
    /// @param tokenUnits Token units to pull; what arrives is what is credited, and must be whole atoms.
    /// @return atoms What was credited [atoms].
    /// @dev Errors: UnknownAccount, NotAccountOwner, UnlistedAsset, ZeroAmount, FractionalAtoms, TooMuchHeld,
    ///      TooManyAssets, SafeERC20FailedOperation. Invariant: SOLV-1.
    function deposit(uint32 accountId, uint16 assetId, uint256 tokenUnits) external returns (uint256 atoms);

    /// @notice Take tokens out of an account of the caller.
    /// @param tokenUnits Token units to send, a whole number of atoms.
    /// @param to Receiver of the tokens.
    /// @dev Errors: UnknownAccount, NotAccountOwner, UnlistedAsset, ZeroAmount, ZeroAddress, FractionalAtoms,
    ///      InsufficientBalance, SafeERC20FailedOperation. Invariant: SOLV-1.
    function withdraw(uint32 accountId, uint16 assetId, uint256 tokenUnits, address to) external;

    /// @notice Move atoms between two accounts of the caller.
    /// @dev Errors: UnknownAccount, NotAccountOwner, SameAccount, UnlistedAsset, ZeroAmount, InsufficientBalance,
    ///      TooManyAssets.
    function transfer(uint32 fromAccountId, uint32 toAccountId, uint16 assetId, uint256 atoms) external;

    // ------------------------------------------------------------------ prices and listing

    /// @notice Copy the newest prices of assets from their feeds. Anyone may call it; a price older than the one known
    ///         changes nothing.
    /// @dev Errors: UnlistedAsset; InvalidPrice for a price of zero, one made later than now, or one above 2^55 · 1e-18
    ///      dollars an atom.
    function poke(uint16[] calldata assetIds) external;

    /// @notice List an asset under the next id; the first is the quote asset.
    /// @param token An ERC-20 whose balances only transfers change, and that calls back no one it should not.
    /// @param unitsPerAtom Token units in an atom.
    /// @param feed Source of its reference price; zero for the quote asset, which is one dollar inside the exchange.
    /// @return assetId Its id.
    /// @dev Only the listing role. Errors: AccessManagedUnauthorized, InvalidParameter.
    function listAsset(address token, uint64 unitsPerAtom, address feed) external returns (uint16 assetId);

    /// @notice List the spot market of an asset against the quote asset.
    /// @param baseAssetId Base asset.
    /// @param terms Its terms.
    /// @return marketId Its id.
    /// @dev Only the listing role. Errors: AccessManagedUnauthorized, UnlistedAsset, MarketAlreadyListed,
    ///      InvalidParameter.
    function listSpotMarket(uint16 baseAssetId, SpotTerms calldata terms) external returns (uint16 marketId);

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

    /// @notice Split the fees a market has collected between the insurance fund (rounded up) and the treasury. Anyone
    ///         may call it.
    /// @dev Errors: UnknownMarket.
    function collectFees(uint16 marketId) external;

    // ------------------------------------------------------------------ reading

    /// @notice Words of state, raw; slots and fields are documented in ExchangeStorage and below types/.
    /// @param slots Slots to read.
    /// @return words Their words.
    function readWords(uint256[] calldata slots) external view returns (uint256[] memory words);
}
