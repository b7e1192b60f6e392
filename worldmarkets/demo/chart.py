"""The picture of a demonstration: price, spread, depth, pools and margins over time."""

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from worldmarkets.demo.credit import Credit
from worldmarkets.demo.samples import DEPTH_BPS, CreditSample, Sample
from worldmarkets.demo.words import price_places
from worldmarkets.staging import Venue

mpl.use("Agg")

_BLUE, _GREEN, _RED, _GREY = "#1f5fa8", "#2a8f5b", "#c0443c", "#8a8f98"
_ORANGE = "#c77f1f"
_WIDE_RANGE_SECONDS = 2 * 86_400
_LONG_SECONDS = 2 * 3_600
_MINUTES_SECONDS = 300
_TITLE_ROOM = 1_050
"""Letters that fit above the picture, times their size."""
_LEAST_SHARE, _LARGEST_SHARE = 20.0, 2_000.0


def draw(
    path: Path,
    title: str,
    subtitle: str,
    venue: Venue,
    samples: Sequence[Sample],
    credit: Credit,
) -> None:
    """Draw the samples of a market, its pools and its borrowers into a PNG file.

    Numbers become floats here, on their way to the screen, and nowhere else.
    """
    figure = Figure(figsize=(11, 13), dpi=130, layout="constrained")
    price, spread, depth, pools, margins = figure.subplots(
        5, 1, sharex=True, gridspec_kw={"height_ratios": [3, 1.2, 1.6, 1.8, 2.2]}
    )
    scale, unit = time_unit(samples[-1].seconds if samples else Decimal(0))
    quoted = [sample for sample in samples if sample.best_bid and sample.best_ask]
    times = [float(sample.seconds / scale) for sample in quoted]
    _draw_price(price, venue, quoted, times)
    _draw_spread(spread, quoted, times)
    _draw_depth(depth, venue, quoted, times)
    _draw_pools(pools, venue, credit.samples, scale)
    _draw_margins(margins, credit, scale)
    margins.set_xlabel(f"market time [{unit}]")
    if times:
        margins.set_xlim(0, times[-1])
    size = min(14, _TITLE_ROOM // len(title))
    figure.suptitle(title, fontsize=size, fontweight="bold", x=0.01, ha="left")
    price.set_title(subtitle, fontsize=10, color=_GREY, loc="left")
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path)


def _draw_price(axes: Axes, venue: Venue, samples: Sequence[Sample], times: list[float]) -> None:
    bids = [float(venue.price(sample.best_bid or 0)) for sample in samples]
    asks = [float(venue.price(sample.best_ask or 0)) for sample in samples]
    reference = [float(sample.reference_price) for sample in samples]
    axes.fill_between(times, bids, asks, color=_BLUE, alpha=0.25, step="post", linewidth=0)
    axes.step(times, asks, color=_RED, linewidth=0.8, where="post", label="best ask")
    axes.step(times, bids, color=_GREEN, linewidth=0.8, where="post", label="best bid")
    axes.plot(times, reference, color="black", linewidth=0.7, alpha=0.7, label="reference price")
    axes.set_ylabel(f"price [dollars per {venue.symbol}]")
    places = price_places(venue.tick_dollars)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.{places}f}"))
    axes.legend(loc="lower right", bbox_to_anchor=(1, 0.98), frameon=False, ncols=3, fontsize=9)
    _tidy(axes)


def _draw_spread(axes: Axes, samples: Sequence[Sample], times: list[float]) -> None:
    spreads = [_spread_bps(sample) for sample in samples]
    axes.step(times, spreads, color=_BLUE, linewidth=0.8, where="post")
    axes.fill_between(times, 0, spreads, color=_BLUE, alpha=0.15, step="post", linewidth=0)
    if spreads:
        # A few wide moments must not hide the rest.
        usual = sorted(spreads)[len(spreads) * 98 // 100]
        axes.set_ylim(0, max(usual * 1.4, 0.1))
    axes.set_ylabel("spread\n[basis points]")
    _tidy(axes)


def _draw_depth(axes: Axes, venue: Venue, samples: Sequence[Sample], times: list[float]) -> None:
    bids = [_dollars(venue, sample, sample.bid_lots) for sample in samples]
    asks = [-_dollars(venue, sample, sample.ask_lots) for sample in samples]
    axes.fill_between(times, 0, bids, color=_GREEN, alpha=0.55, step="post", label="bids")
    axes.fill_between(times, 0, asks, color=_RED, alpha=0.55, step="post", label="asks")
    axes.axhline(0, color="black", linewidth=0.6)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{abs(value):,.0f}"))
    axes.set_ylabel(f"depth within {DEPTH_BPS} bp\n[thousand dollars]")
    axes.legend(loc="lower right", bbox_to_anchor=(1, 0.98), frameon=False, ncols=2, fontsize=9)
    _tidy(axes)


def _draw_pools(axes: Axes, venue: Venue, samples: Sequence[CreditSample], scale: int) -> None:
    """Draw utilisation on the left, and rates of a year on the right."""
    times = [float(sample.seconds / scale) for sample in samples]
    rates = axes.twinx()
    for place, (name, color) in enumerate((("USDM", _BLUE), (venue.symbol, _ORANGE))):
        found = [sample.pools[place] for sample in samples]
        used, borrow, supply = (
            [_percent(one.utilisation) for one in found],
            [_percent(one.borrow_rate) for one in found],
            [_percent(one.supply_rate) for one in found],
        )
        axes.fill_between(times, 0, used, color=color, alpha=0.15, step="post", linewidth=0)
        axes.step(times, used, color=color, linewidth=0.8, where="post", label=f"{name} used")
        rates.step(times, borrow, color=color, linewidth=1.2, where="post", label=f"{name} borrow")
        rates.step(
            times, supply, color=color, linewidth=1.0, where="post", linestyle=":", label="supply"
        )
    axes.set_ylim(0, 100)
    rates.set_ylim(bottom=0)
    axes.set_ylabel("utilisation [%]")
    rates.set_ylabel("rate of a year [%]")
    handles = [*axes.get_legend_handles_labels()[0], *rates.get_legend_handles_labels()[0]]
    axes.legend(
        handles=handles,
        loc="lower right",
        bbox_to_anchor=(1, 0.98),
        frameon=False,
        ncols=6,
        fontsize=9,
    )
    _tidy(axes)
    rates.spines[["top"]].set_visible(False)
    rates.margins(x=0)


def _draw_margins(axes: Axes, credit: Credit, scale: int) -> None:
    """Draw the equity of each borrower as a share of what adding risk requires, while he owes."""
    for place, borrower in enumerate(credit.cast.borrowers):
        color = (_BLUE, _GREEN, _RED)[place % 3]
        owing = [one for one in credit.samples if one.margins[place].owes]
        times = [float(sample.seconds / scale) for sample in owing]
        levels = [sample.margins[place] for sample in owing]
        equity = [_share(one.equity, one.initial) for one in levels]
        maintenance = [_share(one.maintenance, one.initial) for one in levels]
        axes.plot(times, equity, color=color, linewidth=1.2, label=borrower.plan.name)
        axes.plot(times, maintenance, color=color, linewidth=0.8, linestyle=":")
    axes.axhline(100, color="black", linewidth=0.8, linestyle="--", label="needed to add risk")
    axes.set_yscale("log")
    axes.set_ylim(_LEAST_SHARE, _LARGEST_SHARE)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    axes.set_ylabel("equity, and dotted what is\nneeded to be left alone\n[% of initial]")
    axes.legend(loc="lower right", bbox_to_anchor=(1, 0.98), frameon=False, ncols=4, fontsize=9)
    _tidy(axes)


def _percent(wad: int) -> float:
    return float(Decimal(wad).scaleb(-16))


def _share(part: int, whole: int) -> float:
    """Return a part in percent, kept within the picture."""
    if not whole:
        return _LARGEST_SHARE
    share = float(Decimal(100 * part) / whole)
    return min(max(share, _LEAST_SHARE), _LARGEST_SHARE)


def _tidy(axes: Axes) -> None:
    axes.grid(visible=True, color=_GREY, alpha=0.25, linewidth=0.6)
    axes.spines[["top", "right"]].set_visible(False)
    axes.margins(x=0)


def _spread_bps(sample: Sample) -> float:
    bid, ask = sample.best_bid or 0, sample.best_ask or 0
    return float(Decimal(2 * (ask - bid) * 10_000) / (ask + bid))


def _dollars(venue: Venue, sample: Sample, lots: int) -> float:
    return float(venue.size(lots) * sample.reference_price / 1_000)


def time_unit(last: Decimal) -> tuple[int, str]:
    """Return the unit in which a time is best told: its seconds, and its name."""
    if last > _WIDE_RANGE_SECONDS:
        return 86_400, "days"
    if last > _LONG_SECONDS:
        return 3_600, "hours"
    return (60, "minutes") if last > _MINUTES_SECONDS else (1, "seconds")
