"""The settler on a node: losers pay, winners are paid, funding becomes cash."""

from decimal import Decimal

import pytest

from tests.client.conftest import Trader, dec, funded, pass_time
from tests.keepers.fakes import Harness
from worldmarkets.client import Client, Side
from worldmarkets.clock import SystemClock
from worldmarkets.deployment import Deployment
from worldmarkets.keepers import (
    FundingJob,
    KeySending,
    SettleJob,
    SettlingRules,
    settleable,
)
from worldmarkets.model import slots
from worldmarkets.model.errors import PriceMoving
from worldmarkets.model.liquidation import moves
from worldmarkets.model.perp_words import PerpPoolWord
from worldmarkets.node import LocalNode
from worldmarkets.rpc import quantity
from worldmarkets.transactions import SteadySender

pytestmark = pytest.mark.node

PERP = "WETH-PERP"
MARKET_ID = 513
RULES = SettlingRules(least_atoms=10_000_000)
ANYTHING = SettlingRules(least_atoms=1)
FEE = dec("10.5")
"""Of the taker, for ten ether at 3,000 dollars."""


@pytest.fixture
def keeper(node: LocalNode, deployment: Deployment) -> Client:
    """A key that is nobody's."""
    return Client(node.rpc, deployment, node.accounts[7].private_key)


@pytest.fixture
def long(deployer: Client, maker: Trader, taker: Trader) -> Trader:
    """Has bought ten ether of `maker`, at 3,000 dollars, and paid a fee of 10.50."""
    deployer.post_prices({"WETH": dec(3_000), "WBTC": dec(100_000)})
    maker[0].place(maker[1], PERP, Side.ASK, dec(3_000), dec(10))
    taker[0].place(taker[1], PERP, Side.BID, dec(3_000), dec(10))
    return taker


@pytest.fixture
def short(long: Trader, maker: Trader) -> Trader:
    return maker


def cash(trader: Trader) -> Decimal:
    return trader[0].account(trader[1]).balances["USDM"].total


def rise(node: LocalNode, deployer: Client) -> None:
    """The perp is worth 3,100 dollars now, and the pause that the move began is over."""
    deployer.post_prices({"WETH": dec(3_100)})
    pass_time(node, moves.PAUSE)


def settle(keeper: Client, rules: SettlingRules = RULES) -> list[str]:
    signer = keeper.raw.sender.signer
    sending = KeySending(SteadySender(keeper.raw.rpc, signer, SystemClock(), 31_337))
    harness = Harness(SettleJob(keeper, rules), sending).run(rounds=1)  # type: ignore[arg-type]
    return [line.split(" block")[0] for line in harness.events()[:-1]]


def test_settle_moves_what_losers_owe_to_winners(
    node: LocalNode, deployer: Client, keeper: Client, long: Trader, short: Trader
) -> None:
    rise(node, deployer)
    assert settle(keeper) == [
        f'sent what="settle WETH-PERP of account {short[1]}" told="-1000.000000 USDM"',
        f'sent what="settle WETH-PERP of account {long[1]}" told="989.500000 USDM"',
    ]
    assert (cash(long), cash(short)) == (1_001_000 - FEE, 999_000)
    assert settle(keeper) == []


def test_settle_leaves_what_is_small(deployer: Client, keeper: Client, long: Trader) -> None:
    deployer.post_prices({"WETH": dec("3000.9")})
    # The loss of the short one is nine dollars, and the profit of the long one is eaten by the fee.
    assert settle(keeper) == []
    assert [line.split("told=")[1] for line in settle(keeper, ANYTHING)] == [
        '"-9.000000 USDM"',
        '"-1.500000 USDM"',
    ]


def test_settle_takes_cash_alone_and_makes_no_debt(
    node: LocalNode, deployer: Client, keeper: Client, long: Trader, short: Trader
) -> None:
    client, account = short
    client.withdraw(account, "USDM", dec(999_900))
    rise(node, deployer)
    assert [line.split("told=")[1] for line in settle(keeper)] == [
        '"-100.000000 USDM"',
        '"100.000000 USDM"',
    ]
    assert cash(short) == 0
    assert client.account(account).balances["USDM"].owed == 0
    assert settle(keeper) == []


def test_settle_in_a_shortfall_leaves_winners_alone(
    node: LocalNode, deployer: Client, keeper: Client, long: Trader, short: Trader
) -> None:
    rise(node, deployer)
    word = PerpPoolWord(cash=5_000_000_000, shortfall=1_000_000_000, touched=1).pack()
    store(node, keeper, slots.perp_pool(MARKET_ID), word)
    assert keeper.perp(PERP).shortfall == 1_000
    assert settle(keeper) == [
        f'sent what="settle WETH-PERP of account {short[1]}" told="-1000.000000 USDM"'
    ]
    assert cash(long) == 1_000_000
    # Of all that can settle it only the owner does.
    assert settleable(keeper, long[1], MARKET_ID) == 0
    assert settleable(long[0], long[1], MARKET_ID) > 0


def test_settle_lets_winners_wait_while_the_price_moves(
    node: LocalNode, deployer: Client, keeper: Client, long: Trader, short: Trader
) -> None:
    deployer.post_prices({"WETH": dec(3_100)})
    assert settle(keeper) == [
        f'sent what="settle WETH-PERP of account {short[1]}" told="-1000.000000 USDM"',
        f'spared what="settle WETH-PERP of account {long[1]}"',
    ]
    assert settleable(long[0], long[1], MARKET_ID) == 0
    pass_time(node, moves.PAUSE)
    assert settle(keeper) == [
        f'sent what="settle WETH-PERP of account {long[1]}" told="989.500000 USDM"'
    ]


def test_settle_price_that_moves_meanwhile_is_no_failure(
    deployer: Client, keeper: Client, long: Trader, short: Trader
) -> None:
    deployer.post_prices({"WETH": dec("3029.9")})
    loss, profit = SettleJob(keeper, RULES).look().actions
    keeper.raw.execute(loss.request)
    assert profit.is_due()
    deployer.post_prices({"WETH": dec(3_100)})
    assert not profit.is_due()
    with pytest.raises(PriceMoving):
        keeper.raw.execute(profit.request)
    assert "PriceMoving" in profit.harmless


def test_settle_shortfall_that_comes_up_meanwhile_is_no_failure(
    node: LocalNode, deployer: Client, keeper: Client, long: Trader, short: Trader
) -> None:
    rise(node, deployer)
    loss, profit = SettleJob(keeper, RULES).look().actions
    keeper.raw.execute(loss.request)
    word = PerpPoolWord(cash=5_000_000_000, shortfall=1_000_000_000, touched=1).pack()
    store(node, keeper, slots.perp_pool(MARKET_ID), word)
    assert not profit.is_due()
    assert "NotAccountOwner" in profit.harmless


def test_settle_by_two_keepers_pays_once(
    node: LocalNode, deployer: Client, keeper: Client, long: Trader, short: Trader
) -> None:
    rise(node, deployer)
    found = SettleJob(keeper, RULES).look()
    assert all(action.is_due() for action in found.actions[:1])
    settle(keeper)
    assert [action.is_due() for action in found.actions] == [False, False]
    for action in found.actions:
        keeper.raw.execute(action.request)
    assert (cash(long), cash(short)) == (1_001_000 - FEE, 999_000)


def test_settle_that_ended_in_the_middle_goes_on(
    node: LocalNode, deployer: Client, keeper: Client, long: Trader, short: Trader
) -> None:
    rise(node, deployer)
    loss, _ = SettleJob(keeper, RULES).look().actions
    keeper.raw.execute(loss.request)
    assert settle(keeper) == [
        f'sent what="settle WETH-PERP of account {long[1]}" told="989.500000 USDM"'
    ]


def test_settle_finds_accounts_on_every_page(
    monkeypatch: pytest.MonkeyPatch,
    node: LocalNode,
    deployment: Deployment,
    deployer: Client,
    keeper: Client,
    long: Trader,
) -> None:
    """Pages of two: the traders are on different ones."""
    monkeypatch.setattr("worldmarkets.keepers.settlejob.MAX_ITEMS", 2)
    other = funded(node, deployment, 3)
    other[0].create_account()
    other[0].place(other[1], PERP, Side.ASK, dec(3_000), dec(10))
    long[0].place(long[1], PERP, Side.BID, dec(3_000), dec(10))
    rise(node, deployer)
    settled = {line.split('"')[1] for line in settle(keeper)}
    assert f"settle WETH-PERP of account {other[1]}" in settled
    assert len(settled) == 3


def test_funding_accrues_and_is_paid_by_settling(
    node: LocalNode, keeper: Client, long: Trader, short: Trader
) -> None:
    """Ten ether at 3,000 dollars, a hundredth of a percent for 8 hours, for ten minutes."""
    settle(keeper, ANYTHING)
    before = cash(long), cash(short)
    poker = FundingJob(keeper, [PERP])
    for _ in range(3):
        (action,) = poker.look().actions
        keeper.raw.execute(action.request)
        pass_time(node, 300)
    for trader, sign in ((long, -1), (short, 1)):
        (found,) = trader[0].true_up(trader[1])
        assert found.funding == found.profit == sign * dec("0.09375")
    assert [line.split("told=")[1] for line in settle(keeper, ANYTHING)] == [
        '"-0.093750 USDM"',
        '"0.093750 USDM"',
    ]
    assert cash(long) == before[0] - dec("0.09375")
    assert cash(short) == before[1] + dec("0.09375")


def store(node: LocalNode, client: Client, slot: int, word: int) -> None:
    """Overwrite a word of the exchange, where no action of this test could bring it to."""
    values = (quantity(slot), f"0x{word:064x}")
    node.rpc.call("anvil_setStorageAt", client.deployment.exchange, *values)
