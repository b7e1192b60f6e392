"""Perps through the client: trading, positions, settlement, funding and caps."""

from decimal import Decimal

import pytest

from tests.client.conftest import Trader, dec, pass_time
from worldmarkets.client import (
    Client,
    Order,
    PerpMarket,
    Position,
    Refusal,
    Settlement,
    Side,
    TimeInForce,
    TrueUp,
    UnalignedAmountError,
)
from worldmarkets.client.records import Removed
from worldmarkets.model import errors
from worldmarkets.model.events import (
    MarketDeactivated,
    MarkUpdated,
    PerpLimitsSet,
    PerpMarketListed,
    Settled,
)
from worldmarkets.model.interface import Removal
from worldmarkets.model.liquidation import moves
from worldmarkets.node import LocalNode

pytestmark = pytest.mark.node

PERP = "WETH-PERP"
MARKET_ID = 513
LOTS = 10_000
"""Lots in an ether."""
IOC = TimeInForce.IMMEDIATE_OR_CANCEL
ZERO = Decimal(0)
FEE = dec("10.5")
"""Of the taker, for ten ether at 3,000 dollars."""


@pytest.fixture
def prices(deployer: Client) -> None:
    """Prices are new: ether at 3,000 dollars, a mark of as much."""
    deployer.post_prices({"WETH": dec(3_000), "WBTC": dec(100_000)})


@pytest.fixture
def short(prices: None, maker: Trader, taker: Trader) -> Trader:
    """Has sold ten ether to `taker`, at 3,000 dollars, and paid no fee."""
    client, account = maker
    client.place(account, PERP, Side.ASK, dec(3_000), dec(10))
    placed = taker[0].place(taker[1], PERP, Side.BID, dec(3_000), dec(10))
    assert (placed.filled, placed.resting, placed.dropped) == (10, 0, 0)
    return maker


@pytest.fixture
def long(short: Trader, taker: Trader) -> Trader:
    """Has bought ten ether from `maker`, at 3,000 dollars, and paid a fee of 10.50."""
    return taker


def position(trader: Trader) -> Position:
    found = trader[0].position(trader[1], PERP)
    assert found is not None
    return found


def true_up(trader: Trader) -> TrueUp:
    (found,) = trader[0].true_up(trader[1])
    return found


def cash(trader: Trader) -> Decimal:
    return trader[0].account(trader[1]).balances["USDM"].total


def limit(deployer: Client, open_interest: int, position: int) -> None:
    calls = deployer.raw.calls
    deployer.raw.execute(calls.set_perp_limits(MARKET_ID, open_interest, position))


# ---------------------------------------------------------------------- markets


def test_perps_are_as_listed(prices: None, maker: Trader) -> None:
    client, _ = maker
    ether, bitcoin = client.perps()
    assert (ether.market, bitcoin.market) == (PERP, "WBTC-PERP")
    assert ether == PerpMarket(
        market=PERP,
        mark=dec(3_000),
        index=dec(3_000),
        funding_index=ZERO,
        funding_rate=dec("0.0001"),
        mark_time=client.raw.time(),
        rate_until=0,
        premium=ZERO,
        basis=ZERO,
        open_interest=ZERO,
        open_interest_cap=dec(1_000_000),
        position_cap=dec("858993.4592"),
        pool=ZERO,
        shortfall=ZERO,
        fees=ZERO,
        impact_notional=dec(20_000),
        mark_band=dec("0.03"),
        funding_cap=dec("0.04"),
        interest=dec("0.0001"),
        clamp=dec("0.0005"),
    )
    assert client.perp(PERP) == ether
    assert client.perp(514) == bitcoin
    assert ether.paid_share == 1


def test_perp_of_a_spot_market_is_unknown(maker: Trader) -> None:
    with pytest.raises(errors.UnknownMarket) as caught:
        maker[0].perp("WETH")
    assert caught.value.market_id == 257


def test_paid_share_is_that_of_the_pool_in_a_shortfall(prices: None, maker: Trader) -> None:
    fields = vars(maker[0].perp(PERP))
    assert PerpMarket(**{**fields, "pool": dec(1), "shortfall": dec(3)}).paid_share == dec("0.25")


# ---------------------------------------------------------------------- trading


def test_place_on_a_perp_opens_positions_of_both(short: Trader, long: Trader) -> None:
    assert position(long) == Position(
        market=PERP,
        size=dec(10),
        cash=-30_000 - FEE,
        open_bids=ZERO,
        open_asks=ZERO,
        mark=dec(3_000),
        funding_index=ZERO,
        profit=-FEE,
    )
    assert (position(short).size, position(short).cash, position(short).profit) == (-10, 30_000, 0)
    assert position(short).notional == -30_000
    assert cash(long) == cash(short) == 1_000_000
    perp = long[0].perp(PERP)
    assert (perp.open_interest, perp.fees) == (10, FEE)


def test_place_on_a_perp_rests_in_a_book_of_its_own(prices: None, maker: Trader) -> None:
    client, account = maker
    placed = client.place(account, PERP, Side.BID, dec("2999.9"), dec("0.5"), client_id=7)
    assert client.book("WETH").bids == ()
    (level,) = client.book(PERP).bids
    assert (level.price, level.size, level.orders) == (dec("2999.9"), dec("0.5"), 1)
    (order,) = client.open_orders(account, PERP)
    assert (order.order_id, order.market, order.client_id) == (placed.order_id, PERP, 7)
    assert (position(maker).open_bids, position(maker).open_asks) == (dec("0.5"), 0)
    assert client.account(account).balances["WETH"].open_bids == 0
    assert client.cancel(account, order.order_id) == dec("0.5")
    assert position(maker).open_bids == 0


@pytest.mark.parametrize("packed", [False, True])
def test_batch_places_on_perps_and_spot_markets(prices: None, maker: Trader, packed: bool) -> None:
    client, account = maker
    places = [
        Order(PERP, Side.ASK, dec(3_001), dec(1)),
        Order("WETH", Side.ASK, dec(3_001), dec(2)),
        Order("WBTC-PERP", Side.BID, dec(99_999), dec("0.01")),
    ]
    placed = client.batch(account, places=places, packed=packed).placed
    assert [one.resting for one in placed] == [1, 2, dec("0.01")]
    assert [one.market for one in client.positions(account)] == [PERP, "WBTC-PERP"]
    assert [one.open_asks + one.open_bids for one in client.positions(account)] == [1, dec("0.01")]


def test_trades_of_a_perp_are_its_own(long: Trader) -> None:
    (trade,) = long[0].trades(PERP)
    assert (trade.market, trade.side, trade.price, trade.size) == (PERP, Side.BID, 3_000, 10)
    assert long[0].trades("WETH") == []


def test_place_on_a_perp_of_no_whole_lot_is_refused(maker: Trader) -> None:
    client, account = maker
    with pytest.raises(UnalignedAmountError, match="size in WETH-PERP"):
        client.place(account, PERP, Side.BID, dec(3_000), dec("0.00001"))


def test_place_reduce_only_cuts_to_the_position(short: Trader, long: Trader) -> None:
    client, account = short
    client.place(account, PERP, Side.BID, dec(3_000), dec(25), reduce_only=True)
    assert position(short).open_bids == 10
    sold = long[0].place(long[1], PERP, Side.ASK, dec(3_000), dec(4), IOC, reduce_only=True)
    assert sold.filled == 4
    assert (position(long).size, position(short).size) == (6, -6)


# ---------------------------------------------------------------------- settlement


def test_settle_pays_a_loss_into_the_pool(short: Trader, long: Trader) -> None:
    assert true_up(long) == TrueUp(PERP, -FEE, ZERO, -FEE, -FEE, ZERO)
    # Anybody may.
    client = short[0]
    assert client.settle(long[1], PERP) == Settlement(-FEE, ZERO)
    assert cash(long) == 1_000_000 - FEE
    assert (position(long).profit, position(long).cash) == (0, -30_000)
    assert client.perp(PERP).pool == FEE
    assert client.settle(long[1], PERP) == Settlement(ZERO, ZERO)
    (logged,) = client.raw.events(Settled)
    assert logged.event == Settled(long[1], MARKET_ID, -10_500_000, 0, 10**12 - 10_500_000)


def test_settle_draws_what_losers_have_paid(
    node: LocalNode, deployer: Client, short: Trader, long: Trader
) -> None:
    deployer.post_prices({"WETH": dec(3_100)})
    with pytest.raises(errors.PriceMoving):
        long[0].settle(long[1], PERP)
    pass_time(node, moves.PAUSE)
    assert position(long).mark == 3_100
    assert true_up(long) == TrueUp(PERP, 1_000 - FEE, ZERO, 1_000 - FEE, ZERO, ZERO)
    assert true_up(long).left == 1_000 - FEE
    assert long[0].settle(long[1], PERP) == Settlement(ZERO, ZERO)
    assert true_up(short).paid == -1_000
    assert short[0].settle(short[1], PERP) == Settlement(dec(-1_000), ZERO)
    assert true_up(long).paid == 1_000 - FEE
    assert long[0].settle(long[1], PERP) == Settlement(1_000 - FEE, ZERO)
    assert (cash(long), cash(short)) == (1_001_000 - FEE, 999_000)
    # The fee is what is left.
    assert long[0].perp(PERP).pool == FEE
    assert position(long).profit == position(short).profit == 0


def test_settle_on_credit_borrows_what_is_missing(
    deployer: Client, short: Trader, long: Trader
) -> None:
    client, account = long
    short[0].set_lent(short[1], "USDM")
    client.withdraw(account, "USDM", dec(999_990))
    deployer.post_prices({"WETH": dec(2_900)})
    assert client.settle(account, PERP) == Settlement(dec(-10), ZERO)
    assert client.settle_on_credit(account, PERP) == Settlement(-1_000 - FEE + 10, ZERO)
    # A debt is rounded up.
    owed = client.account(account).balances["USDM"].owed
    assert 0 <= owed - 990 - FEE <= dec("0.000001")
    assert position(long).profit == 0


def test_settle_on_credit_by_another_is_refused(short: Trader, long: Trader) -> None:
    client, _ = short
    with pytest.raises(errors.NotAccountOwner):
        client.settle_on_credit(long[1], PERP)
    assert position(long).profit == -FEE


def test_settle_in_a_spot_market_is_refused(long: Trader) -> None:
    with pytest.raises(errors.UnknownMarket):
        long[0].settle(long[1], "WETH")


# ---------------------------------------------------------------------- funding


def test_poke_markets_lets_funding_run(node: LocalNode, short: Trader, long: Trader) -> None:
    client, _ = short
    assert client.poke_markets(PERP) == {PERP: 3_000}
    until = client.raw.time() + 300
    assert client.perp(PERP).rate_until == until
    pass_time(node, 300)
    # A hundredth of a percent for 8 hours, of 3,000 dollars: a thirty-second of a tick.
    perp = client.perp(PERP)
    assert (perp.funding_index, perp.funding_rate) == (dec("0.003125"), dec("0.0001"))
    assert position(long).profit == -FEE - dec("0.03125")
    assert true_up(long).funding == dec("-0.03125")
    assert true_up(long).price == -FEE
    assert true_up(short).funding == true_up(short).profit == dec("0.03125")
    # The rate holds no longer.
    pass_time(node, 300)
    assert client.perp(PERP).funding_index == dec("0.003125")


def test_poke_markets_of_none_pokes_all(prices: None, maker: Trader) -> None:
    client, _ = maker
    assert client.poke_markets() == {PERP: 3_000, "WBTC-PERP": 100_000}
    *_, ether, bitcoin = (logged.event for logged in client.raw.events(MarkUpdated))
    time = client.raw.time()
    assert ether == MarkUpdated(513, 30_000 * 2**24, 0, 10_000, time)
    assert bitcoin == MarkUpdated(514, 100_000 * 2**24, 0, 10_000, time)


# ---------------------------------------------------------------------- isolated positions


def test_open_isolated_has_cash_and_a_position_of_its_own(short: Trader, long: Trader) -> None:
    client, account = long
    short[0].place(short[1], PERP, Side.ASK, dec(3_000), dec(1))
    order = Order(PERP, Side.BID, dec(3_000), dec(1))
    isolated, placed = client.open_isolated(account, dec(1_000), order)
    assert placed.filled == 1
    state = client.account(isolated)
    assert state.owner == client.address
    assert state.balances["USDM"].total == 1_000
    assert cash(long) == 999_000
    (found,) = client.positions(isolated)
    assert (found.market, found.size, found.profit) == (PERP, 1, dec("-1.05"))
    assert position(long).size == 10


def test_open_isolated_that_is_refused_makes_no_account(prices: None, taker: Trader) -> None:
    client, account = taker
    tiny = Order(PERP, Side.BID, dec(3_000), dec("0.0001"))
    with pytest.raises(errors.BelowMinimumSize):
        client.open_isolated(account, dec(1_000), tiny)
    with pytest.raises(errors.UnknownAccount):
        client.account(account + 1)
    assert cash(taker) == 1_000_000


def test_deactivate_market_waits_until_nothing_is_left(prices: None, maker: Trader) -> None:
    client, account = maker
    placed = client.place(account, PERP, Side.BID, dec(2_990), dec(1))
    with pytest.raises(errors.MarketInUse) as caught:
        client.deactivate_market(account, PERP)
    assert caught.value.arguments == (account, MARKET_ID)
    client.cancel(account, placed.order_id or 0)
    assert [one.market for one in client.positions(account)] == [PERP]
    client.deactivate_market(account, PERP)
    assert client.positions(account) == ()
    assert client.position(account, PERP) is None
    (logged,) = client.raw.events(MarketDeactivated)
    assert logged.event == MarketDeactivated(account, MARKET_ID)


# ---------------------------------------------------------------------- caps


def test_position_cap_refuses_what_would_exceed_it(
    deployer: Client, prices: None, taker: Trader
) -> None:
    client, account = taker
    limit(deployer, 2**30, 2**17)
    assert client.perp(PERP).position_cap == dec("13.1072")
    with pytest.raises(errors.PositionCapReached) as caught:
        client.place(account, PERP, Side.BID, dec(2_990), dec("13.1073"))
    assert caught.value.arguments == (account, MARKET_ID, 131_073, 131_072)
    big, fits = (Order(PERP, Side.BID, dec(2_990), dec(size)) for size in ("13.1073", "13.1072"))
    placed = client.batch(account, places=[big, fits, fits]).placed
    assert [one.refusal for one in placed] == [
        Refusal.POSITION_CAP,
        Refusal.NONE,
        Refusal.POSITION_CAP,
    ]
    *_, logged = client.raw.events(PerpLimitsSet)
    assert logged.event == PerpLimitsSet(MARKET_ID, 2**30, 2**17)


def test_position_cap_lowered_takes_orders_out_of_the_book(
    deployer: Client, prices: None, maker: Trader, taker: Trader
) -> None:
    client, account = taker
    maker[0].place(maker[1], PERP, Side.ASK, dec(3_000), dec(12))
    limit(deployer, 2**30, 2**16)
    placed = client.place(account, PERP, Side.BID, dec(3_000), dec("6.5536"), IOC)
    assert placed.filled == dec("6.5536")
    assert position(maker).size == dec("-6.5536")
    assert position(maker).open_asks == dec("5.4464")
    # What is left of it may open no more.
    other = client.create_account()
    client.transfer(account, other, "USDM", dec(100_000))
    placed = client.place(other, PERP, Side.BID, dec(3_000), dec(1), IOC)
    assert (placed.filled, placed.dropped) == (0, 1)
    *_, action = client.actions()
    (removed,) = action.records
    assert isinstance(removed, Removed)
    assert (removed.reason, removed.lots) == (Removal.POSITION_CAP, 54_464)
    assert position(maker).open_asks == 0


def test_open_interest_cap_lets_nobody_open_more(
    deployer: Client, short: Trader, long: Trader
) -> None:
    client, account = long
    limit(deployer, 10 * LOTS, 2**20)
    short[0].place(short[1], PERP, Side.ASK, dec(3_000), dec(2))
    with pytest.raises(errors.OpenInterestCapReached) as caught:
        client.place(account, PERP, Side.BID, dec(3_000), dec(1))
    assert caught.value.arguments == (MARKET_ID, 10 * LOTS, 10 * LOTS)
    order = Order(PERP, Side.BID, dec(3_000), dec(1))
    (placed,) = client.batch(account, places=[order]).placed
    assert (placed.refusal, placed.filled) == (Refusal.OPEN_INTEREST_CAP, 0)
    # Half of it fits: what is left of a capped order does not rest.
    limit(deployer, 10 * LOTS + 5_000, 2**20)
    placed = client.place(account, PERP, Side.BID, dec(3_000), dec(1))
    assert (placed.filled, placed.resting, placed.dropped) == (dec("0.5"), 0, dec("0.5"))
    assert client.perp(PERP).open_interest == dec("10.5")


# ---------------------------------------------------------------------- events


def test_perps_are_logged_as_listed(maker: Trader) -> None:
    client, _ = maker
    ether, bitcoin = (logged.event for logged in client.raw.events(PerpMarketListed))
    assert isinstance(ether, PerpMarketListed)
    assert (ether.market_id, ether.base_asset_id) == (MARKET_ID, 1)
    assert ether.terms == client.raw.perp_lens.perps(MARKET_ID, 1).items[0].terms
    assert isinstance(bitcoin, PerpMarketListed)
    assert bitcoin.terms.atoms_per_lot == 1_000
