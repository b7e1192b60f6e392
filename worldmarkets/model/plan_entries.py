"""The entry points for risk plans."""

from collections.abc import Sequence

from worldmarkets.model.entry import Entry
from worldmarkets.model.liquidation import executing, plans
from worldmarkets.model.liquidation_interface import PlanStep


class PlanEntries(Entry):
    """What an owner wants done when his account's risk grows."""

    def set_plan(self, caller: int, account_id: int, steps: Sequence[PlanStep]) -> None:
        """Replace the risk plan of an account of the caller."""
        self._emit(lambda: plans.set_plan(self.state, caller, account_id, steps))

    def execute_step(
        self, account_id: int, step: int, amount: int, tip_account_id: int
    ) -> tuple[int, int]:
        """Execute a step of a plan, by anyone.

        Returns what it did [lots or atoms], and the tip that the account `tip_account_id` has got,
        0 for no tip [quote atoms].
        """
        wanted = (account_id, step, amount, tip_account_id)
        return self._act(lambda: executing.execute(self.state, *wanted, self.events))
