"""The pools that a demonstration opens; no chain."""

from decimal import Decimal

import pytest

from worldmarkets.demo.pools import with_pools
from worldmarkets.deployment.risk import AS_LISTED, risk_terms
from worldmarkets.staging import candle_parameters, local_parameters


@pytest.mark.parametrize(
    ("symbol", "name"), [("BTC", "BTC"), ("ETH", "ETH"), ("STABLE", "STABLE"), ("XYZ", "ETH")]
)
def test_with_pools_asset_of_no_known_risk_has_that_of_the_riskiest(symbol: str, name: str) -> None:
    before = candle_parameters({symbol: Decimal(794)})
    parameters = with_pools(before, symbol)
    assert risk_terms(before).assets[1] == AS_LISTED
    assert parameters.assets[1].risk == name
    assert risk_terms(parameters).assets[1] != AS_LISTED


def test_with_pools_others_stay_as_they_are() -> None:
    before = local_parameters()
    parameters = with_pools(before, "WETH")
    assert parameters.assets[2:] == before.assets[2:]
    assert parameters.markets == before.markets
    assert parameters.assets[1].risk == before.assets[1].risk == "ETH"
    assert before.assets[0].pool is not None
    assert before.assets[0].pool.hourly_permille == 100


@pytest.mark.parametrize("price", ["0.25", "45.1", "3000", "115022"])
def test_with_pools_caps_are_worth_as_much_whatever_the_price(price: str) -> None:
    parameters = with_pools(candle_parameters({"XYZ": Decimal(price)}), "XYZ")
    for asset in parameters.assets:
        assert asset.pool is not None
        supply, borrow = asset.pool.cap_atoms(asset.decimals)
        assert supply == borrow
        worth = asset.pool.supply_cap * asset.expected_dollars
        assert 0 <= 10**10 - worth < asset.expected_dollars
        assert asset.pool.hourly_permille == 999
