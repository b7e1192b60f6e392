"""What the steps of a deployment share: reading the exchange, and calling what is restricted."""

from collections.abc import Callable, Sequence
from typing import Any

from worldmarkets.abi import abi_of
from worldmarkets.deployment.contracts import DeploymentMismatchError
from worldmarkets.deployment.manifest import Deployment
from worldmarkets.deployment.parameters import Parameters
from worldmarkets.rpc import Rpc
from worldmarkets.transactions import Request, Sender
from worldmarkets.transactions.sender import call


class Chain:
    """A deployment as it is on the chain."""

    def __init__(self, rpc: Rpc, deployment: Deployment) -> None:
        self._rpc = rpc
        self._deployment = deployment

    def read(self, name: str, function: str, *arguments: object) -> tuple[Any, ...]:
        """Return what a view of one of the contracts returns."""
        abi = abi_of(name)
        data = abi.encode(function, *arguments)
        return abi.decode(function, call(self._rpc, self._deployment.address(name), data))

    def words(self, slots: Sequence[int]) -> list[int]:
        """Return words of the exchange."""
        (words,) = self.read("Exchange", "readWords", list(slots))
        return list(words)


class Step:
    """Part of a deployment that calls what is restricted; changes nothing twice."""

    def __init__(
        self,
        sender: Sender,
        deployment: Deployment,
        parameters: Parameters,
        report: Callable[[str], None],
    ) -> None:
        self.sender = sender
        self.deployment = deployment
        self.parameters = parameters
        self.report = report
        self.chain = Chain(sender.rpc, deployment)

    def may(self, name: str, function: str) -> bool:
        """Whether the deployer may call a restricted function of a contract."""
        target = self.deployment.address(name)
        selector = abi_of(name).functions[function].selector
        is_allowed, _delay = self.chain.read(
            "Authority", "canCall", self.sender.address, target, selector
        )
        return bool(is_allowed)

    def send(self, name: str, function: str, *arguments: object) -> None:
        """Call a restricted function.

        Raises:
            DeploymentMismatchError: the deployer has handed over already.
            RevertedError: the transaction failed.
        """
        if not self.may(name, function):
            raise DeploymentMismatchError(
                f"{self.sender.address} may not {function} any more: propose it to the timelock"
            )
        self.sender.execute(self.request(name, function, *arguments))

    def request(self, name: str, function: str, *arguments: object) -> Request:
        """Return a call of one of the contracts."""
        data = abi_of(name).encode(function, *arguments)
        return Request(self.deployment.address(name), data)
