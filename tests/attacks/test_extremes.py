"""Balances and orders as large as the words allow, and worthless tokens made to look dear."""

import pytest

from tests.support.abi import Reverted
from tests.support.backend import START_TIME
from tests.support.doubles import list_with_scripted_feed, script_feed
from tests.support.scene import ASK, BID, FOK, IOC, MAKER, START_CASH, STRANGER, Scene, order
from tests.support.soundness import exchange_storage, refused
from tests.support.system import FOREVER
from worldmarkets.model.interface import SpotTerms
from worldmarkets.model.words import MAX_HELD_ATOMS

_MAX_PRICE = 2**55
_LOTS = 2**36 - 1
_SELLERS = 8
_ATOMS_PER_LOT = 2**40
_TERMS = SpotTerms(2**32 - 1, _ATOMS_PER_LOT, 1, 0, 0, 4_095)


def list_dearest(scene: Scene) -> tuple[int, int]:
    """An asset whose atom costs as much as a feed may say, with a wide band; and its market."""
    asset, feed = list_with_scripted_feed(scene.system, 0, 1)
    script_feed(scene.system, feed, _MAX_PRICE, START_TIME)
    scene.system.poke(asset)
    return asset, scene.system.list_spot_market(asset, _TERMS)


def offer_everything(scene: Scene) -> tuple[int, int]:
    """List a dearest asset and offer all the exchange can hold of it; market and tick.

    An account's open asks are counted in 76 bits, so it takes eight accounts.
    """
    system = scene.system
    asset, market = list_dearest(scene)
    tick = scene.book(market).highest_bid
    for _ in range(_SELLERS):
        seller = system.create_account(MAKER)
        system.fund(seller, asset, _LOTS * _ATOMS_PER_LOT)
        system.place(seller, market, ASK, tick, _LOTS)
    return market, tick


def test_buying_everything_of_the_dearest_asset_is_refused(scene: Scene) -> None:
    market, tick = offer_everything(scene)
    debt = START_CASH - _SELLERS * _LOTS * tick * _TERMS.tick_value
    assert debt < -(2**94)
    with refused(scene.system, "InsufficientBalance", scene.taker, 0, debt, 0):
        scene.system.place(scene.taker, market, BID, tick, _SELLERS * _LOTS, FOK)


@pytest.mark.parametrize("assets", [2, 3, 14])
def test_buying_everything_of_several_dearest_assets_at_once_is_refused(
    scene: Scene, assets: int
) -> None:
    """The sum must not wrap the buyer's balance round to a fortune."""
    offers = [offer_everything(scene) for _ in range(assets)]
    orders = [order(BID, tick, _SELLERS * _LOTS, IOC, 64, market) for market, tick in offers]
    before = exchange_storage(scene.system)
    with pytest.raises(Reverted) as caught:
        scene.system.batch(scene.taker, (), orders, FOREVER, True)
    assert caught.value.name == "InsufficientBalance"
    assert exchange_storage(scene.system) == before


def test_the_largest_balance_moves_and_leaves_whole(scene: Scene) -> None:
    system = scene.system
    asset, _ = list_dearest(scene)
    account = system.create_account(MAKER)
    system.fund(account, asset, MAX_HELD_ATOMS)
    other = system.create_account(MAKER)
    system.transfer(account, other, asset, MAX_HELD_ATOMS)
    assert (scene.base(account, asset), scene.base(other, asset)) == (0, MAX_HELD_ATOMS)
    system.withdraw(other, asset, MAX_HELD_ATOMS)
    assert scene.base(other, asset) == 0
    assert system.token_balance(asset, MAKER) == MAX_HELD_ATOMS


def test_the_largest_quote_balance_pays_for_orders(scene: Scene) -> None:
    system = scene.system
    room = MAX_HELD_ATOMS - 2 * START_CASH
    rich = scene.new_account(STRANGER, room)
    scene.ask(scene.maker, 20_000, 10)
    scene.bid(rich, 20_000, 10)
    assert scene.cash(rich) == room - 20_000_000 - 7_000
    system.withdraw(rich, 0, scene.cash(rich) * 10**12)


def test_open_totals_of_both_sides_do_not_touch_each_other(scene: Scene) -> None:
    """Bids as large as their field holds, then asks: one more lot of each is refused."""
    system = scene.system
    asset, feed = list_with_scripted_feed(system, 18, 10**10)
    script_feed(system, feed, 10**14, START_TIME)
    system.poke(asset)
    market = system.list_spot_market(asset, SpotTerms(1, 2**40, 1, 0, 0, 500))
    account = scene.new_account(STRANGER, MAX_HELD_ATOMS // 2)
    system.fund(account, asset, (2**76 - 2**40) * 10**10)
    high = scene.book(market).highest_bid
    largest = 2**36 - 1
    system.place(account, market, BID, high, largest)
    system.place(account, market, ASK, high + 1, largest)
    ledger = scene.ledger(account, asset)
    assert ledger.open_bids == ledger.open_asks == ledger.balance == largest * 2**40
    for side, tick in ((BID, high), (ASK, high + 1)):
        with refused(system, "TooMuchOpen", account, asset):
            system.place(account, market, side, tick, 1)
