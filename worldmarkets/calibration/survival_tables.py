"""Tables of what became of levered basis accounts."""

from collections.abc import Sequence
from fractions import Fraction

from worldmarkets.atlas.sets import RiskSet
from worldmarkets.calibration.survival import (
    LONG_SPOT,
    SHOCK_BPS,
    SHORT_SPOT,
    Survival,
    account_in,
    initial_share,
    largest_leverage,
    replay,
)
from worldmarkets.calibration.windows import Replay, Window, decisive, from_first, from_lowest

LEVERAGE = {"conservative": 15, "standard": 25}
"""Leverage that an account is followed at, by set; under any other it is `OTHER_LEVERAGE`."""
OTHER_LEVERAGE = 15
TITLES = {LONG_SPOT: "long spot, short perp", SHORT_SPOT: "short spot, long perp"}


def survival_tables(windows: Sequence[Window], sets: Sequence[RiskSet]) -> str:
    """Return one table for each set: how low the margin of basis accounts fell."""
    return "\n\n".join(_table(windows, chosen) for chosen in sets)


def _table(windows: Sequence[Window], chosen: RiskSet) -> str:
    leverage = LEVERAGE.get(chosen.name, OTHER_LEVERAGE)
    shock = f"{SHOCK_BPS / 100:g} %"
    runs = " | ".join(
        f"opened {when}, perp +{shock} | perp -{shock} | up to" for when in ("first", "lowest")
    )
    lines = [
        f"**{chosen.name}, {leverage} times**",
        "",
        f"| window | account | R_init / E | without the hedge | {runs} |",
        "|---" * 10 + "|",
    ]
    lines += [
        _row(window, chosen, direction, leverage) for window in windows for direction in TITLES
    ]
    return "\n".join(lines)


def _row(window: Window, chosen: RiskSet, direction: int, leverage: int) -> str:
    first = from_first(window)
    hedged = initial_share(account_in(first, chosen, direction, leverage))
    naked = initial_share(account_in(first, chosen, direction, leverage, hedged=False))
    cells = [
        f"{window.day} {window.asset}",
        TITLES[direction],
        _opening(hedged),
        _opening(naked),
        *_followed(first, chosen, direction, leverage),
        *_followed(from_lowest(window), chosen, direction, leverage),
    ]
    return f"| {' | '.join(cells)} |"


def _followed(run: Replay, chosen: RiskSet, direction: int, leverage: int) -> list[str]:
    """Return the cells of one opening: the lowest margin by shock, and how far leverage goes."""
    account, points = account_in(run, chosen, direction, leverage), decisive(run.points)
    margins = [_margin(replay(account, points, shock)) for shock in (SHOCK_BPS, -SHOCK_BPS)]
    return [*margins, f"{largest_leverage(account, points)}"]


def _opening(share: Fraction) -> str:
    text = f"{float(100 * share):.1f} %"
    return text if share <= 1 else f"{text}, refused"


def _margin(found: Survival) -> str:
    """Return a margin, rounded down so that 1.00 is no less, bold where the account falls."""
    if not found.opens:
        return "refused"
    hundredths = found.lowest.numerator * 100 // found.lowest.denominator
    text = f"{hundredths / 100:.2f}"
    return text if found.lives else f"**{text}**"
