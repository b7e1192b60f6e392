"""What has happened in a demonstration so far: trades, totals, samples of the book, accounts.

What an account has of an asset is told with interest, what it owes as less than nothing.
"""

from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Context, Decimal, Inexact, InvalidOperation, localcontext

from worldmarkets.audit.words import words_at
from worldmarkets.client.events import decode_event, event_topic
from worldmarkets.client.records import (
    Action,
    Placed,
    Reduced,
    Removed,
    Skipped,
    actions,
)
from worldmarkets.logbook import Fill, LogBook
from worldmarkets.model import balances, pools, slots
from worldmarkets.model.events import Deposited, Withdrawn
from worldmarkets.model.interface import Removal
from worldmarkets.model.reading import WordReader
from worldmarkets.model.records import Taken
from worldmarkets.model.words import CashWord, PoolTotalsWord, TapeWord
from worldmarkets.ondemand import Block
from worldmarkets.replay.player import NO_BUDGET
from worldmarkets.rpc import number
from worldmarkets.staging import Account, Stage, Venue

DEPTH_BPS = 10
"""How far from the middle depth is counted [basis points]."""

_TRADES_SHOWN = 40
_BPS = 10_000
_EXACT_DIGITS = 100
_QUOTE_ATOM = Decimal("0.000001")
_FLOWS = (event_topic(Deposited), event_topic(Withdrawn))


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
    gained_base_atoms: int
    """Beyond what was brought in."""
    gained_quote_atoms: int
    """Beyond what was brought in."""
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
        return Decimal(self.gained_base_atoms).scaleb(-venue.base_decimals)


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
        self.paid: Counter[int] = Counter()
        """Paid for trades less received, fees included, by account [quote atoms]."""
        self.moved: Counter[tuple[int, int]] = Counter()
        """Brought in since the start less taken out, by account and asset [atoms]."""
        self.volume_atoms = 0
        """Sum of all trades [quote atoms]."""
        self.seconds = Decimal(0)
        """Market time since the start."""
        self.reference_price = Decimal(0)
        """Newest price posted [dollars a whole token]."""
        newest = stage.rpc.call("eth_getBlockByNumber", "latest", False)
        self.block = number(newest["number"])
        """Newest block."""
        self.timestamp = number(newest["timestamp"])
        """Its time [seconds]."""
        self._traded_lots = 0
        reader = self.reader()
        self._kept_before = {asset: self.kept(reader, asset) for asset in self.pooled}

    @property
    def pooled(self) -> tuple[int, int]:
        """Ids of the quote asset and the base asset, which may have pools."""
        return 0, self.venue.base_asset_id

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
        for log in (log for receipt in block.receipts for log in receipt.logs):
            if log.topics and log.topics[0] in _FLOWS:
                self._note_flow(decode_event(log))

    def _note_flow(self, event: object) -> None:
        """Count what was brought in or taken out."""
        if isinstance(event, Deposited):
            self.moved[event.account_id, event.asset_id] += event.atoms
        elif isinstance(event, Withdrawn):
            self.moved[event.account_id, event.asset_id] -= event.atoms

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
            elif isinstance(record, Taken):
                self.paid[action.account_id] += record.fee_atoms

    def note_fills(self, fills: Sequence[Fill]) -> None:
        """Count the fills of one take."""
        if not fills:
            return
        for fill in fills:
            maker_lots = fill.lots if fill.taker_sold else -fill.lots
            self.inventory[fill.maker] += maker_lots
            self.inventory[fill.taker] -= maker_lots
            notional = fill.lots * fill.tick * self.venue.tick_value
            self.volume_atoms += notional
            self.paid[fill.taker] += -notional if fill.taker_sold else notional
            self.paid[fill.maker] += notional if fill.taker_sold else -notional
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

    def reader(self, more: Iterable[int] = ()) -> WordReader:
        """Return a reader of the newest block that has the words of all accounts and both pools.

        Args:
            more: Slots of other words to fetch at once.
        """
        read = words_at(self.stage.rpc, self.stage.deployment.exchange, self.block)
        reader = WordReader(read, self.timestamp)
        assets = self.pooled
        wanted = [slots.ledger(one.account_id, asset) for one in self.accounts for asset in assets]
        wanted += more
        for asset in assets:
            wanted += [slots.pool_index(asset), slots.pool_totals(asset), slots.pool_terms(asset)]
        reader.prefetch([slots.tape(self.venue.market_id), *wanted])
        return reader

    def standings(self, reader: WordReader | None = None) -> list[Standing]:
        """Return what every account has in the newest block."""
        reader = reader or self.reader()
        return [self._standing(reader, account) for account in self.accounts]

    def brought(self, account: Account, asset_id: int) -> int:
        """Return what was brought into an account and not taken out again [atoms]."""
        at_first = account.base_atoms if asset_id else account.quote_atoms
        return at_first + self.moved[account.account_id, asset_id]

    def interest(self, reader: WordReader, account: Account, asset_id: int) -> int:
        """Return the interest an account has earned, or paid and owes if negative [atoms].

        What neither trades nor deposits explain; rounding is on its side.
        """
        has = balances.atoms_of(reader, account.account_id, asset_id)
        traded = -self.paid[account.account_id]
        if asset_id:
            traded = self.inventory[account.account_id] * self.venue.atoms_per_lot
        return has - self.brought(account, asset_id) - traded

    def kept(self, reader: WordReader, asset_id: int) -> int:
        """Return what a pool has beyond the claims of the accounts here [atoms].

        Reserve and rounding, where nobody else lends or borrows.
        """
        cash = reader.load(PoolTotalsWord, slots.pool_totals(asset_id)).cash
        claims = 0
        for account in self.accounts:
            word = balances.load(reader, account.account_id, asset_id)
            if word.lent or word.balance < 0:
                claims += pools.read(reader, asset_id).atoms_of(word)
        return cash - claims

    def kept_worth(self, reader: WordReader) -> Decimal:
        """Return what both pools keep beyond what they did at first [dollars]."""
        quote, base = (self.kept(reader, one) - self._kept_before[one] for one in self.pooled)
        return self.worth(base, quote)

    def fees_atoms(self) -> int:
        """Read the fees the market has collected and not split [quote atoms]."""
        read = words_at(self.stage.rpc, self.stage.deployment.exchange, self.block)
        (word,) = read([slots.tape(self.venue.market_id)])
        return TapeWord.unpack(word).fees

    def _standing(self, reader: WordReader, account: Account) -> Standing:
        cash = reader.load(CashWord, slots.ledger(account.account_id, 0))
        base, quote = (
            balances.atoms_of(reader, account.account_id, asset)
            for asset in (self.venue.base_asset_id, 0)
        )
        gained_base = base - self.brought(account, self.venue.base_asset_id)
        gained_quote = quote - self.brought(account, 0)
        with exactly():
            profit = self.worth(gained_base, gained_quote)
        lost = cash.loss_at(self.timestamp)
        gained = gained_base, gained_quote
        return Standing(account, base, quote, *gained, profit, lost, cash.budget)

    def worth(self, base_atoms: int, quote_atoms: int) -> Decimal:
        """Return what atoms of both assets are worth at the reference price [dollars]."""
        base = Decimal(base_atoms).scaleb(-self.venue.base_decimals) * self.reference_price
        return base + quote_atoms * _QUOTE_ATOM

    def _depth(self, is_ask: bool, bid: tuple[int, int] | None, ask: tuple[int, int] | None) -> int:
        if bid is None or ask is None:
            return 0
        # Twice the middle, so that it stays whole.
        middle = bid[0] + ask[0]
        reach = middle * DEPTH_BPS // _BPS
        levels = self.book.levels(self.venue.market_id, is_ask)
        return sum(lots for tick, lots in levels.items() if abs(2 * tick - middle) <= reach)
