// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

/// @notice What the funds have paid in a day for the same cause: a perp, the debts in an asset, or bidders.
/// @dev | bits | field |
///      | 0–15 | day: seconds since 1970 / 86,400 |
///      | 16–95 | paid by the insurance fund on that day, in quote atoms |
///      | 96–175 | paid by the backstop on that day, in quote atoms |
///      | 176 | touched: keeps a used word from ever being zero |
///      | 177–255 | spare |
type FundWord is uint256;

using FundWordLib for FundWord global;

/// @notice Fields of a {FundWord}.
library FundWordLib {
    uint256 private constant _DAY_MASK = (1 << 16) - 1;
    uint256 private constant _ATOMS_MASK = (1 << 80) - 1;
    uint256 private constant _INSURANCE_OFFSET = 16;
    uint256 private constant _BACKSTOP_OFFSET = 96;
    uint256 private constant _TOUCHED = 1 << 176;

    /// @notice The word as it is at a time: of another day nothing is left.
    function at(FundWord word, uint256 time) internal pure returns (FundWord) {
        // Days fit 16 bits until the year 2149.
        uint256 day = time / 1 days;
        return FundWord.unwrap(word) & _DAY_MASK == day ? word : FundWord.wrap(day | _TOUCHED);
    }

    /// @notice Paid by the insurance fund on that day [quote atoms].
    function insurance(FundWord word) internal pure returns (uint256) {
        return (FundWord.unwrap(word) >> _INSURANCE_OFFSET) & _ATOMS_MASK;
    }

    /// @notice Paid by the backstop on that day [quote atoms].
    function backstop(FundWord word) internal pure returns (uint256) {
        return (FundWord.unwrap(word) >> _BACKSTOP_OFFSET) & _ATOMS_MASK;
    }

    /// @notice The word, as it is now, with more paid; sums are below 2^80 [quote atoms].
    function withPaid(FundWord word, uint256 insuranceAtoms, uint256 backstopAtoms) internal pure returns (FundWord) {
        unchecked {
            // Of all atoms there are fewer than 2^79, and what is paid back is not paid again on the same day by more than that.
            return FundWord.wrap(
                FundWord.unwrap(word) + (insuranceAtoms << _INSURANCE_OFFSET) + (backstopAtoms << _BACKSTOP_OFFSET)
            );
        }
    }
}
