"""LIQ-2 and LIQ-3 of a deployed exchange, as far as one block and the log can tell.

That nothing was taken from a later step while an earlier one had room shows in no single block;
that the amounts add up does in the log.
"""

from collections.abc import Sequence

from worldmarkets.audit.history import Told
from worldmarkets.audit.rows import AuditRow, tokens
from worldmarkets.model.liquidation import counters
from worldmarkets.model.liquidation.invariants import check_liquidation
from worldmarkets.model.liquidation.waterfall_invariants import check_amounts, payments_of
from worldmarkets.model.reading import WordReader

_QUOTE_DECIMALS = 6


def liquidation_rows(reader: WordReader, told: Told, accounts: Sequence[int]) -> list[AuditRow]:
    """Check that what was paid of deficits adds up, and that flags and locked funds are counted."""
    payments = payments_of(told.deficits)
    atoms = sum(payment.event.deficit_atoms for payment in payments)
    paid = (
        f"{len(payments)} deficits and payments to bidders, of {tokens(atoms, _QUOTE_DECIMALS)} "
        "together, are what was taken from each step"
    )
    counted = counters.load(reader)
    bonds, lines = (tokens(part, _QUOTE_DECIMALS) for part in (counted.bonds, counted.lines))
    agreed = (
        f"{counted.flagged} accounts flagged, {counted.in_deficit} of them in deficit; {bonds} of "
        f"bonds and {lines} of {len(told.lines)} lines locked; dead orders where they should be"
    )
    findings = check_liquidation(reader, accounts, told.lines)
    return [
        AuditRow("LIQ-2", "accounts", paid, tuple(check_amounts(told.deficits))),
        AuditRow("LIQ-3", "accounts", agreed, tuple(findings)),
    ]
