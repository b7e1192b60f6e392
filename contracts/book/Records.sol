// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {LibBit} from "solady/src/utils/LibBit.sol";
import {IExchange} from "../interfaces/IExchange.sol";
import {OrderId} from "../types/OrderId.sol";

/// @notice A log under way: the place in memory of three words, where it begins, where the next record goes, and where
///         its room ends.
/// @dev It begins with two words for the ABI's offset and length; the records follow.
type RecordLog is uint256;

using Records for RecordLog global;

/// @notice The packed log of a transaction: 32-byte records gathered in memory and emitted as one event.
/// @dev Formats are those of {IExchange.BookRecords}.
library Records {
    /// @notice Version of the formats.
    uint256 internal constant VERSION = 1;

    uint256 private constant _SEQUENCE_OFFSET = 200;
    uint256 private constant _PLACED = 1 << 248;
    uint256 private constant _FILLED = 2 << 248;
    uint256 private constant _REMOVED = 3 << 248;
    uint256 private constant _REDUCED = 4 << 248;
    uint256 private constant _TAKEN = 5 << 248;
    uint256 private constant _SKIPPED = 6 << 248;
    uint256 private constant _EXPIRES = 7 << 248;

    /// @notice Begin a log with room for some records; it grows if there are more.
    function open(uint256 records) internal pure returns (RecordLog log) {
        assembly ("memory-safe") {
            // Three words for the places, two for the ABI and the records, all from the end of allocated memory.
            log := mload(0x40)
            let start := add(log, 0x60)
            let end := add(start, 0x40)
            let limit := add(end, shl(5, records))
            mstore(log, start)
            mstore(add(log, 0x20), end)
            mstore(add(log, 0x40), limit)
            mstore(0x40, limit)
        }
    }

    /// @notice An order rests; or, with id and lots of zero, one that has a client id does not.
    function placed(RecordLog log, OrderId id, uint256 lots, uint256 clientId, uint256 laneFlags) internal pure {
        _append(log, _PLACED | OrderId.unwrap(id) | (lots << 128) | (clientId << 168) | (laneFlags << 232));
    }

    /// @notice A maker order traded.
    function filled(
        RecordLog log,
        OrderId id,
        uint256 lots,
        uint256 makerAccountId,
        uint256 sequence,
        bool isAsk,
        bool gone
    ) internal pure {
        uint256 flags = LibBit.toUint(isAsk) | (LibBit.toUint(gone) << 1);
        uint256 record = _FILLED | OrderId.unwrap(id) | (lots << 128) | (makerAccountId << 168);
        _append(log, record | (sequence << _SEQUENCE_OFFSET) | (flags << 240));
    }

    /// @notice What the records of makers filled whole have in common: {filled} without place, lots and maker.
    /// @param firstId Of the order at place 0 of their chunk.
    /// @param sequence Of the fill before the first.
    function wholeFill(OrderId firstId, bool isAsk, uint256 sequence) internal pure returns (uint256) {
        uint256 flags = LibBit.toUint(isAsk) | 2;
        return _FILLED | OrderId.unwrap(firstId) | (sequence << _SEQUENCE_OFFSET) | (flags << 240);
    }

    /// @notice Write that a maker was filled whole into reserved room.
    /// @param end Where, see {reserve}.
    /// @param common As {wholeFill} or the fill before returned it.
    /// @return next Where the next record goes.
    /// @return later What the next fill has in common with it.
    function writeWholeFill(uint256 end, uint256 common, uint256 place, uint256 lots, uint256 makerAccountId)
        internal
        pure
        returns (uint256 next, uint256 later)
    {
        unchecked {
            // Sequences are below 2^40.
            later = common + (uint256(1) << _SEQUENCE_OFFSET);
            uint256 record = later | (place << 48) | (lots << 128) | (makerAccountId << 168);
            assembly ("memory-safe") {
                // Within the room.
                mstore(end, record)
            }
            next = end + 0x20;
        }
    }

    /// @notice Make room for some records that are written without asking for it again.
    /// @return end Where the next record goes; whoever has written some says where they end, see {endAt}.
    function reserve(RecordLog log, uint256 records) internal pure returns (uint256 end) {
        assembly ("memory-safe") {
            end := mload(add(log, 0x20))
        }
        if (end + 32 * records > _limit(log)) end = _grow(log, 32 * records);
    }

    /// @notice Note where the records end that were written into reserved room.
    function endAt(RecordLog log, uint256 end) internal pure {
        assembly ("memory-safe") {
            mstore(add(log, 0x20), end)
        }
    }

    /// @notice An order, or what was left of it, went without trading.
    /// @param reason A number of {IExchange.Removal}.
    function removed(RecordLog log, OrderId id, uint256 lots, uint256 accountId, uint256 reason) internal pure {
        _append(log, _REMOVED | OrderId.unwrap(id) | (lots << 128) | (accountId << 168) | (reason << 240));
    }

    /// @notice An order became smaller.
    function reduced(RecordLog log, OrderId id, uint256 lotsLeft, uint256 lotsOff) internal pure {
        _append(log, _REDUCED | OrderId.unwrap(id) | (lotsLeft << 128) | (lotsOff << 168));
    }

    /// @notice An order took others: the sums of its fills.
    function taken(
        RecordLog log,
        uint256 marketId,
        bool isAsk,
        uint256 lots,
        uint256 notionalAtoms,
        int256 feeAtoms,
        uint256 sequence
    ) internal pure {
        // The mask keeps the low 64 bits of the signed fee: beyond 2^63 quote atoms, nine trillion dollars, the log wraps.
        uint256 sums = notionalAtoms | ((uint256(feeAtoms) & type(uint64).max) << 80) | (lots << 144);
        _append(log, _TAKEN | sums | (sequence << 184) | (marketId << 224) | (LibBit.toUint(isAsk) << 240));
    }

    /// @notice An item of a batch was skipped.
    /// @param refusal A number of {IExchange.Refusal}.
    function skipped(RecordLog log, uint256 index, uint256 refusal) internal pure {
        _append(log, _SKIPPED | index | (refusal << 16));
    }

    /// @notice The order of the record before expires.
    function expires(RecordLog log, OrderId id, uint256 expiry) internal pure {
        _append(log, _EXPIRES | OrderId.unwrap(id) | (expiry << 128));
    }

    /// @notice Add the records of another log, as {content} gave them.
    function extend(RecordLog log, bytes memory records) internal pure {
        for (uint256 offset = 0x20; offset <= records.length; offset += 0x20) {
            uint256 record;
            assembly ("memory-safe") {
                // Within the array, whose length is a multiple of 32.
                record := mload(add(records, offset))
            }
            _append(log, record);
        }
    }

    /// @notice The records so far, as the event carries them.
    function content(RecordLog log) internal pure returns (bytes memory records) {
        assembly ("memory-safe") {
            // The word before the first record is reserved for the length.
            let start := mload(log)
            records := add(start, 0x20)
            mstore(records, sub(mload(add(log, 0x20)), add(start, 0x40)))
        }
    }

    /// @notice Emit the log as one {IExchange.BookRecords}, unless it is empty.
    function emitAll(RecordLog log, uint256 accountId) internal {
        bytes32 topic = IExchange.BookRecords.selector;
        uint256 header = (VERSION << 32) | accountId;
        assembly ("memory-safe") {
            // ABI encoding of one dynamic argument: offset, length, data; records are whole words, so no padding.
            let start := mload(log)
            let size := sub(mload(add(log, 0x20)), start)
            if gt(size, 0x40) {
                mstore(start, 0x20)
                mstore(add(start, 0x20), sub(size, 0x40))
                log2(start, size, topic, header)
            }
        }
    }

    function _append(RecordLog log, uint256 record) private pure {
        uint256 end;
        assembly ("memory-safe") {
            end := mload(add(log, 0x20))
        }
        if (end == _limit(log)) end = _grow(log, 0);
        assembly ("memory-safe") {
            mstore(end, record)
            mstore(add(log, 0x20), add(end, 0x20))
        }
    }

    /// @dev Where the room of a log ends.
    function _limit(RecordLog log) private pure returns (uint256 limit) {
        assembly ("memory-safe") {
            limit := mload(add(log, 0x40))
        }
    }

    /// @dev Move a log to the end of allocated memory, with twice the size and some bytes more.
    /// @return end Where its next record goes.
    function _grow(RecordLog log, uint256 more) private pure returns (uint256 end) {
        assembly ("memory-safe") {
            let start := mload(log)
            let size := sub(mload(add(log, 0x20)), start)
            let moved := mload(0x40)
            mcopy(moved, start, size)
            end := add(moved, size)
            let limit := add(add(end, size), more)
            mstore(log, moved)
            mstore(add(log, 0x20), end)
            mstore(add(log, 0x40), limit)
            mstore(0x40, limit)
        }
    }
}
