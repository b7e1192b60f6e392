"""What the exchange logs arrives as events of the model."""

from dataclasses import fields

import pytest
from eth_abi.abi import encode

from tests.client.conftest import Trader, dec
from worldmarkets.abi import abi_of
from worldmarkets.client import Client, Side
from worldmarkets.client.events import KINDS, decode_event, decode_events, event_topic
from worldmarkets.model.events import (
    AccountCreated,
    AssetListed,
    AssetRiskSet,
    BookRecords,
    Deposited,
    LentSet,
    MarketListed,
    MarketRiskSet,
    MarkUpdated,
    PerpMarketListed,
    PoolTermsSet,
    PriceJumped,
    PriceUpdated,
)
from worldmarkets.model.interface import (
    AssetRiskTerms,
    MarketRiskTerms,
    PerpTerms,
    PoolTerms,
    SpotTerms,
)
from worldmarkets.model.liquidation_events import PlanSet, PriceMoved
from worldmarkets.model.liquidation_interface import PlanAction, PlanStep, Trigger
from worldmarkets.model.records import Placed
from worldmarkets.transactions import Log

EXCHANGE = "0x" + "0e" * 20
PLAIN = {
    "uint16": 7,
    "uint32": 7,
    "uint64": 7,
    "uint128": 7,
    "uint256": 7,
    "uint8": 7,
    "uint40": 7,
    "uint48": 7,
    "int24": -7,
    "int80": -7,
    "int256": -7,
    "bool": True,
    "address": "0x" + "0a" * 20,
}


def log_of(name: str, values: list[object], address: str = EXCHANGE) -> Log:
    """A log of an event with these values in the order of its fields."""
    event = abi_of("Exchange").events_by_name[name]
    topics = [event.topic]
    kinds, plain = [], []
    for (_name, kind, is_indexed), value in zip(event.fields, values, strict=True):
        if is_indexed:
            topics.append(encode([kind], [value]))
        else:
            kinds.append(kind)
            plain.append(value)
    return Log(address, tuple(topics), encode(kinds, plain), 5, "0x" + "11" * 32, 3)


def test_kinds_are_all_events_of_the_exchange() -> None:
    assert KINDS.keys() == abi_of("Exchange").events_by_name.keys() - {"AuthorityUpdated"}
    for name, kind in KINDS.items():
        assert len(fields(kind)) == len(abi_of("Exchange").events_by_name[name].fields) or (
            kind is BookRecords
        )


@pytest.mark.parametrize(
    "name",
    sorted(
        name
        for name in KINDS
        if all(kind in PLAIN for _, kind, _ in abi_of("Exchange").events_by_name[name].fields)
    ),
)
def test_decode_event_has_its_fields_in_their_order(name: str) -> None:
    event = abi_of("Exchange").events_by_name[name]
    values: list[object] = []
    for index, (_name, kind, _indexed) in enumerate(event.fields):
        value = PLAIN[kind]
        values.append(value + index if type(value) is int else value)
    found = decode_event(log_of(name, values))
    numbers = [int("0a" * 20, 16) if isinstance(value, str) else value for value in values]
    assert found == KINDS[name](*numbers)
    assert type(found) is KINDS[name]


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        (
            "PoolTermsSet",
            [2, (2**79 - 1, 5, 950, 100, 50)],
            PoolTermsSet(2, PoolTerms(2**79 - 1, 5, 950, 100, 50)),
        ),
        (
            "AssetRiskSet",
            [2, (1_100, 330, 50, 51, 52, 700)],
            AssetRiskSet(2, AssetRiskTerms(1_100, 330, 50, 51, 52, 700)),
        ),
        ("MarketRiskSet", [(350, 80, 60)], MarketRiskSet(MarketRiskTerms(350, 80, 60))),
        (
            "PlanSet",
            [
                7,
                [
                    (2, False, -5, 0, 513, 9, 4, 100, 60, 500, 0),
                    (1, True, 8, 3, 2, 9, 0, 0, 0, 0, 6),
                ],
            ],
            PlanSet(
                7,
                (
                    PlanStep(
                        Trigger.FUNDING, False, -5, PlanAction.REDUCE, 513, 9, 4, 100, 60, 500
                    ),
                    PlanStep(Trigger.PRICE, True, 8, PlanAction.PULL, 2, 9, source_account_id=6),
                ),
            ),
        ),
        (
            "MarketListed",
            [257, 1, (10, 10_000, 40, 350, -100, 500)],
            MarketListed(257, 1, SpotTerms(10, 10_000, 40, 350, -100, 500)),
        ),
        (
            "PerpMarketListed",
            [513, 1, (10, 10_000, 40, 350, -100, 500, 2**38, 11, 20_000, 300, 40, 30, 20)],
            PerpMarketListed(
                513,
                1,
                PerpTerms(10, 10_000, 40, 350, -100, 500, 2**38, 11, 20_000, 300, 40, 30, 20),
            ),
        ),
    ],
)
def test_decode_event_with_terms_has_them(
    name: str, values: list[object], expected: object
) -> None:
    assert decode_event(log_of(name, values)) == expected


def test_decode_event_of_others_is_none() -> None:
    assert decode_event(Log(EXCHANGE, (), b"", 1, "0x", 0)) is None
    assert decode_event(Log(EXCHANGE, (b"\x11" * 32,), b"", 1, "0x", 0)) is None
    role = abi_of("Exchange").events_by_name["AuthorityUpdated"]
    data = encode(["address"], ["0x" + "0a" * 20])
    assert decode_event(Log(EXCHANGE, (role.topic,), data, 1, "0x", 0)) is None


def test_decode_events_leaves_out_what_others_log() -> None:
    values: list[object] = [3, 1, True, 5]
    mine, other = log_of("LentSet", values), log_of("LentSet", values, "0x" + "0f" * 20)
    (found,) = decode_events([other, mine], EXCHANGE.upper().replace("0X", "0x"))
    assert found.event == LentSet(3, 1, True, 5)
    assert (found.block, found.transaction_hash, found.log_index) == (5, "0x" + "11" * 32, 3)


def test_event_topic_is_that_of_the_abi() -> None:
    assert event_topic(PriceJumped) == abi_of("Exchange").events_by_name["PriceJumped"].topic


@pytest.mark.node
def test_events_of_a_chain_are_all_in_order(deployer: Client, maker: Trader) -> None:
    client, account = maker
    height = int(client.raw.rpc.call("eth_blockNumber"), 16) + 1
    client.place(account, "WETH", Side.BID, dec(2_990), dec(1))
    client.set_lent(account, "USDM")
    deployer.post_prices({"WETH": dec(3_001)})
    deployer.post_prices({"WETH": dec(2_000)})
    placed, lent, updated, mark, moved, jumped = (
        logged.event for logged in client.raw.events(from_block=height)
    )
    assert isinstance(placed, BookRecords)
    assert placed.account_id == account
    assert isinstance(placed.records[0], Placed)
    assert lent == LentSet(account, 0, True, 10**12)
    assert isinstance(updated, PriceUpdated)
    assert (updated.asset_id, updated.price) == (1, 3_001 * 10**10)
    assert mark == MarkUpdated(513, 30_010 * 2**24, 0, 10_000, updated.time)
    assert isinstance(moved, PriceMoved)
    assert isinstance(jumped, PriceJumped)
    assert moved == PriceMoved(1, jumped.time + 10)
    assert (jumped.asset_id, jumped.price) == (1, 2_000 * 10**10)
    assert jumped.time >= updated.time


@pytest.mark.node
def test_events_of_some_kinds_leave_out_others(maker: Trader) -> None:
    client, account = maker
    created = [logged.event for logged in client.raw.events(AccountCreated)]
    assert created[-1] == AccountCreated(account, int(client.address, 16))
    both = [logged.event for logged in client.raw.events(AssetListed, Deposited)]
    assert [type(event) for event in both] == [AssetListed] * 4 + [Deposited] * 2
    block = next(client.raw.events(AccountCreated)).block
    assert list(client.raw.events(Deposited, to_block=block)) == []
