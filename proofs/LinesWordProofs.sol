// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {LinesWord, LinesWordLib} from "../contracts/types/LinesWord.sol";

/// @notice Lenders of a {LinesWord} stand in the order in which they came, without gaps.
/// @custom:halmos --loop 5
contract LinesWordProofs {
    /// @notice A new lender stands behind all others, and nothing else changes.
    function check_withLender(uint256 bits, uint32 lenderId) external pure {
        LinesWord word = LinesWord.wrap(bits);
        if (lenderId == 0 || word.isFull() || !_isGapless(word)) return;
        LinesWord later = word.withLender(lenderId);
        for (uint256 i = 0; i < LinesWordLib.MAX_LINES; ++i) {
            bool isPlace = word.lender(i) == 0 && (i == 0 || word.lender(i - 1) != 0);
            assert(later.lender(i) == (isPlace ? lenderId : word.lender(i)));
        }
        assert(later.drawn() == word.drawn());
        assert(LinesWord.unwrap(later) != 0);
    }

    /// @notice Without one of them those behind him move up, and nothing else changes.
    function check_withoutLender(uint256 bits, uint256 place) external pure {
        LinesWord word = LinesWord.wrap(bits);
        if (place >= LinesWordLib.MAX_LINES || !_isGapless(word)) return;
        uint256 lenderId = word.lender(place);
        if (lenderId == 0) return;
        for (uint256 i = 0; i < place; ++i) {
            if (word.lender(i) == lenderId) return;
        }
        LinesWord later = word.withoutLender(lenderId);
        for (uint256 i = 0; i < LinesWordLib.MAX_LINES; ++i) {
            uint256 from = i < place ? i : i + 1;
            assert(later.lender(i) == (from < LinesWordLib.MAX_LINES ? word.lender(from) : 0));
        }
        assert(LinesWord.unwrap(later) >> 128 == bits >> 128);
    }

    /// @notice Another drawn amount leaves the lenders alone.
    function check_withDrawn(uint256 bits, uint80 drawn) external pure {
        LinesWord later = LinesWord.wrap(bits).withDrawn(drawn);
        assert(later.drawn() == drawn);
        assert(uint128(LinesWord.unwrap(later)) == uint128(bits));
    }

    function _isGapless(LinesWord word) private pure returns (bool) {
        for (uint256 i = 1; i < LinesWordLib.MAX_LINES; ++i) {
            if (word.lender(i) != 0 && word.lender(i - 1) == 0) return false;
        }
        return true;
    }
}
