"""What a risk plan would do and come to, before it has to: nothing is sent, and no state changed.

A what-if of the whole exchange: the steps run as on chain, at other prices if wanted, and against
orders that are given instead of those that rest. All amounts are integers in the units of the
exchange: lots of a market, atoms of an asset, quote atoms, prices of an atom in 1e-18 dollars.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import Enum
from fractions import Fraction

from worldmarkets.model import accounts, holdings, matching, risk, slots
from worldmarkets.model.errors import ContractError
from worldmarkets.model.events import BookRecords, Event
from worldmarkets.model.interface import Side
from worldmarkets.model.liquidation import executing, plans, standing
from worldmarkets.model.liquidation_interface import PlanStep, Trigger
from worldmarkets.model.listing import move_band
from worldmarkets.model.makers import Take
from worldmarkets.model.perps import marks
from worldmarkets.model.prices import MAX_PRICE
from worldmarkets.model.records import Record, Taken
from worldmarkets.model.state import Overlay, State
from worldmarkets.model.words import NO_ASK, NO_BID, UnderlyingWord

Order = tuple[int, int]
"""Tick and lots of an order that would rest."""
Depth = Mapping[tuple[int, Side], Iterable[Order]]
"""The orders that rest, by market and side: what asks offer a step that buys, bids one that sells.

Each may be met once; those of a tick are met in the order given. A side that is not named is as it
is in the state's books.
"""

_TIPPED = accounts.INSURANCE
"""Account that gets the tips of a preview."""
_UNLIMITED = 2**80 - 1


class Target(Enum):
    """The level that a plan is to bring an account to: where liquidation ends, or new risk may."""

    END = "R_end"
    INITIAL = "R_init"


@dataclass(frozen=True)
class StepPreview:
    """What executing a step once, for all that is left of it, would come to.

    `done` is what it would do [lots or atoms], `lots` what of it would be traded, for `notional`
    and `fee`; these, the tip, and equity and requirement after it are in quote atoms. `error` names
    the error of a step that would do nothing; the next one is then executed without it.
    """

    step: int
    error: str
    done: int
    lots: int
    notional_atoms: int
    fee_atoms: int
    tip_atoms: int
    equity_atoms: int
    required_atoms: int

    @property
    def average_lot_price(self) -> Fraction | None:
        """What a lot costs on average [quote atoms]; None if nothing is traded."""
        return Fraction(self.notional_atoms, self.lots) if self.lots else None

    @property
    def is_reached(self) -> bool:
        """Whether equity is what is required after it."""
        return self.equity_atoms >= self.required_atoms


@dataclass(frozen=True)
class PlanPreview:
    """Equity and requirement before the first step [quote atoms], and what each step comes to."""

    equity_atoms: int
    required_atoms: int
    steps: tuple[StepPreview, ...]

    @property
    def is_reached(self) -> bool:
        """Whether the plan brings the account to its target, or leaves it there."""
        if self.steps:
            return self.steps[-1].is_reached
        return self.equity_atoms >= self.required_atoms


def preview(
    state: State,
    account_id: int,
    *,
    plan: Sequence[PlanStep] | None = None,
    depth: Depth | None = None,
    prices: Mapping[int, int] | None = None,
    target: Target = Target.END,
) -> PlanPreview:
    """Return what a plan comes to if each of its steps is executed once, in their order.

    Args:
        state: The exchange, as of its time.
        account_id: The account.
        plan: The plan; without it the one that the account has.
        depth: Orders to trade with, see `Depth`.
        prices: Prices by asset, reported just now: marks and bands follow them.
        target: What to compare equity with.

    Raises:
        UnknownAccount.
        TooManySteps, InvalidStep: the plan can not be.
    """
    view = _at_prices(state, prices or {})
    accounts.check_known(view, account_id)
    accounts.use_any(view, _TIPPED, 0)
    if plan is not None:
        plans.set_plan(view, accounts.owner_of(view, account_id), account_id, plan)
    orders = _Orders(view, depth or {})
    before = _level(view, account_id, target)
    steps = plans.steps_of(view, account_id)
    previews = tuple(_step(view, account_id, index, orders, target) for index in steps)
    return PlanPreview(*before, previews)


def price_at_trigger(
    state: State, account_id: int, step: PlanStep, asset_id: int, *, rising: bool = False
) -> int | None:
    """Return the nearest price of an asset, all else as it is, at which a step fires.

    Of a step by health it is searched for downward, or upward if `rising`, and found to the last
    unit, but for rounding: at the price before it does not fire. The present price if it fires now;
    None if no price makes it fire.
    """
    now = holdings.underlying(state, asset_id).price
    terms = plans.terms_of(step)

    def fires(price: int) -> bool:
        view = _at_prices(state, {asset_id: price})
        return plans.fires(terms, plans.trigger_value(view, account_id, terms))

    if now == 0 or step.trigger not in (Trigger.HEALTH, Trigger.PRICE):
        return None
    end = MAX_PRICE if rising else 1
    if step.trigger == Trigger.PRICE:
        end = step.threshold
    if fires(now):
        return now
    if not 1 <= end <= MAX_PRICE or not fires(end):
        return None
    calm, fired = now, end
    while abs(fired - calm) > 1:
        middle = (calm + fired) // 2
        calm, fired = (calm, middle) if fires(middle) else (middle, fired)
    return fired


class _Orders:
    """The orders that the steps of a preview meet, one after the other."""

    def __init__(self, view: State, depth: Depth) -> None:
        self._sides = {key: _best_first(orders, key[1]) for key, orders in depth.items()}
        for market_id, side in self._sides:
            self._publish(view, market_id, side)

    @contextmanager
    def kept_on_refusal(self) -> Iterator[None]:
        """Leave the orders as they were if a step is refused."""
        before = {key: list(orders) for key, orders in self._sides.items()}
        try:
            yield
        except ContractError:
            self._sides = before
            raise

    def match(self, view: State, take: Take, log: list[Record]) -> None:
        """Let a taker meet the orders given; where none are, those of the book."""
        side = Side.BID if take.is_ask else Side.ASK
        orders = self._sides.get((take.market_id, side))
        if orders is None:
            matching.run(view, take, log)
            return
        tick_value = matching.load_book(view, take.market_id).tick_value
        while orders and take.lots_left and take.fills_left:
            tick, lots = orders[0]
            if tick < take.limit_tick if take.is_ask else tick > take.limit_tick:
                break
            traded = min(lots, take.lots_left)
            orders[0:1] = [(tick, lots - traded)] if traded < lots else []
            take.lots_left -= traded
            take.filled_lots += traded
            take.notional_atoms += traded * tick * tick_value
            take.fills_left, take.last_tick = take.fills_left - 1, tick
        self._publish(view, take.market_id, side)

    def _publish(self, view: State, market_id: int, side: Side) -> None:
        """Let the book say what is best of the orders left."""
        is_ask, orders = side == Side.ASK, self._sides[market_id, side]
        none = NO_ASK if is_ask else NO_BID
        matching.store_best(view, market_id, is_ask, orders[0][0] if orders else none)


def _best_first(orders: Iterable[Order], side: Side) -> list[Order]:
    """Return the orders of a side as a taker meets them; those of a tick stay in their order."""
    sign = 1 if side == Side.ASK else -1
    return sorted(orders, key=lambda order: sign * order[0])


def _step(view: State, account_id: int, index: int, orders: _Orders, target: Target) -> StepPreview:
    """Execute a step on a view, or leave it as it was."""
    events: list[Event] = []
    done, tip, error = 0, 0, ""
    wanted = (account_id, index, _UNLIMITED, _TIPPED)
    try:
        with view.journal.transaction(), orders.kept_on_refusal():
            done, tip = executing.execute(view, *wanted, events, orders.match)
    except ContractError as refused:
        error, events = refused.name, []
    records = [
        record for event in events if isinstance(event, BookRecords) for record in event.records
    ]
    taken = next((record for record in records if isinstance(record, Taken)), Taken())
    traded = (taken.lots, taken.notional_atoms, taken.fee_atoms)
    return StepPreview(index, error, done, *traded, tip, *_level(view, account_id, target))


def _level(view: State, account_id: int, target: Target) -> tuple[int, int]:
    """Return the equity of an account, and what it is compared with [quote atoms]."""
    stands = standing.read(view, account_id)
    if target == Target.END:
        return stands.equity, stands.end
    return stands.equity, risk.health_of(view, account_id).initial


def _at_prices(state: State, prices: Mapping[int, int]) -> Overlay:
    """Return a view of a state at other prices, reported just now; marks and bands follow."""
    view = Overlay(state)
    for asset_id, price in prices.items():
        word = view.load(UnderlyingWord, slots.underlying(asset_id))
        word = replace(word, price=price, time=view.time, unconfirmed=0)
        view.store(slots.underlying(asset_id), word)
        move_band(view, asset_id, price, price)
        marks.reprice(view, asset_id, price)
    return view
