// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {ChunkHeader, ChunkHeaderLib} from "../types/ChunkHeader.sol";

/// @notice {ChunkHeaderLib} for tests.
contract ChunkHeaderHarness {
    /// @notice See {ChunkHeaderLib.create}.
    function create(uint32 previous, uint24 tick, uint48 generation) external pure returns (uint256) {
        return ChunkHeader.unwrap(ChunkHeaderLib.create(previous, tick, generation));
    }

    /// @notice All fields of a header, in the order of its bits.
    function fields(uint256 word) external pure returns (uint256[5] memory values) {
        ChunkHeader header = ChunkHeader.wrap(word);
        values[0] = header.next();
        values[1] = header.previous();
        values[2] = header.live();
        values[3] = header.tick();
        values[4] = header.generation();
    }

    /// @notice See {ChunkHeaderLib.withNext}.
    function withNext(uint256 word, uint32 chunk) external pure returns (uint256) {
        return ChunkHeader.unwrap(ChunkHeader.wrap(word).withNext(chunk));
    }

    /// @notice See {ChunkHeaderLib.withPrevious}.
    function withPrevious(uint256 word, uint32 chunk) external pure returns (uint256) {
        return ChunkHeader.unwrap(ChunkHeader.wrap(word).withPrevious(chunk));
    }

    /// @notice See {ChunkHeaderLib.withLive}.
    function withLive(uint256 word, uint8 live) external pure returns (uint256) {
        return ChunkHeader.unwrap(ChunkHeader.wrap(word).withLive(live));
    }
}
