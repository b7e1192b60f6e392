"""The system that random actions run on: four priced assets and more, and who uses them."""

from tests.support.abi import creation_code
from tests.support.backend import Backend, user_address
from tests.support.lockstep import number
from tests.support.mirror import Mirror
from tests.support.permits import Signer
from tests.support.system import (
    ADMIN,
    BTC_MARKET,
    DEFAULT_ASSETS,
    DEFAULT_MARKETS,
    DOLLAR,
    ETH_MARKET,
    INSURANCE_PPM,
    NATIVE,
    AssetPlan,
    deploy_system,
)
from worldmarkets.model import SpotTerms
from worldmarkets.model.outside import Token

HUGE = AssetPlan("HUGE", 18, 1, DOLLAR)
"""One unit an atom, so that a lot of 2^60 atoms costs 1.15 dollars."""
HUGE_TERMS = SpotTerms(
    tick_value=1_000, atoms_per_lot=2**60, min_lots=1, taker_ppm=350, maker_ppm=0, band_bps=500
)
HUGE_MARKET = 259
NATIVE_ASSET = 4
UNPRICED_ASSET = 5
UNPRICED_MARKET = 261
FILLER_ASSETS = 14
"""More assets, so that one account can use as many as an account may."""

ASSETS = (*DEFAULT_ASSETS, HUGE, NATIVE)
MARKETS = {**DEFAULT_MARKETS, 3: HUGE_TERMS}
PRICES = {1: 2_000 * DOLLAR, 2: 60_000 * DOLLAR, 3: DOLLAR}
UNITS_PER_ATOM = {asset: plan.units_per_atom for asset, plan in enumerate(ASSETS)}
SIGNER = Signer(1)
USERS = [*(user_address(index) for index in range(1, 5)), SIGNER.address]
OPERATORS = [user_address(index) for index in range(21, 24)]
STRANGER = user_address(99)
ZERO_ADDRESS = "0x" + "00" * 20
CRITICAL_MARKETS = (ETH_MARKET, BTC_MARKET)


def make_mirror(backend: Backend) -> Mirror:
    """Deploy a system with three priced markets, one without a price, and many assets."""
    system = deploy_system(backend, assets=ASSETS, markets=MARKETS)
    mirror = Mirror(system, ASSETS, MARKETS, INSURANCE_PPM)
    for index in range(FILLER_ASSETS):
        list_token(mirror, index)
    mirror.list_spot_market(ADMIN, UNPRICED_ASSET, DEFAULT_MARKETS[1])
    return mirror


def list_token(mirror: Mirror, index: int) -> None:
    """List one more token, without a price, on both sides of a mirror."""
    system = mirror.system
    token = system.backend.deploy(ADMIN, creation_code("FaucetToken", f"T{index}", "T", 6))
    mirror.model.tokens[number(token)] = Token(number(token), 6)
    system.tokens.append(token)
    mirror.list_asset(ADMIN, token, 1, system.feed)
