// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

/// @notice The terms of a market that no order reads; zero for a market that is not listed.
/// @dev | bits | field |
///      | 0–15 | base asset |
///      | 16–19 | kind: 1 spot, 2 perp, 3 loan |
///      | 20–31 | band around the reference price, in basis points |
///      | 32–87 | open interest cap in lots (perps, reserved) |
///      | 88–95 | tier (perps, reserved) |
///      | 96–255 | spare |
type ConfigWord is uint256;

using ConfigWordLib for ConfigWord global;

/// @notice Fields of a {ConfigWord}.
library ConfigWordLib {
    uint256 private constant _BAND_MASK = (1 << 12) - 1;

    /// @notice The word of a new market.
    function create(uint256 base_, uint256 kind_, uint256 bandBps_) internal pure returns (ConfigWord) {
        return ConfigWord.wrap(base_ | (kind_ << 16) | (bandBps_ << 20));
    }

    /// @notice Whether the market is listed.
    function isListed(ConfigWord word) internal pure returns (bool) {
        return ConfigWord.unwrap(word) != 0;
    }

    /// @notice Band around the reference price [basis points].
    function bandBps(ConfigWord word) internal pure returns (uint256) {
        return (ConfigWord.unwrap(word) >> 20) & _BAND_MASK;
    }
}
