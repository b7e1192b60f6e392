"""GOV-3, ORA-3: reports replayed, forged, altered, counted twice; nothing is stored of them."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from eth_account.signers.local import LocalAccount
from eth_keys.constants import SECPK1_N

from tests.support.abi import Reverted
from tests.support.backend import START_TIME
from tests.support.feeds import ReportFeed, deploy_report_feed, make_signers
from tests.support.scene import STRANGER
from tests.support.soundness import all_storage, refused
from tests.support.system import DOLLAR, System
from worldmarkets.oracle import (
    FeedDomain,
    PriceReport,
    SignedReport,
    pack_reports,
    sign_report,
)
from worldmarkets.oracle.prices import split_price

ETH, BTC = 1, 2
_PARITY = 1 << 255


@pytest.fixture(scope="module")
def signers() -> list[LocalAccount]:
    """Four signers in rising order; the last is none of the feed's."""
    return make_signers(4)


@pytest.fixture
def feed(system: System, signers: list[LocalAccount]) -> ReportFeed:
    """Of three signers, two make a price."""
    return deploy_report_feed(system, signers[:3], 2)


@pytest.fixture
def signed(feed: ReportFeed, signers: list[LocalAccount]) -> list[SignedReport]:
    """Two good reports."""
    return [feed.sign(signer, {ETH: 2_000 * DOLLAR, BTC: DOLLAR}) for signer in signers[:2]]


def address(account: LocalAccount) -> str:
    return account.address.lower()


def pack_raw(*signed: SignedReport) -> bytes:
    """What `pack_reports` makes, in the order given and without its checks."""
    ids = signed[0].report.asset_ids
    packed = [bytes([len(ids)]), *(asset_id.to_bytes(2, "big") for asset_id in ids)]
    for one in signed:
        packed.append(one.report.time.to_bytes(4, "big"))
        for mantissa, exponent in map(split_price, one.report.prices):
            packed.append(mantissa.to_bytes(5, "big") + bytes([exponent]))
        packed += [one.r, one.vs]
    return b"".join(packed)


def sign_for(domain: FeedDomain, accounts: list[LocalAccount]) -> list[SignedReport]:
    report = PriceReport((ETH,), (DOLLAR,), START_TIME)
    return [sign_report(report, domain, account) for account in accounts]


def refused_forgery(feed: ReportFeed, packed: bytes) -> None:
    """A report that was not signed as it is brought recovers to somebody, or to nobody."""
    before = all_storage(feed.system.backend)
    with pytest.raises(Reverted) as caught:
        feed.submit_packed(packed)
    assert caught.value.name in ("UnknownSigner", "InvalidSignature")
    assert all_storage(feed.system.backend) == before


def test_gov_3_packing_by_hand_is_that_of_the_package(signed: list[SignedReport]) -> None:
    assert pack_raw(*signed) == pack_reports(signed)


def test_gov_3_report_for_another_chain_is_refused(
    feed: ReportFeed, signers: list[LocalAccount]
) -> None:
    domain = feed.domain()
    other = replace(domain, chain_id=domain.chain_id + 1)
    refused_forgery(feed, pack_raw(*sign_for(other, signers[:2])))
    feed.submit_packed(pack_raw(*sign_for(domain, signers[:2])))


def test_gov_3_report_for_another_feed_is_refused(
    feed: ReportFeed, signers: list[LocalAccount], signed: list[SignedReport]
) -> None:
    """Same signers, same chain."""
    other = deploy_report_feed(feed.system, signers[:3], 2)
    refused_forgery(other, pack_reports(signed))
    feed.submit_packed(pack_reports(signed))
    assert other.latest(ETH) == (0, 0, 0)


def _alter(change: Callable[[PriceReport], PriceReport], one: SignedReport) -> SignedReport:
    return replace(one, report=change(one.report))


@pytest.mark.parametrize(
    "change",
    [
        lambda report: replace(report, time=report.time - 1),
        lambda report: replace(report, prices=(report.prices[0] + DOLLAR, report.prices[1])),
        lambda report: replace(report, prices=report.prices[::-1]),
        lambda report: replace(report, asset_ids=report.asset_ids[::-1]),
        lambda report: replace(report, asset_ids=(ETH, 9)),
        lambda report: replace(report, asset_ids=(ETH,), prices=report.prices[:1]),
        lambda report: PriceReport((ETH, BTC, 3), (*report.prices, DOLLAR), report.time),
    ],
    ids=["time", "price", "prices swapped", "ids swapped", "other id", "id left out", "id added"],
)
def test_gov_3_report_altered_after_it_was_signed_is_refused(
    feed: ReportFeed,
    signed: list[SignedReport],
    change: Callable[[PriceReport], PriceReport],
) -> None:
    refused_forgery(feed, pack_raw(*(_alter(change, one) for one in signed)))


def test_gov_3_report_replayed_changes_nothing(
    feed: ReportFeed, signed: list[SignedReport]
) -> None:
    feed.submit(*signed)
    with refused(feed.system, "NothingNewer", START_TIME):
        feed.submit(*signed, sender=STRANGER)


def test_gov_3_price_is_never_taken_back_to_an_older_report(
    feed: ReportFeed, signers: list[LocalAccount], signed: list[SignedReport]
) -> None:
    """Held back and brought after newer ones, alone or mixed with one of them."""
    feed.system.backend.set_time(START_TIME + 5)
    newer = [feed.sign(one, {ETH: 2_100 * DOLLAR, BTC: DOLLAR}) for one in signers[:2]]
    feed.submit(*newer)
    for mix in (signed, [signed[0], newer[1]]):
        with refused(feed.system, "NothingNewer", START_TIME):
            feed.submit(*mix, sender=STRANGER)
    assert feed.latest(ETH) == (2_100 * DOLLAR, START_TIME + 5, 10_000)


def test_gov_3_same_second_gives_no_second_choice_of_reports(
    feed: ReportFeed, signers: list[LocalAccount]
) -> None:
    """Whoever dislikes a price can not replace it by that of other signers of the same second."""
    reports = [
        feed.sign(signer, {ETH: dollars * DOLLAR})
        for signer, dollars in zip(signers[:3], (2_000, 2_001, 2_002), strict=True)
    ]
    feed.submit(*reports[:2])
    for pair in (reports[1:], reports[::2], reports):
        with refused(feed.system, "NothingNewer", START_TIME):
            feed.submit(*pair)
    assert feed.latest(ETH)[0] == 2_000 * DOLLAR


def test_gov_3_report_of_somebody_else_is_refused(
    feed: ReportFeed, signers: list[LocalAccount], signed: list[SignedReport]
) -> None:
    forged = feed.sign(signers[3], {ETH: DOLLAR, BTC: DOLLAR})
    with refused(feed.system, "UnknownSigner", address(signers[3])):
        feed.submit(*signed, forged)


def test_gov_3_report_of_a_signer_removed_since_is_refused(
    feed: ReportFeed, signers: list[LocalAccount], signed: list[SignedReport]
) -> None:
    feed.set_signers([signer.address for signer in signers[1:3]], 2)
    with refused(feed.system, "UnknownSigner", address(signers[0])):
        feed.submit(*signed)


def test_gov_3_one_signer_never_counts_twice(
    feed: ReportFeed, signers: list[LocalAccount], signed: list[SignedReport]
) -> None:
    first = address(signers[0])
    other = feed.sign(signers[0], {ETH: DOLLAR, BTC: DOLLAR})
    for second in (signed[0], other):
        with refused(feed.system, "SignersNotAscending", first, first):
            feed.submit_packed(pack_raw(signed[0], second))


def test_gov_3_signers_out_of_order_are_refused(
    feed: ReportFeed, signers: list[LocalAccount], signed: list[SignedReport]
) -> None:
    with refused(feed.system, "SignersNotAscending", address(signers[0]), address(signers[1])):
        feed.submit_packed(pack_raw(signed[1], signed[0]))
    again = [signed[0], signed[1], signed[0]]
    with refused(feed.system, "SignersNotAscending", address(signers[0]), address(signers[1])):
        feed.submit_packed(pack_raw(*again))


def test_gov_3_below_the_threshold_no_padding_helps(
    feed: ReportFeed, signed: list[SignedReport]
) -> None:
    with refused(feed.system, "BelowThreshold", 1, 2):
        feed.submit(signed[0])
    with refused(feed.system, "InvalidSignature", 1):
        feed.submit_packed(pack_raw(signed[0], replace(signed[0], r=bytes(32), vs=bytes(32))))


def test_gov_3_signature_in_the_upper_half_is_refused(
    feed: ReportFeed, signed: list[SignedReport]
) -> None:
    """n - s with the other parity recovers the same signer; here s lies just above n / 2."""
    for parity in (0, _PARITY):
        upper = (SECPK1_N // 2 + 1 | parity).to_bytes(32, "big")
        with refused(feed.system, "InvalidSignature", 1):
            feed.submit_packed(pack_raw(signed[0], replace(signed[1], vs=upper)))


def test_gov_3_malleable_twin_of_a_signature_is_refused(
    feed: ReportFeed, signed: list[SignedReport]
) -> None:
    """The twin's s has its highest bit set or is refused; either way it is not the signer's."""
    vs = int.from_bytes(signed[1].vs, "big")
    s, parity = vs & ~_PARITY, vs & _PARITY
    twin = SECPK1_N - s
    for field in {twin, twin & ~_PARITY | parity ^ _PARITY, s | parity ^ _PARITY}:
        forged = replace(signed[1], vs=field.to_bytes(32, "big"))
        refused_forgery(feed, pack_raw(signed[0], forged))


@pytest.mark.parametrize(
    ("r", "vs"),
    [(0, 1), (1, 0), (SECPK1_N, 1), (2**256 - 1, 2**256 - 1), (5, 1)],
)
def test_gov_3_signature_that_is_none_is_refused(
    feed: ReportFeed, signed: list[SignedReport], r: int, vs: int
) -> None:
    """Whatever it recovers to: nobody is no signer, and zero can be none."""
    forged = replace(signed[1], r=r.to_bytes(32, "big"), vs=vs.to_bytes(32, "big"))
    refused_forgery(feed, pack_raw(signed[0], forged))


def test_ora_3_dishonest_minority_moves_no_price_beyond_the_honest_ones(
    system: System, signers: list[LocalAccount]
) -> None:
    """One of three lies, whichever and however."""
    feed = deploy_report_feed(system, signers[:3], 3)
    for second, (liar, lie) in enumerate(
        [(index, lie) for index in range(3) for lie in (1, 10**6 * DOLLAR)], start=1
    ):
        system.backend.set_time(START_TIME + second)
        prices = [1_999 * DOLLAR, 2_000 * DOLLAR, 2_001 * DOLLAR]
        honest = prices[:liar] + prices[liar + 1 :]
        prices[liar] = lie
        pairs = zip(signers[:3], prices, strict=True)
        feed.submit(*(feed.sign(signer, {ETH: price}) for signer, price in pairs))
        price, _, confidence_bps = feed.latest(ETH)
        assert min(honest) <= price <= max(honest)
        assert confidence_bps < 9_995
