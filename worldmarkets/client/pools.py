"""Reading lending pools, prices and risk, in decimals."""

from decimal import Decimal

from worldmarkets.client import lens_views
from worldmarkets.client.lending_views import AssetRisk, MarketRisk, Pool
from worldmarkets.client.lens import walk
from worldmarkets.client.reader import Reader
from worldmarkets.client.units import AssetUnits
from worldmarkets.model.errors import PoolNotOpen, UnlistedAsset

_DEPTH_DOLLARS = 10_000
"""What a unit of an asset's depth is."""


class PoolReader(Reader):
    """What anybody can see of pools, prices and risk."""

    def pools(self) -> tuple[Pool, ...]:
        """Return the open lending pools, in the order of their assets."""
        found = walk(self.raw.lens.pools)
        return tuple(_pool(self.asset_units(each.asset_id), each) for each in found)

    def pool(self, asset: str | int) -> Pool:
        """Return the lending pool of an asset.

        Raises:
            PoolNotOpen: it has none.
        """
        units = self.asset_units(asset)
        for found in self.raw.lens.pools(units.asset.asset_id, 1).items:
            if found.asset_id == units.asset.asset_id:
                return _pool(units, found)
        raise PoolNotOpen(units.asset.asset_id)

    def risks(self) -> tuple[AssetRisk, ...]:
        """Return prices and risk of all assets but the quote asset, in the order of their ids."""
        found = walk(self.raw.lens.risks)
        return tuple(_risk(self.asset_units(each.asset_id), each) for each in found)

    def risk(self, asset: str | int) -> AssetRisk:
        """Return price and risk of an asset.

        Raises:
            UnlistedAsset: it is not listed yet, or is the quote asset, which is without risk.
        """
        units = self.asset_units(asset)
        for found in self.raw.lens.risks(units.asset.asset_id, 1).items:
            if found.asset_id == units.asset.asset_id:
                return _risk(units, found)
        raise UnlistedAsset(units.asset.asset_id)

    def market_risk(self) -> MarketRisk:
        """Return the risk that all assets share."""
        found = self.raw.lens.market_risk()
        return MarketRisk(
            sigma=_bps(found.terms.sigma_bps),
            end=_percent(found.terms.end_percent),
            maintenance=_percent(found.terms.maintenance_percent),
            peg=_bps(found.peg_bps) if found.peg_bps else None,
            peg_time=found.peg_time,
            changed_at=found.changed_at,
        )


def _pool(units: AssetUnits, found: lens_views.Pool) -> Pool:
    terms = found.terms
    return Pool(
        asset=units.asset.symbol,
        supplied=units.from_atoms(found.supplied_atoms),
        borrowed=units.from_atoms(found.borrowed_atoms),
        cash=units.from_atoms(found.cash_atoms),
        reserve=units.from_atoms(found.reserve_atoms),
        utilisation=_one(found.utilisation),
        borrow_rate=_one(found.borrow_rate),
        supply_rate=_one(found.supply_rate),
        rate_at_target=_one(found.rate_at_target),
        supply_index=_one(found.supply_index),
        borrow_index=_one(found.borrow_index),
        accrued_at=found.accrued_at,
        supply_cap=units.from_atoms(terms.supply_cap_atoms),
        borrow_cap=units.from_atoms(terms.borrow_cap_atoms),
        ceiling=_permille(terms.ceiling_permille),
        hourly_limit=_permille(terms.hourly_permille),
        reserve_factor=_permille(terms.reserve_permille),
        supply_room=units.from_atoms(found.supply_room_atoms),
        cap_room=units.from_atoms(found.cap_room_atoms),
        ceiling_room=units.from_atoms(found.ceiling_room_atoms),
        window_room=units.from_atoms(found.window_room_atoms),
        borrowable=units.from_atoms(found.borrowable_atoms),
    )


def _risk(units: AssetUnits, found: lens_views.Risk) -> AssetRisk:
    terms = found.terms
    return AssetRisk(
        asset=units.asset.symbol,
        price=units.dollars(found.price) if found.price else None,
        slow_price=units.dollars(found.slow_price) if found.slow_price else None,
        confidence=_bps(found.confidence_bps),
        price_time=found.price_time,
        price_age=found.price_age,
        is_unconfirmed=found.is_unconfirmed,
        pending_price=units.dollars(found.pending_price) if found.pending_price else None,
        beta=_permille(terms.beta_milli),
        iota=_bps(terms.iota_bps),
        basis=_bps(terms.basis_bps),
        spot_exit=_bps(terms.spot_exit_bps),
        perp_exit=_bps(terms.perp_exit_bps),
        depth=Decimal(terms.depth * _DEPTH_DOLLARS) if terms.depth else None,
        listed_at=found.listed_at,
        changed_at=found.changed_at,
    )


def _one(scaled: int) -> Decimal:
    return Decimal(scaled).scaleb(-18)


def _bps(basis_points: int) -> Decimal:
    return Decimal(basis_points).scaleb(-4)


def _permille(thousandths: int) -> Decimal:
    return Decimal(thousandths).scaleb(-3)


def _percent(hundredths: int) -> Decimal:
    return Decimal(hundredths).scaleb(-2)
