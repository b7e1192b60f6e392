"""Which part of a portfolio a liquidation takes."""

from fractions import Fraction

from worldmarkets.atlas.arithmetic import BPS


def slice_fraction(equity: int, end: int, gross: int, discount_bps: int) -> Fraction:
    """Return the smallest part whose sale restores E >= R_end, from 0 to 1.

    Selling the part f of the whole portfolio at a discount phi of its gross G leaves
    E - f·phi·G against (1 - f)·R_end, so f = (R_end - E)/(R_end - phi·G). Everything if the
    discount alone eats what the slice relieves, or if it costs more than there is.

    Args:
        equity: E before the slice [quote atoms].
        end: R_end before the slice [quote atoms].
        gross: G [quote atoms].
        discount_bps: phi, what the buyer is paid of the gross [bps].
    """
    missing = end - equity
    relieved = end - Fraction(discount_bps * gross, BPS)
    return _capped(missing, relieved)


def auction_fraction(equity: int, end: int, factor_bps: int) -> Fraction:
    """Return the smallest part whose sale at a part of its equity restores E >= R_end.

    A bidder pays the factor d of the slice's equity, E > 0: E·(1 - f) + f·d·E against
    R_end·(1 - f), so f = (R_end - E)/(R_end - E + d·E).
    """
    missing = end - equity
    return _capped(missing, missing + Fraction(factor_bps * equity, BPS))


def _capped(missing: int, relieved: Fraction) -> Fraction:
    if missing <= 0:
        return Fraction(0)
    if relieved <= missing:
        return Fraction(1)
    return missing / relieved
