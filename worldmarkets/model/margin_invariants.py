"""What holds of margin and interest at any time: RISK-1, RISK-3, RISK-4 and LEND-2, on words.

Like `worldmarkets.model.invariants`: read from a chain or a model, whatever wrote them.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice, product

from worldmarkets.atlas.margin import Health, equity, initial_requirement, requirement
from worldmarkets.atlas.portfolio import Leg, Perp, Portfolio
from worldmarkets.model import balances, pools, reference, risk, slots
from worldmarkets.model.accounts import used_assets
from worldmarkets.model.findings import Finding
from worldmarkets.model.interface import Margin
from worldmarkets.model.reading import WordReader
from worldmarkets.model.state import State
from worldmarkets.model.words import PoolIndexWord

PARTNERS = 16
"""With how many of those that follow it an account is paired for RISK-3."""
HORIZON = 10_000
"""How far ahead interest is run to compare steps [seconds]."""
STEPS = 50

_MOST_CORNERS = 5
"""Legs with orders whose fills are tried in every combination; further ones fill alike."""


# ---------------------------------------------------------------------- RISK-1


def check_closed_pools(reader: WordReader, account_ids: Iterable[int]) -> list[Finding]:
    """RISK-1: what can not be borrowed is not owed, and asks of it are covered by the balance.

    Bids are not looked at: they are covered at the edge of the band when they are placed, and the
    band has moved since.
    """
    findings = []
    for account_id in account_ids:
        for asset_id in used_assets(reader, account_id):
            word = balances.load(reader, account_id, asset_id)
            asks = word.open_asks if asset_id else 0
            if pools.is_open(reader, asset_id) or (word.balance >= asks and not word.lent):
                continue
            text = (
                f"has {word.balance} of asset {asset_id}, which has no pool, and asks for {asks}"
                f"{', lent' if word.lent else ''} [atoms]"
            )
            findings.append(Finding("RISK-1", f"account {account_id}", text))
    return findings


def margin_of(reader: WordReader, account_id: int) -> Margin:
    """Return the margin of an account by its words."""
    return risk.preview_margin(reader, account_id, ())[0]


def needing_margin(reader: WordReader, account_ids: Iterable[int]) -> dict[int, Margin]:
    """Return the margin of each account that owes something, or whose orders could borrow."""
    margins = {account: margin_of(reader, account) for account in account_ids}
    return {account: margin for account, margin in margins.items() if not margin.is_paid}


def check_margin_words(account_id: int, words: Margin, told: Margin) -> list[Finding]:
    """RISK-1: the margin that the exchange judges an account by is that of its words.

    Equity below a level is no finding: prices move, and only an action has to leave enough.
    """
    if words == told:
        return []
    text = f"by its words {words}, by the exchange {told}"
    return [Finding("RISK-1", f"account {account_id}", text)]


# ---------------------------------------------------------------------- RISK-2 to RISK-4


def has_lowered(before: Health, after: Health) -> bool:
    """RISK-2: the requirement has not risen, and equity covers no less of it, or nothing is lost.

    `before` may count orders that the action has cancelled: they only make it larger.
    """
    if after.initial > before.initial:
        return False
    if before.equity < 0:
        return after.equity >= before.equity
    return after.equity >= 0 and after.equity * before.initial >= before.equity * after.initial


def pairs(account_ids: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield the pairs of accounts that RISK-3 is checked of."""
    for place, first in enumerate(account_ids):
        for second in islice(account_ids, place + 1, place + 1 + PARTNERS):
            yield first, second


def check_subadditivity(reader: WordReader, account_ids: Sequence[int]) -> list[Finding]:
    """RISK-3: two accounts need no more together than by themselves, and never less than nothing.

    Without orders, and without the terms of size, peg and confidence.
    """
    shared = reference.market_risk(reader)
    portfolios = {account: risk.portfolio_of(reader, account) for account in account_ids}
    alone = {account: requirement(one, shared) for account, one in portfolios.items()}
    findings = []
    for first, second in pairs(account_ids):
        together = requirement(_sum(portfolios[first], portfolios[second]), shared)
        if not 0 <= together <= alone[first] + alone[second]:
            text = f"{together} together, {alone[first]} and {alone[second]} alone [quote atoms]"
            findings.append(Finding("RISK-3", f"accounts {first} and {second}", text))
    return findings


def meeting_initial(reader: WordReader, account_ids: Iterable[int]) -> list[int]:
    """Return the accounts whose equity is at least their initial requirement, orders counted."""
    shared = reference.market_risk(reader)
    portfolios = ((account, risk.portfolio_of(reader, account)) for account in account_ids)
    return [one for one, held in portfolios if equity(held) >= initial_requirement(held, shared)]


def check_fills(reader: WordReader, account_ids: Iterable[int]) -> list[Finding]:
    """RISK-4: who meets the initial requirement stays above maintenance as own orders fill.

    The requirement is convex in what fills, so its worst subset fills of each asset all bids or all
    asks.
    """
    shared = reference.market_risk(reader)
    return [
        Finding("RISK-4", f"account {account}", f"{filled}")
        for account in meeting_initial(reader, account_ids)
        for filled in _filled(risk.portfolio_of(reader, account))
        if equity(filled) < requirement(filled, shared, shared.maintenance_percent)
    ]


def _sum(one: Portfolio, other: Portfolio) -> Portfolio:
    """Return two portfolios as one, without orders."""
    legs = {leg.asset_id: _without_orders(leg, leg.balance) for leg in one.legs}
    for leg in other.legs:
        known = legs.get(leg.asset_id)
        alone = _without_orders(leg, leg.balance)
        if known is not None:
            perp = _both(known.perp, alone.perp)
            alone = replace(alone, balance=known.balance + leg.balance, perp=perp)
        legs[leg.asset_id] = alone
    return Portfolio(one.cash + other.cash, tuple(legs.values()))


def _both(one: Perp | None, other: Perp | None) -> Perp | None:
    """Return two perp legs without orders as one, rounded inward, as both were outward."""
    if one is None or other is None:
        return one or other
    value = one.value + other.value
    return Perp(value, value, value, one.pnl + other.pnl)


def _filled(portfolio: Portfolio) -> Iterator[Portfolio]:
    """Yield a portfolio after none of its orders, and after the extremes of each leg's orders."""
    yield _fill(portfolio, [(0, 0)] * len(portfolio.legs))
    ordered = [leg.asset_id for leg in portfolio.legs if _has_orders(leg)]
    for corner in product(((1, 0), (0, 1)), repeat=min(len(ordered), _MOST_CORNERS)):
        chosen = {asset: corner[min(n, _MOST_CORNERS - 1)] for n, asset in enumerate(ordered)}
        yield _fill(portfolio, [chosen.get(leg.asset_id, (0, 0)) for leg in portfolio.legs])
    yield _fill(portfolio, [(1, 1)] * len(portfolio.legs))


def _fill(portfolio: Portfolio, sides: Sequence[tuple[int, int]]) -> Portfolio:
    """Fill all bids, all asks, both or neither of each leg, spot and perp, at the mark."""
    cash, legs = portfolio.cash, []
    for leg, (bids, asks) in zip(portfolio.legs, sides, strict=True):
        atoms = bids * leg.open_bids - asks * leg.open_asks
        # Rounded so that nothing is lost: the rule speaks of fills at unchanged prices.
        cash -= (leg.balance + atoms) * leg.price // 10**12 - leg.balance * leg.price // 10**12
        filled = _without_orders(leg, leg.balance + atoms)
        if leg.perp:
            moved = bids * (leg.perp.high - leg.perp.value) - asks * (leg.perp.value - leg.perp.low)
            value = leg.perp.value + moved
            filled = replace(filled, perp=Perp(value, value, value, leg.perp.pnl))
        legs.append(filled)
    return Portfolio(cash, tuple(legs))


def _has_orders(leg: Leg) -> bool:
    return bool(leg.open_bids or leg.open_asks or (leg.perp and leg.perp.order_notional))


def _without_orders(leg: Leg, balance: int) -> Leg:
    perp, alone = leg.perp, leg.perp
    if perp:
        alone = Perp(perp.value, perp.value, perp.highest_value, perp.pnl, perp.value_up)
    return replace(leg, balance=balance, open_bids=0, open_asks=0, perp=alone)


# ---------------------------------------------------------------------- LEND-2


@dataclass(frozen=True)
class Stepped:
    """What interest in steps makes of a pool's indices beyond interest at once [1e-18]."""

    borrow_ahead: int
    """How much more a borrower owes."""
    supply_apart: int
    """How much more a lender has, negative if it is less."""


def step_interest(reader: WordReader, asset_id: int) -> Stepped:
    """Run the interest of an open pool ahead, in steps and at once."""
    slot = slots.pool_index(asset_id)
    reader.prefetch([slot, slots.pool_totals(asset_id)])
    state = State(reader.words)
    state.time = reader.time + HORIZON
    at_once = pools.read(state, asset_id)
    pool = at_once
    for step in range(1, STEPS + 1):
        state.time = reader.time + HORIZON * step // STEPS
        pool = pools.read(state, asset_id)
        indices = {"supply_index": pool.supply_index, "borrow_index": pool.borrow_index}
        word = state.load(PoolIndexWord, slot)
        state.store(slot, replace(word, time=state.time, **indices))
    return Stepped(
        pool.borrow_index - at_once.borrow_index, pool.supply_index - at_once.supply_index
    )


def check_interest(reader: WordReader, asset_ids: Iterable[int]) -> list[Finding]:
    """LEND-2: interest in steps is interest at once, to dust, and never less for the borrower."""
    findings = []
    for asset_id in asset_ids:
        if not pools.is_open(reader, asset_id):
            continue
        found = step_interest(reader, asset_id)
        if not 0 <= found.borrow_ahead <= 2 * STEPS or abs(found.supply_apart) > 2 * STEPS:
            findings.append(Finding("LEND-2", f"asset {asset_id}", f"after {STEPS} steps {found}"))
    return findings
