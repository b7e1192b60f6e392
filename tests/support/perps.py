"""A scene with a perp: what tests of positions, settlement and funding begin with."""

from dataclasses import dataclass, replace
from typing import Any

from tests.support.backend import user_address
from tests.support.lending import ETH_RISK, WIDE_POOL, LendingScene, make_lending_scene
from tests.support.pyrevm_backend import PyrevmBackend
from tests.support.scene import ASK, BID, DOLLARS, GTC, IOC
from tests.support.system import DOLLAR, ETH_PERP, ETH_PERP_TERMS, Side, System, Tif
from worldmarkets.model import slots
from worldmarkets.model.interface import OrderResult, PerpTerms, PoolTerms
from worldmarkets.model.liquidation import moves
from worldmarkets.model.perp_words import Q24, MarkWord, PerpPoolWord, PositionWord, SampleWord
from worldmarkets.model.words import TapeWord, base_of

LONG = user_address(8)
SHORT = user_address(9)
THIRD = user_address(10)

MARGIN = 10_000 * DOLLARS
"""Quote atoms that the long and the short begin with."""
MARK = 20_000
"""Ticks of the index, and of the mark at the beginning: 2,000 dollars an ETH."""
ETH_LOTS = 1_000
"""Lots in an ETH."""


@dataclass
class PerpScene(LendingScene):
    """A scene with the perp of asset 1, and two accounts with some cash to trade it."""

    long_account: int = 0
    short_account: int = 0

    def position(self, account: int, market: int = ETH_PERP) -> PositionWord:
        return self.word(PositionWord, slots.position(account, base_of(market)))

    def mark(self, market: int = ETH_PERP) -> MarkWord:
        return self.word(MarkWord, slots.mark(market))

    def samples(self, market: int = ETH_PERP) -> SampleWord:
        return self.word(SampleWord, slots.sample(market))

    def perp_pool(self, market: int = ETH_PERP) -> PerpPoolWord:
        return self.word(PerpPoolWord, slots.perp_pool(market))

    def perp_tape(self, market: int = ETH_PERP) -> TapeWord:
        return self.tape(market)

    def funding_ticks(self, market: int = ETH_PERP) -> int:
        """The funding index now, rounded down [2^-24 ticks]."""
        word, now = self.mark(market), self.system.backend.time
        seconds = max(0, min(now, word.until) - word.time)
        paid = word.mark * 2**16 * abs(word.rate) * seconds // (28_800 * 10**8)
        return word.funding + (paid if word.rate > 0 else -paid) >> 16

    def unsettled_units(self, account: int, market: int = ETH_PERP) -> int:
        """What a position has made and not settled [2^-24 tick-lots]."""
        position = self.position(account, market)
        price = self.mark(market).mark - self.funding_ticks(market)
        return position.size * price + position.cash

    def unsettled(self, account: int, market: int = ETH_PERP) -> int:
        """The same in quote atoms, rounded down."""
        return self.unsettled_units(account, market) * self.mark(market).tick_value // Q24

    def perp_bid(
        self, account: int, tick: int, lots: int, tif: Tif = GTC, fills: int = 64, **terms: Any
    ) -> OrderResult:
        """Place a bid in the perp; further terms and the sender by name."""
        return self._perp_order(account, BID, tick, lots, tif, fills, **terms)

    def perp_ask(
        self, account: int, tick: int, lots: int, tif: Tif = GTC, fills: int = 64, **terms: Any
    ) -> OrderResult:
        """Place an ask in the perp; further terms and the sender by name."""
        return self._perp_order(account, ASK, tick, lots, tif, fills, **terms)

    def trade(self, buyer: int, seller: int, lots: int, tick: int = MARK) -> None:
        """Let one take what the other offers."""
        self.perp_ask(seller, tick, lots)
        assert self.perp_bid(buyer, tick, lots, IOC).filled_lots == lots

    def move_index(self, dollars: int) -> None:
        """Bring the price of asset 1, and so the mark, to so many dollars an ETH."""
        self.system.set_price(1, dollars * DOLLAR)

    def pass_pause(self) -> None:
        """Let the seconds go by in which no profit is drawn after a price that has moved fast."""
        self.wait(moves.PAUSE)

    def pass_time(self, seconds: int) -> None:
        """Let time go by, and report the prices once more as they are."""
        self.wait(seconds)
        self.refresh()

    def trader(self, owner: str, cash_atoms: int = MARGIN) -> int:
        """An account with nothing but cash."""
        return self.new_account(owner, cash_atoms)

    def take_cash(self, account: int, atoms: int) -> None:
        """Let some of an account's cash in custody be the maker's, as if he had lost it to him."""
        for holder, change in ((account, -atoms), (self.maker, atoms)):
            word = self.ledger(holder, 0)
            self.set_word(slots.ledger(holder, 0), replace(word, balance=word.balance + change))

    def recognise(self, account: int, atoms: int, market: int = ETH_PERP) -> None:
        """Let so much of a position's loss be a deficit that nobody paid."""
        position, pool = self.position(account, market), self.perp_pool(market)
        units = atoms * Q24 // self.mark(market).tick_value
        assert self.unsettled_units(account, market) + units <= 0
        slot = slots.position(account, base_of(market))
        self.set_word(slot, replace(position, cash=position.cash + units))
        later = replace(pool, shortfall=pool.shortfall + atoms)
        self.set_word(slots.perp_pool(market), later)

    def set_word(self, slot: int, word: Any) -> None:
        """Write a word of the exchange."""
        backend = self.system.backend
        assert isinstance(backend, PyrevmBackend)
        backend.set_word(self.system.exchange, slot, word.pack())

    def _perp_order(
        self, account: int, side: Side, tick: int, lots: int, tif: Tif, fills: int, **terms: Any
    ) -> OrderResult:
        return self.system.place(account, ETH_PERP, side, tick, lots, tif, fills, **terms)


def make_perp_scene(
    system: System, terms: PerpTerms = ETH_PERP_TERMS, pools: PoolTerms = WIDE_POOL
) -> PerpScene:
    """A lending scene with the perp of asset 1 and two traders of it."""
    lending = make_lending_scene(system, pools)
    scene = PerpScene(system, lending.maker, lending.taker, lending.lender)
    assert system.list_perp_market(1, terms) == ETH_PERP
    scene.long_account, scene.short_account = scene.trader(LONG), scene.trader(SHORT)
    return scene


def fee_units(fee_atoms: int, tick_value: int = ETH_PERP_TERMS.tick_value) -> int:
    """A fee as positions book it: rounded up, a rebate down in size [2^-24 tick-lots]."""
    return -(-fee_atoms * Q24 // tick_value)


def required(lots: int, dollars: int = 2_000) -> int:
    """Initial requirement of a naked position of asset 1 and nothing else [quote atoms].

    3 % of the market, 1.5 % of its own, 0.5 % to get out.
    """
    worth = abs(lots) * dollars * DOLLARS // ETH_LOTS
    return worth * (300 + ETH_RISK.iota_bps + ETH_RISK.perp_exit_bps) // 10_000
