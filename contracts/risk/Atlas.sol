// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SignedMath} from "@openzeppelin/contracts/utils/math/SignedMath.sol";
import {AssetRisk} from "../types/AssetRisk.sol";
import {RiskWord} from "../types/RiskWord.sol";

/// @notice Portfolio margin: equity and requirements out of sums over an account's assets, added in one pass.
/// @dev R = shock + exit, where shock = σ·max|Σ β·D| + Σ ((ι − b/2)·max|D| + b/2·(max|S| + max|P|)) and
///      exit = Σ (gs·max|S| + gp·max|P|). S is an asset's spot leg, P its perp leg, D = S + P, each an interval if resting
///      orders count. For linear instruments it is the exact worst case over a market-wide shock, a shock of each asset's
///      own, and a spread between spot and perp. Source: ATLAS, requirement. Invariants: RISK-3, RISK-4.
library Atlas {
    /// @notice How far beyond the mark a fill may be against a maker without a check; that much of the notional of resting
    ///         orders is required in advance [basis points].
    uint256 internal constant FREE_BAND_BPS = 50;

    /// @dev From 1e-18 dollars to quote atoms.
    int256 private constant _QUOTE = 1e12;
    uint256 private constant _BPS = 1e4;
    /// @dev Common denominator of shock and exit: twice basis points times thousandths.
    uint256 private constant _DENOMINATOR = 2e7;

    /// @notice Sums over the assets of an account.
    struct Sums {
        /// @dev All it has less all it owes [quote atoms].
        int256 equity;
        /// @dev Σ β·D at the low and the high end [quote atoms in thousandths].
        int256 betaLow;
        int256 betaHigh;
        /// @dev Σ (2ι − b)·max|D| + b·(max|S| + max|P|) [quote atoms in basis points, twice].
        uint256 own;
        /// @dev Σ gs·max|S| + gp·max|P| [quote atoms in basis points].
        uint256 exit;
        /// @dev Terms of the initial requirement alone: size and confidence [quote atoms].
        uint256 extra;
        /// @dev Worth of all resting orders that may add risk [quote atoms].
        uint256 orders;
    }

    /// @notice Sums over nothing.
    function none() internal pure returns (Sums memory sums) {}

    /// @notice Worth of atoms at a price, rounded down [quote atoms].
    /// @param price Of an atom [1e-18 dollars].
    function valueDown(int256 atoms, uint256 price) internal pure returns (int256 worth) {
        unchecked {
            // Atoms are below 2^96 and prices below 2^64.
            int256 product = atoms * int256(price);
            worth = product / _QUOTE;
            if (product < 0 && worth * _QUOTE != product) --worth;
        }
    }

    /// @notice Worth of atoms at a price, rounded up [quote atoms].
    function valueUp(int256 atoms, uint256 price) internal pure returns (int256 worth) {
        unchecked {
            // Atoms are below 2^97 and prices below 2^64.
            int256 product = atoms * int256(price);
            worth = product / _QUOTE;
            if (product > 0 && worth * _QUOTE != product) ++worth;
        }
    }

    /// @notice Add the spot leg of an asset.
    /// @param atoms Balance; a debt is negative [atoms].
    /// @param bids Open bids [atoms].
    /// @param asks Open asks [atoms].
    /// @param reducing Part of them that only reduces [atoms].
    /// @param confidenceBps Confidence of the price [basis points].
    function addSpot(
        Sums memory sums,
        AssetRisk risk,
        uint256 price,
        uint256 confidenceBps,
        int256 atoms,
        int256 bids,
        int256 asks,
        int256 reducing
    ) internal pure {
        unchecked {
            // Values are below 2^108, parameters below 2^14, and there are at most 44 assets.
            int256 low = valueDown(atoms, price);
            sums.equity += low;
            if (asks != 0) low = valueDown(atoms - asks, price);
            int256 high = valueUp(atoms + bids, price);
            sums.betaLow += low * int256(risk.beta());
            sums.betaHigh += high * int256(risk.beta());
            uint256 gross = Math.max(SignedMath.abs(low), SignedMath.abs(high));
            // Spot alone: net and gross are the same.
            sums.own += 2 * risk.iota() * gross;
            sums.exit += risk.spotExit() * gross;
            uint256 depth = risk.depthAtoms() * _BPS;
            if (depth != 0) sums.extra += _divideUp((risk.iota() + risk.spotExit()) * gross * gross, depth);
            if (confidenceBps < _BPS) sums.extra += _divideUp((_BPS - confidenceBps) * gross, _BPS);
            if (bids + asks != reducing) sums.orders += uint256(valueUp(bids + asks - reducing, price));
        }
    }

    /// @notice A requirement without the terms of the initial one, rounded up [quote atoms].
    /// @param percent Share of the shock; 100 for all of it.
    function requirement(Sums memory sums, RiskWord global, uint256 percent) internal pure returns (uint256) {
        (uint256 shock, uint256 exit) = _parts(sums, global);
        unchecked {
            return _divideUp(100 * exit + percent * shock, 100 * _DENOMINATOR);
        }
    }

    /// @notice What is required to add risk, rounded up: all of the shock, more for a quote token below its peg, terms of
    ///         size and confidence, and the free band of resting orders [quote atoms].
    function initial(Sums memory sums, RiskWord global) internal pure returns (uint256) {
        (uint256 shock, uint256 exit) = _parts(sums, global);
        unchecked {
            uint256 pegged = _divideUp(global.pegFactor() * (shock + exit), _BPS * _DENOMINATOR);
            return pegged + sums.extra + freeBand(sums);
        }
    }

    /// @notice Free band of resting orders, rounded up [quote atoms].
    function freeBand(Sums memory sums) internal pure returns (uint256) {
        return _divideUp(FREE_BAND_BPS * sums.orders, _BPS);
    }

    /// @notice Whether an action lowers the risk of an account that does not meet its initial requirement.
    /// @dev With equity: the requirement falls, its coverage does not, and equity stays. Without: the requirement falls and
    ///      equity does not. (That equity less requirement does not fall would not do: an equity of 5 for a requirement of
    ///      10 passes it by closing everything at a loss of 10.) Source: ATLAS, de-risking rule. Invariant: RISK-2.
    function isDeRisking(int256 equityBefore, uint256 requiredBefore, int256 equityAfter, uint256 requiredAfter)
        internal
        pure
        returns (bool)
    {
        if (requiredAfter >= requiredBefore) return false;
        if (equityBefore < 0) return equityAfter >= equityBefore;
        // Equities are below 2^110 and requirements below 2^130.
        return equityAfter >= 0 && equityAfter * int256(requiredBefore) >= equityBefore * int256(requiredAfter);
    }

    /// @dev A quotient rounded up. Numerators are below 2^250: a square of a worth below 2^109 times 2^15 is the largest.
    function _divideUp(uint256 numerator, uint256 denominator) private pure returns (uint256) {
        unchecked {
            return (numerator + denominator - 1) / denominator;
        }
    }

    /// @dev Shock and exit over {_DENOMINATOR}.
    function _parts(Sums memory sums, RiskWord global) private pure returns (uint256 shock, uint256 exit) {
        unchecked {
            // Sums are below 2^128.
            uint256 market = Math.max(SignedMath.abs(sums.betaLow), SignedMath.abs(sums.betaHigh));
            shock = 2 * global.sigmaBps() * market + 1_000 * sums.own;
            exit = 2_000 * sums.exit;
        }
    }
}
