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
    /// @notice Amounts by the age of deposits [atoms].
    struct Aged {
        uint256 today;
        uint256 yesterday;
        uint256 seasoned;
    }

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

    /// @notice The word as it is at a time: what is a day older has moved on.
    function at(SeasonWord word, uint256 time) internal pure returns (SeasonWord) {
        // Days fit 16 bits until the year 2149.
        uint256 now_ = time / 1 days;
        uint256 age = now_ - word.day();
        if (age == 0) return word;
        if (age == 1) return _create(now_, 0, word.today(), word.seasoned() + word.yesterday());
        return _create(now_, 0, 0, word.seasoned() + word.yesterday() + word.today());
    }

    /// @notice The word, as it is now, with no more in all than a balance: what was deposited and then traded away is no
    ///         longer there to be taken out.
    function cutTo(SeasonWord word, uint256 balanceAtoms) internal pure returns (SeasonWord rest) {
        uint256 sum = word.seasoned() + word.yesterday() + word.today();
        if (sum <= balanceAtoms) return word;
        (rest,) = word.minus(sum - balanceAtoms, true);
    }

    /// @notice The word, as it is now, with more in each field: a deposit of today, or what is transferred with its age.
    /// @dev Sums stay below 2^80: an account never has more than the exchange may hold, and what it withdraws is
    ///      subtracted; only what others lost to it escapes, and then a sum is cut to its field.
    function plus(SeasonWord word, Aged memory aged) internal pure returns (SeasonWord) {
        return _create(
            word.day(), word.today() + aged.today, word.yesterday() + aged.yesterday, word.seasoned() + aged.seasoned
        );
    }

    /// @notice The word, as it is now, without what is taken out, or as much of it as there is.
    /// @param seasonedFirst Whether the oldest deposits go first; else the newest.
    /// @return rest The word that is left.
    /// @return taken What was taken out of each field.
    function minus(SeasonWord word, uint256 atoms, bool seasonedFirst)
        internal
        pure
        returns (SeasonWord rest, Aged memory taken)
    {
        if (seasonedFirst) taken.seasoned = _least(word.seasoned(), atoms);
        atoms -= taken.seasoned;
        taken.yesterday = _least(word.yesterday(), atoms);
        atoms -= taken.yesterday;
        taken.today = _least(word.today(), atoms);
        atoms -= taken.today;
        if (!seasonedFirst) taken.seasoned = _least(word.seasoned(), atoms);
        rest = _create(
            word.day(), word.today() - taken.today, word.yesterday() - taken.yesterday, word.seasoned() - taken.seasoned
        );
    }

    function _least(uint256 a, uint256 b) private pure returns (uint256) {
        return a < b ? a : b;
    }

    function _cut(uint256 atoms) private pure returns (uint256) {
        return atoms > _ATOMS_MASK ? _ATOMS_MASK : atoms;
    }

    function _create(uint256 day_, uint256 today_, uint256 yesterday_, uint256 seasoned_)
        private
        pure
        returns (SeasonWord)
    {
        uint256 recent = (_cut(today_) << _TODAY_OFFSET) | (_cut(yesterday_) << _YESTERDAY_OFFSET);
        return SeasonWord.wrap(day_ | recent | (_cut(seasoned_) << _SEASONED_OFFSET));
    }
}
