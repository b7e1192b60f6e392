"""Splitting fees between insurance and treasury."""

import pytest

from tests.support.scene import START_CASH, STRANGER, Scene, make_scene
from tests.support.soundness import exchange_storage, refused
from tests.support.system import BTC_MARKET, ETH_MARKET, deploy_system
from worldmarkets.model.words import LedgerWord


def trade(scene: Scene, tick: int, lots: int) -> int:
    """Make fees, and return how many the tape has now [quote atoms]."""
    scene.ask(scene.maker, tick, lots)
    scene.bid(scene.taker, tick, lots)
    return scene.tape().fees


def test_collect_fees_splits_them_and_rounds_for_the_insurance_fund(scene: Scene) -> None:
    fees = trade(scene, 20_001, 1)
    assert fees == 701 - 200
    before = scene.tape()

    scene.system.collect_fees(ETH_MARKET, sender=STRANGER)

    [event] = scene.system.events()
    assert event.name == "FeesCollected"
    assert event.fields == {"marketId": 257, "insuranceAtoms": 251, "treasuryAtoms": 250}
    assert scene.ledger(1, 0) == LedgerWord(touched=1, balance=251)
    assert scene.ledger(2, 0) == LedgerWord(touched=1, balance=250)
    assert scene.account(1).assets == scene.account(2).assets == 1
    after = scene.tape()
    assert after.fees == 0
    assert (after.last, after.sequence, after.taker_ppm) == (
        before.last,
        before.sequence,
        before.taker_ppm,
    )


def test_collect_fees_twice_pays_once(scene: Scene) -> None:
    trade(scene, 20_001, 1)
    scene.system.collect_fees(ETH_MARKET)
    before = exchange_storage(scene.system)
    scene.system.collect_fees(ETH_MARKET)
    assert exchange_storage(scene.system) == before
    assert scene.system.events()[0].fields["insuranceAtoms"] == 0


def test_collect_fees_of_several_trades_adds_up(scene: Scene) -> None:
    trade(scene, 20_001, 1)
    total = trade(scene, 20_003, 3)
    scene.system.collect_fees(ETH_MARKET)
    assert scene.cash(1) + scene.cash(2) == total
    assert scene.cash(scene.maker) + scene.cash(scene.taker) == 2 * START_CASH - total


def test_collect_fees_of_one_market_leaves_the_other(scene: Scene) -> None:
    system = scene.system
    trade(scene, 20_001, 1)
    system.fund(scene.maker, 2, 10**6)
    system.place(scene.maker, BTC_MARKET, 1, 60_000, 20)
    system.place(scene.taker, BTC_MARKET, 0, 60_000, 20)
    kept = scene.tape().fees
    system.collect_fees(BTC_MARKET)
    assert scene.tape().fees == kept
    assert scene.tape(BTC_MARKET).fees == 0


@pytest.mark.parametrize("market", [0, 1, 256, 259, 513, 65_535])
def test_collect_fees_of_unknown_market_is_refused(scene: Scene, market: int) -> None:
    with refused(scene.system, "UnknownMarket", market):
        scene.system.collect_fees(market)


@pytest.mark.parametrize(("ppm", "insurance"), [(0, 0), (1, 1), (999_999, 501), (10**6, 501)])
def test_collect_fees_with_other_splits_rounds_up_for_insurance(
    scene: Scene, ppm: int, insurance: int
) -> None:
    other = make_scene(deploy_system(scene.system.backend, insurance_ppm=ppm))
    assert trade(other, 20_001, 1) == 501
    other.system.collect_fees(ETH_MARKET)
    assert (other.cash(1), other.cash(2)) == (insurance, 501 - insurance)
