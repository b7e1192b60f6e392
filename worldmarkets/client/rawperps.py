"""Perps, their positions and settlements, in integers."""

from collections.abc import Sequence
from functools import cached_property

from worldmarkets.client.perplens import PerpLens
from worldmarkets.client.rawlending import RawLending
from worldmarkets.model.events import MarkUpdated, Settled
from worldmarkets.transactions import Receipt


class RawPerps(RawLending):
    """The part of `RawClient` about perps. Units are those of IExchange."""

    @cached_property
    def perp_lens(self) -> PerpLens:
        """The contract that shows perps and positions as they are now."""
        return PerpLens(self.call, self.deployment.perp_lens)

    def settle(self, account_id: int, market_id: int) -> Settled | None:
        """Settle a position as far as there is money; None if there was nothing to settle."""
        return self._settled(self.execute(self.calls.settle(account_id, market_id)))

    def settle_on_credit(self, account_id: int, market_id: int) -> Settled | None:
        """Settle a position; what a loss takes beyond the balance is borrowed."""
        return self._settled(self.execute(self.calls.settle_on_credit(account_id, market_id)))

    def poke_markets(self, market_ids: Sequence[int]) -> list[MarkUpdated]:
        """Bring marks and funding of perps up to now; return what they are."""
        return self._all(self.execute(self.calls.poke_markets(market_ids)), MarkUpdated)

    def deactivate_market(self, account_id: int, market_id: int) -> Receipt:
        """Make an account no longer use a perp in which it has nothing."""
        return self.execute(self.calls.deactivate_market(account_id, market_id))

    def _settled(self, receipt: Receipt) -> Settled | None:
        found = self._all(receipt, Settled)
        return found[0] if found else None
