"""Steps of risk plans: decimals become what the contracts have, and the other way round."""

from dataclasses import replace
from decimal import Decimal

import pytest

from tests.client.test_units import PERP_UNITS, UNITS, USDM, WETH_UNITS
from worldmarkets.client import UnalignedAmountError
from worldmarkets.client.liquidation_views import Step
from worldmarkets.client.plansteps import PlanUnits
from worldmarkets.client.planwords import MAX_STEPS, Planned, plan_slots, planned
from worldmarkets.client.units import AssetUnits, MarketUnits
from worldmarkets.model import slots
from worldmarkets.model.liquidation_interface import PlanAction, PlanStep, Trigger
from worldmarkets.model.liquidation_words import PlanStateWord, PlanTermsWord

MARKETS: dict[str | int, MarketUnits] = {
    "WETH/USDM": UNITS,
    257: UNITS,
    "WETH-PERP": PERP_UNITS,
    513: PERP_UNITS,
}
ASSETS: dict[str | int, AssetUnits] = {
    "WETH": WETH_UNITS,
    1: WETH_UNITS,
    "USDM": AssetUnits(USDM),
    0: AssetUnits(USDM),
}
CONVERTED = PlanUnits(ASSETS.__getitem__, MARKETS.__getitem__)

REDUCE = Step(
    Trigger.HEALTH,
    Decimal("1.25"),
    is_below=True,
    action=PlanAction.REDUCE,
    target="WETH-PERP",
    size=Decimal("2.5"),
    min_fill=Decimal("0.5"),
    slippage=Decimal("0.01"),
    cooldown=60,
    tip=Decimal("0.0005"),
)
PULL = Step(
    Trigger.PRICE, Decimal(2_500), True, PlanAction.PULL, "WETH", Decimal("0.00000001"), source=9
)


def test_pack_has_lots_ticks_and_parts() -> None:
    assert CONVERTED.pack(REDUCE) == PlanStep(
        Trigger.HEALTH, True, 12_500, PlanAction.REDUCE, 513, 25_000, 5_000, 100, 60, 500
    )
    # A dollar a token is 1e10 of the unit of prices where a token has eight decimals.
    assert CONVERTED.pack(PULL) == PlanStep(
        Trigger.PRICE, True, 2_500 * 10**10, PlanAction.PULL, 1, 1, source_account_id=9
    )


@pytest.mark.parametrize(
    "step",
    [
        REDUCE,
        PULL,
        replace(
            PULL,
            target="USDM",
            size=Decimal(7),
            trigger=Trigger.BORROW_RATE,
            threshold=Decimal(0),
        ),
        replace(REDUCE, trigger=Trigger.FUNDING, threshold=Decimal("-0.00000001"), is_below=False),
        replace(REDUCE, trigger=Trigger.PRICE, threshold=Decimal("2999.5")),
        replace(REDUCE, action=PlanAction.SELL, target="WETH/USDM", min_fill=Decimal(0)),
        replace(REDUCE, action=PlanAction.REPAY, target="WETH/USDM"),
    ],
)
def test_unpack_is_the_inverse_of_pack(step: Step) -> None:
    assert CONVERTED.unpack(CONVERTED.pack(step)) == step


@pytest.mark.parametrize(("is_below", "expected"), [(True, 12_683_916), (False, 12_683_917)])
def test_pack_rounds_a_yearly_rate_so_that_it_fires_no_earlier(
    is_below: bool, expected: int
) -> None:
    step = replace(
        REDUCE, trigger=Trigger.BORROW_RATE, threshold=Decimal("0.04"), is_below=is_below
    )
    assert CONVERTED.pack(step).threshold == expected


@pytest.mark.parametrize(
    "changed",
    [
        {"threshold": Decimal("1.00001")},
        {"threshold": Decimal("NaN")},
        {"size": Decimal("0.00001")},
        {"size": Decimal(0)},
        {"min_fill": Decimal("0.00005")},
        {"slippage": Decimal("0.00001")},
        {"tip": Decimal("0.0000005")},
        {"trigger": Trigger.PRICE, "threshold": Decimal("1e-11")},
    ],
)
def test_pack_what_is_not_whole_is_refused(changed: dict[str, object]) -> None:
    with pytest.raises(UnalignedAmountError):
        CONVERTED.pack(replace(REDUCE, **changed))  # type: ignore[arg-type]


def test_planned_has_the_steps_of_which_something_is_left() -> None:
    words = [0] * (2 * MAX_STEPS)
    terms = PlanTermsWord(3, 1, 2, 257, 100, 60, 500, 0, -(2**80), touched=1)
    words[4:6] = terms.pack(), PlanStateWord(0, 3, 4, touched=1).pack()
    words[14:16] = terms.pack(), PlanStateWord(7, 3, 99, touched=1).pack()
    step = PlanStep(
        Trigger.BORROW_RATE, True, -(2**80), PlanAction.REPAY, 257, 7, 3, 100, 60, 500, 0
    )
    assert planned(5, words) == [Planned(5, 7, step, 99)]


def test_plan_slots_are_terms_and_state_of_each_step() -> None:
    found = plan_slots(5)
    assert len(found) == 2 * MAX_STEPS
    assert found[14:] == [slots.plan_terms(5, 7), slots.plan_state(5, 7)]
