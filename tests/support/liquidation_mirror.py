"""The entry points for accounts in trouble on model and chain at once."""

from collections.abc import Sequence
from dataclasses import astuple
from typing import Any

from tests.support.lockstep import number
from tests.support.perp_mirror import PerpMirror
from worldmarkets.model.liquidation_interface import PlanStep


class LiquidationMirror(PerpMirror):
    """Actions that run on both and are compared; see `tests.support.mirror`."""

    def flag_account(self, sender: str, account: int) -> Any:
        return self._act(
            sender,
            ("flagAccount", account),
            lambda: self.model.flag_account(account),
            lambda _: (),
        )

    def review_account(self, sender: str, account: int) -> Any:
        return self._act(
            sender,
            ("reviewAccount", account),
            lambda: self.model.review_account(account),
            tuple,
        )

    def force_cancel(self, sender: str, account: int, order_ids: Sequence[int]) -> Any:
        return self._act(
            sender,
            ("forceCancel", account, order_ids),
            lambda: self.model.force_cancel(account, order_ids),
            lambda lots: (tuple(lots),),
        )

    def take_slice(
        self, sender: str, account: int, bidder: int, fraction_ppm: int, max_paid_atoms: int
    ) -> Any:
        return self._act(
            sender,
            ("takeSlice", account, bidder, fraction_ppm, max_paid_atoms),
            lambda: self.model.take_slice(
                number(sender), account, bidder, fraction_ppm, max_paid_atoms
            ),
            lambda result: (astuple(result),),
        )

    def repay_claims(self, sender: str, account: int) -> Any:
        return self._act(
            sender,
            ("repayClaims", account),
            lambda: self.model.repay_claims(account),
            lambda atoms: (atoms,),
        )

    def lock_bond(self, sender: str, account: int, atoms: int) -> Any:
        return self._act(
            sender,
            ("lockBond", account, atoms),
            lambda: self.model.lock_bond(number(sender), account, atoms),
            lambda _: (),
        )

    def release_bond(self, sender: str, account: int, atoms: int) -> Any:
        return self._act(
            sender,
            ("releaseBond", account, atoms),
            lambda: self.model.release_bond(number(sender), account, atoms),
            lambda _: (),
        )

    def offer_line(
        self, sender: str, lender: int, account: int, atoms: int, fee_atoms: int, expiry: int
    ) -> Any:
        arguments = (lender, account, atoms, fee_atoms, expiry)
        return self._act(
            sender,
            ("offerLine", *arguments),
            lambda: self.model.offer_line(number(sender), *arguments),
            lambda _: (),
        )

    def accept_line(self, sender: str, account: int, lender: int, max_fee_atoms: int) -> Any:
        return self._act(
            sender,
            ("acceptLine", account, lender, max_fee_atoms),
            lambda: self.model.accept_line(number(sender), account, lender, max_fee_atoms),
            lambda _: (),
        )

    def give_notice(self, sender: str, account: int, lender: int) -> Any:
        return self._act(
            sender,
            ("giveNotice", account, lender),
            lambda: self.model.give_notice(number(sender), account, lender),
            lambda _: (),
        )

    def close_line(self, sender: str, account: int, lender: int) -> Any:
        return self._act(
            sender,
            ("closeLine", account, lender),
            lambda: self.model.close_line(number(sender), account, lender),
            lambda _: (),
        )

    def draw_line(self, sender: str, account: int, lender: int) -> Any:
        return self._act(
            sender,
            ("drawLine", account, lender),
            lambda: self.model.draw_line(account, lender),
            lambda atoms: (atoms,),
        )

    def set_liquidator(self, sender: str, account: int, liquidator: str, chosen: bool) -> Any:
        return self._act(
            sender,
            ("setLiquidator", account, liquidator, chosen),
            lambda: self.model.set_liquidator(number(sender), account, number(liquidator), chosen),
            lambda _: (),
        )

    def set_backstop(self, sender: str, account: int) -> Any:
        return self._act(
            sender,
            ("setBackstop", account),
            lambda: self.model.set_backstop(number(sender), account),
            lambda _: (),
        )

    def set_plan(self, sender: str, account: int, steps: Sequence[PlanStep]) -> Any:
        return self._act(
            sender,
            ("setPlan", account, [astuple(step) for step in steps]),
            lambda: self.model.set_plan(number(sender), account, steps),
            lambda _: (),
        )

    def execute_step(
        self, sender: str, account: int, step: int, amount: int, tip_account: int
    ) -> Any:
        arguments = (account, step, amount, tip_account)
        return self._act(
            sender,
            ("executeStep", *arguments),
            lambda: self.model.execute_step(*arguments),
            lambda both: both,
        )
