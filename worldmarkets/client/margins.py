"""What orders, trades, borrowing and withdrawals would change in an account, for a preview."""

from collections.abc import Iterable
from dataclasses import astuple

from worldmarkets.client.units import AssetUnits, MarketUnits
from worldmarkets.client.views import Order
from worldmarkets.model.fees import fee_up
from worldmarkets.model.interface import MarginChange, Side

_QUOTE = 0


def resting(units: MarketUnits, order: Order) -> MarginChange:
    """Return what an order changes that rests whole."""
    atoms = units.to_lots(order.size) * units.market.atoms_per_lot
    bids, asks = (atoms, 0) if order.side == Side.BID else (0, atoms)
    reducing = atoms if order.reduce_only else 0
    return MarginChange(units.base.asset_id, 0, bids, asks, reducing)


def traded(units: MarketUnits, order: Order) -> tuple[MarginChange, MarginChange]:
    """Return what an order changes that trades whole at its price, the taker's fee included."""
    lots = units.to_lots(order.size)
    atoms = lots * units.market.atoms_per_lot
    notional = lots * units.to_tick(order.price) * units.market.tick_value
    sign = 1 if order.side == Side.BID else -1
    paid = sign * notional + fee_up(notional, units.market.taker_ppm)
    return MarginChange(units.base.asset_id, sign * atoms), MarginChange(_QUOTE, -paid)


def moved(units: AssetUnits, atoms: int) -> MarginChange:
    """Return the change of atoms that come in, or if negative go out."""
    return MarginChange(units.asset.asset_id, atoms)


def summed(changes: Iterable[MarginChange]) -> list[MarginChange]:
    """Return one change for each asset."""
    by_asset: dict[int, MarginChange] = {}
    for change in changes:
        _, *fields = astuple(change)
        _, *before = astuple(by_asset.get(change.asset_id, MarginChange(change.asset_id)))
        sums = (old + new for old, new in zip(before, fields, strict=True))
        by_asset[change.asset_id] = MarginChange(change.asset_id, *sums)
    return list(by_asset.values())
