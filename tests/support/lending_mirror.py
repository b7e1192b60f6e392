"""The entry points for lending, margin and their parameters on model and chain at once."""

from collections.abc import Sequence
from dataclasses import astuple
from typing import Any

from tests.support.lockstep import Lockstep, number
from worldmarkets.model.interface import (
    AssetRiskTerms,
    MarginChange,
    MarketRiskTerms,
    PoolTerms,
)


class LendingMirror(Lockstep):
    """Actions that run on both and are compared; see `tests.support.mirror`."""

    def set_lent(self, sender: str, account: int, asset: int, lent: bool) -> Any:
        return self._act(
            sender,
            ("setLent", account, asset, lent),
            lambda: self.model.set_lent(number(sender), account, asset, lent),
            lambda _: (),
        )

    def borrow(self, sender: str, account: int, asset: int, token_units: int, to: str) -> Any:
        return self._act(
            sender,
            ("borrow", account, asset, token_units, to),
            lambda: self.model.borrow(number(sender), account, asset, token_units, number(to)),
            lambda _: (),
        )

    def repay(self, sender: str, account: int, asset: int, token_units: int) -> Any:
        return self._act(
            sender,
            ("repay", account, asset, token_units),
            lambda: self.model.repay(number(sender), account, asset, token_units),
            lambda atoms: (atoms,),
        )

    def accrue_pools(self, sender: str, assets: Sequence[int]) -> Any:
        return self._act(
            sender,
            ("accruePools", assets),
            lambda: self.model.accrue_pools(assets),
            lambda _: (),
        )

    def collect_reserve(self, sender: str, asset: int) -> Any:
        return self._act(
            sender,
            ("collectReserve", asset),
            lambda: self.model.collect_reserve(asset),
            lambda atoms: (atoms,),
        )

    def preview_margin(self, sender: str, account: int, changes: Sequence[MarginChange]) -> Any:
        return self._act(
            sender,
            ("previewMargin", account, [astuple(change) for change in changes]),
            lambda: self.model.preview_margin(account, changes),
            lambda both: tuple(map(astuple, both)),
        )

    def set_pool_terms(self, sender: str, asset: int, terms: PoolTerms) -> Any:
        return self._act(
            sender,
            ("setPoolTerms", asset, astuple(terms)),
            lambda: self.model.set_pool_terms(number(sender), asset, terms),
            lambda _: (),
        )

    def set_asset_risk(self, sender: str, asset: int, terms: AssetRiskTerms) -> Any:
        return self._act(
            sender,
            ("setAssetRisk", asset, astuple(terms)),
            lambda: self.model.set_asset_risk(number(sender), asset, terms),
            lambda _: (),
        )

    def set_market_risk(self, sender: str, terms: MarketRiskTerms) -> Any:
        return self._act(
            sender,
            ("setMarketRisk", astuple(terms)),
            lambda: self.model.set_market_risk(number(sender), terms),
            lambda _: (),
        )
