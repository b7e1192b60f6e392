// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {LedgerWord} from "../types/LedgerWord.sol";
import {MarkWord} from "../types/MarkWord.sol";
import {PositionWord, PositionWordLib} from "../types/PositionWord.sol";
import {TapeWord} from "../types/TapeWord.sol";
import {ExchangeStorage} from "../ExchangeStorage.sol";
import {LossBudget} from "./LossBudget.sol";
import {PerpMaking} from "./PerpMaking.sol";
import {WorkOrder} from "./WorkOrder.sol";

/// @notice The taker's side of a trade of a perp: his position cap, what is open, and his one word.
library PerpTaking {
    /// @notice Read what all orders of a transaction need of a perp: it accrues nothing before the next second.
    function enter(WorkOrder memory order) internal view {
        order.mark = MarkWord.wrap(ExchangeStorage.load(ExchangeStorage.markSlot(order.marketId)));
        order.positionCap = order.mark.positionCap();
    }

    /// @notice Read what an order of a perp needs of its account.
    /// @return room What is left of its position cap if all its open orders of that side trade; negative if that is not enough.
    ///         An order that only reduces needs none [lots].
    function read(WorkOrder memory order) internal view returns (int256 room) {
        reload(order);
        order.isCapped = false;
        if (order.terms.isReduceOnly()) return 0;
        unchecked {
            // Below 2^42 in magnitude.
            return int256(order.positionCap) - reached(order.position, order.isAsk, order.lots);
        }
    }

    /// @notice Read the word of its account again, of which it may have removed orders.
    function reload(WorkOrder memory order) internal view {
        order.position = PositionWord.wrap(ExchangeStorage.load(order.openSlot));
    }

    /// @notice How large a position becomes if all open orders of a side and some more lots trade [lots].
    function reached(PositionWord position, bool isAsk, uint256 lots) internal pure returns (int256) {
        unchecked {
            // Sizes are below 2^36 and lots below 2^40.
            int256 own =
                isAsk ? int256(position.openAsks()) - position.size() : int256(position.openBids()) + position.size();
            return own + int256(lots);
        }
    }

    /// @notice Take over what is open, before the match.
    function begin(WorkOrder memory order, TapeWord tape) internal view {
        order.fundingTicks = order.mark.fundingTicksAt(block.timestamp);
        order.size = order.position.size();
        (order.openInterest, order.openInterestCap) = (tape.openInterest(), tape.openInterestCap());
        order.othersChange = 0;
        unchecked {
            // All are below 2^40.
            order.openable = int256(order.openInterestCap) - int256(order.openInterest + order.lots);
        }
    }

    /// @notice Book what the fills moved of position cash, what an operator lost by them, and what is open now.
    /// @return The tape with what is open.
    function end(WorkOrder memory order, TapeWord tape, uint256 filledLots, int256 feeAtoms)
        internal
        returns (TapeWord)
    {
        uint256 tickValue = order.book.tickValue();
        unchecked {
            // A notional is a whole number of tick-lots, below 2^70; lots less funding below 2^104, fees below 2^112.
            int256 paid = int256((order.notionalAtoms / tickValue) << PositionWordLib.FRACTION_BITS)
                - int256(filledLots) * order.fundingTicks;
            order.units = (order.isAsk ? paid : -paid) - PerpMaking.feeUnitsUp(feeAtoms, tickValue);
        }
        if (order.account.operatorBit() != 0) {
            uint256 slot = ExchangeStorage.ledgerSlot(order.accountId, 0);
            LedgerWord quote = LedgerWord.wrap(ExchangeStorage.load(slot));
            quote = LossBudget.withLoss(order, quote, filledLots, feeAtoms);
            ExchangeStorage.store(slot, LedgerWord.unwrap(quote.touched()));
        }
        return tape.withOpenInterest(PerpMaking.openInterest(order));
    }

    /// @notice The word of the account after its order's fills.
    function trade(WorkOrder memory order, LedgerWord word) internal pure returns (LedgerWord) {
        int256 later = PerpMaking.sizeOf(order);
        PositionWord position = PositionWordLib.fromLedger(word);
        return position.traded(order.size, later, order.units, order.fundingTicks).toLedger();
    }
}
