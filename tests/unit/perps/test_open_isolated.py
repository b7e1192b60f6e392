"""An order placed from a new account, with some cash of another."""

import pytest

from tests.support.perps import ETH_LOTS, LONG, MARGIN, MARK, PerpScene
from tests.support.scene import ASK, BID, DOLLARS, IOC, STRANGER, order
from tests.support.soundness import refused
from tests.support.system import ETH_PERP
from worldmarkets.model.interface import OrderRequest

STAKE = 200 * DOLLARS


def buy(lots: int = ETH_LOTS, tick: int = MARK) -> OrderRequest:
    return order(BID, tick, lots, IOC, market=ETH_PERP)


def test_open_isolated_trades_from_an_account_of_its_own(
    perps: PerpScene, long: int, short: int
) -> None:
    perps.perp_ask(short, MARK, ETH_LOTS)
    account, result = perps.system.open_isolated(long, STAKE, buy())
    assert result.filled_lots == ETH_LOTS
    names = [event.name for event in perps.system.events()]
    assert names == ["AccountCreated", "Transferred", "BookRecords"]
    assert perps.account(account).owner == int(LONG, 16)
    assert (perps.cash(long), perps.cash(account)) == (MARGIN - STAKE, STAKE)
    assert perps.position(account).size == ETH_LOTS
    assert perps.position(long).size == 0
    assert perps.account(long).perps == 0


def test_open_isolated_rests_what_does_not_trade(perps: PerpScene, long: int) -> None:
    account, result = perps.system.open_isolated(
        long, STAKE, order(ASK, 20_100, ETH_LOTS, market=ETH_PERP)
    )
    assert result.resting_lots == ETH_LOTS
    assert perps.position(account).open_asks == ETH_LOTS


def test_open_isolated_places_spot_orders_too(perps: PerpScene, long: int) -> None:
    perps.ask(perps.maker, MARK, 10)
    account, result = perps.system.open_isolated(long, STAKE, order(BID, MARK, 10, IOC))
    assert result.filled_lots == 10
    assert perps.base(account) == 10 * 100_000


def test_open_isolated_loses_no_more_than_its_stake(
    perps: PerpScene, long: int, short: int
) -> None:
    perps.perp_ask(short, MARK, ETH_LOTS)
    account, _ = perps.system.open_isolated(long, STAKE, buy())
    for dollars in (1_900, 1_800, 1_700):
        perps.move_index(dollars)
    assert perps.system.settle(account, ETH_PERP, sender=STRANGER) == -STAKE
    assert (perps.cash(account), perps.cash(long)) == (0, MARGIN - STAKE)


@pytest.mark.parametrize("permissions", [0, 63])
def test_open_isolated_by_another_is_refused(perps: PerpScene, long: int, permissions: int) -> None:
    if permissions:
        perps.system.set_operator(long, STRANGER, permissions)
    with refused(perps.system, "NotAccountOwner", long, STRANGER):
        perps.system.open_isolated(long, STAKE, buy(), sender=STRANGER)


def test_open_isolated_whose_order_is_refused_makes_no_account(perps: PerpScene, long: int) -> None:
    with refused(perps.system, "PriceOutsideBand", 21_001, 21_000):
        perps.system.open_isolated(long, STAKE, buy(tick=21_001))


def test_open_isolated_with_too_small_a_stake_makes_no_account(
    perps: PerpScene, long: int, short: int
) -> None:
    """Its own cash alone counts: 99.3 dollars after the fee, for a requirement of 100."""
    perps.perp_ask(short, MARK, ETH_LOTS)
    account = perps.short_account + 1
    arguments = (account, 100 * DOLLARS - 700_000, 100 * DOLLARS)
    with refused(perps.system, "BelowInitialMargin", *arguments):
        perps.system.open_isolated(long, 100 * DOLLARS, buy())
    assert perps.system.open_isolated(long, 100 * DOLLARS + 700_000, buy())[0] == account


@pytest.mark.parametrize(
    ("atoms", "error"),
    [(0, "ZeroAmount"), (MARGIN + 1, "InsufficientBalance")],
)
def test_open_isolated_with_cash_that_is_not_there_is_refused(
    perps: PerpScene, long: int, atoms: int, error: str
) -> None:
    arguments = () if not atoms else (long, 0, MARGIN, MARGIN + 1)
    with refused(perps.system, error, *arguments):
        perps.system.open_isolated(long, atoms, buy())


def test_open_isolated_takes_no_unsettled_profit_along(fallen: PerpScene, short: int) -> None:
    """As any transfer; a hundred dollars are required of what stays, at the slow price."""
    most = MARGIN - 100 * DOLLARS
    rest = order(BID, 19_000, 1, market=ETH_PERP)
    with refused(fallen.system, "UnsettledProfit", short, 100 * DOLLARS - 1, 100 * DOLLARS):
        fallen.system.open_isolated(short, most + 1, rest)
    fallen.system.open_isolated(short, most, rest)
