"""An order that no one can trade with: its operator has no budget for what it would lose."""

from tests.attacks.test_trading_keys import REFERENCE
from tests.support.scene import OPERATOR, POST_ONLY, SLIDE, STRANGER, Scene
from tests.support.system import LAST_SECOND
from worldmarkets.model.interface import Permission

EDGE = 19_000


def post_ghost(scene: Scene) -> int:
    """A lot for sale a band below the reference, by a key whose owner lets it lose nothing."""
    ghost = scene.new_account(STRANGER, 0, 1)
    scene.system.set_operator(ghost, OPERATOR, Permission.PLACE, LAST_SECOND, 0)
    scene.ask(ghost, EDGE, 1, sender=OPERATOR)
    return ghost


def test_order_beyond_its_budget_stops_no_post_only_order(scene: Scene) -> None:
    post_ghost(scene)
    assert scene.bid(scene.maker, REFERENCE - 1, 5, POST_ONLY).resting_lots == 5


def test_order_beyond_its_budget_moves_no_sliding_order(scene: Scene) -> None:
    post_ghost(scene)
    scene.bid(scene.maker, REFERENCE - 1, 5, SLIDE)
    assert scene.book().best_bid == REFERENCE - 1


def test_reduce_only_order_beyond_its_budget_stops_no_post_only_order(scene: Scene) -> None:
    ghost = scene.new_account(STRANGER, 0, 1)
    scene.system.set_operator(ghost, OPERATOR, Permission.PLACE, LAST_SECOND, 0)
    scene.ask(ghost, EDGE, 1, sender=OPERATOR, reduce_only=True)
    assert scene.bid(scene.maker, REFERENCE - 1, 5, POST_ONLY).resting_lots == 5
