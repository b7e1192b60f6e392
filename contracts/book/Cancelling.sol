// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {IExchange} from "../interfaces/IExchange.sol";
import {IExchangeErrors} from "../interfaces/IExchangeErrors.sol";
import {BookWord} from "../types/BookWord.sol";
import {ChunkHeader} from "../types/ChunkHeader.sol";
import {Lane} from "../types/Lane.sol";
import {LedgerWord} from "../types/LedgerWord.sol";
import {LevelWord} from "../types/LevelWord.sol";
import {MarketId} from "../types/MarketId.sol";
import {OrderId} from "../types/OrderId.sol";
import {ExchangeStorage} from "../ExchangeStorage.sol";
import {LevelQueue} from "./LevelQueue.sol";
import {RecordLog} from "./Records.sol";
import {TickBitmap} from "./TickBitmap.sol";

/// @notice Taking orders out of the book, and making them smaller. Neither ever needs a price or a check.
library Cancelling {
    /// @notice The reason of what its owner cancels, a number of {IExchange.Removal}.
    uint256 internal constant BY_OWNER = uint256(IExchange.Removal.CANCELLED);

    /// @notice {remove} for its owner.
    function cancel(uint256 accountId, OrderId id, RecordLog log) internal returns (uint256 lots) {
        return remove(accountId, id, BY_OWNER, log);
    }

    /// @notice Take a live order of an account out of the book.
    /// @param reason A number of {IExchange.Removal}.
    /// @return lots What was left of it; 0 if the id is stale, and then nothing has changed.
    /// @dev Errors: NotOrderOwner.
    function remove(uint256 accountId, OrderId id, uint256 reason, RecordLog log) internal returns (uint256 lots) {
        (Lane lane, LevelWord level, ChunkHeader header) = LevelQueue.find(id);
        if (Lane.unwrap(lane) == 0) return 0;
        checkOrderOwner(accountId, id, lane);
        lots = lane.lots();
        uint256 slot = ExchangeStorage.bookSlot(id.market());
        BookWord book = BookWord.wrap(ExchangeStorage.load(slot));
        if (LevelQueue.remove(id, lots, level, header)) {
            BookWord moved = _clearLevel(book, id, lane.isAsk());
            if (BookWord.unwrap(moved) != BookWord.unwrap(book)) ExchangeStorage.store(slot, BookWord.unwrap(moved));
        }
        _close(accountId, id, lane.isAsk(), lots * book.openPerLot(MarketId.isPerp(id.market())));
        log.removed(id, lots, accountId, reason);
    }

    /// @notice {remove} each order of an array. A duplicate finds nothing the second time, so only misses are compared.
    /// @param allOrNone Whether an order that is not found is an error, or is skipped.
    /// @return lots What was left of each.
    /// @dev Errors: NotOrderOwner, DuplicateOrder, StaleOrder.
    function removeEach(uint256 accountId, uint128[] calldata orderIds, bool allOrNone, uint256 reason, RecordLog log)
        internal
        returns (uint40[] memory lots)
    {
        lots = new uint40[](orderIds.length);
        for (uint256 i = 0; i < orderIds.length; ++i) {
            uint128 orderId = orderIds[i];
            // The lots of an order are below 2^40.
            uint40 cancelled = uint40(remove(accountId, OrderId.wrap(orderId), reason, log));
            if (cancelled != 0) {
                lots[i] = cancelled;
                continue;
            }
            for (uint256 j = 0; j < i; ++j) {
                if (orderIds[j] == orderId) revert IExchangeErrors.DuplicateOrder(orderId);
            }
            skip(orderId, i, allOrNone, log);
        }
    }

    /// @notice Note that an order of a batch was not found.
    /// @dev Errors: StaleOrder.
    function skip(uint128 orderId, uint256 index, bool allOrNone, RecordLog log) internal pure {
        if (allOrNone) revert IExchangeErrors.StaleOrder(orderId);
        log.skipped(index, 0);
    }

    /// @notice Make a live order of an account smaller where it stands.
    /// @dev Errors: StaleOrder, NotOrderOwner, NotAReduction, BelowMinimumSize.
    function reduce(uint256 accountId, OrderId id, uint256 newLots, RecordLog log) internal {
        (Lane lane, LevelWord level,) = LevelQueue.find(id);
        if (Lane.unwrap(lane) == 0) revert IExchangeErrors.StaleOrder(OrderId.unwrap(id));
        checkOrderOwner(accountId, id, lane);
        uint256 lots = lane.lots();
        // New lots come from a 40-bit argument, lots and minimum from fields of 40 and 24 bits.
        if (newLots >= lots) {
            revert IExchangeErrors.NotAReduction(OrderId.unwrap(id), uint40(newLots), uint40(lots));
        }
        BookWord book = BookWord.wrap(ExchangeStorage.load(ExchangeStorage.bookSlot(id.market())));
        uint256 minLots = book.minLots();
        if (newLots < minLots) revert IExchangeErrors.BelowMinimumSize(uint40(newLots), uint24(minLots));
        LevelQueue.shrink(id, lane, level, newLots);
        unchecked {
            // Fewer than before; lots are below 2^40 and atoms a lot below 2^64.
            uint256 perLot = book.openPerLot(MarketId.isPerp(id.market()));
            _close(accountId, id, lane.isAsk(), (lots - newLots) * perLot);
            log.reduced(id, newLots, lots - newLots);
        }
    }

    /// @notice Check that an order belongs to an account.
    /// @dev Errors: NotOrderOwner.
    function checkOrderOwner(uint256 accountId, OrderId id, Lane lane) internal pure {
        // Account ids come from 32-bit arguments, so the cast keeps them whole.
        if (lane.account() != accountId) {
            revert IExchangeErrors.NotOrderOwner(OrderId.unwrap(id), uint32(accountId));
        }
    }

    /// @dev The level has lost its last order: clear its bit, and move the best tick on if it was the best.
    function _clearLevel(BookWord book, OrderId id, bool isAsk) private returns (BookWord) {
        if (book.best(isAsk) == id.tick()) {
            return book.withBest(isAsk, TickBitmap.clearBest(id.market(), id.tick(), isAsk));
        }
        TickBitmap.clear(id.market(), id.tick());
        return book;
    }

    /// @dev Lower the open total of an account by what its order has lost.
    function _close(uint256 accountId, OrderId id, bool isAsk, uint256 atoms) private {
        uint256 slot = ExchangeStorage.openSlot(accountId, id.market());
        LedgerWord word = LedgerWord.wrap(ExchangeStorage.load(slot));
        ExchangeStorage.store(slot, LedgerWord.unwrap(word.close(isAsk, atoms)));
    }
}
