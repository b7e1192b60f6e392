"""The price pusher: brings prices to feeds, and from feeds into the exchange."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from worldmarkets.client import Client
from worldmarkets.client.lens import walk
from worldmarkets.keepers.chain import chain_time
from worldmarkets.keepers.job import Action, Round
from worldmarkets.keepers.posting import Poster
from worldmarkets.keepers.pricing import KnownPrice, Need, PriceRules, need
from worldmarkets.keepers.sources import PriceSource, feed_price

SOURCE_SECONDS = 30
"""How old a price of a source may be to be brought as one of now [seconds]."""

_BRINGS = (Need.MOVE, Need.AGE, Need.CONFIRM)


class PriceJob:
    """Keeps prices of assets new. What was brought and not copied is copied first.

    A price that its source made too long ago is not brought: in the feed it would look new.
    """

    name = "prices"

    def __init__(
        self,
        client: Client,
        source: PriceSource,
        poster: Poster,
        symbols: Sequence[str],
        rules: PriceRules | None = None,
        source_seconds: float = SOURCE_SECONDS,
    ) -> None:
        """Take all that it needs.

        Args:
            client: The exchange.
            source: Where prices come from.
            poster: How they get into the feeds.
            symbols: Of which assets; not of the quote asset, which is a dollar.
            rules: When they are brought.
            source_seconds: How old a price of the source may be [seconds].
        """
        self._client = client
        self._source = source
        self._poster = poster
        self._symbols = tuple(symbols)
        self._rules = rules or PriceRules()
        self._source_seconds = source_seconds

    def look(self) -> Round:
        """Compare the prices of the source with those the exchange knows."""
        is_last = self._source.is_over
        wanted, notes = self._wanted()
        now, known = chain_time(self._client.raw.rpc), self.known()
        self._poster.offer(wanted)
        needs = {
            symbol: need(self._rules, known[symbol], price, now) for symbol, price in wanted.items()
        }
        lag = max((now - known[symbol].time for symbol in self._symbols), default=0)
        return Round(self._actions(wanted, needs, known), lag, notes, is_last)

    def known(self) -> dict[str, KnownPrice]:
        """Return what the exchange and the feeds know of the assets."""
        risks = {risk.asset_id: risk for risk in walk(self._client.raw.lens.risks)}
        known = {}
        for symbol in self._symbols:
            units = self._client.asset_units(symbol)
            risk, (price, time) = risks[units.asset.asset_id], feed_price(self._client, symbol)
            known[symbol] = KnownPrice(
                units.dollars(risk.price) if risk.price else None,
                risk.price_time,
                units.dollars(risk.pending_price) if risk.is_unconfirmed else None,
                risk.pending_time,
                price,
                time,
            )
        return known

    def _wanted(self) -> tuple[dict[str, Decimal], tuple[str, ...]]:
        """Return the prices that may be brought, and what is wrong with the others."""
        found = self._source.prices(self._symbols)
        wanted, notes = {}, []
        for symbol in self._symbols:
            made = found.get(symbol)
            if made is None:
                notes.append(f"the source has no price of {symbol}")
            elif made.age_seconds > self._source_seconds:
                notes.append(f"the source is behind: {symbol} is {made.age_seconds:.0f} s old")
            else:
                wanted[symbol] = made.price
        return wanted, tuple(notes)

    def _actions(
        self,
        wanted: Mapping[str, Decimal],
        needs: Mapping[str, Need],
        known: Mapping[str, KnownPrice],
    ) -> tuple[Action, ...]:
        needed = {symbol: wanted[symbol] for symbol in needs if needs[symbol] in _BRINGS}
        brought: tuple[Action, ...] = ()
        copied = [symbol for symbol in needs if needs[symbol] is Need.COPY]
        if needed:
            not_before = max(known[symbol].not_before for symbol in needed)
            brought = self._poster.bring(needed, not_before)
        if brought:
            copied += needed
        if not copied:
            return ()
        ids = [self._client.asset_units(symbol).asset.asset_id for symbol in copied]
        poke = self._client.raw.calls.poke(ids)
        return (*brought, Action(f"poke {', '.join(copied)}", poke))
