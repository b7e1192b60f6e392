"""The PerpLens contract from Python: perps and positions by eth_call, in raw integers."""

from typing import Any

from worldmarkets.abi import abi_of
from worldmarkets.client.lens import MAX_ITEMS, Call
from worldmarkets.client.lens_views import Page
from worldmarkets.client.perplens_views import Perp, Position, TrueUp
from worldmarkets.client.structs import structs


class PerpLens:
    """A PerpLens contract. What a call raises is up to `call`; errors as in IPerpLens."""

    def __init__(self, call: Call, address: str) -> None:
        """Read through `call` from the contract at `address`."""
        self._call = call
        self.address = address

    def perps(self, from_id: int = 0, limit: int = MAX_ITEMS) -> Page[Perp]:
        """Return perps in the order of their ids, funding up to now."""
        items, following = self._read("perps", from_id, limit)
        return Page(structs(Perp, items), int(following))

    def positions(self, account_id: int) -> tuple[Position, ...]:
        """Return what an account has of each perp that it uses, in the order of their ids."""
        return structs(Position, self._read("positions", account_id)[0])

    def true_up(self, account_id: int) -> tuple[TrueUp, ...]:
        """Return what settling each position of an account now would pay, each by itself."""
        return structs(TrueUp, self._read("trueUp", account_id)[0])

    def _read(self, function: str, *arguments: object) -> tuple[Any, ...]:
        abi = abi_of("PerpLens")
        return abi.decode(function, self._call(self.address, abi.encode(function, *arguments)))
