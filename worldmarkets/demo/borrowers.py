"""Those who trade with borrowed money, on the chain: how they stand, and what they send."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from worldmarkets.atlas.margin import Health, health
from worldmarkets.atlas.portfolio import Portfolio
from worldmarkets.client.calls import MAX_FILLS
from worldmarkets.client.rawlending import EVERYTHING
from worldmarkets.demo.cast import fund
from worldmarkets.demo.leverage import (
    LEVERED,
    Decision,
    Grow,
    LeverPlan,
    RepayAll,
    Shrink,
    Situation,
    decide,
    reach_bps,
)
from worldmarkets.demo.pools import FIRST_KEY, native_units
from worldmarkets.model import balances, reference, risk
from worldmarkets.model.interface import OrderRequest, Side, TimeInForce
from worldmarkets.model.reading import WordReader
from worldmarkets.staging import QUOTE_DECIMALS, Account, Stage, connect, open_account
from worldmarkets.transactions import Request

_FIRST_BORROWER = FIRST_KEY + 2
_REACH_BPS = 25
_BPS = 10_000
_UNLIMITED = 2**256 - 1
_DOLLAR: int = 10**QUOTE_DECIMALS


@dataclass(frozen=True)
class Moment:
    """What everybody sees in a step.

    Attributes:
        reader: The words of the newest block.
        done: What has passed of the whole time [1/1000].
        tick: The reference price of the step.
        atom_price: The same [1e-18 dollars an atom].
        is_doubtful: Whether the exchange will not take it over without a second report.
    """

    reader: WordReader
    done: int
    tick: int
    atom_price: int
    is_doubtful: bool


class Borrower(ABC):
    """One of them; how he takes a position and brings it down is up to the kind."""

    def __init__(self, stage: Stage, plan: LeverPlan, account: Account) -> None:
        self.plan = plan
        self.account = account
        self.has_opened = False
        """Whether he opens no more."""
        self.goal = 0
        """The size he opens, known when he begins [lots]."""
        self.forced = 0
        """How often he had to lower his risk."""
        self._stage = stage

    @property
    def debt_asset(self) -> int:
        """Id of what he owes."""
        return self._stage.venue.base_asset_id if self.plan.is_short else 0

    def health(self, moment: Moment) -> Health:
        """Return his equity and levels at the price of the moment [quote atoms]."""
        held = risk.portfolio_of(moment.reader, self.account.account_id)
        base = self._stage.venue.base_asset_id
        legs = tuple(
            leg.at_price(moment.atom_price) if leg.asset_id == base else leg for leg in held.legs
        )
        return health(Portfolio(held.cash, legs), reference.market_risk(moment.reader))

    def debt(self, reader: WordReader) -> int:
        """Return what he owes [atoms]."""
        return max(0, -balances.atoms_of(reader, self.account.account_id, self.debt_asset))

    def situation(self, moment: Moment) -> Situation:
        """Return how he stands."""
        levels = self.health(moment)
        if not self.goal and moment.done >= self.plan.opens:
            self.goal = self._lots_worth(self._goal_dollars(), moment.tick)
        debt = self._lots_of_debt(moment)
        owing = self.plan.debt_dollars(in_wallet=isinstance(self, WalletBorrower))
        return Situation(
            done=moment.done,
            equity=levels.equity,
            initial=levels.initial,
            maintenance=levels.maintenance,
            is_paid=debt == 0,
            size=self._size(moment),
            debt=debt,
            goal=self.goal,
            goal_debt=self.goal * owing // self._goal_dollars(),
        )

    def act(self, now: Situation, moment: Moment) -> tuple[Decision | None, list[Request]]:
        """Return what he decides and sends in a step."""
        self.has_opened |= now.done > self.plan.opened or 0 < self.goal <= now.size
        may_open = not self.has_opened and not moment.is_doubtful
        decision = decide(self.plan, now, may_open=may_open)
        if isinstance(decision, Shrink):
            self.has_opened = True
            self.forced += decision.is_forced
            return decision, [self._shrink(decision, now, moment)]
        if isinstance(decision, Grow):
            return decision, [self.grow(decision.lots, moment)]
        if isinstance(decision, RepayAll):
            return decision, [self._repay(EVERYTHING)]
        return None, []

    def take_out(self, lots: int, moment: Moment) -> Request:
        """Return what takes lots, or dollars of their worth, out on credit."""
        account = self.account
        units = self._units(lots, moment.tick)
        return account.client.calls.borrow(
            account.account_id, self.debt_asset, units, account.client.address
        )

    @abstractmethod
    def grow(self, lots: int, moment: Moment) -> Request:
        """Return what adds to the position."""

    @abstractmethod
    def _shrink(self, decision: Shrink, now: Situation, moment: Moment) -> Request:
        """Return what takes some of the position back."""

    @abstractmethod
    def _size(self, moment: Moment) -> int:
        """Return how large the position is [lots]."""

    @abstractmethod
    def _goal_dollars(self) -> int:
        """Return how large it is to be [dollars]."""

    def _repay(self, units: int) -> Request:
        calls = self.account.client.calls
        return calls.repay(self.account.account_id, self.debt_asset, units)

    def _units(self, lots: int, tick: int) -> int:
        """Return what lots are of the asset he owes [token units]."""
        venue = self._stage.venue
        atoms = lots * (venue.atoms_per_lot if self.plan.is_short else tick * venue.tick_value)
        return atoms * self._stage.deployment.assets[self.debt_asset].units_per_atom

    def _lots_of_debt(self, moment: Moment) -> int:
        """Return the debt, rounded up [lots at the price of the moment]."""
        venue = self._stage.venue
        lot = venue.atoms_per_lot if self.plan.is_short else moment.tick * venue.tick_value
        return -(-self.debt(moment.reader) // lot)

    def _lots_worth(self, dollars: int, tick: int) -> int:
        venue = self._stage.venue
        return max(venue.min_lots, dollars * _DOLLAR // (tick * venue.tick_value))


class MarketBorrower(Borrower):
    """Buys with borrowed dollars in the market, or sells there what he has borrowed."""

    def grow(self, lots: int, moment: Moment) -> Request:
        """Return an order for more, which borrows what he does not have."""
        return self._order(not self.plan.is_short, lots, _REACH_BPS, moment.tick, reduces=False)

    def _shrink(self, decision: Shrink, now: Situation, moment: Moment) -> Request:
        venue = self._stage.venue
        worth = now.size * moment.tick * venue.tick_value
        reach = reach_bps(now.equity, worth) if decision.is_forced else _REACH_BPS
        lots = max(venue.min_lots, decision.lots)
        return self._order(self.plan.is_short, lots, reach, moment.tick, reduces=True)

    def _order(self, buys: bool, lots: int, reach: int, tick: int, *, reduces: bool) -> Request:
        """Return an order that trades at once or not at all, so far from the price at worst."""
        away = tick * reach // _BPS
        order = OrderRequest(
            self._stage.venue.market_id,
            Side.BID if buys else Side.ASK,
            max(1, tick + away if buys else tick - away),
            lots,
            TimeInForce.IMMEDIATE_OR_CANCEL,
            MAX_FILLS,
            reduce_only=reduces,
        )
        return self.account.client.calls.place_order(self.account.account_id, order)

    def _size(self, moment: Moment) -> int:
        base = self._stage.venue.base_asset_id
        atoms = balances.atoms_of(moment.reader, self.account.account_id, base)
        held = max(0, -atoms if self.plan.is_short else atoms)
        return held // self._stage.venue.atoms_per_lot

    def _goal_dollars(self) -> int:
        return self.plan.dollars * abs(self.plan.leverage_percent) // 100


class WalletBorrower(Borrower):
    """Takes out on credit what he trades with elsewhere, and repays from there."""

    def grow(self, lots: int, moment: Moment) -> Request:
        """Return what takes more out on credit."""
        return self.take_out(lots, moment)

    def _shrink(self, decision: Shrink, now: Situation, moment: Moment) -> Request:
        return self._repay(self._units(min(decision.lots, now.debt), moment.tick))

    def _size(self, moment: Moment) -> int:
        return self._lots_of_debt(moment)

    def _goal_dollars(self) -> int:
        return self.plan.debt_dollars(in_wallet=True)


Kind = Callable[[Stage, LeverPlan, Account], Borrower]


def open_borrowers(stage: Stage, price: Decimal, kind: Kind) -> list[Borrower]:
    """Open the accounts of those who borrow, and leave each some tokens to repay with.

    Who sells short brings in dollars. Who buys brings in dollars, too, or where he does not trade
    in the market what they buy.

    Args:
        stage: Where.
        price: What to value the base asset at [dollars].
        kind: Whether they trade in the market.
    """
    borrowers = []
    for key, plan in enumerate(LEVERED, start=_FIRST_BORROWER):
        client = connect(stage, key)
        base_atoms = int((Decimal(plan.dollars) / price).scaleb(stage.venue.base_decimals))
        atoms = 0, plan.dollars * _DOLLAR
        if kind is WalletBorrower and not plan.is_short:
            atoms = base_atoms, 0
        # As much again elsewhere as he may come to owe, for what interest and prices add.
        spare = 2 * plan.debt_dollars(in_wallet=kind is WalletBorrower) // plan.dollars + 1
        native_atoms = atoms[0] + (spare * base_atoms if plan.is_short else 0)
        fund(stage.operator, client.address, native_units(stage, native_atoms))
        account = open_account(stage, client, plan.name, *atoms)
        borrower = kind(stage, plan, account)
        asset = stage.deployment.assets[borrower.debt_asset]
        owned = base_atoms if borrower.debt_asset else plan.dollars * _DOLLAR
        client.draw(asset.asset_id, spare * owned * asset.units_per_atom)
        client.approve(asset.asset_id, _UNLIMITED)
        borrowers.append(borrower)
    return borrowers
