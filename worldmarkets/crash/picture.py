"""The picture of a crash: prices, equity below maintenance, slices, and the funds over time."""

from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from worldmarkets.calibration.picture import save, tidy
from worldmarkets.crash.population import DOLLAR
from worldmarkets.crash.replay import Sample
from worldmarkets.crash.tape import Tape

mpl.use("Agg")

_BLUE, _GREEN, _RED, _GREY = "#1f5fa8", "#2a8f5b", "#c0443c", "#8a8f98"
_ORANGE = "#c77f1f"
_MINUTE = 60


def draw(path: Path, title: str, tape: Tape, samples: Sequence[Sample]) -> None:
    """Draw a replay into an SVG file.

    Numbers become floats here, on their way to the screen, and nowhere else.
    """
    figure = Figure(figsize=(11, 10))
    # A layout that is solved for differs from run to run by rounding.
    figure.subplots_adjust(left=0.09, right=0.985, top=0.96, bottom=0.05, hspace=0.12)
    rows = figure.subplots(4, 1, sharex=True, gridspec_kw={"height_ratios": [2, 1.5, 1.2, 1.5]})
    times = [sample.seconds / _MINUTE for sample in samples]
    prices, below, slices, funds = rows
    _draw_prices(prices, times, tape, samples)
    _draw_below(below, times, samples)
    _draw_slices(slices, times, samples)
    _draw_funds(funds, times, samples)
    funds.set_xlabel("minutes")
    prices.set_title(title, fontsize=11, loc="left")
    for axes in rows:
        tidy(axes)
        axes.margins(x=0)
    save(figure, path)


def _draw_prices(axes: Axes, times: list[float], tape: Tape, samples: Sequence[Sample]) -> None:
    for place, (pair, color) in enumerate(zip(tape.pairs, (_BLUE, _ORANGE), strict=False)):
        first = samples[0].prices[place]
        moved = [100 * sample.prices[place] / first for sample in samples]
        axes.plot(times, moved, color=color, linewidth=1.0, label=pair.symbol)
    axes.set_ylabel("price\n[% of the first]")
    axes.legend(loc="best", frameon=False, fontsize=9)


def _draw_below(axes: Axes, times: list[float], samples: Sequence[Sample]) -> None:
    has = [sample.below / DOLLAR for sample in samples]
    lacks = [-sample.missing / DOLLAR for sample in samples]
    axes.fill_between(times, 0, has, color=_BLUE, alpha=0.5, step="mid", label="equity")
    axes.fill_between(times, 0, lacks, color=_RED, alpha=0.5, step="mid", label="lacks of R_maint")
    axes.axhline(0, color="black", linewidth=0.6)
    axes.set_ylabel("accounts below\nR_maint [$]")
    axes.yaxis.set_major_formatter(FuncFormatter(_plain))
    axes.legend(loc="best", frameon=False, fontsize=9)


def _draw_slices(axes: Axes, times: list[float], samples: Sequence[Sample]) -> None:
    counts = [sample.slices for sample in samples]
    bought = [now - before for before, now in zip([0, *counts], counts, strict=False)]
    axes.step(times, bought, color=_GREEN, linewidth=1.0, where="mid", label="slices a minute")
    flagged = [sample.flagged for sample in samples]
    axes.step(times, flagged, color=_GREY, linewidth=1.0, where="mid", label="flagged accounts")
    axes.set_ylabel("number")
    axes.legend(loc="best", frameon=False, fontsize=9)


def _draw_funds(axes: Axes, times: list[float], samples: Sequence[Sample]) -> None:
    lines = (
        ("insurance fund", _BLUE, [sample.insurance for sample in samples]),
        ("backstop", _GREEN, [sample.backstop for sample in samples]),
        ("shortfall of perps", _RED, [sample.shortfall for sample in samples]),
    )
    for label, color, atoms in lines:
        dollars = [one / DOLLAR for one in atoms]
        axes.step(times, dollars, color=color, linewidth=1.2, where="post", label=label)
    axes.set_ylim(bottom=0)
    axes.set_ylabel("[$]")
    axes.yaxis.set_major_formatter(FuncFormatter(_plain))
    axes.legend(loc="best", frameon=False, fontsize=9)


def _plain(value: float, _: object) -> str:
    """Return dollars as they are read best."""
    for size, letter in ((1e9, "bn"), (1e6, "m"), (1e3, "k")):
        if abs(value) >= size:
            return f"{value / size:g}{letter}"
    return f"{value:g}"
