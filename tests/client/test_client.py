"""The client on a node: every call, exact to the atom, and errors that change nothing."""

from decimal import Decimal

import pytest

from tests.client.conftest import Trader, dec
from worldmarkets.client import (
    Balance,
    BatchResult,
    BookLevel,
    Client,
    Order,
    PlacedOrder,
    Reader,
    ReadOnlyClientError,
    Refusal,
    Side,
    TimeInForce,
    Trade,
    UnalignedAmountError,
    UnknownNameError,
)
from worldmarkets.deployment import Deployment, deploy, load_parameters
from worldmarkets.model import errors
from worldmarkets.node import LocalNode
from worldmarkets.rpc import number
from worldmarkets.transactions import KeySigner

pytestmark = pytest.mark.node

ZERO = Decimal(0)
NOTHING = Balance(ZERO, ZERO, ZERO)


def transactions(client: Client) -> int:
    count = client.raw.rpc.call("eth_getTransactionCount", client.address, "latest")
    return number(count)


def test_deposit_credits_and_takes_from_the_wallet(node: LocalNode, deployment: Deployment) -> None:
    client = Client(node.url, deployment, node.accounts[1].private_key)
    account = client.create_account()
    assert account == 4
    client.draw("USDM", dec("100.5"))
    assert client.token_balance("USDM") == dec("100.5")
    assert client.deposit(account, "USDM", dec("60.25")) == dec("60.25")
    assert client.token_balance("USDM") == dec("40.25")
    assert client.token_balance("USDM", deployment.exchange) == dec("60.25")
    state = client.account(account)
    assert state.owner == client.address
    assert state.balances == {
        "USDM": Balance(dec("60.25"), ZERO, ZERO),
        "WETH": NOTHING,
        "WBTC": NOTHING,
        "AAPL": NOTHING,
    }


def test_deposit_with_enough_allowance_does_not_approve_again(
    node: LocalNode, deployment: Deployment
) -> None:
    client = Client(node.rpc, deployment, node.accounts[1].private_key)
    account = client.create_account()
    client.draw("USDM", dec(100))
    client.raw.approve(0, 100 * 10**18)
    sent = transactions(client)
    client.deposit(account, "USDM", dec(30))
    assert transactions(client) == sent + 1
    client.deposit(account, "USDM", dec(70))
    assert transactions(client) == sent + 2
    assert client.account(account).balances["USDM"].total == 100


def test_withdraw_pays_out_to_whom_is_named(maker: Trader) -> None:
    client, account = maker
    receiver = "0x" + "0b" * 20
    client.withdraw(account, "WETH", dec("1.5"))
    client.withdraw(account, 1, dec("2.5"), receiver)
    assert client.token_balance("WETH") == dec("1.5")
    assert client.token_balance("WETH", receiver) == dec("2.5")
    assert client.account(account).balances["WETH"].total == 96


def test_withdraw_too_much_raises_and_changes_nothing(maker: Trader) -> None:
    client, account = maker
    before = client.account(account)
    with pytest.raises(errors.InsufficientBalance) as caught:
        client.withdraw(account, "WETH", dec("100.00000001"))
    assert caught.value.arguments == (account, 1, 10_000_000_000, 10_000_000_001)
    assert client.account(account) == before
    assert client.token_balance("WETH") == 0


def test_transfer_moves_between_own_accounts(maker: Trader) -> None:
    client, account = maker
    second = client.create_account()
    client.transfer(account, second, "USDM", dec("0.000001"))
    assert client.account(account).balances["USDM"].total == dec("999999.999999")
    assert client.account(second).balances["USDM"].total == dec("0.000001")


def test_transfer_to_somebody_else_needs_his_asset_in_use(maker: Trader, taker: Trader) -> None:
    (client, account), (other, other_account) = maker, taker
    client.transfer(account, other_account, "USDM", dec("0.5"))
    assert other.account(other_account).balances["USDM"].total == dec("1000000.5")
    empty = other.create_account()
    with pytest.raises(errors.AssetNotActivated) as caught:
        client.transfer(account, empty, "WETH", dec(1))
    assert caught.value.arguments == (empty, 1)
    other.activate_asset(empty, "WETH")
    client.transfer(account, empty, "WETH", dec(1))
    assert other.account(empty).balances["WETH"].total == 1
    assert client.account(account).balances["WETH"].total == 99


def test_place_rests_then_is_taken_in_part(maker: Trader, taker: Trader) -> None:
    client, account = maker
    placed = client.place(account, "WETH", Side.ASK, dec("3000.1"), dec("0.5"))
    assert placed.order_id is not None
    assert placed == PlacedOrder(placed.order_id, ZERO, dec("0.5"), ZERO)

    other, other_account = taker
    bid = other.place(
        other_account,
        "WETH/USDM",
        Side.BID,
        dec("3001"),
        dec("0.2"),
        TimeInForce.IMMEDIATE_OR_CANCEL,
    )
    assert bid == PlacedOrder(None, dec("0.2"), ZERO, ZERO)

    notional = dec("600.02")
    fee = dec("0.210007")
    maker_state, taker_state = client.account(account), other.account(other_account)
    assert maker_state.balances["USDM"].total == 1_000_000 + notional
    assert maker_state.balances["WETH"] == Balance(dec("99.8"), ZERO, dec("0.3"))
    assert taker_state.balances["USDM"].total == 1_000_000 - notional - fee
    assert taker_state.balances["WETH"] == Balance(dec("100.2"), ZERO, ZERO)
    (trade,) = client.trades("WETH")
    assert trade == Trade(
        market="WETH/USDM",
        sequence=1,
        side=Side.BID,
        price=dec("3000.1"),
        size=dec("0.2"),
        maker_account_id=account,
        taker_account_id=other_account,
        maker_order_id=placed.order_id,
        block=trade.block,
        transaction_hash=trade.transaction_hash,
    )
    assert client.trades("WBTC") == []
    assert client.trades(257, trade.block, trade.block) == [trade]
    assert client.trades(257, trade.block + 1) == []


@pytest.mark.parametrize(
    ("price", "size", "error"),
    [
        ("3000.05", "0.5", UnalignedAmountError),
        ("3000.1", "0.50005", UnalignedAmountError),
        ("3000.1", "0", UnalignedAmountError),
        ("3000.1", "0.0039", errors.BelowMinimumSize),
        ("2849.9", "0.5", errors.PriceOutsideBand),
        ("1658137.5", "0.5", errors.TickOutOfRange),
        ("3000.1", "50000", errors.BelowInitialMargin),
    ],
)
def test_place_wrong_order_raises_and_changes_nothing(
    maker: Trader, price: str, size: str, error: type[Exception]
) -> None:
    client, account = maker
    before, sent = client.account(account), transactions(client)
    with pytest.raises(error):
        client.place(account, "WETH", Side.ASK, dec(price), dec(size))
    assert client.account(account) == before
    assert client.book("WETH").asks == ()
    # What the client itself refuses is never sent.
    assert transactions(client) == sent + (error is not UnalignedAmountError)


def test_place_of_an_asset_without_a_pool_is_covered_or_refused(maker: Trader) -> None:
    client, account = maker
    before = client.account(account)
    with pytest.raises(errors.InsufficientBalance) as caught:
        client.place(account, "AAPL", Side.ASK, dec(600), dec(1))
    assert caught.value.arguments == (account, 3, 0, 10**8)
    assert client.account(account) == before


def test_place_float_is_refused_before_sending(maker: Trader) -> None:
    client, account = maker
    sent = transactions(client)
    with pytest.raises(TypeError):
        client.place(account, "WETH", Side.ASK, 3000.1, dec(1))  # type: ignore[arg-type]
    assert transactions(client) == sent


def test_place_fill_or_kill_that_cannot_fill_raises(maker: Trader, taker: Trader) -> None:
    client, account = maker
    client.place(account, "WETH", Side.ASK, dec(3_000), dec("0.1"))
    other, other_account = taker
    before = other.account(other_account)
    with pytest.raises(errors.NotFilledWhole) as caught:
        other.place(
            other_account, "WETH", Side.BID, dec(3_000), dec("0.2"), TimeInForce.FILL_OR_KILL
        )
    assert caught.value.arguments == (1_000, 2_000)
    assert other.account(other_account) == before
    assert client.book("WETH").asks == (BookLevel(dec(3_000), dec("0.1"), 1),)


def test_cancel_returns_what_was_left(maker: Trader) -> None:
    client, account = maker
    order_id = client.place(account, "WETH", Side.BID, dec(3_000), dec("0.7")).order_id
    assert order_id is not None
    assert client.cancel(account, order_id) == dec("0.7")
    assert client.account(account).balances["WETH"].open_bids == 0
    with pytest.raises(errors.StaleOrder) as caught:
        client.cancel(account, order_id)
    assert caught.value.order_id == order_id


def test_cancel_many_tells_stale_ids(maker: Trader) -> None:
    client, account = maker
    ids = [
        client.place(account, "WETH", Side.BID, dec(2_990 + n), dec("0.1")).order_id or 0
        for n in range(3)
    ]
    client.cancel(account, ids[1])
    assert client.cancel_many(account, ids) == (dec("0.1"), None, dec("0.1"))
    with pytest.raises(errors.DuplicateOrder):
        client.cancel_many(account, [ids[0], ids[0]])


def test_reduce_keeps_the_order(maker: Trader, taker: Trader) -> None:
    client, account = maker
    first = client.place(account, "WETH", Side.BID, dec(3_000), dec("0.7")).order_id or 0
    client.place(account, "WETH", Side.BID, dec(3_000), dec("0.7"))
    assert client.reduce(account, first, dec("0.3")) == dec("0.4")
    assert client.book("WETH").bids == (BookLevel(dec(3_000), dec("1.0"), 2),)
    other, other_account = taker
    other.place(other_account, "WETH", Side.ASK, dec(3_000), dec("0.3"))
    assert client.trades("WETH")[0].maker_order_id == first
    with pytest.raises(errors.StaleOrder):
        client.reduce(account, first, dec("0.1"))


def test_batch_replaces_and_skips(maker: Trader) -> None:
    client, account = maker
    old = client.place(account, "WETH", Side.BID, dec(2_990), dec("0.1")).order_id or 0
    result = client.batch(
        account,
        [old, old ^ 1],
        [
            Order("WETH", Side.BID, dec(2_991), dec("0.1")),
            Order("WETH", Side.BID, dec(4_000), dec("0.1")),
            Order("WETH", Side.ASK, dec(3_010), dec("0.1"), TimeInForce.POST_ONLY),
        ],
    )
    first, skipped, third = result.placed
    assert result == BatchResult((dec("0.1"), None), (first, skipped, third))
    assert skipped == PlacedOrder(None, ZERO, ZERO, dec("0.1"), Refusal.PRICE_OUTSIDE_BAND)
    book = client.book("WETH")
    assert book.bids == (BookLevel(dec(2_991), dec("0.1"), 1),)
    assert book.asks == (BookLevel(dec(3_010), dec("0.1"), 1),)
    assert client.cancel_many(account, [first.order_id or 0, third.order_id or 0]) == (
        dec("0.1"),
        dec("0.1"),
    )


def test_batch_all_or_none_and_deadline_revert_everything(maker: Trader) -> None:
    client, account = maker
    good = Order("WETH", Side.BID, dec(2_991), dec("0.1"))
    bad = Order("WETH", Side.BID, dec(4_000), dec("0.1"))
    with pytest.raises(errors.PriceOutsideBand):
        client.batch(account, [], [good, bad], all_or_none=True)
    with pytest.raises(errors.DeadlinePassed) as caught:
        client.batch(account, [], [good], deadline=1_000)
    assert caught.value.deadline == 1_000
    assert client.book("WETH").bids == ()


def test_book_finds_the_best_levels_across_bitmap_words(maker: Trader) -> None:
    """Ticks of one bitmap word, of its neighbours, and of others far away."""
    client, account = maker
    bid_ticks = [30_000, 29_999, 29_835, 29_834, 29_580, 29_000, 1_000, 300, 255, 254, 1]
    ask_ticks = [30_001, 30_090, 30_344, 31_000, 100_000, 9_000_000, 16_581_374]
    places = [Order("WETH", Side.BID, dec(tick).scaleb(-1), dec("0.01")) for tick in bid_ticks]
    places += [Order("WETH", Side.ASK, dec(tick).scaleb(-1), dec("0.01")) for tick in ask_ticks]
    placed = client.batch(account, [], places[::-1]).placed
    assert all(one.order_id for one in placed)
    client.place(account, "WETH", Side.BID, dec("2900.0"), dec("0.02"))

    book = client.book("WETH", depth=50)
    assert [level.price * 10 for level in book.bids] == bid_ticks
    assert [level.price * 10 for level in book.asks] == ask_ticks
    assert book.bids[5] == BookLevel(dec(2_900), dec("0.03"), 2)
    assert (book.highest_bid, book.lowest_ask) == (dec(3_150), dec(2_850))
    assert book.last_price is None
    for depth in range(9):
        cut = client.book("WETH", depth)
        assert cut.bids == book.bids[:depth]
        assert cut.asks == book.asks[:depth]


def test_book_without_orders_is_empty(maker: Trader) -> None:
    book = maker[0].book("AAPL")
    assert (book.market, book.bids, book.asks) == ("AAPL/USDM", (), ())


def test_book_while_blocks_are_made_is_of_one_block() -> None:
    """On a node that keeps no past state, reading starts again when a block comes between."""
    with LocalNode(kept_states=0) as node:
        signer = KeySigner(node.accounts[0].private_key)
        reader = Reader(node.url, deploy(node.rpc, load_parameters("local"), signer))
        node.mine_every(0.02)
        for _ in range(20):
            assert reader.book("WETH").highest_bid == 3_150


def test_account_unknown_raises(maker: Trader) -> None:
    with pytest.raises(errors.UnknownAccount):
        maker[0].account(99)


def test_post_prices_moves_the_band(deployer: Client) -> None:
    deployer.post_prices({"WETH": dec("2800"), "WBTC": dec("95000.5")})
    book = deployer.book("WETH")
    assert (book.highest_bid, book.lowest_ask) == (dec(2_940), dec(2_660))
    assert deployer.book("WBTC").highest_bid == 99_750


def test_reference_price_is_what_was_posted(deployer: Client) -> None:
    assert deployer.reference_price("USDM") == 1
    assert deployer.reference_price("WBTC") == 100_000
    deployer.post_prices({"WETH": dec("2800.12345678")})
    assert deployer.reference_price("WETH") == dec("2800.12345678")


def test_reference_price_before_the_first_is_none(node: LocalNode) -> None:
    signer = KeySigner(node.accounts[0].private_key)
    parameters = load_parameters("local")
    assets = [asset.model_copy(update={"starting_price": None}) for asset in parameters.assets]
    bare = deploy(node.rpc, parameters.model_copy(update={"assets": tuple(assets)}), signer)
    assert Client(node.rpc, bare).reference_price("WETH") is None


def test_post_prices_stranger_raises(maker: Trader) -> None:
    client, _ = maker
    with pytest.raises(errors.AccessManagedUnauthorized):
        client.post_prices({"WETH": dec("2000")})
    assert client.book("WETH").highest_bid == 3_150


def test_units_unknown_names_are_refused(maker: Trader) -> None:
    client, account = maker
    sent = transactions(client)
    with pytest.raises(UnknownNameError, match="no market DOGE"):
        client.place(account, "DOGE", Side.BID, dec(1), dec(1))
    with pytest.raises(UnknownNameError, match="no asset 9"):
        client.deposit(account, 9, dec(1))
    assert transactions(client) == sent


def test_client_without_key_reads_and_does_not_send(
    node: LocalNode, deployment: Deployment, maker: Trader
) -> None:
    viewer = Client(node.url, deployment)
    assert viewer.account(maker[1]).owner == maker[0].address
    with pytest.raises(ReadOnlyClientError):
        viewer.create_account()


def test_collect_fees_splits_them(maker: Trader, taker: Trader) -> None:
    client, account = maker
    client.place(account, "WETH", Side.ASK, dec("3000.1"), dec("0.5"))
    other, other_account = taker
    other.place(other_account, "WETH", Side.BID, dec("3000.1"), dec("0.2"))
    receipt = client.raw.collect_fees(257)
    # 0.210007 dollars of fees: the insurance fund's half is rounded up.
    split = client.raw.event(receipt, "FeesCollected")
    assert (split["insuranceAtoms"], split["treasuryAtoms"]) == (105_004, 105_003)
    assert client.account(1).balances["USDM"].total == dec("0.105004")
    assert client.account(2).balances["USDM"].total == dec("0.105003")
