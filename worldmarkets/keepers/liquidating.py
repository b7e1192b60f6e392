"""What to do with accounts in trouble, and which slices to buy: decided without a chain.

Amounts are in quote atoms, fractions in ppm, times in seconds.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from worldmarkets.atlas.arithmetic import divide_up
from worldmarkets.client.liquidationlens_views import Line, Standing

ONE = 10**6
"""A whole account [ppm]."""


class Task(Enum):
    """What anyone may do to an account, and nobody is paid for."""

    FLAG = "flag"
    REVIEW = "review"
    DRAW = "draw"
    REPAY = "repay claims"
    FREE = "free of dead orders"


@dataclass(frozen=True)
class Duty:
    """A task that is due; `lender_account_id` of a line that is to be drawn, else 0."""

    task: Task
    account_id: int
    lender_account_id: int = 0


@dataclass(frozen=True)
class LiquidatingRules:
    """What is worth a transaction, and what is risked."""

    least_profit_atoms: int = 1_000_000
    """Least profit of a slice after all costs, and least tip of a step: a dollar."""
    least_gross_atoms: int = 10_000_000
    """Legs of an account without a deficit worth less are left alone: ten dollars."""
    least_repaid_atoms: int = 10_000_000
    """Least of claims that is brought back at once: ten dollars."""
    capital_atoms: int | None = None
    """The most that the bidder's initial requirement may come to; None for all it has."""
    slippage_bps: int = 100
    """How much worse than the mark what was taken is sold."""
    least_deficit_atoms: int = 1_000_000
    """Least deficit of a flagged account that is paid before somebody takes a slice: a dollar."""
    restart_seconds: int = 30
    """Age at which the clock of an account is restarted that is not for sale for now."""


@dataclass(frozen=True)
class Bidder:
    """The account that takes slices."""

    account_id: int
    equity_atoms: int
    initial_atoms: int
    """What is required of it."""

    def room_atoms(self, rules: LiquidatingRules) -> int:
        """Return what may be required of it besides; negative if it has too much already."""
        capital = self.equity_atoms
        if rules.capital_atoms is not None:
            capital = min(capital, rules.capital_atoms)
        return capital - self.initial_atoms

    def with_more(self, required_atoms: int) -> "Bidder":
        """Return the bidder once more is required of it."""
        return replace(self, initial_atoms=self.initial_atoms + required_atoms)


@dataclass(frozen=True)
class Slice:
    """A slice to take, what it costs now, and what is expected of it."""

    account_id: int
    fraction_ppm: int
    paid_atoms: int
    """Negative if the bidder is paid."""
    profit_atoms: int
    max_paid_atoms: int
    """The most to pay, such that the least profit is left."""


def duty(rules: LiquidatingRules, found: Standing, lines: Sequence[Line], now: int) -> Duty | None:
    """Return what is to be done first about an account, None if nothing.

    Args:
        rules: What is worth it.
        found: Where it stands.
        lines: Its accepted lines.
        now: The time.
    """
    if found.is_flagged and (found.is_at_end or _lacks(rules, found)):
        return Duty(Task.REVIEW, found.account_id)
    drawn = _draw(found, lines, now)
    if drawn is not None:
        return drawn
    task = _task_of_flagged(rules, found, now) if found.is_flagged else _task(rules, found)
    return None if task is None else Duty(task, found.account_id)


def _task_of_flagged(rules: LiquidatingRules, found: Standing, now: int) -> Task | None:
    """Return whether the price of an account that is not for sale for now is to fall anew."""
    is_old = now - found.clock_start >= rules.restart_seconds
    return Task.REVIEW if found.is_protected and is_old else None


def _task(rules: LiquidatingRules, found: Standing) -> Task | None:
    """Return what is to be done about an account that is not flagged."""
    if not found.is_protected and _is_worth_it(rules, found):
        return Task.FLAG
    owed = found.claim_atoms + found.drawn_atoms
    if owed and found.to_initial_atoms >= rules.least_repaid_atoms:
        return Task.REPAY
    return Task.FREE if not (found.is_live or found.claim_atoms) else None


def _lacks(rules: LiquidatingRules, found: Standing) -> bool:
    """Whether an account has a deficit that is paid before anybody takes a slice."""
    return found.deficit_atoms >= rules.least_deficit_atoms


def _is_worth_it(rules: LiquidatingRules, found: Standing) -> bool:
    return found.gross_atoms >= rules.least_gross_atoms or found.deficit_atoms > 0


def _draw(found: Standing, lines: Sequence[Line], now: int) -> Duty | None:
    """Return the draw of the oldest line of an account that lines keep from being sold."""
    if found.is_healthy or not found.is_protected:
        return None
    for line in lines:
        if line.available_atoms(now):
            return Duty(Task.DRAW, found.account_id, line.lender_account_id)
    return None


def may_bid(found: Standing, now: int, *, is_chosen: bool) -> bool:
    """Return whether slices of an account are sold to a bidder now."""
    return found.most_ppm > 0 and (is_chosen or now >= found.window_end)


def fractions(rules: LiquidatingRules, found: Standing, bidder: Bidder) -> list[int]:
    """Return the fractions of an account worth a thought, the largest first.

    None is more than is sold at once, nor more than what keeps the bidder's requirement within its
    capital: that of a fraction is at most that fraction of the account's.
    """
    room, most = bidder.room_atoms(rules), found.most_ppm
    if room <= 0:
        return []
    if found.initial_atoms:
        most = min(most, room * ONE // found.initial_atoms)
    if most < found.least_ppm:
        return []
    halfway = (most + found.least_ppm) // 2
    return sorted({most, halfway, found.least_ppm}, reverse=True)


def price_of(found: Standing, fraction_ppm: int) -> int:
    """Return what a fraction of an account costs now, negative if it is paid for."""
    if found.price_atoms >= 0:
        return divide_up(found.price_atoms * fraction_ppm, ONE)
    return -(-found.price_atoms * fraction_ppm // ONE)


def judge(
    rules: LiquidatingRules, found: Standing, fraction_ppm: int, cost_atoms: int
) -> Slice | None:
    """Return a slice, None if it brings too little.

    Args:
        rules: What is worth it.
        found: Where the account stands.
        fraction_ppm: The slice.
        cost_atoms: What getting out of the slice costs, gas of all included.
    """
    value = found.equity_atoms * fraction_ppm // ONE - cost_atoms
    paid = price_of(found, fraction_ppm)
    profit = value - paid
    if profit < rules.least_profit_atoms:
        return None
    limit = value - rules.least_profit_atoms
    return Slice(found.account_id, fraction_ppm, paid, profit, limit)


def best(slices: Iterator[Slice | None]) -> Slice | None:
    """Return the slice that brings most, the first of equal ones; None if there is none."""
    return max((one for one in slices if one), key=lambda one: one.profit_atoms, default=None)
