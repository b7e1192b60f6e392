// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {FirstBit} from "../types/FirstBit.sol";
import {UnderlyingWord} from "../types/UnderlyingWord.sol";
import {ExchangeStorage} from "../ExchangeStorage.sol";
import {Atlas} from "../risk/Atlas.sol";
import {Accounts} from "../vault/Accounts.sol";
import {Balances} from "../vault/Balances.sol";

/// @notice What an account has without its perps.
library SpotWorth {
    /// @notice Worth of all balances together, debts taken off, each rounded down [quote atoms]; and whether there is a debt.
    function ofAccount(uint256 accountId) internal view returns (int256 worthAtoms, bool owes) {
        worthAtoms = Balances.atomsOf(accountId, 0);
        owes = worthAtoms < 0;
        unchecked {
            // At most 15 assets, each worth less than 2^108; each step clears the lowest bit of those left.
            for (uint256 left = Accounts.load(accountId).assets() & ~uint256(1); left != 0; left &= left - 1) {
                uint256 assetId = FirstBit.ofWord(left);
                int256 atoms = Balances.atomsOf(accountId, assetId);
                if (atoms < 0) owes = true;
                uint256 word = ExchangeStorage.load(ExchangeStorage.underlyingSlot(assetId));
                worthAtoms += Atlas.valueDown(atoms, UnderlyingWord.wrap(word).price());
            }
        }
    }
}
