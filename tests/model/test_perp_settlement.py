"""Settlement: losers pay what they have, winners get what is there, and a shortfall is shared."""

from dataclasses import replace
from fractions import Fraction

import pytest

from tests.model.perps import (
    FEES,
    PERP_MARKET,
    TICK,
    assert_sound,
    cash_of,
    change,
    fund,
    leave_shortfall,
    make_perps,
    mark_word,
    move,
    open_pool,
    pool_word,
    position,
    tape_word,
    trade,
)
from tests.model.setting import MARKET
from worldmarkets.model import Exchange, balances, slots
from worldmarkets.model.errors import (
    BelowInitialMargin,
    InsufficientBalance,
    NotAccountOwner,
    UnknownAccount,
    UnknownMarket,
    UnsettledProfit,
)
from worldmarkets.model.events import FeesCollected, Settled
from worldmarkets.model.perp_words import Q24, MarkWord, PerpPoolWord, PositionWord
from worldmarkets.model.perps import funding, positions, settlement
from worldmarkets.model.words import LedgerWord, PoolTotalsWord, TapeWord

A, B, STRANGER = 0x11, 0x22, 0x77
DOLLAR = 10**6
"""Quote atoms."""


def scene(
    long: int = 1_000, short: int = 1_000, lots: int = 1_000, price: int = 2_100
) -> tuple[Exchange, int, int]:
    """A long that has won and a short that has lost a tenth of a dollar a lot."""
    exchange = make_perps()
    buyer, seller = fund(exchange, A, long), fund(exchange, B, short)
    trade(exchange, (A, buyer), (B, seller), lots)
    move(exchange, price)
    return exchange, buyer, seller


def unsettled(exchange: Exchange, account: int) -> int:
    return positions.unsettled_now(exchange.state, account, PERP_MARKET)


def test_settle_loss_then_profit_moves_all_and_says_so() -> None:
    exchange, buyer, seller = scene()
    assert exchange.settle(STRANGER, seller, PERP_MARKET) == -100 * DOLLAR
    assert exchange.events == [Settled(seller, PERP_MARKET, -100 * DOLLAR, 0, 900 * DOLLAR)]
    assert pool_word(exchange) == PerpPoolWord(100 * DOLLAR, 0, touched=1)
    assert_sound(exchange)
    assert exchange.settle(STRANGER, buyer, PERP_MARKET) == 100 * DOLLAR
    assert exchange.events == [Settled(buyer, PERP_MARKET, 100 * DOLLAR, 0, 1_100 * DOLLAR)]
    assert pool_word(exchange).cash == 0
    assert [unsettled(exchange, one) for one in (buyer, seller)] == [0, 0]
    assert position(exchange, buyer).size == 1_000
    assert_sound(exchange)
    before = dict(exchange.state.words)
    assert exchange.settle(STRANGER, buyer, PERP_MARKET) == 0
    assert exchange.events == []
    assert exchange.state.words == before


def test_settle_winner_with_an_empty_pool_gets_nothing_yet() -> None:
    exchange, buyer, _ = scene()
    before = unsettled(exchange, buyer)
    assert exchange.settle(STRANGER, buyer, PERP_MARKET) == 0
    assert exchange.events == [Settled(buyer, PERP_MARKET, 0, 0, 1_000 * DOLLAR)]
    assert unsettled(exchange, buyer) == before
    assert cash_of(exchange, buyer) == 1_000 * DOLLAR


def test_settle_loser_with_less_cash_than_loss_pays_what_he_has() -> None:
    exchange, buyer, seller = scene(short=150, price=2_200)
    assert exchange.settle(STRANGER, seller, PERP_MARKET) == -150 * DOLLAR
    assert cash_of(exchange, seller) == 0
    assert unsettled(exchange, seller) == -50 * DOLLAR * Q24 // 100
    assert exchange.settle(STRANGER, seller, PERP_MARKET) == 0
    assert exchange.settle(STRANGER, buyer, PERP_MARKET) == 150 * DOLLAR
    assert unsettled(exchange, buyer) == 50 * DOLLAR * Q24 // 100
    assert_sound(exchange)


def test_settle_rounds_against_the_account() -> None:
    exchange, buyer, seller = scene()
    for account, units in ((seller, -1), (buyer, 1)):
        word = position(exchange, account)
        off = unsettled(exchange, account) - units
        slot = slots.position(account, 1)
        change(exchange, PositionWord, slot, cash=word.cash - off)
    # A loss of less than an atom costs one, a profit of less is lost.
    assert exchange.settle(STRANGER, seller, PERP_MARKET) == -1
    assert exchange.settle(STRANGER, buyer, PERP_MARKET) == 0
    assert [unsettled(exchange, one) for one in (buyer, seller)] == [0, 0]
    assert pool_word(exchange).cash == 1


def test_settle_part_of_a_profit_rounds_units_up() -> None:
    exchange, buyer, seller = scene()
    change(exchange, PerpPoolWord, slots.perp_pool(PERP_MARKET), cash=7)
    before = unsettled(exchange, buyer)
    assert exchange.settle(STRANGER, buyer, PERP_MARKET) == 7
    assert before - unsettled(exchange, buyer) == 7 * Q24 // 100 + 1
    change(exchange, LedgerWord, slots.ledger(seller, 0), balance=7)
    before = unsettled(exchange, seller)
    assert exchange.settle(STRANGER, seller, PERP_MARKET) == -7
    assert unsettled(exchange, seller) - before == 7 * Q24 // 100


def test_settle_marks_the_funding_entry() -> None:
    exchange, buyer, _ = scene()
    change(exchange, MarkWord, slots.mark(PERP_MARKET), funding=7 << 40)
    assert exchange.settle(STRANGER, buyer, PERP_MARKET) == 0
    assert position(exchange, buyer).funding_entry == 7 << 10


def test_settle_what_is_not_there_changes_nothing() -> None:
    exchange, buyer, _ = scene()
    before = dict(exchange.state.words)
    for market in (MARKET, 514):
        with pytest.raises(UnknownMarket):
            exchange.settle(A, buyer, market)
        with pytest.raises(UnknownMarket):
            exchange.settle_on_credit(A, buyer, market)
    with pytest.raises(UnknownAccount):
        exchange.settle(A, 99, PERP_MARKET)
    with pytest.raises(UnknownAccount):
        exchange.settle_on_credit(A, 99, PERP_MARKET)
    assert exchange.state.words == before
    assert exchange.settle(A, fund(exchange, A, 1), PERP_MARKET) == 0
    assert exchange.events == []


# ---------------------------------------------------------------------- lent balances, credit


def test_settle_of_a_lent_balance_takes_what_the_pool_has() -> None:
    exchange, _, seller = scene()
    open_pool(exchange)
    exchange.set_lent(B, seller, 0, True)
    change(exchange, PoolTotalsWord, slots.pool_totals(0), cash=30 * DOLLAR)
    assert exchange.settle(STRANGER, seller, PERP_MARKET) == -30 * DOLLAR
    assert exchange.state.load(PoolTotalsWord, slots.pool_totals(0)).cash == 0
    assert exchange.settle(STRANGER, seller, PERP_MARKET) == 0
    assert balances.atoms_of(exchange.state, seller, 0) == 970 * DOLLAR


def test_settle_profit_repays_a_debt_first() -> None:
    exchange, buyer, seller = scene()
    open_pool(exchange)
    balances.add(exchange.state, buyer, 0, -1_040 * DOLLAR)
    exchange.settle(STRANGER, seller, PERP_MARKET)
    assert exchange.settle(STRANGER, buyer, PERP_MARKET) == 100 * DOLLAR
    assert balances.atoms_of(exchange.state, buyer, 0) == 60 * DOLLAR


def test_settle_on_credit_borrows_what_is_missing() -> None:
    exchange, _, seller = scene(short=200)
    open_pool(exchange)
    token = slots.ledger(seller, 1)
    change(exchange, LedgerWord, token, balance=10**8, touched=1)
    exchange.activate_asset(B, seller, 1)
    balances.add(exchange.state, seller, 0, -150 * DOLLAR)
    with pytest.raises(NotAccountOwner):
        exchange.settle_on_credit(STRANGER, seller, PERP_MARKET)
    assert exchange.settle_on_credit(B, seller, PERP_MARKET) == -100 * DOLLAR
    assert exchange.events == [Settled(seller, PERP_MARKET, -100 * DOLLAR, 0, -50 * DOLLAR)]
    assert unsettled(exchange, seller) == 0
    assert pool_word(exchange).cash == 100 * DOLLAR


def test_settle_on_credit_without_a_pool_or_margin_changes_nothing() -> None:
    exchange, _, seller = scene(short=150, price=2_160)
    before = dict(exchange.state.words)
    with pytest.raises(InsufficientBalance) as refused:
        exchange.settle_on_credit(B, seller, PERP_MARKET)
    assert refused.value.arguments == (seller, 0, -10 * DOLLAR, 0)
    assert exchange.state.words == before
    open_pool(exchange)
    before = dict(exchange.state.words)
    with pytest.raises(BelowInitialMargin) as short:
        exchange.settle_on_credit(B, seller, PERP_MARKET)
    assert short.value.arguments == (seller, -10 * DOLLAR, 1_404 * DOLLAR // 10)
    assert exchange.state.words == before
    assert exchange.events == []


def test_settle_on_credit_pays_no_more_than_the_exchange_ever_holds() -> None:
    exchange, _, seller = scene()
    market = replace(mark_word(exchange), tick_value=2**32 - 1)
    exchange.state.store(slots.mark(PERP_MARKET), market)
    change(exchange, PositionWord, slots.position(seller, 1), size=0, cash=-(2**95))
    event = settlement.settle_on_credit(exchange.state, B, seller, PERP_MARKET)
    assert event is not None
    assert event.atoms == -(2**79 - 1)
    assert pool_word(exchange).cash == 2**79 - 1
    left = (2**79 - 1) * Q24 // (2**32 - 1) - 2**95
    assert position(exchange, seller).cash == left


def test_settle_on_credit_of_a_profit_is_settle() -> None:
    exchange, buyer, seller = scene()
    exchange.settle(STRANGER, seller, PERP_MARKET)
    assert exchange.settle_on_credit(A, buyer, PERP_MARKET) == 100 * DOLLAR


def test_settle_on_credit_needs_settled_equity() -> None:
    """Profit of another perp, not settled yet, is nothing to borrow a loss of this one against."""
    exchange, _, seller = scene(short=150, price=2_160)
    open_pool(exchange)
    second = slots.position(seller, 2)
    change(exchange, MarkWord, slots.mark(514), tick_value=100)
    change(exchange, PositionWord, second, cash=10**9 * Q24)
    word = exchange.state.load_raw(slots.account(seller))
    exchange.state.store_raw(slots.account(seller), word | 1 << 212 + 2)
    price = exchange.state.load_raw(slots.underlying(1))
    exchange.state.store_raw(slots.underlying(2), price)
    before = dict(exchange.state.words)
    with pytest.raises(UnsettledProfit) as refused:
        exchange.settle_on_credit(B, seller, PERP_MARKET)
    assert refused.value.arguments == (seller, -10 * DOLLAR, 1_404 * DOLLAR // 10)
    assert exchange.state.words == before


# ---------------------------------------------------------------------- shortfall


def three_winners() -> tuple[Exchange, list[tuple[int, int]], int]:
    """Three longs have won 1,000, 600 and 400 dollars; the short pays 500, and 1,500 is missing."""
    exchange = make_perps()
    seller = fund(exchange, B, 1_500)
    winners = [(owner, fund(exchange, owner, 10_000)) for owner in (0x31, 0x32, 0x33)]
    for winner, lots in zip(winners, (5_000, 3_000, 2_000), strict=True):
        trade(exchange, winner, (B, seller), lots)
    change(exchange, LedgerWord, slots.ledger(seller, 0), balance=500 * DOLLAR)
    exchange.tokens[0xE3].balances[0xE0] -= 1_000 * 10**18
    move(exchange, 2_200)
    assert exchange.settle(STRANGER, seller, PERP_MARKET) == -500 * DOLLAR
    leave_shortfall(exchange, seller, 1_500 * DOLLAR)
    assert_sound(exchange)
    return exchange, winners, seller


def ratio(exchange: Exchange) -> Fraction:
    pool = pool_word(exchange)
    return Fraction(pool.cash, pool.cash + pool.shortfall)


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_shortfall_pays_everyone_the_same_share_whoever_comes_first(order: tuple[int, ...]) -> None:
    exchange, winners, _ = three_winners()
    profits = (1_000, 600, 400)
    for place in order[:2]:
        owner, account = winners[place]
        paid = profits[place] * DOLLAR // 4
        assert exchange.settle(owner, account, PERP_MARKET) == paid
        (event,) = exchange.events
        assert event == Settled(account, PERP_MARKET, paid, 3 * paid, 10_000 * DOLLAR + paid)
        assert ratio(exchange) == Fraction(1, 4)
        assert unsettled(exchange, account) == 0
        assert_sound(exchange)
    owner, account = winners[order[2]]
    assert exchange.settle(owner, account, PERP_MARKET) == profits[order[2]] * DOLLAR // 4
    pool = pool_word(exchange)
    assert (pool.cash, pool.shortfall) == (0, 0)
    assert_sound(exchange)


def test_shortfall_share_is_rounded_against_who_draws() -> None:
    exchange, winners, _ = three_winners()
    owner, account = winners[0]
    change(exchange, PerpPoolWord, slots.perp_pool(PERP_MARKET), cash=500 * DOLLAR - 1)
    before = ratio(exchange)
    assert exchange.settle(owner, account, PERP_MARKET) == 250 * DOLLAR - 1
    assert ratio(exchange) >= before


def test_shortfall_stranger_can_not_draw_for_others() -> None:
    exchange, winners, seller = three_winners()
    before = dict(exchange.state.words)
    for caller in (STRANGER, winners[1][0]):
        with pytest.raises(NotAccountOwner) as refused:
            exchange.settle(caller, winners[0][1], PERP_MARKET)
        assert refused.value.arguments == (winners[0][1], caller)
    assert exchange.state.words == before
    # A loss can be settled by anyone all the same.
    move(exchange, 2_210)
    exchange.settle(STRANGER, seller, PERP_MARKET)
    assert exchange.events[0].account_id == seller


def test_shortfall_who_waits_gains_as_fees_repay_it() -> None:
    exchange, winners, _ = three_winners()
    fees = 200 * DOLLAR
    change(exchange, TapeWord, slots.tape(PERP_MARKET), fees=fees)
    # The fees come out of positions' cash.
    word = position(exchange, winners[2][1])
    slot = slots.position(winners[2][1], 1)
    change(exchange, PositionWord, slot, cash=word.cash - fees * Q24 // 100)
    exchange.collect_fees(PERP_MARKET)
    assert exchange.events == [FeesCollected(PERP_MARKET, 0, 0)]
    assert pool_word(exchange) == PerpPoolWord(500 * DOLLAR, 1_300 * DOLLAR, touched=1)
    assert tape_word(exchange).fees == 0
    assert ratio(exchange) == Fraction(5, 18)
    assert_sound(exchange)


def test_fees_come_out_of_the_pool_as_far_as_it_has_them() -> None:
    exchange = make_perps(FEES)
    buyer, seller = fund(exchange, A, 1_000), fund(exchange, B, 1_000)
    trade(exchange, (A, buyer), (B, seller), 1_000)
    # 350 ppm of 2,000 dollars less a rebate of 100 ppm.
    assert tape_word(exchange).fees == 500_000
    exchange.collect_fees(PERP_MARKET)
    assert exchange.events == [FeesCollected(PERP_MARKET, 0, 0)]
    assert tape_word(exchange).fees == 500_000
    exchange.settle(STRANGER, buyer, PERP_MARKET)
    assert pool_word(exchange).cash == 700_000
    exchange.settle(STRANGER, seller, PERP_MARKET)
    assert pool_word(exchange).cash == 500_000
    change(exchange, TapeWord, slots.tape(PERP_MARKET), fees=500_001)
    exchange.collect_fees(PERP_MARKET)
    assert exchange.events == [FeesCollected(PERP_MARKET, 250_000, 250_000)]
    assert tape_word(exchange).fees == 1
    change(exchange, TapeWord, slots.tape(PERP_MARKET), fees=0)
    assert_sound(exchange)


def test_fees_repay_the_shortfall_first_and_the_rest_is_split() -> None:
    exchange, winners, _ = three_winners()
    change(exchange, PerpPoolWord, slots.perp_pool(PERP_MARKET), shortfall=3 * DOLLAR)
    change(exchange, TapeWord, slots.tape(PERP_MARKET), fees=4 * DOLLAR + 1)
    exchange.collect_fees(PERP_MARKET)
    # The insurance fund's half is rounded up.
    assert exchange.events == [FeesCollected(PERP_MARKET, 500_001, 500_000)]
    assert pool_word(exchange) == PerpPoolWord(499 * DOLLAR - 1, 0, touched=1)
    assert exchange.settle(STRANGER, winners[2][1], PERP_MARKET) == 400 * DOLLAR


def test_funding_settles_between_long_and_short_to_dust() -> None:
    exchange, buyer, seller = scene(price=2_000)
    now = exchange.time
    change(exchange, MarkWord, slots.mark(PERP_MARKET), rate=333_333, until=now + 300)
    exchange.time += 271
    index = funding.index_at(mark_word(exchange), exchange.time)
    due = 1_000 * index * 100
    assert due % Q24, "the rounding is looked at"
    assert exchange.settle(STRANGER, buyer, PERP_MARKET) == -(due // Q24) - 1
    assert exchange.settle(STRANGER, seller, PERP_MARKET) == due // Q24
    assert pool_word(exchange).cash == 1
    assert mark_word(exchange).mark == TICK * Q24
    assert_sound(exchange, 1)
