// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

/// @notice What a step of a risk plan may still do; zero for a step that never was.
/// @dev | bits | field |
///      | 0–79 | left: the most that it ever does yet, in lots or atoms |
///      | 80–159 | the least that it does at once, in lots or atoms |
///      | 160–191 | time from which it may act again, seconds |
///      | 192 | touched: keeps a used word from ever being zero |
///      | 193–255 | spare |
type PlanStateWord is uint256;

using PlanStateWordLib for PlanStateWord global;

/// @notice Fields of a {PlanStateWord}.
library PlanStateWordLib {
    uint256 private constant _AMOUNT_MASK = (1 << 80) - 1;
    uint256 private constant _MIN_FILL_OFFSET = 80;
    uint256 private constant _READY_OFFSET = 160;
    uint256 private constant _TOUCHED = 1 << 192;

    /// @notice The word of a new step, amounts below 2^80 [lots or atoms].
    function create(uint256 left_, uint256 minFill_) internal pure returns (PlanStateWord) {
        return PlanStateWord.wrap(left_ | (minFill_ << _MIN_FILL_OFFSET) | _TOUCHED);
    }

    /// @notice The most that it ever does yet [lots or atoms].
    function left(PlanStateWord word) internal pure returns (uint256) {
        return PlanStateWord.unwrap(word) & _AMOUNT_MASK;
    }

    /// @notice The least that it does at once, as it was set [lots or atoms].
    function minFill(PlanStateWord word) internal pure returns (uint256) {
        return (PlanStateWord.unwrap(word) >> _MIN_FILL_OFFSET) & _AMOUNT_MASK;
    }

    /// @notice The least that it must do now: no more than is left, but something [lots or atoms].
    function least(PlanStateWord word) internal pure returns (uint256) {
        (uint256 left_, uint256 minFill_) = (word.left(), word.minFill());
        if (minFill_ > left_) minFill_ = left_;
        return minFill_ == 0 ? 1 : minFill_;
    }

    /// @notice Time from which it may act again [seconds].
    function readyAt(PlanStateWord word) internal pure returns (uint256) {
        return (PlanStateWord.unwrap(word) >> _READY_OFFSET) & type(uint32).max;
    }

    /// @notice The word after the step has done something.
    /// @param done No more than is left [lots or atoms].
    /// @param readyAt_ When it may act again, below 2^32 [seconds].
    function executed(PlanStateWord word, uint256 done, uint256 readyAt_) internal pure returns (PlanStateWord) {
        return PlanStateWord.wrap(
            (word.left() - done) | (word.minFill() << _MIN_FILL_OFFSET) | (readyAt_ << _READY_OFFSET) | _TOUCHED
        );
    }
}
