"""Margins, previews, prices and risk through the client."""

from decimal import ROUND_CEILING, Decimal

import pytest

from tests.client.conftest import Trader, dec, pass_time
from worldmarkets.client import Client, Margin, Order, Side, UnalignedAmountError
from worldmarkets.model import errors
from worldmarkets.model.interface import Margin as RawMargin
from worldmarkets.model.interface import MarginChange
from worldmarkets.node import LocalNode

pytestmark = pytest.mark.node

ATOM = Decimal("0.000001")


@pytest.fixture
def trader(deployer: Client, maker: Trader, taker: Trader) -> Trader:
    """Has 1,000,000 dollars and 100 ether, somebody lends as much, and prices are new."""
    for asset in ("USDM", "WETH"):
        maker[0].set_lent(maker[1], asset)
    deployer.post_prices({"WETH": dec(3_000), "WBTC": dec(100_000)})
    return taker


def up(amount: Decimal) -> Decimal:
    return amount.quantize(ATOM, ROUND_CEILING)


def of_ether(client: Client, worth: Decimal, equity: Decimal, is_paid: bool) -> Margin:
    """What ATLAS requires for ether of a worth, by the parameters that the client shows."""
    risk, market = client.risk("WETH"), client.market_risk()
    shock = (market.sigma * risk.beta + risk.iota) * worth
    leave = risk.spot_exit * worth
    assert risk.depth is not None
    size = (risk.iota + risk.spot_exit) * worth**2 / risk.depth
    return Margin(
        equity=equity,
        settled=equity,
        initial=up(shock + leave) + up(size),
        end=up(market.end * shock + leave),
        maintenance=up(market.maintenance * shock + leave),
        is_paid=is_paid,
    )


def test_margin_of_an_account_that_owes_nothing_is_paid(trader: Trader) -> None:
    client, account = trader
    found = client.margin(account)
    assert found == of_ether(client, dec(300_000), dec(1_300_000), is_paid=True)
    assert found.free == found.equity - found.initial
    assert found.may_add_risk
    assert found.is_maintained


def test_margin_of_a_short_is_that_of_a_long(trader: Trader) -> None:
    client, account = trader
    short = client.preview(account, withdrawals={"WETH": dec(200)}).changed
    assert short == of_ether(client, dec(300_000), dec(700_000), is_paid=False)
    assert short.may_add_risk


def test_margin_of_an_unknown_account_raises(trader: Trader) -> None:
    with pytest.raises(errors.UnknownAccount):
        trader[0].margin(99)


def test_margin_that_is_not_met_says_so() -> None:
    margin = Margin(dec(10), dec(8), dec(11), dec(10), dec(9), is_paid=False)
    assert (margin.free, margin.may_add_risk, margin.is_maintained) == (-1, False, True)
    assert margin.withdrawable == -3
    margin = Margin(dec(8), dec(8), dec(11), dec(10), dec(9), is_paid=False)
    assert not margin.is_maintained
    margin = Margin(dec(8), dec(8), dec(11), dec(10), dec(9), is_paid=True)
    assert margin.may_add_risk
    assert margin.is_maintained


def test_preview_of_what_is_done_then_is_what_it_becomes(trader: Trader) -> None:
    client, account = trader
    order = Order("WETH", Side.BID, dec(2_990), dec(3))
    preview = client.preview(account, orders=[order], borrows={"USDM": dec(1_000_000)})
    client.place(account, "WETH", Side.BID, dec(2_990), dec(3))
    client.borrow(account, "USDM", dec(1_000_000))
    assert client.margin(account) == preview.changed
    assert client.preview(account).changed == preview.changed
    assert preview.changed != preview.current


def test_preview_of_a_trade_pays_its_price_and_fee(trader: Trader, maker: Trader) -> None:
    client, account = trader
    trade = Order("WETH", Side.BID, dec("3000.1"), dec("0.3333"))
    preview = client.preview(account, trades=[trade])
    maker[0].place(maker[1], "WETH", Side.ASK, dec("3000.1"), dec("0.3333"))
    client.place(account, "WETH", Side.BID, dec("3000.1"), dec("0.3333"))
    assert client.margin(account) == preview.changed
    paid = preview.current.equity - preview.changed.equity
    assert paid == dec("0.1") * dec("0.3333") + up(dec("3000.1") * dec("0.3333") * dec("0.00035"))


def test_preview_of_a_sale_takes_ether_away(trader: Trader) -> None:
    client, account = trader
    sale = Order("WETH", Side.ASK, dec(3_000), dec(100))
    changed = client.preview(account, trades=[sale]).changed
    cash = dec(1_299_895)
    assert changed == Margin(cash, cash, Decimal(0), Decimal(0), Decimal(0), is_paid=True)


def test_preview_sums_what_is_of_one_asset(trader: Trader) -> None:
    client, account = trader
    preview = client.preview(
        account,
        orders=[
            Order("WETH", Side.ASK, dec(3_100), dec(2)),
            Order("WETH", Side.ASK, dec(3_100), dec(3), reduce_only=True),
            Order("WETH", Side.BID, dec(2_900), dec(1)),
        ],
        borrows={"WETH": dec(7)},
        withdrawals={1: dec(11), "USDM": dec(5)},
        trades=[Order("WETH", Side.BID, dec(3_000), dec(13))],
        deposits={"WETH": dec("0.5"), "USDM": dec(40_000)},
    )
    ether = 13 * 10**8 - 18 * 10**8 + 5 * 10**7
    paid = 13 * 3_000 * 10**6 + 13 * 3_000 * 350
    changes = [
        MarginChange(0, 40_000 * 10**6 - 5 * 10**6 - paid),
        MarginChange(1, ether, 10**8, 5 * 10**8, 3 * 10**8),
    ]
    current, changed = client.raw.preview_margin(account, changes)
    assert isinstance(changed, RawMargin)
    for seen, raw in ((preview.current, current), (preview.changed, changed)):
        assert int(seen.equity * 10**6) == raw.equity_atoms
        assert int(seen.settled * 10**6) == raw.settled_atoms
        assert int(seen.initial * 10**6) == raw.initial_atoms
        assert int(seen.end * 10**6) == raw.end_atoms
        assert int(seen.maintenance * 10**6) == raw.maintenance_atoms
        assert seen.is_paid == raw.is_paid
    assert changed.free_atoms == changed.equity_atoms - changed.initial_atoms


def test_preview_of_a_reduce_only_order_needs_no_free_band(trader: Trader) -> None:
    client, account = trader
    plain, reducing = (
        client.preview(
            account, orders=[Order("WETH", Side.ASK, dec(3_000), dec(50), reduce_only=only)]
        ).changed
        for only in (False, True)
    )
    # Half a percent of 150,000 dollars.
    assert plain.initial - reducing.initial == 750


def test_preview_of_fractions_is_refused(trader: Trader) -> None:
    client, account = trader
    with pytest.raises(UnalignedAmountError):
        client.preview(account, borrows={"USDM": dec("0.0000001")})
    with pytest.raises(UnalignedAmountError):
        client.preview(account, trades=[Order("WETH", Side.BID, dec("3000.05"), dec(1))])


def test_risk_is_that_of_the_risk_set(trader: Trader) -> None:
    client, _ = trader
    ether, bitcoin, share = client.risks()
    assert (ether.asset, bitcoin.asset, share.asset) == ("WETH", "WBTC", "AAPL")
    assert ether == client.risk("WETH")
    assert (ether.price, ether.slow_price, ether.confidence) == (3_000, 3_000, 1)
    assert ether.price_age < 10
    assert (bitcoin.beta, bitcoin.price) == (1, 100_000)
    assert ether.beta > 1 > ether.iota > ether.spot_exit > 0
    # What no risk set names supports no debt.
    assert (share.beta, share.iota, share.spot_exit, share.depth) == (0, 1, 0, None)
    market = client.market_risk()
    assert (market.end, market.maintenance, market.peg) == (dec("0.8"), dec("0.6"), None)
    assert 0 < market.sigma < 1
    assert market.changed_at >= ether.listed_at > 0


def test_risk_of_the_quote_asset_raises(trader: Trader) -> None:
    with pytest.raises(errors.UnlistedAsset):
        trader[0].risk("USDM")


def test_risk_of_a_price_that_has_jumped_waits(
    node: LocalNode, deployer: Client, trader: Trader
) -> None:
    client, account = trader
    client.borrow(account, "USDM", dec(1_000_001))
    deployer.post_prices({"WETH": dec(2_500)})
    risk = client.risk("WETH")
    assert (risk.price, risk.is_unconfirmed, risk.pending_price) == (3_000, True, 2_500)
    with pytest.raises(errors.PriceUnconfirmed) as caught:
        client.borrow(account, "USDM", dec(1))
    assert caught.value.asset_id == 1
    pass_time(node, 3)
    deployer.post_prices({"WETH": dec(2_510)})
    risk = client.risk("WETH")
    assert (risk.price, risk.is_unconfirmed, risk.pending_price) == (2_510, False, None)
    # The slow price has hardly moved: what leaves must be covered at both.
    assert risk.slow_price is not None
    assert risk.slow_price > dec(2_990)
