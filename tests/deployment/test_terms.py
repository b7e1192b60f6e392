"""Lending pools, risk and feeds after a deployment: set once, compared, or left to the timelock."""

from collections.abc import Callable
from dataclasses import astuple, replace
from decimal import Decimal
from pathlib import Path

import pytest

from tests.deployment.test_deploy import height, named
from worldmarkets.abi import abi_of, creation_code
from worldmarkets.artifacts import load
from worldmarkets.atlas import AssetRisk, GlobalRisk, RiskSet
from worldmarkets.atlas.errors import RiskSetError
from worldmarkets.client import Operation, RawClient, Timelock
from worldmarkets.client.errors import contract_error
from worldmarkets.deployment import (
    DeploymentMismatchError,
    Parameters,
    deploy,
    load_deployment,
    risk,
    verify_terms,
)
from worldmarkets.deployment.plans import PARTS
from worldmarkets.deployment.pools import pool_terms
from worldmarkets.deployment.proposals import Proposal, schedule
from worldmarkets.deployment.risk import (
    AS_LISTED,
    asset_risk,
    due_time,
    latest_time,
    market_risk,
)
from worldmarkets.deployment.step import Chain
from worldmarkets.deployment.terms import AggregatorParameters, FeedKind, SignerParameters
from worldmarkets.model import slots
from worldmarkets.model.errors import RampExceeded
from worldmarkets.model.interface import AssetRiskTerms, MarketRiskTerms, PoolTerms
from worldmarkets.model.words import RampWord, UnderlyingWord
from worldmarkets.node import LocalNode
from worldmarkets.transactions import KeySigner, Request, RevertedError, Sender
from worldmarkets.transactions.receipts import to_bytes

pytestmark = pytest.mark.node

DAY = 86_400
WEEK = 7 * DAY
SIGMA = GlobalRisk(300, 80, 60)
ETH = AssetRisk(1_150, 150, 200, 50, 50, 700)
BTC = AssetRisk(1_000, 100, 200, 50, 50, 1_400)
ETH_TERMS = AssetRiskTerms(1_150, 150, 200, 50, 50, 700)
BTC_TERMS = AssetRiskTerms(1_000, 100, 200, 50, 50, 1_400)

Choose = Callable[..., None]


class Run:
    """Deploys with one record, again and again; `told` is what the last run told."""

    def __init__(self, node: LocalNode, deployer: KeySigner, path: Path) -> None:
        self._node = node
        self._deployer = deployer
        self.path = path
        self.told: list[str] = []

    def __call__(self, parameters: Parameters) -> Chain:
        """Deploy, or go on, and return what is on the chain now."""
        self.told = []
        told = self.told.append
        self.deployment = deploy(self._node.rpc, parameters, self._deployer, self.path, told)
        return Chain(self._node.rpc, self.deployment)

    def verify(self, parameters: Parameters) -> list[str]:
        return verify_terms(self._node.rpc, self.deployment, parameters)


@pytest.fixture
def run(node: LocalNode, deployer: KeySigner, tmp_path: Path) -> Run:
    return Run(node, deployer, tmp_path / "local.json")


@pytest.fixture(autouse=True)
def choose(monkeypatch: pytest.MonkeyPatch) -> Choose:
    """Have the risk set say this, whatever its name."""

    def choose(shared: GlobalRisk = SIGMA, eth: AssetRisk = ETH) -> None:
        chosen = RiskSet("standard", shared, {"ETH": eth, "BTC": BTC})
        monkeypatch.setattr(risk, "load_risk_set", lambda _name: chosen)

    choose()
    return choose


@pytest.fixture
def slow(local_parameters: Parameters) -> Parameters:
    """Parameters with a ramp of a week, to be handed over, as on mainnet."""
    changed = {"listing_ramp_seconds": WEEK, "handover": True}
    return named(local_parameters).model_copy(update=changed)


def with_asset(parameters: Parameters, symbol: str, **changes: object) -> Parameters:
    """Parameters with other fields of one asset."""
    assets = list(parameters.assets)
    asset_id = parameters.asset_id(symbol)
    assets[asset_id] = assets[asset_id].model_copy(update=changes)
    return parameters.model_copy(update={"assets": tuple(assets)})


def with_perp(parameters: Parameters, symbol: str, **changes: object) -> Parameters:
    """Parameters with other terms of one perp."""
    perp = parameters.assets[parameters.asset_id(symbol)].perp
    assert perp is not None
    return with_asset(parameters, symbol, perp=perp.model_copy(update=changes))


def with_pool(parameters: Parameters, symbol: str, **changes: object) -> Parameters:
    """Parameters with other terms of one lending pool."""
    pool = parameters.assets[parameters.asset_id(symbol)].pool
    assert pool is not None
    return with_asset(parameters, symbol, pool=pool.model_copy(update=changes))


def mine_at(node: LocalNode, time: int) -> None:
    """Mine an empty block of a time [seconds]."""
    node.rpc.call("evm_setNextBlockTimestamp", time)
    node.rpc.call("evm_mine")


def later(node: LocalNode, seconds: int) -> None:
    mine_at(node, latest_time(node.rpc) + seconds)


def put_aggregator(node: LocalNode, answer: int, decimals: int = 8) -> str:
    """Put up an aggregator with an answer made now, and return its address."""
    sender = Sender(node.rpc, KeySigner(node.accounts[9].private_key))
    creation = creation_code(load("ScriptedAggregator"), (decimals,))
    address = sender.execute(Request(None, creation)).contract_address
    assert address is not None
    told = abi_of("ScriptedAggregator").encode("set", answer, latest_time(node.rpc))
    sender.execute(Request(address, told))
    return address


# ---------------------------------------------------------------------- pools


def test_deploy_local_opens_pools_and_records_them(run: Run, local_parameters: Parameters) -> None:
    chain = run(local_parameters)
    pools = [pool_terms(chain, asset_id) for asset_id in range(4)]
    assert pools == [
        PoolTerms(10_000_000_000 * 10**6, 9_000_000_000 * 10**6, 950, 100, 100),
        PoolTerms(4_000_000 * 10**8, 3_500_000 * 10**8, 950, 100, 100),
        PoolTerms(100_000 * 10**8, 90_000 * 10**8, 950, 100, 100),
        None,
    ]
    assert run.verify(local_parameters) == []
    recorded = load_deployment(run.path)
    assert [asset.pool for asset in recorded.assets] == pools
    feeds = [asset.feed for asset in recorded.assets]
    assert feeds == ["", "PostedPriceFeed", "PostedPriceFeed", "PostedPriceFeed"]


def test_deploy_other_pool_terms_sets_them(
    node: LocalNode, run: Run, local_parameters: Parameters
) -> None:
    run(local_parameters)
    before = height(node)
    chain = run(with_pool(local_parameters, "WETH", reserve_permille=50, borrow_cap=Decimal(1)))
    assert pool_terms(chain, 1) == PoolTerms(4_000_000 * 10**8, 10**8, 950, 100, 50)
    assert load_deployment(run.path).assets[1].pool == pool_terms(chain, 1)
    assert height(node) == before + 1


def test_deploy_without_a_pool_that_is_open_refuses(
    node: LocalNode, run: Run, local_parameters: Parameters
) -> None:
    run(local_parameters)
    before = height(node)
    with pytest.raises(DeploymentMismatchError, match=r"pool of WETH is Pool.*, wanted is None"):
        run(with_asset(local_parameters, "WETH", pool=None))
    assert height(node) == before


def test_deploy_other_pool_terms_after_the_handover_are_left_to_the_timelock(
    node: LocalNode, run: Run, local_parameters: Parameters
) -> None:
    handed_over = named(local_parameters).model_copy(update={"handover": True})
    run(handed_over)
    before = height(node)
    changed = with_pool(handed_over, "WETH", reserve_permille=50)
    chain = run(changed)
    assert height(node) == before
    assert any("terms of the lending pool of WETH" in line for line in run.told)
    with pytest.raises(DeploymentMismatchError, match="lending pool of WETH is"):
        run.verify(changed)
    execute_proposal(node, run, chain)
    assert run.verify(changed) == []


# ---------------------------------------------------------------------- risk


def test_deploy_sets_risk_of_all_assets_and_of_each_in_the_set(
    run: Run, local_parameters: Parameters
) -> None:
    chain = run(local_parameters)
    assert market_risk(chain) == MarketRiskTerms(300, 80, 60)
    assert [asset_risk(chain, one) for one in (1, 2, 3)] == [ETH_TERMS, BTC_TERMS, AS_LISTED]
    recorded = load_deployment(run.path)
    assert recorded.risk_set == "standard"
    assert [asset.risk for asset in recorded.assets] == [None, "ETH", "BTC", None]


def test_deploy_risk_set_without_an_asset_sends_nothing(
    node: LocalNode, run: Run, local_parameters: Parameters
) -> None:
    with pytest.raises(RiskSetError, match="has no asset DOGE"):
        run(with_asset(local_parameters, "WETH", risk="DOGE"))
    assert height(node) == 0


def test_deploy_other_risk_within_a_day_refuses(
    node: LocalNode, run: Run, local_parameters: Parameters, choose: Choose
) -> None:
    run(local_parameters)
    before = height(node)
    choose(eth=replace(ETH, iota_bps=140))
    refusal = r"risk of WETH can not be .*ChangedTooSoon\(assetId=1, "
    with pytest.raises(DeploymentMismatchError, match=refusal):
        run(local_parameters)
    assert height(node) == before


def test_deploy_other_risk_a_day_later_sets_it(
    node: LocalNode, run: Run, local_parameters: Parameters, choose: Choose
) -> None:
    run(local_parameters)
    later(node, DAY)
    before = height(node)
    choose(eth=replace(ETH, iota_bps=167))
    chain = run(local_parameters)
    assert asset_risk(chain, 1) == replace(ETH_TERMS, iota_bps=167)
    assert height(node) == before + 1


def test_deploy_risk_raised_beyond_the_bound_refuses(
    node: LocalNode, run: Run, local_parameters: Parameters, choose: Choose
) -> None:
    run(local_parameters)
    later(node, DAY)
    before = height(node)
    choose(eth=replace(ETH, iota_bps=168))
    refusal = r"RampExceeded\(assetId=1, name=iotaBps, value=168, limit=167\)"
    with pytest.raises(DeploymentMismatchError, match=refusal):
        run(local_parameters)
    assert height(node) == before


def test_deploy_other_market_risk_within_a_day_refuses(
    node: LocalNode, run: Run, local_parameters: Parameters, choose: Choose
) -> None:
    run(local_parameters)
    before = height(node)
    choose(GlobalRisk(290, 80, 60))
    refusal = "risk of all assets together can not be .*ChangedTooSoon"
    with pytest.raises(DeploymentMismatchError, match=refusal):
        run(local_parameters)
    assert height(node) == before


def test_deploy_other_market_risk_a_day_later_sets_it(
    node: LocalNode, run: Run, local_parameters: Parameters, choose: Choose
) -> None:
    run(local_parameters)
    later(node, DAY)
    choose(GlobalRisk(290, 75, 55))
    assert market_risk(run(local_parameters)) == MarketRiskTerms(290, 75, 55)


# ---------------------------------------------------------------------- the ramp


def test_deploy_with_a_ramp_leaves_new_assets_as_listed_and_says_so(
    run: Run, slow: Parameters
) -> None:
    chain = run(slow)
    assert market_risk(chain) == MarketRiskTerms(300, 80, 60)
    assert [asset_risk(chain, one) for one in (1, 2, 3)] == [AS_LISTED] * 3
    due = due_time(chain, 1, ETH_TERMS, WEEK)
    said = [line for line in run.told if " stays as it is" in line]
    assert len(said) == 2
    assert said[0].startswith(f"risk of WETH stays as it is: before {due} its listing is too new")
    waiting = run.verify(slow)
    assert [sentence.split(":")[0] for sentence in waiting] == [
        "WETH supports no debt",
        "WBTC supports no debt",
    ]
    assert waiting[0].endswith(f"can not be set before {due}")


def test_deploy_with_a_ramp_again_changes_nothing_and_says_the_same(
    node: LocalNode, run: Run, slow: Parameters
) -> None:
    run(slow)
    before, content = height(node), run.path.read_bytes()
    told = [line for line in run.told if " stays as it is" in line or line.startswith("  ")]
    run(slow)
    assert (height(node), run.path.read_bytes()) == (before, content)
    assert [line for line in run.told if not line.startswith("to be proposed")] == told


def test_deploy_with_a_ramp_tells_an_operation_that_sets_the_risk_when_it_is_due(
    node: LocalNode, run: Run, slow: Parameters
) -> None:
    chain = run(slow)
    execute_proposal(node, run, chain)
    assert [asset_risk(chain, one) for one in (1, 2)] == [ETH_TERMS, BTC_TERMS]
    assert run.verify(slow) == []
    before = height(node)
    run(slow)
    assert (run.told, height(node)) == ([], before)


def test_due_time_is_the_first_second_at_which_the_exchange_accepts(
    node: LocalNode, deployer: KeySigner, run: Run, local_parameters: Parameters
) -> None:
    slow = local_parameters.model_copy(update={"listing_ramp_seconds": WEEK})
    chain = run(slow)
    due = due_time(chain, 1, ETH_TERMS, WEEK)
    listed_at = RampWord.unpack(chain.words([slots.ramp(1)])[0]).listed_at
    assert due - listed_at == WEEK
    client = RawClient(node.rpc, run.deployment, deployer)
    data = abi_of("Exchange").encode("setAssetRisk", 1, astuple(ETH_TERMS))
    call = Request(run.deployment.exchange, data)
    node.rpc.call("evm_setNextBlockTimestamp", due - 1)
    with pytest.raises(RampExceeded):
        client.execute(call)
    node.rpc.call("evm_setNextBlockTimestamp", due)
    client.execute(call)
    assert asset_risk(chain, 1) == ETH_TERMS


def test_deploy_by_the_administrator_sets_the_risk_once_it_is_due(
    node: LocalNode, run: Run, local_parameters: Parameters
) -> None:
    slow = local_parameters.model_copy(update={"listing_ramp_seconds": WEEK})
    chain = run(slow)
    due = due_time(chain, 1, ETH_TERMS, WEEK)
    mine_at(node, due - 1)
    run(slow)
    assert asset_risk(chain, 1) == AS_LISTED
    mine_at(node, due)
    run(slow)
    assert asset_risk(chain, 1) == ETH_TERMS


def test_schedule_is_what_the_client_proposes(run: Run, local_parameters: Parameters) -> None:
    run(local_parameters)
    requests = [Request(run.deployment.exchange, b"\1\2"), Request(run.deployment.lens, b"\3")]
    proposals = [Proposal("", request, due=0) for request in requests]
    arguments = Operation(tuple(requests)).arguments()
    wanted = abi_of("Timelock").encode("scheduleBatch", *arguments, 60)
    assert schedule(proposals, 60) == wanted


# ---------------------------------------------------------------------- feeds


def aggregated(parameters: Parameters, address: str, decimals: int = 8) -> Parameters:
    """Parameters with the price of WETH from an aggregator."""
    aggregator = AggregatorParameters(address=address, decimals=decimals)
    kind = FeedKind.AGGREGATOR
    changes = {"feed": kind, "aggregator": aggregator, "starting_price": None}
    return with_asset(parameters, "WETH", **changes)


def test_deploy_with_an_aggregator_reads_its_price(
    node: LocalNode, deployer: KeySigner, run: Run, local_parameters: Parameters
) -> None:
    parameters = aggregated(local_parameters, put_aggregator(node, 2_999 * 10**8))
    chain = run(parameters)
    assert run.verify(parameters) == []
    RawClient(node.rpc, run.deployment, deployer).poke([1])
    (word,) = chain.words([slots.underlying(1)])
    assert UnderlyingWord.unpack(word).price == 2_999 * 10**10
    before = height(node)
    run(parameters)
    assert (run.told, height(node)) == ([], before)


def test_deploy_with_another_aggregator_sets_it(
    node: LocalNode, run: Run, local_parameters: Parameters
) -> None:
    run(aggregated(local_parameters, put_aggregator(node, 2_999 * 10**8)))
    other = put_aggregator(node, 2_998 * 10**6, decimals=6)
    chain = run(aggregated(local_parameters, other, 6))
    assert chain.read("AggregatorFeed", "aggregatorOf", 1) == (other.lower(), 6)


def test_deploy_with_an_aggregator_that_is_none_fails(
    run: Run, node: LocalNode, local_parameters: Parameters
) -> None:
    with pytest.raises(RevertedError) as caught:
        run(aggregated(local_parameters, node.accounts[5].address))
    assert str(contract_error(caught.value.data)).startswith("AggregatorUnreadable")


def test_deploy_with_another_feed_than_listed_refuses(
    node: LocalNode, run: Run, local_parameters: Parameters
) -> None:
    run(local_parameters)
    signed = with_asset(local_parameters, "WETH", feed=FeedKind.SIGNED, starting_price=None)
    with pytest.raises(DeploymentMismatchError, match="the price of WETH comes from 0x"):
        run(signed)


def test_deploy_with_signers_sets_them_in_rising_order(
    node: LocalNode, run: Run, local_parameters: Parameters
) -> None:
    parameters = local_parameters.model_copy(update={"signers": signers(node, 2)})
    chain = run(parameters)
    (found,) = chain.read("SignedReportFeed", "signers")
    assert sorted(found) == sorted(one.address.lower() for one in node.accounts[5:8])
    assert chain.read("SignedReportFeed", "threshold") == (2,)
    assert run.verify(parameters) == []
    before = height(node)
    run(parameters)
    assert (run.told, height(node)) == ([], before)
    run(local_parameters.model_copy(update={"signers": signers(node, 3)}))
    assert chain.read("SignedReportFeed", "threshold") == (3,)


def signers(node: LocalNode, threshold: int) -> SignerParameters:
    addresses = tuple(account.address for account in node.accounts[5:8])
    return SignerParameters(addresses=addresses, threshold=threshold)


# ---------------------------------------------------------------------- verify


def with_market(parameters: Parameters) -> Parameters:
    market = parameters.markets[0].model_copy(update={"min_lots": 41})
    return parameters.model_copy(update={"markets": (market, *parameters.markets[1:])})


NOWHERE = "0x" + "0a" * 20
OTHERWISE: dict[str, Callable[[Parameters], Parameters]] = {
    "new assets ramp for 0 seconds, wanted are 1": (
        lambda given: given.model_copy(update={"listing_ramp_seconds": 1})
    ),
    "4 assets are listed, wanted are 3": (
        lambda given: given.model_copy(update={"assets": given.assets[:3]})
    ),
    "asset 1 is TokenWord": lambda given: with_asset(given, "WETH", units_per_atom=10**9),
    "the price of WETH comes from": lambda given: with_asset(given, "WETH", feed=FeedKind.SIGNED),
    "the lending pool of WBTC is": lambda given: with_pool(given, "WBTC", hourly_permille=99),
    "the lending pool of USDM is": lambda given: with_asset(given, "USDM", pool=None),
    "the lending pool of AAPL is None": (
        lambda given: with_asset(given, "AAPL", pool=given.assets[0].pool)
    ),
    "market WETH/USDM has the terms": with_market,
    "perp WETH-PERP has the terms": lambda given: with_perp(given, "WETH", clamp=49_999),
    "perp WBTC-PERP has the terms": (
        lambda given: with_perp(given, "WBTC", position_cap_lots=2**32)
    ),
    "perp AAPL-PERP has the terms None": (
        lambda given: with_asset(given, "AAPL", perp=given.assets[1].perp)
    ),
    "the aggregator of WBTC is": lambda given: with_asset(
        given, "WBTC", aggregator=AggregatorParameters(address=NOWHERE, decimals=8)
    ),
    "signers and threshold are": lambda given: given.model_copy(
        update={"signers": SignerParameters(addresses=(NOWHERE,), threshold=1)}
    ),
    "risk of WETH is": lambda given: with_asset(given, "WETH", risk="BTC"),
    "risk of AAPL is": lambda given: with_asset(given, "AAPL", risk="BTC"),
}


@pytest.mark.parametrize("told", OTHERWISE)
def test_verify_terms_tells_a_difference(run: Run, local_parameters: Parameters, told: str) -> None:
    run(local_parameters)
    with pytest.raises(DeploymentMismatchError, match=told):
        run.verify(OTHERWISE[told](local_parameters))


def test_verify_terms_tells_another_market_risk(
    run: Run, local_parameters: Parameters, choose: Choose
) -> None:
    run(local_parameters)
    choose(GlobalRisk(300, 80, 61))
    with pytest.raises(DeploymentMismatchError, match="risk of all assets together is"):
        run.verify(local_parameters)


def test_verify_terms_tells_risk_that_is_due_and_not_set(
    node: LocalNode, run: Run, slow: Parameters
) -> None:
    chain = run(slow)
    mine_at(node, due_time(chain, 1, ETH_TERMS, WEEK))
    with pytest.raises(DeploymentMismatchError, match="risk of WETH is"):
        run.verify(slow)


@pytest.mark.parametrize("view", PARTS)
def test_verify_terms_tells_another_part(run: Run, local_parameters: Parameters, view: str) -> None:
    run(local_parameters)
    contracts = dict(run.deployment.contracts)
    contracts[PARTS[view]] = replace(contracts[PARTS[view]], address=NOWHERE)
    run.deployment = replace(run.deployment, contracts=contracts)
    with pytest.raises(DeploymentMismatchError, match=f"{view} of the exchange is"):
        run.verify(local_parameters)


def execute_proposal(node: LocalNode, run: Run, chain: Chain) -> None:
    """Do as the last run told: propose, wait as long as it said, execute."""
    roles = run.deployment.roles
    assert roles is not None
    index = [account.address for account in node.accounts].index(roles.proposer[0])
    client = RawClient(node.rpc, run.deployment, KeySigner(node.accounts[index].private_key))
    first = next(line for line in run.told if line.startswith("to be proposed to the timelock"))
    delay = int(first.split()[-2])
    calls = [line.split() for line in run.told if line.startswith("    0x")]
    target, data = run.told[-1].split()[-2:]
    assert target == run.deployment.timelock
    client.execute(Request(target, to_bytes(data)))
    later(node, delay)
    operation = Operation(tuple(Request(to, to_bytes(payload)) for to, payload in calls))
    Timelock(client).execute(operation)
