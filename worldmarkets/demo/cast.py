"""Who trades in the demonstration: plans, money, keys, and the styles that follow from a price."""

from dataclasses import dataclass, replace
from decimal import Decimal

from worldmarkets.client.raw import RawClient
from worldmarkets.demo.strategies import LadderStyle, TakerStyle
from worldmarkets.model.interface import Permission
from worldmarkets.staging import Account, Stage, Venue, connect, open_account
from worldmarkets.transactions import Request

_MAKER_DOLLARS = 8_000_000
_TAKER_DOLLARS = 3_000_000
"""What each account gets in quote, and the same value in the base asset [dollars]."""

BPS = 10_000
_QUOTE_DECIMALS = 6


@dataclass(frozen=True)
class MakerPlan:
    """A market maker in basis points and dollars, whatever the price."""

    name: str
    half_spread_bps: int
    step_bps: int
    rungs: int
    dollars: int
    skew_bps: int
    life_steps: int = 60
    """How long a quote lives [steps]."""
    period_steps: int = 1
    """How often he looks at his quotes [steps]."""


@dataclass(frozen=True)
class TakerPlan:
    """A taker in dollars, whatever the price; a crowd decides so many times a step."""

    name: str
    odds: int
    dollars: int
    follows: bool = False
    crowd: int = 1


MAKERS = (
    MakerPlan("maker tight", 2, 1, 8, 8_000, 4),
    MakerPlan("maker steady", 3, 1, 12, 15_000, 5),
    MakerPlan("maker deep", 5, 2, 12, 40_000, 6),
    # Slow: now and then his quotes expire before he renews them, and others clear them away.
    MakerPlan("maker wide", 8, 4, 10, 90_000, 8, life_steps=24, period_steps=40),
)
TAKERS = (
    TakerPlan("retail", 1, 1_200, crowd=6),
    TakerPlan("brokers", 2, 4_000, crowd=4),
    TakerPlan("fund", 20, 50_000),
    TakerPlan("momentum", 6, 8_000, follows=True),
)
ARBITRAGEUR = "arbitrage"
_FIRM = "maker tight"
"""The maker whose owner is also the arbitrageur's: their orders never trade with each other."""

OPERATOR_BUDGET_DOLLARS = 10_000
"""What the key of a maker may lose against the reference price in a day [dollars]."""

_TO_OPERATOR_KEY = 8
"""From the key of a maker's owner to that of his operator: those in between are takers'."""
_OPERATOR_SPARE_SECONDS = 3_600
_FUNDED_WEI = 5 * 10**18

_REACH_BPS = 25
_FULL_DOLLARS = 600_000


def open_traders(stage: Stage, price: Decimal, seconds: int) -> list[Account]:
    """Open the accounts of all traders: makers, takers, arbitrageur.

    Each has an owner of his own, but for the arbitrageur, who belongs to a maker and trades with
    his owner's key. For the makers owners only bring in money and appoint an operator, whose key
    then trades.

    Args:
        stage: Where.
        price: What to value the base asset at [dollars].
        seconds: How long the operators' keys must hold at least.
    """
    expiry = stage.operator.time() + seconds + _OPERATOR_SPARE_SECONDS
    firms = {
        plan.name: (connect(stage, key), connect(stage, key + _TO_OPERATOR_KEY))
        for key, plan in enumerate(MAKERS, start=1)
    }
    accounts = []
    for name, (owner, operator) in firms.items():
        account = _open(stage, owner, name, _MAKER_DOLLARS, price)
        accounts.append(_appoint(owner, account, operator, expiry))
    for key, taker in enumerate(TAKERS, start=len(MAKERS) + 1):
        accounts.append(_open(stage, connect(stage, key), taker.name, _TAKER_DOLLARS, price))
    owner, _ = firms[_FIRM]
    return [*accounts, _open(stage, owner, ARBITRAGEUR, _TAKER_DOLLARS, price)]


def _open(stage: Stage, owner: RawClient, name: str, dollars: int, price: Decimal) -> Account:
    base_atoms = int((Decimal(dollars) / price).scaleb(stage.venue.base_decimals))
    return open_account(stage, owner, name, base_atoms, dollars * 10**_QUOTE_DECIMALS)


def fund(payer: RawClient, address: str, more_wei: int = 0) -> None:
    """Give an address native tokens to pay gas with, a little more, and what else it needs."""
    payer.execute(Request(address, b"", value_wei=_FUNDED_WEI + more_wei))


def _appoint(owner: RawClient, account: Account, operator: RawClient, expiry: int) -> Account:
    """Let an operator trade for an account, and nothing else; return it with his key."""
    fund(owner, operator.address)
    owner.set_operator(
        account.account_id,
        operator.address,
        Permission.PLACE | Permission.CANCEL,
        expiry,
        OPERATOR_BUDGET_DOLLARS * 10**_QUOTE_DECIMALS,
    )
    return replace(account, client=operator)


def maker_style(plan: MakerPlan, venue: Venue, price: Decimal) -> LadderStyle:
    """Return how a maker quotes in a market at a price [dollars]."""
    point = max(1, venue.tick(price) // BPS)
    return LadderStyle(
        half_spread=plan.half_spread_bps * point,
        step=plan.step_bps * point,
        rungs=plan.rungs,
        lots=venue.lots_worth(Decimal(plan.dollars), price),
        skew=plan.skew_bps * point,
        full_lots=venue.lots_worth(Decimal(_FULL_DOLLARS), price),
        grid=plan.step_bps * point,
    )


def taker_style(plan: TakerPlan, venue: Venue, price: Decimal) -> TakerStyle:
    """Return how a taker trades in a market at a price [dollars]."""
    return TakerStyle(
        odds=plan.odds,
        lots=venue.lots_worth(Decimal(plan.dollars), price),
        reach=max(1, venue.tick(price) * _REACH_BPS // BPS),
        follows=plan.follows,
    )
