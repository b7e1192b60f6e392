// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

/// @notice A resting order: 128 bits, two to a storage word.
/// @dev | bits | field |
///      | 0–31 | account |
///      | 32–71 | lots left |
///      | 72–103 | expiry, seconds (reserved) |
///      | 104–111 | hash of the owner (reserved) |
///      | 112–115 | flags: bit 0 ask; bit 1 reduce-only, bits 2–3 self-trade mode (reserved) |
///      | 116–127 | low bits of the client id (reserved) |
///      Its tick is that of the level it stands in.
type Lane is uint256;

using LaneLib for Lane global;

/// @notice Fields of a {Lane}, and its half of a storage word.
library LaneLib {
    uint256 private constant _ACCOUNT_MASK = (1 << 32) - 1;
    uint256 private constant _LOTS_OFFSET = 32;
    uint256 private constant _LOTS_MASK = (1 << 40) - 1;
    uint256 private constant _ASK = 1 << 112;
    uint256 private constant _LANE_MASK = (1 << 128) - 1;

    /// @notice A new order.
    function create(uint256 account_, bool isAsk_, uint256 lots_) internal pure returns (Lane) {
        return Lane.wrap(account_ | (lots_ << _LOTS_OFFSET) | (isAsk_ ? _ASK : 0));
    }

    /// @notice Account that placed the order.
    function account(Lane lane) internal pure returns (uint256) {
        return Lane.unwrap(lane) & _ACCOUNT_MASK;
    }

    /// @notice Lots left.
    function lots(Lane lane) internal pure returns (uint256) {
        return (Lane.unwrap(lane) >> _LOTS_OFFSET) & _LOTS_MASK;
    }

    /// @notice Whether the order sells.
    function isAsk(Lane lane) internal pure returns (bool) {
        return Lane.unwrap(lane) & _ASK != 0;
    }

    /// @notice The order with other lots.
    function withLots(Lane lane, uint256 lots_) internal pure returns (Lane) {
        return Lane.wrap((Lane.unwrap(lane) & ~(_LOTS_MASK << _LOTS_OFFSET)) | (lots_ << _LOTS_OFFSET));
    }

    /// @notice The lane at `place` of the storage word that holds it.
    function unpack(uint256 pair, uint256 place) internal pure returns (Lane) {
        return Lane.wrap((pair >> _shift(place)) & _LANE_MASK);
    }

    /// @notice The storage word with the lane at `place` replaced.
    function pack(Lane lane, uint256 pair, uint256 place) internal pure returns (uint256) {
        uint256 shift = _shift(place);
        return (pair & ~(_LANE_MASK << shift)) | (Lane.unwrap(lane) << shift);
    }

    /// @dev Even places stand in the low half.
    function _shift(uint256 place) private pure returns (uint256) {
        return (place & 1) << 7;
    }
}
