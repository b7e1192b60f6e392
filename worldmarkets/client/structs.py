"""Typed dataclasses from the tuples that the ABI decodes to, and orders as it takes them."""

from collections.abc import Callable, Sequence
from dataclasses import is_dataclass
from functools import lru_cache
from types import UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from worldmarkets.model.interface import OrderRequest

T = TypeVar("T")

_HEXADECIMAL = 16


@lru_cache(maxsize=64)
def _hints(kind: Callable[..., Any]) -> tuple[Any, ...]:
    return tuple(get_type_hints(kind).values())


def structs(kind: type[T], rows: Sequence[Sequence[Any]]) -> tuple[T, ...]:
    """Return dataclasses from an ABI array of tuples."""
    return tuple(struct(kind, row) for row in rows)


def struct(kind: Callable[..., T], values: Sequence[Any]) -> T:
    """Return a dataclass from the fields of an ABI tuple, which are in the same order.

    An address is taken as the dataclass has it: as text or as a number.
    """
    return kind(*(_field(hint, value) for hint, value in zip(_hints(kind), values, strict=True)))


def order_fields(order: OrderRequest) -> tuple[int, int, int, int, int, int]:
    """Return an order as the ABI has it."""
    return (
        order.market_id,
        order.tick,
        int(order.side),
        order.lots,
        order.max_fills,
        order.terms.pack(),
    )


def _field(kind: Any, value: Any) -> Any:
    if get_origin(kind) is tuple:
        return structs(get_args(kind)[0], value)
    if is_dataclass(kind):
        return struct(kind, value)  # type: ignore[arg-type]
    if isinstance(kind, UnionType):
        # What comes as any of several types is taken as the first, an enum.
        return get_args(kind)[0](value)
    if kind is int and isinstance(value, str):
        return int(value, _HEXADECIMAL)
    # Other hints are types that take what the ABI gives: integers, enums, strings.
    return kind(value)
