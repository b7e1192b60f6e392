"""The rules of the machine with lending pools: who lends, borrows, repays; interest and prices."""

import hypothesis.strategies as st
from hypothesis.stateful import initialize, rule

from tests.stateful import setting
from tests.stateful.rules import ExchangeMachine
from tests.stateful.setting import NATIVE_ASSET, OWNERS, START_PRICES
from tests.support.system import ADMIN, CONFIRM_SECONDS, NATIVE
from worldmarkets.model import OrderRequest, Side, TimeInForce
from worldmarkets.model.interface import (
    AssetRiskTerms,
    MarginChange,
    MarketRiskTerms,
    Permission,
    PoolTerms,
)
from worldmarkets.model.words import base_of

POOLED = (0, 1, 2)
RISK = {
    1: AssetRiskTerms(1_150, 150, 200, 50, 50, 100),
    2: AssetRiskTerms(1_000, 100, 200, 50, 50),
}
ROOMY = PoolTerms(2**70, 2**70, 950, 900)
NARROW = PoolTerms(10**9, 10**8, 500, 100, 200)
LENDER_FUNDS = {0: 50_000 * 10**18, 1: 20 * 10**18, 2: 40 * 10**6}

REST_PRICES = {**START_PRICES, NATIVE_ASSET: NATIVE.price or 0}
"""Prices of what a report does not speak of."""

pooled = st.sampled_from(POOLED)
debt = st.sampled_from([1, 10**5, 10**7, 10**9, 4 * 10**9])
"""Borrowed and repaid [atoms]."""


class LendingMachine(ExchangeMachine):
    """All that traders do, in accounts that lend and borrow."""

    lends = True

    @initialize()
    def open_pools(self) -> None:
        self.mirror.set_market_risk(ADMIN, MarketRiskTerms(300))
        for asset, terms in RISK.items():
            self.mirror.set_asset_risk(ADMIN, asset, terms)
        for asset in POOLED:
            self.mirror.set_pool_terms(ADMIN, asset, ROOMY)
            account = self.accounts[0]
            self.mirror.mint(OWNERS[0], asset, LENDER_FUNDS[asset])
            self.mirror.deposit(OWNERS[0], account, asset, LENDER_FUNDS[asset])
            self.invested += self.worth(asset, LENDER_FUNDS[asset] // self.units(asset, 1))
            self.mirror.set_lent(OWNERS[0], account, asset, True)
        self.audit(None)

    @rule(who=setting.who, asset=setting.asset, lent=st.booleans(), by=setting.by)
    def lend(self, who: int, asset: int, lent: bool, by: int | None) -> None:
        self.attempt(self.mirror.set_lent, self.sender(who, by), self.accounts[who], asset, lent)
        self.audit(None)

    @rule(who=setting.who, asset=pooled, atoms=debt, fresh=st.booleans())
    def borrow(self, who: int, asset: int, atoms: int, fresh: bool) -> None:
        """Carry borrowed tokens away, as far as what stays allows."""
        if fresh:
            self.report(dict(START_PRICES))
        source = (self.accounts[who], asset, self.units(asset, atoms))
        taken = self.attempt(self.mirror.borrow, OWNERS[who], *source, OWNERS[who])
        if taken:
            self.invested -= self.worth(asset, atoms)
        self.audit(who if taken else None)

    @rule(
        who=setting.who,
        market=setting.market,
        side=setting.side,
        times=st.sampled_from([1, 2, 5, 10, 12, 20, 50]),
        move=st.sampled_from([1000, 1000, 1003, 997, 960, 1040, 930]),
        closes=st.booleans(),
    )
    def trade_on_credit(
        self, who: int, market: int, side: Side, times: int, move: int, closes: bool
    ) -> None:
        """Trade a multiple of the equity with the lender; the price moves; perhaps trade back."""
        self.report(dict(START_PRICES))
        self.trade_with_lender(who, market, side, times)
        asset = base_of(market)
        self.report({asset: START_PRICES[asset] * move // 1000})
        if closes:
            self.trade_with_lender(who, market, Side(1 - side), max(1, times // 2))
        self.audit(None)

    def trade_with_lender(self, who: int, market: int, side: Side, times: int) -> None:
        """Rest an order of the lender at the middle of the band, and take it."""
        book = self.book_word(market)
        tick = (book.lowest_ask + book.highest_bid) // 2
        equity = max(self.standing(self.accounts[who]).health.equity, 10**6)
        lots = max(book.min_lots, times * equity // (tick * book.tick_value))
        rests = OrderRequest(market, Side(1 - side), tick, lots)
        self.act_on_books(0, None, self.mirror.place, rests)
        takes = OrderRequest(market, side, tick, lots, TimeInForce.IMMEDIATE_OR_CANCEL)
        self.act_on_books(who, None, self.mirror.place, takes)

    @rule(who=setting.who, payer=setting.who, asset=pooled, atoms=debt)
    def repay(self, who: int, payer: int, asset: int, atoms: int) -> None:
        units = self.units(asset, atoms)
        self.mirror.mint(OWNERS[payer], asset, units)
        before = self.system.token_balance(asset, self.system.exchange)
        if self.attempt(self.mirror.repay, OWNERS[payer], self.accounts[who], asset, units):
            paid = self.system.token_balance(asset, self.system.exchange) - before
            self.invested += self.worth(asset, paid // self.units(asset, 1))
        self.audit(None)

    @rule(who=setting.who, lends=st.booleans())
    def trust_operators(self, who: int, lends: bool) -> None:
        """Let operators borrow by trading, or no longer."""
        allowed = Permission.PLACE | Permission.CANCEL | (Permission.LEND if lends else 0)
        for operator in setting.OPERATORS:
            self.mirror.set_operator(
                OWNERS[who], self.accounts[who], operator, allowed, 2**32 - 1, 10**8
            )

    @rule(asset=pooled)
    def accrue(self, asset: int) -> None:
        self.mirror.accrue_pools(OWNERS[0], [asset])
        self.audit(None)

    @rule(asset=pooled)
    def collect_reserve(self, asset: int) -> None:
        self.mirror.collect_reserve(OWNERS[0], asset)
        self.audit(None)

    @rule(asset=pooled, terms=st.sampled_from([ROOMY, ROOMY, NARROW]))
    def set_terms(self, asset: int, terms: PoolTerms) -> None:
        self.mirror.set_pool_terms(ADMIN, asset, terms)
        self.audit(None)

    @rule(who=setting.who, asset=pooled, atoms=debt, sign=st.sampled_from([1, -1]))
    def preview(self, who: int, asset: int, atoms: int, sign: int) -> None:
        """A preview tells the margin that a change would leave, and changes nothing."""
        change = MarginChange(asset, sign * atoms)
        self.mirror.preview_margin(OWNERS[0], self.accounts[who], [change])

    @rule(per_mille=st.tuples(*[st.sampled_from([1000, 1000, 990, 1010, 950, 1060, 910])] * 2))
    def refresh_prices(self, per_mille: tuple[int, int]) -> None:
        """New prices around the first ones, so that margin may be used."""
        prices = zip(START_PRICES.items(), per_mille, strict=True)
        self.report({asset: price * change // 1000 for (asset, price), change in prices})
        self.audit(None)

    def report(self, prices: dict[int, int]) -> None:
        """Report prices twice, so that jumps are confirmed."""
        for _ in range(2):
            self.mirror.set_time(self.mirror.model.time + CONFIRM_SECONDS)
            known = {**REST_PRICES, **prices}
            for asset, price in known.items():
                self.mirror.post_price(asset, price)
            self.mirror.poke(OWNERS[0], list(known))
