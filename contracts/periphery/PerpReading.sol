// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {IExchange} from "../interfaces/IExchange.sol";
import {IPerpLens} from "../interfaces/IPerpLens.sol";
import {BookWord, BookWordLib} from "../types/BookWord.sol";
import {ConfigWord} from "../types/ConfigWord.sol";
import {MarketId} from "../types/MarketId.sol";
import {MarkWord} from "../types/MarkWord.sol";
import {PerpPoolWord} from "../types/PerpPoolWord.sol";
import {PositionWordLib} from "../types/PositionWord.sol";
import {SampleWord} from "../types/SampleWord.sol";
import {TapeWord} from "../types/TapeWord.sol";
import {UnderlyingWord} from "../types/UnderlyingWord.sol";
import {ExchangeStorage} from "../ExchangeStorage.sol";
import {ListingReading} from "./ListingReading.sol";
import {WordReader} from "./WordReader.sol";

/// @notice Perps: their terms, books, marks, funding and pools.
library PerpReading {
    using WordReader for IExchange;

    uint256 private constant _WORDS = 7;
    /// @dev Prices of atoms are in 1e-18 dollars, quote atoms a millionth of a dollar.
    uint256 private constant _PRICES_A_QUOTE_ATOM = 1e12;

    /// @dev All words of a perp.
    struct Words {
        ConfigWord config;
        BookWord book;
        TapeWord tape;
        MarkWord mark;
        SampleWord sample;
        PerpPoolWord pool;
        UnderlyingWord underlying;
    }

    /// @notice See {IPerpLens.perps}; the limit is already cut.
    function perps(IExchange exchange, uint256 fromId, uint256 limit)
        internal
        view
        returns (IPerpLens.Perp[] memory page, uint16 nextId)
    {
        uint256[] memory ids = ListingReading.listed(exchange, MarketId.PERP, fromId);
        uint256 count = ids.length;
        if (limit < count) {
            // Market ids are 16 bits.
            nextId = uint16(ids[limit]);
            count = limit;
        }
        page = new IPerpLens.Perp[](count);
        for (uint256 i = 0; i < count; ++i) {
            page[i] = _perp(ids[i], _read(exchange, ids[i]));
        }
    }

    function _read(IExchange exchange, uint256 marketId) private view returns (Words memory words) {
        uint256[] memory slots = new uint256[](_WORDS);
        slots[0] = ExchangeStorage.configSlot(marketId);
        slots[1] = ExchangeStorage.bookSlot(marketId);
        slots[2] = ExchangeStorage.tapeSlot(marketId);
        slots[3] = ExchangeStorage.markSlot(marketId);
        slots[4] = ExchangeStorage.sampleSlot(marketId);
        slots[5] = ExchangeStorage.perpPoolSlot(marketId);
        slots[6] = ExchangeStorage.underlyingSlot(MarketId.base(marketId));
        uint256[] memory found = exchange.readWords(slots);
        words.config = ConfigWord.wrap(found[0]);
        words.book = BookWord.wrap(found[1]);
        words.tape = TapeWord.wrap(found[2]);
        words.mark = MarkWord.wrap(found[3]);
        words.sample = SampleWord.wrap(found[4]);
        words.pool = PerpPoolWord.wrap(found[5]);
        words.underlying = UnderlyingWord.wrap(found[6]);
    }

    /// @dev All fields have these widths.
    function _perp(uint256 marketId, Words memory words) private view returns (IPerpLens.Perp memory perp) {
        (perp.marketId, perp.baseAssetId) = (uint16(marketId), uint16(MarketId.base(marketId)));
        perp.terms = _terms(words);
        perp.book = _book(words.book, words.tape);
        MarkWord mark = words.mark;
        perp.mark = uint48(mark.mark());
        perp.indexTicks = _indexTicks(words);
        perp.fundingIndex = int80(mark.fundingAt(block.timestamp));
        (perp.rate, perp.markTime, perp.rateUntil) = (int24(mark.rate()), uint32(mark.time()), uint32(mark.until()));
        perp.premiumAverage = int40(words.sample.premiumAverage());
        perp.middleAverage = int40(words.sample.middleAverage());
        perp.openInterestLots = uint40(words.tape.openInterest());
        (perp.poolAtoms, perp.shortfallAtoms) = (uint80(words.pool.cash()), uint80(words.pool.shortfall()));
    }

    /// @dev All fields have these widths. The size of a lot is a term of its own: the book counts in lots.
    function _terms(Words memory words) private pure returns (IExchange.PerpTerms memory terms) {
        (BookWord book, ConfigWord config) = (words.book, words.config);
        (terms.tickValue, terms.atomsPerLot) = (uint32(words.mark.tickValue()), uint64(config.atomsPerLot()));
        terms.minLots = uint24(book.minLots());
        (terms.takerPpm, terms.makerPpm) = (int16(words.tape.takerPpm()), int16(book.makerPpm()));
        terms.bandBps = uint16(config.bandBps());
        terms.openInterestCapLots = uint40(words.tape.openInterestCap());
        terms.positionCapLots = uint40(words.mark.positionCap());
        terms.impactNotional = uint32(config.impactDollars());
        terms.markBandBps = uint16(config.markBandBps());
        terms.fundingCap = uint24(config.fundingCap());
        (terms.interest, terms.clamp) = (uint24(config.interest()), uint24(config.clamp()));
    }

    /// @dev All fields have these widths.
    function _book(BookWord book, TapeWord tape) private view returns (IPerpLens.Book memory found) {
        found.bestBidTick = uint24(book.best(false));
        uint256 bestAsk = book.best(true);
        if (bestAsk != BookWordLib.NO_ASK) found.bestAskTick = uint24(bestAsk);
        found.lastTick = uint24(TapeWord.unwrap(tape));
        (found.highestBidTick, found.lowestAskTick) = (uint24(book.bandLimit(false)), uint24(book.bandLimit(true)));
        found.pausedUntil = uint64(book.pausedUntil());
        found.isPaused = block.timestamp < found.pausedUntil;
        (found.feeAtoms, found.fills) = (uint80(tape.fees()), uint40(tape.sequence()));
    }

    /// @dev The reference price of a lot in ticks, rounded down [ticks·2^-24]. A price and a lot of 64 bits each, shifted by
    ///      24, and divided by 1e12, are below 2^113.
    function _indexTicks(Words memory words) private pure returns (uint128) {
        uint256 lotPrice = words.underlying.price() * words.config.atomsPerLot();
        uint256 scaled = lotPrice << PositionWordLib.FRACTION_BITS;
        return uint128(scaled / (_PRICES_A_QUOTE_ATOM * words.mark.tickValue()));
    }
}
