"""SOLV-2 and FUND-1 of a deployed exchange."""

from collections.abc import Sequence

from worldmarkets.audit.rows import AuditRow, tokens
from worldmarkets.model import slots
from worldmarkets.model.perp_words import Q24, PerpPoolWord
from worldmarkets.model.perps import invariants
from worldmarkets.model.reading import WordReader

_QUOTE_DECIMALS = 6


def perp_rows(
    reader: WordReader, market_id: int, accounts: Sequence[int], symbol: str
) -> list[AuditRow]:
    """Check that the positions of a perp add up, in lots, in cash and in funding."""
    sums = invariants.perp_sums(reader, market_id, accounts)
    pool = reader.load(PerpPoolWord, slots.perp_pool(market_id))
    cash, shortfall, dust = (
        tokens(atoms, _QUOTE_DECIMALS) for atoms in (pool.cash, pool.shortfall, sums.dust // Q24)
    )
    checked = (
        f"{symbol}: {sums.open_interest:,} lots held long and as many short, in "
        f"{len(accounts)} accounts; {cash} in the pool, {shortfall} of shortfall, {dust} left over"
    )
    ahead = (
        f"{symbol}: what longs and shorts pay each other in the next {invariants.HORIZON} s adds "
        "up to nothing"
    )
    findings = invariants.check_positions(sums)
    funding = invariants.check_funding(reader, market_id, accounts)
    return [
        AuditRow("SOLV-2", f"market {market_id}", checked, tuple(findings)),
        AuditRow("FUND-1", f"market {market_id}", ahead, tuple(funding)),
    ]
