"""Whole books out of raw words, wherever the words come from."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from worldmarkets.model import bitmap, slots
from worldmarkets.model.queue import LevelQueue
from worldmarkets.model.state import State
from worldmarkets.model.words import BookWord, Lane, LevelWord, OrderId

ReadWords = Callable[[Sequence[int]], Sequence[int]]
"""Words at slots, like `readWords` of the exchange."""


class WordReader(State):
    """State that fetches the words it lacks, once each: what changes later it does not see.

    It can be written to, for a what-if; nothing is ever sent.
    """

    def __init__(self, read_words: ReadWords, time: int = 0) -> None:
        """Read words as of a time [seconds], up to which interest runs."""
        super().__init__()
        self._read_words = read_words
        self.time = time

    def prefetch(self, wanted: Iterable[int]) -> None:
        """Fetch several words at once."""
        missing = [slot for slot in dict.fromkeys(wanted) if slot not in self.words]
        if missing:
            self.words.update(zip(missing, self._read_words(missing), strict=True))

    def load_raw(self, slot: int) -> int:
        """Read a word, fetching it if need be."""
        if slot not in self.words:
            self.prefetch([slot])
        return self.words[slot]


@dataclass(frozen=True)
class RestingOrder:
    """A live order and its id."""

    order_id: int
    lane: Lane


@dataclass(frozen=True)
class Level:
    """The orders at a tick, oldest first."""

    tick: int
    word: LevelWord
    orders: tuple[RestingOrder, ...]


@dataclass(frozen=True)
class Book:
    """A market's book word and its levels, ascending."""

    market_id: int
    word: BookWord
    levels: tuple[Level, ...]

    def side(self, is_ask: bool) -> tuple[Level, ...]:
        """Return the levels of one side, best first, told apart by their orders."""
        found = tuple(
            level for level in self.levels if any(o.lane.is_ask == is_ask for o in level.orders)
        )
        return found if is_ask else found[::-1]

    def orders(self) -> Iterator[RestingOrder]:
        """Yield all orders."""
        for level in self.levels:
            yield from level.orders


def read_book(reader: WordReader, market_id: int) -> Book:
    """Read the whole book of a market by its bitmap."""
    ticks = list(set_ticks(reader, market_id))
    reader.prefetch([slots.book(market_id), *(slots.level(market_id, tick) for tick in ticks)])
    wanted = []
    for tick in ticks:
        level = reader.load(LevelWord, slots.level(market_id, tick))
        for chunk in {level.head_chunk, level.tail_chunk}:
            wanted.append(slots.header(market_id, tick, chunk))
            wanted += (slots.lanes(market_id, tick, chunk, place) for place in (0, 2, 4, 6))
    reader.prefetch(wanted)
    levels = tuple(_read_level(reader, market_id, tick) for tick in ticks)
    return Book(market_id, reader.load(BookWord, slots.book(market_id)), levels)


def set_ticks(reader: WordReader, market_id: int) -> Iterator[int]:
    """Yield the ticks whose bits are set, ascending, from the top of the tree down."""
    indices = [0]
    for layer in reversed(range(bitmap.LAYERS)):
        reader.prefetch(slots.bitmap(market_id, layer, index) for index in indices)
        indices = [
            index * bitmap.CHILDREN + child
            for index in indices
            for child in _children(reader.load_raw(slots.bitmap(market_id, layer, index)))
        ]
    yield from indices


def _children(word: int) -> Iterator[int]:
    for child in range(bitmap.CHILDREN):
        if word >> child & 1:
            yield child


def _read_level(reader: WordReader, market_id: int, tick: int) -> Level:
    queue = LevelQueue(reader, market_id, tick)
    return Level(tick, queue.level, tuple(_read_orders(queue, queue.order_ids())))


def _read_orders(queue: LevelQueue, order_ids: Iterable[OrderId]) -> Iterator[RestingOrder]:
    for order_id in order_ids:
        lane = queue.find(order_id)
        if lane is not None:
            yield RestingOrder(order_id.pack(), lane)
