// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {SeasonWord, SeasonWordLib} from "../contracts/types/SeasonWord.sol";

/// @notice Deposits grow older and go out again, and none is lost or made up.
contract SeasonWordProofs {
    uint256 private constant _MAX_ATOMS = (1 << 80) - 1;

    /// @notice Time moves deposits on, never back, and leaves their sum as it is.
    function check_at(uint256 bits, uint32 time) external pure {
        SeasonWord word = SeasonWord.wrap(bits);
        uint256 day = uint256(time) / 1 days;
        if (day < word.day() || _sum(word) > _MAX_ATOMS) return;
        SeasonWord moved = word.at(time);
        assert(moved.day() == day);
        assert(_sum(moved) == _sum(word));
        uint256 age = day - word.day();
        assert(moved.today() == (age == 0 ? word.today() : 0));
        assert(moved.yesterday() == (age == 0 ? word.yesterday() : age == 1 ? word.today() : 0));
    }

    /// @notice What is added of each age is there afterwards, cut to its field.
    function check_plus(uint256 bits, uint80 today, uint80 yesterday, uint80 seasoned) external pure {
        SeasonWord word = SeasonWord.wrap(bits);
        SeasonWord changed = word.plus(SeasonWordLib.Aged(today, yesterday, seasoned));
        assert(changed.day() == word.day());
        _checkAtoms(
            changed, _cut(word.seasoned() + seasoned), _cut(word.yesterday() + yesterday), _cut(word.today() + today)
        );
    }

    /// @notice What is taken out is gone and was there, of the oldest or the newest first, and never more than there is.
    function check_minus(uint256 bits, uint128 atoms, bool seasonedFirst) external pure {
        SeasonWord word = SeasonWord.wrap(bits);
        (SeasonWord rest, SeasonWordLib.Aged memory taken) = word.minus(atoms, seasonedFirst);
        assert(rest.day() == word.day());
        _checkAtoms(
            rest, word.seasoned() - taken.seasoned, word.yesterday() - taken.yesterday, word.today() - taken.today
        );
        uint256 sum = taken.seasoned + taken.yesterday + taken.today;
        assert(sum == (atoms < _sum(word) ? atoms : _sum(word)));
        if (seasonedFirst && taken.yesterday + taken.today != 0) assert(rest.seasoned() == 0);
        if (!seasonedFirst && taken.seasoned != 0) assert(rest.yesterday() + rest.today() == 0);
    }

    /// @notice No more than the balance is left, and what goes is the oldest.
    function check_cutTo(uint256 bits, uint96 balanceAtoms) external pure {
        SeasonWord word = SeasonWord.wrap(bits);
        SeasonWord rest = word.cutTo(balanceAtoms);
        assert(rest.day() == word.day());
        assert(_sum(rest) == (_sum(word) < balanceAtoms ? _sum(word) : balanceAtoms));
        assert(rest.seasoned() <= word.seasoned());
        assert(rest.yesterday() <= word.yesterday());
        assert(rest.today() <= word.today());
        if (rest.yesterday() < word.yesterday()) assert(rest.seasoned() == 0);
        if (rest.today() < word.today()) assert(rest.yesterday() == 0);
    }

    function _cut(uint256 atoms) private pure returns (uint256) {
        return atoms < _MAX_ATOMS ? atoms : _MAX_ATOMS;
    }

    function _checkAtoms(SeasonWord word, uint256 seasoned, uint256 yesterday, uint256 today) private pure {
        assert(word.seasoned() == seasoned);
        assert(word.yesterday() == yesterday);
        assert(word.today() == today);
    }

    function _sum(SeasonWord word) private pure returns (uint256) {
        return word.today() + word.yesterday() + word.seasoned();
    }
}
