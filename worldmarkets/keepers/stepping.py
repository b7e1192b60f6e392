"""Which steps of risk plans have fired: decided without a chain, in the units of the contracts."""

from collections.abc import Mapping
from dataclasses import dataclass

from worldmarkets.client.liquidationlens_views import Standing
from worldmarkets.client.planwords import Planned
from worldmarkets.model.liquidation_interface import PlanAction, PlanStep, Trigger

HEALTH_ONE = 10_000
"""Equity as large as the maintenance requirement."""

_ASSET_BITS = 8


@dataclass(frozen=True)
class Conditions:
    """What triggers look at besides an account itself.

    `prices` of atoms by asset [1e-18 dollars], `funding` of perps by market [1e-8 for 8 hours],
    `borrow_rates` by asset [1e-16 a second].
    """

    prices: Mapping[int, int]
    funding: Mapping[int, int]
    borrow_rates: Mapping[int, int]


def has_fired(
    planned: Planned, conditions: Conditions, standing: Standing | None, now: int
) -> bool:
    """Return whether a step may be executed now.

    Args:
        planned: The step.
        conditions: Prices and rates.
        standing: Where its account stands; needed for steps that look at its health alone.
        now: The time [seconds].
    """
    value = _value(planned.step, conditions, standing)
    if value is None or now < planned.ready_at:
        return False
    step = planned.step
    return value <= step.threshold if step.is_below else value >= step.threshold


def _value(step: PlanStep, conditions: Conditions, standing: Standing | None) -> int | None:
    """Return what a step looks at; None if it is not known."""
    if step.trigger == Trigger.HEALTH:
        if standing is None or not standing.maintenance_atoms:
            return None
        return standing.equity_atoms * HEALTH_ONE // standing.maintenance_atoms
    if step.trigger == Trigger.FUNDING:
        return conditions.funding.get(step.target_id)
    # A market has its base asset in the low byte, and an asset that is pulled has nothing else.
    asset_id = step.target_id % (1 << _ASSET_BITS)
    if step.trigger == Trigger.PRICE:
        return conditions.prices.get(asset_id) or None
    # Who holds a perp owes no base asset: what a loss costs him is the rate of dollars.
    return conditions.borrow_rates.get(0 if step.action == PlanAction.REDUCE else asset_id)
