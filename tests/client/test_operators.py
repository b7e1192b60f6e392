"""Operators through the client: what the owner allows, what it costs, and who may not."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from tests.client.conftest import Trader, dec, pass_time
from worldmarkets.client import (
    Client,
    LossBudget,
    Operator,
    Order,
    Permission,
    Side,
    TimeInForce,
)
from worldmarkets.deployment import Deployment
from worldmarkets.model import errors
from worldmarkets.node import LocalNode

pytestmark = pytest.mark.node

TRADING = Permission.PLACE | Permission.CANCEL
IOC = TimeInForce.IMMEDIATE_OR_CANCEL
NOBODY = Operator(Permission(0), 0)


@pytest.fixture
def operator(node: LocalNode, deployment: Deployment) -> Client:
    return Client(node.rpc, deployment, node.accounts[5].private_key)


def allow(trader: Trader, operator: Client, permissions: Permission, loss: str = "0") -> int:
    client, account = trader
    expiry = client.raw.time() + 3_600
    client.set_operator(account, operator.address, permissions, expiry, dec(loss))
    return expiry


def test_set_operator_lets_him_trade_until_he_is_revoked(maker: Trader, operator: Client) -> None:
    client, account = maker
    assert client.operator(account, operator.address) == NOBODY
    expiry = allow(maker, operator, TRADING)
    assert client.operator(account, operator.address) == Operator(TRADING, expiry)
    placed = operator.place(account, "WETH", Side.BID, dec(2_990), dec("0.1"))
    (order,) = client.open_orders(account)
    assert (order.order_id, order.by_operator) == (placed.order_id, True)
    amended = Order("WETH", Side.BID, dec(2_990), dec("0.05"))
    assert operator.amend(account, order.order_id, amended).resting == dec("0.05")
    result = operator.batch(account, [order.order_id], [amended], packed=True)
    assert result.cancelled == (dec("0.05"),)
    client.revoke_operator(account, operator.address)
    assert client.operator(account, operator.address) == NOBODY
    for act in (
        lambda: operator.cancel(account, result.placed[0].order_id or 0),
        lambda: operator.place(account, "WETH", Side.BID, dec(2_990), dec("0.1")),
    ):
        with pytest.raises(errors.NotAccountOwner) as caught:
            act()
        assert caught.value.arguments == (account, int(operator.address, 16))
    assert len(client.open_orders(account)) == 1


def test_operator_without_the_permission_is_refused(maker: Trader, operator: Client) -> None:
    client, account = maker
    allow(maker, operator, TRADING)
    before = client.account(account)
    second = client.create_account()
    actions: dict[Callable[[], object], Permission] = {
        lambda: operator.withdraw(account, "WETH", dec(1)): Permission.WITHDRAW,
        lambda: operator.withdraw(account, "WETH", dec(1), client.address): (
            Permission.WITHDRAW | Permission.WITHDRAW_TO_OWNER
        ),
        lambda: operator.transfer(account, second, "WETH", dec(1)): Permission.TRANSFER,
    }
    for act, needed in actions.items():
        with pytest.raises(errors.PermissionMissing) as caught:
            act()
        assert caught.value.arguments == (account, int(operator.address, 16), TRADING, needed)
    with pytest.raises(errors.NotAccountOwner):
        operator.set_operator(account, operator.address, Permission.WITHDRAW, 2**32 - 1)
    assert client.account(account) == before


def test_operator_with_the_permission_transfers_and_withdraws_to_the_owner(
    maker: Trader, operator: Client
) -> None:
    client, account = maker
    second = client.create_account()
    client.activate_asset(second, "WETH")
    allow(maker, operator, Permission.TRANSFER | Permission.WITHDRAW_TO_OWNER)
    operator.transfer(account, second, "WETH", dec(1))
    operator.withdraw(account, "WETH", dec(2), client.address)
    assert client.account(second).balances["WETH"].total == 1
    assert client.token_balance("WETH") == 2
    assert client.token_balance("WETH", operator.address) == 0


def test_operator_expired_is_refused(node: LocalNode, maker: Trader, operator: Client) -> None:
    client, account = maker
    expiry = allow(maker, operator, TRADING)
    pass_time(node, 3_601)
    with pytest.raises(errors.OperatorExpired) as caught:
        operator.place(account, "WETH", Side.BID, dec(2_990), dec("0.1"))
    assert caught.value.expiry == expiry
    assert client.open_orders(account) == []


def test_loss_budget_is_used_up_by_takes_beyond_the_reference_price(
    maker: Trader, taker: Trader, operator: Client
) -> None:
    """Buying 0.1 WETH at 3,030 loses 3 dollars against 3,000, half a tick at most as the reference
    price is told in ticks (0.005), and a fee of 0.10605."""
    client, account = taker
    other, other_account = maker
    other.place(other_account, "WETH", Side.ASK, dec(3_030), dec(1))
    assert client.loss_budget(account) == LossBudget(Decimal(0), Decimal(0))
    allow(taker, operator, TRADING, loss="5")
    operator.place(account, "WETH", Side.BID, dec(3_030), dec("0.1"), IOC)
    assert client.loss_budget(account) == LossBudget(dec(5), dec("3.11105"))
    assert client.account(account).balances["USDM"].open_bids == 0
    with pytest.raises(errors.LossBudgetSpent) as caught:
        operator.place(account, "WETH", Side.BID, dec(3_030), dec("0.1"), IOC)
    assert caught.value.arguments == (account, 3_111_050, 3_111_050, 5_000_000)
    client.place(account, "WETH", Side.BID, dec(3_030), dec("0.1"), IOC)
    assert client.loss_budget(account).lost_today == dec("3.11105")


def test_loss_budget_is_whole_again_the_next_day(
    node: LocalNode, maker: Trader, taker: Trader, operator: Client
) -> None:
    client, account = taker
    other, other_account = maker
    other.place(other_account, "WETH", Side.ASK, dec(3_030), dec(1))
    allow(taker, operator, TRADING, loss="5")
    operator.place(account, "WETH", Side.BID, dec(3_030), dec("0.1"), IOC)
    pass_time(node, 86_400)
    assert client.loss_budget(account) == LossBudget(dec(5), Decimal(0))
