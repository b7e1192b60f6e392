// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IExchange} from "../interfaces/IExchange.sol";
import {IExchangeErrors} from "../interfaces/IExchangeErrors.sol";
import {AccountWord} from "../types/AccountWord.sol";
import {OperatorWordLib} from "../types/OperatorWord.sol";
import {OrderId} from "../types/OrderId.sol";
import {Accounts} from "../vault/Accounts.sol";
import {Operators} from "../vault/Operators.sol";
import {Cancelling} from "./Cancelling.sol";
import {RecordLog, Records} from "./Records.sol";

/// @notice What is cancelled without haste. The exchange delegates to it.
contract CancelModule is ReentrancyGuardTransient {
    /// @notice See {IExchange.cancelMany}.
    function cancelMany(uint32 accountId, uint128[] calldata orderIds)
        external
        nonReentrantView
        returns (uint40[] memory lots)
    {
        Operators.authorise(accountId, msg.sender, OperatorWordLib.CANCEL);
        RecordLog log = Records.open(orderIds.length);
        lots = Cancelling.removeEach(accountId, orderIds, false, Cancelling.BY_OWNER, log);
        log.emitAll(accountId);
    }

    /// @notice See {ILiquidation.forceCancel}.
    function forceCancel(uint32 accountId, uint128[] calldata orderIds)
        external
        nonReentrantView
        returns (uint40[] memory lots)
    {
        AccountWord account = Accounts.load(accountId);
        if (account.owner() == address(0)) revert IExchangeErrors.UnknownAccount(accountId);
        if (account.isLive()) revert IExchangeErrors.NotFlagged(accountId);
        RecordLog log = Records.open(orderIds.length);
        lots = Cancelling.removeEach(accountId, orderIds, false, uint256(IExchange.Removal.FROZEN), log);
        log.emitAll(accountId);
    }

    /// @notice See {IExchange.reduce}.
    function reduce(uint32 accountId, uint128 orderId, uint40 newLots) external nonReentrantView {
        Operators.authorise(accountId, msg.sender, OperatorWordLib.CANCEL);
        RecordLog log = Records.open(1);
        Cancelling.reduce(accountId, OrderId.wrap(orderId), newLots, log);
        log.emitAll(accountId);
    }
}
