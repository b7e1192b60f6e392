"""Flags: which accounts are liquidated, whose orders are dead, and how both end."""

from dataclasses import replace

from worldmarkets.model import accounts, balances, slots
from worldmarkets.model.errors import AccountHealthy, AlreadyFlagged, NotFlagged
from worldmarkets.model.events import Event
from worldmarkets.model.liquidation import auction, counters, protection, standing, waterfall
from worldmarkets.model.liquidation.standing import Standing
from worldmarkets.model.liquidation_events import (
    AccountThawed,
    AuctionRestarted,
    FlagCleared,
    Flagged,
)
from worldmarkets.model.liquidation_words import AuctionWord
from worldmarkets.model.perp_words import PositionWord
from worldmarkets.model.state import State
from worldmarkets.model.words import LedgerWord


def flag(state: State, account_id: int, events: list[Event]) -> None:
    """Flag an account that is neither healthy nor protected, and recognise its deficit.

    Raises:
        UnknownAccount, AlreadyFlagged, AccountHealthy.
    """
    stands = standing.read(state, account_id)
    if accounts.load(state, account_id).flagged:
        raise AlreadyFlagged(account_id)
    if stands.is_safe:
        raise AccountHealthy(account_id, stands.covered, stands.maintenance)
    protection.mark(state, account_id, flagged=1, live=0)
    _freeze(state, account_id, frozen=1)
    end = state.time + auction.WINDOW
    word = load(state, account_id)
    times = {"window_end": end, "clock_start": end, "flagged_at": state.time}
    state.store(slots.auction(account_id), replace(word, **times, touched=1))
    counters.add(state, flagged=1)
    events.append(Flagged(account_id, stands.equity, stands.maintenance, end))
    if stands.covered < 0:
        waterfall.recognise(state, account_id, stands, events)


def review(state: State, account_id: int, events: list[Event]) -> tuple[bool, bool]:
    """Clear a flag, start its price clock anew, or recognise a deficit; let orders rest again.

    Returns whether the account is flagged, and whether its orders may rest.

    Raises:
        UnknownAccount, NotFlagged.
    """
    accounts.check_known(state, account_id)
    if accounts.load(state, account_id).live:
        raise NotFlagged(account_id)
    if accounts.load(state, account_id).flagged:
        stands = recognised(state, account_id, events)
        if not clear(state, account_id, stands, events) and stands.covered >= stands.maintenance:
            restart_clock(state, account_id, events)
    thaw(state, account_id, events)
    word = accounts.load(state, account_id)
    return bool(word.flagged), bool(word.live)


def recognised(state: State, account_id: int, events: list[Event]) -> Standing:
    """Return where an account stands, after its deficit, if it has one, was paid."""
    stands = standing.read(state, account_id)
    if stands.covered >= 0:
        return stands
    waterfall.recognise(state, account_id, stands, events)
    return standing.read(state, account_id)


def clear(state: State, account_id: int, stands: Standing, events: list[Event]) -> bool:
    """Clear a flag if the account stands well enough, and return whether it does."""
    if not stands.is_restored:
        return False
    protection.mark(state, account_id, flagged=0)
    word = load(state, account_id)
    counters.add(state, flagged=-1, in_deficit=-word.in_deficit)
    if word.in_deficit:
        state.store(slots.auction(account_id), replace(word, in_deficit=0))
    events.append(FlagCleared(account_id, stands.equity, stands.end))
    return True


def thaw(state: State, account_id: int, events: list[Event]) -> None:
    """Let orders of an account rest again that has no flag, no claim on it and no dead order."""
    word = accounts.load(state, account_id)
    if word.live or word.flagged or protection.load(state, account_id).claims:
        return
    if _has_orders(state, account_id):
        return
    _freeze(state, account_id, frozen=0)
    protection.mark(state, account_id, live=1)
    events.append(AccountThawed(account_id))


def restart_clock(state: State, account_id: int, events: list[Event]) -> None:
    """Let the price of slices fall anew from now, or from the end of the window."""
    word = load(state, account_id)
    start = max(state.time, word.window_end)
    state.store(slots.auction(account_id), replace(word, clock_start=start))
    events.append(AuctionRestarted(account_id, start))


def load(state: State, account_id: int) -> AuctionWord:
    """Return the auction word of an account."""
    return state.load(AuctionWord, slots.auction(account_id))


def _freeze(state: State, account_id: int, *, frozen: int) -> None:
    """Let all orders of an account be dead, or let none that will be placed be so."""
    for asset_id in sorted({0, *accounts.used_assets(state, account_id)}):
        slot = slots.ledger(account_id, asset_id)
        ledger = state.load(LedgerWord, slot)
        state.store(slot, replace(ledger, frozen=frozen, touched=1))
    for asset_id in accounts.used_perps(state, account_id):
        slot = slots.position(account_id, asset_id)
        position = state.load(PositionWord, slot)
        state.store(slot, replace(position, frozen=frozen, touched=1))


def _has_orders(state: State, account_id: int) -> bool:
    """Return whether orders of an account are in any book."""
    for asset_id in accounts.used_assets(state, account_id):
        word = balances.load(state, account_id, asset_id)
        if asset_id and (word.open_bids or word.open_asks):
            return True
    perps = accounts.used_perps(state, account_id)
    words = [state.load(PositionWord, slots.position(account_id, asset)) for asset in perps]
    return any(word.open_bids or word.open_asks for word in words)
