// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

/// @notice Counters of the exchange and the split of its fees.
/// @dev | bits | field |
///      | 0–31 | number of accounts made; ids are 1, 2, 3 … |
///      | 32–39 | number of assets listed; ids are 0, 1, 2 … |
///      | 40–59 | share of fees that goes to the insurance fund, in ppm |
///      | 60–255 | spare |
type RegistryWord is uint256;

using RegistryWordLib for RegistryWord global;

/// @notice Fields of a {RegistryWord}.
library RegistryWordLib {
    uint256 private constant _SHARE_OFFSET = 40;

    /// @notice The first word of an exchange.
    function create(uint256 insurancePpm_) internal pure returns (RegistryWord) {
        return RegistryWord.wrap(insurancePpm_ << _SHARE_OFFSET);
    }

    /// @notice Number of accounts made.
    function accounts(RegistryWord word) internal pure returns (uint256) {
        return RegistryWord.unwrap(word) & 0xffffffff;
    }

    /// @notice Number of assets listed.
    function assets(RegistryWord word) internal pure returns (uint256) {
        return (RegistryWord.unwrap(word) >> 32) & 0xff;
    }

    /// @notice Share of the insurance fund [ppm].
    function insurancePpm(RegistryWord word) internal pure returns (uint256) {
        return (RegistryWord.unwrap(word) >> _SHARE_OFFSET) & 0xfffff;
    }

    /// @notice The word with one more account; the caller has checked that there is an id left.
    function withOneMoreAccount(RegistryWord word) internal pure returns (RegistryWord) {
        return RegistryWord.wrap(RegistryWord.unwrap(word) + 1);
    }

    /// @notice The word with one more asset; there are at most 44.
    function withOneMoreAsset(RegistryWord word) internal pure returns (RegistryWord) {
        return RegistryWord.wrap(RegistryWord.unwrap(word) + (uint256(1) << 32));
    }
}
