// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {Compounding} from "../lending/Compounding.sol";
import {PoolMath} from "../lending/PoolMath.sol";
import {RateCurve} from "../lending/RateCurve.sol";
import {SlowPrice} from "../oracle/SlowPrice.sol";
import {LedgerWord} from "../types/LedgerWord.sol";
import {PoolIndexWord, PoolIndexWordLib} from "../types/PoolIndexWord.sol";
import {PoolTermsWord} from "../types/PoolTermsWord.sol";
import {PoolTotalsWord} from "../types/PoolTotalsWord.sol";

/// @notice Growth, the rate curve, the slow price and the arithmetic of pools, for tests.
contract LendingMathHarness {
    using PoolMath for PoolMath.Pool;

    /// @notice See {Compounding.growthUp}.
    function growthUp(uint256 ratePerSecond, uint256 time) external pure returns (uint256) {
        return Compounding.growthUp(ratePerSecond, time);
    }

    /// @notice See {RateCurve.rate}.
    function rate(uint256 rateAtTarget, uint256 utilisation) external pure returns (uint256) {
        return RateCurve.rate(rateAtTarget, utilisation);
    }

    /// @notice See {RateCurve.drifted}.
    function drifted(uint256 rateAtTarget, uint256 utilisation, uint256 time) external pure returns (uint256) {
        return RateCurve.drifted(rateAtTarget, utilisation, time);
    }

    /// @notice See {SlowPrice.at}.
    function slowPriceAt(uint256 slow, uint256 price, uint256 age) external pure returns (uint256) {
        return SlowPrice.at(slow, price, age);
    }

    /// @notice See {PoolMath.accrued}.
    function accrued(uint256 index, uint256 totals, uint256 time) external pure returns (PoolMath.Pool memory) {
        return PoolMath.accrued(PoolIndexWord.wrap(index), PoolTotalsWord.wrap(totals), time);
    }

    /// @notice A pool after interest was added up every so many seconds, at the same rate all along.
    function accruedInSteps(uint256 index, uint256 totals, uint256 seconds_, uint256 steps)
        external
        pure
        returns (PoolMath.Pool memory pool)
    {
        for (uint256 i = 0; i < steps; ++i) {
            PoolIndexWord word = PoolIndexWord.wrap(index);
            uint256 time = word.time() + seconds_;
            pool = PoolMath.accrued(word, PoolTotalsWord.wrap(totals), time);
            word = PoolIndexWordLib.create(pool.supplyIndex, pool.borrowIndex, time, word.rate(), word.rateAtTarget());
            index = PoolIndexWord.unwrap(word);
        }
    }

    /// @notice What a pool has lent, owes, keeps and how much of it is in use.
    function sums(PoolMath.Pool memory pool)
        external
        pure
        returns (uint256 borrowed, uint256 supplied, uint256 reserve, uint256 utilisation)
    {
        return (pool.borrowed(), pool.supplied(), pool.reserve(), pool.utilisation());
    }

    /// @notice See {PoolMath.atomsOf}.
    function atomsOf(PoolMath.Pool memory pool, uint256 ledgerWord) external pure returns (int256) {
        return pool.atomsOf(LedgerWord.wrap(ledgerWord));
    }

    /// @notice See {PoolMath.lend}.
    function lend(PoolMath.Pool memory pool, uint256 atoms) external pure returns (PoolMath.Pool memory, uint256) {
        uint256 shares = pool.lend(atoms);
        return (pool, shares);
    }

    /// @notice See {PoolMath.unlend}.
    function unlend(PoolMath.Pool memory pool, uint256 atoms, uint256 has)
        external
        pure
        returns (PoolMath.Pool memory, uint256)
    {
        uint256 shares = pool.unlend(atoms, has);
        return (pool, shares);
    }

    /// @notice See {PoolMath.borrow}.
    function borrow(PoolMath.Pool memory pool, uint256 atoms) external pure returns (PoolMath.Pool memory, uint256) {
        uint256 shares = pool.borrow(atoms);
        return (pool, shares);
    }

    /// @notice See {PoolMath.repay}.
    function repay(PoolMath.Pool memory pool, uint256 atoms, uint256 owes)
        external
        pure
        returns (PoolMath.Pool memory, uint256)
    {
        uint256 shares = pool.repay(atoms, owes);
        return (pool, shares);
    }

    /// @notice See {PoolMath.collectReserve}.
    function collectReserve(PoolMath.Pool memory pool) external pure returns (PoolMath.Pool memory, uint256) {
        uint256 shares = pool.collectReserve();
        return (pool, shares);
    }

    /// @notice See {PoolMath.borrowRooms} and {PoolMath.borrowable}.
    function rooms(PoolMath.Pool memory pool, uint256 terms, uint256 time)
        external
        pure
        returns (uint256 cap, uint256 ceiling, uint256 window, uint256 borrowable)
    {
        PoolTermsWord word = PoolTermsWord.wrap(terms);
        (cap, ceiling, window) = pool.borrowRooms(word, time);
        borrowable = pool.borrowable(word, time);
    }
}
