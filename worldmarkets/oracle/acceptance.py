"""What `SignedReportFeed` makes of reports, in plain integers."""

from collections.abc import Sequence
from dataclasses import dataclass

from worldmarkets.oracle.reports import PriceReport, ReportError

_BPS = 10_000


@dataclass(frozen=True)
class AcceptedPrice:
    """A price [1e-18 dollars a whole token], when it was made [seconds], confidence [bps]."""

    price: int
    time: int
    confidence_bps: int


def accept(reports: Sequence[PriceReport]) -> dict[int, AcceptedPrice]:
    """Return what reports amount to, by asset; the feed keeps what is newer than what it has.

    The price is the middle one, of two the lower; its time that of the oldest report; its
    confidence 10,000 less what highest and lowest price are apart [bps of the price, rounded up],
    at least 0.

    Raises:
        ReportError: there is none, or they are about different assets.
    """
    if len({report.asset_ids for report in reports}) != 1:
        raise ReportError("reports have to be about the same assets")
    time = min(report.time for report in reports)
    columns = zip(*(report.prices for report in reports), strict=True)
    return {
        asset_id: _accept(sorted(prices), time)
        for asset_id, prices in zip(reports[0].asset_ids, columns, strict=True)
    }


def _accept(prices: list[int], time: int) -> AcceptedPrice:
    price = prices[(len(prices) - 1) // 2]
    spread_bps = -(-(prices[-1] - prices[0]) * _BPS // price)
    return AcceptedPrice(price, time, max(_BPS - spread_bps, 0))
