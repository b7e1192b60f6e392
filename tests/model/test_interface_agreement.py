"""Errors, events and numbers of the model are those of the contracts: names, fields, order."""

import re
from dataclasses import fields
from enum import IntEnum, IntFlag
from typing import Any

import pytest

from tests.support.lockstep import snake
from worldmarkets.artifacts import load, project_root
from worldmarkets.model import errors, events, packed, words
from worldmarkets.model.interface import (
    Permission,
    Refusal,
    Removal,
    SelfTrade,
    Side,
    TimeInForce,
)
from worldmarkets.model.liquidation_interface import PlanAction, PlanStep, SliceResult, Trigger

EXCHANGE = load("IExchange").abi
LIQUIDATION = load("ILiquidation").abi
RENAMED = {(error, "name"): "parameter" for error in ("InvalidParameter", "RampExceeded")}
"""An exception has a name of its own."""


def entries(kind: str) -> list[Any]:
    found = [entry for entry in (*EXCHANGE, *LIQUIDATION) if entry["type"] == kind]
    return [pytest.param(entry, id=entry["name"]) for entry in found]


def test_exchange_has_errors_and_events() -> None:
    assert len(entries("error")) > 20
    assert len(entries("event")) == 27 + 21


@pytest.mark.parametrize("entry", entries("error"))
def test_error_has_the_fields_of_the_abi(entry: dict[str, Any]) -> None:
    kind = getattr(errors, entry["name"])
    names = [known["name"] for known in entry["inputs"]]
    expected = [RENAMED.get((entry["name"], name), snake(name)) for name in names]
    assert [known.name for known in fields(kind)] == expected


@pytest.mark.parametrize("entry", entries("event"))
def test_event_has_the_fields_of_the_abi(entry: dict[str, Any]) -> None:
    kind = getattr(events, entry["name"])
    if entry["name"] == "BookRecords":
        assert [known.name for known in fields(kind)] == ["account_id", "records"]
        return
    expected = {snake(known["name"]) for known in entry["inputs"]}
    assert {known.name for known in fields(kind)} == expected


def source(path: str) -> str:
    """A contract's source without its comments."""
    text = (project_root() / "contracts" / path).read_text()
    return re.sub(r"//.*|/\*.*?\*/", "", text)


@pytest.mark.parametrize(
    ("kind", "interface"),
    [
        (Side, "IExchange"),
        (Refusal, "IExchange"),
        (Removal, "IExchange"),
        (Trigger, "ILiquidation"),
        (PlanAction, "ILiquidation"),
    ],
)
def test_enum_has_the_members_of_the_interface(kind: type[IntEnum], interface: str) -> None:
    text = source(f"interfaces/{interface}.sol")
    found = re.search(rf"enum {kind.__name__} {{(.*?)}}", text, re.S)
    assert found is not None
    members = [name.strip() for name in found.group(1).split(",")]
    assert {name: number for number, name in enumerate(members)} == kind.__members__


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        (TimeInForce, "types/OrderTerms.sol"),
        (SelfTrade, "types/OrderTerms.sol"),
        (Permission, "types/OperatorWord.sol"),
    ],
)
def test_numbers_are_the_constants_of_the_contracts(
    kind: type[IntEnum | IntFlag], path: str
) -> None:
    constants = dict(re.findall(r"uint256 internal constant (\w+) = (\d+);", source(path)))
    assert {name: int(constants[name]) for name in kind.__members__} == kind.__members__


@pytest.mark.parametrize("kind", [PlanStep, SliceResult])
def test_struct_of_liquidation_has_the_fields_of_the_interface(kind: type[Any]) -> None:
    text = source("interfaces/ILiquidation.sol")
    found = re.search(rf"struct {kind.__name__} {{(.*?)}}", text, re.S)
    assert found is not None
    names = [field.split()[-1] for field in found.group(1).split(";") if field.split()]
    expected = [snake(name) for name in names]
    assert [known.name for known in fields(kind)] == expected


@pytest.mark.parametrize("name", ["HEADER_SIZE", "CANCEL_SIZE", "PLACE_SIZE", "MORE_SIZE"])
def test_packed_sizes_are_those_of_the_contracts(name: str) -> None:
    found = re.search(rf"constant {name} = (\d+);", source("book/PackedBatch.sol"))
    assert found is not None
    assert int(found.group(1)) == getattr(packed, name)


def test_terms_stand_where_a_lane_has_them() -> None:
    terms = words.OrderTerms(expiry=2**32 - 1, reduce_only=1, client_id=2**64 - 1)
    lane = words.Lane(expiry=2**32 - 1, reduce_only=1, tag=terms.tag)
    assert terms.pack() & (2**128 - 1) == lane.pack()
