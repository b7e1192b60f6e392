"""State that unpacks a word once for as long as it stays the same, and knows what it was before."""

from worldmarkets.model.packing import W, Word
from worldmarkets.model.reading import WordReader
from worldmarkets.model.state import Overlay, State


class QuickState(WordReader):
    """Words of a chain or of nothing, for replays, which read the same ones over and over."""

    def __init__(self, words: dict[int, int], reader: WordReader | None = None) -> None:
        """Begin with some words; others come from a reader, or are zero.

        Args:
            words: Known words, by slot.
            reader: What fetches the others; None for an exchange in memory.
        """
        super().__init__(lambda wanted: [reader.load_raw(slot) if reader else 0 for slot in wanted])
        self.words = dict(words)
        self._unpacked: dict[int, tuple[int, Word]] = {}
        self._old: dict[int, int] = {}

    def load(self, kind: type[W], slot: int) -> W:
        """Read a word and unpack it, unless it has been read like this before."""
        raw = self.load_raw(slot)
        known = self._unpacked.get(slot)
        if known is not None and known[0] == raw and isinstance(known[1], kind):
            return known[1]
        word = kind.unpack(raw)
        self._unpacked[slot] = (raw, word)
        return word

    def store(self, slot: int, word: Word) -> None:
        """Pack a word and write it; it need not be unpacked again."""
        raw = word.pack()
        self.store_raw(slot, raw)
        self._unpacked[slot] = (raw, word)

    def store_raw(self, slot: int, word: int) -> None:
        """Write a word as it is, and remember what was there."""
        self._old.setdefault(slot, self.load_raw(slot))
        super().store_raw(slot, word)

    def mark(self) -> None:
        """Let `before` be what is there now."""
        self._old.clear()

    def before(self) -> State:
        """Return a view of the words as they were at the last mark, as of now."""
        view = Overlay(self)
        view.words.update(self._old)
        return view
