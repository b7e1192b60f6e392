"""Trading in perp markets: positions in lots, and their cash, which is settled later."""

from worldmarkets.model import accounts
from worldmarkets.model.errors import PositionCapReached
from worldmarkets.model.holdings import Change, PerpChange, Trades
from worldmarkets.model.interface import OrderRequest, Removal, Side
from worldmarkets.model.makers import Cut, Maker, PerpTake, Take
from worldmarkets.model.perp_words import MAX_OPEN_LOTS
from worldmarkets.model.perps import funding, positions
from worldmarkets.model.state import State
from worldmarkets.model.words import TapeWord


def reducible_lots(state: State, market_id: int, account_id: int, is_ask: bool) -> int:
    """Return the lots by which an order could bring its account's position to zero."""
    size = positions.load(state, account_id, market_id).size
    return max(0, size if is_ask else -size)


def is_frozen(state: State, account_id: int, market_id: int) -> bool:
    """Return whether the orders of an account are dead."""
    return bool(positions.load(state, account_id, market_id).frozen)


def add_open(state: State, account_id: int, market_id: int, is_ask: bool, lots: int) -> None:
    """Add lots (negative: take) to the open total of one side."""
    positions.add_open(state, account_id, market_id, is_ask, lots)


def can_open(state: State, account_id: int, market_id: int, is_ask: bool, lots: int) -> bool:
    """Return whether the open total of one side has room for lots."""
    word = positions.load(state, account_id, market_id)
    return (word.open_asks if is_ask else word.open_bids) + lots <= MAX_OPEN_LOTS


def check_cap(state: State, account_id: int, market_id: int, is_ask: bool, lots: int) -> None:
    """Pass if an account may order so many lots; raises PositionCapReached.

    Its orders of one side must all have room to fill.
    """
    word, cap = positions.load(state, account_id, market_id), _cap(state, market_id)
    after = (word.open_asks - word.size if is_ask else word.open_bids + word.size) + lots
    if after > cap:
        raise PositionCapReached(account_id, market_id, after, cap)


def begin(state: State, take: Take, tape: TapeWord) -> int:
    """Note what the taker has before the first fill; all of its lots take part."""
    size = positions.load(state, take.account_id, take.market_id).size
    take.perp = PerpTake(size, tape.open_interest, tape.open_interest_cap)
    return 0


def cut(state: State, take: Take, maker: Maker, wanted: int) -> Cut:
    """Return how many of the lots wanted position cap and open interest let trade.

    The former takes the order out of the book, the latter stops the taker.
    """
    taker, size = _perp(take), _size(state, take, maker)
    room = max(0, _cap(state, take.market_id) - maker.sign * size)
    lots = min(wanted, room)
    reason = Removal.POSITION_CAP if lots < wanted else None
    allowed = _closing(taker.size, size, maker)
    allowed += max(0, taker.open_interest_cap - taker.open_interest)
    if allowed < lots:
        lots, taker.capped, take.fills_left = allowed, True, 1
        take.stopped = lots == 0
    return Cut(lots, reason)


def changes(state: State, take: Take, maker: Maker, lots: int, closed: int) -> tuple[Change, ...]:
    """Return what a fill of lots, with others no longer open, changes of a maker's account."""
    bids, asks = (0, -closed) if maker.is_ask else (-closed, 0)
    traded = (maker.sign * lots, _cash(state, maker, lots))
    return (PerpChange(take.market_id, *traded, bids, asks),)


def fill(state: State, take: Take, maker: Maker, lots: int) -> None:
    """Settle the maker of a fill, and count what it changes of open interest."""
    taker, market_id, account_id = _perp(take), take.market_id, maker.lane.account
    word = positions.load(state, account_id, market_id)
    buyer, seller = (taker.size, word.size) if maker.is_ask else (word.size, taker.size)
    taker.open_interest += positions.open_interest_change(buyer, seller, lots)
    taker.size -= maker.sign * lots
    index = funding.index_now(state, market_id)
    word = positions.traded(word, maker.sign * lots, _cash(state, maker, lots), index)
    positions.store(state, account_id, market_id, word)


def pay(state: State, take: Take, fee: int) -> None:
    """Settle a taker's position from all its fills."""
    market, taker = funding.load(state, take.market_id), _perp(take)
    index, lots = funding.index_at(market, state.time), take.filled_lots
    sums = (lots, take.notional_atoms, fee)
    taker.cash = positions.booked(market, index, take.is_ask, *sums)
    word = positions.load(state, take.account_id, take.market_id)
    word = positions.traded(word, -lots if take.is_ask else lots, taker.cash, index)
    positions.store(state, take.account_id, take.market_id, word)


def note(state: State, take: Take, order: OrderRequest, resting: int, trades: Trades) -> None:
    """Note what an order has changed of its account's position, if anything came of it.

    The position's word is written in any case, as an order is not refused any more.
    """
    filled, is_ask = take.filled_lots, order.side == Side.ASK
    word = positions.load(state, take.account_id, order.market_id)
    positions.store(state, take.account_id, order.market_id, word)
    if not (filled or resting):
        return
    bids, asks = (0, resting) if is_ask else (resting, 0)
    traded = (-filled if is_ask else filled, _perp(take).cash if filled else 0)
    reducing = resting if order.reduce_only else 0
    trades.changes.append(PerpChange(order.market_id, *traded, bids, asks, reducing))
    accounts.use_market(state, take.account_id, order.market_id)


def _cash(state: State, maker: Maker, lots: int) -> int:
    """Return what a fill adds to a maker's cash [2^-24 tick-lots]."""
    market = funding.load(state, maker.where.market)
    index = funding.index_at(market, state.time)
    sums = (lots, maker.notional(lots), maker.fee(lots))
    return positions.booked(market, index, maker.is_ask, *sums)


def _closing(taker: int, maker: int, order: Maker) -> int:
    """Return how many lots of a trade surely add nothing to open interest.

    As many as one side closes: whatever the other side does, no more are held long.
    """
    buyer, seller = (taker, maker) if order.is_ask else (maker, taker)
    return max(0, -buyer, seller)


def _size(state: State, take: Take, maker: Maker) -> int:
    return positions.load(state, maker.lane.account, take.market_id).size


def _cap(state: State, market_id: int) -> int:
    return funding.load(state, market_id).position_cap


def _perp(take: Take) -> PerpTake:
    assert take.perp is not None, "a taker of a perp has begun"
    return take.perp
