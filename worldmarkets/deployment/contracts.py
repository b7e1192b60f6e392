"""Putting contracts on a chain, each once, whatever interrupts it."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import rlp  # type: ignore[import-untyped]
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak

from worldmarkets.abi import abi_of, creation_code
from worldmarkets.artifacts import load
from worldmarkets.deployment.code import domain_immutables, runtime_code
from worldmarkets.deployment.manifest import Argument, Contract
from worldmarkets.errors import WorldMarketsError
from worldmarkets.transactions import Request, RevertedError, Sender
from worldmarkets.transactions.receipts import to_bytes
from worldmarkets.transactions.sender import DEFAULT_GAS


class DeploymentMismatchError(WorldMarketsError):
    """What is on the chain is not what the sources, parameters or records say."""


@dataclass(frozen=True)
class Plan:
    """One contract to deploy: key of its record, name of its artifact, constructor arguments.

    `immutables` as in `runtime_code`. A contract with an EIP-712 domain has none but those of the
    domain, whose name is `domain`.
    """

    key: str
    name: str
    arguments: tuple[Argument, ...] = ()
    immutables: tuple[int | None, ...] = ()
    domain: str = ""

    def runtime_code(self, chain_id: int, address: str, found: bytes) -> bytes:
        """Return the code that the contract has at an address of a chain, where some is found."""
        artifact = load(self.name)
        if self.domain:
            words = domain_immutables(self.domain, chain_id, address)
            return runtime_code(artifact, words, range(len(words)))
        return runtime_code(artifact, (*self.arguments, address), self.immutables, found)


class ContractDeployer:
    """Deploys contracts and keeps their records up to date through `record`."""

    def __init__(
        self,
        sender: Sender,
        known: dict[str, Contract],
        record: Callable[[str, Contract], None],
        gas_per_byte: int,
        commit: str,
        renews: bool,
    ) -> None:
        """Take over the records of an earlier run.

        Args:
            sender: Who deploys.
            known: Records of contracts that may be on the chain already.
            record: Told of each record as it changes, before and after it is sent.
            gas_per_byte: What the chain charges for a deployed byte beyond the usual [gas].
            commit: Commit of the sources.
            renews: Whether a contract that has vanished is deployed again, as on a local chain.
        """
        self._sender = sender
        self._known = known
        self._record = record
        self._gas_per_byte = gas_per_byte
        self._commit = commit
        self._renews = renews

    def deploy(self, plan: Plan) -> str:
        """Return the address of a contract, which is deployed if it is not there yet.

        Raises:
            DeploymentMismatchError: there is another contract than planned.
            RevertedError: its creation failed.
        """
        known = self._known.get(plan.key)
        if known is not None and self._is_there(plan, known):
            return known.address
        return self._create(plan)

    def _is_there(self, plan: Plan, known: Contract) -> bool:
        """Whether a recorded contract is on the chain, waiting for it if it is on its way."""
        receipt = self._receipt(known)
        code = to_bytes(self._sender.rpc.call("eth_getCode", known.address, "latest"))
        if not code and (known.block is None or self._renews):
            return False
        if not code:
            raise DeploymentMismatchError(
                f"{plan.key} was deployed at {known.address} in block {known.block}, but this node "
                "knows of no code there"
            )
        if known.constructor_arguments != plan.arguments:
            raise DeploymentMismatchError(
                f"{plan.key} at {known.address} was made with {known.constructor_arguments}, "
                f"wanted is {plan.arguments}"
            )
        if code != plan.runtime_code(self._sender.chain_id, known.address, code):
            raise DeploymentMismatchError(
                f"{plan.key} at {known.address} has other code than the compiled {plan.name}"
            )
        if known.block is None and receipt is not None:
            self._record(plan.key, replace(known, block=receipt))
        return True

    def _receipt(self, known: Contract) -> int | None:
        """Return the block of a recorded creation; None if the chain does not know of it."""
        rpc = self._sender.rpc
        if rpc.call("eth_getTransactionByHash", known.transaction) is None:
            return None
        return self._sender.wait_for([known.transaction])[0].block

    def _create(self, plan: Plan) -> str:
        artifact = load(plan.name)
        gas = DEFAULT_GAS + self._gas_per_byte * len(artifact.deployed_bytecode)
        pending = self._sender.sign(Request(None, creation_code(artifact, plan.arguments), gas))
        contract = Contract(
            name=plan.name,
            address=created_address(self._sender.address, pending.transaction.nonce),
            transaction=pending.transaction_hash,
            block=None,
            constructor_arguments=plan.arguments,
            bytecode_hash=artifact.bytecode_hash,
            commit=self._commit,
        )
        # Recorded before it is sent, so that no interruption loses a contract.
        self._record(plan.key, contract)
        receipt = self._sender.confirm(pending)
        self._record(plan.key, replace(contract, block=receipt.block))
        return contract.address


def created_address(creator: str, nonce: int) -> str:
    """Return the address of the contract that an account creates with a nonce."""
    packed = rlp.encode([to_bytes(creator), nonce])
    return str(to_checksum_address(keccak(packed)[12:]))


def token_decimals(sender: Sender, token: str) -> int | None:
    """Return the decimals of the token at an address, None if there is no token."""
    try:
        returned = sender.call(token, abi_of("FaucetToken").encode("decimals"))
    except RevertedError:
        return None
    return int.from_bytes(returned, "big") if len(returned) == 32 else None


def genesis_hash(sender: Sender) -> str:
    """Return the hash of the chain's first block, which tells one local chain from the next."""
    block = sender.rpc.call("eth_getBlockByNumber", "0x0", False)
    return str(block["hash"])
