"""Placing orders that trade: prices, fees, both parties, what becomes of the rest."""

import pytest

from tests.support.scene import (
    ASK,
    BID,
    FOK,
    GTC,
    IOC,
    LOT,
    MAKER,
    START_CASH,
    START_LOTS,
    STRANGER,
    UNIT,
    Scene,
    fee_up,
    notional,
)
from tests.support.soundness import refused
from tests.support.system import BTC_MARKET, DOLLAR, ETH_MARKET, Side, Tif
from worldmarkets.model.interface import OrderResult, Removal
from worldmarkets.model.records import Filled, Placed, Removed, Taken
from worldmarkets.model.words import NO_ASK, NO_BID, LedgerWord

TAKER_PPM = 350
REBATE_PPM = -100


def test_take_ask_moves_base_and_quote_with_exact_fees(scene: Scene) -> None:
    maker_order = scene.ask(scene.maker, 20_003, 7).order_id

    result = scene.bid(scene.taker, 20_003, 7)

    paid = notional(7, 20_003)
    taker_fee = fee_up(paid, TAKER_PPM)
    rebate = -fee_up(paid, REBATE_PPM)
    assert (paid, taker_fee, rebate) == (14_002_100, 4_901, 1_400)  # 4900.735 up, 1400.21 down
    assert result == OrderResult(0, 7, 0)
    assert scene.records() == [
        Filled(maker_order, 7, scene.maker, 1, is_ask=1, gone=1),
        Taken(paid, taker_fee, 7, 1, ETH_MARKET, is_ask=0),
    ]
    assert scene.ledger(scene.maker, 1) == LedgerWord(touched=1, balance=(START_LOTS - 7) * LOT)
    assert scene.cash(scene.maker) == START_CASH + paid + rebate
    assert scene.base(scene.taker) == (START_LOTS + 7) * LOT
    assert scene.cash(scene.taker) == START_CASH - paid - taker_fee
    tape = scene.tape()
    assert (tape.fees, tape.sequence, tape.last) == (taker_fee - rebate, 1, 20_003)
    assert scene.book().best_ask == NO_ASK


def test_take_bid_moves_base_and_quote_with_exact_fees(scene: Scene) -> None:
    maker_order = scene.bid(scene.maker, 19_999, 7).order_id

    result = scene.ask(scene.taker, 19_999, 7)

    got = notional(7, 19_999)
    taker_fee, rebate = fee_up(got, TAKER_PPM), -fee_up(got, REBATE_PPM)
    assert (got, taker_fee, rebate) == (13_999_300, 4_900, 1_399)  # 4899.755 up, 1399.93 down
    assert result == OrderResult(0, 7, 0)
    assert scene.records() == [
        Filled(maker_order, 7, scene.maker, 1, is_ask=0, gone=1),
        Taken(got, taker_fee, 7, 1, ETH_MARKET, is_ask=1),
    ]
    assert scene.ledger(scene.maker, 1) == LedgerWord(touched=1, balance=(START_LOTS + 7) * LOT)
    assert scene.cash(scene.maker) == START_CASH - got + rebate
    assert scene.base(scene.taker) == (START_LOTS - 7) * LOT
    assert scene.cash(scene.taker) == START_CASH + got - taker_fee
    assert scene.tape().fees == taker_fee - rebate
    assert scene.book().best_bid == NO_BID


def test_take_charges_a_maker_fee_upwards_where_makers_pay(scene: Scene) -> None:
    """The second market charges makers 50 ppm: 15 dollars 0.75 cents round up twice."""
    system = scene.system
    system.fund(scene.maker, 2, 100_000)
    system.place(scene.maker, BTC_MARKET, ASK, 60_001, 25)
    system.place(scene.taker, BTC_MARKET, BID, 60_001, 25)
    paid = 25 * 60_001 * 10
    assert fee_up(paid, 50) == 751  # 750.0125
    assert fee_up(paid, 350) == 5_251  # 5250.0875
    assert scene.cash(scene.maker) == START_CASH + paid - 751
    assert scene.cash(scene.taker) == START_CASH - paid - 5_251
    assert scene.tape(BTC_MARKET).fees == 751 + 5_251
    assert scene.base(scene.taker, 2) == 25_000


def test_take_part_leaves_the_maker_first_in_the_queue(scene: Scene) -> None:
    first = scene.ask(scene.maker, 20_000, 10).order_id
    second = scene.ask(scene.maker, 20_000, 4).order_id
    scene.bid(scene.taker, 20_000, 3)
    assert scene.records()[0] == Filled(first, 3, scene.maker, 1, is_ask=1, gone=0)
    assert [(key, lane.lots) for key, lane in scene.orders(20_000)] == [(first, 7), (second, 4)]
    assert scene.ledger(scene.maker, 1).open_asks == 11 * LOT
    assert scene.book().best_ask == 20_000


def test_take_follows_price_then_time(scene: Scene) -> None:
    worse = scene.ask(scene.maker, 20_002, 1).order_id
    first = scene.ask(scene.maker, 20_001, 1).order_id
    second = scene.ask(scene.taker, 20_001, 1).order_id
    best = scene.ask(scene.maker, 20_000, 1).order_id
    scene.bid(scene.new_account(STRANGER, START_CASH), 20_002, 4)
    met = [record.order_id for record in scene.records() if isinstance(record, Filled)]
    assert met == [best, first, second, worse]


def test_take_executes_at_the_makers_price(scene: Scene) -> None:
    scene.ask(scene.maker, 19_500, 5)
    scene.bid(scene.taker, 20_500, 5)
    paid = notional(5, 19_500)
    assert scene.cash(scene.taker) == START_CASH - paid - fee_up(paid, TAKER_PPM)


def test_take_charges_one_fee_on_the_sum_of_the_fills(scene: Scene) -> None:
    """Each fill alone would round up; the taker pays one rounding, each maker his own."""
    for _ in range(3):
        scene.ask(scene.maker, 20_001, 1)
    scene.bid(scene.taker, 20_001, 3)
    each = notional(1, 20_001)
    assert fee_up(3 * each, TAKER_PPM) == 2_101  # 2100.105
    assert 3 * fee_up(each, TAKER_PPM) == 2_103
    assert 3 * -fee_up(each, REBATE_PPM) == 600  # 3 times 200.01
    assert scene.cash(scene.taker) == START_CASH - 3 * each - 2_101
    assert scene.cash(scene.maker) == START_CASH + 3 * each + 600
    assert scene.tape().fees == 2_101 - 600


def test_take_more_than_there_is_rests_the_remainder(scene: Scene) -> None:
    scene.ask(scene.maker, 20_000, 3)
    result = scene.bid(scene.taker, 20_000, 5)
    assert (result.filled_lots, result.resting_lots) == (3, 2)
    assert isinstance(scene.records()[-1], Placed)
    assert scene.book().best_bid == 20_000
    assert scene.book().best_ask == NO_ASK
    ledger = scene.ledger(scene.taker, 1)
    assert (ledger.open_bids, ledger.balance) == (2 * LOT, (START_LOTS + 3) * LOT)


def test_take_with_immediate_order_drops_the_remainder(scene: Scene) -> None:
    scene.ask(scene.maker, 20_000, 3)
    assert scene.bid(scene.taker, 20_000, 5, IOC) == OrderResult(0, 3, 0)
    assert scene.book().best_bid == NO_BID
    assert scene.ledger(scene.taker, 1).open_bids == 0


def test_take_stops_at_the_limit(scene: Scene) -> None:
    scene.ask(scene.maker, 20_000, 3)
    scene.ask(scene.maker, 20_002, 3)
    assert scene.bid(scene.taker, 20_001, 5, IOC).filled_lots == 3
    assert scene.book().best_ask == 20_002


def test_take_at_the_limit_of_the_band_trades(scene: Scene) -> None:
    scene.ask(scene.maker, 21_000, 3)
    assert scene.bid(scene.taker, 21_000, 3).filled_lots == 3
    scene.bid(scene.maker, 19_000, 3)
    assert scene.ask(scene.taker, 19_000, 3).filled_lots == 3


def test_take_with_two_fills_leaves_the_third_and_drops_what_still_crosses(scene: Scene) -> None:
    for _ in range(3):
        scene.ask(scene.maker, 20_000, 1)
    assert scene.bid(scene.taker, 20_000, 5, GTC, fills=2) == OrderResult(0, 2, 0)
    assert scene.level(20_000).live == 1
    assert scene.book().best_ask == 20_000


def test_take_with_exactly_enough_fills_rests_the_remainder(scene: Scene) -> None:
    for _ in range(2):
        scene.ask(scene.maker, 20_000, 1)
    result = scene.bid(scene.taker, 20_000, 5, GTC, fills=2)
    assert (result.filled_lots, result.resting_lots) == (2, 3)


@pytest.mark.parametrize("tif", [GTC, IOC])
def test_take_with_no_fills_allowed_does_nothing(scene: Scene, tif: Tif) -> None:
    scene.ask(scene.maker, 20_000, 1)
    assert scene.bid(scene.taker, 20_000, 5, tif, fills=0) == OrderResult()
    assert scene.system.events() == []
    assert scene.level(20_000).live == 1


def test_fill_or_kill_exact_fills(scene: Scene) -> None:
    scene.ask(scene.maker, 20_000, 3)
    scene.ask(scene.maker, 20_001, 4)
    assert scene.bid(scene.taker, 20_001, 7, FOK) == OrderResult(0, 7, 0)


def test_fill_or_kill_one_lot_over_is_refused(scene: Scene) -> None:
    scene.ask(scene.maker, 20_000, 3)
    scene.ask(scene.maker, 20_001, 4)
    with refused(scene.system, "NotFilledWhole", 7, 8):
        scene.bid(scene.taker, 20_001, 8, FOK)


def test_fill_or_kill_one_lot_under_fills_and_leaves_one(scene: Scene) -> None:
    scene.ask(scene.maker, 20_000, 3)
    scene.ask(scene.maker, 20_001, 4)
    assert scene.bid(scene.taker, 20_001, 6, FOK).filled_lots == 6
    assert scene.level(20_001).lots == 1


def test_fill_or_kill_that_needs_more_fills_is_refused(scene: Scene) -> None:
    for _ in range(3):
        scene.ask(scene.maker, 20_000, 1)
    with refused(scene.system, "NotFilledWhole", 2, 3):
        scene.bid(scene.taker, 20_000, 3, FOK, fills=2)


def test_take_without_enough_cash_is_refused(scene: Scene) -> None:
    scene.ask(scene.maker, 20_000, 5)
    paid = notional(5, 20_000)
    needed = paid + fee_up(paid, TAKER_PPM)
    buyer = scene.new_account(STRANGER, needed - 1)
    with refused(scene.system, "InsufficientBalance", buyer, 0, -1, 0):
        scene.bid(buyer, 20_000, 5)
    scene.system.fund(buyer, 0, UNIT)
    scene.bid(buyer, 20_000, 5)
    assert (scene.cash(buyer), scene.base(buyer)) == (0, 5 * LOT)


def test_take_without_enough_base_is_refused(scene: Scene) -> None:
    scene.bid(scene.maker, 20_000, 5)
    seller = scene.new_account(STRANGER, lots=4)
    with refused(scene.system, "InsufficientBalance", seller, 1, -LOT, 0):
        scene.ask(seller, 20_000, 5)
    assert scene.ask(seller, 20_000, 4).filled_lots == 4


def test_take_of_what_own_asks_need_is_refused(scene: Scene) -> None:
    scene.bid(scene.maker, 20_000, 5)
    seller = scene.new_account(STRANGER, lots=5)
    scene.ask(seller, 20_100, 5)
    with refused(scene.system, "InsufficientBalance", seller, 1, 4 * LOT, 5 * LOT):
        scene.ask(seller, 20_000, 1)


def test_take_leaving_dust_at_the_maker_removes_it(scene: Scene) -> None:
    """The second market's minimum is 20 lots."""
    system = scene.system
    system.fund(scene.maker, 2, 10**6)
    made = system.place(scene.maker, BTC_MARKET, ASK, 60_000, 45).order_id
    system.place(scene.taker, BTC_MARKET, BID, 60_000, 26)
    assert scene.records() == [
        Filled(made, 26, scene.maker, 1, is_ask=1, gone=1),
        Removed(made, 19, scene.maker, Removal.DUST),
        Taken(26 * 600_000, fee_up(26 * 600_000, 350), 26, 1, BTC_MARKET),
    ]
    assert scene.ledger(scene.maker, 2).open_asks == 0
    assert scene.book(BTC_MARKET).best_ask == NO_ASK


def test_take_leaving_the_minimum_at_the_maker_keeps_it(scene: Scene) -> None:
    system = scene.system
    system.fund(scene.maker, 2, 10**6)
    made = system.place(scene.maker, BTC_MARKET, ASK, 60_000, 45).order_id
    system.place(scene.taker, BTC_MARKET, BID, 60_000, 25)
    assert [(key, lane.lots) for key, lane in scene.orders(60_000, BTC_MARKET)] == [(made, 20)]


@pytest.mark.parametrize(("lots", "rests"), [(44, 0), (45, 20)])
def test_taker_remainder_below_the_minimum_is_dropped(scene: Scene, lots: int, rests: int) -> None:
    system = scene.system
    system.fund(scene.maker, 2, 10**6)
    system.place(scene.maker, BTC_MARKET, ASK, 60_000, 25)
    result = system.place(scene.taker, BTC_MARKET, BID, 60_000, lots)
    assert (result.filled_lots, result.resting_lots) == (25, rests)
    assert (result.order_id != 0) == (rests != 0)


@pytest.mark.parametrize("maker_side", [BID, ASK])
def test_take_removes_makers_beyond_the_band(scene: Scene, maker_side: Side) -> None:
    """The price has moved away: the old best is removed, the one inside the band trades."""
    system = scene.system
    old_tick, new_tick, price = (
        (20_000, 24_000, 2_400) if maker_side == ASK else (20_000, 16_000, 1_600)
    )
    dead = system.place(scene.maker, ETH_MARKET, maker_side, old_tick, 5).order_id
    system.set_price(1, price * DOLLAR)
    good = system.place(scene.maker, ETH_MARKET, maker_side, new_tick, 5).order_id
    taker_side = BID if maker_side == ASK else ASK

    result = system.place(scene.taker, ETH_MARKET, taker_side, new_tick, 3)

    assert result == OrderResult(0, 3, 0)
    is_ask = int(maker_side == ASK)
    assert scene.records()[:2] == [
        Removed(dead, 5, scene.maker, Removal.OUTSIDE_BAND),
        Filled(good, 3, scene.maker, 1, is_ask=is_ask),
    ]
    assert scene.tape().last == new_tick


def test_take_that_only_removes_makers_leaves_no_trade(scene: Scene) -> None:
    system = scene.system
    dead = scene.ask(scene.maker, 20_000, 5).order_id
    system.set_price(1, 2_400 * DOLLAR)
    tape = scene.tape()
    result = scene.bid(scene.taker, 24_000, 3)
    assert (result.filled_lots, result.resting_lots) == (0, 3)
    assert scene.records() == [
        Removed(dead, 5, scene.maker, Removal.OUTSIDE_BAND),
        Placed(result.order_id, 3),
    ]
    assert scene.tape() == tape
    assert scene.book().best_bid == 24_000


def test_removed_makers_count_as_fills(scene: Scene) -> None:
    for _ in range(3):
        scene.ask(scene.maker, 20_000, 5)
    scene.system.set_price(1, 2_400 * DOLLAR)
    scene.ask(scene.maker, 24_000, 5)
    assert scene.bid(scene.taker, 24_000, 5, IOC, fills=3).filled_lots == 0
    assert scene.bid(scene.taker, 24_000, 5, IOC, fills=1).filled_lots == 5


def make_bid_unpayable(scene: Scene, lots: int, left_atoms: int) -> tuple[int, int]:
    """A bid of a new account whose cash left while the band was low; returns account and id."""
    system = scene.system
    buyer = scene.new_account(MAKER, 2 * notional(lots, 21_000))
    made = scene.bid(buyer, 20_000, lots).order_id
    # So low that the limit of the band is no tick at all: resting bids need no cash.
    system.set_price(1, DOLLAR // 10**5)
    system.withdraw(buyer, 0, (scene.cash(buyer) - left_atoms) * UNIT)
    system.set_price(1, 2_000 * DOLLAR)
    return buyer, made


@pytest.mark.parametrize("short", [0, 1])
def test_maker_who_cannot_pay_is_cut_to_the_payable_lot(scene: Scene, short: int) -> None:
    """Enough for three lots net of the rebate, or one atom short of it."""
    three = notional(3, 20_000) + fee_up(notional(3, 20_000), REBATE_PPM)
    buyer, made = make_bid_unpayable(scene, 10, three - short)

    result = scene.ask(scene.taker, 20_000, 5)

    traded = 3 - short
    assert result.filled_lots == traded
    assert scene.records()[:2] == [
        Filled(made, traded, buyer, 1, is_ask=0, gone=1),
        Removed(made, 10 - traded, buyer, Removal.UNPAYABLE),
    ]
    assert scene.ledger(buyer, 1) == LedgerWord(touched=1, balance=traded * LOT)
    spent = notional(traded, 20_000) + fee_up(notional(traded, 20_000), REBATE_PPM)
    assert scene.cash(buyer) == three - short - spent


def test_maker_who_can_pay_nothing_is_removed_and_the_next_trades(scene: Scene) -> None:
    buyer, made = make_bid_unpayable(scene, 10, 0)
    behind = scene.bid(scene.maker, 20_000, 5).order_id
    assert scene.ask(scene.taker, 20_000, 5).filled_lots == 5
    assert scene.records()[:2] == [
        Removed(made, 10, buyer, Removal.UNPAYABLE),
        Filled(behind, 5, scene.maker, 1, is_ask=0, gone=1),
    ]


def test_maker_who_can_pay_the_part_taken_is_not_cut(scene: Scene) -> None:
    three = notional(3, 20_000) + fee_up(notional(3, 20_000), REBATE_PPM)
    _, made = make_bid_unpayable(scene, 10, three)
    assert scene.ask(scene.taker, 20_000, 3).filled_lots == 3
    assert [(key, lane.lots) for key, lane in scene.orders(20_000)] == [(made, 7)]


def test_maker_fee_counts_in_what_a_maker_can_pay(scene: Scene) -> None:
    """Where makers pay, the cut leaves exactly nothing: 30 lots and their fee, 31 not."""
    system = scene.system
    buyer = scene.new_account(MAKER, 10**10)
    system.fund(scene.taker, 2, 10**6)
    made = system.place(buyer, BTC_MARKET, BID, 60_000, 100).order_id
    system.set_price(2, DOLLAR)
    payable = 30 * 600_000 + fee_up(30 * 600_000, 50)
    system.withdraw(buyer, 0, (scene.cash(buyer) - payable) * UNIT)
    system.set_price(2, 60_000 * DOLLAR)
    assert system.place(scene.taker, BTC_MARKET, ASK, 60_000, 50, IOC).filled_lots == 30
    assert scene.records()[1] == Removed(made, 70, buyer, Removal.UNPAYABLE)
    assert scene.cash(buyer) == 0


def test_seller_needs_no_quote_asset_before(scene: Scene) -> None:
    seller = scene.new_account(STRANGER, lots=1)
    scene.bid(scene.maker, 20_000, 1)
    scene.ask(seller, 20_000, 1)
    assert scene.account(seller).assets == 0b11
    assert scene.cash(seller) == notional(1, 20_000) - fee_up(notional(1, 20_000), 350)


def test_sequence_counts_fills_over_orders(scene: Scene) -> None:
    for _ in range(4):
        scene.ask(scene.maker, 20_000, 1)
    scene.bid(scene.taker, 20_000, 3)
    assert [r.sequence for r in scene.records()] == [1, 2, 3, 3]
    scene.bid(scene.taker, 20_000, 1)
    assert [r.sequence for r in scene.records()] == [4, 4]
