"""Numbers as people read them."""

from decimal import Decimal

_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400


def money(dollars: Decimal, places: int = 2, sign: bool = False) -> str:
    """Return an amount of dollars, rounded to the nearest for the eye."""
    return f"{dollars:{'+' if sign else ''},.{places}f}"


def amount(size: Decimal) -> str:
    """Return a size of tokens without trailing zeros."""
    text = f"{size:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def price_places(step: Decimal) -> int:
    """Return how many decimals prices of a step need."""
    exponent = step.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def duration(seconds: Decimal | int) -> str:
    """Return a time as people say it: 42 s, 3:20 min, 1:05 h, 2.5 days."""
    whole = int(seconds)
    if whole < _MINUTE:
        return f"{whole} s"
    if whole < _HOUR:
        return f"{whole // _MINUTE}:{whole % _MINUTE:02} min"
    if whole < 2 * _DAY:
        return f"{whole // _HOUR}:{whole % _HOUR // _MINUTE:02} h"
    return f"{Decimal(whole) / _DAY:.1f} days"
