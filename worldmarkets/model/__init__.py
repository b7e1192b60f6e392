"""The exchange in plain Python integers, with the words and names of the contracts.

`Exchange` runs every entry point over words in memory: the reference for tests, and what-if for
users. `words`, `slots` and `records` read what a chain's exchange stores and emits.

What an order would do to a live exchange, without sending it:

    state = WordReader(read_words)  # fetches the words that the order reads
    what_if = Exchange(exchange_address, state, time=now)
    result = what_if.place(owner, account_id, OrderRequest(257, Side.BID, tick, lots))

`result` and `what_if.events` are what the chain would return and emit; a refusal raises the
error of the contract's name (`worldmarkets.model.errors`).
"""

from worldmarkets.model.exchange import Exchange
from worldmarkets.model.interface import (
    OrderRequest,
    OrderResult,
    Permission,
    PerpTerms,
    Refusal,
    Removal,
    SelfTrade,
    Side,
    SpotTerms,
    TimeInForce,
)
from worldmarkets.model.reading import WordReader
from worldmarkets.model.state import State

__all__ = [
    "Exchange",
    "OrderRequest",
    "OrderResult",
    "Permission",
    "PerpTerms",
    "Refusal",
    "Removal",
    "SelfTrade",
    "Side",
    "SpotTerms",
    "State",
    "TimeInForce",
    "WordReader",
]
