"""Plans in a replay: executed when they fire, and why their accounts are sold if they are."""

import pytest

from tests.crash.setting import falling, long_of, scene_of, short_of
from worldmarkets.crash.path import opening
from worldmarkets.crash.plans import HEALTHS
from worldmarkets.crash.population import DOLLAR
from worldmarkets.crash.scene import Scene
from worldmarkets.model.liquidation import plans, standing
from worldmarkets.model.perps import positions

DEEP, THIN = 100_000_000 * DOLLAR, 10_000 * DOLLAR


@pytest.fixture
def scene() -> Scene:
    return scene_of(falling(1, 1), long_of(12, has_plan=True), short_of(12))


def _step(scene: Scene, thousandths: int, depth: int = DEEP) -> None:
    """Let everybody act at a part of the first price, plans after flags."""
    scene.desk.time += 5
    (price,) = opening(scene.tape.minutes[0].candles)
    scene.desk.post([price * thousandths // 1_000])
    scene.books.refresh([price * thousandths // 1_000], [depth])
    for account_id in scene.watch.unsure(scene.watch.levels()):
        if account_id not in scene.keeper.flagged and scene.keeper.serve(account_id):
            scene.plans.note_flag(account_id)
    scene.plans.act(scene.watch.levels())
    scene.keeper.review()


def _id(scene: Scene) -> int:
    return scene.portfolios[0].account_id


def _size(scene: Scene) -> int:
    market = scene.desk.underlyings[0].perp.market_id
    return positions.load(scene.desk.state, _id(scene), market).size


def test_only_who_is_to_have_a_plan_has_one(scene: Scene) -> None:
    assert scene.plans.counts.accounts == 1
    steps = plans.steps_of(scene.desk.state, _id(scene))
    assert [step.threshold for step in steps.values()] == list(HEALTHS)
    assert sum(step.size for step in steps.values()) == _size(scene)


def test_nothing_is_done_before_a_trigger_fires(scene: Scene) -> None:
    before = _size(scene)
    _step(scene, 990)
    assert _size(scene) == before
    assert scene.plans.acted == set()


def test_a_plan_that_fires_keeps_its_account_from_being_flagged(scene: Scene) -> None:
    before = _size(scene)
    for thousandths in range(990, 940, -5):
        _step(scene, thousandths)
    assert _size(scene) <= before // 2
    assert scene.plans.acted == {_id(scene)}
    found = scene.plans.finish(set())
    assert found.fired == 1
    assert found.previews >= 1
    assert found.reached == found.kept == found.previews
    assert found.flagged == 0
    assert scene.plans.faults == []


def test_a_plan_saves_a_flagged_account_within_its_window(scene: Scene) -> None:
    _step(scene, 990)
    _step(scene, 943)
    assert scene.payments.flagged == {_id(scene)}
    assert not scene.keeper.flagged, "its plan has closed it before anybody could bid"
    found = scene.plans.finish(scene.payments.sliced_accounts)
    assert (found.flagged, found.saved, found.gapped) == (1, 1, 0)


def test_an_account_sold_after_a_gap_is_one(scene: Scene) -> None:
    _step(scene, 990)
    _step(scene, 943)
    found = scene.plans.finish({_id(scene)})
    assert (found.saved, found.gapped, found.thin, found.used) == (0, 1, 0, 0)


def test_an_account_sold_for_want_of_depth_is_one(scene: Scene) -> None:
    _step(scene, 990)
    _step(scene, 955, THIN)
    assert not scene.payments.flagged
    _step(scene, 945, THIN)
    assert scene.payments.flagged == {_id(scene)}
    found = scene.plans.finish({_id(scene)})
    assert (found.gapped, found.thin) == (0, 1)
    assert found.reached < found.previews


def test_a_promise_that_is_not_kept_is_a_fault(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    _step(scene, 990)
    monkeypatch.setattr(scene.desk, "attempt", lambda *_: (False, None))
    scene.desk.time += 5
    (price,) = opening(scene.tape.minutes[0].candles)
    scene.desk.post([price * 955 // 1_000])
    stands = standing.read(scene.desk.state, _id(scene))
    assert stands.is_healthy
    assert not stands.is_restored
    scene.plans.act(scene.watch.levels())
    assert len(scene.plans.faults) == scene.plans.counts.reached - scene.plans.counts.kept == 1
