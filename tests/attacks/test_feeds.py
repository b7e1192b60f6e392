"""ORA-2: aggregators that break. ORA-3: who may write a feed."""

from collections.abc import Callable

import pytest
from eth_account.signers.local import LocalAccount

from tests.support.abi import Codec, Reverted, codec
from tests.support.backend import START_TIME
from tests.support.feeds import (
    AggregatorFeed,
    Feed,
    deploy_aggregator_feed,
    deploy_report_feed,
    make_signers,
)
from tests.support.scene import MAKER, STRANGER, Scene
from tests.support.soundness import all_storage, exchange_storage, refused
from tests.support.system import DOLLAR, GUARDIAN, TREASURY, System
from worldmarkets.artifacts import load, project_root
from worldmarkets.model.interface import SpotTerms

_ANSWER = 25 * 10**8
_ANSWER_UNITS = 100
"""What the lowest digit of an answer is in the exchange: 10^(18 - 8 - 8)."""
_TERMS = SpotTerms(1, 1_000, 1, 0, 0, 500)


class Watched:
    """An asset with a market, whose price comes from an aggregator and is copied at the start."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.feed: AggregatorFeed = deploy_aggregator_feed(scene.system)
        self.aggregator = self.feed.new_aggregator(_ANSWER)
        self.asset = self.feed.list_asset()
        self.feed.set_aggregator(self.asset, self.aggregator)
        scene.system.list_spot_market(self.asset, _TERMS)
        scene.system.poke(self.asset)

    def script(self, function: str, *arguments: object) -> None:
        self.feed.script(self.aggregator, function, *arguments)


@pytest.fixture
def watched(scene: Scene) -> Watched:
    return Watched(scene)


# ------------------------------------------------------------------- ORA-2


@pytest.mark.parametrize(
    ("function", "arguments", "error"),
    [
        ("set", (0, START_TIME + 9), "InvalidAnswer"),
        ("set", (-_ANSWER, START_TIME + 9), "InvalidAnswer"),
        ("set", (_ANSWER, 0), "RoundIncomplete"),
        ("setRounds", (2, 1), "RoundIncomplete"),
        ("set", (_ANSWER, START_TIME + 11), "RoundFromFuture"),
        ("setDecimals", (18,), "DecimalsChanged"),
        ("setRoundSize", (0,), "AggregatorUnreadable"),
        ("setRoundSize", (128,), "AggregatorUnreadable"),
    ],
)
def test_ora_2_broken_aggregator_moves_neither_price_nor_band(
    watched: Watched, function: str, arguments: tuple[int, ...], error: str
) -> None:
    system = watched.scene.system
    system.backend.set_time(START_TIME + 10)
    watched.script(function, *arguments)
    before = exchange_storage(system)
    with pytest.raises(Reverted) as caught:
        system.poke(watched.asset)
    # It names the asset, so that whoever pokes several knows which to leave out.
    assert (caught.value.name, caught.value.arguments[0]) == (error, watched.asset)
    assert exchange_storage(system) == before


def test_ora_2_broken_aggregator_stops_no_other_asset(watched: Watched) -> None:
    system = watched.scene.system
    other = watched.feed.list_asset()
    watched.feed.set_aggregator(other, watched.feed.new_aggregator(3 * 10**8))
    watched.script("setRoundSize", 0)
    with refused(system, "AggregatorUnreadable", watched.asset, watched.aggregator):
        system.poke(1, other, watched.asset)
    system.poke(1, other)
    assert watched.scene.underlying(other).price == 3 * DOLLAR // 10**8


def test_ora_2_frozen_aggregator_never_looks_fresh(watched: Watched) -> None:
    """However often it is poked, its price keeps the time it was made."""
    system = watched.scene.system
    for seconds in (1, 60, 3_600):
        system.backend.set_time(START_TIME + seconds)
        system.poke(watched.asset, sender=STRANGER)
        word = watched.scene.underlying(watched.asset)
        assert (word.price, word.time) == (_ANSWER * _ANSWER_UNITS, START_TIME)


def test_ora_2_aggregator_that_goes_back_in_time_changes_nothing(watched: Watched) -> None:
    system = watched.scene.system
    before = exchange_storage(system)
    watched.script("set", _ANSWER + 10**8, START_TIME - 1)
    system.poke(watched.asset)
    assert exchange_storage(system) == before


def test_ora_2_more_decimals_never_multiply_a_price(watched: Watched) -> None:
    """An aggregator replaced behind its proxy: the same dollars in 18 decimals are no jump."""
    system = watched.scene.system
    watched.script("setDecimals", 18)
    watched.script("set", 25 * 10**18, START_TIME)
    with refused(system, "DecimalsChanged", watched.asset, 18, 8):
        system.poke(watched.asset)
    watched.feed.set_aggregator(watched.asset, watched.aggregator, 18)
    assert watched.feed.latest(watched.asset) == (25 * DOLLAR, START_TIME, 10_000)


def test_ora_2_aggregator_works_again_when_it_is_whole_again(watched: Watched) -> None:
    system = watched.scene.system
    watched.script("set", -1, START_TIME)
    with refused(system, "InvalidAnswer", watched.asset, -1):
        system.poke(watched.asset)
    system.backend.set_time(START_TIME + 20)
    watched.script("set", _ANSWER + 1, START_TIME + 20)
    system.poke(watched.asset)
    word = watched.scene.underlying(watched.asset)
    assert (word.price, word.time) == ((_ANSWER + 1) * _ANSWER_UNITS, START_TIME + 20)


# ------------------------------------------------------------------- ORA-3

_SIGNERS: list[LocalAccount] = make_signers(1)
_ADDRESS = _SIGNERS[0].address
READING = {"authority", "isConsumingScheduledOp", "latestPrice"}
"""Functions of every feed that change nothing."""
RESTRICTED: dict[str, dict[str, tuple[object, ...]]] = {
    "PostedPriceFeed": {"post": ([1], [DOLLAR]), "setAuthority": (_ADDRESS,)},
    "AggregatorFeed": {"setAggregator": (1, _ADDRESS, 8), "setAuthority": (_ADDRESS,)},
    "SignedReportFeed": {"setSigners": ([_ADDRESS], 1), "setAuthority": (_ADDRESS,)},
}
"""By feed, what only the authority lets anyone call, and a call."""
OPEN = {
    "PostedPriceFeed": set[str](),
    "AggregatorFeed": {"aggregatorOf"},
    "SignedReportFeed": {
        *("submit", "signers", "threshold", "eip712Domain", "REPORT_TYPEHASH", "MAX_AGE")
    },
}
"""By feed, what else anyone may call; `submit` wants signatures."""
FEEDS: dict[str, Callable[[System], Feed]] = {
    "PostedPriceFeed": lambda system: Feed(system, system.feed, "PostedPriceFeed"),
    "AggregatorFeed": deploy_aggregator_feed,
    "SignedReportFeed": lambda system: deploy_report_feed(system, _SIGNERS, 1),
}


def functions_of(contract: str) -> dict[str, bool]:
    """Functions of a contract, and whether they write."""
    return {
        entry["name"]: entry["stateMutability"] not in ("view", "pure")
        for entry in load(contract).abi
        if entry["type"] == "function"
    }


def test_ora_3_every_feed_is_in_the_table() -> None:
    sources = (project_root() / "contracts" / "oracle").glob("*Feed.sol")
    assert {path.stem for path in sources} == set(FEEDS) == set(RESTRICTED) == set(OPEN)


@pytest.mark.parametrize("contract", FEEDS)
def test_ora_3_table_has_every_function_of_the_abi(contract: str) -> None:
    functions = functions_of(contract)
    assert READING | OPEN[contract] | set(RESTRICTED[contract]) == set(functions)
    writing = {name for name, writes in functions.items() if writes}
    assert writing - set(RESTRICTED[contract]) <= {"submit"}


@pytest.mark.parametrize("contract", FEEDS)
def test_ora_3_nobody_without_the_role_writes_a_feed(system: System, contract: str) -> None:
    feed = FEEDS[contract](system)
    known: Codec = codec(contract)
    callers = (STRANGER, MAKER, GUARDIAN, TREASURY, _ADDRESS)
    before = all_storage(system.backend)
    for function, arguments in RESTRICTED[contract].items():
        for caller in callers:
            data = known.encode(function, *arguments)
            result = system.backend.call(caller, feed.address, data)
            assert known.error(result.returned).name == "AccessManagedUnauthorized"
    assert all_storage(system.backend) == before
