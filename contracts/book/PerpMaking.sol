// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {SignedMath} from "@openzeppelin/contracts/utils/math/SignedMath.sol";
import {IExchange} from "../interfaces/IExchange.sol";
import {BookWord} from "../types/BookWord.sol";
import {Lane} from "../types/Lane.sol";
import {MarketId} from "../types/MarketId.sol";
import {PositionWord, PositionWordLib} from "../types/PositionWord.sol";
import {ExchangeStorage} from "../ExchangeStorage.sol";
import {RiskCheck} from "../risk/RiskCheck.sol";
import {Fees} from "./Fees.sol";
import {WorkOrder} from "./WorkOrder.sol";

/// @notice The maker's side of a trade of a perp: how large his position may become, how much may be open, whether he keeps his
///         margin, and his one word. What he pays and receives moves in the cash of his position.
library PerpMaking {
    using RiskCheck for address;

    // Enums are handled as numbers: the compiler validates them again each time they are compared as such.
    uint256 private constant _OUTSIDE_BAND = uint256(IExchange.Removal.OUTSIDE_BAND);
    uint256 private constant _DUST = uint256(IExchange.Removal.DUST);
    uint256 private constant _BELOW_MARGIN = uint256(IExchange.Removal.BELOW_MARGIN);
    uint256 private constant _POSITION_CAP = uint256(IExchange.Removal.POSITION_CAP);

    /// @notice Decide how much of a maker order trades and whether it stays, and write its account's word once.
    /// @return lots Lots that trade.
    /// @return gone Whether the order leaves the book.
    /// @return reason Why, if it leaves with lots that did not trade: a number of {IExchange.Removal}.
    function settle(WorkOrder memory taker, Lane lane) internal returns (uint256 lots, bool gone, uint256 reason) {
        uint256 slot = ExchangeStorage.positionSlot(lane.account(), MarketId.base(taker.marketId));
        PositionWord position = PositionWord.wrap(ExchangeStorage.load(slot));
        reason = _DUST;
        unchecked {
            // Lots are below 2^40 and sizes below 2^36.
            // 1. What trades: nothing outside the band, no more than caps leave.
            if (taker.lotPrice == 0) {
                (gone, reason) = (true, _OUTSIDE_BAND);
            } else {
                lots = lane.lots() < taker.lotsLeft ? lane.lots() : taker.lotsLeft;
                int256 size = position.size();
                uint256 room = _roomOf(taker, size);
                if (room < lots) (lots, gone, reason) = (room, true, _POSITION_CAP);
                room = _openable(taker, size);
                if (room < lots) {
                    // The taker stops: what is left of him would open what may not be open.
                    (lots, taker.fillsLeft, taker.isCapped) = (room, 1, true);
                    if (lots == 0) return (0, false, 0);
                }
            }
            // 2. Whether it stays: not if it was cut, and not as dust; nor if its account would lack margin.
            if (lane.lots() - lots < taker.book.minLots()) gone = true;
            if (taker.isBeyond && lots != 0) {
                if (taker.checksLeft == 0) {
                    // The taker stops before what he could not have checked.
                    taker.fillsLeft = 1;
                    return (0, false, 0);
                }
                --taker.checksLeft;
                if (!_keepsMargin(taker, lane, lots, gone ? lane.lots() : lots)) {
                    (lots, gone, reason) = (0, true, _BELOW_MARGIN);
                }
            }
            // 3. Its account: the open total falls by what traded, and by the rest if the order goes.
            position =
                PositionWordLib.fromLedger(position.toLedger().close(!taker.isAsk, gone ? lane.lots() : lots));
            if (lots != 0) position = _trade(taker, position, lots);
        }
        ExchangeStorage.store(slot, PositionWord.unwrap(position));
    }

    /// @notice A fee in the unit of position cash, rounded against whoever pays or receives it [tick-lots·2^-24].
    /// @param feeAtoms Below 2^112 in magnitude [quote atoms].
    function feeUnitsUp(int256 feeAtoms, uint256 tickValue) internal pure returns (int256 units) {
        if (feeAtoms == 0) return 0;
        unchecked {
            // 112 bits and 24; tick values are below 2^32, and not zero.
            int256 scaled = feeAtoms << PositionWordLib.FRACTION_BITS;
            units = scaled / int256(tickValue);
            // A quotient is rounded towards zero, which is up for a rebate.
            if (scaled > 0 && units * int256(tickValue) != scaled) ++units;
        }
    }

    /// @dev How many lots further the maker's position may go.
    function _roomOf(WorkOrder memory taker, int256 size) private pure returns (uint256) {
        unchecked {
            // The maker buys if the taker sells.
            int256 room = int256(taker.positionCap) + (taker.isAsk ? -size : size);
            // The cast is safe behind the test of the sign.
            return room > 0 ? uint256(room) : 0;
        }
    }

    /// @dev How many lots may trade so that no more is open than may be: as long as one of both closes nothing is opened.
    function _openable(WorkOrder memory taker, int256 size) private pure returns (uint256) {
        (int256 buyer, int256 seller) = taker.isAsk ? (size, taker.size) : (taker.size, size);
        unchecked {
            int256 closing = SignedMath.max(SignedMath.max(-buyer, seller), 0);
            uint256 room = taker.openInterestCap > taker.openInterest ? taker.openInterestCap - taker.openInterest : 0;
            // The cast keeps what is not negative.
            return uint256(closing) + room;
        }
    }

    /// @dev Book a fill: the maker's position and cash, the taker's sums, and what is open.
    function _trade(WorkOrder memory taker, PositionWord position, uint256 lots) private view returns (PositionWord) {
        unchecked {
            // Lots are below 2^40, their price below 2^56; a price less funding is below 2^65. Sums are of at most 64 fills.
            int256 signed = taker.isAsk ? int256(lots) : -int256(lots);
            _countOpen(taker, position.size(), signed);
            uint256 notional = lots * taker.lotPrice;
            int256 fee = Fees.feeUp(notional, taker.book.makerPpm());
            int256 price = int256(taker.makerTick << PositionWordLib.FRACTION_BITS) - taker.fundingTicks;
            int256 units = signed * price;
            taker.units += units;
            taker.size -= signed;
            taker.notionalAtoms += notional;
            taker.makerFeeAtoms += fee;
            taker.lastTick = taker.makerTick;
            ++taker.sequence;
            units = -units - feeUnitsUp(fee, taker.book.tickValue());
            return position.traded(signed, units, taker.fundingTicks).touched();
        }
    }

    /// @dev Count what a fill opens and closes.
    /// @param signed What the maker buys; negative: sells [lots].
    function _countOpen(WorkOrder memory taker, int256 size, int256 signed) private pure {
        unchecked {
            int256 change = SignedMath.max(size + signed, 0) - SignedMath.max(size, 0)
                + SignedMath.max(taker.size - signed, 0) - SignedMath.max(taker.size, 0);
            // What closes was open before.
            taker.openInterest = uint256(int256(taker.openInterest) + change);
        }
    }

    /// @dev Whether a maker keeps his margin when `lots` trade at the present level and `closed` lots are no longer open.
    function _keepsMargin(WorkOrder memory taker, Lane lane, uint256 lots, uint256 closed) private returns (bool) {
        unchecked {
            // As in {_trade}.
            int256 signed = taker.isAsk ? int256(lots) : -int256(lots);
            int256 price = int256(taker.makerTick << PositionWordLib.FRACTION_BITS) - taker.fundingTicks;
            int256 fee = Fees.feeUp(lots * taker.lotPrice, taker.book.makerPpm());
            int256 units = -signed * price - feeUnitsUp(fee, taker.book.tickValue());
            (int256 bids, int256 asks) = taker.isAsk ? (-int256(closed), int256(0)) : (int256(0), -int256(closed));
            return taker.riskEngine.makerFits(lane.account(), taker.marketId, signed, bids, asks, units);
        }
    }
}
