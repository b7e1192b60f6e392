"""Every check of the audit finds the fault it is there for, and none where there is none."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.model.setting import EXCHANGE, MARKET, QUOTE, WETH, add_user, make_exchange
from worldmarkets.model import Exchange, OrderRequest, Side, bitmap, slots
from worldmarkets.model.invariants import (
    History,
    audit,
    check_bitmap_parents,
    check_levels,
    check_risk,
)
from worldmarkets.model.packing import Word
from worldmarkets.model.reading import WordReader, read_book
from worldmarkets.model.solvency import value
from worldmarkets.model.words import (
    AccountWord,
    BookWord,
    LedgerWord,
    LevelWord,
    PoolIndexWord,
    PoolTotalsWord,
    PoolWord,
    RiskWord,
    TapeWord,
    UnderlyingWord,
    lane_of,
    pair_with,
)

MAKER, TAKER = 0x11, 0x22


class Setting:
    """A book with a queue of 20 orders, a trade, a cancel and a partial fill behind it."""

    def __init__(self) -> None:
        self.exchange = make_exchange()
        self.maker, self.taker = add_user(self.exchange, MAKER), add_user(self.exchange, TAKER)
        self.history = History()
        self.ids = [self.place(MAKER, self.maker, Side.ASK, 20_010, 10 + n) for n in range(20)]
        self.ids += [self.place(MAKER, self.maker, Side.BID, 19_990 - n, 10) for n in range(3)]
        self.place(TAKER, self.taker, Side.BID, 20_010, 25)
        self.exchange.cancel(MAKER, self.maker, self.ids[12])
        self.history.apply(self.exchange.events[0].records)

    def place(self, owner: int, account: int, side: Side, tick: int, lots: int) -> int:
        order = OrderRequest(MARKET, side, tick, lots)
        result = self.exchange.place(owner, account, order)
        self.history.apply(self.exchange.events[0].records)
        return result.order_id

    def read(self, wanted: list[int]) -> list[int]:
        return [self.exchange.state.load_raw(slot) for slot in wanted]

    def findings(self) -> list[str]:
        held = {
            asset: self.exchange.tokens[token].balance_of(EXCHANGE)
            for asset, token in enumerate((QUOTE, WETH))
        }
        found = audit(self.read, [MARKET], [1, 2, self.maker, self.taker], held, self.history)
        return sorted({finding.invariant for finding in found})

    def open_pool(self, **totals: int) -> None:
        """Open a pool of the quote asset whose totals are not those of any account."""
        self.change(PoolIndexWord, slots.pool_index(0), supply_index=10**18, borrow_index=10**18)
        self.change(PoolTotalsWord, slots.pool_totals(0), **totals)
        self.change(RiskWord, slots.risk(), lendable=1)

    def change(self, kind: type[Word], slot: int, **changes: int) -> None:
        state = self.exchange.state
        state.store(slot, replace(state.load(kind, slot), **changes))


@pytest.fixture
def setting() -> Setting:
    return Setting()


def test_audit_healthy_exchange_finds_nothing(setting: Setting) -> None:
    assert setting.findings() == []
    reader = WordReader(setting.read)
    assert check_bitmap_parents(reader, MARKET, [20_010, 19_990]) == []
    assert check_levels(reader, read_book(reader, MARKET), [1, 20_000]) == []
    assert check_risk(reader, setting.maker) == []


LEVEL = slots.level(MARKET, 20_010)
BOOK = slots.book(MARKET)
LEAF = slots.bitmap(MARKET, 0, 20_010 // 255)


def flip_bit(exchange: Exchange, tick: int) -> None:
    bit = 1 << tick % 255
    exchange.state.store_raw(LEAF, exchange.state.load_raw(LEAF) ^ bit)


def swap_first_lanes(exchange: Exchange) -> None:
    """Two orders in the wrong order can not be told from words; a placed one out of turn can."""
    slot = slots.lanes(MARKET, 20_010, 0, 2)
    pair = exchange.state.load_raw(slot)
    exchange.state.store_raw(slot, pair_with(pair, 3, lane_of(pair, 2)))


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (lambda s: s.change(LevelWord, LEVEL, lots=1), "BOOK-1"),
        (lambda s: s.change(LevelWord, LEVEL, live=1), "BOOK-1"),
        (lambda s: flip_bit(s.exchange, 20_010), "BOOK-1"),
        (lambda s: flip_bit(s.exchange, 20_011), "BOOK-1"),
        (lambda s: s.change(BookWord, BOOK, best_ask=20_011), "BOOK-1"),
        (lambda s: s.change(BookWord, BOOK, best_bid=0), "BOOK-1"),
        (lambda s: s.change(BookWord, BOOK, min_lots=11), "BOOK-1"),
        (lambda s: s.change(PoolWord, slots.pool(MARKET), made=9), "BOOK-1"),
        (lambda s: s.change(PoolWord, slots.pool(MARKET), free=1), "BOOK-1"),
        (lambda s: s.history.placed.update({s.ids[3]: 10**6}), "BOOK-2"),
        (lambda s: s.history.placed.pop(s.ids[3]), "BOOK-2"),
        (lambda s: s.history.gone.add(s.ids[3]), "BOOK-3"),
        (lambda s: s.change(LedgerWord, slots.ledger(s.maker, 1), open_asks=1), "BOOK-4"),
        (lambda s: s.change(LedgerWord, slots.ledger(s.taker, 1), open_bids=1), "BOOK-4"),
        (lambda s: swap_first_lanes(s.exchange), "BOOK-4"),
        (lambda s: s.change(LedgerWord, slots.ledger(s.maker, 1), balance=1), "SOLV-1"),
        (lambda s: s.change(LedgerWord, slots.ledger(2, 0), balance=1), "SOLV-1"),
        (lambda s: s.change(TapeWord, slots.tape(MARKET), fees=0), "SOLV-1"),
        (lambda s: s.exchange.tokens[QUOTE].draw(EXCHANGE, 1), "SOLV-1"),
        (lambda s: s.change(AccountWord, slots.account(s.maker), assets=1), "RISK-1"),
        (lambda s: s.change(AccountWord, slots.account(s.taker), assets=2), "RISK-1"),
        (lambda s: s.open_pool(cash=1), "SOLV-1"),
        (lambda s: s.change(RiskWord, slots.risk(), lendable=1), "LEND-1"),
        (lambda s: s.change(UnderlyingWord, slots.underlying(1), lendable=1), "LEND-1"),
        (lambda s: s.open_pool(supply_shares=1), "LEND-1"),
        (lambda s: s.open_pool(borrow_shares=1), "LEND-1"),
        (lambda s: s.open_pool(supply_shares=2, borrow_shares=1), "LEND-1"),
    ],
)
def test_audit_faulty_word_is_found(
    setting: Setting, fault: Callable[[Setting], object], expected: str
) -> None:
    fault(setting)
    assert expected in setting.findings()


def test_check_levels_ghost_level_is_found(setting: Setting) -> None:
    flip_bit(setting.exchange, 20_010)
    reader = WordReader(setting.read)
    texts = [str(f) for f in check_levels(reader, read_book(reader, MARKET), [20_010])]
    assert "BOOK-1 market 257: tick 20010 has live orders and no bit in the bitmap" in texts


def test_check_bitmap_parents_missing_parent_is_found(setting: Setting) -> None:
    slot = slots.bitmap(MARKET, 1, 20_010 // 255 // 255)
    setting.exchange.state.store_raw(slot, bitmap.SENTINEL)
    findings = check_bitmap_parents(WordReader(setting.read), MARKET, [20_010])
    assert [finding.invariant for finding in findings] == ["BOOK-1", "BOOK-1"]


def test_check_risk_open_orders_beyond_the_balance_are_found(setting: Setting) -> None:
    setting.change(LedgerWord, slots.ledger(setting.maker, 0), balance=0)
    findings = check_risk(WordReader(setting.read), setting.maker)
    assert [finding.invariant for finding in findings] == ["RISK-1"]


def test_value_adds_balances_at_constant_prices(setting: Setting) -> None:
    setting.change(LedgerWord, slots.ledger(setting.maker, 0), balance=7)
    setting.change(LedgerWord, slots.ledger(setting.maker, 1), balance=11)
    assert value(WordReader(setting.read), [setting.maker], {0: 10, 1: 1_000}) == 11_070
