"""Plain makers are filled the short way: nothing but gas may tell it from the long one.

That it is shorter is seen in the gas of `take_perp_20` (benchmarks).
"""

import random
from dataclasses import dataclass, replace

import pytest

from tests.support.abi import Reverted
from tests.support.backend import rolled_back, user_address
from tests.support.perps import MARK, PerpScene, make_perp_scene
from tests.support.scene import ASK, BID, GTC, IOC
from tests.support.soundness import exchange_storage
from tests.support.system import ETH_PERP, ETH_PERP_TERMS, Side, System
from worldmarkets.model.interface import OrderResult, Removal
from worldmarkets.model.records import Removed
from worldmarkets.model.slots import Region
from worldmarkets.model.words import OWN_LANES, POOL_LANES

FOREVER = 2**32 - 1
"""An expiry that never comes: an order that has one is met the long way."""
OPPOSITE = {BID: ASK, ASK: BID}


@dataclass(frozen=True)
class Play:
    """Resting orders (account, ticks behind the mark, lots), and a take of them."""

    makers: list[tuple[int, int, int]]
    taker: int
    side: Side
    lots: int
    fills: int
    position_cap: int = 2**19
    interest_cap: int = 2**20


@dataclass(frozen=True)
class Outcome:
    """All that a take has left: what it returned or was refused with, its records, all words but
    lanes."""

    result: OrderResult | str
    records: list[int]
    words: dict[int, int]


def played(perps: PerpScene, play: Play, expiry: int) -> Outcome:
    """Rest the orders, take, and go back. Lanes alone know of the expiry."""
    system, away = perps.system, 1 if play.side is BID else -1
    with rolled_back(system.backend):
        for account, behind, lots in play.makers:
            tick = MARK + away * behind
            system.place(account, ETH_PERP, OPPOSITE[play.side], tick, lots, GTC, expiry=expiry)
        system.set_perp_limits(ETH_PERP, play.interest_cap, play.position_cap)
        result: OrderResult | str
        try:
            worst = MARK + away * 9
            result = system.place(
                play.taker, ETH_PERP, play.side, worst, play.lots, IOC, play.fills
            )
        except Reverted as refusal:
            result = refusal.name
        records, words = system.records(), exchange_storage(system)
    words = {slot: word for slot, word in words.items() if slot >> 64 != Region.LANES}
    return Outcome(result, records, words)


def accounts_of(perps: PerpScene, count: int) -> list[int]:
    """Traders who have positions already, and the funding index has moved since."""
    accounts = [perps.trader(user_address(0x900 + i)) for i in range(count)]
    for number, account in enumerate(accounts):
        buyer, seller = (account, perps.maker) if number % 2 else (perps.maker, account)
        perps.trade(buyer, seller, 10 + number)
    perps.system.poke_markets(ETH_PERP)
    perps.pass_time(1_000)
    return accounts


def random_play(chance: random.Random, accounts: list[int], taker: int) -> Play:
    makers = [
        (chance.choice(accounts), chance.choice([0, 0, 3]), chance.randint(1, 60))
        for _ in range(chance.randint(1, OWN_LANES + 2 * POOL_LANES))
    ]
    wanted = chance.randint(1, sum(lots for *_, lots in makers) + 20)
    caps = chance.choice([(2**19, 2**20), (40, 2**20), (2**19, 120)])
    side, fills = chance.choice([BID, ASK]), chance.choice([1, 5, 64, 64])
    return Play(makers, taker, side, wanted, fills, *caps)


@pytest.mark.parametrize("maker_ppm", [-100, 0, 50])
@pytest.mark.parametrize("seed", range(6))
def test_take_leaves_the_same_whichever_way_its_makers_are_met(
    system: System, maker_ppm: int, seed: int
) -> None:
    """Caps are so low that some makers are cut, and some takes."""
    chance = random.Random(f"{maker_ppm} {seed}")
    perps = make_perp_scene(system, replace(ETH_PERP_TERMS, maker_ppm=maker_ppm))
    accounts = accounts_of(perps, 5)
    for _ in range(12):
        play = random_play(chance, accounts, perps.taker)
        assert played(perps, play, 0) == played(perps, play, FOREVER), play


def test_last_tick_is_that_of_the_last_fill(perps: PerpScene, third: int) -> None:
    """The order at the next level goes without a fill: its owner has more than the cap."""
    perps.trade(third, perps.maker, 100)
    perps.perp_bid(perps.maker, MARK, 10)
    perps.perp_bid(third, MARK - 1, 10)
    perps.system.set_perp_limits(ETH_PERP, 2**20, 64)
    assert perps.perp_ask(perps.taker, MARK - 1, 20, IOC).filled_lots == 10
    assert perps.orders(MARK - 1, ETH_PERP) == []
    assert perps.perp_tape().last == MARK


def test_order_outside_a_band_narrower_than_the_free_band_is_not_filled(system: System) -> None:
    """The mark has fallen by 0.35 %: more than the band of 0.2 %, less than the free 0.5 %."""
    perps = make_perp_scene(system, replace(ETH_PERP_TERMS, band_bps=20))
    made = perps.perp_bid(perps.maker, MARK, 10)
    perps.move_index(1_993)
    assert perps.perp_ask(perps.taker, MARK - 60, 10, IOC).filled_lots == 0
    [removed] = perps.records()
    assert removed == Removed(made.order_id, 10, perps.maker, Removal.OUTSIDE_BAND)
