"""Growth by a constant rate a second, in 96 binary places."""

ONE = 2**96
_MOST = 2**127
"""Where a factor stays: 2^31."""


def growth_up(rate_per_second: int, seconds: int) -> int:
    """Return (1 + rate)^seconds, each product of the squaring rounded up [2^-96].

    `rate_per_second` is in 2^-96, too.
    """
    factor, square = ONE, ONE + rate_per_second
    while seconds:
        if seconds & 1:
            factor = _multiply_up(factor, square)
        seconds >>= 1
        if seconds:
            square = _multiply_up(square, square)
    return factor


def _multiply_up(left: int, right: int) -> int:
    return min(-(-left * right // ONE), _MOST)
