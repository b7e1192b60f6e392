// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {FreeBand} from "../book/FreeBand.sol";
import {Atlas} from "../risk/Atlas.sol";
import {Holdings} from "../risk/Holdings.sol";
import {Valuation} from "../risk/Valuation.sol";
import {BookWord} from "../types/BookWord.sol";
import {MarketId} from "../types/MarketId.sol";
import {RiskWord} from "../types/RiskWord.sol";
import {UnderlyingWord} from "../types/UnderlyingWord.sol";
import {ExchangeStorage} from "../ExchangeStorage.sol";

/// @notice {Atlas}, {Valuation} and {FreeBand}, for tests.
contract AtlasHarness {
    using Atlas for Atlas.Sums;

    /// @notice The legs of an asset.
    struct Leg {
        uint256 risk;
        uint256 price;
        uint256 confidenceBps;
        int256 atoms;
        int256 bids;
        int256 asks;
        int256 reducing;
        int256 size;
        int256 cash;
        int256 perpBids;
        int256 perpAsks;
        int256 perpReducing;
    }

    /// @notice What sums over legs come to.
    struct Requirements {
        int256 equity;
        int256 settled;
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

    /// @notice Store the mark word of the perp of an asset.
    function setMark(uint256 assetId, uint256 word) external {
        ExchangeStorage.store(ExchangeStorage.markSlot(MarketId.perp(assetId)), word);
    }

    /// @notice Requirements of legs of the assets from 1 up, and cash [quote atoms].
    function requirements(Leg[] calldata legs, int256 cash, uint256 global)
        external
        view
        returns (Requirements memory required)
    {
        Atlas.Sums memory sums;
        sums.equity = cash;
        for (uint256 i = 0; i < legs.length; ++i) {
            _add(sums, i + 1, legs[i]);
        }
        RiskWord word = RiskWord.wrap(global);
        (required.equity, required.settled, required.initial) = (sums.equity, sums.settled(), sums.initial(word));
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

    function _add(Atlas.Sums memory sums, uint256 assetId, Leg calldata leg) private view {
        UnderlyingWord word = UnderlyingWord.wrap(0).withPrice(leg.price, 0, 0, leg.confidenceBps).withRisk(leg.risk);
        Holdings.Holding memory holding;
        (holding.assetId, holding.atoms) = (assetId, leg.atoms);
        (holding.bids, holding.asks, holding.reducing) = (leg.bids, leg.asks, leg.reducing);
        (holding.size, holding.cash) = (leg.size, leg.cash);
        (holding.perpBids, holding.perpAsks, holding.perpReducing) = (leg.perpBids, leg.perpAsks, leg.perpReducing);
        Valuation.add(sums, holding, word, true);
    }
}
