"""The liquidator on a node: what nobody is paid for, and steps of risk plans."""

from decimal import Decimal

import pytest

from tests.client.conftest import Trader, dec, funded
from tests.keepers.test_liquidation_job import EXPIRY, PERP, job_of, keeper, liquidate, total, what
from worldmarkets.client import Client, PlanAction, Side, Step, Trigger
from worldmarkets.deployment import Deployment
from worldmarkets.node import LocalNode

pytestmark = pytest.mark.node

__all__ = ["keeper"]


def test_liquidator_draws_lines_and_brings_them_back(
    deployer: Client, keeper: Trader, debtor: Trader, lender: Trader
) -> None:
    (owner, account), lends = debtor, lender[1]
    lender[0].offer_line(lends, account, dec(1_000), EXPIRY)
    owner.accept_line(account, lends, Decimal(0))
    job = job_of(keeper)
    assert liquidate(keeper[0], job) == []
    for price in (2_800, 2_690):
        deployer.post_prices({"WETH": dec(price)})
    drawn = f"draw line of account {lends} for account {account}"
    assert what(liquidate(keeper[0], job)) == [drawn]
    assert liquidate(keeper[0], job) == []
    deployer.post_prices({"WETH": dec(2_900)})
    assert what(liquidate(keeper[0], job)) == [f"repay claims account {account}"]
    assert keeper[0].standing(account).drawn == 0
    assert liquidate(keeper[0], job) == []


def test_liquidator_frees_an_account_of_its_dead_orders(
    deployer: Client, keeper: Trader, broke: Trader
) -> None:
    owner, account = broke
    for price in ("2750.0", "2750.0", "2760.0"):
        owner.place(account, PERP, Side.ASK, dec(price), dec(1), reduce_only=True)
    job = job_of(keeper, bids=False)
    assert what(liquidate(keeper[0], job)) == [f"flag account {account}"]
    deployer.post_prices({"WETH": dec(2_800)})
    assert what(liquidate(keeper[0], job)) == [f"review account {account}"]
    assert not keeper[0].standing(account).is_live
    assert what(liquidate(keeper[0], job)) == [
        f"free of dead orders account {account}",
        f"review account {account}",
    ]
    assert keeper[0].standing(account).is_live
    assert keeper[0].book(PERP).asks == ()


def test_liquidator_has_a_deficit_paid_and_finds_what_comes_later(
    deployer: Client, keeper: Trader, broke: Trader
) -> None:
    account = broke[1]
    job = job_of(keeper, bids=False)
    assert what(liquidate(keeper[0], job)) == [f"flag account {account}"]
    for price in (2_580, 2_500):
        deployer.post_prices({"WETH": dec(price)})
    assert what(liquidate(keeper[0], job)) == [f"review account {account}"]
    assert keeper[0].liquidation().shortfalls == {PERP: dec("1010.500001")}


def test_liquidator_hears_of_accounts_that_are_new(
    deployer: Client, keeper: Trader, node: LocalNode, deployment: Deployment, prices: None
) -> None:
    """Nobody was in debt when it took its snapshot."""
    job = job_of(keeper, bids=False)
    assert liquidate(keeper[0], job) == []
    maker = funded(node, deployment, 1)
    client = Client(node.rpc, deployment, node.accounts[3].private_key)
    account = client.create_account()
    client.draw("USDM", dec(4_000))
    client.deposit(account, "USDM", dec(4_000))
    maker[0].place(maker[1], PERP, Side.ASK, dec(3_000), dec(10))
    client.place(account, PERP, Side.BID, dec(3_000), dec(10))
    assert liquidate(keeper[0], job) == []
    for price in (2_800, 2_690):
        deployer.post_prices({"WETH": dec(price)})
    assert what(liquidate(keeper[0], job)) == [f"flag account {account}"]


def test_liquidator_executes_steps_of_plans_for_a_tip(
    deployer: Client, keeper: Trader, debtor: Trader, maker: Trader
) -> None:
    client, (owner, account) = keeper[0], debtor
    job = job_of(keeper)
    assert liquidate(client, job) == []
    step = Step(
        Trigger.HEALTH,
        dec(2),
        is_below=True,
        action=PlanAction.REDUCE,
        target=PERP,
        size=dec(3),
        slippage=dec("0.02"),
        tip=dec("0.001"),
    )
    owner.set_plan(account, [step])
    assert liquidate(client, job) == []
    deployer.post_prices({"WETH": dec(2_840)})
    # Nobody bids yet.
    assert liquidate(client, job) == []
    maker[0].place(maker[1], PERP, Side.BID, dec(2_830), dec(10))
    executed = f"execute step 0 of the plan of account {account}"
    assert what(liquidate(client, job)) == [executed]
    assert total(keeper) == 1_000_000 + dec("8.49")
    assert owner.plan(account) == ()
    assert liquidate(client, job) == []
