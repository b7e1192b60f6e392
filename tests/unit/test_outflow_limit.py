"""How much of an asset may leave in a day, net of what comes in."""

from dataclasses import replace

import pytest

from tests.support.backend import START_TIME
from tests.support.scene import (
    IOC,
    LOT,
    MAKER,
    START_CASH,
    START_LOTS,
    STRANGER,
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


def level(scene: Scene, asset: int = 0) -> int:
    """Net outflow that counts now: today's, and yesterday's as far as it is less than a day ago."""
    word, time = scene.outflow(asset), scene.system.backend.time
    age = time // SECONDS_A_DAY - word.day
    today = word.today if age == 0 else 0
    before = max((word.yesterday, word.today, 0)[min(age, 2)], 0)
    return today - (-before * (SECONDS_A_DAY - time % SECONDS_A_DAY) // SECONDS_A_DAY)


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
    assert scene.outflow(2) == OutflowWord(limit_ppm=250_000)


def test_deposit_makes_room_for_as_much(scene: Scene) -> None:
    assert level(scene) == -HELD
    out(scene, scene.maker, 7)
    assert level(scene) == -HELD + 7
    scene.system.fund(scene.maker, 0, 5 * UNIT)
    assert level(scene) == -HELD + 2


def test_withdrawal_up_to_the_limit_goes_through_and_an_atom_more_is_refused(bound: Scene) -> None:
    with refused(bound.system, "OutflowLimitReached", 0, LIMIT + 1, LIMIT):
        out(bound, bound.maker, LIMIT + 1)
    out(bound, bound.maker, LIMIT)
    assert bound.outflow() == OutflowWord(TODAY + 10, 250_000, 0, LIMIT)
    with refused(bound.system, "OutflowLimitReached", 0, LIMIT + 1, LIMIT):
        out(bound, bound.maker, 1)


def test_withdrawals_in_parts_may_take_no_more_than_at_once(bound: Scene) -> None:
    """The limit is a share of what was held before."""
    for part in (1, LIMIT // 3, LIMIT - LIMIT // 3 - 1):
        out(bound, bound.maker, part)
    with refused(bound.system, "OutflowLimitReached", 0, LIMIT + 1, LIMIT):
        out(bound, bound.maker, 1)


def test_level_of_yesterday_fades_in_the_course_of_the_day(bound: Scene) -> None:
    """At noon of the next day half of it has faded, and no longer counts as held before."""
    out(bound, bound.maker, LIMIT)
    bound.system.backend.set_time(midnight(11) + SECONDS_A_DAY // 2)
    limit = (HELD - LIMIT // 2) // 4
    room = limit - LIMIT // 2
    with refused(bound.system, "OutflowLimitReached", 0, limit + 1, limit):
        out(bound, bound.maker, room + 1)
    out(bound, bound.maker, room)
    assert level(bound) == limit


def test_level_is_gone_after_two_days_and_the_limit_is_a_share_of_the_rest(bound: Scene) -> None:
    out(bound, bound.maker, LIMIT)
    bound.system.backend.set_time(midnight(12))
    quarter = (HELD - LIMIT) // 4
    with refused(bound.system, "OutflowLimitReached", 0, quarter + 1, quarter):
        out(bound, bound.maker, quarter + 1)
    out(bound, bound.maker, quarter)
    assert level(bound) == quarter


def test_room_made_by_deposits_is_gone_on_the_next_day(scene: Scene) -> None:
    scene.bid(scene.maker, 19_000, 1)
    for days, room in ((0, HELD), (1, 0), (2, 0)):
        scene.system.backend.set_time(max(START_TIME, midnight(days)))
        assert level(scene) == -room


def test_deposit_after_the_limit_is_reached_makes_room_for_others(bound: Scene) -> None:
    out(bound, bound.maker, LIMIT)
    bound.system.fund(bound.taker, 0, 500 * UNIT)
    assert level(bound) == LIMIT - 500
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
    account = settled.new_account(STRANGER, 10**7)
    system.fund(account, 2, 7)
    settled.bid(account, 19_000, 1)
    system.backend.set_time(midnight(30))
    with refused(system, "OutflowLimitReached", 2, 2, 1):
        system.withdraw(account, 2, 2)
    system.withdraw(account, 2, 1)


# ------------------------------------------------------------------ seasoned deposits


def test_bare_account_withdraws_what_it_deposited_whatever_the_level(bound: Scene) -> None:
    out(bound, bound.maker, LIMIT)
    out(bound, bound.taker, START_CASH)
    assert level(bound) == LIMIT
    assert bound.cash(bound.taker) == 0


def test_free_withdrawals_leave_the_room_of_others_alone(bound: Scene) -> None:
    out(bound, bound.taker, START_CASH)
    assert level(bound) == 0
    quarter = START_CASH // 4
    out(bound, bound.maker, quarter)
    with refused(bound.system, "OutflowLimitReached", 0, quarter + 1, quarter):
        out(bound, bound.maker, 1)


def test_free_withdrawals_leave_the_room_that_deposits_made(settled: Scene) -> None:
    settled.system.fund(settled.maker, 0, 900 * UNIT)
    out(settled, settled.taker, 400)
    assert level(settled) == -900


@pytest.mark.parametrize(("days", "seconds", "leaves"), [(1, 86_399, True), (2, 0, False)])
def test_deposit_of_an_account_with_orders_makes_room_until_the_second_midnight(
    settled: Scene, days: int, seconds: int, leaves: bool
) -> None:
    """Others use the limit up but for its room; later that is gone, and it is beyond the limit."""
    system = settled.system
    system.backend.set_time(midnight(12) - 1)
    late = settled.new_account(STRANGER, 10**7)
    settled.bid(late, 19_000, 1)
    settled.bid(settled.maker, 19_000, 1)
    system.backend.set_time(midnight(11 + days) + seconds)
    limit = (HELD + 10**7 + level(settled)) // 4
    out(settled, settled.maker, limit)
    if leaves:
        out(settled, late, 1_000)
        return
    with refused(system, "OutflowLimitReached", 0, limit + 1_000, limit):
        out(settled, late, 1_000)


def test_account_with_an_open_order_withdraws_nothing_freely(bound: Scene) -> None:
    out(bound, bound.maker, 100)
    assert level(bound) == 100
    bound.system.cancel(bound.maker, bound.orders(19_000)[0][0])
    out(bound, bound.maker, 100)
    assert level(bound) == 100


def test_open_ask_binds_the_quote_asset_too(settled: Scene) -> None:
    settled.ask(settled.maker, 20_500, 1)
    out(settled, settled.maker, 100)
    assert level(settled) == 100


def test_what_was_earned_is_not_seasoned(settled: Scene) -> None:
    """A seller of lots withdraws the price within the limit alone."""
    settled.ask(settled.maker, 20_000, 10)
    settled.bid(settled.taker, 20_000, 10, IOC)
    earned = settled.cash(settled.maker) - START_CASH
    assert earned > notional(10, 20_000)
    out(settled, settled.maker, START_CASH + earned)
    assert level(settled) == earned


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


def test_transfer_takes_seasons_along_at_their_age(settled: Scene) -> None:
    system = settled.system
    system.transfer(settled.maker, settled.taker, 0, 700)
    assert settled.season(settled.maker) == SeasonWord(TODAY + 10, 0, 0, START_CASH - 700)
    assert settled.season(settled.taker) == SeasonWord(TODAY + 10, 0, 0, START_CASH + 700)


def test_transfer_of_what_was_earned_takes_no_more_seasons_than_there_are(settled: Scene) -> None:
    other = settled.new_account(STRANGER, 5)
    settled.system.transfer(settled.maker, other, 0, 700)
    settled.system.transfer(other, settled.taker, 0, 705)
    settled.system.transfer(settled.taker, other, 0, 705)
    total = settled.season(other)
    assert total.today + total.yesterday + total.seasoned == 705
    out(settled, other, 705)
    settled.system.transfer(settled.maker, other, 0, 3)
    assert settled.season(other) == SeasonWord(TODAY + 10, 0, 0, 3)


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
    assert level(settled, asset) == -8
    system.withdraw_native(settled.maker, asset, 3 * 10**10)
    assert level(settled, asset) == -5
    assert settled.season(settled.maker, asset).today == 5


# ------------------------------------------------------------------ setting the limit


def test_set_outflow_limit_stores_and_says_so(scene: Scene) -> None:
    before = scene.outflow()
    scene.system.set_outflow_limit(0, 123_456)
    [event] = scene.system.events()
    assert event.name == "OutflowLimitSet"
    assert event.fields == {"assetId": 0, "limitPpm": 123_456}
    assert scene.outflow() == replace(before, limit_ppm=123_456)


def test_set_outflow_limit_to_everything_lets_everything_leave(bound: Scene) -> None:
    bound.system.set_outflow_limit(0, 10**6)
    needed = bound.book().highest_bid * 100
    out(bound, bound.maker, START_CASH - needed)
    out(bound, bound.taker, START_CASH)
    assert level(bound) == START_CASH - needed


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
    # What has left fades the next day, whatever the limit.
    bound.system.backend.set_time(midnight(12))
    out(bound, bound.maker, 1)
    assert level(bound) == 1


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
