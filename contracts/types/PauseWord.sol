// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

/// @notice Until when whoever could step aside from a loss waits, because a price has moved fast.
/// @dev | bits | field |
///      | 0–31 | end, seconds |
///      | 32 | touched: keeps a used word from ever being zero |
///      | 33–255 | spare |
type PauseWord is uint256;

using PauseWordLib for PauseWord global;

/// @notice Fields of a {PauseWord}.
library PauseWordLib {
    /// @notice A pause until a time [seconds].
    function create(uint256 until_) internal pure returns (PauseWord) {
        // Times fit 32 bits until 2106.
        return PauseWord.wrap(until_ | (1 << 32));
    }

    /// @notice Its end [seconds].
    function until(PauseWord word) internal pure returns (uint256) {
        return PauseWord.unwrap(word) & type(uint32).max;
    }
}
