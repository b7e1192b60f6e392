"""Pauses, limits and the timelock through the client."""

from dataclasses import replace

import pytest

from tests.client.conftest import Trader, dec, pass_time
from worldmarkets.client import (
    AssetRiskTerms,
    Client,
    ContractError,
    Guardian,
    MarketRiskTerms,
    Operation,
    OperationState,
    OtherContractError,
    PerpTerms,
    PoolTerms,
    Side,
    Timelock,
)
from worldmarkets.deployment.roles import ADMIN_ROLE, GUARDIAN_ROLE, PRICE_ROLE
from worldmarkets.model import errors, slots
from worldmarkets.model.events import (
    AssetRiskSet,
    MarketRiskSet,
    PerpLimitsSet,
    PerpMarketListed,
    PoolTermsSet,
)
from worldmarkets.model.words import OutflowWord
from worldmarkets.node import LocalNode

pytestmark = pytest.mark.node

HOUR = 3_600
DAY = 24 * HOUR


def limit_ppm(client: Client, asset_id: int) -> int:
    (word,) = client.raw.read_words([slots.outflow(asset_id)])
    return OutflowWord.unpack(word).limit_ppm


def test_pause_lets_only_reduce_and_ends_by_itself(
    node: LocalNode, deployer: Client, maker: Trader
) -> None:
    client, account = maker
    Guardian(deployer.raw).pause([257], 2)
    until = client.book("WETH").paused_until
    assert until % HOUR == 0
    assert 2 * HOUR <= until - client.raw.time() <= 3 * HOUR
    with pytest.raises(errors.MarketPaused) as caught:
        client.place(account, "WETH", Side.ASK, dec(3_000), dec("0.5"))
    assert caught.value.arguments == (257, until)
    order = client.place(account, "WETH", Side.ASK, dec(3_000), dec("0.5"), reduce_only=True)
    assert client.cancel(account, order.order_id or 0) == dec("0.5")
    pass_time(node, 3 * HOUR)
    assert client.place(account, "WETH", Side.ASK, dec(3_000), dec("0.5")).resting == dec("0.5")


def test_resume_ends_the_pause_and_another_one_has_to_wait(deployer: Client, maker: Trader) -> None:
    client, account = maker
    guardian = Guardian(deployer.raw)
    guardian.pause([257, 258], 72)
    guardian.resume([257])
    assert client.place(account, "WETH", Side.ASK, dec(3_000), dec("0.5")).resting == dec("0.5")
    assert client.book("WBTC").paused_until > client.raw.time()
    for markets in ([257], [258]):
        with pytest.raises(errors.PausedTooSoon) as caught:
            guardian.pause(markets, 1)
        assert caught.value.market_id == markets[0]


def test_pause_by_a_stranger_is_refused(maker: Trader) -> None:
    client, _ = maker
    with pytest.raises(errors.AccessManagedUnauthorized):
        Guardian(client.raw).pause([257], 2)
    assert client.book("WETH").paused_until == 0


def test_timelock_changes_a_limit_after_its_delay(
    node: LocalNode, deployer: Client, maker: Trader
) -> None:
    timelock, anybody = Timelock(deployer.raw), Timelock(maker[0].raw)
    calls = deployer.raw.calls
    operation = Operation((calls.set_outflow_limit(0, 1_000), calls.set_outflow_limit(1, 2_000)))
    assert timelock.state(timelock.operation_id(operation)) == OperationState.UNSET
    proposed = timelock.propose(operation)
    assert timelock.delay() == 60
    assert timelock.state(proposed) == OperationState.WAITING
    assert timelock.due(proposed) == deployer.raw.time() + 60
    with pytest.raises(OtherContractError, match="TimelockUnexpectedOperationState"):
        anybody.execute(operation)
    assert limit_ppm(deployer, 0) == 250_000
    pass_time(node, 60)
    anybody.execute(operation)
    assert timelock.state(proposed) == OperationState.DONE
    assert (limit_ppm(deployer, 0), limit_ppm(deployer, 1)) == (1_000, 2_000)
    assert timelock.propose(Operation(operation.requests, salt=b"\1" * 32)) != proposed


def test_timelock_lists_a_perp_and_sets_its_limits(
    node: LocalNode, deployer: Client, maker: Trader
) -> None:
    calls, timelock = deployer.raw.calls, Timelock(deployer.raw)
    terms = PerpTerms(
        100, 10**7, 1, 350, -100, 500, 10**6, 2**19, 20_000, 300, 4_000_000, 10_000, 50_000
    )
    operation = Operation((calls.list_perp_market(3, terms), calls.set_perp_limits(515, 10**5, 15)))
    timelock.propose(operation)
    pass_time(node, 60)
    receipt = timelock.execute(operation)
    logged = maker[0].raw.events(PerpMarketListed, PerpLimitsSet, from_block=receipt.block)
    assert [each.event for each in logged] == [
        PerpMarketListed(515, 3, terms),
        PerpLimitsSet(515, 10**5, 15),
    ]
    (found,) = maker[0].raw.perp_lens.perps(515).items
    assert found.terms == replace(terms, open_interest_cap_lots=10**5, position_cap_lots=15)


def test_perp_limits_by_a_stranger_are_refused(maker: Trader) -> None:
    client, _ = maker
    with pytest.raises(errors.AccessManagedUnauthorized):
        client.raw.execute(client.raw.calls.set_perp_limits(513, 10**5, 15))
    assert client.perp("WETH-PERP").open_interest_cap == 1_000_000


def test_timelock_opens_a_pool_and_sets_risk(
    node: LocalNode, deployer: Client, maker: Trader
) -> None:
    client, account = maker
    calls, timelock = deployer.raw.calls, Timelock(deployer.raw)
    market, ether = client.market_risk(), client.risk("WETH")
    pool_terms = PoolTerms(10**14, 5 * 10**13, 900, 200, 150)
    asset_terms = AssetRiskTerms(1_150, 340, 50, 57, 50, 800)
    market_terms = MarketRiskTerms(int(market.sigma * 10_000) + 10, 85, 65)
    operation = Operation(
        (
            calls.set_pool_terms(3, pool_terms),
            calls.set_asset_risk(1, asset_terms),
            calls.set_market_risk(market_terms),
        )
    )
    timelock.propose(operation)
    # The deployment has set them within the day.
    pass_time(node, 60)
    with pytest.raises(errors.ChangedTooSoon) as caught:
        timelock.execute(operation)
    assert caught.value.arguments == (1, ether.changed_at + DAY)
    pass_time(node, DAY)
    receipt = timelock.execute(operation)
    pool, risk = client.pool("AAPL"), client.risk("WETH")
    assert (pool.supply_cap, pool.borrow_cap) == (1_000_000, 500_000)
    assert (pool.ceiling, pool.hourly_limit, pool.reserve_factor) == (
        dec("0.9"),
        dec("0.2"),
        dec("0.15"),
    )
    assert (risk.beta, risk.iota, risk.basis) == (dec("1.15"), dec("0.034"), dec("0.005"))
    assert (risk.spot_exit, risk.perp_exit) == (dec("0.0057"), dec("0.005"))
    assert (risk.depth, risk.changed_at > ether.changed_at) == (8_000_000, True)
    changed = client.market_risk()
    assert (changed.sigma, changed.end, changed.maintenance) == (
        market.sigma + dec("0.001"),
        dec("0.85"),
        dec("0.65"),
    )
    assert changed.changed_at == risk.changed_at
    logged = client.raw.events(PoolTermsSet, AssetRiskSet, MarketRiskSet, from_block=receipt.block)
    assert [each.event for each in logged] == [
        PoolTermsSet(3, pool_terms),
        AssetRiskSet(1, asset_terms),
        MarketRiskSet(market_terms),
    ]
    client.set_lent(account, "AAPL")


def test_timelock_raises_no_risk_by_much(node: LocalNode, deployer: Client) -> None:
    calls, raw = deployer.raw.calls, deployer.raw
    pass_time(node, DAY)
    before = raw.lens.risks(1, 1).items[0].terms
    limit = before.iota_bps + before.iota_bps // 10 + 2
    with pytest.raises(errors.RampExceeded) as caught:
        raw.execute(calls.set_asset_risk(1, AssetRiskTerms(1_100, limit + 1, 50, 50, 50)))
    assert caught.value.arguments == (1, b"iotaBps".ljust(32, b"\0"), limit + 1, limit)
    raw.execute(calls.set_asset_risk(1, AssetRiskTerms(1_100, limit, 50, 50, 50)))
    assert raw.lens.risks(1, 1).items[0].terms == AssetRiskTerms(1_100, limit, 50, 50, 50)


def test_set_pool_terms_by_a_stranger_is_refused(maker: Trader) -> None:
    client, _ = maker
    terms = MarketRiskTerms(1)
    for request in (
        client.raw.calls.set_pool_terms(0, PoolTerms(1, 1)),
        client.raw.calls.set_asset_risk(1, AssetRiskTerms(0, 0, 0, 0, 0)),
        client.raw.calls.set_market_risk(terms),
    ):
        with pytest.raises(errors.AccessManagedUnauthorized):
            client.raw.execute(request)


def test_timelock_canceller_stops_a_proposal(
    node: LocalNode, deployer: Client, maker: Trader
) -> None:
    timelock, veto = Timelock(deployer.raw), Timelock(maker[0].raw)
    appointment = Operation((timelock.let_cancel(maker[0].address),))
    timelock.propose(appointment)
    pass_time(node, 60)
    timelock.execute(appointment)
    operation = Operation((deployer.raw.calls.set_outflow_limit(0, 1_000_000),))
    with pytest.raises(OtherContractError, match="AccessControlUnauthorizedAccount"):
        veto.propose(operation)
    proposed = timelock.propose(operation)
    veto.cancel(proposed)
    pass_time(node, 60)
    with pytest.raises(OtherContractError, match="TimelockUnexpectedOperationState"):
        timelock.execute(operation)
    assert timelock.state(proposed) == OperationState.UNSET
    assert limit_ppm(deployer, 0) == 250_000


def test_timelock_gives_and_takes_roles_and_changes_its_delay(
    node: LocalNode, deployer: Client, maker: Trader
) -> None:
    client, _ = maker
    timelock = Timelock(deployer.raw)
    operation = Operation(
        (
            timelock.grant(PRICE_ROLE, client.address),
            timelock.revoke(GUARDIAN_ROLE, deployer.address),
            timelock.change_delay(3_600),
        )
    )
    timelock.propose(operation)
    pass_time(node, 60)
    timelock.execute(operation)
    client.post_prices({"WETH": dec(2_900)})
    assert client.book("WETH").highest_bid == 3_045
    with pytest.raises(errors.AccessManagedUnauthorized):
        Guardian(deployer.raw).pause([257], 1)
    assert timelock.delay() == 3_600
    other = Operation(operation.requests, salt=b"\2" * 32)
    with pytest.raises(OtherContractError, match="TimelockInsufficientDelay"):
        timelock.propose(other, delay_seconds=60)
    assert timelock.due(timelock.propose(other)) == deployer.raw.time() + 3_600


def test_timelock_executing_tells_what_a_call_reverts_with(
    node: LocalNode, deployer: Client
) -> None:
    timelock = Timelock(deployer.raw)
    operation = Operation((deployer.raw.calls.set_outflow_limit(9, 1),))
    proposed = timelock.propose(operation)
    pass_time(node, 60)
    with pytest.raises(ContractError) as caught:
        timelock.execute(operation)
    assert caught.value.name == "UnlistedAsset"
    assert timelock.state(proposed) == OperationState.READY


def test_timelock_is_never_asked_to_lock_itself_out(deployer: Client) -> None:
    timelock = Timelock(deployer.raw)
    with pytest.raises(ValueError, match="locked for ever"):
        timelock.revoke(ADMIN_ROLE, timelock.address.lower())
