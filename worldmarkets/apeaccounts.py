"""Keys and networks of Ape, for the scripts that run under it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from worldmarkets.errors import WorldMarketsError
from worldmarkets.transactions import Signer, Transaction


class ApeAccountError(WorldMarketsError):
    """No Ape account was named where one is needed, or it did not sign."""


class ApeSigner:
    """An account of Ape as a signer; it may ask for its passphrase."""

    def __init__(self, account: Any, ecosystem: Any) -> None:
        """Take the account and the ecosystem whose transactions it signs."""
        self._account = account
        self._ecosystem = ecosystem

    @property
    def address(self) -> str:
        """Checksummed address of the account."""
        return str(self._account.address)

    def sign(self, transaction: Transaction) -> bytes:
        """Return the signed transaction as it is sent.

        Raises:
            ApeAccountError: the account's holder declined.
        """
        unsigned = self._ecosystem.create_transaction(
            type=2,
            chainId=transaction.chain_id,
            nonce=transaction.nonce,
            maxFeePerGas=transaction.max_fee_wei,
            maxPriorityFeePerGas=transaction.max_priority_fee_wei,
            gas=transaction.gas,
            to=transaction.to,
            value=transaction.value_wei,
            data=transaction.data,
            **{"from": self.address},
        )
        signed = self._account.sign_transaction(unsigned)
        if signed is None:
            raise ApeAccountError(f"{self.address} did not sign")
        return bytes(signed.serialize_transaction())


def ape_signer(provider: Any, alias: str | None) -> Signer:
    """Return the Ape account of a name; on a local network the first test account by default.

    Raises:
        ApeAccountError: no name is given elsewhere, or it is unknown.
    """
    from ape import accounts  # noqa: PLC0415 - Ape takes a second to load

    ecosystem = provider.network.ecosystem
    if alias is None:
        if not provider.network.is_local:
            raise ApeAccountError("name the account that signs: --account NAME")
        return ApeSigner(accounts.test_accounts[0], ecosystem)
    try:
        account = accounts.load(alias)
    except KeyError:
        raise ApeAccountError(f"Ape has no account {alias}") from None
    # A key file asks for its passphrase once, not for each of two dozen transactions.
    if hasattr(account, "set_autosign"):
        account.set_autosign(True)
    return ApeSigner(account, ecosystem)


@contextmanager
def told_in_a_line() -> Iterator[None]:
    """Turn this package's exceptions into click's, which are told without a traceback."""
    try:
        yield
    except WorldMarketsError as error:
        raise click.ClickException(str(error)) from error
