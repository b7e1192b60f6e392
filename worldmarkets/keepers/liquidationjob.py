"""The liquidator: flags accounts and frees them, buys slices of them, sells what it bought."""

from collections.abc import Iterator, Sequence
from functools import partial

from worldmarkets.client import Client
from worldmarkets.client.liquidationlens_views import Standing
from worldmarkets.client.planwords import Planned
from worldmarkets.keepers import liquidating, watching
from worldmarkets.keepers.bidding import Bidding, Options
from worldmarkets.keepers.job import Action, Round
from worldmarkets.keepers.liquidating import Duty, Task
from worldmarkets.keepers.liquidationview import LiquidationView
from worldmarkets.keepers.watching import Prices, Watch
from worldmarkets.model.liquidation_events import PlanSet, StepExecuted

SNAPSHOT_SECONDS = 600
"""How often all accounts are looked at, whatever was logged."""

OVERLAP_BLOCKS = 64
"""Blocks that are read again, in case others have taken their place."""

CANCELS = 100
"""Dead orders that one transaction removes."""

_HARMLESS = {
    Task.FLAG: frozenset({"AlreadyFlagged", "AccountHealthy"}),
    Task.REVIEW: frozenset({"NotFlagged"}),
    Task.DRAW: frozenset({"NoSuchLine", "LineExpired", "AccountHealthy"}),
    Task.REPAY: frozenset[str](),
    Task.FREE: frozenset({"NotFlagged"}),
}


class LiquidationJob:
    """Flags, reviews, draws and frees for all; takes slices and executes steps where it pays.

    What it keeps in memory saves reading only: it begins with a snapshot of all accounts, follows
    the logs from there, and takes another snapshot from time to time.
    """

    name = "liquidate"

    def __init__(
        self, client: Client, options: Options | None = None, view: LiquidationView | None = None
    ) -> None:
        """Take the exchange, who acts and how, and what sees the exchange if not the client."""
        options = options or Options()
        self._client = client
        self._rules = options.rules
        self._view = view or LiquidationView(client)
        bidder = options.bidder_account_id
        self._bidding = bidder and Bidding(client, self._view, options, bidder)
        self._watch = Watch()
        self._plans: dict[int, list[Planned]] = {}
        self._next_block: int | None = None
        self._snapshot_at = 0

    def look(self) -> Round:
        """Find what is due, and what pays."""
        now, prices = self._view.now(), self._view.prices()
        self._follow(prices, now)
        standings = self._view.standings(self._watch.due(prices, now))
        self._watch.note(standings, prices, now)
        actions = [*self._duties(standings, now)]
        if self._bidding:
            steps = [step for plan in self._plans.values() for step in plan]
            actions += self._bidding.actions(standings, steps, prices, now)
        on_sale = [one for one in standings if liquidating.may_bid(one, now, is_chosen=False)]
        lag = max((now - one.window_end for one in on_sale), default=0)
        return Round(tuple(actions), lag)

    # ------------------------------------------------------------- following the exchange

    def _follow(self, prices: Prices, now: int) -> None:
        """Take a snapshot of all accounts, or what was logged since."""
        head = self._view.head()
        if self._next_block is None or now - self._snapshot_at >= SNAPSHOT_SECONDS:
            self._watch = Watch()
            self._watch.note(self._view.snapshot(), prices, now)
            self._plans = self._view.plans(self._view.account_ids())
            self._snapshot_at = now
        else:
            first = max(0, self._next_block - OVERLAP_BLOCKS)
            events = [logged.event for logged in self._view.events(first, head)]
            self._watch.change(watching.touched(events))
            planning = [one for one in events if isinstance(one, PlanSet | StepExecuted)]
            self._read_plans(sorted({one.account_id for one in planning}))
        self._next_block = head + 1

    def _read_plans(self, account_ids: Sequence[int]) -> None:
        for account_id in account_ids:
            self._plans.pop(account_id, None)
        self._plans.update(self._view.plans(account_ids))

    # ------------------------------------------------------------- what nobody is paid for

    def _duties(self, standings: Sequence[Standing], now: int) -> Iterator[Action]:
        for found in standings:
            duty = self._duty(found, now)
            if duty is not None:
                yield from self._actions(duty)

    def _duty(self, found: Standing, now: int) -> Duty | None:
        lines = self._view.lines(found.account_id) if found.locked_atoms else ()
        return liquidating.duty(self._rules, found, lines, now)

    def _actions(self, duty: Duty) -> Iterator[Action]:
        calls, account_id = self._client.raw.calls, duty.account_id
        told = f"{duty.task.value} account {account_id}"
        harmless, still = _HARMLESS[duty.task], partial(self._is_still_due, duty)
        if duty.task == Task.FLAG:
            yield Action(told, calls.flag_account(account_id), harmless=harmless)
        elif duty.task == Task.DRAW:
            lender = duty.lender_account_id
            told = f"draw line of account {lender} for account {account_id}"
            yield Action(told, calls.draw_line(account_id, lender), harmless=harmless)
        elif duty.task == Task.REPAY:
            repays = partial(self._repays, account_id)
            if repays():
                yield Action(told, calls.repay_claims(account_id), repays, harmless)
        else:
            if duty.task == Task.FREE:
                orders = self._view.dead_orders(account_id)
                for first in range(0, len(orders), CANCELS):
                    request = calls.force_cancel(account_id, orders[first : first + CANCELS])
                    yield Action(told, request, harmless=harmless)
            request = calls.review_account(account_id)
            yield Action(f"review account {account_id}", request, still, harmless)

    def _is_still_due(self, duty: Duty) -> bool:
        """Whether nobody else has done it: look again."""
        (found,) = self._view.standings([duty.account_id])
        return self._duty(found, self._view.now()) == duty

    def _repays(self, account_id: int) -> bool:
        """Whether it would bring something back."""
        calls = self._client.raw.calls
        (atoms,) = calls.abi.decode("repayClaims", self._view.call(calls.repay_claims(account_id)))
        return bool(atoms >= self._rules.least_repaid_atoms)
