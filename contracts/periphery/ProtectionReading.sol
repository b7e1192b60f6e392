// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {IExchange} from "../interfaces/IExchange.sol";
import {ILiquidationLens} from "../interfaces/ILiquidationLens.sol";
import {LineWord} from "../types/LineWord.sol";
import {LinesWord, LinesWordLib} from "../types/LinesWord.sol";
import {ProtectionWord} from "../types/ProtectionWord.sol";
import {ExchangeStorage} from "../ExchangeStorage.sol";
import {WordReader} from "./WordReader.sol";

/// @notice What is locked for accounts, and what they owe for what was paid for them.
library ProtectionReading {
    using WordReader for IExchange;

    /// @notice See {ILiquidationLens.protection}; the account is known.
    function protection(IExchange exchange, uint32 accountId)
        internal
        view
        returns (ILiquidationLens.Protection memory found)
    {
        (ProtectionWord word, LinesWord lines) = _read(exchange, accountId);
        // Fields of 80 bits.
        found.bondAtoms = uint80(word.bond());
        found.insuranceClaimAtoms = uint80(word.insuranceClaim());
        found.backstopClaimAtoms = uint80(word.backstopClaim());
        uint256[] memory words = _lineWords(exchange, accountId, lines);
        found.lines = new ILiquidationLens.Line[](words.length);
        for (uint256 i = 0; i < words.length; ++i) {
            found.lines[i] = _line(uint32(lines.lender(i)), LineWord.wrap(words[i]));
        }
    }

    /// @notice See {ILiquidationLens.line}; the account is known.
    function line(IExchange exchange, uint32 accountId, uint32 lenderId)
        internal
        view
        returns (ILiquidationLens.Line memory)
    {
        return _line(lenderId, LineWord.wrap(exchange.readWord(ExchangeStorage.lineSlot(accountId, lenderId))));
    }

    /// @notice B: the bond and all that can be drawn of lines now [quote atoms].
    function locked(IExchange exchange, uint32 accountId) internal view returns (uint256 atoms) {
        (ProtectionWord word, LinesWord lines) = _read(exchange, accountId);
        uint256[] memory words = _lineWords(exchange, accountId, lines);
        atoms = word.bond();
        for (uint256 i = 0; i < words.length; ++i) {
            atoms += LineWord.wrap(words[i]).available(block.timestamp);
        }
    }

    /// @notice Claims of the funds, and what is drawn of lines [quote atoms].
    function owed(IExchange exchange, uint32 accountId) internal view returns (uint256 claims, uint256 drawn) {
        (ProtectionWord word, LinesWord lines) = _read(exchange, accountId);
        return (word.claims(), lines.drawn());
    }

    function _read(IExchange exchange, uint32 accountId) private view returns (ProtectionWord, LinesWord) {
        uint256[] memory slots = new uint256[](2);
        slots[0] = ExchangeStorage.protectionSlot(accountId);
        slots[1] = ExchangeStorage.linesSlot(accountId);
        uint256[] memory words = exchange.readWords(slots);
        return (ProtectionWord.wrap(words[0]), LinesWord.wrap(words[1]));
    }

    function _lineWords(IExchange exchange, uint32 accountId, LinesWord lines) private view returns (uint256[] memory) {
        uint256 count;
        while (count < LinesWordLib.MAX_LINES && lines.lender(count) != 0) ++count;
        uint256[] memory slots = new uint256[](count);
        for (uint256 i = 0; i < count; ++i) {
            slots[i] = ExchangeStorage.lineSlot(accountId, lines.lender(i));
        }
        return exchange.readWords(slots);
    }

    /// @dev All fields have these widths.
    function _line(uint32 lenderId, LineWord word) private pure returns (ILiquidationLens.Line memory found) {
        found.lenderAccountId = lenderId;
        if (word.isNone()) return found;
        found.lockedAtoms = uint80(word.locked());
        (found.expiry, found.closesAt) = (uint32(word.expiry()), uint32(word.closesAt()));
        if (word.isOffered()) {
            (found.state, found.feeAtoms) = (ILiquidationLens.LineState.OFFERED, uint80(word.drawn()));
        } else {
            (found.state, found.drawnAtoms) = (ILiquidationLens.LineState.ACTIVE, uint80(word.drawn()));
        }
    }
}
