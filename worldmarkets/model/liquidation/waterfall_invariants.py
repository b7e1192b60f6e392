"""LIQ-2: what deficits were taken from, by the events of an action and the words around it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from worldmarkets.model import accounts, slots
from worldmarkets.model.events import Event
from worldmarkets.model.findings import Finding
from worldmarkets.model.liquidation import counters, funds, protection
from worldmarkets.model.liquidation_events import (
    DeficitPaid,
    PoolLoss,
    ShortfallAdded,
    SliceTaken,
)
from worldmarkets.model.state import State
from worldmarkets.model.words import perp_market, spot_market

MAX_PARTS = 32
"""The most parts of a deficit, each of which is rounded up by an atom."""


@dataclass
class Payment:
    """A deficit that was paid: its event, and by market or asset what was lost without pay."""

    event: DeficitPaid
    unpaid: dict[int, int] = field(default_factory=dict)
    to_bidder: bool = False

    @property
    def total(self) -> int:
        """What it was paid with, shortfall and loss included [quote atoms]."""
        paid = self.event
        funded = paid.insurance_atoms + paid.backstop_atoms
        locked = paid.bond_atoms + paid.line_atoms
        return locked + funded + paid.shortfall_atoms + paid.loss_atoms


def payments_of(events: Iterable[Event]) -> list[Payment]:
    """Return the deficits that events in their order tell of.

    A slice comes behind what its bidder was paid, which is what he has paid, negative.
    """
    payments: list[Payment] = []
    unpaid: dict[int, int] = {}
    for event in events:
        if isinstance(event, ShortfallAdded):
            unpaid[event.market_id] = event.atoms
        elif isinstance(event, PoolLoss):
            unpaid[event.asset_id] = event.atoms
        elif isinstance(event, DeficitPaid):
            payments.append(Payment(event, unpaid))
            unpaid = {}
        elif isinstance(event, SliceTaken) and payments:
            payments[-1].to_bidder = event.paid_atoms == -payments[-1].total
    return payments


def check_amounts(events: Iterable[Event]) -> list[Finding]:
    """LIQ-2: what a deficit was paid with adds up to it, and an atom more for each part.

    A bidder is paid no more than he is to get, and his slice tells what that was.
    """
    findings = []
    for payment in payments_of(events):
        event, total = payment.event, payment.total
        is_enough = payment.to_bidder or event.deficit_atoms <= total
        most = event.deficit_atoms + (0 if payment.to_bidder else MAX_PARTS)
        if is_enough and total <= most:
            continue
        text = f"{total} paid of {event.deficit_atoms} [quote atoms]"
        findings.append(Finding("LIQ-2", f"account {event.account_id}", text))
    return findings


def check_order(before: State, after: State, events: Sequence[Event]) -> list[Finding]:
    """LIQ-2: nothing of a deficit is taken from a later step while an earlier one has room.

    Both states are of the same time, around one action with these events.
    """
    walk = _Walk(before, after)
    return [finding for payment in payments_of(events) for finding in walk.follow(payment)]


class _Walk:
    """What every step had left as payments went on."""

    def __init__(self, before: State, after: State) -> None:
        self._before, self._after = before, after
        self._insurance = funds.available(before, accounts.INSURANCE)
        self._backstop = funds.available(before, counters.load(before).backstop)
        self._locked: dict[int, tuple[int, int]] = {}
        self._roundings = 0

    def follow(self, payment: Payment) -> list[Finding]:
        """Follow a payment, and tell which steps it has passed over."""
        event = payment.event
        bond, lines = self._locked_of(event.account_id)
        later = event.insurance_atoms + event.backstop_atoms
        later += event.shortfall_atoms + event.loss_atoms
        texts = []
        if event.bond_atoms < bond and event.line_atoms + later:
            texts.append(f"{event.bond_atoms} of a bond of {bond} taken")
        if event.line_atoms < lines and later:
            texts.append(f"{event.line_atoms} of {lines} of lines taken")
        left = (bond - event.bond_atoms, lines - event.line_atoms)
        self._locked[event.account_id] = left
        paid = [0, 0]
        for key in self._keys(payment):
            texts += self._fund_faults(payment, key, paid)
        in_kind = event.insurance_atoms - paid[0]
        told = paid[1] == event.backstop_atoms and in_kind >= 0
        if not told or (in_kind and not self._paid_in_kind(payment)):
            texts.append(f"funds paid {paid}, told were {event}")
        return [Finding("LIQ-2", f"account {event.account_id}", text) for text in texts]

    def _fund_faults(self, payment: Payment, key: int, paid: list[int]) -> list[str]:
        """Return what is wrong with what the funds have paid of a kind, and take it off them."""
        old, new = funds.used_at(self._before, key), funds.used_at(self._after, key)
        insurance, backstop = new.insurance - old.insurance, new.backstop - old.backstop
        unpaid = payment.event.shortfall_atoms if payment.to_bidder else payment.unpaid.get(key, 0)
        rooms = (
            min(self._insurance, funds.room(self._insurance, old.insurance, funds.INSURANCE_PPM)),
            min(self._backstop, funds.room(self._backstop, old.backstop, funds.BACKSTOP_PPM)),
        )
        texts = []
        # What a lent balance pays rounds a share up each time.
        self._roundings += 1
        if insurance + self._roundings < rooms[0] and backstop + unpaid:
            texts.append(f"of {key} the insurance fund paid {insurance} of {rooms[0]}")
        if backstop + self._roundings < rooms[1] and unpaid:
            texts.append(f"of {key} the backstop paid {backstop} of {rooms[1]}")
        if insurance > rooms[0] or backstop > rooms[1]:
            texts.append(f"of {key} the funds paid {insurance}, {backstop} of {rooms}")
        self._insurance -= insurance
        self._backstop -= backstop
        paid[0] += insurance
        paid[1] += backstop
        return texts

    def _paid_in_kind(self, payment: Payment) -> bool:
        """Return whether the insurance fund has repaid a debt in an asset that was owed."""
        assets = accounts.used_assets(self._before, payment.event.account_id)
        keys = [spot_market(asset_id) for asset_id in assets if asset_id]
        both = [[funds.used_at(one, key) for key in keys] for one in (self._before, self._after)]
        return any(old.insurance < new.insurance for old, new in zip(*both, strict=True))

    def _keys(self, payment: Payment) -> list[int]:
        """Return the kinds that the funds may have paid, in their order."""
        if payment.to_bidder:
            return [slots.PAID_BIDDERS]
        account_id = payment.event.account_id
        perps = accounts.used_perps(self._before, account_id)
        assets = {0, *accounts.used_assets(self._before, account_id)}
        return [*map(perp_market, perps), *sorted(assets)]

    def _locked_of(self, account_id: int) -> tuple[int, int]:
        if account_id not in self._locked:
            bond = protection.load(self._before, account_id).bond
            total = protection.protected_atoms(self._before, account_id)
            self._locked[account_id] = (bond, total - bond)
        return self._locked[account_id]
