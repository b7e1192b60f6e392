"""Standby lines: quote atoms that a lender locks for another account, for a fee.

An account that is not healthy may be paid them by anyone, and owes its lender what was drawn.
"""

from dataclasses import dataclass, replace

from worldmarkets.model import accounts, balances, risk, slots
from worldmarkets.model.assets import invalid
from worldmarkets.model.errors import (
    AccountFrozen,
    AccountHealthy,
    AccountUnhealthy,
    BelowLeastProtection,
    LineCommitted,
    LineExists,
    LineExpired,
    NoSuchLine,
    PaidTooMuch,
    SameAccount,
    TooManyLines,
)
from worldmarkets.model.liquidation import counters, moves, protection, standing
from worldmarkets.model.liquidation_events import (
    LineAccepted,
    LineClosed,
    LineDrawn,
    LineNoticed,
    LineOffered,
)
from worldmarkets.model.liquidation_words import MAX_LINES, LineState, LineWord
from worldmarkets.model.state import State

NOTICE = 3_600
"""How long after its notice a line may be closed [seconds]."""
_MAX_FEE = 2**80 - 1


@dataclass(frozen=True)
class Line:
    """Which line: for which account, of which lender's."""

    account_id: int
    lender_id: int

    def load(self, state: State) -> LineWord:
        """Return its word."""
        return protection.load_line(state, self.account_id, self.lender_id)

    def store(self, state: State, word: LineWord) -> None:
        """Write its word."""
        protection.store_line(state, self.account_id, self.lender_id, word)

    @property
    def missing(self) -> NoSuchLine:
        """The error that there is none in the state that was asked for."""
        return NoSuchLine(self.account_id, self.lender_id)


def offer(state: State, caller: int, line: Line, atoms: int, fee: int, expiry: int) -> LineOffered:
    """Lock atoms of a lender's account for another, which may accept them for a fee.

    Raises:
        UnknownAccount, NotAccountOwner, SameAccount, AccountFrozen, BelowLeastProtection,
        InvalidParameter, LineExists, LineExpired, InsufficientBalance; those of the check.
    """
    accounts.check_owner(state, line.lender_id, caller)
    if not accounts.load(state, line.lender_id).live:
        raise AccountFrozen(line.lender_id)
    accounts.check_known(state, line.account_id)
    if line.account_id == line.lender_id:
        raise SameAccount(line.account_id)
    if atoms < protection.LEAST_ATOMS:
        raise BelowLeastProtection(atoms, protection.LEAST_ATOMS)
    if fee > _MAX_FEE:
        raise invalid("feeAtoms", fee)
    word = line.load(state)
    if word.state != LineState.NONE or word.drawn:
        raise LineExists(line.account_id, line.lender_id)
    if expiry < state.time:
        raise LineExpired(expiry, state.time)
    protection.lock(state, line.lender_id, atoms)
    line.store(state, LineWord(atoms, fee, expiry, state=LineState.OFFERED))
    counters.add(state, lines=atoms)
    risk.check_outgoing(state, line.lender_id)
    return LineOffered(line.account_id, line.lender_id, atoms, fee, expiry)


def accept(state: State, caller: int, line: Line, max_fee: int) -> LineAccepted:
    """Accept a line that is offered and pay its fee.

    Raises:
        UnknownAccount, NotAccountOwner, AccountFrozen, NoSuchLine, LineExpired, TooManyLines,
        PaidTooMuch, InsufficientBalance; those of the check.
    """
    account_id, lender_id = line.account_id, line.lender_id
    accounts.check_owner(state, account_id, caller)
    if not accounts.load(state, account_id).live:
        raise AccountFrozen(account_id)
    word = line.load(state)
    if word.state != LineState.OFFERED:
        raise line.missing
    _check_expiry(state, word)
    lines, fee = protection.load_lines(state, account_id), word.drawn
    if len(lines.lenders) == MAX_LINES:
        raise TooManyLines(account_id, MAX_LINES)
    if fee > max_fee:
        raise PaidTooMuch(fee, max_fee)
    if fee:
        protection.lock(state, account_id, fee)
        balances.add(state, lender_id, 0, fee)
    line.store(state, replace(word, drawn=0, state=LineState.ACTIVE))
    protection.store_lines(state, account_id, lines.with_lenders((*lines.lenders, lender_id)))
    protection.mark(state, account_id, protected=1)
    risk.check_outgoing(state, account_id)
    return LineAccepted(account_id, lender_id, word.locked, fee)


def give_notice(state: State, caller: int, line: Line) -> LineNoticed:
    """Announce that a line is to be closed; a second notice starts anew.

    Raises:
        UnknownAccount, NotAccountOwner, NoSuchLine, AccountUnhealthy.
    """
    accounts.check_owner(state, line.lender_id, caller)
    word = line.load(state)
    if word.state != LineState.ACTIVE or not word.locked:
        raise line.missing
    _check_healthy(state, line.account_id)
    closes_at = state.time + NOTICE
    line.store(state, replace(word, closes_at=closes_at))
    return LineNoticed(line.account_id, line.lender_id, closes_at)


def close(state: State, caller: int, line: Line) -> LineClosed:
    """Return what is locked of a line to its lender.

    Raises:
        UnknownAccount, NotAccountOwner, NoSuchLine, LineCommitted, AccountUnhealthy.
    """
    account_id, lender_id = line.account_id, line.lender_id
    accounts.check_owner(state, lender_id, caller)
    word = line.load(state)
    if word.state == LineState.NONE or not word.locked:
        raise line.missing
    if word.protects(state.time):
        if word.closes_at == 0 or state.time < word.closes_at:
            raise LineCommitted(account_id, lender_id, word.closes_at)
        moves.check(state, slots.ALL_PAUSES)
        _check_healthy(state, account_id)
    counters.add(state, lines=-word.locked)
    if word.state == LineState.ACTIVE and word.drawn:
        line.store(state, replace(word, locked=0))
    else:
        protection.remove_line(state, account_id, lender_id)
    balances.add(state, lender_id, 0, word.locked)
    return LineClosed(account_id, lender_id, word.locked)


def draw(state: State, line: Line) -> LineDrawn:
    """Pay of a line into its account what brings it to R_end, or all.

    Raises:
        UnknownAccount, NoSuchLine, LineExpired, AccountHealthy.
    """
    account_id, lender_id = line.account_id, line.lender_id
    word = line.load(state)
    if word.state != LineState.ACTIVE or not word.locked:
        raise line.missing
    _check_expiry(state, word)
    stands = standing.read(state, account_id)
    if stands.is_healthy:
        raise AccountHealthy(account_id, stands.equity, stands.maintenance)
    atoms = protection.draw(state, account_id, lender_id, stands.end - stands.equity)
    balances.add(state, account_id, 0, atoms)
    return LineDrawn(account_id, lender_id, atoms, word.drawn + atoms)


def _check_expiry(state: State, word: LineWord) -> None:
    if word.expiry < state.time:
        raise LineExpired(word.expiry, state.time)


def _check_healthy(state: State, account_id: int) -> None:
    """Pass if an account is healthy and not flagged; raises AccountUnhealthy."""
    stands = standing.read(state, account_id)
    if accounts.load(state, account_id).flagged or not stands.is_healthy:
        raise AccountUnhealthy(account_id, stands.equity, stands.maintenance)
