"""What the markets of each kind trade."""

from worldmarkets.model import spot
from worldmarkets.model.makers import Trading
from worldmarkets.model.perps import trading as perp
from worldmarkets.model.words import is_perp


def trading_of(market_id: int) -> Trading:
    """Return what trading in a market does to accounts."""
    return perp if is_perp(market_id) else spot
