"""What keepers ask a chain."""

from worldmarkets.rpc import Rpc, RpcError, number


def chain_time(rpc: Rpc) -> int:
    """Return the time of the block that is being made, or else of the newest one [seconds].

    A chain that makes blocks only of transactions grows old without one.
    """
    try:
        block = rpc.call("eth_getBlockByNumber", "pending", False)
    except RpcError:
        block = None
    return number((block or rpc.call("eth_getBlockByNumber", "latest", False))["timestamp"])
