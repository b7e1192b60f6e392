"""Bonds, standby lines, claims and chosen liquidators, entry by entry."""

from tests.support.perps import PerpScene
from tests.support.scene import DOLLARS
from tests.support.soundness import SlotWatch, refused


def test_r3_counts_of_all_accounts_never_return_to_zero_without_a_backstop(
    perps: PerpScene,
) -> None:
    watch = SlotWatch(perps.system)
    perps.system.lock_bond(perps.long_account, 100 * DOLLARS)
    watch.check()
    perps.system.release_bond(perps.long_account, 100 * DOLLARS)
    watch.check()


def test_set_backstop_to_the_insurance_fund_is_refused(perps: PerpScene) -> None:
    """One fund would pay twice, beyond what it may in a day."""
    with refused(perps.system, "InvalidParameter", b"accountId".ljust(32, b"\0"), 1):
        perps.system.set_backstop(1)
