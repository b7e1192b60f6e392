"""Cases that random actions reach rarely or never, each on model and chain at once."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.differential.setting import (
    ASSETS,
    HUGE_MARKET,
    MARKETS,
    OPERATORS,
    PRICES,
    USERS,
)
from tests.support.backend import rolled_back
from tests.support.mirror import Mirror
from tests.support.pyrevm_backend import PyrevmBackend
from tests.support.system import (
    ADMIN,
    CONFIRM_SECONDS,
    ETH_MARKET,
    INSURANCE_PPM,
    System,
    deploy_system,
)
from worldmarkets.model import (
    OrderRequest,
    OrderResult,
    Refusal,
    Removal,
    SelfTrade,
    Side,
    slots,
)
from worldmarkets.model import TimeInForce as Tif
from worldmarkets.model.balances import load as ledger
from worldmarkets.model.errors import (
    InsufficientBalance,
    InvalidTerms,
    LossBudgetSpent,
    OutflowLimitReached,
    PriceOutsideBand,
    TooMuchHeld,
    TooMuchOpen,
    WouldCross,
)
from worldmarkets.model.losses import cash_of
from worldmarkets.model.records import Filled, Reduced, Removed, Skipped, Taken
from worldmarkets.model.words import (
    MAX_HELD_ATOMS,
    SECONDS_A_DAY,
    BookWord,
    LedgerWord,
    OrderId,
)

MAKER, TAKER = USERS[:2]
FOREVER = 2**64 - 1
DAY = SECONDS_A_DAY
HUGE_PRICE_TICK = 1_152


@pytest.fixture(scope="module")
def fresh_system() -> System:
    return deploy_system(PyrevmBackend(), assets=ASSETS, markets=MARKETS)


@pytest.fixture
def mirror(fresh_system: System) -> Iterator[Mirror]:
    owners = dict(fresh_system.owners)
    with rolled_back(fresh_system.backend):
        yield Mirror(fresh_system, ASSETS, MARKETS, INSURANCE_PPM)
    fresh_system.owners = owners


def book(mirror: Mirror, market: int) -> BookWord:
    return mirror.model.state.load(BookWord, slots.book(market))


def test_batch_order_refused_after_removing_makers_agrees(mirror: Mirror) -> None:
    maker = mirror.new_user(MAKER, {3: 2**64})
    taker = mirror.new_user(TAKER, {0: 10**6 * 10**18})
    order = OrderRequest(HUGE_MARKET, Side.ASK, HUGE_PRICE_TICK, 3)
    resting = mirror.place(MAKER, maker, order).order_id
    for _ in range(2):
        mirror.post_price(3, PRICES[3] * 2)
        mirror.poke(MAKER, [3])
        mirror.set_time(mirror.model.time + CONFIRM_SECONDS)
    too_large = OrderRequest(HUGE_MARKET, Side.BID, book(mirror, HUGE_MARKET).lowest_ask, 2**16)
    with pytest.raises(TooMuchOpen):
        mirror.place(TAKER, taker, too_large)
    _, results = mirror.batch(TAKER, taker, [], [too_large], FOREVER, False)
    assert results == [OrderResult(refusal=Refusal.TOO_MUCH_OPEN)]
    assert mirror.records() == (
        Removed(resting, 3, maker, Removal.OUTSIDE_BAND),
        Skipped(0, Refusal.TOO_MUCH_OPEN),
    )
    assert book(mirror, HUGE_MARKET).best_ask == 2**24 - 1
    assert mirror.place(TAKER, taker, OrderRequest(HUGE_MARKET, Side.BID, 2_000, 5)).resting_lots


def test_place_remainder_too_large_to_rest_after_a_fill_is_dropped(mirror: Mirror) -> None:
    maker = mirror.new_user(MAKER, {3: 2**64})
    taker = mirror.new_user(TAKER, {0: 10**6 * 10**18})
    mirror.place(MAKER, maker, OrderRequest(HUGE_MARKET, Side.ASK, HUGE_PRICE_TICK, 3))
    order = OrderRequest(HUGE_MARKET, Side.BID, HUGE_PRICE_TICK, 2**16 + 3)
    assert mirror.place(TAKER, taker, order) == OrderResult(0, 3, 0)


def test_fill_of_a_maker_without_cash_marks_his_word_as_touched(mirror: Mirror) -> None:
    """R3: a word used once is never zero again, whoever used it first."""
    maker = mirror.new_user(MAKER, {1: 10**18})
    taker = mirror.new_user(TAKER, {0: 10**5 * 10**18})
    mirror.place(MAKER, maker, OrderRequest(ETH_MARKET, Side.ASK, 20_000, 10))
    mirror.place(TAKER, taker, OrderRequest(ETH_MARKET, Side.BID, 20_000, 10))
    cash = ledger(mirror.model.state, maker, 0).balance
    mirror.withdraw(MAKER, maker, 0, cash * 10**12, MAKER)
    assert mirror.system.read_word(slots.ledger(maker, 0)) != 0


def test_deposit_up_to_the_most_held_is_accepted_and_no_atom_more(mirror: Mirror) -> None:
    holder = mirror.new_user(MAKER, {3: MAX_HELD_ATOMS - 1})
    mirror.mint(MAKER, 3, 2)
    with pytest.raises(TooMuchHeld):
        mirror.deposit(MAKER, holder, 3, 2)
    assert mirror.deposit(MAKER, holder, 3, 1) == 1


def test_batch_of_cancels_alone_passes_for_an_account_that_is_short(mirror: Mirror) -> None:
    """A price that rises makes open bids dearer than the cash behind them."""
    maker = mirror.new_user(MAKER, {0: 2_100 * 10**18})
    orders = [OrderRequest(ETH_MARKET, Side.BID, 20_000, lots) for lots in (900, 100)]
    ids = [mirror.place(MAKER, maker, order).order_id for order in orders]
    mirror.post_price(1, PRICES[1] * 12 // 10)
    mirror.poke(MAKER, [1])
    small = OrderRequest(ETH_MARKET, Side.BID, 20_000, 1)
    with pytest.raises(InsufficientBalance):
        mirror.batch(MAKER, maker, [], [small], FOREVER, False)
    lots, _ = mirror.batch(MAKER, maker, ids[1:], [], FOREVER, True)
    assert lots == [100]
    with pytest.raises(InsufficientBalance):
        mirror.batch(MAKER, maker, [], [small], FOREVER, False)


def test_batch_own_ask_met_after_its_base_was_sold_is_removed_as_own(mirror: Mirror) -> None:
    """Whose order it is counts before what its account can pay."""
    maker = mirror.new_user(MAKER, {0: 10**5 * 10**18})
    washer = mirror.new_user(TAKER, {0: 10**5 * 10**18, 1: 10**16})
    mirror.place(MAKER, maker, OrderRequest(ETH_MARKET, Side.BID, 19_990, 10))
    ioc = Tif.IMMEDIATE_OR_CANCEL
    places = [
        OrderRequest(ETH_MARKET, Side.ASK, 20_000, 10),
        OrderRequest(ETH_MARKET, Side.ASK, 19_990, 10, ioc),
        OrderRequest(ETH_MARKET, Side.BID, 20_000, 10, ioc),
    ]
    _, results = mirror.batch(TAKER, washer, [], places, FOREVER, False)
    assert [result.filled_lots for result in results] == [0, 10, 0]
    kinds = [type(record) for record in mirror.records()]
    assert kinds[1:] == [Filled, Taken, Removed]
    assert mirror.records()[-1] == Removed(results[0].order_id, 10, washer, Removal.SELF_TRADE)


def test_place_against_an_order_of_the_same_owner_never_trades(mirror: Mirror) -> None:
    """Whatever the mode, and whichever of his accounts it is, no fill, fee or lot moves."""
    accounts = [mirror.new_user(MAKER, {0: 10**5 * 10**18, 1: 10**18}) for _ in range(2)]
    sums = [balances(mirror, account) for account in accounts]
    for mode in SelfTrade:
        order = OrderRequest(ETH_MARKET, Side.ASK, 20_000, 10)
        resting = mirror.place(MAKER, accounts[0], order).order_id
        taker = OrderRequest(ETH_MARKET, Side.BID, 20_000, 4, Tif.IMMEDIATE_OR_CANCEL, 64, mode)
        assert mirror.place(MAKER, accounts[1], taker) == OrderResult()
        assert (
            mirror.records()
            == {
                SelfTrade.CANCEL_MAKER: (Removed(resting, 10, accounts[0], Removal.SELF_TRADE),),
                SelfTrade.CANCEL_TAKER: (),
                SelfTrade.DECREMENT_BOTH: (Reduced(resting, 6, 4),),
            }[mode]
        )
        mirror.cancel_many(MAKER, accounts[0], [resting])
    assert [balances(mirror, account) for account in accounts] == sums


def test_place_fill_or_kill_that_own_orders_would_decrement_is_refused(mirror: Mirror) -> None:
    """What self-trade prevention takes off has not been filled, so the two do not go together."""
    account = mirror.new_user(MAKER, {0: 10**5 * 10**18})
    order = OrderRequest(
        ETH_MARKET,
        Side.BID,
        20_000,
        10,
        Tif.FILL_OR_KILL,
        self_trade=SelfTrade.DECREMENT_BOTH,
    )
    with pytest.raises(InvalidTerms):
        mirror.place(MAKER, account, order)
    _, results = mirror.batch_packed(MAKER, account, [], [order], FOREVER, False)
    assert results == [OrderResult(refusal=Refusal.INVALID_TERMS)]


def test_place_fill_or_kill_reduce_only_is_filled_whole_as_it_was_cut(mirror: Mirror) -> None:
    maker = mirror.new_user(MAKER, {0: 10**5 * 10**18})
    seller = mirror.new_user(TAKER, {1: 4 * 10**15 + 1 * 10**10})
    mirror.place(MAKER, maker, OrderRequest(ETH_MARKET, Side.BID, 20_000, 10))
    order = OrderRequest(ETH_MARKET, Side.ASK, 20_000, 10, Tif.FILL_OR_KILL, reduce_only=True)
    assert mirror.place(TAKER, seller, order) == OrderResult(0, 4, 0)
    assert ledger(mirror.model.state, seller, 1).balance == 1


@pytest.mark.parametrize("tick", [19_996, 20_004])
@pytest.mark.parametrize("side", list(Side))
def test_amend_last_order_of_the_best_level_moves_the_best_tick(
    mirror: Mirror, side: Side, tick: int
) -> None:
    account = mirror.new_user(MAKER, {0: 10**5 * 10**18, 1: 10**18})
    order = OrderRequest(ETH_MARKET, side, 20_000, 10)
    resting = mirror.place(MAKER, account, order)
    mirror.amend(MAKER, account, resting.order_id, replace(order, tick=tick))
    assert book(mirror, ETH_MARKET).best(side == Side.ASK) == tick


def test_place_reduce_only_maker_without_base_is_removed(mirror: Mirror) -> None:
    """Only a fault could leave it there: its ask is covered when it is placed."""
    maker = mirror.new_user(MAKER, {1: 10**18})
    taker = mirror.new_user(TAKER, {0: 10**5 * 10**18})
    order = OrderRequest(ETH_MARKET, Side.ASK, 20_000, 10, reduce_only=True)
    resting = mirror.place(MAKER, maker, order).order_id
    buy = OrderRequest(ETH_MARKET, Side.BID, 20_000, 10, Tif.IMMEDIATE_OR_CANCEL)
    slot = slots.ledger(maker, 1)
    word = replace(ledger(mirror.model.state, maker, 1), balance=4 * 10**5 + 99_999)
    mirror.tamper(slot, word.pack())
    assert mirror.place(TAKER, taker, buy) == OrderResult(0, 4, 0)
    assert mirror.records()[:2] == (
        Filled(resting, 4, maker, 1, is_ask=1, gone=1),
        Removed(resting, 6, maker, Removal.NOTHING_TO_REDUCE),
    )


def test_place_expired_maker_who_can_not_pay_is_removed_as_expired(mirror: Mirror) -> None:
    maker = mirror.new_user(MAKER, {0: 10**5 * 10**18})
    taker = mirror.new_user(TAKER, {1: 10**18})
    now = mirror.model.time
    order = OrderRequest(ETH_MARKET, Side.BID, 20_000, 10, expiry=now)
    resting = mirror.place(MAKER, maker, order).order_id
    mirror.tamper(slots.ledger(maker, 0), LedgerWord(touched=1).pack())
    mirror.set_time(now + 1)
    sell = OrderRequest(ETH_MARKET, Side.ASK, 20_000, 10, Tif.IMMEDIATE_OR_CANCEL)
    assert mirror.place(TAKER, taker, sell) == OrderResult()
    assert mirror.records() == (Removed(resting, 10, maker, Removal.EXPIRED),)


def test_place_operators_maker_that_loses_nothing_trades_on_an_overspent_budget(
    mirror: Mirror,
) -> None:
    """A budget made smaller than what is lost already stops losses only."""
    maker = mirror.new_user(MAKER, {0: 10**5 * 10**18, 1: 10**18})
    taker = mirror.new_user(TAKER, {0: 10**5 * 10**18, 1: 10**18})
    mirror.set_operator(MAKER, maker, OPERATORS[0], 3, 2**32 - 1, 10**6)
    losing = OrderRequest(ETH_MARKET, Side.ASK, 19_999, 10)
    gaining = OrderRequest(ETH_MARKET, Side.ASK, 20_020, 10)
    for order in (losing, gaining):
        mirror.place(OPERATORS[0], maker, order)
    buy = OrderRequest(ETH_MARKET, Side.BID, 20_020, 10, Tif.IMMEDIATE_OR_CANCEL)
    # The price may be half a tick above 20,000, so 1.5 ticks of 10 lots are lost, less the rebate.
    assert mirror.place(TAKER, taker, buy).filled_lots == 10
    rebate = 10 * 19_999 * 100 * 100 // 10**6
    assert cash_of(mirror.model.state, maker).loss == max(0, 1_500 - rebate)
    mirror.tamper(
        slots.ledger(maker, 0),
        replace(cash_of(mirror.model.state, maker), loss=7, budget=3).pack(),
    )
    assert mirror.place(TAKER, taker, buy).filled_lots == 10
    losing = OrderRequest(ETH_MARKET, Side.ASK, 19_900, 10)
    resting = mirror.place(OPERATORS[0], maker, losing).order_id
    assert mirror.place(TAKER, taker, buy).filled_lots == 0
    assert mirror.records() == (Removed(resting, 10, maker, Removal.BUDGET_SPENT),)


def test_place_operators_taker_spends_the_budget_to_the_atom(mirror: Mirror) -> None:
    """What one order loses, fee included, is what its loss counts as: one atom less refuses it."""
    maker = mirror.new_user(MAKER, {1: 10**18})
    taker = mirror.new_user(TAKER, {0: 10**5 * 10**18})
    mirror.place(MAKER, maker, OrderRequest(ETH_MARKET, Side.ASK, 20_000, 20))
    buy = OrderRequest(ETH_MARKET, Side.BID, 20_000, 10, Tif.IMMEDIATE_OR_CANCEL)
    # Half a tick of 10 lots, and 350 ppm of 20,000,000.
    loss = 500 + 7_000
    mirror.set_operator(TAKER, taker, OPERATORS[0], 1, 2**32 - 1, 2 * loss - 1)
    assert mirror.place(OPERATORS[0], taker, buy).filled_lots == 10
    with pytest.raises(LossBudgetSpent) as refused:
        mirror.place(OPERATORS[0], taker, buy)
    assert refused.value.arguments == (taker, loss, loss, 2 * loss - 1)
    mirror.set_time((mirror.model.time // DAY + 1) * DAY)
    assert mirror.place(OPERATORS[0], taker, buy).filled_lots == 10


def test_place_that_slides_off_the_ticks_or_the_band_is_refused(mirror: Mirror) -> None:
    maker = mirror.new_user(MAKER, {0: 10**5 * 10**18, 1: 10**18})
    taker = mirror.new_user(TAKER, {0: 10**5 * 10**18, 1: 10**18})
    edge = book(mirror, ETH_MARKET).lowest_ask
    mirror.place(MAKER, maker, OrderRequest(ETH_MARKET, Side.BID, edge - 2, 10))
    slide = OrderRequest(ETH_MARKET, Side.ASK, edge - 2, 10, Tif.POST_ONLY_SLIDE)
    with pytest.raises(PriceOutsideBand) as refused:
        mirror.place(TAKER, taker, slide)
    assert refused.value.arguments == (edge - 1, edge)
    mirror.place(MAKER, maker, OrderRequest(ETH_MARKET, Side.BID, edge - 1, 10))
    result = mirror.place(TAKER, taker, slide)
    assert OrderId.unpack(result.order_id).tick == edge


def test_place_post_only_clears_four_makers_and_no_more(mirror: Mirror) -> None:
    maker = mirror.new_user(MAKER, {1: 10**18})
    taker = mirror.new_user(TAKER, {0: 10**5 * 10**18})
    now = mirror.model.time
    order = OrderRequest(ETH_MARKET, Side.ASK, 20_000, 1, expiry=now)
    for _ in range(5):
        mirror.place(MAKER, maker, order)
    mirror.set_time(now + 1)
    bid = OrderRequest(ETH_MARKET, Side.BID, 20_000, 10, Tif.POST_ONLY)
    with pytest.raises(WouldCross):
        mirror.place(TAKER, taker, bid)
    _, results = mirror.batch(TAKER, taker, [], [bid, bid], FOREVER, False)
    assert [result.refusal for result in results] == [Refusal.WOULD_CROSS, Refusal.NONE]
    reasons = [r.reason for r in mirror.records() if isinstance(r, Removed)]
    assert reasons == [Removal.EXPIRED] * 5


def test_withdraw_of_own_deposits_passes_a_limit_of_nothing(mirror: Mirror) -> None:
    """Seasoned ones only of an account without open orders; what was given to it never."""
    account = mirror.new_user(MAKER, {0: 10**5 * 10**18, 1: 10**18})
    giver = mirror.new_user(TAKER, {1: 10**18})
    start = mirror.model.time // DAY * DAY
    mirror.set_outflow_limit(ADMIN, 0, 0)
    mirror.set_outflow_limit(ADMIN, 1, 0)
    mirror.set_time(start + 3 * DAY)
    mirror.place(MAKER, account, OrderRequest(ETH_MARKET, Side.BID, 20_000, 1))
    mirror.place(TAKER, giver, OrderRequest(ETH_MARKET, Side.ASK, 20_000, 1))
    with pytest.raises(OutflowLimitReached):
        mirror.withdraw(MAKER, account, 1, 10**18 + 10**15, MAKER)
    order = OrderRequest(ETH_MARKET, Side.BID, 19_000, 1)
    resting = mirror.place(MAKER, account, order)
    with pytest.raises(OutflowLimitReached):
        mirror.withdraw(MAKER, account, 1, 10**18, MAKER)
    mirror.cancel(MAKER, account, resting.order_id)
    mirror.withdraw(MAKER, account, 1, 10**18, MAKER)
    with pytest.raises(OutflowLimitReached):
        mirror.withdraw(MAKER, account, 1, 10**15, MAKER)


def balances(mirror: Mirror, account: int) -> list[int]:
    return [ledger(mirror.model.state, account, asset).balance for asset in (0, 1)]


@pytest.mark.parametrize("keep", [0, 3, 4, 9, 10, 15, 16, 21, 22, 27, 28, 31])
def test_cancel_all_but_one_of_many_chunks_then_refill_agrees(mirror: Mirror, keep: int) -> None:
    """Whichever chunk stays alive, the others go to the pool and come back from it."""
    account = mirror.new_user(MAKER, {1: 10**18})
    order = OrderRequest(ETH_MARKET, Side.ASK, 20_000, 1)
    _, first = mirror.batch(MAKER, account, [], [order] * 32, FOREVER, True)
    ids = [result.order_id for result in first]
    mirror.cancel_many(MAKER, account, ids[:keep] + ids[keep + 1 :])
    _, second = mirror.batch(MAKER, account, [], [order] * 40, FOREVER, True)
    fresh = [result.order_id for result in second]
    assert not set(fresh) & set(ids), "BOOK-3"
    assert mirror.cancel_many(MAKER, account, [n for n in ids if n != ids[keep]]) == [0] * 31
    taker = mirror.new_user(TAKER, {0: 10**5 * 10**18})
    mirror.place(TAKER, taker, OrderRequest(ETH_MARKET, Side.BID, 20_000, 41))
    met = [record.order_id for record in mirror.records() if isinstance(record, Filled)]
    assert met == [ids[keep], *fresh], "BOOK-2"
    mirror.compare_all_words()
