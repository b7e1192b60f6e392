// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {DynamicBufferLib} from "solady/src/utils/DynamicBufferLib.sol";
import {IExchange} from "../interfaces/IExchange.sol";
import {IExchangeErrors} from "../interfaces/IExchangeErrors.sol";
import {ILens} from "../interfaces/ILens.sol";
import {OrderTerms, OrderTermsLib} from "../types/OrderTerms.sol";

/// @notice The packed arguments that orders and batches have, from and to plain ones.
library OrderPacking {
    using DynamicBufferLib for DynamicBufferLib.DynamicBuffer;

    uint256 private constant _MAX_ITEMS = type(uint8).max;
    uint256 private constant _MORE = 1 << 7;

    /// @notice See {ILens.packTerms}.
    function pack(ILens.Terms calldata terms) internal pure returns (OrderTerms packed) {
        if (terms.timeInForce > OrderTermsLib.FILL_OR_KILL) revert ILens.InvalidTimeInForce(terms.timeInForce);
        if (terms.selfTrade > OrderTermsLib.DECREMENT_BOTH) revert ILens.InvalidSelfTrade(terms.selfTrade);
        packed =
            OrderTermsLib.create(terms.timeInForce, terms.selfTrade, terms.isReduceOnly, terms.expiry, terms.clientId);
        _check(packed);
    }

    /// @notice See {ILens.unpackTerms}.
    function unpack(OrderTerms packed) internal pure returns (ILens.Terms memory) {
        _check(packed);
        // All fields have these widths.
        return ILens.Terms({
            timeInForce: uint8(packed.timeInForce()),
            selfTrade: uint8(packed.selfTrade()),
            isReduceOnly: packed.isReduceOnly(),
            expiry: uint32(packed.expiry()),
            clientId: uint64(packed.clientId())
        });
    }

    /// @notice See {ILens.packBatch}; the format is that of {IExchange.batchPacked}.
    function packBatch(
        uint32 accountId,
        uint128[] calldata cancels,
        IExchange.OrderRequest[] calldata places,
        bool allOrNone,
        uint32 deadline
    ) internal pure returns (bytes memory) {
        if (cancels.length > _MAX_ITEMS) revert ILens.TooManyItems(cancels.length, _MAX_ITEMS);
        if (places.length > _MAX_ITEMS) revert ILens.TooManyItems(places.length, _MAX_ITEMS);
        DynamicBufferLib.DynamicBuffer memory buffer;
        // Both lengths fit a byte.
        buffer.pUint32(accountId).pUint32(deadline).pBool(allOrNone).pUint8(uint8(cancels.length))
            .pUint8(uint8(places.length));
        for (uint256 i = 0; i < cancels.length; ++i) {
            buffer.pUint128(cancels[i]);
        }
        for (uint256 i = 0; i < places.length; ++i) {
            _pushPlace(buffer, places[i]);
        }
        return buffer.data;
    }

    function _pushPlace(DynamicBufferLib.DynamicBuffer memory buffer, IExchange.OrderRequest calldata order)
        private
        pure
    {
        OrderTerms terms = order.terms;
        _check(terms);
        bool hasMore = terms.expiry() | terms.clientId() != 0;
        uint256 flags = uint256(order.side) | (terms.timeInForce() << 1) | (terms.selfTrade() << 4);
        if (terms.isReduceOnly()) flags |= 1 << 6;
        if (hasMore) flags |= _MORE;
        // The flags are eight bits, expiry and client id fields of these widths.
        buffer.pUint16(order.marketId).pUint24(order.tick).pUint40(order.lots).pUint8(order.maxFills)
            .pUint8(uint8(flags));
        if (hasMore) buffer.pUint32(uint32(terms.expiry())).pUint64(uint64(terms.clientId()));
    }

    function _check(OrderTerms terms) private pure {
        if (!terms.isValid()) revert IExchangeErrors.InvalidTerms(terms);
    }
}
