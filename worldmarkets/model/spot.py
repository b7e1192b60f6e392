"""Trading in spot markets: atoms of the base asset against those of the quote asset."""

from worldmarkets.model import accounts, balances, pools, slots
from worldmarkets.model.errors import InsufficientBalance
from worldmarkets.model.fees import payable_lots
from worldmarkets.model.holdings import Change, Trades
from worldmarkets.model.interface import MarginChange, OrderRequest, Removal, Side
from worldmarkets.model.makers import Cut, Maker, Take
from worldmarkets.model.state import State
from worldmarkets.model.words import (
    MAX_HELD_ATOMS,
    MAX_OPEN_ATOMS,
    BookWord,
    TapeWord,
    base_of,
)


def reducible_lots(state: State, market_id: int, account_id: int, is_ask: bool) -> int:
    """Return the whole lots by which an order could bring its account's balance to zero."""
    balance = balances.atoms_of(state, account_id, base_of(market_id))
    return max(0, balance if is_ask else -balance) // _book(state, market_id).atoms_per_lot


def is_frozen(state: State, account_id: int, market_id: int) -> bool:
    """Return whether the orders of an account are dead."""
    return bool(balances.load(state, account_id, base_of(market_id)).frozen)


def add_open(state: State, account_id: int, market_id: int, is_ask: bool, lots: int) -> None:
    """Add lots (negative: take) to the open total of one side."""
    atoms = lots * _book(state, market_id).atoms_per_lot
    accounts.add_open(state, account_id, base_of(market_id), is_ask, atoms)


def can_open(state: State, account_id: int, market_id: int, is_ask: bool, lots: int) -> bool:
    """Return whether the open total of one side has room for lots."""
    word = balances.load(state, account_id, base_of(market_id))
    atoms = lots * _book(state, market_id).atoms_per_lot
    return (word.open_asks if is_ask else word.open_bids) + atoms <= MAX_OPEN_ATOMS


def check_cap(state: State, account_id: int, market_id: int, is_ask: bool, lots: int) -> None:
    """Pass: there is no cap on what an account has of an asset."""


def begin(state: State, take: Take, tape: TapeWord) -> int:
    """Return how many lots could not be paid for at the worst price, and keep them back.

    Without a pool nothing is kept back: the check at the end refuses what is not paid for.
    """
    book, wanted = _book(state, take.market_id), take.lots_left
    asset_id = base_of(take.market_id) if take.is_ask else 0
    if not pools.is_open(state, asset_id):
        return 0
    reach = balances.reach(state, take.account_id, asset_id)
    if take.is_ask:
        payable = min(wanted, reach // book.atoms_per_lot)
    else:
        payable = payable_lots(reach, take.limit_tick * book.tick_value, tape.taker_ppm, wanted)
    return wanted - payable


def cut(state: State, take: Take, maker: Maker, wanted: int) -> Cut:
    """Return how many of the lots wanted a maker can pay for."""
    asset_id = base_of(take.market_id) if maker.is_ask else 0
    reach = balances.reach(state, maker.lane.account, asset_id)
    payable = _lots_for(maker, reach, wanted)
    reason = Removal.UNPAYABLE if payable < wanted else None
    return Cut(payable, reason, _begins_debt(state, maker, payable))


def changes(state: State, take: Take, maker: Maker, lots: int, closed: int) -> tuple[Change, ...]:
    """Return what a fill of lots, with others no longer open, changes of a maker's account."""
    per_lot = _book(state, take.market_id).atoms_per_lot
    bids, asks = (0, -closed) if maker.is_ask else (-closed, 0)
    traded = (maker.sign * lots * per_lot, bids * per_lot, asks * per_lot)
    base = MarginChange(base_of(take.market_id), *traded)
    return base, MarginChange(0, -maker.sign * maker.notional(lots) - maker.fee(lots))


def fill(state: State, take: Take, maker: Maker, lots: int) -> None:
    """Settle the maker of a fill."""
    account_id, atoms = maker.lane.account, maker.sign * lots * maker.book.atoms_per_lot
    balances.add(state, account_id, base_of(take.market_id), atoms)
    quote = -maker.sign * maker.notional(lots) - maker.fee(lots)
    balances.add(state, account_id, 0, quote)


def pay(state: State, take: Take, fee: int) -> None:
    """Settle what a taker's cash has from all its fills; raises InsufficientBalance."""
    take.quote_atoms = take.notional_atoms * (1 if take.is_ask else -1) - fee
    cash = balances.add(state, take.account_id, 0, take.quote_atoms)
    if cash < -MAX_HELD_ATOMS and not pools.is_open(state, 0):
        raise InsufficientBalance(take.account_id, 0, cash, 0)


def note(state: State, take: Take, order: OrderRequest, resting: int, trades: Trades) -> None:
    """Move the base atoms that an order has traded, and note what has come of it, if anything."""
    per_lot, is_ask = _book(state, order.market_id).atoms_per_lot, order.side == Side.ASK
    atoms = take.filled_lots * per_lot * (-1 if is_ask else 1)
    base, rest = base_of(order.market_id), resting * per_lot
    balances.add(state, take.account_id, base, atoms)
    if not (take.filled_lots or resting):
        return
    bids, asks = (0, rest) if is_ask else (rest, 0)
    reducing = rest if order.reduce_only else 0
    if take.filled_lots:
        trades.changes.append(MarginChange(0, take.quote_atoms))
    trades.changes.append(MarginChange(base, atoms, bids, asks, reducing))
    accounts.use(state, take.account_id, base)


def _begins_debt(state: State, maker: Maker, lots: int) -> bool:
    """Return whether a fill begins a debt: what the maker pays with is not owed yet."""
    asset_id = base_of(maker.where.market) if maker.is_ask else 0
    word = balances.load(state, maker.lane.account, asset_id)
    own = balances.atoms_of(state, maker.lane.account, asset_id)
    return word.balance >= 0 and _lots_for(maker, own, lots) < lots


def _lots_for(maker: Maker, atoms: int, wanted: int) -> int:
    """Return for how many of the lots wanted atoms of what a maker pays with are enough."""
    if maker.is_ask:
        return min(wanted, atoms // maker.book.atoms_per_lot)
    return payable_lots(atoms, maker.notional(1), maker.book.maker_ppm, wanted)


def _book(state: State, market_id: int) -> BookWord:
    return state.load(BookWord, slots.book(market_id))
