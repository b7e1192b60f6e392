"""What orders, trades, borrowing and withdrawals would change in an account, for a preview."""

from collections.abc import Iterable
from dataclasses import astuple

from worldmarkets.client.units import AssetUnits, MarketUnits
from worldmarkets.client.views import Order
from worldmarkets.model.fees import fee_up
from worldmarkets.model.interface import MarginChange, Side

_QUOTE = 0

MARK_ONE = 2**24
"""A tick, in the unit of marks."""


def resting(units: MarketUnits, order: Order) -> MarginChange:
    """Return what an order changes that rests whole: atoms, or lots of a perp."""
    market = units.market
    size = units.to_lots(order.size) * (1 if market.perp else market.atoms_per_lot)
    bids, asks = (size, 0) if order.side == Side.BID else (0, size)
    reducing = size if order.reduce_only else 0
    traded_id = market.market_id if market.perp else units.base.asset_id
    return MarginChange(traded_id, 0, bids, asks, reducing)


def traded(units: MarketUnits, order: Order) -> tuple[MarginChange, MarginChange]:
    """Return what an order of a spot market changes that trades whole at its price, with fee."""
    lots = units.to_lots(order.size)
    atoms = lots * units.market.atoms_per_lot
    notional = lots * units.to_tick(order.price) * units.market.tick_value
    sign = 1 if order.side == Side.BID else -1
    paid = sign * notional + fee_up(notional, units.market.taker_ppm)
    return MarginChange(units.base.asset_id, sign * atoms), MarginChange(_QUOTE, -paid)


def traded_perp(units: MarketUnits, order: Order, mark: int) -> tuple[MarginChange, MarginChange]:
    """Return what an order of a perp changes that trades whole at its price, the fee included.

    The lots count as traded at the mark [2^-24 ticks]; what is lost against it, fee and all, is
    taken off the quote balance, rounded up as the position would be. A gain is left out: not
    settled, it would support neither debt nor withdrawals.
    """
    market = units.market
    lots, tick = units.to_lots(order.size), units.to_tick(order.price)
    sign = 1 if order.side == Side.BID else -1
    fee = fee_up(lots * tick * market.tick_value, market.taker_ppm)
    lost = sign * lots * (tick * MARK_ONE - mark) - (-fee * MARK_ONE // market.tick_value)
    paid = max(0, -(-lost * market.tick_value // MARK_ONE))
    return MarginChange(market.market_id, sign * lots), MarginChange(_QUOTE, -paid)


def moved(units: AssetUnits, atoms: int) -> MarginChange:
    """Return the change of atoms that come in, or if negative go out."""
    return MarginChange(units.asset.asset_id, atoms)


def summed(changes: Iterable[MarginChange]) -> list[MarginChange]:
    """Return one change for each asset and perp."""
    by_asset: dict[int, MarginChange] = {}
    for change in changes:
        _, *fields = astuple(change)
        _, *before = astuple(by_asset.get(change.asset_id, MarginChange(change.asset_id)))
        sums = (old + new for old, new in zip(before, fields, strict=True))
        by_asset[change.asset_id] = MarginChange(change.asset_id, *sums)
    return list(by_asset.values())
