"""Strategies: what to do with an account, decided in exact numbers and without a chain."""

from worldmarkets.strategies.basis import Action, Decision, decide
from worldmarkets.strategies.batch import Batch, BatchExecutor, MarketTerms, StrategyError, taking
from worldmarkets.strategies.carry import (
    CarryWatch,
    Direction,
    Rates,
    better_direction,
    carry,
    fees_a_year,
    funding_a_year,
)
from worldmarkets.strategies.maker import (
    MakerConfig,
    MakerMarkets,
    MakerView,
    Quote,
    centre,
    decide_quotes,
    fair_price,
    hedge,
    requote,
    wanted_quotes,
)
from worldmarkets.strategies.opening import Opening, plan_opening
from worldmarkets.strategies.position import BasisConfig, BasisMarkets, BasisPosition

__all__ = [
    "Action",
    "BasisConfig",
    "BasisMarkets",
    "BasisPosition",
    "Batch",
    "BatchExecutor",
    "CarryWatch",
    "Decision",
    "Direction",
    "MakerConfig",
    "MakerMarkets",
    "MakerView",
    "MarketTerms",
    "Opening",
    "Quote",
    "Rates",
    "StrategyError",
    "better_direction",
    "carry",
    "centre",
    "decide",
    "decide_quotes",
    "fair_price",
    "fees_a_year",
    "funding_a_year",
    "hedge",
    "plan_opening",
    "requote",
    "taking",
    "wanted_quotes",
]
