"""Searching the logs of a chain."""

from collections.abc import Iterator, Sequence

from worldmarkets.rpc import Rpc, number, quantity
from worldmarkets.transactions.receipts import Log, parse_log, to_hex

LOG_BLOCKS = 10_000
"""How many blocks are searched in one call; public nodes refuse more."""


def search_logs(
    rpc: Rpc, address: str, topics: Sequence[bytes], first: int, last: int | None = None
) -> Iterator[Log]:
    """Yield the logs of a contract in order.

    Args:
        rpc: The chain.
        address: The contract.
        topics: First topics, of which any will do.
        first: Block to begin with.
        last: Block to end with; None for the newest.
    """
    last = number(rpc.call("eth_blockNumber")) if last is None else last
    for start in range(first, last + 1, LOG_BLOCKS):
        search = {
            "address": address,
            "topics": [[to_hex(topic) for topic in topics]],
            "fromBlock": quantity(start),
            "toBlock": quantity(min(start + LOG_BLOCKS - 1, last)),
        }
        yield from map(parse_log, rpc.call("eth_getLogs", search))
