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
from worldmarkets.transactions.steady import (
    FeeRules,
    FeeSpikeError,
    NonceTakenError,
    NotMinedError,
    SteadySender,
)

__all__ = [
    "FeeRules",
    "FeeSpikeError",
    "KeySigner",
    "Log",
    "NonceTakenError",
    "NotMinedError",
    "Pending",
    "Receipt",
    "ReceiptTimeoutError",
    "Request",
    "RevertedError",
    "Sender",
    "Signer",
    "SteadySender",
    "Transaction",
]
