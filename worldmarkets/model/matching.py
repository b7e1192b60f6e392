"""Matching: a taker meets makers in price-time order, and every maker is settled at once."""

from dataclasses import dataclass, replace

from worldmarkets.model import accounts, bitmap, slots
from worldmarkets.model.fees import fee_up, payable_lots
from worldmarkets.model.interface import Removal
from worldmarkets.model.queue import LevelQueue
from worldmarkets.model.records import Filled, Record, Removed
from worldmarkets.model.state import State
from worldmarkets.model.words import BookWord, Lane, OrderId, base_of


@dataclass
class Take:
    """A taker order under way; sums in quote atoms, `last_tick` 0 before the first fill."""

    market_id: int
    is_ask: bool
    limit_tick: int
    lots_left: int
    fills_left: int
    sequence: int
    notional_atoms: int = 0
    maker_fee_atoms: int = 0
    last_tick: int = 0


def run(state: State, take: Take, log: list[Record]) -> None:
    """Match until the taker is filled, nothing crosses any more, or his fills are used up.

    Every maker order met counts as one of his fills, whether it trades or is removed.
    """
    while take.lots_left and take.fills_left:
        book = load_book(state, take.market_id)
        if not book.crosses(take.is_ask, take.limit_tick):
            return
        tick = book.best(not take.is_ask)
        queue = LevelQueue(state, take.market_id, tick)
        order_id = queue.head()
        assert order_id is not None, "the best level has an order"
        _meet(state, take, book, queue, order_id, log)
        take.fills_left -= 1
        if queue.level.live == 0:
            clear_level(state, take.market_id, tick, not take.is_ask)


def load_book(state: State, market_id: int) -> BookWord:
    """Return the book word of a market."""
    return state.load(BookWord, slots.book(market_id))


def store_best(state: State, market_id: int, is_ask: bool, tick: int) -> None:
    """Write the best tick of one side."""
    book = load_book(state, market_id)
    book = replace(book, best_ask=tick) if is_ask else replace(book, best_bid=tick)
    state.store(slots.book(market_id), book)


def clear_level(state: State, market_id: int, tick: int, is_ask: bool) -> None:
    """Clear the bit of a level that lost its last order, and move the best tick on if it was."""
    bitmap.clear_tick(state, market_id, tick)
    if load_book(state, market_id).best(is_ask) == tick:
        store_best(state, market_id, is_ask, bitmap.next_worse(state, market_id, tick, is_ask))


def _meet(
    state: State,
    take: Take,
    book: BookWord,
    queue: LevelQueue,
    order_id: OrderId,
    log: list[Record],
) -> None:
    """Trade with the oldest order of a level, or remove it."""
    lane = queue.find(order_id)
    assert lane is not None, "the head of a queue is live"
    lots, removal = _decide(state, take, book, lane, order_id.tick)
    gone = removal is not None
    atoms = (lane.lots if gone else lots) * book.atoms_per_lot
    accounts.add_open(state, lane.account, base_of(take.market_id), bool(lane.is_ask), -atoms)
    if lots:
        _fill(state, take, book, lane, order_id.tick, lots)
        packed = order_id.pack()
        log.append(Filled(packed, lots, lane.account, take.sequence, lane.is_ask, int(gone)))
    if removal is not None and lots != lane.lots:
        log.append(Removed(order_id.pack(), lane.lots - lots, lane.account, removal))
    if gone:
        queue.remove(order_id)
    else:
        queue.shrink(order_id, lane.lots - lots)


def _decide(
    state: State, take: Take, book: BookWord, lane: Lane, tick: int
) -> tuple[int, Removal | None]:
    """Return how many lots of a maker order trade, and why it leaves the book if it does.

    An order filled whole leaves as dust of nothing.
    """
    is_ask = bool(lane.is_ask)
    if book.outside_band(is_ask, tick):
        return 0, Removal.OUTSIDE_BAND
    wanted = min(lane.lots, take.lots_left)
    if is_ask:
        balance = accounts.ledger(state, lane.account, base_of(take.market_id)).balance
        payable = max(0, balance) // book.atoms_per_lot
    else:
        cash = accounts.ledger(state, lane.account, 0).balance
        payable = payable_lots(cash, tick * book.tick_value, book.maker_ppm, wanted)
    if payable < wanted:
        return payable, Removal.UNPAYABLE
    return wanted, Removal.DUST if lane.lots - wanted < book.min_lots else None


def _fill(state: State, take: Take, book: BookWord, lane: Lane, tick: int, lots: int) -> None:
    """Settle the maker of a fill, and add it to the taker's sums."""
    sign = -1 if lane.is_ask else 1
    notional = lots * tick * book.tick_value
    fee = fee_up(notional, book.maker_ppm)
    accounts.credit(state, lane.account, base_of(take.market_id), sign * lots * book.atoms_per_lot)
    accounts.credit(state, lane.account, 0, -sign * notional - fee)
    take.lots_left -= lots
    take.notional_atoms += notional
    take.maker_fee_atoms += fee
    take.last_tick = tick
    take.sequence += 1
