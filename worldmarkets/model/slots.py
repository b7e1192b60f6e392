"""Where each word is: region << 64 | key, as in contracts/ExchangeStorage.sol.

Keys of operators and liquidators, which hold an address, are 192 bits wide instead.
"""

from dataclasses import dataclass
from enum import IntEnum

_POOLED = 1 << 32
_KEY = 64
_WIDE_KEY = 192
PAID_BIDDERS = 255
"""Key of the fund word of what bidders are paid."""
ALL_PAUSES = 255
"""Key of the pause word of all assets together."""


class Region(IntEnum):
    """The kind of word a slot holds."""

    REGISTRY = 1
    ACCOUNT = 2
    LEDGER = 3
    POSITION = 4
    TOKEN = 5
    FEED = 6
    UNDERLYING = 7
    CONFIG = 8
    BOOK = 9
    MARK = 10
    LEVEL = 11
    BITMAP = 12
    HEADER = 13
    LANES = 14
    POOL = 15
    TAPE = 16
    OUTFLOW = 17
    SEASON = 18
    OPERATOR = 19
    POOL_INDEX = 20
    POOL_TOTALS = 21
    POOL_TERMS = 22
    RISK = 23
    RAMP = 24
    SAMPLE = 25
    PERP_POOL = 26
    AUCTION = 27
    PROTECTION = 28
    LINES = 29
    LINE = 30
    LIQUIDATION = 31
    FUND = 32
    MOVE = 33
    PAUSE = 34
    PLAN = 35
    LIQUIDATOR = 36


@dataclass(frozen=True)
class Place:
    """A slot taken apart, for people to read."""

    region: Region
    key: int

    def __str__(self) -> str:
        return f"{self.region.name.lower()} 0x{self.key:x}"


def place_of(slot: int) -> Place:
    """Take a slot of the exchange's state apart."""
    width = _WIDE_KEY if slot >> _WIDE_KEY else _KEY
    return Place(Region(slot >> width), slot & (1 << width) - 1)


def registry() -> int:
    """Slot of the registry word."""
    return _slot(Region.REGISTRY, 0)


def account(account_id: int) -> int:
    """Slot of an account word."""
    return _slot(Region.ACCOUNT, account_id)


def ledger(account_id: int, asset_id: int) -> int:
    """Slot of the ledger word of an account and an asset."""
    return _slot(Region.LEDGER, account_id << 8 | asset_id)


def position(account_id: int, asset_id: int) -> int:
    """Slot of the position word of an account in the perp of an asset."""
    return _slot(Region.POSITION, account_id << 8 | asset_id)


def token(asset_id: int) -> int:
    """Slot of the token word of an asset."""
    return _slot(Region.TOKEN, asset_id)


def feed(asset_id: int) -> int:
    """Slot of the address of an asset's price feed."""
    return _slot(Region.FEED, asset_id)


def pool_index(asset_id: int) -> int:
    """Slot of the index word of an asset's lending pool."""
    return _slot(Region.POOL_INDEX, asset_id)


def pool_totals(asset_id: int) -> int:
    """Slot of the totals word of an asset's lending pool."""
    return _slot(Region.POOL_TOTALS, asset_id)


def pool_terms(asset_id: int) -> int:
    """Slot of the terms word of an asset's lending pool."""
    return _slot(Region.POOL_TERMS, asset_id)


def risk() -> int:
    """Slot of the risk word."""
    return _slot(Region.RISK, 0)


def ramp(asset_id: int) -> int:
    """Slot of the ramp word of an asset."""
    return _slot(Region.RAMP, asset_id)


def underlying(asset_id: int) -> int:
    """Slot of the underlying word of an asset."""
    return _slot(Region.UNDERLYING, asset_id)


def config(market_id: int) -> int:
    """Slot of the config word of a market."""
    return _slot(Region.CONFIG, market_id)


def book(market_id: int) -> int:
    """Slot of the book word of a market."""
    return _slot(Region.BOOK, market_id)


def mark(market_id: int) -> int:
    """Slot of the mark word of a perp market."""
    return _slot(Region.MARK, market_id)


def sample(market_id: int) -> int:
    """Slot of the sample word of a perp market."""
    return _slot(Region.SAMPLE, market_id)


def perp_pool(market_id: int) -> int:
    """Slot of the word of a perp market's pool."""
    return _slot(Region.PERP_POOL, market_id)


def level(market_id: int, tick: int) -> int:
    """Slot of the level word of a tick."""
    return _slot(Region.LEVEL, market_id << 24 | tick)


def bitmap(market_id: int, layer: int, index: int) -> int:
    """Slot of a bitmap word; layer 0 has a bit a tick, the others a bit a word below."""
    return _slot(Region.BITMAP, market_id << 18 | layer << 16 | index)


def header(market_id: int, tick: int, chunk: int) -> int:
    """Slot of a chunk's header; chunk 0 is the own chunk of the level at `tick`."""
    return _slot(Region.HEADER, market_id << 33 | _chunk_key(tick, chunk))


def lanes(market_id: int, tick: int, chunk: int, place: int) -> int:
    """Slot of the pair of lanes that holds `place` of a chunk."""
    return _slot(Region.LANES, market_id << 35 | _chunk_key(tick, chunk) << 2 | place >> 1)


def pool(market_id: int) -> int:
    """Slot of the pool word of a market."""
    return _slot(Region.POOL, market_id)


def tape(market_id: int) -> int:
    """Slot of the tape word of a market."""
    return _slot(Region.TAPE, market_id)


def outflow(asset_id: int) -> int:
    """Slot of the outflow word of an asset."""
    return _slot(Region.OUTFLOW, asset_id)


def season(account_id: int, asset_id: int) -> int:
    """Slot of the season word of an account and an asset."""
    return _slot(Region.SEASON, account_id << 8 | asset_id)


def operator(account_id: int, address: int) -> int:
    """Slot of the operator word of an account and an address."""
    return Region.OPERATOR << _WIDE_KEY | account_id << 160 | address


def auction(account_id: int) -> int:
    """Slot of the auction word of an account."""
    return _slot(Region.AUCTION, account_id)


def protection(account_id: int) -> int:
    """Slot of the protection word of an account."""
    return _slot(Region.PROTECTION, account_id)


def lines(account_id: int) -> int:
    """Slot of the word of an account's standby lines."""
    return _slot(Region.LINES, account_id)


def line(account_id: int, lender_id: int) -> int:
    """Slot of the word of a lender's standby line for an account."""
    return _slot(Region.LINE, account_id << 32 | lender_id)


def liquidation() -> int:
    """Slot of the liquidation word, which counts for all accounts."""
    return _slot(Region.LIQUIDATION, 0)


def fund(key: int) -> int:
    """Slot of what the funds have paid: for a perp market, an asset's loans, or bidders."""
    return _slot(Region.FUND, key)


def move(asset_id: int) -> int:
    """Slot of the move word of an asset."""
    return _slot(Region.MOVE, asset_id)


def pause(asset_id: int) -> int:
    """Slot of the pause word of an asset, or of all."""
    return _slot(Region.PAUSE, asset_id)


def plan_terms(account_id: int, step: int) -> int:
    """Slot of the terms of a step of an account's plan."""
    return _slot(Region.PLAN, account_id << 4 | step << 1)


def plan_state(account_id: int, step: int) -> int:
    """Slot of what is left of a step of an account's plan."""
    return _slot(Region.PLAN, account_id << 4 | step << 1 | 1)


def liquidator(account_id: int, address: int) -> int:
    """Slot of the liquidator word of an account and an address."""
    return Region.LIQUIDATOR << _WIDE_KEY | account_id << 160 | address


def _slot(region: Region, key: int) -> int:
    return region << _KEY | key


def _chunk_key(tick: int, chunk: int) -> int:
    return tick if chunk == 0 else _POOLED | chunk
