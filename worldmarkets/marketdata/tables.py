"""CSV files, plain or compressed, whose format is told by the names of their columns."""

import csv
import gzip
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from worldmarkets.errors import WorldMarketsError

_GZIP_MAGIC = b"\x1f\x8b"


class DataFileError(WorldMarketsError):
    """A data file can not be used."""


class UnreadableFileError(DataFileError):
    """A file is missing, or is not text."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"can not read {path}: {reason}")


class UnknownFormatError(DataFileError):
    """No known format has the columns of a file."""

    def __init__(self, path: Path, found: Sequence[str], expected: Sequence[Sequence[str]]) -> None:
        self.found = tuple(found)
        self.expected = tuple(tuple(columns) for columns in expected)
        wanted = " or ".join(f"[{', '.join(columns)}]" for columns in self.expected)
        super().__init__(f"{path} has columns [{', '.join(found)}], expected {wanted}")


class MalformedRowError(DataFileError):
    """A row of a file does not say what its columns promise."""

    def __init__(self, path: Path, line: int, reason: str) -> None:
        self.line = line
        super().__init__(f"{path} line {line}: {reason}")


class SelectionError(DataFileError):
    """A file holds several series and the choice names none or no single one of them."""

    def __init__(self, path: Path, column: str, chosen: str | None, held: Sequence[str]) -> None:
        self.held = tuple(held)
        asked = f"no {column} {chosen}" if chosen else f"several series: choose a {column}"
        super().__init__(f"{path} holds {asked}; it has {', '.join(held) or 'none'}")


def read_columns(path: Path) -> tuple[str, ...]:
    """Return the names of a file's columns.

    Raises:
        UnreadableFileError: the file is missing, empty or not text.
    """
    with _opened(path) as text:
        header = next(csv.reader(text), None)
    if not header:
        raise UnreadableFileError(path, "it is empty")
    return tuple(name.strip() for name in header)


def read_rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Yield the line number and the fields of every row below the header.

    Raises:
        UnreadableFileError: the file is missing or not text.
        MalformedRowError: a row has more or fewer fields than the header.
    """
    with _opened(path) as text:
        reader = csv.reader(text)
        width = len(next(reader, []))
        for fields in reader:
            if len(fields) != width:
                reason = f"{len(fields)} fields where the header has {width}"
                raise MalformedRowError(path, reader.line_num, reason)
            yield reader.line_num, fields


@contextmanager
def _opened(path: Path) -> Iterator[TextIO]:
    try:
        with path.open("rb") as raw:
            compressed = raw.read(2) == _GZIP_MAGIC
        opener = gzip.open if compressed else open
        with opener(path, "rt", encoding="utf-8", newline="") as text:
            yield text
    except (OSError, EOFError, UnicodeDecodeError, csv.Error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UnreadableFileError(path, reason) from error
