"""A market on a local node, with funded accounts: where demonstrations and replays take place."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_HALF_EVEN, Decimal

from worldmarkets.client.raw import RawClient
from worldmarkets.deployment import Deployment, Parameters, deploy, load_parameters
from worldmarkets.deployment.manifest import LOCAL_NETWORK
from worldmarkets.deployment.parameters import (
    AssetParameters,
    FaucetParameters,
    MarketParameters,
)
from worldmarkets.marketdata.flow import FlowTerms
from worldmarkets.node import LocalNode
from worldmarkets.node.accounts import dev_accounts
from worldmarkets.rpc import Rpc
from worldmarkets.transactions import KeySigner

QUOTE_DECIMALS = 6
"""A dollar is 10^6 quote atoms, fixed by the contracts' PriceBand."""

PRICE_UNITS_PER_DOLLAR = 10**18
"""Reference prices are posted in 1e-18 dollars a whole token."""

FLOW_BAND_BPS = 4_000
"""Band of a market that replays a flow: wide, as the flow's own venue had none [basis points]."""

_PRICE_UNIT = Decimal("1e-18")
_FEE_PPM = 350
_TOKEN_DECIMALS = 18
_MIN_NOTIONAL_DOLLARS = 10
_LEAST_ATOM_DECIMALS = 4
_UNLIMITED = 2**256 - 1
_KEYS = 32


@dataclass(frozen=True)
class Venue:
    """One market, spot or perp, in the numbers people use.

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
    def tick_dollars(self) -> Decimal:
        """Step of the price of a whole token [dollars], exact."""
        return Decimal(self.tick_value).scaleb(self.base_decimals - QUOTE_DECIMALS) / Decimal(
            self.atoms_per_lot
        )

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

    def lots_worth(self, dollars: Decimal, price: Decimal) -> int:
        """Whole lots that an amount buys at a price, at least the smallest order."""
        atoms = (dollars / price).scaleb(self.base_decimals)
        return max(self.min_lots, int(atoms // self.atoms_per_lot))


@dataclass(frozen=True)
class Account:
    """An account that trades, and what was brought into it [atoms]."""

    name: str
    account_id: int
    client: RawClient
    base_atoms: int
    quote_atoms: int
    other_atoms: tuple[tuple[int, int], ...] = ()
    """Of further assets, by their ids."""


@dataclass(frozen=True)
class Stage:
    """A deployed market on a local node."""

    rpc: Rpc
    deployment: Deployment
    venue: Venue
    operator: RawClient
    """Deployed everything, and holds the price role."""


@contextmanager
def staged(parameters: Parameters, symbol: str, url: str | None = None) -> Iterator[Stage]:
    """Deploy on a local node, on which each block is a second after the one before.

    Args:
        parameters: What to deploy.
        symbol: Base asset of the market to trade in.
        url: A node that is running already and takes the well-known development keys; None starts
            one and stops it at the end.
    """
    if url is None:
        with LocalNode(accounts=_KEYS) as node:
            yield _stage(node.rpc, parameters, symbol)
    else:
        yield _stage(Rpc(url), parameters, symbol)


def _stage(rpc: Rpc, parameters: Parameters, symbol: str) -> Stage:
    # What runs with time until everybody is in place must not depend on how fast this machine is.
    rpc.call("anvil_setBlockTimestampInterval", 1)
    signer = KeySigner(dev_accounts(1)[0].private_key)
    deployment = deploy(rpc, parameters, signer)
    operator = RawClient(rpc, deployment, signer)
    return Stage(rpc, deployment, venue_of(deployment, symbol), operator)


def venue_of(deployment: Deployment, symbol: str) -> Venue:
    """Return a market of a deployment by its symbol, a spot market by that of its base asset."""
    market = deployment.market(symbol)
    asset = deployment.assets[market.base_asset_id]
    return Venue(
        symbol=symbol,
        market_id=market.market_id,
        base_asset_id=market.base_asset_id,
        base_decimals=asset.decimals,
        tick_value=market.tick_value,
        atoms_per_lot=market.atoms_per_lot,
        min_lots=market.min_lots,
    )


def connect(stage: Stage, key: int) -> RawClient:
    """Return a client of one of the node's keys; connect once a key, as it counts its nonces."""
    signer = KeySigner(dev_accounts(_KEYS)[key].private_key)
    return RawClient(stage.rpc, stage.deployment, signer)


def open_account(
    stage: Stage, client: RawClient, name: str, base_atoms: int, quote_atoms: int
) -> Account:
    """Make an account of a client's key and bring in test tokens, or native ones of the key.

    An asset of which nothing is brought in is left out.

    Args:
        stage: Where.
        client: Whose account it is.
        name: What it is called.
        base_atoms: How much of the base asset to bring in [atoms].
        quote_atoms: How much of the quote asset to bring in [atoms].
    """
    account_id = client.create_account()
    for asset_id, atoms in ((0, quote_atoms), (stage.venue.base_asset_id, base_atoms)):
        bring_in(client, account_id, asset_id, atoms)
    return Account(name, account_id, client, base_atoms, quote_atoms)


def bring_in(client: RawClient, account_id: int, asset_id: int, atoms: int) -> None:
    """Bring test tokens, or native ones of the key, into an account; nothing if it is nothing."""
    asset = client.deployment.assets[asset_id]
    units = atoms * asset.units_per_atom
    if not units:
        return
    if asset.is_wrapped_native:
        client.deposit_native(account_id, asset_id, units)
    else:
        client.draw(asset_id, units)
        client.approve(asset_id, _UNLIMITED)
        client.deposit(account_id, asset_id, units)


# ---------------------------------------------------------------------- what to deploy


def local_parameters() -> Parameters:
    """Return what is deployed on local networks."""
    return load_parameters(LOCAL_NETWORK)


def flow_parameters(symbol: str, terms: FlowTerms, price: Decimal) -> Parameters:
    """Return a market with the ticks and lots of an order flow.

    Args:
        symbol: Symbol of its base asset.
        terms: What a tick and a lot of the flow are.
        price: Price to start with [dollars a whole token].
    """
    lot_decimals = -int(terms.units_per_lot.log10())
    tick_value = int((terms.price_per_tick * terms.units_per_lot).scaleb(QUOTE_DECIMALS))
    fields = _market(symbol, price, lot_decimals, tick_value, min_lots=1, band=FLOW_BAND_BPS)
    return _with_markets([fields])


def candle_parameters(prices: Mapping[str, Decimal], band_bps: int = 500) -> Parameters:
    """Return spot markets and perps whose ticks fit prices: between 10,000 and 100,000 ticks.

    A tick of a lot is 1e-5 dollars, so a lot is worth 0.10 to 1 dollar.

    Args:
        prices: What to value assets at, by symbol [dollars a whole token].
        band_bps: How far an order may lose against the reference price [basis points].
    """
    local = local_parameters()
    (terms, *_) = (asset.perp for asset in local.assets if asset.perp)
    markets = []
    for symbol, price in prices.items():
        tick_decimals = 4 - price.adjusted()
        lot_decimals = 5 - tick_decimals
        lot_dollars = price.scaleb(-lot_decimals)
        min_lots = (_MIN_NOTIONAL_DOLLARS / lot_dollars).to_integral_value(rounding=ROUND_CEILING)
        asset, market = _market(symbol, price, lot_decimals, 10, int(min_lots), band_bps)
        same = market.model_dump(exclude={"base"})
        markets.append((asset.model_copy(update={"perp": terms.model_copy(update=same)}), market))
    return _with_markets(markets)


def _with_markets(markets: Sequence[tuple[AssetParameters, MarketParameters]]) -> Parameters:
    """Return the local parameters with the quote asset and these instead of its own."""
    local = local_parameters()
    fields = {
        "assets": (local.assets[0], *(asset for asset, _ in markets)),
        "markets": tuple(market for _, market in markets),
    }
    return local.model_copy(update=fields)


def _market(
    symbol: str, price: Decimal, lot_decimals: int, tick_value: int, min_lots: int, band: int
) -> tuple[AssetParameters, MarketParameters]:
    """Return an asset and its spot market.

    A lot has so many decimals of a token; an atom is worth about 1e-6 dollars.
    """
    atom_decimals = max(_LEAST_ATOM_DECIMALS, price.scaleb(-lot_decimals).adjusted() + 6)
    decimals = lot_decimals + atom_decimals
    base = AssetParameters(
        symbol=symbol,
        token_decimals=_TOKEN_DECIMALS,
        units_per_atom=10 ** (_TOKEN_DECIMALS - decimals),
        expected_dollars=price,
        faucet=FaucetParameters(name=f"Test {symbol}"),
        starting_price=price,
    )
    market = MarketParameters(
        base=symbol,
        tick_value=tick_value,
        atoms_per_lot=10**atom_decimals,
        min_lots=min_lots,
        taker_ppm=_FEE_PPM,
        maker_ppm=0,
        band_bps=band,
    )
    return base, market


def as_posted(price: Decimal) -> Decimal:
    """Return a price as the exchange will know it: in whole 1e-18 dollars a token."""
    return price.quantize(_PRICE_UNIT)


def posted_price(price: Decimal) -> int:
    """Return a price as it is posted [1e-18 dollars a whole token], rounded to the nearest."""
    return int((price * PRICE_UNITS_PER_DOLLAR).to_integral_value(rounding=ROUND_HALF_EVEN))
