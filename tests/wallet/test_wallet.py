"""A wallet's way: an eth-account key, the ABI file and plain JSON-RPC; nothing of this package.

Only the fixture that starts the node, deploys and posts prices uses the package, and hands over an
URL, three addresses, some keys and the path of the ABI file.
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
WETH_MARKET = 257
USDM_ASSET, WETH_ASSET = 0, 1
USDM_ATOM, WETH_ATOM = 10**12, 10**10
"""Token units in an atom of the ledger."""

PLAIN_TERMS = 0
"""Good till cancelled, without expiry or client id."""
PLACE, CANCEL = 1, 2
"""Permissions of an operator."""

TOKEN_ABI = {
    "deposit": ([], []),
    "nonces": (["address"], ["uint256"]),
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
        self.errors = {
            selector(entry["name"], types(entry["inputs"])): entry["name"]
            for entry in entries
            if entry["type"] == "error"
        }

    def request(self, method: str, *params: Any) -> Any:
        answer = self.answer(method, *params)
        assert "error" not in answer, answer
        return answer["result"]

    def answer(self, method: str, *params: Any) -> dict[str, Any]:
        body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
        request = urllib.request.Request(
            self.surroundings.url, body.encode(), {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=30) as response:
            return json.load(response)

    def send(self, to: str, data: bytes, value: int = 0) -> dict[str, Any]:
        sender = self.account.address
        call = {"from": sender, "to": to, "data": "0x" + data.hex(), "value": hex(value)}
        gas = self.request("eth_estimateGas", call)
        transaction = {
            "type": 2,
            "chainId": int(self.request("eth_chainId"), 16),
            "nonce": int(self.request("eth_getTransactionCount", sender, "pending"), 16),
            "to": to,
            "data": data,
            "value": value,
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

    def transact(self, function: str, *arguments: Any, value: int = 0) -> tuple[Any, ...]:
        """Send a transaction to the exchange, and return what a call of it just before returned."""
        inputs, outputs = self.functions[function]
        data = selector(function, inputs) + encode(inputs, arguments)
        exchange = self.surroundings.exchange
        preview = {"from": self.account.address, "to": exchange, "data": "0x" + data.hex()}
        returned = self.request("eth_call", {**preview, "value": hex(value)}, "latest")
        self.send(exchange, data, value)
        return decode(outputs, bytes.fromhex(returned[2:]))

    def read(self, function: str, *arguments: Any) -> tuple[Any, ...]:
        """What a call of the exchange returns; nothing is sent."""
        inputs, outputs = self.functions[function]
        data = selector(function, inputs) + encode(inputs, arguments)
        call = {"to": self.surroundings.exchange, "data": "0x" + data.hex()}
        return decode(outputs, bytes.fromhex(self.request("eth_call", call, "latest")[2:]))

    def refused(self, function: str, *arguments: Any) -> str:
        """Name of the error with which the exchange refuses a call."""
        inputs, _ = self.functions[function]
        data = selector(function, inputs) + encode(inputs, arguments)
        call = {"from": self.account.address, "to": self.surroundings.exchange}
        answer = self.answer("eth_call", {**call, "data": "0x" + data.hex()}, "latest")
        return self.errors[bytes.fromhex(answer["error"]["data"][2:])[:4]]

    def token(self, token: str, function: str, *arguments: Any, value: int = 0) -> None:
        inputs, _ = TOKEN_ABI[function]
        self.send(token, selector(function, inputs) + encode(inputs, arguments), value)

    def token_nonce(self, token: str) -> int:
        data = selector("nonces", ["address"]) + encode(["address"], [self.account.address])
        return int(self.request("eth_call", {"to": token, "data": "0x" + data.hex()}, "latest"), 16)

    def token_balance(self, token: str, owner: str | None = None) -> int:
        data = selector("balanceOf", ["address"]) + encode(
            ["address"], [owner or self.account.address]
        )
        call = {"to": token, "data": "0x" + data.hex()}
        return int(self.request("eth_call", call, "latest"), 16)

    def ledger(self, account_id: int, asset_id: int) -> int:
        """Balance in atoms, or in shares if it is lent or owed: the top 96 bits of the ledger word,
        region 3, signed.
        """
        slot = 3 << 64 | account_id << 8 | asset_id
        ((word,),) = self.read("readWords", [slot])
        balance = word >> 160
        return balance - 2**96 if balance >> 95 else balance


def types(parameters: list[dict[str, Any]]) -> list[str]:
    return [collapse_if_tuple(parameter) for parameter in parameters]


def selector(function: str, inputs: list[str]) -> bytes:
    return keccak(text=f"{function}({','.join(inputs)})")[:4]


def test_wallet_deposits_places_is_filled_and_withdraws(surroundings: Surroundings) -> None:
    maker, taker = (Wallet(surroundings, key) for key in surroundings.funded_keys[:2])
    exchange, usdm, weth = surroundings.exchange, surroundings.usdm, surroundings.weth

    # The maker brings 10,000 dollars, the taker two ether.
    maker.token(usdm, "draw", 10_000 * 10**18)
    maker.token(usdm, "approve", exchange, 10_000 * 10**18)
    taker.token(weth, "deposit", value=2 * 10**18)
    taker.token(weth, "approve", exchange, 2 * 10**18)
    (maker_id,) = maker.transact("createAccount")
    (taker_id,) = taker.transact("createAccount")
    assert maker.transact("deposit", maker_id, USDM_ASSET, 10_000 * 10**18) == (10_000 * 10**6,)
    assert taker.transact("deposit", taker_id, WETH_ASSET, 2 * 10**18) == (2 * 10**8,)
    assert maker.token_balance(usdm) == 0
    assert maker.token_balance(usdm, exchange) == 10_000 * 10**18

    # He bids 2,990 dollars for two ether: tick 29,900 of 0.10 dollars, 20,000 lots of 0.0001.
    bid = (WETH_MARKET, 29_900, BID, 20_000, 64, PLAIN_TERMS)
    ((order_id, filled_lots, resting_lots, refusal),) = maker.transact("place", maker_id, bid)
    assert order_id >> 88 == WETH_MARKET << 24 | 29_900
    assert (filled_lots, resting_lots, refusal) == (0, 20_000, 0)

    # The taker sells one and a half into it.
    ask = (WETH_MARKET, 29_900, ASK, 15_000, 64, PLAIN_TERMS)
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


def test_wallet_deposits_with_a_signed_permit(surroundings: Surroundings) -> None:
    """One transaction: the allowance is typed data that any wallet shows and signs (EIP-712)."""
    owner = Wallet(surroundings, surroundings.funded_keys[2])
    exchange, weth = surroundings.exchange, surroundings.weth
    (account_id,) = owner.transact("createAccount")
    owner.token(weth, "deposit", value=10**18)
    deadline = 2**32
    domain = {
        "name": "Wrapped Ether",
        "version": "1",
        "chainId": int(owner.request("eth_chainId"), 16),
        "verifyingContract": weth,
    }
    fields = ("owner", "spender", "value", "nonce", "deadline")
    kinds = ("address", "address", "uint256", "uint256", "uint256")
    message = (owner.account.address, exchange, 10**18, owner.token_nonce(weth), deadline)
    signed = owner.account.sign_typed_data(
        domain,
        {"Permit": [{"name": n, "type": kind} for n, kind in zip(fields, kinds, strict=True)]},
        dict(zip(fields, message, strict=True)),
    )
    signature = (signed.v, signed.r.to_bytes(32, "big"), signed.s.to_bytes(32, "big"))
    deposit = (account_id, WETH_ASSET, 10**18, deadline, *signature)
    assert owner.transact("depositWithPermit", *deposit) == (10**8,)
    assert owner.ledger(account_id, WETH_ASSET) == 10**8
    assert owner.token_balance(weth) == 0
    # The signature is used up.
    assert owner.refused("depositWithPermit", *deposit) == "InvalidPermit"
    owner.transact("withdraw", account_id, WETH_ASSET, 10**18, owner.account.address)


def test_wallet_operator_key_trades_and_can_not_withdraw(surroundings: Surroundings) -> None:
    owner, operator = (Wallet(surroundings, key) for key in surroundings.funded_keys[3:5])
    stranger = Wallet(surroundings, "0x" + "51" * 32)
    (account_id,) = owner.transact("createAccount")
    assert owner.transact("depositNative", account_id, WETH_ASSET, value=10**18) == (10**8,)
    expiry = int(owner.request("eth_getBlockByNumber", "latest", False)["timestamp"], 16) + 3_600
    allowed = (account_id, operator.account.address, PLACE | CANCEL, expiry, 0)
    assert owner.transact("setOperator", *allowed) == ()

    ask = (WETH_MARKET, 30_500, ASK, 10_000, 64, PLAIN_TERMS)
    ((order_id, _, resting_lots, _),) = operator.transact("place", account_id, ask)
    assert resting_lots == 10_000
    withdrawal = (account_id, WETH_ASSET, 10**18, operator.account.address)
    assert operator.refused("withdraw", *withdrawal) == "PermissionMissing"
    assert operator.refused("setOperator", *allowed) == "NotAccountOwner"
    assert stranger.refused("cancel", account_id, order_id) == "NotAccountOwner"
    assert operator.transact("cancel", account_id, order_id) == (10_000,)

    owner.transact("revokeOperator", account_id, operator.account.address)
    assert operator.refused("place", account_id, ask) == "NotAccountOwner"
    owner.transact("withdrawNative", account_id, WETH_ASSET, 10**18, owner.account.address)
    assert owner.ledger(account_id, WETH_ASSET) == 0


def test_wallet_lends_borrows_and_repays(surroundings: Surroundings) -> None:
    lender, borrower = (Wallet(surroundings, key) for key in surroundings.funded_keys[5:7])
    exchange, usdm = surroundings.exchange, surroundings.usdm

    # The lender brings 100,000 dollars and lends them.
    lender.token(usdm, "draw", 100_000 * 10**18)
    lender.token(usdm, "approve", exchange, 100_000 * 10**18)
    (lender_id,) = lender.transact("createAccount")
    lender.transact("deposit", lender_id, USDM_ASSET, 100_000 * 10**18)
    lender.transact("setLent", lender_id, USDM_ASSET, True)
    assert lender.ledger(lender_id, USDM_ASSET) == 100_000 * 10**6

    # The borrower brings ten ether, looks what a loan of 5,000 dollars would do, and takes it.
    (borrower_id,) = borrower.transact("createAccount")
    borrower.transact("depositNative", borrower_id, WETH_ASSET, value=10 * 10**18)
    surroundings.post_prices()
    loan = (USDM_ASSET, -5_000 * 10**6, 0, 0, 0)
    current, changed = borrower.read("previewMargin", borrower_id, [loan])
    equity, settled, initial, end, maintenance, is_paid = changed
    assert current[5]
    assert settled == equity
    assert current[0] == 30_000 * 10**6
    assert not is_paid
    assert equity == 25_000 * 10**6 > initial > end > maintenance > 0
    to = borrower.account.address
    whole_worth = (borrower_id, USDM_ASSET, 30_000 * 10**18, to)
    assert borrower.refused("borrow", *whole_worth) == "BorrowWindowReached"
    borrower.transact("borrow", borrower_id, USDM_ASSET, 5_000 * 10**18, to)
    assert borrower.token_balance(usdm) == 5_000 * 10**18
    assert -5_000 * 10**6 <= borrower.ledger(borrower_id, USDM_ASSET) < -4_999 * 10**6

    # Interest runs; what is owed at the end is some millionths of a dollar more. No more is pulled.
    borrower.token(usdm, "draw", 10**18)
    borrower.token(usdm, "approve", exchange, 5_001 * 10**18)
    (repaid,) = borrower.transact("repay", borrower_id, USDM_ASSET, 2**256 - 1)
    assert 5_000 * 10**6 <= repaid < 5_001 * 10**6
    assert borrower.ledger(borrower_id, USDM_ASSET) == 0
    left = borrower.token_balance(usdm)
    assert 0 < left <= 10**18
    assert borrower.refused("repay", borrower_id, USDM_ASSET, 10**18) == "NothingOwed"

    # The lender takes back what he lent, and his part of what the borrower paid beyond the loan.
    lender.transact("setLent", lender_id, USDM_ASSET, False)
    has = lender.ledger(lender_id, USDM_ASSET)
    interest = 10**6 - left // USDM_ATOM
    assert 0 <= has - 100_000 * 10**6 <= interest
    lender.transact("withdraw", lender_id, USDM_ASSET, has * USDM_ATOM, lender.account.address)
    assert lender.token_balance(usdm) == has * USDM_ATOM
    borrower.transact("withdrawNative", borrower_id, WETH_ASSET, 10 * 10**18, to)
