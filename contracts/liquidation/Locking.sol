// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {IExchangeErrors} from "../interfaces/IExchangeErrors.sol";
import {AccountWord} from "../types/AccountWord.sol";
import {Accounts} from "../vault/Accounts.sol";
import {Balances} from "../vault/Balances.sol";

/// @notice What locking money for an account has in common, whoever's it is.
library Locking {
    /// @notice The smallest bond or line: ten dollars [quote atoms].
    uint256 internal constant LEAST_ATOMS = 10e6;

    /// @notice The word of an account that `caller` owns and whose orders may rest: what is committed after a flag does not count.
    /// @dev Errors: UnknownAccount, NotAccountOwner, AccountFrozen.
    function ofLiveOwner(uint32 accountId, address caller) internal view returns (AccountWord account) {
        account = Accounts.ofOwner(accountId, caller);
        if (!account.isLive()) revert IExchangeErrors.AccountFrozen(accountId);
    }

    /// @notice Check that an amount protects somebody.
    /// @dev Errors: BelowLeastProtection.
    function checkLeast(uint256 atoms) internal pure {
        if (atoms < LEAST_ATOMS) revert IExchangeErrors.BelowLeastProtection(atoms, LEAST_ATOMS);
    }

    /// @notice Take quote atoms that a balance has; the caller checks what is left.
    /// @return balance Balance after it [quote atoms].
    /// @dev Errors: InsufficientBalance; of what is lent InsufficientLiquidity, PriceMoving.
    function take(uint32 accountId, uint256 atoms) internal returns (int256 balance) {
        balance = Balances.atomsOf(accountId, 0);
        // Compared as unsigned, so that no amount is too large for the comparison.
        if (balance < 0 || atoms > uint256(balance)) {
            revert IExchangeErrors.InsufficientBalance(accountId, 0, balance, atoms);
        }
        Balances.checkCalm(accountId, 0);
        return Balances.add(accountId, 0, -int256(atoms));
    }
}
