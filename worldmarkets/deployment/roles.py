"""Roles on the authority: listing, prices, pauses, administration; and the handover of them."""

from collections.abc import Callable
from typing import Any

from worldmarkets.abi import abi_of
from worldmarkets.deployment.contracts import DeploymentMismatchError
from worldmarkets.deployment.manifest import Deployment
from worldmarkets.deployment.parameters import Parameters
from worldmarkets.transactions import Request, Sender

ADMIN_ROLE = 0
"""Gives and takes roles, and calls whatever is reserved to no other role."""

LISTING_ROLE = 1
"""May list assets and markets, set limits, terms of pools and risk, and choose what feeds read."""

PRICE_ROLE = 2
"""May post reference prices."""

GUARDIAN_ROLE = 3
"""May pause markets and resume them."""

LISTING_FUNCTIONS = (
    "listAsset",
    "listSpotMarket",
    "listPerpMarket",
    "setPerpLimits",
    "setOutflowLimit",
    "setPoolTerms",
    "setAssetRisk",
    "setMarketRisk",
    "setBackstop",
)
"""Entry points of the listing role."""

RESERVED = (
    ("Exchange", LISTING_FUNCTIONS, LISTING_ROLE),
    ("AggregatorFeed", ("setAggregator",), LISTING_ROLE),
    ("SignedReportFeed", ("setSigners",), LISTING_ROLE),
    ("Exchange", ("pauseMarkets", "resumeMarkets"), GUARDIAN_ROLE),
    ("PostedPriceFeed", ("post",), PRICE_ROLE),
)
"""Every restricted entry point: contract, functions, role."""

_NO_DELAY = 0


def check_named(parameters: Parameters, deployer: str) -> None:
    """Check that there is somebody to hand over to.

    Raises:
        DeploymentMismatchError: a role is nobody's or the deployer's.
    """
    if not parameters.handover:
        return
    roles = parameters.roles
    named = {
        "treasury": (parameters.treasury,) if parameters.treasury else (),
        "roles.proposers": roles.proposers,
        "roles.guardians": roles.guardians,
        "roles.price": roles.price,
    }
    for field, holders in named.items():
        if not holders or deployer.lower() in map(str.lower, holders):
            whom = "the deployer" if holders else "nobody"
            raise DeploymentMismatchError(
                f"{parameters.network} is to be handed over, but {field} names {whom}"
            )


def proposers(parameters: Parameters, deployer: str) -> tuple[str, ...]:
    """Return who may propose to the timelock."""
    named = parameters.roles.proposers
    return named if parameters.handover else (deployer, *named)


def give_roles(
    sender: Sender, deployment: Deployment, parameters: Parameters, report: Callable[[str], None]
) -> None:
    """Reserve restricted entry points to their roles, and give the roles. Does nothing twice.

    Until then the deployer, as the administrator, may call all of them.

    Raises:
        DeploymentMismatchError: something is missing that only the timelock can still do.
    """
    step = _RoleStep(sender, deployment, report)
    for name, functions, role in RESERVED:
        step.reserve(name, functions, role)
    step.grant(ADMIN_ROLE, "admin", deployment.timelock)
    step.grant(LISTING_ROLE, "listing", deployment.timelock)
    own = () if parameters.handover else (sender.address,)
    for account in own:
        step.grant(LISTING_ROLE, "listing", account)
    for account in (*own, *parameters.roles.price):
        step.grant(PRICE_ROLE, "price", account)
    for account in (*own, *parameters.roles.guardians):
        step.grant(GUARDIAN_ROLE, "guardian", account)


def hand_over(sender: Sender, deployment: Deployment, report: Callable[[str], None]) -> None:
    """Leave the administration to the timelock. Does nothing twice."""
    _RoleStep(sender, deployment, report).renounce_admin()


class _RoleStep:
    def __init__(
        self, sender: Sender, deployment: Deployment, report: Callable[[str], None]
    ) -> None:
        self._sender = sender
        self._deployment = deployment
        self._report = report
        self._abi = abi_of("Authority")

    def reserve(self, name: str, functions: tuple[str, ...], role: int) -> None:
        """Let only one role call some functions of a contract."""
        target = self._deployment.address(name)
        known = abi_of(name).functions
        selectors = [known[function].selector for function in functions]
        missing = [one for one in selectors if self._read_role(target, one) != role]
        if missing:
            self._send("setTargetFunctionRole", target, missing, role)
            self._report(f"{', '.join(functions)} of {name} need role {role}")

    def grant(self, role: int, name: str, account: str) -> None:
        """Give a role to an account."""
        if not self._has_role(role, account):
            self._send("grantRole", role, account, _NO_DELAY)
            self._report(f"{account} has the {name} role")

    def renounce_admin(self) -> None:
        """Leave the administration to the timelock."""
        me = self._sender.address
        if self._has_role(ADMIN_ROLE, me):
            self._send("renounceRole", ADMIN_ROLE, me)
            self._report(f"{me} has no role any more")

    def _has_role(self, role: int, account: str) -> bool:
        is_member, _delay = self._read("hasRole", role, account)
        return bool(is_member)

    def _read_role(self, target: str, selector: bytes) -> int:
        (role,) = self._read("getTargetFunctionRole", target, selector)
        return int(role)

    def _read(self, function: str, *arguments: object) -> tuple[Any, ...]:
        data = self._abi.encode(function, *arguments)
        return self._abi.decode(function, self._sender.call(self._deployment.authority, data))

    def _send(self, function: str, *arguments: object) -> None:
        if not self._has_role(ADMIN_ROLE, self._sender.address):
            raise DeploymentMismatchError(
                f"{function}{arguments} is to be proposed to the timelock: "
                f"{self._sender.address} does not administer the roles"
            )
        data = self._abi.encode(function, *arguments)
        self._sender.execute(Request(self._deployment.authority, data))
