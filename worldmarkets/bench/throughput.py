"""How many orders a second the local node takes from several clients at once."""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from worldmarkets.bench.results import Progress
from worldmarkets.bench.stage import Stage, outward, request
from worldmarkets.client.raw import RawClient
from worldmarkets.errors import WorldMarketsError
from worldmarkets.model.interface import OrderRequest, Side
from worldmarkets.node import LocalNode
from worldmarkets.rpc import Rpc, RpcError
from worldmarkets.transactions import Pending

CLIENTS = 20
"""Each with a key, an account and a connection of its own."""
BLOCK_SECONDS = 0.01
TRANSACTIONS = 200
"""Transactions of each client in a run."""
IN_FLIGHT = 20
"""Transactions a client sends before it waits for their receipts."""

_LEVELS = 20


class LostOrdersError(WorldMarketsError):
    """Orders that were sent do not rest."""


@dataclass(frozen=True)
class Speed:
    """What a run achieved: orders that came to rest, transactions, and wall time."""

    orders: int
    transactions: int
    seconds: float

    @property
    def orders_a_second(self) -> float:
        """Orders that came to rest, a second."""
        return self.orders / self.seconds


def measure_throughput(progress: Progress) -> dict[int, Speed]:
    """Return the speed with one and with ten orders a transaction, signed beforehand."""
    speeds = {}
    with LocalNode(accounts=CLIENTS) as node:
        stage = Stage(node)
        clients = [_own_connection(node, client) for client in stage.clients]
        for orders in (1, 10):
            progress(f"signing {CLIENTS * TRANSACTIONS:,} transactions")
            node.mine_every(None)
            signed = [_sign(stage, index, client, orders) for index, client in enumerate(clients)]
            progress(f"sending {orders} orders a transaction from {CLIENTS} clients")
            node.mine_every(BLOCK_SECONDS)
            speeds[orders] = _run(clients, signed, orders)
        node.mine_every(None)
    return speeds


def _own_connection(node: LocalNode, client: RawClient) -> RawClient:
    return RawClient(Rpc(node.url), client.deployment, client.sender.signer)


def _sign(stage: Stage, index: int, client: RawClient, orders: int) -> list[Pending]:
    """Sign transactions that place orders on levels of both sides in turn."""
    account = stage.accounts[index]
    signed = []
    for number in range(TRANSACTIONS):
        places = [_order(index + number * orders + one) for one in range(orders)]
        if orders == 1:
            call = client.calls.place_order(account, places[0])
        else:
            call = client.calls.batch(account, [], places, all_or_none=True)
        signed.append(client.sender.sign(call))
    return signed


def _order(number: int) -> OrderRequest:
    side = Side(number % 2)
    return request(side, outward(side, 1 + number // 2 % _LEVELS))


def _run(clients: Sequence[RawClient], signed: Sequence[list[Pending]], orders: int) -> Speed:
    started = time.monotonic()
    with ThreadPoolExecutor(len(clients)) as pool:
        succeeded = sum(pool.map(_send_all, clients, signed))
    seconds = time.monotonic() - started
    sent = sum(map(len, signed))
    if succeeded != sent:
        raise LostOrdersError(f"{sent - succeeded} of {sent} transactions reverted")
    return Speed(succeeded * orders, succeeded, seconds)


def _send_all(client: RawClient, signed: Sequence[Pending]) -> int:
    """Send transactions, a bounded number at a time, and return how many succeeded."""
    succeeded = 0
    for first in range(0, len(signed), IN_FLIGHT):
        pending = signed[first : first + IN_FLIGHT]
        calls = [("eth_sendRawTransaction", ["0x" + one.raw.hex()]) for one in pending]
        for outcome in client.rpc.batch(calls):
            if isinstance(outcome, RpcError):
                raise outcome
        succeeded += sum(receipt.succeeded for receipt in client.sender.wait_many(pending))
    return succeeded
