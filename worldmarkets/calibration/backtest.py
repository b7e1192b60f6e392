"""Whether a portfolio at R_maint would have been worth less than nothing before a liquidation."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from worldmarkets.atlas import AssetRisk, Leg, Perp, Portfolio, requirement
from worldmarkets.atlas.sets import RiskSet
from worldmarkets.calibration.paths import losses, usual_path, worst_paths
from worldmarkets.calibration.series import BTC, ETH, STABLE, Floats, Series, Times

DELAYS = (1, 10, 60)
"""Times from R_maint to the slice [seconds]."""
_NOTIONAL = 10**12
"""A leg of a million dollars [quote atoms]."""
_ATOM_PRICE = 10**12
"""Price at which an atom is worth a quote atom."""


@dataclass(frozen=True)
class Case:
    """A portfolio of legs of equal size."""

    title: str
    legs: tuple[tuple[str, int], ...]
    """Asset, and 1 for long or -1 for short."""
    spot: bool = False
    """Whether the legs are spot, bought or sold on credit, instead of perps."""

    def maintenance(self, chosen: RiskSet) -> float:
        """Return R_maint by the engine as a part of one leg's size."""
        held = tuple(
            self._leg(place + 1, weight, chosen.asset(asset))
            for place, (asset, weight) in enumerate(self.legs)
        )
        needed = requirement(Portfolio(0, held), chosen.risk, chosen.risk.maintenance_percent)
        return needed / _NOTIONAL

    def _leg(self, asset_id: int, weight: int, risk: AssetRisk) -> Leg:
        value = weight * _NOTIONAL
        if self.spot:
            return Leg(asset_id, risk, _ATOM_PRICE, value)
        return Leg(asset_id, risk, _ATOM_PRICE, perp=Perp(value, value, value, 0))


CASES = (
    Case("long BTC", ((BTC, 1),)),
    Case("short BTC", ((BTC, -1),)),
    Case("long ETH", ((ETH, 1),)),
    Case("short ETH", ((ETH, -1),)),
    Case("spot BTC on borrowed dollars", ((BTC, 1),), spot=True),
    Case("spot ETH on borrowed dollars", ((ETH, 1),), spot=True),
    Case("long BTC, short ETH", ((BTC, 1), (ETH, -1))),
    Case("short BTC, long ETH", ((BTC, -1), (ETH, 1))),
    Case("stable coin on borrowed dollars", ((STABLE, 1),), spot=True),
    Case("borrowed stable coin", ((STABLE, -1),), spot=True),
)


@dataclass(frozen=True)
class CaseLosses:
    """What a case lost from every minute on, by delay, a part of one leg's size."""

    case: Case
    worst: dict[int, Floats]
    """By the worst of the paths that its candles allow."""
    usual: dict[int, Floats]
    """By the usual path."""

    @property
    def minutes(self) -> int:
        """Minutes that were looked at."""
        return len(self.worst[DELAYS[0]])


@dataclass(frozen=True)
class Outcome:
    """What became of a case that was at R_maint, by one path and delay."""

    minutes: int
    below_zero: int
    """Minutes in which some second was a bad one to be at R_maint."""
    shortfall: float
    """The most it was below zero, a part of one leg's size; zero if it never was."""


def measure(series: Sequence[Series], cases: Sequence[Case] = CASES) -> tuple[CaseLosses, ...]:
    """Return what each case lost over all series that have its assets; none without any."""
    found = []
    for case in cases:
        parts = [_measure(case, legs) for legs in _joined(case, series)]
        if parts:
            worst, usual = (
                {delay: np.concatenate([part[way][delay] for part in parts]) for delay in DELAYS}
                for way in (0, 1)
            )
            found.append(CaseLosses(case, worst, usual))
    return tuple(found)


def outcome(lost: Floats, maintenance: float) -> Outcome:
    """Return how often and by how much losses exceeded what an account at R_maint has."""
    below = lost[lost > maintenance]
    return Outcome(len(lost), len(below), float(below.max() - maintenance) if len(below) else 0.0)


def _joined(case: Case, series: Sequence[Series]) -> Iterator[tuple[Series, ...]]:
    """Yield, for every window that has all assets of a case, their series."""
    by_asset = [[one for one in series if one.asset == asset] for asset, _ in case.legs]
    for first in by_asset[0]:
        others = [[one for one in held if one.window == first.window] for held in by_asset[1:]]
        if all(others):
            yield (first, *(one[0] for one in others))


def _measure(case: Case, legs: tuple[Series, ...]) -> tuple[dict[int, Floats], dict[int, Floats]]:
    weights = [weight for _, weight in case.legs]
    legs, times = _same_span(legs)
    both = [worst_paths(one, weight) for one, weight in zip(legs, weights, strict=True)]
    first, last = (losses([pair[way] for pair in both], weights, times, DELAYS) for way in (0, 1))
    worst = {delay: np.maximum(first[delay], last[delay]) for delay in DELAYS}
    return worst, losses([usual_path(one) for one in legs], weights, times, DELAYS)


def _same_span(legs: tuple[Series, ...]) -> tuple[tuple[Series, ...], Times]:
    """Cut series to the minutes that all of them have."""
    times = legs[0].times
    for one in legs[1:]:
        times = np.intersect1d(times, one.times)
    cut = []
    for one in legs:
        kept = np.isin(one.times, times)
        cut.append(Series(one.asset, one.title, one.window, times, one.prices[kept]))
    return tuple(cut), times
