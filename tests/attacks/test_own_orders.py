"""RISK-2 at random: batches whose orders meet each other, from accounts in every state. What passes
has its initial margin, or less risk than the account before its own cancels."""

from collections.abc import Iterator

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.support.abi import Reverted
from tests.support.backend import rolled_back
from tests.support.lending import BORROWER, LendingScene, make_lending_scene
from tests.support.scene import DOLLARS, LOT
from tests.support.soundness import assert_sound
from tests.support.system import BTC_MARKET, ETH_MARKET, Side, System, Tif
from worldmarkets.model.interface import Margin, OrderRequest, SelfTrade


@pytest.fixture(scope="module")
def market(deployed_system: System) -> Iterator[LendingScene]:
    """A market with depth on both sides of both books; every example takes its batch back."""
    owners = dict(deployed_system.owners)
    with rolled_back(deployed_system.backend):
        scene = make_lending_scene(deployed_system)
        scene.ask(scene.maker, 20_010, 50_000)
        scene.bid(scene.maker, 19_990, 50_000)
        deployed_system.fund(scene.taker, 2, 10**9)
        deployed_system.place(scene.taker, BTC_MARKET, Side.ASK, 60_030, 100_000)
        deployed_system.place(scene.taker, BTC_MARKET, Side.BID, 59_970, 100_000)
        yield scene
    deployed_system.owners = owners


def orders() -> st.SearchStrategy[OrderRequest]:
    """Orders around the best prices of the first market, often such as meet each other."""
    return st.builds(
        OrderRequest,
        st.just(ETH_MARKET),
        st.sampled_from((Side.BID, Side.ASK)),
        st.integers(19_980, 20_020),
        st.sampled_from((1, 100, 2_000, 10_000, 10**6)),
        st.sampled_from((Tif.GOOD_TILL_CANCELLED, Tif.IMMEDIATE_OR_CANCEL, Tif.FILL_OR_KILL)),
        st.just(64),
        st.sampled_from(list(SelfTrade)),
        st.just(0),
        st.booleans(),
    )


def lowers_risk(before: Margin, after: Margin) -> bool:
    """The de-risking rule, and resting orders that only reduce (RISK-2)."""
    if after.initial_atoms > before.initial_atoms:
        return False
    if after.equity_atoms >= before.equity_atoms:
        return True
    if before.equity_atoms < 0:
        return False
    covered = after.equity_atoms * before.initial_atoms
    return after.equity_atoms >= 0 and covered >= before.equity_atoms * after.initial_atoms


OWN_ASK = OrderRequest(ETH_MARKET, Side.ASK, 20_005, 10_000)
OVER_IT = OrderRequest(ETH_MARKET, Side.BID, 20_010, 2_000, Tif.IMMEDIATE_OR_CANCEL)


@given(
    st.sampled_from((3_000, 1_000, 999, 640, 100, 0, -100)),
    st.booleans(),
    st.lists(orders(), min_size=1, max_size=5),
)
@example(1_000, True, [OWN_ASK, OVER_IT])
@example(999, True, [OWN_ASK, OVER_IT])
def test_risk_2_no_batch_of_orders_that_meet_each_other_adds_risk_without_margin(
    market: LendingScene, equity_dollars: int, rests: bool, places: list[OrderRequest]
) -> None:
    with rolled_back(market.system.backend):
        account = market.new_account(BORROWER, 4_000 * DOLLARS)
        assert market.bid(account, 20_010, 10_000).filled_lots == 10_000
        if rests:
            market.system.place(account, BTC_MARKET, Side.BID, 59_000, 30_000)
            market.bid(account, 19_500, 1_000)
        market.set_equity(account, equity_dollars * DOLLARS)
        before = market.margin(account)
        try:
            market.system.batch(account, (), places)
        except Reverted as error:
            # Nothing else may stop a batch.
            assert error.name == "BelowInitialMargin"  # noqa: PT017
            return
        after = market.margin(account)
        assert after.equity_atoms >= after.initial_atoms or lowers_risk(before, after)
        assert market.ledger(account, 1).open_asks % LOT == 0
        assert_sound(market.system)
