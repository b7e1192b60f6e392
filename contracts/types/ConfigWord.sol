// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

/// @notice The terms of a market that no order reads; zero for a market that is not listed.
/// @dev | bits | field |
///      | 0–15 | base asset |
///      | 16–19 | kind: 1 spot, 2 perp, 3 loan |
///      | 20–31 | band around the reference price, of a perp around its mark, in basis points |
///      Of a perp besides:
///      | 32–95 | size of a lot, in atoms of the base asset |
///      | 96–127 | impact notional, in dollars |
///      | 128–139 | how far the mark may be from the index, in basis points |
///      | 140–163 | funding cap, in 1e-8 of the notional for 8 hours |
///      | 164–187 | interest part of funding, in 1e-8 for 8 hours |
///      | 188–211 | how far funding may be from the premium, in 1e-8 for 8 hours |
///      | 212–255 | spare |
type ConfigWord is uint256;

using ConfigWordLib for ConfigWord global;

/// @notice Fields of a {ConfigWord}.
library ConfigWordLib {
    uint256 private constant _BPS_MASK = (1 << 12) - 1;
    uint256 private constant _RATE_MASK = (1 << 24) - 1;
    uint256 private constant _LOT_OFFSET = 32;
    uint256 private constant _IMPACT_OFFSET = 96;
    uint256 private constant _MARK_BAND_OFFSET = 128;
    uint256 private constant _FUNDING_CAP_OFFSET = 140;
    uint256 private constant _INTEREST_OFFSET = 164;
    uint256 private constant _CLAMP_OFFSET = 188;

    /// @notice The word of a new market.
    function create(uint256 base_, uint256 kind_, uint256 bandBps_) internal pure returns (ConfigWord) {
        return ConfigWord.wrap(base_ | (kind_ << 16) | (bandBps_ << 20));
    }

    /// @notice The word of a new perp with its own terms, each within its width.
    function withPerp(ConfigWord word, uint256 atomsPerLot_, uint256 impactDollars_, uint256 markBandBps_)
        internal
        pure
        returns (ConfigWord)
    {
        uint256 terms = (atomsPerLot_ << _LOT_OFFSET) | (impactDollars_ << _IMPACT_OFFSET);
        return ConfigWord.wrap(ConfigWord.unwrap(word) | terms | (markBandBps_ << _MARK_BAND_OFFSET));
    }

    /// @notice The word of a new perp with its terms of funding, each within its width.
    function withFunding(ConfigWord word, uint256 fundingCap_, uint256 interest_, uint256 clamp_)
        internal
        pure
        returns (ConfigWord)
    {
        uint256 terms = (fundingCap_ << _FUNDING_CAP_OFFSET) | (interest_ << _INTEREST_OFFSET);
        return ConfigWord.wrap(ConfigWord.unwrap(word) | terms | (clamp_ << _CLAMP_OFFSET));
    }

    /// @notice Size of a lot of a perp [base atoms].
    function atomsPerLot(ConfigWord word) internal pure returns (uint256) {
        return (ConfigWord.unwrap(word) >> _LOT_OFFSET) & type(uint64).max;
    }

    /// @notice What impact prices are the average prices of [dollars].
    function impactDollars(ConfigWord word) internal pure returns (uint256) {
        return (ConfigWord.unwrap(word) >> _IMPACT_OFFSET) & type(uint32).max;
    }

    /// @notice How far the mark may be from the index [basis points].
    function markBandBps(ConfigWord word) internal pure returns (uint256) {
        return (ConfigWord.unwrap(word) >> _MARK_BAND_OFFSET) & _BPS_MASK;
    }

    /// @notice The largest funding rate of either sign [1e-8 for 8 hours].
    function fundingCap(ConfigWord word) internal pure returns (uint256) {
        return (ConfigWord.unwrap(word) >> _FUNDING_CAP_OFFSET) & _RATE_MASK;
    }

    /// @notice The interest part of the funding rate [1e-8 for 8 hours].
    function interest(ConfigWord word) internal pure returns (uint256) {
        return (ConfigWord.unwrap(word) >> _INTEREST_OFFSET) & _RATE_MASK;
    }

    /// @notice How far the funding rate may be from the premium towards the interest [1e-8 for 8 hours].
    function clamp(ConfigWord word) internal pure returns (uint256) {
        return (ConfigWord.unwrap(word) >> _CLAMP_OFFSET) & _RATE_MASK;
    }

    /// @notice Whether the market is listed.
    function isListed(ConfigWord word) internal pure returns (bool) {
        return ConfigWord.unwrap(word) != 0;
    }

    /// @notice Band around the reference price [basis points].
    function bandBps(ConfigWord word) internal pure returns (uint256) {
        return (ConfigWord.unwrap(word) >> 20) & _BPS_MASK;
    }
}
