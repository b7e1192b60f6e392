"""The transactions of the exchange's entry points, in integers: nothing is sent here."""

from collections.abc import Iterable, Sequence
from dataclasses import astuple

from worldmarkets.abi import abi_of
from worldmarkets.client.liquidationcalls import LiquidationCalls
from worldmarkets.client.permits import Permit
from worldmarkets.client.structs import order_fields
from worldmarkets.model.interface import (
    AssetRiskTerms,
    MarginChange,
    MarketRiskTerms,
    OrderRequest,
    Permission,
    PoolTerms,
    SelfTrade,
    Side,
    SpotTerms,
    TimeInForce,
)
from worldmarkets.model.packed import pack_batch
from worldmarkets.transactions import Request

MAX_FILLS = 64
"""The most maker orders one order may meet."""

NO_DEADLINE = 2**64 - 1


class Calls(LiquidationCalls):
    """Builds the requests of one exchange. Units are those of IExchange."""

    def place(  # noqa: PLR0913 - an order has so many options
        self,
        account_id: int,
        market_id: int,
        side: Side,
        tick: int,
        lots: int,
        time_in_force: TimeInForce = TimeInForce.GOOD_TILL_CANCELLED,
        max_fills: int = MAX_FILLS,
        *,
        self_trade: SelfTrade = SelfTrade.CANCEL_MAKER,
        expiry: int = 0,
        reduce_only: bool = False,
        client_id: int = 0,
    ) -> Request:
        """Place an order; options as in `OrderRequest`."""
        order = OrderRequest(
            market_id,
            side,
            tick,
            lots,
            time_in_force,
            max_fills,
            self_trade,
            expiry,
            reduce_only,
            client_id,
        )
        return self.place_order(account_id, order)

    def place_order(self, account_id: int, order: OrderRequest) -> Request:
        """Place an order that is ready made."""
        return self._request("place", account_id, order_fields(order))

    def cancel(self, account_id: int, order_id: int) -> Request:
        """Cancel an order."""
        return self._request("cancel", account_id, order_id)

    def cancel_many(self, account_id: int, order_ids: Sequence[int]) -> Request:
        """Cancel several orders; stale ids are skipped."""
        return self._request("cancelMany", account_id, list(order_ids))

    def reduce(self, account_id: int, order_id: int, new_lots: int) -> Request:
        """Make an order smaller where it stands."""
        return self._request("reduce", account_id, order_id, new_lots)

    def amend(self, account_id: int, order_id: int, order: OrderRequest) -> Request:
        """Make a resting order what another asks for."""
        return self._request("amend", account_id, order_id, order_fields(order))

    def batch(
        self,
        account_id: int,
        cancels: Sequence[int],
        places: Iterable[OrderRequest],
        deadline: int = NO_DEADLINE,
        all_or_none: bool = False,
    ) -> Request:
        """Cancel orders, then place others, with one check at the end."""
        orders = [order_fields(order) for order in places]
        return self._request("batch", account_id, list(cancels), orders, all_or_none, deadline)

    def batch_packed(
        self,
        account_id: int,
        cancels: Sequence[int],
        places: Sequence[OrderRequest],
        deadline: int = NO_DEADLINE,
        all_or_none: bool = False,
    ) -> Request:
        """Do what `batch` does, with a fraction of the calldata.

        Raises:
            TooManyItemsError: more than 255 cancels or places.
            FieldOverflowError: a number is wider than its field.
        """
        packed = pack_batch(account_id, cancels, places, deadline, all_or_none)
        return self._request("batchPacked", packed)

    def create_account(self) -> Request:
        """Make an account of the sender."""
        return self._request("createAccount")

    def deposit(self, account_id: int, asset_id: int, token_units: int) -> Request:
        """Bring tokens in, from the sender's allowance."""
        return self._request("deposit", account_id, asset_id, token_units)

    def deposit_with_permit(
        self, account_id: int, asset_id: int, token_units: int, permit: Permit
    ) -> Request:
        """Bring tokens in, with the allowance that the sender has signed."""
        signed = (permit.deadline, permit.v, permit.r, permit.s)
        return self._request("depositWithPermit", account_id, asset_id, token_units, *signed)

    def deposit_native(self, account_id: int, asset_id: int, token_units: int) -> Request:
        """Bring native tokens in, wrapped on the way [wei]."""
        data = self.abi.encode("depositNative", account_id, asset_id)
        return Request(self.exchange, data, value_wei=token_units)

    def withdraw_native(self, account_id: int, asset_id: int, token_units: int, to: str) -> Request:
        """Take the wrapped native token out, unwrapped on the way [wei]."""
        return self._request("withdrawNative", account_id, asset_id, token_units, to)

    def withdraw(self, account_id: int, asset_id: int, token_units: int, to: str) -> Request:
        """Take tokens out."""
        return self._request("withdraw", account_id, asset_id, token_units, to)

    def transfer(
        self, from_account_id: int, to_account_id: int, asset_id: int, atoms: int
    ) -> Request:
        """Move atoms from one account to another."""
        return self._request("transfer", from_account_id, to_account_id, asset_id, atoms)

    def set_lent(self, account_id: int, asset_id: int, lent: bool) -> Request:
        """Lend what is positive of a balance from now on, or keep it in custody."""
        return self._request("setLent", account_id, asset_id, lent)

    def borrow(self, account_id: int, asset_id: int, token_units: int, to: str) -> Request:
        """Take tokens out on credit: what the balance does not have is borrowed."""
        return self._request("borrow", account_id, asset_id, token_units, to)

    def repay(self, account_id: int, asset_id: int, token_units: int) -> Request:
        """Pay a debt back from the sender's allowance, wholly if it is less."""
        return self._request("repay", account_id, asset_id, token_units)

    def accrue_pools(self, asset_ids: Sequence[int]) -> Request:
        """Add up the interest of lending pools, and set their rates anew."""
        return self._request("accruePools", list(asset_ids))

    def collect_reserve(self, asset_id: int) -> Request:
        """Lend the reserve of a pool to it for the insurance fund."""
        return self._request("collectReserve", asset_id)

    def preview_margin(self, account_id: int, changes: Iterable[MarginChange]) -> Request:
        """Say what an account's margin is and would be: to be called, not to be sent."""
        fields = [astuple(change) for change in changes]
        return self._request("previewMargin", account_id, fields)

    def set_operator(
        self,
        account_id: int,
        operator: str,
        permissions: Permission,
        expiry: int,
        daily_loss_atoms: int = 0,
    ) -> Request:
        """Let an address act for an account until a time [seconds, quote atoms]."""
        arguments = (operator, int(permissions), expiry, daily_loss_atoms)
        return self._request("setOperator", account_id, *arguments)

    def revoke_operator(self, account_id: int, operator: str) -> Request:
        """Let an address no longer act for an account."""
        return self._request("revokeOperator", account_id, operator)

    def activate_asset(self, account_id: int, asset_id: int) -> Request:
        """Make an account use an asset, so that anyone may deposit or transfer it there."""
        return self._request("activateAsset", account_id, asset_id)

    def deactivate_asset(self, account_id: int, asset_id: int) -> Request:
        """Make an account no longer use an asset of which it has nothing."""
        return self._request("deactivateAsset", account_id, asset_id)

    def poke(self, asset_ids: Sequence[int]) -> Request:
        """Copy the newest prices from the feeds."""
        return self._request("poke", list(asset_ids))

    def collect_fees(self, market_id: int) -> Request:
        """Split the fees a market has collected."""
        return self._request("collectFees", market_id)

    def list_asset(self, token: str, units_per_atom: int, feed: str) -> Request:
        """List an asset under the next id."""
        return self._request("listAsset", token, units_per_atom, feed)

    def list_spot_market(self, base_asset_id: int, terms: SpotTerms) -> Request:
        """List the spot market of an asset."""
        fields = (
            terms.tick_value,
            terms.atoms_per_lot,
            terms.min_lots,
            terms.taker_ppm,
            terms.maker_ppm,
            terms.band_bps,
        )
        return self._request("listSpotMarket", base_asset_id, fields)

    def pause_markets(self, market_ids: Sequence[int], hours: int) -> Request:
        """Pause new risk in markets; needs the guardian role."""
        return self._request("pauseMarkets", list(market_ids), hours)

    def resume_markets(self, market_ids: Sequence[int]) -> Request:
        """End the pause of markets; needs the guardian role."""
        return self._request("resumeMarkets", list(market_ids))

    def set_outflow_limit(self, asset_id: int, limit_ppm: int) -> Request:
        """Set how much of an asset may leave in a day; needs the listing role [ppm]."""
        return self._request("setOutflowLimit", asset_id, limit_ppm)

    def set_pool_terms(self, asset_id: int, terms: PoolTerms) -> Request:
        """Open the lending pool of an asset, or change its terms; needs the listing role."""
        return self._request("setPoolTerms", asset_id, astuple(terms))

    def set_asset_risk(self, asset_id: int, terms: AssetRiskTerms) -> Request:
        """Set the risk parameters of an asset, once a day at most; needs the listing role."""
        return self._request("setAssetRisk", asset_id, astuple(terms))

    def set_market_risk(self, terms: MarketRiskTerms) -> Request:
        """Set the risk parameters of all assets, once a day at most; needs the listing role."""
        return self._request("setMarketRisk", astuple(terms))


def post_prices(feed: str, asset_ids: Sequence[int], prices: Sequence[int]) -> Request:
    """Post reference prices [1e-18 dollars a whole token]; needs the price role."""
    return Request(feed, abi_of("PostedPriceFeed").encode("post", list(asset_ids), list(prices)))


def approve(token: str, spender: str, token_units: int) -> Request:
    """Let a spender pull tokens of the sender."""
    return Request(token, abi_of("FaucetToken").encode("approve", spender, token_units))


def draw(token: str, token_units: int) -> Request:
    """Draw test tokens from their faucet."""
    return Request(token, abi_of("FaucetToken").encode("draw", token_units))


def wrap(token: str, token_units: int) -> Request:
    """Wrap native tokens of the sender."""
    return Request(token, abi_of("WrappedNative").encode("deposit"), value_wei=token_units)
