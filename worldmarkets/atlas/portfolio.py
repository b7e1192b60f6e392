"""A portfolio held in memory: cash, and one leg for each underlying."""

from dataclasses import dataclass, replace

from worldmarkets.atlas.arithmetic import BPS, divide_up
from worldmarkets.atlas.errors import PortfolioError, UnknownLegError
from worldmarkets.atlas.parameters import AssetRisk

QUOTE = 0
"""Id of the quote asset: its atoms are the portfolio's cash."""


@dataclass(frozen=True)
class Perp:
    """The perp leg of an underlying, all in quote atoms.

    `low` and `high` are its value with all resting asks, or all bids, filled. Where the mark of a
    lot is no whole number of atoms, the former is rounded down and the latter up.
    """

    value: int
    """Signed size at the mark, rounded down."""
    low: int
    high: int
    pnl: int
    """Profit not settled yet, funding included, rounded down."""
    value_up: int | None = None
    """Signed size at the mark, rounded up; None if that is the same."""
    resting: int | None = None
    """Notional of its resting orders at the mark, rounded up; None if it is high - low."""

    def __post_init__(self) -> None:
        parts = (self.low, self.value, self.highest_value, self.high)
        if list(parts) != sorted(parts) or (self.resting or 0) < 0:
            raise PortfolioError(f"perp: {parts} are not in order, or {self.resting} is negative")

    @property
    def highest_value(self) -> int:
        """Signed size at the mark, rounded up [quote atoms]."""
        return self.value if self.value_up is None else self.value_up

    @property
    def order_notional(self) -> int:
        """Notional of its resting orders at the mark [quote atoms]."""
        return self.high - self.low if self.resting is None else self.resting


def perp(lots: int, mark_atoms: int, pnl: int = 0, *, bid_lots: int = 0, ask_lots: int = 0) -> Perp:
    """Return the perp leg of a position.

    Args:
        lots: Signed size of the position.
        mark_atoms: Mark price of a lot [quote atoms].
        pnl: Profit not settled yet, size · (mark - F) + cash, funding included [quote atoms].
        bid_lots: Resting bids.
        ask_lots: Resting asks.

    Raises:
        PortfolioError: resting orders or the mark are negative.
    """
    if mark_atoms < 0:
        raise PortfolioError(f"perp: a mark of {mark_atoms}")
    low, high = lots - ask_lots, lots + bid_lots
    return Perp(lots * mark_atoms, low * mark_atoms, high * mark_atoms, pnl)


def perp_at(lots: int, mark: int, unit: int, pnl: int, *, bid_lots: int, ask_lots: int) -> Perp:
    """Return the perp leg of a position at a mark with fractions, each part rounded outward.

    Args:
        lots: Signed size of the position.
        mark: Mark price of a lot [quote atoms times `unit`].
        unit: What the mark is counted in.
        pnl: Profit not settled yet, rounded down [quote atoms].
        bid_lots: Resting bids.
        ask_lots: Resting asks.
    """
    return Perp(
        lots * mark // unit,
        (lots - ask_lots) * mark // unit,
        divide_up((lots + bid_lots) * mark, unit),
        pnl,
        divide_up(lots * mark, unit),
        divide_up((bid_lots + ask_lots) * mark, unit),
    )


def _moved(old: Perp, price: int, from_price: int) -> Perp:
    """Return a perp leg whose mark has moved as a price has."""
    value, low, high = (part * price // from_price for part in (old.value, old.low, old.high))
    pnl = old.pnl + value - old.value
    if old.value_up is None and old.resting is None:
        return Perp(value, low, high, pnl)
    ups = (old.high, old.highest_value, old.order_notional)
    high, value_up, resting = (divide_up(part * price, from_price) for part in ups)
    return Perp(value, low, high, pnl, value_up, resting)


@dataclass(frozen=True)
class Leg:
    """What a portfolio has of one underlying, its price and its risk."""

    asset_id: int
    risk: AssetRisk
    price: int
    """Price of an atom [1e-18 dollars]."""
    balance: int = 0
    """Custody and lent less borrowed, interest included [atoms, signed]."""
    open_bids: int = 0
    """Spot bids that rest [atoms]."""
    open_asks: int = 0
    """Spot asks that rest [atoms]."""
    confidence_bps: int = BPS
    """How far the price is to be trusted, 10,000 for fully [bps]."""
    perp: Perp | None = None

    def __post_init__(self) -> None:
        if self.asset_id == QUOTE:
            raise PortfolioError("the quote asset is cash, not a leg")
        if min(self.price, self.open_bids, self.open_asks) < 0:
            raise PortfolioError(f"asset {self.asset_id}: a negative price or open total")
        if not 0 <= self.confidence_bps <= BPS:
            raise PortfolioError(f"asset {self.asset_id}: confidence {self.confidence_bps} bps")

    def at_price(self, price: int) -> "Leg":
        """Return the leg at another price; the mark of its perp moves in proportion.

        The perp's value is rounded down, its profit moves by as much as its value.

        Raises:
            PortfolioError: the leg has a perp but no price to move from.
        """
        if self.perp is None:
            return replace(self, price=price)
        if self.price == 0:
            raise PortfolioError(f"asset {self.asset_id}: a perp moves in proportion to a price")
        return replace(self, price=price, perp=_moved(self.perp, price, self.price))


@dataclass(frozen=True)
class Portfolio:
    """Cash, and at most one leg an underlying."""

    cash: int
    """Interest and settled profit included, debt negative [quote atoms]."""
    legs: tuple[Leg, ...] = ()

    def __post_init__(self) -> None:
        ids = [leg.asset_id for leg in self.legs]
        if len(set(ids)) != len(ids):
            raise PortfolioError(f"assets {ids}: one is given twice")

    def leg(self, asset_id: int) -> Leg:
        """Return the leg of an asset.

        Raises:
            UnknownLegError: there is none.
        """
        for leg in self.legs:
            if leg.asset_id == asset_id:
                return leg
        raise UnknownLegError(asset_id)

    def with_leg(self, changed: Leg) -> "Portfolio":
        """Return the portfolio with another leg in the place of the one of the same asset.

        Raises:
            UnknownLegError: there is none.
        """
        self.leg(changed.asset_id)
        legs = tuple(changed if leg.asset_id == changed.asset_id else leg for leg in self.legs)
        return replace(self, legs=legs)

    def with_price(self, asset_id: int, price: int) -> "Portfolio":
        """Return the portfolio at another price of one asset, see `Leg.at_price`."""
        return self.with_leg(self.leg(asset_id).at_price(price))
