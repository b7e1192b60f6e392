"""Reading the words of an exchange, all at one block."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from worldmarkets.abi import abi_of
from worldmarkets.model import slots
from worldmarkets.model.words import BookWord, LevelWord
from worldmarkets.rpc import Rpc, quantity
from worldmarkets.transactions.sender import call

_SLOTS_A_CALL = 2_000
_CHILDREN = 255
_TOP_LAYER = 2


class WordReader(Protocol):
    """Whatever returns the words at slots."""

    def read(self, wanted: Sequence[int]) -> list[int]:
        """Return the words at slots, in order."""


class ChainReader:
    """The words of an exchange on a chain, as of one block; each is read once."""

    def __init__(self, rpc: Rpc, exchange: str, block: int) -> None:
        self.words: dict[int, int] = {}
        """All words read so far, by slot."""
        self.block = block
        self._rpc = rpc
        self._exchange = exchange
        self._abi = abi_of("IExchange")

    def read(self, wanted: Sequence[int]) -> list[int]:
        """Return the words at slots, in order.

        Raises:
            RpcError: the node does not know the state at the block.
        """
        missing = [slot for slot in dict.fromkeys(wanted) if slot not in self.words]
        for start in range(0, len(missing), _SLOTS_A_CALL):
            part = missing[start : start + _SLOTS_A_CALL]
            data = self._abi.encode("readWords", part)
            returned = call(self._rpc, self._exchange, data, block=quantity(self.block))
            (words,) = self._abi.decode("readWords", returned)
            self.words.update(zip(part, words, strict=True))
        return [self.words[slot] for slot in wanted]


def live_ticks(reader: WordReader, market_id: int) -> list[int]:
    """Return the ticks whose bits are set, in order, by the tree from the top down."""
    indexes = [0]
    for layer in range(_TOP_LAYER, -1, -1):
        words = reader.read([slots.bitmap(market_id, layer, index) for index in indexes])
        indexes = [
            index * _CHILDREN + child
            for index, word in zip(indexes, words, strict=True)
            for child in set_children(word)
        ]
    return indexes


def set_children(word: int) -> Iterator[int]:
    """Yield the set children of a bitmap word, lowest first; its sentinel bit is none."""
    word &= (1 << _CHILDREN) - 1
    while word:
        lowest = word & -word
        yield lowest.bit_length() - 1
        word ^= lowest


def read_levels(
    reader: WordReader, market_id: int
) -> tuple[dict[int, LevelWord], dict[int, LevelWord]]:
    """Return the level words of all bids and of all asks by tick, best first.

    The best ticks of the book word tell the sides apart: a book is never crossed.
    """
    ticks = live_ticks(reader, market_id)
    words = reader.read([slots.book(market_id), *level_slots(market_id, ticks)])
    book = BookWord.unpack(words[0])
    levels = dict(zip(ticks, map(LevelWord.unpack, words[1:]), strict=True))
    bids = {tick: levels[tick] for tick in reversed(ticks) if tick <= book.best_bid}
    asks = {tick: levels[tick] for tick in ticks if tick > book.best_bid}
    return bids, asks


def level_slots(market_id: int, ticks: Iterable[int]) -> list[int]:
    """Return the slots of level words."""
    return [slots.level(market_id, tick) for tick in ticks]
