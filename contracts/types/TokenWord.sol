// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

/// @notice The token behind an asset; zero for an asset that is not listed.
/// @dev | bits | field |
///      | 0–159 | token address |
///      | 160–223 | token units in an atom |
///      | 224–231 | decimals of the token |
///      | 232–255 | spare |
type TokenWord is uint256;

using TokenWordLib for TokenWord global;

/// @notice Fields of a {TokenWord}.
library TokenWordLib {
    /// @notice The word of a new asset.
    function create(address token_, uint64 unitsPerAtom_, uint8 decimals_) internal pure returns (TokenWord) {
        return TokenWord.wrap(uint160(token_) | (uint256(unitsPerAtom_) << 160) | (uint256(decimals_) << 224));
    }

    /// @notice Whether the asset is listed.
    function isListed(TokenWord word) internal pure returns (bool) {
        return TokenWord.unwrap(word) != 0;
    }

    /// @notice Token address.
    function token(TokenWord word) internal pure returns (address) {
        // The cast keeps the low 160 bits, which are the field.
        return address(uint160(TokenWord.unwrap(word)));
    }

    /// @notice Token units in an atom.
    function unitsPerAtom(TokenWord word) internal pure returns (uint256) {
        return (TokenWord.unwrap(word) >> 160) & type(uint64).max;
    }

    /// @notice Decimals of the token.
    function decimals(TokenWord word) internal pure returns (uint256) {
        return (TokenWord.unwrap(word) >> 224) & 0xff;
    }
}
