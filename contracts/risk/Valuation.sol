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
        int256 low;
        int256 high;
        int256 perpLow;
        int256 perpHigh;
        if (holding.atoms | holding.bids | holding.asks != 0) {
            (low, high) = _spot(sums, holding, atSlow ? word.slowPrice() : word.price(), withOrders);
        }
        if (holding.hasPerp()) (perpLow, perpHigh) = _perp(sums, holding, word, atSlow, withOrders);
        sums.add(AssetRisk.wrap(word.risk()), word.confidenceBps(), low, high, perpLow, perpHigh);
    }

    /// @dev Add what the balance is worth, and the free band of its orders.
    /// @return low The spot leg with all asks filled, rounded down [quote atoms].
    /// @return high With all bids filled, rounded up [quote atoms].
    function _spot(Atlas.Sums memory sums, Holdings.Holding memory holding, uint256 price, bool withOrders)
        private
        pure
        returns (int256 low, int256 high)
    {
        int256 atoms = holding.atoms;
        low = Atlas.valueDown(atoms, price);
        unchecked {
            // Atoms are below 2^97, values below 2^109.
            sums.equity += low;
            if (!withOrders) return (low, Atlas.valueUp(atoms, price));
            (int256 bids, int256 asks) = (holding.bids, holding.asks);
            if (asks != 0) low = Atlas.valueDown(atoms - asks, price);
            high = Atlas.valueUp(atoms + bids, price);
            int256 adding = bids + asks - holding.reducing;
            if (adding != 0) sums.orders += uint256(Atlas.valueUp(adding, price));
        }
    }

    /// @dev Add what the position would receive now, and the free band of its orders.
    /// @return low The perp leg with all asks filled, rounded down [quote atoms].
    /// @return high With all bids filled, rounded up [quote atoms].
    function _perp(
        Atlas.Sums memory sums,
        Holdings.Holding memory holding,
        UnderlyingWord word,
        bool atSlow,
        bool withOrders
    ) private view returns (int256 low, int256 high) {
        MarkWord marked =
            MarkWord.wrap(ExchangeStorage.load(ExchangeStorage.markSlot(MarketId.perp(holding.assetId))));
        uint256 mark = marked.mark();
        unchecked {
            // A mark is below 2^48, prices below 2^64; without a price there is no position.
            if (atSlow && mark != 0) mark = mark * word.slowPrice() / word.price();
            uint256 tickValue = marked.tickValue();
            int256 size = holding.size;
            if (size | holding.cash != 0) {
                int256 funding = marked.fundingTicksAt(block.timestamp);
                int256 units = PositionWordLib.unitsAt(size, holding.cash, mark, funding);
                int256 profit = PositionWordLib.atomsDown(units, tickValue);
                sums.equity += profit;
                if (profit > 0) sums.profits += profit;
            }
            // A lot at the mark, below 2^80 with its fraction; sizes and orders are below 2^97.
            int256 lotUnits = int256(mark * tickValue);
            if (!withOrders) return (-_up(-size * lotUnits), _up(size * lotUnits));
            (int256 bids, int256 asks) = (holding.perpBids, holding.perpAsks);
            int256 adding = bids + asks - holding.perpReducing;
            if (adding != 0) sums.orders += uint256(_up(adding * lotUnits));
            (low, high) = (-_up((asks - size) * lotUnits), _up((size + bids) * lotUnits));
        }
    }

    /// @dev Units of 2^-24 quote atoms in whole ones, rounded up.
    function _up(int256 units) private pure returns (int256) {
        unchecked {
            // Units are below 2^180; an arithmetic shift of the negative rounds down.
            return -(-units >> PositionWordLib.FRACTION_BITS);
        }
    }
}
