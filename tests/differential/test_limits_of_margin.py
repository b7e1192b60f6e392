"""Openings, loans and withdrawals end exactly where the offline engine says, to the atom."""

import pytest

from tests.support.abi import Reverted
from tests.support.lending import BORROWER, LendingScene, make_lending_scene
from tests.support.scene import BID, DOLLARS, ETH_MARKET, IOC, LOT, TICK_VALUE, UNIT
from tests.support.system import REBATE_TERMS, System
from worldmarkets.atlas.changes import Atoms, Borrow, Withdrawal, what_if
from worldmarkets.atlas.margin import free_collateral
from worldmarkets.atlas.orders import SpotMarket, largest_execution, largest_resting
from worldmarkets.atlas.parameters import GlobalRisk
from worldmarkets.atlas.portfolio import Portfolio
from worldmarkets.model.reading import WordReader
from worldmarkets.model.reference import market_risk
from worldmarkets.model.risk import portfolio_of

MARKET = SpotMarket(1, LOT, TICK_VALUE, REBATE_TERMS.taker_ppm)
MARK = 20_000


@pytest.fixture
def scene(system: System) -> LendingScene:
    """Pools whose shares are worth an atom, and a maker with much to sell at the mark."""
    made = make_lending_scene(system)
    made.ask(made.maker, MARK, 50_000)
    return made


def engine_of(scene: LendingScene, account: int) -> tuple[Portfolio, GlobalRisk]:
    """What the offline engine sees of an account."""
    reader = WordReader(scene.system.read_words, scene.system.backend.time)
    return portfolio_of(reader, account), market_risk(reader)


def levered(scene: LendingScene) -> int:
    """An account that owes dollars against ether, with some room left."""
    account = scene.new_account(BORROWER, 3_000 * DOLLARS)
    assert scene.bid(account, MARK, 10_000).filled_lots == 10_000
    return account


def test_withdrawal_ends_where_the_engine_says(scene: LendingScene) -> None:
    """Of ether, which the account has; each lot of it also lowers what is required."""
    account = levered(scene)
    portfolio, risk = engine_of(scene, account)
    fits = [
        atoms
        for atoms in range(0, 10_000 * LOT, LOT)
        if what_if(portfolio, risk, [Withdrawal(1, atoms)]).after.free >= 0
    ]
    last = fits[-1]
    while what_if(portfolio, risk, [Withdrawal(1, last + 1)]).after.free >= 0:
        last += 1
    with pytest.raises(Reverted, match="BelowInitialMargin"):
        scene.system.withdraw(account, 1, (last + 1) * 10**10)
    scene.system.withdraw(account, 1, last * 10**10)


def test_loan_ends_where_the_engine_says(scene: LendingScene) -> None:
    account = levered(scene)
    portfolio, risk = engine_of(scene, account)
    room = free_collateral(portfolio, risk)
    assert room > 0
    assert what_if(portfolio, risk, [Borrow(0, room)]).after.free == 0
    with pytest.raises(Reverted, match="BelowInitialMargin"):
        scene.system.borrow(account, 0, (room + 1) * UNIT)
    scene.system.borrow(account, 0, room * UNIT)
    portfolio, risk = engine_of(scene, account)
    assert free_collateral(portfolio, risk) == 0


def test_opening_ends_at_the_lot_that_the_engine_says(scene: LendingScene) -> None:
    account = levered(scene)
    portfolio, risk = engine_of(scene, account)
    lots = largest_execution(portfolio, risk, MARKET, MARK, is_ask=False)
    assert 0 < lots < 40_000
    with pytest.raises(Reverted, match="BelowInitialMargin"):
        scene.bid(account, MARK, lots + 1, IOC)
    assert scene.bid(account, MARK, lots, IOC).filled_lots == lots


def test_opening_with_an_atom_of_cash_less_is_refused(scene: LendingScene) -> None:
    """An atom on either side: what the engine leaves of cash is withdrawn, and an atom more."""
    account = scene.new_account(BORROWER, 3_000 * DOLLARS)
    scene.system.activate_asset(account, 1)
    portfolio, risk = engine_of(scene, account)
    lots = 20_000
    notional = lots * MARK * TICK_VALUE
    fee = -(-notional * REBATE_TERMS.taker_ppm // 10**6)
    trade = [Atoms(1, lots * LOT), Atoms(0, -notional - fee)]
    spare = what_if(portfolio, risk, trade).after.free
    assert spare > 0
    scene.system.withdraw(account, 0, spare * UNIT)
    snapshot = scene.system.backend.snapshot()
    scene.system.withdraw(account, 0, UNIT)
    with pytest.raises(Reverted, match="BelowInitialMargin"):
        scene.bid(account, MARK, lots, IOC)
    scene.system.backend.revert(snapshot)
    assert scene.bid(account, MARK, lots, IOC).filled_lots == lots
    portfolio, risk = engine_of(scene, account)
    assert free_collateral(portfolio, risk) == 0


def test_resting_order_ends_at_the_lot_that_the_engine_says(scene: LendingScene) -> None:
    account = levered(scene)
    portfolio, risk = engine_of(scene, account)
    lots = largest_resting(portfolio, risk, MARKET, is_ask=False)
    assert 0 < lots < 40_000
    with pytest.raises(Reverted, match="BelowInitialMargin"):
        scene.system.place(account, ETH_MARKET, BID, MARK - 100, lots + 1)
    assert scene.system.place(account, ETH_MARKET, BID, MARK - 100, lots).resting_lots == lots
