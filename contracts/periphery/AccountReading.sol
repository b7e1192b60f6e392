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
import {PoolIndexWord} from "../types/PoolIndexWord.sol";
import {PoolTotalsWord} from "../types/PoolTotalsWord.sol";
import {PositionWord} from "../types/PositionWord.sol";
import {SeasonWord} from "../types/SeasonWord.sol";
import {ExchangeStorage} from "../ExchangeStorage.sol";
import {PoolMath} from "../lending/PoolMath.sol";
import {WordReader} from "./WordReader.sol";

/// @notice Accounts: who owns them, what they have, who may act for them.
library AccountReading {
    using PoolMath for PoolMath.Pool;
    using WordReader for IExchange;

    /// @dev Words read of an asset of an account.
    uint256 private constant _HOLDING_WORDS = 4;

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
        AccountWord word = load(exchange, accountId);
        (found.accountId, found.owner) = (accountId, word.owner());
        uint256[] memory ids = bits(word.assets());
        uint256[] memory words = exchange.readWords(_slots(accountId, ids));
        CashWord cash = CashWordLib.fromLedger(LedgerWord.wrap(words[words.length - 1]));
        // Loss and budget are fields of 64 bits.
        (found.lossAtoms, found.budgetAtoms) = (uint64(cash.lossAt(block.timestamp)), uint64(cash.budget()));
        found.holdings = new ILens.Holding[](ids.length);
        found.isBare = _hasNoPosition(exchange, accountId, bits(word.perps()));
        for (uint256 i = 0; i < ids.length; ++i) {
            uint256 at = _HOLDING_WORDS * i;
            LedgerWord ledger = LedgerWord.wrap(words[at]);
            if (!ledger.isBare(ids[i])) found.isBare = false;
            int256 balance = atomsOf(ledger, PoolIndexWord.wrap(words[at + 2]), PoolTotalsWord.wrap(words[at + 3]));
            found.holdings[i] = _holding(ids[i], ledger, balance, SeasonWord.wrap(words[at + 1]));
        }
    }

    /// @dev Whether an account has nothing of any of some perps.
    function _hasNoPosition(IExchange exchange, uint256 accountId, uint256[] memory ids) private view returns (bool) {
        uint256[] memory slots = new uint256[](ids.length);
        for (uint256 i = 0; i < ids.length; ++i) {
            slots[i] = ExchangeStorage.positionSlot(accountId, ids[i]);
        }
        uint256[] memory words = exchange.readWords(slots);
        for (uint256 i = 0; i < words.length; ++i) {
            if (!PositionWord.wrap(words[i]).isEmpty()) return false;
        }
        return true;
    }

    /// @notice See {ILens.operator}.
    function operator(IExchange exchange, uint32 accountId, address operator_)
        internal
        view
        returns (uint8 permissions, uint32 expiry, bool isInForce)
    {
        load(exchange, accountId);
        OperatorWord word = OperatorWord.wrap(exchange.readWord(ExchangeStorage.operatorSlot(accountId, operator_)));
        // The fields have these widths.
        permissions = uint8(word.permissions());
        expiry = uint32(word.expiry());
        isInForce = word.allowsAny(OperatorWordLib.ALL, block.timestamp);
    }

    /// @notice The word of an account.
    /// @dev Errors: UnknownAccount.
    function load(IExchange exchange, uint32 accountId) internal view returns (AccountWord word) {
        word = AccountWord.wrap(exchange.readWord(ExchangeStorage.accountSlot(accountId)));
        if (word.owner() == address(0)) revert IExchangeErrors.UnknownAccount(accountId);
    }

    /// @notice What a ledger word is worth now, rounded down; a debt is negative [atoms].
    function atomsOf(LedgerWord ledger, PoolIndexWord index, PoolTotalsWord totals) internal view returns (int256) {
        if (ledger.isCustody() || !index.isOpen()) return ledger.balance();
        return PoolMath.accrued(index, totals, block.timestamp).atomsOf(ledger);
    }

    /// @notice The set bits of a bitmap, lowest first.
    function bits(uint256 bitmap) internal pure returns (uint256[] memory found) {
        found = new uint256[](LibBit.popCount(bitmap));
        // Each step clears the lowest bit.
        for (uint256 i = 0; i < found.length; ++i) {
            found[i] = LibBit.ffs(bitmap);
            bitmap &= bitmap - 1;
        }
    }

    /// @dev Slots of the words of an account's assets, and the quote asset's ledger word last.
    function _slots(uint256 accountId, uint256[] memory ids) private pure returns (uint256[] memory slots) {
        slots = new uint256[](_HOLDING_WORDS * ids.length + 1);
        for (uint256 i = 0; i < ids.length; ++i) {
            uint256 at = _HOLDING_WORDS * i;
            slots[at] = ExchangeStorage.ledgerSlot(accountId, ids[i]);
            slots[at + 1] = ExchangeStorage.seasonSlot(accountId, ids[i]);
            slots[at + 2] = ExchangeStorage.poolIndexSlot(ids[i]);
            slots[at + 3] = ExchangeStorage.poolTotalsSlot(ids[i]);
        }
        slots[slots.length - 1] = ExchangeStorage.ledgerSlot(accountId, 0);
    }

    /// @dev What an account has of an asset; the word of the quote asset counts no open orders.
    function _holding(uint256 assetId, LedgerWord ledger, int256 balance, SeasonWord season)
        private
        view
        returns (ILens.Holding memory holding)
    {
        // All fields have these widths: shares 95 bits, worth 2^17 atoms at most, open totals 76, deposits 80, of which two
        // sum below 2^80 unless others won what was deposited; the sum is cut then.
        holding.assetId = uint16(assetId);
        holding.balanceAtoms = int128(balance);
        holding.isLent = ledger.isLent();
        if (assetId != 0) {
            holding.openBidAtoms = uint80(ledger.openBids());
            holding.openAskAtoms = uint80(ledger.openAsks());
        }
        // As a withdrawal would find it. The cast is safe behind the test of the sign.
        SeasonWord now_ = season.at(block.timestamp).cutTo(balance > 0 ? uint256(balance) : 0);
        holding.seasonedAtoms = uint80(now_.seasoned());
        uint256 fresh = now_.today() + now_.yesterday();
        holding.freshAtoms = uint80(fresh < type(uint80).max ? fresh : type(uint80).max);
    }
}
