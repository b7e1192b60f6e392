"""ORA-5: quotes that are placed, sampled and pulled at once, second after second."""

import pytest

from tests.support.backend import user_address
from tests.support.perps import MARK, PerpScene
from tests.support.scene import DOLLARS
from tests.support.system import ETH_PERP
from worldmarkets.model.interface import Side

ATTACKER, FRIEND, KEEPER = user_address(61), user_address(62), user_address(63)
IMPACT = 10_000
"""Lots worth the impact notional."""
SECONDS = 40


class Spoofer:
    """Somebody with much money, who quotes both sides of an empty book far from the index."""

    def __init__(self, perps: PerpScene, away: int) -> None:
        """Let the last trade be there too, between him and a friend of his."""
        self.perps, self.away = perps, away
        self.account = perps.trader(ATTACKER, 10**7 * DOLLARS)
        friend = perps.trader(FRIEND)
        perps.trade(self.account, friend, 1, MARK + away)

    def quote(self) -> list[int]:
        """Quote the impact notional on both sides."""
        place, middle = self.perps.system.place, MARK + self.away
        sides = ((Side.BID, middle - 5), (Side.ASK, middle + 5))
        orders = [place(self.account, ETH_PERP, side, tick, 2 * IMPACT) for side, tick in sides]
        return [order.order_id for order in orders]

    def poke(self) -> None:
        """Quote, sample and pull, as one transaction does."""
        orders = self.quote()
        self.perps.system.poke_markets(ETH_PERP, sender=ATTACKER)
        self.perps.system.cancel_many(self.account, orders)


def marked(perps: PerpScene) -> tuple[int, int, tuple[int, int, int]]:
    """Mark, rate and what samples have come to."""
    mark, samples = perps.mark(), perps.samples()
    averages = (samples.premium_average, samples.mid_average, samples.book_counted)
    return mark.mark, mark.rate, averages


@pytest.fixture
def calm(perps: PerpScene) -> tuple[int, int, tuple[int, int, int]]:
    """Mark and rate of an empty book."""
    for _ in range(3):
        perps.wait(1)
        perps.system.poke_markets(ETH_PERP, sender=KEEPER)
    return marked(perps)


@pytest.mark.parametrize("away", [500, -500])
@pytest.mark.parametrize("is_first", [True, False])
def test_ora_5_first_poke_of_every_second_with_quotes_pulled_at_once_moves_nothing(
    perps: PerpScene, calm: object, away: int, is_first: bool
) -> None:
    """One honest poke in a second is enough, whenever in it; so long as there is one."""
    spoofer = Spoofer(perps, away)
    for _ in range(SECONDS):
        perps.pass_time(1)
        if is_first:
            spoofer.poke()
        perps.system.poke_markets(ETH_PERP, sender=KEEPER)
        if not is_first:
            spoofer.poke()
        assert marked(perps) == calm


@pytest.mark.parametrize("away", [500, -500])
def test_ora_5_quotes_pulled_at_once_move_mark_and_rate_where_nobody_else_pokes(
    perps: PerpScene, calm: tuple[int, int, tuple[int, int, int]], away: int
) -> None:
    """What an honest poke a second guards against, and that the test above can fail."""
    spoofer = Spoofer(perps, away)
    for _ in range(SECONDS):
        perps.pass_time(1)
        spoofer.poke()
    mark, rate, averages = marked(perps)
    assert (mark - calm[0]) * away > 0
    assert all(average * away > 0 for average in averages)
    assert (rate - calm[1]) * away >= 0


def test_ora_5_quotes_that_stay_count_however_many_poke(perps: PerpScene) -> None:
    """Further pokes of a second take nothing from a book that they all see alike."""
    spoofer = Spoofer(perps, 500)
    for _ in range(3):
        perps.pass_time(1)
        spoofer.quote()
        for _ in range(3):
            perps.system.poke_markets(ETH_PERP, sender=KEEPER)
    assert perps.samples().premium_b == 2_475_000
    assert perps.samples().premium_average > 0
