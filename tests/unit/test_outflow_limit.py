"""How much of an asset may leave in a day, net of what comes in."""

import pytest

from tests.support.backend import START_TIME
from tests.support.scene import (
    IOC,
    LOT,
    MAKER,
    START_CASH,
    START_LOTS,
    STRANGER,
    TAKER,
    UNIT,
    Scene,
    notional,
)
from tests.support.soundness import refused
from tests.support.system import ADMIN, GUARDIAN, LISTING_ROLE, NATIVE
from worldmarkets.model.words import SECONDS_A_DAY, OutflowWord, SeasonWord

TODAY = START_TIME // SECONDS_A_DAY
HELD = 2 * START_CASH
LIMIT = HELD // 4
"""A quarter of what is held [atoms]."""


def midnight(days: int) -> int:
    """The first second of a day, counted from the one on which the scene begins."""
    return (TODAY + days) * SECONDS_A_DAY


def out(scene: Scene, account: int, atoms: int) -> None:
    scene.system.withdraw(account, 0, atoms * UNIT)


@pytest.fixture
def settled(scene: Scene) -> Scene:
    """Ten days later: the room that the first deposits made is gone, and they are seasoned."""
    scene.system.backend.set_time(midnight(10))
    return scene


@pytest.fixture
def bound(settled: Scene) -> Scene:
    """The maker has an open order, so what he withdraws counts."""
    settled.bid(settled.maker, 19_000, 1)
    return settled


# ------------------------------------------------------------------ the level


def test_listing_begins_with_a_quarter_a_day(scene: Scene) -> None:
    word = scene.outflow(2)
    assert word == OutflowWord(time=START_TIME, limit_ppm=250_000)


def test_deposit_makes_room_for_as_much(scene: Scene) -> None:
    assert scene.outflow().level == -HELD
    out(scene, scene.maker, 7)
    assert scene.outflow().level == -HELD + 7
    scene.system.fund(scene.maker, 0, 5 * UNIT)
    assert scene.outflow().level == -HELD + 2


def test_withdrawal_up_to_the_limit_goes_through_and_an_atom_more_is_refused(bound: Scene) -> None:
    with refused(bound.system, "OutflowLimitReached", 0, LIMIT + 1, LIMIT):
        out(bound, bound.maker, LIMIT + 1)
    out(bound, bound.maker, LIMIT)
    assert bound.outflow() == OutflowWord(midnight(10), 250_000, LIMIT)
    with refused(bound.system, "OutflowLimitReached", 0, LIMIT + 1, LIMIT):
        out(bound, bound.maker, 1)


def test_withdrawals_in_parts_may_take_no_more_than_at_once(bound: Scene) -> None:
    """The limit is a share of what was held before."""
    for part in (1, LIMIT // 3, LIMIT - LIMIT // 3 - 1):
        out(bound, bound.maker, part)
    with refused(bound.system, "OutflowLimitReached", 0, LIMIT + 1, LIMIT):
        out(bound, bound.maker, 1)


def test_level_fades_by_a_share_of_what_is_left_a_day(bound: Scene) -> None:
    """Half a day later half a quarter of what is left has faded, and no longer counts as held."""
    out(bound, bound.maker, LIMIT)
    bound.system.backend.set_time(midnight(10) + SECONDS_A_DAY // 2)
    faded = (HELD - LIMIT) // 4 // 2
    limit = (HELD - faded) // 4
    room = limit - (LIMIT - faded)
    with refused(bound.system, "OutflowLimitReached", 0, limit + 1, limit):
        out(bound, bound.maker, room + 1)
    out(bound, bound.maker, room)
    assert bound.outflow().level == limit


def test_level_is_gone_after_two_days_and_the_limit_is_a_share_of_the_rest(bound: Scene) -> None:
    out(bound, bound.maker, LIMIT)
    bound.system.backend.set_time(midnight(12))
    quarter = (HELD - LIMIT) // 4
    with refused(bound.system, "OutflowLimitReached", 0, quarter + 1, quarter):
        out(bound, bound.maker, quarter + 1)
    out(bound, bound.maker, quarter)
    assert bound.outflow().level == quarter


def test_room_made_by_deposits_fades_too(scene: Scene) -> None:
    """Two days later half of the first deposits' room is left: 2 · LIMIT of 4 · LIMIT."""
    scene.system.backend.set_time(START_TIME + 2 * SECONDS_A_DAY)
    scene.bid(scene.maker, 19_000, 1)
    out(scene, scene.maker, 1)
    assert scene.outflow().level == -HELD + 2 * LIMIT + 1


def test_deposit_after_the_limit_is_reached_makes_room_for_others(bound: Scene) -> None:
    out(bound, bound.maker, LIMIT)
    bound.system.fund(bound.taker, 0, 500 * UNIT)
    assert bound.outflow().level == LIMIT - 500
    out(bound, bound.maker, 500)


def test_each_asset_has_a_level_of_its_own(bound: Scene) -> None:
    system = bound.system
    out(bound, bound.maker, LIMIT)
    quarter = 2 * START_LOTS * LOT // 4
    system.withdraw(bound.maker, 1, quarter * 10**10)
    with refused(system, "OutflowLimitReached", 1, quarter + 1, quarter):
        system.withdraw(bound.maker, 1, 10**10)


def test_small_holdings_round_the_limit_down(settled: Scene) -> None:
    """A quarter of seven atoms is one."""
    system = settled.system
    account = settled.new_account(STRANGER)
    system.fund(account, 2, 7)
    system.backend.set_time(midnight(30))
    other = settled.new_account(TAKER)
    system.activate_asset(other, 2)
    system.transfer(account, other, 2, 7)
    with refused(system, "OutflowLimitReached", 2, 2, 1):
        system.withdraw(other, 2, 2)
    system.withdraw(other, 2, 1)


# ------------------------------------------------------------------ seasoned deposits


def test_bare_account_withdraws_what_it_deposited_whatever_the_level(bound: Scene) -> None:
    out(bound, bound.maker, LIMIT)
    out(bound, bound.taker, START_CASH)
    assert bound.outflow().level == LIMIT
    assert bound.cash(bound.taker) == 0


def test_free_withdrawals_leave_the_room_of_others_alone(bound: Scene) -> None:
    out(bound, bound.taker, START_CASH)
    assert bound.outflow().level == 0
    quarter = START_CASH // 4
    out(bound, bound.maker, quarter)
    with refused(bound.system, "OutflowLimitReached", 0, quarter + 1, quarter):
        out(bound, bound.maker, 1)


def test_free_withdrawals_use_up_the_room_that_deposits_made(settled: Scene) -> None:
    """Else a deposit and a free withdrawal of as much would leave room behind."""
    settled.system.fund(settled.maker, 0, 900 * UNIT)
    out(settled, settled.taker, 400)
    assert settled.outflow().level == -500
    out(settled, settled.taker, 600)
    assert settled.outflow().level == 0


@pytest.mark.parametrize(("days", "seconds", "is_free"), [(1, 86_399, False), (2, 0, True)])
def test_deposit_is_seasoned_from_the_second_midnight_on(
    settled: Scene, days: int, seconds: int, is_free: bool
) -> None:
    """Made in the last second of a day it must wait a whole day more."""
    system = settled.system
    system.backend.set_time(midnight(12) - 1)
    late = settled.new_account(STRANGER, 1_000)
    settled.bid(settled.maker, 19_000, 1)
    system.backend.set_time(midnight(11 + days) + seconds)
    level = settled.outflow().level
    assert level == -1_000
    limit = (HELD + 1_000) // 4
    out(settled, settled.maker, limit)
    if is_free:
        out(settled, late, 1_000)
        return
    with refused(system, "OutflowLimitReached", 0, limit + 1_000, limit):
        out(settled, late, 1_000)


def test_seasoned_part_of_a_withdrawal_is_free_and_the_rest_counts(settled: Scene) -> None:
    system = settled.system
    system.transfer(settled.maker, settled.taker, 0, 300)
    out(settled, settled.taker, START_CASH + 300)
    assert settled.outflow().level == 300


def test_account_with_an_open_order_withdraws_nothing_freely(bound: Scene) -> None:
    out(bound, bound.maker, 100)
    assert bound.outflow().level == 100
    bound.system.cancel(bound.maker, bound.orders(19_000)[0][0])
    out(bound, bound.maker, 100)
    assert bound.outflow().level == 100


def test_open_ask_binds_the_quote_asset_too(settled: Scene) -> None:
    settled.ask(settled.maker, 20_500, 1)
    out(settled, settled.maker, 100)
    assert settled.outflow().level == 100


def test_what_was_earned_is_not_seasoned(settled: Scene) -> None:
    """A seller of lots withdraws the price within the limit alone."""
    settled.ask(settled.maker, 20_000, 10)
    settled.bid(settled.taker, 20_000, 10, IOC)
    earned = settled.cash(settled.maker) - START_CASH
    assert earned > notional(10, 20_000)
    out(settled, settled.maker, START_CASH + earned)
    assert settled.outflow().level == earned


def test_season_keeps_deposits_by_day_and_withdrawals_take_the_oldest(scene: Scene) -> None:
    system = scene.system
    account = scene.new_account(STRANGER, 100)
    assert scene.season(account) == SeasonWord(TODAY, 100, 0, 0)
    system.backend.set_time(midnight(1))
    system.fund(account, 0, 20 * UNIT)
    assert scene.season(account) == SeasonWord(TODAY + 1, 20, 100, 0)
    system.backend.set_time(midnight(2))
    system.fund(account, 0, 3 * UNIT)
    assert scene.season(account) == SeasonWord(TODAY + 2, 3, 20, 100)
    out(scene, account, 101)
    assert scene.season(account) == SeasonWord(TODAY + 2, 3, 19, 0)
    out(scene, account, 21)
    assert scene.season(account) == SeasonWord(TODAY + 2, 1, 0, 0)
    system.backend.set_time(midnight(9))
    out(scene, account, 1)
    assert scene.season(account) == SeasonWord(TODAY + 9, 0, 0, 0)


def test_transfer_takes_seasons_along_and_they_age_anew(settled: Scene) -> None:
    system = settled.system
    system.transfer(settled.maker, settled.taker, 0, 700)
    assert settled.season(settled.maker) == SeasonWord(TODAY + 10, 0, 0, START_CASH - 700)
    assert settled.season(settled.taker) == SeasonWord(TODAY + 10, 700, 0, START_CASH)


def test_transfer_of_what_was_earned_takes_no_more_seasons_than_there_are(settled: Scene) -> None:
    other = settled.new_account(STRANGER, 5)
    settled.system.transfer(settled.maker, other, 0, 700)
    settled.system.transfer(other, settled.taker, 0, 705)
    settled.system.transfer(settled.taker, other, 0, 705)
    total = settled.season(other)
    assert total.today + total.yesterday + total.seasoned == 705
    out(settled, other, 705)
    settled.system.transfer(settled.maker, other, 0, 3)
    assert settled.season(other) == SeasonWord(TODAY + 10, 3, 0, 0)


def test_deposit_by_somebody_else_is_a_deposit_of_the_account(settled: Scene) -> None:
    system = settled.system
    system.mint(STRANGER, 0, 70 * UNIT)
    system.deposit(settled.maker, 0, 70 * UNIT, sender=STRANGER)
    assert settled.season(settled.maker).today == 70


def test_native_and_permit_deposits_and_native_withdrawals_count_alike(settled: Scene) -> None:
    """All ways in and out go through the same words."""
    system = settled.system
    asset = system.add_asset(NATIVE)
    system.deposit_native(settled.maker, asset, 8 * 10**10)
    assert settled.outflow(asset).level == -8
    system.withdraw_native(settled.maker, asset, 3 * 10**10)
    assert settled.outflow(asset).level == -5
    assert settled.season(settled.maker, asset).today == 5


# ------------------------------------------------------------------ setting the limit


def test_set_outflow_limit_stores_and_says_so(scene: Scene) -> None:
    level = scene.outflow().level
    scene.system.set_outflow_limit(0, 123_456)
    [event] = scene.system.events()
    assert event.name == "OutflowLimitSet"
    assert event.fields == {"assetId": 0, "limitPpm": 123_456}
    assert scene.outflow() == OutflowWord(START_TIME, 123_456, level)


def test_set_outflow_limit_to_everything_lets_everything_leave(bound: Scene) -> None:
    bound.system.set_outflow_limit(0, 10**6)
    needed = bound.book().highest_bid * 100
    out(bound, bound.maker, START_CASH - needed)
    out(bound, bound.taker, START_CASH)
    assert bound.outflow().level == START_CASH - needed


def test_set_outflow_limit_to_nothing_leaves_seasoned_deposits_free(bound: Scene) -> None:
    out(bound, bound.taker, 1)
    bound.system.set_outflow_limit(0, 0)
    with refused(bound.system, "OutflowLimitReached", 0, 1, 0):
        out(bound, bound.maker, 1)
    out(bound, bound.taker, START_CASH - 1)
    bound.system.fund(bound.taker, 0, 5 * UNIT)
    out(bound, bound.taker, 5)


def test_set_outflow_limit_below_what_has_left_stops_further_outflow(bound: Scene) -> None:
    out(bound, bound.maker, LIMIT)
    bound.system.set_outflow_limit(0, 100_000)
    tenth = HELD // 10
    with refused(bound.system, "OutflowLimitReached", 0, LIMIT + 1, tenth):
        out(bound, bound.maker, 1)
    # It fades at the new pace.
    bound.system.backend.set_time(midnight(11))
    faded = (HELD - LIMIT) // 10
    limit = (HELD - faded) // 10
    with refused(bound.system, "OutflowLimitReached", 0, LIMIT - faded + 1, limit):
        out(bound, bound.maker, 1)


def test_set_outflow_limit_beyond_its_bounds_is_refused(scene: Scene) -> None:
    name = b"limitPpm".ljust(32, b"\0")
    for limit in (10**6 + 1, 2**32 - 1):
        with refused(scene.system, "InvalidParameter", name, limit):
            scene.system.set_outflow_limit(0, limit)
    for asset in (3, 256, 65_535):
        with refused(scene.system, "UnlistedAsset", asset):
            scene.system.set_outflow_limit(asset, 1)


def test_set_outflow_limit_without_the_role_is_refused(scene: Scene) -> None:
    for sender in (MAKER, GUARDIAN, STRANGER):
        with refused(scene.system, "AccessManagedUnauthorized", sender):
            scene.system.set_outflow_limit(0, 10**6, sender=sender)
    grant = (scene.system.authority, "Authority", ADMIN, "grantRole", LISTING_ROLE, STRANGER, 0)
    scene.system.execute_on(*grant)
    scene.system.set_outflow_limit(0, 10**6, sender=STRANGER)
