// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {IExchangeErrors} from "../interfaces/IExchangeErrors.sol";
import {LedgerWord} from "../types/LedgerWord.sol";
import {PoolIndexWord} from "../types/PoolIndexWord.sol";
import {PoolTotalsWord} from "../types/PoolTotalsWord.sol";
import {ExchangeStorage} from "../ExchangeStorage.sol";
import {PoolMath} from "../lending/PoolMath.sol";
import {Pools} from "../lending/Pools.sol";
import {PriceMoves} from "../oracle/PriceMoves.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @notice What accounts have of assets in atoms, whether in custody, lent or owed, and how it changes.
/// @dev A debt is repaid before anything is credited, and what is there is spent before anything is borrowed. Amounts are
///      below 2^95.
library Balances {
    using PoolMath for PoolMath.Pool;

    /// @notice Ledger word of an account and an asset.
    function load(uint256 accountId, uint256 assetId) internal view returns (LedgerWord) {
        return LedgerWord.wrap(ExchangeStorage.load(ExchangeStorage.ledgerSlot(accountId, assetId)));
    }

    /// @notice Balance now, rounded down; a debt is negative [atoms].
    function atomsOf(uint256 accountId, uint256 assetId) internal view returns (int256) {
        return atomsOf(load(accountId, assetId), assetId);
    }

    /// @notice What a ledger word of an asset is worth now, rounded down; a debt is negative [atoms].
    function atomsOf(LedgerWord word, uint256 assetId) internal view returns (int256) {
        int256 balance = word.balance();
        if (word.isCustody() || balance == 0) return balance;
        PoolIndexWord index = Pools.index(assetId);
        // Without a pool a balance is below zero only until the check at the end of the action.
        if (!index.isOpen()) return balance;
        if (balance < 0) {
            return -int256(PoolMath.debtUp(uint256(-balance), PoolMath.borrowIndexAt(index, block.timestamp)));
        }
        return PoolMath.accrued(index, Pools.totals(assetId), block.timestamp).atomsOf(word);
    }

    /// @notice Add atoms to a balance, or take them from it; what the account does not have is borrowed.
    /// @return balance Balance after it, rounded down; a debt is negative [atoms].
    /// @dev Errors: InsufficientLiquidity, BorrowCapReached, BorrowCeilingReached, BorrowWindowReached. An asset without
    ///      an open pool is not borrowed: then a negative balance is left to the check at the end of the action.
    function add(uint256 accountId, uint256 assetId, int256 atoms) internal returns (int256 balance) {
        LedgerWord word = load(accountId, assetId);
        if (atoms == 0) {
            _store(accountId, assetId, word);
            return atomsOf(word, assetId);
        }
        PoolIndexWord index = PoolIndexWord.wrap(0);
        if (!word.isCustodyAfter(atoms)) index = Pools.index(assetId);
        if (!index.isOpen()) {
            _store(accountId, assetId, word.add(atoms));
            return word.balance() + atoms;
        }
        PoolMath.Pool memory pool = Pools.load(assetId, index);
        // The casts are safe behind the test of the sign.
        if (atoms > 0) word = _credit(assetId, pool, word, uint256(atoms));
        else word = _debit(assetId, pool, word, uint256(-atoms));
        _store(accountId, assetId, word);
        Pools.store(assetId, pool);
        return pool.atomsOf(word);
    }

    /// @notice The most atoms that {add} could take from a balance without an error, or what there is of an asset without
    ///         an open pool; never negative.
    /// @return most What there is, and what could be borrowed [atoms].
    /// @return has What there is [atoms].
    function reach(uint256 accountId, uint256 assetId) internal view returns (uint256 most, uint256 has) {
        LedgerWord word = load(accountId, assetId);
        // The cast is safe behind the test of the sign.
        has = word.balance() > 0 ? uint256(word.balance()) : 0;
        PoolIndexWord index = Pools.index(assetId);
        if (!index.isOpen()) return (has, has);
        PoolTotalsWord totals = Pools.totals(assetId);
        if (!word.isLent()) {
            uint256 owed = PoolMath.debtUp(totals.borrowShares(), PoolMath.borrowIndexAt(index, block.timestamp));
            most = has + PoolMath.borrowableOf(totals.cash(), owed, Pools.terms(assetId), block.timestamp);
            return (most, has);
        }
        PoolMath.Pool memory pool = PoolMath.accrued(index, totals, block.timestamp);
        uint256 shares = has;
        has = PoolMath.lentDown(shares, pool.supplyIndex);
        if (has > pool.cash) return (pool.cash, has);
        pool.unlend(has, shares);
        most = has + pool.borrowable(Pools.terms(assetId), block.timestamp);
    }

    /// @notice Lend what is positive of a balance from now on, or keep it in custody.
    /// @return balance Balance after it [atoms].
    /// @dev Errors: InsufficientLiquidity.
    function setLent(uint256 accountId, uint256 assetId, bool lent) internal returns (int256 balance) {
        LedgerWord word = load(accountId, assetId);
        if (word.isLent() == lent) return atomsOf(word, assetId);
        PoolMath.Pool memory pool = Pools.load(assetId);
        balance = pool.atomsOf(word);
        int256 moved = word.balance();
        if (moved > 0) {
            // The casts are safe behind the test of the sign.
            if (lent) moved = int256(pool.lend(uint256(balance)));
            else Pools.unlend(assetId, pool, uint256(balance), uint256(moved));
            if (!lent) moved = balance;
        }
        word = word.add(moved - word.balance()).withLent(lent);
        _store(accountId, assetId, word);
        Pools.store(assetId, pool);
        return pool.atomsOf(word);
    }

    /// @notice Check that nothing is lent of a balance, or that no price has just moved fast.
    /// @dev Errors: PriceMoving.
    function checkCalm(uint256 accountId, uint256 assetId) internal view {
        LedgerWord word = load(accountId, assetId);
        if (word.isLent() && word.balance() > 0) PriceMoves.checkCalm(PriceMoves.ALL);
    }

    /// @notice Check that no more is lent to an asset's pool than may be.
    /// @dev Errors: SupplyCapReached.
    function checkSupplyCap(uint256 assetId) internal view {
        uint256 supplied = Pools.read(assetId).supplied();
        uint256 cap = Pools.terms(assetId).supplyCap();
        // Asset ids are below 44.
        if (supplied > cap) revert IExchangeErrors.SupplyCapReached(uint16(assetId), supplied, cap);
    }

    /// @dev Repay first; the rest is custody or is lent.
    function _credit(uint256 assetId, PoolMath.Pool memory pool, LedgerWord word, uint256 atoms)
        private
        returns (LedgerWord)
    {
        int256 balance = word.balance();
        if (balance < 0) {
            uint256 owes = uint256(-balance);
            uint256 repaid = Math.min(atoms, PoolMath.debtUp(owes, pool.borrowIndex));
            word = word.add(int256(Pools.repay(assetId, pool, repaid, owes)));
            atoms -= repaid;
        }
        if (atoms == 0) return word;
        return word.add(int256(word.isLent() ? pool.lend(atoms) : atoms));
    }

    /// @dev Spend what is there first; the rest is borrowed.
    function _debit(uint256 assetId, PoolMath.Pool memory pool, LedgerWord word, uint256 atoms)
        private
        returns (LedgerWord)
    {
        if (word.balance() > 0) {
            uint256 spent = Math.min(atoms, uint256(pool.atomsOf(word)));
            uint256 taken = word.isLent() ? Pools.unlend(assetId, pool, spent, uint256(word.balance())) : spent;
            word = word.add(-int256(taken));
            atoms -= spent;
        }
        if (atoms == 0) return word;
        return word.add(-int256(Pools.borrow(assetId, pool, atoms)));
    }

    function _store(uint256 accountId, uint256 assetId, LedgerWord word) private {
        ExchangeStorage.store(ExchangeStorage.ledgerSlot(accountId, assetId), LedgerWord.unwrap(word.touched()));
    }
}
