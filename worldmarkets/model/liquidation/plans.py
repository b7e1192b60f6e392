"""Risk plans: what an account's owner wants done, by anyone, when its risk grows."""

from collections.abc import Sequence

from worldmarkets.atlas.margin import equity, requirement
from worldmarkets.model import accounts, holdings, reference, slots
from worldmarkets.model.assets import as_name
from worldmarkets.model.errors import (
    InvalidStep,
    NoSuchStep,
    PriceUnavailable,
    TooManySteps,
    TriggerNotMet,
)
from worldmarkets.model.liquidation_events import PlanSet
from worldmarkets.model.liquidation_interface import PlanAction, PlanStep, Trigger
from worldmarkets.model.liquidation_words import PlanStateWord, PlanTermsWord
from worldmarkets.model.perps import funding
from worldmarkets.model.state import State
from worldmarkets.model.words import BookWord, PoolIndexWord, TokenWord, base_of, is_perp

MAX_STEPS = 8
"""The most steps of a plan."""
MIN_HEALTH = 10**4
"""The lowest threshold of health, and all of R_maint in its unit [1e-4 of R_maint]."""
MAX_SLIPPAGE_BPS = 2_000
"""The most that a step may trade worse than the mark."""
MAX_TIP_PPM = 5_000
"""The highest tip."""
NOTHING_REQUIRED = 2**255 - 1
"""Health where nothing is required: no threshold is as high."""


def set_plan(state: State, caller: int, account_id: int, steps: Sequence[PlanStep]) -> PlanSet:
    """Replace the plan of an account.

    Raises:
        UnknownAccount, NotAccountOwner, TooManySteps, InvalidStep.
    """
    accounts.check_owner(state, account_id, caller)
    if len(steps) > MAX_STEPS:
        raise TooManySteps(len(steps), MAX_STEPS)
    for index, step in enumerate(steps):
        wrong = _wrong_field(state, account_id, step)
        if wrong:
            raise InvalidStep(index, as_name(wrong))
        state.store(slots.plan_terms(account_id, index), terms_of(step))
        word = PlanStateWord(step.size, step.min_fill, touched=1)
        state.store(slots.plan_state(account_id, index), word)
    for index in range(len(steps), MAX_STEPS):
        if state.load_raw(slots.plan_terms(account_id, index)):
            state.store(slots.plan_terms(account_id, index), PlanTermsWord(touched=1))
            state.store(slots.plan_state(account_id, index), PlanStateWord(touched=1))
    return PlanSet(account_id, tuple(steps))


def load(state: State, account_id: int, step: int) -> tuple[PlanTermsWord, PlanStateWord]:
    """Return a step of which something is left; raises NoSuchStep."""
    left = load_state(state, account_id, step) if step < MAX_STEPS else PlanStateWord()
    if not left.left:
        raise NoSuchStep(account_id, step)
    return state.load(PlanTermsWord, slots.plan_terms(account_id, step)), left


def load_state(state: State, account_id: int, step: int) -> PlanStateWord:
    """Return what a step may still do, and when."""
    return state.load(PlanStateWord, slots.plan_state(account_id, step))


def steps_of(state: State, account_id: int) -> dict[int, PlanStep]:
    """Return the steps of an account's plan by their index, each with the size that is left."""
    steps = {}
    for index in range(MAX_STEPS):
        word = load_state(state, account_id, index)
        if word.left:
            terms = state.load(PlanTermsWord, slots.plan_terms(account_id, index))
            steps[index] = _step_of(terms, word)
    return steps


def may_pull(state: State, account_id: int, source: int) -> bool:
    """Return whether a step may pull from an account: another one of the same owner."""
    owners = (accounts.owner_of(state, account_id), accounts.owner_of(state, source))
    return account_id != source and owners[0] == owners[1]


def check_trigger(state: State, account_id: int, step: int, terms: PlanTermsWord) -> None:
    """Pass if a step's trigger has fired; raises TriggerNotMet or PriceUnavailable."""
    value = trigger_value(state, account_id, terms)
    if not fires(terms, value):
        raise TriggerNotMet(step, value, terms.threshold)


def fires(terms: PlanTermsWord, value: int) -> bool:
    """Return whether a trigger fires at a value of what it looks at."""
    return value <= terms.threshold if terms.is_below else value >= terms.threshold


def trigger_value(state: State, account_id: int, terms: PlanTermsWord) -> int:
    """Return what a trigger looks at, in its unit.

    A borrow rate is that of the base asset, or of what is pulled; where a perp is reduced that of
    dollars, as who has a perp owes no base asset.

    Raises:
        PriceUnavailable: it looks at a price that there is not yet.
    """
    if terms.trigger == Trigger.HEALTH:
        return health(state, holdings.read(state, account_id))
    if terms.trigger == Trigger.FUNDING:
        return funding.load(state, terms.target).rate
    asset_id = base_of(terms.target)
    if terms.trigger == Trigger.BORROW_RATE:
        owed = 0 if terms.action == PlanAction.REDUCE else asset_id
        return state.load(PoolIndexWord, slots.pool_index(owed)).rate
    price = holdings.underlying(state, asset_id).price
    if not price:
        raise PriceUnavailable(asset_id)
    return price


def health(state: State, held: Sequence[holdings.Holding]) -> int:
    """Return equity over R_maint without resting orders, rounded down [1e-4].

    NOTHING_REQUIRED where that is nothing.
    """
    portfolio, shared = holdings.portfolio(state, held), reference.market_risk(state)
    required = requirement(portfolio, shared, shared.maintenance_percent)
    return equity(portfolio) * MIN_HEALTH // required if required else NOTHING_REQUIRED


def terms_of(step: PlanStep) -> PlanTermsWord:
    """Return the terms of a step; packing them checks the widths."""
    return PlanTermsWord(
        step.trigger,
        int(step.is_below),
        step.action,
        step.target_id,
        step.slippage_bps,
        step.cooldown_seconds,
        step.tip_ppm,
        step.source_account_id,
        step.threshold,
        touched=1,
    )


def _wrong_field(state: State, account_id: int, step: PlanStep) -> str:
    """Return the first field of a step that can not be, or nothing."""
    pulls = step.action == PlanAction.PULL
    faults = {
        **_trigger_faults(step),
        "targetId": not _is_target(state, step),
        "size": step.size == 0,
        "minFill": step.min_fill > step.size,
        "slippageBps": not (0 if pulls else 1) <= step.slippage_bps <= MAX_SLIPPAGE_BPS,
        "tipPpm": step.tip_ppm > MAX_TIP_PPM,
        "sourceAccountId": pulls and not may_pull(state, account_id, step.source_account_id),
    }
    return next((name for name, wrong in faults.items() if wrong), "")


def _trigger_faults(step: PlanStep) -> dict[str, bool]:
    """Return by field what of a trigger can not be.

    A step by health only acts when there is too little of it, funding is of perps alone, and a
    dollar of the exchange has no price.
    """
    if step.trigger == Trigger.HEALTH:
        return {"isBelow": not step.is_below, "threshold": step.threshold < MIN_HEALTH}
    if step.trigger == Trigger.PRICE:
        return {"trigger": step.action == PlanAction.PULL and step.target_id == 0}
    by_funding = step.trigger == Trigger.FUNDING
    return {"trigger": by_funding and step.action != PlanAction.REDUCE}


def _is_target(state: State, step: PlanStep) -> bool:
    """Return whether a step can act there: in a market of its kind, or on an asset."""
    if step.action == PlanAction.PULL:
        if step.target_id >= 2**8:
            return False
        return state.load(TokenWord, slots.token(step.target_id)).token != 0
    of_kind = is_perp(step.target_id) == (step.action == PlanAction.REDUCE)
    return of_kind and state.load(BookWord, slots.book(step.target_id)).tick_value != 0


def _step_of(terms: PlanTermsWord, word: PlanStateWord) -> PlanStep:
    return PlanStep(
        Trigger(terms.trigger),
        bool(terms.is_below),
        terms.threshold,
        PlanAction(terms.action),
        terms.target,
        word.left,
        word.min_fill,
        terms.slippage_bps,
        terms.cooldown,
        terms.tip_ppm,
        terms.source,
    )
