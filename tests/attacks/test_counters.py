"""Counters brought to their ends by writing storage: nothing may wrap into a neighbour."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

import pytest

from tests.support.abi import Reverted
from tests.support.backend import rolled_back
from tests.support.rpc_backend import RpcBackend
from tests.support.scene import STRANGER, Scene, make_scene
from tests.support.system import ETH_MARKET, System
from worldmarkets.model import slots
from worldmarkets.model.packing import Word
from worldmarkets.model.words import LevelWord, RegistryWord, TapeWord

pytestmark = pytest.mark.node


@pytest.fixture
def node_scene(node_system: System) -> Iterator[Scene]:
    with rolled_back(node_system.backend):
        yield make_scene(node_system)


def overwrite(scene: Scene, slot: int, word: Word) -> None:
    backend = scene.system.backend
    assert isinstance(backend, RpcBackend)
    value = f"0x{word.pack():064x}"
    backend.request("anvil_setStorageAt", scene.system.exchange, hex(slot), value)


def test_account_after_the_last_takes_over_nobody(node_scene: Scene) -> None:
    """Account ids have 32 bits; the next one must not be an account that exists."""
    scene = node_scene
    registry = scene.word(RegistryWord, slots.registry())
    overwrite(scene, slots.registry(), replace(registry, accounts=2**32 - 1))
    owners = [scene.account(account).owner for account in range(5)]
    with suppress(Reverted):
        for _ in range(5):
            scene.system.create_account(STRANGER)
    assert [scene.account(account).owner for account in range(5)] == owners
    assert scene.word(RegistryWord, slots.registry()).assets == registry.assets


def test_last_account_id_works(node_scene: Scene) -> None:
    scene = node_scene
    registry = scene.word(RegistryWord, slots.registry())
    overwrite(scene, slots.registry(), replace(registry, accounts=2**32 - 2))
    account = scene.new_account(STRANGER, 10**9, 10)
    assert account == 2**32 - 1
    made = scene.ask(account, 20_000, 4)
    assert scene.bid(scene.taker, 20_000, 3).filled_lots == 3
    assert scene.system.cancel(account, made.order_id) == 1


def test_sequence_of_fills_wraps_without_touching_fees_or_terms(node_scene: Scene) -> None:
    scene = node_scene
    tape = scene.tape()
    overwrite(scene, slots.tape(ETH_MARKET), replace(tape, sequence=2**40 - 1))
    scene.ask(scene.maker, 20_000, 4)
    scene.bid(scene.taker, 20_000, 4)
    fees = scene.tape().fees
    assert scene.tape() == TapeWord(
        last=20_000, fees=fees, sequence=0, taker_ppm=tape.taker_ppm, touched=1
    )
    assert fees == 2_800 - 800


def test_orders_of_late_generations_are_found_by_their_ids(node_scene: Scene) -> None:
    scene = node_scene
    first, last = 2**48 - 5, 2**48 - 1
    level = LevelWord(generation=first, head_generation=first)
    overwrite(scene, slots.level(ETH_MARKET, 20_000), level)
    made = [scene.ask(scene.maker, 20_000, 1).order_id for _ in range(20)]
    assert len(set(made)) == 20
    assert scene.system.cancel_many(scene.maker, made[::-1]) == [1] * 20
    assert scene.level(20_000) == LevelWord(generation=last, head_generation=last)
