// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {OrderTerms} from "../types/OrderTerms.sol";
import {IExchange} from "./IExchange.sol";

/// @title Lens
/// @notice All that an exchange knows, readable by eth_call without a library: books, orders, accounts, markets, assets,
///         lending pools, prices and risk, logs; and the packed arguments that an order may need.
/// @dev Units are those of {IExchange}: atoms, lots, ticks. Nothing is kept here and nothing changes. What an account's
///      margin is, {IExchange.previewMargin} says.
///
///      *Pages.* A list is read in pages: `limit` is the most items wanted, at least 1; more than 1,000 is cut to that, so
///      that every call stays below 30 million gas whatever the state. The call also returns where the next page begins,
///      0 after the last. Pages read at one block number fit together exactly. Read at different blocks, what is there
///      all the time is seen once, wherever the page before ended, even if that level, order or part of the queue is gone.
///
///      Errors of {IExchangeErrors} mean the same here. While the exchange calls a token, its views and so all of these
///      but the pure ones revert with ReentrancyGuardReentrantCall.
interface ILens {
    /// @notice A price level of a book.
    struct Level {
        uint24 tick;
        /// @dev Size of all its orders [lots], those that could not trade, for instance expired ones, included: they leave
        ///      the book when someone meets them.
        uint56 lots;
        /// @dev Number of its orders.
        uint16 orders;
    }

    /// @notice An order by its id.
    struct Order {
        uint128 id;
        /// @dev Whether it rests in the book. If not, it was filled or removed, or never was, and only id, market and tick
        ///      say something; all else is zero.
        bool isLive;
        uint16 marketId;
        IExchange.Side side;
        uint24 tick;
        /// @dev What is left of it [lots].
        uint40 lots;
        uint32 accountId;
        /// @dev Last second at which it may trade, 0 for never [seconds].
        uint32 expiry;
        /// @dev Whether that has passed.
        bool isExpired;
        bool isReduceOnly;
        /// @dev Whether an operator of the account placed it.
        bool isByOperator;
        /// @dev The low 12 bits of its client id; the log of its placing has all 64.
        uint16 clientTag;
    }

    /// @notice An account in short.
    struct AccountSummary {
        uint32 accountId;
        address owner;
        /// @dev Assets in use, bit i for asset i.
        uint64 assets;
    }

    /// @notice What an account has of an asset.
    struct Holding {
        uint16 assetId;
        /// @dev Balance now, interest included, rounded down; a debt is negative; open orders are not taken off [atoms].
        int128 balanceAtoms;
        /// @dev Whether what is positive of it is lent to the asset's pool; else it is in custody.
        bool isLent;
        /// @dev What its resting bids in the asset's market would bring in at most [atoms].
        uint80 openBidAtoms;
        /// @dev What its resting asks there would take out at most [atoms].
        uint80 openAskAtoms;
        /// @dev Deposited before yesterday (days of UTC) and not withdrawn since [atoms]. A bare account withdraws as much
        ///      whatever the outflow limit, if its balance allows.
        uint80 seasonedAtoms;
        /// @dev Deposited yesterday or today and not withdrawn since [atoms].
        uint80 freshAtoms;
    }

    /// @notice An account.
    struct Account {
        uint32 accountId;
        address owner;
        /// @dev Whether it has neither open orders, nor debts, nor anything of a perp.
        bool isBare;
        /// @dev What executions of orders placed by operators have lost today (UTC) [quote atoms].
        uint64 lossAtoms;
        /// @dev What they may lose in a day [quote atoms].
        uint64 budgetAtoms;
        /// @dev The assets in use.
        Holding[] holdings;
    }

    /// @notice A spot market.
    struct Market {
        uint16 marketId;
        uint16 baseAssetId;
        IExchange.SpotTerms terms;
        /// @dev 0 if there is no bid.
        uint24 bestBidTick;
        /// @dev 0 if there is no ask.
        uint24 bestAskTick;
        /// @dev Tick of the last trade, 0 before the first.
        uint24 lastTick;
        /// @dev Highest tick a bid may have, 0 before the first reference price; with one, 0 if no bid may be placed.
        uint24 highestBidTick;
        /// @dev Lowest tick an ask may have, 0 before the first reference price; above the highest tick if none may.
        uint24 lowestAskTick;
        /// @dev When the pause of new risk ends, or the last one ended; 0 if there was none [seconds].
        uint64 pausedUntil;
        bool isPaused;
        /// @dev Fees collected and not yet split [quote atoms].
        uint80 feeAtoms;
        /// @dev Number of fills so far.
        uint40 fills;
    }

    /// @notice An asset.
    struct Asset {
        uint16 assetId;
        address token;
        /// @dev Decimals of the token.
        uint8 decimals;
        /// @dev Token units in an atom.
        uint64 unitsPerAtom;
        /// @dev Source of its reference price; zero for the quote asset.
        address feed;
        /// @dev Reference price [1e-18 dollars an atom], 0 before the first.
        uint64 price;
        /// @dev When the feed made it [seconds].
        uint32 priceTime;
        /// @dev What the exchange holds, rounded down [atoms].
        uint256 heldAtoms;
        /// @dev How much of what is held may leave in a day, net of what comes in [ppm].
        uint32 outflowLimitPpm;
        /// @dev The most that the net outflow may be [atoms].
        uint256 outflowLimitAtoms;
        /// @dev Net outflow of late, as it counts now; negative after deposits [atoms].
        int256 netOutflowAtoms;
        /// @dev The most that the limit lets leave now beyond what accounts take out of their own deposits [atoms].
        uint256 mayLeaveAtoms;
    }

    /// @notice The lending pool of an asset as it is now, interest included.
    struct Pool {
        uint16 assetId;
        IExchange.PoolTerms terms;
        /// @dev What all lenders have, rounded down [atoms].
        uint128 suppliedAtoms;
        /// @dev What all borrowers owe, rounded up [atoms].
        uint128 borrowedAtoms;
        /// @dev Lent to it and not borrowed: what lenders can take back at once [atoms].
        uint128 cashAtoms;
        /// @dev Kept for the insurance fund and not collected yet: cash and debts beyond what lenders have [atoms].
        uint128 reserveAtoms;
        /// @dev Worth of a supply share, rounded down [1e-18 atoms].
        uint128 supplyIndex;
        /// @dev Debt of a borrow share, rounded up [1e-18 atoms].
        uint128 borrowIndex;
        /// @dev Share of cash and debts that is borrowed, rounded down [1e-18].
        uint64 utilisation;
        /// @dev What borrowing costs a year if the rate stays as it is; it compounds every second [1e-18].
        uint128 borrowRate;
        /// @dev What lending earns a year if the rate and the utilisation stay, rounded down [1e-18].
        uint128 supplyRate;
        /// @dev What borrowing would cost a year at the target utilisation of 90 %, as of `accruedAt` [1e-18].
        uint128 rateAtTarget;
        /// @dev When its rate was set last: by whoever lent, borrowed or accrued [seconds].
        uint32 accruedAt;
        /// @dev What more may be lent to it [atoms].
        uint128 supplyRoomAtoms;
        /// @dev What more may be borrowed by the borrow cap [atoms].
        uint128 capRoomAtoms;
        /// @dev What more may be borrowed by the ceiling of the utilisation [atoms].
        uint128 ceilingRoomAtoms;
        /// @dev What more may be borrowed now, as the window stands [atoms].
        uint128 windowRoomAtoms;
        /// @dev What more may be borrowed by all of these and its cash [atoms].
        uint128 borrowableAtoms;
    }

    /// @notice Price and risk of a base asset.
    struct Risk {
        uint16 assetId;
        IExchange.AssetRiskTerms terms;
        /// @dev Reference price, 0 before the first [1e-18 dollars an atom].
        uint64 price;
        /// @dev Its average over an hour, as of the time of the price [1e-18 dollars an atom].
        uint64 slowPrice;
        /// @dev How sure the feed is of the price; 10,000 is full [basis points].
        uint16 confidenceBps;
        /// @dev When the feed made it [seconds].
        uint32 priceTime;
        /// @dev How long ago that is [seconds].
        uint32 priceAge;
        /// @dev Whether a price that has jumped waits for a second report.
        bool isUnconfirmed;
        /// @dev That price, 0 if none waits [1e-18 dollars an atom].
        uint64 pendingPrice;
        /// @dev When the feed made it [seconds].
        uint32 pendingTime;
        /// @dev When the asset was listed [seconds].
        uint32 listedAt;
        /// @dev When its risk parameters were changed last, 0 for never [seconds].
        uint32 changedAt;
    }

    /// @notice Risk that all assets share.
    struct MarketRisk {
        IExchange.MarketRiskTerms terms;
        /// @dev Price of the quote token outside, 0 before the first [basis points of a dollar].
        uint16 pegBps;
        /// @dev When its feed made that [seconds].
        uint32 pegTime;
        /// @dev When the terms were changed last, 0 for never [seconds].
        uint32 changedAt;
    }

    /// @notice What a record of a log says; see {IExchange.BookRecords}.
    enum RecordKind {
        NONE,
        PLACED,
        FILLED,
        REMOVED,
        REDUCED,
        TAKEN,
        SKIPPED,
        EXPIRES
    }

    /// @notice A record of a log. The fields that a kind does not have are zero.
    struct Record {
        RecordKind kind;
        /// @dev All but TAKEN and SKIPPED: the resting order. 0 in a PLACED that says that an order with a client id does
        ///      not rest.
        uint128 orderId;
        /// @dev All but SKIPPED: the market.
        uint16 marketId;
        /// @dev The tick of the order.
        uint24 tick;
        /// @dev PLACED, FILLED: side of the resting order; TAKEN: side of the taker.
        IExchange.Side side;
        /// @dev PLACED: lots that rest; FILLED, TAKEN: that traded; REMOVED: that were left; REDUCED: that are left.
        uint40 lots;
        /// @dev REDUCED: lots taken off.
        uint40 lotsOff;
        /// @dev FILLED, REMOVED: account of the resting order.
        uint32 accountId;
        /// @dev PLACED: the trader's own number.
        uint64 clientId;
        /// @dev PLACED.
        bool isReduceOnly;
        /// @dev PLACED: whether an operator placed it.
        bool isByOperator;
        /// @dev FILLED: whether the order has left the book; REMOVED: always.
        bool hasLeft;
        /// @dev FILLED: number of the fill in its market; TAKEN: number of the market's last fill.
        uint40 sequence;
        /// @dev TAKEN: value of what traded [quote atoms].
        uint80 notionalAtoms;
        /// @dev TAKEN: fee of the taker [quote atoms].
        int64 feeAtoms;
        /// @dev REMOVED.
        IExchange.Removal reason;
        /// @dev SKIPPED: index in the batch's places; or in its cancels, if `refusal` is NONE.
        uint16 index;
        /// @dev SKIPPED: why the place was refused.
        IExchange.Refusal refusal;
        /// @dev EXPIRES: last second at which the order may trade [seconds].
        uint32 expiry;
    }

    /// @notice The terms of an order, unpacked.
    struct Terms {
        /// @dev 0 good till cancelled, 1 post only, 2 post only and slide, 3 immediate or cancel, 4 fill or kill.
        uint8 timeInForce;
        /// @dev Own maker orders met: 0 cancel the maker, 1 cancel the taker, 2 decrement both.
        uint8 selfTrade;
        bool isReduceOnly;
        /// @dev Last second at which the order may trade, 0 for never [seconds].
        uint32 expiry;
        /// @dev The trader's own number for the order, 0 for none.
        uint64 clientId;
    }

    /// @notice A page without room for an item.
    error ZeroLimit();
    /// @notice More items in an array than one call takes.
    error TooManyItems(uint256 items, uint256 maxItems);
    /// @notice A time in force that does not exist.
    error InvalidTimeInForce(uint8 timeInForce);
    /// @notice A way of self-trade prevention that does not exist.
    error InvalidSelfTrade(uint8 selfTrade);
    /// @notice Records in a format that this contract does not know.
    error UnknownVersion(uint256 version);
    /// @notice Bytes that are no whole number of records [bytes].
    error MalformedRecords(uint256 length);
    /// @notice A record that does not exist in this format.
    error UnknownRecord(uint256 index, uint256 record);

    /// @notice The exchange that is read.
    function exchange() external view returns (IExchange);

    // ------------------------------------------------------------------ books

    /// @notice Price levels of one side of a book, best first.
    /// @param fromTick Where to begin: levels at least as far from the other side as this; 0 for the best.
    /// @param limit Most levels wanted.
    /// @return levels The levels.
    /// @return nextTick `fromTick` of the next page, 0 if there is none.
    /// @dev Errors: ZeroLimit, UnknownMarket, TickOutOfRange.
    function depth(uint16 marketId, IExchange.Side side, uint24 fromTick, uint256 limit)
        external
        view
        returns (Level[] memory levels, uint24 nextTick);

    /// @notice The orders of a price level in the order in which they will trade.
    /// @param cursor 0, or what the page before returned.
    /// @param limit Most orders wanted.
    /// @return orders_ The orders; there may be none on a page even though others follow on the next.
    /// @return nextCursor `cursor` of the next page, 0 if there is none.
    /// @dev Errors: ZeroLimit, UnknownMarket, TickOutOfRange.
    function queue(uint16 marketId, uint24 tick, uint256 cursor, uint256 limit)
        external
        view
        returns (Order[] memory orders_, uint256 nextCursor);

    /// @notice Orders by their ids, in the order of the ids.
    /// @param ids At most 1,000 ids.
    /// @dev Errors: TooManyItems.
    function orders(uint128[] calldata ids) external view returns (Order[] memory);

    // ------------------------------------------------------------------ accounts

    /// @notice Accounts in the order of their ids.
    /// @param fromId First id wanted; the lowest is 1. Account 1 is the insurance fund, 2 the treasury.
    /// @param limit Most accounts wanted.
    /// @return page The accounts.
    /// @return nextId `fromId` of the next page, 0 if there is none.
    /// @dev Errors: ZeroLimit.
    function accounts(uint32 fromId, uint256 limit) external view returns (AccountSummary[] memory page, uint32 nextId);

    /// @notice An account and what it has.
    /// @dev Errors: UnknownAccount.
    function account(uint32 accountId) external view returns (Account memory);

    /// @notice What an account allows an address to do for it, see {IExchange.setOperator}. Its owner may do everything
    ///         and needs no permission.
    /// @return permissions Bits: 1 place orders, 2 cancel them, 4 lend and borrow, 8 transfer to accounts of the same
    ///         owner, 16 withdraw to the owner, 32 withdraw and transfer to anyone; 0 if revoked or never set.
    /// @return expiry Last second at which they hold.
    /// @return isInForce Whether there are any, and they hold now.
    /// @dev Errors: UnknownAccount.
    function operator(uint32 accountId, address operator_)
        external
        view
        returns (uint8 permissions, uint32 expiry, bool isInForce);

    // ------------------------------------------------------------------ markets and assets

    /// @notice Spot markets in the order of their ids; perps are in {IPerpLens}.
    /// @param fromId First id wanted.
    /// @param limit Most markets wanted.
    /// @return page The markets.
    /// @return nextId `fromId` of the next page, 0 if there is none.
    /// @dev Errors: ZeroLimit.
    function markets(uint16 fromId, uint256 limit) external view returns (Market[] memory page, uint16 nextId);

    /// @notice Assets in the order of their ids.
    /// @param fromId First id wanted; asset 0 is the quote asset.
    /// @param limit Most assets wanted.
    /// @return page The assets.
    /// @return nextId `fromId` of the next page, 0 if there is none.
    /// @dev Asks the tokens for the exchange's balance. Errors: ZeroLimit; and what a token reverts with.
    function assets(uint16 fromId, uint256 limit) external view returns (Asset[] memory page, uint16 nextId);

    /// @notice How much there is of everything.
    /// @return accountCount Number of accounts; ids are 1, 2, 3 …
    /// @return assetCount Number of assets; ids are 0, 1, 2 …
    /// @return insurancePpm Share of fees that goes to the insurance fund [ppm].
    function registry() external view returns (uint32 accountCount, uint16 assetCount, uint32 insurancePpm);

    // ------------------------------------------------------------------ lending and risk

    /// @notice Lending pools in the order of their assets' ids; an asset whose pool is not open is left out.
    /// @param fromId First asset wanted; asset 0 is the quote asset.
    /// @param limit Most pools wanted.
    /// @return page The pools.
    /// @return nextId `fromId` of the next page, 0 if there is none.
    /// @dev Errors: ZeroLimit.
    function pools(uint16 fromId, uint256 limit) external view returns (Pool[] memory page, uint16 nextId);

    /// @notice Prices and risk of base assets in the order of their ids.
    /// @param fromId First asset wanted; the quote asset, which is one dollar, is left out.
    /// @param limit Most assets wanted.
    /// @return page What is known of them.
    /// @return nextId `fromId` of the next page, 0 if there is none.
    /// @dev Errors: ZeroLimit.
    function risks(uint16 fromId, uint256 limit) external view returns (Risk[] memory page, uint16 nextId);

    /// @notice Risk that all assets share, and the price of the quote token.
    function marketRisk() external view returns (MarketRisk memory);

    // ------------------------------------------------------------------ packed data

    /// @notice The records of a log {IExchange.BookRecords}.
    /// @param header Topic 1 of the log.
    /// @param records Its data; any part of at most 1,000 records that begins and ends with one can be decoded by itself.
    /// @return accountId Account that acted.
    /// @return decoded Its records, in order.
    /// @dev Errors: UnknownVersion, MalformedRecords, TooManyItems, UnknownRecord.
    function decodeRecords(uint256 header, bytes calldata records)
        external
        pure
        returns (uint32 accountId, Record[] memory decoded);

    /// @notice The `terms` of an {IExchange.OrderRequest}.
    /// @dev Errors: InvalidTimeInForce, InvalidSelfTrade; InvalidTerms if the two do not go together.
    function packTerms(Terms calldata terms) external pure returns (OrderTerms);

    /// @notice The inverse of {packTerms}.
    /// @dev Errors: InvalidTerms.
    function unpackTerms(OrderTerms packed) external pure returns (Terms memory);

    /// @notice The argument of {IExchange.batchPacked} that does what {IExchange.batch} does with these.
    /// @param cancels At most 255 ids.
    /// @param places At most 255 orders.
    /// @dev Errors: TooManyItems, InvalidTerms.
    function packBatch(
        uint32 accountId,
        uint128[] calldata cancels,
        IExchange.OrderRequest[] calldata places,
        bool allOrNone,
        uint32 deadline
    ) external pure returns (bytes memory);
}
