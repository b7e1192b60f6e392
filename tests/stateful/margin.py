"""What holds of margin and interest after every step, computed anew from the chain's words."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise

from worldmarkets.atlas.margin import Health, equity, initial_requirement, requirement
from worldmarkets.atlas.portfolio import Leg, Portfolio
from worldmarkets.model import pools, risk, slots
from worldmarkets.model.findings import Finding
from worldmarkets.model.reading import WordReader
from worldmarkets.model.state import State
from worldmarkets.model.words import PoolIndexWord

HORIZON = 10_000
"""How far ahead interest is run to compare steps [seconds]."""
STEPS = 50


def check_margin(reader: WordReader, account_ids: Iterable[int]) -> list[Finding]:
    """RISK-3 of every two accounts, RISK-4 of each."""
    shared = risk.market_risk(reader)
    portfolios = {account: risk.portfolio_of(reader, account) for account in account_ids}
    texts = []
    for (first, one), (second, other) in pairwise(portfolios.items()):
        together = requirement(_sum(one, other), shared)
        if not 0 <= together <= requirement(one, shared) + requirement(other, shared):
            texts.append(("RISK-3", f"accounts {first} and {second}", "not subadditive"))
    for account, portfolio in portfolios.items():
        if equity(portfolio) < initial_requirement(portfolio, shared):
            continue
        texts += [
            ("RISK-4", f"account {account}", f"{filled}")
            for filled in _filled(portfolio)
            if equity(filled) < requirement(filled, shared, shared.maintenance_percent)
        ]
    return [Finding(*text) for text in texts]


def has_lowered(before: Health, after: Health) -> bool:
    """RISK-2: the requirement has not risen, and covers no less of the equity, or nothing is lost.

    `before` may count orders that the action has cancelled: they only make it larger.
    """
    if after.initial > before.initial:
        return False
    if before.equity < 0:
        return after.equity >= before.equity
    return after.equity >= 0 and after.equity * before.initial >= before.equity * after.initial


def check_interest(reader: WordReader, asset_ids: Iterable[int]) -> list[Finding]:
    """LEND-2: interest in steps is interest at once, to dust, and never less for the borrower."""
    findings = []
    for asset_id in asset_ids:
        if not pools.is_open(reader, asset_id):
            continue
        slot = slots.pool_index(asset_id)
        reader.prefetch([slot, slots.pool_totals(asset_id)])
        state = State(reader.words)
        state.time = reader.time + HORIZON
        at_once = pools.read(state, asset_id)
        for step in range(1, STEPS + 1):
            state.time = reader.time + HORIZON * step // STEPS
            pool = pools.read(state, asset_id)
            indices = {"supply_index": pool.supply_index, "borrow_index": pool.borrow_index}
            word = state.load(PoolIndexWord, slot)
            state.store(slot, replace(word, time=state.time, **indices))
        ahead = pool.borrow_index - at_once.borrow_index
        apart = abs(at_once.supply_index - pool.supply_index)
        if not 0 <= ahead <= 2 * STEPS or apart > 2 * STEPS:
            text = f"borrow index {ahead} ahead, supply index {apart} apart after {STEPS} steps"
            findings.append(Finding("LEND-2", f"asset {asset_id}", text))
    return findings


def _sum(one: Portfolio, other: Portfolio) -> Portfolio:
    """Return two portfolios as one, without orders."""
    legs = {leg.asset_id: replace(leg, open_bids=0, open_asks=0) for leg in one.legs}
    for leg in other.legs:
        known = legs.get(leg.asset_id)
        balance = leg.balance + (known.balance if known else 0)
        legs[leg.asset_id] = replace(leg, balance=balance, open_bids=0, open_asks=0)
    return Portfolio(one.cash + other.cash, tuple(legs.values()))


def _filled(portfolio: Portfolio) -> list[Portfolio]:
    """Return a portfolio after all its bids, all its asks, or both have filled at the mark."""
    return [
        _fill(portfolio, bids=bids, asks=asks) for bids, asks in ((1, 0), (0, 1), (1, 1), (0, 0))
    ]


def _fill(portfolio: Portfolio, *, bids: int, asks: int) -> Portfolio:
    cash, legs = portfolio.cash, []
    for leg in portfolio.legs:
        atoms = bids * leg.open_bids - asks * leg.open_asks
        # Rounded so that nothing is lost: the rule speaks of fills at unchanged prices.
        cash -= (leg.balance + atoms) * leg.price // 10**12 - leg.balance * leg.price // 10**12
        legs.append(_without_orders(leg, leg.balance + atoms))
    return Portfolio(cash, tuple(legs))


def _without_orders(leg: Leg, balance: int) -> Leg:
    return replace(leg, balance=balance, open_bids=0, open_asks=0)
