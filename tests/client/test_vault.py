"""Permits, native tokens and activation through the client."""

from dataclasses import replace
from decimal import Decimal

import pytest
from eth_abi.abi import encode
from eth_account import Account
from eth_account.messages import encode_typed_data

from tests.client.conftest import Trader, dec
from worldmarkets.abi import abi_of
from worldmarkets.client import Client, NoPermitError, UnknownNameError
from worldmarkets.client.permits import Allowance, sign_permit
from worldmarkets.deployment import Deployment
from worldmarkets.model import errors
from worldmarkets.node import LocalNode
from worldmarkets.rpc import number
from worldmarkets.transactions import KeySigner

pytestmark = pytest.mark.node


@pytest.fixture
def depositor(node: LocalNode, deployment: Deployment) -> Trader:
    """A client with an empty account."""
    client = Client(node.rpc, deployment, node.accounts[3].private_key)
    return client, client.create_account()


def wei(node: LocalNode, address: str) -> int:
    return number(node.rpc.call("eth_getBalance", address, "latest"))


def test_deposit_with_permit_needs_no_approval(depositor: Trader) -> None:
    client, account = depositor
    client.draw("WETH", dec(3))
    assert client.deposit_with_permit(account, "WETH", dec("1.5")) == dec("1.5")
    assert client.deposit_with_permit(account, "WETH", dec("0.5")) == dec("0.5")
    assert client.account(account).balances["WETH"].total == 2
    assert client.token_balance("WETH") == 1
    assert client._allowance(client.asset_units("WETH").asset) == 0


def test_deposit_with_permit_token_without_permits_is_refused_before_sending(
    depositor: Trader,
) -> None:
    client, account = depositor
    client.draw("USDM", dec(3))
    with pytest.raises(NoPermitError, match="takes no signed allowances"):
        client.deposit_with_permit(account, "USDM", dec(1))
    assert client.token_balance("USDM") == 3


def test_deposit_with_permit_of_another_amount_is_refused(depositor: Trader) -> None:
    client, account = depositor
    client.draw("WETH", dec(3))
    raw = client.raw
    allowance = Allowance(
        token=raw.deployment.asset("WETH").token,
        chain_id=raw.deployment.chain_id,
        spender=raw.deployment.exchange,
        token_units=10**18,
        deadline=raw.time() + 60,
    )
    permit = sign_permit(raw.sender.signer, allowance, raw.call)
    with pytest.raises(errors.InvalidPermit) as caught:
        raw.execute(raw.calls.deposit_with_permit(account, 1, 2 * 10**18, permit))
    assert caught.value.arguments == (1, int(client.address, 16), 0)
    assert client.token_balance("WETH") == 3


def test_sign_permit_foreign_domain_is_not_signed(depositor: Trader) -> None:
    """A token that claims another's domain would obtain a signature that is good there."""
    client, _ = depositor
    raw = client.raw
    allowance = Allowance(
        token="0x" + "0b" * 20,
        chain_id=raw.deployment.chain_id,
        spender=raw.deployment.exchange,
        token_units=10**18,
        deadline=2**32,
    )
    weth = raw.deployment.asset("WETH").token
    with pytest.raises(NoPermitError, match="domain of 0x0b"):
        sign_permit(raw.sender.signer, allowance, lambda _, data: raw.call(weth, data))


@pytest.mark.parametrize("version", ["1", "2"])
def test_sign_permit_is_what_the_token_recovers(version: str) -> None:
    """Against eth-account's typed data, for a token of either version."""
    token, spender = "0x" + "11" * 20, "0x" + "22" * 20
    account = Account.from_key("0x" + "33" * 32)
    domain = {"name": "T", "version": version, "chainId": 5, "verifyingContract": token}
    fields = [("owner", "address"), ("spender", "address")]
    fields += [(name, "uint256") for name in ("value", "nonce", "deadline")]
    types = {"Permit": [{"name": name, "type": kind} for name, kind in fields]}
    values = (account.address, spender, 9, 4, 77)
    message = encode_typed_data(domain, types, dict(zip(dict(fields), values, strict=True)))
    answers = {
        "name": encode(["string"], ["T"]),
        "DOMAIN_SEPARATOR": message.header,
        "nonces": encode(["uint256"], [4]),
    }
    functions = abi_of("WrappedNative").functions

    def read(to: str, data: bytes) -> bytes:
        assert to == token
        return next(
            answer for name, answer in answers.items() if data[:4] == functions[name].selector
        )

    permit = sign_permit(KeySigner("0x" + "33" * 32), Allowance(token, 5, spender, 9, 77), read)
    assert permit.deadline == 77
    signature = (permit.v, int.from_bytes(permit.r, "big"), int.from_bytes(permit.s, "big"))
    assert Account.recover_message(message, vrs=signature) == account.address


def test_sign_permit_signer_of_transactions_alone_is_told(depositor: Trader) -> None:
    raw = depositor[0].raw
    allowance = Allowance(raw.deployment.asset("WETH").token, 1, raw.deployment.exchange, 1, 1)
    with pytest.raises(NoPermitError, match="signs only transactions"):
        sign_permit(object(), allowance, raw.call)


def test_deposit_native_and_withdraw_native_wrap_and_unwrap(
    node: LocalNode, depositor: Trader
) -> None:
    client, account = depositor
    before, receiver = wei(node, client.address), "0x" + "0b" * 20
    assert client.deposit_native(account, dec("1.5")) == dec("1.5")
    assert 15 * 10**17 <= before - wei(node, client.address) < 16 * 10**17
    assert client.token_balance("WETH", client.deployment.exchange) == dec("1.5")
    client.withdraw_native(account, dec("0.25"), receiver)
    client.withdraw_native(account, dec("0.75"))
    assert wei(node, receiver) == 25 * 10**16
    assert 75 * 10**16 <= before - wei(node, client.address) < 76 * 10**16
    assert client.account(account).balances["WETH"].total == dec("0.5")
    with pytest.raises(errors.InsufficientBalance):
        client.withdraw_native(account, dec("0.50000001"))


def test_deposit_native_without_a_wrapped_token_is_refused_before_sending(
    node: LocalNode, deployment: Deployment, depositor: Trader
) -> None:
    _, account = depositor
    without = replace(deployment, assets=deployment.assets[:1], markets=())
    bare = Client(node.rpc, without, node.accounts[3].private_key)
    with pytest.raises(UnknownNameError, match="wrapped native token"):
        bare.deposit_native(account, dec(1))


def test_deposit_for_somebody_else_needs_his_asset_in_use(maker: Trader, depositor: Trader) -> None:
    (client, _), (owner, account) = maker, depositor
    client.draw("WETH", dec(2))
    with pytest.raises(errors.AssetNotActivated) as caught:
        client.deposit(account, "WETH", dec(1))
    assert caught.value.arguments == (account, 1)
    owner.activate_asset(account, "WETH")
    assert client.deposit(account, "WETH", dec(2)) == 2
    assert owner.account(account).balances["WETH"].total == 2
    assert client.token_balance("WETH") == 0


def test_deactivate_asset_in_use_is_refused(maker: Trader, depositor: Trader) -> None:
    client, account = depositor
    client.activate_asset(account, "WETH")
    client.deactivate_asset(account, "WETH")
    maker[0].draw("WETH", Decimal(1))
    with pytest.raises(errors.AssetNotActivated):
        maker[0].deposit(account, "WETH", Decimal(1))
    with pytest.raises(errors.AssetInUse) as caught:
        maker[0].deactivate_asset(maker[1], "WETH")
    assert caught.value.arguments == (maker[1], 1)
