"""Strategies for numbers of a width, often at their extremes."""

from hypothesis import strategies as st


def unsigned(bits: int) -> st.SearchStrategy[int]:
    """Any number of so many bits."""
    return st.sampled_from((0, 1, 2**bits - 1)) | st.integers(0, 2**bits - 1)


def signed(bits: int) -> st.SearchStrategy[int]:
    """Any signed number of so many bits."""
    half = 2 ** (bits - 1)
    return st.sampled_from((-half, -1, 0, half - 1)) | st.integers(-half, half - 1)
