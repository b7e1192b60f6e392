"""Fresh slots of posts: counted in process as the node's own traces count them."""

import random
from collections.abc import Iterator
from decimal import Decimal

import pytest

from worldmarkets.bench.costs import measure
from worldmarkets.bench.inprocess import InProcessExchange
from worldmarkets.bench.orderflow import BASE, FlowReplay, FreshPosts
from worldmarkets.bench.stage import MIDDLE, Order, Stage
from worldmarkets.deployment import load_parameters
from worldmarkets.marketdata.flow import FlowEvent, FlowKind
from worldmarkets.model.interface import OrderRequest
from worldmarkets.node import LocalNode

LOTS = 100


class NodeExchange:
    """The exchange on a node, which counts the fresh slots of each post by its trace."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self.fresh_slots: list[int] = []

    def place(self, order: OrderRequest) -> int:
        sent = self._stage.place(0, order)
        self.fresh_slots.append(measure(self._stage.rpc, sent.data, sent.receipt).fresh_slots)
        return self._stage.placed_ids(sent)[0]

    def reduce(self, order_id: int, lots_left: int) -> None:
        if lots_left:
            self._stage.reduce(Order(0, order_id), lots_left)
        else:
            self._stage.cancel(Order(0, order_id))

    def word(self, slot: int) -> int:
        return self._stage.clients[0].read_words([slot])[0]


def event(number: int, kind: FlowKind, tick: int, lots: int = LOTS) -> FlowEvent:
    return FlowEvent(0, kind, number, lots, tick, tick > MIDDLE, False, ())


def random_flow(posts: int) -> Iterator[FlowEvent]:
    """Posts at four prices, each followed by a cancel or not, so that queues grow and empty."""
    draw = random.Random(7)
    resting: dict[int, int] = {}
    for number in range(posts):
        tick = draw.choice([MIDDLE - 300, MIDDLE - 1, MIDDLE + 1, MIDDLE + 2])
        resting[number] = tick
        yield event(number, FlowKind.ADD, tick)
        keeps = 60 if number < posts // 2 else 5
        while len(resting) > keeps:
            gone = draw.choice(sorted(resting))
            yield event(gone, FlowKind.REDUCE, resting[gone], LOTS // 2)
            yield event(gone, FlowKind.CANCEL, resting.pop(gone), LOTS // 2)


def replay_in_process(flow: list[FlowEvent]) -> FreshPosts:
    replay = FlowReplay(InProcessExchange(load_parameters("local"), "WETH"))
    replay.run(flow)
    return replay.result


@pytest.mark.node
def test_flow_replay_counts_fresh_slots_as_the_node_does() -> None:
    flow = list(random_flow(160))
    with LocalNode(accounts=1) as node:
        exchange = NodeExchange(Stage(node))
        on_node = FlowReplay(exchange)
        on_node.run(flow)
    in_process = replay_in_process(flow)

    assert in_process == on_node.result
    assert in_process.slots == sum(exchange.fresh_slots)
    assert in_process.fresh == sum(map(bool, exchange.fresh_slots)) - in_process.at_new_prices
    # The flow must reach what costs fresh slots: chunks behind the first, and words used again.
    assert in_process.slots > 30
    assert 0 < in_process.fresh < in_process.posts


def test_flow_replay_of_new_price_leaves_the_post_out() -> None:
    flow = [event(number, FlowKind.ADD, MIDDLE + number) for number in range(3)]
    result = replay_in_process(flow)
    assert (result.at_new_prices, result.posts, result.fresh) == (3, 0, 0)


def test_flow_replay_of_used_words_counts_no_fresh_slot() -> None:
    flow = [
        event(1, FlowKind.ADD, MIDDLE),
        event(1, FlowKind.CANCEL, MIDDLE),
        event(2, FlowKind.ADD, MIDDLE),
        event(3, FlowKind.ADD, MIDDLE),
    ]
    result = replay_in_process(flow)
    assert (result.at_new_prices, result.posts, result.fresh) == (1, 2, 0)


def test_flow_replay_of_third_order_in_a_row_counts_its_lane_word() -> None:
    flow = [event(number, FlowKind.ADD, MIDDLE) for number in range(3)]
    result = replay_in_process(flow)
    assert (result.posts, result.fresh) == (2, 1)


def test_fresh_posts_share_leaves_new_prices_out() -> None:
    result = FreshPosts(posts=300, fresh=7, at_new_prices=100, slots=250)
    assert result.share == Decimal("0.023333")


def test_base_of_the_order_flow_is_listed_locally() -> None:
    assert BASE in [market.base for market in load_parameters("local").markets]
