"""A wallet's way: an eth-account key, the ABI file and plain JSON-RPC; nothing of this package.

Only the fixture that starts the node and deploys uses the package, and hands over an URL, three
addresses, two keys and the path of the ABI file.
"""

import json
import urllib.request
from typing import Any

import pytest
from eth_abi.abi import decode, encode
from eth_account import Account
from eth_account.signers.local import LocalAccount
from eth_utils.abi import collapse_if_tuple
from eth_utils.crypto import keccak

from tests.wallet.conftest import Surroundings

pytestmark = pytest.mark.node

BID, ASK = 0, 1
GOOD_TILL_CANCELLED = 0
WETH_MARKET = 257
USDM_ASSET, WETH_ASSET = 0, 1
USDM_ATOM, WETH_ATOM = 10**12, 10**10
"""Token units in an atom of the ledger."""

TOKEN_ABI = {
    "draw": (["uint256"], []),
    "approve": (["address", "uint256"], ["bool"]),
    "balanceOf": (["address"], ["uint256"]),
}


class Wallet:
    """A key and JSON-RPC."""

    def __init__(self, surroundings: Surroundings, key: str) -> None:
        self.account: LocalAccount = Account.from_key(key)
        self.surroundings = surroundings
        entries = json.loads(surroundings.abi_file.read_text())
        self.functions = {
            entry["name"]: (types(entry["inputs"]), types(entry["outputs"]))
            for entry in entries
            if entry["type"] == "function"
        }

    def request(self, method: str, *params: Any) -> Any:
        body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
        request = urllib.request.Request(
            self.surroundings.url, body.encode(), {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=30) as response:
            answer = json.load(response)
        assert "error" not in answer, answer
        return answer["result"]

    def send(self, to: str, data: bytes) -> dict[str, Any]:
        sender = self.account.address
        gas = self.request("eth_estimateGas", {"from": sender, "to": to, "data": "0x" + data.hex()})
        transaction = {
            "type": 2,
            "chainId": int(self.request("eth_chainId"), 16),
            "nonce": int(self.request("eth_getTransactionCount", sender, "pending"), 16),
            "to": to,
            "data": data,
            "value": 0,
            "gas": int(gas, 16) * 5 // 4,
            "maxFeePerGas": 2 * int(self.request("eth_gasPrice"), 16),
            "maxPriorityFeePerGas": 0,
        }
        raw = self.account.sign_transaction(transaction).raw_transaction
        transaction_hash = self.request("eth_sendRawTransaction", "0x" + raw.hex())
        while (receipt := self.request("eth_getTransactionReceipt", transaction_hash)) is None:
            pass
        assert receipt["status"] == "0x1", receipt
        return receipt

    def transact(self, function: str, *arguments: Any) -> tuple[Any, ...]:
        """Send a transaction to the exchange, and return what a call of it just before returned."""
        inputs, outputs = self.functions[function]
        data = selector(function, inputs) + encode(inputs, arguments)
        exchange = self.surroundings.exchange
        preview = {"from": self.account.address, "to": exchange, "data": "0x" + data.hex()}
        returned = self.request("eth_call", preview, "latest")
        self.send(exchange, data)
        return decode(outputs, bytes.fromhex(returned[2:]))

    def token(self, token: str, function: str, *arguments: Any) -> None:
        inputs, _ = TOKEN_ABI[function]
        self.send(token, selector(function, inputs) + encode(inputs, arguments))

    def token_balance(self, token: str, owner: str | None = None) -> int:
        data = selector("balanceOf", ["address"]) + encode(
            ["address"], [owner or self.account.address]
        )
        call = {"to": token, "data": "0x" + data.hex()}
        return int(self.request("eth_call", call, "latest"), 16)

    def ledger(self, account_id: int, asset_id: int) -> int:
        """Balance in atoms: the top 96 bits of the ledger word, region 3."""
        inputs, outputs = self.functions["readWords"]
        slot = 3 << 64 | account_id << 8 | asset_id
        data = selector("readWords", inputs) + encode(inputs, [[slot]])
        call = {"to": self.surroundings.exchange, "data": "0x" + data.hex()}
        returned = self.request("eth_call", call, "latest")
        ((word,),) = decode(outputs, bytes.fromhex(returned[2:]))
        return word >> 160


def types(parameters: list[dict[str, Any]]) -> list[str]:
    return [collapse_if_tuple(parameter) for parameter in parameters]


def selector(function: str, inputs: list[str]) -> bytes:
    return keccak(text=f"{function}({','.join(inputs)})")[:4]


def test_wallet_deposits_places_is_filled_and_withdraws(surroundings: Surroundings) -> None:
    maker, taker = (Wallet(surroundings, key) for key in surroundings.funded_keys)
    exchange, usdm, weth = surroundings.exchange, surroundings.usdm, surroundings.weth

    # The maker brings 10,000 dollars, the taker two ether.
    maker.token(usdm, "draw", 10_000 * 10**18)
    maker.token(usdm, "approve", exchange, 10_000 * 10**18)
    taker.token(weth, "draw", 2 * 10**18)
    taker.token(weth, "approve", exchange, 2 * 10**18)
    (maker_id,) = maker.transact("createAccount")
    (taker_id,) = taker.transact("createAccount")
    assert maker.transact("deposit", maker_id, USDM_ASSET, 10_000 * 10**18) == (10_000 * 10**6,)
    assert taker.transact("deposit", taker_id, WETH_ASSET, 2 * 10**18) == (2 * 10**8,)
    assert maker.token_balance(usdm) == 0
    assert maker.token_balance(usdm, exchange) == 10_000 * 10**18

    # He bids 2,990 dollars for two ether: tick 29,900 of 0.10 dollars, 20,000 lots of 0.0001.
    bid = (WETH_MARKET, BID, 29_900, 20_000, GOOD_TILL_CANCELLED, 64)
    ((order_id, filled_lots, resting_lots, refusal),) = maker.transact("place", maker_id, bid)
    assert order_id >> 88 == WETH_MARKET << 24 | 29_900
    assert (filled_lots, resting_lots, refusal) == (0, 20_000, 0)

    # The taker sells one and a half into it.
    ask = (WETH_MARKET, ASK, 29_900, 15_000, GOOD_TILL_CANCELLED, 64)
    assert taker.transact("place", taker_id, ask) == ((0, 15_000, 0, 0),)
    notional = 15_000 * 29_900 * 10
    assert notional == 4_485 * 10**6
    fee = notional * 350 // 1_000_000
    assert notional * 350 % 1_000_000 == 0
    assert maker.ledger(maker_id, USDM_ASSET) == 10_000 * 10**6 - notional
    assert maker.ledger(maker_id, WETH_ASSET) == 15 * 10**7
    assert taker.ledger(taker_id, USDM_ASSET) == notional - fee
    assert taker.ledger(taker_id, WETH_ASSET) == 5 * 10**7

    # The rest is cancelled, and both take everything out.
    assert maker.transact("cancel", maker_id, order_id) == (5_000,)
    maker_dollars = 10_000 * 10**6 - notional
    taker_dollars = notional - fee
    for wallet, account_id, dollars, ether in (
        (maker, maker_id, maker_dollars, 15 * 10**7),
        (taker, taker_id, taker_dollars, 5 * 10**7),
    ):
        to = wallet.account.address
        wallet.transact("withdraw", account_id, USDM_ASSET, dollars * USDM_ATOM, to)
        wallet.transact("withdraw", account_id, WETH_ASSET, ether * WETH_ATOM, to)
        assert wallet.token_balance(usdm) == dollars * USDM_ATOM
        assert wallet.token_balance(weth) == ether * WETH_ATOM
        assert wallet.ledger(account_id, USDM_ASSET) == 0
        assert wallet.ledger(account_id, WETH_ASSET) == 0
    # What stays is the fee.
    assert maker.token_balance(usdm, exchange) == fee * USDM_ATOM
    assert maker.token_balance(weth, exchange) == 0
