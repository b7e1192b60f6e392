"""Two accounts long and short of the same size, of which the loser is left to the funds.

Whoever holds both has nothing to lose from a move but the margin of one side, and wins on the other
whatever the price has moved: where a deficit is paid by others, that is a free call on them. After
every swing he opens the side anew that he has abandoned, as far as it has been sold, and draws what
he has won. What he pays for it are fees, spreads, and what liquidation takes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from worldmarkets.crash.population import DOLLAR, PPM
from worldmarkets.crash.venue import Call, Desk, Underlying
from worldmarkets.crash.watch import Watch
from worldmarkets.model import accounts, balances
from worldmarkets.model.events import Event
from worldmarkets.model.interface import OrderRequest, Side, TimeInForce
from worldmarkets.model.liquidation import standing
from worldmarkets.model.liquidation_events import ClaimRepaid, DeficitPaid
from worldmarkets.model.perps import positions

LEAST_MARGIN = 1_020
"""What a side is opened with [thousandths of R_init]: little more than it needs."""
_MILLI = 1_000
_SLIPPAGE_BPS = 20
_DRAW_SECONDS = 20
_PURSE_PARTS = 200
"""Sides that could be opened at the first price: more than are abandoned in any crash."""


@dataclass
class Half:
    """One side that is open: its account, and its direction."""

    account_id: int
    sign: int


@dataclass(frozen=True)
class StraddleResult:
    """What it came to [quote atoms]."""

    abandoned: int
    """Sides that were left to the funds."""
    earned: int
    """What he has more at the end than at the beginning, negative if less."""
    paid_by_others: int
    """What funds, winners and lenders have paid for his accounts, repayments taken off."""

    @property
    def without_others(self) -> int:
        """What he would have earned if nobody had paid for his accounts."""
        return self.earned - self.paid_by_others


@dataclass
class Straddle:
    """Holds both sides of a perp through a crash.

    Args:
        desk: Where.
        known: The perp.
        lots: Size of a side.
        margin_ppm: R_init of a side, as a part of what it is worth.
        owner: Whose accounts they are.
        watch: Told of his accounts, so that they are liquidated like all others.

    Attributes:
        is_busy: Whether something was missing of a side at the last step.
    """

    desk: Desk
    known: Underlying
    lots: int
    margin_ppm: int
    owner: int
    watch: Watch
    paid_by_others: int = 0
    is_busy: bool = True
    _sides: list[Half] = field(default_factory=list)
    _abandoned: list[Half] = field(default_factory=list)
    _purse: int = 0
    _deposit: int = 0

    def begin(self, prices: Sequence[int]) -> None:
        """Bring the money in."""
        self._deposit = _PURSE_PARTS * self._margin(prices)
        self._purse = self.desk.open_account(self.owner, self._deposit)
        self.desk.watchers.append(self._watch)

    def act(self, prices: Sequence[int]) -> None:
        """Abandon a side that has lost its margin, draw what the other has won, and open anew."""
        for side in list(self._sides):
            stands = standing.read(self.desk.state, side.account_id)
            if not stands.is_healthy:
                self._sides.remove(side)
                self._abandoned.append(side)
            elif self.desk.time % _DRAW_SECONDS == 0:
                self._draw(side.account_id, prices)
        for sign in (1, -1):
            if not any(side.sign == sign for side in self._sides):
                self._open(sign, prices)
        self.is_busy = False
        for side in self._sides:
            self._fill(side, prices)

    def result(self) -> StraddleResult:
        """Return what all accounts are worth, those that are worth less than nothing left out."""
        state = self.desk.state
        worth = balances.atoms_of(state, self._purse, 0)
        for side in (*self._abandoned, *self._sides):
            worth += max(0, standing.read(state, side.account_id).equity)
        earned = worth - self._deposit
        return StraddleResult(len(self._abandoned), earned, self.paid_by_others)

    def _margin(self, prices: Sequence[int]) -> int:
        """Return what a side is opened with at prices [quote atoms]."""
        worth = self.lots * self.known.lot_atoms(prices[self.known.asset_id - 1])
        return worth * self.margin_ppm // PPM * LEAST_MARGIN // _MILLI

    def _open(self, sign: int, prices: Sequence[int]) -> None:
        """Open an account for a side, with its margin out of the purse."""
        account_id = self.desk.open_account(self.owner, 0)
        moved = (self._purse, account_id, 0, self._margin(prices))
        self.desk.act("transfer", self.owner, *moved)
        self._sides.append(Half(account_id, sign))
        self.watch.add(account_id)

    def _fill(self, side: Half, prices: Sequence[int]) -> None:
        """Buy or sell what is missing of a direction, as far as margin and book go."""
        market = self.known.perp.market_id
        held = sum(
            abs(self._size(one))
            for one in (*self._sides, *self._abandoned)
            if one.sign == side.sign
        )
        missing = self.lots - held
        if missing < self.known.perp.min_lots:
            return
        self.is_busy = True
        self._top_up(side, missing, prices)
        tick = self.known.tick(prices[self.known.asset_id - 1])
        away = max(1, tick * _SLIPPAGE_BPS // 10_000)
        limit = tick + away + 1 if side.sign > 0 else tick - away
        wanted = Side.BID if side.sign > 0 else Side.ASK
        order = OrderRequest(market, wanted, limit, missing, TimeInForce.IMMEDIATE_OR_CANCEL)
        self.desk.attempt("place", self.owner, side.account_id, order)

    def _top_up(self, side: Half, missing: int, prices: Sequence[int]) -> None:
        """Bring in what a side lacks of the margin that it is to be opened with."""
        wanted = self._margin(prices) * (abs(self._size(side)) + missing) // self.lots
        equity = standing.read(self.desk.state, side.account_id).equity
        if equity < wanted:
            moved = (self._purse, side.account_id, 0, wanted - equity)
            self.desk.attempt("transfer", self.owner, *moved)

    def _size(self, side: Half) -> int:
        state, market = self.desk.state, self.known.perp.market_id
        return positions.load(state, side.account_id, market).size

    def _draw(self, account_id: int, prices: Sequence[int]) -> None:
        """Settle a winner, and take what it does not need into the purse."""
        market = self.known.perp.market_id
        self.desk.attempt("settle", self.owner, account_id, market)
        now, _ = self.desk.act("preview_margin", account_id)
        needed = max(self._margin(prices), now.initial_atoms * LEAST_MARGIN // _MILLI)
        has = balances.atoms_of(self.desk.state, account_id, 0)
        spare = min(has, now.settled_atoms - needed)
        if spare > DOLLAR:
            moved = (account_id, self._purse, 0, spare)
            self.desk.attempt("transfer", self.owner, *moved)

    def _watch(self, _: Call, events: Sequence[Event]) -> None:
        """Count what others pay for his accounts."""
        for event in events:
            if isinstance(event, DeficitPaid) and self._is_own(event.account_id):
                funds = event.insurance_atoms + event.backstop_atoms
                self.paid_by_others += funds + event.shortfall_atoms + event.loss_atoms
            elif isinstance(event, ClaimRepaid) and self._is_own(event.account_id):
                self.paid_by_others -= event.insurance_atoms + event.backstop_atoms

    def _is_own(self, account_id: int) -> bool:
        return accounts.owner_of(self.desk.state, account_id) == self.owner
