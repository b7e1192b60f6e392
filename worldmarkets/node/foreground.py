"""The local node in the foreground, as the command `world node` runs it."""

from collections.abc import Callable

from worldmarkets.deployment import deploy, load_parameters, manifest_path, write_abi
from worldmarkets.deployment.manifest import LOCAL_NETWORK
from worldmarkets.node.local import LocalNode
from worldmarkets.transactions import KeySigner


def run_node(
    port: int,
    block_time: float | None,
    with_exchange: bool,
    wait: Callable[[], object],
    report: Callable[[str], None],
) -> None:
    """Run a node until `wait` returns, with the exchange deployed by its first account or not.

    Raises:
        AnvilNotFoundError: Anvil is not installed.
        NodeStartError: the node did not start, for instance because the port is taken.
    """
    with LocalNode(port) as node:
        if with_exchange:
            path = manifest_path(LOCAL_NETWORK)
            deployer = KeySigner(node.accounts[0].private_key)
            deployment = deploy(node.rpc, load_parameters(LOCAL_NETWORK), deployer, path)
            report(f"exchange {deployment.exchange}")
            report(f"deployment {path}")
            report(f"ABI {write_abi()}")
        if block_time is not None:
            node.mine_every(block_time)
        report(f"node {node.url}, chain id {node.chain_id}")
        for account in node.accounts:
            report(f"account {account.address}")
        report("stop with Ctrl-C")
        wait()
