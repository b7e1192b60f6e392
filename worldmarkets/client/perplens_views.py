"""What the PerpLens contract returns: structs of contracts/interfaces/IPerpLens.sol, as integers.

Fields stand in its order and have its units, which it documents.
"""

from dataclasses import dataclass

from worldmarkets.model.interface import PerpTerms


@dataclass(frozen=True)
class PerpBook:
    """The book of a perp; a best tick is 0 if there is none."""

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
class Perp:
    """A perp; mark and index in 2^-24 ticks, the funding index up to now in 2^-40 ticks."""

    market_id: int
    base_asset_id: int
    terms: PerpTerms
    book: PerpBook
    mark: int
    index_ticks: int
    funding_index: int
    rate: int
    mark_time: int
    rate_until: int
    premium_average: int
    middle_average: int
    open_interest_lots: int
    pool_atoms: int
    shortfall_atoms: int


@dataclass(frozen=True)
class Position:
    """What an account has of a perp; mark and funding index now in 2^-24 ticks."""

    market_id: int
    size_lots: int
    cash_units: int
    open_bid_lots: int
    open_ask_lots: int
    mark: int
    funding_ticks: int
    profit_atoms: int


@dataclass(frozen=True)
class TrueUp:
    """What settling a position now would pay, and what its profit is made of [quote atoms]."""

    market_id: int
    profit_atoms: int
    funding_atoms: int
    price_atoms: int
    paid_atoms: int
    cancelled_atoms: int
