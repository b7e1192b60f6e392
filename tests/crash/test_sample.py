"""A few accounts over a node: the same to the last word."""

import pytest

from tests.crash.setting import falling, long_of, short_of
from worldmarkets.crash.population import Holder, Kind
from worldmarkets.crash.sample import SampleError, run_sample
from worldmarkets.crash.venue import Desk
from worldmarkets.model.outside import PostedPriceFeed

pytestmark = pytest.mark.node

HOLDERS = (
    long_of(15),
    long_of(14, bond=2_000),
    long_of(13, line=2_000),
    long_of(12, has_plan=True),
    long_of(15, has_liquidator=True),
    long_of(14, has_order=True),
    short_of(8, has_order=True),
    Holder(Kind.HEDGED, 0, 50_000, 800_000),
    Holder(Kind.MIRROR, 0, 50_000, 500_000),
    Holder(Kind.LEVERED, 0, 100_000, 700_000),
    Holder(Kind.DOLLARS, 0, 500_000, 500_000),
)


def test_a_sample_is_the_same_on_a_node() -> None:
    found = run_sample(falling(4, 3, calm=1), "standard", HOLDERS)
    assert found.accounts == len(HOLDERS)
    assert found.slices > 0
    assert found.bankrupt > 0
    assert found.words > 300
    assert found.transactions > found.blocks > 20


def test_a_model_that_differs_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = PostedPriceFeed.post

    def post(feed: PostedPriceFeed, asset_id: int, price: int, time: int) -> None:
        honest(feed, asset_id, price + price // 10**6, time)

    monkeypatch.setattr(PostedPriceFeed, "post", post)
    with pytest.raises(SampleError, match="slot"):
        run_sample(falling(1, 1, calm=1), "standard", (long_of(5), HOLDERS[-2]))


def test_a_call_that_a_node_refuses_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = Desk.open_account

    def open_account(desk: Desk, owner: int, quote_atoms: int) -> int:
        account_id = honest(desk, owner, quote_atoms)
        if desk.script and desk.script[-1].method == "deposit":
            desk.script.append(desk.script[-1])
            monkeypatch.setattr(Desk, "open_account", honest)
        return account_id

    monkeypatch.setattr(Desk, "open_account", open_account)
    with pytest.raises(SampleError, match="refused"):
        run_sample(falling(1, 1, calm=1), "standard", (long_of(5), HOLDERS[-2]))
