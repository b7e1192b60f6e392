// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {LedgerWord, LedgerWordLib} from "../contracts/types/LedgerWord.sol";

/// @notice Changing a field of any {LedgerWord} changes no other, as long as each stays within its width.
contract LedgerWordProofs {
    int256 private constant _MAX_BALANCE = (1 << 95) - 1;
    int256 private constant _MIN_BALANCE = -(1 << 95);
    uint256 private constant _MAX_OPEN = (1 << 76) - 1;

    /// @notice Atoms added to a balance, or taken from it.
    function check_add(uint256 bits, int96 atoms) external pure {
        LedgerWord word = LedgerWord.wrap(bits);
        int256 sum = word.balance() + atoms;
        if (sum > _MAX_BALANCE || sum < _MIN_BALANCE) return;
        LedgerWord changed = word.add(atoms);
        assert(changed.balance() == sum);
        _checkBelowBalance(changed, word);
    }

    /// @notice Atoms added to the open total of a side; only a total that does not fit is refused.
    function check_open(uint256 bits, bool isAsk, uint104 atoms) external pure {
        LedgerWord word = LedgerWord.wrap(bits);
        uint256 total = _open(word, isAsk) + atoms;
        (LedgerWord changed, bool fits) = word.open(isAsk, atoms);
        assert(fits == (total <= _MAX_OPEN));
        if (!fits) return;
        assert(_open(changed, isAsk) == total);
        _checkAllButOpen(changed, word, isAsk);
    }

    /// @notice Atoms taken from the open total of a side that has them.
    function check_close(uint256 bits, bool isAsk, uint104 atoms) external pure {
        LedgerWord word = LedgerWord.wrap(bits);
        if (atoms > _open(word, isAsk)) return;
        LedgerWord changed = word.close(isAsk, atoms);
        assert(_open(changed, isAsk) == _open(word, isAsk) - atoms);
        _checkAllButOpen(changed, word, isAsk);
    }

    /// @notice A touched word is never zero, and nothing but a flag of it has changed.
    function check_touched(uint256 bits) external pure {
        LedgerWord word = LedgerWord.wrap(bits);
        LedgerWord changed = word.touched();
        assert(LedgerWord.unwrap(changed) != 0);
        assert(changed.balance() == word.balance());
        assert(changed.openBids() == word.openBids());
        assert(changed.openAsks() == word.openAsks());
        assert(changed.isEmpty() == word.isEmpty());
    }

    /// @notice A word is empty if it has neither a balance nor an open total.
    function check_isEmpty(uint256 bits) external pure {
        LedgerWord word = LedgerWord.wrap(bits);
        assert(word.isEmpty() == (word.balance() == 0 && word.openBids() == 0 && word.openAsks() == 0));
    }

    function _checkAllButOpen(LedgerWord changed, LedgerWord word, bool isAsk) private pure {
        assert(changed.balance() == word.balance());
        assert(_open(changed, !isAsk) == _open(word, !isAsk));
        assert(_flags(changed) == _flags(word));
    }

    function _checkBelowBalance(LedgerWord changed, LedgerWord word) private pure {
        assert(changed.openBids() == word.openBids());
        assert(changed.openAsks() == word.openAsks());
        assert(_flags(changed) == _flags(word));
    }

    function _open(LedgerWord word, bool isAsk) private pure returns (uint256) {
        return isAsk ? word.openAsks() : word.openBids();
    }

    function _flags(LedgerWord word) private pure returns (uint256) {
        return (LedgerWord.unwrap(word) >> 152) & 0xff;
    }
}
