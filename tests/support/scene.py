"""A market with users in it, for tests that play one scene."""

from dataclasses import dataclass
from typing import Any, TypeVar

from tests.support.backend import user_address
from tests.support.soundness import Books
from tests.support.system import ETH_MARKET, Side, System, Tif
from worldmarkets.model import slots
from worldmarkets.model.interface import OrderRequest, OrderResult
from worldmarkets.model.packing import Word
from worldmarkets.model.records import Record, unpack_record
from worldmarkets.model.words import (
    AccountWord,
    BookWord,
    CashWord,
    Lane,
    LedgerWord,
    LevelWord,
    OperatorWord,
    OutflowWord,
    SeasonWord,
    TapeWord,
    UnderlyingWord,
)

W = TypeVar("W", bound=Word)

BID, ASK = Side.BID, Side.ASK
GTC, IOC = Tif.GOOD_TILL_CANCELLED, Tif.IMMEDIATE_OR_CANCEL
FOK, POST_ONLY = Tif.FILL_OR_KILL, Tif.POST_ONLY
SLIDE = Tif.POST_ONLY_SLIDE

MAKER = user_address(1)
TAKER = user_address(2)
STRANGER = user_address(3)
OPERATOR = user_address(4)
DEPOSITOR = user_address(5)

UNIT = 10**12
"""Token units of the quote token in an atom."""
ETH_UNIT = 10**10
"""Token units of asset 1 in an atom."""
DOLLARS = 10**6
"""Quote atoms in a dollar."""
LOT = 100_000
"""Atoms of asset 1 in a lot."""
TICK_VALUE = 100
"""Quote atoms of a lot of asset 1 at tick 1."""
START_CASH = 1_000_000 * DOLLARS
"""Quote atoms that maker and taker begin with."""
START_LOTS = 100_000
"""Lots of asset 1 that maker and taker begin with."""


@dataclass
class Scene:
    """A system with a maker and a taker, both rich, and short names for what tests do."""

    system: System
    maker: int
    taker: int

    def word(self, kind: type[W], slot: int) -> W:
        """A word of the exchange, unpacked."""
        return kind.unpack(self.system.read_word(slot))

    def ledger(self, account: int, asset: int) -> LedgerWord:
        return self.word(LedgerWord, slots.ledger(account, asset))

    def cash(self, account: int) -> int:
        """Quote balance [atoms]."""
        return self.ledger(account, 0).balance

    def base(self, account: int, asset: int = 1) -> int:
        """Balance of a base asset [atoms]."""
        return self.ledger(account, asset).balance

    def cash_word(self, account: int) -> CashWord:
        """Quote balance, and the loss and budget of operators."""
        return self.word(CashWord, slots.ledger(account, 0))

    def operator(self, account: int, operator: str) -> OperatorWord:
        return self.word(OperatorWord, slots.operator(account, int(operator, 16)))

    def outflow(self, asset: int = 0) -> OutflowWord:
        return self.word(OutflowWord, slots.outflow(asset))

    def season(self, account: int, asset: int = 0) -> SeasonWord:
        return self.word(SeasonWord, slots.season(account, asset))

    def account(self, account: int) -> AccountWord:
        return self.word(AccountWord, slots.account(account))

    def book(self, market: int = ETH_MARKET) -> BookWord:
        return self.word(BookWord, slots.book(market))

    def tape(self, market: int = ETH_MARKET) -> TapeWord:
        return self.word(TapeWord, slots.tape(market))

    def level(self, tick: int, market: int = ETH_MARKET) -> LevelWord:
        return self.word(LevelWord, slots.level(market, tick))

    def underlying(self, asset: int = 1) -> UnderlyingWord:
        return self.word(UnderlyingWord, slots.underlying(asset))

    def orders(self, tick: int, market: int = ETH_MARKET) -> list[tuple[int, Lane]]:
        """Live orders of a level, oldest first, with their ids."""
        return Books(self.system).orders(market, tick)

    def records(self) -> list[Record]:
        """Records of the last transaction, unpacked."""
        return [unpack_record(record) for record in self.system.records()]

    def bid(
        self, account: int, tick: int, lots: int, tif: Tif = GTC, fills: int = 64, **terms: Any
    ) -> OrderResult:
        """Place a bid; further terms and the sender by name, as `System.place` has them."""
        return self.system.place(account, ETH_MARKET, BID, tick, lots, tif, fills, **terms)

    def ask(
        self, account: int, tick: int, lots: int, tif: Tif = GTC, fills: int = 64, **terms: Any
    ) -> OrderResult:
        """Place an ask; further terms and the sender by name, as `System.place` has them."""
        return self.system.place(account, ETH_MARKET, ASK, tick, lots, tif, fills, **terms)

    def new_account(self, owner: str, cash_atoms: int = 0, lots: int = 0) -> int:
        """An account with quote atoms and lots of asset 1."""
        account = self.system.create_account(owner)
        if cash_atoms:
            self.system.fund(account, 0, cash_atoms * UNIT)
        if lots:
            self.system.fund(account, 1, lots * LOT * ETH_UNIT)
        return account


def make_scene(system: System) -> Scene:
    """Add a maker and a taker who have plenty of both assets of the first market."""
    scene = Scene(system, 0, 0)
    scene.maker = scene.new_account(MAKER, START_CASH, START_LOTS)
    scene.taker = scene.new_account(TAKER, START_CASH, START_LOTS)
    return scene


def order(
    side: Side,
    tick: int,
    lots: int,
    tif: Tif = GTC,
    fills: int = 64,
    market: int = ETH_MARKET,
    **terms: Any,
) -> OrderRequest:
    """An order of the first market; further terms by name."""
    return OrderRequest(market, side, tick, lots, tif, fills, **terms)


def notional(lots: int, tick: int) -> int:
    """Price of lots of asset 1 at a tick [quote atoms]."""
    return lots * tick * TICK_VALUE


def fee_up(notional_atoms: int, ppm: int) -> int:
    """A fee as the exchange rounds it: charges up, rebates (negative) down in size."""
    return -(-notional_atoms * ppm // 10**6) if ppm > 0 else -(notional_atoms * -ppm // 10**6)
