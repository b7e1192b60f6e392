"""What happened in the stress act, by the events of the exchange, and who paid for it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import TypeVar

from worldmarkets.client.events import decode_event, event_topic
from worldmarkets.client.lens import walk
from worldmarkets.client.raw import RawClient
from worldmarkets.errors import WorldMarketsError
from worldmarkets.model.events import Event, Settled
from worldmarkets.model.liquidation.waterfall_invariants import (
    Payment,
    check_amounts,
    payments_of,
)
from worldmarkets.model.liquidation_events import (
    ClaimRepaid,
    DeficitPaid,
    FlagCleared,
    Flagged,
    LineDrawn,
    LineRepaid,
    PoolLoss,
    ShortfallAdded,
    SliceTaken,
    StepExecuted,
)
from worldmarkets.ondemand import Block

_KINDS = (
    ClaimRepaid,
    DeficitPaid,
    FlagCleared,
    Flagged,
    LineDrawn,
    LineRepaid,
    PoolLoss,
    Settled,
    ShortfallAdded,
    SliceTaken,
    StepExecuted,
)
_TOPICS = frozenset(map(event_topic, _KINDS))

ONE = 10**6
"""A whole account [ppm]."""

E = TypeVar("E", bound=Event)


class LedgerError(WorldMarketsError):
    """What the events tell is not what has become of the funds."""


@dataclass(frozen=True)
class Happening:
    """An event, and when it was [seconds since the act began]."""

    seconds: int
    event: Event


@dataclass(frozen=True)
class Funds:
    """What losses are paid from, and what nobody has paid of perps [quote atoms]."""

    insurance: int
    backstop: int
    bonds: int
    lines: int
    shortfall: int


@dataclass(frozen=True)
class Steps:
    """What each step of the waterfall has paid [quote atoms], the first first."""

    bond: int = 0
    lines: int = 0
    insurance: int = 0
    backstop: int = 0
    shortfall: int = 0
    lenders: int = 0

    def __add__(self, other: "Steps") -> "Steps":
        both = zip(self.parts, other.parts, strict=True)
        return Steps(*(one + another for one, another in both))

    @property
    def parts(self) -> tuple[int, ...]:
        """All of them in order."""
        return tuple(getattr(self, one.name) for one in fields(self))

    @property
    def total(self) -> int:
        """All together."""
        return sum(self.parts)


class Ledger:
    """Everything of liquidations that was logged, in order."""

    def __init__(self) -> None:
        self.happenings: list[Happening] = []

    def note(self, block: Block, seconds: int) -> list[Happening]:
        """Take down a block, and return what happened in it."""
        logs = [log for receipt in block.receipts for log in receipt.logs]
        decoded = (decode_event(one) for one in logs if one.topics and one.topics[0] in _TOPICS)
        found = [Happening(seconds, event) for event in decoded if event is not None]
        self.happenings += found
        return found

    def of(self, kind: type[E], account_id: int | None = None) -> Iterator[E]:
        """Yield events of a kind, of one account or of all."""
        for one in self.happenings:
            event = one.event
            if isinstance(event, kind) and account_id in (None, getattr(event, "account_id", None)):
                yield event

    def payments(self) -> list[Payment]:
        """Return the deficits that were paid, and what bidders were."""
        return payments_of(one.event for one in self.happenings)

    def paid(self, account_id: int | None = None, *, to_bidders: bool) -> Steps:
        """Return what each step has paid for an account or for all.

        Args:
            account_id: The account; None for all.
            to_bidders: What bidders were paid, else what deficits were paid with.
        """
        steps = Steps()
        for one in self.payments():
            if one.to_bidder == to_bidders and account_id in (None, one.event.account_id):
                steps += steps_of(one.event)
        return steps

    @property
    def fees(self) -> tuple[int, int]:
        """What insurance fund and backstop have got of slices [quote atoms]."""
        fees = [one.fee_atoms for one in self.of(SliceTaken)]
        insurance = sum(fee // 2 for fee in fees)
        return insurance, sum(fees) - insurance

    def check(self, before: Funds, after: Funds) -> None:
        """Compare what the events tell with what has become of the funds, to the atom.

        An insurance fund without coins is taken for granted: it pays all it pays in dollars.

        Raises:
            LedgerError: they differ, or what a deficit was paid with does not add up to it.
        """
        told, found = self._told(), _changes(before, after)
        if told != found:
            raise LedgerError(f"the events tell of {told}, the funds have changed by {found}")
        findings = check_amounts([one.event for one in self.happenings])
        if findings:
            raise LedgerError("; ".join(one.text for one in findings))

    def check_claims(self, before: Mapping[int, int], after: Mapping[int, int]) -> None:
        """Compare what funds have paid for accounts with what these owe them, to the atom.

        Args:
            before: Claims on each account when it all began [quote atoms].
            after: Claims on it now.

        Raises:
            LedgerError: they differ.
        """
        for account_id, claim in after.items():
            both = (self.paid(account_id, to_bidders=one) for one in (False, True))
            paid = sum(one.insurance + one.backstop for one in both)
            repaid = self.of(ClaimRepaid, account_id)
            owed = paid - sum(one.insurance_atoms + one.backstop_atoms for one in repaid)
            if claim - before.get(account_id, 0) != owed:
                raise LedgerError(f"account {account_id} owes funds {claim}, not {owed} more")

    def _told(self) -> Funds:
        """Return by how much funds must have changed."""
        paid = self.paid(to_bidders=False) + self.paid(to_bidders=True)
        insurance, backstop = self.fees
        claims = [*self.of(ClaimRepaid)]
        added = sum(one.atoms for one in self.of(ShortfallAdded))
        if added != paid.shortfall:
            raise LedgerError(f"{added} were added to shortfalls, {paid.shortfall} of deficits")
        return Funds(
            insurance + sum(one.insurance_atoms for one in claims) - paid.insurance,
            backstop + sum(one.backstop_atoms for one in claims) - paid.backstop,
            -paid.bond,
            -paid.lines - sum(one.atoms for one in self.of(LineDrawn)),
            added - sum(one.cancelled_atoms for one in self.of(Settled)),
        )


def read_funds(client: RawClient) -> Funds:
    """Read what losses are paid from now."""
    state = client.liquidation_lens.state()
    shortfalls = sum(one.shortfall_atoms for one in walk(client.liquidation_lens.assets))
    return Funds(
        state.insurance_atoms, state.backstop_atoms, state.bond_atoms, state.line_atoms, shortfalls
    )


def steps_of(event: DeficitPaid) -> Steps:
    """Return what each step has paid by an event."""
    return Steps(
        event.bond_atoms,
        event.line_atoms,
        event.insurance_atoms,
        event.backstop_atoms,
        event.shortfall_atoms,
        event.loss_atoms,
    )


def sold_ppm(slices: Iterable[SliceTaken]) -> int:
    """Return how much of an account slices have taken together, one after the other [ppm]."""
    left = ONE
    for one in slices:
        left -= left * one.fraction_ppm // ONE
    return ONE - left


def _changes(before: Funds, after: Funds) -> Funds:
    names = [one.name for one in fields(Funds)]
    return Funds(*(getattr(after, name) - getattr(before, name) for name in names))
