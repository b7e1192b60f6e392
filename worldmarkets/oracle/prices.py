"""Prices that fit six bytes: mantissa · 10^exponent [1e-18 dollars a whole token]."""

from decimal import Decimal

from worldmarkets.errors import WorldMarketsError

MAX_EXPONENT = 26
"""The highest exponent: every price is below 2^128."""
MANTISSA_BITS = 40

_PRICE_DECIMALS = 18


class UnpackablePriceError(WorldMarketsError):
    """A price that is not positive, too high, or has more digits than a report carries."""

    def __init__(self, price: object) -> None:
        super().__init__(f"no report can carry the price {price}")


def to_price(dollars: Decimal) -> int:
    """Return a price that a report can carry, for so many dollars.

    Args:
        dollars: For one whole token [dollars].

    Returns:
        The price [1e-18 dollars a whole token], rounded twice to the nearest: to whole 1e-18
        dollars, then by `round_price` by less than 5e-12 of itself.

    Raises:
        UnpackablePriceError: it is not positive, or too high.
    """
    numerator, denominator = dollars.as_integer_ratio() if dollars.is_finite() else (0, 1)
    return round_price(_divide_nearest(numerator * 10**_PRICE_DECIMALS, denominator))


def round_price(price: int) -> int:
    """Return the price nearest to another that a report can carry; of two, the higher.

    Raises:
        UnpackablePriceError: it is not positive, or too high.
    """
    if price <= 0:
        raise UnpackablePriceError(price)
    for exponent in range(MAX_EXPONENT + 1):
        unit = int(10**exponent)
        mantissa = _divide_nearest(price, unit)
        if mantissa < 2**MANTISSA_BITS:
            return mantissa * unit
    raise UnpackablePriceError(price)


def split_price(price: int) -> tuple[int, int]:
    """Return mantissa and exponent of a price, the mantissa as small as can be.

    Bytes of zero cost least as calldata.

    Raises:
        UnpackablePriceError: it has none; `round_price` returns one that has.
    """
    mantissa, exponent = price, 0
    while mantissa and mantissa % 10 == 0 and exponent < MAX_EXPONENT:
        mantissa, exponent = mantissa // 10, exponent + 1
    if not 0 < mantissa < 2**MANTISSA_BITS:
        raise UnpackablePriceError(price)
    return mantissa, exponent


def _divide_nearest(numerator: int, denominator: int) -> int:
    return (2 * numerator + denominator) // (2 * denominator)
