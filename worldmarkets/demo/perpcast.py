"""Who trades spot and perps of every underlying: makers, takers, the basis trader; and keepers."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from worldmarkets.client import Client
from worldmarkets.demo.cast import TakerPlan, fund
from worldmarkets.demo.hedging import HEDGERS
from worldmarkets.demo.pools import Lent, native_units
from worldmarkets.demo.underlyings import Underlying
from worldmarkets.node.accounts import dev_accounts
from worldmarkets.staging import QUOTE_DECIMALS, Account, Stage, bring_in, connect, open_account
from worldmarkets.transactions import KeySigner

_FIRST_KEY = 19
"""The keys of traders, operators, the visitor, lenders and borrowers come before."""

PERP_TAKERS = (
    TakerPlan("perp retail", 3, 2_000),
    TakerPlan("perp fund", 40, 40_000),
)
BASIS = "basis trader"
CAPITAL_DOLLARS = 60_000
LEVERAGE = Decimal(10)
_DOLLARS_PERCENT, _COINS_PERCENT = 112, 83
"""What is lent for him, of what he may come to borrow: of coins others leave some over."""
FOR_BASIS = Lent(
    dollars=int(CAPITAL_DOLLARS * (LEVERAGE - 1) * _DOLLARS_PERCENT / 100),
    coins=int(CAPITAL_DOLLARS * LEVERAGE * _COINS_PERCENT / 100),
)
"""That: he comes to owe either, as funding is positive or negative."""

_HEDGER_DOLLARS, _TAKER_DOLLARS = 6_000_000, 2_000_000
"""What each brings in in dollars, and in value of every underlying."""


@dataclass(frozen=True)
class PerpCast:
    """Those who trade perps, and the keys of keepers."""

    hedgers: tuple[Account, ...]
    takers: tuple[Account, ...]
    basis: Account
    trader: Client
    """The key of the basis trader."""
    keeper: Client
    """Anybody with a key: pokes perps and settles positions."""

    @property
    def accounts(self) -> list[Account]:
        """All accounts."""
        return [*self.hedgers, *self.takers, self.basis]


def open_perp_cast(stage: Stage, underlyings: Sequence[Underlying]) -> PerpCast:
    """Open the accounts of all who trade perps."""
    names = [(plan.name, _HEDGER_DOLLARS) for plan in HEDGERS]
    names += [(plan.name, _TAKER_DOLLARS) for plan in PERP_TAKERS]
    opened = [
        _open(stage, key, name, dollars, underlyings)
        for key, (name, dollars) in enumerate(names, start=_FIRST_KEY)
    ]
    next_key = _FIRST_KEY + len(names)
    trader, keeper = (open_client(stage, key) for key in (next_key, next_key + 1))
    capital = CAPITAL_DOLLARS * 10**QUOTE_DECIMALS
    basis = open_account(stage, trader.raw, BASIS, 0, capital)
    hedgers, takers = opened[: len(HEDGERS)], opened[len(HEDGERS) :]
    return PerpCast(tuple(hedgers), tuple(takers), basis, trader, keeper)


def open_client(stage: Stage, key: int) -> Client:
    """Return a client of one of the node's keys, with native tokens to pay gas with."""
    signer = KeySigner(dev_accounts(key + 1)[key].private_key)
    client = Client(stage.rpc, stage.deployment, signer)
    fund(stage.operator, client.raw.address)
    return client


def _open(
    stage: Stage, key: int, name: str, dollars: int, underlyings: Sequence[Underlying]
) -> Account:
    """Open an account with dollars, and as much in value of every underlying."""
    client, shown = connect(stage, key), stage.venue.base_asset_id
    atoms = {
        one.spot.base_asset_id: int(
            (dollars / one.path.at(Decimal(0))).scaleb(one.spot.base_decimals)
        )
        for one in underlyings
    }
    fund(stage.operator, client.address, native_units(stage, atoms[shown]))
    account = open_account(stage, client, name, atoms[shown], dollars * 10**QUOTE_DECIMALS)
    others = tuple((asset, found) for asset, found in atoms.items() if asset != shown)
    for asset, found in others:
        bring_in(client, account.account_id, asset, found)
    return replace(account, other_atoms=others)
