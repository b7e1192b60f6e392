// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {SignedMath} from "@openzeppelin/contracts/utils/math/SignedMath.sol";
import {ConfigWord} from "../types/ConfigWord.sol";

/// @notice What the holders of one side of a perp pay those of the other.
library FundingRate {
    /// @notice Parts of an average in a part of a rate.
    int256 internal constant AVERAGE_PARTS = 10_000;

    /// @notice The rate of an average premium, of either sign [1e-8 of the mark for 8 hours].
    /// @param premiumAverage Average premium; its parts below 1e-8 are rounded towards zero [1e-12 of the index].
    /// @dev Premium + clamp(interest − premium, ±clamp), then within the cap. Source: docs/perps.md, funding.
    function rateOf(ConfigWord config, int256 premiumAverage) internal pure returns (int256) {
        int256 premium = premiumAverage / AVERAGE_PARTS;
        unchecked {
            // A premium is below 2^24 parts, and the terms are 24 bits, so the casts keep them.
            int256 towards = within(int256(config.interest()) - premium, int256(config.clamp()));
            return within(premium + towards, int256(config.fundingCap()));
        }
    }

    /// @notice What is nearest to a value between −`most` and `most`, which is not negative.
    function within(int256 value, int256 most) internal pure returns (int256) {
        unchecked {
            // A limit is far below 2^255.
            return SignedMath.max(-most, SignedMath.min(value, most));
        }
    }
}
