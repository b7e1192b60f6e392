"""What checks of margin take of the market as a whole, and which prices are good for them."""

from worldmarkets.atlas.arithmetic import BPS
from worldmarkets.atlas.parameters import GlobalRisk
from worldmarkets.model import slots
from worldmarkets.model.state import State
from worldmarkets.model.words import RiskWord

MAX_PRICE_AGE = 60
"""How old a price may be where risk is added [seconds]."""
MIN_CONFIDENCE_BPS = 9_000
"""How certain a price must be where risk is added."""


def market_risk(state: State) -> GlobalRisk:
    """Return the risk parameters of all assets together."""
    word = state.load(RiskWord, slots.risk())
    levels = (word.sigma_bps, word.end_percent, word.maintenance_percent)
    return GlobalRisk(*levels, word.peg_bps or BPS)
