// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {FirstBit} from "./FirstBit.sol";

/// @notice The queue of orders at one tick: chunks of lanes, first in, first out.
/// @dev | bits | field |
///      | 0–31 | head chunk; 0 is the level's own chunk, others come from the market's pool |
///      | 32–63 | tail chunk |
///      | 64–71 | live bits of the head chunk |
///      | 72–79 | live bits of the tail chunk, 0 while head and tail are the same |
///      | 80–83 | next free place in the tail chunk |
///      | 84–99 | number of live orders |
///      | 100–155 | lots of all live orders |
///      | 156–203 | generation of the tail chunk; grows with every chunk the level starts, never falls |
///      | 204–251 | generation of the head chunk |
///      | 252–255 | spare |
///      A level without live orders is in its own chunk at place 0, with a generation no order id carries yet.
type LevelWord is uint256;

using LevelWordLib for LevelWord global;

/// @notice Fields of a {LevelWord}.
library LevelWordLib {
    /// @notice The most live orders a level holds.
    uint256 internal constant MAX_LIVE = (1 << 16) - 1;
    /// @notice Lanes in a level's own chunk.
    uint256 internal constant OWN_LANES = 4;
    /// @notice Lanes in a chunk of the pool.
    uint256 internal constant POOL_LANES = 6;

    uint256 private constant _CHUNK_MASK = (1 << 32) - 1;
    uint256 private constant _HEAD_LIVE_OFFSET = 64;
    uint256 private constant _TAIL_LIVE_OFFSET = 72;
    uint256 private constant _PLACE_OFFSET = 80;
    uint256 private constant _LIVE_OFFSET = 84;
    uint256 private constant _LOTS_OFFSET = 100;
    uint256 private constant _LOTS_MASK = (1 << 56) - 1;
    uint256 private constant _GENERATION_OFFSET = 156;
    uint256 private constant _HEAD_GENERATION_OFFSET = 204;
    uint256 private constant _GENERATION_MASK = (1 << 48) - 1;

    /// @notice Head chunk.
    function headChunk(LevelWord word) internal pure returns (uint256) {
        return LevelWord.unwrap(word) & _CHUNK_MASK;
    }

    /// @notice Tail chunk.
    function tailChunk(LevelWord word) internal pure returns (uint256) {
        return (LevelWord.unwrap(word) >> 32) & _CHUNK_MASK;
    }

    /// @notice Live bits of the head chunk.
    function headLive(LevelWord word) internal pure returns (uint256) {
        return (LevelWord.unwrap(word) >> _HEAD_LIVE_OFFSET) & 0xff;
    }

    /// @notice Place of the first live order in the head chunk, which has one.
    function headPlace(LevelWord word) internal pure returns (uint256) {
        return FirstBit.ofByte(word.headLive());
    }

    /// @notice Live bits of the tail chunk; 0 while head and tail are the same.
    function tailLive(LevelWord word) internal pure returns (uint256) {
        return (LevelWord.unwrap(word) >> _TAIL_LIVE_OFFSET) & 0xff;
    }

    /// @notice Next free place in the tail chunk.
    function tailPlace(LevelWord word) internal pure returns (uint256) {
        return (LevelWord.unwrap(word) >> _PLACE_OFFSET) & 0xf;
    }

    /// @notice Number of live orders.
    function live(LevelWord word) internal pure returns (uint256) {
        return (LevelWord.unwrap(word) >> _LIVE_OFFSET) & MAX_LIVE;
    }

    /// @notice Lots of all live orders.
    function lots(LevelWord word) internal pure returns (uint256) {
        return (LevelWord.unwrap(word) >> _LOTS_OFFSET) & _LOTS_MASK;
    }

    /// @notice Generation of the tail chunk.
    function generation(LevelWord word) internal pure returns (uint256) {
        return (LevelWord.unwrap(word) >> _GENERATION_OFFSET) & _GENERATION_MASK;
    }

    /// @notice Generation of the head chunk.
    function headGeneration(LevelWord word) internal pure returns (uint256) {
        return (LevelWord.unwrap(word) >> _HEAD_GENERATION_OFFSET) & _GENERATION_MASK;
    }

    /// @notice Whether the tail chunk has no free place.
    function isTailFull(LevelWord word) internal pure returns (bool) {
        return word.tailPlace() == (word.tailChunk() == 0 ? OWN_LANES : POOL_LANES);
    }

    /// @notice The word with one more order of `lots_` in the next free place of the tail chunk.
    /// @dev The caller has checked that there is a free place and room for one more live order. 65,535 orders of less
    ///      than 2^40 lots fit in 56 bits, so no field carries into the next.
    function append(LevelWord word, uint256 lots_) internal pure returns (LevelWord) {
        unchecked {
            uint256 offset = word.headChunk() == word.tailChunk() ? _HEAD_LIVE_OFFSET : _TAIL_LIVE_OFFSET;
            uint256 bit = uint256(1) << (offset + word.tailPlace());
            uint256 counted = (lots_ << _LOTS_OFFSET) + (uint256(1) << _LIVE_OFFSET) + (uint256(1) << _PLACE_OFFSET);
            return LevelWord.wrap((LevelWord.unwrap(word) | bit) + counted);
        }
    }

    /// @notice The word with the live bit at `place` of the head chunk cleared and one live order of `lots_` less.
    function removeFromHead(LevelWord word, uint256 place, uint256 lots_) internal pure returns (LevelWord) {
        return _remove(word, (uint256(1) << place) << _HEAD_LIVE_OFFSET, lots_);
    }

    /// @notice The same in the tail chunk, where it is not the head.
    function removeFromTail(LevelWord word, uint256 place, uint256 lots_) internal pure returns (LevelWord) {
        return _remove(word, (uint256(1) << place) << _TAIL_LIVE_OFFSET, lots_);
    }

    /// @notice The same for an order of a chunk in the middle, whose live bits are in its header.
    function removeFromMiddle(LevelWord word, uint256 lots_) internal pure returns (LevelWord) {
        return _remove(word, 0, lots_);
    }

    /// @notice The word with `lots_` less and as many orders.
    /// @dev A level holds at least the lots of the order that shrinks.
    function shrink(LevelWord word, uint256 lots_) internal pure returns (LevelWord) {
        unchecked {
            return LevelWord.wrap(LevelWord.unwrap(word) - (lots_ << _LOTS_OFFSET));
        }
    }

    /// @notice The word with another head chunk.
    function withHead(LevelWord word, uint256 chunk, uint256 live_, uint256 generation_)
        internal
        pure
        returns (LevelWord)
    {
        uint256 cleared =
            _CHUNK_MASK | (uint256(0xff) << _HEAD_LIVE_OFFSET) | (_GENERATION_MASK << _HEAD_GENERATION_OFFSET);
        uint256 head = chunk | (live_ << _HEAD_LIVE_OFFSET) | (generation_ << _HEAD_GENERATION_OFFSET);
        return LevelWord.wrap((LevelWord.unwrap(word) & ~cleared) | head);
    }

    /// @notice The word whose head and tail have become the same chunk: the tail's live bits become the head's.
    function withHeadAtTail(LevelWord word) internal pure returns (LevelWord) {
        LevelWord moved = word.withHead(word.tailChunk(), word.tailLive(), word.generation());
        return LevelWord.wrap(LevelWord.unwrap(moved) & ~(uint256(0xff) << _TAIL_LIVE_OFFSET));
    }

    /// @notice The word with a freshly started tail chunk of the next generation.
    function withNewTail(LevelWord word, uint256 chunk) internal pure returns (LevelWord) {
        uint256 cleared = (_CHUNK_MASK << 32) | (uint256(0xff) << _TAIL_LIVE_OFFSET) | (uint256(0xf) << _PLACE_OFFSET);
        uint256 kept = (LevelWord.unwrap(word) & ~cleared) | (chunk << 32);
        return LevelWord.wrap(_nextGeneration(kept));
    }

    /// @notice An emptied level: its own chunk again, at place 0, of the next generation.
    function emptied(LevelWord word) internal pure returns (LevelWord) {
        unchecked {
            // As in {_nextGeneration}.
            uint256 next = word.generation() + 1;
            return LevelWord.wrap((next << _GENERATION_OFFSET) | (next << _HEAD_GENERATION_OFFSET));
        }
    }

    /// @dev 2^48 generations are out of reach: each costs a transaction's worth of gas.
    function _nextGeneration(uint256 word) private pure returns (uint256) {
        unchecked {
            return word + (uint256(1) << _GENERATION_OFFSET);
        }
    }

    /// @dev The order removed was counted when it was appended, so no field borrows from the next.
    function _remove(LevelWord word, uint256 bit, uint256 lots_) private pure returns (LevelWord) {
        unchecked {
            uint256 counted = (lots_ << _LOTS_OFFSET) + (uint256(1) << _LIVE_OFFSET);
            return LevelWord.wrap((LevelWord.unwrap(word) & ~bit) - counted);
        }
    }
}
