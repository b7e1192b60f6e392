"""Signed integer arithmetic of perps as the contracts do it."""


def truncated(numerator: int, denominator: int) -> int:
    """Return a quotient rounded toward zero; the denominator is positive."""
    quotient = abs(numerator) // denominator
    return quotient if numerator >= 0 else -quotient


def clamped(value: int, low: int, high: int) -> int:
    """Return what is nearest to a value between two bounds."""
    return max(low, min(value, high))


def median(*values: int) -> int:
    """Return the middle one of an odd number of values."""
    return sorted(values)[len(values) // 2]
