"""Playing an order flow on a node: a few hundred transactions a block, each checked afterwards."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from worldmarkets.audit.words import read_levels, words_at
from worldmarkets.client.raw import RawClient
from worldmarkets.client.records import actions
from worldmarkets.errors import WorldMarketsError
from worldmarkets.logbook import Fill, LogBook
from worldmarkets.marketdata.flow import FlowEvent
from worldmarkets.model.interface import Permission
from worldmarkets.ondemand import Block, BlockDriver, Sending
from worldmarkets.replay.follow import Follower
from worldmarkets.replay.steps import Step, request
from worldmarkets.replay.translate import FlowAccounts, Limits, Translator
from worldmarkets.staging import Account, Stage, connect, open_account

EVENTS_A_BLOCK = 250
MAKERS_A_SIDE = 2

NO_BUDGET = 2**64 - 1
"""A daily loss budget that nothing uses up [quote atoms]."""

_OPERATOR_KEY, _BUYERS_KEY, _SELLERS_KEY = 1, 2, 3
_FOREVER = 2**32 - 1
_DOLLARS = 10**12
_TOKENS = 10**9
_QUOTE_DECIMALS = 6


class BookDiffersError(WorldMarketsError):
    """The words on the chain tell another book than its log."""

    def __init__(self, block: int) -> None:
        super().__init__(f"block {block}: the level words are not what the log adds up to")


@dataclass(frozen=True)
class Played:
    """One event after it was played: what was done, and what it traded."""

    event: FlowEvent
    step: Step | None
    fills: tuple[Fill, ...]


Watch = Callable[[Played, LogBook], None]
"""Told of each event in turn, with the book after it."""


class FlowPlayer:
    """Plays the events of one flow in the market of a stage, whose book is empty.

    One operator acts for all accounts: his nonces keep every transaction in order. The ids of
    orders are foreseen, so nothing waits for a receipt but the end of a block; then every record of
    the log is compared with what was foreseen, and the level words of the chain with the book of
    the log.
    """

    def __init__(self, stage: Stage, limits: Limits) -> None:
        self.stage = stage
        self._operator = connect(stage, _OPERATOR_KEY)
        self.accounts = open_flow_accounts(stage, self._operator)
        ids = [account.account_id for account in self.accounts]
        sellers = ids[MAKERS_A_SIDE : 2 * MAKERS_A_SIDE]
        accounts = FlowAccounts(tuple(ids[:MAKERS_A_SIDE]), tuple(sellers), ids[-1])
        self.translator = Translator(stage.venue.market_id, accounts, limits)
        self.follower = Follower()
        self._events = 0

    @property
    def book(self) -> LogBook:
        """The book as the log tells it."""
        return self.follower.book

    def play_block(
        self,
        blocks: BlockDriver,
        events: Iterable[FlowEvent],
        timestamp: int,
        watch: Watch,
        before: Iterable[Sending] = (),
    ) -> Block:
        """Play some events in one block, after what is to be sent `before` them.

        Raises:
            ReplayMismatchError: the exchange did something else than was foreseen.
            BookDiffersError: the words on the chain tell another book than the log.
        """
        planned = [(event, self.translator.translate(event)) for event in events]
        client = self._operator
        requests = [request(step, client.calls) for _, step in planned if step is not None]
        first = list(before)
        block = blocks.make_block([*first, (client.sender, requests)], timestamp)
        receipts = iter(block.receipts[sum(len(sent) for _, sent in first) :])
        for event, step in planned:
            fills: list[Fill] = []
            if step is not None:
                acted = actions(next(receipts).logs, client.calls.exchange)
                fills = self.follower.follow(self._events, step, acted)
            self._events += 1
            watch(Played(event, step, tuple(fills)), self.book)
        self.check_words(block.number)
        return block

    def check_words(self, block: int) -> None:
        """Compare the level words on the chain with the book of the log.

        Raises:
            BookDiffersError: they differ.
        """
        venue = self.stage.venue
        read = words_at(self.stage.rpc, self.stage.deployment.exchange, block)
        for is_ask, levels in zip((False, True), read_levels(read, venue.market_id), strict=True):
            told = self.book.levels(venue.market_id, is_ask)
            if {tick: level.lots for tick, level in levels.items()} != told:
                raise BookDiffersError(block)


def open_flow_accounts(stage: Stage, operator: RawClient) -> tuple[Account, ...]:
    """Open the accounts that play a flow; they can pay, and lose, whatever it asks.

    Buyers come first, then sellers, then the taker. Both sides have an owner, so that no order
    meets one of its own; the taker is the operator's.
    """
    base_atoms = _TOKENS * 10**stage.venue.base_decimals
    quote_atoms = _DOLLARS * 10**_QUOTE_DECIMALS
    accounts = []
    for name, key in (("buyer", _BUYERS_KEY), ("seller", _SELLERS_KEY)):
        owner = connect(stage, key)
        for number in range(1, MAKERS_A_SIDE + 1):
            account = open_account(stage, owner, f"{name} {number}", base_atoms, quote_atoms)
            permissions = Permission.PLACE | Permission.CANCEL
            owner.set_operator(
                account.account_id, operator.address, permissions, _FOREVER, NO_BUDGET
            )
            accounts.append(account)
    accounts.append(open_account(stage, operator, "taker", base_atoms, quote_atoms))
    return tuple(accounts)


def in_blocks(events: Iterable[FlowEvent], size: int = EVENTS_A_BLOCK) -> Iterator[list[FlowEvent]]:
    """Cut events into blocks of equal number."""
    iterator = iter(events)
    while block := list(islice(iterator, size)):
        yield block
