"""The liquidator on a node: from a price that falls to an account that is well again."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from tests.client.conftest import Trader, dec, funded, pass_time
from tests.keepers.fakes import Harness
from worldmarkets.client import Client, Side
from worldmarkets.clock import SystemClock
from worldmarkets.deployment import Deployment
from worldmarkets.keepers import (
    Action,
    KeySending,
    LiquidatingRules,
    LiquidationJob,
    LiquidationOptions,
    Round,
)
from worldmarkets.node import LocalNode
from worldmarkets.transactions import SteadySender

pytestmark = pytest.mark.node

PERP = "WETH-PERP"
EXPIRY = 2**32 - 1

Bids = Callable[[int, str], None]


@pytest.fixture
def keeper(node: LocalNode, deployment: Deployment) -> Trader:
    """A key of its own with a million dollars and nothing else."""
    client = Client(node.rpc, deployment, node.accounts[7].private_key)
    account = client.create_account()
    client.draw("USDM", dec(1_000_000))
    client.deposit(account, "USDM", dec(1_000_000))
    return client, account


@pytest.fixture
def bids(maker: Trader) -> Bids:
    """Somebody bids for ten ether of the perp at a price."""

    def place(size: int, price: str) -> None:
        maker[0].place(maker[1], PERP, Side.BID, dec(price), dec(size))

    return place


def liquidate(keeper: Client, job: LiquidationJob, rounds: int = 1) -> list[str]:
    """Run some rounds; return what was sent, without where."""
    signer = keeper.raw.sender.signer
    sending = KeySending(SteadySender(keeper.raw.rpc, signer, SystemClock(), 31_337))
    harness = Harness(job, sending, interval=0).run(rounds=rounds)  # type: ignore[arg-type]
    return [line.split(" block")[0] for line in harness.events()[:-1]]


def job_of(trader: Trader, bids: bool = True, **rules: int | None) -> LiquidationJob:
    client, account = trader
    known = LiquidatingRules(**rules)  # type: ignore[arg-type]
    # Gas is free here: amounts are exact.
    options = LiquidationOptions(account if bids else None, native_atoms=0, rules=known)
    return LiquidationJob(client, options)


def spared(client: Client, actions: tuple[Action, ...]) -> list[str]:
    """Which of these actions somebody else was first with."""

    class Found:
        name = "liquidate"

        def look(self) -> Round:
            return Round(actions)

    sending = KeySending(
        SteadySender(client.raw.rpc, client.raw.sender.signer, SystemClock(), 31_337)
    )
    events = Harness(Found(), sending).run(rounds=1).events()  # type: ignore[arg-type]
    return [line.split('"')[1] for line in events if line.startswith("spared")]


def what(lines: list[str]) -> list[str]:
    """What was done, of lines that say what came of it, too."""
    return [line.split('what="')[1].split('"')[0] for line in lines]


def total(trader: Trader) -> Decimal:
    return trader[0].standing(trader[1]).equity


def test_liquidator_flags_buys_sells_and_ends_it(
    node: LocalNode, keeper: Trader, broke: Trader, bids: Bids
) -> None:
    (client, own), account = keeper, broke[1]
    bids(10, "2689.0")
    job = job_of(keeper)
    assert liquidate(client, job) == [f'sent what="flag account {account}"']
    # Within the window nobody may bid.
    assert liquidate(client, job) == []
    pass_time(node, 30)
    told = f"take 53.7588 % of account {account} for 437.379447, profit 30.369844"
    (taken,) = liquidate(client, job)
    assert taken == f'sent what="{told}" told="537588 ppm for 437.379447"'
    assert not client.standing(account).is_flagged
    assert liquidate(client, job) == ['sent what="hedge on WETH-PERP"']
    position = client.position(own, PERP)
    assert position is not None
    assert position.size == 0
    # The book is a dollar below the mark, and takes a fee. A part of a lot did not move.
    assert total(keeper) - 1_000_000 == dec("30.369649")
    assert liquidate(client, job) == []


def test_liquidator_waits_until_a_slice_pays(
    node: LocalNode, keeper: Trader, broke: Trader, bids: Bids
) -> None:
    """Bids half a percent below the mark: 134.5 dollars for the whole, besides the fee."""
    (client, _), account = keeper, broke[1]
    bids(10, "2676.6")
    client.flag(account)
    job = job_of(keeper)
    pass_time(node, 40)
    assert liquidate(client, job) == []
    pass_time(node, 20)
    (taken,) = liquidate(client, job)
    assert f"of account {account} for" in taken


def test_liquidator_without_a_bidder_takes_nothing(
    node: LocalNode, deployer: Client, keeper: Trader, broke: Trader, bids: Bids
) -> None:
    (client, _), account = keeper, broke[1]
    bids(10, "2689.0")
    job = job_of(keeper, bids=False)
    assert what(liquidate(client, job)) == [f"flag account {account}"]
    pass_time(node, 60)
    assert liquidate(client, job) == []
    deployer.post_prices({"WETH": dec(2_800)})
    assert what(liquidate(client, job)) == [f"review account {account}"]
    assert client.standing(account).is_live


def test_liquidator_that_is_started_anew_goes_on(
    node: LocalNode, keeper: Trader, broke: Trader, bids: Bids
) -> None:
    (client, own), account = keeper, broke[1]
    bids(10, "2689.0")
    assert what(liquidate(client, job_of(keeper))) == [f"flag account {account}"]
    pass_time(node, 30)
    (taken,) = what(liquidate(client, job_of(keeper)))
    assert taken.startswith("take 53.7588 %")
    assert what(liquidate(client, job_of(keeper))) == ["hedge on WETH-PERP"]
    assert client.positions(own)[0].size == 0


def test_liquidator_by_two_takes_once(
    node: LocalNode, deployment: Deployment, keeper: Trader, broke: Trader, bids: Bids
) -> None:
    (client, _), account = keeper, broke[1]
    bids(10, "2689.0")
    other = funded(node, deployment, 8)
    flagged = job_of(other).look().actions
    liquidate(client, job_of(keeper))
    assert spared(other[0], flagged) == [f"flag account {account}"]
    pass_time(node, 30)
    found = job_of(other).look().actions
    assert [one.what.split(" %")[0] for one in found if "take" in one.what] == ["take 53.7588"]
    liquidate(client, job_of(keeper))
    assert not any(one.is_due() for one in found if "take" in one.what)


def test_liquidator_chosen_by_an_account_buys_within_its_window(
    keeper: Trader, broke: Trader, bids: Bids
) -> None:
    (client, _), (owner, account) = keeper, broke
    bids(10, "2686.0")
    owner.set_liquidator(account, client.address)
    assert what(liquidate(client, job_of(keeper, least_profit_atoms=1))) == [
        f"flag account {account}"
    ]
    # At the start of the clock nothing is to be gained.
    assert liquidate(client, job_of(keeper, least_profit_atoms=1)) == []
    bids(10, "2699.0")
    (taken,) = what(liquidate(client, job_of(keeper)))
    assert taken.startswith("take 51.7046 %")


def test_liquidator_takes_no_more_than_its_capital_allows(
    node: LocalNode, keeper: Trader, broke: Trader, bids: Bids
) -> None:
    """The account requires 2,061.78 initially: 500 are 24 percent, and 200 less than a tenth."""
    (client, own), account = keeper, broke[1]
    bids(10, "2689.0")
    client.flag(account)
    pass_time(node, 30)
    assert liquidate(client, job_of(keeper, capital_atoms=200 * 10**6)) == []
    (taken,) = what(liquidate(client, job_of(keeper, capital_atoms=500 * 10**6)))
    assert taken.startswith("take 24.2509 %")
    assert client.standing(own).initial <= 500


def test_liquidator_with_a_margin_too_small_takes_a_smaller_slice(
    node: LocalNode, deployment: Deployment, keeper: Trader, broke: Trader, bids: Bids
) -> None:
    account = broke[1]
    bids(10, "2689.0")
    client = Client(node.rpc, deployment, node.accounts[9].private_key)
    own = client.create_account()
    client.draw("USDM", dec(500))
    client.deposit(own, "USDM", dec(500))
    keeper[0].flag(account)
    pass_time(node, 30)
    (taken,) = what(liquidate(client, job_of((client, own))))
    assert taken.startswith("take 24.2509 %")


def test_liquidator_sells_no_more_than_the_book_takes_within_its_limit(
    node: LocalNode, deployer: Client, keeper: Trader, broke: Trader, bids: Bids
) -> None:
    (client, own), account = keeper, broke[1]
    bids(1, "2689.0")
    bids(1, "2664.0")
    bids(9, "2660.0")
    client.flag(account)
    pass_time(node, 250)
    deployer.post_prices({"WETH": dec(2_690)})
    job = job_of(keeper)
    (taken,) = what(liquidate(client, job))
    assert taken.startswith("take ")
    held = client.positions(own)[0].size
    assert what(liquidate(client, job)) == ["hedge on WETH-PERP"]
    assert client.positions(own)[0].size == held - 2
    # What is left waits for a better book.
    assert liquidate(client, job) == []
    bids(9, "2680.0")
    assert what(liquidate(client, job)) == ["hedge on WETH-PERP"]
    assert client.positions(own)[0].size == 0
