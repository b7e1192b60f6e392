"""What the exchange calls: tokens and price feeds, modelled as the plain ones of the project."""

from eth_abi.abi import encode
from eth_keys.datatypes import Signature
from eth_keys.exceptions import BadSignature
from eth_utils.crypto import keccak
from eth_utils.exceptions import ValidationError

from worldmarkets.model.errors import (
    ContractError,
    ERC20InsufficientAllowance,
    ERC20InsufficientBalance,
    InsufficientAllowance,
    InsufficientTokenBalance,
)
from worldmarkets.model.state import Journal

UNLIMITED = 2**256 - 1
FULL_CONFIDENCE = 10_000
"""Confidence of a posted price [basis points]."""
_PERMIT = keccak(
    text="Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)"
)


class Token:
    """An ERC-20 of which anyone may draw; addresses are integers, amounts token units."""

    def __init__(self, address: int, decimals: int) -> None:
        self.address = address
        self.decimals = decimals
        self.balances: dict[int, int] = {}
        self.allowances: dict[tuple[int, int], int] = {}

    def draw(self, holder: int, token_units: int) -> None:
        """Make tokens for a holder."""
        self.balances[holder] = self.balance_of(holder) + token_units

    def approve(self, holder: int, spender: int, token_units: int) -> None:
        """Let a spender pull tokens of a holder."""
        self.allowances[holder, spender] = token_units

    def balance_of(self, holder: int) -> int:
        """Return what a holder has."""
        return self.balances.get(holder, 0)

    def allowance(self, holder: int, spender: int) -> int:
        """Return what a spender may pull of a holder."""
        return self.allowances.get((holder, spender), 0)

    def transfer(self, journal: Journal, sender: int, to: int, token_units: int) -> None:
        """Move tokens; raises the token's error if the sender has fewer."""
        balance = self.balance_of(sender)
        if balance < token_units:
            raise self._no_balance(sender, balance, token_units)
        journal.set(self.balances, sender, balance - token_units)
        journal.set(self.balances, to, self.balance_of(to) + token_units)

    def transfer_from(
        self, journal: Journal, spender: int, sender: int, to: int, token_units: int
    ) -> None:
        """Move tokens from an allowance; raises the token's errors."""
        allowance = self.allowance(sender, spender)
        if allowance < token_units:
            raise self._no_allowance(spender, allowance, token_units)
        if allowance != UNLIMITED:
            journal.set(self.allowances, (sender, spender), allowance - token_units)
        self.transfer(journal, sender, to, token_units)

    def _no_balance(self, *facts: int) -> ContractError:
        return ERC20InsufficientBalance(*facts)

    def _no_allowance(self, *facts: int) -> ContractError:
        return ERC20InsufficientAllowance(*facts)


class WrappedNative(Token):
    """The wrapped native token of local networks (Solady's WETH), which takes permits."""

    def __init__(self, address: int, domain_separator: bytes) -> None:
        super().__init__(address, decimals=18)
        self._domain_separator = domain_separator
        self.nonces: dict[int, int] = {}

    def wrap(self, journal: Journal, to: int, units: int) -> None:
        """Make tokens of native ones."""
        journal.set(self.balances, to, self.balance_of(to) + units)

    def unwrap(self, journal: Journal, holder: int, units: int) -> None:
        """Turn tokens that a holder has into native ones."""
        journal.set(self.balances, holder, self.balance_of(holder) - units)

    def permit(
        self,
        journal: Journal,
        holder: int,
        spender: int,
        token_units: int,
        deadline: int,
        signature: tuple[int, bytes, bytes],
        now: int,
    ) -> None:
        """Take an allowance that the holder has signed with his next nonce (EIP-2612).

        One that is late, or not signed by him, changes nothing.
        """
        nonce = self.nonces.get(holder, 0)
        message = encode(
            ["bytes32", "uint256", "uint256", "uint256", "uint256", "uint256"],
            [_PERMIT, holder, spender, token_units, nonce, deadline],
        )
        digest = keccak(b"\x19\x01" + self._domain_separator + keccak(message))
        if now <= deadline and _signer(digest, signature) == holder:
            journal.set(self.nonces, holder, nonce + 1)
            journal.set(self.allowances, (holder, spender), token_units)

    def _no_balance(self, *_: int) -> ContractError:
        return InsufficientTokenBalance()

    def _no_allowance(self, *_: int) -> ContractError:
        return InsufficientAllowance()


def _signer(digest: bytes, signature: tuple[int, bytes, bytes]) -> int | None:
    """Return the address whose key signed a digest, if the signature is one at all."""
    v, r, s = signature
    try:
        signed = Signature(vrs=(v - 27, int.from_bytes(r, "big"), int.from_bytes(s, "big")))
        key = signed.recover_public_key_from_msg_hash(digest)
    except (BadSignature, ValidationError):
        return None
    return int.from_bytes(key.to_canonical_address(), "big")


class PostedPriceFeed:
    """A feed of posted prices [1e-18 dollars a whole token, seconds]."""

    def __init__(self, address: int) -> None:
        self.address = address
        self._posted: dict[int, tuple[int, int]] = {}

    def post(self, asset_id: int, price: int, time: int) -> None:
        """Post the price of an asset, made at `time`."""
        self._posted[asset_id] = (price, time)

    def latest_price(self, asset_id: int) -> tuple[int, int, int]:
        """Return the newest price, its time, and full confidence [bps]; zeros before the first."""
        return (*self._posted.get(asset_id, (0, 0)), FULL_CONFIDENCE)
