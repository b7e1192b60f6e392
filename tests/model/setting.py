"""A model with one market and rich users, without any chain."""

from tests.support.system import DOLLAR, REBATE_TERMS
from worldmarkets.model import Exchange, SpotTerms, slots
from worldmarkets.model.events import PriceJumped
from worldmarkets.model.outside import UNLIMITED, PostedPriceFeed, Token
from worldmarkets.model.prices import CONFIRM_DELAY
from worldmarkets.model.words import LedgerWord

EXCHANGE, TREASURY, LISTER, QUOTE, WETH, FEED = range(0xE0, 0xE6)
MARKET = 257
PRICE_TICK = 20_000
WIDE = SpotTerms(**{**REBATE_TERMS.__dict__, "band_bps": 4_095})


def make_exchange(terms: SpotTerms = WIDE, price: int = 2_000 * DOLLAR) -> Exchange:
    """An exchange with the quote asset, one more, and its market (at 20,000 ticks)."""
    exchange = Exchange.create(EXCHANGE, TREASURY, 500_000, time=1_000, listers=[LISTER])
    exchange.tokens = {QUOTE: Token(QUOTE, 18), WETH: Token(WETH, 18)}
    exchange.feeds = {FEED: PostedPriceFeed(FEED)}
    exchange.list_asset(LISTER, QUOTE, 10**12, 0)
    exchange.list_asset(LISTER, WETH, 10**10, FEED)
    set_price(exchange, price)
    exchange.list_spot_market(LISTER, 1, terms)
    return exchange


def set_price(exchange: Exchange, price: int) -> None:
    """Post and copy a price of the base asset [1e-18 dollars a whole token].

    One that jumps is reported a second time, so that it is confirmed.
    """
    exchange.feeds[FEED].post(1, price, exchange.time)
    exchange.poke([1])
    if any(isinstance(event, PriceJumped) for event in exchange.events):
        exchange.time += CONFIRM_DELAY
        exchange.feeds[FEED].post(1, price, exchange.time)
        exchange.poke([1])


def add_user(exchange: Exchange, owner: int, dollars: int = 10**9, tokens: int = 10**6) -> int:
    """Make an account with so many dollars and whole base tokens."""
    account = exchange.create_account(owner)
    for asset, address, whole in ((0, QUOTE, dollars), (1, WETH, tokens)):
        token = exchange.tokens[address]
        token.draw(owner, whole * 10**18)
        token.approve(owner, EXCHANGE, UNLIMITED)
        if whole:
            exchange.deposit(owner, account, asset, whole * 10**18)
    return account


def balance(exchange: Exchange, account: int, asset: int) -> int:
    """A balance in atoms."""
    return exchange.state.load(LedgerWord, slots.ledger(account, asset)).balance
