// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

/// @notice What ATLAS takes an asset's risk to be. Bits 78 and above are zero.
/// @dev | bits | field |
///      | 0–11 | β: what the asset moves while the market moves one, in thousandths |
///      | 12–25 | ι: shock of its own, in basis points |
///      | 26–37 | b: spread of spot and perp, in basis points |
///      | 38–49 | gs: cost of getting out of spot, in basis points |
///      | 50–61 | gp: cost of getting out of the perp, in basis points |
///      | 62–77 | depth of its markets in 10,000 dollars, 0 for no size term |
///      Source: ATLAS, requirement.
type AssetRisk is uint256;

using AssetRiskLib for AssetRisk global;

/// @notice Fields of an {AssetRisk}.
library AssetRiskLib {
    /// @notice A new asset supports no debt: its own shock takes all its worth.
    uint256 internal constant NEW_IOTA_BPS = 10_000;
    /// @notice Quote atoms in a unit of depth: 10,000 dollars of a millionth each.
    uint256 internal constant DEPTH_UNIT = 1e10;

    /// @notice Pack parameters, each within its width.
    function create(uint256 beta_, uint256 iota_, uint256 basis_, uint256 spotExit_, uint256 perpExit_, uint256 depth_)
        internal
        pure
        returns (AssetRisk)
    {
        uint256 shocks = beta_ | (iota_ << 12) | (basis_ << 26);
        return AssetRisk.wrap(shocks | (spotExit_ << 38) | (perpExit_ << 50) | (depth_ << 62));
    }

    /// @notice β [thousandths].
    function beta(AssetRisk risk) internal pure returns (uint256) {
        return AssetRisk.unwrap(risk) & 0xfff;
    }

    /// @notice ι [basis points].
    function iota(AssetRisk risk) internal pure returns (uint256) {
        return (AssetRisk.unwrap(risk) >> 12) & 0x3fff;
    }

    /// @notice b [basis points].
    function basis(AssetRisk risk) internal pure returns (uint256) {
        return (AssetRisk.unwrap(risk) >> 26) & 0xfff;
    }

    /// @notice gs [basis points].
    function spotExit(AssetRisk risk) internal pure returns (uint256) {
        return (AssetRisk.unwrap(risk) >> 38) & 0xfff;
    }

    /// @notice gp [basis points].
    function perpExit(AssetRisk risk) internal pure returns (uint256) {
        return (AssetRisk.unwrap(risk) >> 50) & 0xfff;
    }

    /// @notice Depth of its markets; 0 for no size term [quote atoms].
    function depthAtoms(AssetRisk risk) internal pure returns (uint256) {
        unchecked {
            // Sixteen bits.
            return (AssetRisk.unwrap(risk) >> 62) * DEPTH_UNIT;
        }
    }
}
