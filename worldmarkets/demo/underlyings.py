"""Assets of which a spot market and a perp are traded, and what positions are worth."""

from dataclasses import dataclass
from decimal import Decimal

from worldmarkets.deployment.manifest import Deployment
from worldmarkets.marketdata.paths import PricePath
from worldmarkets.model import slots
from worldmarkets.model.liquidation import moves
from worldmarkets.model.perp_words import Q24, MarkWord, PositionWord
from worldmarkets.model.perps import funding, positions
from worldmarkets.model.reading import WordReader
from worldmarkets.model.state import Overlay
from worldmarkets.model.words import UnderlyingWord
from worldmarkets.staging import QUOTE_DECIMALS, Venue, as_posted, posted_price, venue_of

_JUMP_DIVISOR = 10


@dataclass(frozen=True)
class Underlying:
    """An asset with both of its markets, and its price elsewhere."""

    symbol: str
    spot: Venue
    perp: Venue
    path: PricePath

    def posted(self, seconds: Decimal) -> Decimal:
        """Return the price elsewhere as it is posted at a time since the start [dollars]."""
        return as_posted(self.path.at(seconds))

    def is_doubtful(self, reader: WordReader, price: Decimal) -> bool:
        """Return whether the exchange will not take a price over without a second report."""
        known = reader.load(UnderlyingWord, slots.underlying(self.spot.base_asset_id)).price
        wanted = posted_price(price) // 10**self.spot.base_decimals
        return bool(abs(wanted - known) * _JUMP_DIVISOR > known)

    def is_moving(self, reader: WordReader, price: Decimal, now: int) -> bool:
        """Return whether profits of the perp have to wait once a price is taken over [seconds]."""
        asset = self.spot.base_asset_id
        known = reader.load(UnderlyingWord, slots.underlying(asset)).price
        wanted = posted_price(price) // 10**self.spot.base_decimals
        later = Overlay(reader)
        later.time = now
        return moves.note(later, asset, wanted, known) is not None

    def dollars(self, units: int) -> Decimal:
        """Return units of the cash of positions in dollars, exact [2^-24 tick-lots]."""
        return (Decimal(units * self.perp.tick_value) / Q24).scaleb(-QUOTE_DECIMALS)

    def mark_word(self, reader: WordReader) -> MarkWord:
        """Return the mark word of the perp."""
        return reader.load(MarkWord, slots.mark(self.perp.market_id))

    def position(self, reader: WordReader, account_id: int) -> PositionWord:
        """Return what an account has of the perp."""
        return reader.load(PositionWord, slots.position(account_id, self.perp.base_asset_id))

    def unsettled(self, reader: WordReader, account_id: int) -> Decimal:
        """Return the profit of a position that is not settled, funding included [dollars]."""
        word, market = self.position(reader, account_id), self.mark_word(reader)
        index = funding.index_at(market, reader.time)
        return self.dollars(positions.unsettled_units(word, market.mark, index))


def underlying(deployment: Deployment, symbol: str, path: PricePath) -> Underlying:
    """Return an asset with the markets of a deployment."""
    spot, perp = venue_of(deployment, symbol), venue_of(deployment, f"{symbol}-PERP")
    return Underlying(symbol, spot, perp, path)
