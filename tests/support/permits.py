"""Signed allowances (EIP-2612) of the wrapped native token, the listed token that takes them."""

from eth_abi import encode
from eth_keys.datatypes import PrivateKey
from eth_utils import keccak

from tests.support.system import System

Signature = tuple[int, bytes, bytes]
"""v, r and s of a signature, as `depositWithPermit` takes them."""

_PERMIT = keccak(
    text="Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)"
)


class Signer:
    """A user with a key, so one who can sign; another for each index."""

    def __init__(self, index: int) -> None:
        self._key = PrivateKey(keccak(text=f"signer {index}"))
        self.address: str = self._key.public_key.to_address()

    def permit(self, system: System, token_units: int, deadline: int) -> Signature:
        """Let the exchange pull so many wrapped native tokens, with the signer's next nonce."""
        token = (system.wrapped_native, "WrappedNative")
        nonce = system.view(*token, "nonces", self.address)[0]
        domain = system.view(*token, "DOMAIN_SEPARATOR")[0]
        message = encode(
            ["bytes32", "address", "address", "uint256", "uint256", "uint256"],
            [_PERMIT, self.address, system.exchange, token_units, nonce, deadline],
        )
        signed = self._key.sign_msg_hash(keccak(b"\x19\x01" + domain + keccak(message)))
        return signed.v + 27, signed.r.to_bytes(32, "big"), signed.s.to_bytes(32, "big")
