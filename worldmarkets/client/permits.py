"""Allowances that are signed instead of sent (EIP-2612)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from eth_abi.abi import encode
from eth_abi.exceptions import DecodingError
from eth_utils.crypto import keccak

from worldmarkets.abi import abi_of
from worldmarkets.errors import WorldMarketsError
from worldmarkets.model.errors import ContractError

Read = Callable[[str, bytes], bytes]
"""Runs a call of an address with some calldata."""

VERSIONS = ("1", "2")
"""Versions of tokens' EIP-712 domains that are tried."""

_DOMAIN = keccak(
    text="EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
)
_PERMIT = keccak(
    text="Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)"
)


class NoPermitError(WorldMarketsError):
    """The token takes no signed allowances, or the signer signs none."""


@runtime_checkable
class DigestSigner(Protocol):
    """A key that also signs what is no transaction, as `KeySigner` does."""

    @property
    def address(self) -> str:
        """Checksummed address of the key."""
        ...

    def sign_digest(self, digest: bytes) -> tuple[int, bytes, bytes]:
        """Return v, r and s of a signature of 32 bytes."""
        ...


@dataclass(frozen=True)
class Permit:
    """A signed allowance: the last second at which the token takes it, and the signature."""

    deadline: int
    v: int
    r: bytes
    s: bytes


@dataclass(frozen=True)
class Allowance:
    """What is allowed: a token of a chain, to whom, how much, until when [token units, seconds]."""

    token: str
    chain_id: int
    spender: str
    token_units: int
    deadline: int


def sign_permit(signer: object, allowance: Allowance, read: Read) -> Permit:
    """Sign an allowance of the signer's tokens.

    The domain is made here and only compared with the token's own, so that no token obtains a
    signature that is good elsewhere.

    Raises:
        NoPermitError: the signer signs only transactions, or the token takes no permits.
    """
    if not isinstance(signer, DigestSigner):
        raise NoPermitError(f"{signer!r} signs only transactions")
    domain = _domain(allowance, read)
    (nonce,) = _ask(allowance.token, read, "nonces", signer.address)
    fields = ["bytes32", "address", "address", "uint256", "uint256", "uint256"]
    values = [
        _PERMIT,
        signer.address,
        allowance.spender,
        allowance.token_units,
        nonce,
        allowance.deadline,
    ]
    digest = keccak(b"\x19\x01" + domain + keccak(encode(fields, values)))
    return Permit(allowance.deadline, *signer.sign_digest(digest))


def _domain(allowance: Allowance, read: Read) -> bytes:
    """Return the hash of the token's EIP-712 domain."""
    (name,) = _ask(allowance.token, read, "name")
    (known,) = _ask(allowance.token, read, "DOMAIN_SEPARATOR")
    fields = ["bytes32", "bytes32", "bytes32", "uint256", "address"]
    for version in VERSIONS:
        values = [_DOMAIN, keccak(text=name), keccak(text=version)]
        domain = keccak(encode(fields, [*values, allowance.chain_id, allowance.token]))
        if domain == known:
            return bytes(domain)
    raise NoPermitError(f"the EIP-712 domain of {allowance.token} is none that is known")


def _ask(token: str, read: Read, function: str, *arguments: object) -> tuple[Any, ...]:
    abi = abi_of("WrappedNative")
    try:
        return abi.decode(function, read(token, abi.encode(function, *arguments)))
    except (ContractError, DecodingError) as error:
        raise NoPermitError(f"{token} takes no signed allowances") from error
