"""Who may act for an account: its owner, and those he allows some of it; and what it uses."""

from dataclasses import dataclass, replace

from worldmarkets.model import accounts, slots
from worldmarkets.model.assets import token_of
from worldmarkets.model.errors import (
    AssetInUse,
    AssetNotActivated,
    InvalidPermissions,
    MarketInUse,
    NotAccountOwner,
    OperatorExpired,
    PermissionMissing,
    UnknownAccount,
    ZeroAddress,
)
from worldmarkets.model.events import (
    AssetActivated,
    AssetDeactivated,
    MarketDeactivated,
    OperatorRevoked,
    OperatorSet,
)
from worldmarkets.model.interface import Permission
from worldmarkets.model.perps import marks
from worldmarkets.model.state import State
from worldmarkets.model.words import CashWord, OperatorWord

_ALL = sum(Permission)


@dataclass(frozen=True)
class Actor:
    """For whom somebody acts: the account, its owner, and whether he is not the owner himself."""

    account_id: int
    owner: int
    by_operator: bool


def load(state: State, account_id: int, operator: int) -> OperatorWord:
    """Return the word of an operator."""
    return state.load(OperatorWord, slots.operator(account_id, operator))


def authorise(
    state: State,
    account_id: int,
    caller: int,
    needed: Permission,
    time: int,
    *,
    any_of: bool = False,
) -> Actor:
    """Return who acts, if the caller owns the account or holds the permissions needed.

    One of them is enough with `any_of`.

    Raises:
        UnknownAccount, NotAccountOwner, OperatorExpired, PermissionMissing: why he may not.
    """
    owner = accounts.owner_of(state, account_id)
    if owner == 0:
        raise UnknownAccount(account_id)
    if owner == caller:
        return Actor(account_id, owner, by_operator=False)
    word = load(state, account_id, caller)
    if word.permissions == 0:
        raise NotAccountOwner(account_id, caller)
    if time > word.expiry:
        raise OperatorExpired(account_id, caller, word.expiry)
    held = word.permissions & needed
    if held == 0 or (held != needed and not any_of):
        raise PermissionMissing(account_id, caller, word.permissions, needed)
    return Actor(account_id, owner, by_operator=True)


def set_operator(
    state: State,
    account_id: int,
    operator: int,
    permissions: int,
    expiry: int,
    daily_loss_atoms: int,
    time: int,
) -> OperatorSet:
    """Let an address act for an account; the budget changes with the permission to place only."""
    if operator == 0:
        raise ZeroAddress
    if not 0 < permissions <= _ALL or expiry < time:
        raise InvalidPermissions(permissions, expiry)
    word = OperatorWord(permissions, expiry, touched=1)
    state.store(slots.operator(account_id, operator), word)
    if permissions & Permission.PLACE:
        slot = slots.ledger(account_id, 0)
        cash = state.load(CashWord, slot)
        state.store(slot, replace(cash, budget=daily_loss_atoms, touched=1))
    return OperatorSet(account_id, operator, permissions, expiry, daily_loss_atoms)


def revoke_operator(state: State, account_id: int, operator: int) -> OperatorRevoked:
    """Let an address no longer act for an account."""
    state.store(slots.operator(account_id, operator), OperatorWord(touched=1))
    return OperatorRevoked(account_id, operator)


def activate_by(state: State, caller: int, account_id: int, asset_id: int, time: int) -> None:
    """Make an account use an asset; only who acts for it may, if it does not yet.

    Raises:
        AssetNotActivated: the caller may not.
        TooManyAssets: the account uses as many as it may.
    """
    if {0, asset_id} <= set(accounts.used_assets(state, account_id)):
        return
    if caller != accounts.owner_of(state, account_id):
        word = load(state, account_id, caller)
        if time > word.expiry or not word.permissions & (Permission.PLACE | Permission.TRANSFER):
            raise AssetNotActivated(account_id, asset_id)
    accounts.use(state, account_id, asset_id)


def activate(state: State, account_id: int, asset_id: int) -> AssetActivated:
    """Make an account use an asset; raises UnlistedAsset or TooManyAssets."""
    token_of(state, asset_id)
    accounts.use(state, account_id, asset_id)
    return AssetActivated(account_id, asset_id)


def deactivate(state: State, account_id: int, asset_id: int) -> AssetDeactivated:
    """Make an account no longer use a base asset of which it has nothing; the quote stays."""
    token_of(state, asset_id)
    if asset_id == 0 or not accounts.is_empty(state, account_id, asset_id):
        raise AssetInUse(account_id, asset_id)
    accounts.stop_using(state, account_id, asset_id)
    return AssetDeactivated(account_id, asset_id)


def deactivate_market(state: State, account_id: int, market_id: int) -> MarketDeactivated:
    """Make an account no longer use a perp market in which it has nothing.

    Raises:
        UnknownMarket, MarketInUse.
    """
    asset_id = marks.config_of(state, market_id).base
    if not accounts.is_perp_empty(state, account_id, asset_id):
        raise MarketInUse(account_id, market_id)
    accounts.stop_using_perp(state, account_id, asset_id)
    return MarketDeactivated(account_id, market_id)
