"""Reports of several signers in as few bytes as they take; format in PackedReports.sol."""

from collections.abc import Sequence

from worldmarkets.abi import abi_of
from worldmarkets.oracle.prices import split_price
from worldmarkets.oracle.reports import PriceReport, ReportError, SignedReport
from worldmarkets.transactions import Request


def submission(feed: str, signed: Sequence[SignedReport]) -> Request:
    """Return the call that brings reports to a `SignedReportFeed`; anyone may send it.

    Raises:
        ReportError: see `pack_reports`.
    """
    return Request(feed, abi_of("SignedReportFeed").encode("submit", pack_reports(signed)))


def pack_reports(signed: Sequence[SignedReport]) -> bytes:
    """Pack reports of different signers about the same assets, in whatever order they come.

    Raises:
        ReportError: there is none, they are about different assets, or a signer is there twice.
    """
    if not signed:
        raise ReportError("there is no report")
    asset_ids = signed[0].report.asset_ids
    if any(one.report.asset_ids != asset_ids for one in signed):
        raise ReportError("the reports are about different assets, or name them in another order")
    by_signer = {int(one.signer, 16): one for one in signed}
    if len(by_signer) != len(signed):
        raise ReportError("a signer has signed two of the reports")
    packed = [len(asset_ids).to_bytes(1, "big")]
    packed += [asset_id.to_bytes(2, "big") for asset_id in asset_ids]
    for _, one in sorted(by_signer.items()):
        packed += [_pack(one.report), one.r, one.vs]
    return b"".join(packed)


def _pack(report: PriceReport) -> bytes:
    fields = [report.time.to_bytes(4, "big")]
    for mantissa, exponent in map(split_price, report.prices):
        fields += [mantissa.to_bytes(5, "big"), exponent.to_bytes(1, "big")]
    return b"".join(fields)
