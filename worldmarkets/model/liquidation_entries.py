"""The entry points for liquidation: contracts/interfaces/ILiquidation.sol."""

from collections.abc import Sequence

from worldmarkets.model import accounts
from worldmarkets.model.errors import NotFlagged
from worldmarkets.model.events import BookRecords
from worldmarkets.model.interface import Permission, Removal
from worldmarkets.model.liquidation import bonds, choices, claims, flags, lines, slices
from worldmarkets.model.liquidation.lines import Line
from worldmarkets.model.liquidation.slices import Bid
from worldmarkets.model.liquidation_interface import SliceResult
from worldmarkets.model.order_entries import OrderEntries
from worldmarkets.model.records import Record


class LiquidationEntries(OrderEntries):
    """Flags, auctions and claims, which anyone may move on; bonds and lines."""

    def flag_account(self, account_id: int) -> None:
        """Flag an account that is neither healthy nor protected; its resting orders are dead."""
        self._act(lambda: flags.flag(self.state, account_id, self.events))

    def review_account(self, account_id: int) -> tuple[bool, bool]:
        """Look at an account that is flagged or whose orders may not rest.

        Returns whether it is flagged afterwards, and whether its orders may rest.
        """
        return self._act(lambda: flags.review(self.state, account_id, self.events))

    def force_cancel(self, account_id: int, order_ids: Sequence[int]) -> list[int]:
        """Remove dead orders of an account; return the lots of each, 0 of one that was gone."""

        def action() -> list[int]:
            accounts.check_known(self.state, account_id)
            if accounts.load(self.state, account_id).live:
                raise NotFlagged(account_id)
            log: list[Record] = []
            lots = self._cancel_each(account_id, order_ids, False, log, Removal.FROZEN)
            if log:
                self.events.append(BookRecords(account_id, tuple(log)))
            return lots

        return self._act(action)

    def take_slice(
        self,
        caller: int,
        account_id: int,
        bidder_account_id: int,
        fraction_ppm: int,
        max_paid_atoms: int,
    ) -> SliceResult:
        """Move a slice of a flagged account to a bidder's, who pays for it or is paid."""

        def action() -> SliceResult:
            self._authorise(caller, bidder_account_id, Permission.PLACE | Permission.LEND)
            bid = Bid(account_id, bidder_account_id, fraction_ppm, max_paid_atoms)
            return slices.take(self.state, bid, self.events)

        return self._act(action)

    def repay_claims(self, account_id: int) -> int:
        """Pay back what funds and lines have paid for an account, out of what it has to spare."""
        return self._act(lambda: claims.repay(self.state, account_id, self.events))

    # ------------------------------------------------------------------ bonds and lines

    def lock_bond(self, caller: int, account_id: int, atoms: int) -> None:
        """Lock quote atoms of an account as its first loss."""
        self._emit(lambda: bonds.lock(self.state, caller, account_id, atoms))

    def release_bond(self, caller: int, account_id: int, atoms: int) -> None:
        """Return bond atoms to an account's balance."""
        self._emit(lambda: bonds.release(self.state, caller, account_id, atoms))

    def offer_line(
        self,
        caller: int,
        lender_account_id: int,
        account_id: int,
        atoms: int,
        fee_atoms: int,
        expiry: int,
    ) -> None:
        """Lock quote atoms of a lender as a standby line that another account may accept."""
        line = Line(account_id, lender_account_id)
        self._emit(lambda: lines.offer(self.state, caller, line, atoms, fee_atoms, expiry))

    def accept_line(
        self, caller: int, account_id: int, lender_account_id: int, max_fee_atoms: int
    ) -> None:
        """Accept a line that was offered, and pay its fee."""
        line = Line(account_id, lender_account_id)
        self._emit(lambda: lines.accept(self.state, caller, line, max_fee_atoms))

    def give_notice(self, caller: int, account_id: int, lender_account_id: int) -> None:
        """Give notice of a line: an hour later its lender may close it."""
        line = Line(account_id, lender_account_id)
        self._emit(lambda: lines.give_notice(self.state, caller, line))

    def close_line(self, caller: int, account_id: int, lender_account_id: int) -> None:
        """Return what is undrawn of a line to its lender."""
        line = Line(account_id, lender_account_id)
        self._emit(lambda: lines.close(self.state, caller, line))

    def draw_line(self, account_id: int, lender_account_id: int) -> int:
        """Pay a line into an account that is not healthy, and return what was drawn [atoms]."""

        def action() -> int:
            event = lines.draw(self.state, Line(account_id, lender_account_id))
            self.events.append(event)
            return event.atoms

        return self._act(action)

    # ------------------------------------------------------------------ choices

    def set_liquidator(self, caller: int, account_id: int, liquidator: int, chosen: bool) -> None:
        """Let an address buy slices of an account within its window, or no longer."""
        wanted = (self.state, caller, account_id, liquidator)
        self._emit(lambda: choices.set_liquidator(*wanted, chosen=chosen))

    def set_backstop(self, caller: int, account_id: int) -> None:
        """Make an account's quote balance the backstop."""
        self._check_role(self.listers, caller)
        self._emit(lambda: choices.set_backstop(self.state, account_id))
