"""Who and what the machine drives, and the strategies it draws from."""

import hypothesis.strategies as st

from tests.support.backend import user_address
from tests.support.permits import Signer
from tests.support.system import (
    BTC_MARKET,
    DEFAULT_ASSETS,
    DOLLAR,
    ETH_MARKET,
    NATIVE,
)
from worldmarkets.model import SelfTrade, Side
from worldmarkets.model import TimeInForce as Tif

ASSETS = (*DEFAULT_ASSETS, NATIVE)
NATIVE_ASSET = 3
MARKETS = (ETH_MARKET, BTC_MARKET)
START_PRICES = {1: 2_000 * DOLLAR, 2: 60_000 * DOLLAR}
UNITS_PER_ATOM = tuple(plan.units_per_atom for plan in ASSETS)
ATOM_PRICES = {0: 10**12, 1: 2_000 * 10**10, 2: 60_000 * 10**10, 3: 10 * 10**10}
"""Constant prices at which SOLV-3 values accounts [1e-18 dollars an atom]."""
FUNDS = {0: 5_000 * 10**18, 1: 2 * 10**18, 2: 4 * 10**6, NATIVE_ASSET: 10**18}
SIGNER = Signer(7)
OWNERS = (user_address(1), user_address(1), user_address(2), SIGNER.address)
"""Owner of each account."""
BUDGETS = (1_000, 20_000, 10**6, 10**8)
"""What operators of each account may lose in a day at first [quote atoms]."""
OPERATORS = (user_address(21), user_address(22))
HOUR = 3_600
DAY = 24 * HOUR

who = st.integers(0, len(OWNERS) - 1)
market = st.sampled_from(MARKETS)
side = st.sampled_from(Side)
offset = st.sampled_from([0, 0, 0, 1, -1, 1, -1, 2, -2, 3, -3, -10_000, 10_000])
pick = st.integers(0, 2**16)
asset = st.integers(0, len(ASSETS) - 1)
atoms = st.sampled_from([0, 1, 10**5, 10**7, 10**9])
fills = st.sampled_from([64] * 8 + [3, 2, 1, 0, 65])
expiry_in = st.sampled_from([None, None, None, 0, 10, 500, 5_000, -1])
"""Seconds from now to the expiry of an order, None for never."""
terms = st.tuples(
    st.sampled_from(SelfTrade),
    expiry_in,
    st.sampled_from([False] * 5 + [True]),
    st.sampled_from([0, 0, 1, 2**64 - 1]),
)
no_terms = st.just((SelfTrade.CANCEL_MAKER, None, False, 0))
order = st.tuples(
    market,
    side,
    offset,
    st.sampled_from([20, 21, 25, 39, 40, 60, 100, 100, 400, 1, 5, 19]),
    st.sampled_from([*[Tif.GOOD_TILL_CANCELLED] * 4, *Tif]),
    fills,
    no_terms | terms,
)
by = st.sampled_from([None, None, None, 0, 0, 1])
"""Which operator acts, None for the owner."""
permissions = st.sampled_from([3, 3, 3, 1, 2, 11, 16, 48, 63, 8, 0, 64])
budget = st.sampled_from([0, 1_000, 10**5, 10**7, 2**64 - 1])
