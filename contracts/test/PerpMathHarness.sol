// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {FundingRate} from "../perps/FundingRate.sol";
import {ImpactPrice} from "../perps/ImpactPrice.sol";
import {Marks} from "../perps/Marks.sol";
import {Median} from "../perps/Median.sol";
import {Samples} from "../perps/Samples.sol";
import {Settlement} from "../perps/Settlement.sol";
import {ConfigWord} from "../types/ConfigWord.sol";
import {MarkWord} from "../types/MarkWord.sol";
import {PerpPoolWord} from "../types/PerpPoolWord.sol";
import {PositionWord} from "../types/PositionWord.sol";
import {SampleWord} from "../types/SampleWord.sol";

/// @notice The arithmetic of perps, for tests.
contract PerpMathHarness {
    /// @notice See {Median.ofThree}.
    function median(uint256 first, uint256 second, uint256 third) external pure returns (uint256) {
        return Median.ofThree(first, second, third);
    }

    /// @notice See {FundingRate.rateOf}.
    function rateOf(uint256 configWord, int256 premiumAverage) external pure returns (int256) {
        return FundingRate.rateOf(ConfigWord.wrap(configWord), premiumAverage);
    }

    /// @notice See {Samples.commonOf}.
    function commonOf(int256 first, int256 second) external pure returns (int256) {
        return Samples.commonOf(first, second);
    }

    /// @notice See {Samples.averaged}.
    function averaged(int256 average, int256 held, uint256 span, uint256 constant_) external pure returns (int256) {
        return Samples.averaged(average, held, span, constant_);
    }

    /// @notice See {Samples.deviationOf}.
    function deviationOf(uint256 price, uint256 index) external pure returns (int256) {
        return Samples.deviationOf(price, index);
    }

    /// @notice See {ImpactPrice.lotsOf}.
    function lotsOf(uint256 dollars, uint256 index, uint256 tickValue) external pure returns (uint256) {
        return ImpactPrice.lotsOf(dollars, index, tickValue);
    }

    /// @notice See {Marks.indexOf}.
    function indexOf(uint256 configWord, uint256 tickValue, uint256 price) external pure returns (uint256) {
        return Marks.indexOf(ConfigWord.wrap(configWord), tickValue, price);
    }

    /// @notice See {Marks.markAt}.
    function markAt(uint256 configWord, uint256 markWord, uint256 sampleWord, uint256 price)
        external
        pure
        returns (uint256)
    {
        return Marks.markAt(ConfigWord.wrap(configWord), MarkWord.wrap(markWord), SampleWord.wrap(sampleWord), price);
    }

    /// @notice See {Settlement.unitsOf}.
    function unitsOf(uint256 positionWord, uint256 mark, int256 fundingTicks) external pure returns (int256) {
        return Settlement.unitsOf(PositionWord.wrap(positionWord), mark, fundingTicks);
    }

    /// @notice See {Settlement.ofLoss}.
    function ofLoss(int256 units, uint256 tickValue, uint256 available, uint256 poolWord)
        external
        pure
        returns (int256 atoms, int256 unitsAdded, uint256 cancelled, uint256 cash, uint256 shortfall)
    {
        return _parts(Settlement.ofLoss(units, tickValue, available, PerpPoolWord.wrap(poolWord)));
    }

    /// @notice See {Settlement.ofProfit}.
    function ofProfit(int256 units, uint256 tickValue, uint256 poolWord)
        external
        pure
        returns (int256 atoms, int256 unitsAdded, uint256 cancelled, uint256 cash, uint256 shortfall)
    {
        return _parts(Settlement.ofProfit(units, tickValue, PerpPoolWord.wrap(poolWord)));
    }

    function _parts(Settlement.Payment memory payment)
        private
        pure
        returns (int256 atoms, int256 units, uint256 cancelled, uint256 cash, uint256 shortfall)
    {
        (atoms, units, cancelled) = (payment.atoms, payment.units, payment.cancelledAtoms);
        (cash, shortfall) = (payment.pool.cash(), payment.pool.shortfall());
    }
}
