// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {PriceBand} from "../book/PriceBand.sol";
import {IExchange} from "../interfaces/IExchange.sol";
import {BookWord} from "../types/BookWord.sol";
import {ConfigWord} from "../types/ConfigWord.sol";
import {FeedWord} from "../types/FeedWord.sol";
import {MarketId} from "../types/MarketId.sol";
import {MarkWord, MarkWordLib} from "../types/MarkWord.sol";
import {PositionWordLib} from "../types/PositionWord.sol";
import {SampleWord} from "../types/SampleWord.sol";
import {UnderlyingWord} from "../types/UnderlyingWord.sol";
import {ExchangeStorage} from "../ExchangeStorage.sol";
import {FlatMargin} from "../risk/FlatMargin.sol";
import {Median} from "./Median.sol";

/// @notice Marks of perps, and the bands around them.
library Marks {
    /// @notice The highest mark [ticks·2^-24].
    uint256 internal constant MAX_MARK = (1 << 48) - 1;

    /// @dev From 1e-18 dollars to quote atoms.
    uint256 private constant _QUOTE_ATOM = 1e12;
    uint256 private constant _BPS = 1e4;
    uint256 private constant _AVERAGE_ONE = 1e12;

    /// @notice Mark word of a market; zero if it is no listed perp.
    function load(uint256 marketId) internal view returns (MarkWord) {
        return MarkWord.wrap(ExchangeStorage.load(ExchangeStorage.markSlot(marketId)));
    }

    /// @notice Config word of a market.
    function configOf(uint256 marketId) internal view returns (ConfigWord) {
        return ConfigWord.wrap(ExchangeStorage.load(ExchangeStorage.configSlot(marketId)));
    }

    /// @notice Sample word of a market.
    function samplesOf(uint256 marketId) internal view returns (SampleWord) {
        return SampleWord.wrap(ExchangeStorage.load(ExchangeStorage.sampleSlot(marketId)));
    }

    /// @notice Bring the perp of an asset, if it has one, to a new price: funding up to now at the mark before, then mark and
    ///         band. Emits MarkUpdated.
    /// @param price Not zero, at most 2^55 [1e-18 dollars an atom].
    function reprice(uint256 assetId, uint256 price) internal {
        uint256 marketId = MarketId.perp(assetId);
        MarkWord word = load(marketId);
        if (!word.isListed()) return;
        publish(marketId, word.accrued(block.timestamp), samplesOf(marketId), price);
    }

    /// @notice Let the band of an asset's perp, if it has one, reach to the marks at two prices, while one waits.
    /// @param price Not zero, and so the other, at most 2^55 [1e-18 dollars an atom].
    function widen(uint256 assetId, uint256 price, uint256 otherPrice) internal {
        uint256 marketId = MarketId.perp(assetId);
        MarkWord word = load(marketId);
        if (word.isListed()) _moveBand(marketId, word, samplesOf(marketId), price, otherPrice);
    }

    /// @notice Store a mark word with the mark at a price, and move the band: to the mark, or while a price waits to the
    ///         marks at both. Emits MarkUpdated.
    /// @param word Accrued up to now, with the rate from now on.
    /// @param price Not zero, at most 2^55 [1e-18 dollars an atom].
    function publish(uint256 marketId, MarkWord word, SampleWord samples, uint256 price) internal {
        word = word.withMark(markAt(configOf(marketId), word, samples, price));
        ExchangeStorage.store(ExchangeStorage.markSlot(marketId), MarkWord.unwrap(word));
        _moveBand(marketId, word, samples, price, _waitingOr(MarketId.base(marketId), price));
        // The casts keep fields of those widths; market ids are 16 bits.
        emit IExchange.MarkUpdated(
            uint16(marketId), uint48(word.mark()), int80(word.funding()), int24(word.rate()), uint32(word.time())
        );
    }

    /// @notice Price of a lot of a perp, rounded down, but at least 1 [ticks·2^-24].
    /// @param tickValue Price of one lot at tick 1, not zero [quote atoms].
    /// @param price At most 2^55 [1e-18 dollars an atom].
    function indexOf(ConfigWord config, uint256 tickValue, uint256 price) internal pure returns (uint256 index) {
        unchecked {
            // At most 2^55 · 2^64 · 2^24, and 2^40 · 2^32: an index is below 2^104.
            uint256 scaled = (price * config.atomsPerLot()) << PositionWordLib.FRACTION_BITS;
            index = scaled / (_QUOTE_ATOM * tickValue);
        }
        if (index == 0) index = 1;
    }

    /// @notice The mark at a price, rounded down, from 1 to {MAX_MARK} [ticks·2^-24].
    /// @param price At most 2^55 [1e-18 dollars an atom].
    /// @dev The median of the index moved by the average middle, by what the book counted for, and by the funding rate; then
    ///      within a band around the index. It never falls while the price grows. Source: docs/perps.md, index and mark.
    function markAt(ConfigWord config, MarkWord word, SampleWord samples, uint256 price)
        internal
        pure
        returns (uint256 mark)
    {
        uint256 index = indexOf(config, word.tickValue(), price);
        mark = Median.ofThree(
            _moved(index, samples.middleAverage(), _AVERAGE_ONE),
            _moved(index, samples.bookCounted(), MarkWordLib.RATE_ONE),
            _moved(index, word.rate(), MarkWordLib.RATE_ONE)
        );
        unchecked {
            // A band is below 2^12 basis points.
            uint256 lowest = index * (_BPS - config.markBandBps()) / _BPS;
            uint256 highest = index * (_BPS + config.markBandBps()) / _BPS;
            mark = Math.max(lowest, Math.min(mark, highest));
        }
        return Math.max(1, Math.min(mark, MAX_MARK));
    }

    /// @dev The index and a part of it, rounded down.
    function _moved(uint256 index, int256 part, uint256 one) private pure returns (uint256) {
        unchecked {
            // An index is below 2^104, and a part smaller than one, so that the sum is positive and the casts keep it.
            return index * uint256(int256(one) + part) / one;
        }
    }

    /// @dev The price of an asset that waits for its confirmation, or another if none does.
    function _waitingOr(uint256 assetId, uint256 price) private view returns (uint256) {
        uint256 underlying = ExchangeStorage.load(ExchangeStorage.underlyingSlot(assetId));
        if (!UnderlyingWord.wrap(underlying).isUnconfirmed()) return price;
        return FeedWord.wrap(ExchangeStorage.load(ExchangeStorage.feedSlot(assetId))).pendingPrice();
    }

    function _moveBand(uint256 marketId, MarkWord word, SampleWord samples, uint256 price, uint256 otherPrice) private {
        ConfigWord config = configOf(marketId);
        uint256 slot = ExchangeStorage.bookSlot(marketId);
        BookWord book = BookWord.wrap(ExchangeStorage.load(slot));
        // A mark never falls while the price grows.
        uint256 low = markAt(config, word, samples, Math.min(price, otherPrice));
        uint256 high = markAt(config, word, samples, Math.max(price, otherPrice));
        book = PriceBand.withBandAroundMark(book, config, low, high, price != otherPrice);
        book = FlatMargin.renewed(book, MarketId.base(marketId));
        ExchangeStorage.store(slot, BookWord.unwrap(book));
    }
}
