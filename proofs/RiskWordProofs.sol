// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {RiskWord} from "../contracts/types/RiskWord.sol";

/// @notice Levels and peg of a {RiskWord} leave each other alone, and a lower peg never asks for less.
contract RiskWordProofs {
    /// @notice Other levels, each within its width.
    function check_withLevels(uint256 bits, uint16 sigma, uint8 end, uint8 maintenance) external pure {
        if (sigma > 0xfff || end > 100 || maintenance > 100) return;
        RiskWord word = RiskWord.wrap(bits);
        RiskWord changed = word.withLevels(sigma, end, maintenance);
        assert(changed.sigmaBps() == sigma);
        assert(changed.endPercent() == end);
        assert(changed.maintenancePercent() == maintenance);
        assert(changed.pegBps() == word.pegBps());
        assert(changed.pegTime() == word.pegTime());
    }

    /// @notice Another price of the quote token.
    function check_withPeg(uint256 bits, uint16 peg, uint32 time) external pure {
        RiskWord word = RiskWord.wrap(bits);
        RiskWord changed = word.withPeg(peg, time);
        assert(changed.pegBps() == peg);
        assert(changed.pegTime() == time);
        assert(changed.sigmaBps() == word.sigmaBps());
        assert(changed.endPercent() == word.endPercent());
        assert(changed.maintenancePercent() == word.maintenancePercent());
    }

    /// @notice One at the peg and above, at most five, and never less for a token that is worth less.
    function check_pegFactor(uint256 bits, uint16 peg, uint16 lower, uint32 time) external pure {
        if (lower == 0 || lower > peg) return;
        RiskWord word = RiskWord.wrap(bits);
        uint256 factor = word.withPeg(peg, time).pegFactor();
        uint256 factorLower = word.withPeg(lower, time).pegFactor();
        assert(factor >= 10_000 && factor <= factorLower && factorLower < 50_000);
        assert(peg < 9_900 || factor == 10_000);
    }
}
