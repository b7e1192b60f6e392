"""The contracts of a deployment, and which of them is which part of the exchange."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from worldmarkets.deployment.code import AS_FOUND
from worldmarkets.deployment.contracts import Plan
from worldmarkets.deployment.manifest import Argument
from worldmarkets.deployment.parameters import AssetParameters

AUTHORITY = "Authority"
WRAPPED_NATIVE = "WrappedNative"
RAMP_SECONDS = "ramp seconds"
"""What constructors take besides other parts."""


@dataclass(frozen=True)
class Part:
    """A contract that the exchange is made of.

    `view` is the view of the exchange that tells its address, `takes` what its constructor takes:
    parts before it by their names, or one of the above, with `packs` as fields of one struct.
    `immutables` as in `runtime_code`.
    """

    view: str
    name: str
    takes: tuple[str, ...] = ()
    immutables: tuple[int, ...] = ()
    packs: bool = False

    def plan(self, known: Mapping[str, Argument]) -> Plan:
        """Return what to deploy, given what its constructor may take."""
        taken = tuple(known[one] for one in self.takes)
        return Plan(self.name, self.name, (taken,) if self.packs else taken, self.immutables)


LENSES = ("Lens", "PerpLens", "LiquidationLens")
"""Contracts that only read an exchange."""

OWN_ADDRESS = -1
"""Index of an immutable that is the address of the contract itself."""

_BEHIND = (
    Part("listingModule", "ListingModule", (AUTHORITY,)),
    Part("guardModule", "GuardModule", (AUTHORITY,)),
    Part("riskParameterModule", "RiskParameterModule", (AUTHORITY, RAMP_SECONDS), (1,)),
    Part("perpListingModule", "PerpListingModule", (AUTHORITY,)),
    Part("liquidationModule", "LiquidationModule", ("RiskEngine",), (0,)),
    Part("protectionModule", "ProtectionModule", ("RiskEngine", AUTHORITY), (0,)),
    Part("planModule", "PlanModule", ("RiskEngine", "OrderModule"), (0, 1)),
)
"""What is behind the extension of the exchange, in the order of its immutables."""

_EXTENSION = Part(
    "extension",
    "ExchangeExtension",
    (
        "ListingModule",
        "GuardModule",
        "RiskParameterModule",
        "PerpListingModule",
        "CancelModule",
        "LiquidationModule",
        "ProtectionModule",
        "PlanModule",
    ),
    (0, 1, 2, 3, 5, 6, 7, 4),
    packs=True,
)

_OWN = (
    Part("riskEngine", "RiskEngine"),
    Part("vaultModule", "VaultModule", ("RiskEngine", WRAPPED_NATIVE), (0, 1)),
    Part("operatorModule", "OperatorModule"),
    Part("lendingModule", "LendingModule"),
    Part("priceModule", "PriceModule"),
    Part("refusalModule", "RefusalModule"),
    Part(
        "orderModule",
        "OrderModule",
        ("RiskEngine", "LendingModule", "RefusalModule"),
        (OWN_ADDRESS, 0, 1, 2),
    ),
    Part("cancelModule", "CancelModule"),
    Part(
        "perpModule",
        "PerpModule",
        ("RiskEngine", "VaultModule", "OrderModule"),
        (0, 1, 2),
    ),
)
"""What the exchange itself calls or delegates to, in the order of Exchange.Parts, where its
extension and the wrapped native token follow."""

MODULES = (*_OWN, *_BEHIND, _EXTENSION)
"""What the exchange is made of; each stands behind those that it takes."""

PARTS = {part.view: part.name for part in MODULES}
"""Contracts by the view of the exchange that tells their address."""

_SHARED = ("riskEngine", "lendingModule", "refusalModule")
"""Views of immutables that the exchange and the module of orders inherit, as declared."""

_FIRST_PART = 1
"""Index of the first part in the exchange's constructor arguments, counted one by one."""


def token(asset: AssetParameters) -> Plan:
    """Return the token to deploy for an asset that names none."""
    if asset.faucet is None:
        return Plan(WRAPPED_NATIVE, WRAPPED_NATIVE)
    arguments = (asset.faucet.name, asset.symbol, asset.token_decimals)
    return Plan(f"FaucetToken {asset.symbol}", "FaucetToken", arguments, (2,))


def deploy_parts(
    deploy: Callable[[Plan], str], authority: str, wrapped_native: str, ramp_seconds: int
) -> tuple[str, ...]:
    """Deploy what an exchange is made of and return the addresses, as its constructor takes them.

    Args:
        deploy: Puts a contract on the chain and returns its address.
        authority: Address of the authority over roles.
        wrapped_native: Address of the wrapped native token, zero where there is none.
        ramp_seconds: How long a new asset takes until it may support debt [seconds].
    """
    known: dict[str, Argument] = {
        AUTHORITY: authority,
        WRAPPED_NATIVE: wrapped_native,
        RAMP_SECONDS: ramp_seconds,
    }
    addresses = {}
    for module in MODULES:
        addresses[module.name] = deploy(module.plan(known))
        known[module.name] = addresses[module.name]
    return (*(addresses[part.name] for part in (*_OWN, _EXTENSION)), wrapped_native)


def exchange(authority: str, parts: tuple[str, ...], treasury: str, insurance_ppm: int) -> Plan:
    """Return the exchange; `parts` are what `deploy_parts` returns."""
    arguments = (authority, parts, treasury, insurance_ppm)
    # Those that it shares with the module of orders are declared where both have them from, behind
    # its own.
    shared = [_FIRST_PART + [part.view for part in _OWN].index(view) for view in _SHARED]
    own = [at for at in range(_FIRST_PART, _FIRST_PART + len(parts)) if at not in shared]
    return Plan("Exchange", "Exchange", arguments, (*own, *shared))


def lenses(exchange: str) -> tuple[Plan, ...]:
    """Return the contracts that read an exchange."""
    return tuple(Plan(name, name, (exchange,), (0,)) for name in LENSES)


def backstop(exchange: str) -> Plan:
    """Return the backstop tranche of an exchange whose quote asset is listed."""
    # The exchange is followed by the account, the units of an atom and the token.
    found = (AS_FOUND, AS_FOUND, AS_FOUND)
    return Plan("BackstopVault", "BackstopVault", (exchange,), (0, *found))


def feeds(authority: str) -> tuple[Plan, ...]:
    """Return the feeds of prices, one of each kind."""
    return (
        Plan("PostedPriceFeed", "PostedPriceFeed", (authority,)),
        Plan("AggregatorFeed", "AggregatorFeed", (authority,)),
        Plan("SignedReportFeed", "SignedReportFeed", (authority,), (), "SignedReportFeed"),
    )
