"""The entry points for perps on model and chain at once."""

from collections.abc import Sequence
from dataclasses import astuple
from typing import Any

from tests.support.lending_mirror import LendingMirror
from tests.support.lockstep import number, result_tuple
from tests.support.system import order_tuple
from worldmarkets.model import OrderRequest
from worldmarkets.model.interface import PerpTerms


class PerpMirror(LendingMirror):
    """Actions that run on both and are compared; see `tests.support.mirror`."""

    def poke_markets(self, sender: str, markets: Sequence[int]) -> Any:
        return self._act(
            sender,
            ("pokeMarkets", markets),
            lambda: self.model.poke_markets(markets),
            lambda _: (),
        )

    def settle(self, sender: str, account: int, market: int) -> Any:
        return self._act(
            sender,
            ("settle", account, market),
            lambda: self.model.settle(number(sender), account, market),
            lambda atoms: (atoms,),
        )

    def settle_on_credit(self, sender: str, account: int, market: int) -> Any:
        return self._act(
            sender,
            ("settleOnCredit", account, market),
            lambda: self.model.settle_on_credit(number(sender), account, market),
            lambda atoms: (atoms,),
        )

    def open_isolated(self, sender: str, source: int, quote_atoms: int, order: OrderRequest) -> Any:
        opened = self._act(
            sender,
            ("openIsolated", source, quote_atoms, order_tuple(order)),
            lambda: self.model.open_isolated(number(sender), source, quote_atoms, order),
            lambda both: (both[0], result_tuple(both[1])),
        )
        self.system.owners[opened[0]] = sender
        return opened

    def deactivate_market(self, sender: str, account: int, market: int) -> Any:
        return self._act(
            sender,
            ("deactivateMarket", account, market),
            lambda: self.model.deactivate_market(number(sender), account, market),
            lambda _: (),
        )

    def list_perp_market(self, sender: str, base_asset: int, terms: PerpTerms) -> Any:
        return self._act(
            sender,
            ("listPerpMarket", base_asset, astuple(terms)),
            lambda: self.model.list_perp_market(number(sender), base_asset, terms),
            lambda market: (market,),
        )

    def set_perp_limits(
        self, sender: str, market: int, open_interest_cap_lots: int, position_cap_lots: int
    ) -> Any:
        caps = (open_interest_cap_lots, position_cap_lots)
        return self._act(
            sender,
            ("setPerpLimits", market, *caps),
            lambda: self.model.set_perp_limits(number(sender), market, *caps),
            lambda _: (),
        )
