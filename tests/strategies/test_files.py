"""Settings files: exact numbers, and nothing unknown."""

from decimal import Decimal
from pathlib import Path

import pytest

from tests.strategies.settings import BASIS, MAKER
from worldmarkets.trading import BasisFile, MakerFile, StrategyFileError, read_file

BASIS_TEXT = """
account = 7
base = "WETH"

[basis]
leverage = 10
lowest_leverage = 8
highest_leverage = 12.0
net_tolerance = 0.02
settle_profit = 0.25
settle_loss = 0.5
entry_carry = 0.10
exit_carry = 0.02
patience_seconds = 3600
holding_days = 73
slippage_bps = 10
"""
MAKER_TEXT = """
account = 8
quoted = "WETH-PERP"
hedge = "WETH"
target = 12.5

[maker]
index_weight = 0.5
half_spread_bps = 5
step_bps = 10
rungs = 3
lots = 100
growth_lots = 50
most_lots = 180
inventory_limit = 2
skew_bps = 20
hedge_threshold = 0.5
hedge_slippage_bps = 10
refill_percent = 50
lifetime_seconds = 30
renew_seconds = 5
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "strategy.toml"
    path.write_text(text)
    return path


def test_read_file_of_a_basis_trade(tmp_path: Path) -> None:
    found = read_file(write(tmp_path, BASIS_TEXT), BasisFile)
    assert found == BasisFile(account=7, base="WETH", basis=BASIS)
    assert found.basis.entry_carry == Decimal("0.1")


def test_read_file_of_a_market_maker(tmp_path: Path) -> None:
    expected = MakerFile(
        account=8, quoted="WETH-PERP", hedge="WETH", target=Decimal("12.5"), maker=MAKER
    )
    assert read_file(write(tmp_path, MAKER_TEXT), MakerFile) == expected
    plain = read_file(write(tmp_path, MAKER_TEXT.replace("target = 12.5\n", "")), MakerFile)
    assert plain.target == 0


@pytest.mark.parametrize(
    ("old", "new", "error"),
    [
        ("leverage = 10\n", "", "basis.leverage: Field required"),
        ("account = 7\n", "account = 7\nname = 1\n", "name: Extra inputs"),
        ("leverage = 10\n", 'leverage = "ten"\n', "basis.leverage: Input should be"),
        ("holding_days = 73", "holding_days = 7.5", "basis.holding_days: Input should be"),
        ("exit_carry = 0.02", "exit_carry = 0.2", "exit_carry is not below entry_carry"),
        ("[basis]", "[basis", "can not read"),
    ],
)
def test_read_file_that_is_wrong_is_told_in_a_line(
    tmp_path: Path, old: str, new: str, error: str
) -> None:
    assert old in BASIS_TEXT
    with pytest.raises(StrategyFileError) as caught:
        read_file(write(tmp_path, BASIS_TEXT.replace(old, new)), BasisFile)
    assert error in str(caught.value)
    assert "\n" not in str(caught.value)


def test_read_file_that_is_missing_is_told(tmp_path: Path) -> None:
    with pytest.raises(StrategyFileError, match="can not read"):
        read_file(tmp_path / "none.toml", BasisFile)
