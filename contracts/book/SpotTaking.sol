// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {IExchangeErrors} from "../interfaces/IExchangeErrors.sol";
import {LedgerWord, LedgerWordLib} from "../types/LedgerWord.sol";
import {MarketId} from "../types/MarketId.sol";
import {ExchangeStorage} from "../ExchangeStorage.sol";
import {LendingCall} from "../lending/LendingCall.sol";
import {Pools} from "../lending/Pools.sol";
import {Fees} from "./Fees.sol";
import {LossBudget} from "./LossBudget.sol";
import {WorkOrder} from "./WorkOrder.sol";

/// @notice The taker's side of a spot trade: what he can pay, and his two words.
library SpotTaking {
    using LendingCall for address;

    /// @notice Keep back what the account could not pay for: it has not enough, and the pool lends it no more. The price is
    ///      taken to be the worst.
    /// @return kept Lots that do not take part in the match.
    function keepBack(WorkOrder memory order, int256 takerPpm) internal returns (uint256 kept) {
        uint256 assetId = order.isAsk ? MarketId.base(order.marketId) : 0;
        LedgerWord word = LedgerWord.wrap(ExchangeStorage.load(ExchangeStorage.ledgerSlot(order.accountId, assetId)));
        if (!word.isLent() && _payableLots(order, word.balance(), takerPpm) >= order.lotsLeft) return 0;
        // Without a pool a balance falls below zero, and the check at the end refuses it.
        if (!Pools.isOpen(assetId)) return 0;
        (uint256 most,) = order.lendingModule.reachOf(order.accountId, assetId);
        // Reach is below 2^97.
        uint256 payableLots = _payableLots(order, int256(most), takerPpm);
        if (payableLots >= order.lotsLeft) return 0;
        unchecked {
            kept = order.lotsLeft - payableLots;
        }
        order.lotsLeft = payableLots;
    }

    /// @notice Add what an order's fills moved to its account's cash; what an operator lost by them uses up his budget.
    function moveCash(WorkOrder memory order, uint256 filledLots, int256 feeAtoms) internal {
        uint256 accountId = order.accountId;
        uint256 slot = ExchangeStorage.ledgerSlot(accountId, 0);
        LedgerWord quote = LedgerWord.wrap(ExchangeStorage.load(slot));
        int256 quoteAtoms = int256(order.notionalAtoms);
        unchecked {
            // Notionals are below 2^95.
            if (!order.isAsk) quoteAtoms = -quoteAtoms;
            quoteAtoms -= feeAtoms;
            order.quoteChange += quoteAtoms;
        }
        if (!quote.isCustodyAfter(quoteAtoms) && Pools.isOpen(0)) {
            order.lendingModule.moveBalance(accountId, 0, quoteAtoms);
            quote = LedgerWord.wrap(ExchangeStorage.load(slot));
        } else {
            quote = quote.add(quoteAtoms).touched();
            // One order moves less than 2^95; several of a batch could add up to more.
            int256 cash = quote.balance();
            if (cash < -int256(LedgerWordLib.MAX_HELD_ATOMS)) {
                // Account ids come from 32-bit arguments.
                revert IExchangeErrors.InsufficientBalance(uint32(accountId), 0, cash, 0);
            }
        }
        if (order.account.operatorBit() != 0) quote = LossBudget.withLoss(order, quote, filledLots, feeAtoms);
        ExchangeStorage.store(slot, LedgerWord.unwrap(quote));
    }

    /// @notice Add what was traded to the base balance of the account.
    /// @param slot Of its word.
    /// @return The word after it.
    function moveBase(WorkOrder memory order, uint256 slot, LedgerWord base, uint256 filledLots)
        internal
        returns (LedgerWord)
    {
        uint256 assetId = MarketId.base(order.marketId);
        int256 baseAtoms;
        unchecked {
            // Lots are below 2^40 and atoms a lot below 2^64.
            baseAtoms = int256(filledLots * order.book.atomsPerLot());
            if (order.isAsk) baseAtoms = -baseAtoms;
        }
        if (base.isCustodyAfter(baseAtoms) || !Pools.isOpen(assetId)) return base.add(baseAtoms);
        ExchangeStorage.store(slot, LedgerWord.unwrap(base));
        order.lendingModule.moveBalance(order.accountId, assetId, baseAtoms);
        return LedgerWord.wrap(ExchangeStorage.load(slot));
    }

    /// @dev Lots that an amount of what the order pays with is enough for, at the worst price.
    function _payableLots(WorkOrder memory order, int256 atoms, int256 takerPpm) private pure returns (uint256) {
        if (atoms <= 0) return 0;
        unchecked {
            // The cast is safe behind the test of the sign; 24 bits times 32 bits.
            if (order.isAsk) return uint256(atoms) / order.book.atomsPerLot();
            return Fees.payableLots(atoms, order.tick * order.book.tickValue(), takerPpm);
        }
    }
}
