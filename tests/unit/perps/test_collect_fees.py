"""Fees of a perp: traders owe them to its pool, which pays them once it has cash."""

from tests.support.perps import ETH_LOTS, MARGIN, PerpScene
from tests.support.scene import DOLLARS
from tests.support.soundness import refused
from tests.support.system import BTC_PERP, ETH_PERP
from worldmarkets.model.perp_words import PerpPoolWord

FEES = 500_000
"""A taker's 70 cents less a maker's 20 [atoms]."""


def collected(perps: PerpScene) -> tuple[int, int]:
    """What insurance and treasury get."""
    perps.system.collect_fees(ETH_PERP)
    [event] = perps.system.events()
    assert event.name == "FeesCollected"
    assert event.fields["marketId"] == ETH_PERP
    return event.fields["insuranceAtoms"], event.fields["treasuryAtoms"]


def test_collect_fees_waits_until_the_pool_has_cash(
    perps: PerpScene, long: int, short: int
) -> None:
    perps.trade(long, short, ETH_LOTS)
    assert collected(perps) == (0, 0)
    assert perps.perp_tape().fees == FEES
    assert (perps.cash(1), perps.cash(2)) == (0, 0)


def test_collect_fees_takes_them_out_of_the_pool(fallen: PerpScene, long: int, short: int) -> None:
    fallen.system.settle(long, ETH_PERP)
    assert collected(fallen) == (FEES // 2, FEES // 2)
    assert (fallen.cash(1), fallen.cash(2)) == (FEES // 2, FEES // 2)
    assert fallen.perp_tape().fees == 0
    fallen.pass_pause()
    assert fallen.system.settle(short, ETH_PERP) == 100_200_000
    assert fallen.perp_pool() == PerpPoolWord(touched=1)
    assert collected(fallen) == (0, 0)


def test_collect_fees_takes_what_the_pool_has_and_leaves_the_rest(
    fallen: PerpScene, long: int
) -> None:
    """An odd atom is the insurance fund's."""
    fallen.take_cash(long, MARGIN - 300_001)
    fallen.system.settle(long, ETH_PERP)
    assert collected(fallen) == (150_001, 150_000)
    assert fallen.perp_tape().fees == FEES - 300_001
    assert fallen.perp_pool().cash == 0


def test_collect_fees_goes_against_the_shortfall_first(fallen: PerpScene, long: int) -> None:
    fallen.take_cash(long, MARGIN - 40 * DOLLARS)
    fallen.system.settle(long, ETH_PERP)
    fallen.recognise(long, 200_000)
    assert collected(fallen) == (150_000, 150_000)
    assert fallen.perp_pool() == PerpPoolWord(40 * DOLLARS - 300_000, touched=1)
    assert fallen.perp_tape().fees == 0


def test_collect_fees_in_a_larger_shortfall_pays_nobody(fallen: PerpScene, long: int) -> None:
    fallen.take_cash(long, MARGIN - 40 * DOLLARS)
    fallen.system.settle(long, ETH_PERP)
    fallen.recognise(long, 30 * DOLLARS)
    assert collected(fallen) == (0, 0)
    assert fallen.perp_pool() == PerpPoolWord(40 * DOLLARS, 30 * DOLLARS - FEES, touched=1)
    assert fallen.perp_tape().fees == 0


def test_collect_fees_of_a_perp_that_is_not_listed_is_refused(perps: PerpScene) -> None:
    with refused(perps.system, "UnknownMarket", BTC_PERP):
        perps.system.collect_fees(BTC_PERP)
