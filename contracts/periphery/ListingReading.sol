// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IExchange} from "../interfaces/IExchange.sol";
import {ILens} from "../interfaces/ILens.sol";
import {BookWord, BookWordLib} from "../types/BookWord.sol";
import {ConfigWord} from "../types/ConfigWord.sol";
import {FeedWord} from "../types/FeedWord.sol";
import {MarketId} from "../types/MarketId.sol";
import {OutflowWord} from "../types/OutflowWord.sol";
import {TapeWord} from "../types/TapeWord.sol";
import {TokenWord} from "../types/TokenWord.sol";
import {UnderlyingWord} from "../types/UnderlyingWord.sol";
import {ExchangeStorage} from "../ExchangeStorage.sol";
import {WordReader} from "./WordReader.sol";

/// @notice What is listed: markets and assets.
library ListingReading {
    using WordReader for IExchange;

    uint256 private constant _MARKET_WORDS = 3;
    uint256 private constant _ASSET_WORDS = 4;

    /// @notice See {ILens.markets}; the limit is already cut.
    function markets(IExchange exchange, uint256 fromId, uint256 limit)
        internal
        view
        returns (ILens.Market[] memory page, uint16 nextId)
    {
        uint256[] memory ids = listed(exchange, MarketId.SPOT, fromId);
        uint256 count = ids.length;
        if (limit < count) {
            // Market ids are 16 bits.
            nextId = uint16(ids[limit]);
            count = limit;
        }
        uint256[] memory slots = new uint256[](_MARKET_WORDS * count);
        for (uint256 i = 0; i < count; ++i) {
            slots[_MARKET_WORDS * i] = ExchangeStorage.bookSlot(ids[i]);
            slots[_MARKET_WORDS * i + 1] = ExchangeStorage.tapeSlot(ids[i]);
            slots[_MARKET_WORDS * i + 2] = ExchangeStorage.configSlot(ids[i]);
        }
        uint256[] memory words = exchange.readWords(slots);
        page = new ILens.Market[](count);
        for (uint256 i = 0; i < count; ++i) {
            BookWord book = BookWord.wrap(words[_MARKET_WORDS * i]);
            TapeWord tape = TapeWord.wrap(words[_MARKET_WORDS * i + 1]);
            page[i] = _market(ids[i], book, tape);
            page[i].terms = _terms(book, tape, ConfigWord.wrap(words[_MARKET_WORDS * i + 2]));
        }
    }

    /// @notice See {ILens.assets}; the limit is already cut.
    function assets(IExchange exchange, uint256 fromId, uint256 limit)
        internal
        view
        returns (ILens.Asset[] memory page, uint16 nextId)
    {
        uint256 end = exchange.readRegistry().assets();
        if (fromId >= end) return (page, 0);
        if (limit < end - fromId) {
            // Below the end, so a byte.
            nextId = uint16(fromId + limit);
            end = nextId;
        }
        page = new ILens.Asset[](end - fromId);
        for (uint256 i = 0; i < page.length; ++i) {
            page[i] = _asset(exchange, fromId + i);
        }
    }

    /// @notice Ids of the listed markets of a kind, from one on; an asset has at most one.
    function listed(IExchange exchange, uint256 kind, uint256 fromId) internal view returns (uint256[] memory ids) {
        uint256 candidates = exchange.readRegistry().assets();
        uint256[] memory slots = new uint256[](candidates);
        for (uint256 i = 0; i < candidates; ++i) {
            slots[i] = ExchangeStorage.configSlot((kind << 8) | i);
        }
        uint256[] memory words = exchange.readWords(slots);
        uint256 count;
        for (uint256 i = 0; i < candidates; ++i) {
            uint256 id = (kind << 8) | i;
            // The slots are not needed any more: found ids take their place.
            if (id >= fromId && ConfigWord.wrap(words[i]).isListed()) slots[count++] = id;
        }
        return WordReader.first(slots, count);
    }

    /// @dev A market without its terms.
    function _market(uint256 marketId, BookWord book, TapeWord tape) private view returns (ILens.Market memory market) {
        // All fields have these widths.
        market.marketId = uint16(marketId);
        market.baseAssetId = uint16(MarketId.base(marketId));
        market.bestBidTick = uint24(book.best(false));
        uint256 bestAsk = book.best(true);
        if (bestAsk != BookWordLib.NO_ASK) market.bestAskTick = uint24(bestAsk);
        market.lastTick = uint24(TapeWord.unwrap(tape));
        market.highestBidTick = uint24(book.bandLimit(false));
        market.lowestAskTick = uint24(book.bandLimit(true));
        market.pausedUntil = uint64(book.pausedUntil());
        market.isPaused = block.timestamp < market.pausedUntil;
        market.feeAtoms = uint80(tape.fees());
        market.fills = uint40(tape.sequence());
    }

    function _terms(BookWord book, TapeWord tape, ConfigWord config) private pure returns (IExchange.SpotTerms memory) {
        // The fields have these widths.
        return IExchange.SpotTerms({
            tickValue: uint32(book.tickValue()),
            atomsPerLot: uint64(book.atomsPerLot()),
            minLots: uint24(book.minLots()),
            takerPpm: int16(tape.takerPpm()),
            makerPpm: int16(book.makerPpm()),
            bandBps: uint16(config.bandBps())
        });
    }

    function _asset(IExchange exchange, uint256 assetId) private view returns (ILens.Asset memory asset) {
        uint256[] memory slots = new uint256[](_ASSET_WORDS);
        slots[0] = ExchangeStorage.tokenSlot(assetId);
        slots[1] = ExchangeStorage.feedSlot(assetId);
        slots[2] = ExchangeStorage.underlyingSlot(assetId);
        slots[3] = ExchangeStorage.outflowSlot(assetId);
        uint256[] memory words = exchange.readWords(slots);
        TokenWord token = TokenWord.wrap(words[0]);
        UnderlyingWord underlying = UnderlyingWord.wrap(words[2]);
        // All fields have these widths.
        asset.assetId = uint16(assetId);
        asset.token = token.token();
        asset.decimals = uint8(token.decimals());
        asset.unitsPerAtom = uint64(token.unitsPerAtom());
        asset.feed = FeedWord.wrap(words[1]).feed();
        asset.price = uint64(underlying.price());
        asset.priceTime = uint32(underlying.time());
        asset.heldAtoms = IERC20(asset.token).balanceOf(address(exchange)) / asset.unitsPerAtom;
        _setOutflow(asset, OutflowWord.wrap(words[3]));
    }

    /// @dev The outflow limit as a withdrawal would find it now.
    function _setOutflow(ILens.Asset memory asset, OutflowWord word) private view {
        int256 level = word.at(block.timestamp).level(block.timestamp);
        uint256 limit = word.limitAtoms(asset.heldAtoms, level);
        // A limit of 20 bits; levels are below 2^80 and limits below 2^101.
        asset.outflowLimitPpm = uint32(word.limitPpm());
        asset.outflowLimitAtoms = limit;
        asset.netOutflowAtoms = level;
        int256 room = int256(limit) - level;
        if (room <= 0) return;
        asset.mayLeaveAtoms = uint256(room) < asset.heldAtoms ? uint256(room) : asset.heldAtoms;
    }
}
