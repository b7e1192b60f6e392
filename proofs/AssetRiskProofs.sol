// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {AssetRisk, AssetRiskLib} from "../contracts/types/AssetRisk.sol";

/// @notice An {AssetRisk} gives back each parameter it was made of, and fits where it is kept.
contract AssetRiskProofs {
    /// @notice Parameters within their widths.
    function check_create(uint16 beta, uint16 iota, uint16 basis, uint16 spotExit, uint16 perpExit, uint16 depth)
        external
        pure
    {
        if (beta > 0xfff || iota > 0x3fff || basis > 0xfff || spotExit > 0xfff || perpExit > 0xfff) return;
        AssetRisk risk = AssetRiskLib.create(beta, iota, basis, spotExit, perpExit, depth);
        assert(risk.beta() == beta);
        assert(risk.iota() == iota);
        assert(risk.basis() == basis);
        assert(risk.spotExit() == spotExit);
        assert(risk.perpExit() == perpExit);
        assert(AssetRisk.unwrap(risk) >> 62 == depth);
        assert(AssetRisk.unwrap(risk) < 1 << 78);
    }
}
