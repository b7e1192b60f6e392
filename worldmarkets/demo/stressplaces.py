"""Who takes which place in the stress act: what each holds when it begins, and the plan of one."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from worldmarkets.demo.perps import PerpScene
from worldmarkets.demo.session import Session
from worldmarkets.demo.source import Source
from worldmarkets.demo.stresscast import LATECOMER, PLANNER, SAVED, SLICED, StressCast
from worldmarkets.demo.stresspath import Crash
from worldmarkets.demo.stresstraders import (
    HEDGED,
    MIXED,
    PERP,
    Holder,
    equity_of,
    holder,
    largest,
    ratios_of,
    size_for,
)
from worldmarkets.demo.underlyings import Underlying
from worldmarkets.keepers.stepping import HEALTH_ONE
from worldmarkets.model.liquidation_interface import PlanAction, PlanStep, Trigger
from worldmarkets.staging import Venue
from worldmarkets.transactions import Request

_LEFT = {PLANNER: Decimal("0.2"), SAVED: Decimal("0.2"), SLICED: Decimal("0.4")}
"""Equity that would be left at the lowest price [part of what maintenance requires]."""
_BASIS_TIMES = 4
"""Size of the basis trader's legs, over his equity."""
_KEPT = Decimal("0.25")
"""What the trader with a line keeps when it is over."""
_FIRST_STEP, _LAST_HEALTH = Decimal("0.75"), Decimal("1.5")
"""Where the first step of the plan fires, of what health is above one at first; and the other."""
_SLIPPAGE_BPS, _TIP_PPM, _COOLDOWN_SECONDS = 100, 200, 10
"""Of the plan."""


def session_after(source: Source, cast: StressCast, crash: Crash) -> Session:
    """Return a session that goes on where that of a source has ended, with prices of a crash."""
    old, underlyings, prices = source.session, [], dict(source.session.other_prices)
    prices[old.venue.base_asset_id] = old.reference_price
    for one in old.underlyings:
        path = crash.of(prices[one.spot.base_asset_id])
        underlyings.append(replace(one, path=path))
    return Session(old.stage, [*old.accounts, *cast.accounts], old.book, underlyings)


def calm_and_gapped(session: Session, cast: StressCast) -> tuple[Underlying, Underlying]:
    """Return what most hold, and what has a gap: that of the least margin. There may be but one."""
    account, known = cast.account(LATECOMER), session.underlyings
    gapped = min(known, key=lambda one: ratios_of(account, one, PERP).initial)
    return next((one for one in known if one != gapped), gapped), gapped


def openers(
    cast: StressCast, scene: PerpScene, calm: Underlying, depth: Decimal
) -> Iterator[Holder]:
    """Yield those who open something before the crash: three with too much, and a basis trade.

    Args:
        cast: Who has too much.
        scene: Where the basis trader is; he opens nothing beside what he may still have.
        calm: What they trade.
        depth: How far it is going to fall [part of the price].
    """
    for name, shape in ((PLANNER, PERP), (SAVED, PERP), (SLICED, MIXED)):
        account = cast.account(name)
        ratios = ratios_of(account, calm, shape)
        dollars = size_for(equity_of(account), depth, ratios, _LEFT[name])
        yield holder(account, calm, shape, dollars)
    if not scene.basis.has_position:
        basis = scene.cast.basis
        yield holder(basis, calm, HEDGED, _BASIS_TIMES * equity_of(basis))


def latecomer(cast: StressCast, gapped: Underlying) -> Holder:
    """Return who buys as much as he may, right before the gap."""
    account = cast.account(LATECOMER)
    dollars = largest(equity_of(account), ratios_of(account, gapped, PERP))
    return holder(account, gapped, PERP, dollars)


def reducer(session: Session, cast: StressCast, venue: Venue) -> Holder:
    """Return who lowers his position when it is over, so that his line can be repaid."""
    account = cast.account(SAVED)
    held = session.inventory[account.account_id, venue.market_id]
    return Holder(account, {venue: int(held * _KEPT)})


def planning(session: Session, cast: StressCast, venue: Venue) -> Request:
    """Return the plan of who has one: he sells half when he has lost a quarter, then the rest."""
    account = cast.account(PLANNER)
    standing = account.client.liquidation_lens.standing(account.account_id)
    health = Decimal(standing.equity_atoms) / standing.maintenance_atoms
    lots = session.inventory[account.account_id, venue.market_id]
    healths = (1 + (health - 1) * _FIRST_STEP, _LAST_HEALTH)
    steps = [_step(venue, one, lots // 2) for one in healths]
    return account.client.calls.set_plan(account.account_id, steps)


def _step(venue: Venue, health: Decimal, lots: int) -> PlanStep:
    return PlanStep(
        trigger=Trigger.HEALTH,
        is_below=True,
        threshold=int(health * HEALTH_ONE),
        action=PlanAction.REDUCE,
        target_id=venue.market_id,
        size=lots,
        min_fill=venue.min_lots,
        slippage_bps=_SLIPPAGE_BPS,
        cooldown_seconds=_COOLDOWN_SECONDS,
        tip_ppm=_TIP_PPM,
        source_account_id=0,
    )
