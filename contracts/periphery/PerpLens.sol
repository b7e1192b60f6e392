// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {IExchange} from "../interfaces/IExchange.sol";
import {IExchangeErrors} from "../interfaces/IExchangeErrors.sol";
import {IPerpLens} from "../interfaces/IPerpLens.sol";
import {PerpReading} from "./PerpReading.sol";
import {PositionReading} from "./PositionReading.sol";
import {WordReader} from "./WordReader.sol";

/// @title Lens of perps
/// @notice Reads perps of an exchange for those who have nothing but eth_call. It has no state and no rights.
contract PerpLens is IPerpLens {
    using PerpReading for IExchange;
    using PositionReading for IExchange;
    using WordReader for uint256;

    /// @notice The most items of one call.
    uint256 public constant MAX_ITEMS = 1_000;

    /// @inheritdoc IPerpLens
    IExchange public immutable exchange;

    /// @param exchange_ The exchange to read.
    constructor(IExchange exchange_) {
        if (address(exchange_).code.length == 0) {
            revert IExchangeErrors.InvalidParameter("exchange", uint160(address(exchange_)));
        }
        exchange = exchange_;
    }

    /// @inheritdoc IPerpLens
    function perps(uint16 fromId, uint256 limit) external view returns (Perp[] memory page, uint16 nextId) {
        return exchange.perps(fromId, limit.cap(MAX_ITEMS));
    }

    /// @inheritdoc IPerpLens
    function positions(uint32 accountId) external view returns (Position[] memory) {
        return exchange.positions(accountId);
    }

    /// @inheritdoc IPerpLens
    function trueUp(uint32 accountId) external view returns (TrueUp[] memory) {
        return exchange.trueUp(accountId);
    }
}
