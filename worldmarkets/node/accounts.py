"""The funded accounts of the local node. Their keys are public: never use them elsewhere."""

from dataclasses import dataclass
from functools import lru_cache

from eth_account import Account

DEV_MNEMONIC = "test test test test test test test test test test test junk"
"""The words Anvil, Hardhat and Ape agree on for local accounts."""


@dataclass(frozen=True)
class DevAccount:
    """One funded account of the local node."""

    address: str
    private_key: str


@lru_cache(maxsize=4)
def dev_accounts(count: int = 10) -> tuple[DevAccount, ...]:
    """Return the first accounts of the well-known words."""
    return tuple(_derive(index) for index in range(count))


@lru_cache(maxsize=256)
def _derive(index: int) -> DevAccount:
    Account.enable_unaudited_hdwallet_features()
    account = Account.from_mnemonic(DEV_MNEMONIC, account_path=f"m/44'/60'/0'/0/{index}")
    return DevAccount(account.address, "0x" + account.key.hex().removeprefix("0x"))
