"""Terms of orders and batches, packed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.lens.support import deploy_lens, rejected
from tests.support.properties import unsigned
from tests.support.pyrevm_backend import PyrevmBackend
from tests.support.scene import ASK, BID, Scene, order
from tests.support.system import LAST_SECOND, deploy_system
from worldmarkets.client.lens import Lens
from worldmarkets.client.lens_views import Terms
from worldmarkets.model.interface import OrderRequest, SelfTrade, Side, TimeInForce
from worldmarkets.model.packed import MAX_ITEMS, pack_batch
from worldmarkets.model.words import OrderTerms


def go_together(order: Terms | OrderRequest) -> bool:
    """Whether the self-trade mode leaves a fill-or-kill order its size."""
    modes = (order.time_in_force, order.self_trade)
    return modes != (TimeInForce.FILL_OR_KILL, SelfTrade.DECREMENT_BOTH)


TERMS = st.builds(
    Terms,
    st.sampled_from(TimeInForce),
    st.sampled_from(SelfTrade),
    st.booleans(),
    unsigned(32),
    unsigned(64),
).filter(go_together)
ORDERS = st.builds(
    OrderRequest,
    unsigned(16),
    st.sampled_from(Side),
    unsigned(24),
    unsigned(40),
    st.sampled_from(TimeInForce),
    unsigned(8),
    st.sampled_from(SelfTrade),
    unsigned(32),
    st.booleans(),
    unsigned(64),
).filter(go_together)


@pytest.fixture(scope="module")
def steady() -> Lens:
    """A Lens that only packs."""
    return deploy_lens(deploy_system(PyrevmBackend(), markets={}))


@given(TERMS)
def test_pack_terms_of_any_terms_is_undone_by_unpack_terms(steady: Lens, terms: Terms) -> None:
    packed = steady.pack_terms(terms)
    mode = (terms.time_in_force, terms.self_trade, terms.expiry)
    assert packed == OrderTerms(*mode, int(terms.is_reduce_only), terms.client_id).pack()
    assert steady.unpack_terms(packed) == terms


@pytest.mark.parametrize("time_in_force", [5, 7, 8, 255])
def test_pack_terms_of_no_time_in_force_is_rejected(lens: Lens, time_in_force: int) -> None:
    with rejected("InvalidTimeInForce", time_in_force):
        lens.pack_terms(Terms(time_in_force))


@pytest.mark.parametrize("self_trade", [3, 4, 255])
def test_pack_terms_of_no_self_trade_mode_is_rejected(lens: Lens, self_trade: int) -> None:
    with rejected("InvalidSelfTrade", self_trade):
        lens.pack_terms(Terms(self_trade=self_trade))


def test_pack_terms_that_do_not_go_together_is_rejected(lens: Lens) -> None:
    terms = Terms(TimeInForce.FILL_OR_KILL, SelfTrade.DECREMENT_BOTH)
    with rejected("InvalidTerms", OrderTerms(4, 2).pack()):
        lens.pack_terms(terms)


@pytest.mark.parametrize(
    "packed",
    [5, 4 | 2 << 3, 3 << 3, 1 << 5, 1 << 71, 1 << 104, 1 << 112, 1 << 114, 1 << 180, 1 << 255],
)
def test_unpack_terms_without_meaning_is_rejected(lens: Lens, packed: int) -> None:
    with rejected("InvalidTerms", packed):
        lens.unpack_terms(packed)


@given(
    unsigned(32),
    st.lists(unsigned(128), max_size=5),
    st.lists(ORDERS, max_size=5),
    unsigned(32),
    st.booleans(),
)
def test_pack_batch_of_anything_is_what_the_format_says(
    steady: Lens,
    account: int,
    cancels: list[int],
    places: list[OrderRequest],
    deadline: int,
    all_or_none: bool,
) -> None:
    arguments = (account, cancels, places, deadline, all_or_none)
    assert steady.pack_batch(*arguments) == pack_batch(*arguments)


def test_pack_batch_is_what_the_exchange_executes(scene: Scene, lens: Lens) -> None:
    old = scene.bid(scene.maker, 19_000, 7).order_id
    places = [order(BID, 19_001, 8, client_id=9), order(ASK, 21_000, 5, expiry=LAST_SECOND)]
    packed = lens.pack_batch(scene.maker, [old], places, LAST_SECOND, True)
    lots, _ = scene.system.execute(scene.system.owners[scene.maker], "batchPacked", packed)
    assert lots == (7,)
    (bid,), (ask,) = scene.orders(19_001), scene.orders(21_000)
    assert (bid[1].lots, bid[1].tag, ask[1].lots, ask[1].expiry) == (8, 9, 5, LAST_SECOND)
    assert scene.orders(19_000) == []


def test_pack_batch_of_too_many_items_is_rejected(lens: Lens) -> None:
    many = MAX_ITEMS + 1
    with rejected("TooManyItems", many, MAX_ITEMS):
        lens.pack_batch(3, [1] * many, [], LAST_SECOND)
    with rejected("TooManyItems", many, MAX_ITEMS):
        lens.pack_batch(3, [], [order(BID, 1, 1)] * many, LAST_SECOND)


@pytest.mark.parametrize("terms", [{"tif": 5}, {"tif": 7}, {"self_trade": 3}])
def test_pack_batch_of_terms_without_meaning_is_rejected(lens: Lens, terms: dict[str, int]) -> None:
    place = order(BID, 1, 1, **terms)
    with rejected("InvalidTerms", place.terms.pack()):
        lens.pack_batch(3, [], [order(BID, 1, 1), place], LAST_SECOND)
