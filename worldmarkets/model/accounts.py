"""Accounts and their ledgers: who may act, which assets are in use, what is credited."""

from dataclasses import replace

from worldmarkets.model import balances, slots
from worldmarkets.model.errors import (
    NotAccountOwner,
    TooManyAccounts,
    TooManyAssets,
    UnknownAccount,
)
from worldmarkets.model.perp_words import PositionWord
from worldmarkets.model.state import State
from worldmarkets.model.words import AccountWord, RegistryWord, base_of, is_perp

INSURANCE = 1
"""Account of the insurance fund, owned by the exchange itself."""
TREASURY = 2
"""Account of the treasury."""
MAX_ACCOUNTS = 2**32 - 1
"""The most accounts there can be, and the highest id."""
MAX_ASSETS = 16
"""The most assets an account may use at once, the quote asset included; and the most perps."""


def load(state: State, account_id: int) -> AccountWord:
    """Return the word of an account."""
    return state.load(AccountWord, slots.account(account_id))


def owner_of(state: State, account_id: int) -> int:
    """Return the owner of an account; 0 if there is no such account."""
    return load(state, account_id).owner


def check_owner(state: State, account_id: int, caller: int) -> None:
    """Pass if `caller` owns the account; raises UnknownAccount or NotAccountOwner."""
    owner = owner_of(state, account_id)
    if owner == 0:
        raise UnknownAccount(account_id)
    if owner != caller:
        raise NotAccountOwner(account_id, caller)


def check_known(state: State, account_id: int) -> None:
    """Pass if there is such an account; raises UnknownAccount."""
    if owner_of(state, account_id) == 0:
        raise UnknownAccount(account_id)


def create(state: State, owner: int) -> int:
    """Make an account with the next id and return it.

    Raises:
        TooManyAccounts: there is no id left.
    """
    registry = state.load(RegistryWord, slots.registry())
    if registry.accounts == MAX_ACCOUNTS:
        raise TooManyAccounts(MAX_ACCOUNTS)
    account_id = registry.accounts + 1
    state.store(slots.registry(), replace(registry, accounts=account_id))
    state.store(slots.account(account_id), AccountWord(owner=owner, live=1))
    return account_id


def used_assets(state: State, account_id: int) -> list[int]:
    """Return the assets in use by an account, ascending."""
    return _bits(load(state, account_id).assets)


def used_perps(state: State, account_id: int) -> list[int]:
    """Return the base assets of the perps in use by an account, ascending."""
    return _bits(load(state, account_id).perps)


def check_use(state: State, account_id: int, asset_id: int) -> AccountWord:
    """Return the word of an account with an asset and the quote asset in use.

    Raises:
        TooManyAssets: it has one bit more than before, and more than an account may have.
    """
    word = load(state, account_id)
    wanted = word.assets | 1 << asset_id | 1
    return replace(word, assets=_checked(account_id, word.assets, wanted))


def check_use_perp(state: State, account_id: int, asset_id: int) -> AccountWord:
    """Return the word of an account with an asset's perp and the quote asset in use.

    Raises:
        TooManyAssets: it would use more perps than an account may.
    """
    word = load(state, account_id)
    perps = _checked(account_id, word.perps, word.perps | 1 << asset_id)
    return replace(word, assets=word.assets | 1, perps=perps)


def check_use_market(state: State, account_id: int, market_id: int) -> AccountWord:
    """Return the word of an account that uses what a market trades; raises TooManyAssets."""
    check = check_use_perp if is_perp(market_id) else check_use
    return check(state, account_id, base_of(market_id))


def use(state: State, account_id: int, asset_id: int) -> None:
    """Mark an asset and the quote asset as used by an account; raises TooManyAssets."""
    state.store(slots.account(account_id), check_use(state, account_id, asset_id))


def use_market(state: State, account_id: int, market_id: int) -> None:
    """Mark what a market trades as used by an account; raises TooManyAssets."""
    state.store(slots.account(account_id), check_use_market(state, account_id, market_id))


def use_any(state: State, account_id: int, asset_id: int) -> None:
    """Mark an asset as used by an account of the exchange itself, however many it uses."""
    word = load(state, account_id)
    state.store(slots.account(account_id), replace(word, assets=word.assets | 1 << asset_id | 1))


def stop_using(state: State, account_id: int, asset_id: int) -> None:
    """Mark an asset as no longer used by an account; orders placed later are not dead."""
    word = load(state, account_id)
    state.store(slots.account(account_id), replace(word, assets=word.assets & ~(1 << asset_id)))
    ledger = balances.load(state, account_id, asset_id)
    state.store(slots.ledger(account_id, asset_id), replace(ledger, frozen=0))


def stop_using_perp(state: State, account_id: int, asset_id: int) -> None:
    """Mark an asset's perp as no longer used by an account; orders placed later are not dead."""
    word = load(state, account_id)
    state.store(slots.account(account_id), replace(word, perps=word.perps & ~(1 << asset_id)))
    slot = slots.position(account_id, asset_id)
    state.store(slot, replace(state.load(PositionWord, slot), frozen=0))


def is_empty(state: State, account_id: int, asset_id: int) -> bool:
    """Return whether an account has neither a balance nor open orders of a base asset."""
    word = balances.load(state, account_id, asset_id)
    return not (word.balance or word.open_bids or word.open_asks)


def is_bare(state: State, account_id: int) -> bool:
    """Return whether an account has neither open orders, nor debts, nor anything of a perp."""
    for asset_id in used_assets(state, account_id):
        word = balances.load(state, account_id, asset_id)
        if word.balance < 0 or (asset_id != 0 and (word.open_bids or word.open_asks)):
            return False
    perps = used_perps(state, account_id)
    return all(is_perp_empty(state, account_id, asset_id) for asset_id in perps)


def is_perp_empty(state: State, account_id: int, asset_id: int) -> bool:
    """Return whether an account has no position, cash or open order in the perp of an asset."""
    return state.load(PositionWord, slots.position(account_id, asset_id)).is_empty


def add_open(state: State, account_id: int, asset_id: int, is_ask: bool, atoms: int) -> None:
    """Add atoms (negative: take) to the open total of one side."""
    word = balances.load(state, account_id, asset_id)
    if is_ask:
        word = replace(word, open_asks=word.open_asks + atoms)
    else:
        word = replace(word, open_bids=word.open_bids + atoms)
    state.store(slots.ledger(account_id, asset_id), replace(word, touched=1))


def _checked(account_id: int, before: int, wanted: int) -> int:
    """Return a bitmap that an account may have after another; raises TooManyAssets."""
    count = bin(wanted).count("1")
    if wanted != before and count > MAX_ASSETS:
        raise TooManyAssets(account_id, count, MAX_ASSETS)
    return wanted


def _bits(bitmap: int) -> list[int]:
    return [place for place in range(bitmap.bit_length()) if bitmap >> place & 1]
