"""Matching: a taker meets makers in price-time order, and every maker is settled at once."""

from dataclasses import replace

from worldmarkets.model import accounts, bitmap, losses, markets, risk, slots
from worldmarkets.model.interface import Removal, SelfTrade
from worldmarkets.model.makers import Maker, Take
from worldmarkets.model.queue import LevelQueue
from worldmarkets.model.records import Filled, Record, Reduced, Removed
from worldmarkets.model.state import State
from worldmarkets.model.words import BookWord


def run(state: State, take: Take, log: list[Record]) -> None:
    """Match until the taker is filled or stops, nothing crosses, or his fills are used up.

    Every maker order met counts as one of his fills, whether it trades or is removed.
    """
    while take.lots_left and take.fills_left and not take.stopped:
        book = load_book(state, take.market_id)
        if not book.crosses(take.is_ask, take.limit_tick):
            return
        tick = book.best(not take.is_ask)
        queue = LevelQueue(state, take.market_id, tick)
        where = queue.head()
        assert where is not None, "the best level has an order"
        lane = queue.find(where)
        assert lane is not None, "the head of a queue is live"
        _meet(state, take, Maker(book, queue, where, lane), log)
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


def _meet(state: State, take: Take, maker: Maker, log: list[Record]) -> None:
    """Trade with an order, remove it, make it smaller, or stop before it."""
    lane = maker.lane
    if maker.book.outside_band(maker.is_ask, maker.where.tick):
        _remove(state, maker, Removal.OUTSIDE_BAND, log)
    elif lane.expiry and take.time > lane.expiry:
        _remove(state, maker, Removal.EXPIRED, log)
    elif take.only_clears:
        _clear(state, take, maker, log)
    elif accounts.owner_of(state, lane.account) == take.owner:
        _meet_own(state, take, maker, log)
    else:
        lots, removed = _tradable(state, take, maker)
        if not take.stopped:
            _settle(state, take, maker, lots, removed, log)


def _clear(state: State, take: Take, maker: Maker, log: list[Record]) -> None:
    """Remove a stranger's order that can trade with nobody, or stop before what may."""
    lane = maker.lane
    wanted, irreducible = _wanted(state, take, maker)
    if accounts.owner_of(state, lane.account) == take.owner:
        take.stopped = True
    elif wanted == 0:
        _remove(state, maker, Removal.NOTHING_TO_REDUCE, log)
    elif not _within_budget(state, take, maker, wanted):
        _remove(state, maker, Removal.BUDGET_SPENT, log)
    elif _is_dead(state, maker):
        _settle(state, take, maker, 0, _dead(lane.lots, irreducible), log)
    else:
        take.stopped = True


def _wanted(state: State, take: Take, maker: Maker) -> tuple[int, int]:
    """Return how many lots are to trade, and how many there is nothing to reduce for."""
    lane = maker.lane
    wanted = min(lane.lots, take.lots_left)
    if lane.reduce_only:
        trading = markets.trading_of(take.market_id)
        account = (lane.account, maker.is_ask)
        reducible = trading.reducible_lots(state, take.market_id, *account)
        if reducible < wanted:
            return reducible, lane.lots - reducible
    return wanted, 0


def _within_budget(state: State, take: Take, maker: Maker, lots: int) -> bool:
    """Return whether what an operator's order would lose is within the budget."""
    lane = maker.lane
    if not lane.by_operator:
        return True
    return losses.can_lose(state, lane.account, maker.loss(lots), take.time)


def _is_dead(state: State, maker: Maker) -> bool:
    """Return whether the account of an order was flagged after it was placed."""
    market_id = maker.where.market
    return markets.trading_of(market_id).is_frozen(state, maker.lane.account, market_id)


def _dead(lots: int, irreducible: int) -> dict[Removal, int]:
    """Return which lots of a dead order leave the book, and why."""
    removed = {Removal.FROZEN: lots - irreducible}
    return {**removed, Removal.NOTHING_TO_REDUCE: irreducible} if irreducible else removed


def _meet_own(state: State, take: Take, maker: Maker, log: list[Record]) -> None:
    """Prevent a trade of an owner with himself.

    What an operator may do for one account ends before the orders of another.
    """
    foreign = take.by_operator and maker.lane.account != take.account_id
    if foreign or take.self_trade == SelfTrade.CANCEL_TAKER:
        take.stopped = True
    elif take.self_trade == SelfTrade.CANCEL_MAKER:
        _remove(state, maker, Removal.SELF_TRADE, log)
    else:
        _decrement(state, take, maker, log)


def _decrement(state: State, take: Take, maker: Maker, log: list[Record]) -> None:
    """Make both orders smaller by what would have traded."""
    lane, order_id = maker.lane, maker.where.pack()
    lots = min(lane.lots, take.lots_left)
    left = lane.lots - lots
    take.lots_left -= lots
    take.decremented_lots += lots
    if left < maker.book.min_lots:
        log.append(Removed(order_id, lane.lots, lane.account, Removal.SELF_TRADE))
        left = 0
    else:
        log.append(Reduced(order_id, left, lots))
    _leave_lots(state, maker, left)


def _tradable(state: State, take: Take, maker: Maker) -> tuple[int, dict[Removal, int] | None]:
    """Return how many lots of a maker order trade, and which of the rest leave the book, and why.

    None if the rest stays. Of an order that only reduces, nothing does if it is cut: neither cap
    cuts what closes.
    """
    lane = maker.lane
    wanted, irreducible = _wanted(state, take, maker)
    removed = {Removal.NOTHING_TO_REDUCE: irreducible} if irreducible else {}
    if not wanted and removed:
        return 0, removed
    if not _within_budget(state, take, maker, wanted):
        return 0, {Removal.BUDGET_SPENT: lane.lots}
    if _is_dead(state, maker):
        return 0, _dead(lane.lots, irreducible)
    cut = markets.trading_of(take.market_id).cut(state, take, maker, wanted)
    left = lane.lots - cut.lots - irreducible
    gone: dict[Removal, int] | None = None
    if cut.reason is not None:
        gone = {cut.reason: left, **removed}
    elif left == 0:
        gone = removed
    elif left < maker.book.min_lots:
        gone = {Removal.DUST: left, **removed}
    checked = cut.lots and (maker.is_beyond or cut.checked)
    if checked and not take.checks_left:
        take.stopped = True
    elif checked and not _keeps_margin(state, take, maker, cut.lots, gone, removed):
        return 0, {Removal.BELOW_MARGIN: lane.lots - irreducible, **removed}
    return cut.lots, gone


def _keeps_margin(
    state: State,
    take: Take,
    maker: Maker,
    lots: int,
    gone: dict[Removal, int] | None,
    removed: dict[Removal, int],
) -> bool:
    """Return whether a maker keeps his margin when some lots trade; what goes is no longer open.

    What there was nothing to reduce for is still counted as open.
    """
    take.checks_left -= 1
    closed = maker.lane.lots - sum(removed.values()) if gone is not None else lots
    changes = markets.trading_of(take.market_id).changes(state, take, maker, lots, closed)
    return risk.maker_fits(state, maker.lane.account, changes)


def _settle(
    state: State,
    take: Take,
    maker: Maker,
    lots: int,
    removed: dict[Removal, int] | None,
    log: list[Record],
) -> None:
    """Trade some lots of a maker order, and take the rest out of the book if it must go."""
    lane, order_id = maker.lane, maker.where.pack()
    gone = removed is not None
    if lots:
        _fill(state, take, maker, lots)
        log.append(Filled(order_id, lots, lane.account, take.sequence, lane.is_ask, int(gone)))
    for reason, rest in (removed or {}).items():
        log.append(Removed(order_id, rest, lane.account, reason))
    _leave_lots(state, maker, 0 if gone else lane.lots - lots)


def _remove(state: State, maker: Maker, reason: Removal, log: list[Record]) -> None:
    """Take an order out of the book without a trade."""
    lane = maker.lane
    log.append(Removed(maker.where.pack(), lane.lots, lane.account, reason))
    _leave_lots(state, maker, 0)


def _leave_lots(state: State, maker: Maker, left: int) -> None:
    """Leave some lots of an order in the book, or none of it."""
    lane, market_id = maker.lane, maker.where.market
    trading = markets.trading_of(market_id)
    trading.add_open(state, lane.account, market_id, maker.is_ask, left - lane.lots)
    if left:
        maker.queue.shrink(maker.where, left)
    else:
        maker.queue.remove(maker.where)


def _fill(state: State, take: Take, maker: Maker, lots: int) -> None:
    """Settle the maker of a fill, and add it to the taker's sums."""
    lane = maker.lane
    markets.trading_of(take.market_id).fill(state, take, maker, lots)
    if lane.by_operator:
        losses.book_loss(state, lane.account, maker.loss(lots), take.time)
    take.lots_left -= lots
    take.filled_lots += lots
    take.notional_atoms += maker.notional(lots)
    take.maker_fee_atoms += maker.fee(lots)
    take.last_tick = maker.where.tick
    take.sequence += 1
