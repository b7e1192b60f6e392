"""The worked example of docs/strategies.md, decided by the strategy."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from tests.docs.test_lending_example import BEGIN, END
from tests.strategies.settings import BASIS, MARKETS, PAYING
from worldmarkets.artifacts import project_root
from worldmarkets.strategies import (
    Action,
    BasisPosition,
    CarryWatch,
    Direction,
    Opening,
    carry,
    decide,
    funding_a_year,
    plan_opening,
)

CAPITAL = Decimal(10_000)
RISEN = Decimal(3_700)


def page() -> str:
    return (project_root() / "docs" / "strategies.md").read_text(encoding="utf-8")


def opening() -> Opening:
    found = plan_opening(BASIS, MARKETS, PAYING, CAPITAL)
    assert found is not None
    return found


def position(plan: Opening) -> BasisPosition:
    """What the plan leaves, at the price it rises to; the perp rises by as much as spot."""
    size = plan.perp_notional / Fraction(MARKETS.perp_price)
    rise = RISEN - MARKETS.spot_price
    return BasisPosition(
        cash=decimal(-plan.borrowed_dollars),
        spot=decimal(plan.spot_notional / Fraction(MARKETS.spot_price)),
        perp_lots=-plan.perp_lots,
        perp_pnl=decimal(-size * Fraction(rise)),
    )


def decimal(exact: Fraction) -> Decimal:
    found = Decimal(exact.numerator) / Decimal(exact.denominator)
    assert Fraction(found) == exact
    return found


def a_year(part: Fraction) -> str:
    return f"{decimal(100 * part):f} % a year"


def dollars(exact: Fraction) -> str:
    return f"{decimal(round(exact, 2)):,.2f} dollars"


def tokens(exact: Fraction) -> str:
    return f"{decimal(exact):f} tokens"


def rows() -> list[tuple[str, str]]:
    plan = opening()
    held = position(plan)
    risen = replace(MARKETS, spot_price=RISEN, perp_price=MARKETS.perp_price + 700)
    found = decide(BASIS, risen, PAYING, held, CarryWatch(), now=0)
    assert found.action == Action.RELEVER
    sold, bought = found.batch.places
    leverage = Fraction(held.spot) * Fraction(RISEN) / held.equity(RISEN)
    size, moved = MARKETS.spot.size_of(plan.spot_lots), MARKETS.spot.size_of(sold.lots)
    assert moved == MARKETS.perp.size_of(bought.lots)
    return [
        ("funding", a_year(funding_a_year(PAYING))),
        ("carry of long spot", a_year(plan.carry)),
        ("carry of short spot", a_year(carry(PAYING, Direction.SHORT_SPOT, BASIS.leverage))),
        ("amortised fees", a_year(plan.fees_a_year)),
        ("expected", a_year(plan.expected)),
        ("spot bought", f"{tokens(size)}, {dollars(plan.spot_notional)}"),
        ("perp sold", f"{tokens(size + plan.net)}, {dollars(plan.perp_notional)}"),
        ("fees of the opening", dollars(plan.fees)),
        ("borrowed", dollars(plan.borrowed_dollars)),
        (f"the price rises to {RISEN:,}: leverage", f"{decimal(round(leverage, 2)):.2f}"),
        ("to be sold and bought back", tokens(moved)),
    ]


def test_example_of_the_strategies_page_is_what_the_strategy_decides() -> None:
    _, _, rest = page().partition(BEGIN)
    told, _, _ = rest.partition(END)
    assert told.strip().splitlines()[2:] == [f"| {what} | {value} |" for what, value in rows()]


def test_example_of_the_strategies_page_tells_what_the_rise_leaves() -> None:
    held = position(opening())
    spot, lost = held.spot * RISEN, -held.perp_pnl
    text = " ".join(page().split())
    assert f"the spot leg is worth {spot.normalize():,f} dollars" in text
    assert f"the perp has lost {lost.normalize():,f} unsettled" in text
    assert held.equity(RISEN) == Fraction(CAPITAL) - opening().fees
