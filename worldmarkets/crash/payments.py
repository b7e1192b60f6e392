"""Who paid for losses, by the events of the exchange; LIQ-1 and LIQ-2 around every action."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from worldmarkets.crash.venue import Call, Desk
from worldmarkets.model.events import BookRecords, Event, Settled
from worldmarkets.model.findings import Finding
from worldmarkets.model.interface import Removal
from worldmarkets.model.liquidation import counters
from worldmarkets.model.liquidation.slice_invariants import check_slice
from worldmarkets.model.liquidation.waterfall_invariants import (
    Payment,
    check_amounts,
    check_order,
    payments_of,
)
from worldmarkets.model.liquidation_events import (
    ClaimRepaid,
    DeficitPaid,
    Flagged,
    LineDrawn,
    LineRepaid,
    PoolLoss,
    ShortfallAdded,
    SliceTaken,
)
from worldmarkets.model.records import Filled, Removed


@dataclass
class Paid:
    """Sums of payments [quote atoms]."""

    wanted: int = 0
    bonds: int = 0
    lines: int = 0
    insurance: int = 0
    backstop: int = 0
    shortfall: int = 0
    lenders: int = 0

    @property
    def total(self) -> int:
        """All that was paid."""
        funded = self.bonds + self.lines + self.insurance + self.backstop
        return funded + self.shortfall + self.lenders

    def add(self, event: DeficitPaid) -> None:
        """Add what an event says was paid."""
        self.wanted += event.deficit_atoms
        self.bonds += event.bond_atoms
        self.lines += event.line_atoms
        self.insurance += event.insurance_atoms
        self.backstop += event.backstop_atoms
        self.shortfall += event.shortfall_atoms
        self.lenders += event.loss_atoms


@dataclass
class Payments:
    """Follows a desk, and keeps what was paid.

    Attributes:
        deficits: What was paid for deficits.
        bidders: What was paid to bidders beside their slices.
        shortfalls: What was added to the shortfall of each perp, and cancelled again by profits.
        pool_losses: Atoms of each asset that its lenders have lost.
        cut: Accounts whose profits were cut, and by how much [quote atoms].
        drawn: Profits that were settled, what was cut of them included [quote atoms].
        flagged: Accounts that were flagged.
        bankrupt: Accounts that had a deficit, and `recognised` how often one was paid.
        owing: Accounts for which funds or lines have paid.
        filled: Accounts of which a resting order was filled.
        removed: Dead orders that have left the books.
        faults: What is not as it should be, in words.
    """

    desk: Desk
    deficits: Paid = field(default_factory=Paid)
    bidders: Paid = field(default_factory=Paid)
    shortfalls: dict[int, int] = field(default_factory=dict)
    cancelled: dict[int, int] = field(default_factory=dict)
    pool_losses: dict[int, int] = field(default_factory=dict)
    cut: dict[int, int] = field(default_factory=dict)
    drawn: int = 0
    flagged: set[int] = field(default_factory=set)
    owing: set[int] = field(default_factory=set)
    filled: set[int] = field(default_factory=set)
    removed: int = 0
    slices: int = 0
    sliced_accounts: set[int] = field(default_factory=set)
    bankrupt: set[int] = field(default_factory=set)
    recognised: int = 0
    paid_for_slices: int = 0
    fees: int = 0
    drawn_lines: int = 0
    repaid_lines: int = 0
    repaid_insurance: int = 0
    repaid_backstop: int = 0
    fees_insurance: int = 0
    faults: list[str] = field(default_factory=list)

    def watch(self, call: Call, events: Sequence[Event]) -> None:
        """Take over what an action has emitted, and check it."""
        payments = payments_of(events)
        for payment in payments:
            self._note_payment(payment)
        for event in events:
            self._note(event)
        if payments:
            self._fault(call, check_amounts(events))
            self._fault(call, check_order(self.desk.state.before(), self.desk.state, events))
        for event in events:
            if isinstance(event, SliceTaken):
                self._fault(call, check_slice(self.desk.state.before(), self.desk.state, event))

    def _note(self, event: Event) -> None:
        if isinstance(event, SliceTaken):
            self._note_slice(event)
        elif isinstance(event, BookRecords):
            self._note_book(event)
        elif isinstance(event, Flagged):
            self.flagged.add(event.account_id)
        elif isinstance(event, Settled):
            self.drawn += max(0, event.atoms) + event.cancelled_atoms
            if event.cancelled_atoms:
                _add(self.cancelled, event.market_id, event.cancelled_atoms)
                _add(self.cut, event.account_id, event.cancelled_atoms)
        else:
            self._note_loss(event)

    def _note_loss(self, event: Event) -> None:
        if isinstance(event, ShortfallAdded):
            _add(self.shortfalls, event.market_id, event.atoms)
        elif isinstance(event, PoolLoss):
            _add(self.pool_losses, event.asset_id, event.atoms)
        elif isinstance(event, ClaimRepaid):
            self.repaid_insurance += event.insurance_atoms
            self.repaid_backstop += event.backstop_atoms
        elif isinstance(event, LineDrawn):
            self.drawn_lines += event.atoms
            self.owing.add(event.account_id)
        elif isinstance(event, LineRepaid):
            self.repaid_lines += event.atoms

    def _note_book(self, event: BookRecords) -> None:
        for record in event.records:
            if isinstance(record, Filled):
                self.filled.add(record.account)
            elif isinstance(record, Removed) and record.reason == Removal.FROZEN:
                self.removed += 1

    def _note_slice(self, event: SliceTaken) -> None:
        self.slices += 1
        self.sliced_accounts.add(event.account_id)
        self.paid_for_slices += event.paid_atoms
        self.fees += event.fee_atoms
        has_backstop = counters.load(self.desk.state).backstop
        self.fees_insurance += event.fee_atoms // 2 if has_backstop else event.fee_atoms

    def _note_payment(self, payment: Payment) -> None:
        account_id = payment.event.account_id
        self.owing.add(account_id)
        if payment.to_bidder:
            self.bidders.add(payment.event)
            return
        self.deficits.add(payment.event)
        self.bankrupt.add(account_id)
        self.recognised += 1

    def _fault(self, call: Call, findings: Sequence[Finding]) -> None:
        self.faults += [f"{call.method} at {call.time}: {finding}" for finding in findings]


def _add(sums: dict[int, int], key: int, amount: int) -> None:
    sums[key] = sums.get(key, 0) + amount
