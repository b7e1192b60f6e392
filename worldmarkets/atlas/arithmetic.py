"""Integers of margin: values in quote atoms, and which way each of them is rounded."""

ATOM_PRICE_SCALE = 10**12
"""Prices are in 1e-18 dollars an atom, quote atoms in 1e-6 dollars."""
BPS = 10**4
"""Basis points in a whole."""
PPM = 10**6
"""Parts per million in a whole."""


def divide_up(numerator: int, denominator: int) -> int:
    """Return a quotient rounded toward plus infinity; the denominator is positive."""
    return -(-numerator // denominator)


def value_down(atoms: int, price: int) -> int:
    """Return what signed `atoms` are worth, rounded toward minus infinity [quote atoms].

    Args:
        atoms: Signed amount of an asset.
        price: Price of an atom [1e-18 dollars].
    """
    return atoms * price // ATOM_PRICE_SCALE


def value_up(atoms: int, price: int) -> int:
    """Return what signed `atoms` are worth, rounded toward plus infinity [quote atoms]."""
    return divide_up(atoms * price, ATOM_PRICE_SCALE)


def fee_up(notional_atoms: int, ppm: int) -> int:
    """Return the fee on a notional, rounded against who pays or receives it [quote atoms].

    A charge is rounded up, a rebate (negative) down in size.
    """
    return divide_up(notional_atoms * ppm, PPM)
