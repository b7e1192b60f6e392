"""Measured operations of liquidation: flags, slices, plans, dead orders, lines and deficits.

They act on the account with four legs of `trouble`, but for the plan, whose account has a position
alone. Whoever sends them is a stranger to it.
"""

from dataclasses import replace

from worldmarkets.bench.scene import EMPTY, MAKER, Operation, Scene
from worldmarkets.bench.stage import (
    DEPOSITOR,
    LATEST,
    LOTS,
    PERP,
    QUOTE_ASSET,
    QUOTER,
    TAKER,
    Sent,
    Stage,
    opposite,
    outward,
    request,
)
from worldmarkets.bench.trouble import (
    DOLLAR,
    FALL_BPS,
    RUIN_BPS,
    Trouble,
    fall,
    new_account,
    open_account,
)
from worldmarkets.client.rawliquidation import WITHOUT_LIMIT
from worldmarkets.model.accounts import INSURANCE
from worldmarkets.model.interface import Side, TimeInForce
from worldmarkets.model.liquidation_interface import PlanAction, PlanStep, Trigger

_WINDOW_SECONDS = 10
_FALLING_SECONDS = 30
"""How long the price of slices has fallen: it is above zero, and so is the fee."""
_PART_PPM = 200_000
_WHOLE_PPM = 1_000_000
_INSURED, _BACKED = 600 * DOLLAR, 500 * DOLLAR
"""What the funds have: too little for a deficit, of which each part asks both [quote atoms]."""
_LINE = 2_000 * DOLLAR
"""A line that is more than what is missing [quote atoms]."""
_PLANNED_LOTS = 100_000
_PLANNED_CAPITAL = 2_500 * DOLLAR
"""A position of 30,000 dollars with twice what maintenance requires [quote atoms]."""


def auction_start(scene: Scene, _side: Side) -> Sent:
    """Flag the account, whose orders are dead from then on."""
    trouble = open_account(scene)
    fall(scene.stage, FALL_BPS)
    return _flag(scene.stage, trouble)


def auction_take_4_legs(scene: Scene, side: Side) -> Sent:
    """Buy a fifth of the account, and the price falls anew; or as much as ends its liquidation.

    The bidder has all its legs already, and pays in cash. Both funds have something.
    """
    stage = scene.stage
    _fill_funds(stage)
    trouble = _flagged(scene)
    stage.rpc.call("evm_increaseTime", _WINDOW_SECONDS + _FALLING_SECONDS)
    wanted = _PART_PPM if side is Side.BID else _WHOLE_PPM
    terms = (stage.accounts[TAKER], wanted, WITHOUT_LIMIT)
    return stage.send(TAKER, stage.clients[TAKER].calls.take_slice(trouble.account, *terms))


def plan_step(scene: Scene, side: Side) -> Sent:
    """Reduce a position against one resting order, which is filled whole; four stay behind it."""
    stage = scene.stage
    account = new_account(stage, DEPOSITOR, _PLANNED_CAPITAL)
    # Reducing meets this side; the position came from the other.
    opening = request(opposite(side), outward(opposite(side), EMPTY), _PLANNED_LOTS)
    stage.place(MAKER, opening)
    calls = stage.clients[DEPOSITOR].calls
    taking = replace(
        opening, market_id=PERP, side=side, time_in_force=TimeInForce.IMMEDIATE_OR_CANCEL
    )
    stage.send(DEPOSITOR, calls.place_order(account, taking))
    stage.send(DEPOSITOR, calls.set_plan(account, [_reducing()]))
    tipped = stage.accounts[QUOTER]
    return stage.send(QUOTER, stage.clients[QUOTER].calls.execute_step(account, 0, LOTS, tipped))


def force_cancel_5(scene: Scene, _side: Side) -> Sent:
    """Remove five dead orders, each of a level that others are on."""
    stage, trouble = scene.stage, _flagged(scene)
    calls = stage.clients[QUOTER].calls
    return stage.send(QUOTER, calls.force_cancel(trouble.account, trouble.orders))


def standby_draw(scene: Scene, _side: Side) -> Sent:
    """Draw what is missing of a line, a part of it, into the account before it is flagged."""
    stage, trouble = scene.stage, open_account(scene)
    account, lender = trouble.account, stage.accounts[MAKER]
    offered, owner = stage.clients[MAKER].calls, stage.clients[DEPOSITOR].calls
    stage.send(MAKER, offered.offer_line(lender, account, _LINE, 0, LATEST))
    stage.send(DEPOSITOR, owner.accept_line(account, lender, 0))
    fall(stage, FALL_BPS)
    return stage.send(TAKER, stage.clients[TAKER].calls.draw_line(account, lender))


def settle_deficit(scene: Scene, _side: Side) -> Sent:
    """Recognise the deficit of the flagged account: both funds pay, and winners of one perp."""
    stage = scene.stage
    _fill_funds(stage)
    trouble = _flagged(scene)
    fall(stage, RUIN_BPS)
    return stage.send(QUOTER, stage.clients[QUOTER].calls.review_account(trouble.account))


def _flagged(scene: Scene) -> Trouble:
    trouble = open_account(scene)
    fall(scene.stage, FALL_BPS)
    _flag(scene.stage, trouble)
    return trouble


def _flag(stage: Stage, trouble: Trouble) -> Sent:
    return stage.send(QUOTER, stage.clients[QUOTER].calls.flag_account(trouble.account))


def _fill_funds(stage: Stage) -> None:
    """Give insurance fund and backstop what they begin with."""
    client, unit = stage.clients[QUOTER], stage.deployment.assets[QUOTE_ASSET].units_per_atom
    backstop = client.liquidation_lens.state().backstop_account_id
    for account, atoms in ((INSURANCE, _INSURED), (backstop, _BACKED)):
        client.deposit(account, QUOTE_ASSET, atoms * unit)


def _reducing() -> PlanStep:
    """Reduce by a tenth of the position in all, at two and a half times maintenance or below."""
    return PlanStep(
        Trigger.HEALTH,
        True,
        25_000,
        PlanAction.REDUCE,
        PERP,
        size=_PLANNED_LOTS // 10,
        min_fill=LOTS,
        slippage_bps=100,
        cooldown_seconds=60,
        tip_ppm=1_000,
    )


OPERATIONS: dict[str, Operation] = {
    "auction_start": auction_start,
    "auction_take_4_legs": auction_take_4_legs,
    "plan_step": plan_step,
    "force_cancel_5": force_cancel_5,
    "standby_draw": standby_draw,
    "settle_deficit": settle_deficit,
}
"""By their names in the results."""
