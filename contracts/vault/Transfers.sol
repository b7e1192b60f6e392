// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {Accounts} from "./Accounts.sol";
import {Balances} from "./Balances.sol";

/// @notice Atoms that come into an account's balance, or leave it, other than by trading.
/// @dev They are part of what the exchange holds, below 2^79.
library Transfers {
    /// @notice Add atoms to a balance; of what is lent, no more than the pool may have.
    /// @dev Errors: SupplyCapReached.
    function give(uint256 accountId, uint256 assetId, uint256 atoms) internal returns (int256 balance) {
        balance = Balances.add(accountId, assetId, int256(atoms));
        // Where a debt is left, or nothing, nothing was lent: repayments always pass.
        if (balance > 0 && Balances.load(accountId, assetId).isLent()) Balances.checkSupplyCap(assetId);
    }

    /// @notice Take atoms from a balance. A base asset of which nothing is left, open orders included, is no longer in use;
    ///         the quote asset stays in use, as every market pays into it.
    /// @dev Errors: those of {Balances.checkCalm} and {Balances.add}.
    function take(uint256 accountId, uint256 assetId, uint256 atoms) internal returns (int256 balance) {
        Balances.checkCalm(accountId, assetId);
        balance = Balances.add(accountId, assetId, -int256(atoms));
        if (assetId != 0 && Balances.load(accountId, assetId).isEmpty()) {
            Accounts.stopUsing(accountId, assetId);
        }
    }
}
