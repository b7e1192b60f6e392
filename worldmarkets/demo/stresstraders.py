"""What traders of the stress act hold: sizes that the fall is too much for, and their orders."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from worldmarkets.client.calls import MAX_FILLS
from worldmarkets.demo.session import Session
from worldmarkets.demo.underlyings import Underlying
from worldmarkets.model.interface import MarginChange, OrderRequest, Side, TimeInForce
from worldmarkets.staging import QUOTE_DECIMALS, Account, Venue
from worldmarkets.transactions import Request

_REACH_BPS, _BPS = 60, 10_000
"""How far beyond the reference price they trade [basis points]."""
_COST = Decimal("0.003")
"""More than what opening costs, fee and the way through the book [part of the size]."""
_GUESS = 6
"""Size, over equity, at which requirements are asked for: they hardly depend on it."""


@dataclass(frozen=True)
class Shape:
    """What a dollar of size is made of, negative where it is sold."""

    spot: Decimal
    perp: Decimal


PERP = Shape(Decimal(0), Decimal(1))
MIXED = Shape(Decimal("0.3"), Decimal("0.7"))
"""Spot on credit and the perp."""
HEDGED = Shape(Decimal(1), Decimal(-1))


@dataclass(frozen=True)
class Ratios:
    """What a portfolio requires, as parts of its size."""

    initial: Decimal
    maintenance: Decimal


@dataclass(frozen=True)
class Holder:
    """Somebody, and the lots of each market he wants to hold beyond what he held at first."""

    account: Account
    wanted: Mapping[Venue, int]

    def trade(self, session: Session, prices: Mapping[Venue, Decimal]) -> list[Request]:
        """Return one transaction that trades what he lacks, as far as the books go; or none.

        Args:
            session: What he has traded so far.
            prices: What markets trade at [dollars a token].
        """
        orders = [
            _order(venue, missing, prices[venue])
            for venue, lots in self.wanted.items()
            if abs(missing := lots - session.inventory[self.account.account_id, venue.market_id])
            >= venue.min_lots
        ]
        if not orders:
            return []
        return [self.account.client.calls.batch(self.account.account_id, [], orders)]


def holder(account: Account, one: Underlying, shape: Shape, dollars: Decimal) -> Holder:
    """Return who wants a portfolio of a size [dollars]."""
    price, wanted = one.path.at(Decimal(0)), {}
    for venue, part in ((one.spot, shape.spot), (one.perp, shape.perp)):
        if part:
            lots = venue.lots_worth(abs(part) * dollars, price)
            wanted[venue] = lots if part > 0 else -lots
    return Holder(account, wanted)


def size_for(equity: Decimal, crash_depth: Decimal, ratios: Ratios, left: Decimal) -> Decimal:
    """Return the size of a long portfolio of which a part of maintenance is left at the lowest.

    Args:
        equity: What its owner has [dollars].
        crash_depth: How far the price falls [part of it].
        ratios: What it requires.
        left: Its equity then [part of what maintenance requires].
    """
    return equity / (crash_depth + left * ratios.maintenance * (1 - crash_depth) + _COST)


def largest(equity: Decimal, ratios: Ratios) -> Decimal:
    """Return the largest size that the exchange lets somebody open [dollars]."""
    return equity / (ratios.initial + _COST)


def equity_of(account: Account) -> Decimal:
    """Return what an account is worth [dollars]."""
    margin, _ = account.client.preview_margin(account.account_id)
    return Decimal(margin.equity_atoms).scaleb(-QUOTE_DECIMALS)


def ratios_of(account: Account, one: Underlying, shape: Shape) -> Ratios:
    """Ask the exchange what a portfolio would require, large as an account may want it."""
    dollars = _GUESS * equity_of(account)
    changes = _changes(holder(account, one, shape, dollars), one)
    _, margin = account.client.preview_margin(account.account_id, changes)
    atoms = dollars.scaleb(QUOTE_DECIMALS)
    return Ratios(margin.initial_atoms / atoms, margin.maintenance_atoms / atoms)


def _changes(wanting: Holder, one: Underlying) -> Sequence[MarginChange]:
    changes = []
    for venue, lots in wanting.wanted.items():
        if venue == one.perp:
            changes.append(MarginChange(venue.market_id, lots))
            continue
        paid = (venue.size(lots) * one.path.at(Decimal(0))).scaleb(QUOTE_DECIMALS)
        changes += [
            MarginChange(0, -int(paid)),
            MarginChange(venue.base_asset_id, lots * venue.atoms_per_lot),
        ]
    return changes


def _order(venue: Venue, lots: int, price: Decimal) -> OrderRequest:
    """Return what trades lots at once or not at all, so far from a price at worst."""
    tick, buys = venue.tick(price), lots > 0
    away = max(1, tick * _REACH_BPS // _BPS)
    return OrderRequest(
        venue.market_id,
        Side.BID if buys else Side.ASK,
        tick + away if buys else max(1, tick - away),
        abs(lots),
        TimeInForce.IMMEDIATE_OR_CANCEL,
        MAX_FILLS,
    )
