// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {IExchange} from "../interfaces/IExchange.sol";
import {IExchangeErrors} from "../interfaces/IExchangeErrors.sol";
import {AccountWord} from "../types/AccountWord.sol";
import {BookWord} from "../types/BookWord.sol";
import {LaneLib} from "../types/Lane.sol";
import {LedgerWord, LedgerWordLib} from "../types/LedgerWord.sol";
import {MarketId} from "../types/MarketId.sol";
import {OrderId} from "../types/OrderId.sol";
import {TapeWord} from "../types/TapeWord.sol";
import {ExchangeStorage} from "../ExchangeStorage.sol";
import {Accounts} from "../vault/Accounts.sol";
import {Fees} from "./Fees.sol";
import {LevelQueue} from "./LevelQueue.sol";
import {Matching} from "./Matching.sol";
import {RecordLog} from "./Records.sol";
import {TickBitmap} from "./TickBitmap.sol";

/// @notice Placing an order: validate, match, rest, settle. Authorisation and the final check are the caller's.
library OrderBook {
    using Matching for Matching.Order;
    /// @notice The most maker orders one taker order may meet.
    uint256 internal constant MAX_FILLS = 64;

    // As numbers: the ABI has validated the enums, and comparing them as such would validate them again each time.
    uint256 private constant _ASK = uint256(IExchange.Side.ASK);
    uint256 private constant _FILL_OR_KILL = uint256(IExchange.TimeInForce.FILL_OR_KILL);
    uint256 private constant _POST_ONLY = uint256(IExchange.TimeInForce.POST_ONLY);

    /// @notice Place an order: match it, rest what may rest, settle the account that placed it.
    /// @param account Word of the account, at the start of the transaction.
    /// @param order Memory to work in, the same for all orders of a transaction; its sums must be zero.
    /// @return refusal With a refusal nothing of the order remains, except for NOT_FILLED_WHOLE: then the caller must
    ///         revert. Makers it met that could not trade have left the book all the same.
    function place(
        uint256 accountId,
        AccountWord account,
        IExchange.OrderRequest calldata request,
        Matching.Order memory order,
        RecordLog log,
        IExchange.OrderResult memory result
    ) internal returns (IExchange.Refusal refusal) {
        uint256 timeInForce = uint256(request.timeInForce);
        _read(accountId, request, order);
        // The two that rest are the first and the last of the four: 0 and 3.
        order.rests = timeInForce % _POST_ONLY == 0;
        // 1. What is wrong with it.
        bool isNewAsset = !account.uses(MarketId.base(order.marketId));
        refusal = _validate(order, isNewAsset);
        if (refusal != IExchange.Refusal.NONE) return refusal;
        // 2. What it meets.
        BookWord before = order.book;
        if (order.crosses()) {
            if (timeInForce == _POST_ONLY) return IExchange.Refusal.WOULD_CROSS;
            // The lots of an order are below 2^40.
            result.filledLots = uint40(_take(order, log));
        }
        if (timeInForce == _FILL_OR_KILL && order.lotsLeft != 0) return IExchange.Refusal.NOT_FILLED_WHOLE;
        // 3. What rests, and the words of the account and the book.
        refusal = _settle(order, log, result);
        // Also of an order refused at last: it may have met, and removed, makers that could not trade.
        if (BookWord.unwrap(order.book) != BookWord.unwrap(before)) {
            ExchangeStorage.store(ExchangeStorage.bookSlot(order.marketId), BookWord.unwrap(order.book));
        }
        if (isNewAsset && refusal == IExchange.Refusal.NONE) Accounts.use(accountId, MarketId.base(order.marketId));
    }

    /// @dev Begin an order with what was asked for.
    function _read(uint256 accountId, IExchange.OrderRequest calldata request, Matching.Order memory order)
        private
        view
    {
        order.accountId = accountId;
        uint256 marketId = request.marketId;
        order.marketId = marketId;
        order.book = BookWord.wrap(ExchangeStorage.load(ExchangeStorage.bookSlot(marketId)));
        order.isAsk = uint256(request.side) == _ASK;
        order.tick = request.tick;
        order.lotsLeft = request.lots;
        order.fillsLeft = request.maxFills;
    }

    /// @dev What is wrong with an order whatever rests in the book.
    function _validate(Matching.Order memory order, bool isNewAsset) private view returns (IExchange.Refusal) {
        BookWord book = order.book;
        uint256 tick = order.tick;
        if (!book.isListed()) return IExchange.Refusal.UNKNOWN_MARKET;
        unchecked {
            // Tick 0 wraps around to far above the highest.
            if (tick - 1 >= TickBitmap.MAX_TICK) return IExchange.Refusal.TICK_OUT_OF_RANGE;
        }
        if (order.lotsLeft < book.minLots()) return IExchange.Refusal.BELOW_MINIMUM_SIZE;
        if (order.fillsLeft > MAX_FILLS) return IExchange.Refusal.TOO_MANY_FILLS;
        uint256 limit = book.bandLimit(order.isAsk);
        if (limit == 0) return IExchange.Refusal.PRICE_UNAVAILABLE;
        if (order.isAsk ? tick < limit : tick > limit) return IExchange.Refusal.PRICE_OUTSIDE_BAND;
        if (isNewAsset && !Accounts.canUse(order.accountId, MarketId.base(order.marketId))) {
            return IExchange.Refusal.TOO_MANY_ASSETS;
        }
        return IExchange.Refusal.NONE;
    }

    /// @dev Match, and book what the market and the taker's cash have from it.
    /// @return filledLots Lots that traded.
    function _take(Matching.Order memory order, RecordLog log) private returns (uint256 filledLots) {
        uint256 slot = ExchangeStorage.tapeSlot(order.marketId);
        TapeWord tape = TapeWord.wrap(ExchangeStorage.load(slot));
        uint256 lots = order.lotsLeft;
        order.sequence = tape.sequence();
        order.run(log);
        // Neither dust nor what still crosses, because the fills are used up, may rest.
        if (order.rests) order.rests = order.lotsLeft >= order.book.minLots() && !order.crosses();
        if (order.notionalAtoms == 0) return 0;
        unchecked {
            // What makers sell is worth less than 2^95 at the highest price there is, and what they pay they have.
            filledLots = lots - order.lotsLeft;
            // One fee on the sum, so many small fills cost no more than one. Both fees together are never negative:
            // charges are rounded up, rebates down, and a rebate is at most the fee of the other side.
            int256 notional = int256(order.notionalAtoms);
            int256 fee = Fees.feeUp(order.notionalAtoms, tape.takerPpm());
            _moveCash(order.accountId, (order.isAsk ? notional : -notional) - fee);
            tape = tape.afterTrades(order.lastTick, uint256(fee + order.makerFeeAtoms), order.sequence);
            ExchangeStorage.store(slot, TapeWord.unwrap(tape));
            log.taken(order.marketId, order.isAsk, filledLots, order.notionalAtoms, fee, order.sequence);
        }
    }

    /// @dev Add what an order's fills moved to its account's cash.
    /// @param quoteAtoms Negative if it bought; fee included [quote atoms].
    function _moveCash(uint256 accountId, int256 quoteAtoms) private {
        uint256 slot = ExchangeStorage.ledgerSlot(accountId, 0);
        LedgerWord quote = LedgerWord.wrap(ExchangeStorage.load(slot)).add(quoteAtoms).touched();
        // One order moves less than 2^95; several of a batch could add up to more.
        int256 cash = quote.balance();
        if (cash < -int256(LedgerWordLib.MAX_HELD_ATOMS)) {
            // Account ids come from 32-bit arguments.
            revert IExchangeErrors.InsufficientBalance(uint32(accountId), 0, cash, 0);
        }
        ExchangeStorage.store(slot, LedgerWord.unwrap(quote));
    }

    /// @dev Rest what is left of the order if it may, and write the words of its account once.
    /// @return refusal Why nothing came of the order, if nothing did.
    function _settle(Matching.Order memory order, RecordLog log, IExchange.OrderResult memory result)
        private
        returns (IExchange.Refusal refusal)
    {
        uint256 slot = ExchangeStorage.ledgerSlot(order.accountId, MarketId.base(order.marketId));
        LedgerWord base = LedgerWord.wrap(ExchangeStorage.load(slot));
        uint256 atomsPerLot = order.book.atomsPerLot();
        unchecked {
            // Lots are below 2^40 and atoms a lot below 2^64.
            if (order.rests) {
                (LedgerWord opened, bool fits) = base.open(order.isAsk, order.lotsLeft * atomsPerLot);
                refusal = fits ? _rest(order, log, result) : IExchange.Refusal.TOO_MUCH_OPEN;
                if (refusal == IExchange.Refusal.NONE) base = opened;
                else if (result.filledLots == 0) return refusal;
            }
            if (result.filledLots != 0) {
                int256 baseAtoms = int256(result.filledLots * atomsPerLot);
                base = base.add(order.isAsk ? -baseAtoms : baseAtoms);
            }
        }
        ExchangeStorage.store(slot, LedgerWord.unwrap(base.touched()));
        return IExchange.Refusal.NONE;
    }

    /// @dev Put what is left of the order into its level's queue.
    function _rest(Matching.Order memory order, RecordLog log, IExchange.OrderResult memory result)
        private
        returns (IExchange.Refusal)
    {
        uint256 tick = order.tick;
        bool isAsk = order.isAsk;
        uint256 lots = order.lotsLeft;
        (OrderId id, LevelQueue.Append outcome) =
            LevelQueue.append(order.marketId, tick, LaneLib.create(order.accountId, isAsk, lots), lots);
        if (outcome == LevelQueue.Append.FULL) return IExchange.Refusal.LEVEL_FULL;
        if (outcome == LevelQueue.Append.FIRST) {
            TickBitmap.set(order.marketId, tick);
            uint256 best = order.book.best(isAsk);
            if (isAsk ? tick < best : tick > best) order.book = order.book.withBest(isAsk, tick);
        }
        result.orderId = OrderId.unwrap(id);
        // The lots of an order are below 2^40.
        result.restingLots = uint40(lots);
        log.placed(id, lots, isAsk);
        return IExchange.Refusal.NONE;
    }
}
