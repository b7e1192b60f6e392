"""Signing reports and packing them."""

from dataclasses import replace
from typing import Any

import pytest
from eth_abi import encode
from eth_account import Account
from eth_keys.datatypes import PublicKey, Signature
from eth_utils import keccak

from tests.support.feeds import make_signers
from worldmarkets.abi import abi_of
from worldmarkets.oracle import (
    AcceptedPrice,
    FeedDomain,
    PriceReport,
    ReportError,
    SignedReport,
    UnpackablePriceError,
    accept,
    pack_reports,
    sign_report,
    submission,
)

FEED = "0x00000000000000000000000000000000000Feed5"
DOMAIN = FeedDomain(4_326, FEED)
REPORT = PriceReport((1, 300), (2_000 * 10**18, 7), 1_750_000_000)
FIRST, SECOND = make_signers(2)


def digest(report: PriceReport, domain: FeedDomain) -> bytes:
    """What is signed, by the words of EIP-712."""
    domain_type = (
        "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
    )
    names = [keccak(text=domain_type), keccak(text="SignedReportFeed"), keccak(text="1")]
    separator = keccak(
        encode(
            ["bytes32", "bytes32", "bytes32", "uint256", "address"],
            [*names, domain.chain_id, domain.feed],
        )
    )
    lists = [
        keccak(b"".join(number.to_bytes(32, "big") for number in numbers))
        for numbers in (report.asset_ids, report.prices)
    ]
    kind = keccak(text="Report(uint16[] assetIds,uint128[] prices,uint32 time)")
    words = ["bytes32", "bytes32", "bytes32", "uint256"]
    return keccak(b"\x19\x01" + separator + keccak(encode(words, [kind, *lists, report.time])))


def recovered(signed: SignedReport, signed_digest: bytes) -> str:
    vs = int.from_bytes(signed.vs, "big")
    parity, s = divmod(vs, 1 << 255)
    signature = Signature(vrs=(parity, int.from_bytes(signed.r, "big"), s))
    key: PublicKey = signature.recover_public_key_from_msg_hash(signed_digest)
    return key.to_checksum_address()


def test_sign_report_signs_the_digest_of_the_contract() -> None:
    """With both parities, as many keys as it takes."""
    parities = set()
    for index in range(1, 9):
        account = Account.from_key(index.to_bytes(32, "big"))
        signed = sign_report(REPORT, DOMAIN, account)
        assert signed.signer == account.address
        assert recovered(signed, digest(REPORT, DOMAIN)) == account.address
        parities.add(signed.vs[0] >> 7)
    assert parities == {0, 1}


@pytest.mark.parametrize(
    "other",
    [
        (replace(REPORT, time=REPORT.time + 1), DOMAIN),
        (replace(REPORT, prices=(2_001 * 10**18, 7)), DOMAIN),
        (replace(REPORT, asset_ids=(1, 2)), DOMAIN),
        (REPORT, replace(DOMAIN, chain_id=1)),
        (REPORT, replace(DOMAIN, feed="0x" + "11" * 20)),
    ],
)
def test_sign_report_of_anything_else_is_another_signature(
    other: tuple[PriceReport, FeedDomain],
) -> None:
    signed = sign_report(*other, FIRST)
    assert recovered(signed, digest(*other)) == FIRST.address
    assert signed.r != sign_report(REPORT, DOMAIN, FIRST).r


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"prices": (1,)}, "1 prices of 2 assets"),
        ({"asset_ids": (1, 1)}, r"different assets, not \(1, 1\)"),
        ({"asset_ids": (), "prices": ()}, "1 to 255 different assets"),
        ({"asset_ids": (1, 65_536)}, "no 16 bits"),
        ({"asset_ids": (-1, 1)}, "no 16 bits"),
        ({"asset_ids": tuple(range(256)), "prices": (1,) * 256}, "1 to 255 different assets"),
        ({"time": 2**32}, "no 32 bits"),
        ({"time": -1}, "no 32 bits"),
    ],
)
def test_price_report_that_does_not_fit_is_refused(fields: dict[str, Any], text: str) -> None:
    with pytest.raises(ReportError, match=text):
        replace(REPORT, **fields)


@pytest.mark.parametrize("price", [0, 2**40 + 1])
def test_price_report_of_a_price_it_can_not_carry_is_refused(price: int) -> None:
    with pytest.raises(UnpackablePriceError):
        replace(REPORT, prices=(10**18, price))


def test_price_report_of_the_most_it_can_hold_is_taken() -> None:
    ids = tuple(range(65_535, 65_280, -1))
    report = PriceReport(ids, (1,) * 255, 2**32 - 1)
    packed = pack_reports([sign_report(report, DOMAIN, FIRST)])
    assert len(packed) == 1 + 255 * 2 + 4 + 255 * 6 + 64


def test_pack_reports_has_the_bytes_of_the_format() -> None:
    second = replace(REPORT, time=REPORT.time + 1, prices=(2_050 * 10**18, 9))
    later, first = sign_report(second, DOMAIN, SECOND), sign_report(REPORT, DOMAIN, FIRST)
    packed = pack_reports([later, first])
    expected = [
        "02 0001 012c",
        f"684ee180 000000000215 000000000700 {first.r.hex()} {first.vs.hex()}",
        f"684ee181 00000000cd13 000000000900 {later.r.hex()} {later.vs.hex()}",
    ]
    assert packed == bytes.fromhex(" ".join(expected))
    assert pack_reports([first, later]) == packed


def test_pack_reports_that_do_not_fit_together_is_refused() -> None:
    first = sign_report(REPORT, DOMAIN, FIRST)
    swapped = replace(REPORT, asset_ids=(300, 1))
    with pytest.raises(ReportError, match="no report"):
        pack_reports([])
    with pytest.raises(ReportError, match="different assets"):
        pack_reports([first, sign_report(swapped, DOMAIN, SECOND)])
    with pytest.raises(ReportError, match="signed two"):
        pack_reports([first, sign_report(replace(REPORT, time=5), DOMAIN, FIRST)])


def test_submission_calls_the_feed() -> None:
    signed = [sign_report(REPORT, DOMAIN, FIRST)]
    request = submission(FEED, signed)
    assert request.to == FEED
    assert request.data == abi_of("SignedReportFeed").encode("submit", pack_reports(signed))


def test_accept_is_the_lower_middle_price_and_the_oldest_time() -> None:
    reports = [
        PriceReport((1,), (price,), time)
        for price, time in ((2_004, 9), (2_000, 8), (2_003, 7), (2_001, 10))
    ]
    # Apart by 19.99 bps of 2,001.
    assert accept(reports) == {1: AcceptedPrice(2_001, 7, 9_980)}
    assert accept(reports[:1]) == {1: AcceptedPrice(2_004, 9, 10_000)}


def test_accept_of_prices_far_apart_has_no_confidence() -> None:
    reports = [PriceReport((1,), (price,), 1) for price in (1, 2, 3)]
    assert accept(reports) == {1: AcceptedPrice(2, 1, 0)}


def test_accept_of_none_or_of_different_assets_is_refused() -> None:
    with pytest.raises(ReportError, match="about the same assets"):
        accept([])
    with pytest.raises(ReportError, match="about the same assets"):
        accept([REPORT, replace(REPORT, asset_ids=(300, 1))])
