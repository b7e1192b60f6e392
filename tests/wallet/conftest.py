"""A node with the exchange on it, as somebody else runs it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from worldmarkets.client import RawClient
from worldmarkets.deployment import deploy, load_parameters, write_abi
from worldmarkets.node import LocalNode
from worldmarkets.transactions import KeySigner

NO_LIMIT_PPM = 1_000_000


@dataclass(frozen=True)
class Surroundings:
    """What a wallet is told: where the node, the contracts and the ABI are."""

    url: str
    exchange: str
    usdm: str
    weth: str
    abi_file: Path
    funded_keys: tuple[str, ...]
    post_prices: Callable[[], None]
    """What the price role does all the time: without new prices nobody borrows."""


@pytest.fixture(scope="module")
def surroundings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Surroundings]:
    with LocalNode() as node:
        deployer = KeySigner(node.accounts[0].private_key)
        deployment = deploy(node.rpc, load_parameters("local"), deployer)
        # Wallets that are alone with fresh deposits take out all: more than the share of a day.
        raw = RawClient(node.rpc, deployment, deployer)
        for asset in deployment.assets:
            raw.execute(raw.calls.set_outflow_limit(asset.asset_id, NO_LIMIT_PPM))

        def post_prices() -> None:
            raw.post_prices([1], [3_000 * 10**18])

        yield Surroundings(
            url=node.url,
            exchange=deployment.exchange,
            usdm=deployment.asset("USDM").token,
            weth=deployment.asset("WETH").token,
            abi_file=write_abi(tmp_path_factory.mktemp("abi") / "Exchange.json"),
            funded_keys=tuple(account.private_key for account in node.accounts[1:8]),
            post_prices=post_prices,
        )
