"""Executing a step of a risk plan: a trade that only reduces, or a transfer; and the tip for it."""

from dataclasses import dataclass, replace

from worldmarkets.atlas.arithmetic import BPS, PPM, divide_up, value_down
from worldmarkets.model import (
    accounts,
    balances,
    holdings,
    matching,
    orders,
    outflows,
    risk,
    slots,
    transfers,
)
from worldmarkets.model.assets import as_name
from worldmarkets.model.errors import (
    AssetNotActivated,
    CoolingDown,
    FillTooSmall,
    InvalidStep,
    PriceUnconfirmed,
    SameAccount,
    StalePrice,
)
from worldmarkets.model.events import BookRecords, Event, Transferred
from worldmarkets.model.holdings import Trades
from worldmarkets.model.interface import MarginChange, OrderRequest, SelfTrade, Side, TimeInForce
from worldmarkets.model.liquidation import plans
from worldmarkets.model.liquidation_events import StepExecuted
from worldmarkets.model.liquidation_interface import PlanAction
from worldmarkets.model.liquidation_words import PlanStateWord, PlanTermsWord
from worldmarkets.model.operators import Actor
from worldmarkets.model.perp_words import Q24
from worldmarkets.model.perps import funding, positions
from worldmarkets.model.records import Record, Taken
from worldmarkets.model.state import State
from worldmarkets.model.words import MAX_TICK, NO_ASK, BookWord, base_of, is_perp

MAX_PRICE_AGE = 60
"""How old the price may be that a step trades by [seconds]."""
MAX_LOTS = 2**40 - 1
"""The most lots of an order."""
_DOLLARS_TO_QUOTE_ATOMS = 10**12


@dataclass
class Execution:
    """A step that is executed, for no more than `wanted` [lots or atoms]; 0 for no tip account."""

    state: State
    account_id: int
    step: int
    terms: PlanTermsWord
    left: PlanStateWord
    wanted: int
    tip_account_id: int
    events: list[Event]
    match: orders.Match

    def check_done(self, done: int) -> None:
        """Pass if this is as much as the step must do at once; raises FillTooSmall.

        It must do something, so that nobody lets it wait for nothing.
        """
        least = max(1, min(self.left.min_fill, self.left.left))
        if done < least:
            raise FillTooSmall(self.step, done, least)


def execute(
    state: State,
    account_id: int,
    step: int,
    amount: int,
    tip_account_id: int,
    events: list[Event],
    match: orders.Match = matching.run,
) -> tuple[int, int]:
    """Execute a step whose trigger has fired; return what it did and the tip [quote atoms].

    Raises:
        UnknownAccount, NoSuchStep, CoolingDown, TriggerNotMet, PriceUnavailable, SameAccount,
        AssetNotActivated, FillTooSmall.
        StalePrice, PriceUnconfirmed: it does not trade by such a price.
        ContractError: those of placing an order or transferring, and of the check.
    """
    accounts.check_known(state, account_id)
    terms, left = plans.load(state, account_id, step)
    if state.time < left.ready_at:
        raise CoolingDown(step, left.ready_at)
    plans.check_trigger(state, account_id, step, terms)
    _check_tipped(state, account_id, tip_account_id)
    wanted = min(amount, left.left)
    execution = Execution(
        state, account_id, step, terms, left, wanted, tip_account_id, events, match
    )
    execution.check_done(wanted)
    done, tip = _pull(execution) if terms.action == PlanAction.PULL else _trade(execution)
    left = replace(left, left=left.left - done, ready_at=state.time + terms.cooldown)
    state.store(slots.plan_state(account_id, step), left)
    events.append(StepExecuted(account_id, step, done, left.left, tip))
    return done, tip


def order_of(state: State, size: int, terms: PlanTermsWord, wanted: int) -> OrderRequest:
    """Return the order of a step, which only reduces; `size` is the position in its asset's perp.

    Raises:
        StalePrice, PriceUnconfirmed.
    """
    side = Side.ASK if terms.action == PlanAction.SELL else Side.BID
    if terms.action == PlanAction.REDUCE and size > 0:
        side = Side.ASK
    return OrderRequest(
        terms.target,
        side,
        _limit(state, terms, is_ask=side == Side.ASK),
        min(wanted, MAX_LOTS),
        TimeInForce.IMMEDIATE_OR_CANCEL,
        orders.MAX_FILLS,
        SelfTrade.CANCEL_TAKER,
        reduce_only=True,
    )


def tip_for(terms: PlanTermsWord, notional_atoms: int, available_atoms: int) -> int:
    """Return the tip for a notional, of which no more is paid than there is [quote atoms]."""
    return min(notional_atoms * terms.tip_ppm // PPM, available_atoms)


def _trade(execution: Execution) -> tuple[int, int]:
    """Trade in the step's market, pay the tip, and check what both together leave."""
    state, account_id = execution.state, execution.account_id
    size = positions.load(state, account_id, execution.terms.target).size
    order = order_of(state, size, execution.terms, execution.wanted)
    actor = Actor(account_id, accounts.owner_of(state, account_id), by_operator=False)
    log: list[Record] = []
    trades = Trades()
    result = orders.place(state, actor, order, state.time, log, trades, execution.match)
    if log:
        execution.events.append(BookRecords(account_id, tuple(log)))
    execution.check_done(result.filled_lots)
    notional = sum(record.notional_atoms for record in log if isinstance(record, Taken))
    tip = _pay_tip(execution, notional)
    trades.changes.append(MarginChange(0, -tip))
    risk.check(state, account_id, trades)
    return result.filled_lots, tip


def _pull(execution: Execution) -> tuple[int, int]:
    """Transfer from the step's source, which must be able to do without it.

    The account is worth no less afterwards, as a tip is a part of what comes in.
    """
    state, account_id = execution.state, execution.account_id
    source, asset_id = execution.terms.source, execution.terms.target
    if not plans.may_pull(state, account_id, source):
        raise InvalidStep(execution.step, as_name("sourceAccountId"))
    atoms = min(execution.wanted, _available(state, source, asset_id))
    execution.check_done(atoms)
    left = transfers.take(state, source, asset_id, atoms)
    accounts.use(state, account_id, asset_id)
    balance = transfers.give(state, account_id, asset_id, atoms)
    before = left + atoms, balance - atoms
    outflows.move(state, source, account_id, asset_id, atoms, before, state.time)
    risk.check_outgoing(state, source)
    moved = Transferred(source, account_id, asset_id, atoms, left, balance)
    execution.events.append(moved)
    worth = value_down(atoms, holdings.underlying(state, asset_id).price) if asset_id else atoms
    return atoms, _pay_tip(execution, worth)


def _pay_tip(execution: Execution, notional: int) -> int:
    """Pay the tip for a notional out of what there is, never on credit; return it."""
    state, account_id = execution.state, execution.account_id
    target = execution.tip_account_id
    tip = tip_for(execution.terms, notional, _available(state, account_id, 0)) if target else 0
    if tip:
        balance = balances.add(state, account_id, 0, -tip)
        tipped = balances.add(state, target, 0, tip)
        before = balance + tip, tipped - tip
        outflows.move(state, account_id, target, 0, tip, before, state.time)
        execution.events.append(Transferred(account_id, target, 0, tip, balance, tipped))
    return tip


def _check_tipped(state: State, account_id: int, tip_account_id: int) -> None:
    """Pass if an account can get the tip.

    Raises:
        UnknownAccount, SameAccount, AssetNotActivated.
    """
    if not tip_account_id:
        return
    accounts.check_known(state, tip_account_id)
    if tip_account_id == account_id:
        raise SameAccount(account_id)
    if 0 not in accounts.used_assets(state, tip_account_id):
        raise AssetNotActivated(tip_account_id, 0)


def _available(state: State, account_id: int, asset_id: int) -> int:
    """Return what there is of a balance and can be taken from it at once [atoms]."""
    has = max(0, balances.atoms_of(state, account_id, asset_id))
    return min(has, balances.reach(state, account_id, asset_id))


def _limit(state: State, terms: PlanTermsWord, *, is_ask: bool) -> int:
    """Return the worst tick of a step's order, rounded to its owner's advantage.

    It is as much worse than the mark, or price, as the step allows, and no worse than the band.
    """
    book, price = state.load(BookWord, slots.book(terms.target)), _price(state, terms)
    if is_perp(terms.target):
        scaled, unit = funding.load(state, terms.target).mark, Q24
    else:
        scaled, unit = price * book.atoms_per_lot, book.tick_value * _DOLLARS_TO_QUOTE_ATOMS
    if is_ask:
        lowest = divide_up(scaled * (BPS - terms.slippage_bps), unit * BPS)
        return max(min(lowest, NO_ASK), book.lowest_ask)
    highest = scaled * (BPS + terms.slippage_bps) // (unit * BPS)
    return min(highest, MAX_TICK, book.highest_bid)


def _price(state: State, terms: PlanTermsWord) -> int:
    """Return a price that a step may trade by: not old, and none waits besides it.

    Raises:
        StalePrice, PriceUnconfirmed.
    """
    asset_id = base_of(terms.target)
    word = holdings.underlying(state, asset_id)
    oldest = state.time - MAX_PRICE_AGE
    if word.time < oldest:
        raise StalePrice(asset_id, word.time, oldest)
    if word.unconfirmed:
        raise PriceUnconfirmed(asset_id)
    return word.price
