"""Parameter files are right, and wrong ones are refused with the name of the field."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from worldmarkets.deployment import ParameterError, Parameters, load_parameters
from worldmarkets.deployment.parameters import parameters_path, parse_parameters
from worldmarkets.deployment.risk import AS_LISTED, risk_terms
from worldmarkets.deployment.terms import FeedKind

AGGREGATOR = {"address": "0x" + "11" * 20, "decimals": 8}
SIGNER = "0x" + "ab" * 20
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


def test_load_parameters_only_mainnet_lets_new_assets_ramp() -> None:
    ramps = {network: load_parameters(network).listing_ramp_seconds for network in NETWORKS}
    assert ramps == {"local": 0, "megaeth-testnet": 0, "megaeth-mainnet": 7 * 86_400}


@pytest.mark.parametrize("network", NETWORKS)
def test_load_parameters_of_each_network_has_the_starting_constants_of_pools(network: str) -> None:
    for asset in load_parameters(network).assets:
        if asset.pool is not None:
            shares = asset.pool.model_dump(exclude={"supply_cap", "borrow_cap"})
            assert list(shares.values()) == [950, 100, 100]
            assert 0 < asset.pool.borrow_cap < asset.pool.supply_cap


@pytest.mark.parametrize(
    ("network", "listed"),
    [
        ("local", {"WETH", "WBTC"}),
        ("megaeth-testnet", {"WETH", "BTC.b"}),
        ("megaeth-mainnet", {"WETH", "BTC.b"}),
    ],
)
def test_load_parameters_of_each_network_has_the_starting_constants_of_perps(
    network: str, listed: set[str]
) -> None:
    assets = load_parameters(network).assets
    perps = {asset.symbol: asset.perp for asset in assets if asset.perp is not None}
    assert perps.keys() == listed
    for perp in perps.values():
        assert (perp.taker_ppm, perp.maker_ppm, perp.band_bps) == (350, 0, 500)
        assert (perp.impact_notional, perp.mark_band_bps) == (20_000, 300)
        # Half a percent an hour; a hundredth and a twentieth of a percent for 8 hours.
        assert (perp.funding_cap, perp.interest, perp.clamp) == (4_000_000, 10_000, 50_000)
        assert 0 < perp.position_cap_lots < perp.open_interest_cap_lots


@pytest.mark.parametrize("network", NETWORKS)
def test_load_parameters_of_each_network_has_perps_with_minima_of_about_ten_dollars(
    network: str,
) -> None:
    for asset in load_parameters(network).assets:
        if asset.perp is not None:
            lots = asset.perp.min_lots * asset.perp.atoms_per_lot
            assert 10 <= Decimal(lots).scaleb(-asset.decimals) * asset.expected_dollars <= 12


def test_load_parameters_mainnet_perps_and_pools_stay_small() -> None:
    for asset in load_parameters("megaeth-mainnet").assets:
        assert asset.pool is not None
        assert asset.pool.supply_cap * asset.expected_dollars <= 10_000_000
        # A fifth of what may be lent is never owed.
        assert asset.pool.borrow_cap * 5 <= asset.pool.supply_cap * 4
        if asset.perp is not None:
            lot = Decimal(asset.perp.atoms_per_lot).scaleb(-asset.decimals)
            dollars = lot * asset.expected_dollars
            assert asset.perp.open_interest_cap_lots * dollars <= 1_000_000
            assert asset.perp.position_cap_lots * dollars <= 160_000


@pytest.mark.parametrize("network", NETWORKS)
def test_load_parameters_of_each_network_names_risk_that_its_set_has(network: str) -> None:
    parameters = load_parameters(network)
    terms = risk_terms(parameters)
    assert terms.assets.keys() == set(range(1, len(parameters.assets)))
    supporting = {
        parameters.assets[one].symbol for one in terms.assets if terms.assets[one] != AS_LISTED
    }
    assert supporting == {asset.symbol for asset in parameters.assets[1:]} - {"AAPL"}


def test_parse_parameters_local_feeds_are_posted_but_for_the_quote_asset() -> None:
    parameters = load_parameters("local")
    kinds = [parameters.feed_of(asset_id) for asset_id in range(4)]
    assert kinds == [None, FeedKind.POSTED, FeedKind.POSTED, FeedKind.POSTED]


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
        ("listing_ramp_seconds", -1, "listing_ramp_seconds"),
        ("listing_ramp_seconds", 90 * 86_400 + 1, "listing_ramp_seconds"),
        ("risk_set", "../standard", "risk_set"),
        ("assets.0.risk", "ETH", "quote asset has no risk"),
        ("assets.1.risk", "E T H", "assets.1.risk"),
        ("assets.1.feed", "guessed", "assets.1.feed"),
        ("assets.1.feed", "aggregator", "given with the feed of that kind"),
        ("assets.1.aggregator", AGGREGATOR, "given with the feed of that kind"),
        ("assets.1.aggregator", {**AGGREGATOR, "decimals": 19}, "assets.1.aggregator.decimals"),
        ("assets.1.feed", "signed", "where prices are posted there is one to start with"),
        ("assets.0.feed", "signed", "from signers, and there are none"),
        ("signers", {"addresses": [], "threshold": 1}, "signers.addresses"),
        ("signers", {"addresses": [SIGNER], "threshold": 0}, "signers.threshold"),
        ("signers", {"addresses": [SIGNER], "threshold": 2}, "fewer signers than make a price"),
        ("signers", {"addresses": [SIGNER, "0x" + "AB" * 20], "threshold": 1}, "given twice"),
        ("assets.1.pool.supply_cap", 0.5, "write the number in quotes"),
        ("assets.1.pool.supply_cap", -1, "assets.1.pool.supply_cap"),
        ("assets.1.pool.borrow_cap", "0.000000001", "not whole or above"),
        ("assets.1.pool.supply_cap", 10**16, "not whole or above"),
        ("assets.1.pool.ceiling_permille", 1_000, "assets.1.pool.ceiling_permille"),
        ("assets.1.pool.hourly_permille", 1_000, "assets.1.pool.hourly_permille"),
        ("assets.1.pool.reserve_permille", 1_000, "assets.1.pool.reserve_permille"),
        ("assets.0.perp", fields()["assets"][1]["perp"], "quote asset has no perp"),
        ("assets.1.perp.tick_value", 1_000, "the price of WETH is expected at tick 300"),
        ("assets.1.perp.atoms_per_lot", 999, "assets.1.perp.atoms_per_lot"),
        ("assets.1.perp.maker_ppm", -351, "exceeds the fee of the taker"),
        ("assets.1.perp.open_interest_cap_lots", 2**39, "assets.1.perp.open_interest_cap_lots"),
        ("assets.1.perp.open_interest_cap_lots", 0, "assets.1.perp.open_interest_cap_lots"),
        ("assets.1.perp.position_cap_lots", 2**20 + 1, "is not 8 to 15 times a power of two"),
        ("assets.1.perp.position_cap_lots", 2**35, "is not 8 to 15 times a power of two"),
        ("assets.1.perp.impact_notional", 0, "assets.1.perp.impact_notional"),
        ("assets.1.perp.mark_band_bps", 4_096, "assets.1.perp.mark_band_bps"),
        ("assets.1.perp.funding_cap", 4_000_001, "assets.1.perp.funding_cap"),
        ("assets.1.perp.interest", -1, "assets.1.perp.interest"),
        ("assets.1.perp.clamp", 4_000_001, "assets.1.perp.clamp"),
        ("assets.1.perp.surprise", 1, "assets.1.perp.surprise"),
    ],
)
def test_parse_parameters_wrong_field_is_named(path: str, value: object, message: str) -> None:
    with pytest.raises(ParameterError, match=message.replace(".", r"\.")):
        parse_parameters(change(path, value))
