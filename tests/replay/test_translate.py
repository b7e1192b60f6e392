"""From events to steps, and following the log of them."""

import pytest

from tests.replay.data import BEST_QUOTES, BOOK_ROWS, EVENTS, MESSAGES, STREAM, needs_data
from worldmarkets.client.records import Action, Expires, Filled, Placed, Reduced, Removed, Taken
from worldmarkets.logbook import LogBook, LogGapError, RestingOrder
from worldmarkets.marketdata.flow import FlowEvent, FlowKind
from worldmarkets.model.interface import Removal, Side, TimeInForce
from worldmarkets.model.words import OrderId
from worldmarkets.replay.companions import Companions, find_companions
from worldmarkets.replay.compare import Comparison
from worldmarkets.replay.follow import Follower, ReplayMismatchError
from worldmarkets.replay.join import SnapshotJoin
from worldmarkets.replay.steps import Cancel, Place, Reduce, Step
from worldmarkets.replay.translate import (
    FlowAccounts,
    Limits,
    Translator,
    limits_around,
    middle_tick,
)

MARKET = 257
TAKER = 9


def event(
    kind: FlowKind, order_id: int, lots: int = 0, tick: int = 100, is_ask: bool = False
) -> FlowEvent:
    row = (kind.value, str(order_id), str(lots), str(tick))
    return FlowEvent(0, kind, order_id, lots, tick, is_ask, False, row)


def add(order_id: int, lots: int, tick: int = 100, is_ask: bool = False) -> FlowEvent:
    return event(FlowKind.ADD, order_id, lots, tick, is_ask)


@pytest.fixture
def translator() -> Translator:
    accounts = FlowAccounts(buyers=(3, 4), sellers=(5, 6), taker=TAKER)
    return Translator(MARKET, accounts, Limits(highest_bid=120, lowest_ask=80))


def place_of(tick: int, place: int, generation: int = 0, chunk: int = 0) -> int:
    return OrderId(generation, place, chunk, tick, MARKET).pack()


def test_translate_add_is_a_resting_order_of_a_maker(translator: Translator) -> None:
    step = translator.translate(add(8, 5))
    assert isinstance(step, Place)
    assert (step.account, step.resting_id, step.resting_lots) == (3, place_of(100, 0), 5)
    assert (step.order.side, step.order.tick, step.order.lots) == (Side.BID, 100, 5)
    second = translator.translate(add(9, 6))
    assert isinstance(second, Place)
    assert (second.account, second.resting_id) == (4, place_of(100, 1))


def test_translate_reduce_and_cancel_name_what_is_left(translator: Translator) -> None:
    translator.translate(add(8, 5))
    order_id = place_of(100, 0)
    assert translator.translate(event(FlowKind.REDUCE, 8, 2)) == Reduce(3, order_id, 3, 2)
    assert translator.translate(event(FlowKind.CANCEL, 8, 3)) == Cancel(3, order_id, 3)
    assert translator.translate(event(FlowKind.CANCEL, 8, 3)) is None
    assert translator.counts["left_out"] == 1


def test_translate_emptied_level_gives_a_new_generation(translator: Translator) -> None:
    translator.translate(add(8, 5))
    translator.translate(event(FlowKind.CANCEL, 8, 5))
    again = translator.translate(add(10, 5))
    assert isinstance(again, Place)
    assert again.resting_id == place_of(100, 0, generation=1)


def test_translate_execution_of_the_head_is_a_take(translator: Translator) -> None:
    translator.translate(add(8, 5))
    step = translator.translate(event(FlowKind.EXECUTE, 8, 2))
    assert isinstance(step, Place)
    assert (step.account, step.filled_lots, step.resting_id) == (TAKER, 2, 0)
    assert (step.order.side, step.order.tick, step.order.lots) == (Side.ASK, 100, 2)
    assert step.order.time_in_force is TimeInForce.IMMEDIATE_OR_CANCEL
    assert translator.translate(event(FlowKind.CANCEL, 8)) == Cancel(3, place_of(100, 0), 3)
    assert translator.counts["off_queue"] == 0


@pytest.mark.parametrize(("tick", "why"), [(100, "behind another"), (99, "behind the best")])
def test_translate_execution_off_the_queue_reduces_the_named_order(
    translator: Translator, tick: int, why: str
) -> None:
    translator.translate(add(8, 5))
    translator.translate(add(9, 6, tick))
    order_id = place_of(tick, 1 if tick == 100 else 0)
    assert translator.translate(event(FlowKind.EXECUTE, 9, 2, tick)) == Reduce(4, order_id, 4, 2)
    assert translator.translate(event(FlowKind.EXECUTE, 9, 4, tick)) == Cancel(4, order_id, 4)
    assert translator.counts["off_queue"] == 2, why
    assert isinstance(translator.translate(event(FlowKind.EXECUTE, 8, 5)), Place)


def test_translate_hidden_trade_does_nothing(translator: Translator) -> None:
    assert translator.translate(event(FlowKind.HIDDEN, 0, 5)) is None


def test_translate_crossing_order_trades_then_rests(translator: Translator) -> None:
    translator.translate(add(8, 5, 101, is_ask=True))
    translator.translate(add(10, 5, 103, is_ask=True))
    step = translator.translate(add(11, 12, 102))
    assert isinstance(step, Place)
    assert (step.filled_lots, step.resting_lots) == (5, 7)
    assert step.resting_id == place_of(102, 0)
    assert translator.translate(event(FlowKind.LEFT, 8, 0)) is None, "it has traded already"
    assert translator.translate(event(FlowKind.LEFT, 11, 7)) is None, "it has that much left"
    assert translator.translate(event(FlowKind.LEFT, 11, 3)) == Reduce(4, place_of(102, 0), 3, 4)


def test_translate_crossing_order_filled_whole_rests_nothing(translator: Translator) -> None:
    translator.translate(add(8, 5, 101, is_ask=True))
    step = translator.translate(add(11, 4, 105))
    assert isinstance(step, Place)
    assert (step.filled_lots, step.resting_lots, step.resting_id) == (4, 0, 0)


@pytest.mark.parametrize(
    "left_out",
    [add(1, 5, 121), add(1, 5, 79, is_ask=True), add(1, 0), add(1, 5, 0)],
    ids=["bid above", "ask below", "no lots", "no price"],
)
def test_translate_order_the_exchange_would_refuse_is_left_out(
    translator: Translator, left_out: FlowEvent
) -> None:
    assert translator.translate(left_out) is None
    assert translator.translate(event(FlowKind.CANCEL, 1)) is None
    assert translator.counts["left_out"] == 2


def test_limits_around_tick_round_inwards() -> None:
    assert limits_around(101) == Limits(121, 81)


def test_middle_tick_of_the_first_orders() -> None:
    ticks = [1, 99, 100, 101, 5_000]
    assert middle_tick([add(number, 1, tick) for number, tick in enumerate(ticks)]) == 100
    assert middle_tick([]) == 1


# ---------------------------------------------------------------------- following the log


def acted(step: Step, *records: object) -> list[Action]:
    return [Action(step.account, records, 0, "", 0)]  # type: ignore[arg-type]


def test_follow_foreseen_records_build_the_book(translator: Translator) -> None:
    follower = Follower()
    step = translator.translate(add(8, 5))
    assert step is not None
    follower.follow(0, step, acted(step, Placed(place_of(100, 0), 5, 0, 0)))
    take = translator.translate(event(FlowKind.EXECUTE, 8, 2))
    assert take is not None
    filled = Filled(place_of(100, 0), 2, 3, 1, 0, 0)
    (fill,) = follower.follow(1, take, acted(take, filled, Taken(200, 1, 2, 1, MARKET, 1)))
    assert (fill.tick, fill.lots, fill.maker, fill.taker, fill.taker_sold) == (100, 2, 3, 9, True)
    assert follower.book.best(MARKET, False) == (100, 3)
    assert follower.traded_lots == 2


@pytest.mark.parametrize(
    "records",
    [
        (),
        (Placed(place_of(100, 1), 5, 0, 0),),
        (Placed(place_of(100, 0), 4, 0, 0),),
        (Placed(0, 0, client_id=1),),
        (Filled(place_of(100, 0), 5, 3, 1, 0, 0), Placed(place_of(100, 0), 5, 0, 0)),
        (Removed(place_of(99, 0), 5, 3, Removal.UNPAYABLE), Placed(place_of(100, 0), 5, 0, 0)),
    ],
    ids=["nothing", "another id", "another size", "no order", "a trade", "a removal"],
)
def test_follow_anything_else_is_a_mismatch(
    translator: Translator, records: tuple[object, ...]
) -> None:
    follower = Follower()
    step = translator.translate(add(8, 5))
    assert step is not None
    with pytest.raises(ReplayMismatchError) as caught:
        follower.follow(17, step, acted(step, *records))
    assert caught.value.event_number == 17
    assert follower.book.orders == {}


def test_follow_cancel_and_reduce_must_be_exact(translator: Translator) -> None:
    follower = Follower()
    step = translator.translate(add(8, 5))
    assert step is not None
    follower.follow(0, step, acted(step, Placed(place_of(100, 0), 5, 0, 0)))
    reduce = Reduce(3, place_of(100, 0), 3, 2)
    with pytest.raises(ReplayMismatchError):
        follower.follow(1, reduce, acted(reduce, Reduced(place_of(100, 0), 2, 3)))
    follower.follow(1, reduce, acted(reduce, Reduced(place_of(100, 0), 3, 2)))
    cancel = Cancel(3, place_of(100, 0), 3)
    with pytest.raises(ReplayMismatchError):
        follower.follow(2, cancel, acted(cancel, Removed(place_of(100, 0), 3, 3, Removal.DUST)))
    follower.follow(2, cancel, acted(cancel, Removed(place_of(100, 0), 3, 3, Removal.CANCELLED)))
    assert follower.book.best(MARKET, False) is None


def test_log_book_unknown_order_is_a_gap() -> None:
    book = LogBook()
    removed = Removed(place_of(100, 0), 5, 3, Removal.CANCELLED)
    with pytest.raises(LogGapError):
        book.apply(Action(3, (removed,), 0, "", 0))


def test_log_book_fill_and_removed_rest_leave_nothing() -> None:
    book = LogBook()
    order_id = place_of(100, 0)
    book.apply(Action(3, (Placed(order_id, 5, 0, 0),), 0, "", 0))
    dust = (Filled(order_id, 4, 3, 1, 0, 1), Removed(order_id, 1, 3, Removal.DUST))
    (fill,) = book.apply(Action(4, dust, 0, "", 0))
    assert fill.lots == 4
    assert book.orders == {}
    assert book.levels(MARKET, False) == {}


def test_log_book_keeps_the_terms_of_an_order() -> None:
    book = LogBook()
    order_id = place_of(100, 0)
    placed = Placed(order_id, 5, client_id=77, is_ask=1, reduce_only=1, by_operator=1)
    book.apply(Action(3, (placed, Expires(order_id, 1_234)), 0, "", 0))
    book.apply(Action(3, (Reduced(order_id, 3, 2),), 0, "", 0))
    assert book.orders[order_id] == RestingOrder(
        account=3,
        market=MARKET,
        is_ask=True,
        tick=100,
        lots=3,
        expiry=1_234,
        client_id=77,
        reduce_only=True,
        by_operator=True,
    )


def test_log_book_order_of_which_nothing_rests_is_none() -> None:
    book = LogBook()
    assert book.apply(Action(3, (Placed(0, 0, client_id=77),), 0, "", 0)) == []
    assert book.orders == {}
    assert book.levels(0, False) == {}


def test_log_book_expiry_of_an_unknown_order_is_a_gap() -> None:
    with pytest.raises(LogGapError):
        LogBook().apply(Action(3, (Expires(place_of(100, 0), 9),), 0, "", 0))


def test_log_book_ladders_and_snapshots_are_best_first() -> None:
    book = LogBook()
    for tick, is_ask in ((101, 1), (103, 1), (99, 0), (95, 0)):
        book.apply(Action(3, (Placed(place_of(tick, 0), tick, 0, is_ask),), 0, "", 0))
    assert book.ladder(MARKET, True, 5) == [(101, 101), (103, 103)]
    assert book.ladder(MARKET, False, 1) == [(99, 99)]
    assert book.snapshot(MARKET, 2) == (101, 101, 99, 99, 103, 103, 95, 95)
    assert book.snapshot(MARKET, 3) is None
    assert book.quotes(MARKET) == (101, 101, 99, 99)
    assert [order.tick for _, order in book.orders_of(3)] == [101, 103, 99, 95]


# ---------------------------------------------------------------------- comparing


def test_snapshot_join_walks_the_messages_it_knows() -> None:
    first, second, stranger = add(1, 5), add(2, 5), add(3, 5)
    join = SnapshotJoin([first, second], [(1, 1, 1, 1), (2, 2, 2, 2)])
    assert join.depth == 1
    assert not join.expects(stranger)
    assert join.expects(first)
    assert join.compare((1, 1, 1, 1))
    assert not join.expects(first)
    assert join.expects(second)
    assert not join.compare((2, 2, 2, 3))
    assert (join.compared, join.differing, join.is_finished) == (2, [1], True)
    assert not join.expects(second)


def test_comparison_passes_up_to_what_is_allowed() -> None:
    assert Comparison("rows", 10, 2, 2).passes
    assert not Comparison("rows", 10, 3, 2).passes
    assert not Comparison("rows", 10, 1, 0).passes


@needs_data
def test_find_companions_recognises_files_by_their_columns() -> None:
    assert find_companions(EVENTS) == Companions(MESSAGES, BOOK_ROWS, BEST_QUOTES)
    assert find_companions(STREAM) == Companions()
