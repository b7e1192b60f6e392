"""Margin of perps: hedges, profit that is not settled yet, operators, previews."""

from dataclasses import replace

import pytest

from tests.model.perps import (
    FEES,
    LOT_ATOMS,
    PERP_MARKET,
    TICK,
    assert_sound,
    cash_of,
    change,
    fund,
    jump,
    make_perps,
    mark_word,
    move,
    open_pool,
    perp_order,
    position,
    reader_of,
    spot_order,
    trade,
)
from tests.model.setting import LISTER, MARKET, add_user, set_price
from tests.support.system import DOLLAR as DOLLAR_PRICE
from worldmarkets.atlas.arithmetic import divide_up
from worldmarkets.model import Exchange, Permission, Side, balances, slots
from worldmarkets.model import TimeInForce as Tif
from worldmarkets.model.errors import (
    BelowInitialMargin,
    InsufficientBalance,
    InvalidParameter,
    LossBudgetSpent,
    NotAccountOwner,
    OutflowLimitReached,
    PriceUnconfirmed,
    StalePrice,
    UnknownMarket,
    UnlistedAsset,
    UnsettledProfit,
)
from worldmarkets.model.interface import MarginChange, Removal
from worldmarkets.model.margin_invariants import check_fills, check_subadditivity, margin_of
from worldmarkets.model.perp_words import Q24, MarkWord
from worldmarkets.model.records import Removed
from worldmarkets.model.words import AccountWord, LedgerWord, UnderlyingWord

A, B, C, OPERATOR = 0x11, 0x22, 0x33, 0x44
DOLLAR = 10**6
"""Quote atoms."""
ATOM = 10**12
"""Token units in a quote atom."""
IOC = Tif.IMMEDIATE_OR_CANCEL
FOREVER = 2**64 - 1


@pytest.fixture
def exchange() -> Exchange:
    """With a pool of dollars, and somebody who quotes both markets at the index."""
    exchange = make_perps()
    open_pool(exchange)
    maker = add_user(exchange, B)
    exchange.place(B, maker, spot_order(Side.ASK, TICK + 1, 10_000))
    exchange.place(B, maker, spot_order(Side.BID, TICK - 1, 10_000))
    exchange.place(B, maker, perp_order(Side.ASK, TICK + 1, 10_000))
    exchange.place(B, maker, perp_order(Side.BID, TICK - 1, 10_000))
    return exchange


BUY_SPOT = spot_order(Side.BID, TICK + 1, 1_000, time_in_force=IOC)
SELL_SPOT = spot_order(Side.ASK, TICK - 1, 1_000, time_in_force=IOC)
SELL_PERP = perp_order(Side.ASK, TICK - 1, 1_000, time_in_force=IOC)
BUY_PERP = perp_order(Side.BID, TICK + 1, 1_000, time_in_force=IOC)


def withdraw(exchange: Exchange, owner: int, account: int, atoms: int) -> None:
    exchange.withdraw(owner, account, 0, atoms * ATOM, owner)


def winner(dollars: int = 1_000, price: int = 2_100) -> tuple[Exchange, int, int]:
    """A long of 1,000 lots that has won, nothing settled, and the short; a pool of dollars."""
    exchange = make_perps()
    open_pool(exchange)
    buyer, seller = fund(exchange, A, dollars), fund(exchange, C, 10_000)
    trade(exchange, (A, buyer), (C, seller), 1_000)
    move(exchange, price)
    return exchange, buyer, seller


# ---------------------------------------------------------------------- hedges


def test_basis_trade_on_credit_needs_little(exchange: Exchange) -> None:
    """Spot for 2,000 dollars, 1,900 of them borrowed, and a perp against it."""
    account = fund(exchange, A, 100)
    exchange.batch(A, account, [], [BUY_SPOT, SELL_PERP], FOREVER, True)
    margin, _ = exchange.preview_margin(account)
    # Half the basis and an exit of 0.5 % each, of both legs.
    assert margin.initial_atoms == 2 * 2_000 * DOLLAR // 100
    # A tick was lost on each leg, and 350 ppm of the notional of spot paid.
    fee = divide_up(1_000 * (TICK + 1) * 100 * 350, 10**6)
    assert margin.equity_atoms == margin.settled_atoms == 100 * DOLLAR - 2 * 100_000 - fee
    assert balances.atoms_of(exchange.state, account, 0) < -1_900 * DOLLAR
    jump(exchange, 2_200)
    moved, _ = exchange.preview_margin(account)
    # A second's interest.
    assert moved.equity_atoms == moved.settled_atoms == margin.equity_atoms - 1
    assert_sound(exchange)


@pytest.mark.parametrize("leg", [BUY_SPOT, SELL_PERP])
def test_basis_trade_one_leg_alone_is_refused(exchange: Exchange, leg: object) -> None:
    account = fund(exchange, A, 100)
    before = dict(exchange.state.words)
    with pytest.raises(BelowInitialMargin) as refused:
        exchange.batch(A, account, [], [leg], FOREVER, True)
    assert refused.value.arguments[2] == 130 * DOLLAR
    assert exchange.state.words == before
    assert exchange.events == []


@pytest.mark.parametrize("leg", [SELL_SPOT, BUY_PERP])
def test_closing_one_leg_of_a_hedge_is_refused(exchange: Exchange, leg: object) -> None:
    """MRG-5: reduce-only or not, what is left is naked."""
    account = fund(exchange, A, 100)
    exchange.batch(A, account, [], [BUY_SPOT, SELL_PERP], FOREVER, True)
    before = dict(exchange.state.words)
    for reduce_only in (False, True):
        with pytest.raises(BelowInitialMargin):
            exchange.place(A, account, replace(leg, reduce_only=reduce_only))
    assert exchange.state.words == before
    exchange.batch(A, account, [], [SELL_SPOT, BUY_PERP], FOREVER, True)
    assert position(exchange, account).size == 0
    assert balances.atoms_of(exchange.state, account, 1) == 0
    assert_sound(exchange)


def test_closing_one_leg_passes_where_it_de_risks(exchange: Exchange) -> None:
    """Of a hedge that is too large on one side, the part too large may be closed below R_init."""
    account = fund(exchange, A, 250)
    exchange.batch(A, account, [], [BUY_SPOT, SELL_PERP], FOREVER, True)
    exchange.place(A, account, replace(SELL_PERP, lots=1_000))
    balances.add(exchange.state, account, 0, -100 * DOLLAR)
    margin, _ = exchange.preview_margin(account)
    assert 0 <= margin.equity_atoms < margin.initial_atoms
    before = dict(exchange.state.words)
    with pytest.raises(BelowInitialMargin):
        exchange.place(A, account, replace(SELL_PERP, lots=1))
    with pytest.raises(BelowInitialMargin):
        exchange.place(A, account, replace(SELL_SPOT, lots=500))
    assert exchange.state.words == before
    exchange.place(A, account, replace(BUY_PERP, lots=500))
    assert position(exchange, account).size == -1_500


def test_reduce_only_rests_below_the_initial_requirement(exchange: Exchange) -> None:
    account = fund(exchange, A, 140)
    exchange.place(A, account, BUY_PERP)
    move(exchange, 1_950)
    margin, _ = exchange.preview_margin(account)
    assert margin.equity_atoms < margin.initial_atoms
    before = dict(exchange.state.words)
    with pytest.raises(BelowInitialMargin):
        exchange.place(A, account, perp_order(Side.ASK, TICK + 50, 500))
    assert exchange.state.words == before
    order = perp_order(Side.ASK, TICK + 50, 500, reduce_only=True)
    assert exchange.place(A, account, order).resting_lots == 500


# ---------------------------------------------------------------------- unsettled profit


def test_unsettled_profit_carries_perps_and_no_debt() -> None:
    """R7a: 100 dollars won and not settled are margin for more of the perp, not for a loan."""
    exchange, buyer, seller = winner(150)
    maker = add_user(exchange, B)
    margin, _ = exchange.preview_margin(buyer)
    assert (margin.equity_atoms, margin.settled_atoms) == (250 * DOLLAR, 150 * DOLLAR)
    trade(exchange, (A, buyer), (C, seller), 500, tick=21_000)
    assert position(exchange, buyer).size == 1_500
    # R_init is now 204.75 dollars, beyond what is settled.
    exchange.place(B, maker, spot_order(Side.ASK, 21_000, 1_000))
    before = dict(exchange.state.words)
    buy = spot_order(Side.BID, 21_000, 100, time_in_force=IOC)
    with pytest.raises(UnsettledProfit) as refused:
        exchange.place(A, buyer, buy)
    fee = 100 * 21_000 * 100 * 350 // 10**6
    required = 3_150 * DOLLAR * 65 // 1_000 + 210 * DOLLAR * 65 // 1_000
    # A debt is rounded up.
    assert refused.value.arguments == (buyer, 150 * DOLLAR - fee - 1, required)
    assert exchange.state.words == before
    exchange.settle(C, seller, PERP_MARKET)
    exchange.settle(A, buyer, PERP_MARKET)
    exchange.place(A, buyer, buy)
    assert balances.atoms_of(exchange.state, buyer, 1) == 100 * 100_000
    assert_sound(exchange)


def test_covered_spot_is_bought_with_unsettled_profit_beyond_it() -> None:
    """What cash covers raises no debt, so that it needs no more than the free band settled."""
    exchange, buyer, _ = winner(140)
    maker = add_user(exchange, B)
    exchange.place(B, maker, spot_order(Side.ASK, 21_000, 1_000))
    exchange.place(A, buyer, spot_order(Side.BID, 21_000, 60, time_in_force=IOC))
    margin, _ = exchange.preview_margin(buyer)
    assert margin.settled_atoms < margin.initial_atoms <= margin.equity_atoms
    assert cash_of(exchange, buyer) > 0


def test_execution_must_leave_something_settled() -> None:
    """Whoever has only unsettled profit could else lose it to an accomplice, again and again."""
    exchange, buyer, seller = winner(150, price=2_500)
    change(exchange, LedgerWord, slots.ledger(buyer, 0), balance=-1)
    exchange.place(C, seller, perp_order(Side.ASK, 25_000, 100))
    before = dict(exchange.state.words)
    with pytest.raises(UnsettledProfit) as refused:
        exchange.place(A, buyer, perp_order(Side.BID, 25_000, 100, time_in_force=IOC))
    # A share of the debt is a little more than an atom.
    margin, _ = exchange.preview_margin(buyer)
    assert refused.value.arguments[:2] == (buyer, -2)
    # Beside a debt all that is required must be settled.
    assert refused.value.arguments[2] > margin.initial_atoms
    assert exchange.state.words == before
    # Less risk may be had all the same, as what is settled does not fall.
    exchange.place(C, seller, perp_order(Side.BID, 24_999, 100))
    exchange.place(A, buyer, perp_order(Side.ASK, 24_999, 100, time_in_force=IOC))
    assert position(exchange, buyer).size == 900


@pytest.mark.parametrize(("owes", "stays"), [(0, True), (1, False)])
def test_maker_who_owes_keeps_his_order_by_what_is_settled(owes: int, stays: bool) -> None:
    """Beyond the free band; profit that is not settled yet covers a fill only without a debt."""
    exchange, buyer, seller = winner(150, price=2_150)
    resting = exchange.place(A, buyer, perp_order(Side.BID, 21_500, 100)).order_id
    balances.add(exchange.state, buyer, 0, -(150 * DOLLAR + owes))
    move(exchange, 2_130)
    margin, _ = exchange.preview_margin(buyer)
    assert margin.equity_atoms >= 129 * DOLLAR
    order = perp_order(Side.ASK, 21_500, 100, time_in_force=IOC)
    filled = exchange.place(C, seller, order).filled_lots
    assert filled == (100 if stays else 0)
    if not stays:
        (removed,) = exchange.events[0].records
        assert removed == Removed(resting, 100, buyer, Removal.BELOW_MARGIN)


def test_de_risking_must_not_make_a_hole_in_what_is_settled() -> None:
    """Profit of one market must not pay for a loss, to somebody else, in another."""
    exchange, buyer, seller = winner(150, price=2_500)
    maker = add_user(exchange, B)
    exchange.place(A, buyer, perp_order(Side.BID, 24_000, 1))
    change(exchange, LedgerWord, slots.ledger(buyer, 1), balance=10**8, touched=1)
    exchange.activate_asset(A, buyer, 1)
    balances.add(exchange.state, buyer, 0, -(150 + 2_499) * DOLLAR)
    margin, _ = exchange.preview_margin(buyer)
    assert (margin.settled_atoms, margin.equity_atoms) == (DOLLAR - 1, 501 * DOLLAR - 1)
    exchange.place(B, maker, spot_order(Side.BID, 24_900, 1_000))
    before = dict(exchange.state.words)
    with pytest.raises(UnsettledProfit):
        # Ten dollars less than the price: more than is settled.
        exchange.place(A, buyer, spot_order(Side.ASK, 24_900, 1_000, time_in_force=IOC))
    assert exchange.state.words == before
    assert position(exchange, seller).size == -1_000


def test_what_leaves_must_leave_the_requirement_settled() -> None:
    exchange, buyer, _ = winner()
    change(exchange, UnderlyingWord, slots.underlying(1), slow_price=21 * 10**12)
    required = 2_100 * DOLLAR * 65 // 1_000
    room = 1_000 * DOLLAR - required
    before = dict(exchange.state.words)
    for action in (
        lambda: withdraw(exchange, A, buyer, room + 1),
        lambda: exchange.transfer(A, buyer, 3, 0, room + 1),
    ):
        with pytest.raises(UnsettledProfit) as refused:
            action()
        assert refused.value.arguments == (buyer, required - 1, required)
        assert exchange.state.words == before
    with pytest.raises(BelowInitialMargin):
        withdraw(exchange, A, buyer, 1_000 * DOLLAR)
    assert exchange.state.words == before
    withdraw(exchange, A, buyer, room)


def test_what_leaves_is_judged_at_the_slow_price_too() -> None:
    """At the slow price of 2,000 dollars the profit of 100 is not there, and less is required."""
    exchange, _, seller = winner()
    change(exchange, UnderlyingWord, slots.underlying(1), slow_price=25 * 10**12)
    # At 2,500 the short has lost 500, and needs 6.5 % of 2,500.
    required = 2_500 * DOLLAR * 65 // 1_000
    room = 10_000 * DOLLAR - 500 * DOLLAR - required
    before = dict(exchange.state.words)
    with pytest.raises(BelowInitialMargin) as refused:
        exchange.transfer(C, seller, 3, 0, room + 1)
    assert refused.value.arguments == (seller, required - 1, required)
    assert exchange.state.words == before


def test_bare_account_is_one_without_anything_of_a_perp() -> None:
    """What is deposited long ago leaves uncounted, unless there is a position."""
    exchange = make_perps()
    account, other = fund(exchange, A, 1_000), fund(exchange, C, 1_000)
    exchange.time += 3 * 86_400
    set_price(exchange, 2_000 * DOLLAR_PRICE)
    exchange.set_outflow_limit(LISTER, 0, 0)
    order = perp_order(Side.BID, TICK - 500, 1)
    resting = exchange.place(A, account, order).order_id
    before = dict(exchange.state.words)
    with pytest.raises(OutflowLimitReached):
        withdraw(exchange, A, account, DOLLAR)
    assert exchange.state.words == before
    exchange.cancel(A, account, resting)
    withdraw(exchange, A, account, DOLLAR)
    trade(exchange, (A, account), (C, other), 1)
    trade(exchange, (C, other), (A, account), 1, tick=TICK + 1)
    assert position(exchange, account).size == 0
    assert position(exchange, account).cash != 0
    with pytest.raises(OutflowLimitReached):
        withdraw(exchange, A, account, DOLLAR)
    exchange.settle(C, other, PERP_MARKET)
    exchange.settle(A, account, PERP_MARKET)
    withdraw(exchange, A, account, DOLLAR)


def test_mango_profit_of_a_pumped_price_can_not_be_borrowed_against() -> None:
    """MRG-1: one hand sells to the other, the price is pumped, the paper profit is to be lent out.

    What both get out is no more than they brought.
    """
    exchange = make_perps()
    open_pool(exchange)
    victim = add_user(exchange, 0x55, dollars=10**6)
    buyer, seller = fund(exchange, A, 5_000), fund(exchange, C, 5_000)
    trade(exchange, (A, buyer), (C, seller), 20_000)
    for price in (2_190, 2_400, 2_600, 2_850, 3_100, 3_400, 3_700, 4_000):
        move(exchange, price)
    margin, _ = exchange.preview_margin(buyer)
    assert margin.equity_atoms > 40_000 * DOLLAR
    assert margin.settled_atoms == 5_000 * DOLLAR
    required = margin.initial_atoms
    before = dict(exchange.state.words)
    attempts = (
        lambda: exchange.borrow(A, buyer, 0, 10_000 * DOLLAR * ATOM, A),
        lambda: exchange.transfer(A, buyer, fund_id, 0, 1),
        lambda: withdraw(exchange, A, buyer, 1),
    )
    fund_id = seller
    for attempt in attempts:
        with pytest.raises((UnsettledProfit, NotAccountOwner)) as refused:
            attempt()
        assert isinstance(refused.value, UnsettledProfit)
        assert refused.value.arguments[2] >= required
        assert exchange.state.words == before
    assert exchange.settle(A, buyer, PERP_MARKET) == 0
    assert exchange.settle(A, seller, PERP_MARKET) == -5_000 * DOLLAR
    assert exchange.settle(A, buyer, PERP_MARKET) == 5_000 * DOLLAR
    assert cash_of(exchange, buyer) + cash_of(exchange, seller) == 10_000 * DOLLAR
    assert cash_of(exchange, victim) == 10**6 * DOLLAR
    with pytest.raises(UnsettledProfit):
        exchange.borrow(A, buyer, 0, 10_001 * DOLLAR * ATOM, A)
    assert_sound(exchange)


# ---------------------------------------------------------------------- operators


def with_operator(exchange: Exchange, permissions: Permission) -> int:
    account = fund(exchange, A, 300)
    exchange.set_operator(A, account, OPERATOR, permissions, 2**32 - 1, 10**12)
    return account


def test_operator_who_may_not_borrow_trades_perps(exchange: Exchange) -> None:
    account = with_operator(exchange, Permission.PLACE)
    assert exchange.place(OPERATOR, account, SELL_PERP).filled_lots == 1_000
    before = dict(exchange.state.words)
    # 300 dollars buy 149 lots of spot.
    with pytest.raises(InsufficientBalance) as refused:
        exchange.place(OPERATOR, account, BUY_SPOT)
    assert refused.value.arguments[:2] == (account, 0)
    # More of the perp needs margin, as for everyone.
    with pytest.raises(BelowInitialMargin):
        exchange.place(OPERATOR, account, replace(SELL_PERP, lots=2_000))
    assert exchange.state.words == before
    assert exchange.place(OPERATOR, account, replace(BUY_SPOT, lots=100)).filled_lots == 100
    assert_sound(exchange)


def test_operator_who_may_borrow_makes_the_basis_trade(exchange: Exchange) -> None:
    account = with_operator(exchange, Permission.PLACE | Permission.LEND)
    exchange.batch(OPERATOR, account, [], [BUY_SPOT, SELL_PERP], FOREVER, True)
    assert balances.atoms_of(exchange.state, account, 0) < 0


def test_operator_de_risks_only_what_is_covered(exchange: Exchange) -> None:
    account = with_operator(exchange, Permission.PLACE)
    exchange.place(A, account, BUY_PERP)
    change(exchange, LedgerWord, slots.ledger(account, 0), balance=-1)
    close = perp_order(Side.ASK, TICK - 1, 1_000, time_in_force=IOC)
    before = dict(exchange.state.words)
    with pytest.raises(InsufficientBalance):
        exchange.place(OPERATOR, account, close)
    assert exchange.state.words == before


def test_operator_takes_out_only_what_leaves_the_requirement(exchange: Exchange) -> None:
    account = with_operator(exchange, Permission.TRANSFER)
    target = fund(exchange, A, 1)
    exchange.place(A, account, SELL_PERP)
    before = dict(exchange.state.words)
    with pytest.raises(BelowInitialMargin):
        exchange.transfer(OPERATOR, account, target, 0, 200 * DOLLAR)
    assert exchange.state.words == before
    exchange.transfer(OPERATOR, account, target, 0, 100 * DOLLAR)


def test_operator_loses_no_more_than_the_budget_of_the_day() -> None:
    exchange = make_perps()
    account, other = fund(exchange, A, 1_000), fund(exchange, C, 1_000)
    exchange.set_operator(A, account, OPERATOR, Permission.PLACE, 2**32 - 1, DOLLAR)
    exchange.place(C, other, perp_order(Side.ASK, TICK + 200, 100))
    order = perp_order(Side.BID, TICK + 200, 100, time_in_force=IOC)
    before = dict(exchange.state.words)
    with pytest.raises(LossBudgetSpent) as refused:
        exchange.place(OPERATOR, account, order)
    # The mark is known to half a tick.
    assert refused.value.arguments == (account, 0, 100 * 200 * 100 + 100 * 50, DOLLAR)
    assert exchange.state.words == before
    assert exchange.place(OPERATOR, account, replace(order, lots=49)).filled_lots == 49


# ---------------------------------------------------------------------- prices and previews


def test_price_that_is_old_or_waits_lets_nothing_grow(exchange: Exchange) -> None:
    open_pool(exchange, 1)
    account = fund(exchange, A, 1_000)
    exchange.place(A, account, BUY_PERP)
    exchange.time += 61
    before = dict(exchange.state.words)
    with pytest.raises(StalePrice):
        exchange.place(A, account, replace(BUY_PERP, lots=1))
    assert exchange.state.words == before
    change(exchange, UnderlyingWord, slots.underlying(1), time=exchange.time, unconfirmed=1)
    before = dict(exchange.state.words)
    with pytest.raises(PriceUnconfirmed):
        exchange.place(A, account, replace(BUY_PERP, lots=1))
    # Half as much of the other sign, or a hedge, would be less risk, and a leg that is new.
    with pytest.raises(PriceUnconfirmed):
        exchange.place(A, account, replace(SELL_PERP, lots=1_500))
    change_spot = replace(SELL_SPOT, lots=10)
    with pytest.raises(PriceUnconfirmed):
        exchange.place(A, account, change_spot)
    assert exchange.state.words == before
    assert exchange.place(A, account, replace(SELL_PERP, lots=900)).filled_lots == 900


def test_margin_of_orders_and_positions_is_rounded_outward() -> None:
    """With a mark between ticks a short is worth a little less, and its orders a little more."""
    exchange = make_perps()
    buyer, seller = fund(exchange, A, 1_000), fund(exchange, C, 1_000)
    trade(exchange, (A, buyer), (C, seller), 3)
    change(exchange, MarkWord, slots.mark(PERP_MARKET), mark=TICK * Q24 + 1)
    exchange.place(A, buyer, perp_order(Side.BID, TICK - 500, 5))
    margin, _ = exchange.preview_margin(buyer)
    assert margin.equity_atoms == 1_000 * DOLLAR
    # 8 lots rounded up to a whole atom need 6.5 %, 5 lots half a percent.
    worth, resting = 8 * LOT_ATOMS + 1, 5 * LOT_ATOMS + 1
    required = divide_up(worth * 65, 1_000) + divide_up(resting * 5, 1_000)
    assert margin.initial_atoms == required
    # Without orders: three lots, rounded up; an exit of 0.5 % and 60 % of a shock of 6 %.
    assert margin.maintenance_atoms == divide_up((3 * LOT_ATOMS + 1) * 41, 1_000)
    short, _ = exchange.preview_margin(seller)
    assert short.equity_atoms == 1_000 * DOLLAR - 1
    assert short.maintenance_atoms == divide_up((3 * LOT_ATOMS + 1) * 41, 1_000)


def test_preview_of_a_perp_trade_is_the_trade_at_the_mark() -> None:
    exchange = make_perps()
    account, other = fund(exchange, A, 1_000), fund(exchange, C, 1_000)
    change(exchange, MarkWord, slots.mark(PERP_MARKET), funding=77 << 40)
    current, changed = exchange.preview_margin(account, [MarginChange(PERP_MARKET, 1_000)])
    assert (current.is_paid, changed.is_paid) == (True, False)
    assert changed.equity_atoms == changed.settled_atoms == 1_000 * DOLLAR
    assert changed.initial_atoms == 130 * DOLLAR
    trade(exchange, (A, account), (C, other), 1_000)
    assert exchange.preview_margin(account)[0] == changed
    orders = [MarginChange(PERP_MARKET, 0, 10, 2_000, 1_000)]
    _, ordered = exchange.preview_margin(account, orders)
    # The worst of 1,010 lots long and 1,000 short; 1,010 lots of orders may add risk.
    assert ordered.initial_atoms == 2_020 * DOLLAR * 70 // 1_000
    for wrong, parameter in (
        (MarginChange(PERP_MARKET, 2**96), 1),
        (MarginChange(PERP_MARKET, 0, 0, 2**96 + 1), 1),
        (MarginChange(PERP_MARKET, 0, -1), 1),
        (MarginChange(PERP_MARKET, 0, 1, 1, 3), 1),
    ):
        with pytest.raises(InvalidParameter) as refused:
            exchange.preview_margin(account, [wrong])
        assert refused.value.arguments == (b"changes".ljust(32, b"\0"), parameter)
    with pytest.raises(UnknownMarket):
        exchange.preview_margin(account, [MarginChange(514, 1)])
    with pytest.raises(UnlistedAsset):
        exchange.preview_margin(account, [MarginChange(MARKET, 1)])


def test_account_that_uses_a_perp_is_never_paid() -> None:
    exchange = make_perps()
    account = fund(exchange, A, 1_000)
    assert exchange.preview_margin(account)[0].is_paid
    order = exchange.place(A, account, perp_order(Side.BID, TICK, 1)).order_id
    exchange.cancel(A, account, order)
    assert not exchange.preview_margin(account)[0].is_paid
    exchange.deactivate_market(A, account, PERP_MARKET)
    assert exchange.preview_margin(account)[0].is_paid
    assert exchange.state.load(AccountWord, slots.account(account)).perps == 0


def test_invariants_of_margin_hold_for_hedges_and_orders(exchange: Exchange) -> None:
    hedged, naked = fund(exchange, A, 300), fund(exchange, C, 300)
    exchange.batch(A, hedged, [], [BUY_SPOT, SELL_PERP], FOREVER, True)
    exchange.place(C, naked, replace(BUY_PERP, lots=777))
    exchange.place(A, hedged, perp_order(Side.ASK, TICK + 300, 100))
    exchange.place(C, naked, perp_order(Side.ASK, TICK + 300, 1_000))
    change(exchange, MarkWord, slots.mark(PERP_MARKET), mark=mark_word(exchange).mark + 12_345)
    reader, accounts = reader_of(exchange), [hedged, naked]
    assert check_subadditivity(reader, accounts) == []
    assert check_fills(reader, accounts) == []
    assert margin_of(reader, hedged) == exchange.preview_margin(hedged)[0]


def test_fees_of_a_perp_come_out_of_its_cash() -> None:
    exchange = make_perps(FEES)
    buyer, seller = fund(exchange, A, 1_000), fund(exchange, C, 1_000)
    trade(exchange, (A, buyer), (C, seller), 1_000)
    margin, _ = exchange.preview_margin(buyer)
    assert margin.equity_atoms == margin.settled_atoms == 1_000 * DOLLAR - 700_000
    margin, _ = exchange.preview_margin(seller)
    assert margin.equity_atoms - margin.settled_atoms == 200_000
    assert cash_of(exchange, buyer) == cash_of(exchange, seller) == 1_000 * DOLLAR
