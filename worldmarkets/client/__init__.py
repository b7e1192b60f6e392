"""Trading from Python: typed, synchronous, decimals at the edge and integers inside."""

from worldmarkets.client.client import Client
from worldmarkets.client.clientids import ClientIds
from worldmarkets.client.errors import (
    OtherContractError,
    ReadOnlyClientError,
    UnalignedAmountError,
    UnknownNameError,
)
from worldmarkets.client.governance import Guardian, Operation, OperationState, Timelock
from worldmarkets.client.permits import NoPermitError
from worldmarkets.client.raw import RawClient
from worldmarkets.client.reader import Reader
from worldmarkets.client.views import (
    AccountState,
    Balance,
    BatchResult,
    Book,
    BookLevel,
    LossBudget,
    OpenOrder,
    Operator,
    Order,
    PlacedOrder,
    Trade,
)
from worldmarkets.model.errors import ContractError
from worldmarkets.model.interface import (
    OrderRequest,
    OrderResult,
    Permission,
    Refusal,
    SelfTrade,
    Side,
    TimeInForce,
)

__all__ = [
    "AccountState",
    "Balance",
    "BatchResult",
    "Book",
    "BookLevel",
    "Client",
    "ClientIds",
    "ContractError",
    "Guardian",
    "LossBudget",
    "NoPermitError",
    "OpenOrder",
    "Operation",
    "OperationState",
    "Operator",
    "Order",
    "OrderRequest",
    "OrderResult",
    "OtherContractError",
    "Permission",
    "PlacedOrder",
    "RawClient",
    "ReadOnlyClientError",
    "Reader",
    "Refusal",
    "SelfTrade",
    "Side",
    "TimeInForce",
    "Timelock",
    "Trade",
    "UnalignedAmountError",
    "UnknownNameError",
]
