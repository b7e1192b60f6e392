"""The exchange in an EVM of this process: for long replays in which only its words matter.

The contracts are the compiled ones. Gas is not measured here: calls share one journal, so a slot
that an earlier call has touched is warm.
"""

from typing import cast

from pyrevm import EVM, BlockEnv

from worldmarkets.abi import creation_code
from worldmarkets.artifacts import load
from worldmarkets.client.calls import Calls, approve, draw, post_prices
from worldmarkets.deployment import plans
from worldmarkets.deployment.manifest import Argument
from worldmarkets.deployment.parameters import AssetParameters, Parameters
from worldmarkets.model.interface import OrderRequest, SpotTerms
from worldmarkets.model.words import MAX_HELD_ATOMS, spot_market
from worldmarkets.transactions import Request

MARKET = spot_market(1)
ACCOUNT = 3
"""The one account, after the insurance fund and the treasury."""

_OWNER = "0x" + "0e" * 20
_NOBODY = "0x" + "00" * 20
_GAS = 2**40
_TIME = 1_800_000_000


class InProcessExchange:
    """One account on one spot market, whose owner also has every role."""

    def __init__(self, parameters: Parameters, base: str) -> None:
        """Deploy, list the quote asset and one other, fill the account with all there can be.

        Args:
            parameters: Those of a network.
            base: Symbol of the asset whose market is listed, as the first.
        """
        self._evm = EVM(spec_id="PRAGUE", gas_limit=_GAS)
        self._evm.set_block_env(BlockEnv(timestamp=_TIME))
        authority = self._deploy("Authority", _OWNER)
        ramp = parameters.listing_ramp_seconds
        parts = plans.deploy_parts(
            lambda plan: self._deploy(plan.name, *plan.arguments), authority, _NOBODY, ramp
        )
        shares = parameters.insurance_ppm
        self.address = self._deploy("Exchange", authority, parts, _OWNER, shares)
        self.calls = Calls(self.address)
        self._run(self.calls.create_account())
        self._list_market(parameters, base, self._deploy("PostedPriceFeed", authority))

    def place(self, order: OrderRequest) -> int:
        """Place an order and return the id of what rests."""
        returned = self._run(self.calls.place_order(ACCOUNT, order))
        return cast("int", self.calls.abi.decode("place", returned)[0][0])

    def reduce(self, order_id: int, lots_left: int) -> None:
        """Reduce an order to so many lots, or cancel it if none are left."""
        if lots_left:
            self._run(self.calls.reduce(ACCOUNT, order_id, lots_left))
        else:
            self._run(self.calls.cancel(ACCOUNT, order_id))

    def word(self, slot: int) -> int:
        """Return the word at a slot of the exchange."""
        return int(self._evm.storage(self.address, slot))

    def _list_market(self, parameters: Parameters, base: str, feed: str) -> None:
        asset = parameters.assets[parameters.asset_id(base)]
        market = next(market for market in parameters.markets if market.base == base)
        self._list(parameters.assets[0], _NOBODY)
        self._list(asset, feed)
        terms = SpotTerms(**market.model_dump(exclude={"base"}))
        self._run(self.calls.list_spot_market(1, terms))
        price = int((asset.starting_price or asset.expected_dollars).scaleb(18))
        self._run(post_prices(feed, [1], [price]))
        self._run(self.calls.poke([1]))

    def _list(self, asset: AssetParameters, feed: str) -> None:
        token = self._deploy("FaucetToken", asset.symbol, asset.symbol, asset.token_decimals)
        units = MAX_HELD_ATOMS * asset.units_per_atom
        self._run(draw(token, units))
        self._run(approve(token, self.address, units))
        listed = self._run(self.calls.list_asset(token, asset.units_per_atom, feed))
        asset_id = self.calls.abi.decode("listAsset", listed)[0]
        self._run(self.calls.deposit(ACCOUNT, asset_id, units))

    def _deploy(self, name: str, *arguments: Argument) -> str:
        return str(self._evm.deploy(_OWNER, creation_code(load(name), arguments), gas=_GAS))

    def _run(self, request: Request) -> bytes:
        if request.to is None:
            raise ValueError("contracts are created by _deploy")
        try:
            return bytes(self._evm.message_call(_OWNER, request.to, request.data, gas=_GAS))
        finally:
            # One machine is one transaction to pyrevm: a transient lock would stay taken.
            self._evm.reset_transient_storage()
