"""Orders of the owner use up no budget, whatever their terms."""

from tests.support.backend import START_TIME
from tests.support.scene import BID, Scene
from tests.unit.losses import appoint, hit


def test_maker_order_of_the_owner_that_expires_uses_up_no_budget(scene: Scene) -> None:
    appoint(scene, scene.maker, 0)
    scene.ask(scene.maker, 19_500, 7, expiry=START_TIME + 3_600)
    assert hit(scene, BID, 19_500, 7).filled_lots == 7
    assert scene.cash_word(scene.maker).loss == 0


def test_maker_order_of_the_owner_that_only_reduces_uses_up_no_budget(scene: Scene) -> None:
    appoint(scene, scene.maker, 0)
    scene.ask(scene.maker, 19_500, 7, reduce_only=True)
    assert hit(scene, BID, 19_500, 7).filled_lots == 7
    assert scene.cash_word(scene.maker).loss == 0
