"""Perps after a deployment: listed once, their caps compared, set, or left to the timelock."""

from pathlib import Path

import pytest

from tests.deployment.test_deploy import height, named
from tests.deployment.test_terms import Run, execute_proposal, with_asset, with_perp
from worldmarkets.client import Client
from worldmarkets.deployment import DeploymentMismatchError, Parameters
from worldmarkets.deployment.perps import perp_terms, wanted_terms
from worldmarkets.model.interface import PerpTerms
from worldmarkets.node import LocalNode
from worldmarkets.transactions import KeySigner

pytestmark = pytest.mark.node

ETH_PERP = 513
TERMS = PerpTerms(
    tick_value=10,
    atoms_per_lot=10_000,
    min_lots=40,
    taker_ppm=350,
    maker_ppm=0,
    band_bps=500,
    open_interest_cap_lots=10**10,
    position_cap_lots=2**33,
    impact_notional=20_000,
    mark_band_bps=300,
    funding_cap=4_000_000,
    interest=10_000,
    clamp=50_000,
)


@pytest.fixture
def run(node: LocalNode, deployer: KeySigner, tmp_path: Path) -> Run:
    return Run(node, deployer, tmp_path / "local.json")


@pytest.fixture
def handed_over(local_parameters: Parameters) -> Parameters:
    return named(local_parameters).model_copy(update={"handover": True})


def test_deploy_lists_perps_as_the_parameters_say(
    node: LocalNode, run: Run, local_parameters: Parameters
) -> None:
    chain = run(local_parameters)
    assert perp_terms(chain, ETH_PERP) == TERMS
    assert perp_terms(chain, 515) is None
    assert run.verify(local_parameters) == []
    ether, bitcoin = run.deployment.markets[3:]
    assert (ether.symbol, ether.market_id, ether.base_asset_id) == ("WETH-PERP", ETH_PERP, 1)
    assert wanted_terms(ether) == TERMS
    assert (bitcoin.symbol, bitcoin.market_id) == ("WBTC-PERP", 514)
    # With a mark from the start.
    assert [perp.mark for perp in Client(node.rpc, run.deployment).perps()] == [3_000, 100_000]


def test_deploy_with_other_caps_sets_them_once(
    node: LocalNode, run: Run, local_parameters: Parameters
) -> None:
    run(local_parameters)
    before = height(node)
    caps = {"open_interest_cap_lots": 10**9, "position_cap_lots": 15 * 2**20}
    changed = with_perp(local_parameters, "WETH", **caps)
    chain = run(changed)
    found = perp_terms(chain, ETH_PERP)
    assert found is not None
    assert (found.open_interest_cap_lots, found.position_cap_lots) == (10**9, 15 * 2**20)
    assert run.told == [f"caps of WETH-PERP: {(10**9, 15 * 2**20)} lots: done by setPerpLimits"]
    assert run.verify(changed) == []
    run(changed)
    assert (height(node), run.told) == (before + 1, [])


def test_deploy_with_other_terms_of_a_perp_refuses(
    node: LocalNode, run: Run, local_parameters: Parameters
) -> None:
    run(local_parameters)
    before = height(node)
    other = with_perp(local_parameters, "WETH", clamp=40_000, open_interest_cap_lots=10**9)
    with pytest.raises(DeploymentMismatchError, match="perp WETH-PERP has the terms"):
        run(other)
    assert height(node) == before


def test_deploy_more_perps_after_the_handover_is_left_to_the_timelock(
    node: LocalNode, run: Run, handed_over: Parameters
) -> None:
    fewer = with_asset(handed_over, "WBTC", perp=None)
    run(fewer)
    before = height(node)
    wanted = with_perp(handed_over, "WETH", open_interest_cap_lots=10**9)
    chain = run(wanted)
    assert height(node) == before
    assert [line for line in run.told if line.startswith("  ") and " 0x" not in line] == [
        f"  caps of WETH-PERP: {(10**9, 2**33)} lots",
        "  the perp WBTC-PERP",
    ]
    with pytest.raises(DeploymentMismatchError, match="perp WETH-PERP has the terms"):
        run.verify(wanted)
    execute_proposal(node, run, chain)
    assert run.verify(wanted) == []
    run(wanted)
    assert run.told == []
