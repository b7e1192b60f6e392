// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {Compounding} from "../lending/Compounding.sol";
import {BookWord, BookWordLib} from "../types/BookWord.sol";
import {ConfigWord} from "../types/ConfigWord.sol";
import {MarkWordLib} from "../types/MarkWord.sol";
import {PositionWordLib} from "../types/PositionWord.sol";
import {SampleWord, SampleWordLib} from "../types/SampleWord.sol";
import {TapeWord} from "../types/TapeWord.sol";
import {ExchangeStorage} from "../ExchangeStorage.sol";
import {FundingRate} from "./FundingRate.sol";
import {ImpactPrice} from "./ImpactPrice.sol";
import {Median} from "./Median.sol";
import {SignedMath} from "@openzeppelin/contracts/utils/math/SignedMath.sol";

/// @notice Comparisons of a perp's book with its index, and what the intervals between them count for.
/// @dev An interval counts for what the samples at both its ends have in common, and only once a later sample is taken: who
///      pushes the book at one moment alone, moves nothing.
library Samples {
    /// @notice Time constant of the average middle [seconds].
    uint256 internal constant MIDDLE_SECONDS = 150;
    /// @notice Time constant of the average premium [seconds].
    uint256 internal constant PREMIUM_SECONDS = 1 hours;
    /// @notice The furthest that a sample is from the index, of either sign [1e-8 of the index].
    int256 internal constant MAX_DEVIATION = 8_000_000;

    uint256 private constant _PREMIUM = 0;
    uint256 private constant _MIDDLE = 1;
    uint256 private constant _BOOK = 2;

    /// @notice The word whose averages have taken in the interval between its two samples.
    function counted(SampleWord word) internal pure returns (SampleWord) {
        uint256 span = word.span();
        int256 premium = averaged(word.premiumAverage(), _common(word, _PREMIUM), span, PREMIUM_SECONDS);
        int256 middle = averaged(word.middleAverage(), _common(word, _MIDDLE), span, MIDDLE_SECONDS);
        return word.withAverages(premium, middle, _common(word, _BOOK));
    }

    /// @notice The word whose newer sample has, part by part, only what it and another one have in common.
    /// @param packed The other, see {SampleWordLib.pack}.
    function agreed(SampleWord word, uint256 packed) internal pure returns (SampleWord) {
        SampleWord other = SampleWord.wrap(packed);
        int256 premium = commonOf(word.part(_PREMIUM, true), other.part(_PREMIUM, false));
        int256 middle = commonOf(word.part(_MIDDLE, true), other.part(_MIDDLE, false));
        int256 book = commonOf(word.part(_BOOK, true), other.part(_BOOK, false));
        return word.withNewer(SampleWordLib.pack(premium, middle, book));
    }

    /// @notice What two samples have in common: the smaller in magnitude, nothing if their signs differ.
    function commonOf(int256 first, int256 second) internal pure returns (int256) {
        if (first == 0 || second == 0 || (first ^ second) < 0) return 0;
        return SignedMath.abs(first) < SignedMath.abs(second) ? first : second;
    }

    /// @notice An average after something has held for a time [1e-12].
    /// @param average The average before, below 2^37 in magnitude [1e-12].
    /// @param held What held, below 2^23 in magnitude [1e-8].
    /// @param span How long, at most 300 [seconds].
    /// @param constant_ Time constant [seconds].
    /// @dev The distance shrinks by a factor 1 + 1/constant a second, rounded towards what held. Invariant under how often it
    ///      is sampled, to rounding, and symmetric in sign.
    function averaged(int256 average, int256 held, uint256 span, uint256 constant_) internal pure returns (int256) {
        unchecked {
            // A distance is below 2^39, and a factor not below one and below 2^128; a move is within the distance.
            int256 target = held * FundingRate.AVERAGE_PARTS;
            uint256 distance = SignedMath.abs(target - average);
            uint256 factor = Compounding.growthUp(Compounding.ONE / constant_, span);
            int256 moved = int256(distance - distance * Compounding.ONE / factor);
            return target < average ? average - moved : average + moved;
        }
    }

    /// @notice Compare a market's book with its index now.
    /// @param index Price of a lot, from 1 to below 2^104 [ticks·2^-24].
    /// @return packed See {SampleWordLib.pack}. A side that is not there compares to nothing.
    function take(uint256 marketId, ConfigWord config, uint256 index) internal view returns (uint256 packed) {
        BookWord book = BookWord.wrap(ExchangeStorage.load(ExchangeStorage.bookSlot(marketId)));
        int256 premium = _premium(marketId, config, book, index);
        uint256 bid = book.best(false);
        uint256 ask = book.best(true);
        if (bid == BookWordLib.NO_BID || ask == BookWordLib.NO_ASK) return SampleWordLib.pack(premium, 0, 0);
        uint256 last = TapeWord.wrap(ExchangeStorage.load(ExchangeStorage.tapeSlot(marketId))).lastTick();
        unchecked {
            // Ticks are 24 bits.
            int256 middle = deviationOf((bid + ask) << (PositionWordLib.FRACTION_BITS - 1), index);
            if (last == 0) return SampleWordLib.pack(premium, middle, 0);
            uint256 traded = Median.ofThree(bid, ask, last) << PositionWordLib.FRACTION_BITS;
            return SampleWordLib.pack(premium, middle, deviationOf(traded, index));
        }
    }

    /// @notice How far a price is from the index, towards zero, and not beyond {MAX_DEVIATION} [1e-8 of the index].
    /// @param price Below 2^104, and so the index, which is not zero [ticks·2^-24].
    function deviationOf(uint256 price, uint256 index) internal pure returns (int256) {
        unchecked {
            // Both are below 2^104.
            return _partOf(int256(price) - int256(index), index);
        }
    }

    /// @dev How far the impact bid is above the index, less how far the impact ask is below it.
    function _premium(uint256 marketId, ConfigWord config, BookWord book, uint256 index) private view returns (int256) {
        uint256 lots = ImpactPrice.lotsOf(config.impactDollars(), index, book.tickValue());
        (, uint256 bid) = ImpactPrice.averageOf(marketId, book, false, lots);
        (bool isThere, uint256 ask) = ImpactPrice.averageOf(marketId, book, true, lots);
        unchecked {
            // Prices are below 2^48, the index below 2^104. A bid that is not there is 0, so never above it.
            int256 above = bid > index ? int256(bid - index) : int256(0);
            int256 below = isThere && ask < index ? int256(index - ask) : int256(0);
            return _partOf(above - below, index);
        }
    }

    function _partOf(int256 distance, uint256 index) private pure returns (int256) {
        unchecked {
            // 104 bits times 27 bits.
            return FundingRate.within(distance * int256(MarkWordLib.RATE_ONE) / int256(index), MAX_DEVIATION);
        }
    }

    function _common(SampleWord word, uint256 part) private pure returns (int256) {
        return commonOf(word.part(part, false), word.part(part, true));
    }
}
