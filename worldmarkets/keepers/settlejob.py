"""The settler: finds profits and losses that are worth it, and makes cash of them."""

from collections.abc import Iterator
from functools import partial

from worldmarkets.client import Client
from worldmarkets.client.events import decode_events
from worldmarkets.client.lens import MAX_ITEMS, walk
from worldmarkets.keepers.job import Action, Round
from worldmarkets.keepers.settling import PerpPool, Settling, SettlingRules, Unsettled, plan
from worldmarkets.model import slots
from worldmarkets.model.errors import ContractError
from worldmarkets.model.events import Settled
from worldmarkets.model.words import AccountWord
from worldmarkets.transactions import Receipt


class SettleJob:
    """Settles positions of all accounts. Anybody may; nobody is made to borrow by it."""

    name = "settle"

    def __init__(self, client: Client, rules: SettlingRules | None = None) -> None:
        """Take the exchange, and what is worth a settlement."""
        self._client = client
        self._rules = rules or SettlingRules()

    def look(self) -> Round:
        """Find what is unsettled, account by account."""
        perps = walk(self._client.raw.perp_lens.perps)
        pools = {one.market_id: PerpPool(one.pool_atoms, one.shortfall_atoms) for one in perps}
        settlings = plan(self._rules, self._unsettled(), pools)
        return Round(tuple(map(self._action, settlings)))

    def _unsettled(self) -> Iterator[Unsettled]:
        """Yield positions that have made or lost something."""
        for account_id in self._accounts():
            for one in self._client.raw.perp_lens.true_up(account_id):
                if one.profit_atoms:
                    yield Unsettled(account_id, one.market_id, one.profit_atoms, one.paid_atoms)

    def _accounts(self) -> Iterator[int]:
        """Yield the accounts that use a perp, a page of words a call."""
        count = self._client.raw.lens.registry().account_count
        for first in range(1, count + 1, MAX_ITEMS):
            ids = range(first, min(first + MAX_ITEMS, count + 1))
            words = self._client.raw.read_words([slots.account(one) for one in ids])
            for account_id, word in zip(ids, words, strict=True):
                if AccountWord.unpack(word).perps:
                    yield account_id

    def _action(self, one: Settling) -> Action:
        symbol = self._client.market_units(one.market_id).market.symbol
        return Action(
            f"settle {symbol} of account {one.account_id}",
            self._client.raw.calls.settle(one.account_id, one.market_id),
            is_due=partial(self._is_due, one),
            harmless=frozenset({"NotAccountOwner", "PriceMoving"}),
            tell=self._tell,
        )

    def _is_due(self, one: Settling) -> bool:
        """Try it: others may have settled it, losers before it paid less, or it has to wait."""
        atoms = settleable(self._client, one.account_id, one.market_id)
        return abs(atoms) >= self._rules.least_atoms

    def _tell(self, receipt: Receipt) -> str:
        units = self._client.asset_units(0)
        logged = decode_events(receipt.logs, self._client.raw.calls.exchange)
        moved = [one.event.atoms for one in logged if isinstance(one.event, Settled)]
        return " ".join(f"{units.from_atoms(atoms):f} {units.asset.symbol}" for atoms in moved)


def settleable(client: Client, account_id: int, market_id: int) -> int:
    """Return what settling a position would move now, negative of a loss [quote atoms].

    Nothing, too, where the client's key may not settle it, a profit in a shortfall, and where that
    has to wait, a profit right after the price has moved fast.
    """
    calls = client.raw.calls
    request = calls.settle(account_id, market_id)
    try:
        (atoms,) = calls.abi.decode("settle", client.raw.call(calls.exchange, request.data))
    except ContractError:
        return 0
    return int(atoms)
