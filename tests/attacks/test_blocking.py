"""Ways to keep others from trading: guardians, dead orders, crowded books, borrowed hashes."""

import pytest

from tests.support.abi import Reverted
from tests.support.backend import START_TIME, user_address
from tests.support.scene import (
    ASK,
    BID,
    ETH_UNIT,
    FOK,
    IOC,
    LOT,
    MAKER,
    OPERATOR,
    POST_ONLY,
    SLIDE,
    START_CASH,
    STRANGER,
    TAKER,
    UNIT,
    Scene,
    order,
)
from tests.support.soundness import refused
from tests.support.system import (
    BTC_MARKET,
    DOLLAR,
    ETH_MARKET,
    LAST_SECOND,
    AssetPlan,
)
from worldmarkets.model.interface import Permission, Removal, SelfTrade
from worldmarkets.model.records import Filled, Removed
from worldmarkets.model.words import OrderId

HOUR = 3_600


def try_pause(scene: Scene, hours: int) -> bool:
    """Whether the guardian could pause the first market."""
    try:
        scene.system.pause_markets(ETH_MARKET, hours_long=hours)
    except Reverted as error:
        if error.name != "PausedTooSoon":
            raise
        return False
    return True


# ------------------------------------------------------------------ guardians


@pytest.mark.parametrize("resumes", [False, True])
def test_guardian_who_pauses_whenever_he_can_leaves_the_market_open_most_of_the_time(
    scene: Scene, resumes: bool
) -> None:
    """Eight weeks, tried every hour, also with pauses ended and begun again: never more than 73
    of 241 hours are paused."""
    paused = 0
    hours = 8 * 168
    for hour in range(hours):
        scene.system.backend.set_time(START_TIME + hour * HOUR)
        try_pause(scene, 72)
        paused += scene.system.backend.time < scene.book().paused_until
        if resumes and hour % 5 == 4:
            scene.system.resume_markets(ETH_MARKET)
    assert 0 < paused <= -(-hours // 241) * 73
    assert paused * 100 < hours * 35


def test_guardian_cannot_pause_what_takes_risk_away(scene: Scene) -> None:
    """Whoever holds a position gets out of it, and his money out of the exchange."""
    system = scene.system
    made = scene.ask(scene.maker, 20_000, 5).order_id
    bid = scene.bid(scene.taker, 19_900, 5).order_id
    system.pause_markets(ETH_MARKET, BTC_MARKET, hours_long=72)
    system.cancel(scene.maker, made)
    sold = scene.ask(scene.maker, 19_900, 5, IOC, reduce_only=True)
    assert sold.filled_lots == 5
    assert scene.records()[0] == Filled(bid, 5, scene.taker, 1, gone=1)
    system.withdraw(scene.maker, 1, scene.base(scene.maker) * ETH_UNIT)
    system.withdraw(scene.maker, 0, START_CASH * UNIT)


def test_guardian_of_a_market_never_listed_pauses_none_that_comes_later(scene: Scene) -> None:
    asset = scene.system.add_asset(AssetPlan("NEW", 8, 1, DOLLAR))
    with refused(scene.system, "UnknownMarket", 256 | asset):
        scene.system.pause_markets(256 | asset)


# ------------------------------------------------------------------ dead heads


def flood_with_dead_heads(scene: Scene, count: int, tick: int) -> None:
    """Orders of a stranger that expire at once, better than any other."""
    flooder = scene.new_account(STRANGER, 0, count)
    now = scene.system.backend.time
    scene.system.batch(flooder, (), [order(ASK, tick, 1, expiry=now)] * count)
    scene.system.backend.set_time(now + 1)


@pytest.mark.parametrize("count", [5, 64])
def test_post_only_quoter_gets_past_dead_heads_by_taking_nothing(scene: Scene, count: int) -> None:
    """One immediate order that cannot fill clears 64 heads at once, in the same batch."""
    flood_with_dead_heads(scene, count, 19_990)
    with refused(scene.system, "WouldCross", 20_000, 19_990):
        scene.bid(scene.maker, 20_000, 3, POST_ONLY)
    places = [order(BID, 19_990, 1, IOC), order(BID, 20_000, 3, POST_ONLY)]
    _, results = scene.system.batch(scene.maker, (), places)
    assert (results[0].filled_lots, results[1].resting_lots) == (0, 3)


def test_post_only_quoter_who_repeats_gets_past_dead_heads(scene: Scene) -> None:
    """A batch keeps what each refused quote has cleared: four heads a try."""
    flood_with_dead_heads(scene, 17, 19_990)
    quote = order(BID, 20_000, 3, POST_ONLY)
    _, results = scene.system.batch(scene.maker, (), [quote] * 5)
    assert [result.resting_lots for result in results] == [0, 0, 0, 0, 3]


def test_dead_heads_move_a_sliding_quote_by_what_its_owner_allowed(scene: Scene) -> None:
    """Five dead asks far below pull a sliding bid down beside them: worse for nobody but the
    flooder, who gets no fill there that the quoter did not ask for."""
    flood_with_dead_heads(scene, 5, 19_500)
    slid = scene.bid(scene.maker, 20_000, 3, SLIDE).order_id
    assert OrderId.unpack(slid).tick == 19_499
    assert scene.ask(scene.taker, 19_499, 3, IOC).filled_lots == 3


def test_dead_heads_cost_the_flooder_his_lots_until_they_expire(scene: Scene) -> None:
    """Orders better than the market trade with whoever comes in their last second."""
    flooder = scene.new_account(STRANGER, 0, 5)
    now = scene.system.backend.time
    scene.system.batch(flooder, (), [order(ASK, 19_500, 1, expiry=now)] * 5)
    assert scene.bid(scene.taker, 19_500, 5, IOC).filled_lots == 5


# ------------------------------------------------------------------ hashes and slots


def test_borrowed_owner_hash_neither_hides_nor_removes_orders(scene: Scene) -> None:
    """Sixteen owners with the taker's low byte: their orders trade, in every mode, and his own
    between them are prevented."""
    low = int(TAKER, 16) & 0xFF
    for index in range(1, 17):
        namesake = scene.new_account(user_address(index << 8 | low), 0, 1)
        scene.ask(namesake, 20_000, 1)
        if index % 4 == 0:
            scene.ask(scene.taker, 20_000, 1)
    result = scene.bid(scene.taker, 20_000, 16, IOC)
    assert result.filled_lots == 16
    removals = [record.reason for record in scene.records() if isinstance(record, Removed)]
    # The last own order stands behind the sixteenth fill.
    assert removals == [Removal.SELF_TRADE] * 3
    assert scene.ledger(scene.taker, 1).open_asks == LOT


@pytest.mark.parametrize("mode", SelfTrade)
def test_nobody_prevents_trades_of_others_by_his_orders(scene: Scene, mode: SelfTrade) -> None:
    """Self-trade prevention never reaches an order of somebody else."""
    theirs = scene.ask(scene.maker, 20_000, 5).order_id
    scene.bid(scene.taker, 20_000, 2, self_trade=mode)
    assert scene.records()[0] == Filled(theirs, 2, scene.maker, 1, is_ask=1)


def test_operator_who_activates_all_slots_is_undone_by_the_owner(scene: Scene) -> None:
    """A key that may place can fill the asset slots; empty ones are the owner's to free."""
    system = scene.system
    for index in range(14):
        system.add_asset(AssetPlan(f"T{index}", 8, 1, 10**18))
    system.set_operator(scene.maker, OPERATOR, Permission.PLACE, LAST_SECOND, 0)
    for asset in range(2, 16):
        system.activate_asset(scene.maker, asset, sender=OPERATOR)
    system.mint(MAKER, 16, 5)
    with refused(system, "TooManyAssets", scene.maker, 17, 16):
        system.deposit(scene.maker, 16, 5)
    system.revoke_operator(scene.maker, OPERATOR)
    system.deactivate_asset(scene.maker, 15)
    system.deposit(scene.maker, 16, 5)
    assert scene.base(scene.maker, 16) == 5


def test_expired_orders_of_a_crowd_leave_a_level_usable(scene: Scene) -> None:
    """Two hundred dead orders of one tick: met 64 at a time, and the level is as new."""
    flood_with_dead_heads(scene, 200, 20_000)
    for _ in range(4):
        scene.bid(scene.taker, 20_000, 1, IOC)
    assert scene.level(20_000).live == 0
    scene.ask(scene.maker, 20_000, 3)
    assert scene.bid(scene.taker, 20_000, 3, IOC).filled_lots == 3


def test_quotes_at_the_ends_of_the_ticks_brick_no_market(scene: Scene) -> None:
    """A bid at the first tick and an ask at the last stay and go like any other."""
    low = scene.bid(scene.maker, 1, 1).order_id
    high = scene.ask(scene.maker, 255**3 - 1, 1).order_id
    assert scene.bid(scene.taker, 21_000, 1).resting_lots == 1
    assert scene.ask(scene.taker, 21_001, 1, SLIDE).resting_lots == 1
    assert scene.system.cancel_many(scene.maker, [low, high]) == [1, 1]


def test_reduce_only_and_expiry_of_others_give_a_taker_no_free_look(scene: Scene) -> None:
    """An order refused or undone leaves the book as it was: nothing can be probed for free."""
    scene.ask(scene.maker, 20_000, 5)
    now = scene.system.backend.time
    for wanted, name in (
        (order(BID, 20_000, 6, FOK), "NotFilledWhole"),
        (order(BID, 20_000, 1, expiry=now - 1), "OrderExpired"),
        (order(BID, 20_000, 1, reduce_only=True), "NothingToReduce"),
    ):
        with pytest.raises(Reverted) as caught:
            scene.system.place_order(scene.taker, wanted)
        assert caught.value.name == name
    assert scene.level(20_000).lots == 5


def test_money_of_a_paused_and_limited_exchange_still_leaves_for_whoever_brought_it(
    scene: Scene,
) -> None:
    """Every brake pulled at once: old deposits go home all the same."""
    system = scene.system
    system.backend.set_time((START_TIME // 86_400 + 5) * 86_400)
    system.pause_markets(ETH_MARKET, BTC_MARKET, hours_long=72)
    for asset in (0, 1):
        system.set_outflow_limit(asset, 0)
    system.withdraw(scene.maker, 0, START_CASH * UNIT)
    system.withdraw(scene.maker, 1, scene.base(scene.maker) * ETH_UNIT)
    assert scene.cash(scene.maker) == scene.base(scene.maker) == 0
