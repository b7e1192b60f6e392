"""A batch of packed bytes: what the typed one does, and no byte too many or too few."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.abi import Reverted
from tests.support.backend import START_TIME, rolled_back
from tests.support.scene import (
    ASK,
    BID,
    FOK,
    IOC,
    LOT,
    MAKER,
    POST_ONLY,
    STRANGER,
    TAKER,
    Scene,
    make_scene,
    order,
)
from tests.support.soundness import assert_sound, exchange_storage, refused
from tests.support.system import BTC_MARKET, ETH_MARKET, LAST_SECOND, System
from worldmarkets.model.interface import OrderRequest, OrderResult, Refusal, SelfTrade, Side
from worldmarkets.model.packed import CANCEL_SIZE, HEADER_SIZE, MORE_SIZE, PLACE_SIZE, pack_batch
from worldmarkets.model.records import Expires, Placed, Removed, Skipped

FULL = order(
    ASK,
    20_300,
    7,
    POST_ONLY,
    self_trade=SelfTrade.DECREMENT_BOTH,
    expiry=LAST_SECOND,
    reduce_only=True,
    client_id=2**64 - 1,
)
"""An order with every term."""


def send(scene: Scene, packed: bytes, sender: str = MAKER) -> tuple[Any, ...]:
    return scene.system.execute(sender, "batchPacked", packed)


def test_batch_packed_cancels_then_places_with_every_term(scene: Scene) -> None:
    old = scene.ask(scene.maker, 20_100, 6).order_id
    lots, results = scene.system.batch_packed(scene.maker, [old], [order(BID, 20_100, 5), FULL])
    assert lots == [6]
    assert [result.resting_lots for result in results] == [5, 7]
    assert scene.records() == [
        Removed(old, 6, scene.maker),
        Placed(results[0].order_id, 5),
        Placed(results[1].order_id, 7, 2**64 - 1, is_ask=1, reduce_only=1),
        Expires(results[1].order_id, LAST_SECOND),
    ]
    [(_, lane)] = scene.orders(20_300)
    assert (lane.lots, lane.expiry, lane.reduce_only, lane.tag) == (7, LAST_SECOND, 1, 0xFFF)


def test_batch_packed_of_known_bytes_does_what_they_say(scene: Scene) -> None:
    """The format byte by byte, not by the packer."""
    made = scene.bid(scene.maker, 19_000, 3).order_id
    packed = bytes.fromhex(
        "00000003"  # account 3, the maker's
        "ffffffff"  # deadline
        "00"  # skips allowed
        "01"  # one cancel
        "02"  # two places
        f"{made:032x}"
        "0101"  # market 257
        "004e20"  # tick 20,000
        "0000000005"  # lots
        "40"  # at most 64 fills
        "01"  # ask, good till cancelled
        "0101"
        "004a38"  # tick 19,000
        "0000000004"
        "00"  # meets nobody
        "86"  # bid, immediate or cancel (3 << 1), more follows
        "7fffffff"  # expiry
        "00000000000000ff"  # client id
    )
    assert scene.maker == 3
    lots, results = send(scene, packed)
    assert list(lots) == [3]
    assert [result[2] for result in results] == [5, 0]
    assert scene.records() == [
        Removed(made, 3, scene.maker),
        Placed(results[0][0], 5, is_ask=1),
        Placed(0, 0, 0xFF),
    ]


def test_batch_packed_of_nothing_does_nothing(scene: Scene) -> None:
    assert scene.system.batch_packed(scene.maker) == ([], [])
    assert scene.system.events() == []


def test_batch_packed_at_its_deadline_goes_through_and_later_is_refused(scene: Scene) -> None:
    system = scene.system
    system.backend.set_time(START_TIME + 100)
    system.batch_packed(scene.maker, (), [order(BID, 19_000, 1)], START_TIME + 100)
    with refused(system, "DeadlinePassed", START_TIME + 99, START_TIME + 100):
        system.batch_packed(scene.maker, (), [order(BID, 19_000, 1)], START_TIME + 99)


def test_batch_packed_for_a_foreign_or_unknown_account_is_refused(scene: Scene) -> None:
    for account in (1, 2, scene.maker):
        with refused(scene.system, "NotAccountOwner", account, STRANGER):
            scene.system.batch_packed(account, sender=STRANGER)
    with refused(scene.system, "UnknownAccount", 2**32 - 1):
        scene.system.batch_packed(2**32 - 1, sender=MAKER)


@pytest.mark.parametrize("all_or_none", [False, True])
def test_batch_packed_with_a_duplicate_or_foreign_cancel_is_refused(
    scene: Scene, all_or_none: bool
) -> None:
    own = scene.bid(scene.maker, 19_900, 5).order_id
    theirs = scene.bid(scene.taker, 19_900, 5).order_id
    with refused(scene.system, "DuplicateOrder", own):
        scene.system.batch_packed(scene.maker, [own, own], all_or_none=all_or_none)
    with refused(scene.system, "NotOrderOwner", theirs, scene.maker):
        scene.system.batch_packed(scene.maker, [own, theirs], all_or_none=all_or_none)


def test_batch_packed_skips_what_is_stale_or_refused(scene: Scene) -> None:
    places = [order(BID, 0, 1), order(BID, 19_000, 1)]
    lots, results = scene.system.batch_packed(scene.maker, [77], places)
    assert lots == [0]
    assert results[0] == OrderResult(refusal=Refusal.TICK_OUT_OF_RANGE)
    assert scene.records() == [
        Skipped(0, 0),
        Skipped(0, Refusal.TICK_OUT_OF_RANGE),
        Placed(results[1].order_id, 1),
    ]


def test_batch_packed_all_or_none_turns_a_skip_into_its_error(scene: Scene) -> None:
    with refused(scene.system, "StaleOrder", 77):
        scene.system.batch_packed(scene.maker, [77], all_or_none=True)
    places = [order(BID, 19_000, 1), order(BID, 21_001, 1)]
    with refused(scene.system, "PriceOutsideBand", 21_001, 21_000):
        scene.system.batch_packed(scene.maker, (), places, all_or_none=True)


@pytest.mark.parametrize("flags", [5 << 1, 6 << 1, 7 << 1, 3 << 4])
def test_batch_packed_with_unknown_modes_skips_the_order(scene: Scene, flags: int) -> None:
    packed = bytearray(pack_batch(scene.maker, [], [order(BID, 19_000, 1)]))
    packed[-1] = flags
    _, results = send(scene, bytes(packed))
    assert results[0][3] == Refusal.INVALID_TERMS


def test_batch_packed_of_the_most_items_goes_through(scene: Scene) -> None:
    quotes = [order(ASK, 20_000 + index, 1) for index in range(255)]
    _, results = scene.system.batch_packed(scene.maker, (), quotes)
    ids = [result.order_id for result in results]
    lots, again = scene.system.batch_packed(scene.maker, ids, quotes)
    assert lots == [1] * 255
    assert [result.resting_lots for result in again] == [1] * 255
    assert scene.ledger(scene.maker, 1).open_asks == 255 * LOT


# ------------------------------------------------------------------ lengths


def parts(packed: bytes, cancels: int, places: list[OrderRequest]) -> Iterator[tuple[int, int]]:
    """Each length a batch cut short may have, and the length that is then missed."""
    ends = [HEADER_SIZE, *(HEADER_SIZE + CANCEL_SIZE * (i + 1) for i in range(cancels))]
    for place in places:
        ends.append(ends[-1] + PLACE_SIZE)
        if place.expiry or place.client_id:
            ends.append(ends[-1] + MORE_SIZE)
    assert ends[-1] == len(packed)
    for length in range(len(packed)):
        yield length, next(end for end in ends if end > length)


def test_batch_packed_cut_anywhere_is_refused(scene: Scene) -> None:
    """The last cancel that is cut off and each place before it are undone."""
    ids = [scene.bid(scene.maker, 19_000, 3).order_id for _ in range(2)]
    places = [order(BID, 19_100, 1), FULL, order(ASK, 20_200, 1)]
    packed = pack_batch(scene.maker, ids, places)
    for length, expected in parts(packed, 2, places):
        with refused(scene.system, "MalformedBatch", length, expected):
            send(scene, packed[:length])


@pytest.mark.parametrize("more", [1, PLACE_SIZE, CANCEL_SIZE, 32, 1_000])
def test_batch_packed_with_bytes_behind_it_is_refused(scene: Scene, more: int) -> None:
    packed = pack_batch(scene.maker, [], [order(BID, 19_000, 1), FULL])
    with refused(scene.system, "MalformedBatch", len(packed) + more, len(packed)):
        send(scene, packed + bytes(more))


@pytest.mark.parametrize("packed", [b"", b"\0", bytes(10)])
def test_batch_packed_without_a_header_is_refused(scene: Scene, packed: bytes) -> None:
    with refused(scene.system, "MalformedBatch", len(packed), HEADER_SIZE):
        send(scene, packed)


def test_batch_packed_that_says_more_than_it_holds_is_refused(scene: Scene) -> None:
    for cancels, places, expected in ((255, 0, 27), (0, 255, 23), (255, 255, 27)):
        header = pack_batch(scene.maker, [], [])[:9] + bytes([cancels, places])
        with refused(scene.system, "MalformedBatch", HEADER_SIZE, expected):
            send(scene, header)


# ------------------------------------------------------------------ the same as the typed one


ticks = st.integers(19_995, 20_005) | st.sampled_from((0, 1, 18_999, 21_001, 2**24 - 1))
requests = st.builds(
    OrderRequest,
    market_id=st.sampled_from((ETH_MARKET, ETH_MARKET, ETH_MARKET, BTC_MARKET, 999)),
    side=st.sampled_from(Side),
    tick=ticks,
    lots=st.integers(0, 30) | st.just(2**40 - 1),
    time_in_force=st.integers(0, 4) | st.integers(0, 7),
    max_fills=st.sampled_from((0, 1, 2, 64, 65, 255)),
    self_trade=st.integers(0, 3),
    expiry=st.sampled_from((0, 0, START_TIME, START_TIME - 1, 2**32 - 1)),
    reduce_only=st.booleans(),
    client_id=st.sampled_from((0, 0, 7, 2**64 - 1)),
)


@dataclass
class Outcome:
    """What a batch came to: what it returned or why not, its records and all words after it."""

    returned: object
    records: list[int]
    words: dict[int, int]


def outcome(scene: Scene, function: Any, *arguments: object) -> Outcome:
    with rolled_back(scene.system.backend):
        try:
            returned: object = function(*arguments)
            records = scene.system.records()
        except Reverted as error:
            returned, records = (error.name, error.arguments), []
        assert_sound(scene.system)
        return Outcome(returned, records, exchange_storage(scene.system))


@pytest.fixture(scope="module")
def packed_scene(deployed_system: System) -> Iterator[tuple[Scene, list[int]]]:
    """A scene with orders of both on both sides, and the ids of the maker's."""
    owners, backend = dict(deployed_system.owners), deployed_system.backend
    with rolled_back(backend):
        scene = make_scene(deployed_system)
        made = []
        for offset in range(1, 4):
            for account in (scene.maker, scene.taker):
                bid = scene.bid(account, 20_000 - offset, 4, expiry=START_TIME + offset)
                ask = scene.ask(account, 20_000 + offset, 4)
                if account == scene.maker:
                    made += [bid.order_id, ask.order_id]
        yield scene, made
    deployed_system.owners = owners


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(
    cancels=st.lists(st.integers(0, 6), max_size=4),
    places=st.lists(requests, max_size=5),
    all_or_none=st.integers(0, 3),
    sender=st.sampled_from((MAKER, MAKER, MAKER, TAKER)),
)
def test_batch_packed_equals_the_typed_batch(
    packed_scene: tuple[Scene, list[int]],
    cancels: list[int],
    places: list[OrderRequest],
    all_or_none: int,
    sender: str,
) -> None:
    scene, made = packed_scene
    ids = [(*made, 77)[index] for index in cancels]
    whole = all_or_none == 3
    system = scene.system

    def typed() -> object:
        return system.batch(scene.maker, ids, places, LAST_SECOND, whole, sender=sender)

    def packed() -> object:
        return system.batch_packed(scene.maker, ids, places, LAST_SECOND, whole, sender=sender)

    assert outcome(scene, packed) == outcome(scene, typed)


def test_batch_packed_fill_or_kill_and_immediate_orders_trade_as_typed(
    packed_scene: tuple[Scene, list[int]],
) -> None:
    scene, _ = packed_scene
    with rolled_back(scene.system.backend):
        places = [
            order(BID, 20_001, 9, FOK),
            order(BID, 20_001, 4, FOK),
            order(BID, 20_003, 5, IOC),
        ]
        _, results = scene.system.batch_packed(scene.maker, (), places)
        assert [result.filled_lots for result in results] == [0, 4, 5]


@pytest.mark.parametrize("flags", [2, 3, 128, 255])
def test_batch_packed_with_unknown_flags_is_refused(scene: Scene, flags: int) -> None:
    packed = bytearray(pack_batch(scene.maker, [], [order(BID, 19_000, 5)]))
    packed[8] = flags
    with refused(scene.system, "InvalidParameter", b"flags".ljust(32, b"\0"), flags):
        scene.system.execute(MAKER, "batchPacked", bytes(packed))
