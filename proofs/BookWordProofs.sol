// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {BookWord, BookWordLib} from "../contracts/types/BookWord.sol";

/// @notice Changing a field of any {BookWord} changes no other.
contract BookWordProofs {
    struct Fields {
        uint256 bestBid;
        uint256 bestAsk;
        uint256 highestBid;
        uint256 lowestAsk;
        uint256 minLots;
        uint256 tickValue;
        uint256 atomsPerLot;
        int256 makerPpm;
        uint256 pauseHour;
        bool isUnconfirmed;
    }

    /// @notice A new book has its terms, no orders, no band and no pause.
    function check_create(uint24 minLots, uint32 tickValue, uint64 atomsPerLot, int16 makerPpm) external pure {
        Fields memory fields;
        (fields.bestBid, fields.bestAsk) = (BookWordLib.NO_BID, BookWordLib.NO_ASK);
        (fields.minLots, fields.tickValue) = (minLots, tickValue);
        (fields.atomsPerLot, fields.makerPpm) = (atomsPerLot, makerPpm);
        _checkFields(BookWordLib.create(minLots, tickValue, atomsPerLot, makerPpm), fields);
    }

    /// @notice Another best tick of one side.
    function check_withBest(uint256 bits, bool isAsk, uint24 tick) external pure {
        BookWord word = BookWord.wrap(bits);
        Fields memory fields = _fields(word);
        if (isAsk) fields.bestAsk = tick;
        else fields.bestBid = tick;
        _checkFields(word.withBest(isAsk, tick), fields);
    }

    /// @notice Other limits of the band.
    function check_withBand(uint256 bits, uint24 highestBid, uint24 lowestAsk, bool unconfirmed) external pure {
        BookWord word = BookWord.wrap(bits);
        Fields memory fields = _fields(word);
        (fields.highestBid, fields.lowestAsk, fields.isUnconfirmed) = (highestBid, lowestAsk, unconfirmed);
        _checkFields(word.withBand(highestBid, lowestAsk, unconfirmed), fields);
    }

    /// @notice Another end of the pause.
    function check_withPauseUntilHour(uint256 bits, uint24 hour) external pure {
        if (hour >= 1 << 23) return;
        BookWord word = BookWord.wrap(bits);
        Fields memory fields = _fields(word);
        fields.pauseHour = hour;
        _checkFields(word.withPauseUntilHour(hour), fields);
    }

    /// @notice An order crosses if it reaches the best of the other side, and never an empty side.
    function check_crosses(uint256 bits, bool isAsk, uint24 tick) external pure {
        if (tick == BookWordLib.NO_BID || tick == BookWordLib.NO_ASK) return;
        BookWord word = BookWord.wrap(bits);
        uint256 best = word.best(!isAsk);
        assert(word.crosses(isAsk, tick) == (isAsk ? tick <= best : tick >= best));
        assert(!word.withBest(true, BookWordLib.NO_ASK).crosses(false, tick));
        assert(!word.withBest(false, BookWordLib.NO_BID).crosses(true, tick));
    }

    /// @notice A bid is outside the band above its limit, an ask below.
    function check_isOutside(uint256 bits, bool isAsk, uint24 tick) external pure {
        BookWord word = BookWord.wrap(bits);
        uint256 limit = word.bandLimit(isAsk);
        assert(word.isOutside(isAsk, tick) == (isAsk ? tick < limit : tick > limit));
    }

    function _checkFields(BookWord word, Fields memory wanted) private pure {
        assert(word.best(false) == wanted.bestBid);
        assert(word.best(true) == wanted.bestAsk);
        assert(word.bandLimit(false) == wanted.highestBid);
        assert(word.bandLimit(true) == wanted.lowestAsk);
        assert(word.minLots() == wanted.minLots);
        assert(word.tickValue() == wanted.tickValue);
        assert(word.atomsPerLot() == wanted.atomsPerLot);
        assert(word.makerPpm() == wanted.makerPpm);
        assert(_pauseHour(word) == wanted.pauseHour);
        assert(word.isUnconfirmed() == wanted.isUnconfirmed);
    }

    function _fields(BookWord word) private pure returns (Fields memory) {
        return Fields({
            bestBid: word.best(false),
            bestAsk: word.best(true),
            highestBid: word.bandLimit(false),
            lowestAsk: word.bandLimit(true),
            minLots: word.minLots(),
            tickValue: word.tickValue(),
            atomsPerLot: word.atomsPerLot(),
            makerPpm: word.makerPpm(),
            pauseHour: _pauseHour(word),
            isUnconfirmed: word.isUnconfirmed()
        });
    }

    /// @dev {BookWordLib.pausedUntil} without its multiplication, which solvers are slow at.
    function _pauseHour(BookWord word) private pure returns (uint256) {
        return (BookWord.unwrap(word) >> 232) & ((1 << 23) - 1);
    }
}
