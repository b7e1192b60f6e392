"""The dearest calls there are, on a node whose words are overridden for the call."""

import pytest

from tests.lens.support import Overridden, WrittenQueue
from tests.support.scene import order
from tests.support.system import ETH_MARKET
from worldmarkets.client.lens import MAX_ITEMS
from worldmarkets.client.lens_views import Level, RecordKind
from worldmarkets.model import slots
from worldmarkets.model.interface import Side
from worldmarkets.model.records import Filled, Header, Taken
from worldmarkets.model.words import (
    SECONDS_A_DAY,
    AccountWord,
    BookWord,
    ConfigWord,
    LedgerWord,
    LevelWord,
    OrderId,
    PoolIndexWord,
    PoolTermsWord,
    PoolTotalsWord,
    RampWord,
    RegistryWord,
    SeasonWord,
    TapeWord,
    TokenWord,
    UnderlyingWord,
    spot_market,
)

pytestmark = pytest.mark.node

TICK = 20_000
MAX_CHUNKS = 1_500
"""Chunks that a page of a queue walks over."""
ASSETS = 44
ONE = 10**18
MAX_INDEX = 2**76 - 1
"""Where the indices of a pool stay."""
CHILDREN = 255


def write_levels(node: Overridden, side: Side, ticks: list[int]) -> None:
    """Override bitmap, levels and best tick of the first market."""
    words = node.words
    for tick in ticks:
        words[slots.level(ETH_MARKET, tick)] = LevelWord(live=1, lots=tick).pack()
        index = tick
        for layer in range(3):
            index, child = divmod(index, CHILDREN)
            slot = slots.bitmap(ETH_MARKET, layer, index)
            words[slot] = words.get(slot, 1 << CHILDREN) | 1 << child
    book = slots.book(ETH_MARKET)
    best = {"best_bid": max(ticks)} if side is Side.BID else {"best_ask": min(ticks)}
    fields = {**vars(BookWord.unpack(node.word(book))), **best}
    words[book] = BookWord(**fields).pack()


@pytest.mark.parametrize("side", list(Side))
def test_depth_of_levels_far_apart_fits(node: Overridden, side: Side) -> None:
    apart = CHILDREN**3 // (MAX_ITEMS + 10)
    ticks = [apart * index + 1 for index in range(MAX_ITEMS + 10)]
    write_levels(node, side, ticks)
    if side is Side.BID:
        ticks.reverse()
    page = node.lens.depth(ETH_MARKET, side, limit=2**256 - 1)
    assert page.items == tuple(Level(tick, tick, 1) for tick in ticks[:MAX_ITEMS])
    assert page.next == ticks[MAX_ITEMS]
    rest = node.lens.depth(ETH_MARKET, side, page.next)
    assert [level.tick for level in rest.items] == ticks[MAX_ITEMS:]


def test_queue_of_an_order_a_chunk_fits_and_is_cut_to_the_page(node: Overridden) -> None:
    written = WrittenQueue(ETH_MARKET, TICK, MAX_ITEMS + 5)
    node.words = written.words
    first = node.lens.queue(ETH_MARKET, TICK, limit=2**256 - 1)
    assert [found.id for found in first.items] == [
        written.order_id(index) for index in range(MAX_ITEMS)
    ]
    second = node.lens.queue(ETH_MARKET, TICK, first.next)
    assert [found.id for found in second.items] == [
        written.order_id(MAX_ITEMS + index) for index in range(5)
    ]
    assert second.next == 0


def test_queue_behind_a_chunk_that_has_gone_walks_there_and_fills_a_page(node: Overridden) -> None:
    gone = MAX_CHUNKS - MAX_ITEMS
    written = WrittenQueue(ETH_MARKET, TICK, gone + MAX_ITEMS + 100)
    node.words = written.words
    cursor = written.cursor(gone)
    assert node.lens.queue(ETH_MARKET, TICK, cursor, 1).items[0].id == written.order_id(gone)
    written.unlink(gone)
    page = node.lens.queue(ETH_MARKET, TICK, cursor)
    assert [found.id for found in page.items] == [
        written.order_id(index) for index in range(gone + 1, gone + MAX_ITEMS + 1)
    ]


def test_queue_far_behind_a_chunk_that_has_gone_takes_a_page_without_orders(
    node: Overridden,
) -> None:
    gone = MAX_CHUNKS + 500
    written = WrittenQueue(ETH_MARKET, TICK, gone + 20)
    written.unlink(gone)
    node.words = written.words
    first = node.lens.queue(ETH_MARKET, TICK, written.cursor(gone))
    assert first.items == ()
    second = node.lens.queue(ETH_MARKET, TICK, first.next)
    assert second.next == 0
    assert [found.id for found in second.items] == [
        written.order_id(index) for index in range(gone + 1, gone + 20)
    ]


def test_queue_whose_walk_ends_within_a_page_goes_on_behind_what_it_showed(
    node: Overridden,
) -> None:
    gone = MAX_CHUNKS - 10
    written = WrittenQueue(ETH_MARKET, TICK, gone + 100)
    written.unlink(gone)
    node.words = written.words
    first = node.lens.queue(ETH_MARKET, TICK, written.cursor(gone))
    assert 0 < len(first.items) < 20
    second = node.lens.queue(ETH_MARKET, TICK, first.next)
    assert second.next == 0
    assert [found.id for found in first.items + second.items] == [
        written.order_id(index) for index in range(gone + 1, gone + 100)
    ]


def test_orders_in_as_many_chunks_fit(node: Overridden) -> None:
    ids = []
    for tick in range(TICK, TICK + MAX_ITEMS // 10):
        written = WrittenQueue(ETH_MARKET, tick, 12, first_chunk=100 * tick)
        node.words.update(written.words)
        ids += [written.order_id(index) for index in range(1, 11)]
    assert len(ids) == MAX_ITEMS
    found = node.lens.orders(ids)
    assert [each.id for each in found] == ids
    assert all(each.is_live for each in found)


def test_accounts_of_a_full_page_fit(node: Overridden) -> None:
    registry = RegistryWord.unpack(node.word(slots.registry()))
    last = MAX_ITEMS + 7
    node.words[slots.registry()] = RegistryWord(last, registry.assets).pack()
    for account in range(1, last + 1):
        node.words[slots.account(account)] = AccountWord(owner=account, assets=account).pack()
    page = node.lens.accounts()
    assert [found.account_id for found in page.items] == list(range(1, MAX_ITEMS + 1))
    assert page.next == MAX_ITEMS + 1
    rest = node.lens.accounts(page.next)
    assert [found.assets for found in rest.items] == list(range(MAX_ITEMS + 1, last + 1))
    assert rest.next == 0


def write_pools(node: Overridden) -> None:
    """Override the pools of as many assets as there can be: each was written in 1970, and interest
    at the highest rate has brought its indices to where they stay.
    """
    registry = RegistryWord.unpack(node.word(slots.registry()))
    node.words[slots.registry()] = RegistryWord(registry.accounts, ASSETS).pack()
    for asset in range(ASSETS):
        index = PoolIndexWord(ONE, ONE, time=1, rate=2**32 - 1, rate_at_target=asset + 1)
        totals = PoolTotalsWord(2**80 - 1, 2**79, cash=asset, reserve_permille=100)
        terms = PoolTermsWord(2**79, 2**79, 950, 100, window=1, window_time=1)
        node.words[slots.pool_index(asset)] = index.pack()
        node.words[slots.pool_totals(asset)] = totals.pack()
        node.words[slots.pool_terms(asset)] = terms.pack()


def test_account_with_every_asset_lent_or_owed_fits(node: Overridden) -> None:
    write_pools(node)
    node.words[slots.account(3)] = AccountWord(owner=5, assets=2**ASSETS - 1).pack()
    for asset in range(ASSETS):
        shares = 2**80 - 1 if asset % 2 else -(2**80 - 1)
        ledger = LedgerWord(balance=shares, lent=1, touched=1)
        node.words[slots.ledger(3, asset)] = ledger.pack()
        node.words[slots.season(3, asset)] = SeasonWord(day=1, today=asset).pack()
    found = node.lens.account(3)
    assert [each.asset_id for each in found.holdings] == list(range(ASSETS))
    owed, lent = (each.balance_atoms for each in found.holdings[:2])
    assert owed == -(2**80 - 1) * MAX_INDEX // ONE
    assert 0 < lent <= (2**80 - 1) * MAX_INDEX // ONE
    assert {each.balance_atoms for each in found.holdings} == {owed, lent}
    assert [each.seasoned_atoms for each in found.holdings[1::2]] == list(range(1, ASSETS, 2))


def test_pools_as_many_as_there_can_be_fit(node: Overridden) -> None:
    write_pools(node)
    page = node.lens.pools()
    assert [found.rate_at_target for found in page.items] == [
        (asset + 1) * 365 * SECONDS_A_DAY for asset in range(ASSETS)
    ]
    assert {found.borrow_index for found in page.items} == {MAX_INDEX}
    assert page.next == 0


def test_risks_as_many_as_there_can_be_fit(node: Overridden) -> None:
    registry = RegistryWord.unpack(node.word(slots.registry()))
    node.words[slots.registry()] = RegistryWord(registry.accounts, ASSETS).pack()
    for asset in range(ASSETS):
        node.words[slots.underlying(asset)] = UnderlyingWord(price=asset, iota_bps=7).pack()
        node.words[slots.ramp(asset)] = RampWord(5, asset).pack()
    page = node.lens.risks()
    assert [found.price for found in page.items] == list(range(1, ASSETS))
    assert [found.changed_at for found in page.items] == list(range(1, ASSETS))
    assert page.next == 0


def test_markets_and_assets_as_many_as_there_can_be_fit(node: Overridden) -> None:
    registry = RegistryWord.unpack(node.word(slots.registry()))
    node.words[slots.registry()] = RegistryWord(registry.accounts, ASSETS).pack()
    token = TokenWord.unpack(node.word(slots.token(0)))
    for asset in range(ASSETS):
        market = spot_market(asset)
        node.words[slots.token(asset)] = token.pack()
        node.words[slots.config(market)] = ConfigWord(base=asset, kind=1).pack()
        node.words[slots.book(market)] = BookWord(tick_value=asset + 1).pack()
        node.words[slots.tape(market)] = TapeWord(touched=1).pack()
    markets, assets = node.lens.markets(), node.lens.assets()
    assert [found.terms.tick_value for found in markets.items] == list(range(1, ASSETS + 1))
    assert [found.asset_id for found in assets.items] == list(range(ASSETS))
    assert (markets.next, assets.next) == (0, 0)


def test_decode_records_of_a_full_log_fits(node: Overridden) -> None:
    record = Filled(OrderId(1, 2, 3, TICK, ETH_MARKET).pack(), 5, 6, 7, 1, 1).pack()
    log = [record] * (MAX_ITEMS - 1) + [Taken(lots=8, market=ETH_MARKET).pack()]
    data = b"".join(word.to_bytes(32, "big") for word in log)
    account, records = node.lens.decode_records(Header(9).pack(), data)
    assert (account, len(records)) == (9, MAX_ITEMS)
    assert [found.kind for found in records[-2:]] == [RecordKind.FILLED, RecordKind.TAKEN]


def test_pack_batch_of_the_largest_batch_fits(node: Overridden) -> None:
    place = order(Side.ASK, TICK, 10, client_id=2**64 - 1, expiry=2**32 - 1)
    packed = node.lens.pack_batch(3, [2**128 - 1] * 255, [place] * 255, 2**32 - 1, True)
    assert len(packed) == 11 + 255 * (16 + 24)
