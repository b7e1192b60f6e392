"""Opening portfolios on an exchange, all at the price at which the crash begins."""

from collections.abc import Sequence
from dataclasses import dataclass

from worldmarkets.crash.population import DOLLAR, Holder, Kind, legs_of
from worldmarkets.crash.venue import Desk, Underlying
from worldmarkets.model.interface import OrderRequest, Side, TimeInForce

LINE_SECONDS = 30 * 86_400
"""How long a standby line lasts [seconds]."""
PROFIT_BPS = 400
"""How far away an order rests that takes a profit [basis points]."""
_EDGE_BPS = 1
"""How far beyond the index the opening is traded [basis points]."""


@dataclass(frozen=True)
class Open:
    """A holder, his account, and his resting order."""

    holder: Holder
    account_id: int
    order_id: int = 0
    """Its resting order, 0 without one."""


def open_all(
    desk: Desk, prices: Sequence[int], holders: Sequence[Holder], maker_id: int
) -> list[Open]:
    """Open portfolios against a maker who quotes for as much as is wanted, and then leaves.

    What the holders do not lend of what they borrow, one more lender brings in.

    Args:
        desk: Where; the prices have just been posted.
        prices: Of the underlyings [1e-18 dollars a whole token].
        holders: What to open.
        maker_id: Account of the maker, who has enough of everything.

    Raises:
        ContractError: something was refused.
    """
    opening = _Opening(desk, prices)
    opening.lend_enough(holders)
    quotes = opening.quote(maker_id, sum(one.notional for one in holders))
    lenders = [one for one in holders if one.kind.lends]
    accounts = {id(one): opening.open_lender(one) for one in lenders}
    accounts |= {id(one): opening.open(one) for one in holders if not one.kind.lends}
    desk.act("cancel_many", desk.owners.makers, maker_id, quotes)
    return [
        Open(one, accounts[id(one)], opening.rest(one, accounts[id(one)]) if one.has_order else 0)
        for one in holders
    ]


def atoms_worth(underlying: Underlying, price: int, dollars: int) -> int:
    """Return how many atoms of a base asset some dollars buy, rounded down."""
    whole: int = 10**underlying.spot.base_decimals
    return dollars * 10**18 * whole // price


class _Opening:
    def __init__(self, desk: Desk, prices: Sequence[int]) -> None:
        self.desk = desk
        self.prices = prices

    def lend_enough(self, holders: Sequence[Holder]) -> None:
        """Bring in what is borrowed beyond what is lent, half as much again."""
        desk, owner = self.desk, self.desk.owners.lenders
        borrowed, lent = _credit(holders, len(desk.underlyings))
        account_id = desk.open_account(owner, 0)
        for asset_id, owed in enumerate(borrowed):
            missing = owed * 3 // 2 - lent[asset_id]
            if missing > 0:
                desk.fund(owner, account_id, asset_id, self._atoms(asset_id, missing))
                desk.act("set_lent", owner, account_id, asset_id, True)

    def quote(self, maker_id: int, dollars: int) -> list[int]:
        """Let a maker quote for so much on every side of every market, and return his orders."""
        places = []
        for known, price in zip(self.desk.underlyings, self.prices, strict=True):
            for venue in (known.spot, known.perp):
                for side in Side:
                    tick = edge_tick(known, price, side)
                    lots = dollars * DOLLAR // known.lot_atoms(price) + 2 * venue.min_lots
                    places.append(OrderRequest(venue.market_id, side, tick, lots))
        results = self.desk.act(
            "batch", self.desk.owners.makers, maker_id, [], places, 2**64 - 1, True
        )
        return [result.order_id for result in results[1]]

    def open_lender(self, holder: Holder) -> int:
        """Open an account that lends all it has."""
        desk, owner = self.desk, self.desk.owners.holders
        asset_id = 0 if holder.kind is Kind.DOLLARS else holder.place + 1
        account_id = desk.open_account(owner, 0)
        desk.fund(owner, account_id, asset_id, self._atoms(asset_id, holder.notional))
        desk.act("set_lent", owner, account_id, asset_id, True)
        return account_id

    def open(self, holder: Holder) -> int:
        """Open a portfolio, protected first, with all its legs at once."""
        desk, owner = self.desk, self.desk.owners.holders
        account_id = desk.open_account(owner, 0)
        self._protect(holder, account_id)
        desk.fund(owner, account_id, 0, holder.equity * DOLLAR)
        places = []
        for place, spot, perp in legs_of(holder.kind, holder.place, len(desk.underlyings)):
            known = desk.underlyings[place]
            for venue, sign in ((known.spot, spot), (known.perp, perp)):
                if sign:
                    places.append(self._take(known, venue.market_id, sign, place, holder.notional))
        desk.act("batch", owner, account_id, [], places, 2**64 - 1, True)
        return account_id

    def rest(self, holder: Holder, account_id: int) -> int:
        """Let an order of a perp rest that closes half of a position at a profit; return its id."""
        known, price = self.desk.underlyings[holder.place], self.prices[holder.place]
        side = Side.ASK if holder.kind is Kind.LONG else Side.BID
        sign = 1 if side is Side.ASK else -1
        tick = known.tick(price) * (10_000 + sign * PROFIT_BPS) // 10_000
        lots = holder.notional * DOLLAR // known.lot_atoms(price) // 2
        order = OrderRequest(
            known.perp.market_id,
            side,
            tick,
            max(known.perp.min_lots, lots),
            TimeInForce.POST_ONLY,
            reduce_only=True,
        )
        result = self.desk.act("place", self.desk.owners.holders, account_id, order)
        return int(result.order_id)

    def _protect(self, holder: Holder, account_id: int) -> None:
        """Lock a bond of further dollars, or a line that somebody else has."""
        desk, owner = self.desk, self.desk.owners.holders
        if holder.bond:
            desk.fund(owner, account_id, 0, holder.bond * DOLLAR)
            desk.act("lock_bond", owner, account_id, holder.bond * DOLLAR)
        if holder.line:
            lender = desk.owners.lenders
            lender_id = desk.open_account(lender, holder.line * DOLLAR)
            terms = (holder.line * DOLLAR, 0, desk.time + LINE_SECONDS)
            desk.act("offer_line", lender, lender_id, account_id, *terms)
            desk.act("accept_line", owner, account_id, lender_id, 0)

    def _take(
        self, known: Underlying, market_id: int, sign: int, place: int, dollars: int
    ) -> OrderRequest:
        """Return an order that buys or sells so much at once."""
        price = self.prices[place]
        side = Side.BID if sign > 0 else Side.ASK
        tick = edge_tick(known, price, Side(1 - side))
        lots = max(known.spot.min_lots, dollars * DOLLAR // known.lot_atoms(price))
        return OrderRequest(market_id, side, tick, lots, TimeInForce.FILL_OR_KILL)

    def _atoms(self, asset_id: int, dollars: int) -> int:
        if asset_id == 0:
            return dollars * DOLLAR
        known = self.desk.underlyings[asset_id - 1]
        return atoms_worth(known, self.prices[asset_id - 1], dollars)


def edge_tick(known: Underlying, price: int, side: Side) -> int:
    """Return the tick a basis point outside of the index, where a maker of a side quotes."""
    tick = known.tick(price)
    away = max(1, tick * _EDGE_BPS // 10_000)
    return tick + away + 1 if side is Side.ASK else tick - away


def _credit(holders: Sequence[Holder], assets: int) -> tuple[list[int], list[int]]:
    """Return what is borrowed and what is lent, by asset id [dollars]."""
    borrowed, lent = [0] * (assets + 1), [0] * (assets + 1)
    for one in holders:
        if one.kind.borrows_dollars:
            borrowed[0] += one.notional
        elif one.kind is Kind.MIRROR:
            borrowed[one.place + 1] += one.notional
        elif one.kind.lends:
            lent[0 if one.kind is Kind.DOLLARS else one.place + 1] += one.notional
    return borrowed, lent
