// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {SignedMath} from "@openzeppelin/contracts/utils/math/SignedMath.sol";
import {LibBit} from "solady/src/utils/LibBit.sol";
import {IExchange} from "../interfaces/IExchange.sol";
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
    uint256 private constant _FROZEN = uint256(IExchange.Removal.FROZEN);

    /// @notice Decide how much of a maker order trades and whether it stays, and write its account's word once.
    /// @return lots Lots that trade.
    /// @return gone Whether the order leaves the book.
    /// @return reason Why, if it leaves with lots that did not trade: a number of {IExchange.Removal}.
    function settle(WorkOrder memory taker, Lane lane) internal returns (uint256 lots, bool gone, uint256 reason) {
        uint256 slot = ExchangeStorage.positionSlot(lane.account(), MarketId.base(taker.marketId));
        PositionWord position = PositionWord.wrap(ExchangeStorage.load(slot));
        (int256 size, int256 side, uint256 whole) = (position.size(), sideOf(taker), lane.lots());
        reason = _DUST;
        unchecked {
            // Lots are below 2^40 and sizes below 2^36.
            // 1. What trades: nothing outside the band, no more than caps leave.
            if (taker.lotPrice == 0) {
                (gone, reason) = (true, _OUTSIDE_BAND);
            } else {
                uint256 wanted = taker.lotsLeft;
                lots = whole < wanted ? whole : wanted;
                // What the maker's cap leaves, and what may be opened if all fills so far have opened something.
                int256 room = int256(taker.positionCap) - side * size - int256(lots);
                int256 openable = taker.openable + int256(wanted - lots);
                // One of them is negative, or the order is dead.
                if (room | openable | position.frozenSign() < 0) {
                    if (position.isFrozen()) (lots, gone, reason) = (0, true, _FROZEN);
                    else (lots, gone, reason) = _cut(taker, size, lots);
                    // The taker has stopped.
                    if (lots == 0 && !gone) return (0, false, 0);
                }
            }
            // 2. Whether it stays: not if it was cut, and not as dust; nor if its account would lack margin.
            if (whole - lots < taker.book.minLots()) gone = true;
            if (taker.isBeyond) {
                if (lots != 0) {
                    if (taker.checksLeft == 0) {
                        // The taker stops before what he could not have checked.
                        taker.fillsLeft = 1;
                        return (0, false, 0);
                    }
                    --taker.checksLeft;
                    if (!_keepsMargin(taker, lane, lots, gone ? whole : lots)) {
                        (lots, gone, reason) = (0, true, _BELOW_MARGIN);
                    }
                }
            }
            // 3. Its account: the open total falls by what traded, and by the rest if the order goes.
            position = position.close(!taker.isAsk, gone ? whole : lots);
            if (lots != 0) {
                int256 later = size + side * int256(lots);
                int256 units = _moved(taker, side * int256(lots));
                taker.othersChange += int256(SignedMath.abs(later)) - int256(SignedMath.abs(size));
                taker.notionalAtoms += lots * taker.lotPrice;
                taker.lastTick = taker.makerTick;
                ++taker.sequence;
                position = position.traded(size, later, units, taker.fundingTicks);
            }
        }
        ExchangeStorage.store(slot, PositionWord.unwrap(position));
    }

    /// @notice 1 if makers buy, −1 if they sell.
    function sideOf(WorkOrder memory taker) internal pure returns (int256) {
        unchecked {
            // Without a branch.
            return int256(2 * LibBit.toUint(taker.isAsk)) - 1;
        }
    }

    /// @notice Open interest with the fills so far: half of all positions [lots].
    function openInterest(WorkOrder memory taker) internal pure returns (uint256) {
        unchecked {
            // Sizes are below 2^36; what was open before is not less than what closes.
            int256 own = int256(SignedMath.abs(sizeOf(taker))) - int256(SignedMath.abs(taker.size));
            return uint256(int256(taker.openInterest) + (own + taker.othersChange) / 2);
        }
    }

    /// @notice Position of the taker with its fills so far [lots].
    function sizeOf(WorkOrder memory taker) internal pure returns (int256) {
        unchecked {
            // Lots are below 2^40.
            int256 filled = int256(taker.lots - taker.lotsLeft);
            return taker.isAsk ? taker.size - filled : taker.size + filled;
        }
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

    /// @notice A maker's fee for some lots at the present level, which is added to those of the take.
    /// @return units What he pays, rounded as {feeUnitsUp} does [tick-lots·2^-24].
    function chargeUp(WorkOrder memory taker, uint256 lots) internal pure returns (int256 units) {
        unchecked {
            // Lots are below 2^40, their price below 2^56.
            int256 fee = Fees.feeUp(lots * taker.lotPrice, taker.book.makerPpm());
            taker.makerFeeAtoms += fee;
            return feeUnitsUp(fee, taker.book.tickValue());
        }
    }

    /// @dev Cut what would trade to what caps leave.
    /// @param size The maker's [lots].
    /// @return cut Lots that trade; none of an order that stays if the taker stops before it.
    /// @return gone Whether the maker's order leaves the book.
    /// @return reason See {settle}.
    function _cut(WorkOrder memory taker, int256 size, uint256 lots)
        private
        pure
        returns (uint256 cut, bool gone, uint256 reason)
    {
        (cut, reason) = (lots, _DUST);
        unchecked {
            // Lots are below 2^40 and sizes below 2^36.
            int256 room = int256(taker.positionCap) - sideOf(taker) * size;
            // The cast keeps what is not negative.
            if (room < int256(lots)) (cut, gone, reason) = (uint256(SignedMath.max(room, 0)), true, _POSITION_CAP);
            // However many of them open something.
            if (taker.openInterest + taker.lots - taker.lotsLeft + cut <= taker.openInterestCap) {
                return (cut, gone, reason);
            }
        }
        uint256 openable = _openable(taker, size);
        if (openable >= cut) return (cut, gone, reason);
        // The taker stops: what is left of him would open what may not be open.
        (taker.fillsLeft, taker.isCapped) = (1, true);
        return openable == 0 ? (uint256(0), false, uint256(0)) : (openable, gone, reason);
    }

    /// @dev How many lots may trade so that no more is open than may be: as long as one of both closes nothing is opened.
    /// @param size The maker's [lots].
    function _openable(WorkOrder memory taker, int256 size) private pure returns (uint256) {
        int256 own = sizeOf(taker);
        (int256 buyer, int256 seller) = taker.isAsk ? (size, own) : (own, size);
        uint256 open = openInterest(taker);
        unchecked {
            int256 closing = SignedMath.max(SignedMath.max(-buyer, seller), 0);
            uint256 room = taker.openInterestCap > open ? taker.openInterestCap - open : 0;
            // The cast keeps what is not negative.
            return uint256(closing) + room;
        }
    }

    /// @dev What a fill moves of the maker's cash; his fee is added to those of the take.
    /// @param signed What he buys; negative: sells [lots].
    /// @return units What his cash changes by, fee included [tick-lots·2^-24].
    function _moved(WorkOrder memory taker, int256 signed) private pure returns (int256 units) {
        unchecked {
            // Lots are below 2^40, their price below 2^56; a price less funding is below 2^65.
            units = signed * taker.priceUnits;
            if (taker.book.makerPpm() != 0) units -= chargeUp(taker, SignedMath.abs(signed));
        }
    }

    /// @dev Whether a maker keeps his margin when `lots` trade at the present level and `closed` lots are no longer open.
    function _keepsMargin(WorkOrder memory taker, Lane lane, uint256 lots, uint256 closed) private returns (bool) {
        int256 fees = taker.makerFeeAtoms;
        int256 signed = sideOf(taker) * int256(lots);
        int256 units = _moved(taker, signed);
        // Nothing has traded yet.
        taker.makerFeeAtoms = fees;
        // Lots are below 2^40.
        (int256 bids, int256 asks) = taker.isAsk ? (-int256(closed), int256(0)) : (int256(0), -int256(closed));
        return taker.riskEngine.makerFits(lane.account(), taker.marketId, signed, bids, asks, units);
    }
}
