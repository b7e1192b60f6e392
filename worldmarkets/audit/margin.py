"""RISK-1, RISK-3, RISK-4 and LEND-2 of a deployed exchange, as far as one block can tell.

That an action leaves enough equity, and that one below it lowers its risk (RISK-1 and RISK-2 of the
action), shows in no single block: prices move after it. What must hold at any time is checked here:
what can not be borrowed is not owed, no account has what the check does not see, and the exchange
judges each account that needs margin by what its words say.
"""

from collections.abc import Callable, Sequence

from worldmarkets.abi import abi_of
from worldmarkets.audit.rows import AuditRow, tokens
from worldmarkets.client.structs import struct
from worldmarkets.model import margin_invariants as invariants
from worldmarkets.model import pools, slots
from worldmarkets.model.interface import Margin
from worldmarkets.model.invariants import check_use
from worldmarkets.model.reading import WordReader
from worldmarkets.model.words import perp_market, spot_market
from worldmarkets.transactions import RevertedError

_QUOTE_DECIMALS = 6

Call = Callable[[bytes], bytes]
"""Runs a call of the exchange at the block of the audit."""


def margin_rows(
    reader: WordReader, call: Call, accounts: Sequence[int], assets: Sequence[int]
) -> list[AuditRow]:
    """Check what an audit of one block can check of margin and interest.

    Raises:
        RevertedError: the exchange has no margin of an account that its words know.
    """
    _prefetch(reader, accounts, assets)
    needing = invariants.needing_margin(reader, accounts)
    told = {account: _preview(call, account) for account in accounts}
    rows = [_uses(reader, accounts, assets, len(needing))]
    rows += [_margin(account, margin, told[account]) for account, margin in needing.items()]
    rows.append(_paid(reader, told, needing))
    rows += [_pairs(reader, accounts), _fills(reader, accounts)]
    return rows + [_interest(reader, asset) for asset in assets if pools.is_open(reader, asset)]


def _uses(
    reader: WordReader, accounts: Sequence[int], assets: Sequence[int], needing: int
) -> AuditRow:
    closed = [asset for asset in assets if not pools.is_open(reader, asset)]
    checked = (
        f"{len(accounts)} accounts, {needing} of them on margin, have nothing that the check does "
        f"not see; of {len(closed)} assets without a pool nothing is owed or asked for beyond it"
    )
    findings = check_use(reader, accounts, assets)
    findings += invariants.check_closed_pools(reader, accounts)
    return AuditRow("RISK-1", "accounts", checked, tuple(findings))


def _paid(reader: WordReader, told: dict[int, Margin], needing: dict[int, Margin]) -> AuditRow:
    paid = [account for account in told if account not in needing]
    findings = [
        finding
        for account in paid
        for finding in invariants.check_margin_words(
            account, invariants.margin_of(reader, account), told[account]
        )
    ]
    checked = f"{len(paid)} accounts that owe nothing, by the exchange and by their words"
    return AuditRow("RISK-1", "paid", checked, tuple(findings))


def _margin(account: int, margin: Margin, told: Margin) -> AuditRow:
    equity, initial, maintenance = (
        tokens(atoms, _QUOTE_DECIMALS)
        for atoms in (margin.equity_atoms, margin.initial_atoms, margin.maintenance_atoms)
    )
    checked = (
        f"equity {equity}, {initial} needed to add risk, {maintenance} to be left alone"
        f"{_state(margin)}"
    )
    findings = invariants.check_margin_words(account, margin, told)
    return AuditRow("RISK-1", f"account {account}", checked, tuple(findings))


def _state(margin: Margin) -> str:
    """Return what is to be said of an account below a level; it is no fault of the exchange."""
    if margin.equity_atoms < margin.maintenance_atoms:
        return ": below maintenance, it may only lower its risk"
    if margin.equity_atoms < margin.initial_atoms:
        return ": it may only lower its risk"
    return ""


def _pairs(reader: WordReader, accounts: Sequence[int]) -> AuditRow:
    count = sum(1 for _ in invariants.pairs(accounts))
    checked = f"{count:,} pairs of accounts need no more together than by themselves"
    findings = invariants.check_subadditivity(reader, accounts)
    return AuditRow("RISK-3", "accounts", checked, tuple(findings))


def _fills(reader: WordReader, accounts: Sequence[int]) -> AuditRow:
    meeting = invariants.meeting_initial(reader, accounts)
    checked = (
        f"{len(meeting)} accounts with their initial requirement keep maintenance, whichever of "
        "their orders fill"
    )
    findings = invariants.check_fills(reader, accounts)
    return AuditRow("RISK-4", "accounts", checked, tuple(findings))


def _interest(reader: WordReader, asset: int) -> AuditRow:
    stepped = invariants.step_interest(reader, asset)
    checked = (
        f"interest of {invariants.HORIZON:,} s in {invariants.STEPS} steps is that at once: the "
        f"borrow index {stepped.borrow_ahead:+} and the supply index {stepped.supply_apart:+} of "
        "10^18"
    )
    findings = invariants.check_interest(reader, [asset])
    return AuditRow("LEND-2", f"asset {asset}", checked, tuple(findings))


def _preview(call: Call, account: int) -> Margin:
    """Return the margin of an account as the exchange tells it."""
    abi = abi_of("Exchange")
    try:
        returned = call(abi.encode("previewMargin", account, []))
    except RevertedError as error:
        raise RevertedError(f"no margin of account {account}: {error}", error.data) from error
    current, _ = abi.decode("previewMargin", returned)
    return struct(Margin, current)


def _prefetch(reader: WordReader, accounts: Sequence[int], assets: Sequence[int]) -> None:
    """Fetch what judging accounts reads, in a few calls instead of one a word."""
    wanted = [slots.risk(), *(slots.account(account) for account in accounts)]
    for word_of in (slots.ledger, slots.position):
        wanted += [word_of(account, asset) for account in accounts for asset in assets]
    for asset in assets:
        wanted += [slots.underlying(asset), slots.book(spot_market(asset))]
        wanted += [slots.mark(perp_market(asset)), slots.config(perp_market(asset))]
        wanted += [slots.pool_index(asset), slots.pool_totals(asset), slots.pool_terms(asset)]
    reader.prefetch(wanted)
