// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {LedgerWord} from "../types/LedgerWord.sol";
import {MarketId} from "../types/MarketId.sol";
import {MarkWord} from "../types/MarkWord.sol";
import {PositionWord, PositionWordLib} from "../types/PositionWord.sol";
import {TapeWord} from "../types/TapeWord.sol";
import {ExchangeStorage} from "../ExchangeStorage.sol";
import {LossBudget} from "./LossBudget.sol";
import {PerpMaking} from "./PerpMaking.sol";
import {WorkOrder} from "./WorkOrder.sol";

/// @notice The taker's side of a trade of a perp: his position cap, what is open, and his one word.
library PerpTaking {
    /// @notice Read what an order of a perp needs of its market and its account.
    function read(WorkOrder memory order) internal view {
        MarkWord mark = MarkWord.wrap(ExchangeStorage.load(ExchangeStorage.markSlot(order.marketId)));
        order.fundingTicks = mark.fundingTicksAt(block.timestamp);
        order.positionCap = mark.positionCap();
        order.size = _position(order).size();
    }

    /// @notice Whether the position of an order's account could become larger than it may, all its open orders of that side
    ///         counted. One that only reduces can not.
    function isBeyondCap(WorkOrder memory order) internal view returns (bool) {
        if (order.terms.isReduceOnly()) return false;
        return reached(_position(order), order.isAsk, order.lots) > int256(order.positionCap);
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
        (order.openInterest, order.openInterestCap) = (tape.openInterest(), tape.openInterestCap());
    }

    /// @notice Book the fee of the fills, what an operator lost by them, and what is open now.
    /// @return The tape with what is open.
    function end(WorkOrder memory order, TapeWord tape, uint256 filledLots, int256 feeAtoms)
        internal
        returns (TapeWord)
    {
        unchecked {
            // Fees are below 2^112, units below 2^130.
            order.units -= PerpMaking.feeUnitsUp(feeAtoms, order.book.tickValue());
        }
        if (order.account.operatorBit() != 0) {
            uint256 slot = ExchangeStorage.ledgerSlot(order.accountId, 0);
            LedgerWord quote = LedgerWord.wrap(ExchangeStorage.load(slot));
            quote = LossBudget.withLoss(order, quote, filledLots, feeAtoms);
            ExchangeStorage.store(slot, LedgerWord.unwrap(quote.touched()));
        }
        return tape.withOpenInterest(order.openInterest);
    }

    /// @notice The word of the account after its order's fills.
    function trade(WorkOrder memory order, LedgerWord word, uint256 filledLots) internal pure returns (LedgerWord) {
        // Lots are below 2^40.
        int256 lots = order.isAsk ? -int256(filledLots) : int256(filledLots);
        return PositionWordLib.fromLedger(word).traded(lots, order.units, order.fundingTicks).toLedger();
    }

    function _position(WorkOrder memory order) private view returns (PositionWord) {
        uint256 slot = ExchangeStorage.positionSlot(order.accountId, MarketId.base(order.marketId));
        return PositionWord.wrap(ExchangeStorage.load(slot));
    }
}
