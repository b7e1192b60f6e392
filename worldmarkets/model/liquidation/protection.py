"""What protects an account before anybody else pays: its bond, and its undrawn standby lines.

And what it owes for that: claims of the funds, and drawn lines.
"""

from dataclasses import replace

from worldmarkets.model import accounts, balances, slots
from worldmarkets.model.errors import InsufficientBalance
from worldmarkets.model.liquidation import counters, moves
from worldmarkets.model.liquidation_words import LineState, LinesWord, LineWord, ProtectionWord
from worldmarkets.model.state import State

LEAST_ATOMS = 10 * 10**6
"""The smallest bond or line [quote atoms]."""


def load(state: State, account_id: int) -> ProtectionWord:
    """Return the word of an account's bond and of the claims on it."""
    return state.load(ProtectionWord, slots.protection(account_id))


def store(state: State, account_id: int, word: ProtectionWord) -> None:
    """Write the word of an account's bond and of the claims on it."""
    state.store(slots.protection(account_id), replace(word, touched=1))


def load_lines(state: State, account_id: int) -> LinesWord:
    """Return the word of an account's standby lines."""
    return state.load(LinesWord, slots.lines(account_id))


def store_lines(state: State, account_id: int, word: LinesWord) -> None:
    """Write the word of an account's standby lines."""
    state.store(slots.lines(account_id), replace(word, touched=1))


def load_line(state: State, account_id: int, lender_id: int) -> LineWord:
    """Return the word of a lender's standby line for an account."""
    return state.load(LineWord, slots.line(account_id, lender_id))


def store_line(state: State, account_id: int, lender_id: int, word: LineWord) -> None:
    """Write the word of a lender's standby line for an account."""
    state.store(slots.line(account_id, lender_id), replace(word, touched=1))


def protected_atoms(state: State, account_id: int) -> int:
    """Return B: the bond, and what is locked of active lines that have not run out [atoms]."""
    if not accounts.load(state, account_id).protected:
        return 0
    total = load(state, account_id).bond
    for lender_id in load_lines(state, account_id).lenders:
        line = load_line(state, account_id, lender_id)
        total += line.locked if line.protects(state.time) else 0
    return total


def claim_atoms(state: State, account_id: int) -> int:
    """Return what funds have paid for an account and not got back [atoms]."""
    return load(state, account_id).claims


def owed_atoms(state: State, account_id: int) -> int:
    """Return what an account owes to funds and lenders of drawn lines [atoms]."""
    return load(state, account_id).claims + load_lines(state, account_id).drawn


def mark(state: State, account_id: int, **status: int) -> None:
    """Set bits of an account's word."""
    word = accounts.load(state, account_id)
    state.store(slots.account(account_id), replace(word, **status))


def lock(state: State, account_id: int, atoms: int) -> int:
    """Take quote atoms that an account has off its balance, and return what is left.

    Raises:
        InsufficientBalance: it has fewer.
        InsufficientLiquidity: they are lent, and the pool has fewer.
        PriceMoving: they are lent, and a price has just moved fast.
    """
    balance = balances.atoms_of(state, account_id, 0)
    if balance < atoms:
        raise InsufficientBalance(account_id, 0, balance, atoms)
    moves.check_lent(state, account_id, 0)
    return balances.add(state, account_id, 0, -atoms)


def take(state: State, account_id: int, most: int) -> tuple[int, int]:
    """Take at most so much of what protects an account, the bond first, then line by line.

    What is taken of a line is drawn. Returns what was taken of the bond and of lines [atoms].
    """
    if not accounts.load(state, account_id).protected:
        return 0, 0
    word = load(state, account_id)
    bond = min(most, word.bond)
    if bond:
        store(state, account_id, replace(word, bond=word.bond - bond))
        counters.add(state, bonds=-bond)
    left = most - bond
    for lender_id in load_lines(state, account_id).lenders:
        line = load_line(state, account_id, lender_id)
        if line.protects(state.time):
            left -= draw(state, account_id, lender_id, left)
    return bond, most - bond - left


def draw(state: State, account_id: int, lender_id: int, most: int) -> int:
    """Draw at most so much of a line, without crediting it, and return what was drawn [atoms]."""
    line = load_line(state, account_id, lender_id)
    atoms = min(most, line.locked)
    if not atoms:
        return 0
    line = replace(line, locked=line.locked - atoms, drawn=line.drawn + atoms)
    store_line(state, account_id, lender_id, line)
    lines = load_lines(state, account_id)
    store_lines(state, account_id, replace(lines, drawn=lines.drawn + atoms))
    counters.add(state, lines=-atoms)
    mark(state, account_id, owes=1)
    return atoms


def remove_line(state: State, account_id: int, lender_id: int) -> None:
    """Let a line of which nothing is locked or drawn be none."""
    store_line(state, account_id, lender_id, LineWord(state=LineState.NONE))
    lines = load_lines(state, account_id)
    lenders = tuple(one for one in lines.lenders if one != lender_id)
    if lenders != lines.lenders:
        store_lines(state, account_id, lines.with_lenders(lenders))
