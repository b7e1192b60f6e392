"""Placing an order: validate, match, rest, settle. Authorisation and the check are elsewhere."""

from collections.abc import Callable
from dataclasses import replace

from worldmarkets.model import accounts, bitmap, losses, markets, matching, slots
from worldmarkets.model.errors import (
    AccountFrozen,
    BelowMinimumSize,
    InvalidTerms,
    LevelFull,
    LossBudgetSpent,
    MarketPaused,
    NotFilledWhole,
    NothingToReduce,
    OpenInterestCapReached,
    OrderExpired,
    PriceOutsideBand,
    PriceUnavailable,
    TickOutOfRange,
    TooManyFills,
    TooMuchOpen,
    UnknownMarket,
    WouldCross,
)
from worldmarkets.model.fees import fee_up
from worldmarkets.model.holdings import Trades
from worldmarkets.model.interface import OrderRequest, OrderResult, SelfTrade, Side, TimeInForce
from worldmarkets.model.makers import Take
from worldmarkets.model.operators import Actor
from worldmarkets.model.queue import LevelQueue
from worldmarkets.model.records import Expires, Placed, Record, Taken
from worldmarkets.model.state import State
from worldmarkets.model.words import (
    MAX_TICK,
    BookWord,
    Lane,
    TapeWord,
    base_of,
)

MAX_FILLS = 64
"""The most maker orders one taker order may meet."""
MAX_CLEARED = 4
"""The most maker orders that a post-only order clears away."""
POST_ONLY = (TimeInForce.POST_ONLY, TimeInForce.POST_ONLY_SLIDE)
MAY_REST = (TimeInForce.GOOD_TILL_CANCELLED, *POST_ONLY)


Match = Callable[[State, Take, list[Record]], None]
"""How a taker meets makers: as in `matching.run`, or for a what-if otherwise."""


def place(
    state: State,
    actor: Actor,
    order: OrderRequest,
    time: int,
    log: list[Record],
    trades: Trades,
    match: Match = matching.run,
) -> OrderResult:
    """Place an order.

    Raises:
        RefusedError: one of its kinds. Nothing of the order remains, but makers it met that could
            not trade have left the book; after NotFilledWhole the caller must undo all.
        InsufficientBalance, LossBudgetSpent: the caller must undo all.
    """
    lots = _validate(state, actor, order, time)
    take = _as_taker(actor, order, lots, time)
    tick = order.tick
    if matching.load_book(state, order.market_id).crosses(take.is_ask, tick):
        if order.time_in_force in POST_ONLY:
            tick = _clear_the_way(state, take, order, log)
        else:
            _take(state, actor, take, log, match)
    filled, left = take.filled_lots, take.lots_left
    if order.time_in_force == TimeInForce.FILL_OR_KILL and filled != lots:
        raise NotFilledWhole(filled, lots)
    capped = take.perp is not None and take.perp.capped
    if capped and not filled:
        tape = state.load(TapeWord, slots.tape(order.market_id))
        facts = (order.market_id, tape.open_interest, tape.open_interest_cap)
        raise OpenInterestCapReached(*facts)
    rest = replace(order, tick=tick, lots=0 if capped else left)
    order_id = _rest(state, actor, rest, filled, log)
    trading = markets.trading_of(order.market_id)
    trading.note(state, take, order, left if order_id else 0, trades)
    if order.client_id and not order_id:
        log.append(Placed(0, 0, order.client_id))
    return OrderResult(order_id, filled, left if order_id else 0)


def is_valid(order: OrderRequest) -> bool:
    """Return whether time in force and self-trade mode have a meaning, each and together.

    An order that is to be filled whole can not be made smaller by self-trade prevention.
    """
    shrinks = order.self_trade == SelfTrade.DECREMENT_BOTH
    if order.time_in_force == TimeInForce.FILL_OR_KILL and shrinks:
        return False
    return order.time_in_force in list(TimeInForce) and order.self_trade in list(SelfTrade)


def _validate(state: State, actor: Actor, order: OrderRequest, time: int) -> int:
    """Check what is wrong with an order whatever rests in the book.

    Returns the lots to place: for a reduce-only order no more than there are to reduce.
    """
    book, is_ask = matching.load_book(state, order.market_id), order.side == Side.ASK
    if book.tick_value == 0:
        raise UnknownMarket(order.market_id)
    if not is_valid(order):
        raise InvalidTerms(order.terms.pack())
    if order.expiry and time > order.expiry:
        raise OrderExpired(order.expiry, time)
    lots = _reduced(state, actor, order, book) if order.reduce_only else order.lots
    if not 0 < order.tick <= MAX_TICK:
        raise TickOutOfRange(order.tick, MAX_TICK)
    if lots < book.min_lots:
        raise BelowMinimumSize(order.lots, book.min_lots)
    if order.max_fills > MAX_FILLS:
        raise TooManyFills(order.max_fills, MAX_FILLS)
    if book.band_limit(is_ask) == 0:
        raise PriceUnavailable(base_of(order.market_id))
    slides = order.time_in_force == TimeInForce.POST_ONLY_SLIDE
    if not (slides and book.crosses(is_ask, order.tick)):
        _check_band(book, is_ask, order.tick)
    _check_new_risk(state, actor, order, lots, time)
    return lots


def _check_new_risk(state: State, actor: Actor, order: OrderRequest, lots: int, time: int) -> None:
    """Check pause and position cap, which let pass what only reduces, and what is in use.

    An account whose orders may not rest only reduces, at once.
    """
    book, account_id = matching.load_book(state, order.market_id), actor.account_id
    if not order.reduce_only:
        if time < book.paused_until:
            raise MarketPaused(order.market_id, book.paused_until)
        trading = markets.trading_of(order.market_id)
        trading.check_cap(state, account_id, order.market_id, order.side == Side.ASK, lots)
    lowers = order.reduce_only and order.time_in_force not in MAY_REST
    if not (lowers or accounts.load(state, account_id).live):
        raise AccountFrozen(account_id)
    accounts.check_use_market(state, account_id, order.market_id)


def _check_band(book: BookWord, is_ask: bool, tick: int) -> None:
    if book.outside_band(is_ask, tick):
        raise PriceOutsideBand(tick, book.band_limit(is_ask))


def _reduced(state: State, actor: Actor, order: OrderRequest, book: BookWord) -> int:
    """Return the lots of a reduce-only order that would reduce; raises NothingToReduce."""
    is_ask = order.side == Side.ASK
    trading = markets.trading_of(order.market_id)
    lots = trading.reducible_lots(state, order.market_id, actor.account_id, is_ask)
    if lots < min(order.lots, book.min_lots):
        raise NothingToReduce(actor.account_id, order.market_id, lots)
    return min(order.lots, lots)


def _as_taker(actor: Actor, order: OrderRequest, lots: int, time: int) -> Take:
    return Take(
        owner=actor.owner,
        account_id=actor.account_id,
        by_operator=actor.by_operator,
        market_id=order.market_id,
        is_ask=order.side == Side.ASK,
        limit_tick=order.tick,
        lots_left=lots,
        fills_left=order.max_fills,
        self_trade=order.self_trade,
        time=time,
    )


def _clear_the_way(state: State, take: Take, order: OrderRequest, log: list[Record]) -> int:
    """Clear away what can not trade, and return the tick at which the order does not cross.

    Raises:
        WouldCross: there is none but by sliding, which it must not.
        TickOutOfRange, PriceOutsideBand: it would slide there.
    """
    take.only_clears, take.fills_left = True, MAX_CLEARED
    matching.run(state, take, log)
    book, tick = matching.load_book(state, order.market_id), order.tick
    if book.crosses(take.is_ask, tick):
        best = book.best(not take.is_ask)
        if order.time_in_force != TimeInForce.POST_ONLY_SLIDE:
            raise WouldCross(tick, best)
        tick = best + 1 if take.is_ask else best - 1
        if not 0 < tick <= MAX_TICK:
            raise TickOutOfRange(tick, MAX_TICK)
    _check_band(book, take.is_ask, tick)
    return tick


def _take(state: State, actor: Actor, take: Take, log: list[Record], match: Match) -> None:
    """Match, and book what the market and the taker's cash have from it."""
    slot = slots.tape(take.market_id)
    tape = state.load(TapeWord, slot)
    take.sequence = tape.sequence
    trading = markets.trading_of(take.market_id)
    kept = trading.begin(state, take, tape)
    take.lots_left -= kept
    match(state, take, log)
    take.lots_left += kept
    filled, notional = take.filled_lots, take.notional_atoms
    if filled == 0:
        return
    fee = fee_up(notional, tape.taker_ppm)
    fees = tape.fees + fee + take.maker_fee_atoms
    tape = replace(tape, last=take.last_tick, fees=fees, sequence=take.sequence)
    if take.perp:
        tape = replace(tape, open_interest=take.perp.open_interest)
    state.store(slot, tape)
    trading.pay(state, take, fee)
    if actor.by_operator:
        book = matching.load_book(state, take.market_id)
        loss = losses.loss_up(book, take.is_ask, filled, notional, fee)
        _spend(state, actor.account_id, loss, take.time)
    market, is_ask = take.market_id, int(take.is_ask)
    log.append(Taken(notional, fee, filled, take.sequence, market, is_ask))


def _spend(state: State, account_id: int, loss: int, time: int) -> None:
    """Book what an operator's order lost by taking; raises LossBudgetSpent."""
    if not losses.can_lose(state, account_id, loss, time):
        cash = losses.cash_of(state, account_id)
        raise LossBudgetSpent(account_id, cash.loss_at(time), loss, cash.budget)
    losses.book_loss(state, account_id, loss, time)


def _rest(state: State, actor: Actor, order: OrderRequest, filled: int, log: list[Record]) -> int:
    """Put what is left of an order, its `lots`, at the end of its level; return its id or 0.

    Neither a remainder below the minimum size rests, nor one that still crosses because the fills
    are used up or an own order is in the way, nor one for which there is no room after the rest of
    it has traded.
    """
    book, is_ask = matching.load_book(state, order.market_id), order.side == Side.ASK
    if order.time_in_force not in MAY_REST or order.lots < book.min_lots:
        return 0
    if book.crosses(is_ask, order.tick):
        return 0
    opening = (state, actor.account_id, order.market_id, is_ask, order.lots)
    trading = markets.trading_of(order.market_id)
    if not trading.can_open(*opening):
        if filled:
            return 0
        raise TooMuchOpen(actor.account_id, base_of(order.market_id))
    queue = LevelQueue(state, order.market_id, order.tick)
    lane = _as_lane(actor, order)
    where = queue.append(lane)
    if where is None:
        if filled:
            return 0
        raise LevelFull(order.market_id, order.tick)
    trading.add_open(*opening)
    if queue.level.live == 1:
        bitmap.set_tick(state, order.market_id, order.tick)
        if order.tick < book.best_ask if is_ask else order.tick > book.best_bid:
            matching.store_best(state, order.market_id, is_ask, order.tick)
    order_id = where.pack()
    log.append(_placed(order_id, lane, order.client_id))
    if order.expiry:
        log.append(Expires(order_id, order.expiry))
    return order_id


def _as_lane(actor: Actor, order: OrderRequest) -> Lane:
    return Lane(
        account=actor.account_id,
        lots=order.lots,
        expiry=order.expiry,
        owner_hash=actor.owner & 0xFF,
        is_ask=int(order.side == Side.ASK),
        reduce_only=int(order.reduce_only),
        by_operator=int(actor.by_operator),
        tag=order.terms.tag,
    )


def _placed(order_id: int, lane: Lane, client_id: int) -> Placed:
    flags = (lane.is_ask, lane.reduce_only, lane.by_operator)
    return Placed(order_id, lane.lots, client_id, *flags)
