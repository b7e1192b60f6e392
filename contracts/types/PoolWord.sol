// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

/// @notice The free chunks of a market.
/// @dev | bits | field |
///      | 0–31 | first free chunk, 0 if there is none |
///      | 32–63 | number of chunks made so far; ids are 1, 2, 3 … |
///      | 64–255 | spare |
type PoolWord is uint256;

using PoolWordLib for PoolWord global;

/// @notice Fields of a {PoolWord}.
library PoolWordLib {
    uint256 private constant _CHUNK_MASK = (1 << 32) - 1;

    /// @notice First free chunk.
    function free(PoolWord word) internal pure returns (uint256) {
        return PoolWord.unwrap(word) & _CHUNK_MASK;
    }

    /// @notice Number of chunks made so far.
    function made(PoolWord word) internal pure returns (uint256) {
        return (PoolWord.unwrap(word) >> 32) & _CHUNK_MASK;
    }

    /// @notice The word with another first free chunk.
    function withFree(PoolWord word, uint256 chunk) internal pure returns (PoolWord) {
        return PoolWord.wrap((PoolWord.unwrap(word) & ~_CHUNK_MASK) | chunk);
    }

    /// @notice The word with one more chunk made. 2^32 chunks would need 2^35 orders resting at once.
    function withOneMore(PoolWord word) internal pure returns (PoolWord) {
        return PoolWord.wrap(PoolWord.unwrap(word) + (1 << 32));
    }
}
