"""What the Lens contract returns: structs of contracts/interfaces/ILens.sol, in raw integers.

Fields stand in its order and have its units, which it documents.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Generic, TypeVar

from worldmarkets.model.interface import (
    AssetRiskTerms,
    MarketRiskTerms,
    Permission,
    PoolTerms,
    Refusal,
    Removal,
    SelfTrade,
    Side,
    SpotTerms,
    TimeInForce,
)

T = TypeVar("T")


class RecordKind(IntEnum):
    """What a record of a log says."""

    NONE = 0
    PLACED = 1
    FILLED = 2
    REMOVED = 3
    REDUCED = 4
    TAKEN = 5
    SKIPPED = 6
    EXPIRES = 7


@dataclass(frozen=True)
class Page(Generic[T]):
    """Part of a list; `next` is where the next page begins, 0 after the last."""

    items: tuple[T, ...]
    next: int


@dataclass(frozen=True)
class Level:
    """A price level of a book: size of all its orders [lots], and how many there are."""

    tick: int
    lots: int
    orders: int


@dataclass(frozen=True)
class Order:
    """An order; if it is not live, only id, market and tick say something."""

    id: int
    is_live: bool
    market_id: int
    side: Side
    tick: int
    lots: int
    account_id: int
    expiry: int
    is_expired: bool
    is_reduce_only: bool
    is_by_operator: bool
    client_tag: int


@dataclass(frozen=True)
class AccountSummary:
    """An account in short; `assets` has bit i for asset i."""

    account_id: int
    owner: str
    assets: int


@dataclass(frozen=True)
class Holding:
    """What an account has of an asset, interest included; a debt is negative [atoms]."""

    asset_id: int
    balance_atoms: int
    is_lent: bool
    open_bid_atoms: int
    open_ask_atoms: int
    seasoned_atoms: int
    fresh_atoms: int


@dataclass(frozen=True)
class Account:
    """An account; loss of today and daily budget of its operators [quote atoms]."""

    account_id: int
    owner: str
    is_bare: bool
    loss_atoms: int
    budget_atoms: int
    holdings: tuple[Holding, ...]


@dataclass(frozen=True)
class Operator:
    """What an account allows an address to do for it, until `expiry` [seconds]."""

    permissions: Permission
    expiry: int
    is_in_force: bool


@dataclass(frozen=True)
class Market:
    """A market; a best tick is 0 if there is none."""

    market_id: int
    base_asset_id: int
    terms: SpotTerms
    best_bid_tick: int
    best_ask_tick: int
    last_tick: int
    highest_bid_tick: int
    lowest_ask_tick: int
    paused_until: int
    is_paused: bool
    fee_atoms: int
    fills: int


@dataclass(frozen=True)
class Asset:
    """An asset; `price` in 1e-18 dollars an atom, the outflow as it is now [atoms]."""

    asset_id: int
    token: str
    decimals: int
    units_per_atom: int
    feed: str
    price: int
    price_time: int
    held_atoms: int
    outflow_limit_ppm: int
    outflow_limit_atoms: int
    net_outflow_atoms: int
    may_leave_atoms: int


@dataclass(frozen=True)
class Pool:
    """A lending pool now; indices, utilisation and rates of a year in 1e-18, the rest in atoms."""

    asset_id: int
    terms: PoolTerms
    supplied_atoms: int
    borrowed_atoms: int
    cash_atoms: int
    reserve_atoms: int
    supply_index: int
    borrow_index: int
    utilisation: int
    borrow_rate: int
    supply_rate: int
    rate_at_target: int
    accrued_at: int
    supply_room_atoms: int
    cap_room_atoms: int
    ceiling_room_atoms: int
    window_room_atoms: int
    borrowable_atoms: int


@dataclass(frozen=True)
class Risk:
    """Price and risk of a base asset; prices in 1e-18 dollars an atom, times in seconds."""

    asset_id: int
    terms: AssetRiskTerms
    price: int
    slow_price: int
    confidence_bps: int
    price_time: int
    price_age: int
    is_unconfirmed: bool
    pending_price: int
    pending_time: int
    listed_at: int
    changed_at: int


@dataclass(frozen=True)
class MarketRisk:
    """Risk that all assets share, and the price of the quote token [basis points of a dollar]."""

    terms: MarketRiskTerms
    peg_bps: int
    peg_time: int
    changed_at: int


@dataclass(frozen=True)
class Registry:
    """How much there is of everything, and the insurance fund's share of fees [ppm]."""

    account_count: int
    asset_count: int
    insurance_ppm: int


@dataclass(frozen=True)
class Record:
    """A record of a log; fields that its kind does not have are zero."""

    kind: RecordKind
    order_id: int
    market_id: int
    tick: int
    side: Side
    lots: int
    lots_off: int
    account_id: int
    client_id: int
    is_reduce_only: bool
    is_by_operator: bool
    has_left: bool
    sequence: int
    notional_atoms: int
    fee_atoms: int
    reason: Removal
    index: int
    refusal: Refusal
    expiry: int


@dataclass(frozen=True)
class Terms:
    """The terms of an order, unpacked."""

    time_in_force: TimeInForce = TimeInForce.GOOD_TILL_CANCELLED
    self_trade: SelfTrade = SelfTrade.CANCEL_MAKER
    is_reduce_only: bool = False
    expiry: int = 0
    client_id: int = 0
