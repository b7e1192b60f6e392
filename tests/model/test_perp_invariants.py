"""SOLV-1, SOLV-2, BOOK-4, FUND-1 and use of perps, and what must make each of them fail."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.model.perps import (
    FEES,
    PERP_MARKET,
    TICK,
    accounts_of,
    assert_sound,
    change,
    fund,
    make_perps,
    move,
    open_pool,
    perp_order,
    position,
    reader_of,
    reader_words,
    trade,
)
from tests.model.setting import EXCHANGE, MARKET, QUOTE, WETH
from worldmarkets.model import Exchange, Side, balances, slots
from worldmarkets.model.invariants import audit, check_risk
from worldmarkets.model.perp_words import Q24, PerpPoolWord, PositionWord
from worldmarkets.model.perps.invariants import PerpSums, check_positions, perp_sums
from worldmarkets.model.words import AccountWord, TapeWord

A, B = 0x11, 0x22


@pytest.fixture
def exchange() -> Exchange:
    exchange = make_perps(FEES)
    buyer, seller = fund(exchange, A, 1_000), fund(exchange, B, 1_000)
    trade(exchange, (A, buyer), (B, seller), 1_000)
    exchange.place(A, buyer, perp_order(Side.BID, TICK - 9, 10))
    move(exchange, 2_050)
    exchange.settle(B, seller, PERP_MARKET)
    exchange.poke_markets([PERP_MARKET])
    return exchange


def found(exchange: Exchange) -> list[str]:
    held = {
        asset: exchange.tokens[token].balance_of(EXCHANGE)
        for asset, token in enumerate((QUOTE, WETH))
    }
    markets = [MARKET, PERP_MARKET]
    accounts = accounts_of(exchange)
    findings = audit(reader_words(exchange), markets, accounts, held, time=exchange.time)
    return sorted({finding.invariant for finding in findings})


BUYER = 3
POSITION = slots.position(BUYER, 1)


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (lambda e: change(e, PositionWord, POSITION, size=999), ["FUND-1", "SOLV-2"]),
        (lambda e: change(e, PositionWord, POSITION, open_bids=9), ["BOOK-4"]),
        (lambda e: change(e, PositionWord, POSITION, open_asks=1), ["BOOK-4"]),
        (lambda e: change(e, PositionWord, POSITION, cash=0), ["SOLV-2"]),
        (lambda e: change(e, TapeWord, slots.tape(PERP_MARKET), open_interest=999), ["SOLV-2"]),
        (lambda e: change(e, TapeWord, slots.tape(PERP_MARKET), fees=10**9), ["SOLV-2"]),
        (
            lambda e: change(e, PerpPoolWord, slots.perp_pool(PERP_MARKET), cash=0),
            ["SOLV-1", "SOLV-2"],
        ),
        (lambda e: change(e, AccountWord, slots.account(BUYER), perps=0), ["RISK-1"]),
    ],
)
def test_audit_faulty_word_of_a_perp_is_found(
    exchange: Exchange, fault: Callable[[Exchange], object], expected: list[str]
) -> None:
    assert found(exchange) == []
    fault(exchange)
    assert found(exchange) == expected


def test_check_positions_each_unit_missing_and_too_much_dust_are_found(exchange: Exchange) -> None:
    assert_sound(exchange, 3)
    sums = perp_sums(reader_of(exchange), PERP_MARKET, accounts_of(exchange))
    most = 4 * (Q24 + 100)
    assert 0 <= sums.dust < most == sums.most_dust(3)
    for dust, faults in ((0, 0), (-1, 1), (most - 1, 0), (most, 1)):
        findings = check_positions(replace(sums, dust=dust), 3)
        assert [finding.invariant for finding in findings] == ["SOLV-2"] * faults
    assert check_positions(PerpSums(PERP_MARKET, 0, 5, 5, 10**30, 100)) == []


def test_check_risk_of_debt_asks_for_what_is_settled(exchange: Exchange) -> None:
    """With 49 dollars won and less than what is required of the rest, debt is found too large."""
    open_pool(exchange)
    assert check_risk(reader_of(exchange), BUYER) == []
    balances.add(exchange.state, BUYER, 0, -900 * 10**6)
    margin, _ = exchange.preview_margin(BUYER)
    assert margin.settled_atoms < margin.initial_atoms < margin.equity_atoms
    # What is there covers all spot orders, so that there is no debt.
    assert check_risk(reader_of(exchange), BUYER) == []
    change(exchange, PositionWord, POSITION, cash=position(exchange, BUYER).cash + 2 * 10**8 * Q24)
    balances.add(exchange.state, BUYER, 0, -100 * 10**6 - 1)
    (finding,) = check_risk(reader_of(exchange), BUYER)
    assert (finding.invariant, finding.text[:15]) == ("RISK-1", "UnsettledProfit")
