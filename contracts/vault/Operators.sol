// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {IExchangeErrors} from "../interfaces/IExchangeErrors.sol";
import {AccountWord} from "../types/AccountWord.sol";
import {OperatorWord, OperatorWordLib} from "../types/OperatorWord.sol";
import {ExchangeStorage} from "../ExchangeStorage.sol";
import {Accounts} from "./Accounts.sol";

/// @notice Who may act for an account: its owner, and those he allows some of it.
library Operators {
    /// @notice The word of an account, if `caller` owns it or has all of some permissions.
    /// @return account Its word; of an operator who may lend and borrow with that noted.
    /// @return isOperator Whether the caller is not the owner.
    /// @dev Errors: UnknownAccount, NotAccountOwner, OperatorExpired, PermissionMissing.
    function authorise(uint256 accountId, address caller, uint256 permissions)
        internal
        view
        returns (AccountWord account, bool isOperator)
    {
        account = Accounts.load(accountId);
        if (account.owner() == caller) return (account, false);
        OperatorWord operator = load(accountId, caller);
        if (!operator.allows(permissions, block.timestamp)) _refuse(accountId, account, caller, permissions);
        if (operator.permissions() & OperatorWordLib.LEND != 0) account = account.actedForByBorrower();
        return (account, true);
    }

    /// @notice Check that `caller` owns an account or has one of some permissions.
    /// @dev Errors: those of {authorise}.
    function checkAny(uint256 accountId, address caller, uint256 permissions) internal view {
        AccountWord account = Accounts.load(accountId);
        if (account.owner() == caller) return;
        OperatorWord operator = load(accountId, caller);
        if (!operator.allowsAny(permissions, block.timestamp)) _refuse(accountId, account, caller, permissions);
    }

    /// @notice Whether an operator has all of some permissions.
    function allows(uint256 accountId, address operator, uint256 permissions) internal view returns (bool) {
        return load(accountId, operator).allows(permissions, block.timestamp);
    }

    /// @notice Whether `caller` may make an account use a further asset: its owner, or whoever places or transfers for
    ///         him.
    function mayActivate(uint256 accountId, AccountWord account, address caller, uint256 permissions)
        internal
        view
        returns (bool)
    {
        return account.owner() == caller || load(accountId, caller).allowsAny(permissions, block.timestamp);
    }

    /// @notice Make an account use an asset, if it does not yet and `caller` may make it, see {mayActivate}.
    /// @dev Errors: AssetNotActivated, TooManyAssets.
    function activate(uint256 accountId, AccountWord account, uint256 assetId, address caller) internal {
        if (account.uses(assetId)) return;
        uint256 permissions = OperatorWordLib.PLACE | OperatorWordLib.TRANSFER;
        // Account and asset ids come from 32-bit and 16-bit arguments.
        if (!mayActivate(accountId, account, caller, permissions)) {
            revert IExchangeErrors.AssetNotActivated(uint32(accountId), uint16(assetId));
        }
        Accounts.use(accountId, assetId);
    }

    /// @notice The word of an operator; zero if there never was one.
    function load(uint256 accountId, address operator) internal view returns (OperatorWord) {
        return OperatorWord.wrap(ExchangeStorage.load(ExchangeStorage.operatorSlot(accountId, operator)));
    }

    /// @notice Write the word of an operator.
    function store(uint256 accountId, address operator, OperatorWord word) internal {
        ExchangeStorage.store(ExchangeStorage.operatorSlot(accountId, operator), OperatorWord.unwrap(word));
    }

    /// @dev Say why.
    function _refuse(uint256 accountId, AccountWord account, address caller, uint256 permissions) private view {
        // Account ids come from 32-bit arguments and permissions from constants of a byte.
        uint32 id = uint32(accountId);
        if (account.owner() == address(0)) revert IExchangeErrors.UnknownAccount(id);
        OperatorWord operator = load(accountId, caller);
        if (operator.permissions() == 0) revert IExchangeErrors.NotAccountOwner(id, caller);
        if (block.timestamp > operator.expiry()) {
            revert IExchangeErrors.OperatorExpired(id, caller, uint32(operator.expiry()));
        }
        revert IExchangeErrors.PermissionMissing(id, caller, uint8(operator.permissions()), uint8(permissions));
    }
}
