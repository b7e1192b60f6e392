"""How a price gets into a feed."""

from collections.abc import Mapping
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Protocol

from worldmarkets.client import Client
from worldmarkets.client.calls import post_prices
from worldmarkets.client.units import to_posted_price
from worldmarkets.keepers.job import Action

_UNIT = Decimal("1e-18")
_EXACT = Context(prec=100)
"""Enough digits for every price there is."""


class Poster(Protocol):
    """Whoever brings prices to feeds. Prices are in dollars a whole token, by symbol."""

    def offer(self, prices: Mapping[str, Decimal], /) -> None:
        """Say what the prices are, whether they are needed or not."""

    def bring(self, prices: Mapping[str, Decimal], not_before: int, /) -> tuple[Action, ...]:
        """Return what brings them; nothing if that is impossible now.

        Args:
            prices: What is needed.
            not_before: When a report must have been made at the earliest [seconds].
        """


class RolePoster:
    """Posts with the price role, and alone answers for the prices."""

    def __init__(self, client: Client) -> None:
        """Take a client of the exchange, with a key or without."""
        self._client = client

    def offer(self, _prices: Mapping[str, Decimal]) -> None:
        """Do nothing: nobody else has to know."""

    def bring(self, prices: Mapping[str, Decimal], _not_before: int) -> tuple[Action, ...]:
        """Return one post of all prices, made when it gets into a block."""
        posted = {
            self._client.asset_units(symbol).asset.asset_id: to_posted_price(as_posted(price))
            for symbol, price in prices.items()
        }
        feed = self._client.deployment.price_feed
        told = ", ".join(
            f"{symbol} {as_posted(price).normalize():f}" for symbol, price in prices.items()
        )
        return (Action(f"post {told}", post_prices(feed, list(posted), list(posted.values()))),)


class FeedPoster:
    """Brings nothing: the prices are in the feeds already, and only have to be copied."""

    def offer(self, _prices: Mapping[str, Decimal]) -> None:
        """Do nothing."""

    def bring(self, _prices: Mapping[str, Decimal], _not_before: int) -> tuple[Action, ...]:
        """Return nothing."""
        return ()


def as_posted(price: Decimal) -> Decimal:
    """Return a price as it can be posted: in whole 1e-18 dollars a token, to the nearest."""
    return price.quantize(_UNIT, rounding=ROUND_HALF_EVEN, context=_EXACT)
