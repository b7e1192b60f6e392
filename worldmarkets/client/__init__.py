"""Trading from Python: typed, synchronous, decimals at the edge and integers inside."""

from worldmarkets.client.backstop import Backstop, BackstopState, RedeemRequest
from worldmarkets.client.client import Client
from worldmarkets.client.clientids import ClientIds
from worldmarkets.client.errors import (
    OtherContractError,
    ReadOnlyClientError,
    UnalignedAmountError,
    UnknownNameError,
)
from worldmarkets.client.governance import Guardian, Operation, OperationState, Timelock
from worldmarkets.client.lending_views import (
    AssetRisk,
    Margin,
    MarginPreview,
    MarketRisk,
    Pool,
)
from worldmarkets.client.liquidation_views import (
    Auction,
    Line,
    LiquidationState,
    PlannedStep,
    Protection,
    Slice,
    Standing,
    Step,
)
from worldmarkets.client.liquidationlens_views import Level
from worldmarkets.client.permits import NoPermitError
from worldmarkets.client.perp_views import PerpMarket, Position, Settlement, TrueUp
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
    AssetRiskTerms,
    MarketRiskTerms,
    OrderRequest,
    OrderResult,
    Permission,
    PerpTerms,
    PoolTerms,
    Refusal,
    SelfTrade,
    Side,
    TimeInForce,
)
from worldmarkets.model.liquidation_interface import PlanAction, Trigger
from worldmarkets.model.liquidation_words import LineState

__all__ = [
    "AccountState",
    "AssetRisk",
    "AssetRiskTerms",
    "Auction",
    "Backstop",
    "BackstopState",
    "Balance",
    "BatchResult",
    "Book",
    "BookLevel",
    "Client",
    "ClientIds",
    "ContractError",
    "Guardian",
    "Level",
    "Line",
    "LineState",
    "LiquidationState",
    "LossBudget",
    "Margin",
    "MarginPreview",
    "MarketRisk",
    "MarketRiskTerms",
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
    "PerpMarket",
    "PerpTerms",
    "PlacedOrder",
    "PlanAction",
    "PlannedStep",
    "Pool",
    "PoolTerms",
    "Position",
    "Protection",
    "RawClient",
    "ReadOnlyClientError",
    "Reader",
    "RedeemRequest",
    "Refusal",
    "SelfTrade",
    "Settlement",
    "Side",
    "Slice",
    "Standing",
    "Step",
    "TimeInForce",
    "Timelock",
    "Trade",
    "Trigger",
    "TrueUp",
    "UnalignedAmountError",
    "UnknownNameError",
]
