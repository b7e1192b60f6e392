"""Who paid for losses, by the events of the exchange, and whether it was in order."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from worldmarkets.crash.venue import Call, Desk
from worldmarkets.model import accounts
from worldmarkets.model.events import BookRecords, Event, Settled
from worldmarkets.model.interface import Removal
from worldmarkets.model.liquidation import counters, funds, standing
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
from worldmarkets.model.slots import PAID_BIDDERS

MOST_ROUNDING = 16
"""More parts than a deficit has: each is rounded up by an atom."""


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
    _seen: dict[tuple[int, int], int] = field(default_factory=dict)

    def watch(self, call: Call, events: Sequence[Event]) -> None:
        """Take over what an action has emitted."""
        fees = sum(event.fee_atoms for event in events if isinstance(event, SliceTaken))
        of_bidder, unpaid = _paid_to_bidder(events), list[int]()
        for event in events:
            if isinstance(event, ShortfallAdded):
                _add(self.shortfalls, event.market_id, event.atoms)
                unpaid.append(event.market_id)
            elif isinstance(event, PoolLoss):
                _add(self.pool_losses, event.asset_id, event.atoms)
                unpaid.append(event.asset_id)
            elif isinstance(event, DeficitPaid):
                to_bidder = event is of_bidder
                self._note_payment(call, event, to_bidder=to_bidder)
                self._check_order(
                    call, [PAID_BIDDERS] * bool(unpaid) if to_bidder else unpaid, fees
                )
                unpaid = []
            else:
                self._note(event)

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
        has_backstop = counters.load(self.desk.exchange.state).backstop
        self.fees_insurance += event.fee_atoms // 2 if has_backstop else event.fee_atoms

    def _note_payment(self, call: Call, event: DeficitPaid, *, to_bidder: bool) -> None:
        self.owing.add(event.account_id)
        one = Paid()
        one.add(event)
        rounding = one.total - one.wanted
        if to_bidder:
            self.bidders.add(event)
            fits = one.total <= one.wanted
        else:
            self.deficits.add(event)
            self.bankrupt.add(event.account_id)
            self.recognised += 1
            fits = 0 <= rounding <= MOST_ROUNDING
        if not fits:
            self._fault(call, event.account_id, f"{one.total} paid for {one.wanted}")
        below = one.insurance + one.backstop + one.shortfall + one.lenders
        left = standing.read(self.desk.exchange.state, event.account_id).protected
        if below and left:
            self._fault(call, event.account_id, f"funds paid while {left} were locked for it")

    def _check_order(self, call: Call, unpaid: Sequence[int], fees: int) -> None:
        """Check that nobody has paid while somebody before him could.

        Args:
            call: What was done.
            unpaid: Kinds of which a part was paid by neither fund.
            fees: What the funds have got since then [quote atoms].
        """
        for key in unpaid:
            for of_backstop in (False, True):
                if self._could_give(key, of_backstop=of_backstop) > fees:
                    who = "backstop" if of_backstop else "insurance fund"
                    self._fault(call, key, f"others paid while the {who} could")
        for key in self._paid_by_backstop():
            if self._could_give(key, of_backstop=False) > fees:
                self._fault(call, key, "the backstop paid while the insurance fund could")

    def _paid_by_backstop(self) -> list[int]:
        """Return the kinds that the backstop has paid for since the last look."""
        state, found = self.desk.exchange.state, []
        markets = [known.perp.market_id for known in self.desk.underlyings]
        for key in (*range(len(self.desk.assets)), *markets, PAID_BIDDERS):
            used = funds.used_at(state, key)
            if used.backstop > self._seen.get((used.day, key), 0):
                found.append(key)
            self._seen[used.day, key] = used.backstop
        return found

    def _could_give(self, key: int, *, of_backstop: bool) -> int:
        """Return what a fund could still give of a kind [quote atoms]."""
        state = self.desk.exchange.state
        used = funds.used_at(state, key)
        if of_backstop:
            has = funds.available(state, counters.load(state).backstop)
            room = funds.room(has, used.backstop, funds.BACKSTOP_PPM)
        else:
            has = funds.available(state, accounts.INSURANCE)
            room = funds.room(has, used.insurance, funds.INSURANCE_PPM)
        return min(has, room)

    def _fault(self, call: Call, key: int, text: str) -> None:
        self.faults.append(f"{call.method} at {call.time}, {key}: {text}")


def _paid_to_bidder(events: Sequence[Event]) -> DeficitPaid | None:
    """Return of the events of a slice what was paid to its bidder; it may have been nothing."""
    for before, event in pairwise(events):
        if isinstance(event, SliceTaken) and isinstance(before, DeficitPaid):
            paid = Paid()
            paid.add(before)
            return before if event.paid_atoms < 0 or not paid.total else None
    return None


def _add(sums: dict[int, int], key: int, amount: int) -> None:
    sums[key] = sums.get(key, 0) + amount
