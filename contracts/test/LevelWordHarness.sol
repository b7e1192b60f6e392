// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {LevelWord} from "../types/LevelWord.sol";

/// @notice {LevelWordLib} for tests.
contract LevelWordHarness {
    /// @notice All fields of a level word, in the order of its bits.
    function fields(uint256 word) external pure returns (uint256[9] memory values) {
        LevelWord level = LevelWord.wrap(word);
        values[0] = level.headChunk();
        values[1] = level.tailChunk();
        values[2] = level.headLive();
        values[3] = level.tailLive();
        values[4] = level.tailPlace();
        values[5] = level.live();
        values[6] = level.lots();
        values[7] = level.generation();
        values[8] = level.headGeneration();
    }

    /// @notice See {LevelWordLib.append}.
    function append(uint256 word, uint40 lots) external pure returns (uint256) {
        return LevelWord.unwrap(LevelWord.wrap(word).append(lots));
    }

    /// @notice See {LevelWordLib.removeFromHead}.
    function removeFromHead(uint256 word, uint256 place, uint40 lots) external pure returns (uint256) {
        return LevelWord.unwrap(LevelWord.wrap(word).removeFromHead(place, lots));
    }

    /// @notice See {LevelWordLib.removeFromTail}.
    function removeFromTail(uint256 word, uint256 place, uint40 lots) external pure returns (uint256) {
        return LevelWord.unwrap(LevelWord.wrap(word).removeFromTail(place, lots));
    }

    /// @notice See {LevelWordLib.removeFromMiddle}.
    function removeFromMiddle(uint256 word, uint40 lots) external pure returns (uint256) {
        return LevelWord.unwrap(LevelWord.wrap(word).removeFromMiddle(lots));
    }

    /// @notice See {LevelWordLib.shrink}.
    function shrink(uint256 word, uint40 lots) external pure returns (uint256) {
        return LevelWord.unwrap(LevelWord.wrap(word).shrink(lots));
    }

    /// @notice See {LevelWordLib.withHead}.
    function withHead(uint256 word, uint32 chunk, uint8 live, uint48 generation) external pure returns (uint256) {
        return LevelWord.unwrap(LevelWord.wrap(word).withHead(chunk, live, generation));
    }

    /// @notice See {LevelWordLib.withHeadAtTail}.
    function withHeadAtTail(uint256 word) external pure returns (uint256) {
        return LevelWord.unwrap(LevelWord.wrap(word).withHeadAtTail());
    }

    /// @notice See {LevelWordLib.withNewTail}.
    function withNewTail(uint256 word, uint32 chunk) external pure returns (uint256) {
        return LevelWord.unwrap(LevelWord.wrap(word).withNewTail(chunk));
    }

    /// @notice See {LevelWordLib.emptied}.
    function emptied(uint256 word) external pure returns (uint256) {
        return LevelWord.unwrap(LevelWord.wrap(word).emptied());
    }
}
