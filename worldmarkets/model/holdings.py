"""What an account has and has ordered, as far as margin asks, and what changes it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum, auto

from worldmarkets.atlas.arithmetic import BPS, divide_up, value_up
from worldmarkets.atlas.parameters import FREE_BAND_BPS, AssetRisk
from worldmarkets.atlas.portfolio import Leg, Perp, Portfolio, perp_at
from worldmarkets.model import balances, pools, slots
from worldmarkets.model.accounts import used_assets, used_perps
from worldmarkets.model.errors import InsufficientBalance
from worldmarkets.model.fees import fee_up
from worldmarkets.model.interface import MarginChange
from worldmarkets.model.perp_words import Q24, PositionWord
from worldmarkets.model.perps import funding, positions
from worldmarkets.model.state import State
from worldmarkets.model.words import (
    BookWord,
    FeedWord,
    UnderlyingWord,
    base_of,
    perp_market,
    spot_market,
)

_WITHOUT_MARKET = 2**128 - 1
"""What orders cost that no market could take."""


@dataclass(frozen=True)
class Position:
    """What an account has of a perp: size and open orders [lots], cash [2^-24 tick-lots].

    `reducing` are the lots of those that only reduce, as far as an action has just placed them.
    """

    size: int = 0
    bids: int = 0
    asks: int = 0
    cash: int = 0
    reducing: int = 0

    @property
    def is_something(self) -> bool:
        """Whether there is any position, order or cash."""
        return bool(self.size or self.bids or self.asks or self.cash)


@dataclass(frozen=True)
class Holding:
    """What an account has of an asset, and its open orders [atoms]; its perp, if it is in use.

    `reducing` are those that only reduce, as far as an action has just placed them.
    """

    asset_id: int
    atoms: int
    bids: int = 0
    asks: int = 0
    reducing: int = 0
    perp: Position | None = None

    @property
    def position(self) -> Position:
        """The perp's position; one of nothing if it is not in use."""
        return self.perp or Position()

    @property
    def is_something(self) -> bool:
        """Whether there is anything of the asset or its perp."""
        return bool(self.atoms or self.bids or self.asks) or self.position.is_something


@dataclass(frozen=True)
class PerpChange:
    """What changes of a perp: size and open orders [lots], cash with fees [2^-24 tick-lots]."""

    market_id: int
    lots: int = 0
    cash: int = 0
    bid_lots: int = 0
    ask_lots: int = 0
    reduce_only_lots: int = 0


Change = MarginChange | PerpChange


@dataclass
class Trades:
    """What an action has changed of an account, its own cancels left out.

    With `places` orders: of several, a later one may have removed an earlier one again.
    """

    places: int = 1
    changes: list[Change] = field(default_factory=list)

    @property
    def only_reduce(self) -> bool:
        """Whether nothing was traded, and all that rests now only reduces."""
        return all(_only_reduces(change) for change in self.changes)

    def reducing(self, held: Iterable[Holding]) -> list[Holding]:
        """Return holdings with what is known to only reduce."""
        if self.places != 1:
            return list(held)
        noted = (_only_reducing(change) for change in self.changes)
        return changed(held, noted)


def read(state: State, account_id: int) -> list[Holding]:
    """Return what an account has, the quote asset first."""
    held = []
    assets, perps = used_assets(state, account_id), used_perps(state, account_id)
    for asset_id in sorted({0, *assets, *perps}):
        word = balances.load(state, account_id, asset_id)
        orders = (word.open_bids, word.open_asks) if asset_id else (0, 0)
        atoms = balances.atoms_of(state, account_id, asset_id)
        perp = None
        if asset_id in perps:
            perp = _position(positions.load(state, account_id, perp_market(asset_id)))
        held.append(Holding(asset_id, atoms, *orders, perp=perp))
    return held


def changed(held: Iterable[Holding], changes: Iterable[Change]) -> list[Holding]:
    """Return holdings with changes made."""
    by_asset = {holding.asset_id: holding for holding in held}
    for change in changes:
        if isinstance(change, PerpChange):
            asset_id = base_of(change.market_id)
            old = by_asset.get(asset_id, Holding(asset_id, 0))
            by_asset[asset_id] = replace(old, perp=_with(old.position, change, 1))
        else:
            old = by_asset.get(change.asset_id, Holding(change.asset_id, 0))
            by_asset[change.asset_id] = replace(
                old,
                atoms=old.atoms + change.atoms,
                bids=old.bids + change.bid_atoms,
                asks=old.asks + change.ask_atoms,
                reducing=old.reducing + change.reduce_only_atoms,
            )
    return [by_asset[asset_id] for asset_id in sorted(by_asset)]


def undone(held: Iterable[Holding], trades: Trades) -> list[Holding]:
    """Return holdings before trades.

    Of what an order left in the book, a later one of the same batch may have removed some: then
    less is open now than is taken back, and none was open before.
    """
    by_asset = {holding.asset_id: holding for holding in held}
    for change in trades.changes:
        if isinstance(change, PerpChange):
            asset_id = base_of(change.market_id)
            old = by_asset[asset_id]
            position = _with(old.position, change, -1)
            bids, asks = max(0, position.bids), max(0, position.asks)
            position = replace(position, bids=bids, asks=asks, reducing=0)
            by_asset[asset_id] = replace(old, perp=position)
        else:
            old = by_asset[change.asset_id]
            by_asset[change.asset_id] = replace(
                old,
                atoms=old.atoms - change.atoms,
                bids=max(0, old.bids - change.bid_atoms),
                asks=max(0, old.asks - change.ask_atoms),
                reducing=0,
            )
    return [by_asset[asset_id] for asset_id in sorted(by_asset)]


def needs_no_margin(state: State, held: Sequence[Holding]) -> bool:
    """Return whether balances cover all spot orders, and no perp is in use."""
    return not any(known.perp for known in held) and not shortfalls(state, held)


def shortfalls(state: State, held: Sequence[Holding]) -> list[tuple[int, int, int]]:
    """Return asset, balance and need where a balance does not cover orders, base assets first."""
    short = [
        (known.asset_id, known.atoms, known.asks)
        for known in held
        if known.asset_id and known.atoms < known.asks
    ]
    worst = sum(worst_cost(state, known.asset_id, known.bids) for known in held[1:])
    if held[0].atoms < worst:
        short.append((0, held[0].atoms, worst))
    return short


def check_pools(state: State, account_id: int, held: Sequence[Holding]) -> None:
    """Pass if all that falls short can be borrowed; raises InsufficientBalance of the first."""
    for asset_id, atoms, needed in shortfalls(state, held):
        if not pools.is_open(state, asset_id):
            raise InsufficientBalance(account_id, asset_id, atoms, needed)


def worst_cost(state: State, asset_id: int, open_bid_atoms: int) -> int:
    """Return what open bids of an asset cost at most, fee included [quote atoms]."""
    if open_bid_atoms == 0:
        return 0
    book = state.load(BookWord, slots.book(spot_market(asset_id)))
    if book.tick_value == 0:
        return _WITHOUT_MARKET
    notional = open_bid_atoms // book.atoms_per_lot * book.highest_bid * book.tick_value
    return notional + max(0, fee_up(notional, book.maker_ppm))


def free_band(state: State, held: Iterable[Holding]) -> int:
    """Return the free band of the notional of all orders that may add risk [quote atoms]."""
    notional = 0
    for known in held:
        if not known.asset_id:
            continue
        atoms = known.bids + known.asks - known.reducing
        notional += value_up(atoms, underlying(state, known.asset_id).price)
        if known.perp:
            lots = known.perp.bids + known.perp.asks - known.perp.reducing
            market = funding.load(state, perp_market(known.asset_id))
            notional += divide_up(lots * market.mark * market.tick_value, Q24)
    return divide_up(FREE_BAND_BPS * notional, BPS)


class At(Enum):
    """Which prices holdings are seen at."""

    PRICE = auto()
    SLOW = auto()
    WAITING = auto()
    """Those that wait for their confirmation, where one does."""


def portfolio(
    state: State, held: Sequence[Holding], *, slow: bool = False, at: At = At.PRICE
) -> Portfolio:
    """Return holdings as ATLAS sees them, at the prices or, with marks in proportion, at others."""
    at = At.SLOW if slow else at
    legs = []
    for known in held[1:]:
        word = underlying(state, known.asset_id)
        exits = (word.spot_exit_bps, word.perp_exit_bps)
        risk = AssetRisk(word.beta_milli, word.iota_bps, word.basis_bps, *exits, word.depth)
        price = _price(state, known.asset_id, at)
        size = (known.atoms, known.bids, known.asks)
        perp = _perp(state, known.asset_id, known.perp, price) if known.perp else None
        legs.append(Leg(known.asset_id, risk, price, *size, word.confidence_bps, perp))
    return Portfolio(held[0].atoms, tuple(legs))


def underlying(state: State, asset_id: int) -> UnderlyingWord:
    """Return price and risk of an asset."""
    return state.load(UnderlyingWord, slots.underlying(asset_id))


def waits(state: State, held: Iterable[Holding]) -> bool:
    """Return whether a price of something held waits for its confirmation."""
    known = (one.asset_id for one in held if one.asset_id)
    return any(underlying(state, asset_id).unconfirmed for asset_id in known)


def _price(state: State, asset_id: int, at: At) -> int:
    word = underlying(state, asset_id)
    if at == At.WAITING and word.unconfirmed:
        return state.load(FeedWord, slots.feed(asset_id)).pending_price
    return word.slow_price if at == At.SLOW else word.price


def _perp(state: State, asset_id: int, position: Position, price: int) -> Perp:
    """Return a perp leg, at a mark that is to its own as some price to the price."""
    market = funding.load(state, perp_market(asset_id))
    word, mark = underlying(state, asset_id), market.mark
    if word.price:
        mark = mark * price // word.price
    index = funding.index_at(market, state.time)
    booked = PositionWord(size=position.size, cash=position.cash)
    pnl = positions.atoms_down(positions.unsettled_units(booked, mark, index), market.tick_value)
    orders = {"bid_lots": position.bids, "ask_lots": position.asks}
    return perp_at(position.size, mark * market.tick_value, Q24, pnl, **orders)


def _position(word: PositionWord) -> Position:
    return Position(word.size, word.open_bids, word.open_asks, word.cash)


def _with(old: Position, change: PerpChange, sign: int) -> Position:
    return Position(
        old.size + sign * change.lots,
        old.bids + sign * change.bid_lots,
        old.asks + sign * change.ask_lots,
        old.cash + sign * change.cash,
        old.reducing + sign * change.reduce_only_lots,
    )


def _only_reduces(change: Change) -> bool:
    if isinstance(change, PerpChange):
        return not change.lots and change.bid_lots + change.ask_lots == change.reduce_only_lots
    return not change.atoms and change.bid_atoms + change.ask_atoms == change.reduce_only_atoms


def _only_reducing(change: Change) -> Change:
    """Return of a change what is known to only reduce, and nothing else."""
    if isinstance(change, PerpChange):
        return PerpChange(change.market_id, reduce_only_lots=change.reduce_only_lots)
    return MarginChange(change.asset_id, reduce_only_atoms=change.reduce_only_atoms)
