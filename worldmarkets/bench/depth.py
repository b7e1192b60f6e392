"""Whether placing an order costs the same however many orders rest in the book."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from worldmarkets.bench.results import Progress
from worldmarkets.bench.stage import Stage, outward, request
from worldmarkets.model.interface import OrderRequest, Side
from worldmarkets.node import LocalNode

TOLERANCE = Decimal("0.05")
"""The dearest place may cost this share more than the cheapest."""

DEPTHS = {10: 1, 1_000: 95, 100_000: 9_995}
"""Resting orders in all, and those of them on the level that is measured.

Those of the level fill whole chunks and one lane more, so that the measured order always joins a
lane word in use.
"""

_LEVELS = 250
_LOTS = 40
_BATCH = 500
_BATCH_GAS = 1_000_000_000
_BUILDERS = 4


@dataclass
class DepthCosts:
    """Gas of a place by the number of resting orders."""

    gas: dict[int, int] = field(default_factory=dict)

    @property
    def spread(self) -> Decimal:
        """How much more the dearest costs than the cheapest, as a share of it."""
        cheapest = min(self.gas.values())
        return Decimal(max(self.gas.values()) - cheapest) / cheapest

    @property
    def problems(self) -> list[str]:
        """What is wrong, in sentences."""
        if self.spread < TOLERANCE:
            return []
        return [f"a place costs up to {100 * self.spread:.1f} % more when more orders rest"]


def measure_depths(progress: Progress) -> DepthCosts:
    """Build the book up to each depth in turn and measure a place on its best bid."""
    costs = DepthCosts()
    with LocalNode(accounts=_BUILDERS + 1) as node:
        builder = _Builder(Stage(node))
        for resting, on_level in DEPTHS.items():
            progress(f"{resting:,} resting orders")
            builder.grow(resting, on_level)
            costs.gas[resting] = builder.measure()
    return costs


class _Builder:
    """Grows a book: a measured best bid, and other levels on both sides."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._on_level = 0
        self._elsewhere = 0
        self._sent = 0

    def grow(self, resting: int, on_level: int) -> None:
        """Add orders until so many rest in all, and so many of them on the measured level."""
        while self._on_level < on_level:
            count = min(_BATCH, on_level - self._on_level)
            self._send([request(Side.BID, outward(Side.BID, 1), _LOTS)] * count)
            self._on_level += count
        while self._elsewhere < resting - on_level:
            count = min(_BATCH, resting - on_level - self._elsewhere)
            self._send([self._other(self._elsewhere + index) for index in range(count)])
            self._elsewhere += count

    def measure(self) -> int:
        """Return the gas of one more place on the measured level, which is then undone."""
        with self._stage.undone():
            sent = self._stage.place(_BUILDERS, request(Side.BID, outward(Side.BID, 1)))
            return sent.receipt.gas_used

    def _other(self, index: int) -> OrderRequest:
        """Return the order number `index` beside the measured level: levels and sides in turn."""
        side = Side(index % 2)
        return request(side, outward(side, 2 + index // 2 % _LEVELS), _LOTS)

    def _send(self, places: Sequence[OrderRequest]) -> None:
        owner = self._sent % _BUILDERS
        self._sent += 1
        stage = self._stage
        call = stage.clients[owner].calls.batch(stage.accounts[owner], [], places, all_or_none=True)
        stage.send(owner, replace(call, gas=_BATCH_GAS))
