"""Words at random."""

from dataclasses import fields
from typing import Any, TypeVar

from hypothesis import strategies as st

from worldmarkets.model.packing import Word, layout

W = TypeVar("W", bound=Word)


def words_of(kind: type[W]) -> st.SearchStrategy[W]:
    """Words whose fields are anything they can be, often their extremes."""

    def values(bit: Any) -> st.SearchStrategy[int]:
        low = -(1 << bit.width - 1) if bit.signed else 0
        high = low + bit.mask
        return st.sampled_from((low, high)) | st.integers(low, high)

    return st.builds(kind, **{bit.name: values(bit) for bit in layout(kind)})


def values_of(word: Word) -> list[int]:
    """The fields of a word, in the order of their declaration."""
    return [getattr(word, known.name) for known in fields(word)]
