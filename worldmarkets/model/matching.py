"""Matching: a taker meets makers in price-time order, and every maker is settled at once."""

from dataclasses import dataclass, replace
from fractions import Fraction

from worldmarkets.atlas.arithmetic import BPS
from worldmarkets.atlas.parameters import FREE_BAND_BPS
from worldmarkets.model import accounts, balances, bitmap, losses, risk, slots
from worldmarkets.model.fees import PPM, fee_up, payable_lots
from worldmarkets.model.interface import MarginChange, Removal, SelfTrade
from worldmarkets.model.queue import LevelQueue
from worldmarkets.model.records import Filled, Record, Reduced, Removed
from worldmarkets.model.state import State
from worldmarkets.model.words import MAX_TICK, BookWord, Lane, OrderId, base_of

MAX_CHECKS = 8
"""The most checks of makers' margin that a taker order causes; before the next it stops."""


@dataclass
class Take:
    """A taker order under way; sums in quote atoms, `last_tick` 0 before the first fill.

    With `only_clears` it removes what can not trade and stops before what can. `stopped` says that
    it met an order which it leaves as it is.
    """

    owner: int
    account_id: int
    by_operator: bool
    market_id: int
    is_ask: bool
    limit_tick: int
    lots_left: int
    fills_left: int
    self_trade: int
    time: int
    checks_left: int = MAX_CHECKS
    sequence: int = 0
    only_clears: bool = False
    stopped: bool = False
    filled_lots: int = 0
    decremented_lots: int = 0
    notional_atoms: int = 0
    maker_fee_atoms: int = 0
    last_tick: int = 0


@dataclass(frozen=True)
class _Maker:
    """A maker order met: the market's word, where it stands, and the order."""

    book: BookWord
    queue: LevelQueue
    where: OrderId
    lane: Lane

    @property
    def is_ask(self) -> bool:
        """Whether it sells."""
        return bool(self.lane.is_ask)

    def notional(self, lots: int) -> int:
        """Return what some of its lots cost [quote atoms]."""
        return lots * self.where.tick * self.book.tick_value

    @property
    def is_beyond(self) -> bool:
        """Whether a fill may cost it more than was reserved.

        So it is further than the free band beyond the mark against it, maker fee included. The mark
        is known to half a tick; where the upper limit of the band is cut, not from above.
        """
        book, bps = self.book, FREE_BAND_BPS
        if book.unconfirmed:
            return True
        middle = Fraction(book.highest_bid + book.lowest_ask, 2)
        fee = Fraction(book.maker_ppm, PPM)
        if self.is_ask:
            worst = (middle + Fraction(1, 2)) * (1 - Fraction(bps, BPS))
            return book.highest_bid >= MAX_TICK or self.where.tick * (1 - fee) < worst
        return self.where.tick * (1 + fee) > (middle - Fraction(1, 2)) * (1 + Fraction(bps, BPS))

    def loss(self, lots: int) -> int:
        """Return what it loses against the reference price if some of its lots trade."""
        notional = self.notional(lots)
        fee = fee_up(notional, self.book.maker_ppm)
        return losses.loss_up(self.book, self.is_ask, lots, notional, fee)


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
        _meet(state, take, _Maker(book, queue, where, lane), log)
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


def reducible_lots(
    state: State, book: BookWord, market_id: int, account_id: int, is_ask: bool
) -> int:
    """Return the whole lots by which an order could bring its account's balance to zero."""
    balance = balances.atoms_of(state, account_id, base_of(market_id))
    return max(0, balance if is_ask else -balance) // book.atoms_per_lot


def _meet(state: State, take: Take, maker: _Maker, log: list[Record]) -> None:
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


def _clear(state: State, take: Take, maker: _Maker, log: list[Record]) -> None:
    """Remove a stranger's order that can trade with nobody, or stop before what may."""
    lane = maker.lane
    wanted, _ = _wanted(state, take, maker)
    if accounts.owner_of(state, lane.account) == take.owner:
        take.stopped = True
    elif wanted == 0:
        _remove(state, maker, Removal.NOTHING_TO_REDUCE, log)
    elif not _within_budget(state, take, maker, wanted):
        _remove(state, maker, Removal.BUDGET_SPENT, log)
    else:
        take.stopped = True


def _wanted(state: State, take: Take, maker: _Maker) -> tuple[int, int]:
    """Return how many lots are to trade, and how many there is nothing to reduce for."""
    lane = maker.lane
    wanted = min(lane.lots, take.lots_left)
    if lane.reduce_only:
        account = (lane.account, maker.is_ask)
        reducible = reducible_lots(state, maker.book, take.market_id, *account)
        if reducible < wanted:
            return reducible, lane.lots - reducible
    return wanted, 0


def _within_budget(state: State, take: Take, maker: _Maker, lots: int) -> bool:
    """Return whether what an operator's order would lose is within the budget."""
    lane = maker.lane
    if not lane.by_operator:
        return True
    return losses.can_lose(state, lane.account, maker.loss(lots), take.time)


def _meet_own(state: State, take: Take, maker: _Maker, log: list[Record]) -> None:
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


def _decrement(state: State, take: Take, maker: _Maker, log: list[Record]) -> None:
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


def _tradable(state: State, take: Take, maker: _Maker) -> tuple[int, dict[Removal, int] | None]:
    """Return how many lots of a maker order trade, and which of the rest leave the book, and why.

    None if the rest stays.
    """
    lane, book = maker.lane, maker.book
    wanted, irreducible = _wanted(state, take, maker)
    removed = {Removal.NOTHING_TO_REDUCE: irreducible} if irreducible else {}
    if not _within_budget(state, take, maker, wanted):
        return 0, {Removal.BUDGET_SPENT: lane.lots}
    payable = _payable_lots(state, take, maker, wanted)
    left = lane.lots - payable - sum(removed.values())
    gone: dict[Removal, int] | None = None
    if payable < wanted:
        gone = {Removal.UNPAYABLE: left, **removed}
    elif removed or left == 0:
        gone = removed
    elif left < book.min_lots:
        gone = {Removal.DUST: left}
    checked = maker.is_beyond or _begins_debt(state, take, maker, payable)
    if checked and payable and not take.checks_left:
        take.stopped = True
        return 0, None
    judged = (payable, removed, gone)
    if checked and payable and not _keeps_margin(state, take, maker, *judged):
        rest = lane.lots - sum(removed.values())
        return 0, {Removal.BELOW_MARGIN: rest, **removed}
    return payable, gone


def _begins_debt(state: State, take: Take, maker: _Maker, lots: int) -> bool:
    """Return whether a fill begins a debt: what the maker pays with is not owed yet."""
    asset_id = base_of(take.market_id) if maker.is_ask else 0
    word = balances.load(state, maker.lane.account, asset_id)
    own = balances.atoms_of(state, maker.lane.account, asset_id)
    if maker.is_ask:
        return word.balance >= 0 and own // maker.book.atoms_per_lot < lots
    payable = payable_lots(own, maker.notional(1), maker.book.maker_ppm, lots)
    return word.balance >= 0 and payable < lots


def _keeps_margin(
    state: State,
    take: Take,
    maker: _Maker,
    lots: int,
    removed: dict[Removal, int],
    gone: dict[Removal, int] | None,
) -> bool:
    """Return whether a maker keeps his margin when some lots trade; what goes is no longer open.

    What there was nothing to reduce for is still counted as open.
    """
    take.checks_left -= 1
    lane, book = maker.lane, maker.book
    open_lots = lane.lots - sum(removed.values()) if gone is not None else lots
    closed = -open_lots * book.atoms_per_lot
    atoms = lots * book.atoms_per_lot * (-1 if maker.is_ask else 1)
    notional = maker.notional(lots) * (1 if maker.is_ask else -1)
    fee = fee_up(maker.notional(lots), book.maker_ppm)
    bids, asks = (0, closed) if maker.is_ask else (closed, 0)
    base = MarginChange(base_of(take.market_id), atoms, bids, asks)
    return risk.maker_fits(state, lane.account, (base, MarginChange(0, notional - fee)))


def _payable_lots(state: State, take: Take, maker: _Maker, wanted: int) -> int:
    """Return how many of the lots wanted a maker can pay for."""
    if maker.is_ask:
        reach = balances.reach(state, maker.lane.account, base_of(take.market_id))
        return min(wanted, reach // maker.book.atoms_per_lot)
    cash = balances.reach(state, maker.lane.account, 0)
    return payable_lots(cash, maker.notional(1), maker.book.maker_ppm, wanted)


def _settle(
    state: State,
    take: Take,
    maker: _Maker,
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


def _remove(state: State, maker: _Maker, reason: Removal, log: list[Record]) -> None:
    """Take an order out of the book without a trade."""
    lane = maker.lane
    log.append(Removed(maker.where.pack(), lane.lots, lane.account, reason))
    _leave_lots(state, maker, 0)


def _leave_lots(state: State, maker: _Maker, left: int) -> None:
    """Leave some lots of an order in the book, or none of it."""
    lane = maker.lane
    atoms = (lane.lots - left) * maker.book.atoms_per_lot
    accounts.add_open(state, lane.account, base_of(maker.where.market), maker.is_ask, -atoms)
    if left:
        maker.queue.shrink(maker.where, left)
    else:
        maker.queue.remove(maker.where)


def _fill(state: State, take: Take, maker: _Maker, lots: int) -> None:
    """Settle the maker of a fill, and add it to the taker's sums."""
    lane, book = maker.lane, maker.book
    sign = -1 if lane.is_ask else 1
    notional = maker.notional(lots)
    fee = fee_up(notional, book.maker_ppm)
    balances.add(state, lane.account, base_of(take.market_id), sign * lots * book.atoms_per_lot)
    balances.add(state, lane.account, 0, -sign * notional - fee)
    if lane.by_operator:
        losses.book_loss(state, lane.account, maker.loss(lots), take.time)
    take.lots_left -= lots
    take.filled_lots += lots
    take.notional_atoms += notional
    take.maker_fee_atoms += fee
    take.last_tick = maker.where.tick
    take.sequence += 1
