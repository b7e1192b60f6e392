"""A local chain that behaves like MegaETH where it matters."""

from worldmarkets.node.accounts import DEV_MNEMONIC, DevAccount, dev_accounts
from worldmarkets.node.blocks import BASE_FEE_WEI
from worldmarkets.node.local import BLOCK_GAS_LIMIT, CHAIN_ID, LocalNode
from worldmarkets.node.processes import AnvilNotFoundError, NodeStartError

__all__ = [
    "BASE_FEE_WEI",
    "BLOCK_GAS_LIMIT",
    "CHAIN_ID",
    "DEV_MNEMONIC",
    "AnvilNotFoundError",
    "DevAccount",
    "LocalNode",
    "NodeStartError",
    "dev_accounts",
]
