"""Flags, slices, bonds, standby lines and risk plans, in decimals."""

from collections.abc import Sequence
from decimal import Decimal

from worldmarkets.client.errors import UnalignedAmountError
from worldmarkets.client.liquidation_views import Slice, Step
from worldmarkets.client.liquidationreader import fraction as fraction_of
from worldmarkets.client.perps import Perps
from worldmarkets.client.rawliquidation import ALL, WITHOUT_LIMIT
from worldmarkets.client.units import whole_steps
from worldmarkets.model.errors import NoSuchStep
from worldmarkets.model.words import OrderId

_PPM = Decimal("0.000001")


class Liquidation(Perps):
    """What the key does to accounts in trouble, and to keep its own out of it [quote tokens]."""

    # ------------------------------------------------------------- liquidating others

    def flag(self, account: int) -> int:
        """Flag an account that is neither healthy nor protected. Anyone may.

        Its resting orders are dead from then on.

        Returns:
            When its window ends [seconds].

        Raises:
            AlreadyFlagged, AccountHealthy: it is not to be flagged.
        """
        return self.raw.flag_account(account).window_end

    def review(self, account: int) -> tuple[bool, bool]:
        """Look at an account that is flagged or whose orders may not rest. Anyone may.

        Returns:
            Whether its flag was cleared, and whether its orders may rest again.

        Raises:
            NotFlagged: its orders may rest already.
        """
        return self.raw.review_account(account)

    def force_cancel(self, account: int, order_ids: Sequence[int]) -> tuple[Decimal | None, ...]:
        """Remove dead orders; return what was left of each, None of one that was gone. Anyone may.

        Raises:
            NotFlagged: orders of the account may rest.
        """
        lots = self.raw.force_cancel(account, order_ids)
        return tuple(
            self.market_units(OrderId.unpack(order_id).market).from_lots(left) if left else None
            for order_id, left in zip(order_ids, lots, strict=True)
        )

    def take_slice(
        self,
        account: int,
        bidder_account: int,
        fraction: Decimal = Decimal(1),
        max_paid: Decimal | None = None,
    ) -> Slice:
        """Buy a part of all that a flagged account has and owes, of every position and balance.

        Args:
            account: The account that is auctioned.
            bidder_account: The key's account, or one that it may place, lend and borrow for.
            fraction: Wanted part, in millionths; cut to what brings the account to `Standing.end`.
            max_paid: The most that is paid, negative for the least that must be got; None for any.

        Raises:
            NotFlagged, AccountHealthy, WindowOpen: it is not for sale, or not yet.
            SliceTooSmall, PaidTooMuch: the slice is too small or too dear.
            BelowInitialMargin, UnsettledProfit: the bidder's equity would not do.
        """
        limit = WITHOUT_LIMIT if max_paid is None else self._signed_atoms(max_paid)
        taken = self.raw.take_slice(account, bidder_account, _ppm(fraction), limit)
        dollars = self.asset_units(0).from_atoms
        return Slice(
            fraction=fraction_of(taken.fraction_ppm),
            paid=dollars(taken.paid_atoms),
            fee=dollars(taken.fee_atoms),
            equity=dollars(taken.equity_atoms),
        )

    def repay_claims(self, account: int) -> Decimal:
        """Pay back what funds and lines have paid for an account, of what it has to spare.

        Anyone may; returns how much that was.
        """
        return self.asset_units(0).from_atoms(self.raw.repay_claims(account))

    # ------------------------------------------------------------- bonds and lines

    def lock_bond(self, account: int, amount: Decimal) -> Decimal:
        """Lock cash of an account as its first loss, and return its whole bond.

        Raises:
            AccountFrozen, BelowLeastProtection, InsufficientBalance, BelowInitialMargin.
        """
        return self._dollars(self.raw.lock_bond(account, self._atoms(amount)).bond_atoms)

    def release_bond(self, account: int, amount: Decimal) -> Decimal:
        """Return a part of the bond to the account's balance; return what is left of it.

        Raises:
            AccountFrozen, InsufficientBond, BelowLeastProtection, BelowInitialMargin.
        """
        return self._dollars(self.raw.release_bond(account, self._atoms(amount)).bond_atoms)

    def offer_line(
        self,
        lender_account: int,
        account: int,
        amount: Decimal,
        expiry: int,
        fee: Decimal = Decimal(0),
    ) -> None:
        """Lock cash of the key's account as a standby line that another account may accept.

        Args:
            lender_account: The key's account.
            account: Whom it is for.
            amount: How much.
            expiry: Until when it can be accepted and drawn [seconds].
            fee: What accepting it costs.

        Raises:
            LineExists, LineExpired, BelowLeastProtection, InsufficientBalance, BelowInitialMargin.
        """
        atoms, fee_atoms = self._atoms(amount), self._atoms(fee) if fee else 0
        self.raw.offer_line(lender_account, account, atoms, fee_atoms, expiry)

    def accept_line(self, account: int, lender_account: int, max_fee: Decimal) -> Decimal:
        """Accept a line for an account of the key; return the fee that was paid.

        Raises:
            NoSuchLine, LineExpired, TooManyLines, PaidTooMuch, InsufficientBalance.
        """
        most = self._atoms(max_fee) if max_fee else 0
        return self._dollars(self.raw.accept_line(account, lender_account, most).fee_atoms)

    def give_notice(self, account: int, lender_account: int) -> int:
        """Give notice of a line of the key's; return when it may be closed [seconds].

        Raises:
            NoSuchLine, AccountUnhealthy.
        """
        return self.raw.give_notice(account, lender_account).closes_at

    def close_line(self, account: int, lender_account: int) -> Decimal:
        """Return what is undrawn of a line to its lender, an account of the key; say how much.

        Raises:
            NoSuchLine, LineCommitted, PriceMoving, AccountUnhealthy.
        """
        return self._dollars(self.raw.close_line(account, lender_account).atoms)

    def draw_line(self, account: int, lender_account: int) -> Decimal:
        """Pay of a line into an account that is not healthy; return how much. Anyone may.

        Raises:
            NoSuchLine, LineExpired, AccountHealthy.
        """
        return self._dollars(self.raw.draw_line(account, lender_account).atoms)

    # ------------------------------------------------------------- choices and plans

    def set_liquidator(self, account: int, liquidator: str, chosen: bool = True) -> None:
        """Let an address buy slices of an account of the key within its window, or no longer."""
        self.raw.set_liquidator(account, liquidator, chosen)

    def set_plan(self, account: int, steps: Sequence[Step]) -> None:
        """Replace the risk plan of an account of the key; no steps for no plan.

        Raises:
            TooManySteps, InvalidStep: see docs/plans.md.
            UnalignedAmountError: an amount is no whole number of its steps.
        """
        self.raw.set_plan(account, [self.plan_units.pack(step) for step in steps])

    def execute_step(
        self, account: int, step: int, amount: Decimal | None = None, tip_account: int = 0
    ) -> tuple[Decimal, Decimal]:
        """Execute a step of an account's plan whose trigger has fired. Anyone may.

        Args:
            account: Whose plan it is.
            step: Its index in the plan.
            amount: The most that it is to do; None for all that is left.
            tip_account: Account that gets the tip; 0 for no tip.

        Returns:
            What it did [tokens that it trades or pulls], and the tip [quote tokens].

        Raises:
            NoSuchStep, TriggerNotMet, CoolingDown, FillTooSmall: it is not to be executed now.
        """
        known = next((one.step for one in self.plan(account) if one.index == step), None)
        if known is None:
            raise NoSuchStep(account, step)
        units, kind = self.plan_units, (known.action, known.target)
        most = ALL if amount is None else units.to_amount(*kind, amount)
        executed = self.raw.execute_step(account, step, most, tip_account)
        return units.from_amount(*kind, executed.done), self._dollars(executed.tip_atoms)

    # ------------------------------------------------------------- inside

    def _atoms(self, amount: Decimal) -> int:
        return self.asset_units(0).to_atoms(amount)

    def _signed_atoms(self, amount: Decimal) -> int:
        if not amount:
            return 0
        return self._atoms(amount) if amount > 0 else -self._atoms(-amount)

    def _dollars(self, atoms: int) -> Decimal:
        return self.asset_units(0).from_atoms(atoms)


def _ppm(fraction: Decimal) -> int:
    parts = whole_steps("fraction", fraction, _PPM)
    if parts < 0:
        raise UnalignedAmountError("fraction", fraction, _PPM)
    return parts
