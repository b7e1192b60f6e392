"""ATLAS, the portfolio margin of the exchange, offline: pure functions in exact integers."""

from worldmarkets.atlas.capital import BOOKS, CapitalRow, capital_markdown, capital_table
from worldmarkets.atlas.changes import Atoms, Borrow, Change, Orders, WhatIf, Withdrawal, what_if
from worldmarkets.atlas.derisking import is_derisking, may_rest_reducing, passes
from worldmarkets.atlas.liquidation import Crossing, LiquidationPrices, liquidation_prices
from worldmarkets.atlas.margin import (
    Health,
    equity,
    free_collateral,
    gross,
    health,
    initial_requirement,
    requirement,
)
from worldmarkets.atlas.orders import (
    SpotMarket,
    executed,
    largest_execution,
    largest_resting,
    rested,
)
from worldmarkets.atlas.parameters import FREE_BAND_BPS, AssetRisk, GlobalRisk
from worldmarkets.atlas.portfolio import Leg, Perp, Portfolio, perp
from worldmarkets.atlas.sets import RiskSet, load_risk_set, read_risk_set
from worldmarkets.atlas.slices import auction_fraction, slice_fraction

__all__ = [
    "BOOKS",
    "FREE_BAND_BPS",
    "AssetRisk",
    "Atoms",
    "Borrow",
    "CapitalRow",
    "Change",
    "Crossing",
    "GlobalRisk",
    "Health",
    "Leg",
    "LiquidationPrices",
    "Orders",
    "Perp",
    "Portfolio",
    "RiskSet",
    "SpotMarket",
    "WhatIf",
    "Withdrawal",
    "auction_fraction",
    "capital_markdown",
    "capital_table",
    "equity",
    "executed",
    "free_collateral",
    "gross",
    "health",
    "initial_requirement",
    "is_derisking",
    "largest_execution",
    "largest_resting",
    "liquidation_prices",
    "load_risk_set",
    "may_rest_reducing",
    "passes",
    "perp",
    "read_risk_set",
    "requirement",
    "rested",
    "slice_fraction",
    "what_if",
]
