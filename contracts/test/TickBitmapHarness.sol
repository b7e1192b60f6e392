// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {TickBitmap} from "../book/TickBitmap.sol";
import {ExchangeStorage} from "../ExchangeStorage.sol";

/// @notice {TickBitmap} over a storage of its own.
contract TickBitmapHarness {
    /// @notice See {TickBitmap.set}.
    function set(uint256 marketId, uint256 tick) external {
        TickBitmap.set(marketId, tick);
    }

    /// @notice See {TickBitmap.clear}.
    function clear(uint256 marketId, uint256 tick) external {
        TickBitmap.clear(marketId, tick);
    }

    /// @notice See {TickBitmap.clearBest}.
    function clearBest(uint256 marketId, uint256 tick, bool isAsk) external returns (uint256 next) {
        return TickBitmap.clearBest(marketId, tick, isAsk);
    }

    /// @notice See {TickBitmap.isSet}.
    function isSet(uint256 marketId, uint256 tick) external view returns (bool) {
        return TickBitmap.isSet(marketId, tick);
    }

    /// @notice Words of the tree.
    function readWords(uint256 marketId, uint256 layer, uint256[] calldata indices)
        external
        view
        returns (uint256[] memory words)
    {
        words = new uint256[](indices.length);
        for (uint256 i = 0; i < indices.length; ++i) {
            words[i] = ExchangeStorage.load(ExchangeStorage.bitmapSlot(marketId, layer, indices[i]));
        }
    }

    /// @notice See {TickBitmap.childrenAbove}.
    function childrenAbove(uint256 word, uint256 child) external pure returns (uint256) {
        return TickBitmap.childrenAbove(word, child);
    }

    /// @notice See {TickBitmap.childrenBelow}.
    function childrenBelow(uint256 word, uint256 child) external pure returns (uint256) {
        return TickBitmap.childrenBelow(word, child);
    }
}
