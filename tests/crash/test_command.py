"""The command: options, files it leaves, and what it refuses."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.calibration.data import write
from tests.crash.setting import START
from worldmarkets.cli import world
from worldmarkets.crash.catalogue import read_prices
from worldmarkets.crash.command import NoCrashError
from worldmarkets.marketdata.tables import SelectionError

ROWS = "window,pair,ts,open,high,low,close,volume\n" + "".join(
    f"w,{pair},{START + 60 * minute},"
    f"{price - minute},{price - minute},{price - minute - 1},{price - minute - 1},10\n"
    for pair, price in (("BTCUSD", 100), ("ETHUSD", 90))
    for minute in range(6)
)
MARKS = "".join(
    f"<!-- calibrate: {name} standard -->\nold\n<!-- end of {name} standard -->\n"
    for name in ("results", "plans", "compared")
)


def _run(*arguments: object) -> object:
    return CliRunner().invoke(world, ["crash", *map(str, arguments)], catch_exceptions=False)


def test_crash_leaves_a_result_and_a_picture(tmp_path: Path) -> None:
    prices, document = write(tmp_path, ROWS, "x.csv"), write(tmp_path, MARKS, "crash.md")
    options = ("--accounts", 40, "--out", tmp_path / "out", "--document", document)
    found = _run("--prices", prices, "--pair", "BTCUSD", "--pair", "ETHUSD", *options)
    assert found.exit_code == 0, found.output  # type: ignore[attr-defined]
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert names == ["w-standard-generated.json", "w-standard-generated.svg"]
    text = document.read_text(encoding="utf-8")
    assert "\nold\n" not in text
    assert "| w | generated | " in text
    assert "| w, generated | whole, ideal | " in text


def test_crash_without_prices_says_what_it_needs() -> None:
    with pytest.raises(NoCrashError):
        _run()


def test_crash_of_a_file_with_several_pairs_needs_one(tmp_path: Path) -> None:
    with pytest.raises(SelectionError) as caught:
        read_prices(write(tmp_path, ROWS, "x.csv"), (), "", 5)
    assert caught.value.held == ("BTCUSD", "ETHUSD")


def test_crash_of_a_file_with_several_windows_needs_one(tmp_path: Path) -> None:
    more = ROWS + f"v,BTCUSD,{START},1,1,1,1,1\n"
    with pytest.raises(SelectionError) as caught:
        read_prices(write(tmp_path, more, "x.csv"), ("BTCUSD",), "", 5)
    assert caught.value.held == ("v", "w")


def test_read_prices_names_assets_as_the_risk_sets_do(tmp_path: Path) -> None:
    found = read_prices(write(tmp_path, ROWS, "x.csv"), ("ETHUSD",), "w", 5)
    assert [pair.symbol for pair in found.pairs] == ["ETH"]
    other = ROWS.replace("BTCUSD", "LTCUSD")
    found = read_prices(write(tmp_path, other, "y.csv"), ("LTCUSD",), "w", 5)
    assert [pair.symbol for pair in found.pairs] == ["LTC"]
