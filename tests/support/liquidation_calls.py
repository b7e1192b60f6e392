"""The entry points for accounts in trouble, as methods of a system."""

from collections.abc import Sequence
from dataclasses import astuple
from typing import Any

from worldmarkets.model.liquidation_interface import PlanStep, SliceResult

WITHOUT_LIMIT = 2**255 - 1
"""However much is paid for a slice."""


class LiquidationCalls:
    """Typed calls, sent by the owner of the account that acts unless `sender` says otherwise."""

    def execute(self, sender: str, function: str, *arguments: object, value: int = 0) -> Any:
        """Call the exchange and decode what it returns."""
        raise NotImplementedError

    def _sender(self, account: int, sender: str | None) -> str:
        raise NotImplementedError

    def flag_account(self, account: int, *, sender: str | None = None) -> None:
        self.execute(self._sender(account, sender), "flagAccount", account)

    def review_account(self, account: int, *, sender: str | None = None) -> tuple[bool, bool]:
        """Look at an account; returns whether it is flagged, and whether its orders may rest."""
        flagged, live = self.execute(self._sender(account, sender), "reviewAccount", account)
        return flagged, live

    def force_cancel(
        self, account: int, order_ids: Sequence[int], *, sender: str | None = None
    ) -> list[int]:
        sender = self._sender(account, sender)
        return list(self.execute(sender, "forceCancel", account, list(order_ids))[0])

    def take_slice(
        self,
        account: int,
        bidder: int,
        fraction_ppm: int,
        max_paid_atoms: int = WITHOUT_LIMIT,
        *,
        sender: str | None = None,
    ) -> SliceResult:
        """Take a slice for a bidder's account, sent by its owner."""
        arguments = (account, bidder, fraction_ppm, max_paid_atoms)
        (taken,) = self.execute(self._sender(bidder, sender), "takeSlice", *arguments)
        return SliceResult(*taken)

    def repay_claims(self, account: int, *, sender: str | None = None) -> int:
        return int(self.execute(self._sender(account, sender), "repayClaims", account)[0])

    def lock_bond(self, account: int, atoms: int, *, sender: str | None = None) -> None:
        self.execute(self._sender(account, sender), "lockBond", account, atoms)

    def release_bond(self, account: int, atoms: int, *, sender: str | None = None) -> None:
        self.execute(self._sender(account, sender), "releaseBond", account, atoms)

    def offer_line(
        self,
        lender: int,
        account: int,
        atoms: int,
        fee_atoms: int = 0,
        expiry: int = 2**32 - 1,
        *,
        sender: str | None = None,
    ) -> None:
        arguments = (lender, account, atoms, fee_atoms, expiry)
        self.execute(self._sender(lender, sender), "offerLine", *arguments)

    def accept_line(
        self, account: int, lender: int, max_fee_atoms: int = 0, *, sender: str | None = None
    ) -> None:
        arguments = (account, lender, max_fee_atoms)
        self.execute(self._sender(account, sender), "acceptLine", *arguments)

    def give_notice(self, account: int, lender: int, *, sender: str | None = None) -> None:
        self.execute(self._sender(lender, sender), "giveNotice", account, lender)

    def close_line(self, account: int, lender: int, *, sender: str | None = None) -> None:
        self.execute(self._sender(lender, sender), "closeLine", account, lender)

    def draw_line(self, account: int, lender: int, *, sender: str | None = None) -> int:
        return int(self.execute(self._sender(account, sender), "drawLine", account, lender)[0])

    def set_liquidator(
        self, account: int, liquidator: str, chosen: bool = True, *, sender: str | None = None
    ) -> None:
        arguments = (account, liquidator, chosen)
        self.execute(self._sender(account, sender), "setLiquidator", *arguments)

    def set_plan(
        self, account: int, steps: Sequence[PlanStep], *, sender: str | None = None
    ) -> None:
        packed = [astuple(step) for step in steps]
        self.execute(self._sender(account, sender), "setPlan", account, packed)

    def execute_step(
        self,
        account: int,
        step: int,
        amount: int = 2**80 - 1,
        tip_account: int = 0,
        *,
        sender: str | None = None,
    ) -> tuple[int, int]:
        """Execute a step; returns what it did, and the tip."""
        arguments = (account, step, amount, tip_account)
        done, tip = self.execute(self._sender(account, sender), "executeStep", *arguments)
        return done, tip

    def set_backstop(self, account: int, *, sender: str | None = None) -> None:
        """Make an account's cash the backstop; by the owner of an account that is none's."""
        self.execute(sender or self._sender(0, None), "setBackstop", account)
