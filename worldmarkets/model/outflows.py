"""The limit on what leaves the exchange in a day, net of what comes in."""

from dataclasses import replace

from worldmarkets.model import slots
from worldmarkets.model.errors import OutflowLimitReached
from worldmarkets.model.fees import PPM, divide_up
from worldmarkets.model.state import State
from worldmarkets.model.words import SECONDS_A_DAY, OutflowWord, SeasonWord

MAX_SEASON_ATOMS = 2**80 - 1
"""The most atoms a field of a season word counts."""
MAX_OUTFLOW_ATOMS = 2**79 - 1
"""The most atoms, in and out, that a field of an outflow word counts."""
OLDEST_FIRST = ("seasoned", "yesterday", "today")
SEASONED_LAST = ("yesterday", "today", "seasoned")


def enter(
    state: State, account_id: int, asset_id: int, atoms: int, balance_atoms: int, time: int
) -> None:
    """Note a deposit: it makes room for as much to go out.

    Of what repays a debt nothing is there to be taken out, so it leaves no note. The
    balance is that before it, here and below.
    """
    _cut_season(state, account_id, asset_id, balance_atoms, time)
    _add_to_season(state, account_id, asset_id, {"today": atoms}, time)
    _cut_season(state, account_id, asset_id, balance_atoms + atoms, time)
    _store(state, asset_id, _moved(outflow_at(state, asset_id, time), -atoms, 0))


def leave(
    state: State,
    account_id: int,
    asset_id: int,
    atoms: int,
    is_bare: bool,
    balance_atoms: int,
    held_atoms: int,
    time: int,
) -> None:
    """Note a withdrawal, `held_atoms` still with it.

    What a bare account deposited earlier than yesterday leaves uncounted. What it deposited
    yesterday counts in that day, the rest today.

    Raises:
        OutflowLimitReached: what counts is more than there is room for.
    """
    order = OLDEST_FIRST if is_bare else SEASONED_LAST
    _cut_season(state, account_id, asset_id, balance_atoms, time)
    taken = _take_from_season(state, account_id, asset_id, atoms, order, time)
    counted = atoms - taken["seasoned"] if is_bare else atoms
    if not counted:
        return
    word = outflow_at(state, asset_id, time)
    limit = limit_atoms(word, held_atoms, level_at(word, time))
    word = _moved(word, counted - taken["yesterday"], taken["yesterday"])
    level = level_at(word, time)
    if level > limit:
        raise OutflowLimitReached(asset_id, level, limit)
    _store(state, asset_id, word)


def move(
    state: State,
    source: int,
    target: int,
    asset_id: int,
    atoms: int,
    balances_atoms: tuple[int, int],
    time: int,
) -> None:
    """Let deposits go along, at their age, with what is transferred; the oldest first.

    The balances are those of source and target.
    """
    _cut_season(state, source, asset_id, balances_atoms[0], time)
    _cut_season(state, target, asset_id, balances_atoms[1], time)
    taken = _take_from_season(state, source, asset_id, atoms, OLDEST_FIRST, time)
    _add_to_season(state, target, asset_id, taken, time)
    _cut_season(state, target, asset_id, balances_atoms[1] + atoms, time)


def limit_atoms(word: OutflowWord, held_atoms: int, level: int) -> int:
    """Return the most that may have left, net, of what was held before, rounded down.

    `level` is the net outflow now; what came in lately lifts the limit by nothing.
    """
    return max(held_atoms + level, 0) * word.limit_ppm // PPM


def level_at(word: OutflowWord, time: int) -> int:
    """Return the net outflow that counts at a time of the word's day.

    Of what went out the day before: the part that is less than a day ago if it went out evenly,
    rounded up. What came in the day before makes room for itself alone.
    """
    left = SECONDS_A_DAY - time % SECONDS_A_DAY
    return word.today + divide_up(max(word.yesterday, 0) * left, SECONDS_A_DAY)


def outflow_at(state: State, asset_id: int, time: int) -> OutflowWord:
    """Return the net outflow of an asset by days, as seen from a time."""
    word = state.load(OutflowWord, slots.outflow(asset_id))
    day = time // SECONDS_A_DAY
    by_day = {word.day - 1: word.yesterday, word.day: word.today}
    return replace(word, day=day, today=by_day.get(day, 0), yesterday=by_day.get(day - 1, 0))


def season_at(state: State, account_id: int, asset_id: int, time: int) -> SeasonWord:
    """Return when an account deposited what it has of an asset, as seen from a time."""
    word = state.load(SeasonWord, slots.season(account_id, asset_id))
    day = time // SECONDS_A_DAY
    by_day = {word.day: word.today, word.day - 1: word.yesterday}
    older = sum(atoms for made, atoms in by_day.items() if made < day - 1)
    seasoned = min(word.seasoned + older, MAX_SEASON_ATOMS)
    return SeasonWord(day, by_day.get(day, 0), by_day.get(day - 1, 0), seasoned)


def _cut_season(
    state: State, account_id: int, asset_id: int, balance_atoms: int, time: int
) -> None:
    """Forget, the oldest first, what was deposited and then traded away."""
    season = season_at(state, account_id, asset_id, time)
    gone = sum(getattr(season, age) for age in OLDEST_FIRST) - max(balance_atoms, 0)
    if gone > 0:
        _take_from_season(state, account_id, asset_id, gone, OLDEST_FIRST, time)


def _add_to_season(
    state: State, account_id: int, asset_id: int, added: dict[str, int], time: int
) -> None:
    season = season_at(state, account_id, asset_id, time)
    sums = {age: min(getattr(season, age) + n, MAX_SEASON_ATOMS) for age, n in added.items()}
    state.store(slots.season(account_id, asset_id), replace(season, **sums))


def _take_from_season(
    state: State, account_id: int, asset_id: int, atoms: int, order: tuple[str, ...], time: int
) -> dict[str, int]:
    """Take atoms out of the ages in an order, as many as there are, and return what was taken."""
    season = season_at(state, account_id, asset_id, time)
    taken = {}
    for age in order:
        taken[age] = min(getattr(season, age), atoms)
        atoms -= taken[age]
    left = {age: getattr(season, age) - n for age, n in taken.items()}
    state.store(slots.season(account_id, asset_id), replace(season, **left))
    return taken


def _moved(word: OutflowWord, today: int, yesterday: int) -> OutflowWord:
    most = MAX_OUTFLOW_ATOMS
    return replace(
        word,
        today=max(-most, min(most, word.today + today)),
        yesterday=max(-most, min(most, word.yesterday + yesterday)),
    )


def _store(state: State, asset_id: int, word: OutflowWord) -> None:
    state.store(slots.outflow(asset_id), word)
