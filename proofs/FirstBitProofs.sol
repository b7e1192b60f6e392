// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {FirstBit} from "../contracts/types/FirstBit.sol";

/// @notice The table of {FirstBit} names the lowest set bit of every byte, and of every word that has one in its lowest
///         byte; the others are left to the library.
contract FirstBitProofs {
    /// @notice Of a byte.
    function check_ofByte(uint8 bits, uint8 place) external pure {
        if (bits == 0) return;
        assert((FirstBit.ofByte(bits) == place) == _isLowest(bits, place));
    }

    /// @notice Of a word.
    function check_ofWord(uint256 bits, uint8 place) external pure {
        if (bits & 0xff == 0) return;
        assert((FirstBit.ofWord(bits) == place) == _isLowest(bits, place));
    }

    function _isLowest(uint256 bits, uint256 place) private pure returns (bool) {
        return (bits >> place) & 1 == 1 && bits & ((uint256(1) << place) - 1) == 0;
    }
}
