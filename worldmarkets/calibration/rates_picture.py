"""The rate curve with real pools on it, and both rates over time."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from worldmarkets.calibration.curve import START, rate_at
from worldmarkets.calibration.picture import save, tidy
from worldmarkets.calibration.rates import Rates, follow

_HOUR = 3_600
_COLOURS = ("#1f5fa8", "#c0443c")


def draw_rates(path: Path, found: Sequence[Rates]) -> None:
    """Draw the curve with real points on it, and both rates over time, into an SVG file."""
    figure = Figure(figsize=(11, 4.2), layout="constrained")
    curve, time = figure.subplots(1, 2)
    _draw_curve(curve, found)
    _draw_time(time, found)
    save(figure, path)


def _draw_curve(axes: Axes, found: Sequence[Rates]) -> None:
    shares = np.linspace(0, 1, 201)
    for at_target, width in ((START / 2, 0.7), (START, 1.8), (START * 2, 0.7)):
        rates = [100 * rate_at(float(share), at_target) for share in shares]
        axes.plot(100 * shares, rates, color="black", linewidth=width)
    for one, colour in zip(found, _COLOURS, strict=False):
        points = 100 * np.array(one.utilisation[::30]), 100 * np.array(one.borrow[::30])
        axes.scatter(*points, s=6, color=colour, alpha=0.5, label=f"{one.asset}, real")
    axes.set_title("the curve at 2, 4 and 8 % at target", fontsize=10, loc="left")
    axes.set_xlabel("utilisation [%]")
    axes.set_ylabel("borrow rate [% a year]")
    axes.legend(loc="upper left", frameon=False, fontsize=9)
    tidy(axes)


def _draw_time(axes: Axes, found: Sequence[Rates]) -> None:
    for one, colour in zip(found, _COLOURS, strict=False):
        hours = (np.array(one.times[::10]) - one.times[0]) / _HOUR
        adaptive = follow(one)[0][::10]
        axes.plot(hours, 100 * np.array(one.borrow[::10]), color=colour, label=f"{one.asset}, real")
        label = f"{one.asset}, curve"
        axes.plot(hours, 100 * np.array(adaptive), color=colour, linestyle="--", label=label)
    axes.set_title("at the real utilisation, from 4 % at target", fontsize=10, loc="left")
    axes.set_xlabel("hours")
    axes.legend(loc="upper right", frameon=False, fontsize=9)
    tidy(axes)
