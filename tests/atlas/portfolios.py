"""Random portfolios, for searches and for loops over seeds."""

from dataclasses import replace
from random import Random

from hypothesis import strategies as st

from worldmarkets.atlas import AssetRisk, GlobalRisk, Leg, Perp, Portfolio

DOLLAR = 10**6
EXACT_PRICE = 10**12
"""Price at which an atom of any asset is worth a whole quote atom: nothing is rounded."""


def risks(depth: int = 0) -> st.SearchStrategy[AssetRisk]:
    """Any risk of an asset that can be listed."""

    def make(beta: int, basis: int, over: int, spot_exit: int, perp_exit: int) -> AssetRisk:
        return AssetRisk(beta, (basis + 1) // 2 + over, basis, spot_exit, perp_exit, depth)

    bps = st.integers(0, 1_000)
    return st.builds(make, st.integers(0, 3_000), bps, bps, bps, bps)


def global_risks() -> st.SearchStrategy[GlobalRisk]:
    return st.builds(GlobalRisk, st.integers(0, 2_000))


def perps(most: int = 10**12) -> st.SearchStrategy[Perp]:
    def make(value: int, asks: int, bids: int, pnl: int) -> Perp:
        return Perp(value, value - asks, value + bids, pnl)

    orders = st.integers(0, most)
    return st.builds(make, st.integers(-most, most), orders, orders, st.integers(-most, most))


def legs(asset_id: int, risk: AssetRisk, price: int) -> st.SearchStrategy[Leg]:
    """Any leg of an asset, with orders and perhaps a perp part."""
    atoms, orders = st.integers(-(10**12), 10**12), st.integers(0, 10**12)
    return st.builds(
        Leg,
        st.just(asset_id),
        st.just(risk),
        st.just(price),
        atoms,
        orders,
        orders,
        st.integers(0, 10_000),
        st.none() | perps(),
    )


def prices() -> st.SearchStrategy[int]:
    return st.integers(1, 10**14)


@st.composite
def markets(draw: st.DrawFn, assets: int = 3) -> list[tuple[AssetRisk, int]]:
    """Risk and price of some assets."""
    return draw(st.lists(st.tuples(risks(), prices()), min_size=1, max_size=assets))


@st.composite
def portfolios(draw: st.DrawFn, market: list[tuple[AssetRisk, int]]) -> Portfolio:
    """A portfolio of all assets of a market."""
    held = [draw(legs(place + 1, risk, price)) for place, (risk, price) in enumerate(market)]
    return Portfolio(draw(st.integers(-(10**13), 10**13)), tuple(held))


@st.composite
def pairs(draw: st.DrawFn) -> tuple[GlobalRisk, Portfolio, Portfolio]:
    """Two portfolios of the same assets, at the same prices, trusted alike."""
    market = draw(markets())
    one, other = draw(portfolios(market)), draw(portfolios(market))
    alike = zip(one.legs, other.legs, strict=True)
    trusted = tuple(replace(leg, confidence_bps=first.confidence_bps) for first, leg in alike)
    return draw(global_risks()), one, replace(other, legs=trusted)


@st.composite
def singles(draw: st.DrawFn) -> tuple[GlobalRisk, Portfolio]:
    return draw(global_risks()), draw(portfolios(draw(markets())))


def added(one: Portfolio, other: Portfolio) -> Portfolio:
    """Return both portfolios in one account."""
    held = tuple(_added(*both) for both in zip(one.legs, other.legs, strict=True))
    return Portfolio(one.cash + other.cash, held)


def times(portfolio: Portfolio, factor: int) -> Portfolio:
    """Return a portfolio some times as large."""
    return Portfolio(factor * portfolio.cash, tuple(_times(leg, factor) for leg in portfolio.legs))


def bare(portfolio: Portfolio) -> Portfolio:
    """Return a portfolio without resting orders."""
    held = []
    for leg in portfolio.legs:
        perp = leg.perp and Perp(leg.perp.value, leg.perp.value, leg.perp.value, leg.perp.pnl)
        held.append(replace(leg, open_bids=0, open_asks=0, perp=perp))
    return replace(portfolio, legs=tuple(held))


def seeded_risk(random: Random, depth: int = 0) -> AssetRisk:
    basis = random.randrange(0, 500)
    iota = (basis + 1) // 2 + random.randrange(0, 2_000)
    beta, spot_exit, perp_exit = (random.randrange(most) for most in (2_000, 300, 300))
    return AssetRisk(beta, iota, basis, spot_exit, perp_exit, depth)


def _added(one: Leg, other: Leg) -> Leg:
    no_perp = Perp(0, 0, 0, 0)
    first, second = one.perp or no_perp, other.perp or no_perp
    perp = Perp(
        first.value + second.value,
        first.low + second.low,
        first.high + second.high,
        first.pnl + second.pnl,
    )
    return replace(
        one,
        balance=one.balance + other.balance,
        open_bids=one.open_bids + other.open_bids,
        open_asks=one.open_asks + other.open_asks,
        perp=perp if one.perp or other.perp else None,
    )


def _times(leg: Leg, factor: int) -> Leg:
    perp = leg.perp and Perp(
        factor * leg.perp.value,
        factor * leg.perp.low,
        factor * leg.perp.high,
        factor * leg.perp.pnl,
    )
    return replace(
        leg,
        balance=factor * leg.balance,
        open_bids=factor * leg.open_bids,
        open_asks=factor * leg.open_asks,
        perp=perp,
    )
