"""Lending, borrowing and repaying through the client, and what it shows of pools."""

from decimal import Decimal

import pytest

from tests.client.conftest import Trader, dec, pass_time
from worldmarkets.client import Balance, Client, Order, Permission, Side, TimeInForce
from worldmarkets.deployment import Deployment
from worldmarkets.model import errors
from worldmarkets.model.events import LentSet, PoolAccrued, ReserveCollected
from worldmarkets.model.interface import PoolTerms
from worldmarkets.node import LocalNode

pytestmark = pytest.mark.node
ZERO = Decimal(0)
DAY = 86_400
YEAR = 365 * DAY


@pytest.fixture
def lender(maker: Trader) -> Trader:
    """Lends 1,000,000 dollars and 100 ether."""
    client, account = maker
    client.set_lent(account, "USDM")
    client.set_lent(account, "WETH")
    return maker


@pytest.fixture
def borrower(deployer: Client, lender: Trader, taker: Trader) -> Trader:
    """May borrow: there are pools, and prices are new. Has 1,000,000 dollars and 100 ether."""
    deployer.post_prices({"WETH": dec(3_000), "WBTC": dec(100_000)})
    return taker


def balance(trader: Trader, asset: str) -> Balance:
    client, account = trader
    return client.account(account).balances[asset]


def test_set_lent_lends_the_balance_and_what_comes_later(maker: Trader) -> None:
    client, account = maker
    assert client.set_lent(account, "USDM") == 1_000_000
    found = balance(maker, "USDM")
    assert found == Balance(dec(1_000_000), ZERO, ZERO, is_lent=True)
    assert (found.lent, found.owed) == (1_000_000, 0)
    assert balance(maker, "WETH").lent == 0
    client.draw("USDM", dec("0.5"))
    client.deposit(account, "USDM", dec("0.5"))
    assert client.pool("USDM").supplied == dec("1000000.5")
    assert client.set_lent(account, "USDM", lent=False) == dec("1000000.5")
    assert balance(maker, "USDM") == Balance(dec("1000000.5"), ZERO, ZERO)
    events = [logged.event for logged in client.raw.events(LentSet)]
    assert events == [
        LentSet(account, 0, True, 10**12),
        LentSet(account, 0, False, 10**12 + 500_000),
    ]


def test_set_lent_without_a_pool_is_refused(maker: Trader) -> None:
    client, account = maker
    with pytest.raises(errors.PoolNotOpen) as caught:
        client.set_lent(account, "AAPL")
    assert caught.value.arguments == (3,)


def test_lent_can_be_traded_and_withdrawn(lender: Trader, taker: Trader) -> None:
    client, account = lender
    client.place(account, "WETH", Side.ASK, dec(3_000), dec(10))
    taker[0].place(taker[1], "WETH", Side.BID, dec(3_000), dec(10))
    assert balance(lender, "WETH").lent == 90
    assert balance(lender, "USDM").lent == 1_030_000
    client.withdraw(account, "USDM", dec(30_000))
    assert client.pool("USDM").cash == 1_000_000


def test_borrow_leaves_a_debt_that_grows(node: LocalNode, borrower: Trader, lender: Trader) -> None:
    client, account = borrower
    client.withdraw(account, "USDM", dec(1_000_000))
    client.borrow(account, "USDM", dec(50_000))
    assert client.token_balance("USDM") == 1_050_000
    found = balance(borrower, "USDM")
    assert (found.owed, found.lent, found.is_lent) == (50_000, 0, False)
    pool = client.pool("USDM")
    assert (pool.borrowed, pool.cash, pool.utilisation) == (50_000, 950_000, dec("0.05"))
    pass_time(node, DAY)
    interest = balance(borrower, "USDM").owed - 50_000
    simple = 50_000 * pool.borrow_rate / 365
    assert simple < interest < simple * dec("1.0002") + dec("0.000002")
    earned = balance(lender, "USDM").lent - 1_000_000
    assert earned < interest * dec("0.9")
    assert earned > interest * dec("0.8999")


def test_borrow_takes_what_there_is_before_it_borrows(borrower: Trader) -> None:
    client, account = borrower
    elsewhere = "0x" + "33" * 20
    client.borrow(account, "USDM", dec(1_000_010), elsewhere)
    assert client.token_balance("USDM", elsewhere) == 1_000_010
    assert balance(borrower, "USDM").owed == 10


def test_borrow_beyond_the_margin_is_refused(borrower: Trader) -> None:
    client, account = borrower
    client.withdraw(account, "USDM", dec(1_000_000))
    client.withdraw(account, "WETH", dec(99))
    preview = client.preview(account, borrows={"USDM": dec(3_000)})
    with pytest.raises(errors.BelowInitialMargin) as caught:
        client.borrow(account, "USDM", dec(3_000))
    equity, required = preview.changed.equity, preview.changed.initial
    assert caught.value.arguments == (account, int(equity * 10**6), int(required * 10**6))
    assert balance(borrower, "USDM").owed == 0


def test_borrow_beyond_the_window_is_refused(borrower: Trader) -> None:
    client, account = borrower
    client.withdraw(account, "WETH", dec(100))
    assert client.pool("WETH").borrowable == client.pool("WETH").window_room
    room = client.pool("WETH").borrowable
    with pytest.raises(errors.BorrowWindowReached) as caught:
        client.borrow(account, "WETH", room + dec("0.00000001"))
    assert caught.value.arguments == (1, int(room * 10**8) + 1, int(room * 10**8))
    client.borrow(account, "WETH", room)
    assert client.pool("WETH").borrowable < dec("0.01")


def test_borrow_at_an_old_price_is_refused(node: LocalNode, borrower: Trader) -> None:
    client, account = borrower
    pass_time(node, 61)
    with pytest.raises(errors.StalePrice) as caught:
        client.borrow(account, "USDM", dec(1_000_001))
    assert caught.value.asset_id == 1


def test_borrow_without_a_pool_is_refused(borrower: Trader) -> None:
    client, account = borrower
    with pytest.raises(errors.PoolNotOpen):
        client.borrow(account, "AAPL", dec(1))


def test_trade_borrows_what_the_account_does_not_have(borrower: Trader, lender: Trader) -> None:
    client, account = borrower
    client.withdraw(account, "WETH", dec(100))
    lender[0].place(lender[1], "WETH", Side.BID, dec(3_000), dec(5))
    client.place(account, "WETH", Side.ASK, dec(3_000), dec(5), TimeInForce.IMMEDIATE_OR_CANCEL)
    assert balance(borrower, "WETH").owed == 5
    assert client.pool("WETH").borrowed == 5


@pytest.mark.parametrize("everything", [None, "all"])
def test_repay_everything_leaves_nothing(
    node: LocalNode, borrower: Trader, everything: None
) -> None:
    client, account = borrower
    client.borrow(account, "USDM", dec(1_050_000))
    client.draw("USDM", dec(10_000))
    pass_time(node, DAY)
    owed = balance(borrower, "USDM").owed
    repaid = client.repay(account, "USDM", everything)
    # A second or two of interest more.
    assert owed <= repaid < owed + dec("0.001")
    assert balance(borrower, "USDM") == Balance(ZERO, ZERO, ZERO)
    assert client.token_balance("USDM") == 1_060_000 - repaid
    assert client.pool("USDM").borrowed == 0


def test_repay_everything_pays_interest_of_the_meantime(node: LocalNode, borrower: Trader) -> None:
    client, account = borrower
    client.borrow(account, "USDM", dec(1_050_000))
    owed = balance(borrower, "USDM").owed
    # Ten minutes from block to block: between the approval and the repayment, too.
    node.rpc.call("anvil_setBlockTimestampInterval", 600)
    try:
        repaid = client.repay(account, "USDM")
    finally:
        node.rpc.call("anvil_setBlockTimestampInterval", 0)
    assert repaid > owed + dec("0.01")
    assert balance(borrower, "USDM").total == 0


def test_repay_pays_no_more_than_is_owed(borrower: Trader) -> None:
    client, account = borrower
    client.borrow(account, "USDM", dec(1_050_000))
    assert client.repay(account, "USDM", dec(20_000)) == 20_000
    owed = balance(borrower, "USDM").owed
    assert 30_000 <= owed < dec("30000.001")
    repaid = client.repay(account, "USDM", dec(500_000))
    assert owed <= repaid < owed + dec("0.001")
    assert balance(borrower, "USDM").total == 0


def test_repay_by_somebody_else_pays_with_his_tokens(
    node: LocalNode, deployment: Deployment, borrower: Trader
) -> None:
    client, account = borrower
    client.borrow(account, "USDM", dec(1_000_100))
    friend = Client(node.rpc, deployment, node.accounts[4].private_key)
    friend.draw("USDM", dec(101))
    assert 100 <= friend.repay(account, "USDM") < dec("100.001")
    assert friend.token_balance("USDM") > dec("0.99")
    assert balance(borrower, "USDM").total == 0


@pytest.mark.parametrize("amount", [None, Decimal(5)])
def test_repay_without_a_debt_is_refused(maker: Trader, amount: Decimal | None) -> None:
    client, account = maker
    client.draw("USDM", dec(5))
    for asset in ("USDM", "AAPL"):
        with pytest.raises(errors.NothingOwed) as caught:
            client.repay(account, asset, amount)
        assert caught.value.arguments == (account, client.asset_units(asset).asset.asset_id)
    assert client.token_balance("USDM") == 5


def test_deposit_repays_before_it_credits(borrower: Trader) -> None:
    client, account = borrower
    client.borrow(account, "USDM", dec(1_000_100))
    client.deposit(account, "USDM", dec(300))
    total = balance(borrower, "USDM").total
    assert dec("199.999") < total <= 200


def test_accrue_pools_sets_rates_of_all_pools_in_one_transaction(
    node: LocalNode, borrower: Trader
) -> None:
    client, account = borrower
    client.borrow(account, "USDM", dec(1_090_000))
    before = client.pool("USDM")
    pass_time(node, 30 * DAY)
    height = int(client.raw.rpc.call("eth_blockNumber"), 16)
    rates = client.accrue_pools()
    assert int(client.raw.rpc.call("eth_blockNumber"), 16) == height + 1
    assert list(rates) == ["USDM", "WETH", "WBTC"]
    after = client.pool("USDM")
    assert rates["USDM"] == after.borrow_rate < before.borrow_rate
    assert after.rate_at_target < before.rate_at_target
    assert after.borrow_index > before.borrow_index >= 1
    event = next(logged.event for logged in client.raw.events(PoolAccrued, from_block=height))
    assert isinstance(event, PoolAccrued)
    assert event == PoolAccrued(
        asset_id=0,
        supply_index=int(after.supply_index * 10**18),
        borrow_index=int(after.borrow_index * 10**18),
        borrowed_atoms=int(after.borrowed * 10**6),
        cash_atoms=int(after.cash * 10**6),
        rate=event.rate,
    )
    assert after.borrow_rate == Decimal(event.rate * YEAR).scaleb(-16)
    assert client.accrue_pools("WETH") == {"WETH": client.pool("WETH").borrow_rate}


def test_accrue_pools_without_one_is_refused(maker: Trader) -> None:
    with pytest.raises(errors.PoolNotOpen):
        maker[0].accrue_pools("AAPL", "USDM")


def test_collect_reserve_lends_it_for_the_insurance_fund(node: LocalNode, borrower: Trader) -> None:
    client, account = borrower
    client.borrow(account, "USDM", dec(1_090_000))
    pass_time(node, 30 * DAY)
    waiting = client.pool("USDM").reserve
    collected = client.collect_reserve("USDM")
    # Whole shares, and a second or two of interest more.
    assert waiting - dec("0.000001") <= collected < waiting + dec("0.001")
    insurance = client.account(1).balances["USDM"]
    assert insurance.lent == collected
    (event,) = (logged.event for logged in client.raw.events(ReserveCollected))
    assert event == ReserveCollected(0, int(collected * 10**6))


def test_pools_are_those_of_the_parameters(maker: Trader) -> None:
    client, _ = maker
    pools = client.pools()
    assert [pool.asset for pool in pools] == ["USDM", "WETH", "WBTC"]
    for pool in pools:
        assert pool == client.pool(pool.asset)
        assert (pool.supplied, pool.borrowed, pool.reserve, pool.borrowable) == (0, 0, 0, 0)
        assert (pool.supply_index, pool.borrow_index) == (1, 1)
        assert (pool.ceiling, pool.hourly_limit) == (dec("0.95"), dec("0.1"))
        assert pool.reserve_factor == dec("0.1")
        assert pool.supply_room == pool.supply_cap > pool.borrow_cap > 0
        # A new pool costs a quarter of 4 % a year where nothing is borrowed.
        assert dec("0.0099") < pool.borrow_rate < dec("0.01")
        assert dec("0.0399") < pool.rate_at_target < dec("0.04")
    assert client.pool(0).supply_cap == 10_000_000_000


def test_pool_is_that_of_the_lens_in_whole_tokens(deployer: Client, borrower: Trader) -> None:
    client, account = borrower
    client.borrow(account, "USDM", dec(1_090_000))
    deployer.raw.execute(
        deployer.raw.calls.set_pool_terms(0, PoolTerms(2 * 10**12, 8 * 10**11, 850, 120, 130))
    )
    pool, found = client.pool("USDM"), client.raw.lens.pools(0, 1).items[0]
    for name in ("supply_room", "cap_room", "ceiling_room", "window_room", "borrowable"):
        assert getattr(pool, name) == Decimal(getattr(found, f"{name}_atoms")).scaleb(-6)
    for name in ("supplied", "borrowed", "cash", "reserve"):
        assert getattr(pool, name) == Decimal(getattr(found, f"{name}_atoms")).scaleb(-6)
    for name in ("utilisation", "borrow_rate", "supply_rate", "rate_at_target"):
        assert getattr(pool, name) == Decimal(getattr(found, name)).scaleb(-18)
    assert (pool.supply_cap, pool.borrow_cap) == (2_000_000, 800_000)
    assert (pool.ceiling, pool.hourly_limit) == (dec("0.85"), dec("0.12"))
    assert (pool.reserve_factor, pool.accrued_at) == (dec("0.13"), found.accrued_at)
    rooms = (pool.supply_room, pool.cap_room, pool.ceiling_room, pool.window_room)
    assert len({*rooms, pool.cash}) == 5


def test_pool_that_is_not_open_raises(maker: Trader) -> None:
    with pytest.raises(errors.PoolNotOpen) as caught:
        maker[0].pool("AAPL")
    assert caught.value.asset_id == 3


def test_pool_pays_lenders_what_borrowers_pay_less_the_reserve(borrower: Trader) -> None:
    client, account = borrower
    client.borrow(account, "USDM", dec(1_090_000))
    pool = client.pool("USDM")
    share = pool.borrow_rate * pool.borrowed / pool.supplied * dec("0.9")
    assert share * dec("0.99999") < pool.supply_rate <= share


def test_key_that_may_lend_lends_and_can_not_take_out(
    node: LocalNode, deployment: Deployment, borrower: Trader
) -> None:
    client, account = borrower
    key = Client(node.rpc, deployment, node.accounts[5].private_key)
    until = client.raw.time() + 3_600
    client.set_operator(account, key.address, Permission.LEND, until)
    assert key.set_lent(account, "USDM") == 1_000_000
    for to in (key.address, client.address):
        with pytest.raises(errors.PermissionMissing):
            key.borrow(account, "USDM", dec(1), to)
    client.set_operator(account, key.address, Permission.CANCEL, until)
    with pytest.raises(errors.PermissionMissing):
        key.set_lent(account, "USDM", lent=False)


def test_order_of_more_than_the_balance_rests_on_margin(borrower: Trader) -> None:
    client, account = borrower
    order = Order("WETH", Side.ASK, dec(3_000), dec(105))
    preview = client.preview(account, orders=[order])
    assert (preview.current.is_paid, preview.changed.is_paid) == (True, False)
    assert client.place(account, "WETH", Side.ASK, dec(3_000), dec(105)).resting == 105
    assert client.margin(account) == preview.changed
