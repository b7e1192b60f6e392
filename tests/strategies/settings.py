"""Markets and settings that the tests of strategies share."""

from decimal import Decimal

from worldmarkets.strategies import (
    BasisConfig,
    BasisMarkets,
    BasisPosition,
    MakerConfig,
    MarketTerms,
    Rates,
)

SPOT = MarketTerms(1, Decimal("0.001"), Decimal("0.1"), min_lots=10, taker_ppm=350)
PERP = MarketTerms(2, Decimal("0.01"), Decimal("0.5"), min_lots=1, taker_ppm=250)
MARKETS = BasisMarkets(SPOT, PERP, Decimal(3_000), Decimal(3_003))
BASIS = BasisConfig(
    leverage=Decimal(10),
    lowest_leverage=Decimal(8),
    highest_leverage=Decimal(12),
    net_tolerance=Decimal("0.02"),
    settle_profit=Decimal("0.25"),
    settle_loss=Decimal("0.5"),
    entry_carry=Decimal("0.10"),
    exit_carry=Decimal("0.02"),
    patience_seconds=3_600,
    holding_days=73,
    slippage_bps=10,
)
PAYING = Rates(Decimal("0.0002"), Decimal("0.08"), Decimal("0.03"))
"""Long perps pay 21.9 % a year, dollars cost 8 % and tokens 3 %."""
RECEIVING = Rates(Decimal("-0.0002"), Decimal("0.08"), Decimal("0.03"))
LONG = BasisPosition(cash=Decimal(-90_000), spot=Decimal("33.33"), perp_lots=-3_333)
"""Ten times an equity of 9,990 dollars at a price of 3,000."""
SHORT = BasisPosition(cash=Decimal(110_000), spot=Decimal("-33.33"), perp_lots=3_333)
"""Ten times an equity of 10,010 dollars."""
MAKER = MakerConfig(
    index_weight=Decimal("0.5"),
    half_spread_bps=Decimal(5),
    step_bps=Decimal(10),
    rungs=3,
    lots=100,
    growth_lots=50,
    most_lots=180,
    inventory_limit=Decimal(2),
    skew_bps=Decimal(20),
    hedge_threshold=Decimal("0.5"),
    hedge_slippage_bps=10,
    refill_percent=50,
    lifetime_seconds=30,
    renew_seconds=5,
)
