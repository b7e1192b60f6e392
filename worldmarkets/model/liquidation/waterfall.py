"""Who pays a deficit, in order: bond, lines, insurance fund, backstop; then winners and lenders.

What nobody else pays of a perp's part is the shortfall of its market, what nobody pays of an
asset's part is lost by all who lend it. Nothing else is touched, and nothing in here can fail for
want of money.
"""

from dataclasses import dataclass, replace

from worldmarkets.atlas.arithmetic import ATOM_PRICE_SCALE, divide_up
from worldmarkets.model import accounts, balances, holdings, pools, slots
from worldmarkets.model.events import Event
from worldmarkets.model.liquidation import attribution, counters, funds, protection
from worldmarkets.model.liquidation.funds import FundsPaid
from worldmarkets.model.liquidation.standing import Standing
from worldmarkets.model.liquidation_events import DeficitPaid, PoolLoss, ShortfallAdded
from worldmarkets.model.liquidation_words import AuctionWord
from worldmarkets.model.perp_words import PerpPoolWord, wrapped
from worldmarkets.model.perps import funding, positions, settlement
from worldmarkets.model.pools import Pool
from worldmarkets.model.rates import WAD
from worldmarkets.model.state import State
from worldmarkets.model.words import is_perp, perp_market

MIN_SUPPLY_INDEX = 10**12
"""The lowest supply index that a loss leaves [1e-18]."""
_MAX_SHORTFALL = 2**80 - 1


@dataclass(frozen=True)
class Given:
    """Whose shortfall is added: the account that is liquidated, and the one whose cash gets it."""

    account_id: int
    receiver_id: int


def recognise(state: State, account_id: int, standing: Standing, events: list[Event]) -> None:
    """Pay the deficit of an account with E + B < 0, all at once.

    What the funds pay is their claim on it.
    """
    deficit = -standing.equity
    bond, lines = protection.take(state, account_id, deficit)
    paid, in_kind, shortfall, loss = FundsPaid(), 0, 0, 0
    given = Given(account_id, account_id)
    rest = deficit - bond - lines
    for part in attribution.parts_of(state, account_id, deficit, rest):
        of_part = funds.pay(state, part.key, part.atoms)
        paid += of_part
        left = part.atoms - of_part.total
        if is_perp(part.key):
            shortfall += _add_shortfall(state, given, part.key, left, events)
        else:
            repaid, lost = _lose(state, account_id, part.key, left, events)
            in_kind += repaid
            loss += lost
    balances.add(state, account_id, 0, bond + lines + paid.total)
    paid += FundsPaid(in_kind)
    funds.claim(state, account_id, paid)
    _note_deficit(state, account_id)
    sums = (bond, lines, paid.insurance, paid.backstop, shortfall, loss)
    events.append(DeficitPaid(account_id, deficit, *sums))


def pay_bidder(
    state: State, given: Given, atoms: int, standing: Standing, events: list[Event]
) -> int:
    """Pay a bidder for a slice without a price, and return what he gets [quote atoms].

    What nobody pays is divided by the gross of the perps that the account had, and goes to the
    shortfall of those that he uses, too: he gets it as profit of theirs.
    """
    bond, lines = protection.take(state, given.account_id, atoms)
    paid = funds.pay(state, slots.PAID_BIDDERS, atoms - bond - lines)
    quote = bond + lines + paid.total
    shortfall = 0
    if quote:
        balances.add(state, given.receiver_id, 0, quote)
    known = accounts.used_perps(state, given.receiver_id)
    for asset_id, part in attribution.split(atoms - quote, standing.perp_gross):
        if asset_id in known:
            shortfall += _add_shortfall(state, given, perp_market(asset_id), part, events)
    funds.claim(state, given.account_id, paid)
    sums = (bond, lines, paid.insurance, paid.backstop, shortfall, 0)
    events.append(DeficitPaid(given.account_id, atoms, *sums))
    return quote + shortfall


def _note_deficit(state: State, account_id: int) -> None:
    word = state.load(AuctionWord, slots.auction(account_id))
    if not word.in_deficit:
        state.store(slots.auction(account_id), replace(word, in_deficit=1, touched=1))
        counters.add(state, in_deficit=1)


def _add_shortfall(
    state: State, given: Given, market_id: int, atoms: int, events: list[Event]
) -> int:
    """Give the cash of a position atoms that nobody has paid, and return them [quote atoms].

    They are as many as the word of the pool can count.
    """
    pool = settlement.load_pool(state, market_id)
    atoms = min(atoms, _MAX_SHORTFALL - pool.shortfall)
    if not atoms:
        return 0
    shortfall = pool.shortfall + atoms
    state.store(slots.perp_pool(market_id), PerpPoolWord(pool.cash, shortfall, touched=1))
    word = positions.load(state, given.receiver_id, market_id)
    units = positions.units_down(atoms, funding.load(state, market_id).tick_value)
    word = replace(word, cash=wrapped(word.cash + units))
    positions.store(state, given.receiver_id, market_id, word)
    events.append(ShortfallAdded(market_id, given.account_id, atoms, shortfall))
    return atoms


def _lose(
    state: State, account_id: int, asset_id: int, atoms: int, events: list[Event]
) -> tuple[int, int]:
    """Forgive a debt worth quote atoms; what the insurance fund has of the asset repays first.

    Returns what it repaid, valued and rounded down, and what lenders lost, valued [quote atoms].
    """
    price = holdings.underlying(state, asset_id).price if asset_id else ATOM_PRICE_SCALE
    debt = -balances.atoms_of(state, account_id, asset_id)
    if not atoms or price == 0 or debt <= 0 or not pools.is_open(state, asset_id):
        return 0, 0
    left, in_kind = min(debt, divide_up(atoms * ATOM_PRICE_SCALE, price)), 0
    if asset_id:
        repaid = funds.pay_in_kind(state, asset_id, left)
        if repaid:
            balances.add(state, account_id, asset_id, repaid)
        in_kind = min(atoms, repaid * price // ATOM_PRICE_SCALE)
        # By as much as the debt has really fallen: shares that are repaid are rounded down.
        still = -balances.atoms_of(state, account_id, asset_id)
        left = min(left - min(left, debt - still), still)
    if not left:
        return in_kind, 0
    return in_kind, _write_off(state, account_id, asset_id, left, atoms - in_kind, events)


def _write_off(
    state: State, account_id: int, asset_id: int, atoms: int, worth: int, events: list[Event]
) -> int:
    """Forgive atoms of a debt that are worth quote atoms; return the worth of what could be."""
    word, pool = balances.load(state, account_id, asset_id), pools.load(state, asset_id)
    wanted = min(-word.balance, divide_up(atoms * WAD, pool.borrow_index))
    shares = _forgive(pool, wanted)
    if shares != wanted:
        atoms, worth = atoms * shares // wanted, worth * shares // wanted
    word = replace(word, balance=word.balance + shares, touched=1)
    state.store(slots.ledger(account_id, asset_id), word)
    pools.store(state, pool)
    events.append(PoolLoss(asset_id, account_id, atoms, pool.supply_index))
    return worth


def _forgive(pool: Pool, wanted: int) -> int:
    """Take borrow shares out of a pool for nothing, as many as may go, and return them.

    What lenders have falls to what is there, never below the lowest index.
    """
    floor = max(0, pool.supply_shares * MIN_SUPPLY_INDEX - pool.cash * WAD)
    shares = min(wanted, max(0, pool.borrow_shares - divide_up(floor, pool.borrow_index)))
    pool.borrow_shares -= shares
    there = pool.cash * WAD + pool.borrow_shares * pool.borrow_index
    if pool.supply_shares * pool.supply_index > there:
        pool.supply_index = there // pool.supply_shares
    return shares
