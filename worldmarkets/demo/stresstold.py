"""What happens in the stress act, line by line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from worldmarkets.demo.stressledger import Happening, Steps, steps_of
from worldmarkets.demo.words import amount, duration, money
from worldmarkets.model.events import Event
from worldmarkets.model.liquidation.waterfall_invariants import Payment
from worldmarkets.model.liquidation_events import (
    ClaimRepaid,
    DeficitPaid,
    FlagCleared,
    Flagged,
    LineDrawn,
    LineRepaid,
    PoolLoss,
    SliceTaken,
    StepExecuted,
)
from worldmarkets.staging import Venue

STEP_NAMES = (
    "bond",
    "standby lines",
    "insurance fund",
    "backstop",
    "shortfall of perps",
    "lenders",
)
"""The steps of the waterfall, in the order of `Steps`."""
LEAST_TOLD = 10 * 10**6
"""Payments below are counted, and not told: ten dollars [quote atoms]."""
_PPM_A_PERCENT = 10**4


@dataclass(frozen=True)
class Line:
    """One line: when, to whom, what, and how it looks."""

    seconds: int
    name: str
    text: str
    style: str = ""

    def __str__(self) -> str:
        return f"{duration(self.seconds):>10}  {self.name:<20}  {self.text}"


class Teller:
    """Says what events mean."""

    def __init__(self, names: Mapping[int, str], plan_market: Venue) -> None:
        """Take the names of accounts, and the market that plans trade in."""
        self._names = names
        self._plan_market = plan_market

    def lines(self, found: Sequence[Happening], payments: Sequence[Payment]) -> list[Line]:
        """Return the lines of what happened; what nobody needs to know is left out.

        Args:
            found: What happened.
            payments: Of deficits and to bidders, among them those of what happened.
        """
        to_bidders = {id(one.event) for one in payments if one.to_bidder}
        lines = (self._line(one, is_bid=id(one.event) in to_bidders) for one in found)
        return [line for line in lines if line is not None]

    def _line(self, one: Happening, *, is_bid: bool) -> Line | None:
        event = one.event
        told = self._deficit(event, is_bid) if isinstance(event, DeficitPaid) else self._told(event)
        if told is None:
            return None
        name = self._names.get(getattr(event, "account_id", 0), "")
        return Line(one.seconds, name, *told)

    def _deficit(self, event: DeficitPaid, is_bid: bool) -> tuple[str, str] | None:
        if event.deficit_atoms < LEAST_TOLD:
            return None
        what = "buyer to be paid" if is_bid else "deficit of"
        return f"{what} {dollars(event.deficit_atoms)}: {steps_text(steps_of(event))}", "red"

    def _told(self, event: Event) -> tuple[str, str] | None:
        if isinstance(event, Flagged):
            levels = f"{dollars(event.equity_atoms)} of {dollars(event.maintenance_atoms)} needed"
            return f"flagged: equity {levels}", "yellow"
        if isinstance(event, FlagCleared):
            return f"flag cleared: {_restored(event)}", "green"
        if isinstance(event, SliceTaken):
            return self._slice(event), ""
        if isinstance(event, StepExecuted):
            lots = amount(self._plan_market.size(event.done))
            tip = dollars(event.tip_atoms)
            return f"plan: {lots} {self._plan_market.symbol} sold, tip {tip}", "green"
        return self._lent(event)

    def _lent(self, event: Event) -> tuple[str, str] | None:
        if isinstance(event, LineDrawn):
            return (
                f"line: {dollars(event.atoms)} drawn, {dollars(event.drawn_atoms)} in all",
                "green",
            )
        if isinstance(event, LineRepaid):
            return f"line: {dollars(event.atoms)} repaid, {dollars(event.drawn_atoms)} left", ""
        if isinstance(event, ClaimRepaid):
            return f"{dollars(event.insurance_atoms + event.backstop_atoms)} repaid to funds", ""
        if isinstance(event, PoolLoss):
            return f"lenders of asset {event.asset_id} lose {event.atoms:,} atoms", "red"
        return None

    def _slice(self, event: SliceTaken) -> str:
        part = f"{Decimal(event.fraction_ppm) / _PPM_A_PERCENT:.1f} %"
        buyer = self._names.get(event.bidder_account_id, "")
        if event.paid_atoms < 0:
            return f"slice of {part} to {buyer}, who is paid {dollars(-event.paid_atoms)}"
        paid, fee, left = map(dollars, (event.paid_atoms, event.fee_atoms, event.equity_atoms))
        return f"slice of {part} to {buyer} for {paid}, fee {fee} of it; equity {left}"


def steps_text(steps: Steps) -> str:
    """Return who has paid what, the first step first."""
    parts = zip(STEP_NAMES, steps.parts, strict=True)
    return ", ".join(f"{name} {dollars(atoms)}" for name, atoms in parts if atoms) or "nobody"


def dollars(atoms: int) -> str:
    """Return quote atoms in dollars, for the eye."""
    return money(Decimal(atoms).scaleb(-6))


def _restored(event: FlagCleared) -> str:
    if not event.end_atoms:
        return "nothing is left to sell"
    return f"equity {dollars(event.equity_atoms)} of {dollars(event.end_atoms)} to end it"
