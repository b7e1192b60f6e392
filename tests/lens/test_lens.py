"""The contract itself: what it is made of, and when it can not read."""

import pytest

from tests.support.abi import codec, creation_code
from tests.support.backend import CallFailedError, user_address
from tests.support.doubles import list_double
from tests.support.scene import ASK, Scene
from tests.support.soundness import exchange_storage
from tests.support.system import ADMIN, ETH_MARKET, System
from worldmarkets.client.lens import MAX_ITEMS, Lens, walk
from worldmarkets.model.interface import Side

_BEFORE_TRANSFER = 1


def test_lens_reads_the_exchange_it_was_made_for(system: System, lens: Lens) -> None:
    assert system.view(lens.address, "Lens", "exchange") == (system.exchange,)
    assert system.view(lens.address, "Lens", "MAX_ITEMS") == (MAX_ITEMS,)


def test_lens_of_no_contract_is_rejected(system: System) -> None:
    nobody = user_address(0x99)
    with pytest.raises(CallFailedError) as caught:
        system.backend.deploy(ADMIN, creation_code("Lens", nobody))
    error = codec("Lens").error(caught.value.returned)
    name = b"exchange".ljust(32, b"\0")
    assert (error.name, error.arguments) == ("InvalidParameter", (name, int(nobody, 16)))


def test_lens_is_nobody_to_the_exchange(scene: Scene, lens: Lens) -> None:
    scene.ask(scene.maker, 21_000, 5)
    before = exchange_storage(scene.system)
    for function, arguments in (
        ("depth", (ETH_MARKET, ASK, 0, 5)),
        ("queue", (ETH_MARKET, 21_000, 0, 5)),
        ("account", (scene.maker,)),
        ("assets", (0, 5)),
    ):
        scene.system.execute_on(lens.address, "Lens", ADMIN, function, *arguments)
        assert scene.system.last.logs == ()
    assert exchange_storage(scene.system) == before


def test_lens_while_a_token_is_called_reads_nothing(scene: Scene, lens: Lens) -> None:
    system = scene.system
    asset = list_double(system, "CallbackToken", 8, 8)
    token = system.tokens[asset]
    data = codec("Lens").encode("account", scene.maker)
    system.mint(system.owners[scene.maker], asset, 100)
    system.execute_on(token, "CallbackToken", ADMIN, "arm", _BEFORE_TRANSFER, lens.address, data)
    system.deposit(scene.maker, asset, 100)
    answer = [system.view(token, "CallbackToken", name)[0] for name in ("calls", "succeeded")]
    assert answer == [1, False]
    returned = system.view(token, "CallbackToken", "returned")[0]
    assert codec("Exchange").error(returned).name == "ReentrancyGuardReentrantCall"
    assert lens.account(scene.maker).holdings[-1].balance_atoms == 100


def test_walk_yields_the_items_of_all_pages(scene: Scene, lens: Lens) -> None:
    for tick in range(19_000, 19_007):
        scene.bid(scene.maker, tick, 1)
    found = walk(lambda tick: lens.depth(ETH_MARKET, Side.BID, tick, 3))
    assert [level.tick for level in found] == list(range(19_006, 18_999, -1))
