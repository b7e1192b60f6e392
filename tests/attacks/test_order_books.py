"""OB-1, OB-2, OB-4, OB-5, OB-6 and OB-7: ways in which books of this kind were broken."""

from itertools import permutations

import pytest

from tests.support.doubles import list_double
from tests.support.scene import (
    ASK,
    BID,
    FOK,
    GTC,
    IOC,
    LOT,
    POST_ONLY,
    START_CASH,
    START_LOTS,
    STRANGER,
    UNIT,
    Scene,
    fee_up,
    notional,
    order,
)
from tests.support.soundness import Books, exchange_storage, refused
from tests.support.system import ADMIN, BTC_MARKET, DOLLAR, ETH_MARKET, Side, SpotTerms
from worldmarkets.model import slots
from worldmarkets.model.interface import Removal
from worldmarkets.model.records import Filled, Removed
from worldmarkets.model.words import NO_ASK, OWN_LANES, POOL_LANES, LedgerWord, LevelWord, PoolWord


def drain(scene: Scene, tick: int) -> list[int]:
    """Take all asks up to a tick, and return the ids met."""
    taken: list[int] = []
    while scene.book().best_ask <= tick:
        scene.bid(scene.taker, tick, START_LOTS // 10, IOC)
        taken += [r.order_id for r in scene.records() if isinstance(r, Filled)]
    return taken


@pytest.mark.parametrize("cancelled", [*permutations(range(3), 2), (0,), (1,), (2,)])
def test_ob_1_cancel_head_middle_or_tail_then_drain(
    scene: Scene, cancelled: tuple[int, ...]
) -> None:
    made = [scene.ask(scene.maker, 20_000, 1).order_id for _ in range(3)]
    beyond = scene.ask(scene.maker, 20_001, 1).order_id
    for index in cancelled:
        scene.system.cancel(scene.maker, made[index])
        Books(scene.system).check()
    left = [order_id for index, order_id in enumerate(made) if index not in cancelled]
    assert drain(scene, 20_001) == [*left, beyond]
    assert scene.book().best_ask == NO_ASK


@pytest.mark.parametrize("orders", [4, 5, 10, 11, 16, 17, 40])
@pytest.mark.parametrize("keep", ["none", "first", "last", "middle", "every eighth", "odd"])
def test_ob_1_cancels_over_several_chunks_then_drain(scene: Scene, orders: int, keep: str) -> None:
    made = [scene.ask(scene.maker, 20_000, 1).order_id for _ in range(orders)]
    beyond = scene.ask(scene.maker, 20_001, 1).order_id
    kept = {
        "none": set(),
        "first": {0},
        "last": {orders - 1},
        "middle": {orders // 2},
        "every eighth": set(range(3, orders, 8)),
        "odd": set(range(1, orders, 2)),
    }[keep]
    gone = [order_id for index, order_id in enumerate(made) if index not in kept]
    # From the middle outwards, so that chunks of every kind empty in turn.
    gone.sort(key=lambda order_id: abs(made.index(order_id) - orders // 2))
    for order_id in gone:
        scene.system.cancel(scene.maker, order_id)
        Books(scene.system).check()
    late = scene.ask(scene.maker, 20_000, 1).order_id
    left = [made[index] for index in sorted(kept)]
    assert drain(scene, 20_001) == [*left, late, beyond]
    assert scene.book().best_ask == NO_ASK
    assert scene.word(LevelWord, slots.level(ETH_MARKET, 20_000)).live == 0


def test_ob_1_drained_chunks_are_all_free_again(scene: Scene) -> None:
    for _ in range(3):
        for _ in range(40):
            scene.ask(scene.maker, 20_000, 1)
        drain(scene, 20_000)
    made = scene.word(PoolWord, slots.pool(ETH_MARKET)).made
    assert made == -(-(40 - OWN_LANES) // POOL_LANES)


@pytest.mark.parametrize("maker_side", [BID, ASK])
@pytest.mark.parametrize("lots", range(21, 60, 3))
def test_ob_2_no_partial_fill_leaves_dust(scene: Scene, maker_side: Side, lots: int) -> None:
    """A maker of 40 lots, takers of 21 to 59, a minimum of 20: dust is gone on both sides."""
    system = scene.system
    system.fund(scene.maker, 2, 10**7)
    system.fund(scene.taker, 2, 10**7)
    made = system.place(scene.maker, BTC_MARKET, maker_side, 60_000, 40)
    taker_side = BID if maker_side == ASK else ASK
    result = system.place(scene.taker, BTC_MARKET, taker_side, 60_000, lots)
    assert result.filled_lots == min(lots, 40)
    left_maker = 40 - result.filled_lots
    left_taker = lots - result.filled_lots
    assert result.resting_lots == (left_taker if left_taker >= 20 else 0)
    resting = Books(system).orders(BTC_MARKET, 60_000)
    expected = [made.order_id] if left_maker >= 20 else []
    assert [key for key, _ in resting] == expected + [result.order_id] * (left_taker >= 20)
    dust = [r for r in scene.records() if isinstance(r, Removed)]
    assert [r.reason for r in dust] == [Removal.DUST] * (0 < left_maker < 20)
    # The next taker is not in anybody's way.
    system.place(scene.maker, BTC_MARKET, maker_side, 60_000 + (1 if maker_side else -1), 20)
    again = system.place(
        scene.taker, BTC_MARKET, taker_side, 60_000 + (1 if maker_side else -1), 20
    )
    assert again.filled_lots == 20


@pytest.mark.parametrize(("lots", "filled"), [(9, True), (10, True), (11, False)])
@pytest.mark.parametrize("orders", [1, 2, 10])
def test_ob_4_fill_or_kill_at_one_lot_short_exact_and_over(
    scene: Scene, orders: int, lots: int, filled: bool
) -> None:
    for index in range(orders):
        scene.ask(scene.maker, 20_000 + index % 3, 10 // orders)
    if not filled:
        with refused(scene.system, "NotFilledWhole", 10, lots):
            scene.bid(scene.taker, 20_002, lots, FOK)
        return
    assert scene.bid(scene.taker, 20_002, lots, FOK).filled_lots == lots
    assert scene.base(scene.taker) == (START_LOTS + lots) * LOT


def test_ob_4_fill_or_kill_against_an_unpayable_or_dead_maker_is_refused(scene: Scene) -> None:
    """What only looks like depth does not count, and is put back when the order is undone."""
    scene.ask(scene.maker, 20_000, 5)
    scene.system.set_price(1, 2_200 * DOLLAR)
    scene.ask(scene.maker, 22_000, 5)
    with refused(scene.system, "NotFilledWhole", 5, 6):
        scene.bid(scene.taker, 22_000, 6, FOK)
    assert scene.book().best_ask == 20_000


def test_ob_5_maker_whose_token_is_blocked_stands_in_nobodys_way(scene: Scene) -> None:
    """Fills move ledger words, never tokens; the barred maker's claim stays for later."""
    system = scene.system
    asset = list_double(system, "BlacklistToken", 8, 8, price=100_000 * DOLLAR)
    market = system.list_spot_market(asset, SpotTerms(10, 1_000, 1, 350, 0, 500))
    tick = 100_000
    barred = system.create_account(STRANGER)
    system.fund(barred, asset, 10_000)
    system.fund(barred, 0, 10**9 * UNIT)
    system.place(barred, market, ASK, tick, 5)
    system.place(barred, market, BID, tick - 1, 5)
    bar = (system.tokens[asset], "BlacklistToken", ADMIN, "setBarred", STRANGER)
    system.execute_on(*bar, True)

    assert system.place(scene.taker, market, BID, tick, 5, FOK).filled_lots == 5
    assert system.place(scene.taker, market, ASK, tick - 1, 5, FOK).filled_lots == 5

    assert scene.base(barred, asset) == 10_000
    with refused(system, "unknown"):
        system.withdraw(barred, asset, 10_000)
    assert scene.base(barred, asset) == 10_000
    system.execute_on(*bar, False)
    system.withdraw(barred, asset, 10_000)
    assert system.token_balance(asset, STRANGER) == 10_000


def test_ob_5_barred_taker_and_receiver_hurt_only_themselves(scene: Scene) -> None:
    system = scene.system
    asset = list_double(system, "BlacklistToken", 8, 8)
    system.fund(scene.maker, asset, 100)
    bar = (system.tokens[asset], "BlacklistToken", ADMIN, "setBarred", STRANGER, True)
    system.execute_on(*bar)
    with refused(system, "unknown"):
        system.withdraw(scene.maker, asset, 100, STRANGER)
    system.withdraw(scene.maker, asset, 100)


@pytest.mark.parametrize("maker_side", [BID, ASK])
@pytest.mark.parametrize("market", [ETH_MARKET, BTC_MARKET])
def test_ob_6_fees_in_are_fees_out_over_many_tiny_fills(
    scene: Scene, market: int, maker_side: Side
) -> None:
    """Sixty-four fills of the smallest order, each with rebates or charges that round."""
    system = scene.system
    lots, tick = (1, 20_003) if market == ETH_MARKET else (20, 60_001)
    system.fund(scene.maker, 2, 10**9)
    system.fund(scene.taker, 2, 10**9)
    for _ in range(64):
        system.place(scene.maker, market, maker_side, tick, lots)
    cash = scene.cash(scene.maker) + scene.cash(scene.taker)
    taker_side = BID if maker_side == ASK else ASK

    assert system.place(scene.taker, market, taker_side, tick, 64 * lots).filled_lots == 64 * lots

    book, tape = scene.book(market), scene.tape(market)
    each = lots * tick * book.tick_value
    expected = fee_up(64 * each, tape.taker_ppm) + 64 * fee_up(each, book.maker_ppm)
    assert tape.fees == expected > 0
    assert scene.cash(scene.maker) + scene.cash(scene.taker) == cash - expected
    system.collect_fees(market)
    assert scene.cash(1) + scene.cash(2) == expected


@pytest.mark.parametrize("lots", [1, 3, 7])
def test_ob_6_largest_rebate_never_exceeds_what_takers_pay(scene: Scene, lots: int) -> None:
    """Maker fee minus the taker fee: the exchange earns roundings only, and never pays."""
    system = scene.system
    asset = list_double(system, "BlacklistToken", 8, 8, price=DOLLAR)
    market = system.list_spot_market(asset, SpotTerms(1, 1_000, 1, 32_767, -32_767, 4_000))
    system.fund(scene.maker, asset, 10**7)
    for _ in range(20):
        system.place(scene.maker, market, ASK, 11, lots)
    system.place(scene.taker, market, BID, 11, 20 * lots)
    # 32,767 ppm of 11 atoms a lot: each rebate rounds down, the one charge rounds up.
    rebates = 20 * (11 * lots * 32_767 // 10**6)
    charge = -(-20 * 11 * lots * 32_767 // 10**6)
    assert scene.tape(market).fees == charge - rebates >= 0


@pytest.mark.parametrize("side", [BID, ASK])
@pytest.mark.parametrize("tif", [GTC, POST_ONLY])
@pytest.mark.parametrize("lots", [1, 2, 3, 999])
def test_ob_7_place_and_cancel_is_the_identity_on_balances(
    scene: Scene, side: Side, tif: int, lots: int
) -> None:
    before = [scene.ledger(scene.maker, asset) for asset in range(3)]
    made = scene.system.place(scene.maker, ETH_MARKET, side, 20_003, lots, tif)
    scene.system.cancel(scene.maker, made.order_id)
    assert [scene.ledger(scene.maker, asset) for asset in range(3)] == before


def test_ob_7_place_reduce_and_cancel_is_the_identity_on_balances(scene: Scene) -> None:
    before = scene.ledger(scene.maker, 1)
    made = scene.bid(scene.maker, 20_003, 100).order_id
    for lots in (99, 50, 7, 1):
        scene.system.reduce(scene.maker, made, lots)
    scene.system.cancel(scene.maker, made)
    assert scene.ledger(scene.maker, 1) == before
    assert scene.cash(scene.maker) == START_CASH


def test_ob_7_repeating_place_and_cancel_writes_no_new_word(scene: Scene) -> None:
    made = scene.ask(scene.maker, 20_003, 1).order_id
    scene.system.cancel(scene.maker, made)
    words = exchange_storage(scene.system).keys()
    for _ in range(20):
        made = scene.ask(scene.maker, 20_003, 1).order_id
        scene.system.cancel(scene.maker, made)
    assert exchange_storage(scene.system).keys() == words


def test_ghost_of_a_batch_that_undoes_a_fill_or_kill_stays_best(scene: Scene) -> None:
    """The undone order had emptied the best level; the level, its bit and the best are back."""
    made = scene.ask(scene.maker, 20_000, 5).order_id
    scene.system.batch(scene.taker, (), [order(BID, 20_000, 6, FOK), order(BID, 19_000, 1)])
    assert scene.book().best_ask == 20_000
    assert [key for key, _ in scene.orders(20_000)] == [made]
    assert scene.ledger(scene.maker, 1) == LedgerWord(
        open_asks=5 * LOT, touched=1, balance=START_LOTS * LOT
    )


def test_price_swing_does_not_let_a_maker_spend_cash_twice(scene: Scene) -> None:
    """Bids placed at a high band, cash taken out at a low one, and the band back: the fills
    stop where the cash does, and no account ends in debt."""
    system = scene.system
    buyer = scene.new_account(STRANGER, 20 * 21_000 * 100)
    for _ in range(4):
        scene.bid(buyer, 20_000, 5)
    system.set_price(1, DOLLAR)
    left = 20 * 10 * 100
    system.withdraw(buyer, 0, (scene.cash(buyer) - left) * UNIT)
    system.deposit(buyer, 0, (notional(7, 20_000)) * UNIT)
    system.set_price(1, 2_000 * DOLLAR)
    assert scene.ask(scene.taker, 20_000, 20, IOC).filled_lots == 7
    assert scene.cash(buyer) >= 0
    assert scene.ledger(buyer, 1).open_bids == 0
