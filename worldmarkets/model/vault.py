"""Deposits, withdrawals and transfers."""

from dataclasses import dataclass

from worldmarkets.model import accounts, balances, operators, outflows, pools, risk, transfers
from worldmarkets.model.assets import to_atoms, token_of
from worldmarkets.model.errors import (
    InsufficientBalance,
    InsufficientLiquidity,
    InvalidPermit,
    InvalidReceiver,
    NothingOwed,
    NotWrappedNative,
    SameAccount,
    TooMuchHeld,
    UnknownAccount,
    ZeroAddress,
    ZeroAmount,
)
from worldmarkets.model.events import Deposited, Transferred, Withdrawn
from worldmarkets.model.interface import Permission
from worldmarkets.model.outside import Token, WrappedNative
from worldmarkets.model.state import State
from worldmarkets.model.words import MAX_HELD_ATOMS


@dataclass(frozen=True)
class Call:
    """A call of the vault about one asset: by whom, when [seconds], and where the tokens are."""

    state: State
    exchange: int
    caller: int
    time: int
    asset_id: int
    token: Token

    @property
    def units_per_atom(self) -> int:
        """Token units in an atom of the asset."""
        return token_of(self.state, self.asset_id).units_per_atom

    @property
    def held(self) -> int:
        """What the exchange holds of the asset [token units]."""
        return self.token.balance_of(self.exchange)

    @property
    def native(self) -> WrappedNative:
        """The token, if it is the wrapped native one; raises NotWrappedNative."""
        if not isinstance(self.token, WrappedNative):
            raise NotWrappedNative(self.asset_id)
        return self.token


def deposit(call: Call, account_id: int, units: int) -> Deposited:
    """Pull token units of the caller and credit what arrived."""
    if units == 0:
        raise ZeroAmount
    before = call.held
    journal = call.state.journal
    call.token.transfer_from(journal, call.exchange, call.caller, call.exchange, units)
    return _credit(call, account_id, call.held - before)


def deposit_with_permit(
    call: Call, account_id: int, units: int, deadline: int, signature: tuple[int, bytes, bytes]
) -> Deposited:
    """Deposit by a signed allowance, or by one there is; raises InvalidPermit if it is less."""
    token, exchange = call.token, call.exchange
    if isinstance(token, WrappedNative):
        signed = (call.caller, exchange, units, deadline, signature)
        token.permit(call.state.journal, *signed, call.time)
    allowance = token.allowance(call.caller, exchange)
    if allowance < units:
        raise InvalidPermit(call.asset_id, call.caller, allowance)
    return deposit(call, account_id, units)


def deposit_native(call: Call, account_id: int, units: int) -> Deposited:
    """Wrap native units of the caller and credit them."""
    call.native.wrap(call.state.journal, call.exchange, units)
    return _credit(call, account_id, units)


def withdraw(call: Call, account_id: int, units: int, to: int) -> Withdrawn:
    """Send token units, whole atoms, to an address."""
    event = _debit(call, account_id, units, to)
    call.token.transfer(call.state.journal, call.exchange, to, units)
    return event


def withdraw_native(call: Call, account_id: int, units: int, to: int) -> Withdrawn:
    """Unwrap token units, whole atoms, and send them to an address."""
    native = call.native
    event = _debit(call, account_id, units, to)
    native.unwrap(call.state.journal, call.exchange, units)
    return event


def borrow(call: Call, account_id: int, units: int, to: int) -> Withdrawn:
    """Send token units, whole atoms, to an address; what the balance does not have is borrowed."""
    state = call.state
    operators.authorise(state, account_id, call.caller, Permission.LEND, call.time)
    pools.check_open(state, call.asset_id)
    _activate(state, call.caller, account_id, call.asset_id, call.time)
    event = _debit(call, account_id, units, to, on_credit=True)
    call.token.transfer(state.journal, call.exchange, to, units)
    return event


def repay(call: Call, account_id: int, units: int) -> Deposited:
    """Deposit, at most what is owed; raises NothingOwed."""
    accounts.check_known(call.state, account_id)
    balance = balances.atoms_of(call.state, account_id, call.asset_id)
    if balance >= 0:
        raise NothingOwed(account_id, call.asset_id)
    return deposit(call, account_id, min(units, -balance * call.units_per_atom))


def transfer(
    state: State, caller: int, source: int, target: int, asset_id: int, atoms: int, time: int
) -> Transferred:
    """Move atoms between two accounts; to those of others only assets in use there."""
    same = accounts.owner_of(state, source) == accounts.owner_of(state, target)
    needed = Permission.TRANSFER if same else Permission.WITHDRAW
    operators.authorise(state, source, caller, needed, time)
    if accounts.owner_of(state, target) == 0:
        raise UnknownAccount(target)
    if source == target:
        raise SameAccount(source)
    token_of(state, asset_id)
    if atoms == 0:
        raise ZeroAmount
    left = _subtract(state, source, asset_id, atoms)
    _activate(state, caller, target, asset_id, time)
    balance = transfers.give(state, target, asset_id, atoms)
    before = left + atoms, balance - atoms
    outflows.move(state, source, target, asset_id, atoms, before, time)
    _check_outgoing(state, source, caller, time)
    return Transferred(source, target, asset_id, atoms, left, balance)


def _credit(call: Call, account_id: int, arrived: int) -> Deposited:
    """Credit token units that have arrived."""
    state, asset_id = call.state, call.asset_id
    atoms = to_atoms(arrived, call.units_per_atom)
    held_atoms = call.held // call.units_per_atom
    if held_atoms > MAX_HELD_ATOMS:
        raise TooMuchHeld(asset_id, held_atoms, MAX_HELD_ATOMS)
    _activate(state, call.caller, account_id, asset_id, call.time)
    balance = transfers.give(state, account_id, asset_id, atoms)
    outflows.enter(state, account_id, asset_id, atoms, balance - atoms, call.time)
    return Deposited(account_id, asset_id, atoms, balance)


def _debit(
    call: Call, account_id: int, units: int, to: int, *, on_credit: bool = False
) -> Withdrawn:
    """Do all of a withdrawal but the transfer of tokens."""
    state, asset_id = call.state, call.asset_id
    needed = Permission.WITHDRAW
    if to == accounts.owner_of(state, account_id):
        needed |= Permission.WITHDRAW_TO_OWNER
    operators.authorise(state, account_id, call.caller, needed, call.time, any_of=True)
    if to == 0:
        raise ZeroAddress
    if to in (call.exchange, call.token.address):
        raise InvalidReceiver(to)
    atoms = to_atoms(units, call.units_per_atom)
    is_bare = accounts.is_bare(state, account_id)
    balance = _subtract(state, account_id, asset_id, atoms, on_credit=on_credit)
    held_atoms = call.held // call.units_per_atom
    before = balance + atoms
    outflows.leave(state, account_id, asset_id, atoms, is_bare, before, held_atoms, call.time)
    _check_outgoing(state, account_id, call.caller, call.time)
    return Withdrawn(account_id, asset_id, to, atoms, balance)


def _check_outgoing(state: State, account_id: int, caller: int, time: int) -> None:
    """Check an account after value has left it.

    An operator who may not borrow leaves one whose balances cover its spot orders, or resting
    orders whose cover he takes would borrow for him.
    """
    word = operators.load(state, account_id, caller)
    may_lend = word.permissions & Permission.LEND and time <= word.expiry
    may_owe = caller == accounts.owner_of(state, account_id) or may_lend
    risk.check_outgoing(state, account_id, must_be_covered=not may_owe)


def _activate(state: State, caller: int, account_id: int, asset_id: int, time: int) -> None:
    """Make an account use an asset; raises UnknownAccount, AssetNotActivated or TooManyAssets."""
    accounts.check_known(state, account_id)
    operators.activate_by(state, caller, account_id, asset_id, time)


def _subtract(
    state: State, account_id: int, asset_id: int, atoms: int, *, on_credit: bool = False
) -> int:
    """Take atoms that the balance has, or on credit, and return what is left.

    Raises:
        InsufficientBalance: the balance is smaller.
        InsufficientLiquidity: more than there can be.
        PriceMoving: it is lent, and a price has just moved fast.
    """
    balance = balances.atoms_of(state, account_id, asset_id)
    if balance < atoms and not on_credit:
        raise InsufficientBalance(account_id, asset_id, balance, atoms)
    if atoms > MAX_HELD_ATOMS:
        available = balances.reach(state, account_id, asset_id)
        raise InsufficientLiquidity(asset_id, atoms, available)
    return transfers.take(state, account_id, asset_id, atoms)
