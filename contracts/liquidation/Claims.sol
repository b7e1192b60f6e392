// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IExchangeErrors} from "../interfaces/IExchangeErrors.sol";
import {ILiquidation} from "../interfaces/ILiquidation.sol";
import {LinesWord, LinesWordLib} from "../types/LinesWord.sol";
import {LineWord} from "../types/LineWord.sol";
import {ProtectionWord, ProtectionWordLib} from "../types/ProtectionWord.sol";
import {RiskWord} from "../types/RiskWord.sol";
import {ExchangeStorage} from "../ExchangeStorage.sol";
import {Atlas} from "../risk/Atlas.sol";
import {Holdings} from "../risk/Holdings.sol";
import {Valuation} from "../risk/Valuation.sol";
import {Accounts} from "../vault/Accounts.sol";
import {Balances} from "../vault/Balances.sol";
import {Flags} from "./Flags.sol";
import {Funds} from "./Funds.sol";
import {Lines} from "./Lines.sol";
import {Protections} from "./Protections.sol";

/// @notice What an account owes those who paid for it: the funds first, then lenders of lines, and only then is it its owner's.
library Claims {
    using Atlas for Atlas.Sums;

    /// @notice See {ILiquidation.repayClaims}.
    function repay(uint32 accountId) internal returns (uint256 atoms) {
        if (Accounts.load(accountId).owner() == address(0)) revert IExchangeErrors.UnknownAccount(accountId);
        if (Accounts.load(accountId).owes()) atoms = _repay(accountId);
        Flags.thaw(accountId);
    }

    /// @dev Pay back what there is for it.
    function _repay(uint32 accountId) private returns (uint256 atoms) {
        atoms = Math.min(Math.min(Protections.owed(accountId), _surplus(accountId)), Funds.available(accountId, 0));
        if (atoms != 0) {
            // Atoms are part of what the exchange holds.
            Balances.add(accountId, 0, -int256(atoms));
            uint256 left = _repayFunds(accountId, atoms);
            if (left != 0) _repayLines(accountId, left);
        }
        if (Protections.owed(accountId) == 0) Accounts.store(accountId, Accounts.load(accountId).withOwes(false));
    }

    /// @dev What an account has beyond its initial requirement, without profit that is not settled [quote atoms].
    function _surplus(uint256 accountId) private view returns (uint256) {
        RiskWord global = RiskWord.wrap(ExchangeStorage.load(ExchangeStorage.riskSlot()));
        Atlas.Sums memory sums = Valuation.sumsOf(Holdings.read(accountId), true);
        // Requirements are below 2^130.
        int256 surplus = sums.settled() - int256(sums.initial(global));
        return surplus > 0 ? uint256(surplus) : 0;
    }

    /// @dev Each fund gets its share of what there is for both, the odd atom the backstop.
    /// @return left What is left for lenders.
    function _repayFunds(uint32 accountId, uint256 atoms) private returns (uint256 left) {
        ProtectionWord word = Protections.load(accountId);
        uint256 claims = word.claims();
        if (claims == 0) return atoms;
        uint256 paid = Math.min(atoms, claims);
        uint256 insured = paid * word.insuranceClaim() / claims;
        uint256 rest = paid - insured;
        Protections.store(
            accountId,
            ProtectionWordLib.create(word.bond(), word.insuranceClaim() - insured, word.backstopClaim() - rest)
        );
        Funds.refund(insured, rest);
        emit ILiquidation.ClaimRepaid(accountId, insured, rest);
        return atoms - paid;
    }

    /// @dev The eldest line first.
    function _repayLines(uint32 accountId, uint256 atoms) private {
        LinesWord known = Protections.lines(accountId);
        Protections.storeLines(accountId, known.withDrawn(known.drawn() - atoms));
        for (uint256 i = 0; i < LinesWordLib.MAX_LINES && atoms != 0; ++i) {
            uint256 lenderId = known.lender(i);
            LineWord word = Protections.line(accountId, lenderId);
            uint256 part = Math.min(word.drawn(), atoms);
            if (part == 0) continue;
            atoms -= part;
            Lines.setAmounts(accountId, lenderId, word, word.locked(), word.drawn() - part);
            Balances.add(lenderId, 0, int256(part));
            // Account ids are of 32 bits.
            emit ILiquidation.LineRepaid(accountId, uint32(lenderId), part, word.drawn() - part);
        }
    }
}
