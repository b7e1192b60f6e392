"""What is deployed on a network: the files deployments/params/<network>.yaml, validated."""

from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from worldmarkets.artifacts import project_root
from worldmarkets.errors import WorldMarketsError
from worldmarkets.model.words import MAX_TICK

MIN_ATOMS_PER_LOT = 1_000
MAX_ASSETS = 44
MAX_BAND_BPS = 4_095

QUOTE_DECIMALS = 6
"""Decimals of the quote asset's ledger: PriceBand counts on atoms of a millionth of a dollar."""

MAX_TIMELOCK_DELAY = 30 * 86_400
"""The longest delay: beyond it no mistake could be put right in time [seconds]."""

EXPECTED_TICKS = (1_000, MAX_TICK // 10)
"""Where the expected price is to be: steps of at most 10 basis points, and room to rise tenfold."""

NATIVE_DECIMALS = 18
"""Decimals of a wrapped native token: a unit of it is a wei."""

MIN_ATOM_DOLLARS = Decimal("1e-8")
MAX_ATOM_DOLLARS = Decimal("1e-2")

Address = Annotated[str, Field(pattern=r"^0x[0-9a-fA-F]{40}$")]


class ParameterError(WorldMarketsError):
    """A parameter file is missing or does not hold what it must."""


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class FaucetParameters(_Model):
    """A worthless token to deploy, from which anyone may draw."""

    name: str = Field(min_length=1)


class AssetParameters(_Model):
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

    @field_validator("expected_dollars", "starting_price", mode="before")
    @classmethod
    def _from_text(cls, value: Any) -> Any:
        return _decimal(value)

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
        return self

    @property
    def decimals(self) -> int:
        """Decimals of the ledger: a whole token is 10^decimals atoms."""
        return self.token_decimals - (len(str(self.units_per_atom)) - 1)


class MarketParameters(_Model):
    """The spot market of an asset; units as in IExchange.SpotTerms."""

    base: str
    tick_value: int = Field(gt=0, lt=2**32)
    atoms_per_lot: int = Field(ge=MIN_ATOMS_PER_LOT, lt=2**64)
    min_lots: int = Field(gt=0, lt=2**24)
    taker_ppm: int = Field(ge=0, lt=2**15)
    maker_ppm: int = Field(ge=-(2**15), lt=2**15)
    band_bps: int = Field(gt=0, le=MAX_BAND_BPS)

    @model_validator(mode="after")
    def _check(self) -> "MarketParameters":
        if self.maker_ppm + self.taker_ppm < 0:
            raise ValueError("the rebate of the maker exceeds the fee of the taker")
        return self


class RoleParameters(_Model):
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
        return tuple(value) if isinstance(value, list) else value


class Parameters(_Model):
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
    roles: RoleParameters = RoleParameters()
    assets: tuple[AssetParameters, ...] = Field(min_length=1, max_length=MAX_ASSETS)
    """In the order of their ids; the first is the quote asset."""
    markets: tuple[MarketParameters, ...] = ()

    @field_validator("assets", "markets", mode="before")
    @classmethod
    def _from_list(cls, value: Any) -> Any:
        return tuple(value) if isinstance(value, list) else value

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
        for base in bases:
            if base not in symbols[1:]:
                raise ValueError(f"market of {base}, which is no asset besides the quote asset")
        for market in self.markets:
            lowest, highest = EXPECTED_TICKS
            if not lowest <= self._expected_tick(market) <= highest:
                raise ValueError(
                    f"the price of {market.base} is expected at tick {self._expected_tick(market)}"
                )
        return self

    def _expected_tick(self, market: MarketParameters) -> int:
        asset = self.assets[self.asset_id(market.base)]
        lot_dollars = asset.expected_dollars * market.atoms_per_lot / 10**asset.decimals
        return int(lot_dollars * 10**QUOTE_DECIMALS / market.tick_value)

    def asset_id(self, symbol: str) -> int:
        """Return the id of an asset."""
        return [asset.symbol for asset in self.assets].index(symbol)


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


def _decimal(value: Any) -> Any:
    """Take decimals as text or whole numbers: a float of YAML may not be what was written."""
    if isinstance(value, float):
        raise ValueError("write the number in quotes")
    return Decimal(value) if isinstance(value, str | int) else value
