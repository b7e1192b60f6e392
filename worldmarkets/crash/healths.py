"""Who was healthy when: what a step of prices did to each account."""

from dataclasses import dataclass, field

from worldmarkets.crash.table import Levels
from worldmarkets.crash.watch import Watch
from worldmarkets.model.liquidation.standing import Standing


@dataclass
class Healths:
    """Follows the health of watched accounts from step to step.

    Attributes:
        unhealthy: Accounts that are below R_maint now.
        ever: All that were so at some step, or flagged.
        crossings: How often an account has fallen below R_maint.
        gaps: Of these, how often it had been at R_init the step before: nothing warned of it.
        below_zero: Of the crossings, how often equity was negative at once.
        uncovered: Accounts that at their first step below R_maint could be flagged at once.
    """

    watch: Watch
    unhealthy: set[int] = field(default_factory=set)
    ever: set[int] = field(default_factory=set)
    crossings: int = 0
    gaps: int = 0
    below_zero: int = 0
    _before: Levels | None = None

    def note(self, account_id: int, stands: Standing) -> None:
        """Note where an account stands exactly, that may be below R_maint."""
        if stands.is_healthy:
            self.unhealthy.discard(account_id)
            return
        if account_id in self.unhealthy:
            return
        self.unhealthy.add(account_id)
        self.ever.add(account_id)
        self.crossings += 1
        self.gaps += self._was_at_initial(account_id)
        self.below_zero += stands.equity < 0

    def end_step(self, levels: Levels, near: set[int]) -> None:
        """Remember a step; whoever was not near R_maint in it is healthy."""
        self.unhealthy &= near
        self._before = levels

    def _was_at_initial(self, account_id: int) -> bool:
        """Return whether an account had R_init at the step before, sizes left out."""
        row = self.watch.row_of[account_id]
        if self._before is None or row >= len(self._before.equity):
            return False
        return bool(self._before.equity[row] >= self._before.initial[row])
