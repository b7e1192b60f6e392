"""Keepers and liquidators: what they do to accounts below R_maint, and what not."""

import pytest

from tests.crash.setting import falling, long_of, scene_of
from worldmarkets.crash.path import opening
from worldmarkets.crash.population import DOLLAR
from worldmarkets.crash.scene import Scene
from worldmarkets.model import accounts
from worldmarkets.model.liquidation import auction, protection, standing
from worldmarkets.model.perps import positions

DEPTH = 10_000_000 * DOLLAR
PLAIN, BONDED, LINED, CHOOSER, ORDERED = range(5)


@pytest.fixture
def scene() -> Scene:
    holders = (
        long_of(15),
        long_of(15, bond=10_000),
        long_of(15, line=10_000),
        long_of(15, has_liquidator=True),
        long_of(15, has_order=True),
    )
    return scene_of(falling(1, 1), *holders)


def _move(scene: Scene, thousandths: int, seconds: int = 5) -> None:
    """Let the price be a part of the first one, with deep books around it."""
    scene.desk.time += seconds
    (price,) = opening(scene.tape.minutes[0].candles)
    scene.desk.post([price * thousandths // 1_000])
    scene.books.refresh([price * thousandths // 1_000], [DEPTH])


def _id(scene: Scene, place: int) -> int:
    return scene.portfolios[place].account_id


def _stands(scene: Scene, place: int) -> standing.Standing:
    return standing.read(scene.desk.state, _id(scene, place))


def test_serve_leaves_a_healthy_account_alone(scene: Scene) -> None:
    _move(scene, 990)
    assert _stands(scene, PLAIN).is_healthy
    assert not scene.keeper.serve(_id(scene, PLAIN))
    assert not scene.keeper.flagged


def test_serve_flags_an_account_below_maintenance(scene: Scene) -> None:
    _move(scene, 965)
    assert not _stands(scene, PLAIN).is_healthy
    assert scene.keeper.serve(_id(scene, PLAIN))
    assert list(scene.keeper.flagged) == [_id(scene, PLAIN)]
    assert accounts.load(scene.desk.state, _id(scene, PLAIN)).flagged


def test_serve_does_not_flag_what_a_bond_covers(scene: Scene) -> None:
    _move(scene, 965)
    stands = _stands(scene, BONDED)
    assert not stands.is_healthy
    assert stands.is_safe
    assert not scene.keeper.serve(_id(scene, BONDED))


def test_serve_draws_a_line_before_it_flags(scene: Scene) -> None:
    _move(scene, 965)
    before = _stands(scene, LINED)
    assert not before.is_healthy
    assert not scene.keeper.serve(_id(scene, LINED))
    after = _stands(scene, LINED)
    assert after.equity == min(before.end, before.equity + 10_000 * DOLLAR)
    drawn = protection.load_lines(scene.desk.state, _id(scene, LINED)).drawn
    assert drawn == after.equity - before.equity
    assert scene.payments.drawn_lines == drawn


def test_nobody_bids_within_the_window_but_who_was_chosen(scene: Scene) -> None:
    _move(scene, 965)
    for place in (PLAIN, CHOOSER):
        assert scene.keeper.serve(_id(scene, place))
    scene.liquidators.bid(scene.keeper)
    assert scene.payments.sliced_accounts == {_id(scene, CHOOSER)}
    _move(scene, 965, seconds=auction.WINDOW + 40)
    scene.liquidators.bid(scene.keeper)
    assert scene.payments.sliced_accounts == {_id(scene, PLAIN), _id(scene, CHOOSER)}


def test_a_slice_is_bought_once_it_pays_and_restores_the_account(scene: Scene) -> None:
    _move(scene, 965)
    scene.keeper.serve(_id(scene, PLAIN))
    _move(scene, 965, seconds=auction.WINDOW)
    scene.liquidators.bid(scene.keeper)
    assert scene.payments.slices == 0, "at 98 % of equity nobody gains"
    _move(scene, 965, seconds=40)
    before = _stands(scene, PLAIN)
    scene.liquidators.bid(scene.keeper)
    assert scene.payments.slices == 1
    assert _stands(scene, PLAIN).is_restored
    assert not scene.keeper.flagged
    bought = scene.liquidators.bought
    assert 0 < bought.gross < before.gross
    assert bought.needless < before.gross // 200, "what may be sold for roundings, and no more"
    assert bought.given_up > scene.payments.fees > 0


def test_what_is_bought_is_unloaded(scene: Scene) -> None:
    _move(scene, 965)
    scene.keeper.serve(_id(scene, PLAIN))
    _move(scene, 965, seconds=60)
    scene.liquidators.bid(scene.keeper)
    market = scene.desk.underlyings[0].perp.market_id
    state = scene.desk.state

    def held() -> int:
        sizes = (positions.load(state, one, market).size for one in scene.liquidators.account_ids)
        return sum(sizes)

    assert held() > 0
    (price,) = opening(scene.tape.minutes[0].candles)
    scene.liquidators.unload([price * 965 // 1_000])
    assert held() == 0
    assert scene.liquidators.is_loaded
    scene.liquidators.unload([price * 965 // 1_000])
    assert not scene.liquidators.is_loaded


def test_review_clears_the_flag_of_an_account_that_recovers(scene: Scene) -> None:
    _move(scene, 965)
    scene.keeper.serve(_id(scene, PLAIN))
    assert scene.keeper.waiting
    _move(scene, 1_000)
    assert not scene.keeper.waiting
    scene.keeper.review()
    assert not scene.keeper.flagged
    assert not accounts.load(scene.desk.state, _id(scene, PLAIN)).flagged


def test_dead_orders_are_taken_out_once_a_flag_is_cleared(scene: Scene) -> None:
    one = scene.portfolios[ORDERED]
    state, market = scene.desk.state, scene.desk.underlyings[0].perp.market_id
    assert positions.load(state, one.account_id, market).open_asks
    _move(scene, 965)
    scene.keeper.serve(one.account_id)
    _move(scene, 1_000)
    scene.keeper.review()
    assert scene.payments.removed == 1
    assert not positions.load(state, one.account_id, market).open_asks
    assert accounts.load(state, one.account_id).live


def test_standings_are_read_anew_after_a_write(scene: Scene) -> None:
    _move(scene, 965)
    scene.desk.changed.clear()
    before = scene.keeper.standings.of(_id(scene, PLAIN))
    scene.desk.fund(scene.desk.owners.holders, _id(scene, PLAIN), 0, 1_000_000)
    assert scene.keeper.standings.of(_id(scene, PLAIN)).equity == before.equity + 1_000_000
