"""Who bears what nobody pays: winners of the perps that lost it, then lenders of what is owed."""

from dataclasses import replace

import pytest

from tests.support.backend import rolled_back, user_address
from tests.support.liquidation import (
    CAPITAL,
    FAILING,
    INSURANCE,
    LOTS,
    LiquidationScene,
)
from tests.support.perps import ETH_LOTS
from tests.support.scene import ASK, BID, DEPOSITOR, DOLLARS, ETH_UNIT, IOC, LOT, STRANGER
from tests.support.soundness import refused
from tests.support.system import BTC_MARKET, BTC_PERP, BTC_PERP_TERMS, DOLLAR, ETH_PERP
from worldmarkets.model import slots
from worldmarkets.model.perp_words import PerpPoolWord

BTC_TERMS = replace(BTC_PERP_TERMS, min_lots=1, maker_ppm=0, position_cap_lots=2**25)
WAD = 10**18
ROSE = 22 * 10**12
"""Price of an atom of asset 1 after it has risen by a tenth [1e-18 dollars]."""


def tangled(failing: LiquidationScene, deficit: int) -> int:
    """An account that has lost in two perps, owes cash and ETH, and has BTC.

    Prices have risen by a tenth; nobody but it has traded BTC.
    """
    system = failing.system
    system.list_perp_market(2, BTC_TERMS)
    account = failing.short(FAILING, CAPITAL, 10 * ETH_LOTS)
    failing.trade(failing.maker, account, 7 * ETH_LOTS)
    tick = failing.mark(BTC_PERP).mark // 2**24
    system.place(failing.taker, BTC_PERP, BID, tick, 50_000)
    system.place(account, BTC_PERP, ASK, tick, 50_000, IOC)
    system.fund(failing.taker, 2, 10**8)
    system.place(failing.taker, BTC_MARKET, ASK, 60_000, 50_000)
    system.place(account, BTC_MARKET, BID, 60_000, 50_000, IOC)
    for percent in (109, 110):
        failing.move_index(20 * percent)
        system.set_price(2, 600 * percent * DOLLAR)
        failing.wait(5)
    failing.leave_equity(account, -deficit)
    assert failing.cash(account) < 0
    return account


def owed(failing: LiquidationScene, account: int) -> dict[int, int]:
    """What an account has lost of each perp, and owes of each asset [quote atoms]."""
    perps = {market: max(0, -failing.unsettled(account, market)) for market in (ETH_PERP, BTC_PERP)}
    atoms = failing.atoms(account, 1)
    return perps | {0: -failing.atoms(account), 1: -(atoms * ROSE // 10**12)}


def parts_of(weights: dict[int, int], amount: int) -> dict[int, int]:
    """An amount shared in proportion; the last gets what is left, and each an atom more."""
    total, left, parts = sum(weights.values()), amount, {}
    for key, weight in weights.items():
        share = amount * weight // total if key != list(weights)[-1] else left
        left -= share
        parts[key] = share + 1
    return parts


@pytest.mark.parametrize("deficit", [500, 5_000, 6_000, 30_000])
def test_deficit_is_split_by_losses_of_perps_and_then_by_debts(
    failing: LiquidationScene, deficit: int
) -> None:
    """Perps have lost 4,408 dollars together; what is beyond that is of the debts."""
    failing.empty_funds()
    account = tangled(failing, deficit * DOLLARS)
    failing.system.accrue_pools(0, 1)
    owes = owed(failing, account)
    losses = {market: owes[market] for market in (ETH_PERP, BTC_PERP)}
    debts = {asset: owes[asset] for asset in (0, 1)}
    before = [failing.totals(asset).borrow_shares for asset in (0, 1)]
    failing.flag(account)
    lost = min(deficit * DOLLARS, sum(losses.values()))
    perps = parts_of(losses, lost)
    loans = parts_of(debts, deficit * DOLLARS - lost)
    for market, part in perps.items():
        assert failing.perp_pool(market).shortfall == part
    # Of each debt at least as much goes, by less than a share more.
    for asset, atoms in ((0, loans[0]), (1, -(-loans[1] * 10**12 // ROSE))):
        index = failing.index(asset).borrow_index
        gone = (before[asset] - failing.totals(asset).borrow_shares) * index
        assert 0 <= gone - atoms * WAD < index
    assert 0 <= failing.equity(account) <= 100


def test_liq_k_settling_a_loser_early_shifts_nothing_onto_lenders(
    failing: LiquidationScene,
) -> None:
    failing.empty_funds()
    account = tangled(failing, 3_000 * DOLLARS)
    found = []
    for settles in (False, True):
        with rolled_back(failing.system.backend):
            if settles:
                for market in (ETH_PERP, BTC_PERP):
                    failing.system.settle(account, market, sender=STRANGER)
            failing.flag(account)
            paid = failing.event("DeficitPaid")
            found.append((paid["shortfallAtoms"], paid["lossAtoms"]))
    assert found[0] == found[1]
    # An atom of each of the two debts covers what is rounded.
    assert found[0][1] <= 2


# --------------------------------------------------------------- lenders


def levered_short(failing: LiquidationScene, lots: int = 100 * ETH_LOTS) -> int:
    """A spot short in deficit after a rise of a fifth."""
    account = failing.short(FAILING, CAPITAL, lots)
    for dollars in (2_180, 2_390, 2_400):
        failing.move_index(dollars)
        failing.wait(5)
    return account


def test_lenders_lose_what_is_forgiven_and_none_a_balance_in_custody(
    failing: LiquidationScene,
) -> None:
    failing.empty_funds()
    account = levered_short(failing)
    failing.leave_equity(account, -24_000 * DOLLARS)
    failing.system.accrue_pools(1)
    kept = [failing.base(other) for other in (failing.maker, failing.taker)]
    supplied, index = failing.atoms(failing.lender, 1), failing.index(1).supply_index
    failing.flag(account)
    logged = failing.event("PoolLoss")
    # Ten ETH, and an atom.
    atoms = 10 * ETH_LOTS * LOT + 1
    assert (logged["assetId"], logged["accountId"], logged["atoms"]) == (1, account, atoms)
    assert logged["supplyIndex"] == failing.index(1).supply_index < index
    lost = supplied - failing.atoms(failing.lender, 1)
    # What was kept of the interest for the insurance fund goes first.
    assert atoms - 10_000 <= lost <= atoms + 1
    assert [failing.base(other) for other in (failing.maker, failing.taker)] == kept


def test_reserve_of_a_pool_is_lost_before_its_lenders(failing: LiquidationScene) -> None:
    failing.empty_funds()
    account = levered_short(failing)
    failing.pass_time(2 * 365 * 86_400)
    failing.system.accrue_pools(1)
    totals, index = failing.totals(1), failing.index(1)
    there = totals.cash * WAD + totals.borrow_shares * index.borrow_index
    reserve = (there - totals.supply_shares * index.supply_index) // WAD
    assert reserve > ETH_LOTS * LOT // 10
    failing.leave_equity(account, -(reserve - 1) * 24)
    with rolled_back(failing.system.backend):
        failing.flag(account)
        assert failing.index(1).supply_index == index.supply_index
    failing.leave_equity(account, -(reserve + 10**6) * 24)
    failing.flag(account)
    fallen = (index.supply_index - failing.index(1).supply_index) * totals.supply_shares // WAD
    assert 10**6 - 2 <= fallen <= 10**6 + 2


def test_insurance_pays_a_debt_in_kind_with_what_it_has_of_the_asset(
    failing: LiquidationScene,
) -> None:
    """After quote of both funds, and for that asset's debt alone; lenders lose the rest."""
    system = failing.system
    failing.empty_funds()
    system.collect_reserve(1)
    system.mint(DEPOSITOR, 1, 4 * ETH_LOTS * LOT * ETH_UNIT)
    system.deposit(INSURANCE, 1, 4 * ETH_LOTS * LOT * ETH_UNIT, sender=DEPOSITOR)
    account = levered_short(failing)
    failing.leave_equity(account, -24_000 * DOLLARS)
    system.accrue_pools(1)
    owes, held = failing.atoms(account, 1), failing.atoms(INSURANCE, 1)
    lent = failing.atoms(failing.lender, 1)
    failing.flag(account)
    in_kind = held // 2
    # What is left is on loan, and loses with all that is.
    rest = (held - in_kind) * failing.index(1).supply_index // WAD
    assert 0 <= rest - failing.atoms(INSURANCE, 1) <= 1
    # Ten ETH go in all; lenders forgive what the fund may not pay today.
    assert 0 <= failing.atoms(account, 1) - owes - 10 * ETH_LOTS * LOT <= 3
    assert lent - failing.atoms(failing.lender, 1) < 8 * ETH_LOTS * LOT
    # What it paid is its claim, at the price of then.
    assert failing.protection(account).insurance_claim == in_kind * 24 <= 4_800 * DOLLARS


def test_pool_that_has_lost_almost_all_keeps_a_supply_index_and_lends_again(
    failing: LiquidationScene,
) -> None:
    """What would bring the index below a millionth stays owed, and nothing fails for it."""
    failing.empty_funds()
    system, account = failing.system, failing.short(FAILING, CAPITAL, 200 * ETH_LOTS)
    # The lender leaves, but for what is borrowed; of the account nothing stays but its debt.
    system.withdraw(failing.lender, 1, failing.totals(1).cash * ETH_UNIT)
    failing.take_cash(account, failing.cash(account))
    failing.flag(account)
    assert 10**12 <= failing.index(1).supply_index <= 10**12 + 10
    assert -30_000 <= failing.atoms(account, 1) < 0
    assert failing.review(account) == (True, False)
    lent = failing.base(failing.maker)
    system.set_lent(failing.maker, 1)
    assert lent - 1 <= failing.atoms(failing.maker, 1) <= lent


# --------------------------------------------------------------- winners


def short_of(failing: LiquidationScene, atoms: int) -> int:
    """A market with a shortfall of a real deficit; returns who has won what is lacking.

    The maker is the winner of the account that failed.
    """
    failing.empty_funds()
    account = failing.ruined(deficit=atoms)
    failing.flag(account)
    failing.pass_time(20)
    failing.system.settle(account, ETH_PERP, sender=STRANGER)
    assert failing.perp_pool().shortfall == atoms + 1
    return account


def test_liq_q_stranger_does_not_burn_a_winners_profit_in_a_shortfall(
    failing: LiquidationScene,
) -> None:
    short_of(failing, 10_000 * DOLLARS)
    maker = failing.maker
    with refused(failing.system, "NotAccountOwner", maker, STRANGER):
        failing.system.settle(maker, ETH_PERP, sender=STRANGER)
    assert failing.system.settle(maker, ETH_PERP) > 0


def test_liq_l_who_draws_first_in_a_shortfall_gets_no_more_for_it(
    failing: LiquidationScene,
) -> None:
    """Two who have won alike are paid alike, whoever runs; and a loser's payment is for both."""
    system, winners = failing.system, [failing.trader(user_address(0x60 + i)) for i in range(2)]
    account = failing.trader(FAILING, CAPITAL)
    for winner in winners:
        failing.take_cash(winner, -CAPITAL)
        failing.trade(account, winner, 100_000)
    failing.empty_funds()
    for dollars in (1_900, 1_810, 1_800):
        failing.move_index(dollars)
        failing.wait(10)
    failing.leave_equity(account, -10_000 * DOLLARS)
    failing.flag(account)
    failing.pass_time(20)
    system.settle(account, ETH_PERP, sender=STRANGER)
    pool = failing.perp_pool()
    drawn = [system.settle(winner, ETH_PERP) for winner in winners]
    assert abs(drawn[0] - drawn[1]) <= 1
    # Each has made 19,990 dollars, fees taken off for both: half of what there is.
    assert 0 <= pool.cash - sum(drawn) <= 150 * DOLLARS
    left = failing.perp_pool()
    assert isinstance(left, PerpPoolWord)
    # The share that the pool pays has not moved.
    assert abs(left.cash * pool.shortfall - left.shortfall * pool.cash) <= 2 * pool.cash


def test_shortfall_closes_no_position_and_touches_no_other_market(
    failing: LiquidationScene,
) -> None:
    system = failing.system
    system.list_perp_market(2, BTC_TERMS)
    sizes = failing.position(failing.maker).size
    short_of(failing, 10_000 * DOLLARS)
    assert failing.position(failing.maker).size == sizes - 10 * LOTS
    assert failing.perp_pool(BTC_PERP).shortfall == 0
    assert failing.system.read_word(slots.fund(BTC_PERP)) == 0
