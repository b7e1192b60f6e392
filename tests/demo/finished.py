"""A short demonstration that has played, on a node that is still there."""

import io
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from rich.console import Console

from worldmarkets.audit.report import AuditReport, audit_exchange
from worldmarkets.audit.words import words_at
from worldmarkets.demo.command import DemoOptions
from worldmarkets.demo.perps import PerpScene
from worldmarkets.demo.session import Session
from worldmarkets.demo.source import Source
from worldmarkets.model.packing import Word
from worldmarkets.model.reading import Book, WordReader, read_book
from worldmarkets.rpc import quantity

STEPS = 60
OPTIONS = DemoOptions(minutes=1, steps=STEPS, wall_seconds=0, seed=3)
WIDTH = 160


def recording() -> Console:
    return Console(file=io.StringIO(), width=WIDTH, record=True)


@dataclass
class Finished:
    """A demonstration that has played, on a node that is still there."""

    source: Source
    report: AuditReport
    printed: str
    picture: Path

    @property
    def session(self) -> Session:
        return self.source.session

    @property
    def perps(self) -> PerpScene:
        assert self.source.perps is not None
        return self.source.perps

    def audit(self) -> AuditReport:
        """The audit of a block made now."""
        stage = self.session.stage
        stage.rpc.call("evm_mine")
        block = int(stage.rpc.call("eth_blockNumber"), 16)
        return audit_exchange(stage.rpc, stage.deployment.exchange, block)

    def read_word(self, slot: int) -> int:
        stage = self.session.stage
        block = int(stage.rpc.call("eth_blockNumber"), 16)
        return words_at(stage.rpc, stage.deployment.exchange, block)([slot])[0]

    def write_word(self, slot: int, word: int) -> None:
        exchange = self.session.stage.deployment.exchange
        value = f"0x{word:064x}"
        self.session.stage.rpc.call("anvil_setStorageAt", exchange, quantity(slot), value)

    def change_word(self, slot: int, kind: type[Word], **changes: Callable[[int], int]) -> None:
        word = kind.unpack(self.read_word(slot))
        fields = {name: change(getattr(word, name)) for name, change in changes.items()}
        self.write_word(slot, replace(word, **fields).pack())

    def book(self) -> Book:
        return read_book(WordReader(lambda wanted: [*map(self.read_word, wanted)]), self.market)

    @property
    def market(self) -> int:
        return self.session.venue.market_id
