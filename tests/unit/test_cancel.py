"""Cancelling one order, or several."""

from tests.support.scene import LOT, MAKER, START_LOTS, STRANGER, TAKER, Scene
from tests.support.soundness import refused
from worldmarkets.model.interface import Removal
from worldmarkets.model.records import Removed, Skipped
from worldmarkets.model.words import NO_ASK, LedgerWord, OrderId


def test_cancel_gives_back_what_was_open(scene: Scene) -> None:
    made = scene.ask(scene.maker, 20_000, 7).order_id
    assert scene.system.cancel(scene.maker, made) == 7
    assert scene.records() == [Removed(made, 7, scene.maker, Removal.CANCELLED)]
    assert scene.ledger(scene.maker, 1) == LedgerWord(touched=1, balance=START_LOTS * LOT)
    assert scene.orders(20_000) == []
    assert scene.book().best_ask == NO_ASK


def test_cancel_of_a_bid_frees_cash(scene: Scene) -> None:
    made = scene.bid(scene.maker, 20_000, 7).order_id
    scene.system.cancel(scene.maker, made)
    assert scene.ledger(scene.maker, 1).open_bids == 0
    assert scene.book().best_bid == 0


def test_cancel_of_the_best_moves_it_to_the_next(scene: Scene) -> None:
    near, far = scene.ask(scene.maker, 20_000, 1), scene.ask(scene.maker, 20_900, 1)
    scene.system.cancel(scene.maker, near.order_id)
    assert scene.book().best_ask == 20_900
    scene.bid(scene.maker, 15_000, 1)
    high = scene.bid(scene.maker, 19_000, 1)
    scene.system.cancel(scene.maker, high.order_id)
    assert scene.book().best_bid == 15_000
    scene.system.cancel(scene.maker, far.order_id)
    assert (scene.book().best_bid, scene.book().best_ask) == (15_000, NO_ASK)


def test_cancel_behind_the_best_leaves_it(scene: Scene) -> None:
    scene.ask(scene.maker, 20_000, 1)
    far = scene.ask(scene.maker, 20_900, 1)
    scene.system.cancel(scene.maker, far.order_id)
    assert scene.book().best_ask == 20_000


def test_cancel_of_a_partly_filled_order_returns_what_is_left(scene: Scene) -> None:
    made = scene.ask(scene.maker, 20_000, 7).order_id
    scene.bid(scene.taker, 20_000, 3)
    assert scene.system.cancel(scene.maker, made) == 4


def test_cancel_of_a_filled_order_is_refused(scene: Scene) -> None:
    made = scene.ask(scene.maker, 20_000, 7).order_id
    scene.bid(scene.taker, 20_000, 7)
    with refused(scene.system, "StaleOrder", made):
        scene.system.cancel(scene.maker, made)


def test_cancel_twice_is_refused(scene: Scene) -> None:
    made = scene.ask(scene.maker, 20_000, 7).order_id
    scene.system.cancel(scene.maker, made)
    with refused(scene.system, "StaleOrder", made):
        scene.system.cancel(scene.maker, made)


def test_cancel_of_an_id_never_given_out_is_refused(scene: Scene) -> None:
    for order_id in (0, 1, 2**128 - 1, OrderId(tick=20_000, market=257).pack()):
        with refused(scene.system, "StaleOrder", order_id):
            scene.system.cancel(scene.maker, order_id)


def test_cancel_of_somebody_elses_order_is_refused(scene: Scene) -> None:
    made = scene.ask(scene.maker, 20_000, 7).order_id
    with refused(scene.system, "NotOrderOwner", made, scene.taker):
        scene.system.cancel(scene.taker, made)


def test_cancel_of_an_order_of_another_own_account_is_refused(scene: Scene) -> None:
    made = scene.ask(scene.maker, 20_000, 7).order_id
    other = scene.system.create_account(MAKER)
    with refused(scene.system, "NotOrderOwner", made, other):
        scene.system.cancel(other, made)


def test_cancel_for_a_foreign_or_unknown_account_is_refused(scene: Scene) -> None:
    made = scene.ask(scene.maker, 20_000, 7).order_id
    with refused(scene.system, "NotAccountOwner", scene.maker, STRANGER):
        scene.system.cancel(scene.maker, made, sender=STRANGER)
    with refused(scene.system, "UnknownAccount", 99):
        scene.system.cancel(99, made, sender=MAKER)


def test_cancel_needs_no_check(scene: Scene) -> None:
    """An account whose bids are no longer covered can still cancel."""
    made = scene.bid(scene.maker, 20_000, 476_000 // 1_000).order_id
    scene.system.set_price(1, 10**18)
    scene.system.withdraw(scene.maker, 0, (scene.cash(scene.maker) - 10**6) * 10**12)
    scene.system.set_price(1, 2_000 * 10**18)
    assert scene.system.cancel(scene.maker, made) == 476


def test_cancel_many_cancels_each_and_skips_what_is_stale(scene: Scene) -> None:
    first, second = (scene.ask(scene.maker, 20_000 + i, 3 + i).order_id for i in range(2))
    gone = scene.ask(scene.maker, 20_500, 1).order_id
    scene.system.cancel(scene.maker, gone)
    assert scene.system.cancel_many(scene.maker, [second, gone, first]) == [4, 0, 3]
    assert scene.records() == [
        Removed(second, 4, scene.maker, Removal.CANCELLED),
        Skipped(1, 0),
        Removed(first, 3, scene.maker, Removal.CANCELLED),
    ]
    assert scene.ledger(scene.maker, 1).open_asks == 0


def test_cancel_many_of_nothing_does_nothing(scene: Scene) -> None:
    assert scene.system.cancel_many(scene.maker, []) == []
    assert scene.system.events() == []


def test_cancel_many_with_a_duplicate_is_refused(scene: Scene) -> None:
    live = [scene.ask(scene.maker, 20_000, 1).order_id for _ in range(3)]
    for ids in ([live[0], live[0]], [live[0], live[1], live[2], live[1]]):
        with refused(scene.system, "DuplicateOrder", ids[-1]):
            scene.system.cancel_many(scene.maker, ids)


def test_cancel_many_with_a_stale_duplicate_is_refused(scene: Scene) -> None:
    with refused(scene.system, "DuplicateOrder", 77):
        scene.system.cancel_many(scene.maker, [77, 78, 77])


def test_cancel_many_with_somebody_elses_order_is_refused(scene: Scene) -> None:
    own = scene.ask(scene.maker, 20_000, 1).order_id
    other = scene.ask(scene.taker, 20_000, 1).order_id
    with refused(scene.system, "NotOrderOwner", other, scene.maker):
        scene.system.cancel_many(scene.maker, [own, other])


def test_cancel_many_for_a_foreign_or_unknown_account_is_refused(scene: Scene) -> None:
    made = scene.ask(scene.maker, 20_000, 7).order_id
    with refused(scene.system, "NotAccountOwner", scene.maker, TAKER):
        scene.system.cancel_many(scene.maker, [made], sender=TAKER)
    with refused(scene.system, "UnknownAccount", 99):
        scene.system.cancel_many(99, [made], sender=MAKER)
