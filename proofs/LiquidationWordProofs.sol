// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {LiquidationWord} from "../contracts/types/LiquidationWord.sol";

/// @notice Counts and sums of a {LiquidationWord} grow and fall by themselves, as long as they fit their fields.
contract LiquidationWordProofs {
    /// @notice One flagged account more or fewer changes that count alone.
    function check_withFlagged(uint256 bits, bool more) external pure {
        LiquidationWord word = LiquidationWord.wrap(bits);
        if (word.flagged() == (more ? type(uint32).max : 0)) return;
        uint256 flagged = more ? word.flagged() + 1 : word.flagged() - 1;
        _checkFields(word.withFlagged(more), word, flagged, word.inDeficit(), word.bonds(), word.lines());
    }

    /// @notice One account in deficit more or fewer changes that count alone.
    function check_withDeficit(uint256 bits, bool more) external pure {
        LiquidationWord word = LiquidationWord.wrap(bits);
        if (word.inDeficit() == (more ? type(uint32).max : 0)) return;
        uint256 inDeficit = more ? word.inDeficit() + 1 : word.inDeficit() - 1;
        _checkFields(word.withDeficit(more), word, word.flagged(), inDeficit, word.bonds(), word.lines());
    }

    /// @notice Bonds change by themselves.
    function check_withBonds(uint256 bits, int80 atoms) external pure {
        LiquidationWord word = LiquidationWord.wrap(bits);
        int256 bonds = int256(word.bonds()) + atoms;
        if (bonds < 0 || bonds >= 1 << 80) return;
        _checkFields(word.withBonds(atoms), word, word.flagged(), word.inDeficit(), uint256(bonds), word.lines());
    }

    /// @notice What is locked in lines changes by itself.
    function check_withLines(uint256 bits, int80 atoms) external pure {
        LiquidationWord word = LiquidationWord.wrap(bits);
        int256 lines = int256(word.lines()) + atoms;
        if (lines < 0 || lines >= 1 << 79) return;
        _checkFields(word.withLines(atoms), word, word.flagged(), word.inDeficit(), word.bonds(), uint256(lines));
    }

    /// @notice The first backstop is there afterwards, and changes nothing else.
    function check_withBackstop(uint256 bits, uint32 accountId) external pure {
        LiquidationWord word = LiquidationWord.wrap(bits);
        if (word.backstop() != 0) return;
        LiquidationWord later = word.withBackstop(accountId);
        assert(later.backstop() == accountId);
        assert(uint224(LiquidationWord.unwrap(later)) == uint224(bits));
    }

    function _checkFields(
        LiquidationWord later,
        LiquidationWord word,
        uint256 flagged,
        uint256 inDeficit,
        uint256 bonds,
        uint256 lines
    ) private pure {
        assert(later.flagged() == flagged);
        assert(later.inDeficit() == inDeficit);
        assert(later.bonds() == bonds);
        assert(later.lines() == lines);
        assert(later.backstop() == word.backstop());
        assert(LiquidationWord.unwrap(later) != 0);
    }
}
