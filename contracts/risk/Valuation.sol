// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {AssetRisk} from "../types/AssetRisk.sol";
import {MarketId} from "../types/MarketId.sol";
import {MarkWord} from "../types/MarkWord.sol";
import {PositionWordLib} from "../types/PositionWord.sol";
import {UnderlyingWord} from "../types/UnderlyingWord.sol";
import {ExchangeStorage} from "../ExchangeStorage.sol";
import {Atlas} from "./Atlas.sol";
import {Holdings} from "./Holdings.sol";

/// @notice What an account has of an asset and its perp in the terms of ATLAS: a spot leg at the price, a perp leg at the mark,
///         each an interval if resting orders count.
library Valuation {
    using Atlas for Atlas.Sums;
    using Holdings for Holdings.Holding;

    /// @notice Add a holding to sums.
    /// @param word The asset's underlying word.
    /// @param atSlow Whether at the slow price; the mark then moves in proportion.
    /// @param withOrders Whether resting orders count, at their worst.
    function add(
        Atlas.Sums memory sums,
        Holdings.Holding memory holding,
        UnderlyingWord word,
        bool atSlow,
        bool withOrders
    ) internal view {
        uint256 price = atSlow ? word.slowPrice() : word.price();
        int256 atoms = holding.atoms;
        int256 low = Atlas.valueDown(atoms, price);
        int256 high;
        int256 perpLow;
        int256 perpHigh;
        unchecked {
            // Atoms are below 2^97, values below 2^109.
            sums.equity += low;
            if (withOrders) {
                (int256 bids, int256 asks) = (holding.bids, holding.asks);
                if (asks != 0) low = Atlas.valueDown(atoms - asks, price);
                high = Atlas.valueUp(atoms + bids, price);
                int256 adding = bids + asks - holding.reducing;
                if (adding != 0) sums.orders += uint256(Atlas.valueUp(adding, price));
            } else {
                high = Atlas.valueUp(atoms, price);
            }
        }
        if (holding.hasPerp()) (perpLow, perpHigh) = _addPerp(sums, holding, word, atSlow, withOrders);
        sums.add(AssetRisk.wrap(word.risk()), word.confidenceBps(), low, high, perpLow, perpHigh);
    }

    /// @dev Add what the position would receive now, and the free band of its orders.
    /// @return low The perp leg with all asks filled, rounded down [quote atoms].
    /// @return high With all bids filled, rounded up [quote atoms].
    function _addPerp(
        Atlas.Sums memory sums,
        Holdings.Holding memory holding,
        UnderlyingWord word,
        bool atSlow,
        bool withOrders
    ) private view returns (int256 low, int256 high) {
        uint256 slot = ExchangeStorage.markSlot(MarketId.perp(holding.assetId));
        MarkWord marked = MarkWord.wrap(ExchangeStorage.load(slot));
        uint256 mark = marked.mark();
        unchecked {
            // A mark is below 2^48, prices below 2^64; without a price there is no position.
            if (atSlow && mark != 0) mark = mark * word.slowPrice() / word.price();
            int256 funding = marked.fundingTicksAt(block.timestamp);
            int256 units = PositionWordLib.unitsAt(holding.size, holding.cash, mark, funding);
            int256 profit = PositionWordLib.atomsDown(units, marked.tickValue());
            sums.equity += profit;
            if (profit > 0) sums.profits += profit;
            // A lot at the mark, below 2^112 with its fraction; sizes and orders are below 2^97.
            uint256 lotUnits = mark * marked.tickValue();
            (low, high) = (holding.size, holding.size);
            if (withOrders) {
                (low, high) = (low - holding.perpAsks, high + holding.perpBids);
                int256 adding = holding.perpBids + holding.perpAsks - holding.perpReducing;
                sums.orders += uint256(_valueUp(adding, lotUnits));
            }
            low = -_valueUp(-low, lotUnits);
            high = _valueUp(high, lotUnits);
        }
    }

    /// @dev Worth of lots at a price in quote atoms·2^-24, rounded up [quote atoms].
    function _valueUp(int256 lots, uint256 lotUnits) private pure returns (int256) {
        unchecked {
            // As in {_addPerp}; an arithmetic shift of the negative rounds down.
            return -((-lots * int256(lotUnits)) >> PositionWordLib.FRACTION_BITS);
        }
    }
}
