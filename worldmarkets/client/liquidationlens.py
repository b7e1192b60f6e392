"""The LiquidationLens contract from Python: accounts in trouble by eth_call, in raw integers."""

from collections.abc import Sequence
from typing import Any

from worldmarkets.abi import abi_of
from worldmarkets.client.lens import MAX_ITEMS, Call
from worldmarkets.client.lens_views import Page
from worldmarkets.client.liquidationlens_views import (
    AssetState,
    Level,
    Line,
    Protection,
    Standing,
    State,
    Step,
)
from worldmarkets.client.planwords import Planned
from worldmarkets.client.structs import struct, structs


class LiquidationLens:
    """A LiquidationLens contract. What a call raises is up to `call`."""

    def __init__(self, call: Call, address: str) -> None:
        """Read through `call` from the contract at `address`."""
        self._call = call
        self.address = address

    def state(self) -> State:
        """Return liquidation as a whole."""
        return struct(State, self._read("state")[0])

    def assets(self, from_id: int = 0, limit: int = MAX_ITEMS) -> Page[AssetState]:
        """Return what deficits have come to in each asset, in the order of their ids."""
        items, following = self._read("assets", from_id, limit)
        return Page(structs(AssetState, items), int(following))

    def standing(self, account_id: int) -> Standing:
        """Return where an account stands now."""
        return struct(Standing, self._read("standing", account_id)[0])

    def standings(self, account_ids: Sequence[int]) -> tuple[Standing, ...]:
        """Return where accounts stand now, in their order; each takes up to a million gas."""
        return structs(Standing, self._read("standings", list(account_ids))[0])

    def accounts(
        self, from_id: int = 0, limit: int = MAX_ITEMS, level: Level = Level.FLAGGED
    ) -> Page[Standing]:
        """Return accounts that are flagged, frozen, or below a level, in the order of their ids.

        At most `limit` accounts are looked at: a page may be empty and not the last.
        """
        items, following = self._read("accounts", from_id, limit, int(level))
        return Page(structs(Standing, items), int(following))

    def protection(self, account_id: int) -> Protection:
        """Return bond, accepted lines and claims of an account."""
        return struct(Protection, self._read("protection", account_id)[0])

    def line(self, account_id: int, lender_account_id: int) -> Line:
        """Return a lender's line for an account; also one that is only offered."""
        return struct(Line, self._read("line", account_id, lender_account_id)[0])

    def plan(self, account_id: int) -> list[Planned]:
        """Return the steps of an account's risk plan of which something is left, in their order."""
        found = structs(Step, self._read("plan", account_id)[0])
        return [Planned(account_id, one.index, one.terms, one.ready_at) for one in found]

    def is_liquidator(self, account_id: int, address: str) -> bool:
        """Return whether an account lets an address buy its slices within the window."""
        return bool(self._read("isLiquidator", account_id, address)[0])

    def _read(self, function: str, *arguments: object) -> tuple[Any, ...]:
        abi = abi_of("LiquidationLens")
        return abi.decode(function, self._call(self.address, abi.encode(function, *arguments)))
