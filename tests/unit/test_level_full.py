"""A level with as many orders as its word counts."""

from tests.support.scene import ASK, BID, DOLLARS, MAKER, STRANGER, make_scene, order
from tests.support.soundness import refused
from tests.support.system import ETH_MARKET, FOREVER, System
from worldmarkets.model.interface import Refusal
from worldmarkets.model.words import MAX_LIVE

_TICK = 19_000
_AT_ONCE = 500


def test_place_at_a_full_level_is_refused_and_skipped(system: System) -> None:
    scene = make_scene(system)
    account = scene.new_account(STRANGER, 200_000_000 * DOLLARS)
    quotes = [order(BID, _TICK, 1)] * _AT_ONCE
    for _ in range(MAX_LIVE // _AT_ONCE):
        system.batch(account, (), quotes)
    system.batch(account, (), quotes[: MAX_LIVE % _AT_ONCE])
    assert scene.level(_TICK).live == scene.level(_TICK).lots == MAX_LIVE

    with refused(system, "LevelFull", ETH_MARKET, _TICK):
        scene.bid(scene.maker, _TICK, 1)
    with refused(system, "LevelFull", ETH_MARKET, _TICK):
        system.batch(scene.maker, (), [order(BID, _TICK, 1)], FOREVER, True)
    _, results = system.batch(scene.maker, (), [order(BID, _TICK, 1), order(BID, _TICK - 1, 1)])
    assert [result.refusal for result in results] == [Refusal.LEVEL_FULL, Refusal.NONE]
    assert scene.ledger(scene.maker, 1).open_bids == 100_000

    # A fill makes room for exactly one.
    system.place(scene.taker, ETH_MARKET, ASK, _TICK, 1)
    assert scene.bid(scene.maker, _TICK, 1).resting_lots == 1
    with refused(system, "LevelFull", ETH_MARKET, _TICK):
        system.place(scene.maker, ETH_MARKET, BID, _TICK, 1, sender=MAKER)
