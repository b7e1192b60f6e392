"""The funding poker: lets funding run, and marks follow."""

from collections.abc import Sequence
from dataclasses import dataclass

from worldmarkets.client import Client
from worldmarkets.client.lens import walk
from worldmarkets.client.perplens_views import Perp
from worldmarkets.keepers.chain import chain_time
from worldmarkets.keepers.job import Action, Round

SAMPLE_SECONDS = 300
"""How long a sample counts without a new one, and a rate holds [seconds]. Source: PerpModule."""


@dataclass(frozen=True)
class FundingRules:
    """How often perps are poked [seconds]."""

    interval_seconds: int = 1
    """A perp with open positions; more than once a second changes nothing."""
    idle_seconds: int = 60
    """A perp without any: its averages are kept alive."""


class FundingJob:
    """Pokes the perps that nobody has poked for a while.

    Who is late is late: beyond 300 seconds no funding runs until the next poke.
    """

    name = "funding"

    def __init__(
        self, client: Client, symbols: Sequence[str] = (), rules: FundingRules | None = None
    ) -> None:
        """Take the exchange, the perps (all of it if none is named), and how often."""
        self._client = client
        self._market_ids = {client.market_units(one).market.market_id for one in symbols}
        self._rules = rules or FundingRules()

    def look(self) -> Round:
        """Find the perps whose newest sample has grown old."""
        now = chain_time(self._client.raw.rpc)
        perps = [perp for perp in walk(self._client.raw.perp_lens.perps) if self._keeps(perp)]
        due = [perp.market_id for perp in perps if is_due(self._rules, perp, now)]
        lag = max((now - sampled_at(perp) for perp in perps if is_alive(perp)), default=0)
        if not due:
            return Round(lag_seconds=lag)
        names = [self._client.market_units(one).market.symbol for one in due]
        poke = self._client.raw.calls.poke_markets(due)
        return Round((Action(f"poke {', '.join(names)}", poke),), lag)

    def _keeps(self, perp: Perp) -> bool:
        return not self._market_ids or perp.market_id in self._market_ids


def is_due(rules: FundingRules, perp: Perp, now: int) -> bool:
    """Return whether a perp is to be poked; one whose index has no price yet can not be."""
    if perp.index_ticks == 0:
        return False
    seconds = rules.interval_seconds if perp.open_interest_lots else rules.idle_seconds
    return perp.rate_until == 0 or now - sampled_at(perp) >= seconds


def is_alive(perp: Perp) -> bool:
    """Return whether positions are open, and funding has begun."""
    return perp.open_interest_lots > 0 and perp.rate_until > 0


def sampled_at(perp: Perp) -> int:
    """Return when the newest sample of a perp was taken [seconds]."""
    return perp.rate_until - SAMPLE_SECONDS
