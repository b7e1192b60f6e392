// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IExchange} from "../interfaces/IExchange.sol";

/// @notice The steps of {IExchange.openIsolated}, which say who called them with what.
contract IsolatedSteps is ReentrancyGuardTransient {
    /// @notice One step.
    event Step(string name, address caller, bytes arguments);

    /// @notice The order has no lots.
    error NoLots(uint32 accountId);

    /// @notice Makes account 77.
    function createAccount() external nonReentrant returns (uint32) {
        emit Step("createAccount", msg.sender, "");
        return 77;
    }

    /// @notice See {IExchange.transfer}.
    function transfer(uint32 from, uint32 to, uint16 assetId, uint256 atoms) external nonReentrant {
        emit Step("transfer", msg.sender, abi.encode(from, to, assetId, atoms));
    }

    /// @notice Fills all of the order.
    function place(uint32 accountId, IExchange.OrderRequest calldata order)
        external
        nonReentrant
        returns (IExchange.OrderResult memory result)
    {
        if (order.lots == 0) revert NoLots(accountId);
        emit Step("place", msg.sender, abi.encode(accountId, order.marketId, order.tick, order.lots));
        result.filledLots = order.lots;
    }
}
