"""Risk plans in a replay: who has one, who executes it, and whether it did what it promised."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum

import numpy as np

from worldmarkets.crash.keepers import Standings
from worldmarkets.crash.opening import Open
from worldmarkets.crash.population import Kind
from worldmarkets.crash.table import Levels
from worldmarkets.crash.venue import Desk
from worldmarkets.crash.watch import Watch
from worldmarkets.model import balances
from worldmarkets.model.liquidation import plans, preview
from worldmarkets.model.liquidation.standing import Standing
from worldmarkets.model.liquidation_interface import PlanAction, PlanStep, Trigger
from worldmarkets.model.perps import positions

HEALTHS = (15_000, 12_500)
"""Equity at which a plan closes half, and at which the rest [ten-thousandths of R_maint]."""
SLIPPAGE_BPS = 100
TIP_PPM = 1_000
_WITH_PLAN = (Kind.LONG, Kind.SHORT, Kind.LEVERED)
_UNIT = 10_000


class Stage(Enum):
    """Where a plan was at the end of a step."""

    CALM = "no trigger had fired"
    THIN = "a trigger had fired, and the book had too little"
    USED = "nothing of it was left"


@dataclass
class PlanCounts:
    """What has become of accounts with a plan."""

    accounts: int = 0
    fired: int = 0
    """Of which a trigger fired."""
    previews: int = 0
    """How often a step was about to be executed, and its preview was made."""
    reached: int = 0
    """Of these, how often the preview reached R_end."""
    kept: int = 0
    """Of these, how often the account was at R_end after it."""
    flagged: int = 0
    saved: int = 0
    """Flagged accounts of which nothing was sold: their plans have brought them to R_end."""
    gapped: int = 0
    """Accounts auctioned after one step from where no trigger had fired to below R_maint."""
    thin: int = 0
    """Accounts auctioned because the book had too little for their plans."""
    used: int = 0
    """Accounts auctioned when nothing was left of their plans."""


@dataclass
class Plans:
    """Follows the accounts with plans, and executes what has fired.

    Attributes:
        faults: Promises that were not kept, in words.
        is_near: Whether a trigger had fired, or nearly, at the last step.
    """

    desk: Desk
    watch: Watch
    standings: Standings
    tip_id: int
    """Account that gets the tips."""
    faults: list[str] = field(default_factory=list)
    is_near: bool = False
    counts: PlanCounts = field(default_factory=PlanCounts)
    _stages: dict[int, Stage] = field(default_factory=dict)
    _fired: set[int] = field(default_factory=set)
    _flagged: dict[int, Stage] = field(default_factory=dict)
    """Where plans were when their accounts were flagged last."""

    def give(self, portfolios: Sequence[Open]) -> None:
        """Give those a plan that are to have one."""
        for one in portfolios:
            if one.holder.has_plan and one.holder.kind in _WITH_PLAN:
                steps = self._steps(one)
                self.desk.act("set_plan", self.desk.owners.holders, one.account_id, steps)
                self._stages[one.account_id] = Stage.CALM
        self.counts.accounts = len(self._stages)

    def act(self, levels: Levels) -> None:
        """Execute what has fired, and remember where plans are."""
        near = (levels.equity - levels.margin) * _UNIT < HEALTHS[0] * levels.maintenance
        rows = set(map(int, np.flatnonzero(near)))
        self.is_near = any(
            stage is not Stage.USED and self.watch.row_of[account_id] in rows
            for account_id, stage in self._stages.items()
        )
        for account_id in self._stages:
            if self.watch.row_of[account_id] in rows:
                self._stages[account_id] = self._execute(account_id)
            elif self._stages[account_id] is Stage.THIN:
                self._stages[account_id] = Stage.CALM

    def note_flag(self, account_id: int) -> None:
        """Note that an account was flagged: where its plan was at the step before says why."""
        if account_id in self._stages:
            self._flagged[account_id] = self._stages[account_id]

    def finish(self, sliced: set[int]) -> PlanCounts:
        """Return the counts, with those whose accounts were flagged and sold."""
        sold = [stage for account_id, stage in self._flagged.items() if account_id in sliced]
        self.counts.flagged = len(self._flagged)
        self.counts.saved = len(self._flagged) - len(sold)
        self.counts.gapped = sold.count(Stage.CALM)
        self.counts.thin = sold.count(Stage.THIN)
        self.counts.used = sold.count(Stage.USED)
        self.counts.fired = len(self._fired)
        return self.counts

    @property
    def acted(self) -> set[int]:
        """Accounts whose plans have done something."""
        return self._fired

    def _steps(self, one: Open) -> list[PlanStep]:
        """Return a plan that closes half of what an account has, and then the rest."""
        known = self.desk.underlyings[one.holder.place]
        is_spot = one.holder.kind is Kind.LEVERED
        venue = known.spot if is_spot else known.perp
        state = self.desk.state
        if is_spot:
            atoms = balances.atoms_of(state, one.account_id, known.asset_id)
            lots = atoms // venue.atoms_per_lot
        else:
            lots = abs(positions.load(state, one.account_id, venue.market_id).size)
        action = PlanAction.SELL if is_spot else PlanAction.REDUCE
        return [
            PlanStep(
                Trigger.HEALTH,
                True,
                health,
                action,
                venue.market_id,
                size,
                min(size, venue.min_lots),
                SLIPPAGE_BPS,
                0,
                TIP_PPM,
            )
            for health, size in zip(HEALTHS, (lots - lots // 2, lots // 2), strict=True)
            if size
        ]

    def _execute(self, account_id: int) -> Stage:
        """Execute the steps of a plan that have fired, and say where it is then."""
        state, stands = self.desk.state, self.standings.of(account_id)
        steps = plans.steps_of(state, account_id)
        fired = [index for index, step in steps.items() if _has_fired(step, stands)]
        if not fired:
            return self._stage(account_id, stands)
        self._fired.add(account_id)
        promise = preview.preview(state, account_id)
        for index in fired:
            wanted = (account_id, index, steps[index].size, self.tip_id)
            self.desk.attempt("execute_step", *wanted)
        stands = self.standings.of(account_id)
        self.counts.previews += 1
        self.counts.reached += promise.is_reached
        self.counts.kept += promise.is_reached and stands.is_restored
        if promise.is_reached and not stands.is_restored:
            text = f"account {account_id} has {stands.equity} after its plan, not {stands.end}"
            self.faults.append(f"plan at {self.desk.time}: {text}")
        return self._stage(account_id, stands)

    def _stage(self, account_id: int, stands: Standing) -> Stage:
        steps = plans.steps_of(self.desk.state, account_id)
        if not steps:
            return Stage.USED
        fired = any(_has_fired(step, stands) for step in steps.values())
        return Stage.THIN if fired else Stage.CALM


def _has_fired(step: PlanStep, stands: Standing) -> bool:
    return stands.equity * _UNIT // max(1, stands.maintenance) <= step.threshold
