// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {Atlas} from "../contracts/risk/Atlas.sol";

/// @notice What lowers risk never makes a hole, nor a deeper one.
contract AtlasProofs {
    /// @notice What does not lower the requirement never passes.
    function check_isDeRisking_requirement(
        int112 equityBefore,
        uint128 requiredBefore,
        int112 equityAfter,
        uint128 requiredAfter
    ) external pure {
        if (requiredAfter < requiredBefore) return;
        assert(!Atlas.isDeRisking(equityBefore, requiredBefore, equityAfter, requiredAfter));
    }

    /// @notice What ends below nothing never passes if there was something.
    function check_isDeRisking_hole(
        int112 equityBefore,
        uint128 requiredBefore,
        int112 equityAfter,
        uint128 requiredAfter
    ) external pure {
        if (equityBefore < 0 || equityAfter >= 0) return;
        assert(!Atlas.isDeRisking(equityBefore, requiredBefore, equityAfter, requiredAfter));
    }

    /// @notice Below nothing, what lowers the requirement passes if and only if it makes the hole no deeper.
    function check_isDeRisking_below(
        int112 equityBefore,
        uint128 requiredBefore,
        int112 equityAfter,
        uint128 requiredAfter
    ) external pure {
        if (equityBefore >= 0 || requiredAfter >= requiredBefore) return;
        bool passes = Atlas.isDeRisking(equityBefore, requiredBefore, equityAfter, requiredAfter);
        assert(passes == (equityAfter >= equityBefore));
    }
}
