"""Who may bid within an account's window, and which account is the backstop."""

from dataclasses import replace

from worldmarkets.model import accounts, slots
from worldmarkets.model.assets import invalid
from worldmarkets.model.errors import ZeroAddress
from worldmarkets.model.liquidation import counters
from worldmarkets.model.liquidation_events import BackstopSet, LiquidatorSet
from worldmarkets.model.liquidation_words import LiquidatorWord
from worldmarkets.model.state import State


def set_liquidator(
    state: State, caller: int, account_id: int, liquidator: int, *, chosen: bool
) -> LiquidatorSet:
    """Choose an address as liquidator of an account, or no longer.

    Raises:
        UnknownAccount, NotAccountOwner, ZeroAddress.
    """
    accounts.check_owner(state, account_id, caller)
    if liquidator == 0:
        raise ZeroAddress
    word = LiquidatorWord(int(chosen), touched=1)
    state.store(slots.liquidator(account_id, liquidator), word)
    return LiquidatorSet(account_id, liquidator, chosen)


def set_backstop(state: State, account_id: int) -> BackstopSet:
    """Make an account's quote balance the backstop, once; not that of the insurance fund.

    Raises:
        UnknownAccount, InvalidParameter.
    """
    accounts.check_known(state, account_id)
    word = counters.load(state)
    if word.backstop or account_id == accounts.INSURANCE:
        raise invalid("accountId", account_id)
    accounts.use_any(state, account_id, 0)
    state.store(slots.liquidation(), replace(word, backstop=account_id))
    return BackstopSet(account_id)
