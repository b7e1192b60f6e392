"""What was deployed where: the files deployments/<network>.json."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeAlias

from worldmarkets.artifacts import project_root
from worldmarkets.errors import WorldMarketsError
from worldmarkets.model.interface import PoolTerms

FORMAT = 4
"""Version of the file's format."""

LOCAL_NETWORK = "local"

Argument: TypeAlias = "str | int | tuple[Argument, ...]"
"""A constructor argument; a struct or an array is a tuple."""


class DeploymentFileError(WorldMarketsError):
    """A deployment file is missing or can not be read."""


@dataclass(frozen=True)
class Contract:
    """A deployed contract.

    `block` is None while its transaction is on its way. `bytecode_hash` is that of its artifact,
    `commit` that of the sources ("unknown" outside of a repository).
    """

    name: str
    address: str
    transaction: str
    block: int | None
    constructor_arguments: tuple[Argument, ...]
    bytecode_hash: str
    commit: str


@dataclass(frozen=True)
class Asset:
    """A listed asset. A whole token is 10^decimals atoms of `units_per_atom` token units each.

    `feed` is the contract that its price comes from, by its name in `contracts`; empty for none.
    `risk` is what the risk set calls it, None where it supports no debt; `pool` are the terms of
    its lending pool, None where there is none.
    """

    asset_id: int
    symbol: str
    token: str
    token_decimals: int
    units_per_atom: int
    decimals: int
    has_faucet: bool
    is_wrapped_native: bool = False
    feed: str = ""
    risk: str | None = None
    pool: PoolTerms | None = None


@dataclass(frozen=True)
class Perp:
    """What a perp has besides what every market has; units as in IExchange.PerpTerms."""

    open_interest_cap_lots: int
    position_cap_lots: int
    impact_notional: int
    mark_band_bps: int
    funding_cap: int
    interest: int
    clamp: int


@dataclass(frozen=True)
class Market:
    """A listed market; units as in IExchange.SpotTerms and PerpTerms. `perp` is None of a spot one.

    Its symbol is BASE/QUOTE, that of a perp BASE-PERP.
    """

    market_id: int
    symbol: str
    base_asset_id: int
    tick_value: int
    atoms_per_lot: int
    min_lots: int
    taker_ppm: int
    maker_ppm: int
    band_bps: int
    perp: Perp | None = None


@dataclass(frozen=True)
class Roles:
    """Who holds which role, as addresses in order.

    `admin` to `guardian` are roles of the authority: who gives and takes roles, lists and sets
    limits, posts prices, pauses. The others are roles of the timelock: who administers it (itself),
    who may propose, cancel and execute (the zero address stands for anyone), after at least
    `delay_seconds`.
    """

    admin: tuple[str, ...]
    listing: tuple[str, ...]
    price: tuple[str, ...]
    guardian: tuple[str, ...]
    timelock_admin: tuple[str, ...]
    proposer: tuple[str, ...]
    canceller: tuple[str, ...]
    executor: tuple[str, ...]
    delay_seconds: int


@dataclass(frozen=True)
class Deployment:
    """An exchange on a chain.

    `first_block` is where its logs begin; `risk_set` names the risk parameters of its assets;
    `roles` is None until the deployment is finished.
    """

    network: str
    chain_id: int
    genesis_hash: str
    deployer: str
    contracts: dict[str, Contract]
    assets: tuple[Asset, ...]
    markets: tuple[Market, ...]
    risk_set: str
    roles: Roles | None = None

    def address(self, name: str) -> str:
        """Return the address of a contract, by its name in `contracts`."""
        return self.contracts[name].address

    @property
    def exchange(self) -> str:
        """Address of the exchange."""
        return self.address("Exchange")

    @property
    def price_feed(self) -> str:
        """Address of the feed of posted prices."""
        return self.address("PostedPriceFeed")

    @property
    def authority(self) -> str:
        """Address of the authority over roles."""
        return self.address("Authority")

    @property
    def lens(self) -> str:
        """Address of the contract for reading everything."""
        return self.address("Lens")

    @property
    def perp_lens(self) -> str:
        """Address of the contract for reading perps."""
        return self.address("PerpLens")

    @property
    def liquidation_lens(self) -> str:
        """Address of the contract for reading accounts in trouble."""
        return self.address("LiquidationLens")

    @property
    def backstop(self) -> str:
        """Address of the backstop tranche."""
        return self.address("BackstopVault")

    @property
    def timelock(self) -> str:
        """Address of the timelock, which administers the authority."""
        return self.address("Timelock")

    @property
    def first_block(self) -> int:
        """Block of the exchange's creation, where its logs begin."""
        return self.contracts["Exchange"].block or 0

    def asset(self, symbol: str) -> Asset:
        """Return an asset by its symbol.

        Raises:
            KeyError: there is none.
        """
        return {asset.symbol: asset for asset in self.assets}[symbol]

    def market(self, symbol: str) -> Market:
        """Return a market by its symbol, or a spot market by that of its base asset.

        Raises:
            KeyError: there is none.
        """
        by_symbol = {market.symbol: market for market in self.markets}
        return by_symbol.get(symbol) or by_symbol[f"{symbol}/{self.assets[0].symbol}"]


def manifest_path(network: str, root: Path | None = None) -> Path:
    """Return where the deployment of a network is recorded; the local one is not committed."""
    root = root or project_root()
    folder = root / "build" / "deployments" if network == LOCAL_NETWORK else root / "deployments"
    return folder / f"{network}.json"


def abi_path(root: Path | None = None) -> Path:
    """Return where the ABI of the exchange is written for wallets and other tools."""
    return (root or project_root()) / "build" / "abi" / "Exchange.json"


def load_deployment(path: Path) -> Deployment:
    """Read a finished or interrupted deployment.

    Raises:
        DeploymentFileError: the file is missing or can not be read.
    """
    try:
        fields = json.loads(path.read_text(encoding="utf-8"))
        return _parse(fields)
    except FileNotFoundError:
        raise DeploymentFileError(f"nothing is deployed there: {path} is missing") from None
    except (ValueError, KeyError, TypeError) as error:
        raise DeploymentFileError(f"{path} is no deployment file: {error!r}") from error


def save_deployment(deployment: Deployment, path: Path) -> None:
    """Write a deployment, in whole or not at all."""
    write_json(path, {"format": FORMAT, **asdict(deployment)})


def write_json(path: Path, content: Any) -> None:
    """Write a file in whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    draft.replace(path)


def _parse(fields: dict[str, Any]) -> Deployment:
    if fields.pop("format") != FORMAT:
        raise ValueError("unknown format")
    contracts = {
        name: Contract(**{key: _deep_tuple(one) for key, one in entry.items()})
        for name, entry in fields.pop("contracts").items()
    }
    assets = tuple(_parse_asset(entry) for entry in fields.pop("assets"))
    markets = tuple(_parse_market(entry) for entry in fields.pop("markets"))
    held = fields.pop("roles")
    roles = held and Roles(**{name: _deep_tuple(holders) for name, holders in held.items()})
    return Deployment(**fields, contracts=contracts, assets=assets, markets=markets, roles=roles)


def _parse_asset(entry: dict[str, Any]) -> Asset:
    terms = entry.pop("pool")
    return Asset(**entry, pool=terms and PoolTerms(**terms))


def _parse_market(entry: dict[str, Any]) -> Market:
    perp = entry.pop("perp")
    return Market(**entry, perp=perp and Perp(**perp))


def _deep_tuple(content: Any) -> Any:
    """Return lists, and lists within them, as tuples."""
    return tuple(map(_deep_tuple, content)) if isinstance(content, list) else content
