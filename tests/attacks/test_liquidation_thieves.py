"""Thieves with accounts on every side of a liquidation, doing whatever comes to their mind.

At constant prices they trade, lend, lock, flag, buy and settle among themselves alone. Whatever
they do, nobody else has less for it, and the funds pay no more than getting out costs.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.abi import Reverted
from tests.support.backend import rolled_back, user_address
from tests.support.liquidation import (
    CAPITAL,
    EXIT,
    GROSS,
    INSURANCE,
    LOTS,
    LiquidationScene,
    make_liquidation_scene,
)
from tests.support.perps import MARK
from tests.support.scene import DOLLARS, IOC
from tests.support.soundness import assert_sound
from tests.support.system import ETH_PERP, System

VICTIM, ACCOMPLICE, SISTER = (user_address(0x666 + i) for i in range(3))
Deed = Callable[["Gang", random.Random], object]


@dataclass
class Gang:
    """An account that fails, two accounts to buy it, and another of the owner of the first."""

    scene: LiquidationScene
    failed: int
    buyers: tuple[int, int]
    own: int

    @property
    def all(self) -> tuple[int, ...]:
        return (self.failed, *self.buyers, self.own)

    def worth(self) -> int:
        """All that they have, locked money included [quote atoms]."""
        counts = self.scene.counts()
        return sum(map(self.scene.equity, self.all)) + counts.bonds + counts.lines

    def trade(self, dice: random.Random) -> None:
        """The failed account reduces against a bid or ask of another, anywhere in the band."""
        tick = MARK + dice.choice((-999, -400, -30, 0, 30, 400, 999))
        lots = dice.randrange(1, LOTS)
        other = dice.choice(self.buyers)
        if dice.random() < 0.5:
            self.scene.perp_bid(other, tick, lots)
            self.scene.perp_ask(self.failed, tick, lots, IOC, reduce_only=True)
        else:
            self.scene.perp_ask(self.own, tick, lots)
            self.scene.perp_bid(other, tick, lots, IOC)

    def protect(self, dice: random.Random) -> None:
        """One of them commits a line to the account that is to fail, or any to any."""
        pair = dice.choice(((self.buyers[0], self.failed), _pair(self, dice)))
        self.scene.system.offer_line(*pair, dice.randrange(10 * DOLLARS, 900 * DOLLARS))
        self.scene.system.accept_line(pair[1], pair[0])


def _pair(gang: Gang, dice: random.Random) -> tuple[int, int]:
    first, second = dice.sample(gang.all, 2)
    return first, second


DEEDS: dict[str, Deed] = {
    "flag": lambda gang, dice: gang.scene.flag(gang.failed),
    "review": lambda gang, dice: gang.scene.review(gang.failed),
    "buy": lambda gang, dice: gang.scene.buy(
        gang.failed, dice.choice((100_000, 333_333, 999_999, 10**6)), dice.choice(gang.buyers)
    ),
    "wait": lambda gang, dice: gang.scene.pass_time(dice.choice((1, 10, 60, 150, 300, 430))),
    "trade": lambda gang, dice: gang.trade(dice),
    "rest": lambda gang, dice: gang.scene.perp_bid(dice.choice(gang.all), MARK - 500, 100),
    "settle": lambda gang, dice: gang.scene.system.settle(dice.choice(gang.all), ETH_PERP),
    "on credit": lambda gang, dice: gang.scene.system.settle_on_credit(
        dice.choice(gang.all), ETH_PERP
    ),
    "lend": lambda gang, dice: gang.scene.system.set_lent(
        dice.choice(gang.all), 0, dice.random() < 0.5
    ),
    "move": lambda gang, dice: gang.scene.system.transfer(
        *_pair(gang, dice), 0, dice.randrange(1, 1_000 * DOLLARS)
    ),
    "bond": lambda gang, dice: gang.scene.system.lock_bond(
        dice.choice(gang.all), dice.randrange(10 * DOLLARS, 500 * DOLLARS)
    ),
    "release": lambda gang, dice: gang.scene.system.release_bond(
        dice.choice(gang.all), dice.randrange(1, 500 * DOLLARS)
    ),
    "protect": lambda gang, dice: gang.protect(dice),
    "draw": lambda gang, dice: gang.scene.system.draw_line(gang.failed, dice.choice(gang.buyers)),
    "close": lambda gang, dice: gang.scene.system.close_line(*_pair(gang, dice)),
    "repay": lambda gang, dice: gang.scene.system.repay_claims(dice.choice(gang.all)),
    "choose": lambda gang, dice: gang.scene.system.set_liquidator(gang.failed, ACCOMPLICE),
    "leave": lambda gang, dice: gang.scene.system.deactivate_market(
        dice.choice(gang.all), ETH_PERP
    ),
}


def gather(system: System) -> Gang:
    """The gang before its deeds: one is long against two others."""
    scene = make_liquidation_scene(system)
    buyers = (scene.trader(ACCOMPLICE, CAPITAL // 20), scene.trader(SISTER, CAPITAL // 20))
    failed, own = scene.trader(VICTIM, CAPITAL), scene.trader(VICTIM, CAPITAL // 20)
    for buyer in buyers:
        scene.trade(failed, buyer, LOTS // 2)
    return Gang(scene, failed, buyers, own)


def attempted(gang: Gang, deed: str, dice: random.Random) -> str | None:
    """Do it, or return the name of the error that refuses it."""
    try:
        DEEDS[deed](gang, dice)
    except Reverted as error:
        return error.name
    return None


PLANS = st.lists(st.sampled_from([*sorted(DEEDS), *("buy", "buy", "trade", "wait")]), max_size=25)


@settings(max_examples=60)
@given(
    early=st.lists(st.sampled_from(["bond", "protect", "rest", "choose"]), max_size=6),
    permille=st.integers(-10, 31),
    late=PLANS,
    seed=st.integers(0, 2**32),
)
def test_liq_u_gang_takes_nothing_that_is_not_its_own(
    deployed_system: System, early: list[str], permille: int, late: list[str], seed: int
) -> None:
    """What it makes is what the funds have paid; they pay for its deficit, and for getting out."""
    with rolled_back(deployed_system.backend):
        gang, dice = gather(deployed_system), random.Random(seed)
        scene = gang.scene
        refusals = [attempted(gang, deed, dice) for deed in early]
        scene.leave_equity(gang.failed, GROSS * permille // 1_000)
        others = (scene.maker, scene.taker, scene.lender, scene.bidder, scene.sponsor)
        funds = (INSURANCE, scene.backstop)
        before = [scene.equity(other) for other in others]
        had, kept = gang.worth(), sum(map(scene.equity, funds))
        refusals += [attempted(gang, deed, dice) for deed in ["flag", *late, "review"]]
        # None of them is a fault: an empty error, a panic, or one that no interface knows.
        assert not {"", "unknown", "Panic", "Error"} & set(refusals)
        paid = kept - sum(map(scene.equity, funds))
        for other, worth in zip(others, before, strict=True):
            assert scene.equity(other) >= worth - 1
        assert gang.worth() - had <= max(0, paid) + 50
        assert paid <= EXIT + max(0, -GROSS * permille // 1_000) + 50
        assert_sound(scene.system)
