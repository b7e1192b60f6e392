"""Finding the best levels of a book from its bitmap words, in few calls."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from worldmarkets.model import slots
from worldmarkets.model.words import BookWord, LevelWord, TapeWord

ReadWords = Callable[[Sequence[int]], list[int]]

_CHILDREN = 255
_CHILD_MASK = (1 << _CHILDREN) - 1
_TOP_LAYER = 2


@dataclass(frozen=True)
class Depth:
    """The best levels of a book, best first, as (tick, level) pairs."""

    book: BookWord
    tape: TapeWord
    bids: tuple[tuple[int, LevelWord], ...]
    asks: tuple[tuple[int, LevelWord], ...]


def read_depth(read_words: ReadWords, market_id: int, depth: int) -> Depth:
    """Read the best `depth` levels of each side.

    Args:
        read_words: Reads words, all calls from one block.
        market_id: The market.
        depth: Most levels a side.
    """
    words = _Words(read_words)
    words.fetch([slots.book(market_id), slots.tape(market_id)])
    book = BookWord.unpack(words[slots.book(market_id)])
    words.fetch(_likely_bitmaps(market_id, book))
    bids = _take(_ticks(words, market_id, book.best_bid, is_ask=False), depth)
    asks = _take(_ticks(words, market_id, book.best_ask, is_ask=True), depth)
    words.fetch(slots.level(market_id, tick) for tick in (*bids, *asks))
    return Depth(
        book=book,
        tape=TapeWord.unpack(words[slots.tape(market_id)]),
        bids=tuple(words.level(market_id, tick) for tick in bids),
        asks=tuple(words.level(market_id, tick) for tick in asks),
    )


class _Words:
    """Words read so far; a missing one is read by itself."""

    def __init__(self, read_words: ReadWords) -> None:
        self._read = read_words
        self._known: dict[int, int] = {}

    def fetch(self, wanted: Iterable[int]) -> None:
        """Read several words in one call."""
        missing = [slot for slot in dict.fromkeys(wanted) if slot not in self._known]
        if missing:
            self._known.update(zip(missing, self._read(missing), strict=True))

    def __getitem__(self, slot: int) -> int:
        self.fetch([slot])
        return self._known[slot]

    def level(self, market_id: int, tick: int) -> tuple[int, LevelWord]:
        return tick, LevelWord.unpack(self[slots.level(market_id, tick)])


def _likely_bitmaps(market_id: int, book: BookWord) -> list[int]:
    """Return the slots of the words above and beside the best ticks."""
    wanted = [slots.bitmap(market_id, _TOP_LAYER, 0)]
    for best, step in ((book.best_bid, -1), (book.best_ask, 1)):
        index = best // _CHILDREN
        wanted += [slots.bitmap(market_id, 0, max(index + step * near, 0)) for near in range(3)]
        wanted.append(slots.bitmap(market_id, 1, index // _CHILDREN))
    return wanted


def _ticks(words: _Words, market_id: int, best: int, *, is_ask: bool) -> Iterator[int]:
    """Yield the ticks with orders from the best one on, away from the other side."""
    if not 0 < best < _CHILDREN**3:
        return
    yield best
    index = best
    for layer in range(_TOP_LAYER + 1):
        index, child = divmod(index, _CHILDREN)
        word = words[slots.bitmap(market_id, layer, index)] & _CHILD_MASK
        beyond = word >> child + 1 << child + 1 if is_ask else word & (1 << child) - 1
        yield from _below(words, market_id, layer, index, beyond, is_ask=is_ask)


def _below(
    words: _Words, market_id: int, layer: int, index: int, children: int, *, is_ask: bool
) -> Iterator[int]:
    """Yield the ticks below some children of a bitmap word, best first."""
    for child in _bits(children, is_ask=is_ask):
        inner = index * _CHILDREN + child
        if layer == 0:
            yield inner
            continue
        word = words[slots.bitmap(market_id, layer - 1, inner)] & _CHILD_MASK
        yield from _below(words, market_id, layer - 1, inner, word, is_ask=is_ask)


def _bits(word: int, *, is_ask: bool) -> Iterator[int]:
    """Yield the set bits, lowest first for asks and highest first for bids."""
    while word:
        bit = (word & -word).bit_length() - 1 if is_ask else word.bit_length() - 1
        yield bit
        word &= ~(1 << bit)


def _take(ticks: Iterator[int], depth: int) -> list[int]:
    return [tick for tick, _ in zip(ticks, range(depth), strict=False)]
