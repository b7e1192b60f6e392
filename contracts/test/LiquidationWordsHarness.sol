// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {AuctionWord, AuctionWordLib} from "../types/AuctionWord.sol";
import {FundWord} from "../types/FundWord.sol";
import {LiquidationWord} from "../types/LiquidationWord.sol";
import {MoveWord} from "../types/MoveWord.sol";
import {PauseWord, PauseWordLib} from "../types/PauseWord.sol";

/// @notice The words of flags, funds and fast prices, for tests.
contract LiquidationWordsHarness {
    /// @notice See {AuctionWordLib.create}.
    function createAuction(uint256 time, uint256 windowEnd) external pure returns (uint256) {
        return AuctionWord.unwrap(AuctionWordLib.create(time, windowEnd));
    }

    /// @notice All fields of an auction word.
    function auction(uint256 word)
        external
        pure
        returns (uint256 windowEnd, uint256 clockStart, uint256 flaggedAt, bool inDeficit)
    {
        AuctionWord wrapped = AuctionWord.wrap(word);
        return (wrapped.windowEnd(), wrapped.clockStart(), wrapped.flaggedAt(), wrapped.isInDeficit());
    }

    /// @notice See {AuctionWordLib.restarted}.
    function restarted(uint256 word, uint256 time) external pure returns (uint256) {
        return AuctionWord.unwrap(AuctionWord.wrap(word).restarted(time));
    }

    /// @notice See {AuctionWordLib.withDeficit}.
    function withDeficit(uint256 word, bool inDeficit) external pure returns (uint256) {
        return AuctionWord.unwrap(AuctionWord.wrap(word).withDeficit(inDeficit));
    }

    /// @notice All fields of a liquidation word.
    function counts(uint256 word)
        external
        pure
        returns (uint256 flagged, uint256 inDeficit, uint256 bonds, uint256 lines, uint256 backstop)
    {
        LiquidationWord wrapped = LiquidationWord.wrap(word);
        return (wrapped.flagged(), wrapped.inDeficit(), wrapped.bonds(), wrapped.lines(), wrapped.backstop());
    }

    /// @notice A liquidation word with another account flagged, or in deficit, or one fewer.
    function counted(uint256 word, bool inDeficit, bool more) external pure returns (uint256) {
        LiquidationWord wrapped = LiquidationWord.wrap(word);
        return LiquidationWord.unwrap(inDeficit ? wrapped.withDeficit(more) : wrapped.withFlagged(more));
    }

    /// @notice A liquidation word with other bonds and lines, and a backstop.
    function locked(uint256 word, int256 bonds, int256 lines, uint256 backstop) external pure returns (uint256) {
        LiquidationWord wrapped = LiquidationWord.wrap(word).withBonds(bonds).withLines(lines);
        return LiquidationWord.unwrap(wrapped.withBackstop(backstop));
    }

    /// @notice Fields of a fund word as it is at a time.
    function fund(uint256 word, uint256 time)
        external
        pure
        returns (uint256 now_, uint256 insurance, uint256 backstop)
    {
        FundWord wrapped = FundWord.wrap(word).at(time);
        return (FundWord.unwrap(wrapped), wrapped.insurance(), wrapped.backstop());
    }

    /// @notice See {FundWordLib.withPaid}.
    function paid(uint256 word, uint256 insuranceAtoms, uint256 backstopAtoms) external pure returns (uint256) {
        return FundWord.unwrap(FundWord.wrap(word).withPaid(insuranceAtoms, backstopAtoms));
    }

    /// @notice A move word as it is at a time, and its range.
    function move(uint256 word, uint256 time) external pure returns (uint256 now_, uint256 low, uint256 high) {
        MoveWord wrapped = MoveWord.wrap(word).at(time);
        (low, high) = wrapped.range();
        return (MoveWord.unwrap(wrapped), low, high);
    }

    /// @notice See {MoveWordLib.withPrice}.
    function withPrice(uint256 word, uint256 price) external pure returns (uint256) {
        return MoveWord.unwrap(MoveWord.wrap(word).withPrice(price));
    }

    /// @notice See {PauseWordLib.create}.
    function createPause(uint256 until) external pure returns (uint256) {
        return PauseWord.unwrap(PauseWordLib.create(until));
    }

    /// @notice End of a pause.
    function pausedUntil(uint256 word) external pure returns (uint256) {
        return PauseWord.wrap(word).until();
    }
}
