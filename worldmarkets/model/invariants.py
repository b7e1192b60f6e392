"""The invariants of the exchange, checked on words read from any source.

Ids are those of docs/invariants.md. `audit` checks all that the words of one moment, and where
given the history of the books, can show.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from worldmarkets.model import accounts, balances, bitmap, risk, slots
from worldmarkets.model.errors import ContractError
from worldmarkets.model.findings import Finding
from worldmarkets.model.liquidation.invariants import LinePair, check_liquidation
from worldmarkets.model.perp_words import PositionWord
from worldmarkets.model.perps.invariants import check_funding, check_positions, perp_sums
from worldmarkets.model.queue import LevelQueue
from worldmarkets.model.reading import Book, Level, ReadWords, WordReader, read_book
from worldmarkets.model.records import Filled, Placed, Record, Removed
from worldmarkets.model.solvency import check_pool, check_solvency, solvency
from worldmarkets.model.words import (
    NO_ASK,
    NO_BID,
    ChunkHeader,
    LedgerWord,
    LevelWord,
    OrderId,
    PoolWord,
    base_of,
    is_perp,
)


@dataclass
class History:
    """Which orders were placed, in order, and which are gone, by the records of the log."""

    placed: dict[int, int] = field(default_factory=dict)
    gone: set[int] = field(default_factory=set)

    def apply(self, records: Iterable[Record]) -> None:
        """Follow the records of a transaction."""
        for record in records:
            if isinstance(record, Placed):
                if record.order_id:
                    self.placed[record.order_id] = len(self.placed)
            elif isinstance(record, Removed) or (isinstance(record, Filled) and record.gone):
                self.gone.add(record.order_id)


def audit(
    read_words: ReadWords,
    market_ids: Sequence[int],
    account_ids: Sequence[int],
    held_token_units: Mapping[int, int],
    history: History | None = None,
    time: int = 0,
    lines: Iterable[LinePair] = (),
) -> list[Finding]:
    """Check SOLV-1 and LEND-1 per asset, BOOK-1 to BOOK-4 per market, SOLV-2 and FUND-1 per perp.

    And use, and LIQ-3.

    BOOK-2 and BOOK-3 need the history. `account_ids` are all accounts there are,
    `held_token_units` the exchange's token balance of each asset, `time` when the words were read
    [seconds], `lines` the standby lines that were ever offered.
    """
    reader = WordReader(read_words, time)
    findings = []
    for market_id in market_ids:
        book = read_book(reader, market_id)
        findings += check_levels(reader, book)
        findings += check_open_totals(reader, book, account_ids)
        if is_perp(market_id):
            findings += check_positions(perp_sums(reader, market_id, account_ids))
            findings += check_funding(reader, market_id, account_ids)
        if history is not None:
            findings += check_first_in_first_out(book, history)
            findings += check_stale_ids(reader, book, history)
    findings += check_use(reader, account_ids, list(held_token_units))
    findings += check_liquidation(reader, account_ids, lines)
    for asset_id, held in held_token_units.items():
        sums = solvency(reader, asset_id, account_ids, market_ids, held)
        findings += check_solvency(sums) + check_pool(reader, sums)
    return findings


# ---------------------------------------------------------------------- BOOK-1


def check_levels(reader: WordReader, book: Book, known_ticks: Iterable[int] = ()) -> list[Finding]:
    """BOOK-1: level totals = live orders, bits ⇔ live orders, cached best = bitmap best.

    `known_ticks` are further ticks that were used once and must be found empty.
    """
    texts = [text for level in book.levels for text in _level_faults(book, level)]
    texts += _best_faults(book)
    texts += _chunk_faults(reader, book)
    found = {level.tick for level in book.levels}
    for tick in sorted(set(known_ticks) - found):
        if reader.load(LevelWord, slots.level(book.market_id, tick)).live:
            texts.append(f"tick {tick} has live orders and no bit in the bitmap")
    return [Finding("BOOK-1", f"market {book.market_id}", text) for text in texts]


def _level_faults(book: Book, level: Level) -> list[str]:
    texts = []
    word, lots = level.word, sum(order.lane.lots for order in level.orders)
    if not level.orders:
        texts.append("bit set, but no live order")
    if word.live != len(level.orders):
        texts.append(f"{word.live} orders counted, {len(level.orders)} live")
    if word.lots != lots:
        texts.append(f"{word.lots} lots counted, {lots} live")
    if len({order.lane.is_ask for order in level.orders}) > 1:
        texts.append("bids and asks at one tick")
    smallest = min((order.lane.lots for order in level.orders), default=book.word.min_lots)
    if smallest < book.word.min_lots:
        texts.append(f"an order of {smallest} lots rests, the minimum is {book.word.min_lots}")
    return [f"tick {level.tick}: {text}" for text in texts]


def _best_faults(book: Book) -> list[str]:
    bids, asks = book.side(is_ask=False), book.side(is_ask=True)
    best_bid, best_ask = bids[0].tick if bids else NO_BID, asks[0].tick if asks else NO_ASK
    texts = []
    if book.word.best_bid != best_bid:
        texts.append(f"best bid cached {book.word.best_bid}, in the bitmap {best_bid}")
    if book.word.best_ask != best_ask:
        texts.append(f"best ask cached {book.word.best_ask}, in the bitmap {best_ask}")
    if best_bid >= best_ask:
        texts.append(f"crossed: best bid {best_bid}, best ask {best_ask}")
    return texts


def _chunk_faults(reader: WordReader, book: Book) -> list[str]:
    """Every chunk made is in one queue or once in the pool."""
    pool = reader.load(PoolWord, slots.pool(book.market_id))
    used = [chunk for level in book.levels for chunk in _chunks(reader, book, level)]
    chunk = pool.free
    while chunk and len(used) <= pool.made:
        used.append(chunk)
        chunk = reader.load(ChunkHeader, slots.header(book.market_id, 0, chunk)).next
    if sorted(used) != list(range(1, pool.made + 1)):
        return [f"{pool.made} chunks made, in queues and pool: {sorted(used)}"]
    return []


def _chunks(reader: WordReader, book: Book, level: Level) -> list[int]:
    chunks, chunk = [], level.word.head_chunk
    while True:
        if chunk:
            chunks.append(chunk)
        if chunk == level.word.tail_chunk or len(chunks) > level.word.live:
            return chunks
        header = slots.header(book.market_id, level.tick, chunk)
        chunk = reader.load(ChunkHeader, header).next


def check_bitmap_parents(reader: WordReader, market_id: int, ticks: Iterable[int]) -> list[Finding]:
    """BOOK-1: above each of these ticks, a bit is set ⇔ the word below has children."""
    texts = []
    for layer in range(1, bitmap.LAYERS):
        for index in sorted({tick // bitmap.CHILDREN**layer for tick in ticks}):
            below = reader.load_raw(slots.bitmap(market_id, layer - 1, index)) & bitmap.CHILD_MASK
            parent, child = divmod(index, bitmap.CHILDREN)
            bit = reader.load_raw(slots.bitmap(market_id, layer, parent)) >> child & 1
            if bit != bool(below):
                texts.append(f"layer {layer} bit {index} is {bit}, the word below {below:#x}")
    return [Finding("BOOK-1", f"market {market_id}", text) for text in texts]


# ---------------------------------------------------------------------- BOOK-2 to BOOK-4


def check_first_in_first_out(book: Book, history: History) -> list[Finding]:
    """BOOK-2: within a level, orders stand in the order in which they were placed."""
    findings = []
    for level in book.levels:
        turns = [history.placed.get(order.order_id, -1) for order in level.orders]
        if turns != sorted(turns) or -1 in turns:
            subject = f"market {book.market_id}"
            findings.append(Finding("BOOK-2", subject, f"tick {level.tick}: turns {turns}"))
    return findings


def check_stale_ids(reader: WordReader, book: Book, history: History) -> list[Finding]:
    """BOOK-3: the id of an order that is gone finds nothing, and no such order is in the book."""
    findings = []
    live = {order.order_id for order in book.orders()}
    for order_id in sorted(history.gone):
        where = OrderId.unpack(order_id)
        if where.market != book.market_id:
            continue
        queue = LevelQueue(reader, where.market, where.tick)
        if order_id in live or queue.find(where) is not None:
            text = f"order {order_id:#x} is gone and still found"
            findings.append(Finding("BOOK-3", f"market {where.market}", text))
    return findings


def check_open_totals(reader: WordReader, book: Book, account_ids: Sequence[int]) -> list[Finding]:
    """BOOK-4: open-order totals of every account = its live orders [atoms, lots of a perp]."""
    totals = {account_id: [0, 0] for account_id in account_ids}
    per_lot = 1 if is_perp(book.market_id) else book.word.atoms_per_lot
    findings = []
    for order in book.orders():
        if order.lane.account not in totals:
            text = f"order {order.order_id:#x} is of no known account"
            findings.append(Finding("BOOK-4", f"account {order.lane.account}", text))
            continue
        atoms = order.lane.lots * per_lot
        totals[order.lane.account][order.lane.is_ask] += atoms
    base, of_perp = base_of(book.market_id), is_perp(book.market_id)
    slot_of = slots.position if of_perp else slots.ledger
    reader.prefetch(slot_of(account_id, base) for account_id in account_ids)
    for account_id, (bids, asks) in totals.items():
        slot = slot_of(account_id, base)
        word = reader.load(PositionWord, slot) if of_perp else reader.load(LedgerWord, slot)
        if (word.open_bids, word.open_asks) != (bids, asks):
            text = f"market {book.market_id}: counted {word.open_bids}, {word.open_asks}"
            text += f"; live {bids}, {asks}"
            findings.append(Finding("BOOK-4", f"account {account_id}", text))
    return findings


# ---------------------------------------------------------------------- risk


def check_use(
    reader: WordReader, account_ids: Sequence[int], asset_ids: Sequence[int]
) -> list[Finding]:
    """RISK-1: an account uses every asset and perp of which it has anything.

    The check sees no other.
    """
    pairs = [(account, asset) for account in account_ids for asset in asset_ids]
    wanted = [slot(*pair) for pair in pairs for slot in (slots.ledger, slots.position)]
    reader.prefetch([*(slots.account(account_id) for account_id in account_ids), *wanted])
    findings = []
    for account_id, asset_id in pairs:
        unused = []
        if asset_id not in accounts.used_assets(reader, account_id):
            unused += [] if _has_nothing(reader, account_id, asset_id) else ["asset"]
        if asset_id not in accounts.used_perps(reader, account_id):
            unused += (
                [] if accounts.is_perp_empty(reader, account_id, asset_id) else ["the perp of"]
            )
        for kind in unused:
            text = f"has of {kind} {asset_id}, which it does not use"
            findings.append(Finding("RISK-1", f"account {account_id}", text))
    return findings


def _has_nothing(reader: WordReader, account_id: int, asset_id: int) -> bool:
    if asset_id == 0:
        return balances.load(reader, account_id, 0).balance == 0
    return accounts.is_empty(reader, account_id, asset_id)


def check_risk(reader: WordReader, account_id: int) -> list[Finding]:
    """RISK-1: the account needs no margin, or meets its initial requirement.

    Profit not settled yet does not count if it owes something.
    """
    try:
        risk.check(reader, account_id)
    except ContractError as error:
        return [Finding("RISK-1", f"account {account_id}", str(error))]
    return []
