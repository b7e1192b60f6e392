"""The levered basis trader: runs his strategy, and unwinds before the end."""

from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal

from worldmarkets.client import Client
from worldmarkets.client.errors import contract_error
from worldmarkets.client.records import Action as BookAction
from worldmarkets.demo.perpcast import LEVERAGE
from worldmarkets.demo.session import Session
from worldmarkets.demo.split import DebtWatch, Split, SplitLedger
from worldmarkets.demo.underlyings import Underlying
from worldmarkets.demo.words import duration, money
from worldmarkets.keepers.job import Action as Transaction
from worldmarkets.logbook import Fill
from worldmarkets.model.errors import PriceMoving
from worldmarkets.model.interface import Margin
from worldmarkets.model.perps import funding
from worldmarkets.model.reading import WordReader
from worldmarkets.ondemand import Sending
from worldmarkets.staging import Account
from worldmarkets.strategies import Action as Decided
from worldmarkets.strategies import BasisConfig, Batch, CarryWatch, decide
from worldmarkets.trading import BasisReader, BasisView, ClientExecutor, NotReadyError
from worldmarkets.transactions import Request, RevertedError

OPENS, ENDS = 40, 900
"""When he begins, and from when on he unwinds [1/1000 of the whole time]."""
_TOLD = {
    Decided.OPEN: "opens",
    Decided.RELEVER: "brings both legs back to what he wants",
    Decided.MATCH: "makes the larger leg as small as the other",
    Decided.UNWIND: "unwinds",
}
_NOT_EVER = Decimal(10**6)
"""A carry that nothing earns [part of the capital a year]."""


def basis_config(seconds: int, *, ends: bool = False) -> BasisConfig:
    """Return how he runs the position for so long [seconds].

    When it ends no carry is enough for him, and hardly a price too bad.
    """
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
        slippage_bps=200 if ends else 40,
    )


def due(actions: Iterable[Transaction], *, is_moving: bool) -> list[Request]:
    """Return what is to be sent of transactions.

    Args:
        actions: In order.
        is_moving: Whether a price moves fast in the block that they are for: then what has to wait
            for that is left to a later one.
    """
    waits = PriceMoving.__name__
    able = (action for action in actions if not (is_moving and waits in action.harmless))
    return [action.request for action in able if action.is_due()]


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
        self.debt = DebtWatch(session, account)
        self.notes: list[str] = []
        """What he did, and when."""
        self.decisions: Counter[Decided] = Counter()
        """How often he decided what."""
        self._session = session
        self._client = client
        self._config, self._last = (basis_config(seconds, ends=ends) for ends in (False, True))
        self._reader = BasisReader(client, account.account_id, underlying.symbol)
        self._executor = ClientExecutor(client, account.account_id)
        self._watch = CarryWatch()
        self._seen: list[tuple[BookAction, Sequence[Fill]]] = []
        self._settled = 0
        session.watchers.append(self._follow)

    @property
    def has_position(self) -> bool:
        """Whether he holds some of either market."""
        held, account_id = self._session.inventory, self.account.account_id
        both = (self.underlying.spot, self.underlying.perp)
        return any(held[account_id, market.market_id] for market in both)

    @property
    def has_acted(self) -> bool:
        """Whether he has traded or was settled, so that there is something to take down."""
        return bool(self._seen) or self._settled != self._session.settled[self.account.account_id]

    def step(self, done: int, *, is_moving: bool) -> Sending:
        """Return what he sends in the next block, decided at the newest one.

        Args:
            done: What has passed of the whole time [1/1000].
            is_moving: Whether a price moves so fast in that block that profits have to wait.
        """
        sender = self._client.raw.sender
        actions = self._executor.actions(self._decided(done)) if done >= OPENS else ()
        wanted = due(actions, is_moving=is_moving)
        return sender, [request for request in wanted if self._succeeds(request)]

    def take_down(self, reader: WordReader) -> None:
        """Take down what he did in the block just made, which the reader reads."""
        index = funding.index_at(self.underlying.mark_word(reader), reader.time)
        for action, fills in self._seen:
            self.ledger.note(action, fills, index)
        self._seen.clear()
        self._settled = self._session.settled[self.account.account_id]
        self.debt.look(reader)

    def margin(self) -> Margin:
        """Return his margin in the newest block."""
        current, _ = self._client.raw.preview_margin(self.account.account_id)
        return current

    def split(self, reader: WordReader) -> Split:
        """Return his profit in its parts."""
        return self.ledger.split(reader)

    def _decided(self, done: int) -> Batch:
        """Return what he decides; nothing while there is no good price."""
        try:
            seen = self._reader.read()
        except NotReadyError:
            return Batch()
        config = self._last if done >= ENDS else self._config
        found = decide(config, seen.markets, seen.rates, seen.position, self._watch, seen.now)
        self._watch = found.watch
        self.decisions[found.action] += 1
        if found.action in _TOLD:
            self._note(found.action, seen)
        return found.batch

    def _succeeds(self, request: Request) -> bool:
        """Try a transaction without sending it, as whoever runs the strategy does."""
        assert request.to is not None
        try:
            self._client.raw.sender.call(request.to, request.data)
        except RevertedError as error:
            refusal = contract_error(error.data)
            when = duration(self._session.seconds)
            self.notes.append(f"{when}: not sent, {type(refusal).__name__}: {refusal}")
            return False
        return True

    def _follow(self, action: BookAction, fills: Sequence[Fill]) -> None:
        if action.account_id == self.account.account_id:
            self._seen.append((action, fills))

    def _note(self, action: Decided, seen: BasisView) -> None:
        equity = Decimal(int(seen.position.equity(seen.markets.spot_price)))
        if action is Decided.OPEN:
            text = f"opens with {money(equity, 0)} dollars"
        else:
            text = f"{_TOLD[action]} at a leverage of {seen.leverage}, equity {money(equity, 0)}"
        self.notes.append(f"{duration(self._session.seconds)}: {text}")
