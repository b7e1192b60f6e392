"""What trading borrows: whatever an account pays or sells beyond what it has."""

import pytest

from tests.support.lending import (
    BORROWER,
    LENT_CASH,
    WIDE_POOL,
    YEAR,
    LendingScene,
)
from tests.support.scene import (
    DOLLARS,
    FOK,
    IOC,
    LOT,
    OPERATOR,
    START_CASH,
    START_LOTS,
    UNIT,
    fee_up,
    notional,
)
from tests.support.soundness import refused
from tests.support.system import BTC_MARKET
from worldmarkets.model.interface import (
    MarginChange,
    OrderRequest,
    Permission,
    PoolTerms,
    Removal,
    Side,
)
from worldmarkets.model.records import Removed

TEN_ETH = notional(10_000, 20_000)
FEE = fee_up(TEN_ETH, 350)


# --------------------------------------------------------------- takers


def test_bid_beyond_the_cash_borrows_the_rest(lending: LendingScene) -> None:
    before = lending.totals()
    account = lending.new_account(BORROWER, 5_000 * DOLLARS)
    lending.ask(lending.maker, 20_000, 10_000)

    result = lending.bid(account, 20_000, 10_000)

    assert (result.filled_lots, result.resting_lots) == (10_000, 0)
    debt = TEN_ETH + FEE - 5_000 * DOLLARS
    assert lending.ledger(account, 0).balance == -debt
    assert lending.base(account) == 10_000 * LOT
    # The maker has what was paid, in custody; the pool has lent it.
    assert lending.cash(lending.maker) == START_CASH + TEN_ETH + fee_up(TEN_ETH, 100)
    after = lending.totals()
    assert (after.borrow_shares, after.cash) == (debt, before.cash - debt)
    assert after.supply_shares == before.supply_shares


def test_ask_beyond_the_balance_borrows_the_rest(lending: LendingScene) -> None:
    account = lending.new_account(BORROWER, 5_000 * DOLLARS, 2_000)
    lending.bid(lending.maker, 20_000, 10_000)

    assert lending.ask(account, 20_000, 10_000).filled_lots == 10_000

    assert lending.base(account) == -8_000 * LOT
    assert lending.totals(1).borrow_shares == 8_000 * LOT
    assert lending.cash(account) == 5_000 * DOLLARS + TEN_ETH - FEE
    assert lending.base(lending.maker) == (START_LOTS + 10_000) * LOT


def test_bid_of_somebody_who_owes_the_base_asset_repays_first(lending: LendingScene) -> None:
    account = lending.short(BORROWER, 5_000 * DOLLARS, 1_000)
    lending.ask(lending.maker, 20_000, 3_000)
    lending.bid(account, 20_000, 3_000)
    assert lending.base(account) == 2_000 * LOT
    assert lending.totals(1).borrow_shares == 0


def test_bid_of_a_lender_takes_his_cash_from_the_pool(lending: LendingScene) -> None:
    system = lending.system
    account = lending.new_account(BORROWER, 30_000 * DOLLARS)
    system.set_lent(account, 0)
    lending.ask(lending.maker, 20_000, 10_000)
    lending.bid(account, 20_000, 10_000)
    left = 30_000 * DOLLARS - TEN_ETH - FEE
    assert lending.ledger(account, 0).balance == left
    assert lending.totals().cash == LENT_CASH + left
    assert lending.totals().borrow_shares == 0
    # Proceeds of a sale are lent at once.
    lending.bid(lending.maker, 20_000, 1_000)
    lending.ask(account, 20_000, 1_000)
    proceeds = TEN_ETH // 10 - fee_up(TEN_ETH // 10, 350)
    assert lending.ledger(account, 0).balance == left + proceeds


def test_bid_up_to_the_limit_passes_and_one_lot_more_is_refused(lending: LendingScene) -> None:
    """E after the fee at the mark is 5 % of what is bought: the last lot that fits, and one more.

    Cash of 1,000 dollars buys N lots of 2 dollars: 1,000 - 0.0007 N ≥ 0.1 N.
    """
    lots = 9_930
    fee = fee_up(notional(lots, 20_000), 350)
    assert 1_000 * DOLLARS - fee >= notional(lots, 20_000) * 5 // 100
    account = lending.new_account(BORROWER, 1_000 * DOLLARS)
    lending.ask(lending.maker, 20_000, 20_000)
    more = notional(lots + 1, 20_000)
    equity = 1_000 * DOLLARS - fee_up(more, 350)
    with refused(lending.system, "BelowInitialMargin", account, equity, more * 5 // 100):
        lending.bid(account, 20_000, lots + 1, IOC)
    assert lending.bid(account, 20_000, lots, IOC).filled_lots == lots
    assert 0 <= lending.margin(account).free_atoms < 100_700


def test_bid_at_exactly_the_limit_in_atoms_and_one_atom_short(lending: LendingScene) -> None:
    system = lending.system
    needed = TEN_ETH * 5 // 100 + FEE
    short, enough = (
        lending.new_account(BORROWER, needed - 1),
        lending.new_account(BORROWER, needed),
    )
    lending.ask(lending.maker, 20_000, 20_000)
    required = TEN_ETH * 5 // 100
    with refused(system, "BelowInitialMargin", short, required - 1, required):
        lending.bid(short, 20_000, 10_000, IOC)
    assert lending.bid(enough, 20_000, 10_000, IOC).filled_lots == 10_000
    assert lending.margin(enough).free_atoms == 0


def test_resting_bid_at_exactly_the_limit_in_atoms_and_one_atom_short(
    lending: LendingScene,
) -> None:
    """At its worst: 5 % of the worth, and half a percent of free band."""
    system = lending.system
    needed = TEN_ETH * 55 // 1_000
    short = lending.new_account(BORROWER, needed - 1)
    enough = lending.new_account(BORROWER, needed)
    with refused(system, "BelowInitialMargin", short, needed - 1, needed):
        lending.bid(short, 19_900, 10_000)
    assert lending.bid(enough, 19_900, 10_000).resting_lots == 10_000
    assert lending.margin(enough).free_atoms == 0
    with refused(system, "BelowInitialMargin", enough, needed, needed + 110_000):
        lending.bid(enough, 19_900, 1)


def test_resting_ask_on_credit_is_judged_the_same(lending: LendingScene) -> None:
    needed = TEN_ETH * 55 // 1_000
    account = lending.new_account(BORROWER, needed)
    assert lending.ask(account, 20_100, 10_000).resting_lots == 10_000
    with refused(lending.system, "BelowInitialMargin", account, needed, needed + 110_000):
        lending.ask(account, 20_100, 1)


def test_withdraw_to_the_limit_passes_and_one_atom_more_is_refused(
    lending: LendingScene,
) -> None:
    """Of a hedged account: cash beyond the requirement of what it owes may leave."""
    system = lending.system
    account = lending.short(BORROWER, 5_000 * DOLLARS, 10_000)
    free = lending.margin(account).free_atoms
    assert free == 5_000 * DOLLARS - FEE - TEN_ETH * 5 // 100
    required = TEN_ETH * 5 // 100
    with refused(system, "BelowInitialMargin", account, required - 1, required):
        system.withdraw(account, 0, (free + 1) * UNIT)
    system.withdraw(account, 0, free * UNIT)
    assert lending.margin(account).free_atoms == 0
    with refused(system, "BelowInitialMargin", account, required - 1, required):
        system.transfer(account, lending.maker, 0, 1)


def test_withdraw_at_a_slow_price_that_lags_is_judged_by_the_worse(
    lending: LendingScene,
) -> None:
    """A price that rose by a tenth just now supports no withdrawal yet."""
    system = lending.system
    account = lending.long(BORROWER, 5_000 * DOLLARS, 10_000)
    before = lending.margin(account).free_atoms
    system.set_price(1, 2_200 * 10**18)
    assert lending.margin(account).free_atoms == before + 1_900 * DOLLARS
    system.borrow(account, 0, before * UNIT)
    required = TEN_ETH * 5 // 100
    with refused(system, "BelowInitialMargin", account, required - 1, required):
        system.borrow(account, 0, UNIT)
    lending.wait(3_600)
    system.set_price(1, 2_200 * 10**18)
    lending.system.borrow(account, 0, 500 * DOLLARS * UNIT)


def test_bid_is_cut_where_the_pool_has_no_more(lending: LendingScene) -> None:
    """What the account cannot pay for, with all it may borrow, takes no part in the match."""
    system = lending.system
    system.set_pool_terms(0, PoolTerms(2**70, 1_000 * DOLLARS, 999, 999, 100))
    account = lending.new_account(BORROWER, 1_000 * DOLLARS)
    lending.ask(lending.maker, 20_000, 10_000)
    result = lending.bid(account, 20_000, 10_000, IOC)
    # 2,000 dollars less an atom, at 2.0007 dollars a lot.
    assert result.filled_lots == 999
    assert lending.cash(account) == 1_000 * DOLLARS - notional(999, 20_000) - fee_up(
        notional(999, 20_000), 350
    )
    assert lending.bid(account, 20_000, 1, IOC).filled_lots == 0
    with refused(system, "NotFilledWhole", 0, 1):
        lending.bid(account, 20_000, 1, FOK)


def test_ask_is_cut_where_the_pool_has_no_more(lending: LendingScene) -> None:
    system = lending.system
    system.set_pool_terms(1, PoolTerms(2**70, 500 * LOT + 1, 999, 999, 100))
    account = lending.new_account(BORROWER, 10_000 * DOLLARS, 300)
    lending.bid(lending.maker, 20_000, 10_000)
    assert lending.ask(account, 20_000, 10_000, IOC).filled_lots == 800
    assert lending.base(account) == -500 * LOT


def test_bid_without_a_pool_to_borrow_from_is_refused_as_before(lending: LendingScene) -> None:
    """Asset 2 is not lent: whoever sells it must have it."""
    system = lending.system
    account = lending.new_account(BORROWER, 100_000 * DOLLARS)
    system.place(lending.taker, BTC_MARKET, Side.BID, 60_000, 100)
    with refused(system, "InsufficientBalance", account, 2, -100_000, 0):
        system.place(account, BTC_MARKET, Side.ASK, 60_000, 100, IOC)
    with refused(system, "InsufficientBalance", account, 2, 0, 100_000):
        system.place(account, BTC_MARKET, Side.ASK, 60_100, 100)


def test_an_operator_who_may_not_borrow_trades_what_is_there(lending: LendingScene) -> None:
    system = lending.system
    account = lending.new_account(BORROWER, 5_000 * DOLLARS)
    lending.ask(lending.maker, 20_000, 10_000)
    system.set_operator(account, OPERATOR, Permission.PLACE, daily_loss_atoms=10**12)
    debt = 5_000 * DOLLARS - notional(2_500, 20_000) - fee_up(notional(2_500, 20_000), 350)
    with refused(system, "InsufficientBalance", account, 0, debt, 0):
        lending.bid(account, 20_000, 2_500, IOC, sender=OPERATOR)
    lending.bid(account, 20_000, 2_400, IOC, sender=OPERATOR)
    system.set_operator(
        account, OPERATOR, Permission.PLACE | Permission.LEND, daily_loss_atoms=10**12
    )
    lending.bid(account, 20_000, 2_500, IOC, sender=OPERATOR)
    assert lending.ledger(account, 0).balance < 0


# --------------------------------------------------------------- makers


def test_maker_bid_borrows_when_it_is_filled(lending: LendingScene) -> None:
    account = lending.new_account(BORROWER, 5_000 * DOLLARS)
    lending.bid(account, 20_000, 10_000)
    lending.ask(lending.taker, 20_000, 10_000)
    rebate = fee_up(TEN_ETH, 100)
    assert lending.ledger(account, 0).balance == 5_000 * DOLLARS - TEN_ETH + rebate
    assert lending.base(account) == 10_000 * LOT
    assert lending.cash(lending.taker) == START_CASH + TEN_ETH - FEE
    assert lending.margin(account).free_atoms == 4_000 * DOLLARS + rebate


def test_maker_ask_borrows_when_it_is_filled(lending: LendingScene) -> None:
    account = lending.new_account(BORROWER, 5_000 * DOLLARS)
    lending.ask(account, 20_000, 10_000)
    lending.bid(lending.taker, 20_000, 4_000)
    assert lending.base(account) == -4_000 * LOT
    assert lending.ledger(account, 1).open_asks == 6_000 * LOT
    assert lending.totals(1).borrow_shares == 4_000 * LOT


def test_maker_who_lends_pays_from_the_pool_and_lends_what_he_gets(
    lending: LendingScene,
) -> None:
    system = lending.system
    for asset in (0, 1):
        system.set_lent(lending.maker, asset)
    cash, eth = lending.totals(), lending.totals(1)
    lending.ask(lending.maker, 20_000, 1_000)
    lending.bid(lending.taker, 20_000, 1_000)
    traded = notional(1_000, 20_000) + fee_up(notional(1_000, 20_000), 100)
    assert lending.totals().supply_shares == cash.supply_shares + traded
    assert lending.totals(1).supply_shares == eth.supply_shares - 1_000 * LOT
    assert lending.totals(1).cash == eth.cash - 1_000 * LOT


def test_maker_whom_the_pool_lends_no_more_is_cut_and_removed(lending: LendingScene) -> None:
    """The cap is reached meanwhile: what he can pay for trades, the rest leaves the book."""
    system = lending.system
    account = lending.new_account(BORROWER, 5_000 * DOLLARS)
    lending.bid(account, 20_000, 10_000)
    system.set_pool_terms(0, PoolTerms(2**70, 1_000 * DOLLARS, 999, 999, 100))
    result = lending.ask(lending.taker, 20_000, 10_000, IOC)
    # 5,999.999999 dollars at 1.9998 dollars a lot.
    assert result.filled_lots == 3_000
    removed = [record for record in lending.records() if isinstance(record, Removed)]
    assert [(record.lots, record.reason) for record in removed] == [(7_000, Removal.UNPAYABLE)]
    assert lending.ledger(account, 1).open_bids == 0


def test_fill_of_a_debtor_counts_interest_up_to_now(lending: LendingScene) -> None:
    account = lending.long(BORROWER, 10_000 * DOLLARS, 10_000)
    lending.wait(YEAR)
    lending.refresh(1)
    debt = TEN_ETH - lending.margin(account).equity_atoms
    assert debt > 10_000 * DOLLARS + FEE
    lending.bid(lending.maker, 20_000, 5_000)
    lending.ask(account, 20_000, 5_000)
    paid = TEN_ETH // 2 - fee_up(TEN_ETH // 2, 350)
    # Shares that are repaid are rounded down.
    assert -debt + paid - 1 <= lending.atoms(account) <= -debt + paid


def test_batch_of_a_hedge_is_checked_once_at_its_end(lending: LendingScene) -> None:
    """Sell asset 2 on credit and buy asset 1: neither alone, both together fit."""
    system = lending.system
    system.set_pool_terms(2, WIDE_POOL)
    system.fund(lending.lender, 2, 10**9)
    system.set_lent(lending.lender, 2)
    lending.ask(lending.maker, 20_000, 30_000)
    system.place(lending.taker, BTC_MARKET, Side.BID, 60_000, 100_000)
    account = lending.new_account(BORROWER, 2_200 * DOLLARS)
    orders = [
        OrderRequest(257, Side.BID, 20_000, 30_000, IOC),
        OrderRequest(258, Side.ASK, 60_000, 100_000, IOC),
    ]
    for alone in orders:
        with refused(system, *below(lending, account, alone)):
            system.place_order(account, alone)
    _, results = system.batch(account, (), orders)
    assert [result.filled_lots for result in results] == [30_000, 100_000]
    # 60,000 dollars each way: 1.5 and 1 % of their own, 0.5 % each to get out.
    assert lending.margin(account).initial_atoms == 60_000 * DOLLARS * 35 // 1_000


def below(lending: LendingScene, account: int, order: OrderRequest) -> tuple[str, int, int, int]:
    """The error that an order filled at its price meets."""
    asset, lots, sign = (1, LOT, 1) if order.market_id == 257 else (2, 1_000, -1)
    worth = 60_000 * DOLLARS
    fee = fee_up(worth, 350)
    changes = (MarginChange(asset, sign * order.lots * lots), MarginChange(0, -sign * worth - fee))
    changed = lending.margin(account, *changes)
    return "BelowInitialMargin", account, changed.equity_atoms, changed.initial_atoms


@pytest.mark.parametrize("lots", [1, 5_000, 10_000])
def test_closing_a_position_returns_all_but_fees(lending: LendingScene, lots: int) -> None:
    account = lending.long(BORROWER, 10_000 * DOLLARS, lots)
    lending.bid(lending.maker, 20_000, lots)
    lending.ask(account, 20_000, lots)
    fees = 2 * fee_up(notional(lots, 20_000), 350)
    assert lending.cash(account) == 10_000 * DOLLARS - fees
    assert lending.totals().borrow_shares == 0
    assert lending.margin(account).is_paid
