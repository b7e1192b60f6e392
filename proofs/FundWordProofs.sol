// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {FundWord} from "../contracts/types/FundWord.sol";

/// @notice What funds pay counts for its day alone, and for the fund that paid it.
contract FundWordProofs {
    /// @notice On its own day a word is as it was; on any other nothing is paid yet, and it is not zero.
    function check_at(uint256 bits, uint32 time) external pure {
        FundWord word = FundWord.wrap(bits);
        FundWord now_ = word.at(time);
        if (uint256(time) / 1 days == _day(word)) {
            assert(FundWord.unwrap(now_) == bits);
            return;
        }
        assert(_day(now_) == uint256(time) / 1 days);
        assert(now_.insurance() | now_.backstop() == 0);
        assert(FundWord.unwrap(now_) != 0);
    }

    /// @notice What each fund pays is added to its own, and the day stays.
    function check_withPaid(uint256 bits, uint80 insuranceAtoms, uint80 backstopAtoms) external pure {
        FundWord word = FundWord.wrap(bits);
        uint256 insurance = word.insurance() + insuranceAtoms;
        uint256 backstop = word.backstop() + backstopAtoms;
        if (insurance >> 80 != 0 || backstop >> 80 != 0) return;
        FundWord paid = word.withPaid(insuranceAtoms, backstopAtoms);
        assert(_day(paid) == _day(word));
        assert(paid.insurance() == insurance);
        assert(paid.backstop() == backstop);
        assert(FundWord.unwrap(paid) >> 176 == bits >> 176);
    }

    function _day(FundWord word) private pure returns (uint256) {
        return FundWord.unwrap(word) & 0xffff;
    }
}
