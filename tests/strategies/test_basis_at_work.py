"""The basis trade on a node: opens, holds, relevers, matches, settles, unwinds."""

from dataclasses import replace
from decimal import Decimal

import pytest

from tests.client.conftest import Trader, dec, pass_time
from tests.keepers.fakes import Harness
from tests.strategies.conftest import move
from tests.strategies.settings import BASIS
from worldmarkets.client import Client, Order, Side, TimeInForce
from worldmarkets.clock import SystemClock
from worldmarkets.keepers import KeySending
from worldmarkets.model.liquidation import moves
from worldmarkets.node import LocalNode
from worldmarkets.strategies import BasisConfig, Rates
from worldmarkets.trading import BasisJob, BasisReader, NotReadyError
from worldmarkets.trading.snapshot import NO_POOL_RATE
from worldmarkets.transactions import SteadySender

pytestmark = pytest.mark.node

CONFIG = BASIS.model_copy(
    update={
        "leverage": dec(5),
        "lowest_leverage": dec(4),
        "highest_leverage": dec("5.3"),
        "patience_seconds": 0,
        "holding_days": 365,
    }
)
DEAR = CONFIG.model_copy(update={"entry_carry": dec(9), "exit_carry": dec(8)})
"""No carry is enough."""
NEVER = CONFIG.model_copy(update={"settle_profit": dec(100)})
PERP = "WETH-PERP"
IOC = TimeInForce.IMMEDIATE_OR_CANCEL


def run(account: Trader, config: BasisConfig = CONFIG, rounds: int = 1) -> list[str]:
    """Run some rounds of a job that is started anew, and return its log."""
    client, number = account
    signer = client.raw.sender.signer
    sending = KeySending(SteadySender(client.raw.rpc, signer, SystemClock(), 31_337))
    job = BasisJob(client, number, "WETH", config)
    harness = Harness(job, sending).run(rounds)  # type: ignore[arg-type]
    return [line.split(" block")[0] for line in harness.events()[:-1]]


def legs(account: Trader) -> tuple[Decimal, Decimal]:
    position = BasisReader(*account, "WETH").read().position
    return position.spot, position.perp_lots * dec("0.0001")


def test_reader_reads_markets_rates_and_position(market: Trader, account: Trader) -> None:
    client, number = account
    seen = BasisReader(client, number, "WETH").read()
    assert (seen.markets.spot_price, seen.markets.perp_price) == (3_000, 3_000)
    assert (seen.markets.spot.market_id, seen.markets.perp.market_id) == (257, 513)
    assert (seen.markets.perp.lot_size, seen.markets.perp.tick_size) == (dec("0.0001"), dec("0.1"))
    assert (seen.markets.spot.min_lots, seen.markets.spot.taker_ppm) == (40, 350)
    rates = Rates(dec("0.0001"), client.pool("USDM").borrow_rate, client.pool("WETH").borrow_rate)
    assert seen.rates == rates
    assert (seen.position.cash, seen.position.spot) == (10_000, 0)
    assert (seen.position.perp_lots, seen.position.perp_pnl) == (0, 0)
    assert seen.now == client.raw.time()


def test_reader_takes_no_funding_from_a_rate_that_has_ended(
    node: LocalNode, deployer: Client, market: Trader, account: Trader
) -> None:
    reader = BasisReader(*account, "WETH")
    pass_time(node, 300)
    deployer.post_prices({"WETH": dec(3_000)})
    assert reader.read().rates.funding_8h == dec("0.0001")
    pass_time(node, 1)
    assert reader.read().rates.funding_8h == 0


def test_reader_of_an_asset_without_a_pool_can_not_borrow_it(
    market: Trader, account: Trader
) -> None:
    from worldmarkets.trading import Snapshot  # noqa: PLC0415

    assert Snapshot(account[0]).borrow_rate(3) == NO_POOL_RATE
    assert Snapshot(account[0]).borrow_rate(0) < 1


def test_reader_without_a_good_price_is_not_ready(
    node: LocalNode, deployer: Client, market: Trader, account: Trader
) -> None:
    reader = BasisReader(*account, "WETH")
    pass_time(node, 60)
    reader.read()
    pass_time(node, 1)
    with pytest.raises(NotReadyError, match="61 s old"):
        reader.read()
    deployer.post_prices({"WETH": dec(3_400)})
    with pytest.raises(NotReadyError, match="waits for its confirmation"):
        reader.read()
    assert run(account) == ['note text="hold: the price of WETH waits for its confirmation"']


def test_run_opens_both_legs_in_one_transaction_and_holds(market: Trader, account: Trader) -> None:
    """Five times 10,000 dollars, in whole lots of a third of a dollar."""
    opened = run(account, rounds=2)
    decided, sent, held = opened
    assert decided == ('note text="open: cash 10000, spot 0, perp 0, unsettled 0, leverage 0"')
    assert sent == (
        'sent what="buy 16.6666 WETH/USDM at 3003, sell 16.6666 WETH-PERP at 2997" '
        'told="WETH/USDM 16.6666 filled, WETH-PERP 16.6666 filled"'
    )
    assert held.startswith('note text="hold: cash -40033.9')
    assert legs(account) == (dec("16.6666"), dec("-16.6666"))
    balance = account[0].account(account[1]).balances
    assert balance["USDM"].owed > 40_000
    assert balance["WETH"].total == dec("16.6666")
    # Started anew it sees what it has.
    assert [line.split(":")[0] for line in run(account)] == ['note text="hold']


def test_run_dry_sends_nothing(market: Trader, account: Trader) -> None:
    job = BasisJob(*account, "WETH", CONFIG)
    harness = Harness(job).run(rounds=1)
    assert harness.events()[1].startswith('"would send" what="buy 16.6666 WETH/USDM at 3003, sell ')
    assert legs(account) == (0, 0)


def test_run_without_enough_carry_opens_nothing(market: Trader, account: Trader) -> None:
    assert [line.split(":")[0] for line in run(account, DEAR)] == ['note text="hold']
    assert legs(account) == (0, 0)


def test_run_relevers_when_the_price_has_risen(
    deployer: Client, market: Trader, account: Trader
) -> None:
    run(account)
    move(deployer, market, 3_250)
    told = run(account, NEVER)
    assert told[0].startswith('note text="relever: ')
    assert told[1].startswith('sent what="sell 1.')
    spot, perp = legs(account)
    assert spot == -perp
    seen = BasisReader(*account, "WETH").read()
    assert dec("4.95") < seen.leverage < dec("5.05")
    assert [line.split(":")[0] for line in run(account, NEVER)] == ['note text="hold']


def test_run_matches_a_leg_that_was_only_half_filled(market: Trader, account: Trader) -> None:
    """Somebody has taken most of the bids of the perp; the next decision sells the spot again."""
    client, number = market
    orders = client.open_orders(number, PERP)
    (bid,) = (order for order in orders if order.side == Side.BID)
    client.reduce(number, bid.order_id, dec(10))
    told = run(account, rounds=2)
    assert "WETH-PERP 10 filled" in told[1]
    assert told[2].startswith('note text="match: ')
    assert legs(account) == (10, -10)


def test_run_unwinds_to_the_lot_and_settles(
    deployer: Client, market: Trader, account: Trader
) -> None:
    run(account)
    move(deployer, market, 3_100)
    told = run(account, DEAR)
    assert told[0].startswith('note text="unwind: ')
    assert told[1].startswith(
        'sent what="sell 16.6666 WETH/USDM at 3096.9, buy 16.6666 WETH-PERP at 3103.1"'
    )
    assert told[2] == 'sent what="settle WETH-PERP"'
    assert legs(account) == (0, 0)
    balances = account[0].account(account[1]).balances
    (left,) = account[0].true_up(account[1])
    assert left.profit == 0
    # Spreads of a dollar a leg and way, and fees of 350 ppm, each rounded up.
    prices = 3_001 + 2_999 + 3_099 + 3_101
    cost = dec("16.6666") * (4 + prices * dec("0.00035"))
    assert 0 <= 10_000 - cost - balances["USDM"].total <= dec("0.00001")
    assert [line.split(":")[0] for line in run(account, DEAR)] == ['note text="hold']


def test_run_settles_a_profit_once_losers_have_paid(
    node: LocalNode, deployer: Client, market: Trader, account: Trader
) -> None:
    """Until then there is nothing to draw, and nothing is sent; nor right after a fast move."""
    run(account)
    move(deployer, market, 2_800)
    eager = CONFIG.model_copy(
        update={"settle_profit": dec("0.1"), "lowest_leverage": dec(1), "highest_leverage": dec(9)}
    )
    assert run(account, eager)[1:] == ['spared what="settle WETH-PERP"']
    assert market[0].settle(market[1], PERP).paid < -3_000
    assert run(account, eager)[1:] == ['spared what="settle WETH-PERP"']
    pass_time(node, moves.PAUSE)
    assert run(account, eager)[1:] == ['sent what="settle WETH-PERP"']
    (left,) = account[0].true_up(account[1])
    assert left.profit == 0


def test_run_refused_by_the_margin_fails_and_leaves_nothing_half_done(
    market: Trader, account: Trader
) -> None:
    """Sixty times, of which only the perp could be sold: the whole batch is undone."""
    wild = CONFIG.model_copy(update={"leverage": dec(60), "highest_leverage": dec(70)})
    client, number = market
    client.cancel_many(number, [one.order_id for one in client.open_orders(number, "WETH")])
    client.place(number, "WETH", Side.ASK, dec(3_001), dec(1))
    client.place(number, PERP, Side.BID, dec(2_999), dec(200))
    told = run(account, wild)
    assert told[1].startswith('failed error="BelowInitialMargin(')
    assert account[0].account(account[1]).balances["USDM"].total == 10_000
    assert legs(account) == (0, 0)


def test_unwind_waits_out_its_patience(
    node: LocalNode, deployer: Client, market: Trader, account: Trader
) -> None:
    run(account)
    patient = DEAR.model_copy(update={"patience_seconds": 20})
    client, number = account
    job = BasisJob(client, number, "WETH", patient)

    def action() -> str:
        return job.look().notes[0].split(":")[0]

    assert action() == "hold"
    pass_time(node, 19)
    assert action() == "hold"
    pass_time(node, 1)
    assert action() == "unwind"


def test_reader_sees_a_position_whole(market: Trader, account: Trader) -> None:
    client, number = account
    places = [
        Order("WETH", Side.BID, dec(3_001), dec(1), IOC),
        Order(PERP, Side.ASK, dec(2_999), dec(2), IOC),
    ]
    client.batch(number, places=places)
    seen = BasisReader(client, number, "WETH").read()
    fees = dec("3001") * dec("0.00035"), dec("5998") * dec("0.00035")
    assert seen.position.cash == 10_000 - 3_001 - fees[0]
    assert (seen.position.spot, seen.position.perp_lots) == (1, -20_000)
    assert seen.position.perp_pnl == -2 - fees[1]
    assert replace(seen, position=replace(seen.position, spot=dec(0))).leverage == 0
    # 3,000 dollars of spot, of an equity of about 9,994.
    assert seen.leverage == dec("0.30")
