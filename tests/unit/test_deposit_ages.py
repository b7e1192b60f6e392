"""Which deposits leave first, by their age: with transfers, by losses, and whatever the limit."""

import pytest

from tests.support.backend import START_TIME
from tests.support.scene import IOC, START_CASH, UNIT, Scene
from worldmarkets.model.words import SECONDS_A_DAY, SeasonWord

DAY = START_TIME // SECONDS_A_DAY + 10


@pytest.fixture
def settled(scene: Scene) -> Scene:
    """Ten days later: the first deposits are seasoned."""
    scene.system.backend.set_time(DAY * SECONDS_A_DAY)
    return scene


def test_transfer_takes_seasoned_deposits_before_those_of_today(settled: Scene) -> None:
    settled.system.fund(settled.maker, 0, 500 * UNIT)
    settled.system.transfer(settled.maker, settled.taker, 0, 300)
    assert settled.season(settled.maker) == SeasonWord(DAY, 500, 0, START_CASH - 300)
    assert settled.season(settled.taker) == SeasonWord(DAY, 0, 0, START_CASH + 300)


def test_transfer_to_who_traded_deposits_away_does_not_bring_them_back(settled: Scene) -> None:
    """The receiver has what his cash still covers, and what came along."""
    settled.ask(settled.maker, 20_000, 10)
    settled.bid(settled.taker, 20_000, 10, IOC)
    left = settled.cash(settled.taker)
    assert left < START_CASH
    settled.system.transfer(settled.maker, settled.taker, 0, 300)
    assert settled.season(settled.taker) == SeasonWord(DAY, 0, 0, left + 300)


def test_deposits_traded_away_are_the_oldest(settled: Scene) -> None:
    settled.system.fund(settled.taker, 0, 500 * UNIT)
    settled.ask(settled.maker, 20_000, 10)
    settled.bid(settled.taker, 20_000, 10, IOC)
    left = settled.cash(settled.taker)
    assert 500 < left < START_CASH + 500
    settled.system.fund(settled.taker, 0, 7 * UNIT)
    assert settled.season(settled.taker) == SeasonWord(DAY, 507, 0, left - 500)


def test_withdrawal_of_seasoned_deposits_goes_through_beyond_the_limit(settled: Scene) -> None:
    """The limit has been lowered below what has left already."""
    quarter = 2 * START_CASH // 4
    settled.bid(settled.maker, 19_000, 1)
    settled.system.withdraw(settled.maker, 0, quarter * UNIT)
    settled.system.set_outflow_limit(0, 100_000)
    settled.system.withdraw(settled.taker, 0, START_CASH * UNIT)
    assert settled.cash(settled.taker) == 0
    assert settled.outflow().today == quarter
