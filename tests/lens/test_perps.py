"""Perps and positions, told from their words."""

from dataclasses import replace

import pytest

from tests.lens.support import items, pages, rejected
from tests.lens.written_perps import (
    ATOMS_PER_LOT,
    BTC_PERP,
    CAP_LOTS,
    ETH_PERP,
    Q24,
    Q40,
    TICK_VALUE,
    WrittenPerps,
)
from tests.support.abi import codec, creation_code
from tests.support.backend import CallFailedError, user_address
from tests.support.doubles import list_with_scripted_feed
from tests.support.system import ADMIN, BTC_MARKET, ETH_MARKET, System
from worldmarkets.client.lens import MAX_ITEMS, Lens
from worldmarkets.client.lens_views import Page
from worldmarkets.client.perplens import PerpLens
from worldmarkets.client.perplens_views import Perp, PerpBook, Position
from worldmarkets.model import slots
from worldmarkets.model.interface import PerpTerms
from worldmarkets.model.perp_words import PerpPoolWord, PositionWord, SampleWord
from worldmarkets.model.words import SECONDS_AN_HOUR, BookWord, TapeWord

ACCOUNT = 9
TERMS = PerpTerms(
    tick_value=TICK_VALUE,
    atoms_per_lot=ATOMS_PER_LOT,
    min_lots=3,
    taker_ppm=350,
    maker_ppm=-100,
    band_bps=500,
    open_interest_cap_lots=2**39 - 1,
    position_cap_lots=CAP_LOTS,
    impact_notional=20_000,
    mark_band_bps=300,
    funding_cap=4_000_000,
    interest=10_000,
    clamp=50_000,
)


@pytest.fixture
def written(system: System) -> WrittenPerps:
    return WrittenPerps(system)


def test_perp_lens_reads_the_exchange_it_was_made_for(system: System, perp_lens: PerpLens) -> None:
    assert system.view(perp_lens.address, "PerpLens", "exchange") == (system.exchange,)
    assert system.view(perp_lens.address, "PerpLens", "MAX_ITEMS") == (MAX_ITEMS,)


def test_perp_lens_of_no_contract_is_rejected(system: System) -> None:
    nobody = user_address(0x99)
    with pytest.raises(CallFailedError) as caught:
        system.backend.deploy(ADMIN, creation_code("PerpLens", nobody))
    error = codec("PerpLens").error(caught.value.returned)
    name = b"exchange".ljust(32, b"\0")
    assert (error.name, error.arguments) == ("InvalidParameter", (name, int(nobody, 16)))


def test_perps_have_terms_and_a_state(written: WrittenPerps, perp_lens: PerpLens) -> None:
    now = written.system.backend.time
    written.list_perp(1, written.mark(20_001 * Q24 + 5, -3 * Q40 - 1, -1_234, age=7))
    hour = now // 3_600 + 1
    book = BookWord(19_999, 20_003, 21_000, 19_001, 3, TICK_VALUE, 0, -100, hour)
    book = book.with_flat_margin(2**32 - 1, 2**16 - 1, 2**16 - 1)
    written.write(slots.book(ETH_PERP), book)
    tape = TapeWord(20_002, 77, 2**80 - 1, 2**40 - 1, 350, 1, 2**39 - 1)
    written.write(slots.tape(ETH_PERP), tape)
    sample = SampleWord(premium_average=-(2**37), mid_average=2**37 - 1)
    written.write(slots.sample(ETH_PERP), sample)
    written.write(slots.perp_pool(ETH_PERP), PerpPoolWord(2**80 - 1, 2**80 - 2, touched=1))
    # Seven seconds of funding, rounded towards zero.
    grown = (20_001 * Q24 + 5) * 2**16 * 1_234 * 7 // (28_800 * 10**8)
    until = hour * SECONDS_AN_HOUR
    assert perp_lens.perps() == Page(
        (
            Perp(
                market_id=ETH_PERP,
                base_asset_id=1,
                terms=TERMS,
                book=PerpBook(
                    19_999, 20_003, 20_002, 21_000, 19_001, until, True, 2**80 - 1, 2**40 - 1
                ),
                mark=20_001 * Q24 + 5,
                index_ticks=20_000 * Q24,
                funding_index=-3 * Q40 - 1 - grown,
                rate=-1_234,
                mark_time=now - 7,
                rate_until=now + 293,
                premium_average=-(2**37),
                middle_average=2**37 - 1,
                open_interest_lots=77,
                pool_atoms=2**80 - 1,
                shortfall_atoms=2**80 - 2,
            ),
        ),
        0,
    )


def test_perps_without_orders_and_trades_have_none(
    written: WrittenPerps, perp_lens: PerpLens
) -> None:
    written.list_perp(1)
    (found,) = perp_lens.perps().items
    assert found.book == PerpBook(0, 0, 0, 0, 0, 0, False, 0, 0)


def test_perps_of_an_asset_without_a_price_have_no_index(
    written: WrittenPerps, perp_lens: PerpLens
) -> None:
    new, _ = list_with_scripted_feed(written.system, 8, 1)
    written.list_perp(new, replace(written.mark(0), until=0))
    (found,) = perp_lens.perps().items
    assert (found.market_id, found.mark, found.index_ticks, found.rate_until) == (
        512 + new,
        0,
        0,
        0,
    )


@pytest.mark.parametrize("price", [1, 3 * 10**10 + 7, 2**64 - 1])
def test_perps_round_their_index_down(
    written: WrittenPerps, perp_lens: PerpLens, price: int
) -> None:
    written.list_perp(1)
    written.price(1, price)
    (found,) = perp_lens.perps().items
    assert found.index_ticks == price * ATOMS_PER_LOT * Q24 // (10**12 * TICK_VALUE)


def test_perps_count_funding_no_longer_than_the_rate_holds(
    written: WrittenPerps, perp_lens: PerpLens
) -> None:
    written.list_perp(1, written.mark(20_000 * Q24, rate=4_000_000))
    written.system.backend.set_time(written.system.backend.time + 300)
    grown = 20_000 * Q40 * 4_000_000 * 300 // (28_800 * 10**8)
    assert perp_lens.perps().items[0].funding_index == grown
    written.system.backend.set_time(written.system.backend.time + 300)
    assert perp_lens.perps().items[0].funding_index == grown


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_perps_in_pages_are_all_there_are_and_no_spot_market(
    written: WrittenPerps, perp_lens: PerpLens, lens: Lens, limit: int
) -> None:
    assert perp_lens.perps() == Page((), 0)
    last, _ = list_with_scripted_feed(written.system, 8, 1)
    for asset in (1, last):
        written.list_perp(asset)
    found = pages(lambda start: perp_lens.perps(start, limit))
    assert [perp.market_id for perp in items(found)] == [ETH_PERP, 512 + last]
    assert all(len(page.items) == limit for page in found[:-1])
    assert [perp.market_id for perp in perp_lens.perps(ETH_PERP + 1).items] == [512 + last]
    assert perp_lens.perps(2**16 - 1) == Page((), 0)
    # The page of markets goes on as if there were none.
    spot = pages(lambda start: lens.markets(start, limit))
    assert [market.market_id for market in items(spot)] == [ETH_MARKET, BTC_MARKET]
    assert lens.markets(ETH_PERP) == Page((), 0)


def test_perps_without_room_are_rejected(perp_lens: PerpLens) -> None:
    with rejected("ZeroLimit"):
        perp_lens.perps(limit=0)


def test_positions_are_those_of_the_perps_in_use(
    written: WrittenPerps, perp_lens: PerpLens
) -> None:
    mark = 20_100 * Q24 + 9
    written.list_perp(1, written.mark(mark, -(5 * Q40) - 1))
    written.list_perp(2, written.mark(60_000 * Q24, 2**79 - 1))
    written.account(ACCOUNT, 1, 2)
    # Sold 40 lots at 20,000 ticks, with F at zero, and a fee of 7.5 ticks.
    cash = 40 * 20_000 * Q24 - 15 * Q24 // 2
    written.position(ACCOUNT, 1, PositionWord(2**40 - 1, -40, 2**40 - 2, cash=cash))
    funding = -5 * Q24 - 1
    units = -40 * (mark - funding) + cash
    assert perp_lens.positions(ACCOUNT) == (
        Position(
            market_id=ETH_PERP,
            size_lots=-40,
            cash_units=cash,
            open_bid_lots=2**40 - 1,
            open_ask_lots=2**40 - 2,
            mark=mark,
            funding_ticks=funding,
            profit_atoms=units * TICK_VALUE // Q24,
        ),
        Position(BTC_PERP, 0, 0, 0, 0, 60_000 * Q24, 2**63 - 1, 0),
    )


@pytest.mark.parametrize(("cash", "atoms"), [(-1, -1), (1, 0), (Q24 // 100, 0), (-Q24, -100)])
def test_positions_round_their_profit_down(
    written: WrittenPerps, perp_lens: PerpLens, cash: int, atoms: int
) -> None:
    written.list_perp(1)
    written.account(ACCOUNT, 1)
    written.position(ACCOUNT, 1, PositionWord(cash=cash, touched=1))
    (found,) = perp_lens.positions(ACCOUNT)
    assert found.profit_atoms == atoms


def test_positions_whose_cash_has_wrapped_have_the_right_profit(
    written: WrittenPerps, perp_lens: PerpLens
) -> None:
    """The largest size, far from where F began: cash alone says nothing, profit is right."""
    size, index = 15 * 2**31, 2**62
    written.list_perp(1, written.mark(20_000 * Q24, index * 2**16))
    written.account(ACCOUNT, 1)
    booked = -size * (19_999 * Q24 - index)
    wrapped = (booked + 2**95) % 2**96 - 2**95
    assert wrapped != booked
    written.position(ACCOUNT, 1, PositionWord(size=size, cash=wrapped))
    (found,) = perp_lens.positions(ACCOUNT)
    assert found.profit_atoms == size * TICK_VALUE


def test_positions_of_an_account_without_perps_are_none(
    written: WrittenPerps, perp_lens: PerpLens
) -> None:
    written.list_perp(1)
    written.account(ACCOUNT)
    assert perp_lens.positions(ACCOUNT) == ()
    assert perp_lens.true_up(ACCOUNT) == ()


def test_positions_of_an_unknown_account_are_rejected(perp_lens: PerpLens) -> None:
    for read in (perp_lens.positions, perp_lens.true_up):
        with rejected("UnknownAccount", 99):
            read(99)
