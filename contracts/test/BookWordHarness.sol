// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {BookWord, BookWordLib} from "../types/BookWord.sol";

/// @notice {BookWordLib} for tests.
contract BookWordHarness {
    /// @notice See {BookWordLib.create}.
    function create(uint24 minLots, uint32 tickValue, uint64 atomsPerLot, int16 makerPpm)
        external
        pure
        returns (uint256)
    {
        return BookWord.unwrap(BookWordLib.create(minLots, tickValue, atomsPerLot, makerPpm));
    }

    /// @notice Best ticks and limits of the band, bids first.
    function ticks(uint256 word) external pure returns (uint256 bid, uint256 ask, uint256 high, uint256 low) {
        BookWord book = BookWord.wrap(word);
        return (book.best(false), book.best(true), book.bandLimit(false), book.bandLimit(true));
    }

    /// @notice The terms.
    function terms(uint256 word)
        external
        pure
        returns (uint256 minLots, uint256 tickValue, uint256 atomsPerLot, int256 makerPpm)
    {
        BookWord book = BookWord.wrap(word);
        return (book.minLots(), book.tickValue(), book.atomsPerLot(), book.makerPpm());
    }

    /// @notice See {BookWordLib.openPerLot}.
    function openPerLot(uint256 word, bool isPerp) external pure returns (uint256) {
        return BookWord.wrap(word).openPerLot(isPerp);
    }

    /// @notice The flat margin of a perp.
    function flatMargin(uint256 word) external pure returns (uint256 until, uint256 bps, uint256 limit) {
        BookWord book = BookWord.wrap(word);
        return (book.flatUntil(), book.flatBps(), book.flatLimit());
    }

    /// @notice See {BookWordLib.withFlatMargin}.
    function withFlatMargin(uint256 word, uint32 until, uint16 bps, uint16 limit) external pure returns (uint256) {
        return BookWord.unwrap(BookWord.wrap(word).withFlatMargin(until, bps, limit));
    }

    /// @notice See {BookWordLib.crosses}.
    function crosses(uint256 word, bool isAsk, uint256 tick) external pure returns (bool) {
        return BookWord.wrap(word).crosses(isAsk, tick);
    }

    /// @notice See {BookWordLib.withBest}.
    function withBest(uint256 word, bool isAsk, uint24 tick) external pure returns (uint256) {
        return BookWord.unwrap(BookWord.wrap(word).withBest(isAsk, tick));
    }

    /// @notice See {BookWordLib.withBand}.
    function withBand(uint256 word, uint24 highestBid, uint24 lowestAsk, bool unconfirmed)
        external
        pure
        returns (uint256)
    {
        return BookWord.unwrap(BookWord.wrap(word).withBand(highestBid, lowestAsk, unconfirmed));
    }

    /// @notice See {BookWordLib.isUnconfirmed}.
    function isUnconfirmed(uint256 word) external pure returns (bool) {
        return BookWord.wrap(word).isUnconfirmed();
    }

    /// @notice See {BookWordLib.pausedUntil}.
    function pausedUntil(uint256 word) external pure returns (uint256) {
        return BookWord.wrap(word).pausedUntil();
    }

    /// @notice See {BookWordLib.withPauseUntilHour}.
    function withPauseUntilHour(uint256 word, uint24 hour) external pure returns (uint256) {
        return BookWord.unwrap(BookWord.wrap(word).withPauseUntilHour(hour));
    }
}
