"""The price pusher on a node: follows its source, starts anew anywhere, and runs twice."""

from decimal import Decimal
from pathlib import Path

import pytest

from tests.client.conftest import Trader, dec, pass_time
from tests.keepers.fakes import FakeClock, FakeSource, Harness
from worldmarkets.client import Client
from worldmarkets.clock import SystemClock
from worldmarkets.keepers import (
    FeedPoster,
    FeedSource,
    KeySending,
    PriceJob,
    PriceRules,
    ReplaySource,
    RolePoster,
    SourcePrice,
)
from worldmarkets.marketdata.paths import read_path
from worldmarkets.node import LocalNode
from worldmarkets.transactions import SteadySender

pytestmark = pytest.mark.node

RULES = PriceRules(threshold_bps=Decimal(5), heartbeat_seconds=30)


@pytest.fixture
def source() -> FakeSource:
    return FakeSource(WETH=3_000)


@pytest.fixture
def job(deployer: Client, source: FakeSource) -> PriceJob:
    return PriceJob(deployer, source, RolePoster(deployer), ["WETH"], RULES)


def sending(client: Client) -> KeySending:
    signer = client.raw.sender.signer
    return KeySending(SteadySender(client.raw.rpc, signer, SystemClock(), 31_337))


def whats(job: PriceJob) -> list[str]:
    return [action.what for action in job.look().actions]


def push(client: Client, job: PriceJob, rounds: int = 1) -> Harness:
    return Harness(job, sending(client)).run(rounds)  # type: ignore[arg-type]


@pytest.fixture
def fresh(deployer: Client) -> None:
    """The price of ether, 3,000 dollars, is new."""
    deployer.post_prices({"WETH": dec(3_000)})


def test_push_brings_a_move_and_marks_follow(
    fresh: None, deployer: Client, job: PriceJob, source: FakeSource
) -> None:
    assert whats(job) == []
    source.set("WETH", "3001.5")
    assert whats(job) == ["post WETH 3001.5", "poke WETH"]
    push(deployer, job)
    assert deployer.reference_price("WETH") == dec("3001.5")
    assert deployer.perp("WETH-PERP").mark == dec("3001.5")
    assert whats(job) == []


def test_push_brings_an_unmoved_price_before_it_is_too_old(
    fresh: None, node: LocalNode, deployer: Client, job: PriceJob
) -> None:
    pass_time(node, 29)
    assert whats(job) == []
    assert job.look().lag_seconds == 29
    pass_time(node, 1)
    push(deployer, job)
    assert deployer.risk("WETH").price_age == 0
    assert job.look().lag_seconds == 0


def test_push_confirms_a_jump_after_three_seconds(
    fresh: None, node: LocalNode, deployer: Client, job: PriceJob, source: FakeSource
) -> None:
    source.set("WETH", 3_400)
    push(deployer, job)
    risk = deployer.risk("WETH")
    assert (risk.price, risk.pending_price, risk.is_unconfirmed) == (3_000, 3_400, True)
    assert whats(job) == []
    pass_time(node, 2)
    assert whats(job) == []
    pass_time(node, 1)
    source.set("WETH", 3_410)
    push(deployer, job)
    risk = deployer.risk("WETH")
    assert (risk.price, risk.is_unconfirmed) == (3_410, False)
    assert deployer.perp("WETH-PERP").mark == 3_410


def test_push_ends_the_waiting_when_a_jump_did_not_last(
    fresh: None, deployer: Client, job: PriceJob, source: FakeSource
) -> None:
    source.set("WETH", 3_400)
    push(deployer, job)
    source.set("WETH", 3_000)
    push(deployer, job)
    risk = deployer.risk("WETH")
    assert (risk.price, risk.is_unconfirmed) == (3_000, False)


def test_push_started_anew_after_the_post_only_copies(
    fresh: None, deployer: Client, job: PriceJob, source: FakeSource
) -> None:
    source.set("WETH", 3_010)
    pass_time(deployer.raw, 1)  # type: ignore[arg-type]
    post, _ = job.look().actions
    deployer.raw.execute(post.request)
    assert deployer.reference_price("WETH") == 3_000
    anew = PriceJob(deployer, source, RolePoster(deployer), ["WETH"], RULES)
    assert whats(anew) == ["poke WETH"]
    push(deployer, anew)
    assert deployer.reference_price("WETH") == 3_010
    assert whats(anew) == []


def test_push_by_two_keepers_of_one_move_does_no_harm(
    fresh: None, deployer: Client, maker: Trader, job: PriceJob, source: FakeSource
) -> None:
    """Both have looked before either has sent; whoever has no role copies at least."""
    source.set("WETH", 3_010)
    first, second = job.look(), job.look()
    for found in (first, second):
        for action in found.actions:
            sending(deployer).execute(action.request)
    assert deployer.reference_price("WETH") == 3_010
    assert whats(job) == []


def test_push_of_a_source_that_is_behind_brings_nothing_and_says_so(
    fresh: None, node: LocalNode, deployer: Client, job: PriceJob, source: FakeSource
) -> None:
    pass_time(node, 40)
    source.known["WETH"] = SourcePrice(dec(3_100), age_seconds=31)
    harness = push(deployer, job)
    assert harness.events() == ['note text="the source is behind: WETH is 31 s old"', "stopped"]
    assert harness.meters.value("lag_seconds", keeper="prices") == 40
    assert deployer.reference_price("WETH") == 3_000
    source.known["WETH"] = SourcePrice(dec(3_100), age_seconds=30)
    push(deployer, job)
    assert deployer.reference_price("WETH") == 3_100


def test_push_of_a_price_that_is_missing_brings_the_others(deployer: Client) -> None:
    source = FakeSource(WBTC=101_000)
    job = PriceJob(deployer, source, RolePoster(deployer), ["WETH", "WBTC"], RULES)
    found = job.look()
    assert [action.what for action in found.actions] == ["post WBTC 101000", "poke WBTC"]
    assert found.notes == ("the source has no price of WETH",)


def test_push_without_the_role_fails_and_costs_nothing(
    fresh: None, maker: Trader, source: FakeSource
) -> None:
    client, _ = maker
    source.set("WETH", 3_010)
    job = PriceJob(client, source, RolePoster(client), ["WETH"], RULES)
    before = client.raw.rpc.call("eth_getTransactionCount", client.address, "latest")
    harness = push(client, job)
    assert harness.value("sent_total") == 0
    assert harness.events()[0].startswith('failed error="AccessManagedUnauthorized(')
    assert client.raw.rpc.call("eth_getTransactionCount", client.address, "latest") == before


def test_push_of_a_price_without_end_rounds_it_to_what_can_be_posted(
    fresh: None, deployer: Client, job: PriceJob, source: FakeSource
) -> None:
    source.known["WETH"] = SourcePrice(Decimal(9_040) / 3)
    assert whats(job)[0] == "post WETH 3013.333333333333333333"
    push(deployer, job)
    # In the ledger a price is one of an atom, of which there are 10^8 in an ether.
    assert deployer.reference_price("WETH") == dec("3013.3333333333")


def test_push_after_a_reorganised_block_brings_it_again(
    fresh: None, deployer: Client, job: PriceJob, source: FakeSource
) -> None:
    source.set("WETH", 3_010)
    before = deployer.raw.rpc.call("evm_snapshot")
    harness = push(deployer, job)
    assert deployer.raw.rpc.call("evm_revert", before)
    assert deployer.reference_price("WETH") == 3_000
    harness.run(rounds=1)
    assert deployer.reference_price("WETH") == 3_010


def test_copying_keeper_needs_no_role(
    fresh: None, node: LocalNode, maker: Trader, deployer: Client
) -> None:
    client, _ = maker
    job = PriceJob(client, FeedSource(client), FeedPoster(), ["WETH"], RULES)
    pass_time(node, 1)
    (post,) = RolePoster(deployer).bring({"WETH": dec(3_020)}, 0)
    assert whats(job) == []
    deployer.raw.execute(post.request)
    assert whats(job) == ["poke WETH"]
    push(client, job)
    assert client.reference_price("WETH") == 3_020
    pass_time(node, 40)
    # Nothing is new in the feed.
    assert whats(job) == []


def test_push_replays_a_candle_file_and_marks_follow(
    fresh: None, node: LocalNode, deployer: Client, tmp_path: Path
) -> None:
    """A minute a second; each round is a second of the chain, too."""
    path = tmp_path / "candles.csv"
    path.write_text(
        "ts,open,high,low,close\n0,3000,3030,2990,3024\n60,3024,3024,3000,3006\n120,3006,3012,3006,3012\n"
    )
    clock = FakeClock()
    source = ReplaySource({"WETH": read_path(path)}, clock, dec(15))
    job = PriceJob(deployer, source, RolePoster(deployer), ["WETH"], RULES)
    seen: list[Decimal | None] = []

    class Following:
        name = "prices"

        def look(self):  # type: ignore[no-untyped-def]
            pass_time(node, 1)
            seen.append(deployer.perp("WETH-PERP").mark)
            return job.look()

    Harness(Following(), sending(deployer), clock, interval=1).run()  # type: ignore[arg-type]
    expected = [3_000, 2_990, 3_030, 3_024, 3_024, 3_024, 3_000, 3_006, 3_006, 3_006, 3_012, 3_012]
    assert seen == [3_000, *expected]
    assert deployer.reference_price("WETH") == deployer.perp("WETH-PERP").mark == 3_012
    assert source.is_over
