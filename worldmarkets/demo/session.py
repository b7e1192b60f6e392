"""What has happened in a demonstration so far: trades, totals, samples of the book, accounts."""

from collections import Counter, deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Context, Decimal, Inexact, InvalidOperation, localcontext

from worldmarkets.audit.words import words_at
from worldmarkets.client.records import (
    Action,
    Placed,
    Reduced,
    Removed,
    Skipped,
    actions,
)
from worldmarkets.logbook import Fill, LogBook
from worldmarkets.model import slots
from worldmarkets.model.interface import Removal
from worldmarkets.model.words import CashWord, LedgerWord, TapeWord
from worldmarkets.ondemand import Block
from worldmarkets.replay.player import NO_BUDGET
from worldmarkets.staging import Account, Stage, Venue

DEPTH_BPS = 10
"""How far from the middle depth is counted [basis points]."""

_TRADES_SHOWN = 40
_BPS = 10_000
_EXACT_DIGITS = 100
_QUOTE_ATOM = Decimal("0.000001")


@dataclass(frozen=True)
class Trade:
    """One take: what it traded in all, at its last price."""

    seconds: Decimal
    tick: int
    lots: int
    taker_sold: bool
    taker: int


@dataclass(frozen=True)
class Sample:
    """The market at one moment; depth is what rests within DEPTH_BPS of the middle [lots]."""

    seconds: Decimal
    reference_price: Decimal
    best_bid: int | None
    best_ask: int | None
    bid_lots: int
    ask_lots: int
    traded_lots: int


@dataclass(frozen=True)
class Standing:
    """What an account has [atoms], and its profit: what it is worth beyond what was brought in.

    Both are valued at the same reference price, so the profit is that of trading; it is exact
    [dollars].
    """

    account: Account
    base_atoms: int
    quote_atoms: int
    profit: Decimal
    lost_atoms: int
    """What the executions of its operators have lost today [quote atoms]."""
    budget_atoms: int
    """What they may [quote atoms]."""

    @property
    def is_budgeted(self) -> bool:
        """Whether an operator acts for it, within a budget."""
        return 0 < self.budget_atoms < NO_BUDGET

    def gained_base(self, venue: Venue) -> Decimal:
        """Return what it has of the base asset beyond what was brought in [whole tokens]."""
        return Decimal(self.base_atoms - self.account.base_atoms).scaleb(-venue.base_decimals)


@contextmanager
def exactly() -> Iterator[None]:
    """Calculate without rounding: with many digits, and an error for the first one lost."""
    with localcontext(Context(prec=_EXACT_DIGITS, traps=[Inexact, InvalidOperation])):
        yield


class Session:
    """The running account of a demonstration."""

    def __init__(self, stage: Stage, accounts: Sequence[Account], book: LogBook) -> None:
        self.stage = stage
        self.accounts = tuple(accounts)
        self.book = book
        self.names = {account.account_id: account.name for account in accounts}
        self.trades: deque[Trade] = deque(maxlen=_TRADES_SHOWN)
        self.samples: list[Sample] = []
        self.counts: Counter[str] = Counter()
        """Blocks, transactions, gas, reverted; placed, amended, cancelled, reduced, refused, takes,
        fills; removed by whoever met them, and of these expired, self_trades and over_budget."""
        self.notes: list[tuple[str, str]] = []
        """What else the summary is to tell: headings and texts."""
        self.inventory: Counter[int] = Counter()
        """Lots bought less lots sold, by account."""
        self.volume_atoms = 0
        """Sum of all trades [quote atoms]."""
        self.seconds = Decimal(0)
        """Market time since the start."""
        self.reference_price = Decimal(0)
        """Newest price posted [dollars a whole token]."""
        self.block = 0
        """Newest block."""
        self.timestamp = 0
        """Its time [seconds]."""
        self._traded_lots = 0

    @property
    def venue(self) -> Venue:
        """The market."""
        return self.stage.venue

    def volume_dollars(self) -> Decimal:
        """Sum of all trades [dollars]."""
        return self.volume_atoms * _QUOTE_ATOM

    def count_block(self, block: Block) -> None:
        """Count a block and its transactions."""
        self.block, self.timestamp = block.number, block.timestamp
        self.counts["blocks"] += 1
        self.counts["transactions"] += len(block.receipts)
        self.counts["gas"] += block.gas_used
        self.counts["reverted"] += sum(not receipt.succeeded for receipt in block.receipts)

    def follow(self, block: Block) -> None:
        """Follow everything the transactions of a block did to the books."""
        self.count_block(block)
        for receipt in block.receipts:
            for action in actions(receipt.logs, self.stage.deployment.exchange):
                self.note_records(action)
                self.note_fills(self.book.apply(action))

    def note_records(self, action: Action) -> None:
        """Count the records of an action."""
        for record in action.records:
            if isinstance(record, Placed):
                self.counts["placed"] += bool(record.lots)
            elif isinstance(record, Reduced):
                self.counts["reduced"] += 1
            elif isinstance(record, Removed):
                self.counts["removed" if record.reason else "cancelled"] += 1
                self.counts["expired"] += record.reason == Removal.EXPIRED
                self.counts["self_trades"] += record.reason == Removal.SELF_TRADE
                self.counts["over_budget"] += record.reason == Removal.BUDGET_SPENT
            elif isinstance(record, Skipped):
                self.counts["refused"] += 1

    def note_fills(self, fills: Sequence[Fill]) -> None:
        """Count the fills of one take."""
        if not fills:
            return
        for fill in fills:
            maker_lots = fill.lots if fill.taker_sold else -fill.lots
            self.inventory[fill.maker] += maker_lots
            self.inventory[fill.taker] -= maker_lots
            self.volume_atoms += fill.lots * fill.tick * self.venue.tick_value
        last, lots = fills[-1], sum(fill.lots for fill in fills)
        self.counts["fills"] += len(fills)
        self.counts["takes"] += 1
        self._traded_lots += lots
        self.trades.append(Trade(self.seconds, last.tick, lots, last.taker_sold, last.taker))

    def sample(self) -> Sample:
        """Take down the market as it is now."""
        market = self.venue.market_id
        bid, ask = self.book.best(market, False), self.book.best(market, True)
        sample = Sample(
            seconds=self.seconds,
            reference_price=self.reference_price,
            best_bid=bid[0] if bid else None,
            best_ask=ask[0] if ask else None,
            bid_lots=self._depth(False, bid, ask),
            ask_lots=self._depth(True, bid, ask),
            traded_lots=self._traded_lots,
        )
        self.samples.append(sample)
        return sample

    def standings(self) -> list[Standing]:
        """Read what every account has from the newest block."""
        read = words_at(self.stage.rpc, self.stage.deployment.exchange, self.block)
        base = self.venue.base_asset_id
        wanted = [
            slots.ledger(account.account_id, asset)
            for account in self.accounts
            for asset in (base, 0)
        ]
        words = iter(read(wanted))
        return [
            self._standing(account, LedgerWord.unpack(base_word).balance, CashWord.unpack(cash))
            for account, base_word, cash in zip(self.accounts, words, words, strict=True)
        ]

    def fees_atoms(self) -> int:
        """Read the fees the market has collected and not split [quote atoms]."""
        read = words_at(self.stage.rpc, self.stage.deployment.exchange, self.block)
        (word,) = read([slots.tape(self.venue.market_id)])
        return TapeWord.unpack(word).fees

    def _standing(self, account: Account, base_atoms: int, cash: CashWord) -> Standing:
        with exactly():
            gained = Decimal(base_atoms - account.base_atoms).scaleb(-self.venue.base_decimals)
            profit = gained * self.reference_price
            profit += (cash.balance - account.quote_atoms) * _QUOTE_ATOM
        lost = cash.loss_at(self.timestamp)
        return Standing(account, base_atoms, cash.balance, profit, lost, cash.budget)

    def _depth(self, is_ask: bool, bid: tuple[int, int] | None, ask: tuple[int, int] | None) -> int:
        if bid is None or ask is None:
            return 0
        # Twice the middle, so that it stays whole.
        middle = bid[0] + ask[0]
        reach = middle * DEPTH_BPS // _BPS
        levels = self.book.levels(self.venue.market_id, is_ask)
        return sum(lots for tick, lots in levels.items() if abs(2 * tick - middle) <= reach)
