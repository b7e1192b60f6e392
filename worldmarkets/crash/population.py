"""Who holds what when a crash begins."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from enum import Enum
from pathlib import Path

from worldmarkets.atlas import Leg, Perp, Portfolio, RiskSet, initial_requirement
from worldmarkets.marketdata.tables import MalformedRowError, read_columns, read_rows

DOLLAR = 10**6
"""Quote atoms in a dollar."""
PPM = 10**6
LEAST_MARGIN = 1_100
"""Equity that whoever has most leverage opens with [thousandths of R_init]: fees come off it."""
MOST_MARGIN = 8_000
"""Equity that whoever has least leverage opens with [thousandths of R_init]."""
_ATOM_PRICE = 10**12
"""A price at which an atom of a base asset is worth a quote atom."""
_MILLI = 1_000
_SMALL = 1_000
"""A leg whose size is no term [dollars]."""


class Kind(Enum):
    """A shape of portfolio."""

    LONG = "long perp"
    SHORT = "short perp"
    HEDGED = "spot on borrowed dollars, short perp"
    MIRROR = "borrowed coins sold, long perp"
    LEVERED = "spot on borrowed dollars"
    SPREAD = "long one perp, short another"
    DOLLARS = "lends dollars"
    COINS = "lends coins"

    @property
    def lends(self) -> bool:
        """Whether it only lends."""
        return self in (Kind.DOLLARS, Kind.COINS)

    @property
    def borrows_dollars(self) -> bool:
        """Whether its spot is bought on credit."""
        return self in (Kind.HEDGED, Kind.LEVERED)


_SHARES = {
    Kind.LONG: 300,
    Kind.SHORT: 200,
    Kind.HEDGED: 150,
    Kind.MIRROR: 50,
    Kind.LEVERED: 130,
    Kind.SPREAD: 50,
    Kind.DOLLARS: 80,
    Kind.COINS: 40,
}
"""How many of a thousand have which shape."""
_SIGNS: dict[Kind, tuple[tuple[int, int], ...]] = {
    Kind.LONG: ((0, 1),),
    Kind.SHORT: ((0, -1),),
    Kind.HEDGED: ((1, -1),),
    Kind.MIRROR: ((-1, 1),),
    Kind.LEVERED: ((1, 0),),
    Kind.SPREAD: ((0, 1), (0, -1)),
}
"""Signs of spot and perp leg, for the holder's asset and the one after it."""
_WITH_BOND, _WITH_LINE, _WITH_PLAN, _WITH_LIQUIDATOR, _WITH_ORDER = 100, 50, 150, 100, 200
"""How many of a thousand that can lose have each of these, and nothing else of them."""


@dataclass(frozen=True)
class Holder:
    """A portfolio to be opened; all amounts in dollars."""

    kind: Kind
    place: int
    """Place of its asset among those of the tape."""
    equity: int
    notional: int
    """Size of each of its legs; of a lender what is lent."""
    bond: int = 0
    line: int = 0
    """What somebody else has locked for it."""
    has_plan: bool = False
    has_liquidator: bool = False
    """Whether it lets the first liquidator bid within the window."""
    has_order: bool = False
    """Whether an order of it rests that takes a profit."""


Margins = Sequence[tuple[int, int]]
"""Equity [dollars], and its part of R_init [thousandths]; R_init follows from the shape."""


def generated(count: int, assets: Sequence[str], chosen: RiskSet, seed: int) -> list[Holder]:
    """Return portfolios of 1,000 to 999,000 dollars, at leverages of all kinds.

    Half of the margins are within two and a half times R_init.

    Args:
        count: How many.
        assets: What the risk set calls the assets.
        chosen: The risk parameters.
        seed: Of all chance.
    """
    chance = random.Random(seed)  # noqa: S311 - a simulation, not a secret
    margins = [(_dollars(chance), _margin(chance)) for _ in range(count)]
    return _holders(margins, assets, chosen, chance)


def deleveraged(
    path: Path, count: int, assets: Sequence[str], chosen: RiskSet, seed: int
) -> list[Holder]:
    """Return portfolios with equity and leverage of accounts that were auto-deleveraged.

    They are drawn from a file with the columns `leverage_realtime` and `account_value_realtime`.
    Nobody has more leverage than the risk set opens.

    Raises:
        DataFileError: the file can not be read.
    """
    chance = random.Random(seed)  # noqa: S311 - a simulation, not a secret
    known = _read_accounts(path)
    margins = []
    for _ in range(count):
        equity, leverage = known[chance.randrange(len(known))]
        needed = _needed_ppm(Kind.LONG, 0, assets, chosen) * leverage / PPM
        margins.append((equity, max(LEAST_MARGIN, int(_MILLI / needed))))
    return _holders(margins, assets, chosen, chance)


def legs_of(kind: Kind, place: int, assets: int) -> list[tuple[int, int, int]]:
    """Return place of the asset, and signs of spot and perp leg, of each leg of a shape."""
    signs = _SIGNS.get(kind, ())
    return [((place + offset) % assets, *pair) for offset, pair in enumerate(signs)]


def requirement(
    kind: Kind, place: int, assets: Sequence[str], chosen: RiskSet, notional: int
) -> int:
    """Return R_init of a shape with legs of a size in dollars [quote atoms]."""
    value = notional * DOLLAR
    legs = tuple(
        Leg(
            at + 1,
            chosen.asset(assets[at]),
            _ATOM_PRICE,
            spot * value,
            perp=Perp(perp * value, perp * value, perp * value, 0) if perp else None,
        )
        for at, spot, perp in legs_of(kind, place, len(assets))
    )
    return initial_requirement(Portfolio(0, legs), chosen.risk)


def _holders(
    margins: Margins, assets: Sequence[str], chosen: RiskSet, chance: random.Random
) -> list[Holder]:
    kinds = [kind for kind in _SHARES if kind is not Kind.SPREAD or len(assets) > 1]
    shares = [_SHARES[kind] for kind in kinds]
    drawn = chance.choices(kinds, shares, k=len(margins))
    holders = []
    for kind, (equity, margin) in zip(drawn, margins, strict=True):
        place = chance.randrange(len(assets))
        if kind.lends:
            holders.append(Holder(kind, place, equity, equity))
            continue
        notional = _notional(kind, place, assets, chosen, equity * _MILLI // margin)
        holders.append(_protected(Holder(kind, place, equity, notional), chance))
    return _lending_enough(holders, len(assets))


def _notional(kind: Kind, place: int, assets: Sequence[str], chosen: RiskSet, needed: int) -> int:
    """Return the size of a leg whose R_init is so much or little less [dollars]."""
    notional = needed * PPM // _needed_ppm(kind, place, assets, chosen)
    found = requirement(kind, place, assets, chosen, notional)
    while notional and found > needed * DOLLAR:
        # Size terms grow with the square.
        notional = notional * needed * DOLLAR // found
        found = requirement(kind, place, assets, chosen, notional)
    return max(1, notional)


def _needed_ppm(kind: Kind, place: int, assets: Sequence[str], chosen: RiskSet) -> int:
    """Return R_init of a small portfolio as a part of a leg, rounded down [ppm]."""
    return requirement(kind, place, assets, chosen, _SMALL) * PPM // (_SMALL * DOLLAR)


def _protected(holder: Holder, chance: random.Random) -> Holder:
    """Return a holder with a bond, a line, a plan, a liquidator or an order, by chance."""
    draw = chance.randrange(1_000)
    locked = max(10, holder.equity * chance.randint(5, 30) // 100)
    if draw < _WITH_BOND:
        return replace(holder, bond=locked)
    if draw < _WITH_BOND + _WITH_LINE:
        return replace(holder, line=locked)
    if draw < _WITH_BOND + _WITH_LINE + _WITH_PLAN:
        return replace(holder, has_plan=True)
    left = 1_000 - draw
    if left <= _WITH_LIQUIDATOR:
        return replace(holder, has_liquidator=True)
    has_order = left <= _WITH_LIQUIDATOR + _WITH_ORDER
    return replace(holder, has_order=has_order and holder.kind in (Kind.LONG, Kind.SHORT))


def _lending_enough(holders: list[Holder], assets: int) -> list[Holder]:
    """Let lenders lend half as much again as is borrowed, in equal parts."""
    owed = [
        sum(one.notional for one in holders if one.kind.borrows_dollars),
        *(
            sum(one.notional for one in holders if one.kind is Kind.MIRROR and one.place == place)
            for place in range(assets)
        ),
    ]
    lenders: list[list[int]] = [[] for _ in owed]
    for number, one in enumerate(holders):
        if one.kind.lends:
            lenders[0 if one.kind is Kind.DOLLARS else one.place + 1].append(number)
    for amount, numbers in zip(owed, lenders, strict=True):
        for number in numbers:
            lent = max(1_000, amount * 3 // 2 // len(numbers))
            holders[number] = replace(holders[number], equity=lent, notional=lent)
    return holders


def _dollars(chance: random.Random) -> int:
    return int(chance.randint(100, 999) * 10 ** chance.randint(1, 3))


def _margin(chance: random.Random) -> int:
    """Return an equity [thousandths of R_init]: small ones are more frequent."""
    part = chance.randint(0, _MILLI)
    return LEAST_MARGIN + (MOST_MARGIN - LEAST_MARGIN) * part * part // PPM


def _read_accounts(path: Path) -> list[tuple[int, Decimal]]:
    """Return equity [dollars] and leverage of accounts that had both."""
    columns = read_columns(path)
    places = [columns.index(name) for name in ("account_value_realtime", "leverage_realtime")]
    found = []
    for line, fields in read_rows(path):
        try:
            equity, leverage = (Decimal(fields[place]) for place in places)
        except InvalidOperation as error:
            raise MalformedRowError(path, line, "equity or leverage is no number") from error
        if equity >= 100 and leverage > Decimal("0.01"):
            found.append((int(equity), leverage))
    return found
