"""Making an account no longer use a perp."""

from dataclasses import replace

import pytest

from tests.support.perps import MARK, PerpScene
from tests.support.scene import STRANGER
from tests.support.soundness import refused
from tests.support.system import BTC_PERP, ETH_PERP
from worldmarkets.model.interface import Permission


def test_deactivate_market_without_anything_there_frees_its_place(
    perps: PerpScene, long: int
) -> None:
    perps.system.cancel(long, perps.perp_bid(long, 19_900, 10).order_id)
    assert perps.account(long).perps == 1 << 1
    perps.system.deactivate_market(long, ETH_PERP)
    [event] = perps.system.events()
    assert (event.name, event.fields) == (
        "MarketDeactivated",
        {"accountId": long, "marketId": ETH_PERP},
    )
    assert perps.account(long).perps == 0
    assert perps.account(long).assets == 1


def test_deactivate_market_with_an_order_is_refused(perps: PerpScene, long: int) -> None:
    perps.perp_ask(long, 20_100, 10)
    with refused(perps.system, "MarketInUse", long, ETH_PERP):
        perps.system.deactivate_market(long, ETH_PERP)


def test_deactivate_market_with_a_position_is_refused(
    perps: PerpScene, long: int, short: int
) -> None:
    perps.trade(long, short, 10)
    for account in (long, short):
        with refused(perps.system, "MarketInUse", account, ETH_PERP):
            perps.system.deactivate_market(account, ETH_PERP)


def test_deactivate_market_with_cash_there_is_refused_until_it_is_settled(
    perps: PerpScene, long: int, short: int
) -> None:
    perps.trade(long, short, 10)
    perps.trade(short, long, 10)
    assert perps.position(long).size == 0
    with refused(perps.system, "MarketInUse", long, ETH_PERP):
        perps.system.deactivate_market(long, ETH_PERP)
    for account in (long, short):
        perps.system.settle(account, ETH_PERP)
        perps.system.deactivate_market(account, ETH_PERP)
        assert perps.account(account).perps == 0


def test_deactivate_market_lets_the_account_need_no_margin_again(
    perps: PerpScene, long: int
) -> None:
    perps.system.cancel(long, perps.perp_bid(long, 19_900, 10).order_id)
    assert not perps.margin(long).is_paid
    perps.system.deactivate_market(long, ETH_PERP)
    assert perps.margin(long).is_paid


def test_deactivate_market_and_use_it_again(perps: PerpScene, long: int, short: int) -> None:
    perps.system.cancel(long, perps.perp_bid(long, 19_900, 10).order_id)
    perps.system.deactivate_market(long, ETH_PERP)
    perps.trade(long, short, 10)
    assert (perps.account(long).perps, perps.position(long).size) == (1 << 1, 10)


@pytest.mark.parametrize(
    ("permission", "passes"), [(Permission.PLACE, True), (Permission.CANCEL, False)]
)
def test_deactivate_market_by_an_operator_needs_the_permission_to_place(
    perps: PerpScene, long: int, permission: Permission, passes: bool
) -> None:
    perps.system.set_operator(long, STRANGER, permission)
    if passes:
        perps.system.deactivate_market(long, ETH_PERP, sender=STRANGER)
        return
    arguments = (long, STRANGER, int(permission), 1)
    with refused(perps.system, "PermissionMissing", *arguments):
        perps.system.deactivate_market(long, ETH_PERP, sender=STRANGER)


def test_deactivate_market_by_a_stranger_is_refused(perps: PerpScene, long: int) -> None:
    with refused(perps.system, "NotAccountOwner", long, STRANGER):
        perps.system.deactivate_market(long, ETH_PERP, sender=STRANGER)


def test_deactivate_market_that_is_not_listed_is_refused(perps: PerpScene, long: int) -> None:
    for market in (BTC_PERP, 257, 0):
        with refused(perps.system, "UnknownMarket", market):
            perps.system.deactivate_market(long, market)


def test_deactivate_market_leaves_others_alone(perps: PerpScene, long: int, short: int) -> None:
    perps.trade(long, short, 10)
    before = replace(perps.account(long))
    perps.system.cancel(perps.maker, perps.perp_bid(perps.maker, MARK - 100, 1).order_id)
    perps.system.deactivate_market(perps.maker, ETH_PERP)
    assert perps.account(long) == before
