"""State of the exchange: its words by slot, with a journal to undo what failed."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

from worldmarkets.model.packing import W, Word

K = TypeVar("K")


class Journal:
    """Changes of mappings of integers, so that they can be undone."""

    def __init__(self) -> None:
        self._undo: list[tuple[dict[object, int], object, int | None]] = []
        self._depth = 0

    def set(self, mapping: dict[K, int], key: K, value: int) -> None:
        """Write a value and remember the one before."""
        if self._depth:
            entry = (mapping, key, mapping.get(key))
            self._undo.append(entry)  # type: ignore[arg-type]
        mapping[key] = value

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Undo what was written inside if an exception leaves it; transactions nest."""
        mark = len(self._undo)
        self._depth += 1
        try:
            yield
        except BaseException:
            while len(self._undo) > mark:
                mapping, key, value = self._undo.pop()
                if value is None:
                    del mapping[key]
                else:
                    mapping[key] = value
            raise
        finally:
            self._depth -= 1
            if not self._depth:
                self._undo.clear()


class State:
    """Words by slot; a slot never written is zero."""

    def __init__(self, words: dict[int, int] | None = None) -> None:
        self.words: dict[int, int] = dict(words or {})
        self.journal = Journal()
        self.time = 0
        """Timestamp of the action [seconds]."""
        self.written: set[int] = set()
        """Slots written since it was last cleared."""

    def load(self, kind: type[W], slot: int) -> W:
        """Read a word and unpack it."""
        return kind.unpack(self.load_raw(slot))

    def store(self, slot: int, word: Word) -> None:
        """Pack a word and write it."""
        self.store_raw(slot, word.pack())

    def load_raw(self, slot: int) -> int:
        """Read a word as it is."""
        return self.words.get(slot, 0)

    def store_raw(self, slot: int, word: int) -> None:
        """Write a word as it is."""
        self.written.add(slot)
        self.journal.set(self.words, slot, word)


class Overlay(State):
    """State over another, for a what-if: it reads through and keeps what it writes to itself."""

    def __init__(self, base: State) -> None:
        """Begin with the words of `base`, as of its time."""
        super().__init__()
        self._base = base
        self.time = base.time

    def load_raw(self, slot: int) -> int:
        """Read a word that was written here, or the one below it."""
        return self.words[slot] if slot in self.words else self._base.load_raw(slot)
