"""Where the price keeper of the stress act takes prices from, and for a while not all of them."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from worldmarkets.demo.stresspath import Crash
from worldmarkets.demo.underlyings import Underlying
from worldmarkets.keepers.sources import SourcePrice


class CrashFeed:
    """The prices of a crash at a time; those of one asset are old while its feed is silent."""

    is_over = False

    def __init__(self, crash: Crash, underlyings: Sequence[Underlying], silent: str) -> None:
        """Begin with the first prices.

        Args:
            crash: When the feed is silent.
            underlyings: Assets and their prices.
            silent: Symbol of the asset whose feed it is.
        """
        self.seconds = 0
        """Now [seconds since the crash began]; negative before it."""
        self._crash = crash
        self._paths = {one.symbol: one for one in underlyings}
        self._silent = silent

    def prices(self, symbols: Iterable[str]) -> Mapping[str, SourcePrice]:
        """Return the newest prices there are, and how old they are."""
        return {symbol: self._price(symbol) for symbol in symbols}

    def price(self, one: Underlying) -> Decimal:
        """Return the newest price there is of an asset [dollars a token]."""
        return self._price(one.symbol).price

    def _price(self, symbol: str) -> SourcePrice:
        made = max(0, self.seconds)
        if symbol == self._silent and self.is_silent:
            made = self._crash.silent_from
        return SourcePrice(self._paths[symbol].posted(Decimal(made)), max(0, self.seconds) - made)

    @property
    def is_silent(self) -> bool:
        """Whether there is no news of one asset now."""
        return self._crash.silent_from < self.seconds < self._crash.silent_until
