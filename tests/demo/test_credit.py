"""What a short demonstration leaves of lending and margin."""

import re
from decimal import Decimal

import pytest

from tests.demo.finished import STEPS, Finished
from worldmarkets.client.raw import RawClient
from worldmarkets.demo.samples import BorrowerReport
from worldmarkets.model import slots
from worldmarkets.model.events import Deposited, PoolAccrued, PriceUpdated
from worldmarkets.model.words import LedgerWord, UnderlyingWord

pytestmark = pytest.mark.node

ROUNDINGS = 40
"""Atoms: each trade and each look at a balance rounds an interest by one at most."""


def client_of(finished: Finished) -> RawClient:
    return finished.session.stage.operator


def borrower(finished: Finished, name: str) -> BorrowerReport:
    borrowers, _ = finished.source.credit.reports()
    (report,) = (one for one in borrowers if one.name == name)
    return report


def test_credit_one_has_repaid_and_two_still_owe(finished: Finished) -> None:
    long, short, stretched = finished.source.credit.reports()[0]
    assert (long.name, long.debt_atoms, long.margin.is_paid) == ("levered long", 0, True)
    assert (short.debt_asset, stretched.debt_asset) == (1, 0)
    for report in (short, stretched):
        assert report.debt_atoms > 0
        assert not report.margin.is_paid
        assert report.margin.equity_atoms > report.margin.initial_atoms > 0
    account = finished.source.credit.cast.borrowers[0].account
    assert LedgerWord.unpack(finished.read_word(slots.ledger(account.account_id, 0))).balance >= 0
    session = finished.session
    (repaid,) = (
        logged.event.atoms
        for logged in client_of(finished).events(Deposited, from_block=session.block - STEPS + 1)
        if isinstance(logged.event, Deposited)
    )
    assert repaid == session.moved[account.account_id, 0] > 400_000 * 10**6


def test_credit_longs_bought_and_the_short_sold_on_credit(finished: Finished) -> None:
    session = finished.session
    for one in finished.source.credit.cast.borrowers:
        bought = session.inventory[one.account.account_id, session.venue.market_id]
        worth = session.venue.size(abs(bought)) * session.reference_price
        assert (bought < 0) == one.plan.is_short
        if one.plan.closes is None:
            wanted = one.plan.dollars * abs(one.plan.leverage_percent) // 100
            assert abs(worth - wanted) * 20 < wanted
            assert worth > one.plan.dollars


def test_credit_margins_are_those_of_the_exchange(finished: Finished) -> None:
    borrowers = finished.source.credit.cast.borrowers
    reports, _ = finished.source.credit.reports()
    for one, report in zip(borrowers, reports, strict=True):
        told, _ = client_of(finished).preview_margin(one.account.account_id)
        assert report.margin == told


def test_credit_pools_are_those_of_the_lens(finished: Finished) -> None:
    _, reports = finished.source.credit.reports()
    pools = {pool.asset_id: pool for pool in client_of(finished).lens.pools().items}
    for report in reports:
        pool, rates = pools[report.asset_id], report.rates
        assert (report.supplied, report.borrowed) == (pool.supplied_atoms, pool.borrowed_atoms)
        assert report.reserve == pool.reserve_atoms
        assert rates.utilisation == pool.utilisation > 0
        assert (rates.borrow_rate, rates.supply_rate) == (pool.borrow_rate, pool.supply_rate)
        assert 0 < rates.supply_rate < rates.borrow_rate


def test_credit_borrowers_pay_what_lenders_earn_and_the_reserve(finished: Finished) -> None:
    for report in finished.source.credit.reports()[1]:
        assert report.earned > 0
        assert report.reserve > 0
        assert report.paid > report.earned
        assert abs(report.paid - report.earned - report.reserve) <= ROUNDINGS
        # A tenth is kept for the insurance fund.
        assert abs(report.paid - 10 * (report.paid - report.earned)) <= 10 * ROUNDINGS


def test_credit_who_neither_lends_nor_borrows_has_no_interest(finished: Finished) -> None:
    session = finished.session
    reader = session.reader()
    for account in session.accounts[:9]:
        assert [session.interest(reader, account, asset) for asset in session.pooled] == [0, 0]


def test_credit_margins_were_judged_by_prices_of_their_block(finished: Finished) -> None:
    session = finished.session
    word = UnderlyingWord.unpack(finished.read_word(slots.underlying(1)))
    assert (word.time, word.unconfirmed) == (session.timestamp, 0)
    first = session.block - STEPS + 1
    updates = [*client_of(finished).events(PriceUpdated, from_block=first)]
    blocks = [*range(first, session.block + 1)]
    # Of both underlyings, behind nothing but events of the feed, and a mark in between.
    assert [logged.block for logged in updates] == [block for block in blocks for _ in range(2)]
    assert {logged.log_index for logged in updates} == {1, 3}
    assert session.counts["posted"] == session.counts["blocks"] == STEPS


def test_credit_interest_is_added_up_now_and_then(finished: Finished) -> None:
    first = finished.session.block - STEPS + 1
    logged = [one.event for one in client_of(finished).events(PoolAccrued, from_block=first)]
    for asset in finished.session.pooled:
        events = [one for one in logged if isinstance(one, PoolAccrued) and one.asset_id == asset]
        assert len(events) == 20
        assert events[-1].borrow_index > events[0].borrow_index >= 10**18
        assert events[-1].supply_index > events[0].supply_index >= 10**18


def test_credit_refusals_are_told_and_nothing_of_them_was_sent(finished: Finished) -> None:
    notes = finished.source.credit.notes
    refused = {name: text for name, text in notes if "refused by" in text}
    assert refused.keys() == {"lender of dollars", "lender of coins", "stretched long"}
    assert "InsufficientLiquidity" in refused["lender of dollars"]
    assert "InsufficientLiquidity" in refused["lender of coins"]
    found = re.search(
        r"BelowInitialMargin: equity would be ([\d,]+), needed are ([\d,]+)",
        refused["stretched long"],
    )
    assert found is not None
    equity, needed = (int(text.replace(",", "")) for text in found.groups())
    assert 0 < equity < needed
    assert finished.session.counts["reverted"] == 0


def test_credit_samples_tell_how_it_went(finished: Finished) -> None:
    samples = finished.source.credit.samples
    assert [sample.seconds for sample in samples] == [Decimal(n) for n in range(1, STEPS + 1)]
    quote = [sample.pools[0] for sample in samples]
    assert quote[0].utilisation == 0
    highest = max(rates.utilisation for rates in quote)
    assert 85 * 10**16 < highest < 95 * 10**16
    # The one who repays leaves the pool emptier.
    assert quote[-1].utilisation < highest // 2
    # More is borrowed, more it costs.
    (at_highest,) = {rates.borrow_rate for rates in quote if rates.utilisation == highest}
    assert at_highest > 2 * quote[0].borrow_rate > 0
    for place, owing in enumerate((False, True, True)):
        owed = [sample.margins[place].owes for sample in samples]
        assert owed[0] is False
        assert any(owed)
        assert owed[-1] is owing


def test_credit_tables_tell_equity_and_debt_exactly(finished: Finished) -> None:
    report = borrower(finished, "stretched long")
    equity = Decimal(report.margin.equity_atoms).scaleb(-6)
    debt = Decimal(report.debt_atoms).scaleb(-6)
    lines = {line.split("  ")[0]: line for line in finished.printed.splitlines()}
    assert lines["equity"].endswith(f"{equity:,.6f}  ")
    assert f"{debt:,f}".rstrip("0").rstrip(".") + " USDM" in lines["debt"]
    states = ["state", "owes nothing", "may add risk", "may add risk"]
    assert re.split(r"  +", lines["state"].strip()) == states
