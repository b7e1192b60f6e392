// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {LevelWord, LevelWordLib} from "../contracts/types/LevelWord.sol";

/// @notice Changing a field of any {LevelWord} changes no other, within the preconditions its functions state.
contract LevelWordProofs {
    struct Fields {
        uint256 headChunk;
        uint256 tailChunk;
        uint256 headLive;
        uint256 tailLive;
        uint256 tailPlace;
        uint256 live;
        uint256 lots;
        uint256 generation;
        uint256 headGeneration;
    }

    uint256 private constant _MAX_LOTS = (1 << 56) - 1;
    uint256 private constant _MAX_GENERATION = (1 << 48) - 1;

    /// @notice An order appended to a level that has room.
    function check_append(uint256 bits, uint40 lots) external pure {
        LevelWord word = LevelWord.wrap(bits);
        Fields memory fields = _fields(word);
        bool isFull = fields.live == LevelWordLib.MAX_LIVE || fields.tailPlace >= LevelWordLib.POOL_LANES;
        if (isFull || fields.lots + lots > _MAX_LOTS) return;

        uint256 bit = uint256(1) << fields.tailPlace;
        if (fields.headChunk == fields.tailChunk) fields.headLive |= bit;
        else fields.tailLive |= bit;
        ++fields.tailPlace;
        ++fields.live;
        fields.lots += lots;
        _checkFields(word.append(lots), fields);
    }

    /// @notice An order removed from the head chunk.
    function check_removeFromHead(uint256 bits, uint8 place, uint40 lots) external pure {
        LevelWord word = LevelWord.wrap(bits);
        Fields memory fields = _fields(word);
        if (place > 7 || fields.live == 0 || fields.lots < lots) return;

        fields.headLive &= ~(uint256(1) << place);
        --fields.live;
        fields.lots -= lots;
        _checkFields(word.removeFromHead(place, lots), fields);
    }

    /// @notice An order removed from the tail chunk.
    function check_removeFromTail(uint256 bits, uint8 place, uint40 lots) external pure {
        LevelWord word = LevelWord.wrap(bits);
        Fields memory fields = _fields(word);
        if (place > 7 || fields.live == 0 || fields.lots < lots) return;

        fields.tailLive &= ~(uint256(1) << place);
        --fields.live;
        fields.lots -= lots;
        _checkFields(word.removeFromTail(place, lots), fields);
    }

    /// @notice An order removed from a chunk in the middle.
    function check_removeFromMiddle(uint256 bits, uint40 lots) external pure {
        LevelWord word = LevelWord.wrap(bits);
        Fields memory fields = _fields(word);
        if (fields.live == 0 || fields.lots < lots) return;

        --fields.live;
        fields.lots -= lots;
        _checkFields(word.removeFromMiddle(lots), fields);
    }

    /// @notice An order made smaller.
    function check_shrink(uint256 bits, uint40 lots) external pure {
        LevelWord word = LevelWord.wrap(bits);
        Fields memory fields = _fields(word);
        if (fields.lots < lots) return;

        fields.lots -= lots;
        _checkFields(word.shrink(lots), fields);
    }

    /// @notice Another head chunk.
    function check_withHead(uint256 bits, uint32 chunk, uint8 live, uint48 generation) external pure {
        LevelWord word = LevelWord.wrap(bits);
        Fields memory fields = _fields(word);
        (fields.headChunk, fields.headLive, fields.headGeneration) = (chunk, live, generation);
        _checkFields(word.withHead(chunk, live, generation), fields);
    }

    /// @notice The head has reached the tail.
    function check_withHeadAtTail(uint256 bits) external pure {
        LevelWord word = LevelWord.wrap(bits);
        Fields memory fields = _fields(word);
        fields.headChunk = fields.tailChunk;
        fields.headLive = fields.tailLive;
        fields.headGeneration = fields.generation;
        fields.tailLive = 0;
        _checkFields(word.withHeadAtTail(), fields);
    }

    /// @notice A fresh tail chunk.
    function check_withNewTail(uint256 bits, uint32 chunk) external pure {
        LevelWord word = LevelWord.wrap(bits);
        Fields memory fields = _fields(word);
        if (fields.generation == _MAX_GENERATION) return;

        (fields.tailChunk, fields.tailLive, fields.tailPlace) = (chunk, 0, 0);
        ++fields.generation;
        _checkFields(word.withNewTail(chunk), fields);
    }

    /// @notice An emptied level has nothing left but a generation that no id carries.
    function check_emptied(uint256 bits) external pure {
        LevelWord word = LevelWord.wrap(bits);
        uint256 next = word.generation() + 1;
        if (next > _MAX_GENERATION) return;

        Fields memory fields;
        (fields.generation, fields.headGeneration) = (next, next);
        _checkFields(word.emptied(), fields);
    }

    /// @notice The place of the first live order is the lowest live bit of the head chunk.
    function check_headPlace(uint256 bits, uint8 place) external pure {
        LevelWord word = LevelWord.wrap(bits);
        uint256 live = word.headLive();
        if (live == 0 || place > 7) return;
        bool isLowest = (live >> place) & 1 == 1 && live & ((uint256(1) << place) - 1) == 0;
        assert((word.headPlace() == place) == isLowest);
    }

    function _checkFields(LevelWord word, Fields memory wanted) private pure {
        assert(word.headChunk() == wanted.headChunk);
        assert(word.tailChunk() == wanted.tailChunk);
        assert(word.headLive() == wanted.headLive);
        assert(word.tailLive() == wanted.tailLive);
        assert(word.tailPlace() == wanted.tailPlace);
        assert(word.live() == wanted.live);
        assert(word.lots() == wanted.lots);
        assert(word.generation() == wanted.generation);
        assert(word.headGeneration() == wanted.headGeneration);
    }

    function _fields(LevelWord word) private pure returns (Fields memory) {
        return Fields({
            headChunk: word.headChunk(),
            tailChunk: word.tailChunk(),
            headLive: word.headLive(),
            tailLive: word.tailLive(),
            tailPlace: word.tailPlace(),
            live: word.live(),
            lots: word.lots(),
            generation: word.generation(),
            headGeneration: word.headGeneration()
        });
    }
}
