"""Who is there for the stress act: traders with too much, who stands behind them, and a bidder.

They bring in dollars beside everybody else, and trade nothing before the act.
"""

from dataclasses import dataclass
from decimal import Decimal

from worldmarkets.client import Backstop, Client
from worldmarkets.demo.perpcast import open_client
from worldmarkets.model import accounts
from worldmarkets.staging import QUOTE_DECIMALS, Account, Stage, bring_in, open_account

_FIRST_KEY = 25
"""The keys of all others come before."""

PLANNER, SAVED, SLICED, LATECOMER = "planner", "trader with a line", "trader in slices", "latecomer"
STANDBY, BIDDER, DEPOSITOR = "standby lender", "liquidator", "backstop depositor"
TRADERS = (PLANNER, SAVED, SLICED, LATECOMER)

_DOLLARS = {
    PLANNER: 60_000,
    SAVED: 60_000,
    SLICED: 150_000,
    LATECOMER: 52_000,
    STANDBY: 60_000,
    BIDDER: 40_000,
}
"""What each brings in."""
BOND_DOLLARS = 2_000
"""What the latecomer locks as his first loss."""
LINE_DOLLARS, LINE_FEE_DOLLARS = 40_000, 120
"""The standby line, and what accepting it costs."""
INSURANCE_DOLLARS, BACKSTOP_DOLLARS = 10_000, 10_000
"""What both funds are given: less than what is lost in the end."""
_LINE_SPARE_SECONDS = 86_400
_DOLLAR = 10**QUOTE_DECIMALS


@dataclass(frozen=True)
class StressCast:
    """Those who are there for the stress act."""

    actors: tuple[tuple[Account, Client], ...]
    """Accounts and their keys, in the order of their keys."""

    @property
    def accounts(self) -> list[Account]:
        """All accounts."""
        return [account for account, _ in self.actors]

    def account(self, name: str) -> Account:
        """Return somebody's account."""
        return next(account for account in self.accounts if account.name == name)

    def client(self, name: str) -> Client:
        """Return somebody's key."""
        return next(client for account, client in self.actors if account.name == name)


def open_stress_cast(stage: Stage, seconds: int) -> StressCast:
    """Open the accounts of the stress act, and lock and pay in what stands behind them.

    Args:
        stage: Where.
        seconds: How long it takes until the act begins [seconds of market time].
    """
    actors = []
    for key, (name, dollars) in enumerate(_DOLLARS.items(), start=_FIRST_KEY):
        client = open_client(stage, key)
        account = open_account(stage, client.raw, name, 0, dollars * _DOLLAR)
        actors.append((account, client))
    cast = StressCast(tuple(actors))
    _offer_line(stage, cast, seconds)
    latecomer = cast.account(LATECOMER).account_id
    cast.client(LATECOMER).lock_bond(latecomer, Decimal(BOND_DOLLARS))
    _fund(stage, open_client(stage, _FIRST_KEY + len(_DOLLARS)))
    return cast


def _offer_line(stage: Stage, cast: StressCast, seconds: int) -> None:
    expiry = stage.operator.time() + seconds + _LINE_SPARE_SECONDS
    lender, saved = (cast.account(name).account_id for name in (STANDBY, SAVED))
    terms = (Decimal(LINE_DOLLARS), expiry, Decimal(LINE_FEE_DOLLARS))
    cast.client(STANDBY).offer_line(lender, saved, *terms)
    cast.client(SAVED).accept_line(saved, lender, Decimal(LINE_FEE_DOLLARS))


def _fund(stage: Stage, depositor: Client) -> None:
    """Give the insurance fund and the backstop tranche what they pay losses from."""
    bring_in(stage.operator, accounts.INSURANCE, 0, INSURANCE_DOLLARS * _DOLLAR)
    depositor.draw("USDM", Decimal(BACKSTOP_DOLLARS))
    Backstop(depositor).deposit(Decimal(BACKSTOP_DOLLARS))
