// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

/// @notice What an asset's lending pool has and owes.
/// @dev | bits | field |
///      | 0–79 | supply shares |
///      | 80–159 | borrow shares |
///      | 160–239 | cash: atoms lent to the pool and not borrowed |
///      | 240–249 | reserve factor: share of interest kept for the insurance fund, in thousandths |
///      | 250 | touched: keeps the word of an open pool from ever being zero |
///      | 251–255 | spare |
type PoolTotalsWord is uint256;

using PoolTotalsWordLib for PoolTotalsWord global;

/// @notice Fields of a {PoolTotalsWord}.
library PoolTotalsWordLib {
    /// @notice The most shares of a kind.
    uint256 internal constant MAX_SHARES = (1 << 80) - 1;

    uint256 private constant _BORROW_OFFSET = 80;
    uint256 private constant _CASH_OFFSET = 160;
    uint256 private constant _RESERVE_OFFSET = 240;
    uint256 private constant _TOUCHED = 1 << 250;

    /// @notice Pack fields, each within its width.
    function create(uint256 supply, uint256 borrow, uint256 cash_, uint256 reservePermille_)
        internal
        pure
        returns (PoolTotalsWord)
    {
        uint256 shares = supply | (borrow << _BORROW_OFFSET);
        return PoolTotalsWord.wrap(shares | (cash_ << _CASH_OFFSET) | (reservePermille_ << _RESERVE_OFFSET) | _TOUCHED);
    }

    /// @notice Supply shares of all lenders.
    function supplyShares(PoolTotalsWord word) internal pure returns (uint256) {
        return PoolTotalsWord.unwrap(word) & MAX_SHARES;
    }

    /// @notice Borrow shares of all borrowers.
    function borrowShares(PoolTotalsWord word) internal pure returns (uint256) {
        return (PoolTotalsWord.unwrap(word) >> _BORROW_OFFSET) & MAX_SHARES;
    }

    /// @notice What the pool has [atoms].
    function cash(PoolTotalsWord word) internal pure returns (uint256) {
        return (PoolTotalsWord.unwrap(word) >> _CASH_OFFSET) & MAX_SHARES;
    }

    /// @notice Share of interest kept for the insurance fund [thousandths].
    function reservePermille(PoolTotalsWord word) internal pure returns (uint256) {
        return (PoolTotalsWord.unwrap(word) >> _RESERVE_OFFSET) & 0x3ff;
    }
}
