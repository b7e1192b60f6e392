"""Which steps of risk plans have fired."""

from dataclasses import replace

import pytest

from tests.keepers.test_liquidating import HEALTHY, at
from worldmarkets.client.planwords import Planned
from worldmarkets.keepers.stepping import Conditions, has_fired
from worldmarkets.model.liquidation_interface import PlanAction, PlanStep, Trigger

NOW = 10_000
CONDITIONS = Conditions(prices={1: 3_000, 2: 0}, funding={513: -40}, borrow_rates={0: 700, 1: 900})


def fired(trigger: Trigger, threshold: int, *, is_below: bool, **changes: object) -> bool:
    step = PlanStep(trigger, is_below, threshold, PlanAction.REDUCE, 513, 10)
    planned = Planned(7, 0, replace(step, **changes), NOW)
    return has_fired(planned, CONDITIONS, HEALTHY, NOW)


@pytest.mark.parametrize(
    ("trigger", "value", "changes"),
    [
        # A thousand for a maintenance of 600.
        (Trigger.HEALTH, 16_666, {}),
        (Trigger.PRICE, 3_000, {}),
        (Trigger.PRICE, 3_000, {"action": PlanAction.PULL, "target_id": 1}),
        (Trigger.FUNDING, -40, {}),
        (Trigger.BORROW_RATE, 700, {}),
        (Trigger.BORROW_RATE, 900, {"action": PlanAction.REPAY, "target_id": 257}),
        (Trigger.BORROW_RATE, 700, {"action": PlanAction.PULL, "target_id": 0}),
    ],
)
def test_has_fired_at_the_threshold_and_beyond(
    trigger: Trigger, value: int, changes: dict[str, object]
) -> None:
    for offset in (-1, 0, 1):
        assert fired(trigger, value + offset, is_below=True, **changes) == (offset >= 0)
        assert fired(trigger, value + offset, is_below=False, **changes) == (offset <= 0)


def test_has_fired_waits_for_the_cooldown() -> None:
    planned = Planned(7, 0, PlanStep(Trigger.PRICE, True, 3_000, 0, 513, 10), NOW + 1)
    assert not has_fired(planned, CONDITIONS, None, NOW)
    assert has_fired(planned, CONDITIONS, None, NOW + 1)


def test_has_fired_of_what_is_not_known_is_false() -> None:
    def planned(step: PlanStep) -> Planned:
        return Planned(7, 0, step, 0)

    health = PlanStep(Trigger.HEALTH, True, 10**9, PlanAction.REDUCE, 513, 10)
    assert not has_fired(planned(health), CONDITIONS, None, NOW)
    nothing = replace(HEALTHY, maintenance_atoms=0)
    assert not has_fired(planned(health), CONDITIONS, nothing, NOW)
    for step in (
        PlanStep(Trigger.PRICE, True, 10**9, PlanAction.REDUCE, 514, 10),
        PlanStep(Trigger.FUNDING, True, 10**9, PlanAction.REDUCE, 514, 10),
        PlanStep(Trigger.BORROW_RATE, False, 0, PlanAction.REPAY, 258, 10),
    ):
        assert not has_fired(planned(step), CONDITIONS, HEALTHY, NOW)


def test_health_of_an_account_in_debt_is_rounded_down() -> None:
    step = PlanStep(Trigger.HEALTH, True, -17, PlanAction.REDUCE, 513, 10)
    assert has_fired(Planned(7, 0, step, 0), CONDITIONS, at(-1), NOW)
    lower = replace(step, threshold=-18)
    assert not has_fired(Planned(7, 0, lower, 0), CONDITIONS, at(-1), NOW)
