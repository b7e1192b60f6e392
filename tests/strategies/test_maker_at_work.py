"""The market maker on a node: quotes both sides, hedges, and leaves."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from tests.client.conftest import Trader, dec, pass_time
from tests.keepers.fakes import Harness
from tests.strategies.conftest import quote
from tests.strategies.settings import MAKER
from worldmarkets.client import Client, OpenOrder, Side, TimeInForce
from worldmarkets.clock import SystemClock
from worldmarkets.keepers import KeySending
from worldmarkets.node import LocalNode
from worldmarkets.strategies import Quote, StrategyError
from worldmarkets.trading import MakerJob, MakerReader
from worldmarkets.trading.quotes import best_of_others
from worldmarkets.transactions import SteadySender

PERP = "WETH-PERP"
CONFIG = MAKER.model_copy(
    update={
        "index_weight": dec(1),
        "rungs": 2,
        "lots": 10_000,
        "growth_lots": 10_000,
        "most_lots": 20_000,
        "inventory_limit": dec(10),
        "hedge_threshold": dec("0.5"),
        "hedge_slippage_bps": 10,
    }
)
"""An ether at 5 basis points, two at 15, for half a minute."""


class Maker:
    """A job that lives on from round to round."""

    def __init__(self, trader: Trader, target: int = 0) -> None:
        self.client, self.account = trader
        signer = self.client.raw.sender.signer
        sender = SteadySender(self.client.raw.rpc, signer, SystemClock(), 31_337)
        self.reader = MakerReader(self.client, self.account, PERP, "WETH", dec(target))
        self.job = MakerJob(self.client, self.account, self.reader, CONFIG)
        self.sending: Any = KeySending(sender)

    def round(self) -> list[str]:
        """One round, without leaving afterwards."""
        job = self.job

        class Staying:
            name = "maker"
            look: Callable[..., Any] = staticmethod(job.look)

        harness = Harness(Staying(), self.sending).run(rounds=1)
        return [line.split(" block")[0] for line in harness.events()[:-1]]

    def quotes(self) -> list[OpenOrder]:
        return self.client.open_orders(self.account)

    def shown(self) -> list[tuple[Side, Decimal, Decimal]]:
        ordered = sorted(self.quotes(), key=lambda one: one.price)
        return [(one.side, one.price, one.size) for one in ordered]


@pytest.fixture
def quoter(deployer: Client, rich: Trader) -> Maker:
    """Has 100 ether and wants to hold as many."""
    deployer.post_prices({"WETH": dec(3_000), "WBTC": dec(100_000)})
    return Maker(rich, target=100)


BOTH_SIDES = [
    (Side.BID, dec("2995.5"), dec(2)),
    (Side.BID, dec("2998.5"), dec(1)),
    (Side.ASK, dec("3001.5"), dec(1)),
    (Side.ASK, dec("3004.5"), dec(2)),
]


@pytest.mark.node
def test_run_quotes_both_sides_and_keeps_them(quoter: Maker) -> None:
    told = quoter.round()
    assert told[0] == ('note text="inventory 0, hedged 0: 0 quotes stay, 0 go, 4 orders"')
    assert quoter.shown() == BOTH_SIDES
    before = [one.order_id for one in quoter.quotes()]
    assert quoter.round() == ['note text="inventory 0, hedged 0: 4 quotes stay, 0 go, 0 orders"']
    assert [one.order_id for one in quoter.quotes()] == before


@pytest.mark.node
def test_run_follows_the_price(quoter: Maker, deployer: Client) -> None:
    quoter.round()
    deployer.post_prices({"WETH": dec(3_030)})
    assert "0 quotes stay, 4 go, 4 orders" in quoter.round()[0]
    assert [price for _, price, _ in quoter.shown()] == [
        dec("3025.4"),
        dec("3028.4"),
        dec("3031.6"),
        dec("3034.6"),
    ]


@pytest.mark.node
def test_run_hedges_on_the_other_market_and_leans(
    quoter: Maker, deployer: Client, market: Trader, taker: Trader
) -> None:
    """Two ether of the perp were sold to a taker, and are bought in the spot market."""
    quoter.round()
    client, number = market
    client.cancel_many(number, [one.order_id for one in client.open_orders(number, PERP)])
    taker[0].place(taker[1], PERP, Side.BID, dec("3004.5"), dec(2), TimeInForce.IMMEDIATE_OR_CANCEL)
    told = quoter.round()
    # One ask was filled whole, the other one half.
    assert told[0] == 'note text="inventory -2, hedged 0: 0 quotes stay, 3 go, 5 orders"'
    assert "buy 2 WETH/USDM at 3003" in told[1]
    assert "WETH/USDM 2 filled" in told[1]
    balances = quoter.client.account(quoter.account).balances
    assert balances["WETH"].total == 102
    # Short by a fifth of its limit it pays four basis points more than before.
    bids = [price for side, price, _ in quoter.shown() if side == Side.BID]
    assert max(bids) == dec("2999.7")
    told = quoter.round()
    assert told[0].startswith('note text="inventory -2, hedged 2: ')
    assert not any("WETH/USDM" in line for line in told)


@pytest.mark.node
def test_run_renews_quotes_that_expire(quoter: Maker, node: LocalNode) -> None:
    quoter.round()
    (before,) = {one.expiry for one in quoter.quotes()}
    pass_time(node, 25)
    quoter.round()
    (after,) = {one.expiry for one in quoter.quotes()}
    assert after - before in (25, 26)
    assert quoter.shown() == BOTH_SIDES


@pytest.mark.node
def test_run_started_anew_takes_over_its_quotes(quoter: Maker) -> None:
    quoter.round()
    before = [one.order_id for one in quoter.quotes()]
    anew = Maker((quoter.client, quoter.account), target=100)
    assert "4 quotes stay, 0 go, 0 orders" in anew.round()[0]
    assert [one.order_id for one in anew.quotes()] == before


@pytest.mark.node
def test_run_after_a_batch_of_unknown_fate_looks_for_its_quotes(quoter: Maker) -> None:
    """It was sent, and the node did not answer any more."""
    (action,) = quoter.job.look().actions
    quoter.client.raw.execute(action.request)
    assert "4 quotes stay, 0 go, 0 orders" in quoter.round()[0]


@pytest.mark.node
def test_run_without_a_good_price_takes_its_quotes_out(
    quoter: Maker, node: LocalNode, deployer: Client
) -> None:
    quoter.round()
    deployer.post_prices({"WETH": dec(3_400)})
    told = quoter.round()
    assert told[0] == 'note text="no quotes: the price of WETH waits for its confirmation"'
    assert told[1].startswith('sent what="cancel 4"')
    assert quoter.quotes() == []
    assert quoter.round() == told[:1]


@pytest.mark.node
def test_run_that_stops_takes_its_quotes_out(quoter: Maker) -> None:
    harness = Harness(quoter.job, quoter.sending).run(rounds=2)
    assert [line.split(" block")[0] for line in harness.events()[-2:]] == [
        'sent what="cancel 4"',
        "stopped",
    ]
    assert quoter.quotes() == []


@pytest.mark.node
def test_reader_sees_the_best_of_others(quoter: Maker, market: Trader) -> None:
    """Its own quotes are better, and one is at the level of another."""
    assert (quoter.reader.read().best_bid, quoter.reader.read().best_ask) == (29_990, 30_010)
    client, account = quoter.client, quoter.account
    client.place(account, PERP, Side.BID, dec("2999.5"), dec(1))
    client.place(account, PERP, Side.ASK, dec(3_001), dec(1))
    quoter.reader.quotes.forget()
    assert (quoter.reader.read().best_bid, quoter.reader.read().best_ask) == (29_990, 30_010)
    other, number = market
    other.cancel_many(number, [one.order_id for one in other.open_orders(number, PERP)])
    assert (quoter.reader.read().best_bid, quoter.reader.read().best_ask) == (None, None)
    quote(market, 3_000, size=1)
    assert quoter.reader.read().best_bid == 29_990


@pytest.mark.node
def test_reader_of_markets_that_are_no_pair_is_refused(quoter: Maker) -> None:
    for quoted, hedge in ((PERP, PERP), (PERP, "WBTC"), ("WETH", "WBTC-PERP"), ("WETH", "WBTC")):
        with pytest.raises(StrategyError, match="not spot and perp"):
            MakerReader(quoter.client, quoter.account, quoted, hedge)


def test_best_of_others_leaves_out_levels_of_its_own() -> None:
    own = {1: Quote(Side.BID, 100, 5), 2: Quote(Side.BID, 100, 3), 3: Quote(Side.ASK, 98, 9)}
    levels = [(100, 8), (99, 1), (98, 9)]
    assert best_of_others(levels, Side.BID, own) == 99
    assert best_of_others([(100, 9), (99, 1)], Side.BID, own) == 100
    assert best_of_others([(98, 9)], Side.ASK, own) is None
    assert best_of_others([(98, 9)], Side.BID, own) == 98
    assert best_of_others([], Side.BID, own) is None
