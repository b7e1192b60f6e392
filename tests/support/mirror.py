"""Every entry point of the exchange on model and chain at once; see `tests.support.lockstep`."""

from collections.abc import Sequence
from typing import Any

from tests.support.liquidation_mirror import LiquidationMirror
from tests.support.lockstep import number, result_tuple
from tests.support.permits import Signature
from tests.support.system import order_tuple, terms_tuple
from worldmarkets.model import OrderRequest, SpotTerms
from worldmarkets.model.packed import pack_batch


class Mirror(LiquidationMirror):
    """Actions that run on both and are compared; one that both refuse raises the model's error."""

    # --------------------------------------------------------------- orders

    def place(self, sender: str, account: int, order: OrderRequest) -> Any:
        return self._act(
            sender,
            ("place", account, order_tuple(order)),
            lambda: self.model.place(number(sender), account, order),
            lambda result: (result_tuple(result),),
        )

    def cancel(self, sender: str, account: int, order_id: int) -> Any:
        return self._act(
            sender,
            ("cancel", account, order_id),
            lambda: self.model.cancel(number(sender), account, order_id),
            lambda lots: (lots,),
        )

    def cancel_many(self, sender: str, account: int, order_ids: Sequence[int]) -> Any:
        return self._act(
            sender,
            ("cancelMany", account, order_ids),
            lambda: self.model.cancel_many(number(sender), account, order_ids),
            lambda lots: (tuple(lots),),
        )

    def reduce(self, sender: str, account: int, order_id: int, new_lots: int) -> Any:
        return self._act(
            sender,
            ("reduce", account, order_id, new_lots),
            lambda: self.model.reduce(number(sender), account, order_id, new_lots),
            lambda _: (),
        )

    def batch(
        self,
        sender: str,
        account: int,
        cancels: Sequence[int],
        places: Sequence[OrderRequest],
        deadline: int,
        all_or_none: bool,
    ) -> Any:
        orders = [order_tuple(order) for order in places]
        return self._act(
            sender,
            ("batch", account, cancels, orders, all_or_none, deadline),
            lambda: self.model.batch(
                number(sender), account, cancels, places, deadline, all_or_none
            ),
            lambda both: (tuple(both[0]), tuple(map(result_tuple, both[1]))),
        )

    def amend(self, sender: str, account: int, order_id: int, order: OrderRequest) -> Any:
        return self._act(
            sender,
            ("amend", account, order_id, order_tuple(order)),
            lambda: self.model.amend(number(sender), account, order_id, order),
            lambda result: (result_tuple(result),),
        )

    def batch_packed(
        self,
        sender: str,
        account: int,
        cancels: Sequence[int],
        places: Sequence[OrderRequest],
        deadline: int,
        all_or_none: bool,
    ) -> Any:
        packed = pack_batch(account, cancels, places, deadline, all_or_none)
        return self.send_packed(sender, packed)

    def send_packed(self, sender: str, packed: bytes) -> Any:
        """Send a packed batch, which may be malformed."""
        return self._act(
            sender,
            ("batchPacked", packed),
            lambda: self.model.batch_packed(number(sender), packed),
            lambda both: (tuple(both[0]), tuple(map(result_tuple, both[1]))),
        )

    # --------------------------------------------------------------- vault

    def create_account(self, sender: str) -> Any:
        account = self._act(
            sender,
            ("createAccount",),
            lambda: self.model.create_account(number(sender)),
            lambda account: (account,),
        )
        self.system.owners[account] = sender
        return account

    def deposit(self, sender: str, account: int, asset: int, token_units: int) -> Any:
        return self._act(
            sender,
            ("deposit", account, asset, token_units),
            lambda: self.model.deposit(number(sender), account, asset, token_units),
            lambda atoms: (atoms,),
        )

    def deposit_with_permit(
        self,
        sender: str,
        account: int,
        asset: int,
        token_units: int,
        deadline: int,
        signature: Signature,
    ) -> Any:
        wanted = (account, asset, token_units, deadline)
        return self._act(
            sender,
            ("depositWithPermit", *wanted, *signature),
            lambda: self.model.deposit_with_permit(number(sender), *wanted, signature),
            lambda atoms: (atoms,),
        )

    def deposit_native(self, sender: str, account: int, asset: int, native_units: int) -> Any:
        return self._act(
            sender,
            ("depositNative", account, asset),
            lambda: self.model.deposit_native(number(sender), account, asset, native_units),
            lambda atoms: (atoms,),
            value=native_units,
        )

    def withdraw(self, sender: str, account: int, asset: int, token_units: int, to: str) -> Any:
        wanted = (account, asset, token_units)
        return self._act(
            sender,
            ("withdraw", *wanted, to),
            lambda: self.model.withdraw(number(sender), *wanted, number(to)),
            lambda _: (),
        )

    def withdraw_native(
        self, sender: str, account: int, asset: int, token_units: int, to: str
    ) -> Any:
        wanted = (account, asset, token_units)
        return self._act(
            sender,
            ("withdrawNative", *wanted, to),
            lambda: self.model.withdraw_native(number(sender), *wanted, number(to)),
            lambda _: (),
        )

    def transfer(self, sender: str, source: int, target: int, asset: int, atoms: int) -> Any:
        return self._act(
            sender,
            ("transfer", source, target, asset, atoms),
            lambda: self.model.transfer(number(sender), source, target, asset, atoms),
            lambda _: (),
        )

    # --------------------------------------------------------------- operators and guards

    def set_operator(
        self,
        sender: str,
        account: int,
        operator: str,
        permissions: int,
        expiry: int,
        daily_loss_atoms: int,
    ) -> Any:
        allowed = (int(permissions), expiry, daily_loss_atoms)
        return self._act(
            sender,
            ("setOperator", account, operator, *allowed),
            lambda: self.model.set_operator(number(sender), account, number(operator), *allowed),
            lambda _: (),
        )

    def revoke_operator(self, sender: str, account: int, operator: str) -> Any:
        return self._act(
            sender,
            ("revokeOperator", account, operator),
            lambda: self.model.revoke_operator(number(sender), account, number(operator)),
            lambda _: (),
        )

    def activate_asset(self, sender: str, account: int, asset: int) -> Any:
        return self._act(
            sender,
            ("activateAsset", account, asset),
            lambda: self.model.activate_asset(number(sender), account, asset),
            lambda _: (),
        )

    def deactivate_asset(self, sender: str, account: int, asset: int) -> Any:
        return self._act(
            sender,
            ("deactivateAsset", account, asset),
            lambda: self.model.deactivate_asset(number(sender), account, asset),
            lambda _: (),
        )

    def pause_markets(self, sender: str, markets: Sequence[int], hours_long: int) -> Any:
        return self._act(
            sender,
            ("pauseMarkets", markets, hours_long),
            lambda: self.model.pause_markets(number(sender), markets, hours_long),
            lambda _: (),
        )

    def resume_markets(self, sender: str, markets: Sequence[int]) -> Any:
        return self._act(
            sender,
            ("resumeMarkets", markets),
            lambda: self.model.resume_markets(number(sender), markets),
            lambda _: (),
        )

    def set_outflow_limit(self, sender: str, asset: int, limit_ppm: int) -> Any:
        return self._act(
            sender,
            ("setOutflowLimit", asset, limit_ppm),
            lambda: self.model.set_outflow_limit(number(sender), asset, limit_ppm),
            lambda _: (),
        )

    # --------------------------------------------------------------- prices, fees and listing

    def poke(self, sender: str, assets: Sequence[int]) -> Any:
        return self._act(sender, ("poke", assets), lambda: self.model.poke(assets), lambda _: ())

    def collect_fees(self, sender: str, market: int) -> Any:
        return self._act(
            sender,
            ("collectFees", market),
            lambda: self.model.collect_fees(market),
            lambda _: (),
        )

    def list_asset(self, sender: str, token: str, units_per_atom: int, feed: str) -> Any:
        return self._act(
            sender,
            ("listAsset", token, units_per_atom, feed),
            lambda: self.model.list_asset(
                number(sender), number(token), units_per_atom, number(feed)
            ),
            lambda asset: (asset,),
        )

    def list_spot_market(self, sender: str, base_asset: int, terms: SpotTerms) -> Any:
        return self._act(
            sender,
            ("listSpotMarket", base_asset, terms_tuple(terms)),
            lambda: self.model.list_spot_market(number(sender), base_asset, terms),
            lambda market: (market,),
        )

    def new_user(self, owner: str, token_units: dict[int, int]) -> int:
        """Make a funded account on both."""
        account: int = self.create_account(owner)
        for asset, units in token_units.items():
            self.mint(owner, asset, units)
            self.deposit(owner, account, asset, units)
        return account
