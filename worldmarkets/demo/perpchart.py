"""The picture of perps: mark and index, funding and borrow rate, the basis trader's margin."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from worldmarkets.demo.chart import time_unit
from worldmarkets.demo.perps import PerpSample, PerpScene
from worldmarkets.demo.samples import CreditSample
from worldmarkets.demo.session import Session

_BLUE, _ORANGE, _RED, _GREY = "#1f5fa8", "#c77f1f", "#c0443c", "#8a8f98"
_COLORS = (_BLUE, _ORANGE)
_FUNDINGS_A_YEAR = 1_095
_BPS, _PERCENT = 10_000, 100
_MOST_RATIO = Decimal(20)


@dataclass(frozen=True)
class PerpSeries:
    """What is drawn of a perp; rates of a year in percent, the basis in basis points."""

    symbol: str
    index: tuple[Decimal, ...]
    mark: tuple[Decimal, ...]
    basis_bps: tuple[Decimal, ...]
    funding_8h_percent: tuple[Decimal, ...]


@dataclass(frozen=True)
class ChartData:
    """What is drawn over time."""

    seconds: tuple[Decimal, ...]
    perps: tuple[PerpSeries, ...]
    borrow_8h_percent: tuple[Decimal, ...]
    """Borrow rate of dollars, as of 8 hours, so that it compares with funding."""
    margin: tuple[Decimal | None, ...]
    """Equity of the basis trader over what he needs to be left alone; None while he needs none."""
    shocked: tuple[bool, ...]


def chart_data(
    symbols: Sequence[str], samples: Sequence[PerpSample], credit: Sequence[CreditSample]
) -> ChartData:
    """Return what is drawn: all samples of perps, and the borrow rate of the same moments."""
    perps = []
    for place, symbol in enumerate(symbols):
        found = [sample.perps[place] for sample in samples]
        perps.append(
            PerpSeries(
                symbol,
                tuple(one.index for one in found),
                tuple(one.mark for one in found),
                tuple((one.mark / one.index - 1) * _BPS for one in found),
                tuple(one.funding_8h * _PERCENT for one in found),
            )
        )
    rates = (Decimal(one.pools[0].borrow_rate).scaleb(-18) for one in credit)
    return ChartData(
        tuple(sample.seconds for sample in samples),
        tuple(perps),
        tuple(rate * _PERCENT / _FUNDINGS_A_YEAR for rate in rates),
        tuple(sample.ratio for sample in samples),
        tuple(sample.is_shocked for sample in samples),
    )


def draw_perps(
    path: Path, title: str, session: Session, scene: PerpScene, credit: Sequence[CreditSample]
) -> None:
    """Draw perps into a PNG file; numbers become floats here, and nowhere else."""
    symbols = [one.symbol for one in session.underlyings]
    data = chart_data(symbols, scene.samples, credit)
    scale, unit = time_unit(data.seconds[-1] if data.seconds else Decimal(0))
    times = [float(one / scale) for one in data.seconds]
    count = len(data.perps)
    figure = Figure(figsize=(11, 7 + 2.6 * count), dpi=130, layout="constrained")
    axes = figure.subplots(
        count + 3, 1, sharex=True, gridspec_kw={"height_ratios": [2.2] * count + [1.4, 1.6, 1.4]}
    )
    for place, perp in enumerate(data.perps):
        _draw_prices(axes[place], perp, times)
    _draw_basis(axes[count], data, times)
    _draw_rates(axes[count + 1], data, times)
    _draw_margin(axes[count + 2], data, times)
    for one in axes:
        _tidy(one, data, times)
    axes[-1].set_xlabel(f"market time [{unit}]")
    figure.suptitle(title, fontsize=12, fontweight="bold", x=0.01, ha="left")
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path)


def _draw_prices(axes: Axes, perp: PerpSeries, times: list[float]) -> None:
    axes.plot(times, _floats(perp.index), color="black", linewidth=0.8, label="index")
    axes.plot(times, _floats(perp.mark), color=_BLUE, linewidth=0.8, label="mark")
    axes.set_ylabel(f"{perp.symbol}-PERP\n[dollars]")
    axes.ticklabel_format(axis="y", style="plain", useOffset=False)


def _draw_basis(axes: Axes, data: ChartData, times: list[float]) -> None:
    for perp, color in zip(data.perps, _COLORS, strict=False):
        basis = _floats(perp.basis_bps)
        axes.plot(times, basis, color=color, linewidth=0.8, label=perp.symbol)
    axes.axhline(0, color="black", linewidth=0.6)
    axes.set_ylabel("mark over index\n[basis points]")


def _draw_rates(axes: Axes, data: ChartData, times: list[float]) -> None:
    for perp, color in zip(data.perps, _COLORS, strict=False):
        label = f"funding of {perp.symbol}-PERP"
        rates = _floats(perp.funding_8h_percent)
        axes.step(times, rates, color=color, linewidth=1.0, where="post", label=label)
    borrow = _floats(data.borrow_8h_percent)
    axes.step(times, borrow, color=_RED, linewidth=1.0, where="post", label="borrowing dollars")
    axes.axhline(0, color="black", linewidth=0.6)
    axes.set_ylabel("rate of 8 hours\n[%]")


def _draw_margin(axes: Axes, data: ChartData, times: list[float]) -> None:
    ratios = [float("nan") if one is None else float(min(one, _MOST_RATIO)) for one in data.margin]
    axes.plot(times, ratios, color=_BLUE, linewidth=1.0, label="basis trader")
    axes.axhline(1, color=_RED, linewidth=0.8, linestyle="--", label="liquidation")
    axes.set_ylim(bottom=0)
    axes.set_ylabel("equity over\nmaintenance")


def _tidy(axes: Axes, data: ChartData, times: list[float]) -> None:
    for time, before, now in zip(times, (False, *data.shocked), data.shocked, strict=False):
        if now and not before:
            axes.axvline(time, color=_RED, linewidth=0.8, alpha=0.6, label="basis shock")
    axes.grid(visible=True, color=_GREY, alpha=0.25, linewidth=0.6)
    axes.spines[["top", "right"]].set_visible(False)
    axes.margins(x=0)
    place = {"loc": "lower right", "bbox_to_anchor": (1, 0.98), "frameon": False}
    axes.legend(ncols=5, fontsize=9, **place)


def _floats(found: Sequence[Decimal]) -> list[float]:
    return [float(one) for one in found]
