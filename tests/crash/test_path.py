"""The way through a minute: which extreme comes first, and how it is walked."""

from tests.crash.setting import candle
from worldmarkets.crash.path import LEG_SECONDS, STEP_SECONDS, legs, opening

UNIT = 10**18


def _ends(*, falls: bool) -> list[int]:
    found = legs((candle(0, (100, 110, 90, 105)),), falls=falls)
    return [leg.end[0] // UNIT for leg in found]


def test_legs_of_a_fall_go_to_the_low_first() -> None:
    assert _ends(falls=True) == [90, 110, 105]


def test_legs_of_a_rise_go_to_the_high_first() -> None:
    assert _ends(falls=False) == [110, 90, 105]


def test_legs_of_all_assets_are_walked_at_once() -> None:
    found = list(legs((candle(0, (100, 110, 90, 105)), candle(0, (10, 12, 9, 11))), falls=True))
    assert [leg.starts for leg in found] == [0, LEG_SECONDS, 2 * LEG_SECONDS]
    assert [tuple(price // UNIT for price in leg.end) for leg in found] == [
        (90, 9),
        (110, 12),
        (105, 11),
    ]


def test_steps_of_a_large_move_are_five_seconds_apart_on_a_straight_line() -> None:
    (first, *_) = legs((candle(0, (100, 100, 80, 80)),), falls=True)
    steps = list(first.steps(closely=False))
    assert [step.seconds for step in steps] == [5, 10, 15, 20]
    assert [step.prices[0] // UNIT for step in steps] == [95, 90, 85, 80]


def test_steps_of_a_small_move_are_one_unless_watched_closely() -> None:
    (first, *_) = legs((candle(0, (10_000, 10_000, 9_990, 9_990)),), falls=True)
    assert [step.seconds for step in first.steps(closely=False)] == [LEG_SECONDS]
    assert len(list(first.steps(closely=True))) == LEG_SECONDS // STEP_SECONDS


def test_a_move_of_one_asset_is_enough_for_small_steps() -> None:
    pair = (candle(0, (10_000, 10_000, 9_990, 9_990)), candle(0, (10_000, 10_000, 9_989, 9_990)))
    (first, *_) = legs(pair, falls=True)
    assert not first.is_quiet


def test_opening_is_the_first_price() -> None:
    assert opening((candle(0, ("100.5", 110, 90, 105)),)) == (100_500_000_000_000_000_000,)
