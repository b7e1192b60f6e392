// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {OrderChange} from "../types/OrderChange.sol";
import {IExchange} from "./IExchange.sol";

/// @title The module of orders
/// @notice What the exchange itself runs of it.
interface IOrderModule {
    /// @notice One place of a batch that must be undone if it is refused: a fill-or-kill order.
    /// @param byOperator Whether an operator places it.
    /// @return refusal A number of {IExchange.Refusal}.
    /// @return filledLots What traded [lots].
    /// @return quoteAtoms What it added to the account's quote balance [quote atoms].
    /// @return units What it added to the cash of a position [tick-lots·2^-24].
    /// @return records Its part of the log.
    /// @dev Delegated to by {batch} alone; called directly it changes nothing but this contract. Errors: NotFilledWhole; other
    ///      refusals are returned.
    function placeWhole(uint32 accountId, IExchange.OrderRequest calldata order, bool byOperator)
        external
        returns (uint256 refusal, uint256 filledLots, int256 quoteAtoms, int256 units, bytes memory records);

    /// @notice Place an order for an account, whoever calls, without the check at the end; its log is emitted.
    /// @return filledLots What traded [lots]; if nothing did, all else is zero.
    /// @return notionalAtoms The sum of its fills [quote atoms].
    /// @return quoteAtoms What it added to the account's quote balance [quote atoms].
    /// @return changes What it has changed, for {IRiskEngine.checkDeRisking}.
    /// @dev For other modules, which delegate to it and say who may; the exchange does not expose it, and called directly it
    ///      changes nothing but this contract. Errors: that of its refusal.
    function placeFor(uint32 accountId, IExchange.OrderRequest calldata order)
        external
        returns (uint256 filledLots, uint256 notionalAtoms, int256 quoteAtoms, OrderChange[] memory changes);
}
