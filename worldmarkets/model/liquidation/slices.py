"""Slices of a flagged account: who takes one, what moves, and what is paid for it."""

from dataclasses import dataclass, replace

from worldmarkets.atlas.arithmetic import PPM, divide_up
from worldmarkets.model import accounts, balances, risk, slots
from worldmarkets.model.errors import (
    AccountHealthy,
    NotFlagged,
    PaidTooMuch,
    PositionCapReached,
    SameOwner,
    SliceTooSmall,
    UnknownAccount,
    WindowOpen,
)
from worldmarkets.model.events import Event
from worldmarkets.model.liquidation import absorbing, auction, flags, funds, standing, waterfall
from worldmarkets.model.liquidation.auction import Offer
from worldmarkets.model.liquidation.standing import Standing
from worldmarkets.model.liquidation.waterfall import Given
from worldmarkets.model.liquidation_events import SliceTaken
from worldmarkets.model.liquidation_interface import SliceResult
from worldmarkets.model.liquidation_words import LiquidatorWord
from worldmarkets.model.perp_words import PositionWord, wrapped
from worldmarkets.model.perps import funding, positions
from worldmarkets.model.state import State
from worldmarkets.model.words import TapeWord, perp_market


@dataclass(frozen=True)
class Bid:
    """What somebody wants of a flagged account [ppm], and the most he pays [quote atoms]."""

    account_id: int
    bidder_id: int
    ppm: int
    max_paid: int


def take(state: State, bid: Bid, events: list[Event]) -> SliceResult:
    """Move a slice to a bidder, who may act for his account, and let him pay or be paid.

    Raises:
        UnknownAccount, SameOwner, NotFlagged, WindowOpen, AccountHealthy, SliceTooSmall,
        PaidTooMuch, PositionCapReached, TooManyAssets; those of borrowing and of the check.
    """
    account_id = bid.account_id
    _check_bidder(state, bid)
    stands = flags.recognised(state, account_id, events)
    if stands.is_safe:
        raise AccountHealthy(account_id, stands.covered, stands.maintenance)
    waiting = standing.read_waiting(state, account_id)
    if waiting is not None and waiting.is_safe:
        # Nobody is to be had at a price that everybody knows to be past.
        raise AccountHealthy(account_id, waiting.covered, waiting.maintenance)
    offer = _offer(state, account_id, stands)
    if bid.ppm < offer.least:
        raise SliceTooSmall(bid.ppm, offer.least)
    ppm = min(bid.ppm, offer.most)
    move(state, account_id, bid.bidder_id, ppm)
    paid, fee = _pay(state, bid, ppm, offer, stands, events)
    if paid > bid.max_paid:
        raise PaidTooMuch(paid, bid.max_paid)
    risk.check_absorbing(state, bid.bidder_id)
    after = standing.read(state, account_id)
    events.append(SliceTaken(account_id, bid.bidder_id, ppm, paid, fee, after.equity))
    if flags.clear(state, account_id, after, events):
        flags.thaw(state, account_id, events)
    else:
        flags.restart_clock(state, account_id, events)
    return SliceResult(ppm, paid, fee)


def move(state: State, account_id: int, bidder_id: int, ppm: int) -> None:
    """Move a part of every balance and position; raises TooManyAssets or PositionCapReached."""
    for asset_id in sorted({0, *accounts.used_assets(state, account_id)}):
        _move_balance(state, account_id, bidder_id, asset_id, ppm)
    for asset_id in accounts.used_perps(state, account_id):
        _move_position(state, account_id, bidder_id, perp_market(asset_id), ppm)


def _check_bidder(state: State, bid: Bid) -> None:
    owner = accounts.owner_of(state, bid.account_id)
    bidder = accounts.owner_of(state, bid.bidder_id)
    if owner == 0:
        raise UnknownAccount(bid.account_id)
    if owner == bidder:
        raise SameOwner(bid.account_id, bid.bidder_id)
    if not accounts.load(state, bid.account_id).flagged:
        raise NotFlagged(bid.account_id)
    end = flags.load(state, bid.account_id).window_end
    chosen = state.load(LiquidatorWord, slots.liquidator(bid.account_id, bidder)).chosen
    if state.time < end and not chosen:
        raise WindowOpen(bid.account_id, end)


def _offer(state: State, account_id: int, stands: Standing) -> Offer:
    seconds = max(0, state.time - flags.load(state, account_id).clock_start)
    known = (stands.equity, stands.end, stands.exit_cost, stands.gross)
    return auction.offer(*known, seconds)


def _pay(
    state: State, bid: Bid, ppm: int, offer: Offer, stands: Standing, events: list[Event]
) -> tuple[int, int]:
    """Let the bidder pay, or pay him; return what he has paid, and the fee in it."""
    if offer.price < 0:
        premium = offer.premium(ppm)
        given = Given(bid.account_id, bid.bidder_id)
        got = waterfall.pay_bidder(state, given, premium, stands, events) if premium else 0
        return -got, 0
    paid, fee = offer.payment(ppm)
    if not paid:
        return 0, 0
    balances.add(state, bid.bidder_id, 0, -paid)
    balances.add(state, bid.account_id, 0, paid - fee)
    funds.collect_fee(state, fee)
    return paid, fee


def _part(amount: int, ppm: int) -> int:
    """Return a part of a signed amount, rounded toward zero."""
    part = abs(amount) * ppm // PPM
    return part if amount >= 0 else -part


def _move_balance(state: State, account_id: int, bidder_id: int, asset_id: int, ppm: int) -> None:
    word = balances.load(state, account_id, asset_id)
    part = _part(word.balance, ppm)
    if not part:
        return
    accounts.use(state, bidder_id, asset_id)
    left = replace(word, balance=word.balance - part, touched=1)
    state.store(slots.ledger(account_id, asset_id), left)
    absorbing.absorb(state, bidder_id, asset_id, part, lent=bool(word.lent))


def _move_position(state: State, account_id: int, bidder_id: int, market_id: int, ppm: int) -> None:
    """Move whole lots, rounded up, and of what is not settled the exact part, rounded down.

    Lots are booked at the mark less that part, so that each has after it what it is to have.
    """
    giver, market = positions.load(state, account_id, market_id), funding.load(state, market_id)
    index = funding.index_at(market, state.time)
    lots = divide_up(abs(giver.size) * ppm, PPM)
    lots = lots if giver.size >= 0 else -lots
    value = positions.unsettled_units(giver, market.mark, index)
    units = value * ppm // PPM - lots * (market.mark - index)
    if not (lots or units):
        return
    accounts.use_market(state, bidder_id, market_id)
    taker = positions.load(state, bidder_id, market_id)
    size, cap = abs(taker.size + lots), max(market.position_cap, abs(giver.size))
    if abs(taker.size) < size > cap:
        raise PositionCapReached(bidder_id, market_id, size, cap)
    given, taken = _booked(giver, -lots, -units, index), _booked(taker, lots, units, index)
    positions.store(state, account_id, market_id, given)
    positions.store(state, bidder_id, market_id, taken)
    if lots:
        _count_open(state, market_id, (giver, taker), (given, taken))


def _booked(word: PositionWord, lots: int, units: int, index: int) -> PositionWord:
    """Return a position after lots and cash have come to it; without lots its entry stays."""
    if lots:
        return positions.traded(word, lots, units, index)
    return replace(word, cash=wrapped(word.cash + units), touched=1)


def _count_open(
    state: State,
    market_id: int,
    before: tuple[PositionWord, PositionWord],
    after: tuple[PositionWord, PositionWord],
) -> None:
    """Add to open interest half of what the sizes have grown by together."""
    grown = sum(abs(word.size) for word in after) - sum(abs(word.size) for word in before)
    tape = state.load(TapeWord, slots.tape(market_id))
    tape = replace(tape, open_interest=tape.open_interest + grown // 2)
    state.store(slots.tape(market_id), tape)
