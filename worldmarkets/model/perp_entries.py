"""The entry points for perps: marks, settlement, isolated positions and listing."""

from collections.abc import Sequence

from worldmarkets.model import accounts, operators, risk, vault
from worldmarkets.model.events import AccountCreated, MarketDeactivated, PerpLimitsSet, Settled
from worldmarkets.model.interface import OrderRequest, OrderResult, Permission, PerpTerms
from worldmarkets.model.order_entries import OrderEntries
from worldmarkets.model.perps import listing, marks, settlement


class PerpEntries(OrderEntries):
    """What perps have beyond orders."""

    def poke_markets(self, market_ids: Sequence[int]) -> None:
        """Add up funding of perps, sample their books, and set their marks and rates."""

        def action() -> None:
            for market_id in market_ids:
                self.events.append(marks.poke(self.state, market_id))

        self._act(action)

    def settle(self, caller: int, account_id: int, market_id: int) -> int:
        """Settle a position and return what came to the balance, negative if it paid [atoms]."""
        return self._act(
            lambda: self._settled(settlement.settle(self.state, caller, account_id, market_id))
        )

    def settle_on_credit(self, caller: int, account_id: int, market_id: int) -> int:
        """`settle`, but a loss is paid whole, and what the balance lacks is borrowed."""

        def action() -> int:
            event = settlement.settle_on_credit(self.state, caller, account_id, market_id)
            if event is not None and event.atoms < 0:
                risk.check(self.state, account_id)
            return self._settled(event)

        return self._act(action)

    def open_isolated(
        self, caller: int, from_account_id: int, quote_atoms: int, order: OrderRequest
    ) -> tuple[int, OrderResult]:
        """Make an account with quote atoms of another, and place an order for it."""

        def action() -> tuple[int, OrderResult]:
            accounts.check_owner(self.state, from_account_id, caller)
            account_id = accounts.create(self.state, caller)
            self.events.append(AccountCreated(account_id, caller))
            moved = (from_account_id, account_id, 0, quote_atoms, self.time)
            self.events.append(vault.transfer(self.state, caller, *moved))
            return account_id, self._placed(caller, account_id, order)

        return self._act(action)

    def deactivate_market(self, caller: int, account_id: int, market_id: int) -> None:
        """Make an account no longer use a perp of which it has nothing."""

        def action() -> MarketDeactivated:
            self._authorise(caller, account_id, Permission.PLACE)
            return operators.deactivate_market(self.state, account_id, market_id)

        self._emit(action)

    # ------------------------------------------------------------------ listing

    def list_perp_market(self, caller: int, base_asset_id: int, terms: PerpTerms) -> int:
        """List the perp market of an asset and return its id."""

        def action() -> int:
            self._check_role(self.listers, caller)
            listed, marked = listing.list_perp_market(self.state, base_asset_id, terms)
            self.events.append(listed)
            if marked is not None:
                self.events.append(marked)
            return listed.market_id

        return self._act(action)

    def set_perp_limits(
        self, caller: int, market_id: int, open_interest_cap_lots: int, position_cap_lots: int
    ) -> None:
        """Set the caps of a perp market [lots]."""

        def action() -> PerpLimitsSet:
            self._check_role(self.listers, caller)
            caps = (open_interest_cap_lots, position_cap_lots)
            return listing.set_perp_limits(self.state, market_id, *caps)

        self._emit(action)

    # ------------------------------------------------------------------ inside

    def _settled(self, event: Settled | None) -> int:
        if event is None:
            return 0
        self.events.append(event)
        return event.atoms
