"""Random play in a perp: whatever is done, books and money are sound after each step."""

import random
from collections.abc import Callable

import pytest

from tests.support.abi import Reverted
from tests.support.perps import MARGIN, THIRD, PerpScene
from tests.support.scene import ASK, BID, FOK, GTC, IOC, POST_ONLY, SLIDE, STRANGER, UNIT, order
from tests.support.soundness import assert_sound
from tests.support.system import ETH_PERP
from worldmarkets.model.interface import OrderRequest, SelfTrade

STEPS = 80
BROKEN = {"Panic", "Error", "unknown", ""}
"""What no call may end in."""


class Play:
    """Four traders with little cash, and what they do at random."""

    def __init__(self, perps: PerpScene, seed: int) -> None:
        self.perps, self.random = perps, random.Random(seed)
        third = perps.trader(THIRD, MARGIN // 10)
        self.accounts = [perps.long_account, perps.short_account, third, perps.taker]
        for account in self.accounts[:2]:
            perps.take_cash(account, MARGIN * 9 // 10)
        self.orders: list[tuple[int, int]] = []
        self.dollars = 2_000

    def step(self) -> None:
        actions: list[Callable[[], None]] = [self.place] * 8 + [self.cancel, self.batch, self.move]
        actions += [self.settle] * 2 + [self.poke, self.collect, self.cap, self.cash]
        try:
            self.random.choice(actions)()
        except Reverted as error:
            if error.name in BROKEN:
                raise

    def someone(self) -> int:
        return self.random.choice(self.accounts)

    def order(self) -> OrderRequest:
        tick = self.perps.mark().mark // 2**24 + self.random.randint(-40, 40) * 10
        lots = self.random.choice([1, 7, 50, 333, 2_000])
        tif = self.random.choice([GTC, GTC, GTC, IOC, FOK, POST_ONLY, SLIDE])
        mode = self.random.choice(list(SelfTrade))
        reduce_only = self.random.random() < 0.2
        side = self.random.choice([BID, ASK])
        terms = {"self_trade": mode, "reduce_only": reduce_only}
        return order(side, tick, lots, tif, market=ETH_PERP, **terms)

    def place(self) -> None:
        account = self.someone()
        result = self.perps.system.place_order(account, self.order())
        if result.order_id:
            self.orders.append((account, result.order_id))

    def cancel(self) -> None:
        if self.orders:
            account, order_id = self.orders.pop(self.random.randrange(len(self.orders)))
            self.perps.system.cancel(account, order_id)

    def batch(self) -> None:
        places = [self.order() for _ in range(3)]
        self.perps.system.batch(self.someone(), (), places)

    def move(self) -> None:
        self.dollars = self.dollars * self.random.randint(930, 1_070) // 1_000
        self.perps.wait(self.random.choice([1, 20, 200]))
        self.perps.move_index(self.dollars)

    def settle(self) -> None:
        settle = self.perps.system.settle
        if self.random.random() < 0.2:
            settle = self.perps.system.settle_on_credit
        sender = self.random.choice([None, STRANGER])
        settle(self.someone(), ETH_PERP, sender=sender)

    def poke(self) -> None:
        self.perps.pass_time(self.random.choice([1, 60, 299]))
        self.perps.system.poke_markets(ETH_PERP)

    def collect(self) -> None:
        self.perps.system.collect_fees(ETH_PERP)

    def cap(self) -> None:
        caps = self.random.choice([(1_000, 512), (10**6, 2**19), (3_000, 2_048)])
        self.perps.system.set_perp_limits(ETH_PERP, *caps)

    def cash(self) -> None:
        account = self.someone()
        if self.random.random() < 0.5:
            self.perps.system.fund(account, 0, self.random.randint(1, MARGIN // 20) * UNIT)
        else:
            self.perps.system.withdraw(account, 0, self.random.randint(1, MARGIN // 20) * UNIT)


@pytest.mark.parametrize("seed", range(4))
def test_random_play_is_sound_after_each_step(perps: PerpScene, seed: int) -> None:
    """BOOK-1 to BOOK-4, SOLV-1 and SOLV-2."""
    play = Play(perps, seed)
    for _ in range(STEPS):
        play.step()
        assert_sound(perps.system)
    assert perps.perp_tape().sequence > 0
