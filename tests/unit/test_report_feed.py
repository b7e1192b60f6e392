"""Prices that enough signers report."""

import pytest
from eth_account.signers.local import LocalAccount
from eth_utils import keccak

from tests.support.backend import START_TIME
from tests.support.feeds import ReportFeed, deploy_report_feed, make_signers
from tests.support.scene import STRANGER, Scene
from tests.support.soundness import refused
from tests.support.system import DOLLAR, System
from worldmarkets.oracle import PriceReport, SignedReport, pack_reports, sign_report

ETH, BTC = 1, 2
MAX_AGE = 60
SIGNATURE = bytes(64)
NOBODY = "0x" + "00" * 20


@pytest.fixture(scope="module")
def signers() -> list[LocalAccount]:
    """Five signers, in the order in which the feed wants them."""
    return make_signers(5)


@pytest.fixture
def feed(system: System, signers: list[LocalAccount]) -> ReportFeed:
    """Of the five, three make a price."""
    return deploy_report_feed(system, signers, 3)


def say(feed: ReportFeed, signers: list[LocalAccount], *dollars: int) -> list[SignedReport]:
    """One report of ETH for each price, made now."""
    reports = zip(signers, dollars, strict=False)
    return [feed.sign(signer, {ETH: price * DOLLAR}) for signer, price in reports]


def raw(asset_ids: list[int], *reports: bytes) -> bytes:
    """A submission by hand."""
    ids = b"".join(asset_id.to_bytes(2, "big") for asset_id in asset_ids)
    return bytes([len(asset_ids)]) + ids + b"".join(reports)


def addresses(signers: list[LocalAccount]) -> list[str]:
    return [signer.address.lower() for signer in signers]


def test_constants_are_readable(feed: ReportFeed) -> None:
    """Whoever signs or verifies elsewhere needs them."""
    kind = keccak(text="Report(uint16[] assetIds,uint128[] prices,uint32 time)")
    assert feed.view("REPORT_TYPEHASH") == (kind,)
    assert feed.view("MAX_AGE") == (MAX_AGE,)
    # Name, version, chain and contract; no salt, no extensions.
    domain = (b"\x0f", "SignedReportFeed", "1", 1, feed.address, bytes(32), ())
    assert feed.view("eip712Domain") == domain


# ------------------------------------------------------------------- signers


def test_set_signers_is_told_and_readable(feed: ReportFeed, signers: list[LocalAccount]) -> None:
    feed.set_signers(addresses(signers[1:4]), 2)
    [event] = feed.system.events()
    assert event.name == "SignersSet"
    assert event.fields == {"signers": tuple(addresses(signers[1:4])), "threshold": 2}
    assert feed.view("signers") == (tuple(addresses(signers[1:4])),)
    assert feed.view("threshold") == (2,)


def test_set_signers_removes_whoever_is_not_named(
    feed: ReportFeed, signers: list[LocalAccount]
) -> None:
    feed.set_signers(addresses(signers[1:]), 1)
    with refused(feed.system, "UnknownSigner", addresses(signers)[0]):
        feed.submit(*say(feed, signers[:1], 2_000))
    feed.submit(*say(feed, signers[1:2], 2_000))
    assert feed.latest(ETH) == (2_000 * DOLLAR, START_TIME, 10_000)


def test_set_signers_keeps_prices(feed: ReportFeed, signers: list[LocalAccount]) -> None:
    feed.submit(*say(feed, signers, 2_000, 2_000, 2_000))
    feed.set_signers(addresses(signers[:1]), 1)
    assert feed.latest(ETH) == (2_000 * DOLLAR, START_TIME, 10_000)


def test_set_signers_by_a_stranger_is_refused(
    feed: ReportFeed, signers: list[LocalAccount]
) -> None:
    with refused(feed.system, "AccessManagedUnauthorized", STRANGER):
        feed.set_signers(addresses(signers), 1, sender=STRANGER)


@pytest.mark.parametrize(("count", "threshold"), [(0, 0), (0, 1), (3, 0), (3, 4), (1, 255)])
def test_set_signers_with_a_threshold_out_of_reach_is_refused(
    feed: ReportFeed, signers: list[LocalAccount], count: int, threshold: int
) -> None:
    with refused(feed.system, "InvalidThreshold", threshold, count):
        feed.set_signers(addresses(signers[:count]), threshold)


def test_set_signers_with_a_threshold_of_all_is_taken(
    feed: ReportFeed, signers: list[LocalAccount]
) -> None:
    feed.set_signers(addresses(signers), 5)
    with refused(feed.system, "BelowThreshold", 4, 5):
        feed.submit(*say(feed, signers, 1, 1, 1, 1))
    feed.submit(*say(feed, signers, 1, 1, 1, 1, 1))
    assert feed.latest(ETH)[0] == DOLLAR


def test_set_signers_out_of_order_or_twice_is_refused(
    feed: ReportFeed, signers: list[LocalAccount]
) -> None:
    first, second = addresses(signers[:2])
    with refused(feed.system, "SignersNotAscending", first, second):
        feed.set_signers([second, first], 1)
    with refused(feed.system, "SignersNotAscending", second, second):
        feed.set_signers([first, second, second], 1)
    with refused(feed.system, "SignersNotAscending", NOBODY, NOBODY):
        feed.set_signers([NOBODY, first], 1)


def test_submit_before_there_are_signers_is_refused(
    system: System, signers: list[LocalAccount]
) -> None:
    feed = deploy_report_feed(system)
    assert feed.view("threshold") == (0,)
    with refused(system, "BelowThreshold", 0, 0):
        feed.submit_packed(raw([ETH]))
    with refused(system, "UnknownSigner", addresses(signers)[0]):
        feed.submit(*say(feed, signers[:1], 2_000))


# ------------------------------------------------------------------- accepted prices


def test_submit_accepts_the_middle_price_of_each_asset(
    feed: ReportFeed, signers: list[LocalAccount]
) -> None:
    prices = [
        {ETH: 2_001 * DOLLAR, BTC: 60_000 * DOLLAR},
        {ETH: 1_999 * DOLLAR, BTC: 60_060 * DOLLAR},
        {ETH: 2_000 * DOLLAR, BTC: 60_030 * DOLLAR},
    ]
    signed = [feed.sign(*one) for one in zip(signers, prices, strict=False)]
    feed.submit(*signed, sender=STRANGER)
    # Apart by 10 bps of 2,000, and by 9.995 of 60,030, which counts as 10.
    assert feed.latest(ETH) == (2_000 * DOLLAR, START_TIME, 9_990)
    assert feed.latest(BTC) == (60_030 * DOLLAR, START_TIME, 9_990)
    told = [(event.name, event.fields) for event in feed.system.events()]
    common = {"time": START_TIME, "confidenceBps": 9_990}
    assert told == [
        ("PriceAccepted", {"assetId": ETH, "price": 2_000 * DOLLAR, **common}),
        ("PriceAccepted", {"assetId": BTC, "price": 60_030 * DOLLAR, **common}),
    ]


def test_submit_of_an_even_number_accepts_the_lower_of_the_middle_two(
    feed: ReportFeed, signers: list[LocalAccount]
) -> None:
    feed.submit(*say(feed, signers, 2_004, 2_000, 2_003, 2_001))
    assert feed.latest(ETH) == (2_001 * DOLLAR, START_TIME, 9_980)


def test_submit_of_all_signers_accepts_the_middle_price(
    feed: ReportFeed, signers: list[LocalAccount]
) -> None:
    feed.submit(*say(feed, signers, 5, 1, 4, 2, 3))
    assert feed.latest(ETH) == (3 * DOLLAR, START_TIME, 0)


@pytest.mark.parametrize(
    ("prices", "confidence_bps"),
    [
        ((10_000, 10_000, 10_000), 10_000),
        ((10_000, 10_000, 10_001), 9_999),
        ((10_001, 10_001, 10_002), 9_999),
        ((9_999, 10_000, 10_001), 9_998),
        ((1, 10_000, 10_000), 1),
        ((1, 10_000, 10_001), 0),
        ((1, 10_000, 10_002), 0),
        ((1, 1, 2**40 - 1), 0),
    ],
)
def test_submit_has_the_confidence_that_prices_are_close(
    feed: ReportFeed, signers: list[LocalAccount], prices: tuple[int, ...], confidence_bps: int
) -> None:
    """Prices in 1e-18 dollars; what they are apart is rounded up."""
    pairs = zip(signers, prices, strict=False)
    feed.submit(*(feed.sign(signer, {ETH: price}) for signer, price in pairs))
    assert feed.latest(ETH) == (sorted(prices)[1], START_TIME, confidence_bps)


def test_submit_has_the_time_of_the_oldest_report(
    feed: ReportFeed, signers: list[LocalAccount]
) -> None:
    feed.system.backend.set_time(START_TIME + 30)
    times = (START_TIME + 30, START_TIME + 20, START_TIME + 25)
    pairs = zip(signers, times, strict=False)
    feed.submit(*(feed.sign(signer, {ETH: DOLLAR}, time) for signer, time in pairs))
    assert feed.latest(ETH) == (DOLLAR, START_TIME + 20, 10_000)


def test_submit_carries_the_highest_price_and_asset_id(
    feed: ReportFeed, signers: list[LocalAccount]
) -> None:
    highest = (2**40 - 1) * 10**26
    feed.submit(*(feed.sign(signer, {65_535: highest, 0: 1}) for signer in signers))
    assert feed.latest(65_535) == (highest, START_TIME, 10_000)
    assert feed.latest(0) == (1, START_TIME, 10_000)


def test_latest_price_before_the_first_is_zero(feed: ReportFeed) -> None:
    assert feed.latest(ETH) == (0, 0, 0)


def test_submit_of_newer_reports_replaces_the_price(
    feed: ReportFeed, signers: list[LocalAccount]
) -> None:
    feed.submit(*say(feed, signers, 2_000, 2_000, 2_000))
    feed.system.backend.set_time(START_TIME + 1)
    feed.submit(*say(feed, signers, 2_100, 2_100, 2_100))
    assert feed.latest(ETH) == (2_100 * DOLLAR, START_TIME + 1, 10_000)


def test_submit_of_reports_that_are_not_newer_is_refused(
    feed: ReportFeed, signers: list[LocalAccount]
) -> None:
    feed.system.backend.set_time(START_TIME + 1)
    feed.submit(*say(feed, signers, 2_000, 2_000, 2_000))
    for time in (START_TIME + 1, START_TIME):
        signed = [feed.sign(signer, {ETH: 3_000 * DOLLAR}, time) for signer in signers]
        with refused(feed.system, "NothingNewer", time):
            feed.submit(*signed)


def test_submit_skips_assets_that_have_a_price_as_new(
    feed: ReportFeed, signers: list[LocalAccount]
) -> None:
    feed.submit(*say(feed, signers, 2_000, 2_000, 2_000))
    prices = {ETH: 2_500 * DOLLAR, BTC: 60_000 * DOLLAR}
    feed.submit(*(feed.sign(signer, prices) for signer in signers))
    assert [event.fields["assetId"] for event in feed.system.events()] == [BTC]
    assert feed.latest(ETH) == (2_000 * DOLLAR, START_TIME, 10_000)
    assert feed.latest(BTC) == (60_000 * DOLLAR, START_TIME, 10_000)


def test_submit_of_an_asset_named_twice_takes_its_first_price(
    system: System, signers: list[LocalAccount]
) -> None:
    """The Python side refuses to sign it, so it is put together here."""
    feed = deploy_report_feed(system, signers[:1], 1)
    report = PriceReport((ETH, BTC), (5 * DOLLAR, 6 * DOLLAR), START_TIME)
    object.__setattr__(report, "asset_ids", (ETH, ETH))
    feed.submit(sign_report(report, feed.domain(), signers[0]))
    assert feed.latest(ETH) == (5 * DOLLAR, START_TIME, 10_000)


# ------------------------------------------------------------------- refused reports


@pytest.mark.parametrize("count", [1, 2])
def test_submit_below_the_threshold_is_refused(
    feed: ReportFeed, signers: list[LocalAccount], count: int
) -> None:
    with refused(feed.system, "BelowThreshold", count, 3):
        feed.submit(*say(feed, signers[:count], 1, 1))


def test_submit_from_the_future_is_refused(feed: ReportFeed, signers: list[LocalAccount]) -> None:
    ahead = feed.sign(signers[1], {ETH: DOLLAR}, START_TIME + 1)
    signed = say(feed, signers, 1, 1, 1)
    signed[1] = ahead
    with refused(feed.system, "ReportFromFuture", addresses(signers)[1], START_TIME + 1):
        feed.submit(*signed)
    feed.system.backend.set_time(START_TIME + 1)
    feed.submit(*signed)
    assert feed.latest(ETH)[1] == START_TIME


def test_submit_of_an_expired_report_is_refused(
    feed: ReportFeed, signers: list[LocalAccount]
) -> None:
    signed = say(feed, signers, 1, 1, 1)
    feed.system.backend.set_time(START_TIME + MAX_AGE + 1)
    with refused(feed.system, "ReportExpired", addresses(signers)[0], START_TIME):
        feed.submit(*signed)


def test_submit_in_the_last_second_of_a_report_is_taken(
    feed: ReportFeed, signers: list[LocalAccount]
) -> None:
    signed = say(feed, signers, 1, 1, 1)
    feed.system.backend.set_time(START_TIME + MAX_AGE)
    feed.submit(*signed)
    assert feed.latest(ETH) == (DOLLAR, START_TIME, 10_000)


def test_submit_of_a_price_of_zero_is_refused(
    feed: ReportFeed, signers: list[LocalAccount]
) -> None:
    """The Python side refuses to sign it, so it is put together here."""
    report = PriceReport((ETH, BTC), (DOLLAR, DOLLAR), START_TIME)
    object.__setattr__(report, "prices", (DOLLAR, 0))
    signed = [sign_report(report, feed.domain(), signer) for signer in signers[:3]]
    price = (10**9).to_bytes(5, "big") + bytes([9])
    reports = [START_TIME.to_bytes(4, "big") + price + bytes(6) + one.r + one.vs for one in signed]
    with refused(feed.system, "ZeroPrice", addresses(signers)[0], BTC):
        feed.submit_packed(raw([ETH, BTC], *reports))


def test_submit_of_no_assets_is_refused(feed: ReportFeed, signers: list[LocalAccount]) -> None:
    report = PriceReport((ETH,), (DOLLAR,), START_TIME)
    object.__setattr__(report, "asset_ids", ())
    object.__setattr__(report, "prices", ())
    signed = [sign_report(report, feed.domain(), signer) for signer in signers[:3]]
    reports = [START_TIME.to_bytes(4, "big") + one.r + one.vs for one in signed]
    with refused(feed.system, "NothingNewer", START_TIME):
        feed.submit_packed(raw([], *reports))


@pytest.mark.parametrize("exponent", [27, 77, 255])
def test_submit_of_a_price_of_too_high_an_exponent_is_refused(
    system: System, signers: list[LocalAccount], exponent: int
) -> None:
    feed = deploy_report_feed(system, signers[:1], 1)
    field = (1).to_bytes(5, "big") + bytes([exponent])
    with refused(system, "ExponentTooHigh", exponent, 26):
        feed.submit_packed(raw([ETH], START_TIME.to_bytes(4, "big") + field + SIGNATURE))


@pytest.mark.parametrize("cut", [-1, 1, 63, 73, 75])
def test_submit_of_bytes_that_are_no_whole_reports_is_refused(
    feed: ReportFeed, signers: list[LocalAccount], cut: int
) -> None:
    packed = pack_reports(say(feed, signers, 1, 1, 1))
    assert len(packed) == 3 + 3 * 74
    packed = packed[:-cut] if cut > 0 else packed + b"\0"
    with refused(feed.system, "MalformedReports", len(packed)):
        feed.submit_packed(packed)


@pytest.mark.parametrize("packed", [b"", b"\1", b"\1\0", b"\2\0\1\0", b"\xff" + bytes(509)])
def test_submit_cut_within_the_asset_ids_is_refused(feed: ReportFeed, packed: bytes) -> None:
    with refused(feed.system, "MalformedReports", len(packed)):
        feed.submit_packed(packed)


def test_poke_copies_the_accepted_price_into_the_exchange(
    scene: Scene, signers: list[LocalAccount]
) -> None:
    feed = deploy_report_feed(scene.system, signers, 3)
    asset = feed.list_asset()
    feed.submit(*(feed.sign(signer, {asset: 25 * DOLLAR}) for signer in signers[:3]))
    scene.system.backend.set_time(START_TIME + 2)
    scene.system.poke(asset, sender=STRANGER)
    word = scene.underlying(asset)
    assert (word.price, word.time) == (25 * DOLLAR // 10**8, START_TIME)
