// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {AccountWord} from "../types/AccountWord.sol";
import {BookWord} from "../types/BookWord.sol";
import {MarkWord} from "../types/MarkWord.sol";
import {OrderChange} from "../types/OrderChange.sol";
import {OrderTerms} from "../types/OrderTerms.sol";
import {PositionWord} from "../types/PositionWord.sol";

/// @notice An order on its way through the book.
struct WorkOrder {
    uint256 accountId;
    /// @dev Word of its account at the start of the transaction, and whether an operator acts.
    AccountWord account;
    uint256 marketId;
    /// @dev Whether it is a perp.
    bool isPerp;
    /// @dev Bits of the account word that are set if the account uses the market.
    uint256 usesMask;
    /// @dev Slot of the account's word with its open totals in the market.
    uint256 openSlot;
    /// @dev The market's word; its best ticks are kept up to date here and stored once at the end.
    BookWord book;
    bool isAsk;
    /// @dev Worst tick it may trade at.
    uint256 tick;
    /// @dev Size it was asked for, less what there is not to reduce and what self-trade prevention takes.
    uint256 lots;
    OrderTerms terms;
    uint256 lotsLeft;
    /// @dev Maker orders it may still meet.
    uint256 fillsLeft;
    /// @dev Sum of its fills [quote atoms].
    uint256 notionalAtoms;
    /// @dev Sum of the makers' fees, negative if they got rebates [quote atoms].
    int256 makerFeeAtoms;
    /// @dev Tick of the last fill.
    uint256 lastTick;
    /// @dev Number of fills in the market so far.
    uint256 sequence;
    /// @dev Tick of the level it meets now.
    uint256 makerTick;
    /// @dev Price of a lot there [quote atoms]; 0 if the reference price has left it behind by more than the band.
    uint256 lotPrice;
    /// @dev Slot of the first pair of lanes of the chunk it meets now.
    uint256 laneSlot;
    /// @dev Id of the order at place 0 of that chunk.
    uint256 firstId;
    /// @dev Whether fills there are so far from the mark that a maker's margin is checked.
    bool isBeyond;
    /// @dev Whether plain orders there simply trade: of a perp, at a price near the mark.
    bool isPlain;
    /// @dev Of a perp, what a maker's cash changes by for each lot that he buys there: the funding index less the price
    ///      [ticks·2^-24].
    int256 priceUnits;
    /// @dev Such checks it may still cause.
    uint256 checksLeft;
    /// @dev The risk engine, for them.
    address riskEngine;
    /// @dev Code for balances that are lent or owed.
    address lendingModule;
    /// @dev What the orders of the transaction have changed of base assets and perps, and how many of them.
    OrderChange[] changes;
    uint256 changeCount;
    /// @dev What those of spot markets have added to the quote balance [quote atoms].
    int256 quoteChange;
    /// @dev Of a perp alone, as all below: its word.
    MarkWord mark;
    /// @dev Its funding index; before it trades it has no meaning [ticks·2^-24].
    int256 fundingTicks;
    /// @dev The largest position of an account [lots].
    uint256 positionCap;
    /// @dev Position of its account before its fills [lots], and its word as long as it has met no order.
    int256 size;
    PositionWord position;
    /// @dev Change of its position cash; of a spot order none [tick-lots·2^-24].
    int256 units;
    /// @dev Open interest of the market before its fills, and the most there may be [lots].
    uint256 openInterest;
    uint256 openInterestCap;
    /// @dev What may be opened besides all of the order [lots]; negative if not all of it may open something.
    int256 openable;
    /// @dev By how much its fills have changed the positions of makers, longs and shorts counted alike [lots].
    int256 othersChange;
    /// @dev Whether it stopped because no more may be open.
    bool isCapped;
}

using WorkOrderLib for WorkOrder global;

/// @notice An {WorkOrder} in memory.
library WorkOrderLib {
    /// @notice Memory for a {WorkOrder}. The compiler would zero its 41 words, for 620 gas, before they are written: each
    ///         field is written before it is read, by {OrderBook.begin}, {OrderBook.read}, {OrderBook.place}, the exchange, and
    ///         {Matching.run}; those of a perp by {PerpTaking}.
    /// @return pointer Of a {WorkOrder}.
    function allocate() internal pure returns (uint256 pointer) {
        assembly ("memory-safe") {
            pointer := mload(0x40)
            mstore(0x40, add(pointer, 0x520))
        }
    }

    /// @notice Whether it reaches the best of the other side.
    function crosses(WorkOrder memory order) internal pure returns (bool) {
        return order.book.crosses(order.isAsk, order.tick);
    }
}
