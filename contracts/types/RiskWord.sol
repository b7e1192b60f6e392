// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

/// @notice The part of ATLAS that is the same for all assets.
/// @dev | bits | field |
///      | 0–11 | σ: shock of the whole market, in basis points |
///      | 12–18 | target of a liquidation, in percent of the initial shock |
///      | 19–25 | maintenance, in percent of the initial shock |
///      | 26–41 | price of the quote token in basis points of a dollar, 0 before the first |
///      | 42–73 | time of that price, seconds |
///      | 74 | lendable: the lending pool of the quote asset is open, so that it may be owed |
///      | 75–255 | spare |
type RiskWord is uint256;

using RiskWordLib for RiskWord global;

/// @notice Fields of a {RiskWord}.
library RiskWordLib {
    uint256 private constant _END_OFFSET = 12;
    uint256 private constant _MAINTENANCE_OFFSET = 19;
    uint256 private constant _PEG_OFFSET = 26;
    uint256 private constant _TIME_OFFSET = 42;
    uint256 private constant _LEVELS_MASK = 0x3ffffff;
    uint256 private constant _LENDABLE = 1 << 74;

    /// @notice The word with other levels, each within its width.
    function withLevels(RiskWord word, uint256 sigmaBps_, uint256 endPercent_, uint256 maintenancePercent_)
        internal
        pure
        returns (RiskWord)
    {
        uint256 kept = RiskWord.unwrap(word) & ~_LEVELS_MASK;
        return
            RiskWord.wrap(
                kept | sigmaBps_ | (endPercent_ << _END_OFFSET) | (maintenancePercent_ << _MAINTENANCE_OFFSET)
            );
    }

    /// @notice The word with another price of the quote token.
    /// @param pegBps_ Below 2^16 [basis points of a dollar].
    /// @param time_ Below 2^32 [seconds].
    function withPeg(RiskWord word, uint256 pegBps_, uint256 time_) internal pure returns (RiskWord) {
        uint256 kept = RiskWord.unwrap(word) & (_LEVELS_MASK | _LENDABLE);
        return RiskWord.wrap(kept | (pegBps_ << _PEG_OFFSET) | (time_ << _TIME_OFFSET));
    }

    /// @notice The word once the quote asset's lending pool is open; it stays open.
    function lendable(RiskWord word) internal pure returns (RiskWord) {
        return RiskWord.wrap(RiskWord.unwrap(word) | _LENDABLE);
    }

    /// @notice Whether the lending pool of the quote asset is open, as its {PoolIndexWord} says, too.
    function isLendable(RiskWord word) internal pure returns (bool) {
        return RiskWord.unwrap(word) & _LENDABLE != 0;
    }

    /// @notice σ [basis points].
    function sigmaBps(RiskWord word) internal pure returns (uint256) {
        return RiskWord.unwrap(word) & 0xfff;
    }

    /// @notice Target of a liquidation [percent of the initial shock].
    function endPercent(RiskWord word) internal pure returns (uint256) {
        return (RiskWord.unwrap(word) >> _END_OFFSET) & 0x7f;
    }

    /// @notice Maintenance [percent of the initial shock].
    function maintenancePercent(RiskWord word) internal pure returns (uint256) {
        return (RiskWord.unwrap(word) >> _MAINTENANCE_OFFSET) & 0x7f;
    }

    /// @notice Price of the quote token; 0 before the first [basis points of a dollar].
    function pegBps(RiskWord word) internal pure returns (uint256) {
        return (RiskWord.unwrap(word) >> _PEG_OFFSET) & 0xffff;
    }

    /// @notice Time of that price [seconds].
    function pegTime(RiskWord word) internal pure returns (uint256) {
        return (RiskWord.unwrap(word) >> _TIME_OFFSET) & type(uint32).max;
    }

    /// @notice What the initial requirement is multiplied by: one, and four times what the quote token has lost beyond
    ///         the first hundredth of a dollar [1e-4].
    /// @dev Source: ATLAS, peg term.
    function pegFactor(RiskWord word) internal pure returns (uint256) {
        uint256 peg = word.pegBps();
        unchecked {
            // 16 bits; none wraps around to far above.
            return peg - 1 >= 9_899 ? 10_000 : 10_000 + 4 * (9_900 - peg);
        }
    }
}
