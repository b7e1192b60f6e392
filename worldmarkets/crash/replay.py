"""A crash from its first minute to the last auction, with everybody acting at every step."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from worldmarkets.crash import closing
from worldmarkets.crash.books import depths
from worldmarkets.crash.healths import Healths
from worldmarkets.crash.path import STEP_SECONDS, legs
from worldmarkets.crash.scene import Scene
from worldmarkets.crash.tape import MINUTE, Minute
from worldmarkets.model import accounts, balances
from worldmarkets.model.perps import settlement

TAIL_SECONDS = 1_800
"""How long the last price holds at most, until no account is auctioned any more [seconds]."""


@dataclass(frozen=True)
class Sample:
    """A replay at the end of a minute; amounts in quote atoms."""

    seconds: int
    """Since the beginning."""
    prices: tuple[int, ...]
    """1e-18 dollars a whole token."""
    below: int
    """Equity of accounts below R_maint that is positive."""
    missing: int
    """What such accounts lack of R_maint."""
    flagged: int
    slices: int
    insurance: int
    backstop: int
    shortfall: int
    """Of all perps."""


@dataclass(frozen=True)
class Posted:
    """Prices at a step [1e-18 dollars a whole token], and how deep books were [quote atoms]."""

    seconds: int
    """Since the beginning."""
    prices: tuple[int, ...]
    depths: tuple[int, ...]


class Actor(Protocol):
    """Somebody else in a replay."""

    @property
    def is_busy(self) -> bool:
        """Whether he may trade at the next step."""

    def act(self, prices: Sequence[int]) -> None:
        """Do what there is to do at prices [1e-18 dollars a whole token]."""


class Replay:
    """Moves a scene through its tape."""

    def __init__(
        self,
        scene: Scene,
        report: Callable[[int], None] = lambda _: None,
        actors: Sequence[Actor] = (),
    ) -> None:
        """Prepare a replay.

        Args:
            scene: What it moves.
            report: Told of every minute that has passed.
            actors: Who else acts, last of all.
        """
        self.scene = scene
        self._actors = actors
        self.healths = Healths(scene.watch)
        self.samples: list[Sample] = []
        self.steps: list[Posted] = []
        """All prices that were posted."""
        self._report = report
        self._medians = [
            scene.tape.median_turnover(place) for place, _ in enumerate(scene.tape.pairs)
        ]
        self._began = scene.desk.time
        self._depths: tuple[int, ...] = ()
        self._prices: tuple[int, ...] = ()

    def run(self) -> None:
        """Go through all minutes, then let the last price hold until all auctions have ended."""
        for number, minute in enumerate(self.scene.tape.minutes, start=1):
            self._play(minute)
            self._sample()
            self._report(number)
        self._wait()
        self._sample()

    def _play(self, minute: Minute) -> None:
        self._depths = depths(minute, self._medians, self.scene.held)
        for leg in legs(minute.candles, falls=self.scene.tape.falls):
            for step in leg.steps(closely=self.scene.keeper.waiting):
                self.scene.desk.time = minute.start + step.seconds
                self._step(step.prices)
        closing.repay(self.scene)

    def _wait(self) -> None:
        until = self.scene.desk.time + TAIL_SECONDS
        while self.scene.keeper.waiting and self.scene.desk.time < until:
            self.scene.desk.time += STEP_SECONDS
            self._step(self._prices)
        closing.repay(self.scene)

    def _step(self, prices: tuple[int, ...]) -> None:
        scene, self._prices = self.scene, prices
        self.steps.append(Posted(scene.desk.time - self._began, prices, self._depths))
        scene.desk.post(prices)
        scene.books.refresh(prices, self._depths, closely=self._is_busy)
        levels = scene.watch.levels()
        near = set(scene.watch.unsure(levels))
        for account_id in sorted(near):
            self.healths.note(account_id, scene.keeper.standings.of(account_id))
            if account_id not in scene.keeper.flagged and scene.keeper.serve(account_id):
                scene.plans.note_flag(account_id)
        self.healths.end_step(levels, near)
        # The worst order: whoever is below R_maint is flagged before his plan does anything.
        scene.plans.act(levels)
        scene.keeper.review()
        scene.liquidators.unload(prices)
        scene.liquidators.bid(scene.keeper)
        for actor in self._actors:
            actor.act(prices)

    @property
    def _is_busy(self) -> bool:
        """Whether somebody may trade with the books now."""
        scene = self.scene
        return (
            scene.keeper.waiting
            or scene.liquidators.is_loaded
            or scene.plans.is_near
            or any(actor.is_busy for actor in self._actors)
        )

    def _sample(self) -> None:
        scene, state = self.scene, self.scene.desk.state
        below = missing = 0
        for account_id in self.healths.unhealthy:
            stands = scene.keeper.standings.of(account_id)
            below += max(0, stands.equity)
            missing += max(0, stands.maintenance - stands.equity)
        markets = [known.perp.market_id for known in scene.desk.underlyings]
        self.samples.append(
            Sample(
                scene.desk.time - self._began,
                self._prices,
                below,
                missing,
                len(scene.keeper.flagged),
                scene.payments.slices,
                balances.atoms_of(state, accounts.INSURANCE, 0),
                balances.atoms_of(state, scene.backstop_id, 0),
                sum(settlement.load_pool(state, market).shortfall for market in markets),
            )
        )


assert MINUTE % STEP_SECONDS == 0
