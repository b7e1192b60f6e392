"""The entry points for lending pools, margin and their parameters."""

from collections.abc import Sequence
from dataclasses import replace

from worldmarkets.model import accounts, balances, operators, parameters, pools, risk, slots
from worldmarkets.model.assets import token_of
from worldmarkets.model.entry import Entry
from worldmarkets.model.events import LentSet, PoolAccrued, ReserveCollected
from worldmarkets.model.interface import (
    AssetRiskTerms,
    Margin,
    MarginChange,
    MarketRiskTerms,
    Permission,
    PoolTerms,
)
from worldmarkets.model.liquidation import moves
from worldmarkets.model.rates import WAD, rate_of


class LendingEntries(Entry):
    """What is lent, interest, reserves, margin, and the parameters of all that."""

    def set_lent(self, caller: int, account_id: int, asset_id: int, lent: bool) -> None:
        """Lend what is positive of a balance from now on, or keep it in custody."""

        def action() -> LentSet:
            self._authorise(caller, account_id, Permission.LEND)
            self._check_pool(asset_id)
            operators.activate_by(self.state, caller, account_id, asset_id, self.time)
            if not lent:
                moves.check_lent(self.state, account_id, asset_id)
            balance = balances.set_lent(self.state, account_id, asset_id, lent)
            if lent:
                balances.check_supply_cap(self.state, asset_id)
            return LentSet(account_id, asset_id, lent, balance)

        self._emit(action)

    def accrue_pools(self, asset_ids: Sequence[int]) -> None:
        """Add up the interest of pools, and set their rates anew."""

        def action() -> None:
            for asset_id in asset_ids:
                self.events.append(self._accrue(asset_id))

        self._act(action)

    def collect_reserve(self, asset_id: int) -> int:
        """Lend the reserve of a pool to it for the insurance fund, and return it [atoms]."""

        def action() -> int:
            event = self._collect(asset_id)
            self.events.append(event)
            return event.atoms

        return self._act(action)

    def preview_margin(
        self, account_id: int, changes: Sequence[MarginChange] = ()
    ) -> tuple[Margin, Margin]:
        """Return an account's margin, and what it would be after changes."""
        return self._act(lambda: risk.preview_margin(self.state, account_id, changes))

    # ------------------------------------------------------------------ parameters

    def set_pool_terms(self, caller: int, asset_id: int, terms: PoolTerms) -> None:
        """Open the lending pool of an asset, or change its terms."""
        self._check_role(self.listers, caller)
        self._emit(lambda: parameters.set_pool_terms(self.state, asset_id, terms))

    def set_asset_risk(self, caller: int, asset_id: int, terms: AssetRiskTerms) -> None:
        """Set the risk parameters of an asset."""
        self._check_role(self.listers, caller)
        ramp = self.ramp_seconds
        self._emit(lambda: parameters.set_asset_risk(self.state, asset_id, terms, ramp))

    def set_market_risk(self, caller: int, terms: MarketRiskTerms) -> None:
        """Set the risk parameters of all assets together."""
        self._check_role(self.listers, caller)
        self._emit(lambda: parameters.set_market_risk(self.state, terms))

    # ------------------------------------------------------------------ inside

    def _check_pool(self, asset_id: int) -> None:
        token_of(self.state, asset_id)
        pools.check_open(self.state, asset_id)

    def _accrue(self, asset_id: int) -> PoolAccrued:
        self._check_pool(asset_id)
        pool = pools.load(self.state, asset_id)
        pools.store(self.state, pool)
        rate = rate_of(pool.rate_at_target, pool.utilisation)
        indices = (pool.supply_index, pool.borrow_index)
        return PoolAccrued(asset_id, *indices, pool.borrowed, pool.cash, rate)

    def _collect(self, asset_id: int) -> ReserveCollected:
        self._check_pool(asset_id)
        state, fund = self.state, accounts.INSURANCE
        pool = pools.load(state, asset_id)
        shares = pool.reserve * WAD // pool.supply_index
        pool.supply_shares += shares
        word = balances.load(state, fund, asset_id)
        held = word.balance if word.lent else pool.lend(word.balance)
        word = replace(word, balance=held + shares, lent=1, touched=1)
        state.store(slots.ledger(fund, asset_id), word)
        accounts.use_any(state, fund, asset_id)
        pools.store(state, pool)
        return ReserveCollected(asset_id, pool.lent_down(shares))
