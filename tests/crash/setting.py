"""Hand-made crashes, and a few portfolios in them."""

from collections.abc import Sequence
from decimal import Decimal

from worldmarkets.crash.population import Holder, Kind
from worldmarkets.crash.scene import Scene, make_scene
from worldmarkets.crash.tape import MINUTE, Minute, Pair, Tape
from worldmarkets.marketdata.candles import Candle

START = 1_600_000_020
"""A full minute."""
BTC, ETH = Pair("BTC", "BTCUSD"), Pair("ETH", "ETHUSD")
CALM = (10_000, 10_000, 10_000, 10_000)
Prices = tuple[int | str, int | str, int | str, int | str]


def candle(place: int, prices: Prices) -> Candle:
    """The candle of a minute: open, high, low and close in dollars."""
    return Candle(START + MINUTE * place, *(Decimal(price) for price in prices))


def tape(rows: Sequence[Prices], *, falls: bool = True, turnover: int = 1_000_000) -> Tape:
    """A tape of bitcoin alone."""
    minutes = tuple(
        Minute(START + MINUTE * place, (candle(place, row),), (Decimal(turnover),))
        for place, row in enumerate(rows)
    )
    return Tape("by hand", (BTC,), minutes, falls)


def falling(minutes: int, percent_a_minute: int, calm: int = 3) -> Tape:
    """A calm time, then a price that falls evenly, and the same price for a minute."""
    price, rows = Decimal(10_000), [CALM] * calm
    for _ in range(minutes):
        after = price * (100 - percent_a_minute) / 100
        rows.append((str(price), str(price), str(after), str(after)))
        price = after
    rows.append((str(price),) * 4)
    return tape(rows)


def long_of(leverage: int, equity: int = 100_000, **terms: object) -> Holder:
    """Somebody long the perp."""
    return Holder(Kind.LONG, 0, equity, equity * leverage, **terms)  # type: ignore[arg-type]


def short_of(leverage: int, equity: int = 100_000, **terms: object) -> Holder:
    """Somebody short the perp."""
    return Holder(Kind.SHORT, 0, equity, equity * leverage, **terms)  # type: ignore[arg-type]


def scene_of(on: Tape, *holders: Holder) -> Scene:
    """Portfolios at their places under the standard set, and somebody who buys spot on credit.

    Trades of spot pay the fees that open the insurance fund.
    """
    levered = Holder(Kind.LEVERED, 0, 1_000_000, 500_000)
    return make_scene(on, "standard", [*holders, levered])
