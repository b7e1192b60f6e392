// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {CashWord} from "../contracts/types/CashWord.sol";
import {LedgerWord} from "../contracts/types/LedgerWord.sol";

/// @notice What operators lose is kept beside the balance of a quote ledger word, and neither changes the other.
contract CashWordProofs {
    uint256 private constant _DAY = 1 days;

    /// @notice A further loss within the budget is remembered on its day and forgotten on any other.
    function check_withLoss(uint256 bits, uint64 loss, uint32 time, uint32 later) external pure {
        CashWord word = CashWord.wrap(bits);
        if (loss == 0 || !word.canLose(loss, time)) return;
        uint256 lost = word.lossAt(time) + loss;
        CashWord changed = word.withLoss(loss, time);
        assert(lost <= word.budget());
        assert(changed.lossAt(time) == lost);
        assert(changed.lossAt(later) == (time / _DAY == later / _DAY ? lost : 0));
        assert(changed.budget() == word.budget());
        _checkLedger(changed, word);
    }

    /// @notice A loss beyond the budget is never allowed, and if it happens all the same it counts as the budget. What
    ///         loses nothing is always allowed.
    function check_withLoss_beyond(uint256 bits, uint128 loss, uint32 time) external pure {
        CashWord word = CashWord.wrap(bits);
        uint256 lost = word.lossAt(time) + loss;
        assert(word.canLose(loss, time) == (loss == 0 || lost <= word.budget()));
        CashWord changed = word.withLoss(loss, time);
        assert(changed.lossAt(time) == (lost < word.budget() ? lost : word.budget()));
        assert(changed.budget() == word.budget());
        _checkLedger(changed, word);
    }

    /// @notice Another loss of the day is remembered on that day alone.
    function check_withLossOfDay(uint256 bits, uint64 loss, uint32 time, uint32 later) external pure {
        CashWord word = CashWord.wrap(bits);
        CashWord changed = word.withLossOfDay(loss, time);
        assert(changed.lossAt(later) == (time / _DAY == later / _DAY ? loss : 0));
        assert(changed.budget() == word.budget());
        _checkLedger(changed, word);
    }

    /// @notice Another budget leaves loss and balance alone.
    function check_withBudget(uint256 bits, uint64 budget, uint32 time) external pure {
        CashWord word = CashWord.wrap(bits);
        CashWord changed = word.withBudget(budget);
        assert(changed.budget() == budget);
        assert(changed.lossAt(time) == word.lossAt(time));
        _checkLedger(changed, word);
    }

    /// @notice Cash that moves leaves loss and budget alone.
    function check_add(uint256 bits, int96 atoms, uint32 time) external pure {
        CashWord word = CashWord.wrap(bits);
        CashWord changed = CashWord.wrap(LedgerWord.unwrap(word.toLedger().add(atoms).touched()));
        assert(changed.budget() == word.budget());
        assert(changed.lossAt(time) == word.lossAt(time));
    }

    /// @dev All but the fields of a cash word: the flags and the balance of a ledger word.
    function _checkLedger(CashWord changed, CashWord word) private pure {
        assert(CashWord.unwrap(changed) >> 152 == CashWord.unwrap(word) >> 152);
    }
}
