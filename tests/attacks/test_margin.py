"""MRG-2 and whatever else would carry away more than margin allows: trades with oneself far from
the mark, batches, sub-accounts, operators, native tokens, actions that only seem to lower risk."""

from contextlib import suppress
from dataclasses import replace

import pytest

from tests.support.abi import Reverted
from tests.support.lending import (
    BORROWER,
    BTC_RISK,
    LENT_CASH,
    WIDE_POOL,
    LendingScene,
)
from tests.support.scene import (
    DOLLARS,
    ETH_UNIT,
    IOC,
    LOT,
    OPERATOR,
    STRANGER,
    UNIT,
    fee_up,
    notional,
    order,
)
from tests.support.soundness import refused
from tests.support.system import ADMIN, BTC_MARKET, ETH_MARKET, NATIVE, UNLIMITED, Tif
from worldmarkets.model.interface import (
    Margin,
    MarginChange,
    OrderRequest,
    Permission,
    Side,
)

TEN_ETH = notional(10_000, 20_000)
ACCOMPLICE = STRANGER


@pytest.fixture
def accomplice(lending: LendingScene) -> int:
    """A second account of the attacker, under another address, with plenty of everything."""
    return lending.new_account(ACCOMPLICE, 10**6 * DOLLARS, 100_000)


def with_equity(lending: LendingScene, equity_atoms: int) -> int:
    """An account that is long 10 ETH and has this equity."""
    account = lending.long(BORROWER, 3_000 * DOLLARS, 10_000)
    lending.set_equity(account, equity_atoms)
    return account


# --------------------------------------------------------------- MRG-2

EQUITIES = [2_500, 1_100, 1_000, 999, 640, 639, 100, 1, 0, -1, -200]
"""Of a position of 20,000 dollars: initial 1,000, maintenance 640."""
PRICES = [19_000, 19_500, 19_899, 20_000, 20_101, 20_500, 21_000]
"""Ticks, at the limits of the band, in it, and at those of the free band."""


def allowed(before: Margin, after: Margin) -> bool:
    """The rule for whoever places an order: initial margin after it, or less risk by it."""
    if after.is_paid or after.equity_atoms >= after.initial_atoms:
        return True
    if after.initial_atoms >= before.initial_atoms:
        return False
    if before.equity_atoms < 0:
        return after.equity_atoms >= before.equity_atoms
    covered = after.equity_atoms * before.initial_atoms
    return after.equity_atoms >= 0 and covered >= before.equity_atoms * after.initial_atoms


@pytest.mark.parametrize("equity", EQUITIES)
@pytest.mark.parametrize("tick", PRICES)
@pytest.mark.parametrize("side", [Side.BID, Side.ASK])
def test_mrg_2_crossing_with_an_accomplice_as_taker_passes_by_the_rule_alone(
    lending: LendingScene, accomplice: int, equity: int, tick: int, side: Side
) -> None:
    """Every health state, every place in the band: what goes to the accomplice never makes a hole,
    nor a larger one."""
    account = with_equity(lending, equity * DOLLARS)
    other = Side.ASK if side == Side.BID else Side.BID
    lending.system.place(accomplice, ETH_MARKET, other, *inside(lending, other, tick), 1_000)
    before = lending.margin(account)
    sign = 1 if side == Side.BID else -1
    quote = -sign * notional(1_000, tick) - fee_up(notional(1_000, tick), 350)
    after = lending.margin(account, MarginChange(1, sign * 1_000 * LOT), MarginChange(0, quote))
    try:
        filled = lending.system.place(account, ETH_MARKET, side, tick, 1_000, IOC).filled_lots
    except Reverted as error:
        filled = -1
        assert error.name == "BelowInitialMargin"  # noqa: PT017
    assert filled == (1_000 if allowed(before, after) else -1)
    if filled > 0:
        now = lending.margin(account)
        assert now == after
        assert now.equity_atoms >= min(0, before.equity_atoms)


def inside(lending: LendingScene, side: Side, tick: int) -> tuple[int]:
    """The tick, where the band lets an order of the side rest."""
    book = lending.book()
    if side == Side.BID:
        return (min(tick, book.highest_bid),)
    return (max(tick, book.lowest_ask),)


@pytest.mark.parametrize("equity", EQUITIES)
@pytest.mark.parametrize(("tick", "side"), [(20_500, Side.BID), (19_500, Side.ASK)])
def test_mrg_2_crossing_beyond_the_free_band_as_maker_keeps_maintenance_or_lowers_risk(
    lending: LendingScene, accomplice: int, equity: int, tick: int, side: Side
) -> None:
    account = lending.long(BORROWER, 3_000 * DOLLARS, 10_000)
    lending.system.place(account, ETH_MARKET, side, tick, 1_000)
    lending.set_equity(account, equity * DOLLARS)
    before = lending.margin(account)
    other = Side.ASK if side == Side.BID else Side.BID
    filled = lending.system.place(accomplice, ETH_MARKET, other, tick, 1_000, IOC).filled_lots
    after = lending.margin(account)
    if filled:
        keeps = after.equity_atoms >= after.maintenance_atoms
        assert keeps or allowed(before, after)
        assert after.equity_atoms >= min(0, before.equity_atoms)
    else:
        assert after.equity_atoms == before.equity_atoms
        assert lending.ledger(account, 1).open_bids == 0
        assert lending.ledger(account, 1).open_asks == 0
    if equity >= 1_000:
        assert filled == 1_000
    if equity <= 0:
        assert filled == 0


def test_mrg_2_crossing_back_and_forth_leaves_both_with_what_they_had_less_fees(
    lending: LendingScene, accomplice: int
) -> None:
    """Sum of equities of all who traded, over every trade: only fees go."""
    account = lending.long(BORROWER, 3_000 * DOLLARS, 10_000)
    total = sum(lending.margin(each).equity_atoms for each in (account, accomplice))
    fees = 0
    for tick in (20_400, 19_600, 20_400, 19_600):
        side = Side.BID if tick > 20_000 else Side.ASK
        other = Side.ASK if side == Side.BID else Side.BID
        lending.system.place(accomplice, ETH_MARKET, other, tick, 1_000)
        lending.system.place(account, ETH_MARKET, side, tick, 1_000, IOC)
        worth = notional(1_000, tick)
        fees += fee_up(worth, 350) + fee_up(worth, -100)
    assert sum(lending.margin(each).equity_atoms for each in (account, accomplice)) == total - fees
    assert lending.margin(account).free_atoms >= 0


def test_mrg_2_losing_trades_carry_away_no_more_than_free_collateral(
    lending: LendingScene, accomplice: int
) -> None:
    """Buying 4.5 % above the mark from the accomplice until nothing goes any more: what he got
    beyond the mark is at most what was free."""
    account = lending.new_account(BORROWER, 1_000 * DOLLARS)
    lending.ask(accomplice, 20_900, 100_000)
    carried = 0
    for lots in (4_096, 2_048, 1_024, 512, 256, 128, 64, 32, 16, 8, 4, 2, 1):
        with suppress(Reverted):
            carried += lending.bid(account, 20_900, lots, IOC).filled_lots
    assert carried > 0
    gained = notional(carried, 900)
    assert gained <= 1_000 * DOLLARS - notional(carried, 20_000) * 5 // 100
    assert lending.margin(account).free_atoms >= 0


# --------------------------------------------------------------- batches


def test_batch_cannot_hide_a_loss_behind_a_gain_in_another_market(
    lending: LendingScene, accomplice: int
) -> None:
    """A batch that lowers risk in one market and gives money away in another is judged whole."""
    system = lending.system
    account = with_equity(lending, 500 * DOLLARS)
    system.fund(accomplice, 2, 10**8)
    system.place(accomplice, BTC_MARKET, Side.ASK, 61_500, 2_000)
    lending.bid(accomplice, 20_000, 1_000)
    orders = [
        order(Side.ASK, 20_000, 1_000, IOC),
        OrderRequest(BTC_MARKET, Side.BID, 61_500, 2_000, IOC),
    ]
    # Alone the first passes.
    snapshot = system.backend.snapshot()
    assert lending.ask(account, 20_000, 1_000, IOC).filled_lots == 1_000
    system.backend.revert(snapshot)
    sold = notional(1_000, 20_000)
    bought = 2_000 * 61_500 * 10
    equity = 500 * DOLLARS - fee_up(sold, 350) - fee_up(bought, 350) - 2_000 * 1_500 * 10
    required = (18_000 * DOLLARS * 500 + 1_200 * DOLLARS * 450) // 10_000
    # Less is required than before, 954 for 1,000 dollars, but it is covered worse.
    assert equity * 1_000 * DOLLARS < 500 * DOLLARS * required
    with refused(system, "BelowInitialMargin", account, equity, required):
        system.batch(account, (), orders)


def test_batch_of_a_cancel_and_a_place_is_judged_after_the_cancel(
    lending: LendingScene, accomplice: int
) -> None:
    """Cancelling frees margin, but is no lowering of risk by the order that follows."""
    system = lending.system
    account = lending.long(BORROWER, 3_000 * DOLLARS, 10_000)
    made = lending.bid(account, 19_000, 10_000).order_id
    lending.set_equity(account, 500 * DOLLARS)
    lending.ask(accomplice, 20_000, 100)
    with pytest.raises(Reverted, match="BelowInitialMargin"):
        system.batch(account, [made], [order(Side.BID, 20_000, 100, IOC)])
    assert lending.ledger(account, 1).open_bids == 10_000 * LOT
    system.batch(account, [made])
    assert lending.ledger(account, 1).open_bids == 0


def test_amend_to_a_larger_order_is_judged_after_the_cancel(lending: LendingScene) -> None:
    account = lending.long(BORROWER, 3_000 * DOLLARS, 10_000)
    made = lending.bid(account, 19_000, 10_000).order_id
    lending.set_equity(account, 500 * DOLLARS)
    for lots in (9_000, 11_000):
        with pytest.raises(Reverted, match="BelowInitialMargin"):
            lending.system.amend(account, made, order(Side.BID, 19_001, lots))
    lending.system.amend(account, made, order(Side.BID, 19_000, 9_000))
    assert lending.ledger(account, 1).open_bids == 9_000 * LOT


def test_batch_of_many_orders_counts_the_debt_of_all(lending: LendingScene) -> None:
    """Twenty orders, each of which would fit alone."""
    account = lending.new_account(BORROWER, 1_000 * DOLLARS)
    lending.ask(lending.maker, 20_000, 40_000)
    with pytest.raises(Reverted, match="BelowInitialMargin"):
        lending.system.batch(account, (), [order(Side.BID, 20_000, 2_000, IOC)] * 20)
    lending.system.batch(account, (), [order(Side.BID, 20_000, 2_000, IOC)] * 4)
    assert lending.margin(account).free_atoms >= 0


def test_fill_or_kill_orders_of_a_batch_count_too(lending: LendingScene) -> None:
    """They are placed in a call of their own, and their notes must not be lost."""
    fok = [replace(order(Side.BID, 20_000, 6_000), time_in_force=4)] * 2
    account = lending.new_account(BORROWER, 1_000 * DOLLARS)
    lending.ask(lending.maker, 20_000, 40_000)
    with pytest.raises(Reverted, match="BelowInitialMargin"):
        lending.system.batch(account, (), fok)
    below = with_equity(lending, 500 * DOLLARS)
    lending.bid(lending.maker, 19_950, 10_000)
    sell = [replace(order(Side.ASK, 19_950, 1_000), time_in_force=4)] * 2
    lending.system.batch(below, (), sell)
    assert lending.base(below) == 8_000 * LOT
    with pytest.raises(Reverted, match="BelowInitialMargin"):
        lending.system.batch(below, (), [replace(sell[0], side=Side.BID, tick=20_000)])


@pytest.mark.parametrize("time_in_force", [Tif.IMMEDIATE_OR_CANCEL, Tif.FILL_OR_KILL])
def test_an_order_placed_and_removed_in_a_batch_counts_for_nothing(
    lending: LendingScene, time_in_force: Tif
) -> None:
    """An ask as large as one likes rests, and the next order of the batch removes it as its own.
    Taking the ask back a second time would make the state before look riskier than that after,
    whatever was bought: batch by batch, on no margin at all."""
    system = lending.system
    account = lending.new_account(BORROWER, 1_200 * DOLLARS)
    # Orders elsewhere, as worthless as real.
    system.place(account, BTC_MARKET, Side.BID, 59_000, 33_000)
    before = lending.margin(account)
    assert before.equity_atoms - before.initial_atoms == 210 * DOLLARS
    lending.ask(lending.maker, 20_000, 90_000)
    orders = [
        order(Side.ASK, 19_990, 9_500),
        order(Side.BID, 20_000, 2_375, time_in_force),
    ]
    bought = notional(2_375, 20_000)
    equity = 1_200 * DOLLARS - fee_up(bought, 350)
    required = before.initial_atoms + bought * 5 // 100
    with refused(system, "BelowInitialMargin", account, equity, required):
        system.batch(account, (), orders)
    below = with_equity(lending, 500 * DOLLARS)
    with pytest.raises(Reverted, match="BelowInitialMargin"):
        system.batch(below, (), [order(Side.ASK, 19_990, 10**6), orders[1]])


def test_a_reduce_only_order_removed_in_its_batch_saves_no_free_band(
    lending: LendingScene,
) -> None:
    """Nor does it stand in for another order that does not only reduce."""
    account = lending.long(BORROWER, 10_000 * DOLLARS, 40_000)
    lending.bid(account, 19_100, 40_000)
    lending.set_equity(account, lending.margin(account).initial_atoms)
    lending.ask(lending.maker, 20_000, 10_000)
    for lots in (100, 1_000, 4_000):
        with pytest.raises(Reverted, match="BelowInitialMargin"):
            lending.system.batch(
                account,
                (),
                [
                    order(Side.ASK, 19_990, 40_000, reduce_only=True),
                    order(Side.BID, 20_000, lots, IOC),
                ],
            )
    assert lending.base(account) == 40_000 * LOT


# --------------------------------------------------------------- lowering risk


def test_reduce_only_orders_of_an_account_below_its_margin_rest_and_trade(
    lending: LendingScene,
) -> None:
    account = with_equity(lending, 500 * DOLLARS)
    assert lending.ask(account, 20_100, 4_000, reduce_only=True).resting_lots == 4_000
    with pytest.raises(Reverted, match="BelowInitialMargin"):
        lending.ask(account, 20_100, 4_000)
    lending.bid(lending.taker, 20_100, 4_000)
    assert lending.base(account) == 6_000 * LOT


def test_closing_one_leg_of_a_hedge_is_refused_unless_it_lowers_risk(
    lending: LendingScene,
) -> None:
    """MRG-5: long one asset and owing another; selling the first, reduce-only or not, bares the
    second."""
    system = lending.system
    system.set_pool_terms(2, WIDE_POOL)
    system.fund(lending.lender, 2, 10**9)
    system.set_lent(lending.lender, 2)
    lending.wait(86_400)
    system.set_asset_risk(2, replace(BTC_RISK, beta_milli=1_000))
    lending.refresh()
    account = lending.new_account(BORROWER, 1_200 * DOLLARS)
    lending.ask(lending.maker, 20_000, 15_000)
    system.place(lending.taker, BTC_MARKET, Side.BID, 60_000, 50_000)
    system.batch(
        account,
        (),
        [
            order(Side.BID, 20_000, 15_000, IOC),
            OrderRequest(BTC_MARKET, Side.ASK, 60_000, 50_000, IOC),
        ],
    )
    hedged = 30_000 * DOLLARS * 35 // 1_000
    # An atom of asset 2 is owed more than was sold: shares are rounded up.
    assert hedged <= lending.margin(account).initial_atoms < hedged + 100
    lending.bid(lending.maker, 20_000, 15_000)
    for reduce_only in (False, True):
        with pytest.raises(Reverted, match="BelowInitialMargin"):
            lending.ask(account, 20_000, 15_000, IOC, reduce_only=reduce_only)


def test_a_loss_that_would_leave_less_than_nothing_is_refused(
    lending: LendingScene, accomplice: int
) -> None:
    """Equity 100, everything sold at a loss of 1,000: less risk, but a hole of 900."""
    account = with_equity(lending, 100 * DOLLARS)
    lending.bid(accomplice, 19_000, 10_000)
    with pytest.raises(Reverted, match="BelowInitialMargin"):
        lending.ask(account, 19_000, 10_000, IOC)


# --------------------------------------------------------------- sub-accounts and operators


def test_an_operator_who_may_not_borrow_cannot_take_the_cover_of_orders(
    lending: LendingScene,
) -> None:
    """He places a bid that cash covers, and moves the cash: the fill would borrow for him."""
    system = lending.system
    account = lending.new_account(BORROWER, 5_000 * DOLLARS, 10_000)
    second = lending.new_account(BORROWER, 1)
    may = Permission.PLACE | Permission.TRANSFER | Permission.WITHDRAW_TO_OWNER
    system.set_operator(account, OPERATOR, may)
    lending.bid(account, 20_000, 2_000, sender=OPERATOR)
    # 2,000 lots at the limit of the band are 4,200 dollars.
    with refused(system, "InsufficientBalance", account, 0, 4_200 * DOLLARS - 1, 4_200 * DOLLARS):
        system.transfer(account, second, 0, 800 * DOLLARS + 1, sender=OPERATOR)
    with refused(system, "InsufficientBalance", account, 0, 4_200 * DOLLARS - 1, 4_200 * DOLLARS):
        system.withdraw(account, 0, (800 * DOLLARS + 1) * UNIT, BORROWER, sender=OPERATOR)
    system.transfer(account, second, 0, 800 * DOLLARS, sender=OPERATOR)
    # The owner, and an operator who may borrow, may do it on margin.
    system.set_operator(account, OPERATOR, may | Permission.LEND)
    system.transfer(account, second, 0, 100 * DOLLARS, sender=OPERATOR)
    system.transfer(account, second, 0, 100 * DOLLARS)


@pytest.mark.parametrize(
    "permissions", [p for p in range(1, 64) if not p & Permission.LEND or not p & 48]
)
def test_no_set_of_permissions_without_both_borrows(
    lending: LendingScene, permissions: int
) -> None:
    account = lending.new_account(BORROWER, 0, 10_000)
    lending.system.set_operator(account, OPERATOR, permissions, daily_loss_atoms=10**12)
    with pytest.raises(Reverted, match="PermissionMissing"):
        lending.system.borrow(account, 0, UNIT, BORROWER, sender=OPERATOR)
    lending.ask(lending.maker, 20_000, 10)
    if permissions & Permission.PLACE and not permissions & Permission.LEND:
        with pytest.raises(Reverted, match="InsufficientBalance"):
            lending.bid(account, 20_000, 10, IOC, sender=OPERATOR)


def test_many_accounts_borrow_no_more_than_one(lending: LendingScene) -> None:
    """A tenth of the collateral in each of ten accounts carries away a tenth of it each."""
    system = lending.system
    total = 0
    for _ in range(10):
        account = lending.new_account(BORROWER, lots=1_000)
        limit = 2_000 * DOLLARS * 95 // 100
        with pytest.raises(Reverted, match="BelowInitialMargin"):
            system.borrow(account, 0, (limit + 1) * UNIT)
        system.borrow(account, 0, limit * UNIT)
        total += limit
    assert total == TEN_ETH * 95 // 100


def test_a_debt_passed_around_is_paid_by_somebody(lending: LendingScene) -> None:
    """Borrow in one account, repay another's debt with it, and back: no debt is lost."""
    system = lending.system
    first = lending.new_account(BORROWER, lots=10_000)
    second = lending.new_account(BORROWER, lots=10_000)
    system.borrow(first, 0, 5_000 * DOLLARS * UNIT)
    token = (system.tokens[0], "FaucetToken", BORROWER)
    system.execute_on(*token, "approve", system.exchange, UNLIMITED)
    for _ in range(5):
        system.borrow(second, 0, 5_000 * DOLLARS * UNIT)
        system.repay(first, 0, 5_000 * DOLLARS * UNIT)
        first, second = second, first
    owed = sum(-min(0, lending.atoms(account)) for account in (first, second))
    assert owed == 5_000 * DOLLARS == LENT_CASH - lending.totals().cash
    assert system.token_balance(0, BORROWER) == 5_000 * DOLLARS * UNIT


# --------------------------------------------------------------- native tokens


@pytest.fixture
def native(lending: LendingScene) -> int:
    """The wrapped native token, lent by the lender."""
    system = lending.system
    asset = system.add_asset(NATIVE)
    system.set_pool_terms(asset, WIDE_POOL)
    system.deposit_native(lending.lender, asset, 1_000 * ETH_UNIT)
    system.set_lent(lending.lender, asset)
    return asset


def test_native_tokens_repay_a_debt_and_are_not_withdrawn_on_credit(
    lending: LendingScene, native: int
) -> None:
    system = lending.system
    account = lending.new_account(BORROWER, 1_000 * DOLLARS)
    system.borrow(account, native, 500 * ETH_UNIT)
    with refused(system, "InsufficientBalance", account, native, -500, 1):
        system.withdraw_native(account, native, ETH_UNIT)
    system.deposit_native(account, native, 600 * ETH_UNIT)
    assert lending.ledger(account, native).balance == 100
    assert lending.totals(native).borrow_shares == 0
    system.withdraw_native(account, native, 100 * ETH_UNIT)
    with refused(system, "InsufficientBalance", account, native, 0, 1):
        system.withdraw_native(account, native, ETH_UNIT)


def test_native_tokens_lent_are_unwrapped_out_of_the_pool(
    lending: LendingScene, native: int
) -> None:
    system = lending.system
    system.withdraw_native(lending.lender, native, 400 * ETH_UNIT)
    assert lending.totals(native).cash == 600
    system.collect_reserve(native, sender=ADMIN)
