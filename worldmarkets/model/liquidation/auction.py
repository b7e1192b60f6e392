"""The price of a flagged account as time passes, and which parts of it are sold. Pure functions.

With E for equity: the price of the whole account falls from just under E to nothing, then to what
a bidder needs beside it for getting out of all its legs; without equity it begins at E.
"""

from dataclasses import dataclass

from worldmarkets.atlas.arithmetic import BPS, PPM, divide_up

WINDOW = 10
"""Time from the flag in which only chosen liquidators may bid [seconds]."""
FALL = 300
"""Time in which the price falls from its start to nothing, where equity pays for getting out;
else in proportion to how much of that it pays [seconds]."""
BELOW = 120
"""Time in which it then falls to its lowest [seconds]."""
START_BPS = 9_800
"""Where the price starts, as part of the equity."""
LEAST_PPM = 100_000
"""The smallest slice."""
LEAST_GROSS = 1_000 * 10**6
"""The smallest slice of a small account: of so much gross [quote atoms]."""
FEE_PPM = 5_000
"""Fee on the gross of a slice, as far as the price pays it."""


@dataclass(frozen=True)
class Offer:
    """What a whole account costs at a time, and which parts of it are sold.

    Price and fee are those of all of it, the price negative where a bidder is paid [quote atoms];
    the smallest and the largest part in ppm.
    """

    price: int
    fee: int
    least: int
    most: int

    def payment(self, ppm: int) -> tuple[int, int]:
        """Return what a part costs, and the fee in it; for a part with a price [quote atoms]."""
        paid = divide_up(self.price * ppm, PPM)
        return paid, min(self.fee * ppm // PPM, paid)

    def premium(self, ppm: int) -> int:
        """Return what a bidder is paid beside a part without a price [quote atoms]."""
        return -self.price * ppm // PPM


def price_at(equity: int, exit_cost: int, seconds: int) -> int:
    """Return the price of a whole account some time after its clock has started [quote atoms].

    Args:
        equity: E, claims of the funds not taken off.
        exit_cost: R of no shock, what getting out of all legs costs.
        seconds: Age of the clock, not negative.
    """
    if equity <= 0:
        return equity - exit_cost * min(seconds, BELOW) // BELOW
    fall = FALL if equity >= exit_cost else FALL * equity // exit_cost
    if fall and seconds <= fall:
        return equity * START_BPS * (fall - seconds) // (BPS * fall)
    return -(max(0, exit_cost - equity) * min(seconds - fall, BELOW) // BELOW)


def offer(equity: int, end: int, exit_cost: int, gross: int, seconds: int) -> Offer:
    """Return price, fee and parts for an account with E < R_end.

    The largest part brings E to R_end: of f, E·(1 - f) and what it costs less its fee against
    R_end·(1 - f), and a ten-thousandth of gross for what is rounded. A part that brings nothing may
    be all.
    """
    price = price_at(equity, exit_cost, seconds)
    fee = min(gross * FEE_PPM // PPM, price) if price > 0 else 0
    net = price - fee if price > 0 else 0
    least = least_ppm(gross)
    most = PPM
    if net:
        missing = end - equity
        wanted = missing + gross // BPS
        most = min(PPM, max(least, divide_up(PPM * wanted, missing + net)))
    return Offer(price, fee, least, most)


def least_ppm(gross: int) -> int:
    """Return the smallest part of an account of some gross that is sold [ppm]."""
    if gross == 0:
        return PPM
    return min(PPM, max(LEAST_PPM, divide_up(PPM * LEAST_GROSS, gross)))
