"""An exchange that only seems to be there, for tests of the liquidator."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from eth_abi.abi import decode

from tests.client.test_plansteps import WETH_UNITS
from tests.client.test_units import PERP_UNITS, USDM
from tests.keepers.test_liquidating import HEALTHY, NOW
from tests.keepers.test_unwinding import VENUE
from worldmarkets.client.calls import Calls
from worldmarkets.client.events import LoggedEvent
from worldmarkets.client.liquidationlens_views import Line, Standing
from worldmarkets.client.planwords import Planned
from worldmarkets.client.units import AssetUnits
from worldmarkets.keepers import LiquidatingRules, LiquidationJob, LiquidationOptions
from worldmarkets.keepers.stepping import Conditions
from worldmarkets.keepers.unwinding import Leg
from worldmarkets.model.events import Event
from worldmarkets.transactions import Request

EXCHANGE = "0x" + "0e" * 20
BIDDER = 3
RICH = replace(HEALTHY, account_id=BIDDER, equity_atoms=10**12, initial_atoms=0, is_paid=True)
GWEI = 10**9


class FakeClient:
    """Knows how to build calls, and the units of ether."""

    def __init__(self) -> None:
        self.raw = self
        self.calls = Calls(EXCHANGE)

    def asset_units(self, asset: int) -> AssetUnits:
        return WETH_UNITS if asset else AssetUnits(USDM)

    def market_units(self, _market: int) -> Any:
        return PERP_UNITS


class FakeView:
    """An exchange that a test sets; takes down what was asked."""

    def __init__(self, *standings: Standing) -> None:
        self.known = {one.account_id: one for one in (RICH, *standings)}
        self.time = NOW
        self.block = 1_000
        self.logged: list[Event] = []
        self.asked: list[Any] = []
        self.known_lines: dict[int, tuple[Line, ...]] = {}
        self.known_legs: dict[int, list[Leg]] = {}
        self.known_plans: dict[int, list[Planned]] = {}
        self.orders: list[int] = []
        self.known_venues = {513: VENUE}
        self.chosen = False
        self.answer: Callable[[Request], bytes] = lambda _: b""
        self.wei = 0

    def now(self) -> int:
        return self.time

    def head(self) -> int:
        return self.block

    def gas_price_wei(self) -> int:
        return self.wei

    def native_atoms(self) -> int:
        return 3_000 * 10**6

    def events(self, from_block: int, to_block: int) -> list[LoggedEvent]:
        self.asked.append(("events", from_block, to_block))
        return [LoggedEvent(event, to_block, "0x", 0) for event in self.logged]

    def snapshot(self) -> list[Standing]:
        self.asked.append("snapshot")
        return [one for one in self.known.values() if not one.is_paid]

    def standings(self, account_ids: Iterable[int]) -> list[Standing]:
        return [self.known[one] for one in account_ids]

    def lines(self, account_id: int) -> tuple[Line, ...]:
        return self.known_lines.get(account_id, ())

    def is_chosen(self, _account_id: int, bidder_account_id: int) -> bool:
        assert bidder_account_id == BIDDER
        return self.chosen

    def legs(self, account_id: int) -> list[Leg]:
        return self.known_legs.get(account_id, [])

    def dead_orders(self, _account_id: int) -> list[int]:
        return self.orders

    def account_ids(self) -> range:
        return range(1, 100)

    def plans(self, account_ids: Sequence[int]) -> dict[int, list[Planned]]:
        self.asked.append(("plans", list(account_ids)))
        return {one: self.known_plans[one] for one in account_ids if one in self.known_plans}

    def prices(self) -> dict[int, tuple[int, int]]:
        return {1: (3_000, 5)}

    def conditions(self, _prices: object) -> Conditions:
        return Conditions({1: 3_000}, {513: 0}, {0: 0})

    def venues(self, _prices: object) -> dict[int, Any]:
        self.asked.append("venues")
        return self.known_venues

    def call(self, request: Request) -> bytes:
        return self.answer(request)


RULES = LiquidatingRules(
    least_profit_atoms=5, least_gross_atoms=1_000, least_repaid_atoms=50, least_deficit_atoms=20
)


def job_of(view: FakeView, bidder: int | None = BIDDER, **options: Any) -> LiquidationJob:
    rules = options.pop("rules", RULES)
    known = LiquidationOptions(bidder, rules=rules, **options)
    return LiquidationJob(FakeClient(), known, view)  # type: ignore[arg-type]


def told(view: FakeView, **options: Any) -> list[str]:
    return [action.what for action in job_of(view, **options).look().actions]


def arguments(request: Request, function: str) -> tuple[Any, ...]:
    known = Calls(EXCHANGE).abi.functions[function]
    assert request.data[:4] == known.selector
    return tuple(decode(known.inputs, request.data[4:]))
