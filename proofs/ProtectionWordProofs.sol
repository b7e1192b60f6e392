// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {ProtectionWord, ProtectionWordLib} from "../contracts/types/ProtectionWord.sol";

/// @notice No field of a {ProtectionWord} changes another.
contract ProtectionWordProofs {
    /// @notice A word has what it was created from, and is never zero.
    function check_create(uint80 bond, uint80 insuranceClaim, uint80 backstopClaim) external pure {
        ProtectionWord word = ProtectionWordLib.create(bond, insuranceClaim, backstopClaim);
        assert(word.bond() == bond);
        assert(word.insuranceClaim() == insuranceClaim);
        assert(word.backstopClaim() == backstopClaim);
        assert(word.claims() == uint256(insuranceClaim) + backstopClaim);
        assert(ProtectionWord.unwrap(word) != 0);
    }

    /// @notice Another bond leaves the claims alone.
    function check_withBond(uint256 bits, uint80 bond) external pure {
        ProtectionWord word = ProtectionWord.wrap(bits);
        ProtectionWord later = word.withBond(bond);
        assert(later.bond() == bond);
        assert(later.insuranceClaim() == word.insuranceClaim());
        assert(later.backstopClaim() == word.backstopClaim());
    }
}
