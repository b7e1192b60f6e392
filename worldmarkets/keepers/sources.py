"""Where a price pusher takes prices from."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from worldmarkets.abi import abi_of
from worldmarkets.client import Client
from worldmarkets.clock import Clock
from worldmarkets.errors import WorldMarketsError
from worldmarkets.keepers.chain import chain_time
from worldmarkets.marketdata.paths import PricePath
from worldmarkets.rpc import Rpc
from worldmarkets.transactions import RevertedError
from worldmarkets.transactions.sender import call

_FEED_DECIMALS = 18


class SourceError(WorldMarketsError):
    """A source has no prices now."""


@dataclass(frozen=True)
class SourcePrice:
    """A price [dollars a whole token], and how old it is [seconds]."""

    price: Decimal
    age_seconds: float = 0


class PriceSource(Protocol):
    """Whoever knows prices."""

    @property
    def is_over(self) -> bool:
        """Whether it will never have another price."""

    def prices(self, symbols: Iterable[str]) -> Mapping[str, SourcePrice]:
        """Return the prices of assets as far as they are known, by symbol.

        Raises:
            SourceError: there are none now.
        """


class CallableSource:
    """Prices that a function returns, made when it is called."""

    is_over = False

    def __init__(self, read: Callable[[str], Decimal | None]) -> None:
        """Take what returns the price of a symbol, None if it knows none."""
        self._read = read

    def prices(self, symbols: Iterable[str]) -> Mapping[str, SourcePrice]:
        """Return what the function returns."""
        found = ((symbol, self._read(symbol)) for symbol in symbols)
        return {symbol: SourcePrice(price) for symbol, price in found if price is not None}


class ReplaySource:
    """Prices of files, as if they were made now."""

    def __init__(self, paths: Mapping[str, PricePath], clock: Clock, speed: Decimal) -> None:
        """Begin with the first question.

        Args:
            paths: The prices, by symbol.
            clock: Whose seconds count.
            speed: Seconds of market time a second; 1 for real time.
        """
        self._paths = dict(paths)
        self._clock = clock
        self._speed = speed
        self._began: float | None = None

    @property
    def is_over(self) -> bool:
        """Whether all have come to their end."""
        return self._elapsed() >= max(path.seconds for path in self._paths.values())

    def prices(self, symbols: Iterable[str]) -> Mapping[str, SourcePrice]:
        """Return the prices of now; after its end a path keeps its last one."""
        elapsed = self._elapsed()
        found = {symbol: self._paths[symbol] for symbol in symbols if symbol in self._paths}
        return {symbol: SourcePrice(path.at(elapsed)) for symbol, path in found.items()}

    def _elapsed(self) -> Decimal:
        """Return the market time since the beginning [seconds]."""
        now = self._clock.now()
        if self._began is None:
            self._began = now
        return Decimal(now - self._began) * self._speed


class AggregatorSource:
    """Prices of aggregators with the Chainlink interface, on the same chain or another one."""

    is_over = False

    def __init__(self, rpc: Rpc, aggregators: Mapping[str, str]) -> None:
        """Take a node of their chain, and their addresses by symbol."""
        self._rpc = rpc
        self._aggregators = dict(aggregators)
        self._decimals: dict[str, int] = {}

    def prices(self, symbols: Iterable[str]) -> Mapping[str, SourcePrice]:
        """Return the newest answers; an aggregator without a positive one has no price."""
        now = chain_time(self._rpc)
        found = {}
        for symbol in symbols:
            price = self._price(symbol, now) if symbol in self._aggregators else None
            if price is not None:
                found[symbol] = price
        return found

    def _price(self, symbol: str, now: int) -> SourcePrice | None:
        address = self._aggregators[symbol]
        try:
            if symbol not in self._decimals:
                (self._decimals[symbol],) = self._read(address, "decimals")
            _, answer, _, updated_at, _ = self._read(address, "latestRoundData")
        except RevertedError:
            return None
        if answer <= 0 or updated_at == 0:
            return None
        price = Decimal(answer).scaleb(-self._decimals[symbol])
        return SourcePrice(price, max(0, now - updated_at))

    def _read(self, address: str, function: str) -> tuple[int, ...]:
        abi = abi_of("IAggregator")
        return abi.decode(function, call(self._rpc, address, abi.encode(function)))


class FeedSource:
    """Prices of the feeds that the exchange itself reads, for a keeper that only copies them."""

    is_over = False

    def __init__(self, client: Client) -> None:
        """Read through a client."""
        self._client = client

    def prices(self, symbols: Iterable[str]) -> Mapping[str, SourcePrice]:
        """Return what the feeds say; a feed without a price, or with an error, has none."""
        now = chain_time(self._client.raw.rpc)
        found = {}
        for symbol in symbols:
            price, time = feed_price(self._client, symbol)
            if price is not None:
                found[symbol] = SourcePrice(price, max(0, now - time))
        return found


def feed_price(client: Client, symbol: str) -> tuple[Decimal | None, int]:
    """Return what the feed of an asset says and when it was made [dollars a token, seconds].

    None and 0 if it says nothing.
    """
    asset = client.asset_units(symbol).asset
    if not asset.feed:
        return None, 0
    abi = abi_of("IPriceFeed")
    data = abi.encode("latestPrice", asset.asset_id)
    try:
        returned = call(client.raw.rpc, client.deployment.address(asset.feed), data)
    except RevertedError:
        return None, 0
    price, time, _ = abi.decode("latestPrice", returned)
    return (Decimal(price).scaleb(-_FEED_DECIMALS), int(time)) if price else (None, 0)
