"""Reading state raw."""

from tests.support.scene import Scene
from tests.support.soundness import exchange_storage
from worldmarkets.model import slots


def test_read_words_returns_them_in_order_and_zero_where_nothing_is(scene: Scene) -> None:
    wanted = [slots.registry(), 2**256 - 1, 0, slots.account(scene.maker), slots.registry()]
    stored = exchange_storage(scene.system)
    words = scene.system.read_words(wanted)
    assert words == [stored.get(slot, 0) for slot in wanted]
    assert words[1] == 0
    # Slot 0 is OpenZeppelin's authority.
    assert words[2] == int(scene.system.authority, 16)


def test_read_words_of_nothing_returns_nothing(scene: Scene) -> None:
    assert scene.system.read_words([]) == []


def test_read_words_reads_every_word_in_use(scene: Scene) -> None:
    for index in range(20):
        scene.ask(scene.maker, 20_000 + index % 2, 1)
    stored = exchange_storage(scene.system)
    assert scene.system.read_words(list(stored)) == list(stored.values())
