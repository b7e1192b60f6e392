// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {OrderChange} from "../types/OrderChange.sol";
import {IExchange} from "./IExchange.sol";

/// @title The risk engine
/// @notice The checks an action must pass at its end. The exchange delegates to it, so it reads the exchange's words.
/// @dev An account is *covered* if it owes nothing and its balances cover all its resting spot orders. One that is covered and uses
///      no perp needs no margin and no price. Any other must have the equity that ATLAS requires; profit of perps that is not
///      settled counts in it, but neither beside a debt nor for what leaves.
interface IRiskEngine {
    /// @notice Passes if the account may add risk: it needs no margin, or has its initial requirement.
    /// @param accountId Account to check, after the action.
    /// @param actor Who acts, as {AccountWord.actor} says: an operator who may not lend and borrow must leave it covered; and what
    ///        funds have a claim on is required, too, of an account that is not live.
    /// @dev Errors: InsufficientBalance with the first asset that falls short and has no lending pool, or must be covered;
    ///      StalePrice, PriceUnconfirmed, LowConfidence; BelowInitialMargin; UnsettledProfit if equity without profit that is
    ///      not settled is below the initial requirement of an account that is not covered, or else below the free band of
    ///      resting orders.
    function check(uint32 accountId, uint256 actor) external view;

    /// @notice {check} of an account that has taken a slice of another: liquidation goes on at prices that are old, wait for their
    ///         confirmation or are uncertain, with the term of confidence in the requirement.
    function checkAbsorbing(uint32 accountId) external view;

    /// @notice Passes if {check} does, or if the action has lowered the account's risk. Of an account that is not covered,
    ///         equity without profit that is not settled is compared, too.
    /// @param quoteAtoms What the action has added to the quote balance [quote atoms].
    /// @param changes What its orders have changed of their base assets and perps; its own cancels left out.
    /// @dev Errors: those of {check}.
    function checkDeRisking(uint32 accountId, bool mustBeCovered, int256 quoteAtoms, OrderChange[] calldata changes)
        external
        view;

    /// @notice Passes if value may leave the account: it needs no margin, or equity without profit that is not settled is
    ///         enough at the prices and at the slow prices.
    /// @dev Errors: those of {check}.
    function checkOutgoing(uint32 accountId, bool mustBeCovered) external view;

    /// @notice Whether a fill far from the mark, or one that begins a debt, may change a maker's account like this: it needs
    ///         no margin afterwards, has its maintenance requirement with the remaining orders at their worst and their free
    ///         band besides, or lowers its risk. Equity without profit that is not settled must cover that free band, or not
    ///         fall.
    /// @param marketId Where it trades.
    /// @param amount Added to the balance of the base asset of a spot market [atoms], or to the position of a perp [lots].
    /// @param bids Added to its open bids [atoms or lots].
    /// @param asks Added to its open asks [atoms or lots].
    /// @param cash Added to the quote balance [quote atoms], or to the cash of the position [tick-lots·2^-24].
    function makerFits(uint256 accountId, uint256 marketId, int256 amount, int256 bids, int256 asks, int256 cash)
        external
        view
        returns (bool);

    /// @notice See {IExchange.previewMargin}.
    function previewMargin(uint32 accountId, IExchange.MarginChange[] calldata changes)
        external
        view
        returns (IExchange.Margin memory current, IExchange.Margin memory changed);
}
