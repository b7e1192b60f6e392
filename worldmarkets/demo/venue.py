"""The market of the demonstration, in the numbers people use."""

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

QUOTE_ATOMS_PER_DOLLAR = 10**6
"""Quote atoms of a dollar, fixed by the contracts' PriceBand."""

PRICE_UNITS_PER_DOLLAR = 10**18
"""Reference prices are posted in 1e-18 dollars a whole token."""


@dataclass(frozen=True)
class Venue:
    """One spot market.

    Attributes:
        symbol: Symbol of the base asset.
        market_id: Id of the market.
        base_asset_id: Id of the base asset.
        base_decimals: A whole token of the base asset is 10^base_decimals atoms.
        tick_value: Price of a lot at tick 1 [quote atoms].
        atoms_per_lot: Size of a lot [base atoms].
        min_lots: Smallest order [lots].
    """

    symbol: str
    market_id: int
    base_asset_id: int
    base_decimals: int
    tick_value: int
    atoms_per_lot: int
    min_lots: int

    @property
    def name(self) -> str:
        """What traders call it."""
        return f"{self.symbol}/USDM"

    @property
    def tick_dollars(self) -> Decimal:
        """Step of the price of a whole token [dollars], exact."""
        lots_per_token = Decimal(10**self.base_decimals) / self.atoms_per_lot
        return self.tick_value * lots_per_token / QUOTE_ATOMS_PER_DOLLAR

    def price(self, tick: int) -> Decimal:
        """Price of a whole token at a tick [dollars], exact."""
        return tick * self.tick_dollars

    def tick(self, price: Decimal) -> int:
        """Tick nearest to a price, at least 1."""
        ticks = (price / self.tick_dollars).to_integral_value(rounding=ROUND_HALF_EVEN)
        return max(1, int(ticks))

    def size(self, lots: int) -> Decimal:
        """Size of lots [whole tokens], exact."""
        return Decimal(lots * self.atoms_per_lot).scaleb(-self.base_decimals)

    def lots(self, size: Decimal) -> int:
        """Whole lots in a size [whole tokens]."""
        return int(size.scaleb(self.base_decimals) // self.atoms_per_lot)


def dollars(quote_atoms: int) -> Decimal:
    """Return an amount of quote atoms in dollars, exact."""
    return Decimal(quote_atoms).scaleb(-6)


def posted_price(price: Decimal) -> int:
    """Return a price as it is posted [1e-18 dollars a whole token], rounded to the nearest."""
    return int((price * PRICE_UNITS_PER_DOLLAR).to_integral_value(rounding=ROUND_HALF_EVEN))
