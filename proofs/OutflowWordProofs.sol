// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {OutflowWord, OutflowWordLib} from "../contracts/types/OutflowWord.sol";

/// @notice What leaves and comes in is kept by days, signed, and no field of an {OutflowWord} changes another.
contract OutflowWordProofs {
    int256 private constant _MAX_ATOMS = (1 << 79) - 1;
    uint256 private constant _MAX_PPM = 1e6;

    /// @notice A new word has its limit and nothing else.
    function check_create(uint32 limitPpm) external pure {
        if (limitPpm > _MAX_PPM) return;
        _checkFields(OutflowWordLib.create(limitPpm), 0, limitPpm, 0, 0);
    }

    /// @notice Time moves days on, never back: today becomes yesterday, and what was before is forgotten.
    function check_at(uint256 bits, uint32 time) external pure {
        OutflowWord word = OutflowWord.wrap(bits);
        uint256 day = uint256(time) / 1 days;
        if (day < word.day()) return;
        uint256 age = day - word.day();
        int256 today = age == 0 ? word.today() : int256(0);
        int256 yesterday = age == 0 ? word.yesterday() : age == 1 ? _cut(word.today()) : int256(0);
        _checkFields(word.at(time), day, word.limitPpm(), today, yesterday);
    }

    /// @notice What is added to each day is there afterwards, with its sign, cut to its field.
    function check_withOutflow(uint256 bits, int96 todayAtoms, int96 yesterdayAtoms) external pure {
        OutflowWord word = OutflowWord.wrap(bits);
        int256 today = _cut(word.today() + todayAtoms);
        int256 yesterday = _cut(word.yesterday() + yesterdayAtoms);
        _checkFields(word.withOutflow(todayAtoms, yesterdayAtoms), word.day(), word.limitPpm(), today, yesterday);
    }

    /// @notice Another limit leaves day and amounts alone.
    function check_withLimit(uint256 bits, uint32 limitPpm) external pure {
        if (limitPpm > _MAX_PPM) return;
        OutflowWord word = OutflowWord.wrap(bits);
        _checkFields(word.withLimit(limitPpm), word.day(), limitPpm, word.today(), word.yesterday());
    }

    /// @notice What came in yesterday makes no room today, whatever the hour.
    function check_level_room(uint256 bits, uint64 time) external pure {
        OutflowWord word = OutflowWord.wrap(bits);
        if (word.yesterday() > 0) return;
        assert(word.level(time) == word.today());
    }

    function _cut(int256 atoms) private pure returns (int256) {
        if (atoms > _MAX_ATOMS) return _MAX_ATOMS;
        return atoms < -_MAX_ATOMS ? -_MAX_ATOMS : atoms;
    }

    function _checkFields(OutflowWord word, uint256 day, uint256 limitPpm, int256 today, int256 yesterday)
        private
        pure
    {
        assert(word.day() == day);
        assert(word.limitPpm() == limitPpm);
        assert(word.today() == today);
        assert(word.yesterday() == yesterday);
    }
}
