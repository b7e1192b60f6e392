"""The lending pools of the demonstration, and who lends to them."""

from dataclasses import dataclass
from decimal import Decimal

from worldmarkets.atlas import load_risk_set
from worldmarkets.demo.cast import fund
from worldmarkets.deployment.parameters import AssetParameters, Parameters
from worldmarkets.deployment.terms import PoolParameters
from worldmarkets.staging import QUOTE_DECIMALS, Account, Stage, connect, open_account

DOLLARS, COINS = "lender of dollars", "lender of coins"
"""Names of the lenders."""

FIRST_KEY = 14
"""The keys of the lenders: those of traders, operators and the visitor come before."""

_CAP_DOLLARS = 10**10
_OF_UNKNOWN_RISK = "ETH"
"""Risk of an asset that the risk set does not name: that of its riskiest."""


@dataclass(frozen=True)
class Lent:
    """What the lenders bring in [dollars]."""

    dollars: int
    coins: int


NOTHING = Lent(0, 0)


def with_pools(parameters: Parameters, *symbols: str) -> Parameters:
    """Return parameters with pools of the quote asset and of others, which support debt.

    All that is lent may be borrowed within an hour: the demonstration has no days to wait.
    """
    assets = list(parameters.assets)
    known = load_risk_set(parameters.risk_set).assets
    assets[0] = _with_pool(assets[0])
    for symbol in symbols:
        base = parameters.asset_id(symbol)
        risk = assets[base].risk or (symbol if symbol in known else _OF_UNKNOWN_RISK)
        assets[base] = _with_pool(assets[base]).model_copy(update={"risk": risk})
    return parameters.model_copy(update={"assets": tuple(assets)})


def _with_pool(asset: AssetParameters) -> AssetParameters:
    cap = Decimal(int(_CAP_DOLLARS / asset.expected_dollars))
    pool = PoolParameters(
        supply_cap=cap,
        borrow_cap=cap,
        ceiling_permille=950,
        hourly_permille=999,
        reserve_permille=100,
    )
    return asset.model_copy(update={"pool": pool})


def open_lenders(stage: Stage, price: Decimal, lent: Lent) -> list[Account]:
    """Open the accounts of who lends dollars and who lends the base asset, and lend all they have.

    Args:
        stage: Where.
        price: What to value the base asset at [dollars].
        lent: How much.
    """
    venue = stage.venue
    base_atoms = int((Decimal(lent.coins) / price).scaleb(venue.base_decimals))
    quote_atoms = lent.dollars * 10**QUOTE_DECIMALS
    brought = (
        (DOLLARS, 0, (0, quote_atoms)),
        (COINS, venue.base_asset_id, (base_atoms, 0)),
    )
    accounts = []
    for key, (name, asset_id, atoms) in enumerate(brought, start=FIRST_KEY):
        client = connect(stage, key)
        fund(stage.operator, client.address, native_units(stage, atoms[0]))
        account = open_account(stage, client, name, *atoms)
        client.set_lent(account.account_id, asset_id)
        accounts.append(account)
    return accounts


def native_units(stage: Stage, base_atoms: int) -> int:
    """Return how much of the native token atoms of the base asset are made of [wei]."""
    asset = stage.deployment.assets[stage.venue.base_asset_id]
    return base_atoms * asset.units_per_atom if asset.is_wrapped_native else 0
