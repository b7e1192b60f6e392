// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

/// @notice How long ago an account deposited what it has of an asset, less what it withdrew.
/// @dev | bits | field |
///      | 0–15 | day of the last change: seconds since 1970 / 86,400 |
///      | 16–95 | deposited on that day, in atoms |
///      | 96–175 | deposited on the day before, in atoms |
///      | 176–255 | seasoned: deposited earlier, so more than a day ago whatever the hour, in atoms |
type SeasonWord is uint256;

using SeasonWordLib for SeasonWord global;

/// @notice Fields of a {SeasonWord}.
library SeasonWordLib {
    uint256 private constant _DAY_MASK = (1 << 16) - 1;
    uint256 private constant _TODAY_OFFSET = 16;
    uint256 private constant _YESTERDAY_OFFSET = 96;
    uint256 private constant _SEASONED_OFFSET = 176;
    uint256 private constant _ATOMS_MASK = (1 << 80) - 1;

    /// @notice Day of the last change.
    function day(SeasonWord word) internal pure returns (uint256) {
        return SeasonWord.unwrap(word) & _DAY_MASK;
    }

    /// @notice Deposited on that day [atoms].
    function today(SeasonWord word) internal pure returns (uint256) {
        return (SeasonWord.unwrap(word) >> _TODAY_OFFSET) & _ATOMS_MASK;
    }

    /// @notice Deposited on the day before [atoms].
    function yesterday(SeasonWord word) internal pure returns (uint256) {
        return (SeasonWord.unwrap(word) >> _YESTERDAY_OFFSET) & _ATOMS_MASK;
    }

    /// @notice Deposited earlier [atoms].
    function seasoned(SeasonWord word) internal pure returns (uint256) {
        return SeasonWord.unwrap(word) >> _SEASONED_OFFSET;
    }

    /// @notice All that was deposited and not withdrawn [atoms].
    function total(SeasonWord word) internal pure returns (uint256) {
        return word.seasoned() + word.yesterday() + word.today();
    }

    /// @notice The word as it is at a time: what is a day older has moved on.
    function at(SeasonWord word, uint256 time) internal pure returns (SeasonWord) {
        // Days fit 16 bits until the year 2149.
        uint256 now_ = time / 1 days;
        uint256 age = now_ - word.day();
        if (age == 0) return word;
        if (age == 1) return _create(now_, 0, word.today(), word.seasoned() + word.yesterday());
        return _create(now_, 0, 0, word.total());
    }

    /// @notice The word, as it is now, with a deposit.
    /// @dev Sums stay below 2^80: an account never has more than the exchange may hold, and what is withdrawn is
    ///      subtracted; only what others lost to it escapes, and then the sum is cut to the field.
    function withDeposit(SeasonWord word, uint256 atoms) internal pure returns (SeasonWord) {
        return _create(word.day(), _cut(word.today() + atoms), word.yesterday(), word.seasoned());
    }

    /// @notice The word, as it is now, with a withdrawal: taken from the oldest deposits first.
    function withWithdrawal(SeasonWord word, uint256 atoms) internal pure returns (SeasonWord) {
        (uint256 seasoned_, uint256 left) = _take(word.seasoned(), atoms);
        uint256 yesterday_;
        uint256 today_;
        (yesterday_, left) = _take(word.yesterday(), left);
        (today_,) = _take(word.today(), left);
        return _create(word.day(), today_, yesterday_, seasoned_);
    }

    function _take(uint256 from, uint256 atoms) private pure returns (uint256 rest, uint256 left) {
        uint256 taken = from < atoms ? from : atoms;
        return (from - taken, atoms - taken);
    }

    function _cut(uint256 atoms) private pure returns (uint256) {
        return atoms > _ATOMS_MASK ? _ATOMS_MASK : atoms;
    }

    function _create(uint256 day_, uint256 today_, uint256 yesterday_, uint256 seasoned_)
        private
        pure
        returns (SeasonWord)
    {
        uint256 recent = (today_ << _TODAY_OFFSET) | (yesterday_ << _YESTERDAY_OFFSET);
        return SeasonWord.wrap(day_ | recent | (_cut(seasoned_) << _SEASONED_OFFSET));
    }
}
