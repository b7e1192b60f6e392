"""The checks an action must pass at its end: no margin needed, or enough of it by ATLAS."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from worldmarkets.atlas.arithmetic import BPS, divide_up, value_up
from worldmarkets.atlas.derisking import is_derisking
from worldmarkets.atlas.margin import Health, equity, initial_requirement, requirement
from worldmarkets.atlas.parameters import FREE_BAND_BPS, AssetRisk, GlobalRisk
from worldmarkets.atlas.portfolio import Leg, Portfolio
from worldmarkets.model import balances, pools, slots
from worldmarkets.model.accounts import check_known, used_assets
from worldmarkets.model.assets import invalid, token_of
from worldmarkets.model.errors import (
    BelowInitialMargin,
    InsufficientBalance,
    LowConfidence,
    PriceUnconfirmed,
    StalePrice,
)
from worldmarkets.model.fees import fee_up
from worldmarkets.model.interface import Margin, MarginChange
from worldmarkets.model.state import State
from worldmarkets.model.words import BookWord, RiskWord, UnderlyingWord, spot_market

MAX_PRICE_AGE = 60
"""How old a price may be where risk is added [seconds]."""
MIN_CONFIDENCE_BPS = 9_000
"""How certain a price must be where risk is added."""
MAX_ATOMS = 2**96
"""The most atoms that a preview may ask for."""
_WITHOUT_MARKET = 2**128 - 1
"""What orders cost that no market could take."""


@dataclass(frozen=True)
class Holding:
    """What an account has of an asset, and its open orders [atoms].

    `reducing` are those that only reduce, as far as an action has just placed them.
    """

    asset_id: int
    atoms: int
    bids: int = 0
    asks: int = 0
    reducing: int = 0


@dataclass
class Trades:
    """What an action has changed of an account, its own cancels left out [atoms].

    With `places` orders: of several, a later one may have removed an earlier one again.
    """

    places: int = 1
    changes: list[MarginChange] = field(default_factory=list)

    def add(self, asset_id: int, atoms: int = 0, bids: int = 0, asks: int = 0) -> None:
        """Note a change."""
        self.changes.append(MarginChange(asset_id, atoms, bids, asks))

    def add_reducing(self, asset_id: int, bids: int, asks: int) -> None:
        """Note the rest of a reduce-only order."""
        self.changes.append(MarginChange(asset_id, 0, bids, asks, bids + asks))

    @property
    def only_reduce(self) -> bool:
        """Whether nothing was traded, and all that rests now only reduces."""
        return all(
            not change.atoms and change.bid_atoms + change.ask_atoms == change.reduce_only_atoms
            for change in self.changes
        )


def check(state: State, account_id: int, trades: Trades | None = None) -> None:
    """Pass if an account may add risk, or an action with these trades has lowered its risk.

    Raises:
        InsufficientBalance: of the first asset that falls short and has no pool.
        StalePrice, PriceUnconfirmed, LowConfidence, BelowInitialMargin.
    """
    held = _holdings(state, account_id)
    if _is_paid(state, account_id, held):
        return
    if trades and _lowers_risk(state, held, trades):
        return
    _check_prices(state, held)
    _check_initial(state, account_id, held)


def check_outgoing(state: State, account_id: int) -> None:
    """Pass if value may leave an account, at the prices and at the slow prices; raises as above."""
    held = _holdings(state, account_id)
    if _is_paid(state, account_id, held):
        return
    _check_prices(state, held)
    _check_initial(state, account_id, held)
    _check_initial(state, account_id, held, slow=True)


def check_paid(state: State, account_id: int) -> None:
    """Pass if an account needs no margin; raises InsufficientBalance of what falls short."""
    short = _shortfalls(state, _holdings(state, account_id))
    if short:
        raise InsufficientBalance(account_id, *short[0])


def maker_fits(state: State, account_id: int, changes: Iterable[MarginChange]) -> bool:
    """Return whether a fill far from the mark may change a maker's account like this."""
    before = _holdings(state, account_id)
    after = _changed(before, changes)
    if not _shortfalls(state, after):
        return True
    risk = market_risk(state)
    portfolio = _portfolio(state, after)
    kept = requirement(portfolio, risk, risk.maintenance_percent, orders=True)
    if equity(portfolio) >= kept + _free_band(state, after):
        return True
    return is_derisking(_health(state, before), _health(state, after))


def preview_margin(
    state: State, account_id: int, changes: Sequence[MarginChange]
) -> tuple[Margin, Margin]:
    """Return an account's margin, and what it would be after changes.

    Raises:
        UnknownAccount, UnlistedAsset.
        InvalidParameter: fewer open orders than none or than only reduce, or amounts that nobody
            could have.
    """
    check_known(state, account_id)
    for change in changes:
        token_of(state, change.asset_id)
    held = _holdings(state, account_id)
    changed = _changed(held, changes)
    for known in changed:
        orders_fit = all(0 <= atoms <= MAX_ATOMS for atoms in (known.bids, known.asks))
        orders_fit = orders_fit and known.reducing <= known.bids + known.asks
        if abs(known.atoms) > MAX_ATOMS or not orders_fit:
            raise invalid("changes", known.asset_id)
    return _margin(state, held), _margin(state, changed)


def worst_cost(state: State, asset_id: int, open_bid_atoms: int) -> int:
    """Return what open bids of an asset cost at most, fee included [quote atoms]."""
    if open_bid_atoms == 0:
        return 0
    book = state.load(BookWord, slots.book(spot_market(asset_id)))
    if book.tick_value == 0:
        return _WITHOUT_MARKET
    notional = open_bid_atoms // book.atoms_per_lot * book.highest_bid * book.tick_value
    return notional + max(0, fee_up(notional, book.maker_ppm))


def health_of(state: State, account_id: int) -> Health:
    """Return an account's equity and initial requirement [quote atoms], the other levels zero."""
    return _health(state, _holdings(state, account_id))


def portfolio_of(state: State, account_id: int) -> Portfolio:
    """Return what an account has, owes and has ordered, at the prices."""
    return _portfolio(state, _holdings(state, account_id))


def _holdings(state: State, account_id: int) -> list[Holding]:
    """Return what an account has, the quote asset first."""
    held = []
    for asset_id in sorted({0, *used_assets(state, account_id)}):
        word = balances.load(state, account_id, asset_id)
        orders = (word.open_bids, word.open_asks) if asset_id else (0, 0)
        held.append(Holding(asset_id, balances.atoms_of(state, account_id, asset_id), *orders))
    return held


def _undone(held: Iterable[Holding], trades: Trades) -> list[Holding]:
    """Return holdings before trades.

    Of what an order left in the book, a later one of the same batch may have removed some: then
    less is open now than is taken back, and none was open before.
    """
    by_asset = {holding.asset_id: holding for holding in held}
    for change in trades.changes:
        old = by_asset[change.asset_id]
        by_asset[change.asset_id] = Holding(
            change.asset_id,
            old.atoms - change.atoms,
            max(0, old.bids - change.bid_atoms),
            max(0, old.asks - change.ask_atoms),
        )
    return [by_asset[asset_id] for asset_id in sorted(by_asset)]


def _changed(held: Iterable[Holding], changes: Iterable[MarginChange]) -> list[Holding]:
    """Return holdings with changes made."""
    by_asset = {holding.asset_id: holding for holding in held}
    for change in changes:
        old = by_asset.get(change.asset_id, Holding(change.asset_id, 0))
        by_asset[change.asset_id] = Holding(
            change.asset_id,
            old.atoms + change.atoms,
            old.bids + change.bid_atoms,
            old.asks + change.ask_atoms,
            old.reducing + change.reduce_only_atoms,
        )
    return [by_asset[asset_id] for asset_id in sorted(by_asset)]


def _shortfalls(state: State, held: Sequence[Holding]) -> list[tuple[int, int, int]]:
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


def _is_paid(state: State, account_id: int, held: Sequence[Holding]) -> bool:
    """Return whether an account needs no margin; raises InsufficientBalance if it can not."""
    short = _shortfalls(state, held)
    for asset_id, atoms, needed in short:
        if not pools.is_open(state, asset_id):
            raise InsufficientBalance(account_id, asset_id, atoms, needed)
    return not short


def _lowers_risk(state: State, held: Sequence[Holding], trades: Trades) -> bool:
    """Return whether trades have lowered the risk of an account."""
    undone = _undone(held, trades)
    before = _health(state, undone)
    reducing = {change.asset_id: 0 for change in trades.changes}
    if trades.places == 1:
        for change in trades.changes:
            reducing[change.asset_id] += change.reduce_only_atoms
    noted = [replace(known, reducing=reducing.get(known.asset_id, 0)) for known in held]
    after = _health(state, noted)
    if is_derisking(before, after) and not _grows_in_doubt(state, undone, held):
        return True
    keeps = after.initial <= before.initial and after.equity >= before.equity
    return trades.only_reduce and keeps


def _grows_in_doubt(state: State, before: Sequence[Holding], after: Sequence[Holding]) -> bool:
    """Return whether a leg grows or changes sign while a price is not good, orders included.

    Sums at such a price prove nothing: risk closed in one asset must not excuse risk opened in
    another.
    """
    grows = any(
        has.atoms + has.bids > max(0, had.atoms + had.bids)
        or has.atoms - has.asks < min(0, had.atoms - had.asks)
        for had, has in zip(before[1:], after[1:], strict=True)
    )
    try:
        _check_prices(state, [*before, *after])
    except (StalePrice, PriceUnconfirmed, LowConfidence):
        return grows
    return False


def _check_prices(state: State, held: Iterable[Holding]) -> None:
    """Pass if the prices of all that is held, owed or ordered are new, confirmed and certain."""
    oldest = state.time - MAX_PRICE_AGE
    for known in held:
        if known.asset_id == 0 or not (known.atoms or known.bids or known.asks):
            continue
        word = state.load(UnderlyingWord, slots.underlying(known.asset_id))
        if word.time < oldest:
            raise StalePrice(known.asset_id, word.time, oldest)
        if word.unconfirmed:
            raise PriceUnconfirmed(known.asset_id)
        if word.confidence_bps < MIN_CONFIDENCE_BPS:
            raise LowConfidence(known.asset_id, word.confidence_bps, MIN_CONFIDENCE_BPS)


def _check_initial(
    state: State, account_id: int, held: Sequence[Holding], *, slow: bool = False
) -> None:
    portfolio = _portfolio(state, held, slow=slow)
    required = initial_requirement(portfolio, market_risk(state))
    if equity(portfolio) < required:
        raise BelowInitialMargin(account_id, equity(portfolio), required)


def _health(state: State, held: Sequence[Holding]) -> Health:
    """Return equity and the initial requirement; what only reduces needs no free band."""
    portfolio = _portfolio(state, held)
    required = initial_requirement(portfolio, market_risk(state))
    everything = [replace(known, reducing=0) for known in held]
    required -= _free_band(state, everything) - _free_band(state, held)
    return Health(equity(portfolio), required, 0, 0)


def _margin(state: State, held: Sequence[Holding]) -> Margin:
    portfolio, risk = _portfolio(state, held), market_risk(state)
    end = requirement(portfolio, risk, risk.end_percent)
    maintenance = requirement(portfolio, risk, risk.maintenance_percent)
    is_paid = not _shortfalls(state, held)
    health = _health(state, held)
    return Margin(health.equity, health.initial, end, maintenance, is_paid)


def _free_band(state: State, held: Iterable[Holding]) -> int:
    notional = 0
    for known in held:
        atoms = known.bids + known.asks - known.reducing
        word = state.load(UnderlyingWord, slots.underlying(known.asset_id))
        notional += value_up(atoms, word.price) if known.asset_id else 0
    return divide_up(FREE_BAND_BPS * notional, BPS)


def _portfolio(state: State, held: Sequence[Holding], *, slow: bool = False) -> Portfolio:
    legs = []
    for known in held[1:]:
        word = state.load(UnderlyingWord, slots.underlying(known.asset_id))
        exits = (word.spot_exit_bps, word.perp_exit_bps)
        risk = AssetRisk(word.beta_milli, word.iota_bps, word.basis_bps, *exits, word.depth)
        price = word.slow_price if slow else word.price
        size = (known.atoms, known.bids, known.asks)
        legs.append(Leg(known.asset_id, risk, price, *size, word.confidence_bps))
    return Portfolio(held[0].atoms, tuple(legs))


def market_risk(state: State) -> GlobalRisk:
    """Return the risk parameters of all assets together."""
    word = state.load(RiskWord, slots.risk())
    levels = (word.sigma_bps, word.end_percent, word.maintenance_percent)
    return GlobalRisk(*levels, word.peg_bps or BPS)
