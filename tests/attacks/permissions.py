"""Who may call what: one row for each entry point of the exchange.

A row names the callers for whom the call goes through; all others are refused with the error of
`refusal_of`. Operators are named by what they may do.
"""

from collections.abc import Callable
from dataclasses import astuple, dataclass

from tests.support.liquidation_calls import WITHOUT_LIMIT
from tests.support.scene import ASK, BID, DOLLARS, ETH_UNIT, UNIT, Scene, order
from tests.support.system import (
    ETH_MARKET,
    ETH_PERP,
    ETH_PERP_TERMS,
    LAST_SECOND,
    order_tuple,
)
from worldmarkets.model import slots
from worldmarkets.model.interface import OrderRequest
from worldmarkets.model.liquidation.protection import LEAST_ATOMS
from worldmarkets.model.liquidation_interface import PlanAction, PlanStep, Trigger
from worldmarkets.model.packed import pack_batch

OWNER = "owner"
ALL_PERMISSIONS = "operator with every permission"
EXPIRED = "expired operator"
REVOKED = "revoked operator"
STRANGER = "stranger"
LISTING = "listing role"
PRICES = "price role"
GUARDIAN = "guardian"
TIMELOCK = "timelock"
TOKEN = "token contract"
EXCHANGE = "exchange itself"
TREASURER = "treasury"
PLACE = "operator who may place"
CANCEL = "operator who may cancel"
LEND = "operator who may lend"
TRANSFER = "operator who may transfer"
TO_OWNER = "operator who may withdraw to the owner"
WITHDRAW = "operator who may withdraw"

SINGLE = {PLACE: 1, CANCEL: 2, LEND: 4, TRANSFER: 8, TO_OWNER: 16, WITHDRAW: 32}
"""Operators with a single permission."""
OPERATORS = {*SINGLE, ALL_PERMISSIONS}
CALLERS = (
    OWNER,
    *SINGLE,
    ALL_PERMISSIONS,
    EXPIRED,
    REVOKED,
    STRANGER,
    LISTING,
    PRICES,
    GUARDIAN,
    TIMELOCK,
    TOKEN,
    EXCHANGE,
    TREASURER,
)
EVERYBODY = frozenset(CALLERS)
NOBODY: frozenset[str] = frozenset()
THE_OWNER = frozenset({OWNER})


def owner_and(*operators: str) -> frozenset[str]:
    """The owner, the operators named, and those who may everything."""
    return frozenset({OWNER, ALL_PERMISSIONS, *operators})


@dataclass(frozen=True)
class Setting:
    """What the calls of the table are about, made anew for each."""

    scene: Scene
    account: int
    """Account of the owner; it has cash, asset 1 and native tokens."""
    second: int
    """Another account of the owner, which uses the same assets."""
    order_id: int
    """An ask of the account, five lots at 20,500."""
    native: int
    """Asset of the wrapped native token."""
    debtor: int
    """An account that owes asset 1."""
    sick: int
    """One that is short of asset 1 and not healthy; the first account has a standby line for it."""
    flagged: int
    """Another that is flagged; its window is over."""
    dead_id: int
    """A bid of the flagged account."""
    friend: int
    """An account of another owner: each of the two offers the other a line, and it has accepted."""
    owner: str
    new_token: str


@dataclass(frozen=True)
class Row:
    """An entry point: who may, and a call that is right in all else."""

    allowed: frozenset[str]
    arguments: Callable[[Setting], tuple[object, ...]]
    value: int = 0


def plan_of(source: int) -> PlanStep:
    """The one step of a plan, which fires at every rate and pulls atoms from an account."""
    fires = (Trigger.BORROW_RATE, True, 2**87 - 1)
    return PlanStep(*fires, PlanAction.PULL, 0, 10, source_account_id=source)


def _quote() -> OrderRequest:
    return order(BID, 19_000, 1)


def _smaller() -> OrderRequest:
    return order(ASK, 20_500, 3)


_TERMS = (1, 1_000, 1, 0, 0, 500)
_POOL_TERMS = (10**15, 10**15, 900, 100, 100)
_RISK_TERMS = (1_000, 150, 200, 50, 50, 0)
_NONE = (27, bytes(32), bytes(32))
_LATE = 2**63

ENTRY_POINTS: dict[str, Row] = {
    # Orders.
    "place": Row(owner_and(PLACE), lambda s: (s.account, order_tuple(_quote()))),
    "cancel": Row(owner_and(CANCEL), lambda s: (s.account, s.order_id)),
    "cancelMany": Row(owner_and(CANCEL), lambda s: (s.account, [s.order_id])),
    "reduce": Row(owner_and(CANCEL), lambda s: (s.account, s.order_id, 3)),
    "amend": Row(owner_and(), lambda s: (s.account, s.order_id, order_tuple(_smaller()))),
    "batch": Row(
        owner_and(), lambda s: (s.account, [s.order_id], [order_tuple(_quote())], False, _LATE)
    ),
    "batchPacked": Row(owner_and(), lambda s: (pack_batch(s.account, [s.order_id], [_quote()]),)),
    # Vault. Anyone deposits into assets in use.
    "createAccount": Row(EVERYBODY, lambda s: ()),
    "deposit": Row(EVERYBODY, lambda s: (s.account, 0, UNIT)),
    "depositWithPermit": Row(EVERYBODY, lambda s: (s.account, 0, UNIT, _LATE, *_NONE)),
    "depositNative": Row(EVERYBODY, lambda s: (s.account, s.native), value=ETH_UNIT),
    "withdraw": Row(owner_and(TO_OWNER, WITHDRAW), lambda s: (s.account, 0, UNIT, s.owner)),
    "withdrawNative": Row(
        owner_and(TO_OWNER, WITHDRAW), lambda s: (s.account, s.native, ETH_UNIT, s.owner)
    ),
    "transfer": Row(owner_and(TRANSFER), lambda s: (s.account, s.second, 0, 1)),
    # Operators.
    "setOperator": Row(THE_OWNER, lambda s: (s.account, s.new_token, 1, LAST_SECOND, 0)),
    "revokeOperator": Row(THE_OWNER, lambda s: (s.account, s.new_token)),
    "activateAsset": Row(owner_and(PLACE), lambda s: (s.account, 2)),
    "deactivateAsset": Row(owner_and(PLACE), lambda s: (s.account, 2)),
    "deactivateMarket": Row(owner_and(PLACE), lambda s: (s.account, ETH_PERP)),
    # Perps. Anyone settles.
    "pokeMarkets": Row(EVERYBODY, lambda s: ([ETH_PERP],)),
    "settle": Row(EVERYBODY, lambda s: (s.account, ETH_PERP)),
    "settleOnCredit": Row(THE_OWNER, lambda s: (s.account, ETH_PERP)),
    "openIsolated": Row(THE_OWNER, lambda s: (s.account, 1_000 * DOLLARS, order_tuple(_quote()))),
    # Lending. Borrowing needs two permissions, so no single one will do.
    "setLent": Row(owner_and(LEND), lambda s: (s.account, 0, True)),
    "borrow": Row(owner_and(), lambda s: (s.account, 0, UNIT, s.owner)),
    "repay": Row(EVERYBODY, lambda s: (s.debtor, 1, ETH_UNIT)),
    "accruePools": Row(EVERYBODY, lambda s: ([0],)),
    "collectReserve": Row(EVERYBODY, lambda s: (0,)),
    "previewMargin": Row(EVERYBODY, lambda s: (s.account, [])),
    # Liquidation. Anyone moves it on; taking a slice needs two permissions.
    "flagAccount": Row(EVERYBODY, lambda s: (s.sick,)),
    "reviewAccount": Row(EVERYBODY, lambda s: (s.flagged,)),
    "forceCancel": Row(EVERYBODY, lambda s: (s.flagged, [s.dead_id])),
    "takeSlice": Row(owner_and(), lambda s: (s.flagged, s.account, 10**6, WITHOUT_LIMIT)),
    "repayClaims": Row(EVERYBODY, lambda s: (s.account,)),
    "drawLine": Row(EVERYBODY, lambda s: (s.sick, s.account)),
    # Protection: those who lock their own money, and the owner whom it is locked for.
    "lockBond": Row(THE_OWNER, lambda s: (s.account, LEAST_ATOMS)),
    "releaseBond": Row(THE_OWNER, lambda s: (s.account, LEAST_ATOMS)),
    "offerLine": Row(THE_OWNER, lambda s: (s.account, s.flagged, LEAST_ATOMS, 0, LAST_SECOND)),
    "acceptLine": Row(THE_OWNER, lambda s: (s.account, s.friend, 0)),
    "giveNotice": Row(THE_OWNER, lambda s: (s.friend, s.account)),
    "closeLine": Row(THE_OWNER, lambda s: (s.debtor, s.account)),
    "setLiquidator": Row(THE_OWNER, lambda s: (s.account, s.new_token, True)),
    # Plans: their owner sets them, and anyone executes what he has set.
    "setPlan": Row(THE_OWNER, lambda s: (s.account, [astuple(plan_of(s.second))])),
    "executeStep": Row(EVERYBODY, lambda s: (s.account, 0, 1, 0)),
    "setBackstop": Row(frozenset({LISTING, TIMELOCK}), lambda s: (s.second,)),
    # Prices, listing and guards.
    "poke": Row(EVERYBODY, lambda s: ([1],)),
    "collectFees": Row(EVERYBODY, lambda s: (ETH_MARKET,)),
    "listAsset": Row(
        frozenset({LISTING, TIMELOCK}), lambda s: (s.new_token, 1, s.scene.system.feed)
    ),
    "listSpotMarket": Row(frozenset({LISTING, TIMELOCK}), lambda s: (s.native, _TERMS)),
    "listPerpMarket": Row(
        frozenset({LISTING, TIMELOCK}), lambda s: (s.native, astuple(ETH_PERP_TERMS))
    ),
    "setPerpLimits": Row(frozenset({LISTING, TIMELOCK}), lambda s: (ETH_PERP, 8, 8)),
    "setOutflowLimit": Row(frozenset({LISTING, TIMELOCK}), lambda s: (0, 10**6)),
    "setPoolTerms": Row(frozenset({LISTING, TIMELOCK}), lambda s: (0, _POOL_TERMS)),
    "setAssetRisk": Row(frozenset({LISTING, TIMELOCK}), lambda s: (1, _RISK_TERMS)),
    "setMarketRisk": Row(frozenset({LISTING, TIMELOCK}), lambda s: ((300, 80, 60),)),
    "pauseMarkets": Row(frozenset({GUARDIAN}), lambda s: ([ETH_MARKET], 1)),
    "resumeMarkets": Row(frozenset({GUARDIAN}), lambda s: ([ETH_MARKET],)),
    "setAuthority": Row(NOBODY, lambda s: (s.owner,)),
    # Reading.
    "readWords": Row(EVERYBODY, lambda s: ([slots.account(s.account)],)),
    **{
        name: Row(EVERYBODY, lambda s: ())
        for name in (
            "authority",
            "isConsumingScheduledOp",
            "riskEngine",
            "vaultModule",
            "operatorModule",
            "listingModule",
            "guardModule",
            "lendingModule",
            "priceModule",
            "riskParameterModule",
            "refusalModule",
            "orderModule",
            "cancelModule",
            "perpModule",
            "perpListingModule",
            "extension",
            "liquidationModule",
            "protectionModule",
            "planModule",
            "wrappedNative",
        )
    },
}
"""Each function of the exchange's ABI, by its name."""


RESTRICTED = {
    "listAsset",
    "listSpotMarket",
    "listPerpMarket",
    "setPerpLimits",
    "setOutflowLimit",
    "setPoolTerms",
    "setAssetRisk",
    "setMarketRisk",
    "pauseMarkets",
    "resumeMarkets",
    "setBackstop",
    "setAuthority",
}
"""Functions of which the authority says who may call them."""


def refusal_of(function: str, caller: str) -> str:
    """The error that a caller gets who may not call a function."""
    if function in RESTRICTED:
        return "AccessManagedUnauthorized"
    if ENTRY_POINTS[function].allowed == THE_OWNER:
        return "NotAccountOwner"
    if caller == EXPIRED:
        return "OperatorExpired"
    return "PermissionMissing" if caller in OPERATORS else "NotAccountOwner"
