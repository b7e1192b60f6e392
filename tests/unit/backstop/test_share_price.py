"""What a share of the backstop tranche is worth: losses, fees, gifts."""

from tests.support.backstop import MAX_SHARES, VIRTUAL, Backstop
from tests.support.scene import DEPOSITOR, DOLLARS, STRANGER, UNIT
from tests.support.soundness import refused

THOUSAND = 1_000 * DOLLARS


def test_loss_is_borne_by_shares_alike(backstop: Backstop) -> None:
    mine, yours = backstop.enter(DEPOSITOR, 3 * THOUSAND), backstop.enter(STRANGER, THOUSAND)
    backstop.lose(THOUSAND)
    assert backstop.view("totalAssets") == 3 * THOUSAND * UNIT
    # Three quarters are left; the virtual shares bear less than an atom.
    assert backstop.view("convertToAssets", mine) == 2_250 * DOLLARS * UNIT
    assert backstop.view("convertToAssets", yours) == 750 * DOLLARS * UNIT


def test_fees_belong_to_shares_alike(backstop: Backstop) -> None:
    mine, yours = backstop.enter(DEPOSITOR, 3 * THOUSAND), backstop.enter(STRANGER, THOUSAND)
    backstop.earn(400 * DOLLARS)
    # Rounded down, and the virtual shares have their part.
    assert backstop.view("convertToAssets", mine) == (3_300 * DOLLARS - 1) * UNIT
    assert backstop.view("convertToAssets", yours) == (1_100 * DOLLARS - 1) * UNIT


def test_deposit_after_a_loss_buys_more_and_takes_nothing_from_others(backstop: Backstop) -> None:
    mine = backstop.enter(DEPOSITOR, 2 * THOUSAND)
    backstop.lose(THOUSAND)
    yours = backstop.enter(STRANGER, THOUSAND)
    assert mine - VIRTUAL < yours < mine
    assert backstop.value(mine) == THOUSAND
    assert backstop.value(yours) == THOUSAND - 1


def test_deposit_after_fees_buys_less_and_gets_none_of_them(backstop: Backstop) -> None:
    mine = backstop.enter(DEPOSITOR, THOUSAND)
    backstop.earn(THOUSAND)
    yours = backstop.enter(STRANGER, THOUSAND)
    assert backstop.value(mine) == 2 * THOUSAND - 1
    assert backstop.value(yours) == THOUSAND - 1


def test_redemption_changes_nothing_for_who_stays(backstop: Backstop) -> None:
    mine, yours = backstop.enter(DEPOSITOR, 3 * THOUSAND), backstop.enter(STRANGER, THOUSAND)
    backstop.lose(1_234_567_891)
    before = backstop.value(yours)
    backstop.make_ready(DEPOSITOR)
    paid = backstop.redeem(DEPOSITOR, mine)
    assert paid == (4 * THOUSAND - 1_234_567_891) * 3 // 4 * UNIT
    assert before <= backstop.value(yours) <= before + 1


def test_total_loss_leaves_worthless_shares_and_a_tranche_that_works(backstop: Backstop) -> None:
    mine = backstop.enter(DEPOSITOR, THOUSAND)
    backstop.make_ready(DEPOSITOR)
    backstop.lose(THOUSAND)
    assert backstop.view("totalAssets") == 0
    assert backstop.view("convertToAssets", mine) == 0
    assert backstop.view("maxRedeem", DEPOSITOR) == backstop.view("maxWithdraw", DEPOSITOR) == 0
    with refused(backstop.system, "ERC4626ExceededMaxRedeem", DEPOSITOR, mine, 0):
        backstop.redeem(DEPOSITOR, mine)

    yours = backstop.enter(STRANGER, THOUSAND)
    # All old shares together are worth less than an atom, of the new ones.
    assert yours == THOUSAND * (mine + VIRTUAL)
    assert backstop.value(mine) == 0
    assert backstop.value(yours) == THOUSAND
    backstop.make_ready(STRANGER)
    assert backstop.redeem(STRANGER, yours) == THOUSAND * UNIT


def test_repeated_total_losses_leave_room_for_as_many_shares_as_there_may_be(
    backstop: Backstop,
) -> None:
    """The supply grows by as many times as there were atoms lost; no view ever overflows."""
    for _ in range(3):
        backstop.enter(DEPOSITOR, 10**15)
        backstop.lose(10**15)
    room = MAX_SHARES - backstop.supply
    atoms = room // (backstop.supply + VIRTUAL)
    assert 0 < atoms < 10**15
    assert backstop.view("maxDeposit", STRANGER) == atoms * UNIT
    assert backstop.view("maxMint", STRANGER) == atoms * (backstop.supply + VIRTUAL)
    backstop.enter(STRANGER, atoms)
    assert backstop.supply <= MAX_SHARES
    backstop.lose(atoms)
    assert backstop.view("maxDeposit", STRANGER) == 0
    assert backstop.view("maxMint", STRANGER) == 0


# ------------------------------------------------------------------- inflation


def test_inflated_share_price_costs_the_attacker_more_than_anybody_loses(
    backstop: Backstop,
) -> None:
    """One atom deposited, a fortune given: half of it is the virtual shares', for good."""
    fortune = 500_000 * DOLLARS
    attack = backstop.enter(STRANGER, 1)
    backstop.earn(fortune)
    share = backstop.enter(DEPOSITOR, DOLLARS)
    lost = DOLLARS - backstop.value(share)
    assert 0 <= lost <= 1, "the victim loses what an atom is rounded by"
    assert backstop.value(attack) <= fortune // 2 + 1


def test_gift_before_the_first_deposit_stays_in_the_tranche(backstop: Backstop) -> None:
    """Nobody had a share of it, so it is nobody's: it bears losses with the others."""
    backstop.earn(THOUSAND)
    mine = backstop.enter(DEPOSITOR, THOUSAND)
    assert THOUSAND - 2_000 <= backstop.value(mine) <= THOUSAND
    backstop.lose(THOUSAND)
    assert backstop.value(mine) <= THOUSAND // 2
