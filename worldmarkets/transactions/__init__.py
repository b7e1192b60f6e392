"""Signing, sending and confirming transactions over raw JSON-RPC."""

from worldmarkets.transactions.receipts import Log, Receipt
from worldmarkets.transactions.sender import (
    Pending,
    ReceiptTimeoutError,
    Request,
    RevertedError,
    Sender,
)
from worldmarkets.transactions.signing import KeySigner, Signer, Transaction

__all__ = [
    "KeySigner",
    "Log",
    "Pending",
    "Receipt",
    "ReceiptTimeoutError",
    "Request",
    "RevertedError",
    "Sender",
    "Signer",
    "Transaction",
]
