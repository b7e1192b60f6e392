"""Trading from Python: typed, synchronous, decimals at the edge and integers inside."""

from worldmarkets.client.errors import (
    OtherContractError,
    ReadOnlyClientError,
    UnalignedAmountError,
    UnknownNameError,
)
from worldmarkets.client.raw import RawClient
from worldmarkets.model.errors import ContractError
from worldmarkets.model.interface import OrderRequest, OrderResult, Refusal, Side, TimeInForce

__all__ = [
    "ContractError",
    "OrderRequest",
    "OrderResult",
    "OtherContractError",
    "RawClient",
    "ReadOnlyClientError",
    "Refusal",
    "Side",
    "TimeInForce",
    "UnalignedAmountError",
    "UnknownNameError",
]
