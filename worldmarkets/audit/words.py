"""Reading the words of an exchange on a chain, all at one block."""

from collections.abc import Sequence

from worldmarkets.abi import abi_of
from worldmarkets.model import slots
from worldmarkets.model.reading import ReadWords, WordReader, set_ticks
from worldmarkets.model.words import BookWord, LevelWord
from worldmarkets.rpc import Rpc, quantity
from worldmarkets.transactions.sender import call

_SLOTS_A_CALL = 2_000


def words_at(rpc: Rpc, exchange: str, block: int) -> ReadWords:
    """Return a function that reads the words of an exchange as of one block.

    It raises RpcError if the node does not keep the state of the block any more.
    """
    abi = abi_of("Exchange")

    def read(wanted: Sequence[int]) -> list[int]:
        words: list[int] = []
        for start in range(0, len(wanted), _SLOTS_A_CALL):
            data = abi.encode("readWords", list(wanted[start : start + _SLOTS_A_CALL]))
            returned = call(rpc, exchange, data, block=quantity(block))
            words += abi.decode("readWords", returned)[0]
        return words

    return read


def block_time(rpc: Rpc, block: int) -> int:
    """Return the timestamp of a block [seconds]."""
    header = rpc.call("eth_getBlockByNumber", quantity(block), False)
    return int(header["timestamp"], 16)


def read_levels(
    read_words: ReadWords, market_id: int
) -> tuple[dict[int, LevelWord], dict[int, LevelWord]]:
    """Return the level words of all bids and of all asks by tick, best first.

    The best ticks of the book word tell the sides apart: a book is never crossed.
    """
    reader = WordReader(read_words)
    ticks = list(set_ticks(reader, market_id))
    reader.prefetch([slots.book(market_id), *(slots.level(market_id, tick) for tick in ticks)])
    best_bid = reader.load(BookWord, slots.book(market_id)).best_bid
    levels = {tick: reader.load(LevelWord, slots.level(market_id, tick)) for tick in ticks}
    bids = {tick: levels[tick] for tick in reversed(ticks) if tick <= best_bid}
    asks = {tick: levels[tick] for tick in ticks if tick > best_bid}
    return bids, asks
