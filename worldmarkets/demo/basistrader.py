"""The levered basis trader: runs his strategy, and unwinds before the end."""

from decimal import Decimal

from worldmarkets.client import Client
from worldmarkets.client.records import Action as BookAction
from worldmarkets.demo.perpcast import LEVERAGE
from worldmarkets.demo.session import Session
from worldmarkets.demo.split import Split, SplitLedger
from worldmarkets.demo.underlyings import Underlying
from worldmarkets.demo.words import duration
from worldmarkets.keepers.job import Round
from worldmarkets.logbook import Fill
from worldmarkets.model.interface import Margin
from worldmarkets.model.perps import funding
from worldmarkets.model.reading import WordReader
from worldmarkets.ondemand import Sending
from worldmarkets.staging import Account
from worldmarkets.strategies import BasisConfig
from worldmarkets.trading import BasisJob

OPENS, ENDS = 40, 900
"""When he begins, and from when on he unwinds [1/1000 of the whole time]."""
_NOT_EVER = Decimal(10**6)
"""A carry that nothing earns [part of the capital a year]."""


def basis_config(seconds: int, *, ends: bool = False) -> BasisConfig:
    """Return how he runs the position for so long; when it ends, no carry is enough for him."""
    return BasisConfig(
        leverage=LEVERAGE,
        lowest_leverage=LEVERAGE * Decimal("0.9"),
        highest_leverage=LEVERAGE * Decimal("1.1"),
        net_tolerance=Decimal("0.01"),
        settle_profit=Decimal("0.02"),
        entry_carry=_NOT_EVER if ends else Decimal("0.02"),
        exit_carry=_NOT_EVER - 1 if ends else Decimal(-1),
        patience_seconds=0 if ends else max(1, seconds // 10),
        holding_days=30,
        slippage_bps=40,
    )


class BasisTrader:
    """His account, what he decides, and what became of his profit."""

    def __init__(
        self,
        session: Session,
        account: Account,
        client: Client,
        underlying: Underlying,
        seconds: int,
    ) -> None:
        """Take him to his place; the whole takes so long [seconds of market time]."""
        self.account = account
        self.underlying = underlying
        self.ledger = SplitLedger(session, account, underlying)
        self.notes: list[str] = []
        """What he did, and when."""
        self._session = session
        self._client = client
        self._seconds = seconds
        self._job = self._run(ends=False)
        self._ends = False
        self._told = ""
        self._seen: list[tuple[BookAction, list[Fill]]] = []
        session.watchers.append(self._watch)

    @property
    def is_over(self) -> bool:
        """Whether he has begun to unwind."""
        return self._ends

    @property
    def has_position(self) -> bool:
        """Whether he holds some of either market."""
        held, account_id = self._session.inventory, self.account.account_id
        both = (self.underlying.spot, self.underlying.perp)
        return any(held[account_id, market.market_id] for market in both)

    def step(self, done: int) -> Sending:
        """Return what he sends in the next block, decided at the newest one.

        Args:
            done: What has passed of the whole time [1/1000].
        """
        sender = self._client.raw.sender
        if done < OPENS:
            return sender, []
        if done >= ENDS and not self._ends:
            self._ends, self._job = True, self._run(ends=True)
        found = self._job.look()
        self._note(found)
        return sender, [action.request for action in found.actions if action.is_due()]

    def follow(self, reader_of_block: WordReader) -> None:
        """Take down what he did in the block just made."""
        if self._seen:
            market = self.underlying.mark_word(reader_of_block)
            index = funding.index_at(market, reader_of_block.time)
            for action, fills in self._seen:
                self.ledger.note(action, fills, index)
            self._seen.clear()

    @property
    def has_acted(self) -> bool:
        """Whether there is something to take down."""
        return bool(self._seen)

    def margin(self) -> Margin:
        """Return his margin in the newest block."""
        current, _ = self._client.raw.preview_margin(self.account.account_id)
        return current

    def split(self, reader: WordReader) -> Split:
        """Return his profit in its parts."""
        return self.ledger.split(reader)

    def _run(self, *, ends: bool) -> BasisJob:
        config = basis_config(self._seconds, ends=ends)
        symbol = self.underlying.symbol
        return BasisJob(self._client, self.account.account_id, symbol, config)

    def _watch(self, action: BookAction, fills: list[Fill]) -> None:
        if action.account_id == self.account.account_id:
            self._seen.append((action, list(fills)))

    def _note(self, found: Round) -> None:
        """Remember each change of what he decides."""
        for note in found.notes:
            verb = note.split(":")[0]
            if verb not in ("hold", self._told):
                self.notes.append(f"{duration(self._session.seconds)}: {note}")
            self._told = verb
