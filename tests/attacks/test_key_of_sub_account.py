"""What a key for one account can do to another of the same owner."""

from tests.support.scene import IOC, MAKER, OPERATOR, START_CASH, Scene
from tests.support.system import LAST_SECOND
from worldmarkets.model.interface import Permission


def test_key_of_a_sub_account_removes_no_order_of_the_main_account(scene: Scene) -> None:
    sub = scene.new_account(MAKER, START_CASH)
    scene.system.set_operator(sub, OPERATOR, Permission.PLACE, LAST_SECOND, 0)
    scene.ask(scene.maker, 20_000, 5)
    scene.bid(sub, 20_000, 5, IOC, sender=OPERATOR)
    assert [lane.lots for _, lane in scene.orders(20_000)] == [5]
