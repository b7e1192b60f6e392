"""Reading accounts in trouble, and what is locked and planned for them, in decimals."""

from collections.abc import Iterator
from decimal import Decimal
from functools import cached_property, partial

from worldmarkets.client import liquidationlens_views as views
from worldmarkets.client.lens import walk
from worldmarkets.client.liquidation_views import (
    Auction,
    Line,
    LiquidationState,
    PlannedStep,
    Protection,
    Standing,
)
from worldmarkets.client.liquidationlens_views import Level
from worldmarkets.client.marginreader import MarginReader
from worldmarkets.client.plansteps import PlanUnits
from worldmarkets.model.words import perp_market

_PPM_DIGITS = 6


class LiquidationReader(MarginReader):
    """What anybody can see of accounts in trouble."""

    @cached_property
    def plan_units(self) -> PlanUnits:
        """What converts steps of risk plans."""
        return PlanUnits(self.asset_units, self.market_units)

    def liquidation(self) -> LiquidationState:
        """Return liquidation as a whole: funds, bonds, lines, flags and shortfalls."""
        found, dollars = self.raw.liquidation_lens.state(), self.asset_units(0).from_atoms
        return LiquidationState(
            flagged=found.flagged_accounts,
            in_deficit=found.accounts_in_deficit,
            bonds=dollars(found.bond_atoms),
            lines=dollars(found.line_atoms),
            insurance=dollars(found.insurance_atoms),
            backstop_account=found.backstop_account_id or None,
            backstop=dollars(found.backstop_atoms),
            paused_until=found.paused_until,
            shortfalls={
                self.market_units(perp_market(each.asset_id)).market.symbol: dollars(
                    each.shortfall_atoms
                )
                for each in walk(self.raw.liquidation_lens.assets)
                if each.shortfall_atoms
            },
        )

    def standing(self, account: int) -> Standing:
        """Return where an account stands now.

        Raises:
            UnknownAccount: there is no such account.
        """
        return self._standing(self.raw.liquidation_lens.standing(account))

    def accounts_at_risk(self, level: Level = Level.FLAGGED) -> Iterator[Standing]:
        """Yield accounts that are flagged, whose orders may not rest, or that are below a level."""
        read = partial(self.raw.liquidation_lens.accounts, level=level)
        yield from map(self._standing, walk(read))

    def protection(self, account: int) -> Protection:
        """Return an account's bond, its accepted lines and what the funds have paid for it.

        Raises:
            UnknownAccount: there is no such account.
        """
        found, dollars = self.raw.liquidation_lens.protection(account), self.asset_units(0)
        return Protection(
            bond=dollars.from_atoms(found.bond_atoms),
            insurance_claim=dollars.from_atoms(found.insurance_claim_atoms),
            backstop_claim=dollars.from_atoms(found.backstop_claim_atoms),
            lines=tuple(map(self._line, found.lines)),
        )

    def line(self, account: int, lender_account: int) -> Line:
        """Return a lender's standby line for an account; also one that is only offered.

        Raises:
            UnknownAccount: there is no such account.
        """
        return self._line(self.raw.liquidation_lens.line(account, lender_account))

    def is_liquidator(self, account: int, address: str) -> bool:
        """Return whether an account lets an address buy its slices within the window.

        Raises:
            UnknownAccount: there is no such account.
        """
        return self.raw.liquidation_lens.is_liquidator(account, address)

    def plan(self, account: int) -> tuple[PlannedStep, ...]:
        """Return the steps of an account's risk plan of which something is left."""
        return tuple(
            PlannedStep(one.index, self.plan_units.unpack(one.step), one.ready_at)
            for one in self.raw.plan(account)
        )

    def _standing(self, found: views.Standing) -> Standing:
        dollars = self.asset_units(0).from_atoms
        return Standing(
            account_id=found.account_id,
            is_flagged=found.is_flagged,
            is_live=found.is_live,
            is_in_deficit=found.is_in_deficit,
            is_paid=found.is_paid,
            equity=dollars(found.equity_atoms),
            initial=dollars(found.initial_atoms),
            end=dollars(found.end_atoms),
            maintenance=dollars(found.maintenance_atoms),
            exit_cost=dollars(found.exit_cost_atoms),
            gross=dollars(found.gross_atoms),
            locked=dollars(found.locked_atoms),
            claims=dollars(found.claim_atoms),
            drawn=dollars(found.drawn_atoms),
            auction=self._auction(found) if found.is_flagged else None,
        )

    def _auction(self, found: views.Standing) -> Auction:
        dollars = self.asset_units(0).from_atoms
        return Auction(
            price=dollars(found.price_atoms),
            fee=dollars(found.fee_atoms),
            least=fraction(found.least_ppm),
            most=fraction(found.most_ppm),
            window_end=found.window_end,
            clock_start=found.clock_start,
        )

    def _line(self, found: views.Line) -> Line:
        dollars = self.asset_units(0).from_atoms
        return Line(
            lender_account=found.lender_account_id,
            state=found.state,
            locked=dollars(found.locked_atoms),
            drawn=dollars(found.drawn_atoms),
            fee=dollars(found.fee_atoms),
            expiry=found.expiry,
            closes_at=found.closes_at or None,
        )


def fraction(ppm: int) -> Decimal:
    """Return parts of a million as a fraction of one."""
    return Decimal(ppm).scaleb(-_PPM_DIGITS)
