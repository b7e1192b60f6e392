"""Which accounts are looked at again, and when."""

from dataclasses import replace

import pytest

from tests.keepers.test_liquidating import HEALTHY, at
from worldmarkets.client.liquidationlens_views import Standing
from worldmarkets.keepers.watching import DRIFT_PPM_PER_MINUTE, PPM, Watch, moved_ppm, touched
from worldmarkets.model.events import (
    AccountCreated,
    BookRecords,
    PriceUpdated,
    Settled,
    Transferred,
)
from worldmarkets.model.interface import Removal
from worldmarkets.model.liquidation_events import LineDrawn, SliceTaken
from worldmarkets.model.records import Filled, Placed, Removed

PRICES = {1: (10**10, 10**6), 2: (10**9, 0)}
FIRM = replace(HEALTHY, to_maintenance_atoms=400, gross_atoms=10_000)
"""Lasts until prices have moved by two percent."""


def watching(*standings: Standing, now: int = 0) -> Watch:
    watch = Watch()
    watch.note(standings, PRICES, now)
    return watch


def moved(ppm: int) -> dict[int, tuple[int, int]]:
    price, mark = PRICES[1]
    return {**PRICES, 1: (price, mark - mark * ppm // PPM)}


def test_due_is_nobody_while_prices_stand_still() -> None:
    assert watching(FIRM).due(PRICES, 59) == []


@pytest.mark.parametrize(("ppm", "due"), [(19_879, []), (19_880, [7])])
def test_due_once_prices_may_have_used_up_what_there_was(ppm: int, due: list[int]) -> None:
    assert DRIFT_PPM_PER_MINUTE == 120
    assert watching(FIRM).due(moved(ppm), 0) == due


def test_due_once_enough_time_has_passed() -> None:
    """Funding and interest take of an account, too."""
    minutes = 20_000 // DRIFT_PPM_PER_MINUTE
    assert watching(FIRM).due(PRICES, 60 * minutes - 61) == []
    assert watching(FIRM).due(PRICES, 60 * minutes) == [7]


def test_due_is_measured_from_when_an_account_was_seen() -> None:
    watch = watching(FIRM)
    other = replace(FIRM, account_id=8)
    watch.note([other], moved(10_000), 0)
    assert watch.due(moved(19_900), 0) == [7]
    watch.note([FIRM], moved(19_900), 0)
    assert watch.due(moved(19_900), 0) == []
    assert watch.due(moved(31_000), 0) == [8]


def test_due_is_always_who_is_in_trouble_or_frozen_or_owes() -> None:
    frozen = replace(FIRM, account_id=3, is_live=False)
    drawn = replace(FIRM, account_id=4, drawn_atoms=1)
    claimed = replace(FIRM, account_id=5, claim_atoms=1)
    assert watching(at(599), frozen, drawn, claimed).due(PRICES, 0) == [3, 4, 5, 7]


def test_due_is_who_was_changed_until_it_was_seen() -> None:
    watch = watching(FIRM)
    watch.change([7, 9])
    assert watch.due(PRICES, 0) == [7, 9]
    paid = replace(FIRM, account_id=9, is_paid=True)
    watch.note([FIRM, paid], PRICES, 0)
    assert watch.due(moved(900_000), 0) == [7]


def test_note_keeps_who_owes_to_lenders_of_lines_or_funds() -> None:
    assert watching(replace(FIRM, is_paid=True, drawn_atoms=1)).seen.keys() == {7}
    assert watching(replace(FIRM, is_paid=True, claim_atoms=1)).seen.keys() == {7}
    assert watching(replace(FIRM, is_paid=True, is_live=False)).seen.keys() == {7}
    assert watching(replace(FIRM, is_paid=True)).seen == {}


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        ((100, 100), (100, 100), 0),
        ((100, 100), (99, 100), 10_000),
        ((100, 100), (99, 103), 30_000),
        ((3, 0), (4, 0), 333_334),
        ((0, 0), (5, 0), 2_000_000),
        ((5, 5), (0, 5), 1_000_000),
    ],
)
def test_moved_is_the_largest_move_rounded_up(
    before: tuple[int, int], now: tuple[int, int], expected: int
) -> None:
    assert moved_ppm({1: before, 2: (7, 7)}, {1: now, 2: (7, 7)}) == expected


def test_moved_of_an_asset_that_is_new_is_everything() -> None:
    assert moved_ppm({}, {1: (5, 0)}) == 2 * PPM


def test_touched_are_all_accounts_of_an_event() -> None:
    records = (Placed(5, 1), Filled(6, 1, 21), Removed(7, 1, 22, Removal.EXPIRED))
    events = [
        BookRecords(20, records),
        Transferred(23, 24, 0, 1, 1, 1),
        Settled(25, 513, 1, 0, 1),
        SliceTaken(26, 27, 1, 1, 1, 1),
        LineDrawn(28, 29, 1, 1),
        PriceUpdated(1, 5, 5),
        AccountCreated(30, 0xAB),
    ]
    assert sorted(touched(events)) == list(range(20, 31))
