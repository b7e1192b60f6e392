"""The capital that well-known books need, by the set."""

from pathlib import Path

from worldmarkets.atlas import (
    CapitalRow,
    capital_markdown,
    capital_table,
    free_collateral,
    read_risk_set,
)
from worldmarkets.atlas.capital import BOOKS, DOLLAR
from worldmarkets.atlas.sets import SHIPPED, RiskSet

DATA = Path(__file__).parent / "data"


def proposal(name: str) -> RiskSet:
    """A set as it was before the back-test."""
    return read_risk_set(DATA / f"{name}.yaml")


def test_capital_table_of_the_proposals_is_as_designed() -> None:
    assert capital_table([proposal("conservative"), proposal("standard")]) == (
        CapitalRow("conservative", (20_000 * DOLLAR, 47_400 * DOLLAR, 6_000 * DOLLAR)),
        CapitalRow("standard", (12_000 * DOLLAR, 23_700 * DOLLAR, 3_600 * DOLLAR)),
    )


def test_capital_table_of_the_published_rule_is_exact() -> None:
    """Slippage of 2 % on the spot; 15 % and 20 % of the spread; slippage again."""
    rows = {row.name: row.needed for row in capital_table()}
    assert list(rows) == list(SHIPPED)
    assert rows["published"] == (8_000 * DOLLAR, 210_000 * DOLLAR, 2_400 * DOLLAR)


def test_capital_table_of_the_shipped_sets_is_exact() -> None:
    """Base and size terms by hand; the latter rounded up for each asset."""
    rows = {row.name: row.needed for row in capital_table()}
    assert rows["conservative"] == (
        12_000 * DOLLAR + 457_142_858,
        (4_500 + 61_200 + 12_000) * DOLLAR + 1_285_714_286 + 3_702_857_143,
        3_600 * DOLLAR + 41_142_858,
    )
    assert rows["standard"] == (
        6_000 * DOLLAR + 228_571_429,
        (2_100 + 30_600 + 6_000) * DOLLAR + 591_428_572 + 1_954_285_715,
        1_800 * DOLLAR + 20_571_429,
    )


def test_books_third_is_carried_by_twenty_thousand_dollars() -> None:
    """The hedged holding on credit passes under every set, with its equity of 20,000 dollars."""
    for name in ("conservative", "standard"):
        chosen = proposal(name)
        held = BOOKS[2].under(chosen)
        needed = capital_table([chosen])[0].needed[2]
        assert free_collateral(held, chosen.risk) == 20_000 * DOLLAR - needed > 0


def test_capital_markdown_is_a_table_in_dollars() -> None:
    text = capital_markdown([CapitalRow("mine", (1, 20_000 * DOLLAR, 47_400 * DOLLAR + 1))])
    assert text.splitlines()[1:] == ["|---|---|---|---|", "| mine | 1 | 20,000 | 47,401 |"]
