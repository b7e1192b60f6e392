"""Setting a risk plan: who may, what a step must be like, and which words hold it."""

from dataclasses import replace

import pytest

from tests.support.abi import Reverted
from tests.support.perps import LONG, PerpScene
from tests.support.plans import (
    plan_step,
    pulling,
    reducing,
    repaying,
    selling,
    state_of,
    terms_of,
)
from tests.support.scene import DOLLARS, OPERATOR, STRANGER
from tests.support.soundness import exchange_storage, refused
from tests.support.system import BTC_PERP, ETH_MARKET, ETH_PERP
from worldmarkets.model import slots
from worldmarkets.model.assets import as_name
from worldmarkets.model.interface import Permission
from worldmarkets.model.liquidation_interface import PlanAction, PlanStep, Trigger
from worldmarkets.model.liquidation_words import PlanStateWord, PlanTermsWord

ALL_PERMISSIONS = sum(Permission)


@pytest.fixture
def account(perps: PerpScene) -> int:
    return perps.trader(LONG)


@pytest.fixture
def source(perps: PerpScene) -> int:
    """Another account of the same owner."""
    return perps.trader(LONG)


def plan_slots(storage: dict[int, int]) -> dict[int, int]:
    """The words of all plans."""
    return {slot: word for slot, word in storage.items() if slot >> 64 == slots.Region.PLAN}


def test_set_plan_stores_terms_and_state_of_each_step(
    perps: PerpScene, account: int, source: int
) -> None:
    first = reducing(5_000, min_fill=7, cooldown_seconds=60, tip_ppm=100)
    first = replace(first, trigger=Trigger.FUNDING, is_below=False, threshold=-3)
    second = pulling(0, 2**80 - 1, source, tip_ppm=5_000)
    perps.system.set_plan(account, [first, second])
    assert terms_of(perps, account, 0) == PlanTermsWord(
        trigger=Trigger.FUNDING,
        is_below=0,
        action=PlanAction.REDUCE,
        target=ETH_PERP,
        slippage_bps=100,
        cooldown=60,
        tip_ppm=100,
        source=0,
        threshold=-3,
        touched=1,
    )
    assert state_of(perps, account, 0) == PlanStateWord(5_000, 7, 0, touched=1)
    assert terms_of(perps, account, 1).source == source
    assert state_of(perps, account, 1).left == 2**80 - 1
    assert len(plan_slots(exchange_storage(perps.system))) == 4
    (event,) = perps.system.events()
    assert (event.name, event.fields["accountId"]) == ("PlanSet", account)
    assert [PlanStep(*step) for step in event.fields["steps"]] == [first, second]


def test_set_plan_of_other_accounts_stays(perps: PerpScene, account: int, source: int) -> None:
    perps.system.set_plan(source, [reducing(9)] * 8)
    before = plan_slots(exchange_storage(perps.system))
    perps.system.set_plan(account, [reducing(5)] * 8)
    perps.system.set_plan(account, [])
    after = plan_slots(exchange_storage(perps.system))
    assert {slot: word for slot, word in after.items() if slot in before} == before
    assert len(after) == len(before) + 16


def test_set_plan_replaces_all_steps(perps: PerpScene, account: int) -> None:
    """What is no more has words that are touched, and what never was has none."""
    perps.system.set_plan(account, [reducing(5), selling(6), repaying(7)])
    perps.system.set_plan(account, [selling(8)])
    assert terms_of(perps, account, 0).action == PlanAction.SELL
    assert state_of(perps, account, 0) == PlanStateWord(8, touched=1)
    for step in (1, 2):
        assert terms_of(perps, account, step) == PlanTermsWord(touched=1)
        assert state_of(perps, account, step) == PlanStateWord(touched=1)
    assert terms_of(perps, account, 3) == PlanTermsWord()
    assert state_of(perps, account, 3) == PlanStateWord()


def test_set_plan_takes_eight_steps_and_no_more(perps: PerpScene, account: int) -> None:
    perps.system.set_plan(account, [reducing(5)] * 8)
    assert state_of(perps, account, 7).left == 5
    with refused(perps.system, "TooManySteps", 9, 8):
        perps.system.set_plan(account, [reducing(5)] * 9)


def test_set_plan_by_strangers_and_operators_is_refused(perps: PerpScene, account: int) -> None:
    perps.system.set_operator(account, OPERATOR, ALL_PERMISSIONS, 2**32 - 1, DOLLARS)
    for sender in (STRANGER, OPERATOR):
        with refused(perps.system, "NotAccountOwner", account, sender):
            perps.system.set_plan(account, [], sender=sender)


def test_set_plan_of_unknown_account_is_refused(perps: PerpScene) -> None:
    with refused(perps.system, "UnknownAccount", 999):
        perps.system.set_plan(999, [], sender=STRANGER)


@pytest.mark.parametrize(
    ("step", "field"),
    [
        (reducing(5, is_below=False), "isBelow"),
        (reducing(5, threshold=9_999), "threshold"),
        (reducing(5, threshold=-1), "threshold"),
        (selling(5, trigger=Trigger.FUNDING, threshold=0), "trigger"),
        (repaying(5, trigger=Trigger.FUNDING, threshold=0), "trigger"),
        (pulling(1, 5, 0, trigger=Trigger.FUNDING, threshold=0), "trigger"),
        (pulling(0, 5, 0, trigger=Trigger.PRICE), "trigger"),
        (reducing(5, target_id=ETH_MARKET), "targetId"),
        (reducing(5, target_id=BTC_PERP), "targetId"),
        (reducing(5, target_id=1), "targetId"),
        (selling(5, target_id=ETH_PERP), "targetId"),
        (selling(5, target_id=256), "targetId"),
        (selling(5, target_id=300), "targetId"),
        (selling(5, target_id=1), "targetId"),
        (repaying(5, target_id=ETH_PERP), "targetId"),
        (pulling(9, 5, 0), "targetId"),
        (pulling(ETH_MARKET, 5, 0), "targetId"),
        (reducing(0), "size"),
        (reducing(5, min_fill=6), "minFill"),
        (reducing(5, slippage_bps=0), "slippageBps"),
        (selling(5, slippage_bps=2_001), "slippageBps"),
        (pulling(1, 5, 0, slippage_bps=2_001), "slippageBps"),
        (reducing(5, tip_ppm=5_001), "tipPpm"),
        (pulling(1, 5, 0), "sourceAccountId"),
    ],
)
def test_set_plan_with_a_step_that_can_not_be_is_refused(
    perps: PerpScene, account: int, step: PlanStep, field: str
) -> None:
    good = reducing(5)
    with refused(perps.system, "InvalidStep", 1, as_name(field)):
        perps.system.set_plan(account, [good, step])


def test_set_plan_takes_the_bounds_of_each_field(
    perps: PerpScene, account: int, source: int
) -> None:
    least = reducing(1, threshold=10_000, min_fill=1, slippage_bps=1, tip_ppm=0)
    most = selling(2**80 - 1, slippage_bps=2_000, tip_ppm=5_000, cooldown_seconds=2**24 - 1)
    most = replace(most, min_fill=2**80 - 1, threshold=2**87 - 1)
    by_price = pulling(1, 1, source, trigger=Trigger.PRICE, is_below=False, threshold=0)
    by_rate = pulling(0, 1, source, trigger=Trigger.BORROW_RATE, threshold=-(2**87))
    perps.system.set_plan(account, [least, most, by_price, by_rate])
    assert terms_of(perps, account, 1).cooldown == 2**24 - 1
    assert terms_of(perps, account, 3).threshold == -(2**87)


def test_set_plan_pulls_from_other_accounts_of_the_owner_alone(
    perps: PerpScene, account: int
) -> None:
    for source in (account, perps.short_account, 0, 999):
        step = pulling(0, 5, source)
        with refused(perps.system, "InvalidStep", 0, as_name("sourceAccountId")):
            perps.system.set_plan(account, [step])


def test_set_plan_with_a_trigger_without_a_name_is_refused(perps: PerpScene, account: int) -> None:
    for step in (reducing(5, trigger=4), plan_step(4, ETH_PERP, 5)):  # type: ignore[arg-type]
        with pytest.raises(Reverted):
            perps.system.set_plan(account, [step])
