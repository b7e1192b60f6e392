"""The exchange in integers: ids, ticks, lots and atoms, one layer below `Client`."""

from collections.abc import Sequence

from worldmarkets.client.calls import (
    MAX_FILLS,
    NO_DEADLINE,
    approve,
    draw,
    post_prices,
    wrap,
)
from worldmarkets.client.permits import Allowance, sign_permit
from worldmarkets.client.rawliquidation import RawLiquidation
from worldmarkets.client.records import Action, Reduced, actions
from worldmarkets.client.results import amended_result, cancelled_lots, placed_results
from worldmarkets.model.interface import (
    OrderRequest,
    OrderResult,
    Permission,
    SelfTrade,
    Side,
    TimeInForce,
)
from worldmarkets.transactions import Receipt

PERMIT_SECONDS = 600
"""How long a signed allowance is good: time enough for its transaction to get into a block."""


class RawClient(RawLiquidation):
    """Sends transactions of one key and reads what became of them. Units are those of IExchange.

    Every method that sends waits for the receipt and raises the `ContractError` of a revert. To
    have several transactions in flight, build them with `calls`, send them with `send_many`, and
    take their outcomes with `confirm_many`. The account may be the key's own or one whose owner has
    made the key an operator.
    """

    # ------------------------------------------------------------- orders

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
    ) -> OrderResult:
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

    def place_order(self, account_id: int, order: OrderRequest) -> OrderResult:
        """Place an order that is ready made."""
        receipt = self.execute(self.calls.place_order(account_id, order))
        return self.placed(receipt, [order])[0]

    def cancel(self, account_id: int, order_id: int) -> int:
        """Cancel an order and return what was left of it [lots]."""
        return self.cancelled(self.execute(self.calls.cancel(account_id, order_id)), 1)[0]

    def cancel_many(self, account_id: int, order_ids: Sequence[int]) -> list[int]:
        """Cancel orders and return what was left of each, 0 for a stale id [lots]."""
        receipt = self.execute(self.calls.cancel_many(account_id, order_ids))
        return self.cancelled(receipt, len(order_ids))

    def reduce(self, account_id: int, order_id: int, new_lots: int) -> int:
        """Make an order smaller and return by how much [lots]."""
        receipt = self.execute(self.calls.reduce(account_id, order_id, new_lots))
        (record,) = self.action(receipt).records
        if not isinstance(record, Reduced):
            raise TypeError(f"a reduction was logged as {record}")
        return record.lots_off

    def amend(self, account_id: int, order_id: int, order: OrderRequest) -> OrderResult:
        """Make a resting order what another asks for, where it stands if that is possible."""
        receipt = self.execute(self.calls.amend(account_id, order_id, order))
        return amended_result(self.action(receipt).records, order_id, order)

    def batch(
        self,
        account_id: int,
        cancels: Sequence[int],
        places: Sequence[OrderRequest],
        deadline: int = NO_DEADLINE,
        all_or_none: bool = False,
        packed: bool = False,
    ) -> tuple[list[int], list[OrderResult]]:
        """Cancel orders, then place others; return what each did. Packed, it costs less gas."""
        build = self.calls.batch_packed if packed else self.calls.batch
        request = build(account_id, cancels, places, deadline, all_or_none)
        receipt = self.execute(request)
        lots = self.cancelled(receipt, len(cancels))
        return lots, self.placed(receipt, places, len(cancels))

    def open_isolated(
        self, from_account_id: int, quote_atoms: int, order: OrderRequest
    ) -> tuple[int, OrderResult]:
        """Make an account with cash of another one and place an order in it; return both."""
        receipt = self.execute(self.calls.open_isolated(from_account_id, quote_atoms, order))
        created = int(self.event(receipt, "AccountCreated")["accountId"])
        return created, self.placed(receipt, [order])[0]

    # ------------------------------------------------------------- vault and prices

    def create_account(self) -> int:
        """Make an account of the key and return its id."""
        created = self.event(self.execute(self.calls.create_account()), "AccountCreated")
        return int(created["accountId"])

    def deposit(self, account_id: int, asset_id: int, token_units: int) -> int:
        """Bring approved tokens in and return what was credited [atoms]."""
        receipt = self.execute(self.calls.deposit(account_id, asset_id, token_units))
        return int(self.event(receipt, "Deposited")["atoms"])

    def deposit_with_permit(self, account_id: int, asset_id: int, token_units: int) -> int:
        """Sign an allowance, bring the tokens in with it, and return what was credited [atoms].

        Raises:
            NoPermitError: the token takes no signed allowances, or the signer signs none.
        """
        allowance = Allowance(
            token=self.deployment.assets[asset_id].token,
            chain_id=self.deployment.chain_id,
            spender=self.deployment.exchange,
            token_units=token_units,
            deadline=self.time() + PERMIT_SECONDS,
        )
        permit = sign_permit(self.sender.signer, allowance, self.call)
        request = self.calls.deposit_with_permit(account_id, asset_id, token_units, permit)
        return int(self.event(self.execute(request), "Deposited")["atoms"])

    def deposit_native(self, account_id: int, asset_id: int, token_units: int) -> int:
        """Bring native tokens in, wrapped on the way, and return what was credited [wei, atoms]."""
        receipt = self.execute(self.calls.deposit_native(account_id, asset_id, token_units))
        return int(self.event(receipt, "Deposited")["atoms"])

    def withdraw_native(
        self, account_id: int, asset_id: int, token_units: int, to: str | None = None
    ) -> Receipt:
        """Take native tokens out, to the key's address unless `to` is given [wei]."""
        to = to or self.address
        return self.execute(self.calls.withdraw_native(account_id, asset_id, token_units, to))

    def withdraw(
        self, account_id: int, asset_id: int, token_units: int, to: str | None = None
    ) -> Receipt:
        """Take tokens out, to the key's address unless `to` is given."""
        to = to or self.address
        return self.execute(self.calls.withdraw(account_id, asset_id, token_units, to))

    def transfer(
        self, from_account_id: int, to_account_id: int, asset_id: int, atoms: int
    ) -> Receipt:
        """Move atoms to another account; one of another owner must use the asset already."""
        return self.execute(self.calls.transfer(from_account_id, to_account_id, asset_id, atoms))

    def activate_asset(self, account_id: int, asset_id: int) -> Receipt:
        """Make an account use an asset, so that anyone may deposit or transfer it there."""
        return self.execute(self.calls.activate_asset(account_id, asset_id))

    def deactivate_asset(self, account_id: int, asset_id: int) -> Receipt:
        """Make an account no longer use an asset of which it has nothing."""
        return self.execute(self.calls.deactivate_asset(account_id, asset_id))

    def poke(self, asset_ids: Sequence[int]) -> Receipt:
        """Copy the newest prices from the feeds."""
        return self.execute(self.calls.poke(asset_ids))

    def post_prices(self, asset_ids: Sequence[int], prices: Sequence[int]) -> Receipt:
        """Post prices [1e-18 dollars a whole token] and copy them into the exchange."""
        self.execute(post_prices(self.deployment.price_feed, asset_ids, prices))
        return self.poke(asset_ids)

    def collect_fees(self, market_id: int) -> Receipt:
        """Split the fees a market has collected."""
        return self.execute(self.calls.collect_fees(market_id))

    def approve(self, asset_id: int, token_units: int) -> Receipt:
        """Let the exchange pull tokens of the key."""
        token = self.deployment.assets[asset_id].token
        return self.execute(approve(token, self.deployment.exchange, token_units))

    def draw(self, asset_id: int, token_units: int) -> Receipt:
        """Draw test tokens from their faucet; the wrapped native token comes from wrapping."""
        asset = self.deployment.assets[asset_id]
        make = wrap if asset.is_wrapped_native else draw
        return self.execute(make(asset.token, token_units))

    # ------------------------------------------------------------- operators

    def set_operator(
        self,
        account_id: int,
        operator: str,
        permissions: Permission,
        expiry: int,
        daily_loss_atoms: int = 0,
    ) -> Receipt:
        """Let an address act for an account of the key until a time [seconds, quote atoms].

        With the permission to place, `daily_loss_atoms` becomes the account's budget for what the
        executions of all its operators may lose against the reference price in a day.
        """
        return self.execute(
            self.calls.set_operator(account_id, operator, permissions, expiry, daily_loss_atoms)
        )

    def revoke_operator(self, account_id: int, operator: str) -> Receipt:
        """Let an address no longer act for an account of the key; its orders stay."""
        return self.execute(self.calls.revoke_operator(account_id, operator))

    # ------------------------------------------------------------- outcomes

    def action(self, receipt: Receipt) -> Action:
        """Return the records of a transaction's one action on the books."""
        found = actions(receipt.logs, self.calls.exchange)
        if found:
            return found[0]
        # An order that met nothing and may not rest leaves no record.
        return Action(0, (), receipt.block, receipt.transaction_hash, 0)

    def placed(
        self, receipt: Receipt, places: Sequence[OrderRequest], cancels: int = 0
    ) -> list[OrderResult]:
        """Return what became of the places of a transaction."""
        return placed_results(self.action(receipt).records, places, cancels)

    def cancelled(self, receipt: Receipt, cancels: int) -> list[int]:
        """Return what was left of the orders that a transaction cancelled [lots]."""
        return cancelled_lots(self.action(receipt).records, cancels)
