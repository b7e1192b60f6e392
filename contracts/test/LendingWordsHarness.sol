// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {AssetRisk, AssetRiskLib} from "../types/AssetRisk.sol";
import {FeedWord} from "../types/FeedWord.sol";
import {OrderChange, OrderChangeLib} from "../types/OrderChange.sol";
import {PoolIndexWord, PoolIndexWordLib} from "../types/PoolIndexWord.sol";
import {PoolTermsWord, PoolTermsWordLib} from "../types/PoolTermsWord.sol";
import {PoolTotalsWord, PoolTotalsWordLib} from "../types/PoolTotalsWord.sol";
import {RampWord, RampWordLib} from "../types/RampWord.sol";
import {RiskWord} from "../types/RiskWord.sol";
import {UnderlyingWord} from "../types/UnderlyingWord.sol";

/// @notice The words of lending, prices and risk, for tests.
contract LendingWordsHarness {
    /// @notice A packed index word.
    function createIndex(uint256 supply, uint256 borrow, uint256 time, uint256 rate, uint256 rateAtTarget)
        external
        pure
        returns (uint256)
    {
        return PoolIndexWord.unwrap(PoolIndexWordLib.create(supply, borrow, time, rate, rateAtTarget));
    }

    /// @notice Fields of an index word.
    function index(uint256 word)
        external
        pure
        returns (uint256 supply, uint256 borrow, uint256 time, uint256 rate, uint256 rateAtTarget, bool isOpen)
    {
        PoolIndexWord wrapped = PoolIndexWord.wrap(word);
        (supply, borrow, time) = (wrapped.supplyIndex(), wrapped.borrowIndex(), wrapped.time());
        (rate, rateAtTarget, isOpen) = (wrapped.rate(), wrapped.rateAtTarget(), wrapped.isOpen());
    }

    /// @notice A packed totals word.
    function createTotals(uint256 supply, uint256 borrow, uint256 cash, uint256 reservePermille)
        external
        pure
        returns (uint256)
    {
        return PoolTotalsWord.unwrap(PoolTotalsWordLib.create(supply, borrow, cash, reservePermille));
    }

    /// @notice Fields of a totals word.
    function totals(uint256 word)
        external
        pure
        returns (uint256 supply, uint256 borrow, uint256 cash, uint256 reservePermille)
    {
        PoolTotalsWord wrapped = PoolTotalsWord.wrap(word);
        return (wrapped.supplyShares(), wrapped.borrowShares(), wrapped.cash(), wrapped.reservePermille());
    }

    /// @notice A packed terms word.
    function createTerms(uint256 supplyCap, uint256 borrowCap, uint256 ceilingPermille, uint256 hourlyPermille)
        external
        pure
        returns (uint256)
    {
        return PoolTermsWord.unwrap(PoolTermsWordLib.create(supplyCap, borrowCap, ceilingPermille, hourlyPermille));
    }

    /// @notice Fields of a terms word.
    function terms(uint256 word)
        external
        pure
        returns (
            uint256 supplyCap,
            uint256 borrowCap,
            uint256 ceilingPermille,
            uint256 hourlyPermille,
            uint256 windowLimit
        )
    {
        PoolTermsWord wrapped = PoolTermsWord.wrap(word);
        (supplyCap, borrowCap) = (wrapped.supplyCap(), wrapped.borrowCap());
        (ceilingPermille, hourlyPermille) = (wrapped.ceilingPermille(), wrapped.hourlyPermille());
        windowLimit = wrapped.windowLimit();
    }

    /// @notice What the window of a terms word holds at a time.
    function windowAt(uint256 word, uint256 time) external pure returns (uint256) {
        return PoolTermsWord.wrap(word).windowAt(time);
    }

    /// @notice A terms word with another window.
    function termsWithWindow(uint256 word, uint256 level, uint256 time) external pure returns (uint256) {
        return PoolTermsWord.unwrap(PoolTermsWord.wrap(word).withWindow(level, time));
    }

    /// @notice A risk word with other levels.
    function riskWithLevels(uint256 word, uint256 sigmaBps, uint256 endPercent, uint256 maintenancePercent)
        external
        pure
        returns (uint256)
    {
        return RiskWord.unwrap(RiskWord.wrap(word).withLevels(sigmaBps, endPercent, maintenancePercent));
    }

    /// @notice A risk word with another price of the quote token.
    function riskWithPeg(uint256 word, uint256 pegBps, uint256 time) external pure returns (uint256) {
        return RiskWord.unwrap(RiskWord.wrap(word).withPeg(pegBps, time));
    }

    /// @notice A risk word once the quote asset may be owed.
    function riskLendable(uint256 word) external pure returns (uint256) {
        return RiskWord.unwrap(RiskWord.wrap(word).lendable());
    }

    /// @notice Fields of a risk word.
    function risk(uint256 word)
        external
        pure
        returns (
            uint256 sigmaBps,
            uint256 endPercent,
            uint256 maintenancePercent,
            uint256 pegBps,
            uint256 pegTime,
            bool isLendable,
            uint256 pegFactor
        )
    {
        RiskWord wrapped = RiskWord.wrap(word);
        (sigmaBps, endPercent, maintenancePercent) =
        (wrapped.sigmaBps(), wrapped.endPercent(), wrapped.maintenancePercent());
        (pegBps, pegTime) = (wrapped.pegBps(), wrapped.pegTime());
        (isLendable, pegFactor) = (wrapped.isLendable(), wrapped.pegFactor());
    }

    /// @notice A new ramp word, changed once.
    function createRamp(uint256 listedAt, uint256 changedAt) external pure returns (uint256) {
        return RampWord.unwrap(RampWordLib.create(listedAt).withChange(changedAt));
    }

    /// @notice Fields of a ramp word.
    function ramp(uint256 word) external pure returns (uint256 listedAt, uint256 changedAt) {
        return (RampWord.wrap(word).listedAt(), RampWord.wrap(word).changedAt());
    }

    /// @notice A feed word with a price that waits.
    function feedWithPending(uint256 word, uint256 price, uint256 time) external pure returns (uint256) {
        return FeedWord.unwrap(FeedWord.wrap(word).withPending(price, time));
    }

    /// @notice Fields of a feed word.
    function feed(uint256 word) external pure returns (address feedAddress, uint256 price, uint256 time) {
        FeedWord wrapped = FeedWord.wrap(word);
        return (wrapped.feed(), wrapped.pendingPrice(), wrapped.pendingTime());
    }

    /// @notice An underlying word with other risk.
    function underlyingWithRisk(uint256 word, uint256 packedRisk) external pure returns (uint256) {
        return UnderlyingWord.unwrap(UnderlyingWord.wrap(word).withRisk(packedRisk));
    }

    /// @notice An underlying word while a price waits.
    function underlyingUnconfirmed(uint256 word) external pure returns (uint256) {
        return UnderlyingWord.unwrap(UnderlyingWord.wrap(word).unconfirmed());
    }

    /// @notice An underlying word once the asset may be owed.
    function underlyingLendable(uint256 word) external pure returns (uint256) {
        return UnderlyingWord.unwrap(UnderlyingWord.wrap(word).lendable());
    }

    /// @notice Packed risk of an asset.
    function createAssetRisk(
        uint256 beta,
        uint256 iota,
        uint256 basis,
        uint256 spotExit,
        uint256 perpExit,
        uint256 depth
    ) external pure returns (uint256) {
        return AssetRisk.unwrap(AssetRiskLib.create(beta, iota, basis, spotExit, perpExit, depth));
    }

    /// @notice Fields of an asset's risk.
    function assetRisk(uint256 word)
        external
        pure
        returns (uint256 beta, uint256 iota, uint256 basis, uint256 spotExit, uint256 perpExit, uint256 depthAtoms)
    {
        AssetRisk wrapped = AssetRisk.wrap(word);
        (beta, iota, basis) = (wrapped.beta(), wrapped.iota(), wrapped.basis());
        (spotExit, perpExit, depthAtoms) = (wrapped.spotExit(), wrapped.perpExit(), wrapped.depthAtoms());
    }

    /// @notice A packed order change.
    function createChange(uint256 marketId, uint256 filledLots, uint256 restingLots, bool isAsk, bool isReduceOnly)
        external
        pure
        returns (uint256)
    {
        return OrderChange.unwrap(OrderChangeLib.create(marketId, filledLots, restingLots, isAsk, isReduceOnly));
    }

    /// @notice Fields of an order change.
    function orderChange(uint256 word)
        external
        pure
        returns (uint256 marketId, uint256 filledLots, uint256 restingLots, bool isAsk, bool isReduceOnly)
    {
        OrderChange wrapped = OrderChange.wrap(word);
        (marketId, filledLots, restingLots) = (wrapped.marketId(), wrapped.filledLots(), wrapped.restingLots());
        (isAsk, isReduceOnly) = (wrapped.isAsk(), wrapped.isReduceOnly());
    }
}
