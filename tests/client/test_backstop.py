"""The backstop tranche through the client."""

from decimal import Decimal

import pytest

from tests.client.conftest import dec, pass_time
from worldmarkets.client import (
    Backstop,
    BackstopState,
    Client,
    OtherContractError,
    RedeemRequest,
    UnalignedAmountError,
)
from worldmarkets.deployment import Deployment
from worldmarkets.model import slots
from worldmarkets.model.errors import PriceMoving
from worldmarkets.model.liquidation_words import LiquidationWord, PauseWord
from worldmarkets.node import LocalNode

pytestmark = pytest.mark.node

COOLDOWN = 10 * 86_400
EXIT_WINDOW = 48 * 3_600
ZERO = Decimal(0)


@pytest.fixture
def client(node: LocalNode, deployment: Deployment) -> Client:
    """Somebody with 1,000 dollars outside of the exchange."""
    client = Client(node.rpc, deployment, node.accounts[3].private_key)
    client.draw("USDM", dec(1_000))
    return client


@pytest.fixture
def backstop(client: Client) -> Backstop:
    return Backstop(client)


def set_word(node: LocalNode, deployment: Deployment, slot: int, word: int) -> None:
    """Write a word of the exchange, past its code."""
    places = (f"0x{slot:064x}", f"0x{word:064x}")
    node.rpc.call("anvil_setStorageAt", deployment.exchange, *places)


def test_state_before_anybody_has_paid_in(backstop: Backstop) -> None:
    assert backstop.state() == BackstopState(
        total_assets=ZERO,
        total_shares=ZERO,
        share_price=Decimal(1),
        shares=ZERO,
        worth=ZERO,
        request=None,
        redeemable=ZERO,
        deficits=0,
        paused_until=0,
    )


def test_deposit_buys_shares_and_pays_into_the_account(
    backstop: Backstop, client: Client, node: LocalNode
) -> None:
    assert backstop.deposit(dec("250.5")) == dec("250.5")
    assert client.token_balance("USDM") == dec("749.5")
    state = backstop.state()
    assert (state.total_assets, state.worth) == (dec("250.5"), dec("250.5"))
    assert (state.total_shares, state.shares) == (dec("250.5"), dec("250.5"))
    assert backstop.state(node.accounts[4].address).shares == ZERO
    assert backstop.deposit(dec("0.000001")) == dec("0.000001")


def test_deposit_of_a_fraction_of_an_atom_is_refused(backstop: Backstop) -> None:
    with pytest.raises(UnalignedAmountError):
        backstop.deposit(dec("0.0000001"))


def test_fees_show_in_the_share_price(backstop: Backstop, client: Client) -> None:
    backstop.deposit(dec(100))
    client.draw("USDM", dec(50))
    account = client.create_account()
    client.deposit(account, "USDM", dec(50))
    client.transfer(account, _account(backstop, client), "USDM", dec(50))
    state = backstop.state()
    assert state.share_price == dec("1.499999")
    assert (state.total_assets, state.worth) == (dec(150), dec("149.999999"))
    assert backstop.deposit(dec(30)) < dec("20.000001")


def test_request_matures_and_pays(backstop: Backstop, client: Client, node: LocalNode) -> None:
    shares = backstop.deposit(dec(100))
    asked = backstop.request(dec(40))
    assert asked.expires_at - asked.ready_at == EXIT_WINDOW
    assert asked.ready_at == client.raw.time() + COOLDOWN
    state = backstop.state()
    assert (state.request, state.redeemable) == (asked, ZERO)
    with pytest.raises(OtherContractError, match=f"RequestNotReady.*readyAt={asked.ready_at}"):
        backstop.redeem(dec(40))
    pass_time(node, COOLDOWN)
    assert backstop.state().redeemable == dec(40)
    receiver = node.accounts[4].address
    assert backstop.redeem(dec(15), receiver) == dec(15)
    assert client.token_balance("USDM", receiver) == dec(15)
    left = RedeemRequest(dec(25), asked.ready_at, asked.expires_at)
    assert backstop.state().request == left
    assert backstop.redeem() == dec(25)
    assert client.token_balance("USDM") == dec(925)
    state = backstop.state()
    assert (state.request, state.shares) == (None, shares - dec(40))


def test_request_is_cancelled(backstop: Backstop) -> None:
    backstop.deposit(dec(100))
    backstop.request(dec(100))
    backstop.cancel()
    assert backstop.state().request is None
    with pytest.raises(OtherContractError, match="NoRequest"):
        backstop.cancel()


def test_nobody_redeems_while_a_deficit_or_a_pause_lasts(
    backstop: Backstop, client: Client, node: LocalNode, deployment: Deployment
) -> None:
    backstop.deposit(dec(100))
    backstop.request(dec(100))
    pass_time(node, COOLDOWN)
    (before,) = client.raw.read_words([slots.liquidation()])
    word = LiquidationWord(
        flagged=3, in_deficit=2, backstop=LiquidationWord.unpack(before).backstop
    )
    set_word(node, deployment, slots.liquidation(), word.pack())
    state = backstop.state()
    assert (state.deficits, state.redeemable) == (2, ZERO)
    with pytest.raises(OtherContractError, match=r"DeficitPending\(accounts=2\)"):
        backstop.redeem(dec(1))
    set_word(node, deployment, slots.liquidation(), before)
    until = client.raw.time() + 10
    pause = PauseWord(until, touched=1).pack()
    set_word(node, deployment, slots.pause(slots.ALL_PAUSES), pause)
    state = backstop.state()
    assert (state.paused_until, state.redeemable) == (until, ZERO)
    with pytest.raises(PriceMoving) as caught:
        backstop.redeem(dec(1))
    assert caught.value.arguments == (until,)
    pass_time(node, 10)
    assert backstop.redeem(dec(1)) == dec(1)


def _account(backstop: Backstop, client: Client) -> int:
    (word,) = client.raw.read_words([slots.liquidation()])
    return LiquidationWord.unpack(word).backstop
