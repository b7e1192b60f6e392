"""Parameter files are right, and wrong ones are refused with the name of the field."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from worldmarkets.deployment import ParameterError, Parameters, load_parameters
from worldmarkets.deployment.parameters import parameters_path, parse_parameters

NETWORKS = {"local": 31_337, "megaeth-testnet": 6_343, "megaeth-mainnet": 4_326}


def fields() -> dict[str, Any]:
    return yaml.safe_load(parameters_path("local").read_text())


@pytest.mark.parametrize("network", NETWORKS)
def test_load_parameters_of_each_network_keeps_the_starting_constants(network: str) -> None:
    parameters = load_parameters(network)
    assert parameters.chain_id == NETWORKS[network]
    assert parameters.insurance_ppm == 500_000
    for market in parameters.markets:
        assert (market.taker_ppm, market.maker_ppm) == (350, 0)
        assert market.atoms_per_lot >= 1_000
    bands = {market.base: market.band_bps for market in parameters.markets}
    assert {band for base, band in bands.items() if base != "AAPL"} == {500}


@pytest.mark.parametrize("network", NETWORKS)
def test_load_parameters_of_each_network_has_minima_of_about_ten_dollars(network: str) -> None:
    parameters = load_parameters(network)
    for market in parameters.markets:
        asset = parameters.assets[parameters.asset_id(market.base)]
        size = Decimal(market.min_lots * market.atoms_per_lot).scaleb(-asset.decimals)
        notional = size * asset.expected_dollars
        if market.base == "AAPL":
            assert size == 1
        else:
            assert 10 <= notional <= 12


@pytest.mark.parametrize("network", NETWORKS)
def test_load_parameters_of_each_network_wraps_the_native_token_as_weth(network: str) -> None:
    assets = load_parameters(network).assets
    assert [asset.symbol for asset in assets if asset.wrapped_native] == ["WETH"]


def test_load_parameters_only_mainnet_hands_over_and_waits_two_days() -> None:
    delays = {network: load_parameters(network).timelock_delay for network in NETWORKS}
    assert delays == {"local": 60, "megaeth-testnet": 600, "megaeth-mainnet": 48 * 3_600}
    handed_over = [network for network in NETWORKS if load_parameters(network).handover]
    assert handed_over == ["megaeth-mainnet"]


def test_load_parameters_local_tokens_have_faucets_and_public_ones_do_not() -> None:
    assets = load_parameters("local").assets
    assert all(asset.faucet for asset in assets if not asset.wrapped_native)
    for network in ("megaeth-testnet", "megaeth-mainnet"):
        assert not any(asset.faucet for asset in load_parameters(network).assets)


def test_load_parameters_missing_network_says_so() -> None:
    with pytest.raises(ParameterError, match="no parameters of nowhere"):
        load_parameters("nowhere")


def test_load_parameters_file_of_another_network_is_refused(tmp_path: Path) -> None:
    path = parameters_path("other", tmp_path)
    path.parent.mkdir(parents=True)
    path.write_text(parameters_path("local").read_text())
    with pytest.raises(ParameterError, match=r"other\.yaml is of network local"):
        load_parameters("other", tmp_path)


def change(path: str, value: object) -> dict[str, Any]:
    """The local parameters with one field changed, named like assets.1.symbol."""
    content = fields()
    *parents, last = path.split(".")
    target: Any = content
    for parent in parents:
        target = target[int(parent) if parent.isdigit() else parent]
    if isinstance(target, list):
        target[int(last) :] = [value]
    else:
        target[last] = value
    return content


def test_parse_parameters_unchanged_fields_pass() -> None:
    assert isinstance(parse_parameters(fields()), Parameters)


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("chain_id", 0, "chain_id"),
        ("insurance_ppm", 1_000_001, "insurance_ppm"),
        ("surprise", 1, "surprise"),
        ("assets", [], "assets"),
        ("assets.1.units_per_atom", 20_000_000_000, "no power of ten"),
        ("assets.1.units_per_atom", 10**19, "more than a whole token"),
        ("assets.1.units_per_atom", 1, "an atom is worth"),
        ("assets.2.expected_dollars", 2_000_000, "an atom is worth"),
        ("assets.1.expected_dollars", 3_000.5, "write the number in quotes"),
        ("assets.2.token", "0x" + "11" * 20, "either token or faucet"),
        ("assets.1.faucet", {"name": "Test ether"}, "has 18 decimals and no faucet"),
        ("assets.1.token_decimals", 17, "has 18 decimals and no faucet"),
        ("assets.4", {**fields()["assets"][1], "symbol": "X"}, "one wrapped native token"),
        ("timelock_delay", 30 * 86_400 + 1, "timelock_delay"),
        ("roles", {"proposers": ["0x11"]}, "roles.proposers.0"),
        ("roles", {"listing": []}, "roles.listing"),
        ("assets.1.token", "0x11", "assets.1.token"),
        ("assets.1.symbol", "USDM", "given twice"),
        ("assets.0.units_per_atom", 10**11, "quote asset has 6 decimals"),
        ("markets.0.base", "USDM", "no asset besides the quote asset"),
        ("markets.0.base", "DOGE", "no asset besides the quote asset"),
        ("markets.0.base", "WBTC", "given twice"),
        ("markets.0.atoms_per_lot", 999, "markets.0.atoms_per_lot"),
        ("markets.0.tick_value", 0, "markets.0.tick_value"),
        ("markets.0.tick_value", 1_000, "the price of WETH is expected at tick 300"),
        ("markets.1.atoms_per_lot", 10**7, "the price of WBTC is expected at tick 1000000000"),
        ("markets.0.min_lots", 0, "markets.0.min_lots"),
        ("markets.0.band_bps", 4_096, "markets.0.band_bps"),
        ("markets.0.maker_ppm", -351, "exceeds the fee of the taker"),
        ("markets.0.taker_ppm", 32_768, "markets.0.taker_ppm"),
        ("markets.0.min_lots", "40", "markets.0.min_lots"),
    ],
)
def test_parse_parameters_wrong_field_is_named(path: str, value: object, message: str) -> None:
    with pytest.raises(ParameterError, match=message.replace(".", r"\.")):
        parse_parameters(change(path, value))
