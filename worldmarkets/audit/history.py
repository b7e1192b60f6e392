"""What the logs of an exchange tell, in order: orders, operators, deposits and withdrawals."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from worldmarkets.abi import abi_of
from worldmarkets.client.records import Action, book_records_topic, decode_action
from worldmarkets.logbook import LogBook
from worldmarkets.model import slots
from worldmarkets.model.errors import OutflowLimitReached
from worldmarkets.model.events import Event
from worldmarkets.model.findings import Finding
from worldmarkets.model.interface import Permission
from worldmarkets.model.invariants import History
from worldmarkets.model.liquidation_events import (
    DeficitPaid,
    PoolLoss,
    ShortfallAdded,
    SliceTaken,
)
from worldmarkets.model.listing import OUTFLOW_LIMIT_PPM
from worldmarkets.model.outflows import enter, leave, move
from worldmarkets.model.state import State
from worldmarkets.model.words import OperatorWord, OutflowWord
from worldmarkets.rpc import Rpc, number, quantity
from worldmarkets.transactions.receipts import parse_log, to_hex

_BLOCKS_A_CALL = 500
_DEFICITS = {
    "ShortfallAdded": ShortfallAdded,
    "PoolLoss": PoolLoss,
    "DeficitPaid": DeficitPaid,
    "SliceTaken": SliceTaken,
}
"""What tells of deficits, and is kept as it was told."""
_TOLD = (
    "OperatorSet",
    "OperatorRevoked",
    "AssetListed",
    "OutflowLimitSet",
    "Deposited",
    "Withdrawn",
    "Transferred",
    "PoolAccrued",
    "LineOffered",
    *_DEFICITS,
)


@dataclass(frozen=True)
class Budget:
    """A daily loss budget of an account [quote atoms] and when it was set [seconds]."""

    time: int
    atoms: int


@dataclass
class Told:
    """The state of an exchange as far as its logs tell it."""

    book: LogBook = field(default_factory=LogBook)
    orders: History = field(default_factory=History)
    operators: dict[tuple[int, int], OperatorWord] = field(default_factory=dict)
    """Words by account and address."""
    budgets: dict[int, list[Budget]] = field(default_factory=dict)
    """All that were ever set, by account."""
    vault: State = field(default_factory=State)
    """Outflow and season words, as the model of the vault has them after the same events."""
    held: Counter[int] = field(default_factory=Counter)
    """What came in less what went out, by asset [atoms]."""
    indices: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    """Supply and borrow index of pools as they were told, by asset, oldest first [1e-18]."""
    falls: set[tuple[int, int]] = field(default_factory=set)
    """Where a loss came after how many of these: asset and their number."""
    lines: set[tuple[int, int]] = field(default_factory=set)
    """Standby lines that were ever offered: account and lender."""
    deficits: list[Event] = field(default_factory=list)
    """Deficits, slices, and what nobody paid."""
    refused: list[Finding] = field(default_factory=list)
    """Withdrawals that the model does not allow."""

    def follow(self, action: Action) -> None:
        """Follow an action on the books."""
        self.book.apply(action)
        self.orders.apply(action.records)

    def note(self, name: str, fields: Mapping[str, Any], time: int) -> None:
        """Follow another event of a time [seconds]."""
        if name in ("OperatorSet", "OperatorRevoked"):
            self._note_operator(fields, time)
        elif name in ("Deposited", "Withdrawn"):
            self._note_flow(name == "Deposited", fields, time)
        elif name == "Transferred":
            accounts = fields["fromAccountId"], fields["toAccountId"]
            atoms = fields["atoms"]
            before = fields["fromBalanceAtoms"] + atoms, fields["toBalanceAtoms"] - atoms
            move(self.vault, *accounts, fields["assetId"], atoms, before, time)
        elif name == "PoolAccrued":
            indices = fields["supplyIndex"], fields["borrowIndex"]
            self.indices.setdefault(fields["assetId"], []).append(indices)
        elif name == "LineOffered":
            self.lines.add((fields["accountId"], fields["lenderAccountId"]))
        elif name in _DEFICITS:
            by_name = {_snake(known): value for known, value in fields.items()}
            self.deficits.append(_DEFICITS[name](**by_name))
            if name == "PoolLoss":
                asset_id = fields["assetId"]
                self.falls.add((asset_id, len(self.indices.get(asset_id, []))))
        elif name == "AssetListed":
            word = OutflowWord(limit_ppm=OUTFLOW_LIMIT_PPM)
            self.vault.store(slots.outflow(fields["assetId"]), word)
        elif name == "OutflowLimitSet":
            slot = slots.outflow(fields["assetId"])
            word = self.vault.load(OutflowWord, slot)
            self.vault.store(slot, replace(word, limit_ppm=fields["limitPpm"]))

    def _note_operator(self, fields: Mapping[str, Any], time: int) -> None:
        account_id = fields["accountId"]
        # Without permissions and expiry he is revoked.
        permissions = Permission(fields.get("permissions", 0))
        word = OperatorWord(permissions, fields.get("expiry", 0), touched=1)
        self.operators[account_id, int(fields["operator"], 16)] = word
        if Permission.PLACE in permissions:
            budget = Budget(time, fields["dailyLossAtoms"])
            self.budgets.setdefault(account_id, []).append(budget)

    def _note_flow(self, is_deposit: bool, fields: Mapping[str, Any], time: int) -> None:
        account_id, asset_id, atoms = fields["accountId"], fields["assetId"], fields["atoms"]
        balance = fields["balanceAtoms"]
        if is_deposit:
            self.held[asset_id] += atoms
            enter(self.vault, account_id, asset_id, atoms, balance - atoms, time)
            return
        is_bare = not any(self.book.orders_of(account_id))
        try:
            held = self.held[asset_id]
            leave(self.vault, account_id, asset_id, atoms, is_bare, balance + atoms, held, time)
        except OutflowLimitReached as error:
            text = f"account {account_id} withdrew {atoms} atoms: {error}"
            self.refused.append(Finding("FLOW-1", f"asset {asset_id}", text))
        self.held[asset_id] -= atoms


def _snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)


def read_history(rpc: Rpc, exchange: str, first_block: int, block: int) -> Told:
    """Follow the logs of an exchange from one block to another, both included.

    Raises:
        LogGapError: they tell of an order but not of its placing.
    """
    events = {event.topic: event for event in (abi_of("Exchange").events_by_name[n] for n in _TOLD)}
    records = book_records_topic()
    wanted = {
        "address": exchange,
        "topics": [[to_hex(topic) for topic in (records, *events)]],
        "fromBlock": quantity(first_block),
        "toBlock": quantity(block),
    }
    logs = [parse_log(entry) for entry in rpc.call("eth_getLogs", wanted)]
    times = _read_times(rpc, {log.block for log in logs if log.topics[0] != records})
    told = Told()
    for log in logs:
        if log.topics[0] == records:
            told.follow(decode_action(log))
        else:
            event = events[log.topics[0]]
            told.note(event.name, event.decode(log.topics, log.data), times[log.block])
    return told


def _read_times(rpc: Rpc, blocks: Iterable[int]) -> dict[int, int]:
    """Return the times of blocks [seconds]."""
    wanted = sorted(blocks)
    times: dict[int, int] = {}
    for start in range(0, len(wanted), _BLOCKS_A_CALL):
        part = wanted[start : start + _BLOCKS_A_CALL]
        calls = [("eth_getBlockByNumber", [quantity(one), False]) for one in part]
        for one, entry in zip(part, rpc.batch(calls), strict=True):
            times[one] = number(entry["timestamp"])
    return times
