"""The capital that well-known books need, told by the deployed contracts."""

from dataclasses import replace

import pytest

from tests.support.pyrevm_backend import PyrevmBackend
from tests.support.system import (
    BTC,
    BTC_PERP_TERMS,
    DOLLAR,
    ETH,
    ETH_PERP_TERMS,
    QUOTE,
    System,
    deploy_system,
    user_address,
)
from worldmarkets.atlas import capital_table, load_risk_set
from worldmarkets.atlas.capital import BOOKS, BTC_DOLLARS, ETH_DOLLARS, Book
from worldmarkets.atlas.capital import DOLLAR as QUOTE_ATOMS
from worldmarkets.atlas.parameters import AssetRisk
from worldmarkets.atlas.sets import RiskSet
from worldmarkets.model.interface import AssetRiskTerms, MarginChange, MarketRiskTerms
from worldmarkets.model.words import perp_market

IDS = {"ETH": 1, "BTC": 2}
LOTS_A_TOKEN = {"ETH": 1_000, "BTC": 100_000}
ATOMS_A_TOKEN = 10**8
ASSETS = (
    QUOTE,
    replace(ETH, price=ETH_DOLLARS * DOLLAR),
    replace(BTC, price=BTC_DOLLARS * DOLLAR),
)
OWNER = user_address(1)


def terms_of(risk: AssetRisk) -> AssetRiskTerms:
    """Risk parameters as the contracts take them."""
    exits = (risk.spot_exit_bps, risk.perp_exit_bps)
    return AssetRiskTerms(risk.beta_milli, risk.iota_bps, risk.basis_bps, *exits, risk.depth)


def deployed(chosen: RiskSet) -> System:
    """An exchange with both perps, its risk parameters those of a set."""
    system = deploy_system(PyrevmBackend(), assets=ASSETS)
    system.list_perp_market(1, ETH_PERP_TERMS)
    # A tick of 0.10 dollars a coin, so that the mark is whole.
    system.list_perp_market(2, replace(BTC_PERP_TERMS, tick_value=1))
    risk = chosen.risk
    levels = (risk.sigma_bps, risk.end_percent, risk.maintenance_percent)
    system.set_market_risk(MarketRiskTerms(*levels))
    for name, asset_id in IDS.items():
        system.set_asset_risk(asset_id, terms_of(chosen.asset(name)))
    return system


def changes_of(book: Book) -> list[MarginChange]:
    """What an empty account would have to take up."""
    spot = [MarginChange(IDS[name], n * ATOMS_A_TOKEN) for name, n in book.spot.items()]
    perps = [
        MarginChange(perp_market(IDS[name]), n * LOTS_A_TOKEN[name])
        for name, n in book.perp.items()
    ]
    return [MarginChange(0, book.cash_dollars * QUOTE_ATOMS), *spot, *perps]


@pytest.mark.parametrize("name", ["conservative", "standard"])
def test_capital_table_of_the_contracts_is_that_of_the_engine(name: str) -> None:
    chosen = load_risk_set(name)
    system = deployed(chosen)
    account = system.create_account(OWNER)
    (row,) = capital_table([chosen])
    for book, needed in zip(BOOKS, row.needed, strict=True):
        _, margin = system.preview_margin(account, *changes_of(book))
        spot = sum(
            n * {"ETH": ETH_DOLLARS, "BTC": BTC_DOLLARS}[asset] for asset, n in book.spot.items()
        )
        assert margin.initial_atoms == needed
        assert margin.equity_atoms == (book.cash_dollars + spot) * QUOTE_ATOMS
        # At the mark nothing has been made or lost.
        assert margin.settled_atoms == margin.equity_atoms
