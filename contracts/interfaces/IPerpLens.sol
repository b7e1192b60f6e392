// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {IExchange} from "./IExchange.sol";

/// @title Lens of perps
/// @notice What an exchange knows of perps, readable by eth_call without a library: markets, positions, and what settling
///         them now would pay. Books, queues and orders of perps are read as those of spot markets are, from {ILens}.
/// @dev Units are those of {IExchange}: atoms, lots, ticks. A *tick-lot* is a lot at tick 1. Nothing is kept here and nothing
///      changes. Funding counts up to now; marks and rates are those of the last poke. Pages and errors are as in {ILens}.
interface IPerpLens {
    /// @notice The book of a perp.
    struct Book {
        /// @dev 0 if there is no bid.
        uint24 bestBidTick;
        /// @dev 0 if there is no ask.
        uint24 bestAskTick;
        /// @dev Tick of the last trade, 0 before the first.
        uint24 lastTick;
        /// @dev Highest tick a bid may have, 0 before the first mark; with one, 0 if no bid may be placed.
        uint24 highestBidTick;
        /// @dev Lowest tick an ask may have, 0 before the first mark; above the highest tick if none may.
        uint24 lowestAskTick;
        /// @dev When the pause of new risk ends, or the last one ended; 0 if there was none [seconds].
        uint64 pausedUntil;
        bool isPaused;
        /// @dev Fees collected and not yet split [quote atoms].
        uint80 feeAtoms;
        /// @dev Number of fills so far.
        uint40 fills;
    }

    /// @notice A perp.
    struct Perp {
        uint16 marketId;
        uint16 baseAssetId;
        IExchange.PerpTerms terms;
        Book book;
        /// @dev What positions are valued at, 0 before the first price [ticks·2^-24].
        uint48 mark;
        /// @dev The reference price of the base asset, rounded down, 0 before the first [ticks·2^-24].
        uint128 indexTicks;
        /// @dev What a lot has paid since the listing, up to now [ticks·2^-40].
        int80 fundingIndex;
        /// @dev Funding rate, of the mark; longs pay what is positive [1e-8 for 8 hours].
        int24 rate;
        /// @dev When mark or rate were last brought up to then [seconds].
        uint32 markTime;
        /// @dev Until when the rate holds, 300 seconds after the newest sample; 0 before the first [seconds].
        uint32 rateUntil;
        /// @dev Average premium of the impact prices over the index [1e-12 of the index].
        int40 premiumAverage;
        /// @dev Average distance of the middle of the best prices from the index [1e-12 of the index].
        int40 middleAverage;
        /// @dev All long positions together [lots].
        uint40 openInterestLots;
        /// @dev What losers have paid and winners have not drawn [quote atoms].
        uint80 poolAtoms;
        /// @dev Part of recognised deficits that nobody paid [quote atoms].
        uint80 shortfallAtoms;
    }

    /// @notice What an account has of a perp.
    struct Position {
        uint16 marketId;
        /// @dev Negative of a short [lots].
        int40 sizeLots;
        /// @dev Cash of the position, of which each trade was booked at its price less the funding index
        ///      [tick-lots·2^-24].
        int96 cashUnits;
        /// @dev Total of its resting bids [lots].
        uint40 openBidLots;
        /// @dev Total of its resting asks [lots].
        uint40 openAskLots;
        /// @dev Mark of the market [ticks·2^-24].
        uint48 mark;
        /// @dev Funding index now, rounded down, as positions count it [ticks·2^-24].
        int64 fundingTicks;
        /// @dev What it has made and not settled: size · (mark − funding) + cash, rounded down; a loss is negative
        ///      [quote atoms].
        int128 profitAtoms;
    }

    /// @notice What settling a position now would pay, by itself and before any other.
    struct TrueUp {
        uint16 marketId;
        /// @dev What the position has made, rounded down, or lost, rounded up and negative: all that could be settled
        ///      [quote atoms].
        int128 profitAtoms;
        /// @dev Of it, funding of the lots that are open now, since they were opened or settled last, rounded towards zero;
        ///      what was paid is negative [quote atoms].
        int128 fundingAtoms;
        /// @dev The rest of it: moves of the mark, trades that closed lots, funding until then, and fees [quote atoms].
        int128 priceAtoms;
        /// @dev What {IExchange.settle} would add to the quote balance: of a profit what the market's pool has, in a shortfall
        ///      the part that is paid (if the owner calls); negative what it would take: of a loss what the positive quote
        ///      balance reaches, of an account that owes no more than what all its balances are worth together [quote atoms].
        int128 paidAtoms;
        /// @dev Of a profit in a shortfall, what would be cancelled against it and never paid [quote atoms].
        uint128 cancelledAtoms;
    }

    /// @notice The exchange that is read.
    function exchange() external view returns (IExchange);

    /// @notice Perps in the order of their ids.
    /// @param fromId First id wanted.
    /// @param limit Most perps wanted.
    /// @return page The perps.
    /// @return nextId `fromId` of the next page, 0 if there is none.
    /// @dev Errors: ZeroLimit.
    function perps(uint16 fromId, uint256 limit) external view returns (Perp[] memory page, uint16 nextId);

    /// @notice The positions of an account, in the order of the perps' ids: one in each perp that it uses, even if it has
    ///         nothing there now.
    /// @dev Errors: UnknownAccount.
    function positions(uint32 accountId) external view returns (Position[] memory);

    /// @notice What settling each position of an account now would pay, in the order of the perps' ids.
    /// @dev Each is told as if only it were settled: losses of several draw on the same balance. Source: {IExchange.settle}.
    ///      Errors: UnknownAccount.
    function trueUp(uint32 accountId) external view returns (TrueUp[] memory);
}
