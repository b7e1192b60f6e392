// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {IExchangeErrors} from "../interfaces/IExchangeErrors.sol";
import {PoolIndexWord, PoolIndexWordLib} from "../types/PoolIndexWord.sol";
import {PoolTermsWord, PoolTermsWordLib} from "../types/PoolTermsWord.sol";
import {PoolTotalsWord, PoolTotalsWordLib} from "../types/PoolTotalsWord.sol";
import {ExchangeStorage} from "../ExchangeStorage.sol";
import {PoolMath} from "./PoolMath.sol";
import {RateCurve} from "./RateCurve.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @notice Lending pools in storage. Interest is added up when a total changes or someone pokes, at the rate since then.
library Pools {
    using PoolMath for PoolMath.Pool;

    /// @notice Whether an asset's pool is open.
    function isOpen(uint256 assetId) internal view returns (bool) {
        return index(assetId).isOpen();
    }

    /// @notice Index word of an asset's pool.
    function index(uint256 assetId) internal view returns (PoolIndexWord) {
        return PoolIndexWord.wrap(ExchangeStorage.load(ExchangeStorage.poolIndexSlot(assetId)));
    }

    /// @notice Totals word of an asset's pool.
    function totals(uint256 assetId) internal view returns (PoolTotalsWord) {
        return PoolTotalsWord.wrap(ExchangeStorage.load(ExchangeStorage.poolTotalsSlot(assetId)));
    }

    /// @notice Terms word of an asset's pool.
    function terms(uint256 assetId) internal view returns (PoolTermsWord) {
        return PoolTermsWord.wrap(ExchangeStorage.load(ExchangeStorage.poolTermsSlot(assetId)));
    }

    /// @notice Write the terms word of an asset's pool.
    function storeTerms(uint256 assetId, PoolTermsWord word) internal {
        ExchangeStorage.store(ExchangeStorage.poolTermsSlot(assetId), PoolTermsWord.unwrap(word));
    }

    /// @notice Open an asset's pool, empty.
    function open(uint256 assetId, uint256 reservePermille) internal {
        PoolMath.Pool memory pool;
        (pool.supplyIndex, pool.borrowIndex) = (PoolIndexWordLib.ONE, PoolIndexWordLib.ONE);
        (pool.reservePermille, pool.rateAtTarget) = (reservePermille, RateCurve.START);
        store(assetId, pool);
    }

    /// @notice An asset's pool as it is now, for reading.
    function read(uint256 assetId) internal view returns (PoolMath.Pool memory) {
        return PoolMath.accrued(index(assetId), totals(assetId), block.timestamp);
    }

    /// @notice An open pool as it is now, for changing: its rate at target has drifted for the time since the last write.
    function load(uint256 assetId) internal view returns (PoolMath.Pool memory) {
        return load(assetId, index(assetId));
    }

    /// @notice {load}, given the pool's index word.
    function load(uint256 assetId, PoolIndexWord word) internal view returns (PoolMath.Pool memory pool) {
        pool = PoolMath.accrued(word, totals(assetId), block.timestamp);
        unchecked {
            // An index is never of a later time than now.
            uint256 age = block.timestamp - word.time();
            if (age != 0) pool.rateAtTarget = RateCurve.drifted(pool.rateAtTarget, pool.utilisation(), age);
        }
    }

    /// @notice Write a pool as of now, with the rate that its utilisation makes from now on.
    function store(uint256 assetId, PoolMath.Pool memory pool) internal {
        uint256 rate = RateCurve.rate(pool.rateAtTarget, pool.utilisation());
        // Time fits 32 bits until 2106.
        PoolIndexWord word =
            PoolIndexWordLib.create(pool.supplyIndex, pool.borrowIndex, block.timestamp, rate, pool.rateAtTarget);
        PoolTotalsWord sums =
            PoolTotalsWordLib.create(pool.supplyShares, pool.borrowShares, pool.cash, pool.reservePermille);
        ExchangeStorage.store(ExchangeStorage.poolIndexSlot(assetId), PoolIndexWord.unwrap(word));
        ExchangeStorage.store(ExchangeStorage.poolTotalsSlot(assetId), PoolTotalsWord.unwrap(sums));
    }

    /// @notice Take what a lender wants back out of a pool.
    /// @dev Errors: InsufficientLiquidity.
    function unlend(uint256 assetId, PoolMath.Pool memory pool, uint256 atoms, uint256 has)
        internal
        pure
        returns (uint256 shares)
    {
        if (atoms > pool.cash) revert IExchangeErrors.InsufficientLiquidity(uint16(assetId), atoms, pool.cash);
        return pool.unlend(atoms, has);
    }

    /// @notice Borrow from a pool within its limits, and count it in the window of an hour.
    /// @dev Errors: InsufficientLiquidity, BorrowCapReached, BorrowCeilingReached, BorrowWindowReached.
    function borrow(uint256 assetId, PoolMath.Pool memory pool, uint256 atoms) internal returns (uint256 shares) {
        // Asset ids are below 44.
        uint16 id = uint16(assetId);
        PoolTermsWord word = terms(assetId);
        if (atoms > pool.cash) revert IExchangeErrors.InsufficientLiquidity(id, atoms, pool.cash);
        uint256 owed = pool.borrowed();
        uint256 level = word.windowAt(block.timestamp);
        unchecked {
            // Debts are below 2^96 and cash below 2^80; of supply, of which atoms are a part, the window counts 2^32.
            uint256 supply = pool.cash + owed;
            (uint256 capRoom, uint256 ceilingRoom, uint256 windowRoom) = PoolMath.roomsBeside(owed, supply, word, level);
            if (atoms > capRoom) revert IExchangeErrors.BorrowCapReached(id, atoms, capRoom);
            if (atoms > ceilingRoom) revert IExchangeErrors.BorrowCeilingReached(id, atoms, ceilingRoom);
            if (atoms > windowRoom) revert IExchangeErrors.BorrowWindowReached(id, atoms, windowRoom);
            level += Math.ceilDiv(atoms * PoolTermsWordLib.WINDOW_ONE, supply);
        }
        storeTerms(assetId, word.withWindow(level, block.timestamp));
        return pool.borrow(atoms);
    }

    /// @notice Repay to a pool, which makes room in the window of an hour.
    /// @param atoms At most the debt [atoms].
    function repay(uint256 assetId, PoolMath.Pool memory pool, uint256 atoms, uint256 owes)
        internal
        returns (uint256 shares)
    {
        PoolTermsWord word = terms(assetId);
        uint256 level = word.windowAt(block.timestamp);
        if (level != 0) {
            unchecked {
                // A debt is part of supply, which is below 2^97.
                uint256 freed = atoms * PoolTermsWordLib.WINDOW_ONE / (pool.cash + pool.borrowed());
                level = level > freed ? level - freed : 0;
            }
            storeTerms(assetId, word.withWindow(level, block.timestamp));
        }
        return pool.repay(atoms, owes);
    }
}
