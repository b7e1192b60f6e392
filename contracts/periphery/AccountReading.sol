// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {LibBit} from "solady/src/utils/LibBit.sol";
import {IExchange} from "../interfaces/IExchange.sol";
import {IExchangeErrors} from "../interfaces/IExchangeErrors.sol";
import {ILens} from "../interfaces/ILens.sol";
import {AccountWord} from "../types/AccountWord.sol";
import {CashWord, CashWordLib} from "../types/CashWord.sol";
import {LedgerWord} from "../types/LedgerWord.sol";
import {OperatorWord, OperatorWordLib} from "../types/OperatorWord.sol";
import {SeasonWord} from "../types/SeasonWord.sol";
import {ExchangeStorage} from "../ExchangeStorage.sol";
import {WordReader} from "./WordReader.sol";

/// @notice Accounts: who owns them, what they have, who may act for them.
library AccountReading {
    using WordReader for IExchange;

    /// @notice See {ILens.accounts}; the limit is already cut.
    function accounts(IExchange exchange, uint256 fromId, uint256 limit)
        internal
        view
        returns (ILens.AccountSummary[] memory page, uint32 nextId)
    {
        uint256 end = exchange.readRegistry().accounts() + 1;
        if (fromId == 0) fromId = 1;
        if (fromId >= end) return (page, 0);
        if (limit < end - fromId) {
            // Below the end, so 32 bits.
            nextId = uint32(fromId + limit);
            end = nextId;
        }
        uint256[] memory slots = new uint256[](end - fromId);
        for (uint256 i = 0; i < slots.length; ++i) {
            slots[i] = ExchangeStorage.accountSlot(fromId + i);
        }
        uint256[] memory words = exchange.readWords(slots);
        page = new ILens.AccountSummary[](words.length);
        for (uint256 i = 0; i < words.length; ++i) {
            AccountWord word = AccountWord.wrap(words[i]);
            // There are 44 bits of assets.
            page[i] = ILens.AccountSummary(uint32(fromId + i), word.owner(), uint64(word.assets()));
        }
    }

    /// @notice See {ILens.account}.
    function account(IExchange exchange, uint32 accountId) internal view returns (ILens.Account memory found) {
        AccountWord word = _load(exchange, accountId);
        (found.accountId, found.owner) = (accountId, word.owner());
        uint256[] memory ids = _bits(word.assets());
        uint256[] memory slots = new uint256[](1 + 2 * ids.length);
        slots[0] = ExchangeStorage.ledgerSlot(accountId, 0);
        for (uint256 i = 0; i < ids.length; ++i) {
            slots[1 + 2 * i] = ExchangeStorage.ledgerSlot(accountId, ids[i]);
            slots[2 + 2 * i] = ExchangeStorage.seasonSlot(accountId, ids[i]);
        }
        uint256[] memory words = exchange.readWords(slots);
        CashWord cash = CashWordLib.fromLedger(LedgerWord.wrap(words[0]));
        // Loss and budget are fields of 64 bits.
        (found.lossAtoms, found.budgetAtoms) = (uint64(cash.lossAt(block.timestamp)), uint64(cash.budget()));
        found.holdings = new ILens.Holding[](ids.length);
        found.isBare = true;
        for (uint256 i = 0; i < ids.length; ++i) {
            LedgerWord ledger = LedgerWord.wrap(words[1 + 2 * i]);
            if (!ledger.isBare(ids[i])) found.isBare = false;
            found.holdings[i] = _holding(ids[i], ledger, SeasonWord.wrap(words[2 + 2 * i]));
        }
    }

    /// @notice See {ILens.operator}.
    function operator(IExchange exchange, uint32 accountId, address operator_)
        internal
        view
        returns (uint8 permissions, uint32 expiry, bool isInForce)
    {
        _load(exchange, accountId);
        OperatorWord word = OperatorWord.wrap(exchange.readWord(ExchangeStorage.operatorSlot(accountId, operator_)));
        // The fields have these widths.
        permissions = uint8(word.permissions());
        expiry = uint32(word.expiry());
        isInForce = word.allowsAny(OperatorWordLib.ALL, block.timestamp);
    }

    /// @dev What an account has of an asset; the word of the quote asset counts no open orders.
    function _holding(uint256 assetId, LedgerWord ledger, SeasonWord season)
        private
        view
        returns (ILens.Holding memory holding)
    {
        // All fields have these widths: balances 96 bits, open totals 76, deposits 80, of which two sum below 2^80 unless
        // others won what was deposited; the sum is cut then.
        holding.assetId = uint16(assetId);
        holding.balanceAtoms = int96(ledger.balance());
        if (assetId != 0) {
            holding.openBidAtoms = uint80(ledger.openBids());
            holding.openAskAtoms = uint80(ledger.openAsks());
        }
        // As a withdrawal would find it. The cast is safe behind the test of the sign.
        int256 balance = ledger.balance();
        SeasonWord now_ = season.at(block.timestamp).cutTo(balance > 0 ? uint256(balance) : 0);
        holding.seasonedAtoms = uint80(now_.seasoned());
        uint256 fresh = now_.today() + now_.yesterday();
        holding.freshAtoms = uint80(fresh < type(uint80).max ? fresh : type(uint80).max);
    }

    function _load(IExchange exchange, uint32 accountId) private view returns (AccountWord word) {
        word = AccountWord.wrap(exchange.readWord(ExchangeStorage.accountSlot(accountId)));
        if (word.owner() == address(0)) revert IExchangeErrors.UnknownAccount(accountId);
    }

    /// @dev The set bits of a bitmap, lowest first.
    function _bits(uint256 bitmap) private pure returns (uint256[] memory bits) {
        bits = new uint256[](LibBit.popCount(bitmap));
        // Each step clears the lowest bit.
        for (uint256 i = 0; i < bits.length; ++i) {
            bits[i] = LibBit.ffs(bitmap);
            bitmap &= bitmap - 1;
        }
    }
}
