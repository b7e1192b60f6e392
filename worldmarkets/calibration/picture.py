"""How many minutes lose how much, and where R_maint of each set is."""

from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from worldmarkets.atlas.sets import RiskSet
from worldmarkets.calibration.backtest import DELAYS, CaseLosses

mpl.use("Agg")

_COLOURS = ("#8a8f98", "#1f5fa8", "#c0443c")
"""One for each delay."""
_SET_STYLES = ("--", ":", "-.", (0, (1, 4)))
_GREY = "#8a8f98"
_COLUMNS = 2
_PLACES = 120


def draw(path: Path, found: Sequence[CaseLosses], sets: Sequence[RiskSet]) -> None:
    """Draw, for each case, the share of minutes that lose more than any loss, into an SVG file.

    Cases with the same legs lose the same; the first of them is drawn.
    """
    found = list({one.case.legs: one for one in reversed(found)}.values())[::-1]
    rows = -(-len(found) // _COLUMNS)
    figure = Figure(figsize=(11, 2.9 * rows), layout="constrained")
    panels = figure.subplots(rows, _COLUMNS, squeeze=False).ravel()
    for axes, one in zip(panels, found, strict=False):
        _draw_case(axes, one, sets)
    for axes in panels[len(found) :]:
        axes.set_visible(False)
    panels[0].legend(loc="upper right", frameon=False, fontsize=8)
    save(figure, path)


def save(figure: Figure, path: Path) -> None:
    """Write a figure as SVG, the same bytes for the same figure."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with mpl.rc_context({"svg.hashsalt": path.stem, "svg.fonttype": "none"}):
        figure.savefig(path, format="svg", metadata={"Date": None})


def tidy(axes: Axes) -> None:
    """Give a panel the looks of the project's pictures."""
    axes.grid(visible=True, color=_GREY, alpha=0.25, linewidth=0.6)
    axes.spines[["top", "right"]].set_visible(False)


def _draw_case(axes: Axes, one: CaseLosses, sets: Sequence[RiskSet]) -> None:
    for delay, colour in zip(DELAYS, _COLOURS, strict=True):
        lost = np.sort(one.worst[delay])[::-1]
        # The worst hundredth, at places evenly apart on the logarithmic scale.
        places = np.unique(np.geomspace(1, max(2, len(lost) // 100), _PLACES).astype(int))
        share = places / len(lost)
        label = f"within {delay} s"
        axes.step(100 * lost[places - 1], share, where="pre", color=colour, label=label)
    for chosen, style in zip(sets, _SET_STYLES, strict=False):
        level = 100 * one.case.maintenance(chosen)
        axes.axvline(level, color="black", linewidth=0.9, linestyle=style, label=chosen.name)
    axes.set_yscale("log")
    axes.set_xlim(left=0)
    axes.set_title(f"{one.case.title}, {one.minutes:,} minutes", fontsize=10, loc="left")
    axes.set_xlabel("loss, worst path [% of one leg]", fontsize=8)
    axes.set_ylabel("share of minutes", fontsize=8)
    tidy(axes)
