// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Standing} from "./Standing.sol";

/// @notice What a slice costs, and how large it may be. Fractions are in ppm of the whole portfolio.
library AuctionPrice {
    /// @notice The whole.
    uint256 internal constant ONE = 1e6;
    /// @notice How long the price takes from its start to nothing where equity pays for getting out, and else in proportion to how
    ///         much of it is paid for: what is worth little has no time to lose [seconds].
    uint256 internal constant FALL_SECONDS = 300;
    /// @notice How long it then takes to where all of the cost of getting out is paid to whoever takes it [seconds].
    uint256 internal constant BELOW_SECONDS = 120;
    /// @notice Where the price starts [basis points of equity].
    uint256 internal constant START_BPS = 9_800;
    /// @notice The least slice [ppm], unless less is worth {LEAST_ATOMS}.
    uint256 internal constant LEAST_PPM = 100_000;
    /// @notice The least worth of the legs of a slice: a thousand dollars [quote atoms].
    uint256 internal constant LEAST_ATOMS = 1_000e6;
    /// @notice Fee out of a bid [ppm of the worth of the legs].
    uint256 internal constant FEE_PPM = 5_000;

    uint256 private constant _BPS = 1e4;

    /// @notice Price of the whole account, falling with time; negative if whoever takes it is paid [quote atoms].
    /// @dev From just under equity to nothing, and on to where whoever takes it gets what getting out costs. Without equity it
    ///      starts there: from E down to E less that cost. Rounded towards zero, without equity up. Source: DESIGN, slices.
    /// @param elapsed Since the clock started [seconds].
    function whole(Standing.Account memory standing, uint256 elapsed) internal pure returns (int256) {
        if (standing.equity <= 0) {
            // Costs are below 2^130.
            return standing.equity - int256(standing.exitCost * Math.min(elapsed, BELOW_SECONDS) / BELOW_SECONDS);
        }
        uint256 equity = uint256(standing.equity);
        uint256 fall = equity >= standing.exitCost ? FALL_SECONDS : FALL_SECONDS * equity / standing.exitCost;
        if (elapsed <= fall && fall != 0) {
            return int256(equity * START_BPS * (fall - elapsed) / (_BPS * fall));
        }
        uint256 below = Math.min(elapsed - fall, BELOW_SECONDS);
        return -int256(Math.saturatingSub(standing.exitCost, equity) * below / BELOW_SECONDS);
    }

    /// @notice Fee of the whole account, at most its price; none where there is no equity [quote atoms].
    function fee(Standing.Account memory standing, int256 price) internal pure returns (uint256) {
        // The cast is safe behind the test of the sign.
        return price <= 0 ? 0 : Math.min(standing.gross * FEE_PPM / ONE, uint256(price));
    }

    /// @notice The least slice [ppm].
    function least(uint256 gross) internal pure returns (uint256) {
        if (gross == 0) return ONE;
        return Math.min(ONE, Math.max(LEAST_PPM, Math.ceilDiv(ONE * LEAST_ATOMS, gross)));
    }

    /// @notice The largest slice: what brings the account to R_end, and a ten-thousandth of its gross beyond for what is rounded, or the
    ///         least if that is more [ppm].
    /// @dev f · net + E · (1 − f) = R_end · (1 − f) + gross / 10^4, with net what the account keeps of the price. Whole lots of a
    ///      hedge may leave a little more risk than the fraction: else an account could end just below R_end, flagged, with nothing
    ///      for sale. Source: ATLAS, slice.
    function most(Standing.Account memory standing, int256 price) internal pure returns (uint256) {
        // The casts are safe behind the test of the sign; of an account below maintenance something is missing.
        uint256 net = price <= 0 ? 0 : uint256(price) - fee(standing, price);
        if (net == 0) return ONE;
        uint256 missing = uint256(int256(standing.end) - standing.equity);
        uint256 wanted = missing + standing.gross / _BPS;
        return Math.min(ONE, Math.max(least(standing.gross), Math.ceilDiv(ONE * wanted, missing + net)));
    }
}
