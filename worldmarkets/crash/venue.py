"""The exchange of a replay: its markets, its owners, and every action on it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from worldmarkets.crash.quick import QuickState
from worldmarkets.demo.pools import with_pools
from worldmarkets.deployment.lists import assets_of, markets_of
from worldmarkets.deployment.manifest import Asset, Market
from worldmarkets.deployment.parameters import Parameters
from worldmarkets.deployment.perps import wanted_terms
from worldmarkets.deployment.risk import risk_terms
from worldmarkets.model import Exchange, SpotTerms, slots
from worldmarkets.model.errors import ContractError
from worldmarkets.model.events import Event
from worldmarkets.model.outside import UNLIMITED, PostedPriceFeed, Token
from worldmarkets.model.slots import Region
from worldmarkets.staging import QUOTE_DECIMALS, Venue, candle_parameters, posted_price

ATOM_PRICE_UNITS = 10**12
"""1e-18 dollars in a quote atom."""
OPEN_INTEREST_CAP_LOTS = 2**38
POSITION_CAP_LOTS = 15 * 2**31
"""Caps of the perps of a replay, as high as can be: no part of what is looked at."""
_BAND_BPS = 500
_OF_ACCOUNT = {
    Region.ACCOUNT: 0,
    Region.LEDGER: 8,
    Region.POSITION: 8,
    Region.PROTECTION: 0,
    Region.LINES: 0,
    Region.LINE: 32,
}
"""Regions of an account's words that its health depends on, and how far its id is shifted."""


@dataclass(frozen=True)
class Owners:
    """Addresses of those who act; whoever trades with another must not be the same."""

    operator: int = 0xA1
    """Lists, posts prices, and brings the funds in."""
    holders: int = 0xA2
    makers: int = 0xA3
    liquidators: int = 0xA4
    lenders: int = 0xA5
    """Who offers standby lines."""
    keeper: int = 0xA6


@dataclass(frozen=True)
class Underlying:
    """An asset and its two markets."""

    asset_id: int
    symbol: str
    spot: Venue
    perp: Venue

    def lot_atoms(self, price: int) -> int:
        """Return what a lot is worth at a price [quote atoms], rounded down.

        Args:
            price: Price of a whole token [1e-18 dollars].
        """
        whole: int = 10**self.spot.base_decimals * ATOM_PRICE_UNITS
        return price * self.spot.atoms_per_lot // whole

    def tick(self, price: int) -> int:
        """Return the tick at or below a price of a whole token [1e-18 dollars], at least 1."""
        whole: int = 10**self.spot.base_decimals * ATOM_PRICE_UNITS * self.spot.tick_value
        return max(1, price * self.spot.atoms_per_lot // whole)


@dataclass(frozen=True)
class Call:
    """An action that succeeded: when [seconds], which entry point, with what.

    Its first argument is the caller, where the entry point has one.
    """

    time: int
    method: str
    arguments: tuple[Any, ...]


Watcher = Callable[[Call, Sequence[Event]], None]
"""Told of every action that succeeded, and of what it emitted."""


@dataclass
class Desk:
    """An exchange, with what every action on it has changed and emitted, and a script of them."""

    exchange: Exchange
    state: QuickState
    """That of the exchange."""
    assets: tuple[Asset, ...]
    underlyings: tuple[Underlying, ...]
    owners: Owners
    watchers: list[Watcher] = field(default_factory=list)
    script: list[Call] | None = None
    """All actions that succeeded, in order; None where nobody asks for it."""
    changed: set[int] = field(default_factory=set)
    """Accounts whose words have been written since somebody last cleared it."""
    refused: dict[str, int] = field(default_factory=dict)
    """How often `attempt` was refused, by the name of the error."""

    @property
    def time(self) -> int:
        """Time of the next action [seconds]."""
        return self.exchange.time

    @time.setter
    def time(self, seconds: int) -> None:
        self.exchange.time = seconds

    def act(self, method: str, *arguments: Any) -> Any:
        """Call an entry point and return what it returns.

        Raises:
            ContractError: it was refused.
        """
        self.state.mark()
        result = getattr(self.exchange, method)(*arguments)
        self._note(Call(self.time, method, arguments), self.exchange.events)
        for slot in self.state.written:
            region, key = slot >> 64, slot & (1 << 64) - 1
            if region in _OF_ACCOUNT:
                self.changed.add(key >> _OF_ACCOUNT[Region(region)])
        return result

    def attempt(self, method: str, *arguments: Any) -> tuple[bool, Any]:
        """Call an entry point that may be refused; return whether it was not, and its result."""
        try:
            return True, self.act(method, *arguments)
        except ContractError as error:
            self.refused[error.name] = self.refused.get(error.name, 0) + 1
            return False, None

    def post(self, prices: Sequence[int]) -> None:
        """Post prices of the underlyings [1e-18 dollars a whole token], and bring marks along."""
        asset_ids = [known.asset_id for known in self.underlyings]
        for asset_id, price in zip(asset_ids, prices, strict=True):
            (feed,) = self.exchange.feeds.values()
            feed.post(asset_id, price, self.time)
        self._note(Call(self.time, "post", (self.owners.operator, asset_ids, list(prices))))
        self.act("poke", asset_ids)
        self.act("poke_markets", [known.perp.market_id for known in self.underlyings])

    def fund(self, owner: int, account_id: int, asset_id: int, atoms: int) -> None:
        """Make tokens of an asset for an owner and bring them into an account."""
        asset = self.assets[asset_id]
        units = atoms * asset.units_per_atom
        token = self.exchange.tokens[int(asset.token, 16)]
        token.draw(owner, units)
        self._note(Call(self.time, "draw", (owner, asset_id, units)))
        if token.allowance(owner, self.exchange.address) != UNLIMITED:
            token.approve(owner, self.exchange.address, UNLIMITED)
            self._note(Call(self.time, "approve", (owner, asset_id, UNLIMITED)))
        self.act("deposit", owner, account_id, asset_id, units)

    def open_account(self, owner: int, quote_atoms: int) -> int:
        """Make an account with quote atoms and return its id."""
        account_id: int = self.act("create_account", owner)
        if quote_atoms:
            self.fund(owner, account_id, 0, quote_atoms)
        return account_id

    def _note(self, call: Call, events: Sequence[Event] = ()) -> None:
        if self.script is not None:
            self.script.append(call)
        for watcher in self.watchers:
            watcher(call, events)


def crash_parameters(prices: dict[str, Decimal], risk_set: str) -> Parameters:
    """Return what a replay lists: spot, perp and lending pool of every asset, and its risk.

    Args:
        prices: What to value the assets at, by symbol [dollars a whole token].
        risk_set: Name of the set of risk parameters.
    """
    parameters = candle_parameters(prices, _BAND_BPS).model_copy(update={"risk_set": risk_set})
    parameters = with_pools(parameters, *prices)
    caps = {
        "open_interest_cap_lots": OPEN_INTEREST_CAP_LOTS,
        "position_cap_lots": POSITION_CAP_LOTS,
    }
    assets = tuple(
        asset.model_copy(update={"perp": asset.perp.model_copy(update=caps)})
        if asset.perp
        else asset
        for asset in parameters.assets
    )
    return parameters.model_copy(update={"assets": assets})


def underlyings_of(assets: Sequence[Asset], markets: Sequence[Market]) -> tuple[Underlying, ...]:
    """Return the assets besides the quote asset, each with its two markets."""
    found = []
    for asset in assets[1:]:
        of = {bool(one.perp): one for one in markets if one.base_asset_id == asset.asset_id}
        spot, perp = (_venue(asset, of[is_perp]) for is_perp in (False, True))
        found.append(Underlying(asset.asset_id, asset.symbol, spot, perp))
    return tuple(found)


def make_desk(parameters: Parameters, time: int) -> Desk:
    """List everything on a new exchange in memory, as a deployment does."""
    owners = Owners()
    tokens = [f"0x{0xB0 + place:040x}" for place, _ in enumerate(parameters.assets)]
    assets, markets = assets_of(parameters, tokens), markets_of(parameters)
    roles = [owners.operator]
    exchange = Exchange.create(
        0xE0, owners.operator, parameters.insurance_ppm, time=time, listers=roles
    )
    state = exchange.state = QuickState(exchange.state.words)
    feed = PostedPriceFeed(0xFE)
    exchange.feeds = {feed.address: feed}
    for asset in assets:
        address = int(asset.token, 16)
        exchange.tokens[address] = Token(address, asset.token_decimals)
        asked = feed.address if asset.feed else 0
        exchange.list_asset(owners.operator, address, asset.units_per_atom, asked)
    _list_markets(exchange, parameters, markets, owners.operator, feed)
    return Desk(exchange, state, assets, underlyings_of(assets, markets), owners)


def _list_markets(
    exchange: Exchange,
    parameters: Parameters,
    markets: Sequence[Market],
    lister: int,
    feed: PostedPriceFeed,
) -> None:
    priced = {
        asset_id: posted_price(asset.starting_price)
        for asset_id, asset in enumerate(parameters.assets)
        if asset.starting_price is not None
    }
    for asset_id, price in priced.items():
        feed.post(asset_id, price, exchange.time)
    exchange.poke(list(priced))
    for market in markets:
        if market.perp is None:
            exchange.list_spot_market(lister, market.base_asset_id, _spot_terms(market))
    for market in markets:
        if market.perp is not None:
            exchange.list_perp_market(lister, market.base_asset_id, wanted_terms(market))
    for asset in assets_of(parameters, [""] * len(parameters.assets)):
        if asset.pool is not None:
            exchange.set_pool_terms(lister, asset.asset_id, asset.pool)
    terms = risk_terms(parameters)
    exchange.set_market_risk(lister, terms.market)
    for asset_id, of_asset in terms.assets.items():
        exchange.set_asset_risk(lister, asset_id, of_asset)


def _venue(asset: Asset, market: Market) -> Venue:
    sizes = (market.tick_value, market.atoms_per_lot, market.min_lots)
    ids = (market.market_id, market.base_asset_id, asset.decimals)
    return Venue(market.symbol, *ids, *sizes)


def _spot_terms(market: Market) -> SpotTerms:
    sizes = (market.tick_value, market.atoms_per_lot, market.min_lots)
    return SpotTerms(*sizes, market.taker_ppm, market.maker_ppm, market.band_bps)


assert QUOTE_DECIMALS == 6
assert slots.ledger(3, 1) >> 64 == Region.LEDGER
