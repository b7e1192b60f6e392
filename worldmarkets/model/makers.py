"""A taker on its way through the book, and the makers that it meets."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

from worldmarkets.atlas.arithmetic import BPS
from worldmarkets.atlas.parameters import FREE_BAND_BPS
from worldmarkets.model import losses
from worldmarkets.model.fees import PPM, fee_up
from worldmarkets.model.holdings import Change, Trades
from worldmarkets.model.interface import OrderRequest, Removal
from worldmarkets.model.queue import LevelQueue
from worldmarkets.model.state import State
from worldmarkets.model.words import MAX_TICK, BookWord, Lane, OrderId, TapeWord

MAX_CHECKS = 8
"""The most checks of makers' margin that a taker order causes; before the next it stops."""


@dataclass
class PerpTake:
    """What a taker of a perp has and books; `capped` once open interest has stopped it.

    Its size [lots] and the market's open interest follow every fill; `cash` is what all of them
    have added, fee included [2^-24 tick-lots].
    """

    size: int
    open_interest: int
    open_interest_cap: int
    capped: bool = False
    cash: int = 0


@dataclass
class Take:
    """A taker order under way; sums in quote atoms, `last_tick` 0 before the first fill.

    With `only_clears` it removes what can not trade and stops before what can. `stopped` says that
    it met an order which it leaves as it is.
    """

    owner: int
    account_id: int
    by_operator: bool
    market_id: int
    is_ask: bool
    limit_tick: int
    lots_left: int
    fills_left: int
    self_trade: int
    time: int
    checks_left: int = MAX_CHECKS
    sequence: int = 0
    only_clears: bool = False
    stopped: bool = False
    filled_lots: int = 0
    decremented_lots: int = 0
    notional_atoms: int = 0
    maker_fee_atoms: int = 0
    last_tick: int = 0
    quote_atoms: int = 0
    """What fills of a spot order have added to its account's quote balance, fee included."""
    perp: PerpTake | None = None


@dataclass(frozen=True)
class Maker:
    """A maker order met: the market's word, where it stands, and the order."""

    book: BookWord
    queue: LevelQueue
    where: OrderId
    lane: Lane

    @property
    def is_ask(self) -> bool:
        """Whether it sells."""
        return bool(self.lane.is_ask)

    @property
    def sign(self) -> int:
        """What a lot traded adds to its account's lots."""
        return -1 if self.lane.is_ask else 1

    def fee(self, lots: int) -> int:
        """Return what it pays if some of its lots trade, negative for a rebate [quote atoms]."""
        return fee_up(self.notional(lots), self.book.maker_ppm)

    def notional(self, lots: int) -> int:
        """Return what some of its lots cost [quote atoms]."""
        return lots * self.where.tick * self.book.tick_value

    @property
    def is_beyond(self) -> bool:
        """Whether a fill may cost it more than was reserved.

        So it is further than the free band beyond the mark against it, maker fee included. The mark
        is known to half a tick; where the upper limit of the band is cut, not from above.
        """
        book, bps = self.book, FREE_BAND_BPS
        if book.unconfirmed:
            return True
        middle = Fraction(book.highest_bid + book.lowest_ask, 2)
        fee = Fraction(book.maker_ppm, PPM)
        if self.is_ask:
            worst = (middle + Fraction(1, 2)) * (1 - Fraction(bps, BPS))
            return book.highest_bid >= MAX_TICK or self.where.tick * (1 - fee) < worst
        return self.where.tick * (1 + fee) > (middle - Fraction(1, 2)) * (1 + Fraction(bps, BPS))

    def loss(self, lots: int) -> int:
        """Return what it loses against the reference price if some of its lots trade."""
        notional = self.notional(lots)
        return losses.loss_up(self.book, self.is_ask, lots, notional, self.fee(lots))


@dataclass(frozen=True)
class Cut:
    """How many of the lots wanted of a maker trade; why its order goes if that is what cuts it.

    `checked` if its margin is to be checked wherever the price is.
    """

    lots: int
    reason: Removal | None = None
    checked: bool = False


class Trading(Protocol):
    """What trading does to accounts, in the markets of one kind."""

    def reducible_lots(self, state: State, market_id: int, account_id: int, is_ask: bool) -> int:
        """Return the whole lots by which an order could bring what its account has to zero."""

    def is_frozen(self, state: State, account_id: int, market_id: int) -> bool:
        """Return whether the orders of an account are dead."""

    def add_open(
        self, state: State, account_id: int, market_id: int, is_ask: bool, lots: int
    ) -> None:
        """Add lots (negative: take) to the open total of one side."""

    def can_open(
        self, state: State, account_id: int, market_id: int, is_ask: bool, lots: int
    ) -> bool:
        """Return whether the open total of one side has room for lots."""

    def check_cap(
        self, state: State, account_id: int, market_id: int, is_ask: bool, lots: int
    ) -> None:
        """Pass if an account may order so many lots; raises PositionCapReached."""

    def begin(self, state: State, take: Take, tape: TapeWord) -> int:
        """Prepare a taker, and return how many of its lots can not take part."""

    def cut(self, state: State, take: Take, maker: Maker, wanted: int) -> Cut:
        """Return how many of the lots wanted of a maker can trade; it may stop the taker."""

    def changes(
        self, state: State, take: Take, maker: Maker, lots: int, closed: int
    ) -> tuple[Change, ...]:
        """Return what a fill of lots, with others no longer open, changes of a maker's account."""

    def fill(self, state: State, take: Take, maker: Maker, lots: int) -> None:
        """Settle the maker of a fill."""

    def pay(self, state: State, take: Take, fee: int) -> None:
        """Settle what a taker's cash has from all its fills."""

    def note(
        self, state: State, take: Take, order: OrderRequest, resting: int, trades: Trades
    ) -> None:
        """Settle what else a taker has from its fills, and note what has come of the order.

        If anything has, its account uses what the market trades.
        """
