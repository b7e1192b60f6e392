"""The exchange in plain Python integers, with the words and names of the contracts.

`Exchange` runs every entry point over words in memory: the reference for tests, and what-if for
users. `words`, `slots` and `records` read what a chain's exchange stores and emits.
"""

from worldmarkets.model.exchange import Exchange
from worldmarkets.model.interface import (
    OrderRequest,
    OrderResult,
    Refusal,
    Removal,
    Side,
    SpotTerms,
    TimeInForce,
)
from worldmarkets.model.state import State

__all__ = [
    "Exchange",
    "OrderRequest",
    "OrderResult",
    "Refusal",
    "Removal",
    "Side",
    "SpotTerms",
    "State",
    "TimeInForce",
]
