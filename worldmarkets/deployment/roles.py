"""Roles on the authority: who may list, who may post prices."""

from collections.abc import Callable
from typing import Any

from worldmarkets.abi import abi_of
from worldmarkets.deployment.manifest import Deployment
from worldmarkets.deployment.parameters import Parameters
from worldmarkets.transactions import Request, Sender

LISTING_ROLE = 1
"""May list assets and markets."""

PRICE_ROLE = 2
"""May post reference prices."""

_NO_DELAY = 0


def grant_roles(
    sender: Sender, deployment: Deployment, parameters: Parameters, report: Callable[[str], None]
) -> None:
    """Reserve restricted entry points to their roles, and give the roles. Does nothing twice.

    The deployer gets both roles, as its own later steps need them.
    """
    step = _RoleStep(sender, deployment, report)
    step.reserve("Exchange", ("listAsset", "listSpotMarket"), LISTING_ROLE)
    step.reserve("PostedPriceFeed", ("post",), PRICE_ROLE)
    for account in (sender.address, *parameters.roles.listing):
        step.grant(LISTING_ROLE, "listing", account)
    for account in (sender.address, *parameters.roles.price):
        step.grant(PRICE_ROLE, "price", account)


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
        has_role, _delay = self._read("hasRole", role, account)
        if not has_role:
            self._send("grantRole", role, account, _NO_DELAY)
            self._report(f"{account} has the {name} role")

    def _read_role(self, target: str, selector: bytes) -> int:
        (role,) = self._read("getTargetFunctionRole", target, selector)
        return int(role)

    def _read(self, function: str, *arguments: object) -> tuple[Any, ...]:
        data = self._abi.encode(function, *arguments)
        return self._abi.decode(function, self._sender.call(self._deployment.authority, data))

    def _send(self, function: str, *arguments: object) -> None:
        data = self._abi.encode(function, *arguments)
        self._sender.execute(Request(self._deployment.authority, data))
