"""What the record of a deployment says of assets and markets, from the parameters."""

from collections.abc import Sequence

from worldmarkets.deployment.manifest import Asset, Market, Perp
from worldmarkets.deployment.parameters import AssetParameters, Parameters
from worldmarkets.deployment.terms import PerpParameters
from worldmarkets.model.interface import PoolTerms
from worldmarkets.model.words import perp_market, spot_market


def assets_of(parameters: Parameters, tokens: Sequence[str]) -> tuple[Asset, ...]:
    """Return the assets as they are recorded, with the addresses of their tokens."""
    return tuple(
        Asset(
            asset_id=asset_id,
            symbol=asset.symbol,
            token=token,
            token_decimals=asset.token_decimals,
            units_per_atom=asset.units_per_atom,
            decimals=asset.decimals,
            has_faucet=asset.faucet is not None,
            is_wrapped_native=asset.wrapped_native,
            feed=_feed(parameters, asset_id),
            risk=asset.risk,
            pool=_pool(asset),
        )
        for asset_id, (asset, token) in enumerate(zip(parameters.assets, tokens, strict=True))
    )


def markets_of(parameters: Parameters) -> tuple[Market, ...]:
    """Return the markets as they are recorded: spot markets, then perps, each as listed."""
    return (*_spot_markets(parameters), *_perps(parameters))


def _spot_markets(parameters: Parameters) -> tuple[Market, ...]:
    quote = parameters.assets[0].symbol
    return tuple(
        Market(
            market_id=spot_market(parameters.asset_id(market.base)),
            symbol=f"{market.base}/{quote}",
            base_asset_id=parameters.asset_id(market.base),
            tick_value=market.tick_value,
            atoms_per_lot=market.atoms_per_lot,
            min_lots=market.min_lots,
            taker_ppm=market.taker_ppm,
            maker_ppm=market.maker_ppm,
            band_bps=market.band_bps,
        )
        for market in parameters.markets
    )


def _perps(parameters: Parameters) -> tuple[Market, ...]:
    return tuple(
        _perp(asset_id, asset.symbol, asset.perp)
        for asset_id, asset in enumerate(parameters.assets)
        if asset.perp is not None
    )


def _perp(asset_id: int, symbol: str, terms: PerpParameters) -> Market:
    return Market(
        market_id=perp_market(asset_id),
        symbol=f"{symbol}-PERP",
        base_asset_id=asset_id,
        tick_value=terms.tick_value,
        atoms_per_lot=terms.atoms_per_lot,
        min_lots=terms.min_lots,
        taker_ppm=terms.taker_ppm,
        maker_ppm=terms.maker_ppm,
        band_bps=terms.band_bps,
        perp=Perp(
            open_interest_cap_lots=terms.open_interest_cap_lots,
            position_cap_lots=terms.position_cap_lots,
            impact_notional=terms.impact_notional,
            mark_band_bps=terms.mark_band_bps,
            funding_cap=terms.funding_cap,
            interest=terms.interest,
            clamp=terms.clamp,
        ),
    )


def _feed(parameters: Parameters, asset_id: int) -> str:
    kind = parameters.feed_of(asset_id)
    return kind.contract if kind else ""


def _pool(asset: AssetParameters) -> PoolTerms | None:
    if asset.pool is None:
        return None
    supply, borrow = asset.pool.cap_atoms(asset.decimals)
    shares = (asset.pool.ceiling_permille, asset.pool.hourly_permille, asset.pool.reserve_permille)
    return PoolTerms(supply, borrow, *shares)
