"""The limit on what leaves the exchange in a day, net of what comes in."""

from dataclasses import replace

from worldmarkets.model import slots
from worldmarkets.model.errors import OutflowLimitReached
from worldmarkets.model.fees import PPM
from worldmarkets.model.state import State
from worldmarkets.model.words import MAX_HELD_ATOMS, SECONDS_A_DAY, OutflowWord, SeasonWord

MAX_SEASON_ATOMS = 2**80 - 1
"""The most atoms a field of a season word counts."""


def enter(
    state: State, account_id: int, asset_id: int, atoms: int, held_atoms: int, time: int
) -> None:
    """Note a deposit, `held_atoms` with it: it makes room for as much to go out."""
    _season_deposit(state, account_id, asset_id, atoms, time)
    level = level_at(state, asset_id, held_atoms - atoms, time)
    _store_level(state, asset_id, max(level - atoms, -MAX_HELD_ATOMS), time)


def move(state: State, source: int, target: int, asset_id: int, atoms: int, time: int) -> None:
    """Let deposits go along with what is transferred, the oldest first: there they age anew."""
    season = season_at(state, source, asset_id, time)
    left = _without(season, atoms)
    state.store(slots.season(source, asset_id), left)
    _season_deposit(state, target, asset_id, _total(season) - _total(left), time)


def leave(
    state: State,
    account_id: int,
    asset_id: int,
    atoms: int,
    is_free: bool,
    held_atoms: int,
    time: int,
) -> None:
    """Note a withdrawal, `held_atoms` still with it.

    If it is free, what was deposited before yesterday only uses up room that deposits made.

    Raises:
        OutflowLimitReached: the rest is more than there is room for.
    """
    season = season_at(state, account_id, asset_id, time)
    free = min(atoms, season.seasoned) if is_free else 0
    state.store(slots.season(account_id, asset_id), _without(season, atoms))
    level = level_at(state, asset_id, held_atoms, time)
    limit = limit_atoms(state, asset_id, held_atoms, level)
    if level < 0:
        level = min(level + free, 0)
    if atoms > free:
        level += atoms - free
        if level > limit:
            raise OutflowLimitReached(asset_id, level, limit)
    _store_level(state, asset_id, level, time)


def limit_atoms(state: State, asset_id: int, held_atoms: int, level: int) -> int:
    """Return the most that may have left, net, of what was held before, rounded down.

    `level` is the net outflow now; what came in lately lifts the limit by nothing.
    """
    word = state.load(OutflowWord, slots.outflow(asset_id))
    return max(held_atoms + level, 0) * word.limit_ppm // PPM


def level_at(state: State, asset_id: int, held_atoms: int, time: int) -> int:
    """Return the net outflow at a time: in a day it fades by the limit's share of what is held."""
    word = state.load(OutflowWord, slots.outflow(asset_id))
    faded = held_atoms * word.limit_ppm * (time - word.time) // (PPM * SECONDS_A_DAY)
    size = max(abs(word.level) - faded, 0)
    return size if word.level > 0 else -size


def season_at(state: State, account_id: int, asset_id: int, time: int) -> SeasonWord:
    """Return when an account deposited what it has of an asset, as seen from a time."""
    word = state.load(SeasonWord, slots.season(account_id, asset_id))
    day = time // SECONDS_A_DAY
    by_day = {word.day: word.today, word.day - 1: word.yesterday}
    older = sum(atoms for made, atoms in by_day.items() if made < day - 1)
    seasoned = min(word.seasoned + older, MAX_SEASON_ATOMS)
    return SeasonWord(day, by_day.get(day, 0), by_day.get(day - 1, 0), seasoned)


def _season_deposit(state: State, account_id: int, asset_id: int, atoms: int, time: int) -> None:
    season = season_at(state, account_id, asset_id, time)
    today = min(season.today + atoms, MAX_SEASON_ATOMS)
    state.store(slots.season(account_id, asset_id), replace(season, today=today))


def _total(season: SeasonWord) -> int:
    return season.today + season.yesterday + season.seasoned


def _without(season: SeasonWord, atoms: int) -> SeasonWord:
    """Take a withdrawal from the oldest deposits first; what exceeds them all is forgotten."""
    left = {}
    for name in ("seasoned", "yesterday", "today"):
        has = getattr(season, name)
        left[name] = max(has - atoms, 0)
        atoms = max(atoms - has, 0)
    return replace(season, **left)


def _store_level(state: State, asset_id: int, level: int, time: int) -> None:
    slot = slots.outflow(asset_id)
    state.store(slot, replace(state.load(OutflowWord, slot), level=level, time=time))
