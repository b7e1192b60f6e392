"""Markets and assets."""

import pytest

from tests.lens.support import deploy_lens, items, pages, rejected
from tests.support.backend import START_TIME
from tests.support.doubles import list_with_scripted_feed
from tests.support.pyrevm_backend import PyrevmBackend
from tests.support.scene import ETH_UNIT, IOC, START_CASH, START_LOTS, UNIT, Scene
from tests.support.scene import LOT as ATOMS_PER_LOT
from tests.support.soundness import refused
from tests.support.system import (
    BTC,
    BTC_MARKET,
    DOLLAR,
    ETH_MARKET,
    FEE_TERMS,
    INSURANCE_PPM,
    REBATE_TERMS,
    System,
    deploy_system,
)
from worldmarkets.client.lens import Lens
from worldmarkets.client.lens_views import Asset, Market, Page, Registry
from worldmarkets.model.words import MAX_TICK, SECONDS_A_DAY, SECONDS_AN_HOUR

ZERO_ADDRESS = "0x" + "00" * 20
LIMIT_PPM = 250_000
"""Of what is held, the outflow limit of a newly listed asset."""


def asset(lens: Lens, asset_id: int) -> Asset:
    return lens.assets(asset_id, 1).items[0]


def test_markets_have_terms_prices_and_fills(scene: Scene, lens: Lens) -> None:
    scene.bid(scene.maker, 19_000, 7)
    scene.ask(scene.maker, 20_500, 7)
    scene.bid(scene.taker, 20_500, 3, IOC)
    eth, btc = lens.markets().items
    book, tape = scene.book(), scene.tape()
    assert eth == Market(
        ETH_MARKET,
        1,
        REBATE_TERMS,
        best_bid_tick=19_000,
        best_ask_tick=20_500,
        last_tick=20_500,
        highest_bid_tick=book.highest_bid,
        lowest_ask_tick=book.lowest_ask,
        paused_until=0,
        is_paused=False,
        fee_atoms=tape.fees,
        fills=1,
    )
    assert tape.fees > 0
    assert (book.highest_bid, book.lowest_ask) == (21_000, 19_000)
    assert (btc.market_id, btc.base_asset_id, btc.terms) == (BTC_MARKET, 2, FEE_TERMS)
    assert (btc.best_bid_tick, btc.best_ask_tick, btc.last_tick) == (0, 0, 0)
    assert (btc.fee_atoms, btc.fills) == (0, 0)


def test_markets_without_a_price_have_no_band(system: System, lens: Lens) -> None:
    new, _ = list_with_scripted_feed(system, 8, 1)
    system.list_spot_market(new, FEE_TERMS)
    market = lens.markets().items[2]
    assert (market.market_id, market.terms) == (256 + new, FEE_TERMS)
    assert (market.highest_bid_tick, market.lowest_ask_tick) == (0, 0)


def test_markets_whose_price_is_too_high_accept_no_ask(system: System, lens: Lens) -> None:
    system.set_price(1, 3_000_000 * DOLLAR)
    market = lens.markets(ETH_MARKET).items[0]
    assert (market.highest_bid_tick, market.lowest_ask_tick > MAX_TICK) == (MAX_TICK, True)


def test_markets_are_paused_until_the_hour_is_full(system: System, lens: Lens) -> None:
    system.pause_markets(ETH_MARKET, hours_long=2)
    end = (START_TIME // SECONDS_AN_HOUR + 3) * SECONDS_AN_HOUR
    eth, btc = lens.markets().items
    assert (eth.paused_until, eth.is_paused) == (end, True)
    assert (btc.paused_until, btc.is_paused) == (0, False)
    system.backend.set_time(end - 1)
    assert lens.markets().items[0].is_paused
    system.backend.set_time(end)
    assert (lens.markets().items[0].paused_until, lens.markets().items[0].is_paused) == (end, False)


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_markets_in_pages_leave_out_assets_without_one(limit: int) -> None:
    system = deploy_system(PyrevmBackend(), markets={})
    lens = deploy_lens(system)
    assert lens.markets() == Page((), 0)
    system.list_spot_market(2, FEE_TERMS)
    for index in range(3):
        new, _ = list_with_scripted_feed(system, 8, 1)
        if index != 1:
            system.list_spot_market(new, FEE_TERMS)
    found = pages(lambda start: lens.markets(start, limit))
    assert [market.market_id for market in items(found)] == [BTC_MARKET, 259, 261]
    assert all(len(page.items) == limit for page in found[:-1])
    assert found[-1].items
    assert [market.market_id for market in lens.markets(260).items] == [261]
    assert lens.markets(262) == Page((), 0)
    assert lens.markets(2**16 - 1) == Page((), 0)


def test_markets_without_room_are_rejected(lens: Lens) -> None:
    with rejected("ZeroLimit"):
        lens.markets(limit=0)


def test_assets_have_tokens_prices_and_what_is_held(scene: Scene, lens: Lens) -> None:
    system = scene.system
    system.backend.set_time(START_TIME + 5)
    system.set_price(2, 61_000 * DOLLAR)
    quote, eth, btc = lens.assets().items
    assert (quote.asset_id, quote.token, quote.feed) == (0, system.tokens[0], ZERO_ADDRESS)
    assert (quote.decimals, quote.units_per_atom, quote.held_atoms) == (18, UNIT, 2 * START_CASH)
    assert (eth.asset_id, eth.token, eth.feed) == (1, system.tokens[1], system.feed)
    assert (eth.units_per_atom, eth.held_atoms) == (ETH_UNIT, 2 * START_LOTS * ATOMS_PER_LOT)
    assert (eth.price, eth.price_time) == (2_000 * DOLLAR // 10**8, START_TIME)
    assert (btc.decimals, btc.units_per_atom, btc.held_atoms) == (BTC.decimals, 1, 0)
    assert (btc.price, btc.price_time) == (61_000 * DOLLAR // 10**8, START_TIME + 5)
    assert [each.outflow_limit_ppm for each in (quote, eth, btc)] == [LIMIT_PPM] * 3
    system.backend.set_time(START_TIME + 30 * SECONDS_A_DAY)
    assert asset(lens, 0).outflow_limit_atoms == START_CASH // 2


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_assets_in_pages_are_all_there_are(lens: Lens, limit: int) -> None:
    found = pages(lambda start: lens.assets(start, limit))
    assert [each.asset_id for each in items(found)] == [0, 1, 2]
    assert all(len(page.items) == limit for page in found[:-1])
    assert found[-1].items
    assert lens.assets(3) == Page((), 0)
    assert lens.assets(2**16 - 1) == Page((), 0)


def test_assets_without_room_are_rejected(lens: Lens) -> None:
    with rejected("ZeroLimit"):
        lens.assets(limit=0)


def withdraw_all_that_may_leave(scene: Scene, lens: Lens) -> int:
    """Withdraw from the maker exactly what may leave, after one atom more was refused."""
    system = scene.system
    found = asset(lens, 0)
    net = found.net_outflow_atoms + found.may_leave_atoms + 1
    with refused(system, "OutflowLimitReached", 0, net, found.outflow_limit_atoms):
        system.withdraw(scene.maker, 0, (found.may_leave_atoms + 1) * UNIT)
    system.withdraw(scene.maker, 0, found.may_leave_atoms * UNIT)
    return found.may_leave_atoms


def test_assets_say_to_the_atom_what_may_leave(scene: Scene, lens: Lens) -> None:
    # An order keeps the maker's deposits under the limit; those of today would give credit.
    scene.ask(scene.maker, 21_000, 1)
    scene.system.backend.set_time(START_TIME + 30 * SECONDS_A_DAY)
    assert asset(lens, 0).net_outflow_atoms == 0
    assert withdraw_all_that_may_leave(scene, lens) == START_CASH // 2
    assert asset(lens, 0).may_leave_atoms == 0
    scene.system.backend.set_time(START_TIME + 30 * SECONDS_A_DAY + 12 * SECONDS_AN_HOUR)
    assert 0 < withdraw_all_that_may_leave(scene, lens) < START_CASH // 4
    # A deposit makes room for as much.
    assert asset(lens, 0).may_leave_atoms == 0
    scene.system.fund(scene.taker, 0, START_CASH // 10 * UNIT)
    assert withdraw_all_that_may_leave(scene, lens) == START_CASH // 10


def test_assets_with_more_credit_than_holdings_may_leave_whole(scene: Scene, lens: Lens) -> None:
    quote = asset(lens, 0)
    assert quote.net_outflow_atoms == -2 * START_CASH
    assert quote.may_leave_atoms == quote.held_atoms == 2 * START_CASH


def test_assets_whose_limit_was_cut_below_the_outflow_may_not_leave(
    scene: Scene, lens: Lens
) -> None:
    scene.ask(scene.maker, 21_000, 1)
    scene.system.backend.set_time(START_TIME + 30 * SECONDS_A_DAY)
    withdraw_all_that_may_leave(scene, lens)
    scene.system.set_outflow_limit(0, 10_000)
    quote = asset(lens, 0)
    assert (quote.outflow_limit_ppm, quote.may_leave_atoms) == (10_000, 0)
    assert quote.net_outflow_atoms > quote.outflow_limit_atoms


def test_registry_counts_accounts_and_assets(scene: Scene, lens: Lens) -> None:
    assert lens.registry() == Registry(scene.taker, 3, INSURANCE_PPM)
    scene.new_account(scene.system.owners[scene.taker])
    list_with_scripted_feed(scene.system, 8, 1)
    assert lens.registry() == Registry(scene.taker + 1, 4, INSURANCE_PPM)
