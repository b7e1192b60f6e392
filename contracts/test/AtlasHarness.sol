// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {FreeBand} from "../book/FreeBand.sol";
import {Atlas} from "../risk/Atlas.sol";
import {AssetRisk} from "../types/AssetRisk.sol";
import {BookWord} from "../types/BookWord.sol";
import {RiskWord} from "../types/RiskWord.sol";

/// @notice {Atlas} and {FreeBand}, for tests.
contract AtlasHarness {
    using Atlas for Atlas.Sums;

    /// @notice The spot leg of an asset.
    struct Leg {
        uint256 risk;
        uint256 price;
        uint256 confidenceBps;
        int256 atoms;
        int256 bids;
        int256 asks;
        int256 reducing;
    }

    /// @notice What sums over legs come to.
    struct Requirements {
        int256 equity;
        uint256 initial;
        /// @dev At the percentages of the risk word.
        uint256 end;
        uint256 maintenance;
        uint256 freeBand;
    }

    /// @notice See {Atlas.valueDown}.
    function valueDown(int256 atoms, uint256 price) external pure returns (int256) {
        return Atlas.valueDown(atoms, price);
    }

    /// @notice See {Atlas.valueUp}.
    function valueUp(int256 atoms, uint256 price) external pure returns (int256) {
        return Atlas.valueUp(atoms, price);
    }

    /// @notice Requirements of legs, and cash [quote atoms].
    function requirements(Leg[] calldata legs, int256 cash, uint256 global)
        external
        pure
        returns (Requirements memory required)
    {
        Atlas.Sums memory sums;
        sums.equity = cash;
        for (uint256 i = 0; i < legs.length; ++i) {
            _add(sums, legs[i]);
        }
        RiskWord word = RiskWord.wrap(global);
        (required.equity, required.initial) = (sums.equity, sums.initial(word));
        required.end = sums.requirement(word, word.endPercent());
        required.maintenance = sums.requirement(word, word.maintenancePercent());
        required.freeBand = sums.freeBand();
    }

    /// @notice See {Atlas.isDeRisking}.
    function isDeRisking(int256 equityBefore, uint256 requiredBefore, int256 equityAfter, uint256 requiredAfter)
        external
        pure
        returns (bool)
    {
        return Atlas.isDeRisking(equityBefore, requiredBefore, equityAfter, requiredAfter);
    }

    /// @notice Whether a tick is beyond {FreeBand.lastTick}.
    function isBeyond(uint256 bookWord, bool isAsk, uint256 tick) external pure returns (bool) {
        uint256 last = FreeBand.lastTick(BookWord.wrap(bookWord), isAsk);
        return isAsk ? tick < last : tick > last;
    }

    function _add(Atlas.Sums memory sums, Leg calldata leg) private pure {
        sums.addSpot(
            AssetRisk.wrap(leg.risk), leg.price, leg.confidenceBps, leg.atoms, leg.bids, leg.asks, leg.reducing
        );
    }
}
