// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

/// @notice What an account allows an address to do for it.
/// @dev | bits | field |
///      | 0–7 | permissions, see {OperatorWordLib} |
///      | 8–39 | expiry: last second at which they hold |
///      | 40 | touched: keeps a revoked word from being zero |
///      | 41–255 | spare |
type OperatorWord is uint256;

using OperatorWordLib for OperatorWord global;

/// @notice Fields of an {OperatorWord}.
library OperatorWordLib {
    /// @notice Place and amend orders, and so activate the assets they need.
    uint256 internal constant PLACE = 1;
    /// @notice Cancel, reduce and amend orders.
    uint256 internal constant CANCEL = 2;
    /// @notice Choose what is lent, and borrow. Without it, what it places or takes out leaves a fully paid account.
    uint256 internal constant LEND = 4;
    /// @notice Transfer to other accounts of the same owner.
    uint256 internal constant TRANSFER = 8;
    /// @notice Withdraw to the owner.
    uint256 internal constant WITHDRAW_TO_OWNER = 16;
    /// @notice Withdraw, and transfer, to anyone.
    uint256 internal constant WITHDRAW = 32;
    /// @notice Every permission there is.
    uint256 internal constant ALL = 63;

    uint256 private constant _EXPIRY_OFFSET = 8;
    uint256 private constant _TOUCHED = 1 << 40;

    /// @notice The word of an operator.
    function create(uint8 permissions_, uint32 expiry_) internal pure returns (OperatorWord) {
        return OperatorWord.wrap(permissions_ | (uint256(expiry_) << _EXPIRY_OFFSET) | _TOUCHED);
    }

    /// @notice Permissions.
    function permissions(OperatorWord word) internal pure returns (uint256) {
        return OperatorWord.unwrap(word) & 0xff;
    }

    /// @notice Last second at which the permissions hold [seconds].
    function expiry(OperatorWord word) internal pure returns (uint256) {
        return (OperatorWord.unwrap(word) >> _EXPIRY_OFFSET) & type(uint32).max;
    }

    /// @notice Whether all of `permissions_` hold at a time.
    function allows(OperatorWord word, uint256 permissions_, uint256 time) internal pure returns (bool) {
        return permissions_ & ~word.permissions() == 0 && time <= word.expiry();
    }

    /// @notice Whether one of `permissions_` holds at a time.
    function allowsAny(OperatorWord word, uint256 permissions_, uint256 time) internal pure returns (bool) {
        return word.permissions() & permissions_ != 0 && time <= word.expiry();
    }
}
