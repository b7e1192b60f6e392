"""When a price is brought."""

from dataclasses import replace
from decimal import Decimal

import pytest

from worldmarkets.keepers import KnownPrice, Need, PriceRules, need

RULES = PriceRules(threshold_bps=Decimal(5), heartbeat_seconds=30)
NOW = 1_000
KNOWN = KnownPrice(Decimal(3_000), NOW - 10, feed_price=Decimal(3_000), feed_time=NOW - 10)
JUMPED = replace(
    KNOWN,
    pending=Decimal(3_600),
    pending_time=NOW - 3,
    feed_price=Decimal(3_600),
    feed_time=NOW - 3,
)


def what(known: KnownPrice, wanted: str, now: int = NOW) -> Need:
    return need(RULES, known, Decimal(wanted), now)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("3000", Need.NOTHING),
        ("3001.499", Need.NOTHING),
        ("3001.5", Need.MOVE),
        ("2998.501", Need.NOTHING),
        ("2998.5", Need.MOVE),
    ],
)
def test_need_at_the_threshold_is_a_move(wanted: str, found: Need) -> None:
    assert what(KNOWN, wanted) is found


def test_need_at_the_heartbeat_is_age() -> None:
    assert what(KNOWN, "3000", NOW + 19) is Need.NOTHING
    assert what(KNOWN, "3000", NOW + 20) is Need.AGE


def test_need_of_the_first_price_is_a_move() -> None:
    assert what(KnownPrice(None, 0), "3000") is Need.MOVE


def test_need_of_a_jump_waits_three_seconds_and_confirms() -> None:
    assert what(JUMPED, "3600", NOW - 1) is Need.WAIT
    assert what(JUMPED, "3600", NOW) is Need.CONFIRM
    assert what(JUMPED, "3636", NOW) is Need.CONFIRM
    assert what(JUMPED, "3564", NOW) is Need.CONFIRM


@pytest.mark.parametrize("wanted", ["3637", "3563", "3000"])
@pytest.mark.parametrize("now", [NOW - 2, NOW])
def test_need_after_a_jump_that_did_not_last_is_a_move(wanted: str, now: int) -> None:
    """At a price beside the one that waits a third one waits, and the old one ends the waiting."""
    assert what(JUMPED, wanted, now) is Need.MOVE


def test_need_of_a_price_posted_and_not_copied_is_a_copy() -> None:
    posted = replace(KNOWN, feed_price=Decimal(3_010), feed_time=NOW - 2)
    assert what(posted, "3010") is Need.COPY
    assert what(posted, "3011.4") is Need.COPY
    # The feed has moved on, or what it has is old, or not newer than what the exchange has.
    assert what(posted, "3012") is Need.MOVE
    old = replace(posted, time=NOW - 40)
    assert what(replace(old, feed_time=NOW - 29), "3010") is Need.COPY
    assert what(replace(old, feed_time=NOW - 30), "3010") is Need.MOVE
    assert what(replace(posted, feed_time=KNOWN.time), "3010") is Need.MOVE


def test_need_of_an_old_price_with_a_newer_one_posted_is_a_copy() -> None:
    posted = replace(KNOWN, feed_time=NOW + 15)
    assert what(posted, "3000", NOW + 20) is Need.COPY


def test_need_of_a_confirmation_posted_and_not_copied_is_a_copy() -> None:
    later = NOW + 4
    assert what(replace(JUMPED, feed_time=NOW), "3600", later) is Need.COPY
    # Made too early to confirm anything.
    assert what(replace(JUMPED, feed_time=NOW - 1), "3600", later) is Need.CONFIRM


def test_not_before_is_after_the_feed_and_late_enough_to_confirm() -> None:
    assert KNOWN.not_before == NOW - 9
    assert JUMPED.not_before == NOW
    assert replace(JUMPED, feed_time=NOW + 5).not_before == NOW + 6
    assert (KNOWN.newest_time, JUMPED.newest_time) == (NOW - 10, NOW - 3)
