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
        MarkWord mark = MarkWord.wrap(ExchangeStorage.load(ExchangeStorage.markSlot(order.marketId)));
        order.fundingTicks = mark.fundingTicksAt(block.timestamp);
        order.positionCap = mark.positionCap();
    }

    /// @notice Read what an order of a perp needs of its account.
    /// @return isBeyondCap Whether the account's position could become larger than it may, all its open orders of that side
    ///         counted. By an order that only reduces it can not.
    function read(WorkOrder memory order) internal view returns (bool isBeyondCap) {
        PositionWord position = PositionWord.wrap(ExchangeStorage.load(order.openSlot));
        (order.position, order.isCapped) = (position, false);
        if (order.terms.isReduceOnly()) return false;
        return reached(position, order.isAsk, order.lots) > int256(order.positionCap);
    }

    /// @notice How large a position becomes if all open orders of a side and some more lots trade [lots].
    function reached(PositionWord position, bool isAsk, uint256 lots) internal pure returns (int256) {
        unchecked {
            // Sizes are below 2^36 and lots below 2^40.
            int256 own = isAsk ? int256(position.openAsks()) - position.size() : int256(position.openBids()) + position.size();
            return own + int256(lots);
        }
    }

    /// @notice Take over what is open, before the match.
    function begin(WorkOrder memory order, TapeWord tape) internal pure {
        order.size = order.position.size();
        (order.openInterest, order.openInterestCap) = (tape.openInterest(), tape.openInterestCap());
        order.othersChange = 0;
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
        return
            PositionWordLib.fromLedger(word).traded(order.size, later, order.units, order.fundingTicks).toLedger();
    }
}
