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
        assert(changed.isLent() == word.isLent());
    }

    /// @notice Whether a balance is lent changes nothing else.
    function check_withLent(uint256 bits, bool lent) external pure {
        LedgerWord word = LedgerWord.wrap(bits);
        LedgerWord changed = word.withLent(lent);
        assert(changed.isLent() == lent);
        assert(changed.balance() == word.balance());
        assert(changed.openBids() == word.openBids());
        assert(changed.openAsks() == word.openAsks());
        assert(LedgerWord.unwrap(changed.withLent(word.isLent())) == bits);
    }

    /// @notice Only what is neither lent nor owed is in custody, before and after atoms move.
    function check_isCustodyAfter(uint256 bits, int96 atoms) external pure {
        LedgerWord word = LedgerWord.wrap(bits);
        int256 sum = word.balance() + atoms;
        if (sum > _MAX_BALANCE || sum < _MIN_BALANCE) return;
        assert(word.isCustody() == (!word.isLent() && word.balance() >= 0));
        assert(word.isCustodyAfter(atoms) == (word.isCustody() && word.add(atoms).isCustody()));
    }

    /// @notice A bare word has neither a debt nor an open order; that of the quote asset has no orders at all.
    function check_isBare(uint256 bits, uint8 asset) external pure {
        LedgerWord word = LedgerWord.wrap(bits);
        bool hasOrders = asset != 0 && (word.openBids() != 0 || word.openAsks() != 0);
        assert(word.isBare(asset) == (word.balance() >= 0 && !hasOrders));
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
