"""Lending, borrowing, margins and what the exchange has logged, in integers."""

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TypeVar

from worldmarkets.client.connection import Connection
from worldmarkets.client.events import LoggedEvent, decode_events, event_topic
from worldmarkets.client.lens import Lens
from worldmarkets.client.structs import struct
from worldmarkets.model.events import Deposited, Event, LentSet, PoolAccrued, ReserveCollected
from worldmarkets.model.interface import Margin, MarginChange
from worldmarkets.transactions import Receipt
from worldmarkets.transactions.logs import search_logs

E = TypeVar("E", bound=Event)

EVERYTHING = 2**256 - 1
"""Token units to repay that are never less than what is owed."""


class RawLending(Connection):
    """The part of `RawClient` about lending pools and margins. Units are those of IExchange."""

    @cached_property
    def lens(self) -> Lens:
        """The contract that shows books, accounts, pools and risk as they are now."""
        return Lens(self.call, self.deployment.lens)

    def set_lent(self, account_id: int, asset_id: int, lent: bool = True) -> int:
        """Lend what is positive of a balance from now on, or keep it; return it [atoms]."""
        receipt = self.execute(self.calls.set_lent(account_id, asset_id, lent))
        return self._only(receipt, LentSet).balance_atoms

    def borrow(
        self, account_id: int, asset_id: int, token_units: int, to: str | None = None
    ) -> Receipt:
        """Take tokens out on credit, to the key's address unless `to` is given."""
        to = to or self.address
        return self.execute(self.calls.borrow(account_id, asset_id, token_units, to))

    def repay(self, account_id: int, asset_id: int, token_units: int = EVERYTHING) -> int:
        """Pay a debt back with approved tokens, wholly if it is less; return by how much [atoms].

        Anyone may. Interest runs: what pays all has to be approved with some to spare.
        """
        receipt = self.execute(self.calls.repay(account_id, asset_id, token_units))
        return self._only(receipt, Deposited).atoms

    def accrue_pools(self, asset_ids: Sequence[int]) -> list[PoolAccrued]:
        """Add up the interest of pools and set their rates anew; return what they are now."""
        receipt = self.execute(self.calls.accrue_pools(asset_ids))
        return self._all(receipt, PoolAccrued)

    def collect_reserve(self, asset_id: int) -> int:
        """Lend the reserve of a pool to it for the insurance fund; return how much [atoms]."""
        receipt = self.execute(self.calls.collect_reserve(asset_id))
        return self._only(receipt, ReserveCollected).atoms

    def preview_margin(
        self, account_id: int, changes: Sequence[MarginChange] = (), block: str = "latest"
    ) -> tuple[Margin, Margin]:
        """Return an account's margin, and what it would be after changes, at most one an asset."""
        request = self.calls.preview_margin(account_id, changes)
        returned = self.call(self.calls.exchange, request.data, block)
        current, changed = self.calls.abi.decode("previewMargin", returned)
        return struct(Margin, current), struct(Margin, changed)

    def events(
        self, *kinds: type[Event], from_block: int | None = None, to_block: int | None = None
    ) -> Iterator[LoggedEvent]:
        """Yield what the exchange has logged, in order.

        Args:
            kinds: Events of `worldmarkets.model.events` wanted; none for all.
            from_block: Where to begin, at the exchange's creation if not given.
            to_block: Where to end, at the newest block if not given.
        """
        first = self.deployment.first_block if from_block is None else from_block
        topics = [event_topic(kind) for kind in kinds] or list(self.calls.abi.events)
        exchange = self.calls.exchange
        logs = search_logs(self.rpc, exchange, topics, first, to_block)
        yield from decode_events(logs, exchange)

    def _all(self, receipt: Receipt, kind: type[E]) -> list[E]:
        logged = decode_events(receipt.logs, self.calls.exchange)
        return [each.event for each in logged if isinstance(each.event, kind)]

    def _only(self, receipt: Receipt, kind: type[E]) -> E:
        (event,) = self._all(receipt, kind)
        return event
