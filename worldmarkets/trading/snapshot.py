"""What strategies see: balances, positions, prices and rates, all of one block."""

from decimal import Decimal
from functools import partial

from worldmarkets.client import Client
from worldmarkets.client.lens import Lens
from worldmarkets.client.lens_views import Level, Order
from worldmarkets.client.perplens import PerpLens
from worldmarkets.client.perplens_views import Perp, Position
from worldmarkets.client.units import MarketUnits
from worldmarkets.keepers.chain import chain_time
from worldmarkets.model.interface import Side
from worldmarkets.strategies import MarketTerms, StrategyError

MAX_PRICE_AGE = 60
"""Age beyond which a price adds no risk [seconds]. Source: RiskCheck."""

NO_POOL_RATE = Decimal(1_000_000)
"""Interest of what can not be borrowed: more than anything earns [part of the debt a year]."""

_MARK_BITS = 24


class NotReadyError(StrategyError):
    """A strategy can not decide now: a price is missing, old, or waits for its confirmation."""


def terms_of(units: MarketUnits) -> MarketTerms:
    """Return what a strategy must know of a market."""
    market = units.market
    return MarketTerms(
        market.market_id, units.lot_size, units.tick_size, market.min_lots, market.taker_ppm
    )


class Snapshot:
    """An exchange in the newest block there is when it is made; `now` is the time after it."""

    def __init__(self, client: Client) -> None:
        """Take the newest block."""
        self._client = client
        block = client.raw.rpc.call("eth_blockNumber")
        call = partial(client.raw.call, block=block)
        self.lens = Lens(call, client.deployment.lens)
        self.perp_lens = PerpLens(call, client.deployment.perp_lens)
        self.now = chain_time(client.raw.rpc)

    def index(self, symbol: str) -> Decimal:
        """Return the reference price of an asset [dollars a token].

        Raises:
            NotReadyError: risk can not be added at it.
        """
        units = self._client.asset_units(symbol)
        (risk,) = self.lens.risks(units.asset.asset_id, 1).items
        if not risk.price:
            raise NotReadyError(f"{symbol} has no price yet")
        if risk.is_unconfirmed:
            raise NotReadyError(f"the price of {symbol} waits for its confirmation")
        if self.now - risk.price_time > MAX_PRICE_AGE:
            raise NotReadyError(f"the price of {symbol} is {self.now - risk.price_time} s old")
        return units.dollars(risk.price)

    def perp(self, units: MarketUnits) -> Perp:
        """Return a perp, funding up to the block."""
        (found,) = self.perp_lens.perps(units.market.market_id, 1).items
        return found

    def price(self, units: MarketUnits) -> Decimal:
        """Return what positions in a market are valued at: index or mark [dollars a token].

        Not the middle of its book: whoever quotes there should not move decisions.

        Raises:
            NotReadyError: the index is none to add risk at.
        """
        index = self.index(units.base.symbol)
        if units.market.perp is None:
            return index
        return units.from_fraction(self.perp(units).mark, _MARK_BITS)

    def balance(self, account: int, asset_id: int) -> Decimal:
        """Return what an account has of an asset, with interest; a debt is negative [tokens]."""
        for holding in self.lens.account(account).holdings:
            if holding.asset_id == asset_id:
                return self._client.asset_units(asset_id).from_atoms(holding.balance_atoms)
        return Decimal(0)

    def position(self, account: int, units: MarketUnits) -> Position | None:
        """Return what an account has of a perp, None if it does not use it."""
        wanted = units.market.market_id
        found = self.perp_lens.positions(account)
        return next((each for each in found if each.market_id == wanted), None)

    def size(self, account: int, units: MarketUnits) -> Decimal:
        """Return what an account holds in a market, spot or perp [tokens]."""
        if units.market.perp is None:
            return self.balance(account, units.base.asset_id)
        position = self.position(account, units)
        return units.from_lots(position.size_lots) if position else Decimal(0)

    def borrow_rate(self, asset_id: int) -> Decimal:
        """Return the interest on a debt [part of the debt a year]; without a pool a deterrent."""
        for pool in self.lens.pools(asset_id, 1).items:
            if pool.asset_id == asset_id:
                return Decimal(pool.borrow_rate).scaleb(-18)
        return NO_POOL_RATE

    def levels(self, units: MarketUnits, side: Side, limit: int) -> tuple[Level, ...]:
        """Return the best levels of a side, best first."""
        return self.lens.depth(units.market.market_id, side, 0, limit).items

    def orders(self, ids: tuple[int, ...]) -> tuple[Order, ...]:
        """Return orders by their ids."""
        return self.lens.orders(ids) if ids else ()
