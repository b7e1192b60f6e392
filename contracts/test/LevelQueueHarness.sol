// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {LibBit} from "solady/src/utils/LibBit.sol";
import {LevelQueue} from "../book/LevelQueue.sol";
import {ChunkHeader} from "../types/ChunkHeader.sol";
import {Lane, LaneLib} from "../types/Lane.sol";
import {LevelWord} from "../types/LevelWord.sol";
import {OrderId, OrderIdLib} from "../types/OrderId.sol";
import {ExchangeStorage} from "../ExchangeStorage.sol";

/// @notice {LevelQueue} over a storage of its own.
contract LevelQueueHarness {
    /// @notice See {LevelQueue.append}.
    function append(uint256 marketId, uint256 tick, uint256 account, bool isAsk, uint256 lots)
        external
        returns (uint128 id, bool isFirst)
    {
        OrderId made;
        (made, isFirst) = LevelQueue.append(marketId, tick, LaneLib.create(account, isAsk, lots, 0), lots);
        id = OrderId.unwrap(made);
    }

    /// @notice See {LevelQueue.remove}; nothing happens if the id is stale.
    /// @return lots What was left of the order, 0 if the id is stale.
    function remove(uint128 id) external returns (uint256 lots, bool isEmpty) {
        (Lane lane, LevelWord level, ChunkHeader header) = LevelQueue.find(OrderId.wrap(id));
        lots = lane.lots();
        if (lots != 0) isEmpty = LevelQueue.remove(OrderId.wrap(id), lots, level, header);
    }

    /// @notice See {LevelQueue.shrink}.
    function shrink(uint128 id, uint256 newLots) external {
        (Lane lane, LevelWord level,) = LevelQueue.find(OrderId.wrap(id));
        LevelQueue.shrink(OrderId.wrap(id), lane, level, newLots);
    }

    /// @notice Take the oldest order of a level out, as a fill does.
    function pop(uint256 marketId, uint256 tick) external returns (uint128 id, uint256 lots) {
        uint256 slot = ExchangeStorage.levelSlot(marketId, tick);
        LevelWord level = LevelWord.wrap(ExchangeStorage.load(slot));
        uint256 place = LibBit.ffs(level.headLive());
        id = OrderId.unwrap(OrderIdLib.create(marketId, tick, level.headChunk(), place, level.headGeneration()));
        uint256 pair = ExchangeStorage.load(ExchangeStorage.laneSlot(marketId, tick, level.headChunk(), place));
        lots = LaneLib.unpack(pair, place).lots();
        level = level.removeFromHead(place, lots);
        if (level.headLive() == 0) level = LevelQueue.settle(marketId, tick, level);
        ExchangeStorage.store(slot, LevelWord.unwrap(level));
    }

    /// @notice The lanes of orders, zero where the id is stale.
    function find(uint128[] calldata ids) external view returns (uint256[] memory lanes) {
        lanes = new uint256[](ids.length);
        for (uint256 i = 0; i < ids.length; ++i) {
            (Lane lane,,) = LevelQueue.find(OrderId.wrap(ids[i]));
            lanes[i] = Lane.unwrap(lane);
        }
    }

    /// @notice Write a word, to begin from a state that is long to reach.
    function store(uint256 slot, uint256 word) external {
        ExchangeStorage.store(slot, word);
    }

    /// @notice Words of its storage.
    function readWords(uint256[] calldata slots) external view returns (uint256[] memory words) {
        words = new uint256[](slots.length);
        for (uint256 i = 0; i < slots.length; ++i) {
            words[i] = ExchangeStorage.load(slots[i]);
        }
    }
}
