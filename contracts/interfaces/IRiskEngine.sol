// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {OrderChange} from "../types/OrderChange.sol";
import {IExchange} from "./IExchange.sol";

/// @title The risk engine
/// @notice The checks an action must pass at its end. The exchange delegates to it, so it reads the exchange's words.
/// @dev An account that owes nothing and whose balances cover all its resting orders needs no margin and no price. Any other
///      must have the equity that ATLAS requires.
interface IRiskEngine {
    /// @notice Passes if the account may add risk: it needs no margin, or has its initial requirement.
    /// @param accountId Account to check, after the action.
    /// @dev Errors: InsufficientBalance with the first asset that falls short and has no lending pool; StalePrice,
    ///      PriceUnconfirmed, LowConfidence; BelowInitialMargin.
    function check(uint32 accountId) external view;

    /// @notice Passes if the account needs no margin.
    /// @dev Errors: InsufficientBalance with the first asset that falls short.
    function checkPaid(uint32 accountId) external view;

    /// @notice Passes if {check} does, or if the action has lowered the account's risk.
    /// @param quoteAtoms What the action has added to the quote balance [quote atoms].
    /// @param changes What its orders have changed of their base assets; its own cancels left out.
    /// @dev Errors: those of {check}.
    function checkDeRisking(uint32 accountId, int256 quoteAtoms, OrderChange[] calldata changes) external view;

    /// @notice Passes if value may leave the account: {check} at the prices and at the slow prices.
    /// @dev Errors: those of {check}.
    function checkOutgoing(uint32 accountId) external view;

    /// @notice Whether a fill far from the mark, or one that begins a debt, may change a maker's account like this: it needs
    ///         no margin afterwards, has its maintenance requirement with the remaining orders at their worst and their free
    ///         band besides, or lowers its risk.
    /// @param atoms Added to the balance of a base asset [atoms].
    /// @param bids Added to its open bids [atoms].
    /// @param asks Added to its open asks [atoms].
    /// @param quoteAtoms Added to the quote balance [quote atoms].
    function makerFits(uint256 accountId, uint256 assetId, int256 atoms, int256 bids, int256 asks, int256 quoteAtoms)
        external
        view
        returns (bool);

    /// @notice See {IExchange.previewMargin}.
    function previewMargin(uint32 accountId, IExchange.MarginChange[] calldata changes)
        external
        view
        returns (IExchange.Margin memory current, IExchange.Margin memory changed);
}
