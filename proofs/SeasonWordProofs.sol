// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {SeasonWord} from "../contracts/types/SeasonWord.sol";

/// @notice Deposits grow older and are withdrawn oldest first, and none is lost or made up.
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

    /// @notice A deposit is of today.
    function check_withDeposit(uint256 bits, uint80 atoms) external pure {
        SeasonWord word = SeasonWord.wrap(bits);
        uint256 today = word.today() + atoms;
        SeasonWord changed = word.withDeposit(atoms);
        assert(changed.day() == word.day());
        assert(changed.today() == (today < _MAX_ATOMS ? today : _MAX_ATOMS));
        assert(changed.yesterday() == word.yesterday());
        assert(changed.seasoned() == word.seasoned());
    }

    /// @notice A withdrawal takes the oldest deposits first, and no more than there is.
    function check_withWithdrawal(uint256 bits, uint128 atoms) external pure {
        SeasonWord word = SeasonWord.wrap(bits);
        SeasonWord changed = word.withWithdrawal(atoms);
        (uint256 seasoned, uint256 yesterday, uint256 today) = (word.seasoned(), word.yesterday(), word.today());
        assert(changed.day() == word.day());
        if (atoms <= seasoned) {
            _checkAtoms(changed, seasoned - atoms, yesterday, today);
        } else if (atoms <= seasoned + yesterday) {
            _checkAtoms(changed, 0, seasoned + yesterday - atoms, today);
        } else if (atoms <= _sum(word)) {
            _checkAtoms(changed, 0, 0, _sum(word) - atoms);
        } else {
            _checkAtoms(changed, 0, 0, 0);
        }
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
