// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {LedgerWord} from "../types/LedgerWord.sol";
import {PoolIndexWordLib} from "../types/PoolIndexWord.sol";
import {ExchangeStorage} from "../ExchangeStorage.sol";
import {PoolMath} from "../lending/PoolMath.sol";
import {Pools} from "../lending/Pools.sol";
import {Accounts} from "../vault/Accounts.sol";
import {Balances} from "../vault/Balances.sol";
import {AuctionPrice} from "./AuctionPrice.sol";

/// @notice Balances that move from one account to another as they are: custody as custody, lent as lent, debt as debt.
/// @dev Nothing has to be drawn from a pool, so a pool that has lent all it has, or that lends no more, is in nobody's way. What
///      the other account has of the asset is first set off: its debt against what is lent, what it has against the debt.
library Absorbing {
    using PoolMath for PoolMath.Pool;

    /// @notice Move a fraction of a balance, rounded towards zero.
    /// @param ppm Fraction [ppm].
    /// @dev Errors: TooManyAssets.
    function move(uint256 accountId, uint256 bidderId, uint256 assetId, uint256 ppm) internal {
        LedgerWord word = Balances.load(accountId, assetId);
        int256 balance = word.balance();
        // Balances are below 2^95, so the casts keep them.
        uint256 part = uint256(balance < 0 ? -balance : balance) * ppm / AuctionPrice.ONE;
        if (part == 0) return;
        Accounts.use(bidderId, assetId);
        _store(accountId, assetId, word.add(balance < 0 ? int256(part) : -int256(part)));
        if (balance < 0) _takeDebt(bidderId, assetId, part);
        else if (word.isLent()) _takeLent(bidderId, assetId, part);
        else Balances.add(bidderId, assetId, int256(part));
    }

    /// @dev Take supply shares over: they repay what is owed; the rest is lent, or kept in custody as before if the pool has it. Only
    ///      where it has not, what there is in custody is lent, too.
    function _takeLent(uint256 bidderId, uint256 assetId, uint256 shares) private {
        LedgerWord word = Balances.load(bidderId, assetId);
        if (word.isLent() && word.balance() >= 0) {
            _store(bidderId, assetId, word.add(int256(shares)));
            return;
        }
        PoolMath.Pool memory pool = Pools.load(assetId);
        if (word.balance() < 0) (word, shares) = _setOff(pool, word, shares);
        if (shares != 0) word = word.isLent() ? word.add(int256(shares)) : _keep(pool, word, shares);
        _store(bidderId, assetId, word);
        Pools.store(assetId, pool);
    }

    /// @dev Give whoever lends nothing what supply shares are worth, or let him lend if the pool has too little.
    function _keep(PoolMath.Pool memory pool, LedgerWord word, uint256 shares) private pure returns (LedgerWord) {
        uint256 worth = PoolMath.lentDown(shares, pool.supplyIndex);
        if (worth <= pool.cash) {
            pool.unlend(worth, shares);
            return word.add(int256(worth));
        }
        // What he has is not negative here.
        int256 balance = word.balance();
        return word.add(int256(pool.lend(uint256(balance)) + shares) - balance).withLent(true);
    }

    /// @dev Repay a debt with supply shares.
    /// @return The word with what is still owed.
    /// @return rest Shares left; then nothing is owed.
    function _setOff(PoolMath.Pool memory pool, LedgerWord word, uint256 shares)
        private
        pure
        returns (LedgerWord, uint256 rest)
    {
        uint256 owes = uint256(-word.balance());
        uint256 worth = PoolMath.lentDown(shares, pool.supplyIndex);
        uint256 repaid = Math.min(worth, PoolMath.debtUp(owes, pool.borrowIndex));
        uint256 spent = repaid == worth ? shares : Math.ceilDiv(repaid * PoolIndexWordLib.ONE, pool.supplyIndex);
        return (word.add(int256(_repayInShares(pool, repaid, spent, owes))), shares - spent);
    }

    /// @dev Take borrow shares over: what he has repays them, the rest is owed.
    function _takeDebt(uint256 bidderId, uint256 assetId, uint256 shares) private {
        LedgerWord word = Balances.load(bidderId, assetId);
        int256 balance = word.balance();
        if (balance <= 0) {
            _store(bidderId, assetId, word.add(-int256(shares)));
            return;
        }
        PoolMath.Pool memory pool = Pools.load(assetId);
        uint256 has = uint256(balance);
        uint256 debt = PoolMath.debtUp(shares, pool.borrowIndex);
        if (word.isLent()) {
            uint256 worth = PoolMath.lentDown(has, pool.supplyIndex);
            uint256 repaid = Math.min(worth, debt);
            uint256 spent = repaid == worth ? has : Math.ceilDiv(repaid * PoolIndexWordLib.ONE, pool.supplyIndex);
            uint256 left = shares - _repayInShares(pool, repaid, spent, shares);
            // Of a debt that is repaid nothing is left, and else nothing of what was lent.
            word = word.add(-int256(spent) - int256(left));
        } else {
            uint256 repaid = Math.min(has, debt);
            uint256 left = shares - pool.repay(repaid, shares);
            word = word.add(-int256(repaid) - int256(left));
        }
        _store(bidderId, assetId, word);
        Pools.store(assetId, pool);
    }

    /// @dev Burn supply shares and the borrow shares that they repay; the pool's cash stays.
    /// @param owes Borrow shares owed.
    /// @return repaidShares Borrow shares repaid.
    function _repayInShares(PoolMath.Pool memory pool, uint256 atoms, uint256 spent, uint256 owes)
        private
        pure
        returns (uint256 repaidShares)
    {
        repaidShares = pool.repay(atoms, owes);
        pool.cash -= atoms;
        pool.supplyShares -= spent;
    }

    function _store(uint256 accountId, uint256 assetId, LedgerWord word) private {
        ExchangeStorage.store(ExchangeStorage.ledgerSlot(accountId, assetId), LedgerWord.unwrap(word.touched()));
    }
}
