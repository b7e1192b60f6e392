// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {Records} from "../book/Records.sol";
import {IExchange} from "../interfaces/IExchange.sol";
import {ILens} from "../interfaces/ILens.sol";
import {OrderId} from "../types/OrderId.sol";

/// @notice The records of a log {IExchange.BookRecords}, which {Records} packed.
library RecordDecoding {
    uint256 private constant _RECORD_SIZE = 32;

    /// @notice See {ILens.decodeRecords}.
    function decode(uint256 header, bytes calldata records, uint256 maxRecords)
        internal
        pure
        returns (uint32 accountId, ILens.Record[] memory decoded)
    {
        if (header >> 32 != Records.VERSION) revert ILens.UnknownVersion(header >> 32);
        if (records.length % _RECORD_SIZE != 0) revert ILens.MalformedRecords(records.length);
        uint256 count = records.length / _RECORD_SIZE;
        if (count > maxRecords) revert ILens.TooManyItems(count, maxRecords);
        decoded = new ILens.Record[](count);
        for (uint256 i = 0; i < count; ++i) {
            uint256 word = uint256(bytes32(records[i * _RECORD_SIZE:]));
            if (!_decode(word, decoded[i])) revert ILens.UnknownRecord(i, word);
        }
        // The version is all that stands above the account.
        return (uint32(header), decoded);
    }

    /// @dev Decode one record; all casts keep the bits of a field.
    /// @return isKnown Whether there is such a record.
    function _decode(uint256 word, ILens.Record memory record) private pure returns (bool isKnown) {
        uint256 kind = word >> 248;
        if (kind == 0 || kind > uint256(type(ILens.RecordKind).max)) return false;
        record.kind = ILens.RecordKind(kind);
        if (record.kind == ILens.RecordKind.TAKEN) return _decodeTaken(word, record);
        if (record.kind == ILens.RecordKind.SKIPPED) return _decodeSkipped(word, record);
        _setOrder(record, OrderId.wrap(uint128(word)));
        if (record.kind == ILens.RecordKind.EXPIRES) {
            record.expiry = uint32(word >> 128);
            return true;
        }
        record.lots = uint40(word >> 128);
        if (record.kind == ILens.RecordKind.PLACED) return _decodePlaced(word, record);
        if (record.kind == ILens.RecordKind.REDUCED) {
            record.lotsOff = uint40(word >> 168);
            return true;
        }
        record.accountId = uint32(word >> 168);
        return record.kind == ILens.RecordKind.FILLED ? _decodeFilled(word, record) : _decodeRemoved(word, record);
    }

    function _decodePlaced(uint256 word, ILens.Record memory record) private pure returns (bool) {
        record.clientId = uint64(word >> 168);
        record.side = _side(word >> 232);
        record.isReduceOnly = (word >> 233) & 1 == 1;
        record.isByOperator = (word >> 234) & 1 == 1;
        return true;
    }

    function _decodeFilled(uint256 word, ILens.Record memory record) private pure returns (bool) {
        record.sequence = uint40(word >> 200);
        record.side = _side(word >> 240);
        record.hasLeft = (word >> 241) & 1 == 1;
        return true;
    }

    function _decodeRemoved(uint256 word, ILens.Record memory record) private pure returns (bool) {
        uint256 reason = uint8(word >> 240);
        if (reason > uint256(type(IExchange.Removal).max)) return false;
        record.reason = IExchange.Removal(reason);
        record.hasLeft = true;
        return true;
    }

    function _decodeTaken(uint256 word, ILens.Record memory record) private pure returns (bool) {
        record.notionalAtoms = uint80(word);
        record.feeAtoms = int64(uint64(word >> 80));
        record.lots = uint40(word >> 144);
        record.sequence = uint40(word >> 184);
        record.marketId = uint16(word >> 224);
        record.side = _side(word >> 240);
        return true;
    }

    function _decodeSkipped(uint256 word, ILens.Record memory record) private pure returns (bool) {
        record.index = uint16(word);
        uint256 refusal = uint8(word >> 16);
        if (refusal > uint256(type(IExchange.Refusal).max)) return false;
        record.refusal = IExchange.Refusal(refusal);
        return true;
    }

    function _setOrder(ILens.Record memory record, OrderId id) private pure {
        record.orderId = OrderId.unwrap(id);
        record.marketId = uint16(id.market());
        record.tick = uint24(id.tick());
    }

    function _side(uint256 flags) private pure returns (IExchange.Side) {
        return flags & 1 == 1 ? IExchange.Side.ASK : IExchange.Side.BID;
    }
}
