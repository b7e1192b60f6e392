"""The Lens contract from Python: all that an exchange knows by eth_call, in raw integers."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from worldmarkets.abi import abi_of
from worldmarkets.client.lens_views import (
    Account,
    AccountSummary,
    Asset,
    Level,
    Market,
    MarketRisk,
    Operator,
    Order,
    Page,
    Pool,
    Record,
    Registry,
    Risk,
    Terms,
)
from worldmarkets.client.structs import order_fields, struct, structs
from worldmarkets.model.interface import OrderRequest, Side

T = TypeVar("T")

Call = Callable[[str, bytes], bytes]
"""Runs a call of a contract with calldata and returns what it returned, e.g. `RawClient.call`."""

MAX_ITEMS = 1_000
"""The most items of a page, and of an array in a call."""


class Lens:
    """A Lens contract. What a call raises is up to `call`; ids, limits and errors as in ILens."""

    def __init__(self, call: Call, address: str) -> None:
        """Read through `call` from the contract at `address`."""
        self._call = call
        self.address = address

    def depth(
        self, market_id: int, side: Side, from_tick: int = 0, limit: int = MAX_ITEMS
    ) -> Page[Level]:
        """Return levels of one side, best first, from a tick on."""
        return self._page(Level, "depth", market_id, side, from_tick, limit)

    def queue(
        self, market_id: int, tick: int, cursor: int = 0, limit: int = MAX_ITEMS
    ) -> Page[Order]:
        """Return orders of a level in time priority; a page may be empty and not the last."""
        return self._page(Order, "queue", market_id, tick, cursor, limit)

    def orders(self, ids: Sequence[int]) -> tuple[Order, ...]:
        """Return orders by their ids, in the order of the ids."""
        return structs(Order, self._read("orders", list(ids))[0])

    def accounts(self, from_id: int = 0, limit: int = MAX_ITEMS) -> Page[AccountSummary]:
        """Return accounts in the order of their ids."""
        return self._page(AccountSummary, "accounts", from_id, limit)

    def account(self, account_id: int) -> Account:
        """Return an account and what it has now, interest included."""
        return struct(Account, self._read("account", account_id)[0])

    def operator(self, account_id: int, operator: str) -> Operator:
        """Return what an account allows an address to do."""
        return struct(Operator, self._read("operator", account_id, operator))

    def markets(self, from_id: int = 0, limit: int = MAX_ITEMS) -> Page[Market]:
        """Return markets in the order of their ids."""
        return self._page(Market, "markets", from_id, limit)

    def assets(self, from_id: int = 0, limit: int = MAX_ITEMS) -> Page[Asset]:
        """Return assets in the order of their ids."""
        return self._page(Asset, "assets", from_id, limit)

    def pools(self, from_id: int = 0, limit: int = MAX_ITEMS) -> Page[Pool]:
        """Return open lending pools in the order of their assets' ids."""
        return self._page(Pool, "pools", from_id, limit)

    def risks(self, from_id: int = 0, limit: int = MAX_ITEMS) -> Page[Risk]:
        """Return prices and risk of base assets in the order of their ids."""
        return self._page(Risk, "risks", from_id, limit)

    def market_risk(self) -> MarketRisk:
        """Return the risk that all assets share."""
        return struct(MarketRisk, self._read("marketRisk")[0])

    def registry(self) -> Registry:
        """Return how much there is of everything."""
        return struct(Registry, self._read("registry"))

    def decode_records(self, header: int, records: bytes) -> tuple[int, tuple[Record, ...]]:
        """Return the account that acted and the records of a BookRecords log."""
        account_id, decoded = self._read("decodeRecords", header, records)
        return int(account_id), structs(Record, decoded)

    def pack_terms(self, terms: Terms) -> int:
        """Return terms as an order has them."""
        fields = (
            terms.time_in_force,
            terms.self_trade,
            terms.is_reduce_only,
            terms.expiry,
            terms.client_id,
        )
        return int(self._read("packTerms", fields)[0])

    def unpack_terms(self, packed: int) -> Terms:
        """Return the inverse of `pack_terms`."""
        return struct(Terms, self._read("unpackTerms", packed)[0])

    def pack_batch(
        self,
        account_id: int,
        cancels: Sequence[int],
        places: Sequence[OrderRequest],
        deadline: int,
        all_or_none: bool = False,
    ) -> bytes:
        """Return the argument of `batchPacked` that does what `batch` does with these."""
        orders = [order_fields(order) for order in places]
        arguments = (account_id, list(cancels), orders, all_or_none, deadline)
        return bytes(self._read("packBatch", *arguments)[0])

    def _page(self, kind: type[T], function: str, *arguments: object) -> Page[T]:
        items, following = self._read(function, *arguments)
        return Page(structs(kind, items), int(following))

    def _read(self, function: str, *arguments: object) -> tuple[Any, ...]:
        abi = abi_of("Lens")
        return abi.decode(function, self._call(self.address, abi.encode(function, *arguments)))


def walk(read: Callable[[int], Page[T]]) -> Iterator[T]:
    """Yield the items of all pages; `read` takes where a page begins, 0 for the first."""
    page = read(0)
    yield from page.items
    while page.next:
        page = read(page.next)
        yield from page.items
