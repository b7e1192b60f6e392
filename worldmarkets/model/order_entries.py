"""The entry points for orders."""

from collections.abc import Iterable, Sequence

from worldmarkets.model import amending, cancelling, operators, orders, risk
from worldmarkets.model.entry import Entry
from worldmarkets.model.errors import (
    DeadlinePassed,
    DuplicateOrder,
    RefusedError,
    StaleOrder,
)
from worldmarkets.model.holdings import Trades
from worldmarkets.model.interface import (
    OrderRequest,
    OrderResult,
    Permission,
    Refusal,
    Removal,
    TimeInForce,
)
from worldmarkets.model.operators import Actor
from worldmarkets.model.packed import PackedBatch
from worldmarkets.model.records import Record, Skipped

BatchResult = tuple[list[int], list[OrderResult]]
"""What was left of each order cancelled [lots], 0 where it was skipped; and of each place."""


class OrderEntries(Entry):
    """Placing, cancelling and changing orders."""

    def place(self, caller: int, account_id: int, order: OrderRequest) -> OrderResult:
        """Place an order: match it, then rest what is left if its time in force says so."""
        return self._act(lambda: self._placed(caller, account_id, order))

    def cancel(self, caller: int, account_id: int, order_id: int) -> int:
        """Cancel an order and return what was left of it [lots]."""

        def action(_: Actor, log: list[Record]) -> int:
            lots = cancelling.cancel(self.state, account_id, order_id, log)
            if lots == 0:
                raise StaleOrder(order_id)
            return lots

        return self._on_books(caller, account_id, Permission.CANCEL, action)

    def cancel_many(self, caller: int, account_id: int, order_ids: Sequence[int]) -> list[int]:
        """Cancel several orders; an id that finds no live order is skipped."""
        return self._on_books(
            caller,
            account_id,
            Permission.CANCEL,
            lambda _, log: self._cancel_each(account_id, order_ids, False, log),
        )

    def reduce(self, caller: int, account_id: int, order_id: int, new_lots: int) -> None:
        """Make an order smaller; it keeps its place in the queue."""
        self._on_books(
            caller,
            account_id,
            Permission.CANCEL,
            lambda _, log: cancelling.reduce(self.state, account_id, order_id, new_lots, log),
        )

    def amend(
        self, caller: int, account_id: int, order_id: int, order: OrderRequest
    ) -> OrderResult:
        """Make a resting order what `order` asks for, in place if that only makes it smaller."""

        def action(actor: Actor, log: list[Record]) -> OrderResult:
            result = amending.in_place(self.state, account_id, order_id, order, log)
            if result is None:
                cancelling.cancel(self.state, account_id, order_id, log)
                trades = Trades()
                result = orders.place(self.state, actor, order, self.time, log, trades)
                self._check(caller, actor, trades)
            return result

        return self._on_books(caller, account_id, Permission.PLACE | Permission.CANCEL, action)

    def batch(
        self,
        caller: int,
        account_id: int,
        cancels: Sequence[int],
        places: Sequence[OrderRequest],
        deadline: int,
        all_or_none: bool,
    ) -> BatchResult:
        """Cancel orders, then place others, with one check at the end if anything is placed."""
        self._check_deadline(deadline)

        def action(actor: Actor, log: list[Record]) -> BatchResult:
            lots = self._cancel_each(account_id, cancels, all_or_none, log)
            trades = Trades(len(places))
            results = self._place_each(actor, places, all_or_none, log, trades)
            if places:
                self._check(caller, actor, trades)
            return lots, results

        needed = _needed(len(cancels), len(places))
        return self._on_books(caller, account_id, needed, action)

    def batch_packed(self, caller: int, packed: bytes) -> BatchResult:
        """`batch` with packed arguments, read as they are needed."""
        batch = PackedBatch(packed)
        header, all_or_none = batch.header, batch.all_or_none
        self._check_deadline(header.deadline)

        def action(actor: Actor, log: list[Record]) -> BatchResult:
            lots = self._cancel_each(header.account, batch.cancels(), all_or_none, log)
            trades = Trades(header.places)
            results = self._place_each(actor, batch.places(), all_or_none, log, trades)
            batch.check_end()
            if header.places:
                self._check(caller, actor, trades)
            return lots, results

        needed = _needed(header.cancels, header.places)
        return self._on_books(caller, header.account, needed, action)

    # ------------------------------------------------------------------ inside

    def _placed(self, caller: int, account_id: int, order: OrderRequest) -> OrderResult:
        """Place an order within an action, with its check and its records."""

        def action(actor: Actor, log: list[Record]) -> OrderResult:
            trades = Trades()
            result = orders.place(self.state, actor, order, self.time, log, trades)
            self._check(caller, actor, trades)
            return result

        return self._record(caller, account_id, Permission.PLACE, action)

    def _check_deadline(self, deadline: int) -> None:
        if self.time > deadline:
            raise DeadlinePassed(deadline, self.time)

    def _cancel_each(
        self,
        account_id: int,
        order_ids: Iterable[int],
        all_or_none: bool,
        log: list[Record],
        reason: Removal = Removal.CANCELLED,
    ) -> list[int]:
        cancelled: list[int] = []
        seen: set[int] = set()
        for index, order_id in enumerate(order_ids):
            lots = cancelling.cancel(self.state, account_id, order_id, log, reason)
            if lots == 0:
                if order_id in seen:
                    raise DuplicateOrder(order_id)
                if all_or_none:
                    raise StaleOrder(order_id)
                log.append(Skipped(index, Refusal.NONE))
            seen.add(order_id)
            cancelled.append(lots)
        return cancelled

    def _check(self, caller: int, actor: Actor, trades: Trades) -> None:
        """Check what an action that places orders leaves; one of which nothing came always passes.

        An operator who may not borrow leaves an account whose balances cover its spot orders.
        """
        if not trades.changes:
            return
        must_be_covered = False
        if actor.by_operator:
            word = operators.load(self.state, actor.account_id, caller)
            must_be_covered = not word.permissions & Permission.LEND
        risk.check(self.state, actor.account_id, trades, must_be_covered=must_be_covered)

    def _place_each(
        self,
        actor: Actor,
        places: Iterable[OrderRequest],
        all_or_none: bool,
        log: list[Record],
        trades: Trades,
    ) -> list[OrderResult]:
        return [
            self._place_or_skip(actor, index, order, all_or_none, log, trades)
            for index, order in enumerate(places)
        ]

    def _place_or_skip(
        self,
        actor: Actor,
        index: int,
        order: OrderRequest,
        all_or_none: bool,
        log: list[Record],
        trades: Trades,
    ) -> OrderResult:
        try:
            if order.time_in_force == TimeInForce.FILL_OR_KILL:
                return self._place_whole(actor, order, log, trades)
            return orders.place(self.state, actor, order, self.time, log, trades)
        except RefusedError as error:
            if all_or_none:
                raise
            log.append(Skipped(index, error.refusal))
            return OrderResult(refusal=error.refusal)

    def _place_whole(
        self, actor: Actor, order: OrderRequest, log: list[Record], trades: Trades
    ) -> OrderResult:
        """Place a fill-or-kill order; what it did is undone if it is refused."""
        own_log: list[Record] = []
        own_trades = Trades()
        with self.state.journal.transaction():
            result = orders.place(self.state, actor, order, self.time, own_log, own_trades)
        log.extend(own_log)
        trades.changes.extend(own_trades.changes)
        return result


def _needed(cancels: int, places: int) -> Permission:
    """Return the permissions for a batch; an empty one needs one, too."""
    needed = Permission.PLACE if places else Permission.CANCEL
    return needed | Permission.CANCEL if cancels else needed
