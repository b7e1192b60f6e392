"""Orders of a flow that trade with others of it: none may count as another of its owner."""

from tests.replay.onchain import MARKET, Replay
from worldmarkets.audit.words import read_levels
from worldmarkets.marketdata.flow import FlowEvent, FlowKind
from worldmarkets.replay.steps import Place

TICK = 58_500


def event(
    kind: FlowKind, order_id: int, lots: int, tick: int = TICK, is_ask: bool = False
) -> FlowEvent:
    return FlowEvent(0, kind, order_id, lots, tick, is_ask, False, ())


def add(order_id: int, lots: int, tick: int = TICK, is_ask: bool = False) -> FlowEvent:
    return event(FlowKind.ADD, order_id, lots, tick, is_ask)


def levels(replay: Replay) -> tuple[dict[int, int], dict[int, int]]:
    """Lots of every bid and of every ask level by tick."""
    bids, asks = read_levels(replay.system.read_words, MARKET)
    return (
        {tick: level.lots for tick, level in bids.items()},
        {tick: level.lots for tick, level in asks.items()},
    )


def test_replay_crossing_orders_trade_whatever_accounts_they_fall_on() -> None:
    """Ids 8, 10 and 12 fall on the first account of their side, 9 and 11 on the second."""
    replay = Replay()
    for number, one in enumerate([add(8, 5, is_ask=True), add(9, 4, is_ask=True)]):
        replay.play(number, one)
    step = replay.play(2, add(10, 12))
    assert isinstance(step, Place)
    assert (step.filled_lots, step.resting_lots) == (9, 3)
    assert levels(replay) == ({TICK: 3}, {})
    # What is left of a taker is met by the other side in its turn.
    step = replay.play(3, add(12, 5, is_ask=True))
    assert isinstance(step, Place)
    assert (step.filled_lots, step.resting_lots) == (3, 2)
    assert levels(replay) == ({}, {TICK: 2})
    assert replay.follower.traded_lots == 12


def test_replay_executions_of_both_sides_are_takes_of_the_taker() -> None:
    replay = Replay()
    for number, one in enumerate([add(8, 5), add(9, 4, TICK + 1, is_ask=True)]):
        replay.play(number, one)
    for order_id, lots, is_ask in ((8, 2, False), (9, 4, True)):
        step = replay.play(order_id, event(FlowKind.EXECUTE, order_id, lots, is_ask=is_ask))
        assert isinstance(step, Place)
        assert (step.account, step.filled_lots) == (replay.translator.accounts.taker, lots)
    assert levels(replay) == ({TICK: 3}, {})
