// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {IExchange} from "../interfaces/IExchange.sol";
import {AccountWord} from "../types/AccountWord.sol";
import {BookWord} from "../types/BookWord.sol";
import {LaneLib} from "../types/Lane.sol";
import {LedgerWord} from "../types/LedgerWord.sol";
import {MarketId} from "../types/MarketId.sol";
import {OrderId} from "../types/OrderId.sol";
import {TapeWord} from "../types/TapeWord.sol";
import {ExchangeStorage} from "../ExchangeStorage.sol";
import {Accounts} from "../vault/Accounts.sol";
import {Fees} from "./Fees.sol";
import {LevelQueue} from "./LevelQueue.sol";
import {Matching} from "./Matching.sol";
import {Records} from "./Records.sol";
import {TickBitmap} from "./TickBitmap.sol";

/// @notice Placing an order: validate, match, rest, settle. Authorisation and the final check are the caller's.
library OrderBook {
    using Matching for Matching.Take;
    using Records for Records.Log;

    /// @notice The most maker orders one taker order may meet.
    uint256 internal constant MAX_FILLS = 64;

    // As numbers: the ABI has validated the enum, and comparing it as one would validate it again each time.
    uint256 private constant _GOOD_TILL_CANCELLED = uint256(IExchange.TimeInForce.GOOD_TILL_CANCELLED);
    uint256 private constant _FILL_OR_KILL = uint256(IExchange.TimeInForce.FILL_OR_KILL);
    uint256 private constant _POST_ONLY = uint256(IExchange.TimeInForce.POST_ONLY);

    /// @dev An order on its way through the book.
    struct Placement {
        uint256 accountId;
        uint256 marketId;
        bool isAsk;
        uint256 tick;
        BookWord book;
        uint256 lotsLeft;
        uint256 filledLots;
        /// @dev What the fills move in the taker's quote balance, fee included [quote atoms].
        int256 quoteAtoms;
        /// @dev Whether what is left may rest.
        bool rests;
    }

    /// @notice Place an order: match it, rest what may rest, settle the account that placed it.
    /// @param account Word of the account, at the start of the transaction.
    /// @return refusal With a refusal nothing has changed, except for NOT_FILLED_WHOLE: then the caller must revert.
    function place(
        uint256 accountId,
        AccountWord account,
        IExchange.OrderRequest calldata order,
        Records.Log memory log,
        IExchange.OrderResult memory result
    ) internal returns (IExchange.Refusal refusal) {
        uint256 timeInForce = uint256(order.timeInForce);
        Placement memory placement = Placement({
            accountId: accountId,
            marketId: order.marketId,
            isAsk: order.side == IExchange.Side.ASK,
            tick: order.tick,
            book: BookWord.wrap(ExchangeStorage.load(ExchangeStorage.bookSlot(order.marketId))),
            lotsLeft: order.lots,
            filledLots: 0,
            quoteAtoms: 0,
            rests: timeInForce == _GOOD_TILL_CANCELLED || timeInForce == _POST_ONLY
        });
        // 1. What is wrong with it.
        refusal = _validate(placement, account, order.maxFills);
        if (refusal != IExchange.Refusal.NONE) return refusal;
        // 2. What it meets.
        BookWord before = placement.book;
        if (before.crosses(placement.isAsk, placement.tick)) {
            if (timeInForce == _POST_ONLY) return IExchange.Refusal.WOULD_CROSS;
            _take(placement, order.maxFills, log);
            // The lots of an order are below 2^40.
            result.filledLots = uint40(placement.filledLots);
        }
        if (timeInForce == _FILL_OR_KILL && placement.lotsLeft != 0) {
            return IExchange.Refusal.NOT_FILLED_WHOLE;
        }
        // 3. What rests, and the words of the account and the book.
        refusal = _settle(placement, log, result);
        if (refusal != IExchange.Refusal.NONE) return refusal;
        if (!account.uses(MarketId.base(placement.marketId))) {
            Accounts.use(accountId, MarketId.base(placement.marketId));
        }
        if (BookWord.unwrap(placement.book) != BookWord.unwrap(before)) {
            ExchangeStorage.store(ExchangeStorage.bookSlot(placement.marketId), BookWord.unwrap(placement.book));
        }
    }

    /// @dev What is wrong with an order whatever rests in the book.
    function _validate(Placement memory placement, AccountWord account, uint256 maxFills)
        private
        view
        returns (IExchange.Refusal)
    {
        BookWord book = placement.book;
        uint256 tick = placement.tick;
        if (!book.isListed()) return IExchange.Refusal.UNKNOWN_MARKET;
        if (tick == 0 || tick > TickBitmap.MAX_TICK) return IExchange.Refusal.TICK_OUT_OF_RANGE;
        if (placement.lotsLeft < book.minLots()) return IExchange.Refusal.BELOW_MINIMUM_SIZE;
        if (maxFills > MAX_FILLS) return IExchange.Refusal.TOO_MANY_FILLS;
        if (book.bandLimit(false) == 0) return IExchange.Refusal.PRICE_UNAVAILABLE;
        uint256 limit = book.bandLimit(placement.isAsk);
        if (placement.isAsk ? tick < limit : tick > limit) return IExchange.Refusal.PRICE_OUTSIDE_BAND;
        uint256 base = MarketId.base(placement.marketId);
        if (!account.uses(base) && !Accounts.canUse(placement.accountId, base)) {
            return IExchange.Refusal.TOO_MANY_ASSETS;
        }
        return IExchange.Refusal.NONE;
    }

    /// @dev Match, and book what the market has from it.
    function _take(Placement memory placement, uint256 maxFills, Records.Log memory log) private {
        bool isAsk = placement.isAsk;
        uint256 slot = ExchangeStorage.tapeSlot(placement.marketId);
        TapeWord tape = TapeWord.wrap(ExchangeStorage.load(slot));
        Matching.Take memory take = Matching.Take({
            marketId: placement.marketId,
            book: placement.book,
            makersAsk: !isAsk,
            limitTick: placement.tick,
            best: placement.book.best(!isAsk),
            lotsLeft: placement.lotsLeft,
            fillsLeft: maxFills,
            notionalAtoms: 0,
            makerFeeAtoms: 0,
            lastTick: 0,
            sequence: tape.sequence()
        });
        take.run(log);

        placement.book = placement.book.withBest(!isAsk, take.best);
        // Neither dust nor what still crosses, because the fills are used up, may rest.
        if (take.lotsLeft < placement.book.minLots() || take.crosses()) placement.rests = false;
        if (take.notionalAtoms == 0) return;
        unchecked {
            // The notional is below 2^79, as makers or taker pay it out of balances (the taker's is checked at the end).
            placement.filledLots = placement.lotsLeft - take.lotsLeft;
            placement.lotsLeft = take.lotsLeft;
            // One fee on the sum, so many small fills cost no more than one. Both fees together are never negative:
            // charges are rounded up, rebates down, and a rebate is at most the fee of the other side.
            int256 notional = int256(take.notionalAtoms);
            int256 fee = Fees.feeUp(take.notionalAtoms, tape.takerPpm());
            placement.quoteAtoms = (isAsk ? notional : -notional) - fee;
            tape = tape.afterTrades(take.lastTick, uint256(fee + take.makerFeeAtoms), take.sequence);
            ExchangeStorage.store(slot, TapeWord.unwrap(tape));
            log.taken(placement.marketId, isAsk, placement.filledLots, take.notionalAtoms, fee, take.sequence);
        }
    }

    /// @dev Rest what is left of the order if it may, and write the words of its account once.
    /// @return refusal Why nothing came of the order, if nothing did.
    function _settle(Placement memory placement, Records.Log memory log, IExchange.OrderResult memory result)
        private
        returns (IExchange.Refusal refusal)
    {
        uint256 slot = ExchangeStorage.ledgerSlot(placement.accountId, MarketId.base(placement.marketId));
        LedgerWord base = LedgerWord.wrap(ExchangeStorage.load(slot));
        uint256 atomsPerLot = placement.book.atomsPerLot();
        unchecked {
            // Lots are below 2^40 and atoms a lot below 2^64.
            if (placement.rests) {
                (LedgerWord opened, bool fits) = base.open(placement.isAsk, placement.lotsLeft * atomsPerLot);
                refusal = fits ? _rest(placement, log, result) : IExchange.Refusal.TOO_MUCH_OPEN;
                if (refusal == IExchange.Refusal.NONE) base = opened;
                else if (placement.filledLots == 0) return refusal;
            }
            if (placement.filledLots != 0) {
                int256 baseAtoms = int256(placement.filledLots * atomsPerLot);
                base = base.add(placement.isAsk ? -baseAtoms : baseAtoms);
                uint256 quoteSlot = ExchangeStorage.ledgerSlot(placement.accountId, 0);
                LedgerWord quote = LedgerWord.wrap(ExchangeStorage.load(quoteSlot)).add(placement.quoteAtoms).touched();
                ExchangeStorage.store(quoteSlot, LedgerWord.unwrap(quote));
            }
        }
        ExchangeStorage.store(slot, LedgerWord.unwrap(base.touched()));
        return IExchange.Refusal.NONE;
    }

    /// @dev Put what is left of the order into its level's queue.
    function _rest(Placement memory placement, Records.Log memory log, IExchange.OrderResult memory result)
        private
        returns (IExchange.Refusal)
    {
        uint256 tick = placement.tick;
        bool isAsk = placement.isAsk;
        uint256 lots = placement.lotsLeft;
        (OrderId id, LevelQueue.Append outcome) =
            LevelQueue.append(placement.marketId, tick, LaneLib.create(placement.accountId, isAsk, lots), lots);
        if (outcome == LevelQueue.Append.FULL) return IExchange.Refusal.LEVEL_FULL;
        if (outcome == LevelQueue.Append.FIRST) {
            TickBitmap.set(placement.marketId, tick);
            uint256 best = placement.book.best(isAsk);
            if (isAsk ? tick < best : tick > best) placement.book = placement.book.withBest(isAsk, tick);
        }
        result.orderId = OrderId.unwrap(id);
        // The lots of an order are below 2^40.
        result.restingLots = uint40(lots);
        log.placed(id, lots, isAsk);
        return IExchange.Refusal.NONE;
    }
}
