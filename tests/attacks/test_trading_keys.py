"""MRG-6: a trading key that bleeds its account to an accomplice stops at the daily budget."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from tests.support.abi import Reverted
from tests.support.scene import (
    ASK,
    BID,
    FOK,
    IOC,
    LOT,
    MAKER,
    OPERATOR,
    POST_ONLY,
    SLIDE,
    START_CASH,
    START_LOTS,
    STRANGER,
    TAKER,
    TICK_VALUE,
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
    SpotTerms,
)
from worldmarkets.model.interface import OrderRequest, Permission, SelfTrade
from worldmarkets.model.words import SECONDS_A_DAY

BUDGET = 1_000_000
"""One dollar a day."""
REFERENCE = 20_000
HIGH, LOW = 21_000, 19_000
"""The edges of the band: as bad as a price can be for a buyer, and for a seller."""
KEY = Permission.PLACE | Permission.CANCEL | Permission.LEND
"""All that a trading key may have."""


@pytest.fixture
def accomplice(scene: Scene) -> int:
    """An account of the thief; the maker is the victim, whose operator the thief is."""
    scene.system.set_operator(scene.maker, OPERATOR, KEY, LAST_SECOND, BUDGET)
    return scene.new_account(STRANGER, START_CASH, START_LOTS)


def worth(scene: Scene, account: int, price: int = REFERENCE) -> int:
    """Cash and lots at a price [quote atoms]."""
    return scene.cash(account) + scene.base(account) * price * TICK_VALUE // LOT


@contextmanager
def stopped_at_most() -> Iterator[None]:
    """Let the budget refuse what happens inside, and nothing else."""
    try:
        yield
    except Reverted as error:
        if error.name != "LossBudgetSpent":
            raise


def key_places(scene: Scene, request: OrderRequest) -> int:
    """The key places for the victim; lots filled, 0 if it was refused."""
    with stopped_at_most():
        return scene.system.place_order(scene.maker, request, sender=OPERATOR).filled_lots
    return 0


Attack = Callable[[Scene, int, int], None]
"""One attempt to move money, of some lots, from the victim to the accomplice."""


def buys_high(scene: Scene, accomplice: int, lots: int) -> None:
    offer = scene.ask(accomplice, HIGH, lots)
    key_places(scene, order(BID, HIGH, lots, IOC))
    scene.system.cancel_many(accomplice, [offer.order_id])


def sells_low(scene: Scene, accomplice: int, lots: int) -> None:
    offer = scene.bid(accomplice, LOW, lots)
    key_places(scene, order(ASK, LOW, lots, IOC))
    scene.system.cancel_many(accomplice, [offer.order_id])


def quotes_low(scene: Scene, accomplice: int, lots: int) -> None:
    key_places(scene, order(ASK, LOW, lots, POST_ONLY))
    scene.bid(accomplice, LOW, lots, IOC)


def quotes_high(scene: Scene, accomplice: int, lots: int) -> None:
    key_places(scene, order(BID, HIGH, lots, SLIDE))
    scene.ask(accomplice, HIGH, lots, IOC)


def quotes_in_crumbs(scene: Scene, accomplice: int, lots: int) -> None:
    """Taken lot by lot, so that each loss alone is small."""
    key_places(scene, order(ASK, LOW, lots))
    for _ in range(lots):
        scene.bid(accomplice, LOW, 1, IOC)
    scene.system.cancel_many(scene.maker, [key for key, _ in scene.orders(LOW)])


def sends_batches(scene: Scene, accomplice: int, lots: int) -> None:
    """Both forms, with orders killed and orders that trade."""
    offer = scene.ask(accomplice, HIGH, 2 * lots)
    places = [order(BID, HIGH, lots, FOK), order(BID, HIGH, lots, IOC)]
    for send in (scene.system.batch, scene.system.batch_packed):
        with stopped_at_most():
            send(scene.maker, (), places, sender=OPERATOR)
    scene.system.cancel_many(accomplice, [offer.order_id])


def amends_across(scene: Scene, accomplice: int, lots: int) -> None:
    """A harmless quote amended into a ruinous order."""
    quote = scene.bid(scene.maker, REFERENCE - 1, lots, sender=OPERATOR).order_id
    offer = scene.ask(accomplice, HIGH, lots)
    with stopped_at_most():
        scene.system.amend(scene.maker, quote, order(BID, HIGH, lots), sender=OPERATOR)
    live = [key for key, _ in scene.orders(REFERENCE - 1)]
    scene.system.cancel_many(scene.maker, live, sender=OPERATOR)
    scene.system.cancel_many(accomplice, [offer.order_id])


def meets_itself_first(scene: Scene, accomplice: int, lots: int) -> None:
    """Each way of self-trade prevention, own orders before the accomplice's."""
    for mode in SelfTrade:
        scene.ask(scene.maker, HIGH - 1, lots, sender=OPERATOR)
        offer = scene.ask(accomplice, HIGH, lots)
        key_places(scene, order(BID, HIGH, 2 * lots, IOC, self_trade=mode))
        own = [key for key, _ in scene.orders(HIGH - 1)]
        scene.system.cancel_many(scene.maker, own, sender=OPERATOR)
        scene.system.cancel_many(accomplice, [offer.order_id])


ATTACKS: list[Attack] = [
    buys_high,
    sells_low,
    quotes_low,
    quotes_high,
    quotes_in_crumbs,
    sends_batches,
    amends_across,
    meets_itself_first,
]


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)
@pytest.mark.parametrize("lots", [1, 3, 7])
def test_mrg_6_no_path_loses_more_than_the_budget(
    scene: Scene, accomplice: int, attack: Attack, lots: int
) -> None:
    before = worth(scene, scene.maker)
    for _ in range(12):
        attack(scene, accomplice, lots)
    lost = before - worth(scene, scene.maker)
    assert lost <= BUDGET
    assert scene.cash_word(scene.maker).loss <= BUDGET
    # Each path would have lost more: a lot at the edge costs a tenth of the budget.
    assert lots > 1 or lost > BUDGET // 2


def test_mrg_6_all_paths_together_lose_no_more_than_the_budget(
    scene: Scene, accomplice: int
) -> None:
    before = worth(scene, scene.maker)
    for attack in ATTACKS * 2:
        attack(scene, accomplice, 1)
    lost = before - worth(scene, scene.maker)
    assert BUDGET // 2 < lost <= BUDGET


def test_mrg_6_two_days_lose_two_budgets(scene: Scene, accomplice: int) -> None:
    """And within seconds around midnight: who sets a budget must expect it twice."""
    before = worth(scene, scene.maker)
    midnight = (scene.system.backend.time // SECONDS_A_DAY + 1) * SECONDS_A_DAY
    for second in (midnight - 1, midnight):
        scene.system.backend.set_time(second)
        for _ in range(12):
            quotes_low(scene, accomplice, 1)
    lost = before - worth(scene, scene.maker)
    assert BUDGET < lost <= 2 * BUDGET


def test_mrg_6_stale_quotes_lose_no_more_than_the_budget(scene: Scene, accomplice: int) -> None:
    """Quoted at the price of the moment; then the price moves to the edge of the band."""
    for tick in range(REFERENCE, REFERENCE + 10):
        scene.ask(scene.maker, tick, 5, sender=OPERATOR)
    scene.system.set_price(1, 2_090 * DOLLAR)
    before = worth(scene, scene.maker, 20_900)
    for _ in range(60):
        scene.bid(accomplice, REFERENCE + 9, 1, IOC, 1)
    lost = before - worth(scene, scene.maker, 20_900)
    assert BUDGET // 2 < lost <= BUDGET
    assert scene.book().best_ask > REFERENCE + 9


def test_mrg_6_churning_for_the_accomplices_rebate_stops_at_the_budget(
    scene: Scene, accomplice: int
) -> None:
    """At the price itself: what the key burns in fees counts as lost."""
    before = worth(scene, scene.maker)
    for _ in range(40):
        offer = scene.ask(accomplice, REFERENCE, 20)
        key_places(scene, order(BID, REFERENCE, 20, IOC))
        scene.system.cancel_many(accomplice, [offer.order_id])
        bid = scene.bid(accomplice, REFERENCE, 20)
        key_places(scene, order(ASK, REFERENCE, 20, IOC))
        scene.system.cancel_many(accomplice, [bid.order_id])
    lost = before - worth(scene, scene.maker)
    assert 0 < lost <= BUDGET


def test_mrg_6_churning_in_a_market_where_makers_pay_stops_at_the_budget(
    scene: Scene, accomplice: int
) -> None:
    """As maker at the price: each fill costs the victim 50 ppm, which go to the exchange."""
    system = scene.system
    for account in (scene.maker, accomplice):
        system.fund(account, 2, 10**6)

    def value() -> int:
        return scene.cash(scene.maker) + scene.base(scene.maker, 2) * 600

    before = value()
    for _ in range(200):
        for side, other in ((ASK, BID), (BID, ASK)):
            quote = system.place(scene.maker, BTC_MARKET, side, 60_000, 100, sender=OPERATOR)
            system.place(accomplice, BTC_MARKET, other, 60_000, 100, IOC)
            system.cancel_many(scene.maker, [quote.order_id], sender=OPERATOR)
    assert 0 < before - value() <= BUDGET
    # Half a tick a lot is added for rounding, so the budget is used up before it is lost.
    assert scene.cash_word(scene.maker).loss > BUDGET * 9 // 10


def test_mrg_6_rounding_of_a_price_between_ticks_hides_no_loss(
    scene: Scene, accomplice: int
) -> None:
    """A market of coarse ticks: 1.5 of them a lot. Buying at 2 loses half a tick each time."""
    system = scene.system
    asset = system.add_asset(AssetPlan("COARSE", 8, 1, 1_500 * DOLLAR))
    market = system.list_spot_market(asset, SpotTerms(10**6, 10**5, 1, 0, 0, 4_000))
    for account in (scene.maker, accomplice):
        system.fund(account, asset, 10**9)
    assert (scene.book(market).highest_bid, scene.book(market).lowest_ask) == (2, 1)

    def value() -> int:
        return scene.cash(scene.maker) + scene.base(scene.maker, asset) * 15

    before = value()
    system.set_operator(scene.maker, OPERATOR, KEY, LAST_SECOND, 10 * 10**6)
    for _ in range(30):
        offer = system.place(accomplice, market, ASK, 2, 1).order_id
        key_places(scene, OrderRequest(market, BID, 2, 1, IOC))
        system.cancel_many(accomplice, [offer])
    lost = before - value()
    assert 0 < lost <= 10 * 10**6


def test_mrg_6_key_moves_no_money_another_way(scene: Scene, accomplice: int) -> None:
    """Neither out, nor to the accomplice, nor to himself, nor by making others operators."""
    system, me = scene.system, scene.maker
    missing = ("PermissionMissing", me, OPERATOR, int(KEY))
    with refused(system, *missing, 32):
        system.withdraw(me, 0, UNIT, OPERATOR, sender=OPERATOR)
    with refused(system, *missing, 16 | 32):
        system.withdraw(me, 0, UNIT, MAKER, sender=OPERATOR)
    with refused(system, *missing, 32):
        system.transfer(me, accomplice, 0, 1, sender=OPERATOR)
    own = scene.new_account(MAKER, 1)
    with refused(system, *missing, 8):
        system.transfer(me, own, 0, 1, sender=OPERATOR)
    with refused(system, "NotAccountOwner", me, OPERATOR):
        system.set_operator(me, OPERATOR, 63, LAST_SECOND, 2**64 - 1, sender=OPERATOR)


def test_mrg_6_key_of_one_account_spends_no_budget_of_another(
    scene: Scene, accomplice: int
) -> None:
    """Two accounts of one owner have a budget each; the key of one reaches only its own."""
    second = scene.new_account(MAKER, START_CASH, START_LOTS)
    scene.system.set_operator(second, STRANGER, KEY, LAST_SECOND, BUDGET)
    for _ in range(12):
        quotes_low(scene, accomplice, 1)
    assert scene.cash_word(second).loss == 0
    with refused(scene.system, "NotAccountOwner", second, OPERATOR):
        scene.bid(second, HIGH, 1, sender=OPERATOR)


def test_stranger_cannot_burn_the_budget_of_honest_quotes(scene: Scene, accomplice: int) -> None:
    """Quotes a tick better than the price for their account lose nothing when they trade."""
    for tick in range(1, 20):
        scene.bid(scene.maker, REFERENCE - tick, 3, sender=OPERATOR)
        scene.ask(scene.maker, REFERENCE + tick, 3, sender=OPERATOR)
    for _ in range(30):
        scene.ask(accomplice, REFERENCE - 10, 1, IOC)
        scene.bid(accomplice, REFERENCE + 10, 1, IOC)
    assert scene.cash_word(scene.maker).loss == 0
    assert scene.base(scene.maker) == START_LOTS * LOT


def test_key_without_budget_still_quotes_and_never_takes(scene: Scene, accomplice: int) -> None:
    """A budget of nothing: quotes that gain trade, and every fee of a taker is too much."""
    scene.system.set_operator(scene.maker, OPERATOR, KEY, LAST_SECOND, 0)
    scene.ask(scene.maker, REFERENCE + 5, 3, sender=OPERATOR)
    assert scene.bid(accomplice, REFERENCE + 5, 3, IOC).filled_lots == 3
    scene.ask(accomplice, REFERENCE, 3)
    assert key_places(scene, order(BID, REFERENCE, 3, IOC)) == 0


def test_key_that_cancels_own_orders_by_crossing_them_gains_nothing(scene: Scene) -> None:
    """A key that may only place can remove orders of its owner by meeting them: no money moves."""
    scene.system.set_operator(scene.maker, OPERATOR, Permission.PLACE, LAST_SECOND, 0)
    own = scene.ask(scene.maker, HIGH, 5).order_id
    before = worth(scene, scene.maker)
    scene.system.place(scene.maker, ETH_MARKET, BID, HIGH, 1, IOC, sender=OPERATOR)
    assert worth(scene, scene.maker) == before
    with refused(scene.system, "StaleOrder", own):
        scene.system.cancel(scene.maker, own)


def test_thief_who_front_runs_a_revocation_loses_the_race_only_by_the_budget(
    scene: Scene, accomplice: int
) -> None:
    """All he can do before the revocation is bounded; after it he can do nothing at all."""
    before = worth(scene, scene.maker)
    for _ in range(12):
        quotes_low(scene, accomplice, 1)
    scene.ask(scene.maker, LOW, 5, sender=OPERATOR)
    scene.system.revoke_operator(scene.maker, OPERATOR)
    scene.bid(accomplice, LOW, 5, IOC)
    scene.bid(scene.new_account(TAKER, START_CASH), LOW, 5, IOC)
    assert before - worth(scene, scene.maker) <= BUDGET
