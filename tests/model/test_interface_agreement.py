"""Errors and events of the model are those of the ABI: the same names, fields and order."""

from dataclasses import fields
from typing import Any

import pytest

from tests.support.mirror import snake
from worldmarkets.artifacts import load
from worldmarkets.model import errors, events

EXCHANGE = load("IExchange").abi
RENAMED = {("InvalidParameter", "name"): "parameter"}
"""An exception has a name of its own."""


def entries(kind: str) -> list[Any]:
    found = [entry for entry in EXCHANGE if entry["type"] == kind]
    return [pytest.param(entry, id=entry["name"]) for entry in found]


def test_exchange_has_errors_and_events() -> None:
    assert len(entries("error")) > 20
    assert len(entries("event")) == 15


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
