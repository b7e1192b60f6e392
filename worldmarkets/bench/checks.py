"""What the check of an account's margin costs by itself, by the number of its assets.

Measured inside of the transaction that places an order, as its node traces it: the words of the
account and of the order's base asset are known already, all others are read for the first time.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from worldmarkets.abi import abi_of, creation_code
from worldmarkets.artifacts import load
from worldmarkets.bench.scene import LIVE, Scene
from worldmarkets.bench.stage import (
    BASE_ASSET,
    DEPOSITOR,
    OWED_SECONDS,
    QUOTE_ASSET,
    QUOTER,
    UNITS,
    Sent,
    Stage,
    outward,
    request,
)
from worldmarkets.client.calls import approve, draw, wrap
from worldmarkets.deployment import Asset
from worldmarkets.deployment.risk import asset_risk
from worldmarkets.deployment.step import Chain
from worldmarkets.errors import WorldMarketsError
from worldmarkets.model.interface import Side
from worldmarkets.rpc import number
from worldmarkets.transactions import Request

CHECKS = {"check_1": 1, "check_4": 4, "check_8": 8, "check_16": 15}
"""Assets besides the quote asset; the last has as many as an account may use, 16 with that one."""

_TOKENS = 100
"""What the account has of each asset: little against the depth of its markets [whole tokens]."""


class UncheckedError(WorldMarketsError):
    """A transaction that was to end with one check has another number of them."""


def measure_check(scene: Scene, others: int) -> int:
    """Return the gas of the check of an account that has some assets and owes the quote asset.

    One order rests, the one that is checked. The state stays as it was.
    """
    stage = scene.stage
    client = stage.clients[DEPOSITOR]
    with stage.undone():
        listed = list_assets(stage, others)
        account = client.create_account()
        for asset in listed[BASE_ASSET : others + 1]:
            deposit_tokens(stage, account, asset)
        stage.renew_prices()
        return owing_check_gas(stage, account)


def owing_check_gas(stage: Stage, account: int) -> int:
    """Return the gas of the check of an account that borrows dollars and then places an ask."""
    stage.set_lent(QUOTER, QUOTE_ASSET)
    stage.borrow(DEPOSITOR, QUOTE_ASSET, UNITS[QUOTE_ASSET], account)
    stage.rpc.call("evm_increaseTime", OWED_SECONDS)
    ask = request(Side.ASK, outward(Side.ASK, LIVE))
    sent = stage.send(DEPOSITOR, stage.clients[DEPOSITOR].calls.place_order(account, ask))
    return check_gas(traced(stage, sent), stage.deployment.address("RiskEngine"))


def traced(stage: Stage, sent: Sent) -> Mapping[str, Any]:
    """Return the calls of a transaction."""
    options = {"tracer": "callTracer"}
    trace: Mapping[str, Any] = stage.rpc.call(
        "debug_traceTransaction", sent.receipt.transaction_hash, options
    )
    return trace


def check_gas(trace: Mapping[str, Any], risk_engine: str) -> int:
    """Return the gas of the one check in the calls of a transaction.

    Raises:
        UncheckedError: there is none, or there are several.
    """
    selector = "0x" + abi_of("RiskEngine").functions["check"].selector.hex()
    found = [
        number(call["gasUsed"])
        for call in trace.get("calls", ())
        if call["to"].lower() == risk_engine.lower() and call["input"].startswith(selector)
    ]
    if len(found) != 1:
        raise UncheckedError(f"the transaction has {len(found)} checks")
    return found[0]


def list_assets(stage: Stage, others: int) -> list[Asset]:
    """List assets like the first base asset until there are enough, and return all."""
    listed = list(stage.deployment.assets)
    like, lister = listed[BASE_ASSET], stage.clients[0]
    risk = asset_risk(Chain(stage.rpc, stage.deployment), BASE_ASSET)
    feed, price = stage.deployment.price_feed, stage.prices[BASE_ASSET]
    for asset_id in range(len(listed), others + 1):
        token = _create_token(stage, like)
        lister.execute(lister.calls.list_asset(token, like.units_per_atom, feed))
        lister.execute(lister.calls.set_asset_risk(asset_id, risk))
        lister.post_prices([asset_id], [price])
        listed.append(replace(like, asset_id=asset_id, token=token, is_wrapped_native=False))
    return listed


def _create_token(stage: Stage, like: Asset) -> str:
    creation = creation_code(load("FaucetToken"), ("Test token", "TEST", like.token_decimals))
    address = stage.clients[0].execute(Request(None, creation)).contract_address
    if address is None:
        raise UncheckedError("a contract was created and has no address")
    return address


def deposit_tokens(
    stage: Stage, account: int, asset: Asset, tokens: int = _TOKENS, owner: int = DEPOSITOR
) -> None:
    """Give an account of an owner some tokens of an asset, which the owner draws."""
    client = stage.clients[owner]
    units = tokens * 10**asset.token_decimals
    make = wrap if asset.is_wrapped_native else draw
    client.execute(make(asset.token, units))
    client.execute(approve(asset.token, stage.deployment.exchange, units))
    client.execute(client.calls.deposit(account, asset.asset_id, units))
