"""The exchange as an object: every entry point of the contract, over words in memory."""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from worldmarkets.model import (
    accounts,
    cancelling,
    listing,
    orders,
    outside,
    risk,
    slots,
    vault,
)
from worldmarkets.model.errors import (
    AccessManagedUnauthorized,
    DeadlinePassed,
    DuplicateOrder,
    RefusedError,
    StaleOrder,
    ZeroAddress,
)
from worldmarkets.model.events import AccountCreated, BookRecords, Event
from worldmarkets.model.interface import OrderRequest, OrderResult, Refusal, SpotTerms, TimeInForce
from worldmarkets.model.records import Record, Skipped
from worldmarkets.model.state import State
from worldmarkets.model.words import FeedWord, RegistryWord, TokenWord

T = TypeVar("T")


class Exchange:
    """The exchange without a chain.

    Methods are the entry points of contracts/interfaces/IExchange.sol with the same arguments,
    units and errors; `caller` is whoever would sign the transaction, addresses are integers. A
    method that raises has changed nothing. For a what-if, give it the words of a chain as a
    `WordReader`, or copy it first (`copy.deepcopy`).

    Attributes:
        state: every word by slot, as on chain.
        time: timestamp of the next action [seconds].
        events: what the last action emitted.
        tokens, feeds: what the exchange calls, by address.
        listers: addresses with the listing role.
    """

    def __init__(
        self, address: int, state: State, *, time: int = 0, listers: Iterable[int] = ()
    ) -> None:
        self.address = address
        self.state = state
        self.time = time
        self.listers = frozenset(listers)
        self.events: list[Event] = []
        self.tokens: dict[int, outside.Token] = {}
        self.feeds: dict[int, outside.PostedPriceFeed] = {}

    @classmethod
    def create(
        cls,
        address: int,
        treasury: int,
        insurance_ppm: int,
        *,
        time: int = 0,
        listers: Iterable[int] = (),
    ) -> "Exchange":
        """Return a new exchange, as the contract's constructor leaves it.

        Raises:
            InvalidParameter, ZeroAddress: see the constructor.
        """
        if insurance_ppm > 10**6:
            raise listing.invalid("insurancePpm", insurance_ppm)
        if treasury == 0:
            raise ZeroAddress
        exchange = cls(address, State(), time=time, listers=listers)
        exchange.state.store(slots.registry(), RegistryWord(insurance_ppm=insurance_ppm))
        for owner in (address, treasury):
            account_id = accounts.create(exchange.state, owner)
            exchange.events.append(AccountCreated(account_id, owner))
        return exchange

    # ------------------------------------------------------------------ orders

    def place(self, caller: int, account_id: int, order: OrderRequest) -> OrderResult:
        """Place an order: match it, then rest what is left if its time in force says so."""

        def action(log: list[Record]) -> OrderResult:
            result = orders.place(self.state, account_id, order, log)
            risk.check(self.state, account_id)
            return result

        return self._on_books(caller, account_id, action)

    def cancel(self, caller: int, account_id: int, order_id: int) -> int:
        """Cancel an order and return what was left of it [lots]."""

        def action(log: list[Record]) -> int:
            lots = cancelling.cancel(self.state, account_id, order_id, log)
            if lots == 0:
                raise StaleOrder(order_id)
            return lots

        return self._on_books(caller, account_id, action)

    def cancel_many(self, caller: int, account_id: int, order_ids: Sequence[int]) -> list[int]:
        """Cancel several orders; an id that finds no live order is skipped."""
        return self._on_books(
            caller, account_id, lambda log: self._cancel_each(account_id, order_ids, False, log)
        )

    def reduce(self, caller: int, account_id: int, order_id: int, new_lots: int) -> None:
        """Make an order smaller; it keeps its place in the queue."""
        self._on_books(
            caller,
            account_id,
            lambda log: cancelling.reduce(self.state, account_id, order_id, new_lots, log),
        )

    def batch(
        self,
        caller: int,
        account_id: int,
        cancels: Sequence[int],
        places: Sequence[OrderRequest],
        deadline: int,
        all_or_none: bool,
    ) -> tuple[list[int], list[OrderResult]]:
        """Cancel orders, then place others, with one check at the end if anything is placed."""
        if self.time > deadline:
            raise DeadlinePassed(deadline, self.time)

        def action(log: list[Record]) -> tuple[list[int], list[OrderResult]]:
            lots = self._cancel_each(account_id, cancels, all_or_none, log)
            results = self._place_each(account_id, places, all_or_none, log)
            if places:
                risk.check(self.state, account_id)
            return lots, results

        return self._on_books(caller, account_id, action)

    # ------------------------------------------------------------------ vault

    def create_account(self, caller: int) -> int:
        """Make an account owned by the caller and return its id."""

        def action() -> int:
            account_id = accounts.create(self.state, caller)
            self.events.append(AccountCreated(account_id, caller))
            return account_id

        return self._act(action)

    def deposit(self, caller: int, account_id: int, asset_id: int, token_units: int) -> int:
        """Pull tokens into an account of the caller and return what was credited [atoms]."""

        def action() -> int:
            accounts.check_owner(self.state, account_id, caller)
            token, target = self._token(asset_id), (account_id, asset_id)
            event = vault.deposit(self.state, token, self.address, caller, target, token_units)
            self.events.append(event)
            return event.atoms

        return self._act(action)

    def withdraw(
        self, caller: int, account_id: int, asset_id: int, token_units: int, to: int
    ) -> None:
        """Take tokens out of an account of the caller."""

        def action() -> None:
            accounts.check_owner(self.state, account_id, caller)
            token, source = self._token(asset_id), (account_id, asset_id)
            event = vault.withdraw(self.state, token, self.address, source, token_units, to)
            self.events.append(event)

        self._act(action)

    def transfer(
        self, caller: int, from_account_id: int, to_account_id: int, asset_id: int, atoms: int
    ) -> None:
        """Move atoms between two accounts of the caller."""

        def action() -> None:
            accounts.check_owner(self.state, from_account_id, caller)
            accounts.check_owner(self.state, to_account_id, caller)
            moved = (from_account_id, to_account_id, asset_id, atoms)
            self.events.append(vault.transfer(self.state, *moved))

        self._act(action)

    # ------------------------------------------------------------------ prices and listing

    def poke(self, asset_ids: Sequence[int]) -> None:
        """Copy the newest prices of assets from their feeds."""

        def action() -> None:
            for asset_id in asset_ids:
                self._poke(asset_id)

        self._act(action)

    def list_asset(self, caller: int, token: int, units_per_atom: int, feed: int) -> int:
        """List an asset under the next id, its token being in `tokens`, and return the id."""

        def action() -> int:
            self._check_lister(caller)
            decimals = self.tokens[token].decimals
            event = listing.list_asset(self.state, token, decimals, units_per_atom, feed)
            self.events.append(event)
            return event.asset_id

        return self._act(action)

    def list_spot_market(self, caller: int, base_asset_id: int, terms: SpotTerms) -> int:
        """List the spot market of an asset against the quote asset and return its id."""

        def action() -> int:
            self._check_lister(caller)
            event = listing.list_spot_market(self.state, base_asset_id, terms)
            self.events.append(event)
            return event.market_id

        return self._act(action)

    def collect_fees(self, market_id: int) -> None:
        """Split the fees a market has collected between insurance fund and treasury."""
        self._act(lambda: self.events.append(listing.collect_fees(self.state, market_id)))

    # ------------------------------------------------------------------ inside

    def _act(self, action: Callable[[], T]) -> T:
        """Run an action that changes all or nothing."""
        self.events = []
        self.state.written.clear()
        try:
            with self.state.journal.transaction():
                return action()
        except BaseException:
            self.events = []
            raise

    def _on_books(self, caller: int, account_id: int, action: Callable[[list[Record]], T]) -> T:
        """Run an action of an account's owner on the books, and emit its records."""

        def run() -> T:
            accounts.check_owner(self.state, account_id, caller)
            log: list[Record] = []
            result = action(log)
            if log:
                self.events.append(BookRecords(account_id, tuple(log)))
            return result

        return self._act(run)

    def _cancel_each(
        self, account_id: int, order_ids: Sequence[int], all_or_none: bool, log: list[Record]
    ) -> list[int]:
        cancelled = []
        for index, order_id in enumerate(order_ids):
            lots = cancelling.cancel(self.state, account_id, order_id, log)
            if lots == 0:
                if order_id in order_ids[:index]:
                    raise DuplicateOrder(order_id)
                if all_or_none:
                    raise StaleOrder(order_id)
                log.append(Skipped(index, Refusal.NONE))
            cancelled.append(lots)
        return cancelled

    def _place_each(
        self,
        account_id: int,
        places: Sequence[OrderRequest],
        all_or_none: bool,
        log: list[Record],
    ) -> list[OrderResult]:
        return [
            self._place_or_skip(account_id, index, order, all_or_none, log)
            for index, order in enumerate(places)
        ]

    def _place_or_skip(
        self,
        account_id: int,
        index: int,
        order: OrderRequest,
        all_or_none: bool,
        log: list[Record],
    ) -> OrderResult:
        try:
            if order.time_in_force == TimeInForce.FILL_OR_KILL:
                return self._place_whole(account_id, order, log)
            return orders.place(self.state, account_id, order, log)
        except RefusedError as error:
            if all_or_none:
                raise
            log.append(Skipped(index, error.refusal))
            return OrderResult(refusal=error.refusal)

    def _place_whole(self, account_id: int, order: OrderRequest, log: list[Record]) -> OrderResult:
        """Place a fill-or-kill order; what it did is undone if it is refused."""
        own_log: list[Record] = []
        with self.state.journal.transaction():
            result = orders.place(self.state, account_id, order, own_log)
        log.extend(own_log)
        return result

    def _poke(self, asset_id: int) -> None:
        vault.token_of(self.state, asset_id)
        address = self.state.load(FeedWord, slots.feed(asset_id)).feed
        if address == 0:
            return
        price, time = self.feeds[address].latest_price(asset_id)
        event = listing.poke(self.state, asset_id, price, time, self.time)
        if event is not None:
            self.events.append(event)

    def _token(self, asset_id: int) -> outside.Token:
        word: TokenWord = vault.token_of(self.state, asset_id)
        return self.tokens[word.token]

    def _check_lister(self, caller: int) -> None:
        if caller not in self.listers:
            raise AccessManagedUnauthorized(caller)
