"""What holds of every perp at any time: SOLV-2 and FUND-1, on words read from any source."""

from collections.abc import Sequence
from dataclasses import dataclass

from worldmarkets.model import slots
from worldmarkets.model.findings import Finding
from worldmarkets.model.perp_words import Q24, MarkWord, PerpPoolWord, PositionWord
from worldmarkets.model.perps import funding
from worldmarkets.model.reading import WordReader
from worldmarkets.model.words import TapeWord, base_of

HORIZON = 300
"""How far ahead funding is run [seconds]."""


@dataclass(frozen=True)
class PerpSums:
    """The positions of a perp together: sizes [lots], and what is there beyond their cash.

    `dust` is pool and shortfall less the cash of all positions and the fees not yet collected; it
    comes from rounding alone [2^-24 quote atoms].
    """

    market_id: int
    size: int
    long: int
    open_interest: int
    dust: int
    tick_value: int

    def most_dust(self, roundings: int) -> int:
        """Return what so many fees and settlements may leave over at most [2^-24 quote atoms]."""
        return (roundings + 1) * (Q24 + self.tick_value)


def perp_sums(reader: WordReader, market_id: int, account_ids: Sequence[int]) -> PerpSums:
    """Add up the positions of all accounts in a perp."""
    words = _positions(reader, market_id, account_ids)
    market = reader.load(MarkWord, slots.mark(market_id))
    tape = reader.load(TapeWord, slots.tape(market_id))
    pool = reader.load(PerpPoolWord, slots.perp_pool(market_id))
    cash = sum(word.cash for word in words) * market.tick_value
    return PerpSums(
        market_id,
        sum(word.size for word in words),
        sum(max(0, word.size) for word in words),
        tape.open_interest,
        (pool.cash + pool.shortfall - tape.fees) * Q24 - cash,
        market.tick_value,
    )


def check_positions(sums: PerpSums, roundings: int | None = None) -> list[Finding]:
    """SOLV-2: sizes add up to zero, longs to open interest, and cash to pool and shortfall.

    Rounding leaves dust to the market; how much at most is checked if it is known how many fees
    and settlements were rounded.
    """
    texts = []
    if sums.size:
        texts.append(f"sizes add up to {sums.size} lots")
    if sums.long != sums.open_interest:
        texts.append(f"{sums.open_interest} lots of open interest counted, {sums.long} held long")
    if sums.dust < 0:
        texts.append(f"positions have {-sums.dust} more than there is [2^-24 quote atoms]")
    if roundings is not None and sums.dust >= sums.most_dust(roundings):
        texts.append(f"{sums.dust} left over by {roundings} roundings [2^-24 quote atoms]")
    return [Finding("SOLV-2", f"market {sums.market_id}", text) for text in texts]


def check_funding(reader: WordReader, market_id: int, account_ids: Sequence[int]) -> list[Finding]:
    """FUND-1: what some pay as funding runs ahead others get, to the last unit."""
    market = reader.load(MarkWord, slots.mark(market_id))
    now = funding.index_at(market, reader.time)
    grown = funding.index_at(market, reader.time + HORIZON) - now
    words = _positions(reader, market_id, account_ids)
    left = sum(-word.size * grown for word in words)
    if not left:
        return []
    text = f"{left} units of funding are got and not paid [2^-24 tick-lots]"
    return [Finding("FUND-1", f"market {market_id}", text)]


def _positions(
    reader: WordReader, market_id: int, account_ids: Sequence[int]
) -> list[PositionWord]:
    wanted = [slots.position(account_id, base_of(market_id)) for account_id in account_ids]
    own = [slots.mark(market_id), slots.tape(market_id), slots.perp_pool(market_id)]
    reader.prefetch([*own, *wanted])
    return [reader.load(PositionWord, slot) for slot in wanted]
