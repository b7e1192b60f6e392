// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {IExchangeErrors} from "../interfaces/IExchangeErrors.sol";
import {CashWord, CashWordLib} from "../types/CashWord.sol";
import {LedgerWord} from "../types/LedgerWord.sol";
import {ExecutionLoss} from "./ExecutionLoss.sol";
import {WorkOrder} from "./WorkOrder.sol";

/// @notice The budget of the day for what operators lose by taking.
library LossBudget {
    /// @notice The cash word of an account whose operator has traded.
    function withLoss(WorkOrder memory order, LedgerWord quote, uint256 filledLots, int256 feeAtoms)
        internal
        view
        returns (LedgerWord)
    {
        CashWord cash = CashWordLib.fromLedger(quote);
        uint256 loss = ExecutionLoss.lossUp(order.book, order.isAsk, filledLots, order.notionalAtoms, feeAtoms);
        if (loss == 0) return quote;
        uint256 lost = cash.lossAt(block.timestamp);
        if (lost + loss > cash.budget()) {
            revert IExchangeErrors.LossBudgetSpent(uint32(order.accountId), lost, loss, cash.budget());
        }
        return cash.withLossOfDay(lost + loss, block.timestamp).toLedger();
    }
}
