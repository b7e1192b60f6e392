"""Everybody at their places before a crash: funds, makers, liquidators and portfolios."""

from collections.abc import Sequence
from dataclasses import dataclass

from worldmarkets.crash.books import Books, held_by
from worldmarkets.crash.keepers import Keeper, Liquidators
from worldmarkets.crash.opening import Open, atoms_worth, open_all
from worldmarkets.crash.path import opening
from worldmarkets.crash.payments import Payments
from worldmarkets.crash.plans import Plans
from worldmarkets.crash.population import DOLLAR, Holder
from worldmarkets.crash.tape import Tape
from worldmarkets.crash.venue import Desk, crash_parameters, make_desk
from worldmarkets.crash.watch import Watch
from worldmarkets.model import accounts
from worldmarkets.model.liquidation import counters

FUND_PPM = 1_000
"""What insurance fund and backstop each have of what portfolios hold."""
LIQUIDATORS = 4
CAPITAL_PPM = 50_000
"""What all liquidators together have of what portfolios hold."""
_MAKER_DOLLARS = 10**13
"""Far more than the size of any position of the maker makes necessary."""
_SPARE_COINS = 2
_PPM = 10**6


@dataclass
class Scene:
    """All that a replay moves."""

    tape: Tape
    desk: Desk
    portfolios: list[Open]
    held: tuple[int, ...]
    """What they hold of each asset [quote atoms]."""
    backstop_id: int
    books: Books
    keeper: Keeper
    liquidators: Liquidators
    payments: Payments
    watch: Watch
    plans: Plans


def make_scene(
    tape: Tape, risk_set: str, holders: Sequence[Holder], desk: Desk | None = None
) -> Scene:
    """Bring everybody to their places, at the prices at which a tape opens.

    Args:
        tape: The crash.
        risk_set: Name of the set of risk parameters; of no account with a desk.
        holders: The portfolios.
        desk: Where, None for a new exchange in memory.
    """
    first = tape.minutes[0]
    prices = {
        pair.symbol: candle.open for pair, candle in zip(tape.pairs, first.candles, strict=True)
    }
    desk = desk or make_desk(crash_parameters(prices, risk_set), first.start)
    posted = opening(first.candles)
    desk.post(posted)
    maker_id = _open_maker(desk, posted, sum(one.notional for one in holders))
    portfolios = open_all(desk, posted, holders, maker_id)
    held = held_by(portfolios, len(tape.pairs))
    backstop_id = _fund(desk, sum(held) * FUND_PPM // _PPM)
    capital = sum(held) * CAPITAL_PPM // _PPM // LIQUIDATORS
    bidders = [desk.open_account(desk.owners.liquidators, capital) for _ in range(LIQUIDATORS)]
    payments = Payments(desk)
    desk.watchers.append(payments.watch)
    books = Books(desk, maker_id)
    liquidators = Liquidators(desk, books, bidders)
    liquidators.choose([one.account_id for one in portfolios if one.holder.has_liquidator])
    watch = Watch(desk, [one.account_id for one in portfolios])
    keeper = Keeper(desk, {one.account_id: one.order_id for one in portfolios if one.order_id})
    tip_id = desk.open_account(desk.owners.keeper, DOLLAR)
    plans = Plans(desk, watch, keeper.standings, tip_id)
    plans.give(portfolios)
    actors = (books, keeper, liquidators, payments, watch, plans)
    return Scene(tape, desk, portfolios, held, backstop_id, *actors)


def _open_maker(desk: Desk, prices: Sequence[int], dollars: int) -> int:
    """Open the account of the maker, who has more coins than all portfolios could want."""
    account_id = desk.open_account(desk.owners.makers, _MAKER_DOLLARS * DOLLAR)
    for known, price in zip(desk.underlyings, prices, strict=True):
        atoms = atoms_worth(known, price, _SPARE_COINS * dollars)
        desk.fund(desk.owners.makers, account_id, known.asset_id, atoms)
    return account_id


def _fund(desk: Desk, atoms: int) -> int:
    """Bring quote atoms into the insurance fund, and as many into the backstop; return its account.

    Where none is deployed an account of the operator's is the backstop. Nobody can pay dollars into
    the insurance fund before it has got fees of them.
    """
    owner = desk.owners.operator
    for known in desk.underlyings:
        desk.act("collect_fees", known.spot.market_id)
    desk.fund(owner, accounts.INSURANCE, 0, atoms)
    backstop_id = counters.load(desk.state).backstop
    if not backstop_id:
        backstop_id = desk.open_account(owner, 0)
        desk.act("set_backstop", owner, backstop_id)
    desk.fund(owner, backstop_id, 0, atoms)
    return backstop_id
