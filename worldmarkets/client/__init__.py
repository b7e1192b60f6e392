"""Trading from Python: typed, synchronous, decimals at the edge and integers inside."""

from worldmarkets.client.client import Client
from worldmarkets.client.errors import (
    OtherContractError,
    ReadOnlyClientError,
    UnalignedAmountError,
    UnknownNameError,
)
from worldmarkets.client.raw import RawClient
from worldmarkets.client.reader import Reader
from worldmarkets.client.views import (
    AccountState,
    Balance,
    BatchResult,
    Book,
    BookLevel,
    Order,
    PlacedOrder,
    Trade,
)
from worldmarkets.model.errors import ContractError
from worldmarkets.model.interface import OrderRequest, OrderResult, Refusal, Side, TimeInForce

__all__ = [
    "AccountState",
    "Balance",
    "BatchResult",
    "Book",
    "BookLevel",
    "Client",
    "ContractError",
    "Order",
    "OrderRequest",
    "OrderResult",
    "OtherContractError",
    "PlacedOrder",
    "RawClient",
    "ReadOnlyClientError",
    "Reader",
    "Refusal",
    "Side",
    "TimeInForce",
    "Trade",
    "UnalignedAmountError",
    "UnknownNameError",
]
