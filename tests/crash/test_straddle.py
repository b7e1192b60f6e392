"""A straddle on prices made for it: both sides open, the loser left behind, sums by hand."""

import pytest

from tests.crash.setting import falling, long_of, scene_of
from worldmarkets.crash import closing
from worldmarkets.crash.path import opening
from worldmarkets.crash.population import DOLLAR
from worldmarkets.crash.replay import Replay
from worldmarkets.crash.scene import Scene
from worldmarkets.crash.straddle import Straddle
from worldmarkets.model import accounts
from worldmarkets.model.liquidation_events import ClaimRepaid, DeficitPaid
from worldmarkets.model.perps import positions

OWNER = 0xC0


def _begun(scene: Scene) -> Straddle:
    (known,), prices = scene.desk.underlyings, opening(scene.tape.minutes[0].candles)
    lots = 1_000_000 * DOLLAR // known.lot_atoms(prices[0])
    straddle = Straddle(scene.desk, known, lots, 60_000, OWNER, scene.watch)
    straddle.begin(prices)
    return straddle


@pytest.fixture
def scene() -> Scene:
    found = scene_of(falling(4, 2), long_of(3, equity=1_000_000))
    found.held = tuple(1_000 * held for held in found.held)
    return found


def _sizes(scene: Scene) -> list[int]:
    state, market = scene.desk.state, scene.desk.underlyings[0].perp.market_id
    own = [one for one in scene.watch.account_ids if accounts.owner_of(state, one) == OWNER]
    return [positions.load(state, one, market).size for one in own]


def test_it_holds_as_much_long_as_short_through_a_fall(scene: Scene) -> None:
    straddle = _begun(scene)
    Replay(scene, actors=[straddle]).run()
    sizes = _sizes(scene)
    assert len(sizes) > 2, "a side was opened anew"
    assert max(sizes) > 0 > min(sizes)
    assert abs(sum(sizes)) < max(sizes) // 50


def test_what_it_earns_is_what_it_has_more(scene: Scene) -> None:
    straddle = _begun(scene)
    Replay(scene, actors=[straddle]).run()
    closing.settle(scene)
    found = straddle.result()
    assert found.abandoned >= 1
    assert found.earned < 0, "spreads, fees and liquidation cost, and nobody pays for it here"
    assert found.paid_by_others == 0
    assert found.without_others == found.earned


def test_what_others_pay_for_it_is_counted(scene: Scene) -> None:
    straddle = _begun(scene)
    own = scene.desk.open_account(OWNER, 0)
    for watcher in scene.desk.watchers[-1:]:
        paid = DeficitPaid(own, 100, 5, 6, 40, 30, 15, 4)
        of_another = DeficitPaid(scene.portfolios[0].account_id, 9, 0, 0, 9, 0, 0, 0)
        watcher(None, [paid, of_another, ClaimRepaid(own, 10, 8)])  # type: ignore[arg-type]
    assert straddle.paid_by_others == 40 + 30 + 15 + 4 - 18
    assert straddle.result().without_others == straddle.result().earned - 71
