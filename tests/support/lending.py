"""A scene with lending pools and risk parameters: what tests of margin begin with."""

from dataclasses import dataclass, replace

from tests.support.backend import user_address
from tests.support.pyrevm_backend import PyrevmBackend
from tests.support.scene import DOLLARS, ETH_UNIT, LOT, UNIT, Scene, make_scene
from tests.support.system import DOLLAR, System
from worldmarkets.model import slots
from worldmarkets.model.interface import (
    AssetRiskTerms,
    Margin,
    MarginChange,
    MarketRiskTerms,
    PoolTerms,
)
from worldmarkets.model.words import (
    PoolIndexWord,
    PoolTermsWord,
    PoolTotalsWord,
    RiskWord,
)

LENDER = user_address(6)
BORROWER = user_address(7)
YEAR = 365 * 86_400

POOL = PoolTerms(2**70, 2**70)
"""Wide caps; 95 % ceiling, a tenth of supply an hour, a tenth of interest kept."""
WIDE_POOL = PoolTerms(2**70, 2**70, 999, 999, 100)
"""A pool whose ceiling and window do not get in the way."""
MARKET_RISK = MarketRiskTerms(300)
"""A shock of 3 %; 80 % of it ends a liquidation, below 60 % one begins."""
ETH_RISK = AssetRiskTerms(1_000, 150, 200, 50, 50)
"""5 % in all of a spot leg: 3 of the market, 1.5 of its own, 0.5 to get out."""
BTC_RISK = AssetRiskTerms(1_000, 100, 200, 50, 50)
"""4.5 % in all of a spot leg."""
LENT_CASH = 1_000_000 * DOLLARS
"""Quote atoms that the lender has lent."""
LENT_LOTS = 1_000_000
"""Lots of asset 1 that the lender has lent."""
ETH_PRICE = 2_000 * DOLLAR
BTC_PRICE = 60_000 * DOLLAR


@dataclass
class LendingScene(Scene):
    """A scene with pools of the quote asset and asset 1, and a lender to both."""

    lender: int = 0

    def index(self, asset: int = 0) -> PoolIndexWord:
        return self.word(PoolIndexWord, slots.pool_index(asset))

    def totals(self, asset: int = 0) -> PoolTotalsWord:
        return self.word(PoolTotalsWord, slots.pool_totals(asset))

    def terms(self, asset: int = 0) -> PoolTermsWord:
        return self.word(PoolTermsWord, slots.pool_terms(asset))

    def risk(self) -> RiskWord:
        return self.word(RiskWord, slots.risk())

    def margin(self, account: int, *changes: MarginChange) -> Margin:
        """Margin of an account now, or after changes."""
        current, changed = self.system.preview_margin(account, *changes)
        return changed if changes else current

    def atoms(self, account: int, asset: int = 0) -> int:
        """What a balance is worth by the indices as stored; a debt is negative [atoms]."""
        ledger, index = self.ledger(account, asset), self.index(asset)
        if ledger.balance < 0:
            # Python floors, and so rounds a debt up.
            return ledger.balance * index.borrow_index // 10**18
        return ledger.balance * index.supply_index // 10**18 if ledger.lent else ledger.balance

    def wait(self, seconds: int) -> None:
        """Let time go by; prices grow old."""
        self.system.backend.set_time(self.system.backend.time + seconds)

    def refresh(self, *assets: int) -> None:
        """Report the price of assets, 1 and 2 by default, once more as it is."""
        for asset in assets or (1, 2):
            plan = self.system.assets[asset]
            price = self.underlying(asset).price
            tokens = 10**plan.decimals // plan.units_per_atom
            self.system.post_price(asset, price * tokens)
            self.system.poke(asset)

    def long(self, owner: str, cash_atoms: int, lots: int) -> int:
        """An account that bought lots of asset 1 at the mark, most of them on credit."""
        account = self.new_account(owner, cash_atoms)
        self.ask(self.maker, 20_000, lots)
        assert self.bid(account, 20_000, lots).filled_lots == lots
        return account

    def set_equity(self, account: int, equity_atoms: int) -> None:
        """Let an account owe so much more that this is its equity, and the lender have lent it.

        Exact as long as a share is an atom, else to an atom.
        """
        system, totals = self.system, self.totals()
        more = self.margin(account).equity_atoms - equity_atoms
        more = more * 10**18 // self.index().borrow_index
        debtor, lender = self.ledger(account, 0), self.ledger(self.lender, 0)
        grown = replace(
            totals,
            borrow_shares=totals.borrow_shares + more,
            supply_shares=totals.supply_shares + more,
        )
        for slot, word in (
            (slots.ledger(account, 0), replace(debtor, balance=debtor.balance - more)),
            (slots.ledger(self.lender, 0), replace(lender, balance=lender.balance + more)),
            (slots.pool_totals(0), grown),
        ):
            assert isinstance(system.backend, PyrevmBackend)
            system.backend.set_word(system.exchange, slot, word.pack())
        assert abs(self.margin(account).equity_atoms - equity_atoms) <= 1

    def short(self, owner: str, cash_atoms: int, lots: int) -> int:
        """An account that sold lots of asset 1 at the mark, all of them on credit."""
        account = self.new_account(owner, cash_atoms)
        self.bid(self.maker, 20_000, lots)
        assert self.ask(account, 20_000, lots).filled_lots == lots
        return account


def set_risk(system: System) -> None:
    """Set the risk parameters of both assets and of the market."""
    system.set_market_risk(MARKET_RISK)
    system.set_asset_risk(1, ETH_RISK)
    system.set_asset_risk(2, BTC_RISK)


def make_lending_scene(system: System, terms: PoolTerms = WIDE_POOL) -> LendingScene:
    """A scene with risk parameters, pools of assets 0 and 1, and a lender to both."""
    plain = make_scene(system)
    scene = LendingScene(system, plain.maker, plain.taker)
    set_risk(system)
    for asset in (0, 1):
        system.set_pool_terms(asset, terms)
    scene.lender = system.create_account(LENDER)
    for asset, units in ((0, LENT_CASH * UNIT), (1, LENT_LOTS * LOT * ETH_UNIT)):
        system.fund(scene.lender, asset, units)
        system.set_lent(scene.lender, asset)
    return scene
