// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

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
    uint256 private constant _QUOTE = 1e12;
    /// @dev Makes a product of atoms and a price positive and keeps its remainder, so that an unsigned quotient is rounded
    ///      down. Source: products are below 2^161 in magnitude.
    uint256 private constant _BIAS = _QUOTE << 180;
    uint256 private constant _BPS = 1e4;
    /// @dev Common denominator of shock and exit: twice basis points times thousandths.
    uint256 private constant _DENOMINATOR = 2e7;

    /// @notice Sums over the assets of an account.
    struct Sums {
        /// @dev All it has less all it owes, profits of perps included [quote atoms].
        int256 equity;
        /// @dev Profits of perps that are not settled [quote atoms].
        int256 profits;
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

    /// @notice Memory for {Sums} over nothing, zeroed for less than the compiler takes.
    /// @return pointer Of {Sums}.
    function allocate() internal pure returns (uint256 pointer) {
        assembly ("memory-safe") {
            pointer := mload(0x40)
            mstore(0x40, add(pointer, 0x100))
            // Behind its end calldata reads as zeros.
            calldatacopy(pointer, calldatasize(), 0x100)
        }
    }

    /// @notice Worth of atoms at a price, rounded down [quote atoms].
    /// @param price Of an atom [1e-18 dollars].
    function valueDown(int256 atoms, uint256 price) internal pure returns (int256 worth) {
        unchecked {
            // Atoms are below 2^96 and prices below 2^64; the quotient is below 2^181.
            worth = int256((uint256(atoms * int256(price)) + _BIAS) / _QUOTE) - (1 << 180);
        }
    }

    /// @notice Worth of atoms at a price, rounded up [quote atoms].
    function valueUp(int256 atoms, uint256 price) internal pure returns (int256 worth) {
        unchecked {
            // Atoms are below 2^97 and prices below 2^64; the quotient is below 2^181.
            worth = int256((uint256(atoms * int256(price)) + (_BIAS + _QUOTE - 1)) / _QUOTE) - (1 << 180);
        }
    }

    /// @notice Add the legs of an asset, each an interval from its low to its high end [quote atoms].
    /// @param confidenceBps Confidence of the price [basis points].
    function add(
        Sums memory sums,
        AssetRisk risk,
        uint256 confidenceBps,
        int256 spotLow,
        int256 spotHigh,
        int256 perpLow,
        int256 perpHigh
    ) internal pure {
        unchecked {
            // Values are below 2^109, parameters below 2^15, and there are at most 44 assets.
            int256 low = spotLow + perpLow;
            int256 high = spotHigh + perpHigh;
            int256 beta = int256(risk.beta());
            sums.betaLow += low * beta;
            sums.betaHigh += high * beta;
            uint256 net = _largest(low, high);
            uint256 spot = _largest(spotLow, spotHigh);
            uint256 perp = _largest(perpLow, perpHigh);
            // b·(max|S| + max|P| − max|D|): the sum is not below max|D|.
            sums.own += 2 * risk.iota() * net + risk.basis() * (spot + perp - net);
            sums.exit += risk.spotExit() * spot + risk.perpExit() * perp;
            uint256 depth = risk.depthAtoms() * _BPS;
            if (depth != 0) {
                uint256 squares =
                    risk.iota() * net * net + risk.spotExit() * spot * spot + risk.perpExit() * perp * perp;
                sums.extra += _divideUp(squares, depth);
            }
            if (confidenceBps < _BPS) sums.extra += _divideUp((_BPS - confidenceBps) * (spot + perp), _BPS);
        }
    }

    /// @notice Equity without profits that are not settled: what may support debt and leave [quote atoms].
    function settled(Sums memory sums) internal pure returns (int256) {
        unchecked {
            // Both are below 2^128.
            return sums.equity - sums.profits;
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
        unchecked {
            // Orders are below 2^128.
            return _divideUp(FREE_BAND_BPS * sums.orders, _BPS);
        }
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

    /// @dev The larger end of an interval in magnitude. As its low end is not above its high one, that is the high one or the
    ///      low one's negative, and not negative.
    function _largest(int256 low, int256 high) private pure returns (uint256) {
        unchecked {
            // Ends are below 2^140 in magnitude.
            return uint256(high > -low ? high : -low);
        }
    }

    /// @dev A quotient rounded up. Numerators are below 2^250: three squares of a worth below 2^110 times 2^15 are the largest.
    function _divideUp(uint256 numerator, uint256 denominator) private pure returns (uint256) {
        unchecked {
            return (numerator + denominator - 1) / denominator;
        }
    }

    /// @dev Shock and exit over {_DENOMINATOR}.
    function _parts(Sums memory sums, RiskWord global) private pure returns (uint256 shock, uint256 exit) {
        unchecked {
            // Sums are below 2^128.
            uint256 market = _largest(sums.betaLow, sums.betaHigh);
            shock = 2 * global.sigmaBps() * market + 1_000 * sums.own;
            exit = 2_000 * sums.exit;
        }
    }
}
