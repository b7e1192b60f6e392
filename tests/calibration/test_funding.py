"""The worst funding, from made-up rates and from those of real venues."""

from decimal import Decimal
from pathlib import Path

import pytest

from tests.calibration.data import FUNDING, needs_data, write
from worldmarkets.calibration.funding import WorstFunding, funding_table, read_funding
from worldmarkets.calibration.windows import HOURS, WORST_FUNDING
from worldmarkets.marketdata.tables import MalformedRowError, UnknownFormatError

HEADER = "exchange,symbol,ts,interval_h,rate\n"
PAID = HEADER + "".join(
    f"one,BTC-USDT,{28_800 * place},8,{rate}\n"
    for place, rate in enumerate(("0.003", "0.002", "-0.001", "0.001", "0.002"))
)
HOURLY = "".join(f"two,BTC-USDT,{3_600 * place},1,0.0005\n" for place in range(10))


def test_read_funding_sums_the_worst_neighbouring_intervals(tmp_path: Path) -> None:
    """24 hours are three intervals: 3 + 2 - 1; all five are within 72 hours."""
    found = read_funding(write(tmp_path, PAID, "x.csv"))
    assert [(one.hours, one.short, one.long) for one in found] == [
        (8, Decimal("0.001"), Decimal("0.003")),
        (24, Decimal(0), Decimal("0.005")),
        (72, Decimal(0), Decimal("0.007")),
    ]


def test_read_funding_takes_the_worst_venue_and_eight_hourly_rates(tmp_path: Path) -> None:
    """Eight rates of 0.05 % are 0.4 %, more than 0.3 % of the other venue."""
    found = read_funding(write(tmp_path, PAID + HOURLY, "x.csv"))
    assert found[0] == WorstFunding("BTC", 8, Decimal("0.001"), Decimal("0.004"))


def test_read_funding_passes_over_other_assets(tmp_path: Path) -> None:
    found = read_funding(write(tmp_path, PAID + "one,DOGE-USDT,0,8,0.5\n", "x.csv"))
    assert {one.asset for one in found} == {"BTC"}
    assert max(one.long for one in found) == Decimal("0.007")


def test_read_funding_time_without_rates_is_not_bridged(tmp_path: Path) -> None:
    rows = "one,ETH-USDT,0,8,0.01\none,ETH-USDT,86400,8,0.01\n"
    found = read_funding(write(tmp_path, HEADER + rows, "x.csv"))
    assert [one.long for one in found] == [Decimal("0.01"), Decimal("0.01"), Decimal("0.02")]


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("exchange,symbol,ts,rate\none,BTC-USDT,0,0.1\n", UnknownFormatError),
        (HEADER + "one,DOGE-USDT,0,8,0.1\n", UnknownFormatError),
        (HEADER + "one,BTC-USDT,0,8,much\n", MalformedRowError),
        (HEADER + "one,BTC-USDT,noon,8,0.1\n", MalformedRowError),
        (HEADER + "one,BTC-USDT,0,3,0.1\n", MalformedRowError),
        (HEADER + "one,BTC-USDT,0,0,0.1\n", MalformedRowError),
        (HEADER + "one,BTC-USDT,0,8,Infinity\n", MalformedRowError),
    ],
)
def test_read_funding_wrong_file_is_refused(
    tmp_path: Path, text: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        read_funding(write(tmp_path, text, "x.csv"))


def test_funding_table_is_in_percent() -> None:
    table = funding_table([WorstFunding("ETH", 24, Decimal("0.0089514"), Decimal("0.01125"))])
    assert table.splitlines()[2] == "| ETH | 24 | 0.895 % | 1.125 % |"


@needs_data
def test_worst_funding_of_the_replays_is_that_of_the_real_venues() -> None:
    """To the ppm, rounded up."""
    found = read_funding(FUNDING)
    assert {(one.asset, one.hours) for one in found} == {
        (asset, hours) for asset in WORST_FUNDING for hours in HOURS
    }
    for one in found:
        short, long = WORST_FUNDING[one.asset][one.hours]
        for ppm, paid in ((short, one.short), (long, one.long)):
            assert ppm - 1 < 10**6 * paid <= ppm, one
