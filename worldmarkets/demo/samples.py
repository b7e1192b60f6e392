"""What a demonstration takes down: trades, samples, how accounts and pools stand."""

from dataclasses import dataclass
from decimal import Decimal

from worldmarkets.model.interface import Margin
from worldmarkets.replay.player import NO_BUDGET
from worldmarkets.staging import Account, Venue

DEPTH_BPS = 10
"""How far from the middle depth is counted [basis points]."""


@dataclass(frozen=True)
class Trade:
    """One take: what it traded in all, at its last price."""

    seconds: Decimal
    tick: int
    lots: int
    taker_sold: bool
    taker: int


@dataclass(frozen=True)
class Sample:
    """The market at one moment; depth is what rests within DEPTH_BPS of the middle [lots]."""

    seconds: Decimal
    reference_price: Decimal
    best_bid: int | None
    best_ask: int | None
    bid_lots: int
    ask_lots: int
    traded_lots: int


@dataclass(frozen=True)
class Standing:
    """What an account has [atoms], and its profit: what it is worth beyond what was brought in.

    Both are valued at the same reference price, so the profit is that of trading; it is exact
    [dollars].
    """

    account: Account
    base_atoms: int
    quote_atoms: int
    gained_base_atoms: int
    """Beyond what was brought in."""
    gained_quote_atoms: int
    """Beyond what was brought in."""
    profit: Decimal
    lost_atoms: int
    """What the executions of its operators have lost today [quote atoms]."""
    budget_atoms: int
    """What they may [quote atoms]."""

    @property
    def is_budgeted(self) -> bool:
        """Whether an operator acts for it, within a budget."""
        return 0 < self.budget_atoms < NO_BUDGET

    def gained_base(self, venue: Venue) -> Decimal:
        """Return what it has of the base asset beyond what was brought in [whole tokens]."""
        return Decimal(self.gained_base_atoms).scaleb(-venue.base_decimals)


@dataclass(frozen=True)
class PoolRates:
    """Utilisation of a pool, and what borrowing costs and lending earns a year [1e-18]."""

    utilisation: int
    borrow_rate: int
    supply_rate: int


@dataclass(frozen=True)
class MarginLevels:
    """Equity of a borrower and the levels it is compared with [quote atoms]."""

    equity: int
    initial: int
    maintenance: int
    owes: bool


@dataclass(frozen=True)
class CreditSample:
    """Pools of the quote asset and the base asset, and borrowers in their order, at one moment."""

    seconds: Decimal
    pools: tuple[PoolRates, ...]
    margins: tuple[MarginLevels, ...]


@dataclass(frozen=True)
class BorrowerReport:
    """What became of a borrower; the interest of both assets in dollars."""

    name: str
    margin: Margin
    debt_atoms: int
    debt_asset: int
    interest: Decimal
    forced: int
    """How often he had to lower his risk."""


@dataclass(frozen=True)
class PoolReport:
    """How a pool stands, and the interest so far [atoms]."""

    asset_id: int
    supplied: int
    borrowed: int
    rates: PoolRates
    earned: int
    paid: int
    reserve: int
