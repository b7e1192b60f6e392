"""The worked example of docs/perps.md, played on the contracts, and its draws in a shortfall."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

import pytest

from tests.attacks.test_perps import hour, push
from tests.docs.test_lending_example import BEGIN, END
from tests.lens.support import deploy_perp_lens
from tests.support.perps import ETH_LOTS, MARGIN, THIRD, PerpScene, make_perp_scene
from tests.support.scene import DOLLARS, IOC
from tests.support.soundness import assert_sound
from tests.support.system import ETH_PERP, ETH_PERP_TERMS, System
from worldmarkets.artifacts import project_root
from worldmarkets.client.perplens import PerpLens
from worldmarkets.model.perp_words import Q24

TEN_ETH = 10 * ETH_LOTS
FOUR_ETH = 4 * ETH_LOTS
TICK_VALUE = ETH_PERP_TERMS.tick_value
LOT_AT_ONE = ETH_LOTS * TICK_VALUE
"""Price of an ETH at tick 1 [quote atoms]."""
BEGIN_SETTLING, END_SETTLING = "<!-- settling -->\n", "<!-- end of settling -->"
BEGIN_DRAWS, END_DRAWS = "<!-- draws -->\n", "<!-- end of draws -->"


@dataclass
class Example:
    """A buyer and a seller of the perp of ether."""

    perps: PerpScene
    lens: PerpLens

    def steps(self) -> Iterator[tuple[str, Callable[[], object]]]:
        """What happens, in order, and how to do it."""
        yield "The buyer takes 10 ETH from the seller at 2,000", self.open
        yield "8 hours, poked every 5 minutes", lambda: self.pass_hours(8)
        yield "The index rises to 2,100", lambda: self.perps.move_index(2_100)
        yield "The buyer sells 4 ETH to the seller at 2,100", self.close
        yield "8 hours, poked every 5 minutes", lambda: self.pass_hours(8)
        yield "Anyone settles the seller", lambda: self.settle(self.perps.short_account)
        yield "Anyone settles the buyer", lambda: self.settle(self.perps.long_account)
        yield "Anyone calls `collectFees`", lambda: self.perps.system.collect_fees(ETH_PERP)

    def open(self) -> None:
        self.perps.system.poke_markets(ETH_PERP)
        self.perps.trade(self.perps.long_account, self.perps.short_account, TEN_ETH)

    def close(self) -> None:
        self.perps.perp_bid(self.perps.short_account, 21_000, FOUR_ETH)
        sold = self.perps.perp_ask(self.perps.long_account, 21_000, FOUR_ETH, IOC)
        assert sold.filled_lots == FOUR_ETH

    def pass_hours(self, hours: int) -> None:
        for _ in range(hours * 12):
            self.perps.pass_time(300)
            self.perps.system.poke_markets(ETH_PERP)

    def settle(self, account: int) -> None:
        self.perps.system.settle(account, ETH_PERP)

    def row(self, step: str) -> str:
        """The line of the table that says how positions and market are."""
        perps = self.perps
        accounts = (perps.long_account, perps.short_account)
        cash = [perps.position(account).cash for account in accounts]
        worth = [perps.unsettled_units(account) for account in accounts]
        fields = (
            step,
            _dollars(perps.mark().mark * LOT_AT_ONE, 2),
            _dollars(perps.funding_ticks() * LOT_AT_ONE, 4),
            f"{perps.position(accounts[0]).size // ETH_LOTS}",
            *(_dollars(units * TICK_VALUE, 4) for units in (cash[0], worth[0], cash[1], worth[1])),
            _dollars(perps.perp_pool().cash * Q24, 6),
            _dollars(perps.perp_tape().fees * Q24, 6),
        )
        return f"| {' | '.join(fields)} |"

    def settling_row(self, name: str, account: int) -> str:
        """The line of the table that says what settling an account would pay, and of what."""
        (found,) = self.lens.true_up(account)
        parts = (found.profit_atoms, found.price_atoms, found.funding_atoms, found.paid_atoms)
        return f"| {name} | {' | '.join(_dollars(atoms * Q24, 6) for atoms in parts)} |"


@pytest.fixture
def example(system: System) -> Example:
    perps = make_perp_scene(system)
    return Example(perps, deploy_perp_lens(system))


def _dollars(scaled: int, places: int) -> str:
    """2^-24 quote atoms as dollars of so many places, rounded to the nearest."""
    nearest = round(Fraction(scaled * 10**places, Q24 * DOLLARS))
    whole, rest = divmod(abs(nearest), 10**places)
    return f"{'-' if nearest < 0 else ''}{whole:,}.{rest:0{places}}"


def _text() -> str:
    return (project_root() / "docs" / "perps.md").read_text(encoding="utf-8")


def _told(begin: str, end: str) -> list[str]:
    """The lines of a table, without its head."""
    _, _, rest = _text().partition(begin)
    return rest.partition(end)[0].strip().splitlines()[2:]


def test_example_of_the_perps_page_is_what_the_contracts_do(example: Example) -> None:
    rows = []
    for step, act in example.steps():
        act()
        rows.append(example.row(step))
        assert_sound(example.perps.system)

    assert _told(BEGIN, END) == rows


def test_example_of_the_perps_page_tells_what_settling_pays_and_of_what(example: Example) -> None:
    perps, rows = example.perps, []
    for step, act in example.steps():
        if step == "Anyone settles the seller":
            rows.append(example.settling_row("the seller, first", perps.short_account))
        if step == "Anyone settles the buyer":
            rows.append(example.settling_row("the buyer, then", perps.long_account))
        act()

    assert _told(BEGIN_SETTLING, END_SETTLING) == rows


def test_example_of_the_perps_page_leaves_what_it_says(example: Example) -> None:
    for _, act in example.steps():
        act()

    perps = example.perps
    gained = [
        perps.atoms(account) - MARGIN for account in (perps.long_account, perps.short_account)
    ]
    fees = perps.cash(1) + perps.cash(2)
    text = " ".join(_text().split())
    assert f"{_dollars(gained[0] * Q24, 6)} to the buyer" in text
    assert f"{_dollars(-gained[1] * Q24, 6)} from the seller" in text
    assert f"{_dollars(fees * Q24, 6)} to insurance fund and treasury" in text
    # All that was paid is there: what is over is the market's.
    assert sum(gained) + fees + perps.perp_pool().cash == 0


def test_example_of_the_perps_page_tells_who_draws_what_in_a_shortfall(system: System) -> None:
    """900 dollars are lost, 600 of them paid; two have won 450 each."""
    perps = make_perp_scene(system, replace(ETH_PERP_TERMS, taker_ppm=0, maker_ppm=0))
    loser, first, second = perps.long_account, perps.short_account, perps.trader(THIRD)
    for winner in (first, second):
        perps.trade(loser, winner, 9 * ETH_LOTS // 2)
    perps.take_cash(loser, MARGIN - 600 * DOLLARS)
    perps.move_index(1_900)
    perps.pass_pause()
    system.settle(loser, ETH_PERP)
    perps.recognise(loser, 300 * DOLLARS)

    rows = [_draw_row("at first", perps, 0, 0)]
    for name, winner in (("one draws 450", first), ("the other draws 450", second)):
        had = perps.perp_pool().shortfall
        paid = system.settle(winner, ETH_PERP)
        rows.append(_draw_row(name, perps, paid, had - perps.perp_pool().shortfall))
        assert_sound(system)
    assert _told(BEGIN_DRAWS, END_DRAWS) == rows


def _draw_row(step: str, perps: PerpScene, paid: int, cancelled: int) -> str:
    pool = perps.perp_pool()
    amounts = (paid, cancelled, pool.cash, pool.shortfall)
    return f"| {step} | {' | '.join(_dollars(atoms * Q24, 2) for atoms in amounts)} |"


def test_perps_page_tells_what_quotes_of_two_moments_between_pokes_count_for(
    system: System,
) -> None:
    """Pushed a second after each honest poke and a second before the next, for an hour."""
    rate = hour(make_perp_scene(system), _push_after_and_before, 1).mark.rate
    text = " ".join(_text().split())
    assert f"brings the rate to {round(Fraction(rate, 10**4)) / 100:.2f} % for 8 hours" in text


def _push_after_and_before(perps: PerpScene, sign: int) -> None:
    perps.wait(1)
    push(perps, sign)
    perps.wait(58)
    perps.refresh()
    push(perps, sign)
