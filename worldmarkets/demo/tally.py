"""What has happened in the blocks of a demonstration: trades, totals, settlements, marks."""

from collections import Counter, deque
from collections.abc import Callable, Sequence
from decimal import Decimal

from worldmarkets.client.events import decode_event, event_topic
from worldmarkets.client.records import (
    Action,
    Placed,
    Reduced,
    Removed,
    Skipped,
    actions,
)
from worldmarkets.demo.samples import Sample, Trade
from worldmarkets.demo.underlyings import Underlying
from worldmarkets.logbook import Fill, LogBook
from worldmarkets.model.events import Deposited, MarkUpdated, Settled, Withdrawn
from worldmarkets.model.interface import Removal
from worldmarkets.model.records import Taken
from worldmarkets.model.words import is_perp
from worldmarkets.ondemand import Block
from worldmarkets.rpc import number
from worldmarkets.staging import Account, Stage, Venue

_TRADES_SHOWN = 40
_QUOTE_ATOM = Decimal("0.000001")
_FLOWS = tuple(map(event_topic, (Deposited, Withdrawn, Settled, MarkUpdated)))

Watcher = Callable[[Action, Sequence[Fill]], None]
"""Is told of each action in the books, and of what it has traded."""


class Tally:
    """Follows the blocks of a demonstration, and counts what happens in them."""

    def __init__(
        self,
        stage: Stage,
        accounts: Sequence[Account],
        book: LogBook,
        underlyings: Sequence[Underlying] = (),
    ) -> None:
        """Begin at the newest block.

        Args:
            stage: Where, and the market that is shown.
            accounts: Whose profits are counted: all that trade, lend or borrow.
            book: The book to keep.
            underlyings: Assets whose spot market and perp are both traded.
        """
        self.stage = stage
        self.underlyings = tuple(underlyings)
        both = (market for one in underlyings for market in (one.spot, one.perp))
        self.venues = {market.market_id: market for market in (stage.venue, *both)}
        """All markets that are traded, by id."""
        self.accounts = tuple(accounts)
        self.book = book
        self.names = {account.account_id: account.name for account in accounts}
        self.trades: deque[Trade] = deque(maxlen=_TRADES_SHOWN)
        self.samples: list[Sample] = []
        self.counts: Counter[str] = Counter()
        """Blocks, transactions, gas, reverted, posted; placed, amended, cancelled, reduced,
        refused, takes, fills; removed by whoever met them, and of these expired, self_trades and
        over_budget."""
        self.notes: list[tuple[str, str]] = []
        """What else the summary is to tell: headings and texts."""
        self.inventory: Counter[tuple[int, int]] = Counter()
        """Lots bought less lots sold, by account and market."""
        self.paid: Counter[int] = Counter()
        """Paid for spot trades less received, fees included, by account [quote atoms]."""
        self.settled: Counter[int] = Counter()
        """What settling perps has brought, by account [quote atoms]."""
        self.marks: dict[int, MarkUpdated] = {}
        """The newest mark, funding index and rate of each perp, by market."""
        self.moved: Counter[tuple[int, int]] = Counter()
        """Brought in since the start less taken out, by account and asset [atoms]."""
        self.watchers: list[Watcher] = []
        """Who else follows what happens in the books."""
        self.volume_atoms = 0
        """Sum of all trades [quote atoms]."""
        self.seconds = Decimal(0)
        """Market time since the start."""
        self.reference_price = Decimal(0)
        """Newest price posted of the market that is shown [dollars a whole token]."""
        self.other_prices: dict[int, Decimal] = {}
        """The same of the other assets, by their ids."""
        newest = stage.rpc.call("eth_getBlockByNumber", "latest", False)
        self.block = number(newest["number"])
        """Newest block."""
        self.timestamp = number(newest["timestamp"])
        """Its time [seconds]."""
        self.traded_lots = 0
        """Sum of all trades in the market that is shown [lots]."""

    @property
    def venue(self) -> Venue:
        """The market that is shown."""
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
        """Count what was brought in, taken out or settled, and note marks."""
        if isinstance(event, Deposited):
            self.moved[event.account_id, event.asset_id] += event.atoms
        elif isinstance(event, Withdrawn):
            self.moved[event.account_id, event.asset_id] -= event.atoms
        elif isinstance(event, Settled):
            self.settled[event.account_id] += event.atoms
            self.counts["settled"] += 1
        elif isinstance(event, MarkUpdated):
            self.marks[event.market_id] = event

    def follow(self, block: Block) -> None:
        """Follow everything the transactions of a block did to the books."""
        self.count_block(block)
        for receipt in block.receipts:
            for action in actions(receipt.logs, self.stage.deployment.exchange):
                self.note_records(action)
                fills = self.book.apply(action)
                self.note_fills(fills)
                for watch in self.watchers:
                    watch(action, fills)

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
            elif isinstance(record, Taken) and not is_perp(record.market):
                self.paid[action.account_id] += record.fee_atoms

    def note_fills(self, fills: Sequence[Fill]) -> None:
        """Count the fills of one take."""
        if not fills:
            return
        for fill in fills:
            self._note_fill(fill)
        self.counts["fills"] += len(fills)
        self.counts["takes"] += 1
        shown = [fill for fill in fills if fill.market == self.venue.market_id]
        if shown:
            last, lots = shown[-1], sum(fill.lots for fill in shown)
            self.traded_lots += lots
            self.trades.append(Trade(self.seconds, last.tick, lots, last.taker_sold, last.taker))

    def _note_fill(self, fill: Fill) -> None:
        """Count a fill for both sides; what perps cost is booked in the position, and not here."""
        market, maker_lots = fill.market, fill.lots if fill.taker_sold else -fill.lots
        self.inventory[fill.maker, market] += maker_lots
        self.inventory[fill.taker, market] -= maker_lots
        notional = fill.lots * fill.tick * self.venues[market].tick_value
        self.volume_atoms += notional
        if not is_perp(market):
            self.paid[fill.taker] += -notional if fill.taker_sold else notional
            self.paid[fill.maker] += notional if fill.taker_sold else -notional
