"""The transactions of liquidation and of control of one's own risk: nothing is sent here."""

from collections.abc import Sequence
from dataclasses import astuple

from worldmarkets.client.perpcalls import PerpCalls
from worldmarkets.model.liquidation_interface import PlanStep
from worldmarkets.transactions import Request


class LiquidationCalls(PerpCalls):
    """The part of `Calls` about accounts in trouble. Units are those of ILiquidation."""

    def flag_account(self, account_id: int) -> Request:
        """Flag an account that is neither healthy nor protected."""
        return self._request("flagAccount", account_id)

    def review_account(self, account_id: int) -> Request:
        """Look at an account that is flagged or whose orders may not rest."""
        return self._request("reviewAccount", account_id)

    def force_cancel(self, account_id: int, order_ids: Sequence[int]) -> Request:
        """Remove dead orders of an account from the book."""
        return self._request("forceCancel", account_id, list(order_ids))

    def take_slice(
        self, account_id: int, bidder_account_id: int, fraction_ppm: int, max_paid_atoms: int
    ) -> Request:
        """Buy a slice of a flagged account; a negative limit is the least that must be got."""
        arguments = (bidder_account_id, fraction_ppm, max_paid_atoms)
        return self._request("takeSlice", account_id, *arguments)

    def repay_claims(self, account_id: int) -> Request:
        """Pay back what funds and lines have paid for an account, of what it has to spare."""
        return self._request("repayClaims", account_id)

    def lock_bond(self, account_id: int, atoms: int) -> Request:
        """Lock quote atoms of an account as its first loss."""
        return self._request("lockBond", account_id, atoms)

    def release_bond(self, account_id: int, atoms: int) -> Request:
        """Return bond atoms to the account's balance."""
        return self._request("releaseBond", account_id, atoms)

    def offer_line(
        self, lender_account_id: int, account_id: int, atoms: int, fee_atoms: int, expiry: int
    ) -> Request:
        """Lock quote atoms of a lender as a standby line that another account may accept."""
        return self._request("offerLine", lender_account_id, account_id, atoms, fee_atoms, expiry)

    def accept_line(self, account_id: int, lender_account_id: int, max_fee_atoms: int) -> Request:
        """Accept a line that was offered, and pay its fee."""
        return self._request("acceptLine", account_id, lender_account_id, max_fee_atoms)

    def give_notice(self, account_id: int, lender_account_id: int) -> Request:
        """Give notice of a line: an hour later its lender may close it."""
        return self._request("giveNotice", account_id, lender_account_id)

    def close_line(self, account_id: int, lender_account_id: int) -> Request:
        """Return what is undrawn of a line to its lender."""
        return self._request("closeLine", account_id, lender_account_id)

    def draw_line(self, account_id: int, lender_account_id: int) -> Request:
        """Pay of a line into an account that is not healthy."""
        return self._request("drawLine", account_id, lender_account_id)

    def set_liquidator(self, account_id: int, liquidator: str, chosen: bool) -> Request:
        """Let an address buy slices of an account within its window, or no longer."""
        return self._request("setLiquidator", account_id, liquidator, chosen)

    def set_plan(self, account_id: int, steps: Sequence[PlanStep]) -> Request:
        """Replace the risk plan of an account."""
        return self._request("setPlan", account_id, [astuple(step) for step in steps])

    def execute_step(
        self, account_id: int, step: int, amount: int, tip_account_id: int = 0
    ) -> Request:
        """Execute a step of an account's plan whose trigger has fired [lots or atoms]."""
        return self._request("executeStep", account_id, step, amount, tip_account_id)

    def set_backstop(self, account_id: int) -> Request:
        """Make an account's quote balance the backstop, once; needs the listing role."""
        return self._request("setBackstop", account_id)
