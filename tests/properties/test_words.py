"""Packed words: what goes in comes out, and nothing carries into a neighbour."""

from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.properties.words import values_of, words_of
from tests.support.harness import Harness
from tests.support.properties import signed, unsigned
from worldmarkets.model.words import (
    MAX_HELD_ATOMS,
    MAX_LIVE,
    MAX_OPEN_ATOMS,
    NO_ASK,
    AccountWord,
    BookWord,
    ChunkHeader,
    Lane,
    LedgerWord,
    LevelWord,
    OrderId,
    PoolWord,
    RegistryWord,
    TapeWord,
    TokenWord,
    UnderlyingWord,
)


@pytest.fixture(scope="module")
def lanes() -> Harness:
    return Harness("LaneHarness")


@pytest.fixture(scope="module")
def ids() -> Harness:
    return Harness("OrderIdHarness")


@pytest.fixture(scope="module")
def levels() -> Harness:
    return Harness("LevelWordHarness")


@pytest.fixture(scope="module")
def ledgers() -> Harness:
    return Harness("LedgerWordHarness")


@pytest.fixture(scope="module")
def books() -> Harness:
    return Harness("BookWordHarness")


@pytest.fixture(scope="module")
def tapes() -> Harness:
    return Harness("TapeWordHarness")


@pytest.fixture(scope="module")
def headers() -> Harness:
    return Harness("ChunkHeaderHarness")


@pytest.fixture(scope="module")
def small() -> Harness:
    return Harness("SmallWordsHarness")


# ------------------------------------------------------------------ lanes and ids


@given(unsigned(32), st.booleans(), unsigned(40))
def test_lane_create_round_trips(lanes: Harness, account: int, is_ask: bool, lots: int) -> None:
    word = lanes.read("create", account, is_ask, lots, 0)
    assert word == Lane(account=account, lots=lots, is_ask=is_ask).pack()
    assert lanes.read("fields", word) == (account, lots, is_ask)


@given(words_of(Lane), unsigned(40))
def test_lane_with_lots_changes_only_the_lots(lanes: Harness, lane: Lane, lots: int) -> None:
    changed = Lane.unpack(lanes.read("withLots", lane.pack(), lots))
    assert changed == replace(lane, lots=lots)


@given(words_of(Lane), words_of(Lane), words_of(Lane), st.integers(0, 7))
def test_lane_pack_replaces_one_half_of_a_pair(
    lanes: Harness, even: Lane, odd: Lane, new: Lane, place: int
) -> None:
    pair = odd.pack() << 128 | even.pack()
    packed = lanes.read("pack", new.pack(), pair, place)
    expected = [even, odd]
    expected[place % 2] = new
    assert packed == expected[1].pack() << 128 | expected[0].pack()
    for position in range(2):
        found = lanes.read("unpack", packed, place - place % 2 + position)
        assert found == expected[position].pack()


@given(words_of(OrderId))
def test_order_id_round_trips(ids: Harness, order_id: OrderId) -> None:
    generation, place, chunk, tick, market = values_of(order_id)
    word = ids.read("create", market, tick, chunk, place, generation)
    assert word == order_id.pack()
    assert ids.read("fields", word) == (market, tick, chunk, place, generation)


# ------------------------------------------------------------------ levels


@given(words_of(LevelWord))
def test_level_fields_are_read_from_their_bits(levels: Harness, level: LevelWord) -> None:
    assert list(levels.read("fields", level.pack())) == values_of(level)


@given(words_of(LevelWord), unsigned(40), st.booleans())
@example(
    LevelWord(0, 0, 0x7F, 0, 7, MAX_LIVE - 1, (MAX_LIVE - 1) * (2**40 - 1), 2**48 - 1),
    2**40 - 1,
    True,
)
def test_level_append_then_remove_is_the_identity_but_for_the_place(
    levels: Harness, level: LevelWord, lots: int, same_chunk: bool
) -> None:
    place = level.tail_place % 8
    level = replace(
        level,
        tail_chunk=level.head_chunk if same_chunk else level.head_chunk ^ 1,
        tail_place=place,
        live=level.live % MAX_LIVE,
        lots=level.lots % ((MAX_LIVE - 1) * (2**40 - 1) + 1),
    )
    side = "head_live" if same_chunk else "tail_live"
    level = replace(level, **{side: getattr(level, side) & ~(1 << place)})

    appended = LevelWord.unpack(levels.read("append", level.pack(), lots))

    assert appended == replace(
        level,
        tail_place=place + 1,
        live=level.live + 1,
        lots=level.lots + lots,
        **{side: getattr(level, side) | 1 << place},
    )
    remove = "removeFromHead" if same_chunk else "removeFromTail"
    removed = LevelWord.unpack(levels.read(remove, appended.pack(), place, lots))
    assert removed == replace(level, tail_place=place + 1)


@given(words_of(LevelWord), unsigned(40))
def test_level_remove_from_middle_and_shrink_change_only_counts(
    levels: Harness, level: LevelWord, lots: int
) -> None:
    level = replace(level, live=max(level.live, 1), lots=max(level.lots, lots))
    removed = LevelWord.unpack(levels.read("removeFromMiddle", level.pack(), lots))
    assert removed == replace(level, live=level.live - 1, lots=level.lots - lots)
    shrunk = LevelWord.unpack(levels.read("shrink", level.pack(), lots))
    assert shrunk == replace(level, lots=level.lots - lots)


@given(words_of(LevelWord), unsigned(32), unsigned(8), unsigned(48))
def test_level_head_and_tail_moves_change_only_their_fields(
    levels: Harness, level: LevelWord, chunk: int, live: int, generation: int
) -> None:
    with_head = LevelWord.unpack(levels.read("withHead", level.pack(), chunk, live, generation))
    assert with_head == replace(level, head_chunk=chunk, head_live=live, head_generation=generation)
    joined = LevelWord.unpack(levels.read("withHeadAtTail", level.pack()))
    assert joined == replace(
        level,
        head_chunk=level.tail_chunk,
        head_live=level.tail_live,
        head_generation=level.generation,
        tail_live=0,
    )
    level = replace(level, generation=level.generation % (2**48 - 1))
    new_tail = LevelWord.unpack(levels.read("withNewTail", level.pack(), chunk))
    assert new_tail == replace(
        level, tail_chunk=chunk, tail_live=0, tail_place=0, generation=level.generation + 1
    )
    emptied = LevelWord.unpack(levels.read("emptied", level.pack()))
    assert emptied == LevelWord(
        generation=level.generation + 1, head_generation=level.generation + 1
    )


# ------------------------------------------------------------------ ledgers


@given(words_of(LedgerWord))
def test_ledger_fields_are_read_from_their_bits(ledgers: Harness, ledger: LedgerWord) -> None:
    is_empty = not (ledger.open_bids or ledger.open_asks or ledger.balance)
    read = ledgers.read("fields", ledger.pack())
    assert read == (ledger.open_bids, ledger.open_asks, ledger.balance, is_empty)
    touched = LedgerWord.unpack(ledgers.read("touched", ledger.pack()))
    assert touched == replace(ledger, touched=1)


@given(words_of(LedgerWord), signed(80))
@example(LedgerWord(MAX_OPEN_ATOMS, MAX_OPEN_ATOMS, 1, 1, 1, 0), -1)
@example(LedgerWord(MAX_OPEN_ATOMS, MAX_OPEN_ATOMS, 1, 1, 1, -1), 1)
@example(LedgerWord(MAX_OPEN_ATOMS, MAX_OPEN_ATOMS, 1, 1, 1, MAX_HELD_ATOMS), -MAX_HELD_ATOMS)
def test_ledger_add_moves_the_balance_alone(
    ledgers: Harness, ledger: LedgerWord, atoms: int
) -> None:
    if not -(2**95) <= ledger.balance + atoms < 2**95:
        return
    added = LedgerWord.unpack(ledgers.read("add", ledger.pack(), atoms))
    assert added == replace(ledger, balance=ledger.balance + atoms)


@given(words_of(LedgerWord), st.booleans(), unsigned(104))
@example(LedgerWord(), True, MAX_OPEN_ATOMS)
@example(LedgerWord(), False, MAX_OPEN_ATOMS + 1)
@example(LedgerWord(open_asks=1), True, MAX_OPEN_ATOMS)
@example(LedgerWord(open_bids=MAX_OPEN_ATOMS, open_asks=1, balance=-1), True, MAX_OPEN_ATOMS - 1)
def test_ledger_open_fits_or_says_so_and_close_undoes_it(
    ledgers: Harness, ledger: LedgerWord, is_ask: bool, atoms: int
) -> None:
    side = "open_asks" if is_ask else "open_bids"
    total = getattr(ledger, side) + atoms
    opened, fits = ledgers.read("open", ledger.pack(), is_ask, atoms)
    assert fits == (total <= MAX_OPEN_ATOMS)
    if fits:
        assert LedgerWord.unpack(opened) == replace(ledger, **{side: total})
        assert ledgers.read("close", opened, is_ask, atoms) == ledger.pack()


# ------------------------------------------------------------------ books, tapes, headers


@given(unsigned(24), unsigned(32), unsigned(64), signed(16))
def test_book_create_round_trips(
    books: Harness, min_lots: int, tick_value: int, atoms_per_lot: int, maker_ppm: int
) -> None:
    word = books.read("create", min_lots, tick_value, atoms_per_lot, maker_ppm)
    assert BookWord.unpack(word) == BookWord(
        0, NO_ASK, 0, 0, min_lots, tick_value, atoms_per_lot, maker_ppm
    )
    assert books.read("terms", word) == (min_lots, tick_value, atoms_per_lot, maker_ppm)


@given(words_of(BookWord), st.booleans(), unsigned(24), unsigned(24), st.booleans())
def test_book_changes_touch_only_their_fields(
    books: Harness, book: BookWord, is_ask: bool, tick: int, other: int, unconfirmed: bool
) -> None:
    assert books.read("ticks", book.pack()) == tuple(values_of(book)[:4])
    best = BookWord.unpack(books.read("withBest", book.pack(), is_ask, tick))
    assert best == replace(book, **{"best_ask" if is_ask else "best_bid": tick})
    band = BookWord.unpack(books.read("withBand", book.pack(), tick, other, unconfirmed))
    limits = {"highest_bid": tick, "lowest_ask": other, "unconfirmed": int(unconfirmed)}
    assert band == replace(book, **limits)
    assert books.read("isUnconfirmed", band.pack()) == unconfirmed
    crosses = book.best_bid >= tick if is_ask else book.best_ask <= tick
    assert books.read("crosses", book.pack(), is_ask, tick) == crosses


@given(words_of(BookWord), unsigned(23))
@example(BookWord(), 2**23 - 1)
def test_book_pause_ends_at_a_full_hour_and_touches_nothing_else(
    books: Harness, book: BookWord, hour: int
) -> None:
    assert books.read("pausedUntil", book.pack()) == book.pause_hour * 3_600
    paused = BookWord.unpack(books.read("withPauseUntilHour", book.pack(), hour))
    assert paused == replace(book, pause_hour=hour)


@given(words_of(TapeWord), unsigned(24), unsigned(79), unsigned(41))
def test_tape_after_trades_adds_fees_and_keeps_the_rest(
    tapes: Harness, tape: TapeWord, last: int, fee: int, sequence: int
) -> None:
    tape = replace(tape, fees=tape.fees % 2**79)
    after = TapeWord.unpack(tapes.read("afterTrades", tape.pack(), last, fee, sequence))
    assert after == replace(tape, last=last, fees=tape.fees + fee, sequence=sequence % 2**40)
    for kept in (0, fee):
        word = TapeWord.unpack(tapes.read("withFees", tape.pack(), kept))
        assert word == replace(tape, fees=kept)
    assert tapes.read("fields", tape.pack()) == (
        tape.pack() != 0,
        tape.fees,
        tape.sequence,
        tape.taker_ppm,
    )


@given(signed(16))
def test_tape_create_is_listed_whatever_the_fee(tapes: Harness, taker_ppm: int) -> None:
    word = tapes.read("create", taker_ppm)
    assert TapeWord.unpack(word) == TapeWord(taker_ppm=taker_ppm, touched=1)
    assert tapes.read("fields", word)[0] is True


@given(words_of(ChunkHeader), unsigned(32), unsigned(8))
def test_header_changes_touch_only_their_fields(
    headers: Harness, header: ChunkHeader, chunk: int, live: int
) -> None:
    word = header.pack()
    assert list(headers.read("fields", word)) == values_of(header)
    for function, name, value in (
        ("withNext", "next", chunk),
        ("withPrevious", "previous", chunk),
        ("withLive", "live", live),
    ):
        changed = ChunkHeader.unpack(headers.read(function, word, value))
        assert changed == replace(header, **{name: value})
    made = headers.read("create", header.previous, header.tick, header.generation)
    assert ChunkHeader.unpack(made) == replace(header, next=0, live=0)


# ------------------------------------------------------------------ the small words


@given(words_of(AccountWord), unsigned(44), st.integers(0, 43))
def test_account_word_marks_assets_alone(
    small: Harness, account: AccountWord, assets: int, asset: int
) -> None:
    word = account.pack()
    marked = AccountWord.unpack(small.read("accountWith", word, assets))
    assert marked == replace(account, assets=account.assets | assets)
    without = AccountWord.unpack(small.read("accountWithout", word, asset))
    assert without == replace(account, assets=account.assets & ~(1 << asset))
    owner, bitmap, uses = small.read("account", word, asset)
    assert (int(owner, 16), bitmap) == (account.owner, account.assets)
    assert uses == (account.assets >> asset & account.assets & 1 == 1)
    made = small.read("createAccount", f"0x{account.owner:040x}")
    assert AccountWord.unpack(made) == AccountWord(owner=account.owner, live=1)


@given(words_of(PoolWord), unsigned(32))
def test_pool_word_counts_and_points(small: Harness, pool: PoolWord, chunk: int) -> None:
    assert small.read("pool", pool.pack()) == (pool.free, pool.made)
    freed = PoolWord.unpack(small.read("poolWithFree", pool.pack(), chunk))
    assert freed == replace(pool, free=chunk)
    pool = replace(pool, made=pool.made % (2**32 - 1))
    more = PoolWord.unpack(small.read("poolWithOneMore", pool.pack()))
    assert more == replace(pool, made=pool.made + 1)


@given(words_of(RegistryWord))
def test_registry_word_counts(small: Harness, registry: RegistryWord) -> None:
    assert list(small.read("registry", registry.pack())) == values_of(registry)
    made = small.read("createRegistry", registry.insurance_ppm)
    assert RegistryWord.unpack(made) == RegistryWord(insurance_ppm=registry.insurance_ppm)
    registry = replace(
        registry, accounts=registry.accounts % (2**32 - 1), assets=registry.assets % 255
    )
    account = small.read("registryWithOneMoreAccount", registry.pack())
    assert RegistryWord.unpack(account) == replace(registry, accounts=registry.accounts + 1)
    asset = small.read("registryWithOneMoreAsset", registry.pack())
    assert RegistryWord.unpack(asset) == replace(registry, assets=registry.assets + 1)


@given(words_of(TokenWord))
def test_token_word_round_trips(small: Harness, token: TokenWord) -> None:
    address = f"0x{token.token:040x}"
    word = small.read("createToken", address, token.units_per_atom, token.decimals)
    assert word == token.pack()
    assert small.read("token", word) == (address, token.units_per_atom, token.decimals)


@given(words_of(UnderlyingWord), words_of(UnderlyingWord))
def test_underlying_word_takes_a_price_and_keeps_its_risk_and_pool(
    small: Harness, underlying: UnderlyingWord, new: UnderlyingWord
) -> None:
    word, confidence = underlying.pack(), new.confidence_bps
    known = (underlying.price, underlying.slow_price, underlying.confidence_bps, underlying.time)
    read = small.read("underlying", word)
    flags = (bool(underlying.unconfirmed), bool(underlying.lendable))
    assert read == (*known, word >> 174 & 2**78 - 1, *flags)
    changed = small.read(
        "underlyingWithPrice", word, new.price, new.slow_price, new.time, confidence
    )
    # A price that is taken over waits for nothing.
    assert UnderlyingWord.unpack(changed) == replace(
        underlying,
        price=new.price,
        slow_price=new.slow_price,
        time=new.time,
        confidence_bps=confidence,
        unconfirmed=0,
    )
