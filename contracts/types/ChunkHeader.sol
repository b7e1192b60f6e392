// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

/// @notice Where a chunk of lanes stands in its queue.
/// @dev | bits | field |
///      | 0–31 | next chunk of the queue; in the pool, next free chunk |
///      | 32–63 | previous chunk of the queue |
///      | 64–71 | live bits, kept here only while the chunk is neither head nor tail |
///      | 72–95 | tick of the level the chunk was last given to |
///      | 96–143 | generation it was started with |
///      | 144–255 | spare |
///      Order ids are checked against tick and generation, so an id of another level or of an earlier life is stale.
type ChunkHeader is uint256;

using ChunkHeaderLib for ChunkHeader global;

/// @notice Fields of a {ChunkHeader}.
library ChunkHeaderLib {
    uint256 private constant _CHUNK_MASK = (1 << 32) - 1;
    uint256 private constant _LIVE_OFFSET = 64;
    uint256 private constant _TICK_OFFSET = 72;
    uint256 private constant _TICK_MASK = (1 << 24) - 1;
    uint256 private constant _GENERATION_OFFSET = 96;
    uint256 private constant _GENERATION_MASK = (1 << 48) - 1;

    /// @notice Header of a chunk just started at a level, behind `previous_`.
    function create(uint256 previous_, uint256 tick_, uint256 generation_) internal pure returns (ChunkHeader) {
        return ChunkHeader.wrap((previous_ << 32) | (tick_ << _TICK_OFFSET) | (generation_ << _GENERATION_OFFSET));
    }

    /// @notice Next chunk of the queue or of the pool.
    function next(ChunkHeader header) internal pure returns (uint256) {
        return ChunkHeader.unwrap(header) & _CHUNK_MASK;
    }

    /// @notice Previous chunk of the queue.
    function previous(ChunkHeader header) internal pure returns (uint256) {
        return (ChunkHeader.unwrap(header) >> 32) & _CHUNK_MASK;
    }

    /// @notice Live bits of a chunk in the middle of its queue.
    function live(ChunkHeader header) internal pure returns (uint256) {
        return (ChunkHeader.unwrap(header) >> _LIVE_OFFSET) & 0xff;
    }

    /// @notice Tick of the level.
    function tick(ChunkHeader header) internal pure returns (uint256) {
        return (ChunkHeader.unwrap(header) >> _TICK_OFFSET) & _TICK_MASK;
    }

    /// @notice Generation the chunk was started with.
    function generation(ChunkHeader header) internal pure returns (uint256) {
        return (ChunkHeader.unwrap(header) >> _GENERATION_OFFSET) & _GENERATION_MASK;
    }

    /// @notice The header with another next chunk.
    function withNext(ChunkHeader header, uint256 chunk) internal pure returns (ChunkHeader) {
        return ChunkHeader.wrap((ChunkHeader.unwrap(header) & ~_CHUNK_MASK) | chunk);
    }

    /// @notice The header with another previous chunk.
    function withPrevious(ChunkHeader header, uint256 chunk) internal pure returns (ChunkHeader) {
        return ChunkHeader.wrap((ChunkHeader.unwrap(header) & ~(_CHUNK_MASK << 32)) | (chunk << 32));
    }

    /// @notice The header with other live bits.
    function withLive(ChunkHeader header, uint256 live_) internal pure returns (ChunkHeader) {
        uint256 kept = ChunkHeader.unwrap(header) & ~(uint256(0xff) << _LIVE_OFFSET);
        return ChunkHeader.wrap(kept | (live_ << _LIVE_OFFSET));
    }
}
