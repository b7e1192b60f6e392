"""Attacks on what funds have paid: it is theirs before it is the owner's again."""

import pytest

from tests.support.abi import Reverted
from tests.support.backend import user_address
from tests.support.liquidation import GROSS, LOTS, LiquidationScene
from tests.support.perps import MARK
from tests.support.scene import DOLLARS, IOC, STRANGER
from tests.support.system import ETH_PERP

ACCOMPLICE = user_address(0x667)


def paid_for(failing: LiquidationScene) -> int:
    """A long account in deficit by 1,000 dollars, which the insurance fund has paid."""
    account = failing.perp_long(equity=GROSS // 20)
    for dollars in (1_900, 1_850):
        failing.move_index(dollars)
        failing.wait(10)
    assert failing.equity(account) == -1_000 * DOLLARS
    failing.flag(account)
    assert failing.protection(account).insurance_claim == 1_000 * DOLLARS + 1
    return account


def test_liq_o_owner_does_not_carry_off_by_trades_what_a_fund_has_a_claim_on(
    failing: LiquidationScene,
) -> None:
    """After a rebound he closes all at a loss, to an accomplice's bid at the edge of the band."""
    system = failing.system
    account, accomplice = paid_for(failing), failing.trader(ACCOMPLICE, 100_000 * DOLLARS)
    failing.move_index(1_950)
    failing.pass_time(20)
    assert failing.equity(account) > 1_900 * DOLLARS
    tick = MARK * 1_950 * 96 // 200_000
    failing.perp_bid(accomplice, tick, LOTS)
    with pytest.raises(Reverted) as caught:
        failing.perp_ask(account, tick, LOTS, IOC, reduce_only=True)
    assert caught.value.name == "BelowInitialMargin"
    system.settle(account, ETH_PERP, sender=STRANGER)
    system.repay_claims(account, sender=STRANGER)
    # What is still owed to the fund is there: nothing of it has gone to the accomplice.
    assert failing.equity(account) >= failing.protection(account).claims
