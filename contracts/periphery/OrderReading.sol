// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {IExchange} from "../interfaces/IExchange.sol";
import {ILens} from "../interfaces/ILens.sol";
import {ChunkHeader} from "../types/ChunkHeader.sol";
import {Lane, LaneLib} from "../types/Lane.sol";
import {LevelWord} from "../types/LevelWord.sol";
import {OrderId} from "../types/OrderId.sol";
import {OrderTerms} from "../types/OrderTerms.sol";
import {ExchangeStorage} from "../ExchangeStorage.sol";

/// @notice Orders found by their ids.
library OrderReading {
    uint256 private constant _WORDS = 3;

    /// @notice See {ILens.orders}; there are not too many ids.
    function orders(IExchange exchange, uint128[] calldata ids) internal view returns (ILens.Order[] memory found) {
        uint256[] memory slots = new uint256[](ids.length * _WORDS);
        for (uint256 i = 0; i < ids.length; ++i) {
            OrderId id = OrderId.wrap(ids[i]);
            (uint256 marketId, uint256 tick, uint256 chunk) = (id.market(), id.tick(), id.chunk());
            slots[i * _WORDS] = ExchangeStorage.levelSlot(marketId, tick);
            slots[i * _WORDS + 1] = ExchangeStorage.headerSlot(marketId, tick, chunk);
            // A made-up place may lead to any word, which is not looked at then.
            slots[i * _WORDS + 2] = ExchangeStorage.laneSlot(marketId, tick, chunk, id.place());
        }
        uint256[] memory words = exchange.readWords(slots);
        found = new ILens.Order[](ids.length);
        for (uint256 i = 0; i < ids.length; ++i) {
            OrderId id = OrderId.wrap(ids[i]);
            (uint256 live, uint256 generation) = lifeOf(
                id.chunk(), id.tick(), LevelWord.wrap(words[i * _WORDS]), ChunkHeader.wrap(words[i * _WORDS + 1])
            );
            bool isLive = (live >> id.place()) & 1 == 1 && generation == id.generation();
            found[i] = describe(id, LaneLib.unpack(isLive ? words[i * _WORDS + 2] : 0, id.place()));
        }
    }

    /// @notice Live bits and generation of a chunk while it is part of the queue at a tick; zeros if it is not.
    /// @param header Header of the chunk.
    function lifeOf(uint256 chunk, uint256 tick, LevelWord level, ChunkHeader header)
        internal
        pure
        returns (uint256 live, uint256 generation)
    {
        if (chunk == level.headChunk()) return (level.headLive(), level.headGeneration());
        if (chunk == level.tailChunk()) return (level.tailLive(), level.generation());
        // In the middle: no chunk that another level has. Those of the pool have no live bit, nor has the own chunk, which
        // is nowhere but at the head.
        if (header.tick() == tick && header.live() != 0) return (header.live(), header.generation());
    }

    /// @notice An order; with a lane of zero, one that is not in the book.
    function describe(OrderId id, Lane lane) internal view returns (ILens.Order memory order) {
        // All fields have these widths.
        order.id = OrderId.unwrap(id);
        order.marketId = uint16(id.market());
        order.tick = uint24(id.tick());
        if (Lane.unwrap(lane) == 0) return order;
        order.isLive = true;
        order.side = lane.isAsk() ? IExchange.Side.ASK : IExchange.Side.BID;
        order.lots = uint40(lane.lots());
        order.accountId = uint32(lane.account());
        order.expiry = uint32(lane.expiry());
        order.isExpired = lane.hasExpired(block.timestamp);
        order.isReduceOnly = lane.isReduceOnly();
        order.isByOperator = lane.isByOperator();
        // A lane has the low bits of the client id where terms have all of it.
        order.clientTag = uint16(OrderTerms.wrap(lane.termsBits()).clientId());
    }
}
