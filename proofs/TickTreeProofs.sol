// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {TickBitmap} from "../contracts/book/TickBitmap.sol";

/// @notice What holds for the tree of {TickBitmap} at any two ticks. Divisions make these proofs slow.
contract TickTreeProofs {
    uint256 private constant _CHILDREN = 255;
    /// @dev Where halmos answers calls.
    address private constant _HALMOS = 0xF3993A62377BCd56AE39D773740A5390411E8BC9;

    /// @notice A word and a child of it are one bit of the layer below alone. So three digits of base 255 are one tick
    ///         alone, the highest are {TickBitmap.MAX_TICK}, and as there are as many triples as ticks, every tick has one.
    function check_digits(uint16 index, uint8 child, uint16 otherIndex, uint8 otherChild) external pure {
        if (child >= _CHILDREN || otherChild >= _CHILDREN) return;
        unchecked {
            // 16 bits times 8 bits.
            if (index * _CHILDREN + child == otherIndex * _CHILDREN + otherChild) {
                assert(index == otherIndex && child == otherChild);
            }
        }
        assert(TickBitmap.MAX_TICK + 1 == _CHILDREN ** 3);
    }

    /// @notice A tick that was set is set, and one that was cleared is not, whatever was set before.
    function check_set_clear(uint16 marketId, uint24 tick) external {
        if (tick > TickBitmap.MAX_TICK) return;
        _forgetStorage();
        TickBitmap.set(marketId, tick);
        assert(TickBitmap.isSet(marketId, tick));
        TickBitmap.clear(marketId, tick);
        assert(!TickBitmap.isSet(marketId, tick));
    }

    /// @notice Setting a tick leaves every other as it was, in every market, whatever was set before.
    function check_set_others(uint16 marketId, uint24 tick, uint16 otherMarketId, uint24 otherTick) external {
        if (!_areOthers(marketId, tick, otherMarketId, otherTick)) return;
        _forgetStorage();
        bool before = TickBitmap.isSet(otherMarketId, otherTick);
        TickBitmap.set(marketId, tick);
        assert(TickBitmap.isSet(otherMarketId, otherTick) == before);
    }

    /// @notice Clearing a tick leaves every other as it was, in every market, whatever was set before.
    function check_clear_others(uint16 marketId, uint24 tick, uint16 otherMarketId, uint24 otherTick) external {
        if (!_areOthers(marketId, tick, otherMarketId, otherTick)) return;
        _forgetStorage();
        bool before = TickBitmap.isSet(otherMarketId, otherTick);
        TickBitmap.clear(marketId, tick);
        assert(TickBitmap.isSet(otherMarketId, otherTick) == before);
    }

    /// @dev Let every storage word of this contract be any.
    function _forgetStorage() private {
        (bool ok,) = _HALMOS.call(abi.encodeWithSignature("enableSymbolicStorage(address)", address(this)));
        assert(ok);
    }

    function _areOthers(uint16 marketId, uint24 tick, uint16 otherMarketId, uint24 otherTick)
        private
        pure
        returns (bool)
    {
        if (tick > TickBitmap.MAX_TICK || otherTick > TickBitmap.MAX_TICK) return false;
        return marketId != otherMarketId || tick != otherTick;
    }
}
