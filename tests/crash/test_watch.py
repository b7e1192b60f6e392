"""The rough look at many accounts never misses one that the engine finds below R_maint."""

import pytest

from tests.crash.setting import tape
from worldmarkets.atlas import load_risk_set
from worldmarkets.crash.path import opening
from worldmarkets.crash.population import Kind, generated
from worldmarkets.crash.scene import Scene, make_scene
from worldmarkets.crash.watch import REFRESH_SECONDS
from worldmarkets.model.liquidation import standing

HOLDERS = generated(60, ["BTC"], load_risk_set("standard"), 5)


@pytest.fixture(scope="module")
def scene() -> Scene:
    return make_scene(tape([(10_000, 10_000, 10_000, 10_000)] * 2), "standard", HOLDERS)


def _post(scene: Scene, thousandths: int, seconds: int) -> None:
    scene.desk.time += seconds
    (price,) = opening(scene.tape.minutes[0].candles)
    scene.desk.post([price * thousandths // 1_000])


@pytest.mark.parametrize("thousandths", [1_000, 985, 950, 900, 905, 1_040])
def test_levels_are_within_their_margin_of_the_engine(scene: Scene, thousandths: int) -> None:
    _post(scene, thousandths, 300)
    levels = scene.watch.levels()
    for one in scene.portfolios:
        row = scene.watch.row_of[one.account_id]
        stands = standing.read(scene.desk.state, one.account_id)
        pairs = (
            (levels.equity[row], stands.equity),
            (levels.maintenance[row], stands.maintenance),
            (levels.end[row], stands.end),
            (levels.exit[row], stands.exit_cost),
        )
        assert all(abs(int(rough) - exact) <= levels.margin[row] for rough, exact in pairs)


@pytest.mark.parametrize("thousandths", [970, 940, 880, 1_060])
def test_unsure_yields_everybody_below_maintenance(scene: Scene, thousandths: int) -> None:
    _post(scene, thousandths, REFRESH_SECONDS)
    near = set(scene.watch.unsure(scene.watch.levels()))
    below = {
        one.account_id
        for one in scene.portfolios
        if not standing.read(scene.desk.state, one.account_id).is_healthy
    }
    assert below
    assert below <= near


def test_nothing_is_required_of_who_only_lends(scene: Scene) -> None:
    for one in scene.portfolios:
        assert scene.watch.paid[scene.watch.row_of[one.account_id]] == one.holder.kind.lends
    assert any(one.holder.kind is Kind.DOLLARS for one in scene.portfolios)


def test_what_an_action_changes_is_read_anew(scene: Scene) -> None:
    _post(scene, 1_000, 1)
    one = next(one for one in scene.portfolios if one.holder.kind is Kind.LONG)
    row = scene.watch.row_of[one.account_id]
    before = scene.watch.levels().equity[row]
    scene.desk.fund(scene.desk.owners.holders, one.account_id, 0, 5_000_000)
    assert scene.watch.levels().equity[row] == before + 5_000_000


def test_add_watches_one_more(scene: Scene) -> None:
    account_id = scene.desk.open_account(scene.desk.owners.holders, 7_000_000)
    scene.watch.add(account_id)
    levels = scene.watch.levels()
    assert levels.equity[-1] == 7_000_000
    assert scene.watch.row_of[account_id] == len(levels.equity) - 1
    assert account_id not in scene.watch.unsure(levels)
