// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {LedgerWord} from "../types/LedgerWord.sol";
import {PoolIndexWord, PoolIndexWordLib} from "../types/PoolIndexWord.sol";
import {PoolTermsWord, PoolTermsWordLib} from "../types/PoolTermsWord.sol";
import {PoolTotalsWord} from "../types/PoolTotalsWord.sol";
import {Compounding} from "./Compounding.sol";

/// @notice Arithmetic of an asset's lending pool in memory: interest, shares, limits. Rounding is against who acts.
/// @dev What lenders have and what is kept for the insurance fund together are always cash + borrowed: the reserve is what
///      is left over, rounding included, and never negative.
library PoolMath {
    using PoolMath for Pool;

    /// @notice Shares that nobody has, so that the interest on a few atoms never makes a share worth much.
    uint256 internal constant VIRTUAL_SHARES = 1e6;

    uint256 private constant _ONE = PoolIndexWordLib.ONE;
    /// @dev The borrow rate is in 1e-16 a second.
    uint256 private constant _RATE_ONE = 1e16;

    /// @notice A pool at a time.
    struct Pool {
        /// @dev Atoms of a supply share [1e-18].
        uint256 supplyIndex;
        /// @dev Atoms of a borrow share [1e-18].
        uint256 borrowIndex;
        uint256 supplyShares;
        uint256 borrowShares;
        /// @dev Lent to it and not borrowed [atoms].
        uint256 cash;
        /// @dev Share of interest for the insurance fund [thousandths].
        uint256 reservePermille;
        /// @dev [1e-18 a second]
        uint256 rateAtTarget;
    }

    /// @notice A pool as its words say, with the interest up to a time.
    function accrued(PoolIndexWord index, PoolTotalsWord totals, uint256 time)
        internal
        pure
        returns (Pool memory pool)
    {
        pool.supplyIndex = index.supplyIndex();
        pool.borrowIndex = index.borrowIndex();
        pool.supplyShares = totals.supplyShares();
        pool.borrowShares = totals.borrowShares();
        pool.cash = totals.cash();
        pool.reservePermille = totals.reservePermille();
        pool.rateAtTarget = index.rateAtTarget();
        uint256 borrowIndex = borrowIndexAt(index, time);
        unchecked {
            // Shares are below 2^80 and indices below 2^76.
            uint256 interest = pool.borrowShares * (borrowIndex - pool.borrowIndex) * (1_000 - pool.reservePermille);
            // What the reserve has lent earns for the reserve: lenders get no more than borrowers pay.
            uint256 most = pool.supplyIndex * borrowIndex / pool.borrowIndex;
            pool.supplyIndex += interest / (1_000 * (pool.supplyShares + VIRTUAL_SHARES));
            if (pool.supplyIndex > most) pool.supplyIndex = most;
        }
        if (pool.supplyIndex > PoolIndexWordLib.MAX_INDEX) pool.supplyIndex = PoolIndexWordLib.MAX_INDEX;
        pool.borrowIndex = borrowIndex;
    }

    /// @notice Borrow index at a time, rounded up: it grows each second by the rate, constant since the word was written.
    function borrowIndexAt(PoolIndexWord index, uint256 time) internal pure returns (uint256 borrowIndex) {
        borrowIndex = index.borrowIndex();
        unchecked {
            // An index is never of a later time than now.
            uint256 age = time - index.time();
            if (age == 0) return borrowIndex;
            // A rate is below 2^32, an index below 2^76 and a factor at most 2^127.
            uint256 ratePerSecond = (index.rate() * Compounding.ONE + _RATE_ONE - 1) / _RATE_ONE;
            borrowIndex = (borrowIndex * Compounding.growthUp(ratePerSecond, age) + Compounding.ONE - 1) >> 96;
        }
        if (borrowIndex > PoolIndexWordLib.MAX_INDEX) borrowIndex = PoolIndexWordLib.MAX_INDEX;
    }

    /// @notice What all borrowers owe, rounded up [atoms].
    function borrowed(Pool memory pool) internal pure returns (uint256) {
        return debtUp(pool.borrowShares, pool.borrowIndex);
    }

    /// @notice What all lenders have, rounded down [atoms].
    function supplied(Pool memory pool) internal pure returns (uint256) {
        return lentDown(pool.supplyShares, pool.supplyIndex);
    }

    /// @notice What is kept for the insurance fund, rounded down once and at the end: of what {borrowed} and {supplied} leave
    ///         over, up to two atoms are only their rounding [atoms].
    function reserve(Pool memory pool) internal pure returns (uint256) {
        unchecked {
            // Cash is below 2^80 and products of shares and indices below 2^160.
            uint256 there = pool.cash * _ONE + pool.borrowShares * pool.borrowIndex;
            return Math.saturatingSub(there, pool.supplyShares * pool.supplyIndex) / _ONE;
        }
    }

    /// @notice Borrowed of what there is, at most one [1e-18].
    function utilisation(Pool memory pool) internal pure returns (uint256) {
        unchecked {
            // Debts are below 2^96 and cash below 2^80.
            uint256 owed = pool.borrowed();
            return owed == 0 ? 0 : owed * 1e18 / (pool.cash + owed);
        }
    }

    /// @notice Debt of borrow shares, rounded up [atoms].
    function debtUp(uint256 shares, uint256 borrowIndex) internal pure returns (uint256) {
        unchecked {
            // Shares are below 2^96 and an index below 2^76.
            return (shares * borrowIndex + _ONE - 1) / _ONE;
        }
    }

    /// @notice Worth of supply shares, rounded down [atoms].
    function lentDown(uint256 shares, uint256 supplyIndex) internal pure returns (uint256) {
        unchecked {
            // Shares are below 2^96 and an index below 2^76.
            return shares * supplyIndex / _ONE;
        }
    }

    /// @notice What a ledger word of the pool's asset is worth, rounded down; a debt is negative [atoms].
    function atomsOf(Pool memory pool, LedgerWord word) internal pure returns (int256) {
        int256 balance = word.balance();
        // Amounts are below 2^95: the casts keep them.
        if (balance < 0) return -int256(debtUp(uint256(-balance), pool.borrowIndex));
        return word.isLent() ? int256(lentDown(uint256(balance), pool.supplyIndex)) : balance;
    }

    /// @notice Take atoms in from a lender; shares are rounded down.
    /// @return shares Shares he gets.
    function lend(Pool memory pool, uint256 atoms) internal pure returns (uint256 shares) {
        unchecked {
            // Atoms are below 2^95. Totals stay below 2^80: of a share worth an atom by what the exchange can hold, and of one that
            // losses have brought down to a millionth as long as less than 2^60 atoms are lent.
            shares = atoms * _ONE / pool.supplyIndex;
            pool.supplyShares += shares;
            pool.cash += atoms;
        }
    }

    /// @notice Give a lender atoms back, of which he and the pool have enough; shares are rounded up.
    /// @param has Shares he has.
    /// @return shares Shares that go.
    function unlend(Pool memory pool, uint256 atoms, uint256 has) internal pure returns (uint256 shares) {
        bool isAll = atoms == lentDown(has, pool.supplyIndex);
        unchecked {
            // He and the pool have them: fewer atoms than all are fewer shares than all, however rounded.
            shares = isAll ? has : Math.ceilDiv(atoms * _ONE, pool.supplyIndex);
            pool.supplyShares -= shares;
            pool.cash -= atoms;
        }
    }

    /// @notice Pay a borrower atoms that the pool has; shares are rounded up.
    /// @return shares Shares he owes more.
    function borrow(Pool memory pool, uint256 atoms) internal pure returns (uint256 shares) {
        unchecked {
            // Atoms are at most the pool's cash, below 2^80, and shares no more.
            shares = Math.ceilDiv(atoms * _ONE, pool.borrowIndex);
            pool.borrowShares += shares;
            pool.cash -= atoms;
        }
    }

    /// @notice Take atoms in from a borrower, at most his debt; shares are rounded down unless nothing is left to pay.
    /// @param owes Shares he owes.
    /// @return shares Shares he owes less.
    function repay(Pool memory pool, uint256 atoms, uint256 owes) internal pure returns (uint256 shares) {
        bool isAll = atoms == debtUp(owes, pool.borrowIndex);
        unchecked {
            // Atoms are at most the debt, below 2^95, and their shares at most those owed.
            shares = isAll ? owes : atoms * _ONE / pool.borrowIndex;
            pool.borrowShares -= shares;
            pool.cash += atoms;
        }
    }

    /// @notice Make supply shares of the reserve, rounded down.
    function collectReserve(Pool memory pool) internal pure returns (uint256 shares) {
        shares = pool.reserve() * _ONE / pool.supplyIndex;
        pool.supplyShares += shares;
    }

    /// @notice What more may be borrowed by each limit: the cap, the ceiling, the window of an hour [atoms].
    /// @dev The pool's cash is a limit, too. An atom is left for the rounding of shares.
    function borrowRooms(Pool memory pool, PoolTermsWord terms, uint256 time)
        internal
        pure
        returns (uint256 capRoom, uint256 ceilingRoom, uint256 windowRoom)
    {
        uint256 owed = pool.borrowed();
        (capRoom, ceilingRoom, windowRoom) = roomsBeside(owed, pool.cash + owed, terms, terms.windowAt(time));
    }

    /// @notice {borrowRooms}, given what is owed, what there is with it, and what the window holds.
    function roomsBeside(uint256 owed, uint256 supply, PoolTermsWord terms, uint256 level)
        internal
        pure
        returns (uint256 capRoom, uint256 ceilingRoom, uint256 windowRoom)
    {
        unchecked {
            // Debts are below 2^96, supply below 2^97, and the window's limit below 2^32.
            ++owed;
            uint256 limit = terms.windowLimit();
            if (terms.borrowCap() > owed) capRoom = terms.borrowCap() - owed;
            uint256 ceiling = supply * terms.ceilingPermille() / 1_000;
            if (ceiling > owed) ceilingRoom = ceiling - owed;
            if (limit > level) windowRoom = (limit - level) * supply / PoolTermsWordLib.WINDOW_ONE;
        }
    }

    /// @notice What more may be borrowed [atoms].
    function borrowable(Pool memory pool, PoolTermsWord terms, uint256 time) internal pure returns (uint256) {
        return borrowableOf(pool.cash, pool.borrowed(), terms, time);
    }

    /// @notice {borrowable}, given the pool's cash and what is owed to it.
    function borrowableOf(uint256 cash, uint256 owed, PoolTermsWord terms, uint256 time)
        internal
        pure
        returns (uint256)
    {
        unchecked {
            // Cash is below 2^80 and debts are below 2^96.
            (uint256 capRoom, uint256 ceilingRoom, uint256 windowRoom) =
                roomsBeside(owed, cash + owed, terms, terms.windowAt(time));
            return Math.min(Math.min(cash, capRoom), Math.min(ceilingRoom, windowRoom));
        }
    }
}
