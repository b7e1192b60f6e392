"""The whole storage of an in-process EVM, and the invariants of an exchange read from it."""

import re
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.support.abi import Reverted
from tests.support.pyrevm_backend import PyrevmBackend
from tests.support.system import System
from worldmarkets.model import slots
from worldmarkets.model.liquidation_words import LiquidationWord
from worldmarkets.model.perp_words import Q24, MarkWord, PerpPoolWord, PositionWord
from worldmarkets.model.perps import flat_margin
from worldmarkets.model.slots import Region
from worldmarkets.model.state import State
from worldmarkets.model.words import (
    NO_ASK,
    NO_BID,
    AccountWord,
    BookWord,
    ChunkHeader,
    Lane,
    LedgerWord,
    LevelWord,
    OrderId,
    PoolIndexWord,
    PoolTotalsWord,
    PoolWord,
    TapeWord,
    base_of,
    is_perp,
    lane_of,
    lanes_in,
    perp_market,
    spot_market,
)

_ACCOUNT = re.compile(r"(0x[0-9a-fA-F]{40}): Account \{.*?storage: \{(.*?)\}, status: ", re.DOTALL)
_SLOT = re.compile(r"(\d+): StorageSlot \{[^}]*present_value: (\d+) \}")
_CHILDREN = 255
SHARE = 10**18
"""Scale of the indices of lending pools [1e-18 atoms a share]."""


def all_storage(backend: PyrevmBackend) -> dict[str, dict[int, int]]:
    """Every storage word that is not zero, by contract and slot."""
    storage = {}
    for address, text in _ACCOUNT.findall(backend._evm.journal_str):
        words = {int(slot): int(word) for slot, word in _SLOT.findall(text) if word != "0"}
        if words:
            storage[address.lower()] = words
    return storage


def exchange_storage(system: System) -> dict[int, int]:
    """Every word of the exchange that is not zero, by slot."""
    return all_storage(system.backend)[system.exchange]


@contextmanager
def refused(system: System, name: str, *arguments: object) -> Iterator[None]:
    """Expect a custom error with these arguments, and that not one storage word has changed."""
    before = all_storage(system.backend)
    with pytest.raises(Reverted) as caught:
        yield
    assert (caught.value.name, caught.value.arguments) == (name, arguments)
    assert all_storage(system.backend) == before


class Books:
    """The books of an exchange as its storage has them, and what must always hold of them."""

    def __init__(self, system: System) -> None:
        self.words = exchange_storage(system)
        self.live_orders: dict[int, list[tuple[OrderId, Lane]]] = {}
        for slot, word in self.words.items():
            if slot >> 64 == Region.LEVEL and LevelWord.unpack(word).live:
                self._read_level(slot & 2**64 - 1, LevelWord.unpack(word))

    def orders(self, market: int, tick: int) -> list[tuple[int, Lane]]:
        """The live orders of a level, oldest first, with their ids."""
        found = self.live_orders.get(market << 24 | tick, [])
        return [(order_id.pack(), lane) for order_id, lane in found]

    def check(self) -> None:
        """Assert BOOK-1, BOOK-2 (by construction of the walk), BOOK-4, and what RISK-1 rests on."""
        for slot, word in self.words.items():
            if slot >> 64 == Region.BOOK:
                self._check_market(slot & 0xFFFF, BookWord.unpack(word))
        self._check_open_totals()
        self._check_assets_in_use()

    def _check_market(self, market: int, book: BookWord) -> None:
        sides: dict[int, set[int]] = {0: set(), 1: set()}
        for key, orders in self.live_orders.items():
            if key >> 24 == market:
                sides[orders[0][1].is_ask].add(key & 0xFFFFFF)
        assert book.best_bid == max(sides[0], default=NO_BID), "BOOK-1 best bid"
        assert book.best_ask == min(sides[1], default=NO_ASK), "BOOK-1 best ask"
        assert book.best_bid < book.best_ask, "BOOK-1 crossed"
        assert self._set_ticks(market) == sides[0] | sides[1], "BOOK-1 bitmap"
        self._check_chunks(market)

    def _set_ticks(self, market: int) -> set[int]:
        children = {0}
        for layer in (2, 1, 0):
            found = set()
            for index in children:
                word = self.words.get(slots.bitmap(market, layer, index), 0)
                found |= {index * _CHILDREN + bit for bit in range(_CHILDREN) if word >> bit & 1}
            children = found
        return children

    def _check_chunks(self, market: int) -> None:
        """Every chunk made is either in one queue or in the pool, once."""
        pool = PoolWord.unpack(self.words.get(slots.pool(market), 0))
        chunks = []
        chunk = pool.free
        while chunk:
            chunks.append(chunk)
            assert len(chunks) <= pool.made, "BOOK-1 pool runs in a circle"
            header = ChunkHeader.unpack(self.words[slots.header(market, 0, chunk)])
            assert header.live == 0, "BOOK-3 free chunk with live orders"
            chunk = header.next
        for key in self.live_orders:
            if key >> 24 == market:
                chunks += [chunk for chunk in self._chunks_of(market, key & 0xFFFFFF) if chunk]
        assert sorted(chunks) == list(range(1, pool.made + 1)), "BOOK-1 chunk lost or shared"

    def _check_open_totals(self) -> None:
        totals: dict[tuple[int, int, int], int] = defaultdict(int)
        for key, orders in self.live_orders.items():
            market = key >> 24
            book = BookWord.unpack(self.words[slots.book(market)])
            per_lot = 1 if is_perp(market) else book.atoms_per_lot
            for _, lane in orders:
                totals[lane.account, market, lane.is_ask] += lane.lots * per_lot
        for slot, word in self.words.items():
            (account, asset), region = divmod(slot & 2**64 - 1, 256), slot >> 64
            # The word of the quote asset, 0, has the operators' budget where others have totals.
            if region == Region.LEDGER and asset:
                market = spot_market(asset)
                opened: LedgerWord | PositionWord = LedgerWord.unpack(word)
            elif region == Region.POSITION:
                market, opened = perp_market(asset), PositionWord.unpack(word)
            else:
                continue
            assert opened.open_bids == totals.pop((account, market, 0), 0), "BOOK-4 bids"
            assert opened.open_asks == totals.pop((account, market, 1), 0), "BOOK-4 asks"
        assert not totals, "BOOK-4"

    def _check_assets_in_use(self) -> None:
        for slot, word in self.words.items():
            if slot >> 64 == Region.LEDGER:
                account, asset = divmod(slot & 2**64 - 1, 256)
                ledger = LedgerWord.unpack(word)
                has = ledger.balance or (asset and (ledger.open_bids or ledger.open_asks))
                used = AccountWord.unpack(self.words[slots.account(account)]).assets
                assert not has or used >> asset & 1, "RISK-1 an asset not in use"
            if slot >> 64 == Region.POSITION and not PositionWord.unpack(word).is_empty:
                account, asset = divmod(slot & 2**64 - 1, 256)
                used = AccountWord.unpack(self.words[slots.account(account)])
                assert used.perps >> asset & 1, "RISK-1 a perp not in use"
                assert used.assets & 1, "RISK-1 the quote asset not in use"

    def _read_level(self, key: int, level: LevelWord) -> None:
        market, tick = divmod(key, 1 << 24)
        found = []
        for chunk in self._chunks_of(market, tick):
            header = ChunkHeader.unpack(self.words.get(slots.header(market, tick, chunk), 0))
            live = header.live
            generation = header.generation
            if chunk == level.head_chunk:
                live = level.head_live
            elif chunk == level.tail_chunk:
                live = level.tail_live
            if chunk == level.head_chunk:
                generation = level.head_generation
            elif chunk == level.tail_chunk:
                generation = level.generation
            for place in range(lanes_in(chunk)):
                if live >> place & 1:
                    pair = self.words[slots.lanes(market, tick, chunk, place)]
                    found.append(
                        (OrderId(generation, place, chunk, tick, market), lane_of(pair, place))
                    )
        assert len(found) == level.live, "BOOK-1 number of live orders"
        assert sum(lane.lots for _, lane in found) == level.lots, "BOOK-1 lots of the level"
        assert len({lane.is_ask for _, lane in found}) == 1, "BOOK-1 both sides in one level"
        self.live_orders[key] = found

    def _chunks_of(self, market: int, tick: int) -> list[int]:
        level = LevelWord.unpack(self.words[slots.level(market, tick)])
        chunks = [level.head_chunk]
        while chunks[-1] != level.tail_chunk:
            header = ChunkHeader.unpack(self.words[slots.header(market, tick, chunks[-1])])
            assert chunks[-1] == 0 or header.tick == tick, "BOOK-1 chunk of another level"
            chunks.append(header.next)
            assert len(set(chunks)) == len(chunks), "BOOK-1 queue runs in a circle"
        return chunks


def credited_atoms(system: System) -> dict[int, int]:
    """What custody, the cash of pools, what is locked and fees not yet split add up to [atoms].

    By asset. Bonds and standby lines are locked. Fees of a perp, once paid, are in its pool.
    """
    words = exchange_storage(system)
    credited: dict[int, int] = defaultdict(int)
    for slot, word in words.items():
        if slot >> 64 == Region.LEDGER:
            ledger, asset = LedgerWord.unpack(word), slot & 0xFF
            if slots.pool_index(asset) not in words:
                assert ledger.balance >= 0, "SOLV-1 an account owes what is not lent"
                assert not ledger.lent, "SOLV-1 lent to no pool"
            if ledger.balance > 0 and not ledger.lent:
                credited[asset] += ledger.balance
        if slot >> 64 == Region.PERP_POOL:
            credited[0] += PerpPoolWord.unpack(word).cash
        if slot >> 64 == Region.TAPE and not is_perp(slot & 0xFFFF):
            credited[0] += TapeWord.unpack(word).fees
        if slot >> 64 == Region.POOL_TOTALS:
            credited[slot & 0xFF] += PoolTotalsWord.unpack(word).cash
    locked = LiquidationWord.unpack(words.get(slots.liquidation(), 0))
    credited[0] += locked.bonds + locked.lines
    return dict(credited)


def check_pools(words: dict[int, int]) -> None:
    """Assert that shares add up to those of their pool, and that no pool owes more than it has."""
    supply: dict[int, int] = defaultdict(int)
    borrow: dict[int, int] = defaultdict(int)
    for slot, word in words.items():
        if slot >> 64 == Region.LEDGER:
            ledger = LedgerWord.unpack(word)
            if ledger.lent and ledger.balance > 0:
                supply[slot & 0xFF] += ledger.balance
            if ledger.balance < 0:
                borrow[slot & 0xFF] -= ledger.balance
    for slot, word in words.items():
        if slot >> 64 == Region.POOL_TOTALS:
            asset, totals = slot & 0xFF, PoolTotalsWord.unpack(word)
            index = PoolIndexWord.unpack(words[slots.pool_index(asset)])
            assert totals.supply_shares == supply.pop(asset, 0), f"SOLV-1 supply shares {asset}"
            assert totals.borrow_shares == borrow.pop(asset, 0), f"SOLV-1 borrow shares {asset}"
            borrowed = -(-totals.borrow_shares * index.borrow_index // SHARE)
            supplied = totals.supply_shares * index.supply_index // SHARE
            assert totals.cash + borrowed >= supplied, f"SOLV-1 reserve of pool {asset}"
    assert not supply, "SOLV-1 lent to no pool"
    assert not borrow, "SOLV-1 owed to no pool"


def check_perps(words: dict[int, int]) -> None:
    """Assert SOLV-2 of each perp: no lot without another side, and no cash that nobody has paid."""
    for market in (slot & 0xFFFF for slot in words if slot >> 64 == Region.PERP_POOL):
        positions = [
            PositionWord.unpack(word)
            for slot, word in words.items()
            if slot >> 64 == Region.POSITION and slot & 0xFF == base_of(market)
        ]
        tape = TapeWord.unpack(words[slots.tape(market)])
        pool = PerpPoolWord.unpack(words[slots.perp_pool(market)])
        assert sum(position.size for position in positions) == 0, "SOLV-2 sizes"
        held = sum(max(position.size, 0) for position in positions)
        assert tape.open_interest == held, "SOLV-2 open interest"
        tick_value = MarkWord.unpack(words[slots.mark(market)]).tick_value
        cash = sum(position.cash for position in positions) * tick_value
        dust = (pool.cash + pool.shortfall - tape.fees) * Q24 - cash
        # Each fill, fee and settlement leaves less than an atom.
        assert 0 <= dust < (4 * tape.sequence + 100) * Q24, "SOLV-2 cash"


def check_flat_margins(words: dict[int, int]) -> None:
    """Assert that each perp with a price has the flat margin of price and risk as they are."""
    state = State(words)
    for market in (slot & 0xFFFF for slot in words if slot >> 64 == Region.MARK):
        if state.load(MarkWord, slots.mark(market)).mark:
            book = state.load(BookWord, slots.book(market))
            renewed = flat_margin.renewed(state, book, base_of(market))
            assert book == renewed, f"RISK-1 flat margin of {market}"


def assert_sound(system: System) -> None:
    """Assert the book invariants, SOLV-1 with equality and SOLV-2: nothing lost, nothing made.

    And that the flat margins of perps, by which orders pass (RISK-1), are those of now.
    """
    Books(system).check()
    check_pools(exchange_storage(system))
    check_perps(exchange_storage(system))
    check_flat_margins(exchange_storage(system))
    credited = credited_atoms(system)
    for asset, plan in enumerate(system.assets):
        held = system.token_balance(asset, system.exchange)
        assert held == credited.get(asset, 0) * plan.units_per_atom, f"SOLV-1 asset {asset}"


class SlotWatch:
    """Notices a word of the exchange that returned to zero after it was used (R3)."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._used: set[int] = set()

    def check(self) -> None:
        """Assert that every word seen so far is still not zero."""
        present = exchange_storage(self._system).keys()
        returned = [str(slots.place_of(slot)) for slot in self._used - present if slot >> 64]
        assert not returned, f"R3: words returned to zero: {returned}"
        self._used |= present
