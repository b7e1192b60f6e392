"""Look-up of listed assets, and amounts of their tokens."""

from worldmarkets.model import slots
from worldmarkets.model.errors import FractionalAtoms, InvalidParameter, UnlistedAsset, ZeroAmount
from worldmarkets.model.state import State
from worldmarkets.model.words import TokenWord


def token_of(state: State, asset_id: int) -> TokenWord:
    """Return the token word of a listed asset; raises UnlistedAsset."""
    word = state.load_raw(slots.token(asset_id)) if asset_id < 2**8 else 0
    if word == 0:
        raise UnlistedAsset(asset_id)
    return TokenWord.unpack(word)


def to_atoms(token_units: int, units_per_atom: int) -> int:
    """Return whole atoms; raises ZeroAmount or FractionalAtoms."""
    if token_units == 0:
        raise ZeroAmount
    atoms, rest = divmod(token_units, units_per_atom)
    if rest:
        raise FractionalAtoms(token_units, units_per_atom)
    return atoms


def invalid(name: str, value: int) -> InvalidParameter:
    """Return the error of a parameter, its name as the contract encodes it."""
    return InvalidParameter(as_name(name), value)


def as_name(text: str) -> bytes:
    """Return the name of a parameter as the contracts encode it."""
    return text.encode().ljust(32, b"\0")
