"""Candle files as arrays, told apart by asset."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from worldmarkets.marketdata.candles import Candle, read_every_series

Floats = npt.NDArray[np.float64]
Times = npt.NDArray[np.int64]

BTC, ETH, STABLE = "BTC", "ETH", "STABLE"
_STABLES = ("USDC", "USDT")


@dataclass(frozen=True)
class Series:
    """Candles of one asset in dollars, a minute each."""

    asset: str
    title: str
    """File and pair, for people."""
    window: str
    """What is joined with other assets: the file and its window."""
    times: Times
    """When each candle begins [seconds]."""
    prices: Floats
    """Open, high, low and close, a row a candle [dollars]."""

    @property
    def closes(self) -> Floats:
        """The last price of each candle."""
        return self.prices[:, 3]


def read_series(paths: Iterable[Path]) -> tuple[Series, ...]:
    """Read the series of BTC, ETH and stable coins from candle files; others are passed over.

    Of a pair in a stable coin, if the file also has it in dollars, the price of the coin is made
    from the closes of both.

    Raises:
        DataFileError: a file can not be read as candles.
    """
    found: list[Series] = []
    for path in paths:
        held = read_every_series(path)
        for (pair, window), candles in held.items():
            dollars = next((pair[: -len(s)] + "USD" for s in _STABLES if pair.endswith(s)), None)
            if dollars and (dollars, window) in held:
                found.append(_coin(path, pair, window, candles, held[(dollars, window)]))
                continue
            asset = asset_of(pair or path.name)
            if asset:
                found.append(_series(asset, path, pair, window, candles))
    return tuple(found)


def asset_of(name: str) -> str | None:
    """Return which of BTC and ETH a pair or file is of, None if of neither."""
    lowered = name.lower()
    return next((asset for asset in (BTC, ETH) if asset.lower() in lowered), None)


def _series(asset: str, path: Path, pair: str, window: str, candles: tuple[Candle, ...]) -> Series:
    rows = [(float(c.open), float(c.high), float(c.low), float(c.close)) for c in candles]
    times = np.array([candle.ts for candle in candles], dtype=np.int64)
    return Series(asset, *_names(path, pair, window), times, np.array(rows, dtype=np.float64))


def _coin(
    path: Path, pair: str, window: str, inside: tuple[Candle, ...], dollars: tuple[Candle, ...]
) -> Series:
    """Return the price of a stable coin: of an asset in dollars, over the same in the coin."""
    in_coin = {candle.ts: candle.close for candle in inside}
    closes = [(c.ts, float(c.close / in_coin[c.ts])) for c in dollars if c.ts in in_coin]
    times = np.array([ts for ts, _ in closes], dtype=np.int64)
    prices = np.repeat(np.array([[close] for _, close in closes], dtype=np.float64), 4, axis=1)
    return Series(STABLE, *_names(path, pair, window), times, prices)


def _names(path: Path, pair: str, window: str) -> tuple[str, str]:
    stem = path.name.split(".")[0]
    parts = (stem.split("_")[0], window, pair) if pair else (stem.replace("_", " "), window)
    return " ".join(part for part in parts if part), f"{stem} {window}"
