"""Decimals outside, integers inside. What is no whole number of steps is refused, never rounded."""

from dataclasses import dataclass
from decimal import Context, Decimal, Inexact
from fractions import Fraction
from functools import cached_property

from worldmarkets.client.errors import UnalignedAmountError
from worldmarkets.deployment import Asset, Market

_EXACT = Context(prec=120, traps=[Inexact])
"""Enough digits for every amount there is; more would be an error of this module."""


_PRICE_DECIMALS = 18
_SHARE_DECIMALS = 18


@dataclass(frozen=True)
class AssetUnits:
    """Whole tokens of an asset as atoms of the ledger and as token units."""

    asset: Asset

    @property
    def atom(self) -> Decimal:
        """One atom [tokens]."""
        return Decimal(1).scaleb(-self.asset.decimals)

    def to_atoms(self, amount: Decimal) -> int:
        """Return an amount of tokens in atoms.

        Raises:
            UnalignedAmountError: it is not positive, or has fractions of an atom.
        """
        return _steps(f"amount of {self.asset.symbol}", amount, self.atom)

    def to_token_units(self, amount: Decimal) -> int:
        """Return an amount of tokens, which must be whole atoms, in token units."""
        return self.to_atoms(amount) * self.asset.units_per_atom

    def from_atoms(self, atoms: int) -> Decimal:
        """Return atoms in tokens."""
        return Decimal(atoms).scaleb(-self.asset.decimals, _EXACT)

    def dollars(self, atom_price: int) -> Decimal:
        """Return the price of a token [dollars] from that of an atom [1e-18 dollars]."""
        return Decimal(atom_price).scaleb(self.asset.decimals - _PRICE_DECIMALS, _EXACT)

    def from_token_units(self, token_units: int) -> Decimal:
        """Return token units in tokens."""
        return Decimal(token_units).scaleb(-self.asset.token_decimals, _EXACT)


@dataclass(frozen=True)
class MarketUnits:
    """Prices of a market as ticks, sizes as lots."""

    market: Market
    base: Asset
    quote: Asset

    @cached_property
    def lot_size(self) -> Decimal:
        """Size of a lot [base tokens]."""
        return Decimal(self.market.atoms_per_lot).scaleb(-self.base.decimals, _EXACT)

    @cached_property
    def tick_size(self) -> Decimal:
        """Step of the price [quote tokens a base token].

        Raises:
            UnalignedAmountError: the terms of the market make it a fraction without end.
        """
        lot_step = Decimal(self.market.tick_value).scaleb(-self.quote.decimals, _EXACT)
        try:
            return _EXACT.divide(lot_step, self.lot_size)
        except Inexact:
            raise UnalignedAmountError("price of a lot", lot_step, self.lot_size) from None

    @cached_property
    def min_size(self) -> Decimal:
        """Smallest order [base tokens]."""
        return self.from_lots(self.market.min_lots)

    def to_tick(self, price: Decimal) -> int:
        """Return a price in ticks.

        Raises:
            UnalignedAmountError: it is no positive whole number of ticks.
        """
        return _steps(f"price in {self.market.symbol}", price, self.tick_size)

    def to_lots(self, size: Decimal) -> int:
        """Return a size in lots.

        Raises:
            UnalignedAmountError: it is no positive whole number of lots.
        """
        return _steps(f"size in {self.market.symbol}", size, self.lot_size)

    def from_tick(self, tick: int) -> Decimal:
        """Return the price of a tick."""
        return _EXACT.multiply(Decimal(tick), self.tick_size)

    def from_lots(self, lots: int) -> Decimal:
        """Return lots as a size; of a short it is negative."""
        return _EXACT.multiply(Decimal(lots), self.lot_size)

    def from_fraction(self, ticks: int, bits: int) -> Decimal:
        """Return a price that counts fractions of a tick, 2^bits a tick."""
        return _EXACT.divide(self.from_tick(ticks), Decimal(2**bits))

    def from_cash(self, tick_lots: int, bits: int) -> Decimal:
        """Return cash of a position, which counts 2^bits a lot at tick 1 [quote tokens]."""
        atoms = _EXACT.multiply(Decimal(tick_lots), Decimal(self.market.tick_value))
        return _EXACT.divide(atoms, Decimal(2**bits)).scaleb(-self.quote.decimals, _EXACT)

    def from_quote_atoms(self, atoms: int) -> Decimal:
        """Return atoms of the quote asset in quote tokens."""
        return Decimal(atoms).scaleb(-self.quote.decimals, _EXACT)


def to_posted_price(price: Decimal) -> int:
    """Return a price of a whole token in the unit of price feeds [1e-18 dollars].

    Raises:
        UnalignedAmountError: it is not positive, or finer than that.
    """
    return _steps("price in dollars", price, Decimal("1e-18"))


def to_shares(amount: Decimal) -> int:
    """Return shares of the backstop tranche in the smallest parts of one.

    Raises:
        UnalignedAmountError: it is not positive, or finer than that.
    """
    return _steps("number of shares", amount, Decimal(1).scaleb(-_SHARE_DECIMALS))


def from_shares(parts: int) -> Decimal:
    """Return the smallest parts of shares of the backstop tranche in whole ones."""
    return Decimal(parts).scaleb(-_SHARE_DECIMALS, _EXACT)


def whole_steps(what: str, amount: Decimal, step: Decimal) -> int:
    """Return an amount, which may be negative or nothing, in whole steps.

    Raises:
        TypeError: it is no decimal and no whole number.
        UnalignedAmountError: it is no whole number of steps.
    """
    if isinstance(amount, bool) or not isinstance(amount, Decimal | int):
        raise TypeError(f"{what}: a Decimal or a whole number is wanted, not {type(amount)}")
    if isinstance(amount, Decimal) and not amount.is_finite():
        raise UnalignedAmountError(what, amount, step)
    steps = Fraction(amount) / Fraction(step)
    if steps.denominator != 1:
        raise UnalignedAmountError(what, amount, step)
    return steps.numerator


def _steps(what: str, amount: Decimal, step: Decimal) -> int:
    steps = whole_steps(what, amount, step)
    if steps <= 0:
        raise UnalignedAmountError(what, amount, step)
    return steps
