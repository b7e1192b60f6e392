"""Scenes of liquidation on the model alone: a trader in trouble, and those around him."""

from dataclasses import dataclass

from tests.model.perps import (
    LOT_ATOMS,
    fund,
    jump,
    make_perps,
    open_pool,
    spot_order,
    trade,
)
from tests.model.setting import LISTER, add_user
from worldmarkets.model import Exchange, Side, accounts, balances, slots
from worldmarkets.model import TimeInForce as Tif
from worldmarkets.model.liquidation import flags, protection, standing
from worldmarkets.model.liquidation.standing import Standing
from worldmarkets.model.liquidation_events import DeficitPaid
from worldmarkets.model.liquidation_words import AuctionWord, FundWord, LiquidationWord
from worldmarkets.model.words import AccountWord, LedgerWord

TRADER, WINNER, BIDDER, LENDER, STRANGER, BACKSTOP = range(0xA0, 0xA6)
DOLLAR = 10**6
"""A dollar in quote atoms."""
LOTS = 10_000
"""A position of 20,000 dollars at the index."""


@dataclass
class Scene:
    """An exchange, a trader who is long a perp, the winner who is short, and a rich bidder."""

    exchange: Exchange
    trader: int
    winner: int
    bidder: int

    def word(self, account: int | None = None) -> AccountWord:
        return accounts.load(self.exchange.state, account or self.trader)

    def stands(self, account: int | None = None) -> Standing:
        self.exchange.state.time = self.exchange.time
        return standing.read(self.exchange.state, account or self.trader)

    def auction(self) -> AuctionWord:
        return flags.load(self.exchange.state, self.trader)

    def counts(self) -> LiquidationWord:
        return self.exchange.state.load(LiquidationWord, slots.liquidation())

    def used(self, key: int) -> FundWord:
        return self.exchange.state.load(FundWord, slots.fund(key))

    def ledger(self, account: int, asset: int = 0) -> LedgerWord:
        return balances.load(self.exchange.state, account, asset)

    def atoms(self, account: int, asset: int = 0) -> int:
        self.exchange.state.time = self.exchange.time
        return balances.atoms_of(self.exchange.state, account, asset)

    def bond(self) -> int:
        return protection.load(self.exchange.state, self.trader).bond

    def flag(self, dollars: int) -> None:
        """Let the price be so many dollars and flag the trader."""
        jump(self.exchange, dollars)
        self.exchange.flag_account(self.trader)

    def open_auction(self, seconds: int = 0) -> None:
        """Let the window end, and some more seconds pass."""
        self.exchange.time = max(self.exchange.time, self.auction().window_end) + seconds
        refresh(self.exchange)

    def take(self, ppm: int = 10**6, max_paid: int = 2**100) -> None:
        self.exchange.take_slice(BIDDER, self.trader, self.bidder, ppm, max_paid)

    def deficits(self) -> list[DeficitPaid]:
        return [event for event in self.exchange.events if isinstance(event, DeficitPaid)]


def refresh(exchange: Exchange) -> None:
    """Report the price of the base asset once more, as of now."""
    feed = next(iter(exchange.feeds.values()))
    price, _, _ = feed.latest_price(1)
    feed.post(1, price, exchange.time)
    exchange.poke([1])


def leveraged(margin: int = 2_000, lots: int = LOTS) -> Scene:
    """A trader with some dollars of margin who is long perps; nobody lends."""
    exchange = make_perps()
    trader, winner = fund(exchange, TRADER, margin), fund(exchange, WINNER, 10**6)
    bidder = fund(exchange, BIDDER, 10**6)
    trade(exchange, (TRADER, trader), (WINNER, winner), lots)
    return Scene(exchange, trader, winner, bidder)


def indebted(margin: int = 2_000, tokens: int = 10) -> Scene:
    """A trader who has bought whole tokens at 2,000 dollars with borrowed quote atoms."""
    exchange = make_perps()
    open_pool(exchange)
    trader, bidder = fund(exchange, TRADER, margin), fund(exchange, BIDDER, 10**6)
    seller = add_user(exchange, WINNER, 0, tokens)
    lots = tokens * 1_000
    exchange.place(WINNER, seller, spot_order(Side.ASK, 20_000, lots))
    bid = spot_order(Side.BID, 20_000, lots, time_in_force=Tif.IMMEDIATE_OR_CANCEL)
    exchange.place(TRADER, trader, bid)
    return Scene(exchange, trader, seller, bidder)


def fill_insurance(exchange: Exchange, dollars: int) -> None:
    """Give the insurance fund so many dollars."""
    give(exchange, accounts.INSURANCE, dollars)


def make_backstop(exchange: Exchange, dollars: int) -> int:
    """Make an account with so many dollars the backstop."""
    account = fund(exchange, BACKSTOP, dollars)
    exchange.set_backstop(LISTER, account)
    return account


def give(exchange: Exchange, account: int, dollars: int) -> None:
    """Transfer so many dollars of a passer-by to an account."""
    source = fund(exchange, STRANGER, dollars)
    exchange.state.time = exchange.time
    accounts.use_any(exchange.state, account, 0)
    exchange.transfer(STRANGER, source, account, 0, dollars * DOLLAR)


def short_of(scene: Scene, dollars: int) -> int:
    """What the trader has lost of his position at a price [quote atoms]."""
    return LOTS * LOT_ATOMS * (2_000 - dollars) // 2_000
