// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

/// @notice Who an account belongs to and what it uses.
/// @dev | bits | field |
///      | 0–159 | owner address |
///      | 160 | in memory only: an operator acts for the owner |
///      | 161 | in memory only: that operator may lend and borrow |
///      | 162 | live: its orders may rest; cleared while it is flagged, has dead orders, or funds have a claim on it |
///      | 163 | flagged: it is being liquidated |
///      | 164 | protected: it has, or had, a bond or a standby line |
///      | 165 | owes: claims of funds, or drawn lines, which come before what its owner takes out |
///      | 166–167 | spare |
///      | 168–211 | assets in use, bit i for asset i |
///      | 212–255 | perp markets in use, bit i for the perp of asset i |
type AccountWord is uint256;

using AccountWordLib for AccountWord global;

/// @notice Fields of an {AccountWord}.
library AccountWordLib {
    /// @notice The {actor} that the owner of an account which is not live is.
    uint256 internal constant OWNER_OF_FROZEN = 0;

    uint256 private constant _OPERATOR_OFFSET = 160;
    uint256 private constant _ASSETS_OFFSET = 168;
    uint256 private constant _PERPS_OFFSET = 212;
    uint256 private constant _ASSETS_MASK = (1 << 44) - 1;
    uint256 private constant _LIVE = 1 << 162;
    uint256 private constant _FLAGGED = 1 << 163;
    uint256 private constant _PROTECTED = 1 << 164;
    uint256 private constant _OWES = 1 << 165;

    /// @notice A new account that uses nothing yet.
    function create(address owner_) internal pure returns (AccountWord) {
        return AccountWord.wrap(uint160(owner_) | _LIVE);
    }

    /// @notice Whether its orders may rest.
    function isLive(AccountWord word) internal pure returns (bool) {
        return AccountWord.unwrap(word) & _LIVE != 0;
    }

    /// @notice Whether it is being liquidated.
    function isFlagged(AccountWord word) internal pure returns (bool) {
        return AccountWord.unwrap(word) & _FLAGGED != 0;
    }

    /// @notice Whether it has, or had, a bond or a standby line.
    function isProtected(AccountWord word) internal pure returns (bool) {
        return AccountWord.unwrap(word) & _PROTECTED != 0;
    }

    /// @notice Whether claims of funds, or drawn lines, come before what its owner takes out.
    function owes(AccountWord word) internal pure returns (bool) {
        return AccountWord.unwrap(word) & _OWES != 0;
    }

    /// @notice The word of an account that is being liquidated: its orders are dead.
    function flagged(AccountWord word) internal pure returns (AccountWord) {
        return AccountWord.wrap((AccountWord.unwrap(word) | _FLAGGED) & ~_LIVE);
    }

    /// @notice The word of an account that is no longer being liquidated.
    function unflagged(AccountWord word) internal pure returns (AccountWord) {
        return AccountWord.wrap(AccountWord.unwrap(word) & ~_FLAGGED);
    }

    /// @notice The word of an account whose orders may rest again.
    function live(AccountWord word) internal pure returns (AccountWord) {
        return AccountWord.wrap(AccountWord.unwrap(word) | _LIVE);
    }

    /// @notice The word of an account that has had protection.
    function protected(AccountWord word) internal pure returns (AccountWord) {
        return AccountWord.wrap(AccountWord.unwrap(word) | _PROTECTED);
    }

    /// @notice The word of an account that owes something to funds or lenders of lines, or nothing.
    function withOwes(AccountWord word, bool owes_) internal pure returns (AccountWord) {
        uint256 kept = AccountWord.unwrap(word) & ~_OWES;
        return AccountWord.wrap(owes_ ? kept | _OWES : kept);
    }

    /// @notice The owner; zero for an account that does not exist.
    function owner(AccountWord word) internal pure returns (address) {
        // The cast keeps the low 160 bits, which are the field.
        return address(uint160(AccountWord.unwrap(word)));
    }

    /// @notice The word, for use in memory, when an operator acts.
    function actedForByOperator(AccountWord word) internal pure returns (AccountWord) {
        return AccountWord.wrap(AccountWord.unwrap(word) | (uint256(1) << _OPERATOR_OFFSET));
    }

    /// @notice Whether an operator acts, as {actedForByOperator} noted.
    function byOperator(AccountWord word) internal pure returns (bool) {
        return word.operatorBit() == 1;
    }

    /// @notice {byOperator} as a number, 0 or 1.
    function operatorBit(AccountWord word) internal pure returns (uint256) {
        return (AccountWord.unwrap(word) >> _OPERATOR_OFFSET) & 1;
    }

    /// @notice The word, for use in memory, when who acts may lend and borrow.
    function actedForByBorrower(AccountWord word) internal pure returns (AccountWord) {
        return AccountWord.wrap(AccountWord.unwrap(word) | (uint256(1) << (_OPERATOR_OFFSET + 1)));
    }

    /// @notice Who acts, for the checks of risk: bit 0 an operator, bit 1 one who may lend and borrow, bit 2 for a live account.
    function actor(AccountWord word) internal pure returns (uint256) {
        return (AccountWord.unwrap(word) >> _OPERATOR_OFFSET) & 7;
    }

    /// @notice Whether an {actor} may not lend and borrow.
    function mustStayPaid(uint256 actor_) internal pure returns (bool) {
        return actor_ & 3 == 1;
    }

    /// @notice Whether an {actor} acts for a live account.
    function isLiveActor(uint256 actor_) internal pure returns (bool) {
        return actor_ & 4 != 0;
    }

    /// @notice Bitmap of the assets in use.
    function assets(AccountWord word) internal pure returns (uint256) {
        return (AccountWord.unwrap(word) >> _ASSETS_OFFSET) & _ASSETS_MASK;
    }

    /// @notice Bitmap of the perps in use.
    function perps(AccountWord word) internal pure returns (uint256) {
        return AccountWord.unwrap(word) >> _PERPS_OFFSET;
    }

    /// @notice Whether an asset and the quote asset are in use.
    function uses(AccountWord word, uint256 assetId) internal pure returns (bool) {
        uint256 bits = ((uint256(1) << assetId) | 1) << _ASSETS_OFFSET;
        return AccountWord.unwrap(word) & bits == bits;
    }

    /// @notice Bits of a word that are set if the account is live and uses what a market trades, the base asset of a spot market
    ///         or a perp, and the quote asset.
    function usesMask(uint256 marketId) internal pure returns (uint256) {
        return _bitOf(marketId) | (uint256(1) << _ASSETS_OFFSET) | _LIVE;
    }

    /// @notice Whether all bits of a {usesMask} are set.
    function usesAll(AccountWord word, uint256 mask) internal pure returns (bool) {
        return AccountWord.unwrap(word) & mask == mask;
    }

    /// @notice Whether it is live and uses nothing but what a market trades and the quote asset.
    /// @param mask Of the market, see {usesMask}.
    function usesOnly(AccountWord word, uint256 mask) internal pure returns (bool) {
        uint256 compared = _LIVE | (type(uint256).max << _ASSETS_OFFSET);
        return (AccountWord.unwrap(word) ^ mask) & compared == 0;
    }

    /// @notice The word with what a market trades and the quote asset marked as in use.
    function withMarket(AccountWord word, uint256 marketId) internal pure returns (AccountWord) {
        return AccountWord.wrap(AccountWord.unwrap(word) | (usesMask(marketId) & ~_LIVE));
    }

    /// @notice The word with one perp no longer in use.
    function withoutPerp(AccountWord word, uint256 assetId) internal pure returns (AccountWord) {
        return AccountWord.wrap(AccountWord.unwrap(word) & ~(uint256(1) << (_PERPS_OFFSET + assetId)));
    }

    /// @notice The word with the assets of `bitmap` marked as in use; `bitmap` has no bit above 43.
    function withAssets(AccountWord word, uint256 bitmap) internal pure returns (AccountWord) {
        return AccountWord.wrap(AccountWord.unwrap(word) | (bitmap << _ASSETS_OFFSET));
    }

    /// @dev Kind 1 has its bits from 168 up, kind 2 from 212, 44 of each.
    function _bitOf(uint256 marketId) private pure returns (uint256) {
        unchecked {
            // A kind is a byte.
            return uint256(1) << (_ASSETS_OFFSET - 44 + 44 * (marketId >> 8) + (marketId & 0xff));
        }
    }

    /// @notice The word with one asset no longer in use.
    function withoutAsset(AccountWord word, uint256 assetId) internal pure returns (AccountWord) {
        return AccountWord.wrap(AccountWord.unwrap(word) & ~(uint256(1) << (_ASSETS_OFFSET + assetId)));
    }
}
