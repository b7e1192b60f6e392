// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {MarketId} from "../types/MarketId.sol";
import {MarkWord} from "../types/MarkWord.sol";
import {PositionWordLib} from "../types/PositionWord.sol";
import {ExchangeStorage} from "../ExchangeStorage.sol";
import {Settlement} from "../perps/Settlement.sol";
import {Atlas} from "../risk/Atlas.sol";
import {Holdings} from "../risk/Holdings.sol";
import {Valuation} from "../risk/Valuation.sol";

/// @notice What a deficit comes from: losses of perps that are not settled first, by market, and then debts, by asset.
library Attribution {
    using Holdings for Holdings.Holding;

    /// @notice A part of a deficit.
    struct Part {
        /// @dev The perp market, or the asset that is owed.
        uint256 cause;
        /// @dev The loss, or the debt, it is in proportion to [quote atoms].
        uint256 weight;
        /// @dev The part [quote atoms].
        uint256 atoms;
    }

    /// @notice Split what is not paid of a deficit by its causes.
    /// @param deficit All of it [quote atoms].
    /// @param rest What is to be split, not more [quote atoms].
    /// @return parts Of perps first, ascending, then of assets. Each has an atom more than its share: what is rounded later must
    ///         not leave a deficit.
    /// @dev Source: DESIGN, attribution.
    function ofDeficit(Holdings.Holding[] memory holdings, uint256 deficit, uint256 rest)
        internal
        view
        returns (Part[] memory parts)
    {
        uint256 losses;
        uint256 debts;
        uint256 perps;
        (parts, perps, losses, debts) = _weights(holdings);
        uint256 perpPart = losses < deficit ? losses : deficit;
        perpPart = rest * perpPart / deficit;
        _split(parts, 0, perps, perpPart, losses);
        _split(parts, perps, parts.length, rest - perpPart, debts);
    }

    /// @notice Split an amount by the worth of the perp legs [quote atoms].
    /// @return parts One a perp with a position, ascending, without an atom more.
    function ofLegs(Holdings.Holding[] memory holdings, uint256 atoms) internal view returns (Part[] memory parts) {
        uint256 count;
        uint256 gross;
        parts = new Part[](holdings.length);
        for (uint256 i = 1; i < holdings.length; ++i) {
            uint256 weight = _legOf(holdings[i]);
            if (weight == 0) continue;
            parts[count++] = Part({cause: MarketId.perp(holdings[i].assetId), weight: weight, atoms: 0});
            gross += weight;
        }
        _cut(parts, count);
        uint256 left = atoms;
        for (uint256 i = 0; i < count; ++i) {
            parts[i].atoms = i + 1 == count ? left : atoms * parts[i].weight / gross;
            left -= parts[i].atoms;
        }
    }

    /// @dev Losses of perps, then debts, with their sums.
    function _weights(Holdings.Holding[] memory holdings)
        private
        view
        returns (Part[] memory parts, uint256 perps, uint256 losses, uint256 debts)
    {
        parts = new Part[](2 * holdings.length);
        uint256 count;
        for (uint256 i = 1; i < holdings.length; ++i) {
            uint256 weight = _lossOf(holdings[i]);
            if (weight == 0) continue;
            parts[count++] = Part({cause: MarketId.perp(holdings[i].assetId), weight: weight, atoms: 0});
            losses += weight;
        }
        perps = count;
        for (uint256 i = 0; i < holdings.length; ++i) {
            uint256 weight = _debtOf(holdings[i]);
            if (weight == 0) continue;
            parts[count++] = Part({cause: holdings[i].assetId, weight: weight, atoms: 0});
            debts += weight;
        }
        _cut(parts, count);
    }

    /// @dev Share an amount among the parts from `start` to before `end`; the last gets what is left.
    function _split(Part[] memory parts, uint256 start, uint256 end, uint256 atoms, uint256 sum) private pure {
        uint256 left = atoms;
        for (uint256 i = start; i < end; ++i) {
            uint256 share = i + 1 == end ? left : atoms * parts[i].weight / sum;
            left -= share;
            parts[i].atoms = share + 1;
        }
    }

    /// @dev What a position has lost and not paid [quote atoms].
    function _lossOf(Holdings.Holding memory holding) private view returns (uint256) {
        if (holding.size | holding.cash == 0) return 0;
        MarkWord mark = _markOf(holding.assetId);
        int256 funding = mark.fundingTicksAt(block.timestamp);
        int256 units = PositionWordLib.unitsAt(holding.size, holding.cash, mark.mark(), funding);
        int256 made = PositionWordLib.atomsDown(units, mark.tickValue());
        return made < 0 ? uint256(-made) : 0;
    }

    /// @dev Worth of a position's lots, rounded up as the risk engine rounds a leg [quote atoms].
    function _legOf(Holdings.Holding memory holding) private view returns (uint256) {
        if (holding.size == 0) return 0;
        MarkWord mark = _markOf(holding.assetId);
        uint256 lots = uint256(holding.size < 0 ? -holding.size : holding.size);
        return Settlement.atomsUp(lots * mark.mark(), mark.tickValue());
    }

    /// @dev What is owed of an asset [quote atoms].
    function _debtOf(Holdings.Holding memory holding) private view returns (uint256) {
        if (holding.atoms >= 0) return 0;
        if (holding.assetId == 0) return uint256(-holding.atoms);
        return uint256(-Atlas.valueDown(holding.atoms, Valuation.underlying(holding.assetId).price()));
    }

    function _markOf(uint256 assetId) private view returns (MarkWord) {
        return MarkWord.wrap(ExchangeStorage.load(ExchangeStorage.markSlot(MarketId.perp(assetId))));
    }

    /// @dev Shorten an array to its first elements.
    function _cut(Part[] memory parts, uint256 count) private pure {
        assembly ("memory-safe") {
            // Its length comes first.
            mstore(parts, count)
        }
    }
}
