"""Bonds: the first loss of an account, locked by its owner and outside its equity."""

import pytest

from tests.model.liquidation import BIDDER, DOLLAR, STRANGER, TRADER, Scene, give, leveraged
from tests.model.perps import assert_sound, change, fund, jump, make_perps, open_pool
from tests.model.setting import add_user
from worldmarkets.model import Exchange, slots
from worldmarkets.model.errors import (
    AccountFrozen,
    BelowInitialMargin,
    BelowLeastProtection,
    InsufficientBalance,
    InsufficientBond,
    InsufficientLiquidity,
    NotAccountOwner,
    PriceMoving,
    StalePrice,
    UnknownAccount,
    UnsettledProfit,
    ZeroAmount,
)
from worldmarkets.model.liquidation import protection
from worldmarkets.model.liquidation_events import BondSet
from worldmarkets.model.liquidation_words import ProtectionWord
from worldmarkets.model.words import UnderlyingWord


@pytest.fixture
def exchange() -> Exchange:
    return make_perps()


def bond_of(exchange: Exchange, account: int) -> ProtectionWord:
    return protection.load(exchange.state, account)


def test_lock_bond_takes_it_off_the_balance(exchange: Exchange) -> None:
    account = fund(exchange, TRADER, 100)
    exchange.lock_bond(TRADER, account, 60 * DOLLAR)
    assert exchange.events == [BondSet(account, 60 * DOLLAR, 40 * DOLLAR)]
    assert bond_of(exchange, account) == ProtectionWord(bond=60 * DOLLAR, touched=1)
    assert protection.protected_atoms(exchange.state, account) == 60 * DOLLAR
    assert_sound(exchange)
    exchange.lock_bond(TRADER, account, DOLLAR)
    assert exchange.events == [BondSet(account, 61 * DOLLAR, 39 * DOLLAR)]
    assert_sound(exchange)


def test_lock_bond_of_who_is_not_the_owner_is_refused(exchange: Exchange) -> None:
    account = fund(exchange, TRADER, 100)
    with pytest.raises(NotAccountOwner):
        exchange.lock_bond(STRANGER, account, 60 * DOLLAR)
    with pytest.raises(UnknownAccount):
        exchange.lock_bond(STRANGER, 99, 60 * DOLLAR)
    with pytest.raises(NotAccountOwner):
        exchange.release_bond(STRANGER, account, 60 * DOLLAR)


def test_lock_bond_smaller_than_the_least_is_refused(exchange: Exchange) -> None:
    account = fund(exchange, TRADER, 100)
    with pytest.raises(ZeroAmount):
        exchange.lock_bond(TRADER, account, 0)
    with pytest.raises(BelowLeastProtection) as refused:
        exchange.lock_bond(TRADER, account, 10 * DOLLAR - 1)
    assert refused.value.arguments == (10 * DOLLAR - 1, 10 * DOLLAR)
    exchange.lock_bond(TRADER, account, 10 * DOLLAR)


def test_lock_bond_of_more_than_there_is_is_refused(exchange: Exchange) -> None:
    account = fund(exchange, TRADER, 100)
    with pytest.raises(InsufficientBalance) as refused:
        exchange.lock_bond(TRADER, account, 100 * DOLLAR + 1)
    assert refused.value.arguments == (account, 0, 100 * DOLLAR, 100 * DOLLAR + 1)


def test_lock_bond_needs_what_a_withdrawal_would() -> None:
    scene = leveraged()
    margin = scene.exchange.preview_margin(scene.trader)[0]
    with pytest.raises(BelowInitialMargin):
        scene.exchange.lock_bond(TRADER, scene.trader, margin.free_atoms + 1)
    scene.exchange.lock_bond(TRADER, scene.trader, margin.free_atoms)
    # Outside its equity: it supports nothing.
    assert scene.exchange.preview_margin(scene.trader)[0].free_atoms == 0
    assert_sound(scene.exchange)


def test_lock_bond_of_profit_that_is_not_settled_is_refused() -> None:
    scene = leveraged()
    jump(scene.exchange, 2_100)
    margin = scene.exchange.preview_margin(scene.trader)[0]
    free = margin.settled_atoms - margin.initial_atoms
    with pytest.raises(UnsettledProfit):
        scene.exchange.lock_bond(TRADER, scene.trader, free + 1)


def test_lock_bond_of_what_is_lent_waits_while_a_price_moves() -> None:
    exchange = make_perps()
    open_pool(exchange, 0, 50 * DOLLAR)
    account = fund(exchange, TRADER, 100)
    exchange.set_lent(TRADER, account, 0, True)
    jump(exchange, 2_100)
    with pytest.raises(PriceMoving):
        exchange.lock_bond(TRADER, account, 60 * DOLLAR)
    exchange.time += 10
    exchange.lock_bond(TRADER, account, 60 * DOLLAR)
    borrower = add_user(exchange, BIDDER, 0, 10)
    exchange.borrow(BIDDER, borrower, 0, 60 * 10**18, BIDDER)
    with pytest.raises(InsufficientLiquidity):
        exchange.lock_bond(TRADER, account, 39 * DOLLAR)
    assert_sound(exchange)


def test_bond_of_a_frozen_account_stays_as_it_is() -> None:
    scene = leveraged()
    give(scene.exchange, scene.trader, 50)
    scene.exchange.lock_bond(TRADER, scene.trader, 20 * DOLLAR)
    scene.flag(1_850)
    with pytest.raises(AccountFrozen):
        scene.exchange.lock_bond(TRADER, scene.trader, 10 * DOLLAR)
    with pytest.raises(AccountFrozen):
        scene.exchange.release_bond(TRADER, scene.trader, 20 * DOLLAR)
    assert scene.bond() == 20 * DOLLAR


def bonded(dollars: int = 100) -> Scene:
    """A trader with a position, free dollars, and a bond of 60."""
    scene = leveraged()
    give(scene.exchange, scene.trader, dollars)
    scene.exchange.lock_bond(TRADER, scene.trader, 60 * DOLLAR)
    return scene


def test_release_bond_returns_it_to_the_balance() -> None:
    scene = bonded()
    before = scene.atoms(scene.trader)
    scene.exchange.release_bond(TRADER, scene.trader, 50 * DOLLAR)
    assert scene.exchange.events == [BondSet(scene.trader, 10 * DOLLAR, before + 50 * DOLLAR)]
    assert_sound(scene.exchange)
    scene.exchange.release_bond(TRADER, scene.trader, 10 * DOLLAR)
    assert scene.counts().bonds == 0
    assert scene.word().protected
    assert_sound(scene.exchange)


def test_release_bond_of_too_much_or_nothing_is_refused() -> None:
    scene = bonded()
    with pytest.raises(ZeroAmount):
        scene.exchange.release_bond(TRADER, scene.trader, 0)
    with pytest.raises(InsufficientBond) as refused:
        scene.exchange.release_bond(TRADER, scene.trader, 60 * DOLLAR + 1)
    assert refused.value.arguments == (scene.trader, 60 * DOLLAR, 60 * DOLLAR + 1)


def test_release_bond_that_leaves_less_than_the_least_is_refused() -> None:
    scene = bonded()
    with pytest.raises(BelowLeastProtection) as refused:
        scene.exchange.release_bond(TRADER, scene.trader, 50 * DOLLAR + 1)
    assert refused.value.arguments == (10 * DOLLAR - 1, 10 * DOLLAR)
    assert scene.bond() == 60 * DOLLAR


def test_release_bond_needs_the_initial_margin_without_it() -> None:
    scene = bonded()
    jump(scene.exchange, 1_920)
    free = scene.exchange.preview_margin(scene.trader)[0].free_atoms
    assert -60 * DOLLAR < free < 0
    with pytest.raises(BelowInitialMargin):
        scene.exchange.release_bond(TRADER, scene.trader, 60 * DOLLAR)


def test_release_bond_at_an_old_price_is_refused() -> None:
    scene = bonded()
    change(scene.exchange, UnderlyingWord, slots.underlying(1), time=1)
    with pytest.raises(StalePrice):
        scene.exchange.release_bond(TRADER, scene.trader, 60 * DOLLAR)


def test_bond_is_counted_of_all_accounts(exchange: Exchange) -> None:
    for owner, dollars in ((TRADER, 20), (STRANGER, 30)):
        exchange.lock_bond(owner, fund(exchange, owner, 100), dollars * DOLLAR)
    assert protection.counters.load(exchange.state).bonds == 50 * DOLLAR
    assert_sound(exchange)
