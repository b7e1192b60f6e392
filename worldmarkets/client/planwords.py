"""Risk plans as the exchange's words have them."""

from collections.abc import Sequence
from dataclasses import dataclass

from worldmarkets.model import slots
from worldmarkets.model.liquidation_interface import PlanAction, PlanStep, Trigger
from worldmarkets.model.liquidation_words import PlanStateWord, PlanTermsWord

MAX_STEPS = 8
"""The most steps of a plan."""

_HALVES = 2


@dataclass(frozen=True)
class Planned:
    """A step of an account's plan: `step.size` is what is left of it [lots or atoms].

    `index` is its place in the plan; it waits until `ready_at` [seconds].
    """

    account_id: int
    index: int
    step: PlanStep
    ready_at: int


def plan_slots(account_id: int) -> list[int]:
    """Return the slots of the words of an account's plan, in the order that `planned` takes."""
    return [
        slot(account_id, step)
        for step in range(MAX_STEPS)
        for slot in (slots.plan_terms, slots.plan_state)
    ]


def planned(account_id: int, words: Sequence[int]) -> list[Planned]:
    """Return the steps of a plan of which something is left, from its words."""
    found = []
    for index in range(MAX_STEPS):
        terms, state = words[_HALVES * index : _HALVES * (index + 1)]
        word = PlanStateWord.unpack(state)
        if word.left:
            step = _step(PlanTermsWord.unpack(terms), word)
            found.append(Planned(account_id, index, step, word.ready_at))
    return found


def _step(terms: PlanTermsWord, state: PlanStateWord) -> PlanStep:
    return PlanStep(
        trigger=Trigger(terms.trigger),
        is_below=bool(terms.is_below),
        threshold=terms.threshold,
        action=PlanAction(terms.action),
        target_id=terms.target,
        size=state.left,
        min_fill=state.min_fill,
        slippage_bps=terms.slippage_bps,
        cooldown_seconds=terms.cooldown,
        tip_ppm=terms.tip_ppm,
        source_account_id=terms.source,
    )
