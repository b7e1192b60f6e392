"""Risk plans through the client: set, read, executed by others for a tip."""

from dataclasses import replace
from decimal import Decimal

import pytest

from tests.client.conftest import Trader, dec
from worldmarkets.client import Client, PlanAction, PlannedStep, Side, Step, Trigger
from worldmarkets.model import errors
from worldmarkets.model.liquidation_events import PlanSet, StepExecuted

pytestmark = pytest.mark.node

PERP = "WETH-PERP"
REDUCE = Step(
    Trigger.PRICE,
    dec(2_900),
    is_below=True,
    action=PlanAction.REDUCE,
    target=PERP,
    size=dec(3),
    min_fill=dec("0.5"),
    slippage=dec("0.02"),
    cooldown=60,
    tip=dec("0.001"),
)


def test_set_plan_is_read_as_it_was_set(debtor: Trader) -> None:
    client, account = debtor
    other = client.create_account()
    health = replace(REDUCE, trigger=Trigger.HEALTH, threshold=dec("1.25"), cooldown=0)
    pull = Step(
        Trigger.PRICE, dec("2999.5"), True, PlanAction.PULL, "WETH", dec("0.00000001"), source=other
    )
    client.set_plan(account, [REDUCE, health, pull])
    assert client.plan(account) == (
        PlannedStep(0, REDUCE, 0),
        PlannedStep(1, health, 0),
        PlannedStep(2, pull, 0),
    )
    (logged,) = client.raw.events(PlanSet)
    assert logged.event == PlanSet(
        account, tuple(client.plan_units.pack(step) for step in (REDUCE, health, pull))
    )
    client.set_plan(account, [])
    assert client.plan(account) == ()


def test_set_plan_of_a_step_that_can_not_be_is_refused(debtor: Trader, lender: Trader) -> None:
    client, account = debtor
    with pytest.raises(errors.InvalidStep) as caught:
        client.set_plan(account, [REDUCE, replace(REDUCE, slippage=dec("0.2001"))])
    assert caught.value.step == 1
    with pytest.raises(errors.TooManySteps):
        client.set_plan(account, [REDUCE] * 9)
    with pytest.raises(errors.NotAccountOwner):
        lender[0].set_plan(account, [REDUCE])
    assert client.plan(account) == ()


def test_execute_step_does_what_its_owner_wants_for_a_tip(
    deployer: Client, debtor: Trader, maker: Trader, lender: Trader
) -> None:
    (owner, account), (client, own) = debtor, lender
    owner.set_plan(account, [REDUCE])
    with pytest.raises(errors.TriggerNotMet):
        client.execute_step(account, 0)
    with pytest.raises(errors.NoSuchStep):
        client.execute_step(account, 1)
    deployer.post_prices({"WETH": dec(2_890)})
    maker[0].place(maker[1], PERP, Side.BID, dec(2_880), dec(10))
    before = client.account(own).balances["USDM"].total
    # A thousandth of two ether at 2,880 dollars.
    assert client.execute_step(account, 0, dec(2), own) == (2, dec("5.76"))
    assert client.account(own).balances["USDM"].total == before + dec("5.76")
    position = owner.position(account, PERP)
    assert position is not None
    assert position.size == 8
    ready = client.raw.time() + 60
    assert owner.plan(account) == (PlannedStep(0, replace(REDUCE, size=dec(1)), ready),)
    (logged,) = client.raw.events(StepExecuted)
    assert logged.event == StepExecuted(account, 0, 20_000, 10_000, 5_760_000)
    with pytest.raises(errors.CoolingDown) as caught:
        client.execute_step(account, 0)
    assert caught.value.arguments == (0, ready)


def test_execute_step_pulls_from_another_account_of_the_owner(
    deployer: Client, debtor: Trader, lender: Trader
) -> None:
    (owner, account), client = debtor, lender[0]
    other = owner.create_account()
    owner.draw("USDM", dec(700))
    owner.deposit(other, "USDM", dec(700))
    pull = Step(
        Trigger.HEALTH, dec(2), True, PlanAction.PULL, "USDM", dec(500), dec(50), source=other
    )
    owner.set_plan(account, [pull])
    deployer.post_prices({"WETH": dec(2_850)})
    assert client.execute_step(account, 0) == (500, Decimal(0))
    assert owner.account(other).balances["USDM"].total == 200
    assert owner.account(account).balances["USDM"].total == 4_500
    assert owner.plan(account) == ()
