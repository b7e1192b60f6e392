"""Orders with terms, amendments and packed batches through the client."""

import itertools
from decimal import Decimal

import pytest

from tests.client.conftest import Trader, dec, pass_time
from worldmarkets.bench.megaeth import calldata_tokens
from worldmarkets.client import (
    BatchResult,
    BookLevel,
    Client,
    ClientIds,
    OpenOrder,
    Order,
    PlacedOrder,
    Refusal,
    SelfTrade,
    Side,
    TimeInForce,
)
from worldmarkets.model import errors
from worldmarkets.node import LocalNode
from worldmarkets.rpc import number
from worldmarkets.transactions import logs
from worldmarkets.transactions.receipts import to_hex

pytestmark = pytest.mark.node

ZERO = Decimal(0)
SLIDE = TimeInForce.POST_ONLY_SLIDE


def test_place_post_only_slide_rests_before_the_other_side(maker: Trader, taker: Trader) -> None:
    (client, account), (other, other_account) = maker, taker
    client.place(account, "WETH", Side.ASK, dec("3000.0"), dec("0.5"))
    placed = other.place(other_account, "WETH", Side.BID, dec("3001.0"), dec("0.2"), SLIDE)
    assert placed.order_id is not None
    assert placed == PlacedOrder(placed.order_id, ZERO, dec("0.2"), ZERO)
    assert client.book("WETH").bids == (BookLevel(dec("2999.9"), dec("0.2"), 1),)
    with pytest.raises(errors.WouldCross) as caught:
        other.place(
            other_account, "WETH", Side.BID, dec("3001.0"), dec("0.2"), TimeInForce.POST_ONLY
        )
    assert caught.value.arguments == (30_010, 30_000)


def test_place_expired_order_is_refused_and_a_resting_one_not_met(
    node: LocalNode, maker: Trader, taker: Trader
) -> None:
    (client, account), (other, other_account) = maker, taker
    now = client.raw.time()
    with pytest.raises(errors.OrderExpired) as caught:
        client.place(account, "WETH", Side.ASK, dec(3_000), dec("0.5"), expiry=now - 1)
    assert caught.value.expiry == now - 1
    client.place(account, "WETH", Side.ASK, dec(3_000), dec("0.5"), expiry=now + 60)
    pass_time(node, 62)
    bid = other.place(
        other_account, "WETH", Side.BID, dec(3_000), dec("0.5"), TimeInForce.IMMEDIATE_OR_CANCEL
    )
    assert bid == PlacedOrder(None, ZERO, ZERO, dec("0.5"))
    assert client.book("WETH").asks == ()
    assert client.open_orders(account) == []


def test_place_reduce_only_sells_what_there_is(maker: Trader) -> None:
    client, account = maker
    placed = client.place(account, "WETH", Side.ASK, dec(3_000), dec(250), reduce_only=True)
    assert (placed.resting, placed.dropped) == (100, 150)
    with pytest.raises(errors.NothingToReduce) as caught:
        client.place(account, "WBTC", Side.ASK, dec(100_000), dec(1), reduce_only=True)
    assert caught.value.arguments == (account, 258, 0)


@pytest.mark.parametrize(
    ("mode", "result", "left"),
    [
        (SelfTrade.CANCEL_MAKER, ("0", "0.2", "0"), "0"),
        (SelfTrade.CANCEL_TAKER, ("0", "0", "0.2"), "0.5"),
        (SelfTrade.DECREMENT_BOTH, ("0", "0", "0.2"), "0.3"),
    ],
)
def test_place_against_an_own_order_obeys_the_mode(
    maker: Trader, mode: SelfTrade, result: tuple[str, str, str], left: str
) -> None:
    client, account = maker
    client.place(account, "WETH", Side.ASK, dec(3_000), dec("0.5"))
    before = client.account(account).balances["USDM"]
    placed = client.place(
        account, "WETH", Side.BID, dec(3_000), dec("0.2"), self_trade=mode, client_id=7
    )
    assert (placed.filled, placed.resting, placed.dropped) == tuple(map(dec, result))
    assert client.account(account).balances["WETH"].open_asks == dec(left)
    assert client.account(account).balances["USDM"] == before
    assert client.trades("WETH") == []


def test_open_orders_tells_terms_and_what_is_left(maker: Trader, taker: Trader) -> None:
    (client, account), (other, other_account) = maker, taker
    expiry = client.raw.time() + 1_000
    first = client.place(
        account, "WETH", Side.ASK, dec(3_000), dec("0.5"), expiry=expiry, client_id=2**64 - 1
    ).order_id
    second = client.place(
        account, "WETH", Side.ASK, dec("3000.1"), dec("0.5"), reduce_only=True
    ).order_id
    third = client.place(account, "WBTC", Side.BID, dec(99_000), dec("0.1")).order_id
    other.place(other_account, "WETH", Side.BID, dec(3_000), dec("0.2"))
    assert first is not None
    assert second is not None
    assert third is not None
    weth = "WETH/USDM"
    expected = [
        OpenOrder(first, weth, Side.ASK, dec(3_000), dec("0.3"), expiry, False, False, 2**64 - 1),
        OpenOrder(second, weth, Side.ASK, dec("3000.1"), dec("0.5"), 0, True, False, 0),
    ]
    assert client.open_orders(account, "WETH") == expected
    assert [order.order_id for order in client.open_orders(account)] == [first, second, third]
    assert other.open_orders(other_account) == []


def test_open_orders_searches_long_logs_in_parts(
    maker: Trader, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, account = maker
    for tick in range(4):
        client.place(account, "WETH", Side.BID, dec(2_990 + tick), dec("0.1"))
    whole = client.open_orders(account)
    assert len(whole) == 4
    for blocks in (1, 2, 7):
        monkeypatch.setattr(logs, "LOG_BLOCKS", blocks)
        assert client.open_orders(account) == whole


def test_amend_smaller_keeps_the_order_in_its_place(maker: Trader) -> None:
    client, account = maker
    order_id = client.place(account, "WETH", Side.BID, dec(3_000), dec("0.7")).order_id or 0
    smaller = Order("WETH", Side.BID, dec(3_000), dec("0.3"))
    kept = PlacedOrder(order_id, ZERO, dec("0.3"), ZERO)
    assert client.amend(account, order_id, smaller) == kept
    assert client.amend(account, order_id, smaller) == kept
    assert client.book("WETH").bids == (BookLevel(dec(3_000), dec("0.3"), 1),)


def test_amend_otherwise_replaces_the_order_or_leaves_it(maker: Trader, taker: Trader) -> None:
    (client, account), (other, other_account) = maker, taker
    other.place(other_account, "WETH", Side.ASK, dec("3000.5"), dec("0.1"))
    order_id = client.place(account, "WETH", Side.BID, dec(3_000), dec("0.7")).order_id or 0
    changed = Order("WETH", Side.BID, dec("3000.5"), dec("0.3"), client_id=9)
    placed = client.amend(account, order_id, changed)
    assert placed.order_id not in (order_id, None)
    assert (placed.filled, placed.resting) == (dec("0.1"), dec("0.2"))
    with pytest.raises(errors.StaleOrder):
        client.amend(account, order_id, changed)
    now = placed.order_id or 0
    with pytest.raises(errors.PriceOutsideBand):
        client.amend(account, now, Order("WETH", Side.BID, dec(4_000), dec("0.3")))
    assert [order.order_id for order in client.open_orders(account)] == [now]


@pytest.mark.parametrize("packed", [False, True])
def test_batch_in_both_forms_does_the_same(maker: Trader, packed: bool) -> None:
    client, account = maker
    old = client.place(account, "WETH", Side.BID, dec(2_990), dec("0.1")).order_id or 0
    expiry = client.raw.time() + 100
    result = client.batch(
        account,
        [old, old ^ 1],
        [
            Order("WETH", Side.BID, dec(2_991), dec("0.1"), SLIDE, expiry=expiry, client_id=5),
            Order("WETH", Side.BID, dec(4_000), dec("0.1")),
            Order("WETH", Side.ASK, dec(3_010), dec("0.1"), reduce_only=True),
        ],
        packed=packed,
    )
    first, skipped, third = result.placed
    assert result == BatchResult((dec("0.1"), None), (first, skipped, third))
    assert skipped == PlacedOrder(None, ZERO, ZERO, dec("0.1"), Refusal.PRICE_OUTSIDE_BAND)
    assert [(one.order_id, one.expiry, one.client_id) for one in client.open_orders(account)] == [
        (first.order_id, expiry, 5),
        (third.order_id, 0, 0),
    ]


def test_batch_packed_needs_less_gas_where_calldata_is_dear(maker: Trader) -> None:
    """On MegaETH, where a token of calldata costs 40 more; elsewhere the module's code does."""
    client, account = maker
    raw = client.raw
    places = [
        client._request(Order("WETH", Side.BID, dec(2_990 + n), dec("0.1"), client_id=n))
        for n in range(5)
    ]
    estimates = []
    for request in (
        raw.calls.batch(account, [], places),
        raw.calls.batch_packed(account, [], places),
    ):
        fields = {"from": client.address, "to": request.to, "data": to_hex(request.data)}
        gas = number(raw.rpc.call("eth_estimateGas", fields))
        estimates.append(gas + 40 * calldata_tokens(request.data))
    plain, packed = estimates
    assert plain - packed > 20_000


def test_batch_packed_deadline_and_all_or_none_revert_everything(maker: Trader) -> None:
    client, account = maker
    good = Order("WETH", Side.BID, dec(2_991), dec("0.1"))
    bad = Order("WETH", Side.BID, dec(4_000), dec("0.1"))
    with pytest.raises(errors.PriceOutsideBand):
        client.batch(account, [], [good, bad], all_or_none=True, packed=True)
    with pytest.raises(errors.DeadlinePassed) as caught:
        client.batch(account, [], [good], deadline=1_000, packed=True)
    assert caught.value.deadline == 1_000
    assert client.book("WETH").bids == ()


def test_client_ids_are_never_the_same() -> None:
    ids = ClientIds(1_700_000_000)
    drawn = [ids.next() for _ in range(4_096)]
    assert len({one & 0xFFF for one in drawn}) == 4_096
    assert drawn[0] == 1_700_000_000 << 32 | 1
    assert all(map(ids.is_own, drawn))
    assert not ids.is_own(ClientIds(1_700_000_001).next())
    assert not ids.is_own(0)


def test_client_ids_when_all_are_used_raises() -> None:
    ids = ClientIds(1)
    ids._counter = itertools.count(2**32 - 1)
    assert ids.next() == 2**33 - 1
    with pytest.raises(OverflowError):
        ids.next()


@pytest.mark.parametrize("session", [0, 2**32, -1])
def test_client_ids_session_out_of_bounds_is_refused(session: int) -> None:
    with pytest.raises(ValueError, match=str(session)):
        ClientIds(session)


def test_place_numbers_wider_than_their_field_are_refused_before_sending(maker: Trader) -> None:
    client, account = maker
    sent = sent_by(client)
    for options in ({"client_id": 2**64}, {"expiry": 2**32}, {"client_id": -1}):
        with pytest.raises(Exception, match="cannot hold"):
            client.place(account, "WETH", Side.BID, dec(2_990), dec("0.1"), **options)
    assert sent_by(client) == sent


def sent_by(client: Client) -> str:
    return str(client.raw.rpc.call("eth_getTransactionCount", client.address, "latest"))
