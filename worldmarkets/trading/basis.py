"""The basis trade at work: reads the account, decides, and says what to send."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from worldmarkets.client import Client
from worldmarkets.client.perplens_views import Perp
from worldmarkets.keepers.job import Round
from worldmarkets.strategies import (
    BasisConfig,
    BasisMarkets,
    BasisPosition,
    CarryWatch,
    Decision,
    Rates,
    decide,
)
from worldmarkets.trading.executor import ClientExecutor
from worldmarkets.trading.snapshot import NotReadyError, Snapshot, terms_of

_RATE_DECIMALS = 8


@dataclass(frozen=True)
class BasisView:
    """What a decision is made from."""

    markets: BasisMarkets
    rates: Rates
    position: BasisPosition
    now: int

    @property
    def leverage(self) -> Decimal:
        """Notional of the spot leg over the equity, to two digits; 0 without equity."""
        equity = self.position.equity(self.markets.spot_price)
        notional = Fraction(self.position.spot) * Fraction(self.markets.spot_price)
        return Decimal(round(100 * notional / equity)) / 100 if equity else Decimal(0)


class BasisReader:
    """Reads an account that does nothing but this trade, in one underlying."""

    def __init__(self, client: Client, account: int, base: str) -> None:
        """Take the exchange, the account, and the symbol of the underlying."""
        self._client = client
        self._account = account
        self.spot = client.market_units(base)
        self.perp = client.market_units(f"{base}-PERP")
        self._terms = terms_of(self.spot), terms_of(self.perp)

    def read(self) -> BasisView:
        """Read what a decision is made from, all of one block.

        Raises:
            NotReadyError: a price is missing, old, or waits.
        """
        seen = Snapshot(self._client)
        prices = seen.price(self.spot), seen.price(self.perp)
        rates = Rates(
            funding_8h=_funding(seen.perp(self.perp), seen.now),
            borrow_quote=seen.borrow_rate(0),
            borrow_base=seen.borrow_rate(self.spot.base.asset_id),
        )
        return BasisView(BasisMarkets(*self._terms, *prices), rates, self._position(seen), seen.now)

    def _position(self, seen: Snapshot) -> BasisPosition:
        held = seen.position(self._account, self.perp)
        return BasisPosition(
            cash=seen.balance(self._account, 0),
            spot=seen.balance(self._account, self.spot.base.asset_id),
            perp_lots=held.size_lots if held else 0,
            perp_pnl=self.perp.from_quote_atoms(held.profit_atoms if held else 0),
        )


class BasisJob:
    """Runs a basis position, a decision a round.

    It remembers since when the carry has been too low, and nothing else; who starts it anew begins
    that while anew.
    """

    name = "basis"

    def __init__(self, client: Client, account: int, base: str, config: BasisConfig) -> None:
        """Take the exchange, the account, the underlying, and how the position is run."""
        self._reader = BasisReader(client, account, base)
        self._executor = ClientExecutor(client, account)
        self._config = config
        self._watch = CarryWatch()

    def look(self) -> Round:
        """Decide once."""
        try:
            seen = self._reader.read()
        except NotReadyError as error:
            return Round(notes=(f"hold: {error}",))
        position = seen.position
        decision = decide(self._config, seen.markets, seen.rates, position, self._watch, seen.now)
        self._watch = decision.watch
        return Round(self._executor.actions(decision.batch), notes=(_said(decision, seen),))


def _funding(perp: Perp, now: int) -> Decimal:
    """Return the funding rate now: none once the newest sample is too old."""
    return Decimal(perp.rate).scaleb(-_RATE_DECIMALS) if now <= perp.rate_until else Decimal(0)


def _said(decision: Decision, seen: BasisView) -> str:
    position, perp = seen.position, seen.markets.perp
    told = {
        "cash": position.cash,
        "spot": position.spot,
        "perp": position.perp_lots * perp.lot_size,
        "unsettled": position.perp_pnl,
        "leverage": seen.leverage,
    }
    said = ", ".join(f"{name} {value.normalize():f}" for name, value in told.items())
    return f"{decision.action.value}: {said}"
