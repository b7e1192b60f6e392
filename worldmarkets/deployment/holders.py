"""Who holds which role, told from the chain, and whether that is what the parameters say."""

from collections.abc import Iterator
from dataclasses import fields
from typing import Any

from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak

from worldmarkets.abi import abi_of
from worldmarkets.deployment.contracts import DeploymentMismatchError
from worldmarkets.deployment.manifest import Deployment, Roles
from worldmarkets.deployment.parameters import Parameters
from worldmarkets.deployment.roles import (
    ADMIN_ROLE,
    GUARDIAN_ROLE,
    LISTING_ROLE,
    PRICE_ROLE,
    RESERVED,
    proposers,
)
from worldmarkets.rpc import Rpc
from worldmarkets.transactions.logs import search_logs
from worldmarkets.transactions.sender import call

ANYONE = "0x" + "00" * 20
"""An executor that stands for anyone."""

_AUTHORITY_ROLES = {
    ADMIN_ROLE: "admin",
    LISTING_ROLE: "listing",
    PRICE_ROLE: "price",
    GUARDIAN_ROLE: "guardian",
}
_TIMELOCK_ROLES = {
    bytes(32): "timelock_admin",
    keccak(text="PROPOSER_ROLE"): "proposer",
    keccak(text="CANCELLER_ROLE"): "canceller",
    keccak(text="EXECUTOR_ROLE"): "executor",
}


def read_roles(rpc: Rpc, deployment: Deployment) -> Roles:
    """Return who holds which role, from the logs of the authority and the timelock.

    Raises:
        DeploymentMismatchError: a role that the exchange does not know is held by somebody.
    """
    held: dict[str, set[str]] = {role.name: set() for role in fields(Roles)}
    sources = (("Authority", "roleId", _AUTHORITY_ROLES), ("Timelock", "role", _TIMELOCK_ROLES))
    for name, key, names in sources:
        for event, values in _role_events(rpc, deployment, name):
            role = names.get(values[key])
            if role is None:
                raise DeploymentMismatchError(
                    f"{values['account']} was given or taken role {values[key]} of {name}, which "
                    "nothing here knows"
                )
            account = str(to_checksum_address(values["account"]))
            (held[role].add if event == "RoleGranted" else held[role].discard)(account)
    del held["delay_seconds"]
    holders = {role: tuple(sorted(accounts)) for role, accounts in held.items()}
    (delay,) = _read(rpc, deployment, "Timelock", "getMinDelay")
    return Roles(**holders, delay_seconds=int(delay))


def expected_roles(deployment: Deployment, parameters: Parameters) -> Roles:
    """Return who is to hold which role by the parameters."""
    timelock = deployment.timelock
    own = () if parameters.handover else (deployment.deployer,)
    proposing = proposers(parameters, deployment.deployer)
    return Roles(
        admin=_sorted((timelock, *own)),
        listing=_sorted((timelock, *own)),
        price=_sorted((*own, *parameters.roles.price)),
        guardian=_sorted((*own, *parameters.roles.guardians)),
        timelock_admin=(timelock,),
        proposer=_sorted(proposing),
        canceller=_sorted(proposing),
        executor=(ANYONE,),
        delay_seconds=parameters.timelock_delay,
    )


def verify_roles(
    rpc: Rpc, deployment: Deployment, parameters: Parameters, leaving: str | None = None
) -> Roles:
    """Check that those and only those hold roles whom the parameters name, and return them.

    `leaving` may still be an administrator besides.

    Whom the timelock has given a role since is to be added to the parameters. Only cancellers may
    be more than named: they can but stop things.

    Raises:
        DeploymentMismatchError: somebody else does, or another role opens an entry point, or gives
            a role.
    """
    _verify_reserved(rpc, deployment)
    held, expected = read_roles(rpc, deployment), expected_roles(deployment, parameters)
    for role in fields(Roles):
        found, wanted = getattr(held, role.name), getattr(expected, role.name)
        if role.name == "canceller" and set(found) >= set(wanted):
            continue
        if role.name == "admin":
            found = tuple(holder for holder in found if holder in wanted or holder != leaving)
        if found != wanted:
            raise DeploymentMismatchError(f"{role.name} is {found}, wanted is {wanted}")
    return held


def _verify_reserved(rpc: Rpc, deployment: Deployment) -> None:
    """Check what each entry point asks for, and who gives the roles."""
    for name, functions, role in RESERVED:
        target = deployment.address(name)
        (authority,) = _read(rpc, deployment, name, "authority")
        if authority.lower() != deployment.authority.lower():
            raise DeploymentMismatchError(f"{name} obeys {authority}, not the authority")
        for function in functions:
            selector = abi_of(name).functions[function].selector
            arguments = (target, selector)
            (found,) = _read(rpc, deployment, "Authority", "getTargetFunctionRole", *arguments)
            if found != role:
                raise DeploymentMismatchError(
                    f"{function} of {name} asks for role {found}, not {role}"
                )
    for role in _AUTHORITY_ROLES:
        (admin,) = _read(rpc, deployment, "Authority", "getRoleAdmin", role)
        if admin != ADMIN_ROLE:
            raise DeploymentMismatchError(f"role {admin} gives role {role}")


def _role_events(
    rpc: Rpc, deployment: Deployment, name: str
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield what gave and took roles of a contract, in order: name of the event, its fields."""
    abi = abi_of(name)
    known = {abi.events_by_name[event].topic: event for event in ("RoleGranted", "RoleRevoked")}
    first = deployment.contracts[name].block or 0
    for log in search_logs(rpc, deployment.address(name), list(known), first):
        event = known[log.topics[0]]
        yield event, abi.events_by_name[event].decode(log.topics, log.data)


def _read(
    rpc: Rpc, deployment: Deployment, name: str, function: str, *arguments: object
) -> tuple[Any, ...]:
    abi = abi_of(name)
    returned = call(rpc, deployment.address(name), abi.encode(function, *arguments))
    return abi.decode(function, returned)


def _sorted(accounts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted({str(to_checksum_address(account)) for account in accounts}))
