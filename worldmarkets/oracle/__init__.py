"""Prices for `SignedReportFeed`: signing reports, and packing those of several signers.

Each signer makes a `PriceReport` and signs it (`sign_report`); whoever has enough of them sends the
`submission`.
"""

from worldmarkets.oracle.acceptance import AcceptedPrice, accept
from worldmarkets.oracle.packing import pack_reports, submission
from worldmarkets.oracle.prices import UnpackablePriceError, round_price, to_price
from worldmarkets.oracle.reports import (
    FeedDomain,
    PriceReport,
    ReportError,
    SignedReport,
    sign_report,
    signer_of,
    typed_data,
)

__all__ = [
    "AcceptedPrice",
    "FeedDomain",
    "PriceReport",
    "ReportError",
    "SignedReport",
    "UnpackablePriceError",
    "accept",
    "pack_reports",
    "round_price",
    "sign_report",
    "signer_of",
    "submission",
    "to_price",
    "typed_data",
]
