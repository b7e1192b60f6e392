"""A Lens over a system, and a queue made of nothing but its words."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TypeVar

import pytest

from tests.support.abi import Reverted, codec, creation_code
from tests.support.backend import CallFailedError
from tests.support.rpc_backend import RpcBackend
from tests.support.system import ADMIN, System
from worldmarkets.client.lens import Call, Lens
from worldmarkets.client.lens_views import Page
from worldmarkets.client.liquidationlens import LiquidationLens
from worldmarkets.client.perplens import PerpLens
from worldmarkets.model import slots
from worldmarkets.model.words import ChunkHeader, Lane, LevelWord, OrderId, pair_with

T = TypeVar("T")

MAX_PAGES = 1_000

MAX_GAS = 30_000_000
"""Half of what a public call may use on MegaETH."""


def deploy_lens(system: System) -> Lens:
    """Deploy a Lens of a system; what it reverts with arrives as Reverted."""

    return Lens(
        viewer(system), system.backend.deploy(ADMIN, creation_code("Lens", system.exchange))
    )


def deploy_perp_lens(system: System) -> PerpLens:
    """Deploy a PerpLens of a system; what it reverts with arrives as Reverted."""
    code = creation_code("PerpLens", system.exchange)
    return PerpLens(viewer(system), system.backend.deploy(ADMIN, code))


def deploy_liquidation_lens(system: System) -> LiquidationLens:
    """Deploy a LiquidationLens of a system; what it reverts with arrives as Reverted."""
    code = creation_code("LiquidationLens", system.exchange)
    return LiquidationLens(viewer(system), system.backend.deploy(ADMIN, code))


def viewer(system: System) -> Call:
    """Calls of contracts of a system, whose reverts arrive as Reverted."""

    def call(to: str, data: bytes) -> bytes:
        try:
            return system.backend.view(to, data)
        except CallFailedError as error:
            raise codec("Lens", "Exchange").error(error.returned) from None

    return call


@contextmanager
def rejected(name: str, *arguments: object) -> Iterator[None]:
    """Expect a custom error with these arguments. A view has nothing to change."""
    with pytest.raises(Reverted) as caught:
        yield
    assert (caught.value.name, caught.value.arguments) == (name, arguments)


def pages(read: Callable[[int], Page[T]]) -> list[Page[T]]:
    """All pages of a list, which are no more than a test could want."""
    found = [read(0)]
    while found[-1].next:
        found.append(read(found[-1].next))
        assert len(found) < MAX_PAGES, "the pages do not end"
    return found


def items(found: list[Page[T]]) -> list[T]:
    """What is on some pages."""
    return [item for page in found for item in page.items]


class Overridden:
    """A Lens on a node; a call sees the exchange with some words replaced, and has little gas."""

    def __init__(self, system: System) -> None:
        self.words: dict[int, int] = {}
        self.system = system
        self.backend: RpcBackend = system.backend
        address = self.backend.deploy(ADMIN, creation_code("Lens", system.exchange))
        self.lens = Lens(self._call, address)
        address = self.backend.deploy(ADMIN, creation_code("PerpLens", system.exchange))
        self.perp_lens = PerpLens(self._call, address)
        address = self.backend.deploy(ADMIN, creation_code("LiquidationLens", system.exchange))
        self.liquidation_lens = LiquidationLens(self._call, address)
        self.gas = MAX_GAS

    def _call(self, to: str, data: bytes) -> bytes:
        transaction = {"to": to, "data": f"0x{data.hex()}", "gas": hex(self.gas)}
        words = {f"0x{slot:064x}": f"0x{word:064x}" for slot, word in self.words.items()}
        overrides = {self.system.exchange: {"stateDiff": words}}
        answer = self.backend.request("eth_call", transaction, "latest", overrides)
        return bytes.fromhex(answer[2:])

    def word(self, slot: int) -> int:
        return self.system.read_word(slot)


class WrittenQueue:
    """The words of a level whose chunks each hold one live order, at its first place.

    The head is the level's own chunk, of generation 7; each chunk is one generation younger than
    the one before.
    """

    def __init__(self, market: int, tick: int, orders: int, first_chunk: int = 1) -> None:
        self.market = market
        self.tick = tick
        self.chunks = [0, *range(first_chunk, first_chunk + orders - 1)]
        self.words = {slots.level(market, tick): self._level().pack()}
        for index in range(orders):
            self._add(index)

    def order_id(self, index: int) -> int:
        """Id of the order in a chunk."""
        return OrderId(7 + index, 0, self.chunks[index], self.tick, self.market).pack()

    def cursor(self, index: int) -> int:
        """Where a page begins whose first order is in a chunk."""
        return OrderId(7 + index, 0, self.chunks[index]).pack()

    def unlink(self, index: int) -> None:
        """Take a chunk out of the middle of the queue, as if its order had been cancelled."""
        before, chunk, after = self.chunks[index - 1 : index + 2]
        self._change(before, next=after)
        self._change(after, previous=before)
        self._change(chunk, live=0)
        slot = slots.level(self.market, self.tick)
        level = LevelWord.unpack(self.words[slot])
        self.words[slot] = replace(level, live=level.live - 1, lots=level.lots - 10).pack()

    def _level(self) -> LevelWord:
        count = len(self.chunks)
        return LevelWord(
            head_chunk=0,
            tail_chunk=self.chunks[-1],
            head_live=1,
            tail_live=1,
            tail_place=1,
            live=count,
            lots=10 * count,
            generation=7 + count - 1,
            head_generation=7,
        )

    def _add(self, index: int) -> None:
        chunk = self.chunks[index]
        following = self.chunks[index + 1] if index + 1 < len(self.chunks) else 0
        header = ChunkHeader(
            next=following,
            previous=self.chunks[index - 1] if index else 0,
            live=1 if index and following else 0,
            tick=self.tick,
            generation=7 + index,
        )
        self.words[slots.header(self.market, self.tick, chunk)] = header.pack()
        lane = Lane(account=3, lots=10, owner_hash=1, is_ask=1)
        self.words[slots.lanes(self.market, self.tick, chunk, 0)] = pair_with(0, 0, lane)

    def _change(self, chunk: int, **fields: int) -> None:
        slot = slots.header(self.market, self.tick, chunk)
        self.words[slot] = replace(ChunkHeader.unpack(self.words[slot]), **fields).pack()
