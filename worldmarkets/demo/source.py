"""What drives a demonstration: traders around a price, or an order flow."""

from collections.abc import Iterator
from typing import Protocol

from worldmarkets.demo.credit import Credit
from worldmarkets.demo.perps import PerpScene
from worldmarkets.demo.session import Session
from worldmarkets.demo.stresscast import StressCast
from worldmarkets.ondemand import BlockDriver


class Source(Protocol):
    """Plays a market step by step."""

    @property
    def title(self) -> str:
        """What drives the market, in a few words."""

    @property
    def market_seconds(self) -> int:
        """How much market time it covers [seconds]."""

    @property
    def session(self) -> Session:
        """What has happened so far."""

    @property
    def credit(self) -> Credit:
        """Who lends and borrows beside it, and what became of that."""

    @property
    def perps(self) -> PerpScene | None:
        """Who trades perps beside it, and what became of that; None where nobody does."""

    @property
    def stress(self) -> StressCast | None:
        """Who is there for the stress act; None where there is none."""

    @property
    def blocks(self) -> BlockDriver:
        """What makes the blocks."""

    def steps(self) -> Iterator[None]:
        """Play, and yield after every step."""
