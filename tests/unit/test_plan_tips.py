"""Tips of risk plans: how much, to whom, out of what, and counted in what they leave."""

import pytest

from tests.support.perps import LONG, MARK, PerpScene
from tests.support.plans import ALL, open_long, pulling, reducing, selling
from tests.support.scene import DOLLARS, LOT, STRANGER, fee_up, notional
from tests.support.soundness import refused
from tests.support.system import ETH_PERP_TERMS

LOTS = 1_000
TIP_PPM = 5_000


@pytest.fixture
def account(perps: PerpScene) -> int:
    """An account that is an ETH long, all of which a step may sell to the maker."""
    made = open_long(perps, LOTS)
    perps.system.set_plan(made, [reducing(LOTS, tip_ppm=TIP_PPM)])
    perps.perp_bid(perps.maker, 19_999, LOTS)
    return made


@pytest.fixture
def tipped(perps: PerpScene) -> int:
    """An account of whoever executes."""
    return perps.new_account(STRANGER, 1)


def tip_on(notional_atoms: int, ppm: int = TIP_PPM) -> int:
    return notional_atoms * ppm // 10**6


def test_tip_is_a_part_of_the_notional_rounded_down(
    perps: PerpScene, account: int, tipped: int
) -> None:
    before = perps.cash(account)
    tip = tip_on(notional(333, 19_999))
    assert notional(333, 19_999) * TIP_PPM % 10**6
    result = perps.system.execute_step(account, 0, 333, tipped, sender=STRANGER)
    assert result == (333, tip)
    assert perps.cash(account) == before - tip
    assert perps.cash(tipped) == 1 + tip
    events = {event.name: event.fields for event in perps.system.events()}
    assert events["StepExecuted"]["tipAtoms"] == tip
    assert events["Transferred"] == {
        "fromAccountId": account,
        "toAccountId": tipped,
        "assetId": 0,
        "atoms": tip,
        "fromBalanceAtoms": before - tip,
        "toBalanceAtoms": 1 + tip,
    }


def test_tip_takes_deposits_along_at_their_age(perps: PerpScene, account: int, tipped: int) -> None:
    before, own = perps.season(account).today, perps.season(tipped).today
    assert before == perps.cash(account)
    _, tip = perps.system.execute_step(account, 0, ALL, tipped, sender=STRANGER)
    assert perps.season(account).today == before - tip
    assert perps.season(tipped).today == own + tip > own


def test_tip_that_nobody_wants_is_not_paid(perps: PerpScene, account: int) -> None:
    before = perps.cash(account)
    assert perps.system.execute_step(account, 0, ALL, 0, sender=STRANGER) == (LOTS, 0)
    assert perps.cash(account) == before
    assert "Transferred" not in [event.name for event in perps.system.events()]


def test_tip_is_no_more_than_there_is_of_cash(perps: PerpScene, account: int, tipped: int) -> None:
    perps.move_index(3_000)
    perps.perp_bid(perps.maker, 29_999, LOTS)
    perps.take_cash(account, perps.cash(account) - 7)
    result = perps.system.execute_step(account, 0, ALL, tipped, sender=STRANGER)
    assert result == (LOTS, 7)
    assert (perps.cash(account), perps.cash(tipped)) == (0, 8)


def test_tip_is_never_paid_on_credit(perps: PerpScene, tipped: int) -> None:
    account = perps.long(LONG, 3_000 * DOLLARS, 10_000)
    assert perps.ledger(account, 0).balance < 0
    perps.system.set_plan(account, [selling(100, tip_ppm=TIP_PPM)])
    perps.bid(perps.maker, MARK, 100)
    debt = perps.ledger(account, 0).balance
    assert perps.system.execute_step(account, 0, ALL, tipped, sender=STRANGER) == (100, 0)
    assert 0 > perps.ledger(account, 0).balance > debt


def test_tip_comes_out_of_what_is_lent(perps: PerpScene, account: int, tipped: int) -> None:
    perps.system.set_lent(account, 0)
    tip = tip_on(notional(LOTS, 19_999))
    before = perps.atoms(account)
    assert perps.system.execute_step(account, 0, ALL, tipped, sender=STRANGER) == (LOTS, tip)
    assert perps.atoms(account) == before - tip
    assert perps.cash(tipped) == 1 + tip


def test_tip_to_an_account_that_can_not_get_it_is_refused(perps: PerpScene, account: int) -> None:
    empty = perps.system.create_account(STRANGER)
    with refused(perps.system, "AssetNotActivated", empty, 0):
        perps.system.execute_step(account, 0, ALL, empty, sender=STRANGER)
    with refused(perps.system, "UnknownAccount", 999):
        perps.system.execute_step(account, 0, ALL, 999, sender=STRANGER)
    with refused(perps.system, "SameAccount", account):
        perps.system.execute_step(account, 0, ALL, account)


def test_tip_may_go_to_another_account_of_the_owner(perps: PerpScene, account: int) -> None:
    other = perps.trader(LONG, 5)
    done, tip = perps.system.execute_step(account, 0, ALL, other)
    assert (done, perps.cash(other)) == (LOTS, 5 + tip)


def test_tip_counts_when_risk_must_fall(perps: PerpScene, account: int, tipped: int) -> None:
    """Who closes a half must keep a half of his equity, to the atom."""
    half = LOTS // 2
    sold = notional(half, 19_999)
    # The fee is no whole number of units of position cash, which costs an atom more.
    costs = notional(half, 1) + fee_up(sold, ETH_PERP_TERMS.taker_ppm) + 1 + tip_on(sold)
    perps.take_cash(account, perps.margin(account).equity_atoms - 2 * costs + 1)
    needed = perps.margin(account).initial_atoms // 2
    with refused(perps.system, "BelowInitialMargin", account, costs - 1, needed):
        perps.system.execute_step(account, 0, half, tipped, sender=STRANGER)
    perps.take_cash(account, -1)
    assert perps.system.execute_step(account, 0, half, tipped, sender=STRANGER)[0] == half
    margin = perps.margin(account)
    assert (margin.equity_atoms, margin.initial_atoms) == (costs, needed)


def test_tip_of_what_is_pulled_is_a_part_of_its_worth(perps: PerpScene, tipped: int) -> None:
    account, source = open_long(perps, LOTS), perps.new_account(LONG, 500 * DOLLARS, LOTS)
    steps = [pulling(1, 333 * LOT + 1, source, tip_ppm=TIP_PPM)]
    steps.append(pulling(0, 77 * DOLLARS + 199, source, tip_ppm=TIP_PPM))
    perps.system.set_plan(account, steps)
    before = perps.cash(account)
    tip = tip_on((333 * LOT + 1) * perps.underlying().price // 10**12)
    result = perps.system.execute_step(account, 0, ALL, tipped, sender=STRANGER)
    assert result == (333 * LOT + 1, tip)
    assert perps.cash(account) == before - tip
    result = perps.system.execute_step(account, 1, ALL, tipped, sender=STRANGER)
    assert result == (77 * DOLLARS + 199, 77 * 5_000)
    assert perps.cash(tipped) == 1 + tip + 77 * 5_000
