// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {LedgerWord} from "./LedgerWord.sol";

/// @notice The ledger word of the quote asset. No market has it as base, so where other assets keep the totals of open
///         orders, it keeps what the operators' executions have lost today, and how much they may.
/// @dev | bits | field |
///      | 0–63 | loss of the day below, in quote atoms |
///      | 64–127 | daily loss budget of all operators together, in quote atoms |
///      | 128–151 | day of the loss: seconds since 1970 / 86,400 |
///      | 152–255 | as in {LedgerWord} |
///      It is written by every fill anyway, so the budget is kept at each fill without a word more.
type CashWord is uint256;

using CashWordLib for CashWord global;

/// @notice Fields of a {CashWord}.
library CashWordLib {
    uint256 private constant _DAY = 1 days;
    uint256 private constant _BUDGET_OFFSET = 64;
    uint256 private constant _DAY_OFFSET = 128;
    uint256 private constant _ATOMS_MASK = (1 << 64) - 1;
    uint256 private constant _DAY_MASK = (1 << 24) - 1;

    /// @notice The quote asset's ledger word, as cash.
    function fromLedger(LedgerWord word) internal pure returns (CashWord) {
        return CashWord.wrap(LedgerWord.unwrap(word));
    }

    /// @notice The cash word as a ledger word.
    function toLedger(CashWord word) internal pure returns (LedgerWord) {
        return LedgerWord.wrap(CashWord.unwrap(word));
    }

    /// @notice What operators' executions have lost since the day began [quote atoms].
    function lossAt(CashWord word, uint256 time) internal pure returns (uint256) {
        if ((CashWord.unwrap(word) >> _DAY_OFFSET) & _DAY_MASK != time / _DAY) return 0;
        return CashWord.unwrap(word) & _ATOMS_MASK;
    }

    /// @notice Daily loss budget [quote atoms].
    function budget(CashWord word) internal pure returns (uint256) {
        return (CashWord.unwrap(word) >> _BUDGET_OFFSET) & _ATOMS_MASK;
    }

    /// @notice Whether a further loss stays within the budget of the day; none always does.
    function canLose(CashWord word, uint256 lossAtoms, uint256 time) internal pure returns (bool) {
        if (lossAtoms == 0) return true;
        unchecked {
            // Losses are below 2^100.
            return word.lossAt(time) + lossAtoms <= word.budget();
        }
    }

    /// @notice The word with a further loss, cut at the budget: of fewer lots than {canLose} was asked for, the rounded
    ///         fee may lose an atom more.
    function withLoss(CashWord word, uint256 lossAtoms, uint256 time) internal pure returns (CashWord) {
        uint256 limit = word.budget();
        unchecked {
            // Losses are below 2^100.
            uint256 lost = word.lossAt(time) + lossAtoms;
            return word.withLossOfDay(lost < limit ? lost : limit, time);
        }
    }

    /// @notice The word with another loss of the day, at most the budget.
    function withLossOfDay(CashWord word, uint256 lossAtoms, uint256 time) internal pure returns (CashWord) {
        uint256 kept = CashWord.unwrap(word) & ~(_ATOMS_MASK | (_DAY_MASK << _DAY_OFFSET));
        // Days fit 24 bits for 45,000 years.
        return CashWord.wrap(kept | lossAtoms | ((time / _DAY) << _DAY_OFFSET));
    }

    /// @notice The word with another budget.
    function withBudget(CashWord word, uint64 budgetAtoms) internal pure returns (CashWord) {
        uint256 kept = CashWord.unwrap(word) & ~(_ATOMS_MASK << _BUDGET_OFFSET);
        return CashWord.wrap(kept | (uint256(budgetAtoms) << _BUDGET_OFFSET));
    }
}
