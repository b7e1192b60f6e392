"""The table of basis accounts, from made-up minutes."""

from tests.calibration.test_survival import MINE
from tests.calibration.test_windows import window
from worldmarkets.calibration.survival_tables import survival_tables


def rows(*candles: tuple[int, int, int, int]) -> list[list[str]]:
    _, _, _, _, *lines = survival_tables([window(*candles)], [MINE]).splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_table_tells_what_each_account_needs_and_how_low_it_fell() -> None:
    """Fees are 105 dollars at 15 times; 3 % of 150,000 are 45.5 % of 9,895."""
    long_spot, short_spot = rows((1_000, 1_000, 1_000, 1_000))
    assert long_spot[:4] == [
        "2025-10-10 BTC",
        "long spot, short perp",
        "45.5 %",
        "150.8 %, refused",
    ]
    assert short_spot[1:4] == ["short spot, long perp", "45.5 %", "150.8 %, refused"]
    # 3,900 dollars are covered 2.53 times. A shock takes 1,500, and moves what is needed: by 81 for
    # the net, and by 15 for the exit of a perp leg that is larger, or smaller where it is long.
    assert (long_spot[4], long_spot[5]) == ("2.10", "2.53")
    assert (short_spot[4], short_spot[5]) == ("2.53", "2.12")
    # Nothing rises, so that both openings are one.
    assert long_spot[4:7] == long_spot[7:10]


def test_table_marks_an_account_that_falls() -> None:
    """Three times the price: 3.9 % of 300,000 would be needed for each, and more with the shock."""
    for first in rows((1_000, 3_000, 1_000, 1_000)):
        assert first[4].startswith("**")
        assert first[5].startswith("**")
        assert 0 < int(first[6]) < 15


def test_table_follows_a_set_of_its_own_at_fifteen_times() -> None:
    text = survival_tables([window((1, 1, 1, 1))], [MINE, MINE])
    assert text.count("**mine, 15 times**") == 2
