"""Accounts and operators."""

import pytest

from tests.lens.support import items, pages, rejected
from tests.support.backend import START_TIME, user_address
from tests.support.scene import (
    BID,
    GTC,
    IOC,
    LOT,
    MAKER,
    START_CASH,
    START_LOTS,
    STRANGER,
    TAKER,
    UNIT,
    Scene,
    notional,
)
from tests.support.system import ETH_PERP, ETH_PERP_TERMS, TREASURY, System
from worldmarkets.client.lens import Lens
from worldmarkets.client.lens_views import Account, AccountSummary, Holding, Operator, Page
from worldmarkets.model import slots
from worldmarkets.model.interface import Permission
from worldmarkets.model.words import SECONDS_A_DAY, CashWord

OPERATOR = user_address(0x0B)
BUDGET = 10**9


def test_account_has_its_holdings_and_open_orders(scene: Scene, lens: Lens) -> None:
    scene.bid(scene.maker, 19_000, 7)
    scene.ask(scene.maker, 21_000, 5)
    assert lens.account(scene.maker) == Account(
        scene.maker,
        MAKER,
        is_bare=False,
        loss_atoms=0,
        budget_atoms=0,
        holdings=(
            Holding(0, START_CASH, False, 0, 0, 0, START_CASH),
            Holding(1, START_LOTS * LOT, False, 7 * LOT, 5 * LOT, 0, START_LOTS * LOT),
        ),
    )


def test_account_of_nothing_is_bare_and_empty(system: System, lens: Lens) -> None:
    account = system.create_account(STRANGER)
    assert lens.account(account) == Account(account, STRANGER, True, 0, 0, ())


def test_account_is_bare_without_open_orders(scene: Scene, lens: Lens) -> None:
    assert lens.account(scene.maker).is_bare
    order = scene.ask(scene.maker, 21_000, 5)
    assert not lens.account(scene.maker).is_bare
    scene.system.cancel(scene.maker, order.order_id)
    assert lens.account(scene.maker).is_bare


def test_account_is_bare_without_anything_of_a_perp(scene: Scene, lens: Lens) -> None:
    scene.system.list_perp_market(1, ETH_PERP_TERMS)
    order_id = scene.system.place(scene.maker, ETH_PERP, BID, 19_900, 5, GTC).order_id
    assert not lens.account(scene.maker).is_bare
    scene.system.cancel(scene.maker, order_id)
    assert lens.account(scene.maker).is_bare


def test_account_deposits_season_after_two_midnights(scene: Scene, lens: Lens) -> None:
    midnight = (START_TIME // SECONDS_A_DAY + 1) * SECONDS_A_DAY

    def cash() -> tuple[int, int]:
        holding = lens.account(scene.maker).holdings[0]
        return holding.seasoned_atoms, holding.fresh_atoms

    assert cash() == (0, START_CASH)
    scene.system.backend.set_time(midnight)
    scene.system.fund(scene.maker, 0, 50 * UNIT)
    assert cash() == (0, START_CASH + 50)
    scene.system.backend.set_time(midnight + SECONDS_A_DAY - 1)
    assert cash() == (0, START_CASH + 50)
    scene.system.backend.set_time(midnight + SECONDS_A_DAY)
    assert cash() == (START_CASH, 50)
    # The oldest go first.
    scene.system.withdraw(scene.maker, 0, 20 * UNIT)
    assert cash() == (START_CASH - 20, 50)
    scene.system.backend.set_time(midnight + 2 * SECONDS_A_DAY)
    assert cash() == (START_CASH + 30, 0)


def test_account_has_no_more_deposits_than_balance(scene: Scene, lens: Lens) -> None:
    scene.ask(scene.taker, 20_000, 10)
    scene.bid(scene.maker, 20_000, 10, IOC)
    buyer, seller = (lens.account(account).holdings for account in (scene.maker, scene.taker))
    assert buyer[0].fresh_atoms == buyer[0].balance_atoms < START_CASH
    assert seller[0].fresh_atoms == START_CASH < seller[0].balance_atoms
    assert seller[1].fresh_atoms == (START_LOTS - 10) * LOT


def test_account_has_what_operators_lost_today(scene: Scene, lens: Lens) -> None:
    scene.system.set_operator(scene.maker, OPERATOR, Permission.PLACE, daily_loss_atoms=BUDGET)
    scene.ask(scene.taker, 20_100, 10)
    scene.bid(scene.maker, 20_100, 10, IOC, sender=OPERATOR)
    found = lens.account(scene.maker)
    lost = scene.word(CashWord, slots.ledger(scene.maker, 0)).loss
    # At least the hundred ticks above the reference price.
    assert lost >= notional(10, 100)
    assert (found.loss_atoms, found.budget_atoms) == (lost, BUDGET)
    # What stands there as totals of open orders in other words is none in the quote asset's.
    assert (found.holdings[0].open_bid_atoms, found.holdings[0].open_ask_atoms) == (0, 0)
    assert found.is_bare
    scene.system.backend.set_time(START_TIME + SECONDS_A_DAY)
    found = lens.account(scene.maker)
    assert (found.loss_atoms, found.budget_atoms) == (0, BUDGET)


def test_account_that_is_unknown_is_rejected(scene: Scene, lens: Lens) -> None:
    assert lens.account(scene.taker).owner == TAKER
    for account in (0, scene.taker + 1, 2**32 - 1):
        with rejected("UnknownAccount", account):
            lens.account(account)


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 5, 100])
def test_accounts_in_pages_are_all_there_are(scene: Scene, lens: Lens, limit: int) -> None:
    bare = scene.system.create_account(STRANGER)
    expected = [
        AccountSummary(1, scene.system.exchange, 0b01),
        AccountSummary(2, TREASURY, 0),
        AccountSummary(scene.maker, MAKER, 0b11),
        AccountSummary(scene.taker, TAKER, 0b11),
        AccountSummary(bare, STRANGER, 0),
    ]
    found = pages(lambda start: lens.accounts(start, limit))
    assert items(found) == expected
    assert all(len(page.items) == limit for page in found[:-1])
    assert found[-1].items


def test_accounts_from_the_last_on_are_one_and_behind_it_none(scene: Scene, lens: Lens) -> None:
    last = AccountSummary(scene.taker, TAKER, 0b11)
    assert lens.accounts(scene.taker) == Page((last,), 0)
    assert lens.accounts(scene.taker + 1) == Page((), 0)
    assert lens.accounts(2**32 - 1, 2**256 - 1) == Page((), 0)


def test_accounts_without_room_are_rejected(lens: Lens) -> None:
    with rejected("ZeroLimit"):
        lens.accounts(limit=0)


def test_operator_holds_until_its_last_second(scene: Scene, lens: Lens) -> None:
    expiry = START_TIME + 50
    scene.system.set_operator(scene.maker, OPERATOR, Permission.PLACE | Permission.LEND, expiry)
    granted = Permission.PLACE | Permission.LEND
    assert lens.operator(scene.maker, OPERATOR) == Operator(granted, expiry, True)
    scene.system.backend.set_time(expiry)
    assert lens.operator(scene.maker, OPERATOR) == Operator(granted, expiry, True)
    scene.system.backend.set_time(expiry + 1)
    assert lens.operator(scene.maker, OPERATOR) == Operator(granted, expiry, False)


def test_operator_that_is_revoked_or_never_was_holds_nothing(scene: Scene, lens: Lens) -> None:
    scene.system.set_operator(scene.maker, OPERATOR, Permission.WITHDRAW)
    assert lens.operator(scene.maker, OPERATOR).is_in_force
    scene.system.revoke_operator(scene.maker, OPERATOR)
    found = lens.operator(scene.maker, OPERATOR)
    assert (found.permissions, found.is_in_force) == (0, False)
    # For another account, and another address, nothing was ever set; an owner needs nothing.
    nothing = Operator(Permission(0), 0, False)
    assert lens.operator(scene.taker, OPERATOR) == nothing
    assert lens.operator(scene.maker, STRANGER) == nothing
    assert lens.operator(scene.maker, MAKER) == nothing


def test_operator_of_an_unknown_account_is_rejected(scene: Scene, lens: Lens) -> None:
    with rejected("UnknownAccount", scene.taker + 1):
        lens.operator(scene.taker + 1, OPERATOR)
