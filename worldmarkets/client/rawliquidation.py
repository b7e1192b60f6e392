"""Flags, slices, bonds, lines and plans, in integers."""

from collections.abc import Sequence
from functools import cached_property

from worldmarkets.client.liquidationlens import LiquidationLens
from worldmarkets.client.planwords import Planned
from worldmarkets.client.rawperps import RawPerps
from worldmarkets.client.records import actions
from worldmarkets.client.results import cancelled_lots
from worldmarkets.model.liquidation_events import (
    AccountThawed,
    BondSet,
    ClaimRepaid,
    FlagCleared,
    Flagged,
    LineAccepted,
    LineClosed,
    LineDrawn,
    LineNoticed,
    LineOffered,
    LineRepaid,
    SliceTaken,
    StepExecuted,
)
from worldmarkets.model.liquidation_interface import PlanStep
from worldmarkets.transactions import Receipt

WITHOUT_LIMIT = 2**255 - 1
"""However much is paid for a slice [quote atoms]."""

ALL = 2**80 - 1
"""As much as is left of a step of a plan [lots or atoms]."""


class RawLiquidation(RawPerps):
    """The part of `RawClient` about accounts in trouble. Units are those of ILiquidation."""

    @cached_property
    def liquidation_lens(self) -> LiquidationLens:
        """The contract that shows accounts in trouble as they are now."""
        return LiquidationLens(self.call, self.deployment.liquidation_lens)

    # ------------------------------------------------------------- liquidating others

    def flag_account(self, account_id: int) -> Flagged:
        """Flag an account that is neither healthy nor protected. Anyone may."""
        return self._only(self.execute(self.calls.flag_account(account_id)), Flagged)

    def review_account(self, account_id: int) -> tuple[bool, bool]:
        """Clear a flag, let the price fall anew, or let orders rest again. Anyone may.

        Returns:
            Whether the flag was cleared, and whether orders may rest again.
        """
        receipt = self.execute(self.calls.review_account(account_id))
        return bool(self._all(receipt, FlagCleared)), bool(self._all(receipt, AccountThawed))

    def force_cancel(self, account_id: int, order_ids: Sequence[int]) -> list[int]:
        """Remove dead orders; return what was left of each, 0 if it was gone [lots]."""
        receipt = self.execute(self.calls.force_cancel(account_id, order_ids))
        found = actions(receipt.logs, self.calls.exchange)
        return cancelled_lots(found[0].records if found else (), len(order_ids))

    def take_slice(
        self,
        account_id: int,
        bidder_account_id: int,
        fraction_ppm: int,
        max_paid_atoms: int = WITHOUT_LIMIT,
    ) -> SliceTaken:
        """Buy a slice of a flagged account; what was paid is negative if the bidder was."""
        arguments = (bidder_account_id, fraction_ppm, max_paid_atoms)
        receipt = self.execute(self.calls.take_slice(account_id, *arguments))
        return self._only(receipt, SliceTaken)

    def repay_claims(self, account_id: int) -> int:
        """Pay back what funds and lines have paid for an account; return it [quote atoms]."""
        receipt = self.execute(self.calls.repay_claims(account_id))
        claims = self._all(receipt, ClaimRepaid)
        paid = sum(one.insurance_atoms + one.backstop_atoms for one in claims)
        return paid + sum(one.atoms for one in self._all(receipt, LineRepaid))

    # ------------------------------------------------------------- bonds and lines

    def lock_bond(self, account_id: int, atoms: int) -> BondSet:
        """Lock quote atoms of an account of the key as its first loss."""
        return self._only(self.execute(self.calls.lock_bond(account_id, atoms)), BondSet)

    def release_bond(self, account_id: int, atoms: int) -> BondSet:
        """Return bond atoms to the balance of an account of the key."""
        return self._only(self.execute(self.calls.release_bond(account_id, atoms)), BondSet)

    def offer_line(
        self, lender_account_id: int, account_id: int, atoms: int, fee_atoms: int, expiry: int
    ) -> LineOffered:
        """Lock quote atoms of an account of the key as a standby line for another account."""
        arguments = (account_id, atoms, fee_atoms, expiry)
        receipt = self.execute(self.calls.offer_line(lender_account_id, *arguments))
        return self._only(receipt, LineOffered)

    def accept_line(
        self, account_id: int, lender_account_id: int, max_fee_atoms: int
    ) -> LineAccepted:
        """Accept a line that was offered to an account of the key, and pay its fee."""
        request = self.calls.accept_line(account_id, lender_account_id, max_fee_atoms)
        return self._only(self.execute(request), LineAccepted)

    def give_notice(self, account_id: int, lender_account_id: int) -> LineNoticed:
        """Give notice of a line of the key's account: an hour later it may be closed."""
        receipt = self.execute(self.calls.give_notice(account_id, lender_account_id))
        return self._only(receipt, LineNoticed)

    def close_line(self, account_id: int, lender_account_id: int) -> LineClosed:
        """Return what is undrawn of a line to its lender, an account of the key."""
        receipt = self.execute(self.calls.close_line(account_id, lender_account_id))
        return self._only(receipt, LineClosed)

    def draw_line(self, account_id: int, lender_account_id: int) -> LineDrawn:
        """Pay of a line into an account that is not healthy. Anyone may."""
        receipt = self.execute(self.calls.draw_line(account_id, lender_account_id))
        return self._only(receipt, LineDrawn)

    # ------------------------------------------------------------- choices and plans

    def set_liquidator(self, account_id: int, liquidator: str, chosen: bool = True) -> Receipt:
        """Let an address buy slices of an account of the key within its window, or no longer."""
        return self.execute(self.calls.set_liquidator(account_id, liquidator, chosen))

    def set_plan(self, account_id: int, steps: Sequence[PlanStep]) -> Receipt:
        """Replace the risk plan of an account of the key; no steps for no plan."""
        return self.execute(self.calls.set_plan(account_id, steps))

    def plan(self, account_id: int) -> list[Planned]:
        """Return the steps of an account's plan of which something is left."""
        return self.liquidation_lens.plan(account_id)

    def execute_step(
        self, account_id: int, step: int, amount: int = ALL, tip_account_id: int = 0
    ) -> StepExecuted:
        """Execute a step of an account's plan whose trigger has fired. Anyone may."""
        request = self.calls.execute_step(account_id, step, amount, tip_account_id)
        return self._only(self.execute(request), StepExecuted)

    def set_backstop(self, account_id: int) -> Receipt:
        """Make an account's quote balance the backstop, once; needs the listing role."""
        return self.execute(self.calls.set_backstop(account_id))
