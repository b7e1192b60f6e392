"""Margins of random portfolios of both legs: model, contracts, and the worst corner by hand."""

from dataclasses import dataclass
from fractions import Fraction
from random import Random
from typing import Any

import pytest
from hypothesis import settings

from tests.atlas.brute import worst_loss
from tests.differential.lending_flow import LENDER_FUNDS, RISK, ROOMY
from tests.differential.perp_flow import PERPS, TERMS
from tests.support.backend import START_TIME, rolled_back, user_address
from tests.support.mirror import Mirror
from tests.support.pyrevm_backend import PyrevmBackend
from tests.support.system import (
    ADMIN,
    DEFAULT_ASSETS,
    DEFAULT_MARKETS,
    INSURANCE_PPM,
    deploy_system,
)
from worldmarkets.atlas import GlobalRisk
from worldmarkets.atlas.margin import requirement
from worldmarkets.atlas.portfolio import Portfolio
from worldmarkets.model import slots
from worldmarkets.model.balances import atoms_of
from worldmarkets.model.errors import InvalidParameter
from worldmarkets.model.interface import Margin, MarginChange, MarketRiskTerms
from worldmarkets.model.perp_words import MarkWord, PositionWord
from worldmarkets.model.reading import WordReader
from worldmarkets.model.risk import market_risk, portfolio_of
from worldmarkets.model.words import AccountWord, LedgerWord, RiskWord, UnderlyingWord, base_of

OWNER, LENDER = user_address(71), user_address(72)
ACCOUNTS = (4, 5)
PORTFOLIOS = 8 * settings().max_examples
ASSETS = (1, 2)


@dataclass
class Margins:
    """Two accounts with whatever their words are given."""

    mirror: Mirror
    random: Random

    def shuffle(self, *, orders: bool) -> None:
        """Write random prices, risks, marks, balances, positions and, if wanted, orders."""
        random, put = self.random, self.mirror.tamper
        risk = RiskWord(
            random.choice([0, 300, 4_095]),
            random.randint(60, 100),
            random.randint(1, 60),
            random.choice([0, 10_000, 10_000, 9_900, 9_500, 65_535]),
            lendable=1,
        )
        put(slots.risk(), risk.pack())
        for asset in ASSETS:
            put(slots.underlying(asset), self.underlying().pack())
        for market in PERPS:
            put(slots.mark(market), self.mark(market).pack())
        for account in ACCOUNTS:
            perps = random.choice([0, 2, 4, 6, 6, 6])
            put(
                slots.account(account),
                AccountWord(int(OWNER, 16), live=1, assets=7, perps=perps).pack(),
            )
            cash = LedgerWord(balance=self.signed(10**6, 10**12, 2**70), touched=1)
            put(slots.ledger(account, 0), cash.pack())
            for asset in ASSETS:
                put(slots.ledger(account, asset), self.ledger(orders=orders).pack())
                word = self.position(orders=orders) if perps >> asset & 1 else PositionWord()
                put(slots.position(account, asset), word.pack())

    def underlying(self) -> UnderlyingWord:
        random = self.random
        price = random.choice([1, 10**7, 2 * 10**13, 6 * 10**14, 2**55])
        price = random.randint(1, price)
        basis = random.choice([0, 200, 1_001, 4_095])
        return UnderlyingWord(
            price,
            max(1, price * random.randint(90, 110) // 100),
            random.choice([10_000, 10_000, 9_000, 0, random.randint(0, 10_000)]),
            self.mirror.model.time,
            random.randint(0, 4_095),
            (basis + 1) // 2 + random.choice([0, 150, 8_191]),
            basis,
            random.choice([0, 50, 4_095]),
            random.choice([0, 50, 4_095]),
            random.choice([0, 0, 1, 65_535]),
            lendable=1,
        )

    def mark(self, market: int) -> MarkWord:
        random, now = self.random, self.mirror.model.time
        return MarkWord(
            random.randint(1, random.choice([1, 2**24, 20_000 * 2**24, 2**48 - 1])),
            self.signed(10**6, 2**50, 2**76),
            self.signed(1, 10_000, 4_000_000),
            now - random.choice([0, 1, 300, 5_000]),
            now + random.choice([-100, 0, 200]),
            random.choice([1, 7, TERMS[base_of(market)].tick_value, 2**20]),
        )

    def ledger(self, *, orders: bool) -> LedgerWord:
        most = self.random.choice([0, 10**5, 10**11, 2**60])
        bids, asks = (self.random.randint(0, most) if orders else 0 for _ in range(2))
        balance = self.signed(1, 10**9, 2**62)
        return LedgerWord(balance=balance, open_bids=bids, open_asks=asks, touched=1)

    def position(self, *, orders: bool) -> PositionWord:
        most = self.random.choice([0, 100, 10**6, 2**35 - 1])
        bids, asks = (self.random.randint(0, most) if orders else 0 for _ in range(2))
        size, cash = self.signed(1, 10**5, 2**35 - 1), self.signed(1, 2**60, 2**85)
        return PositionWord(bids, size, asks, self.random.randrange(2**34), touched=1, cash=cash)

    def changes(self) -> list[MarginChange]:
        """Some trades and orders, at times such as nobody can have."""
        found = []
        for _ in range(self.random.randrange(4)):
            asset = self.random.choice([0, 1, 2, *PERPS, *PERPS])
            bids, asks = self.signed(1, 10**6), self.signed(1, 10**6)
            reducing = self.random.choice([0, 0, 1, abs(bids)])
            found.append(MarginChange(asset, self.signed(1, 10**6, 2**40), bids, asks, reducing))
        return found

    def signed(self, *sizes: int) -> int:
        size = self.random.choice([0, *sizes])
        return self.random.choice([size, -size, self.random.randint(-size, size)])

    def preview(self, account: int, changes: list[MarginChange]) -> tuple[Margin, Margin]:
        both: tuple[Margin, Margin] = self.mirror.preview_margin(OWNER, account, changes)
        return both

    def portfolio(self, account: int) -> tuple[Portfolio, GlobalRisk]:
        """What the chain's words say of an account."""
        reader = WordReader(self.mirror.system.read_words, self.mirror.model.time)
        return portfolio_of(reader, account), market_risk(reader)


@pytest.fixture(scope="module")
def mirror() -> Mirror:
    """Two accounts, and pools of everything."""
    system = deploy_system(PyrevmBackend())
    made = Mirror(system, DEFAULT_ASSETS, DEFAULT_MARKETS, INSURANCE_PPM)
    made.set_market_risk(ADMIN, MarketRiskTerms(300))
    for asset, terms in TERMS.items():
        made.set_asset_risk(ADMIN, asset, RISK[asset])
        made.list_perp_market(ADMIN, asset, terms)
    lender = made.new_user(LENDER, LENDER_FUNDS)
    for asset in LENDER_FUNDS:
        made.set_pool_terms(ADMIN, asset, ROOMY)
        made.set_lent(LENDER, lender, asset, True)
    assert tuple(made.create_account(OWNER) for _ in ACCOUNTS) == ACCOUNTS
    made.set_time(START_TIME + 10_000)
    return made


def test_margin_of_random_portfolios_is_that_of_the_model(mirror: Mirror) -> None:
    margins = Margins(mirror, Random("margins"))
    refused, unsettled, needing = 0, 0, 0
    for _ in range(PORTFOLIOS):
        margins.shuffle(orders=True)
        try:
            now, _ = margins.preview(4, margins.changes())
        except InvalidParameter:
            refused += 1
            continue
        unsettled += now.settled_atoms != now.equity_atoms
        needing += not now.is_paid
        assert 0 <= now.maintenance_atoms <= now.end_atoms <= now.initial_atoms
    assert refused > PORTFOLIOS // 20
    assert unsettled > PORTFOLIOS // 20
    assert needing > PORTFOLIOS // 2


def test_margin_of_random_portfolios_is_the_worst_corner_to_its_rounding(mirror: Mirror) -> None:
    """Each leg's value is rounded outward once, and the sum up: an atom of each, at its shock."""
    margins = Margins(mirror, Random("corners"))
    for _ in range(PORTFOLIOS // 5):
        margins.shuffle(orders=False)
        told, _ = margins.preview(4, [])
        held, risk = margins.portfolio(4)
        for level, percent in (
            (told.end_atoms, risk.end_percent),
            (told.maintenance_atoms, risk.maintenance_percent),
        ):
            exact = worst_loss(held, risk, percent)
            assert exact - slack(held, risk) <= level <= exact + slack(held, risk)


def test_margin_of_random_portfolios_is_subadditive_and_homogeneous(mirror: Mirror) -> None:
    """RISK-3, of what the chain tells: the accounts apart, and one that has what both have."""
    margins = Margins(mirror, Random("sums"))
    for _ in range(PORTFOLIOS // 5):
        margins.shuffle(orders=False)
        apart = [margins.preview(account, [])[0] for account in ACCOUNTS]
        together = margins.preview(4, holding(margins, 5))[1]
        twice = margins.preview(4, holding(margins, 4))[1]
        held, risk = margins.portfolio(4)
        for name in ("end_atoms", "maintenance_atoms"):
            one, other = (getattr(margin, name) for margin in apart)
            assert 0 <= getattr(together, name) <= one + other
            assert 2 * one - 2 * slack(held, risk) <= getattr(twice, name) <= 2 * one
        assert apart[0].end_atoms == requirement(held, risk, risk.end_percent)


def holding(margins: Margins, account: int) -> list[MarginChange]:
    """Everything an account has but cash, as changes."""
    state = margins.mirror.model.state
    state.time = margins.mirror.model.time
    found: list[MarginChange] = []
    for asset in ASSETS:
        found.append(MarginChange(asset, atoms_of(state, account, asset)))
        size = state.load(PositionWord, slots.position(account, asset)).size
        if size:
            found.append(MarginChange(PERPS[asset - 1], size))
    return found


def slack(held: Portfolio, risk: GlobalRisk) -> Fraction:
    """What an atom more of every leg needs, and one for the sum [quote atoms]."""
    each = (
        risk.sigma_bps * Fraction(leg.risk.beta_milli, 1_000)
        + leg.risk.iota_bps
        + leg.risk.basis_bps
        + leg.risk.spot_exit_bps
        + leg.risk.perp_exit_bps
        for leg in held.legs
    )
    return 1 + 2 * sum(each, Fraction(0)) / 10_000


@pytest.fixture(autouse=True)
def _unchanged(mirror: Mirror) -> Any:
    """Leave the words as they were."""
    words, time = dict(mirror.model.state.words), mirror.model.time
    with rolled_back(mirror.system.backend):
        yield
    mirror.model.state.words, mirror.model.time = words, time
