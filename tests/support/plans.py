"""Steps of risk plans, for tests."""

from dataclasses import replace
from typing import Any

from tests.support.perps import LONG, MARGIN, PerpScene
from tests.support.system import ETH_MARKET, ETH_PERP
from worldmarkets.model import slots
from worldmarkets.model.liquidation_interface import PlanAction, PlanStep, Trigger
from worldmarkets.model.liquidation_words import PlanStateWord, PlanTermsWord

ALWAYS = 2**87 - 2
"""A threshold of health that every account with a requirement is below."""
ALL = 2**80 - 1
"""As much as is left of a step."""


def plan_step(action: PlanAction, target: int, size: int, **terms: Any) -> PlanStep:
    """A step that fires whatever the health, one percent worse than the mark; terms by name."""
    step = PlanStep(Trigger.HEALTH, True, ALWAYS, action, target, size, slippage_bps=100)
    return replace(step, **terms)


def reducing(lots: int, **terms: Any) -> PlanStep:
    """A step that reduces the perp of asset 1."""
    return plan_step(PlanAction.REDUCE, ETH_PERP, lots, **terms)


def selling(lots: int, **terms: Any) -> PlanStep:
    """A step that sells asset 1."""
    return plan_step(PlanAction.SELL, ETH_MARKET, lots, **terms)


def repaying(lots: int, **terms: Any) -> PlanStep:
    """A step that buys asset 1 back."""
    return plan_step(PlanAction.REPAY, ETH_MARKET, lots, **terms)


def pulling(asset: int, atoms: int, source: int, **terms: Any) -> PlanStep:
    """A step that pulls an asset from another account."""
    terms = {"slippage_bps": 0, "source_account_id": source, **terms}
    return plan_step(PlanAction.PULL, asset, atoms, **terms)


def terms_of(scene: PerpScene, account: int, step: int) -> PlanTermsWord:
    """The terms of a step of an account."""
    return scene.word(PlanTermsWord, slots.plan_terms(account, step))


def state_of(scene: PerpScene, account: int, step: int) -> PlanStateWord:
    """What is left of a step of an account."""
    return scene.word(PlanStateWord, slots.plan_state(account, step))


def health_of(scene: PerpScene, account: int) -> int:
    """Equity over the maintenance requirement, rounded down [1e-4]."""
    margin = scene.margin(account)
    return margin.equity_atoms * 10**4 // margin.maintenance_atoms


def open_long(scene: PerpScene, lots: int, cash_atoms: int = MARGIN) -> int:
    """An account that has bought lots of the perp of asset 1 from the taker, at the mark."""
    account = scene.trader(LONG, cash_atoms)
    scene.trade(account, scene.taker, lots)
    return account


def open_short(scene: PerpScene, lots: int, cash_atoms: int = MARGIN) -> int:
    """An account that has sold lots of the perp of asset 1 to the taker, at the mark."""
    account = scene.trader(LONG, cash_atoms)
    scene.trade(scene.taker, account, lots)
    return account
