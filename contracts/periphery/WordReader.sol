// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {IExchange} from "../interfaces/IExchange.sol";
import {ILens} from "../interfaces/ILens.sol";
import {IExchangeErrors} from "../interfaces/IExchangeErrors.sol";
import {TickBitmap} from "../book/TickBitmap.sol";
import {BookWord} from "../types/BookWord.sol";
import {RegistryWord} from "../types/RegistryWord.sol";
import {ExchangeStorage} from "../ExchangeStorage.sol";

/// @notice Words of an exchange read from outside, and what every page of them has in common.
library WordReader {
    /// @notice One word.
    function readWord(IExchange exchange, uint256 slot) internal view returns (uint256) {
        uint256[] memory slots = new uint256[](1);
        slots[0] = slot;
        return exchange.readWords(slots)[0];
    }

    /// @notice The registry word.
    function readRegistry(IExchange exchange) internal view returns (RegistryWord) {
        return RegistryWord.wrap(readWord(exchange, ExchangeStorage.registrySlot()));
    }

    /// @notice The book word of a listed market.
    /// @dev Errors: UnknownMarket.
    function readBook(IExchange exchange, uint16 marketId) internal view returns (BookWord book) {
        book = BookWord.wrap(readWord(exchange, ExchangeStorage.bookSlot(marketId)));
        if (!book.isListed()) revert IExchangeErrors.UnknownMarket(marketId);
    }

    /// @notice Check that a tick is at most the highest.
    /// @dev Errors: TickOutOfRange.
    function checkTick(uint24 tick) internal pure {
        if (tick > TickBitmap.MAX_TICK) revert IExchangeErrors.TickOutOfRange(tick, uint24(TickBitmap.MAX_TICK));
    }

    /// @notice How many items a page may have.
    /// @dev Errors: ZeroLimit.
    function cap(uint256 limit, uint256 maxLimit) internal pure returns (uint256) {
        if (limit == 0) revert ILens.ZeroLimit();
        return limit < maxLimit ? limit : maxLimit;
    }

    /// @notice The first items of an array.
    function first(uint256[] memory items, uint256 count) internal pure returns (uint256[] memory) {
        assembly ("memory-safe") {
            // The count is at most the length; what is cut off stays unused.
            mstore(items, count)
        }
        return items;
    }
}
