"""The checks an action must pass at its end: no margin needed, or enough of it by ATLAS."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from worldmarkets.atlas.derisking import is_derisking
from worldmarkets.atlas.margin import Health, equity, initial_requirement, requirement
from worldmarkets.atlas.portfolio import Portfolio
from worldmarkets.model import holdings
from worldmarkets.model.accounts import check_known, load
from worldmarkets.model.assets import invalid, token_of
from worldmarkets.model.errors import (
    BelowInitialMargin,
    InsufficientBalance,
    LowConfidence,
    PriceUnconfirmed,
    StalePrice,
    UnsettledProfit,
)
from worldmarkets.model.holdings import Change, Holding, PerpChange, Trades
from worldmarkets.model.interface import Margin, MarginChange
from worldmarkets.model.liquidation.protection import claim_atoms, owed_atoms
from worldmarkets.model.perps import funding, marks
from worldmarkets.model.reference import MAX_PRICE_AGE, MIN_CONFIDENCE_BPS, market_risk
from worldmarkets.model.state import State
from worldmarkets.model.words import is_perp

MAX_ATOMS = 2**96
"""The most atoms, or lots of a perp, that a preview may ask for."""


@dataclass(frozen=True)
class _Judged:
    """Equity and initial requirement of holdings, and equity without unsettled profits."""

    health: Health
    settled: int

    def lowers(self, before: "_Judged", *, owes: bool) -> bool:
        """Return whether risk is lower than before; of those that owe, by what is settled too."""
        if not is_derisking(before.health, self.health):
            return False
        return not owes or is_derisking(before._of_settled(), self._of_settled())

    def _of_settled(self) -> Health:
        return replace(self.health, equity=self.settled)


def check(
    state: State, account_id: int, trades: Trades | None = None, *, must_be_covered: bool = False
) -> None:
    """Pass if an account may add risk, or an action with these trades has lowered its risk.

    Raises:
        InsufficientBalance: of the first asset that falls short and has no pool; of any if the
            account must be covered.
        StalePrice, PriceUnconfirmed, LowConfidence, BelowInitialMargin, UnsettledProfit.
    """
    held, owes = holdings.read(state, account_id), load(state, account_id).owes
    if _needs_none(state, account_id, held, must_be_covered=must_be_covered) and not owes:
        return
    if trades and _lowers_risk(state, held, trades, claim_atoms(state, account_id)):
        return
    _check_prices(state, held)
    _check_adding(state, account_id, held)


def check_absorbing(state: State, account_id: int) -> None:
    """Pass if an account may have taken a slice of another, however good the prices are.

    Raises:
        InsufficientBalance, BelowInitialMargin, UnsettledProfit.
    """
    held, owes = holdings.read(state, account_id), load(state, account_id).owes
    if not _needs_none(state, account_id, held, must_be_covered=False) or owes:
        _check_adding(state, account_id, held)


def check_outgoing(state: State, account_id: int, *, must_be_covered: bool = False) -> None:
    """Pass if value may leave an account, at the prices and at the slow prices; raises as above.

    What it owes to funds and lenders of drawn lines stays with it.
    """
    held, owes = holdings.read(state, account_id), load(state, account_id).owes
    if _needs_none(state, account_id, held, must_be_covered=must_be_covered) and not owes:
        return
    owed = owed_atoms(state, account_id) if owes else 0
    _check_prices(state, held)
    for slow in (False, True):
        portfolio = holdings.portfolio(state, held, slow=slow)
        required = _check_initial(state, account_id, portfolio, owed)
        _check_settled(account_id, portfolio, required)


def maker_fits(state: State, account_id: int, changes: Iterable[Change]) -> bool:
    """Return whether a fill far from the mark may change a maker's account like this.

    Whoever owes something has only what is settled to lose. Profit that is not settled pays for no
    loss: without it, equity must cover the free band of what still rests, or not fall.
    """
    before = holdings.read(state, account_id)
    after = holdings.changed(before, changes)
    if holdings.needs_no_margin(state, after):
        return True
    risk, portfolio = market_risk(state), holdings.portfolio(state, after)
    band, settled = holdings.free_band(state, after), equity(portfolio, profits=False)
    if settled < min(band, equity(holdings.portfolio(state, before), profits=False)):
        return False
    has = equity(portfolio, profits=not holdings.shortfalls(state, after))
    kept = requirement(portfolio, risk, risk.maintenance_percent, orders=True)
    if has >= kept + band:
        return True
    owes = bool(holdings.shortfalls(state, after))
    return _judge(state, after).lowers(_judge(state, before), owes=owes)


def preview_margin(
    state: State, account_id: int, changes: Sequence[MarginChange]
) -> tuple[Margin, Margin]:
    """Return an account's margin, and what it would be after changes.

    Raises:
        UnknownAccount, UnlistedAsset, UnknownMarket.
        InvalidParameter: fewer open orders than none or than only reduce, or amounts that nobody
            could have.
    """
    check_known(state, account_id)
    wanted = [_previewed(state, change) for change in changes]
    held = holdings.read(state, account_id)
    changed = holdings.changed(held, wanted)
    for known in changed:
        position = known.position
        fits = _fits(known.atoms, known.bids, known.asks, known.reducing)
        sizes = (position.size, position.bids, position.asks, position.reducing)
        if not (fits and _fits(*sizes)):
            raise invalid("changes", known.asset_id)
    return _margin(state, held), _margin(state, changed)


def health_of(state: State, account_id: int) -> Health:
    """Return an account's equity and initial requirement [quote atoms], the other levels zero."""
    return _judge(state, holdings.read(state, account_id)).health


def settled_surplus(state: State, account_id: int) -> int:
    """Return what is settled beyond the initial requirement, orders counted [quote atoms]."""
    portfolio = portfolio_of(state, account_id)
    required = initial_requirement(portfolio, market_risk(state))
    return equity(portfolio, profits=False) - required


def portfolio_of(state: State, account_id: int) -> Portfolio:
    """Return what an account has, owes and has ordered, at the prices."""
    return holdings.portfolio(state, holdings.read(state, account_id))


def _needs_none(
    state: State, account_id: int, held: Sequence[Holding], *, must_be_covered: bool
) -> bool:
    """Return whether an account needs no margin; raises InsufficientBalance if it can not."""
    short = holdings.shortfalls(state, held)
    if short and must_be_covered:
        raise InsufficientBalance(account_id, *short[0])
    holdings.check_pools(state, account_id, held)
    return holdings.needs_no_margin(state, held)


def _lowers_risk(state: State, held: Sequence[Holding], trades: Trades, claims: int) -> bool:
    """Return whether trades have lowered the risk of an account.

    They must not make a hole, or a larger one, in what is settled, nor carry off what funds have a
    claim on: that is required before them and after.
    """
    undone = holdings.undone(held, trades)
    before = _judge(state, undone, claims)
    after = _judge(state, trades.reducing(held), claims)
    if after.settled < min(0, before.settled):
        return False
    owes = bool(holdings.shortfalls(state, held))
    if after.lowers(before, owes=owes) and not _grows_in_doubt(state, undone, held):
        return True
    keeps = after.health.initial <= before.health.initial
    keeps = keeps and after.health.equity >= before.health.equity
    return trades.only_reduce and keeps


def _grows_in_doubt(state: State, before: Sequence[Holding], after: Sequence[Holding]) -> bool:
    """Return whether a leg grows or changes sign while a price is not good, orders included.

    Sums at such a price prove nothing: risk closed in one leg must not excuse risk opened in
    another.
    """
    grows = any(
        high > max(0, had_high) or low < min(0, had_low)
        for had, has in zip(before[1:], after[1:], strict=True)
        for (had_low, had_high), (low, high) in zip(_legs(had), _legs(has), strict=True)
    )
    try:
        _check_prices(state, [*before, *after])
    except (StalePrice, PriceUnconfirmed, LowConfidence):
        return grows
    return False


def _legs(known: Holding) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return what spot and perp leg may be as orders fill [atoms, lots]."""
    position = known.position
    return (
        (known.atoms - known.asks, known.atoms + known.bids),
        (position.size - position.asks, position.size + position.bids),
    )


def _check_prices(state: State, held: Iterable[Holding]) -> None:
    """Pass if the prices of all that is held, owed or ordered are new, confirmed and certain."""
    oldest = state.time - MAX_PRICE_AGE
    for known in held:
        if known.asset_id == 0 or not known.is_something:
            continue
        word = holdings.underlying(state, known.asset_id)
        if word.time < oldest:
            raise StalePrice(known.asset_id, word.time, oldest)
        if word.unconfirmed:
            raise PriceUnconfirmed(known.asset_id)
        if word.confidence_bps < MIN_CONFIDENCE_BPS:
            raise LowConfidence(known.asset_id, word.confidence_bps, MIN_CONFIDENCE_BPS)


def _check_adding(state: State, account_id: int, held: Sequence[Holding]) -> None:
    """Pass if an account that needs margin may have added risk."""
    portfolio = holdings.portfolio(state, held)
    required = _check_initial(state, account_id, portfolio, claim_atoms(state, account_id))
    if not holdings.shortfalls(state, held):
        required = holdings.free_band(state, held)
    _check_settled(account_id, portfolio, required)


def _check_initial(state: State, account_id: int, portfolio: Portfolio, owed: int = 0) -> int:
    """Return the initial requirement, and what is owed; raises BelowInitialMargin."""
    required = initial_requirement(portfolio, market_risk(state)) + owed
    if equity(portfolio) < required:
        raise BelowInitialMargin(account_id, equity(portfolio), required)
    return required


def _check_settled(account_id: int, portfolio: Portfolio, required: int) -> None:
    settled = equity(portfolio, profits=False)
    if settled < required:
        raise UnsettledProfit(account_id, settled, required)


def _judge(state: State, held: Sequence[Holding], claims: int = 0) -> _Judged:
    """Return equity and the initial requirement; what only reduces needs no free band."""
    portfolio = holdings.portfolio(state, held)
    required = initial_requirement(portfolio, market_risk(state)) + claims
    required -= holdings.free_band(state, [_all_adding(known) for known in held])
    required += holdings.free_band(state, held)
    health = Health(equity(portfolio), required, 0, 0)
    return _Judged(health, equity(portfolio, profits=False))


def _all_adding(known: Holding) -> Holding:
    """Return a holding of which no order only reduces."""
    perp = replace(known.perp, reducing=0) if known.perp else None
    return replace(known, reducing=0, perp=perp)


def _margin(state: State, held: Sequence[Holding]) -> Margin:
    portfolio, risk = holdings.portfolio(state, held), market_risk(state)
    end = requirement(portfolio, risk, risk.end_percent)
    maintenance = requirement(portfolio, risk, risk.maintenance_percent)
    is_paid = holdings.needs_no_margin(state, held)
    judged = _judge(state, held)
    levels = (judged.health.initial, end, maintenance)
    return Margin(judged.health.equity, judged.settled, *levels, is_paid)


def _previewed(state: State, change: MarginChange) -> Change:
    """Return a change of a preview; what is traded of a perp is traded at its mark."""
    market_id = change.asset_id
    if not is_perp(market_id):
        token_of(state, change.asset_id)
        return change
    marks.config_of(state, market_id)
    market = funding.load(state, market_id)
    cash = -change.atoms * (market.mark - funding.index_at(market, state.time))
    orders = (change.bid_atoms, change.ask_atoms, change.reduce_only_atoms)
    return PerpChange(market_id, change.atoms, cash, *orders)


def _fits(size: int, bids: int, asks: int, reducing: int) -> bool:
    """Return whether an account could have so much, and so many orders."""
    known = abs(size) <= MAX_ATOMS and 0 <= bids <= MAX_ATOMS and 0 <= asks <= MAX_ATOMS
    return known and reducing <= bids + asks
