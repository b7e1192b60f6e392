"""The words of an exchange held against what its logs tell."""

from collections.abc import Iterable
from itertools import pairwise

from worldmarkets.audit.history import Budget, Told
from worldmarkets.logbook import RestingOrder
from worldmarkets.model import pools, slots
from worldmarkets.model.findings import Finding
from worldmarkets.model.reading import Book, WordReader
from worldmarkets.model.words import SECONDS_A_DAY, TAG_MASK, AccountWord, CashWord, Lane

_OWNER_HASH_MASK = 0xFF


def check_terms(reader: WordReader, book: Book, told: Told) -> list[Finding]:
    """BOOK-5: every resting order is as its records tell: account, lots, expiry, flags, tag."""
    orders = list(book.orders())
    reader.prefetch(slots.account(order.lane.account) for order in orders)
    findings = []
    for order in orders:
        known = told.book.orders.get(order.order_id)
        owner = reader.load(AccountWord, slots.account(order.lane.account)).owner
        if known is None or order.lane != _lane(known, owner):
            text = f"order {order.order_id:#x} is {order.lane}, told was {known}"
            findings.append(Finding("BOOK-5", f"market {book.market_id}", text))
    return findings


def _lane(order: RestingOrder, owner: int) -> Lane:
    return Lane(
        account=order.account,
        lots=order.lots,
        expiry=order.expiry,
        owner_hash=owner & _OWNER_HASH_MASK,
        is_ask=int(order.is_ask),
        reduce_only=int(order.reduce_only),
        by_operator=int(order.by_operator),
        tag=order.client_id & TAG_MASK,
    )


def check_operators(reader: WordReader, told: Told, account_ids: Iterable[int]) -> list[Finding]:
    """AUTH-2: operators may what their owner set last, and have not lost more than they may."""
    accounts = list(account_ids)
    wanted = [slots.operator(*key) for key in told.operators]
    reader.prefetch([*wanted, *(slots.ledger(account, 0) for account in accounts)])
    findings = []
    for (account, address), word in told.operators.items():
        found = reader.load_raw(slots.operator(account, address))
        if found != word.pack():
            text = f"the word of operator 0x{address:040x} is {found:#x}, set was {word}"
            findings.append(Finding("AUTH-2", f"account {account}", text))
    for account in accounts:
        cash = reader.load(CashWord, slots.ledger(account, 0))
        budgets = told.budgets.get(account, [Budget(0, 0)])
        if cash.budget != budgets[-1].atoms:
            text = f"the budget is {cash.budget}, set was {budgets[-1].atoms}"
            findings.append(Finding("AUTH-2", f"account {account}", text))
        most = _largest(budgets, cash.day * SECONDS_A_DAY)
        if cash.loss > most:
            text = f"operators lost {cash.loss} on day {cash.day}, the budget was {most}"
            findings.append(Finding("AUTH-2", f"account {account}", text))
    return findings


def _largest(budgets: list[Budget], day_begins: int) -> int:
    """Return the largest budget that was in force on a day [quote atoms]."""
    before = [budget for budget in budgets if budget.time < day_begins]
    on_it = [budget for budget in budgets if day_begins <= budget.time < day_begins + SECONDS_A_DAY]
    return max((budget.atoms for budget in [*before[-1:], *on_it]), default=0)


def check_flows(
    reader: WordReader, told: Told, asset_id: int, account_ids: Iterable[int]
) -> list[Finding]:
    """FLOW-1: outflow and season words are those of the deposits and withdrawals there were.

    It is taken that nobody sent the exchange tokens without depositing them.
    """
    wanted = {slots.outflow(asset_id): "net outflow"}
    wanted |= {
        slots.season(account, asset_id): f"season of account {account}" for account in account_ids
    }
    reader.prefetch(wanted)
    subject = f"asset {asset_id}"
    findings = [one for one in told.refused if one.subject == subject]
    for slot, what in wanted.items():
        found, expected = reader.load_raw(slot), told.vault.load_raw(slot)
        if found != expected:
            text = f"the word of the {what} is {found:#x}, should be {expected:#x}"
            findings.append(Finding("FLOW-1", subject, text))
    return findings


def check_indices(reader: WordReader, told: Told, asset_id: int) -> list[Finding]:
    """LEND-1: neither index of an open pool has ever fallen, as far as the log tells of them.

    But that of supply by a loss which the log tells of.
    """
    now = pools.read(reader, asset_id)
    seen = [*told.indices.get(asset_id, []), (now.supply_index, now.borrow_index)]
    return [
        Finding("LEND-1", f"asset {asset_id}", f"the {name} index fell from {before} to {after}")
        for place, pair in enumerate(pairwise(seen), start=1)
        for name, before, after in zip(("supply", "borrow"), *pair, strict=True)
        if after < before and (name == "borrow" or (asset_id, place) not in told.falls)
    ]
