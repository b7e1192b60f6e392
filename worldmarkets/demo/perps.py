"""Perps in a demonstration: both markets of every underlying, beside the one that is shown."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from worldmarkets.audit.words import words_at
from worldmarkets.demo.basistrader import ENDS, BasisTrader, due
from worldmarkets.demo.cast import taker_style
from worldmarkets.demo.hedging import HEDGERS, Elsewhere, Hedger
from worldmarkets.demo.perpcast import PERP_TAKERS, PerpCast
from worldmarkets.demo.premium import PremiumPath
from worldmarkets.demo.samples import MarginLevels
from worldmarkets.demo.session import Session
from worldmarkets.demo.split import Split
from worldmarkets.demo.strategies import TakerStyle, take
from worldmarkets.keepers import FundingJob, SettleJob, SettlingRules
from worldmarkets.keepers.job import Job
from worldmarkets.model import slots
from worldmarkets.model.perp_words import Q24
from worldmarkets.model.reading import WordReader
from worldmarkets.ondemand import Sending
from worldmarkets.staging import Account, Venue
from worldmarkets.transactions import Request

_DECISIONS, _SETTLINGS = 200, 40
"""How often in all the basis trader decides, and positions are settled."""
_LAST = 985
"""From when on everything is settled [1/1000 of the whole time]."""
_RATE_ONE = Decimal("1e-8")


@dataclass(frozen=True)
class MarkSample:
    """A perp at one moment [dollars a token; parts of the mark in 8 hours]."""

    index: Decimal
    mark: Decimal
    funding_8h: Decimal


@dataclass(frozen=True)
class PerpSample:
    """Perps in the order of their underlyings, and the basis trader's margin, at one moment."""

    seconds: Decimal
    perps: tuple[MarkSample, ...]
    margin: MarginLevels
    is_shocked: bool

    @property
    def ratio(self) -> Decimal | None:
        """His equity over what he needs to be left alone; None while he needs nothing."""
        margin = self.margin
        return Decimal(margin.equity) / margin.maintenance if margin.maintenance else None

    def order(self) -> Decimal:
        """Return what samples are compared by."""
        return Decimal(0) if self.ratio is None else self.ratio


@dataclass(frozen=True)
class _Taker:
    account: Account
    odds: int
    styles: tuple[tuple[Venue, TakerStyle], ...]


class PerpScene:
    """Lets all who have to do with perps act in a session, and takes down how they stand."""

    def __init__(
        self,
        session: Session,
        cast: PerpCast,
        premiums: Sequence[PremiumPath],
        seconds: int,
        steps: int,
        seed: int,
    ) -> None:
        """Take them to their places; their accounts are among those of the session.

        Args:
            session: What happens; its first underlying is the basis trader's.
            cast: Who acts.
            premiums: What perps trade at beyond their index, in the order of the underlyings.
            seconds: How long it all takes [seconds of market time].
            steps: In how many blocks.
            seed: Of the takers' decisions.
        """
        self.cast = cast
        self.premiums = tuple(premiums)
        self.samples: list[PerpSample] = []
        self._session = session
        self._steps = steps
        self._chance = random.Random(seed)  # noqa: S311 - a simulation, not a secret
        life = max(8, 40 * seconds // steps)
        self._hedgers = [
            Hedger(session, plan, account, life)
            for plan, account in zip(HEDGERS, cast.hedgers, strict=True)
        ]
        self._takers = [
            _Taker(account, plan.odds, tuple(self._styles(plan_index)))
            for plan_index, (plan, account) in enumerate(zip(PERP_TAKERS, cast.takers, strict=True))
        ]
        self.basis = BasisTrader(session, cast.basis, cast.trader, session.underlyings[0], seconds)
        self._poker: Job = FundingJob(cast.keeper)
        self._settler: Job = SettleJob(cast.keeper)
        self._last_settler: Job = SettleJob(cast.keeper, SettlingRules(least_atoms=1))
        self._note_prices(Decimal(0))

    def quote(self, now: int) -> list[Sending]:
        """Return the makers' quotes of the next block, before anybody takes.

        Args:
            now: Its time [seconds].
        """
        self._note_prices(self._session.seconds)
        elsewhere = self._elsewhere(self._session.seconds)
        doubtful = self._is_doubtful(elsewhere)
        return [one.step(elsewhere, now, is_doubtful=doubtful) for one in self._hedgers]

    def step(self, step: int, now: int) -> list[Sending]:
        """Return what takers, the basis trader and keepers send in the next block.

        Args:
            step: Which block it is, of all steps.
            now: Its time [seconds].
        """
        elsewhere = self._elsewhere(self._session.seconds)
        sendings = list(self._take(elsewhere))
        done, is_moving = 1_000 * step // self._steps, self._is_moving(elsewhere, now)
        if self._is_time(step, _DECISIONS) or self._is_shocked or done >= ENDS:
            sendings.append(self.basis.step(done, is_moving=is_moving))
        kept = list(self._keep(step, done, is_moving=is_moving))
        sendings.append((self.cast.keeper.raw.sender, kept))
        return sendings

    def after(self) -> None:
        """Take down the block just made."""
        if self.basis.has_acted:
            self.basis.take_down(self._reader())
        self.samples.append(self._sample())

    def split(self, reader: WordReader) -> Split:
        """Return the basis trader's profit in its parts."""
        return self.basis.split(reader)

    def lowest(self, *, shocked: bool = False) -> PerpSample | None:
        """Return when the trader's equity was lowest over what he needs to be left alone.

        Args:
            shocked: Only while the shock was on.
        """
        found = [one for one in self.samples if one.is_shocked or not shocked]
        return min(
            (one for one in found if one.ratio is not None), key=PerpSample.order, default=None
        )

    @property
    def _is_shocked(self) -> bool:
        return any(one.is_shocked(self._session.seconds) for one in self.premiums)

    def _is_time(self, step: int, times: int) -> bool:
        """Whether something that is done so often in all is due."""
        return step * times // self._steps != (step - 1) * times // self._steps

    def _keep(self, step: int, done: int, *, is_moving: bool) -> Iterator[Request]:
        """Yield what keepers send: funding each block, settlements now and then."""
        jobs = [self._poker]
        if done >= _LAST:
            jobs.append(self._last_settler)
        elif self._is_time(step, _SETTLINGS):
            jobs.append(self._settler)
        for job in jobs:
            yield from due(job.look().actions, is_moving=is_moving)

    def _take(self, elsewhere: Sequence[Elsewhere]) -> Iterator[Sending]:
        for taker in self._takers:
            orders = []
            for venue, style in taker.styles:
                tick = venue.tick(self._price(venue, elsewhere))
                lots = venue.min_lots
                order = take(style, self._chance, tick, 0, lots, venue.market_id)
                if order is not None:
                    calls = taker.account.client.calls
                    orders.append(calls.place_order(taker.account.account_id, order))
            yield taker.account.client.sender, orders

    def _price(self, venue: Venue, elsewhere: Sequence[Elsewhere]) -> Decimal:
        for one, prices in zip(self._session.underlyings, elsewhere, strict=True):
            if venue == one.spot:
                return prices.spot
            if venue == one.perp:
                return prices.perp
        raise KeyError(venue.market_id)

    def _styles(self, plan: int) -> Iterator[tuple[Venue, TakerStyle]]:
        """Yield how a taker trades in each book but the one that is shown, which has its own."""
        for one in self._session.underlyings:
            price = one.path.at(Decimal(0))
            for venue in (one.spot, one.perp):
                if venue != self._session.venue:
                    yield venue, taker_style(PERP_TAKERS[plan], venue, price)

    def _note_prices(self, seconds: Decimal) -> None:
        for one in self._session.underlyings:
            asset = one.spot.base_asset_id
            if asset not in self._session.pooled:
                self._session.other_prices[asset] = one.posted(seconds)

    def _elsewhere(self, seconds: Decimal) -> tuple[Elsewhere, ...]:
        found = []
        for one, premium in zip(self._session.underlyings, self.premiums, strict=True):
            index = one.posted(seconds)
            found.append(Elsewhere(index, index * (1 + premium.at(seconds))))
        return tuple(found)

    def _is_doubtful(self, elsewhere: Sequence[Elsewhere]) -> bool:
        """Whether the exchange will not take over a price without a second report."""
        reader, both = self._reader(), zip(self._session.underlyings, elsewhere, strict=True)
        return any(one.is_doubtful(reader, prices.spot) for one, prices in both)

    def _is_moving(self, elsewhere: Sequence[Elsewhere], now: int) -> bool:
        """Whether profits have to wait once the exchange has taken the prices over."""
        reader, both = self._reader(), zip(self._session.underlyings, elsewhere, strict=True)
        return any(one.is_moving(reader, prices.spot, now) for one, prices in both)

    def _reader(self) -> WordReader:
        """Return a reader of the newest block that has marks and prices."""
        session, stage = self._session, self._session.stage
        read = words_at(stage.rpc, stage.deployment.exchange, session.block)
        reader = WordReader(read, session.timestamp)
        marks = [slots.mark(one.perp.market_id) for one in session.underlyings]
        assets = [one.spot.base_asset_id for one in session.underlyings]
        reader.prefetch([*marks, *map(slots.underlying, assets), *map(slots.move, assets)])
        return reader

    def _sample(self) -> PerpSample:
        session, marks = self._session, []
        for one in session.underlyings:
            told = session.marks[one.perp.market_id]
            mark = told.mark * one.perp.tick_dollars / Q24
            marks.append(MarkSample(one.posted(session.seconds), mark, told.rate * _RATE_ONE))
        found = self.basis.margin() if self.basis.has_position else None
        levels = MarginLevels(0, 0, 0, owes=False)
        if found is not None and not found.is_paid:
            numbers = found.equity_atoms, found.initial_atoms, found.maintenance_atoms
            levels = MarginLevels(*numbers, owes=True)
        return PerpSample(session.seconds, tuple(marks), levels, self._is_shocked)
