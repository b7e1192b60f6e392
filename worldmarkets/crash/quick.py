"""State that unpacks a word once for as long as it stays the same."""

from worldmarkets.model.packing import W, Word
from worldmarkets.model.reading import WordReader


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
