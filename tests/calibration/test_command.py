"""The command, on small files; and the document it keeps, with and without the real ones."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.calibration.data import BASIS, CANDLES, FUNDING, RATES, needs_data, write
from tests.calibration.test_funding import PAID
from tests.calibration.test_rates import ROWS
from worldmarkets.artifacts import project_root
from worldmarkets.atlas import load_risk_set
from worldmarkets.calibration.command import DOCUMENT, SETS, command
from worldmarkets.calibration.report import (
    MarkMissingError,
    capital_section,
    parameter_table,
    write_section,
)
from worldmarkets.cli import world

SECTIONS = (
    "parameters",
    "capital",
    "backtest",
    "moves",
    "regression",
    "basis",
    "rates",
    "funding",
    "survival",
)
OCTOBER_10 = 1_760_054_400
"""When 10 October 2025 began [seconds]."""
MARKS = "before\n" + "".join(
    f"<!-- calibrate: {name} -->\nold\n<!-- end of {name} -->\nbetween\n" for name in SECTIONS
)
CRASH = "window,pair,ts,open,high,low,close\n" + "".join(
    f"w,{pair},{OCTOBER_10 + 60 * minute},"
    f"{100 - minute},{101 - minute},{98 - minute},{99 - minute}\n"
    for pair in ("BTCUSD", "ETHUSD")
    for minute in range(70)
)


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    write(folder, MARKS, DOCUMENT)
    return folder


def section(folder: Path, name: str) -> str:
    text = (folder / DOCUMENT).read_text(encoding="utf-8")
    _, _, rest = text.partition(f"<!-- calibrate: {name} -->\n")
    return rest.partition(f"\n<!-- end of {name} -->")[0]


def test_calibrate_without_files_says_so_and_keeps_the_backtest(docs: Path) -> None:
    result = CliRunner().invoke(world, ["calibrate", "--docs", str(docs)])
    assert result.exit_code == 0, result.output
    assert "no candle files: the back-test stays as it is" in result.output
    assert section(docs, "backtest") == section(docs, "rates") == "old"
    assert section(docs, "capital") == capital_section()
    assert [path.name for path in docs.iterdir()] == [DOCUMENT]


def test_calibrate_writes_every_table_and_both_pictures(docs: Path, tmp_path: Path) -> None:
    candles = write(tmp_path, CRASH, "crash_1m.csv")
    basis = write(tmp_path, "index,mark\n100,101\n", "basis.csv")
    rates = write(tmp_path, ROWS, "rates.csv")
    mine = (project_root() / "deployments/risk/standard.yaml").read_text(encoding="utf-8")
    risk = write(tmp_path, mine.replace("name: standard", "name: mine"), "mine.yaml")
    funding = write(tmp_path, PAID, "funding.csv")
    options = ["--basis", str(basis), "--rates", str(rates), "--risk", str(risk)]
    options += ["--funding", str(funding)]
    arguments = ["--candles", str(candles), *options, "--docs", str(docs)]
    result = CliRunner().invoke(command, arguments)
    assert result.exit_code == 0, result.output
    assert "long BTC, short ETH: 70 minutes" in result.output
    assert "basis accounts: BTC of 2025-10-10, ETH of 2025-10-10" in result.output
    assert all(section(docs, name) != "old" for name in SECTIONS)
    text = (docs / DOCUMENT).read_text(encoding="utf-8")
    assert text.startswith("before\n")
    assert text.count("between\n") == len(SECTIONS)
    # From a late high to an early low of the next minute it falls 4 dollars, from 33 at the end:
    # 12.12 %. From 41 on that is more than a long leg of ETH has. The usual path falls 3 of 32.
    table = section(docs, "backtest")
    assert "**mine**" in table
    assert "| long ETH | 9.67 % | 70 | 0 | 0 | 9, 2.45 % | 0 | 0 | 0 |" in table
    assert "**mine, 15 times**" in section(docs, "survival")
    assert "| BTC | 8 | 0.100 % | 0.300 % |" in section(docs, "funding")
    for name in ("calibration.svg", "rates.svg"):
        assert (docs / name).read_text(encoding="utf-8").startswith("<?xml")


def test_calibrate_without_candles_of_the_days_keeps_the_survival(
    docs: Path, tmp_path: Path
) -> None:
    text = CRASH.replace(str(OCTOBER_10)[:5], str(OCTOBER_10 - 10**8)[:5])
    candles = write(tmp_path, text, "crash_1m.csv")
    result = CliRunner().invoke(world, ["calibrate", str(candles), "--docs", str(docs)])
    assert result.exit_code == 0, result.output
    assert "no candles of 2017-12-22, 2019-10-25, 2025-10-10" in result.output
    assert section(docs, "survival") == "old"
    assert section(docs, "backtest") != "old"


def test_calibrate_again_writes_the_same_bytes(docs: Path, tmp_path: Path) -> None:
    candles = write(tmp_path, CRASH, "crash_1m.csv")
    seen = []
    for _ in range(2):
        CliRunner().invoke(command, ["--candles", str(candles), "--docs", str(docs)])
        seen.append({path.name: path.read_bytes() for path in docs.iterdir()})
    assert seen[0] == seen[1]
    assert len(seen[0]) == 2


def test_write_section_without_marks_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, "<!-- calibrate: rates -->\n", DOCUMENT)
    for name in ("rates", "capital"):
        with pytest.raises(MarkMissingError):
            write_section(path, name, "text")
    assert path.read_text(encoding="utf-8") == "<!-- calibrate: rates -->\n"
    with pytest.raises(MarkMissingError):
        write_section(tmp_path / "missing.md", "rates", "text")


def test_document_has_the_parameters_and_capital_of_the_shipped_sets() -> None:
    folder = project_root() / "docs"
    assert section(folder, "parameters") == parameter_table([load_risk_set(n) for n in SETS])
    assert section(folder, "capital") == capital_section()


@needs_data
def test_document_is_what_the_command_writes_from_the_real_files(tmp_path: Path) -> None:
    kept = (project_root() / "docs" / DOCUMENT).read_text(encoding="utf-8")
    write(tmp_path, kept, DOCUMENT)
    options = ["--basis", str(BASIS), "--rates", str(RATES), "--funding", str(FUNDING)]
    options += ["--docs", str(tmp_path)]
    result = CliRunner().invoke(command, ["--candles", *map(str, CANDLES), *options])
    assert result.exit_code == 0, result.output
    assert (tmp_path / DOCUMENT).read_text(encoding="utf-8") == kept
