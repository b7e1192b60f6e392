"""Reading perps, positions and what settling them would pay, in decimals."""

from decimal import Decimal

from worldmarkets.client import perplens_views
from worldmarkets.client.lens import walk
from worldmarkets.client.perp_views import PerpMarket, Position, TrueUp
from worldmarkets.client.pools import PoolReader
from worldmarkets.client.units import MarketUnits
from worldmarkets.model.errors import UnknownMarket

_MARK_BITS = 24
_FUNDING_BITS = 40


class PerpReader(PoolReader):
    """What anybody can see of perps and positions."""

    def perps(self) -> tuple[PerpMarket, ...]:
        """Return the perps, in the order of their assets."""
        found = walk(self.raw.perp_lens.perps)
        return tuple(_perp(self.market_units(each.market_id), each) for each in found)

    def perp(self, market: str | int) -> PerpMarket:
        """Return a perp, funding up to now.

        Raises:
            UnknownMarket: it is not listed yet, or no perp.
        """
        units = self.market_units(market)
        market_id = units.market.market_id
        if units.market.perp is not None:
            for found in self.raw.perp_lens.perps(market_id, 1).items:
                if found.market_id == market_id:
                    return _perp(units, found)
        raise UnknownMarket(market_id)

    def positions(self, account: int) -> tuple[Position, ...]:
        """Return what an account has of each perp that it uses, in the order of their assets.

        Raises:
            UnknownAccount: there is no such account.
        """
        found = self.raw.perp_lens.positions(account)
        return tuple(_position(self.market_units(each.market_id), each) for each in found)

    def position(self, account: int, market: str | int) -> Position | None:
        """Return what an account has of a perp, None if it does not use it."""
        symbol = self.market_units(market).market.symbol
        return next((each for each in self.positions(account) if each.market == symbol), None)

    def true_up(self, account: int) -> tuple[TrueUp, ...]:
        """Return what settling each position of an account now would pay, each by itself.

        Raises:
            UnknownAccount: there is no such account.
        """
        found = self.raw.perp_lens.true_up(account)
        return tuple(_true_up(self.market_units(each.market_id), each) for each in found)

    def _mark(self, units: MarketUnits) -> int:
        """Return the mark of a perp [2^-24 ticks]."""
        (found,) = self.raw.perp_lens.perps(units.market.market_id, 1).items
        return found.mark


def _perp(units: MarketUnits, found: perplens_views.Perp) -> PerpMarket:
    terms = found.terms
    return PerpMarket(
        market=units.market.symbol,
        mark=_price(units, found.mark),
        index=_price(units, found.index_ticks),
        funding_index=units.from_fraction(found.funding_index, _FUNDING_BITS),
        funding_rate=_rate(found.rate),
        mark_time=found.mark_time,
        rate_until=found.rate_until,
        premium=_average(found.premium_average),
        basis=_average(found.middle_average),
        open_interest=units.from_lots(found.open_interest_lots),
        open_interest_cap=units.from_lots(terms.open_interest_cap_lots),
        position_cap=units.from_lots(terms.position_cap_lots),
        pool=units.from_quote_atoms(found.pool_atoms),
        shortfall=units.from_quote_atoms(found.shortfall_atoms),
        fees=units.from_quote_atoms(found.book.fee_atoms),
        impact_notional=Decimal(terms.impact_notional),
        mark_band=Decimal(terms.mark_band_bps).scaleb(-4),
        funding_cap=_rate(terms.funding_cap),
        interest=_rate(terms.interest),
        clamp=_rate(terms.clamp),
    )


def _position(units: MarketUnits, found: perplens_views.Position) -> Position:
    return Position(
        market=units.market.symbol,
        size=units.from_lots(found.size_lots),
        cash=units.from_cash(found.cash_units, _MARK_BITS),
        open_bids=units.from_lots(found.open_bid_lots),
        open_asks=units.from_lots(found.open_ask_lots),
        mark=_price(units, found.mark),
        funding_index=units.from_fraction(found.funding_ticks, _MARK_BITS),
        profit=units.from_quote_atoms(found.profit_atoms),
    )


def _true_up(units: MarketUnits, found: perplens_views.TrueUp) -> TrueUp:
    return TrueUp(
        market=units.market.symbol,
        profit=units.from_quote_atoms(found.profit_atoms),
        funding=units.from_quote_atoms(found.funding_atoms),
        price=units.from_quote_atoms(found.price_atoms),
        paid=units.from_quote_atoms(found.paid_atoms),
        cancelled=units.from_quote_atoms(found.cancelled_atoms),
    )


def _price(units: MarketUnits, ticks: int) -> Decimal | None:
    return units.from_fraction(ticks, _MARK_BITS) if ticks else None


def _rate(scaled: int) -> Decimal:
    return Decimal(scaled).scaleb(-8)


def _average(scaled: int) -> Decimal:
    return Decimal(scaled).scaleb(-12)
