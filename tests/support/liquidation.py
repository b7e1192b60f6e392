"""A scene with accounts that fail: what tests of flags, slices, funds and protection begin with."""

from dataclasses import dataclass, replace
from typing import Any

from tests.support.backend import user_address
from tests.support.perps import MARK, PerpScene, make_perp_scene
from tests.support.scene import DEPOSITOR, DOLLARS, STRANGER, UNIT
from tests.support.soundness import exchange_storage
from tests.support.system import ETH_MARKET, System
from worldmarkets.model import slots
from worldmarkets.model.liquidation_interface import SliceResult
from worldmarkets.model.liquidation_words import (
    AuctionWord,
    FundWord,
    LinesWord,
    LineWord,
    LiquidationWord,
    LiquidatorWord,
    MoveWord,
    PauseWord,
    ProtectionWord,
)
from worldmarkets.model.words import LedgerWord

BIDDER, SPONSOR, JUNIOR = user_address(20), user_address(21), user_address(22)
FAILING, SECOND = user_address(23), user_address(24)

INSURANCE = 1
"""Account of the insurance fund."""
INSURED = 40_000 * DOLLARS
"""What the insurance fund begins with [quote atoms]."""
BACKED = 50_000 * DOLLARS
"""What the backstop begins with [quote atoms]."""
CAPITAL = 500_000 * DOLLARS
"""What bidder and sponsor begin with [quote atoms]."""
LOTS = 20_000
"""Lots of the usual position that fails: 20 ETH."""
GROSS = LOTS * MARK * 100
"""Worth of that position at the first mark: 40,000 dollars [quote atoms]."""
MAINTENANCE = GROSS * 320 // 10_000
"""Below this equity that account may be flagged: 0.5 % to get out, 60 % of a shock of 4.5 %."""
END = GROSS * 410 // 10_000
"""At this equity its liquidation ends."""
EXIT = GROSS * 50 // 10_000
"""What getting out of it costs."""
WHOLE = 10**6
"""All of an account [ppm]."""
WINDOW = 10
"""How long only chosen liquidators may bid [seconds]."""


@dataclass
class LiquidationScene(PerpScene):
    """A scene with a bidder, a sponsor who locks money for others, and both funds filled."""

    bidder: int = 0
    sponsor: int = 0
    backstop: int = 0

    # --------------------------------------------------------------- words

    def auction(self, account: int) -> AuctionWord:
        return self.word(AuctionWord, slots.auction(account))

    def protection(self, account: int) -> ProtectionWord:
        return self.word(ProtectionWord, slots.protection(account))

    def lines(self, account: int) -> LinesWord:
        return self.word(LinesWord, slots.lines(account))

    def line(self, account: int, lender: int) -> LineWord:
        return self.word(LineWord, slots.line(account, lender))

    def counts(self) -> LiquidationWord:
        return self.word(LiquidationWord, slots.liquidation())

    def fund(self, key: int) -> FundWord:
        return self.word(FundWord, slots.fund(key))

    def moves(self, asset: int = 1) -> MoveWord:
        return self.word(MoveWord, slots.move(asset))

    def paused_until(self, key: int) -> int:
        return self.word(PauseWord, slots.pause(key)).paused_until

    def chosen(self, account: int, address: str) -> LiquidatorWord:
        return self.word(LiquidatorWord, slots.liquidator(account, int(address, 16)))

    def equity(self, account: int) -> int:
        """E, at the marks [quote atoms]."""
        return self.margin(account).equity_atoms

    @property
    def now(self) -> int:
        return self.system.backend.time

    # --------------------------------------------------------------- accounts in trouble

    def perp_long(self, owner: str = FAILING, lots: int = LOTS, equity: int | None = None) -> int:
        """An account that is long the perp at the mark, with cash so that its equity is so much.

        The maker is short. Without an equity, just what is needed to trade stays, and more.
        """
        return self._positioned(owner, lots, equity)

    def perp_short(self, owner: str = FAILING, lots: int = LOTS, equity: int | None = None) -> int:
        """An account that is short the perp; see `perp_long`."""
        return self._positioned(owner, -lots, equity)

    def leave_equity(self, account: int, equity_atoms: int) -> None:
        """Take cash from an account, or give it some, so that this is its equity.

        What it does not have it owes the lender, to an atom.
        """
        more = self.equity(account) - equity_atoms
        if more < 0:
            self.system.fund(account, 0, -more * UNIT)
        else:
            self.take_cash(account, min(more, max(0, self.cash(account))))
        if self.equity(account) != equity_atoms:
            self.system.accrue_pools(0)
            self.set_equity(account, equity_atoms)

    def ruined(
        self, owner: str = FAILING, deficit: int = 1_000 * DOLLARS, lots: int = 10 * LOTS
    ) -> int:
        """An account that is worth so much less than nothing after a fall of a tenth.

        It has nothing but the long perp, at 1,800 dollars an ETH, and some cash.
        """
        account = self.perp_long(owner, lots)
        for dollars in (1_900, 1_810, 1_800):
            self.move_index(dollars)
            self.wait(10)
        self.refresh()
        self.leave_equity(account, -deficit)
        return account

    def empty_funds(self) -> None:
        """Let neither fund have anything."""
        for fund in (INSURANCE, self.backstop):
            self.take_cash(fund, self.cash(fund))

    def drain(self, asset: int) -> None:
        """Let somebody owe all that is in the pool of an asset; the maker has it in custody."""
        borrower = self.new_account(user_address(0x31))
        self.system.activate_asset(borrower, asset)
        totals, maker = self.totals(asset), self.ledger(self.maker, asset)
        shares = totals.cash * 10**18 // self.index(asset).borrow_index + 1
        later = replace(totals, cash=0, borrow_shares=totals.borrow_shares + shares)
        self.set_word(slots.pool_totals(asset), later)
        self.set_word(slots.ledger(borrower, asset), LedgerWord(balance=-shares, touched=1))
        paid = replace(maker, balance=maker.balance + totals.cash)
        self.set_word(slots.ledger(self.maker, asset), paid)

    def flag(self, account: int) -> None:
        """Let a stranger flag an account."""
        self.system.flag_account(account, sender=STRANGER)

    def review(self, account: int) -> tuple[bool, bool]:
        """Let a stranger look at an account; whether it is flagged, and whether it is live."""
        return self.system.review_account(account, sender=STRANGER)

    def open_auction(self, account: int, seconds: int = 0) -> None:
        """Flag an account, and let the window pass and then some time of its price clock."""
        self.flag(account)
        self.pass_time(WINDOW + seconds)

    def buy(self, account: int, ppm: int = WHOLE, bidder: int | None = None) -> SliceResult:
        """Take a slice for the bidder, or for somebody else."""
        return self.system.take_slice(account, self.bidder if bidder is None else bidder, ppm)

    def sponsored(self, account: int, atoms: int, fee_atoms: int = 0) -> None:
        """Let the sponsor offer a standby line, and the account accept it."""
        self.system.offer_line(self.sponsor, account, atoms, fee_atoms)
        self.system.accept_line(account, self.sponsor, fee_atoms)

    def event(self, name: str) -> dict[str, Any]:
        """Fields of the one event of a name in the last transaction."""
        (found,) = [event.fields for event in self.system.events() if event.name == name]
        return found

    def words(self) -> dict[int, int]:
        """Every word of the exchange that is not zero, by slot."""
        return exchange_storage(self.system)

    def _positioned(self, owner: str, lots: int, equity: int | None) -> int:
        account = self.trader(owner, CAPITAL)
        if lots > 0:
            self.trade(account, self.maker, lots)
        else:
            self.trade(self.maker, account, -lots)
        if equity is not None:
            self.leave_equity(account, equity)
        return account


def make_liquidation_scene(system: System) -> LiquidationScene:
    """A scene with a perp, a bidder, a sponsor, and both funds filled."""
    perps = make_perp_scene(system)
    scene = LiquidationScene(
        system, perps.maker, perps.taker, perps.lender, perps.long_account, perps.short_account
    )
    scene.bidder, scene.sponsor = scene.trader(BIDDER, CAPITAL), scene.trader(SPONSOR, CAPITAL)
    scene.backstop = scene.trader(JUNIOR, BACKED)
    system.set_backstop(scene.backstop)
    # From its first fees on the fund has cash, and anybody may add some.
    system.collect_fees(ETH_MARKET)
    system.mint(DEPOSITOR, 0, INSURED * UNIT)
    system.deposit(INSURANCE, 0, INSURED * UNIT, sender=DEPOSITOR)
    return scene
