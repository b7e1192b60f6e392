"""Liquidation through the client: where accounts stand, flags, slices and dead orders."""

from decimal import Decimal

import pytest

from tests.client.conftest import Trader, after, dec, events, pass_time
from worldmarkets.client import Client, Order, Side, TimeInForce
from worldmarkets.client.errors import UnalignedAmountError
from worldmarkets.client.liquidation_views import Auction, Slice
from worldmarkets.client.liquidationlens_views import Level
from worldmarkets.client.records import Removed
from worldmarkets.deployment import Deployment
from worldmarkets.model import errors
from worldmarkets.model.interface import Permission, Removal
from worldmarkets.model.liquidation_events import (
    AccountThawed,
    FlagCleared,
    Flagged,
    LiquidatorSet,
    SliceTaken,
)
from worldmarkets.node import LocalNode

pytestmark = pytest.mark.node

PERP = "WETH-PERP"
ZERO = Decimal(0)
WINDOW = 10
EXPIRY = 2**32 - 1


# ---------------------------------------------------------------------- where accounts stand


def test_standing_of_a_leveraged_account(debtor: Trader) -> None:
    client, account = debtor
    found = client.standing(account)
    assert (found.account_id, found.is_flagged, found.is_live, found.is_paid) == (
        account,
        False,
        True,
        False,
    )
    assert found.equity == dec("3989.5")
    margin = client.margin(account)
    assert (found.initial, found.end, found.maintenance) == (
        margin.initial,
        margin.end,
        margin.maintenance,
    )
    assert (found.gross, found.exit_cost) == (30_000, 150)
    assert (found.locked, found.claims, found.drawn, found.auction) == (0, 0, 0, None)
    assert found.is_healthy
    assert found.to_initial == found.equity - margin.initial
    assert found.to_end == found.equity - margin.end
    assert found.to_flag == found.to_maintenance == found.equity - margin.maintenance


def test_standing_of_an_account_that_owes_nothing_is_healthy(lender: Trader) -> None:
    found = lender[0].standing(lender[1])
    assert found.is_paid
    assert found.is_healthy


def test_standing_of_nobody_is_refused(lender: Trader) -> None:
    client, account = lender
    for read in (client.standing, client.protection):
        with pytest.raises(errors.UnknownAccount) as caught:
            read(account + 1)
        assert caught.value.account_id == account + 1


def test_accounts_at_risk_are_those_below_a_level(
    deployer: Client, debtor: Trader, lender: Trader
) -> None:
    client, account = debtor

    def below(level: Level) -> list[int]:
        return [found.account_id for found in client.accounts_at_risk(level)]

    assert below(Level.INITIAL) == []
    deployer.post_prices({"WETH": dec(2_800)})
    assert (below(Level.INITIAL), below(Level.END)) == ([account], [])
    deployer.post_prices({"WETH": dec(2_750)})
    assert (below(Level.END), below(Level.MAINTENANCE)) == ([account], [])
    deployer.post_prices({"WETH": dec(2_690)})
    assert (below(Level.MAINTENANCE), below(Level.ZERO)) == ([account], [])
    deployer.post_prices({"WETH": dec(2_500)})
    assert (below(Level.ZERO), below(Level.FLAGGED)) == ([account], [])
    client.flag(account)
    assert below(Level.FLAGGED) == [account]


def test_liquidation_of_nobody_is_nothing(deployer: Client, prices: None) -> None:
    found = deployer.liquidation()
    assert (found.flagged, found.in_deficit, found.bonds, found.lines) == (0, 0, 0, 0)
    assert (found.insurance, found.backstop_account, found.backstop) == (0, 3, 0)
    assert found.shortfalls == {}


def test_liquidation_shows_what_nobody_paid(deployer: Client, debtor: Trader) -> None:
    client, account = debtor
    for price in (2_800, 2_590, 2_500):
        deployer.post_prices({"WETH": dec(price)})
    # Five thousand lost of less than four, and nothing is there to pay for it.
    assert client.standing(account).equity == dec("-1010.5")
    client.flag(account)
    found = client.liquidation()
    assert (found.flagged, found.in_deficit) == (1, 1)
    assert found.shortfalls == {PERP: dec("1010.500001")}
    assert client.perp(PERP).shortfall == dec("1010.500001")
    standing = client.standing(account)
    assert standing.is_in_deficit
    assert 0 <= standing.equity <= dec("0.000001")


# ---------------------------------------------------------------------- flags and slices


def test_flag_of_a_healthy_account_is_refused(debtor: Trader, lender: Trader) -> None:
    with pytest.raises(errors.AccountHealthy):
        lender[0].flag(debtor[1])


def test_flag_opens_an_auction(broke: Trader, lender: Trader) -> None:
    client, account = lender[0], broke[1]
    end = client.flag(account)
    assert end == client.raw.time() + WINDOW
    (flagged,) = events(client, Flagged)
    assert flagged == Flagged(account, 889_500_000, 1_288_510_000, end)
    found = client.standing(account)
    assert (found.is_flagged, found.is_live, found.equity) == (True, False, dec("889.5"))
    assert found.auction == Auction(
        price=dec("871.71"),
        fee=dec("134.5"),
        least=dec("0.1"),
        most=dec("0.517046"),
        window_end=end,
        clock_start=end,
    )
    assert found.auction.is_for_sale
    with pytest.raises(errors.AlreadyFlagged):
        client.flag(account)


def test_take_slice_moves_a_part_for_its_price(
    node: LocalNode, broke: Trader, lender: Trader
) -> None:
    (client, bidder), account = lender, broke[1]
    client.flag(account)
    pass_time(node, WINDOW + 30)
    taken = client.take_slice(account, bidder, dec("0.5"), dec("392.2695"))
    assert taken == Slice(dec("0.5"), dec("392.2695"), dec("67.25"), dec("769.7695"))
    (logged,) = events(client, SliceTaken)
    assert logged == SliceTaken(account, bidder, 500_000, 392_269_500, 67_250_000, 769_769_500)
    moved = client.position(bidder, PERP)
    assert moved is not None
    assert (moved.size, moved.profit) == (5, dec("-1555.25"))
    # Half of the cash came along.
    balance = client.account(bidder).balances["USDM"].total
    assert balance == 1_000_000 + 2_000 - dec("392.2695")
    funds = client.liquidation()
    assert (funds.insurance, funds.backstop) == (dec("33.625"), dec("33.625"))
    # It is above maintenance again, but not yet at its end.
    found = client.standing(account)
    assert found.maintenance < found.equity < found.end
    assert found.auction is not None
    assert not found.auction.is_for_sale
    with pytest.raises(errors.AccountHealthy):
        client.take_slice(account, bidder)


def test_take_slice_of_all_is_cut_to_what_ends_the_liquidation(
    node: LocalNode, broke: Trader, lender: Trader
) -> None:
    (client, bidder), account = lender, broke[1]
    client.flag(account)
    pass_time(node, WINDOW)
    taken = client.take_slice(account, bidder)
    assert (taken.fraction, taken.paid) == (dec("0.517046"), dec("450.714169"))
    found = client.standing(account)
    assert (found.is_flagged, found.is_live, found.auction) == (False, True, None)
    assert found.equity >= found.end
    cleared = FlagCleared(account, round(found.equity * 10**6), round(found.end * 10**6))
    assert events(client, FlagCleared) == [cleared]
    assert events(client, AccountThawed) == [AccountThawed(account)]


def test_take_slice_that_is_dear_small_or_early_is_refused(
    node: LocalNode, broke: Trader, lender: Trader
) -> None:
    (client, bidder), account = lender, broke[1]
    with pytest.raises(errors.NotFlagged):
        client.take_slice(account, bidder)
    end = client.flag(account)
    with pytest.raises(errors.WindowOpen) as early:
        client.take_slice(account, bidder)
    assert early.value.arguments == (account, end)
    pass_time(node, WINDOW)
    with pytest.raises(errors.SliceTooSmall) as small:
        client.take_slice(account, bidder, dec("0.099999"))
    assert small.value.arguments == (99_999, 100_000)
    with pytest.raises(errors.PaidTooMuch) as dear:
        client.take_slice(account, bidder, dec("0.1"), dec("87.170999"))
    assert dear.value.arguments == (87_171_000, 87_170_999)
    with pytest.raises(errors.PaidTooMuch):
        client.take_slice(account, bidder, dec("0.1"), dec(-1))
    for bad in ("0.1000001", "-0.5"):
        with pytest.raises(UnalignedAmountError, match="fraction"):
            client.take_slice(account, bidder, dec(bad))
    assert client.position(bidder, PERP) is None


def test_set_liquidator_lets_its_choice_bid_within_the_window(
    broke: Trader, lender: Trader
) -> None:
    (client, bidder), (owner, account) = lender, broke
    assert not client.is_liquidator(account, client.address)
    owner.set_liquidator(account, client.address)
    assert client.is_liquidator(account, client.address)
    client.flag(account)
    assert client.take_slice(account, bidder, dec("0.1")).fraction == dec("0.1")
    owner.set_liquidator(account, client.address, chosen=False)
    assert not client.is_liquidator(account, client.address)
    with pytest.raises(errors.NotAccountOwner):
        client.set_liquidator(account, client.address)
    address = int(client.address, 16)
    assert events(client, LiquidatorSet) == [
        LiquidatorSet(account, address, True),
        LiquidatorSet(account, address, False),
    ]


def test_take_slice_by_an_operator_who_may_borrow(
    node: LocalNode, deployment: Deployment, broke: Trader, lender: Trader
) -> None:
    (client, bidder), account = lender, broke[1]
    client.flag(account)
    pass_time(node, WINDOW)
    bot = Client(node.rpc, deployment, node.accounts[5].private_key)
    with pytest.raises(errors.NotAccountOwner):
        bot.take_slice(account, bidder, dec("0.1"))
    rights = Permission.PLACE | Permission.LEND
    client.set_operator(bidder, bot.address, rights, after(client, 3_600))
    assert bot.take_slice(account, bidder, dec("0.1")).fraction == dec("0.1")


def test_orders_of_a_flagged_account_are_dead(broke: Trader, lender: Trader) -> None:
    (client, other), (owner, account) = lender, broke
    placed = owner.place(account, PERP, Side.ASK, dec(2_700), dec(1), reduce_only=True)
    assert placed.order_id
    with pytest.raises(errors.NotFlagged):
        client.force_cancel(account, [placed.order_id])
    client.flag(account)
    with pytest.raises(errors.AccountFrozen):
        owner.place(account, PERP, Side.ASK, dec(2_700), dec(1), reduce_only=True)
    gone = client.place(other, PERP, Side.BID, dec(2_700), dec(1))
    assert (gone.filled, gone.resting) == (0, 1)
    *_, action = client.actions()
    (removed, _) = action.records
    assert isinstance(removed, Removed)
    assert (removed.reason, removed.account) == (Removal.FROZEN, account)
    assert client.force_cancel(account, [placed.order_id]) == (None,)
    # What trades at once and only reduces is allowed.
    ioc = TimeInForce.IMMEDIATE_OR_CANCEL
    sold = owner.place(account, PERP, Side.ASK, dec(2_700), dec(1), ioc, reduce_only=True)
    assert sold.filled == 1


def test_force_cancel_lets_orders_rest_again(
    deployer: Client, broke: Trader, lender: Trader
) -> None:
    client, (owner, account) = lender[0], broke
    placed = owner.place(account, PERP, Side.ASK, dec(2_750), dec(1), reduce_only=True)
    client.flag(account)
    deployer.post_prices({"WETH": dec(2_800)})
    # The flag goes, but not before its dead order is away may another one rest.
    assert client.review(account) == (True, False)
    (found,) = client.accounts_at_risk()
    assert (found.account_id, found.is_flagged, found.is_live) == (account, False, False)
    assert client.force_cancel(account, [placed.order_id or 0]) == (1,)
    assert client.review(account) == (False, True)
    with pytest.raises(errors.NotFlagged):
        client.review(account)
    assert list(client.accounts_at_risk()) == []
    ask = Order(PERP, Side.ASK, dec(2_850), dec(1), reduce_only=True)
    batch = owner.batch(account, places=[ask])
    assert batch.placed[0].resting == 1
