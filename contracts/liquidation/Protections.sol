// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {LineWord} from "../types/LineWord.sol";
import {LinesWord, LinesWordLib} from "../types/LinesWord.sol";
import {ProtectionWord, ProtectionWordLib} from "../types/ProtectionWord.sol";
import {ExchangeStorage} from "../ExchangeStorage.sol";
import {Accounts} from "../vault/Accounts.sol";
import {Funds} from "./Funds.sol";

/// @notice What is locked for an account, its bond and standby lines, and what it owes for what was paid for it.
library Protections {
    /// @notice Protection word of an account.
    function load(uint256 accountId) internal view returns (ProtectionWord) {
        return ProtectionWord.wrap(ExchangeStorage.load(ExchangeStorage.protectionSlot(accountId)));
    }

    /// @notice Write the protection word of an account.
    function store(uint256 accountId, ProtectionWord word) internal {
        ExchangeStorage.store(ExchangeStorage.protectionSlot(accountId), ProtectionWord.unwrap(word));
    }

    /// @notice Lines word of an account.
    function lines(uint256 accountId) internal view returns (LinesWord) {
        return LinesWord.wrap(ExchangeStorage.load(ExchangeStorage.linesSlot(accountId)));
    }

    /// @notice Write the lines word of an account.
    function storeLines(uint256 accountId, LinesWord word) internal {
        ExchangeStorage.store(ExchangeStorage.linesSlot(accountId), LinesWord.unwrap(word));
    }

    /// @notice Line word of a lender's account for another.
    function line(uint256 accountId, uint256 lenderId) internal view returns (LineWord) {
        return LineWord.wrap(ExchangeStorage.load(ExchangeStorage.lineSlot(accountId, lenderId)));
    }

    /// @notice Write the line word of a lender's account for another.
    function storeLine(uint256 accountId, uint256 lenderId, LineWord word) internal {
        ExchangeStorage.store(ExchangeStorage.lineSlot(accountId, lenderId), LineWord.unwrap(word));
    }

    /// @notice B: the bond and all that can be drawn of lines now [quote atoms].
    function locked(uint256 accountId) internal view returns (uint256 atoms) {
        if (!Accounts.load(accountId).isProtected()) return 0;
        atoms = load(accountId).bond();
        LinesWord known = lines(accountId);
        for (uint256 i = 0; i < LinesWordLib.MAX_LINES && known.lender(i) != 0; ++i) {
            atoms += line(accountId, known.lender(i)).available(block.timestamp);
        }
    }

    /// @notice What comes before what an account's owner takes out: claims of funds, and drawn lines [quote atoms].
    function owed(uint256 accountId) internal view returns (uint256) {
        return load(accountId).claims() + lines(accountId).drawn();
    }

    /// @notice Use up what is locked, the bond first and then lines, the eldest first. What lenders pay is owed to them.
    /// @return bondAtoms Taken of the bond.
    /// @return lineAtoms Taken of lines.
    function spend(uint256 accountId, uint256 atoms) internal returns (uint256 bondAtoms, uint256 lineAtoms) {
        if (!Accounts.load(accountId).isProtected()) return (0, 0);
        ProtectionWord word = load(accountId);
        bondAtoms = Math.min(word.bond(), atoms);
        if (bondAtoms != 0) {
            store(accountId, word.withBond(word.bond() - bondAtoms));
            Funds.store(Funds.load().withBonds(-int256(bondAtoms)));
        }
        LinesWord known = lines(accountId);
        for (uint256 i = 0; i < LinesWordLib.MAX_LINES && known.lender(i) != 0; ++i) {
            uint256 lenderId = known.lender(i);
            uint256 part = Math.min(line(accountId, lenderId).available(block.timestamp), atoms - bondAtoms - lineAtoms);
            if (part != 0) drawLine(accountId, lenderId, part);
            lineAtoms += part;
        }
    }

    /// @notice Take atoms, of which there are so many, out of a line; they are owed to its lender.
    /// @return drawnAtoms What is drawn of it now.
    function drawLine(uint256 accountId, uint256 lenderId, uint256 atoms) internal returns (uint256 drawnAtoms) {
        LineWord word = line(accountId, lenderId);
        drawnAtoms = word.drawn() + atoms;
        storeLine(accountId, lenderId, word.withAmounts(word.locked() - atoms, drawnAtoms));
        LinesWord known = lines(accountId);
        storeLines(accountId, known.withDrawn(known.drawn() + atoms));
        Funds.store(Funds.load().withLines(-int256(atoms)));
        Accounts.store(accountId, Accounts.load(accountId).withOwes(true));
    }

    /// @notice Note what funds have paid for an account.
    function addClaims(uint256 accountId, uint256 insuranceAtoms, uint256 backstopAtoms) internal {
        if (insuranceAtoms | backstopAtoms == 0) return;
        ProtectionWord word = load(accountId);
        store(
            accountId,
            ProtectionWordLib.create(
                word.bond(), word.insuranceClaim() + insuranceAtoms, word.backstopClaim() + backstopAtoms
            )
        );
        Accounts.store(accountId, Accounts.load(accountId).withOwes(true));
    }
}
