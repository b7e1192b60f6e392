"""Calldata made by hand: dirty bits, arrays that lie, and gas cut short."""

from collections.abc import Iterator

import pytest
from eth_abi import encode

from tests.support.abi import codec
from tests.support.backend import CallFailedError, rolled_back
from tests.support.rpc_backend import RpcBackend, RpcError
from tests.support.scene import ASK, BID, FOK, MAKER, TAKER, Scene, make_scene, order
from tests.support.soundness import exchange_storage, refused
from tests.support.system import ETH_MARKET, FOREVER, System, order_tuple

_ORDER = order_tuple(order(BID, 19_000, 5))
_WORD = 32
_NARROW = range(5)
"""Fields of an order that are narrower than a word; the last, its terms, fills one."""


def send(scene: Scene, data: bytes) -> tuple[bool, bytes]:
    result = scene.system.backend.call(MAKER, scene.system.exchange, data)
    return result.ok, result.returned


@pytest.mark.parametrize("field", _NARROW)
def test_order_field_with_dirty_high_bits_is_refused(scene: Scene, field: int) -> None:
    before = exchange_storage(scene.system)
    data = bytearray(codec("Exchange").encode("place", scene.maker, _ORDER))
    data[4 + _WORD * (1 + field)] = 1
    assert send(scene, bytes(data)) == (False, b"")
    assert exchange_storage(scene.system) == before


@pytest.mark.parametrize("field", _NARROW)
def test_order_field_with_dirty_high_bits_in_a_batch_is_refused(scene: Scene, field: int) -> None:
    before = exchange_storage(scene.system)
    arguments = (scene.maker, [], [_ORDER], False, FOREVER)
    data = bytearray(codec("Exchange").encode("batch", *arguments))
    data[-_WORD * (6 - field)] = 1
    assert send(scene, bytes(data)) == (False, b"")
    assert exchange_storage(scene.system) == before


def test_terms_with_a_dirty_high_bit_have_an_error_of_their_own(scene: Scene) -> None:
    dirty = (*_ORDER[:-1], 1 << 255)
    with refused(scene.system, "InvalidTerms", 1 << 255):
        scene.system.execute(MAKER, "place", scene.maker, dirty)


@pytest.mark.parametrize("length", [1, 2, 2**32, 2**64 - 1, 2**64, 2**255, 2**256 - 1])
def test_array_longer_than_calldata_is_refused(scene: Scene, length: int) -> None:
    before = exchange_storage(scene.system)
    head = encode(["uint32", "uint256"], [scene.maker, 64])
    data = codec("Exchange").selector("cancelMany") + head + encode(["uint256"], [length])
    ok, _ = send(scene, data)
    assert not ok
    assert exchange_storage(scene.system) == before


@pytest.mark.parametrize("offset", [2**32, 2**64, 2**255, 2**256 - 32])
def test_array_offset_beyond_calldata_is_refused(scene: Scene, offset: int) -> None:
    head = encode(["uint32", "uint256", "uint256"], [scene.maker, offset, 0])
    ok, _ = send(scene, codec("Exchange").selector("cancelMany") + head)
    assert not ok


def test_cancels_and_places_sharing_calldata_do_what_each_says(scene: Scene) -> None:
    """Both arrays point at one empty array: nothing is cancelled, nothing placed."""
    kinds = ["uint32", "uint256", "uint256", "bool", "uint64", "uint256"]
    head = encode(kinds, [scene.maker, 160, 160, False, FOREVER, 0])
    before = exchange_storage(scene.system)
    ok, _ = send(scene, codec("Exchange").selector("batch") + head)
    assert ok
    assert exchange_storage(scene.system) == before


def test_garbage_behind_the_arguments_changes_nothing(scene: Scene) -> None:
    data = codec("Exchange").encode("place", scene.maker, _ORDER)
    ok, returned = send(scene, data + b"\xff" * 100)
    assert ok
    assert codec("Exchange").decode("place", returned)[0][2] == 5


@pytest.mark.parametrize("size", [0, 1, 3, 4, 35, 36, 195])
def test_calldata_cut_short_is_refused(scene: Scene, size: int) -> None:
    data = codec("Exchange").encode("place", scene.maker, _ORDER)
    ok, _ = send(scene, data[:size])
    assert not ok


@pytest.fixture
def node_scene(node_system: System) -> Iterator[Scene]:
    with rolled_back(node_system.backend):
        yield make_scene(node_system)


@pytest.mark.node
def test_fill_or_kill_starved_of_gas_is_never_skipped(node_scene: Scene) -> None:
    """However little gas the batch gets, the order fills whole or everything reverts.

    A self-call that runs out of gas must not look like an order that could not be filled.
    """
    scene = node_scene
    backend = scene.system.backend
    assert isinstance(backend, RpcBackend)
    for index in range(10):
        scene.system.place(scene.maker, ETH_MARKET, ASK, 20_000 + index, 1)
    places = [order_tuple(order(BID, 20_009, 10, FOK)), order_tuple(order(BID, 19_000, 1))]
    data = codec("Exchange").encode("batch", scene.taker, [], places, False, FOREVER)
    outcomes = set()
    for gas in range(40_000, 600_000, 4_000):
        request = {
            "from": TAKER,
            "to": scene.system.exchange,
            "data": f"0x{data.hex()}",
            "gas": hex(gas),
        }
        try:
            returned = bytes.fromhex(backend.request("eth_call", request, "latest")[2:])
        except RpcError:
            outcomes.add("reverted")
            continue
        _, results = codec("Exchange").decode("batch", returned)
        assert results[0][1] == 10, f"skipped at {gas} gas"
        assert results[1][2] == 1
        outcomes.add("filled")
    assert outcomes == {"reverted", "filled"}


def test_view_of_the_exchange_is_no_way_to_write(scene: Scene) -> None:
    data = codec("Exchange").encode("createAccount")
    with pytest.raises((CallFailedError, AssertionError)):
        scene.system.backend.view(scene.system.exchange, data)
