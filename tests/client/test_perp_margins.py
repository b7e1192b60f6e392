"""Margins and previews of perps through the client."""

from decimal import Decimal

import pytest

from tests.client.conftest import Trader, dec
from worldmarkets.client import Client, Order, Side
from worldmarkets.client.margins import MARK_ONE, resting, traded_perp
from worldmarkets.client.units import MarketUnits
from worldmarkets.deployment import Asset, Market, Perp
from worldmarkets.model import errors
from worldmarkets.model.interface import MarginChange

PERP = "WETH-PERP"
USDM = Asset(0, "USDM", "0x00", 18, 10**12, 6, True)
WETH = Asset(1, "WETH", "0x01", 18, 10**10, 8, True)
MARKET = Market(513, PERP, 1, 10, 10_000, 40, 350, 0, 500, Perp(2**30, 2**20, 20_000, 300, 9, 8, 7))
UNITS = MarketUnits(MARKET, WETH, USDM)
MARK = 30_000 * MARK_ONE
FEE = 3_000 * 350
"""Of an ether at 3,000 dollars [quote atoms]."""


@pytest.mark.parametrize(
    ("side", "reduce_only", "change"),
    [
        (Side.BID, False, MarginChange(513, 0, 25_000)),
        (Side.ASK, False, MarginChange(513, 0, 0, 25_000)),
        (Side.ASK, True, MarginChange(513, 0, 0, 25_000, 25_000)),
    ],
)
def test_resting_of_a_perp_is_in_lots(side: Side, reduce_only: bool, change: MarginChange) -> None:
    order = Order(PERP, side, dec(2_990), dec("2.5"), reduce_only=reduce_only)
    assert resting(UNITS, order) == change


@pytest.mark.parametrize(
    ("side", "price", "lots", "paid"),
    [
        (Side.BID, "3000", 10_000, FEE),
        (Side.BID, "3000.1", 10_000, FEE + 35 + 100_000),
        (Side.BID, "2999.9", 10_000, FEE - 35 - 100_000),
        (Side.BID, "2998.9", 10_000, 0),
        (Side.ASK, "3000", -10_000, FEE),
        (Side.ASK, "2999.9", -10_000, FEE - 35 + 100_000),
        (Side.ASK, "3000.1", -10_000, FEE + 35 - 100_000),
        (Side.ASK, "3002", -10_000, 0),
    ],
)
def test_traded_perp_pays_what_it_loses_against_the_mark(
    side: Side, price: str, lots: int, paid: int
) -> None:
    changes = traded_perp(UNITS, Order(PERP, side, dec(price), dec(1)), MARK)
    assert changes == (MarginChange(513, lots), MarginChange(0, -paid))


def test_traded_perp_rounds_what_it_loses_up() -> None:
    order = Order(PERP, Side.BID, dec(3_000), dec("0.0001"))
    # One lot, a 2^-24 of a tick below its price, and a fee of 105 atoms.
    assert traded_perp(UNITS, order, MARK - 1)[1] == MarginChange(0, -106)


@pytest.fixture
def trader(deployer: Client, maker: Trader, taker: Trader) -> Trader:
    """Has 1,000,000 dollars and 100 ether, somebody lends as much, and prices are new."""
    maker[0].set_lent(maker[1], "USDM")
    deployer.post_prices({"WETH": dec(3_000), "WBTC": dec(100_000)})
    return taker


def meet(maker: Trader, trader: Trader, price: Decimal, size: Decimal) -> None:
    maker[0].place(maker[1], PERP, Side.ASK, price, size)
    trader[0].place(trader[1], PERP, Side.BID, price, size)


@pytest.mark.node
def test_preview_of_resting_orders_is_what_they_become(trader: Trader) -> None:
    client, account = trader
    orders = [
        Order(PERP, Side.BID, dec(2_990), dec(3)),
        Order(PERP, Side.ASK, dec(3_010), dec(2)),
        Order("WETH", Side.ASK, dec(3_010), dec(1)),
    ]
    preview = client.preview(account, orders=orders)
    client.batch(account, places=orders)
    assert client.margin(account) == preview.changed
    assert preview.current.is_paid
    assert not preview.changed.is_paid
    assert preview.changed.initial > preview.current.initial


@pytest.mark.node
@pytest.mark.parametrize("price", ["3000", "3003.3"])
def test_preview_of_a_trade_is_what_it_becomes(maker: Trader, trader: Trader, price: str) -> None:
    client, account = trader
    trade = Order(PERP, Side.BID, dec(price), dec("1.2345"))
    preview = client.preview(account, trades=[trade])
    meet(maker, trader, dec(price), dec("1.2345"))
    assert client.margin(account) == preview.changed


@pytest.mark.node
def test_preview_of_a_trade_below_the_mark_promises_no_profit(
    maker: Trader, trader: Trader
) -> None:
    client, account = trader
    trade = Order(PERP, Side.BID, dec(2_997), dec(10))
    preview = client.preview(account, trades=[trade]).changed
    meet(maker, trader, dec(2_997), dec(10))
    found = client.margin(account)
    # Of the gain of 30 dollars the fee is paid.
    assert found.equity - preview.equity == 30 - dec("10.4895")
    assert found.settled == preview.settled == preview.equity
    assert (preview.initial, preview.maintenance) == (found.initial, found.maintenance)


@pytest.mark.node
def test_margin_tells_profit_that_is_not_settled(
    deployer: Client, maker: Trader, trader: Trader
) -> None:
    client, account = trader
    meet(maker, trader, dec(3_000), dec(100))
    deployer.post_prices({"WETH": dec(3_200)})
    margin = client.margin(account)
    (position,) = client.positions(account)
    assert position.profit == 20_000 - 105
    assert margin.equity - margin.settled == position.profit
    assert margin.withdrawable == margin.free - position.profit
    assert client.margin(maker[1]).settled == client.margin(maker[1]).equity


@pytest.mark.node
def test_withdraw_on_profit_that_is_not_settled_is_refused(
    deployer: Client, maker: Trader, trader: Trader
) -> None:
    client, account = trader
    meet(maker, trader, dec(3_000), dec(100))
    client.withdraw(account, "WETH", dec(100))
    deployer.post_prices({"WETH": dec(3_200)})
    margin = client.margin(account)
    amount = (margin.withdrawable + 1).quantize(dec("0.000001"))
    with pytest.raises((errors.UnsettledProfit, errors.BelowInitialMargin)):
        client.withdraw(account, "USDM", amount)
    assert client.margin(account) == margin
