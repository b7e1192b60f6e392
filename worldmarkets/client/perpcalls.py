"""The transactions of the exchange's entry points for perps, in integers: nothing is sent here."""

from collections.abc import Sequence
from dataclasses import astuple

from worldmarkets.abi import Abi, abi_of
from worldmarkets.client.structs import order_fields
from worldmarkets.model.interface import OrderRequest, PerpTerms
from worldmarkets.transactions import Request


class PerpCalls:
    """The part of `Calls` about perps; orders of perps are placed like any other."""

    def __init__(self, exchange: str, abi: Abi | None = None) -> None:
        """Take the address of the exchange, and its ABI if it is not the compiled one."""
        self.exchange = exchange
        self.abi = abi or abi_of("Exchange")

    def settle(self, account_id: int, market_id: int) -> Request:
        """Make cash of what a position has made, or pay what it has lost from positive cash."""
        return self._request("settle", account_id, market_id)

    def settle_on_credit(self, account_id: int, market_id: int) -> Request:
        """Settle, and borrow what a loss takes beyond the balance; only the owner may."""
        return self._request("settleOnCredit", account_id, market_id)

    def open_isolated(self, from_account_id: int, quote_atoms: int, order: OrderRequest) -> Request:
        """Make an account, move cash of another one of the sender there, place an order in it."""
        return self._request("openIsolated", from_account_id, quote_atoms, order_fields(order))

    def poke_markets(self, market_ids: Sequence[int]) -> Request:
        """Bring marks and funding of perps up to now."""
        return self._request("pokeMarkets", list(market_ids))

    def deactivate_market(self, account_id: int, market_id: int) -> Request:
        """Make an account no longer use a perp in which it has nothing."""
        return self._request("deactivateMarket", account_id, market_id)

    def list_perp_market(self, base_asset_id: int, terms: PerpTerms) -> Request:
        """List the perp of an asset; needs the listing role."""
        return self._request("listPerpMarket", base_asset_id, astuple(terms))

    def set_perp_limits(
        self, market_id: int, open_interest_cap_lots: int, position_cap_lots: int
    ) -> Request:
        """Set how much of a perp may be open, of all and of an account; needs the listing role."""
        caps = (open_interest_cap_lots, position_cap_lots)
        return self._request("setPerpLimits", market_id, *caps)

    def _request(self, function: str, *arguments: object) -> Request:
        return Request(self.exchange, self.abi.encode(function, *arguments))
