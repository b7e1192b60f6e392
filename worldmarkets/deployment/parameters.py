"""What is deployed on a network: the files deployments/params/<network>.yaml, validated."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml
from pydantic import Field, ValidationError, field_validator, model_validator

from worldmarkets.artifacts import project_root
from worldmarkets.deployment.terms import (
    Address,
    AggregatorParameters,
    FeedKind,
    MarketTerms,
    Model,
    PerpParameters,
    PoolParameters,
    SignerParameters,
    as_decimal,
    as_tuple,
)
from worldmarkets.errors import WorldMarketsError
from worldmarkets.model.words import MAX_TICK

MAX_ASSETS = 44

QUOTE_DECIMALS = 6
"""Decimals of the quote asset's ledger: PriceBand counts on atoms of a millionth of a dollar."""

MAX_TIMELOCK_DELAY = 30 * 86_400
"""The longest delay: beyond it no mistake could be put right in time [seconds]."""

MAX_LISTING_RAMP = 90 * 86_400
"""The longest a new asset may take until it supports debt [seconds]."""

EXPECTED_TICKS = (1_000, MAX_TICK // 10)
"""Where the expected price is to be: steps of at most 10 basis points, and room to rise tenfold."""

NATIVE_DECIMALS = 18
"""Decimals of a wrapped native token: a unit of it is a wei."""

MIN_ATOM_DOLLARS = Decimal("1e-8")
MAX_ATOM_DOLLARS = Decimal("1e-2")


class ParameterError(WorldMarketsError):
    """A parameter file is missing or does not hold what it must."""


class FaucetParameters(Model):
    """A worthless token to deploy, from which anyone may draw."""

    name: str = Field(min_length=1)


class AssetParameters(Model):
    """One asset.

    Exactly one of `token` and `faucet` is given; of the wrapped native token neither where it is to
    be deployed.
    """

    symbol: str = Field(pattern=r"^[A-Za-z0-9.]{1,12}$")
    token_decimals: int = Field(ge=0, le=30)
    """Decimals of the token."""
    units_per_atom: int = Field(gt=0, lt=2**64)
    """Token units in an atom of the ledger; a power of ten."""
    expected_dollars: Decimal = Field(gt=0)
    """Rough price of a whole token, against which the choice of units is checked [dollars]."""
    token: Address | None = None
    faucet: FaucetParameters | None = None
    wrapped_native: bool = False
    """Whether it is the chain's wrapped native token."""
    starting_price: Decimal | None = Field(default=None, gt=0)
    """Reference price posted by the deployment if there is none yet [dollars a whole token]."""
    feed: FeedKind | None = None
    """Who makes its price; None for the role that posts prices, and for no feed at all where the
    asset is the quote asset."""
    aggregator: AggregatorParameters | None = None
    """Where its price is read from, if that is an aggregator."""
    risk: str | None = Field(default=None, pattern=r"^[A-Za-z0-9.]{1,12}$")
    """What the risk set calls it; None for an asset that supports no debt."""
    pool: PoolParameters | None = None
    """Terms of its lending pool; None where there is to be none."""
    perp: PerpParameters | None = None
    """Terms of its perp; None where there is to be none."""

    @field_validator("expected_dollars", "starting_price", mode="before")
    @classmethod
    def _from_text(cls, value: Any) -> Any:
        return as_decimal(value)

    @field_validator("feed", mode="before")
    @classmethod
    def _from_name(cls, value: Any) -> Any:
        return FeedKind(value) if isinstance(value, str) else value

    @model_validator(mode="after")
    def _check(self) -> "AssetParameters":
        if self.wrapped_native and (self.faucet or self.token_decimals != NATIVE_DECIMALS):
            raise ValueError(f"a wrapped native token has {NATIVE_DECIMALS} decimals and no faucet")
        if not self.wrapped_native and (self.token is None) == (self.faucet is None):
            raise ValueError("give either token or faucet")
        if self.units_per_atom != 10 ** (len(str(self.units_per_atom)) - 1):
            raise ValueError("units_per_atom is no power of ten")
        if self.decimals < 0:
            raise ValueError("an atom is more than a whole token")
        atom_dollars = self.expected_dollars.scaleb(-self.decimals)
        if not MIN_ATOM_DOLLARS <= atom_dollars <= MAX_ATOM_DOLLARS:
            raise ValueError(f"an atom is worth {atom_dollars:g} dollars")
        if (self.feed is FeedKind.AGGREGATOR) != (self.aggregator is not None):
            raise ValueError("an aggregator is given with the feed of that kind, and with no other")
        if self.starting_price is not None and self.feed not in (None, FeedKind.POSTED):
            raise ValueError("only where prices are posted there is one to start with")
        if self.pool is not None:
            self.pool.cap_atoms(self.decimals)
        if self.perp is not None:
            self.check_tick(self.perp)
        return self

    def check_tick(self, terms: MarketTerms) -> None:
        """Check that the expected price is at a tick of a market where prices have room.

        Raises:
            ValueError: it is not.
        """
        lot_dollars = self.expected_dollars * terms.atoms_per_lot / 10**self.decimals
        tick = int(lot_dollars * 10**QUOTE_DECIMALS / terms.tick_value)
        lowest, highest = EXPECTED_TICKS
        if not lowest <= tick <= highest:
            raise ValueError(f"the price of {self.symbol} is expected at tick {tick}")

    @property
    def decimals(self) -> int:
        """Decimals of the ledger: a whole token is 10^decimals atoms."""
        return self.token_decimals - (len(str(self.units_per_atom)) - 1)


class MarketParameters(MarketTerms):
    """The spot market of an asset."""

    base: str


class RoleParameters(Model):
    """Who may do what.

    Where the deployment hands over, each has to be named and the deployer is none of them;
    elsewhere the deployer has every role besides those named here.
    """

    proposers: tuple[Address, ...] = ()
    """May propose to the timelock, and cancel proposals."""
    guardians: tuple[Address, ...] = ()
    """May pause markets and resume them."""
    price: tuple[Address, ...] = ()
    """May post reference prices."""

    @field_validator("proposers", "guardians", "price", mode="before")
    @classmethod
    def _from_list(cls, value: Any) -> Any:
        return as_tuple(value)


class Parameters(Model):
    """All that a deployment is made from."""

    network: str = Field(pattern=r"^[a-z0-9-]+$")
    chain_id: int = Field(gt=0)
    insurance_ppm: int = Field(ge=0, le=1_000_000)
    """Share of fees for the insurance fund [ppm]."""
    gas_per_byte: int = Field(default=0, ge=0)
    """What the chain charges for a deployed byte beyond the usual 200 [gas]."""
    treasury: Address | None = None
    """Owner of the treasury account; None for the deployer."""
    timelock_delay: int = Field(ge=0, le=MAX_TIMELOCK_DELAY)
    """Shortest time from a proposal to its execution [seconds]."""
    handover: bool
    """Whether the deployer gives up every role at the end, so that only the timelock can list, set
    limits and give roles."""
    listing_ramp_seconds: int = Field(ge=0, le=MAX_LISTING_RAMP)
    """How long a new asset takes until it may support debt [seconds]."""
    risk_set: str = Field(pattern=r"^[a-z0-9-]+$")
    """Name of the risk parameters: deployments/risk/<risk_set>.yaml."""
    signers: SignerParameters | None = None
    """Whose signed reports make prices; None where no asset has its price from them."""
    roles: RoleParameters = RoleParameters()
    assets: tuple[AssetParameters, ...] = Field(min_length=1, max_length=MAX_ASSETS)
    """In the order of their ids; the first is the quote asset."""
    markets: tuple[MarketParameters, ...] = ()

    @field_validator("assets", "markets", mode="before")
    @classmethod
    def _from_list(cls, value: Any) -> Any:
        return as_tuple(value)

    @model_validator(mode="after")
    def _check(self) -> "Parameters":
        symbols = [asset.symbol for asset in self.assets]
        bases = [market.base for market in self.markets]
        if len(set(symbols)) != len(symbols) or len(set(bases)) != len(bases):
            raise ValueError("a symbol or a market is given twice")
        if sum(asset.wrapped_native for asset in self.assets) > 1:
            raise ValueError("there is one wrapped native token")
        if self.assets[0].decimals != QUOTE_DECIMALS:
            raise ValueError(f"the ledger of the quote asset has {QUOTE_DECIMALS} decimals")
        if self.assets[0].risk is not None:
            raise ValueError("the quote asset has no risk: it is a dollar by decree")
        if self.assets[0].perp is not None:
            raise ValueError("the quote asset has no perp: it is a dollar by decree")
        if self.signers is None and any(one.feed is FeedKind.SIGNED for one in self.assets):
            raise ValueError("an asset has its price from signers, and there are none")
        for base in bases:
            if base not in symbols[1:]:
                raise ValueError(f"market of {base}, which is no asset besides the quote asset")
        for market in self.markets:
            self.assets[self.asset_id(market.base)].check_tick(market)
        return self

    def asset_id(self, symbol: str) -> int:
        """Return the id of an asset."""
        return [asset.symbol for asset in self.assets].index(symbol)

    def feed_of(self, asset_id: int) -> FeedKind | None:
        """Return who makes the price of an asset; None for the quote asset without a feed."""
        return self.assets[asset_id].feed or (FeedKind.POSTED if asset_id else None)


def parameters_path(network: str, root: Path | None = None) -> Path:
    """Return the path of the parameters of a network."""
    return (root or project_root()) / "deployments" / "params" / f"{network}.yaml"


def load_parameters(network: str, root: Path | None = None) -> Parameters:
    """Read the parameters of a network.

    Raises:
        ParameterError: the file is missing or wrong.
    """
    path = parameters_path(network, root)
    try:
        fields = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ParameterError(f"there are no parameters of {network}: {path} is missing") from None
    except yaml.YAMLError as error:
        raise ParameterError(f"{path.name}: {error}") from error
    parameters = parse_parameters(fields, path.name)
    if parameters.network != network:
        raise ParameterError(f"{path.name} is of network {parameters.network}")
    return parameters


def parse_parameters(fields: Any, source: str = "parameters") -> Parameters:
    """Check the fields of a parameter file.

    Raises:
        ParameterError: they are wrong; the text names the first wrong field.
    """
    try:
        return Parameters.model_validate(fields)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the whole"
        raise ParameterError(f"{source}: {place}: {first['msg']}") from error
