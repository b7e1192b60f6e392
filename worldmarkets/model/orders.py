"""Placing an order: validate, match, rest, settle. Authorisation and the check are elsewhere."""

from dataclasses import replace

from worldmarkets.model import accounts, bitmap, matching, slots
from worldmarkets.model.errors import (
    BelowMinimumSize,
    InsufficientBalance,
    LevelFull,
    NotFilledWhole,
    PriceOutsideBand,
    PriceUnavailable,
    TickOutOfRange,
    TooManyFills,
    TooMuchOpen,
    UnknownMarket,
    WouldCross,
)
from worldmarkets.model.fees import fee_up
from worldmarkets.model.interface import OrderRequest, OrderResult, Side, TimeInForce
from worldmarkets.model.queue import LevelQueue
from worldmarkets.model.records import Placed, Record, Taken
from worldmarkets.model.state import State
from worldmarkets.model.words import (
    MAX_HELD_ATOMS,
    MAX_OPEN_ATOMS,
    MAX_TICK,
    Lane,
    TapeWord,
    base_of,
)

MAX_FILLS = 64
"""The most maker orders one taker order may meet."""


def place(state: State, account_id: int, order: OrderRequest, log: list[Record]) -> OrderResult:
    """Place an order.

    Raises:
        RefusedError: one of its kinds. Nothing of the order remains, but makers it met that could
            not trade have left the book; after NotFilledWhole the caller must undo all.
    """
    market_id, is_ask = order.market_id, order.side == Side.ASK
    _validate(state, order, is_ask)
    accounts.check_use(state, account_id, base_of(market_id))
    book = matching.load_book(state, market_id)
    crossed = book.crosses(is_ask, order.tick)
    if crossed and order.time_in_force == TimeInForce.POST_ONLY:
        raise WouldCross(order.tick, book.best(not is_ask))
    filled = _take(state, account_id, order, is_ask, log) if crossed else 0
    left = order.lots - filled
    if order.time_in_force == TimeInForce.FILL_OR_KILL and left:
        raise NotFilledWhole(filled, order.lots)
    order_id = _rest(state, account_id, order, is_ask, filled, log)
    base_atoms = filled * book.atoms_per_lot * (-1 if is_ask else 1)
    accounts.credit(state, account_id, base_of(market_id), base_atoms)
    accounts.use(state, account_id, base_of(market_id))
    return OrderResult(order_id, filled, left if order_id else 0)


def _validate(state: State, order: OrderRequest, is_ask: bool) -> None:
    """Check what is wrong with an order whatever rests in the book."""
    book = matching.load_book(state, order.market_id)
    if book.tick_value == 0:
        raise UnknownMarket(order.market_id)
    if not 0 < order.tick <= MAX_TICK:
        raise TickOutOfRange(order.tick, MAX_TICK)
    if order.lots < book.min_lots:
        raise BelowMinimumSize(order.lots, book.min_lots)
    if order.max_fills > MAX_FILLS:
        raise TooManyFills(order.max_fills, MAX_FILLS)
    if book.band_limit(is_ask) == 0:
        raise PriceUnavailable(base_of(order.market_id))
    if book.outside_band(is_ask, order.tick):
        raise PriceOutsideBand(order.tick, book.lowest_ask if is_ask else book.highest_bid)


def _take(
    state: State, account_id: int, order: OrderRequest, is_ask: bool, log: list[Record]
) -> int:
    """Match an order that crosses, book the taker's cash and the fees, and return the lots."""
    slot = slots.tape(order.market_id)
    tape = state.load(TapeWord, slot)
    take = matching.Take(
        order.market_id, is_ask, order.tick, order.lots, order.max_fills, tape.sequence
    )
    matching.run(state, take, log)
    filled = order.lots - take.lots_left
    if filled == 0:
        return 0
    fee = fee_up(take.notional_atoms, tape.taker_ppm)
    fees = tape.fees + fee + take.maker_fee_atoms
    state.store(slot, replace(tape, last=take.last_tick, fees=fees, sequence=take.sequence))
    cash = accounts.credit(state, account_id, 0, take.notional_atoms * (1 if is_ask else -1) - fee)
    if cash < -MAX_HELD_ATOMS:
        raise InsufficientBalance(account_id, 0, cash, 0)
    log.append(Taken(take.notional_atoms, fee, filled, take.sequence, order.market_id, int(is_ask)))
    return filled


def _rest(
    state: State,
    account_id: int,
    order: OrderRequest,
    is_ask: bool,
    filled: int,
    log: list[Record],
) -> int:
    """Put what is left of an order at the end of its level, and return its id or 0.

    Neither a remainder below the minimum size rests, nor one that still crosses because the fills
    are used up, nor one for which there is no room after the rest of it has traded.
    """
    lots = order.lots - filled
    book = matching.load_book(state, order.market_id)
    stays = order.time_in_force in (TimeInForce.GOOD_TILL_CANCELLED, TimeInForce.POST_ONLY)
    if not stays or lots < book.min_lots or book.crosses(is_ask, order.tick):
        return 0
    base = base_of(order.market_id)
    word = accounts.ledger(state, account_id, base)
    atoms = lots * book.atoms_per_lot
    if (word.open_asks if is_ask else word.open_bids) + atoms > MAX_OPEN_ATOMS:
        if filled:
            return 0
        raise TooMuchOpen(account_id, base)
    queue = LevelQueue(state, order.market_id, order.tick)
    order_id = queue.append(Lane(account_id, lots, is_ask=int(is_ask)))
    if order_id is None:
        if filled:
            return 0
        raise LevelFull(order.market_id, order.tick)
    accounts.add_open(state, account_id, base, is_ask, atoms)
    if queue.level.live == 1:
        bitmap.set_tick(state, order.market_id, order.tick)
        if order.tick < book.best_ask if is_ask else order.tick > book.best_bid:
            matching.store_best(state, order.market_id, is_ask, order.tick)
    log.append(Placed(order_id.pack(), lots, is_ask=int(is_ask)))
    return order_id.pack()
