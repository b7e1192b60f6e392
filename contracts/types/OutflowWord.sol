// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

/// @notice What of an asset has left the exchange today and yesterday, net of what came in, and how much may.
/// @dev | bits | field |
///      | 0–15 | day of the last change: seconds since 1970 / 86,400 |
///      | 16–35 | limit: share of what is held that may leave in a day, in ppm |
///      | 36–95 | spare |
///      | 96–175 | net outflow of the day before, signed, in atoms |
///      | 176–255 | net outflow of that day, signed, in atoms |
type OutflowWord is uint256;

using OutflowWordLib for OutflowWord global;

/// @notice Fields of an {OutflowWord}.
library OutflowWordLib {
    uint256 private constant _PPM = 1e6;
    uint256 private constant _DAY_MASK = (1 << 16) - 1;
    uint256 private constant _LIMIT_OFFSET = 16;
    uint256 private constant _LIMIT_MASK = (1 << 20) - 1;
    uint256 private constant _YESTERDAY_OFFSET = 96;
    uint256 private constant _TODAY_OFFSET = 176;
    uint256 private constant _ATOMS_MASK = (1 << 80) - 1;

    /// @notice The word of a new asset.
    function create(uint256 limitPpm_) internal pure returns (OutflowWord) {
        return OutflowWord.wrap(limitPpm_ << _LIMIT_OFFSET);
    }

    /// @notice Day of the last change.
    function day(OutflowWord word) internal pure returns (uint256) {
        return OutflowWord.unwrap(word) & _DAY_MASK;
    }

    /// @notice Share of what is held that may leave in a day [ppm].
    function limitPpm(OutflowWord word) internal pure returns (uint256) {
        return (OutflowWord.unwrap(word) >> _LIMIT_OFFSET) & _LIMIT_MASK;
    }

    /// @notice Net outflow of that day; negative if more came in [atoms].
    function today(OutflowWord word) internal pure returns (int256) {
        // An arithmetic shift keeps the sign of the topmost field.
        return int256(OutflowWord.unwrap(word)) >> _TODAY_OFFSET;
    }

    /// @notice Net outflow of the day before; negative if more came in [atoms].
    function yesterday(OutflowWord word) internal pure returns (int256) {
        // Shifted to the top first, the field keeps its sign on the way back.
        return int256(OutflowWord.unwrap(word) << (256 - _TODAY_OFFSET)) >> _TODAY_OFFSET;
    }

    /// @notice The word as it is at a time: what is a day older has moved on.
    function at(OutflowWord word, uint256 time) internal pure returns (OutflowWord) {
        // Days fit 16 bits until the year 2149.
        uint256 now_ = time / 1 days;
        uint256 age = now_ - word.day();
        if (age == 0) return word;
        return _create(now_, word.limitPpm(), 0, age == 1 ? word.today() : int256(0));
    }

    /// @notice Net outflow that counts at a time of the word's day: that of the day, and of what went out the day before
    ///         the part that is less than a day ago if it went out evenly, rounded up. What came in the day before makes
    ///         room for itself alone: it will soon leave without being counted [atoms].
    function level(OutflowWord word, uint256 time) internal pure returns (int256) {
        int256 before = word.yesterday();
        if (before <= 0) return word.today();
        uint256 left = 1 days - time % 1 days;
        // Below 2^79 · 2^17.
        return word.today() + int256((uint256(before) * left + 1 days - 1) / 1 days);
    }

    /// @notice The most that may have left, net, of what was held before that, rounded down [atoms].
    /// @param heldAtoms What the exchange holds now, below 2^80 [atoms].
    /// @param level_ Net outflow now: what came in lately does not lift the limit [atoms].
    function limitAtoms(OutflowWord word, uint256 heldAtoms, int256 level_) internal pure returns (uint256) {
        int256 before = int256(heldAtoms) + level_;
        // The cast is safe behind the test of the sign.
        return before > 0 ? uint256(before) * word.limitPpm() / _PPM : 0;
    }

    /// @notice The word, as it is now, with more net outflow; both days stay within 2^79 atoms, which is more than the
    ///         exchange can hold.
    function withOutflow(OutflowWord word, int256 todayAtoms, int256 yesterdayAtoms)
        internal
        pure
        returns (OutflowWord)
    {
        return _create(word.day(), word.limitPpm(), word.today() + todayAtoms, word.yesterday() + yesterdayAtoms);
    }

    /// @notice The word with another limit [ppm].
    function withLimit(OutflowWord word, uint256 limitPpm_) internal pure returns (OutflowWord) {
        uint256 kept = OutflowWord.unwrap(word) & ~(_LIMIT_MASK << _LIMIT_OFFSET);
        return OutflowWord.wrap(kept | (limitPpm_ << _LIMIT_OFFSET));
    }

    function _create(uint256 day_, uint256 limitPpm_, int256 today_, int256 yesterday_)
        private
        pure
        returns (OutflowWord)
    {
        uint256 head =
            day_ | (limitPpm_ << _LIMIT_OFFSET) | ((_field(yesterday_) & _ATOMS_MASK) << _YESTERDAY_OFFSET);
        return OutflowWord.wrap(head | (_field(today_) << _TODAY_OFFSET));
    }

    /// @dev A signed amount cut to 80 bits. Sums of a day can pass that only by tokens that return and leave again
    ///      without ever being counted as deposited.
    function _field(int256 atoms) private pure returns (uint256) {
        int256 most = int256(_ATOMS_MASK >> 1);
        if (atoms > most) atoms = most;
        if (atoms < -most) atoms = -most;
        return uint256(atoms);
    }
}
