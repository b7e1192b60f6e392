// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {AssetRisk} from "../types/AssetRisk.sol";
import {LedgerWord} from "../types/LedgerWord.sol";
import {MarketId} from "../types/MarketId.sol";
import {MarkWord} from "../types/MarkWord.sol";
import {PositionWord, PositionWordLib} from "../types/PositionWord.sol";
import {UnderlyingWord} from "../types/UnderlyingWord.sol";
import {ExchangeStorage} from "../ExchangeStorage.sol";
import {Atlas} from "./Atlas.sol";
import {Holdings} from "./Holdings.sol";

/// @notice What an account has of an asset and its perp in the terms of ATLAS: a spot leg at the price, a perp leg at the mark,
///         each an interval if resting orders count.
library Valuation {
    using Atlas for Atlas.Sums;
    using Holdings for Holdings.Holding;

    /// @notice How old a price may be where risk is added [seconds].
    uint256 internal constant MAX_PRICE_AGE = 60;
    /// @notice How certain a price must be where risk is added [basis points].
    uint256 internal constant MIN_CONFIDENCE_BPS = 9_000;

    /// @notice Last second at which risk may be added at a price: while it is new, confirmed and certain; 0 if it is not
    ///         [seconds].
    function goodUntil(UnderlyingWord word) internal pure returns (uint256) {
        if (word.isUnconfirmed() || word.confidenceBps() < MIN_CONFIDENCE_BPS) return 0;
        unchecked {
            // Times are below 2^32.
            return word.time() + MAX_PRICE_AGE;
        }
    }

    /// @notice Sums of ATLAS over what an account has.
    /// @param withOrders Whether resting orders count, at their worst.
    function sumsOf(Holdings.Holding[] memory holdings, bool withOrders)
        internal
        view
        returns (Atlas.Sums memory sums)
    {
        sums.equity = holdings[0].atoms;
        for (uint256 i = 1; i < holdings.length; ++i) {
            add(sums, holdings[i], underlying(holdings[i].assetId), withOrders);
        }
    }

    /// @notice Price and risk of an asset.
    function underlying(uint256 assetId) internal view returns (UnderlyingWord) {
        return UnderlyingWord.wrap(ExchangeStorage.load(ExchangeStorage.underlyingSlot(assetId)));
    }

    /// @notice Add a holding to sums.
    /// @param word The asset's underlying word.
    /// @param withOrders Whether resting orders count, at their worst.
    function add(Atlas.Sums memory sums, Holdings.Holding memory holding, UnderlyingWord word, bool withOrders)
        internal
        view
    {
        (int256 bids, int256 asks, int256 adding) = (int256(0), int256(0), int256(0));
        if (withOrders) {
            (bids, asks) = (holding.bids, holding.asks);
            adding = bids + asks - holding.reducing;
        }
        int256 low;
        int256 high;
        if (holding.atoms | bids | asks != 0) {
            (low, high) = _spot(sums, word.price(), holding.atoms, bids, asks, adding);
        }
        int256 perpLow;
        int256 perpHigh;
        if (holding.hasPerp()) {
            if (withOrders) {
                (bids, asks) = (holding.perpBids, holding.perpAsks);
                adding = bids + asks - holding.perpReducing;
            }
            MarkWord marked = _marked(holding.assetId);
            (perpLow, perpHigh) = _perp(sums, marked, marked.mark(), holding.size, holding.cash, bids, asks, adding);
        }
        sums.add(AssetRisk.wrap(word.risk()), word.confidenceBps(), low, high, perpLow, perpHigh);
    }

    /// @notice Add a holding to sums at another price, without resting orders.
    /// @param price Of an atom; the mark moves in proportion [1e-18 dollars].
    function addAt(Atlas.Sums memory sums, UnderlyingWord word, uint256 price, Holdings.Holding memory holding)
        internal
        view
    {
        int256 low;
        int256 high;
        int256 perpLow;
        int256 perpHigh;
        if (holding.atoms != 0) (low, high) = _spot(sums, price, holding.atoms, 0, 0, 0);
        if (holding.size | holding.cash != 0) {
            MarkWord marked = _marked(holding.assetId);
            uint256 mark = marked.mark();
            unchecked {
                // A mark is below 2^48, prices below 2^64; without a price there is no position.
                if (mark != 0) mark = mark * price / word.price();
            }
            (perpLow, perpHigh) = _perp(sums, marked, mark, holding.size, holding.cash, 0, 0, 0);
        }
        sums.add(AssetRisk.wrap(word.risk()), word.confidenceBps(), low, high, perpLow, perpHigh);
    }

    /// @notice Add an asset as the words of its account have it, all resting orders at their worst.
    /// @param word The asset's underlying word.
    /// @param atSlow Whether at the slow price; the mark then moves in proportion.
    /// @param atoms What the ledger word is worth now [atoms].
    function addWords(
        Atlas.Sums memory sums,
        UnderlyingWord word,
        bool atSlow,
        uint256 assetId,
        int256 atoms,
        LedgerWord ledger,
        PositionWord position
    ) internal view {
        int256 low;
        int256 high;
        int256 perpLow;
        int256 perpHigh;
        unchecked {
            // Open totals are below 2^76, of a perp below 2^40.
            (int256 bids, int256 asks) = (int256(ledger.openBids()), int256(ledger.openAsks()));
            uint256 price = atSlow ? word.slowPrice() : word.price();
            if (atoms | bids | asks != 0) (low, high) = _spot(sums, price, atoms, bids, asks, bids + asks);
            if (!position.isEmpty()) {
                MarkWord marked = _marked(assetId);
                uint256 mark = marked.mark();
                // A mark is below 2^48, prices below 2^64; without a price there is no position.
                if (atSlow && mark != 0) mark = mark * price / word.price();
                (bids, asks) = (int256(position.openBids()), int256(position.openAsks()));
                (perpLow, perpHigh) =
                    _perp(sums, marked, mark, position.size(), position.cash(), bids, asks, bids + asks);
            }
        }
        sums.add(AssetRisk.wrap(word.risk()), word.confidenceBps(), low, high, perpLow, perpHigh);
    }

    /// @dev Add what the balance is worth, and the free band of its orders.
    /// @param adding Open orders that may add risk [atoms].
    /// @return low The spot leg with all asks filled, rounded down [quote atoms].
    /// @return high With all bids filled, rounded up [quote atoms].
    function _spot(Atlas.Sums memory sums, uint256 price, int256 atoms, int256 bids, int256 asks, int256 adding)
        private
        pure
        returns (int256 low, int256 high)
    {
        unchecked {
            // Atoms are below 2^97, values below 2^109.
            low = Atlas.valueDown(atoms, price);
            sums.equity += low;
            if (asks != 0) low = Atlas.valueDown(atoms - asks, price);
            high = Atlas.valueUp(atoms + bids, price);
            if (adding != 0) sums.orders += uint256(Atlas.valueUp(adding, price));
        }
    }

    /// @dev Add what the position would receive now, and the free band of its orders.
    /// @param mark What it is valued at [ticks·2^-24].
    /// @param adding Open orders that may add risk [lots].
    /// @return low The perp leg with all asks filled, rounded down [quote atoms].
    /// @return high With all bids filled, rounded up [quote atoms].
    function _perp(
        Atlas.Sums memory sums,
        MarkWord marked,
        uint256 mark,
        int256 size,
        int256 cash,
        int256 bids,
        int256 asks,
        int256 adding
    ) private view returns (int256 low, int256 high) {
        uint256 tickValue = marked.tickValue();
        if (size | cash != 0) {
            // What closed positions have left needs no funding index.
            int256 funding = size == 0 ? int256(0) : marked.fundingTicksAt(block.timestamp);
            int256 profit = PositionWordLib.atomsDown(PositionWordLib.unitsAt(size, cash, mark, funding), tickValue);
            unchecked {
                // Profits are below 2^128.
                sums.equity += profit;
                if (profit > 0) sums.profits += profit;
            }
        }
        unchecked {
            // A lot at the mark, below 2^80 with its fraction; sizes and orders are below 2^97, their units below 2^180.
            int256 lotUnits = int256(mark * tickValue);
            low = (size - asks) * lotUnits >> PositionWordLib.FRACTION_BITS;
            high = _up((size + bids) * lotUnits);
            if (adding != 0) sums.orders += uint256(_up(adding * lotUnits));
        }
    }

    function _marked(uint256 assetId) private view returns (MarkWord) {
        return MarkWord.wrap(ExchangeStorage.load(ExchangeStorage.markSlot(MarketId.perp(assetId))));
    }

    /// @dev Units of 2^-24 quote atoms in whole ones, rounded up.
    function _up(int256 units) private pure returns (int256) {
        unchecked {
            // Units are below 2^180; an arithmetic shift rounds down.
            return (units + int256((uint256(1) << PositionWordLib.FRACTION_BITS) - 1)) >> PositionWordLib.FRACTION_BITS;
        }
    }
}
