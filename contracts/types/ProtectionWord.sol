// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

/// @notice What an account has locked as its first loss, and what funds have paid for it.
/// @dev | bits | field |
///      | 0–79 | bond, in quote atoms |
///      | 80–159 | claim of the insurance fund, in quote atoms |
///      | 160–239 | claim of the backstop, in quote atoms |
///      | 240 | touched: keeps a used word from ever being zero |
///      | 241–255 | spare |
type ProtectionWord is uint256;

using ProtectionWordLib for ProtectionWord global;

/// @notice Fields of a {ProtectionWord}.
library ProtectionWordLib {
    uint256 private constant _MASK = (1 << 80) - 1;
    uint256 private constant _INSURANCE_OFFSET = 80;
    uint256 private constant _BACKSTOP_OFFSET = 160;
    uint256 private constant _TOUCHED = 1 << 240;

    /// @notice Pack fields, each below 2^80 [quote atoms].
    function create(uint256 bond_, uint256 insuranceClaim_, uint256 backstopClaim_)
        internal
        pure
        returns (ProtectionWord)
    {
        uint256 paid = (insuranceClaim_ << _INSURANCE_OFFSET) | (backstopClaim_ << _BACKSTOP_OFFSET);
        return ProtectionWord.wrap(bond_ | paid | _TOUCHED);
    }

    /// @notice Bond [quote atoms].
    function bond(ProtectionWord word) internal pure returns (uint256) {
        return ProtectionWord.unwrap(word) & _MASK;
    }

    /// @notice What the insurance fund has paid and not got back [quote atoms].
    function insuranceClaim(ProtectionWord word) internal pure returns (uint256) {
        return (ProtectionWord.unwrap(word) >> _INSURANCE_OFFSET) & _MASK;
    }

    /// @notice What the backstop has paid and not got back [quote atoms].
    function backstopClaim(ProtectionWord word) internal pure returns (uint256) {
        return (ProtectionWord.unwrap(word) >> _BACKSTOP_OFFSET) & _MASK;
    }

    /// @notice What both have paid and not got back [quote atoms].
    function claims(ProtectionWord word) internal pure returns (uint256) {
        unchecked {
            // Both are below 2^80.
            return word.insuranceClaim() + word.backstopClaim();
        }
    }

    /// @notice The word with another bond, below 2^80 [quote atoms].
    function withBond(ProtectionWord word, uint256 bond_) internal pure returns (ProtectionWord) {
        return create(bond_, word.insuranceClaim(), word.backstopClaim());
    }
}
