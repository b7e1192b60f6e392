"""The funding poker: which perps are due, and funding that runs by it."""

from dataclasses import replace

import pytest

from tests.client.conftest import Trader, dec, pass_time
from tests.keepers.fakes import Harness
from worldmarkets.client import Client, Side
from worldmarkets.client.perplens_views import Perp, PerpBook
from worldmarkets.clock import SystemClock
from worldmarkets.keepers import FundingJob, FundingRules, KeySending
from worldmarkets.keepers.funding import is_due
from worldmarkets.model.interface import PerpTerms
from worldmarkets.node import LocalNode
from worldmarkets.transactions import SteadySender

NOW = 10_000
RULES = FundingRules(interval_seconds=5, idle_seconds=60)
OPEN = Perp(
    market_id=513,
    base_asset_id=1,
    terms=PerpTerms(10, 10_000, 40, 350, 0, 500, 1, 8, 1, 1, 1, 1, 1),
    book=PerpBook(0, 0, 0, 0, 0, 0, False, 0, 0),
    mark=1,
    index_ticks=1,
    funding_index=0,
    rate=0,
    mark_time=NOW,
    rate_until=NOW + 295,
    premium_average=0,
    middle_average=0,
    open_interest_lots=1,
    pool_atoms=0,
    shortfall_atoms=0,
)
"""Its newest sample is five seconds old; its mark is newer."""
PERP = "WETH-PERP"


def test_is_due_at_the_interval_after_the_newest_sample() -> None:
    assert is_due(RULES, OPEN, NOW)
    assert not is_due(RULES, OPEN, NOW - 1)


def test_is_due_without_open_positions_is_seldom() -> None:
    idle = replace(OPEN, open_interest_lots=0)
    assert not is_due(RULES, idle, NOW + 54)
    assert is_due(RULES, idle, NOW + 55)


def test_is_due_for_the_first_time_at_once_but_not_without_a_price() -> None:
    assert is_due(RULES, replace(OPEN, rate_until=0, open_interest_lots=0), NOW)
    assert not is_due(RULES, replace(OPEN, index_ticks=0), NOW)


# ---------------------------------------------------------------------- on a node


def push(client: Client, job: FundingJob) -> list[str]:
    signer = client.raw.sender.signer
    sending = KeySending(SteadySender(client.raw.rpc, signer, SystemClock(), 31_337))
    harness = Harness(job, sending).run(rounds=1)  # type: ignore[arg-type]
    return [line.split(" block")[0] for line in harness.events()[:-1]]


@pytest.fixture
def long(deployer: Client, maker: Trader, taker: Trader) -> Trader:
    """Has bought ten ether of `maker`, at 3,000 dollars."""
    deployer.post_prices({"WETH": dec(3_000), "WBTC": dec(100_000)})
    maker[0].place(maker[1], PERP, Side.ASK, dec(3_000), dec(10))
    taker[0].place(taker[1], PERP, Side.BID, dec(3_000), dec(10))
    return taker


@pytest.mark.node
def test_poke_begins_with_all_and_goes_on_with_open_ones(
    node: LocalNode, maker: Trader, long: Trader
) -> None:
    client, job = maker[0], FundingJob(maker[0], rules=RULES)
    assert push(client, job) == ['sent what="poke WETH-PERP, WBTC-PERP"']
    assert push(client, job) == []
    pass_time(node, 4)
    assert push(client, job) == []
    pass_time(node, 1)
    assert job.look().lag_seconds == 5
    assert push(client, job) == ['sent what="poke WETH-PERP"']
    assert job.look().lag_seconds == 0
    pass_time(node, 60)
    assert push(client, job) == ['sent what="poke WETH-PERP, WBTC-PERP"']


@pytest.mark.node
def test_poke_of_a_named_perp_leaves_the_others(maker: Trader, long: Trader) -> None:
    assert push(maker[0], FundingJob(maker[0], [PERP])) == ['sent what="poke WETH-PERP"']


@pytest.mark.node
def test_poke_by_two_keepers_of_one_second_counts_once(
    node: LocalNode, maker: Trader, long: Trader
) -> None:
    client, job = maker[0], FundingJob(maker[0], [PERP], RULES)
    client.poke_markets(PERP)
    pass_time(node, 300)
    found = job.look()
    for other in (maker[0], long[0]):
        (action,) = found.actions
        other.raw.execute(action.request)
    perp = client.perp(PERP)
    # A hundredth of a percent for 8 hours, of 3,000 dollars, for 300 seconds.
    assert (perp.funding_index, perp.funding_rate) == (dec("0.003125"), dec("0.0001"))
    assert job.look().actions == ()


@pytest.mark.node
def test_poke_after_a_long_pause_goes_on_and_makes_nothing_up(
    node: LocalNode, maker: Trader, long: Trader
) -> None:
    """What ran without samples is lost: the rate holds for 300 seconds."""
    client, job = maker[0], FundingJob(maker[0], [PERP], RULES)
    push(client, job)
    pass_time(node, 3_600)
    assert job.look().lag_seconds == 3_600
    push(client, job)
    assert client.perp(PERP).funding_index == dec("0.003125")
    pass_time(node, 300)
    push(client, job)
    assert client.perp(PERP).funding_index == dec("0.00625")
