"""Market makers and takers around a reference price."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from worldmarkets.demo.cast import ARBITRAGEUR, BPS, MAKERS, TAKERS, maker_style, taker_style
from worldmarkets.demo.credit import Cast, Credit
from worldmarkets.demo.perpcast import PerpCast
from worldmarkets.demo.perps import PerpScene
from worldmarkets.demo.premium import PremiumPath
from worldmarkets.demo.session import Session
from worldmarkets.demo.strategies import (
    Clock,
    LadderStyle,
    Quote,
    Shown,
    TakerStyle,
    arbitrage,
    ladder,
    requote,
    take,
)
from worldmarkets.demo.stresscast import StressCast
from worldmarkets.demo.underlyings import Underlying
from worldmarkets.keepers.posting import RolePoster
from worldmarkets.logbook import LogBook
from worldmarkets.model.interface import OrderRequest
from worldmarkets.model.words import NO_ASK, NO_BID
from worldmarkets.ondemand import BlockDriver, Sending
from worldmarkets.staging import Account, Stage, as_posted

_ARBITRAGE_BPS = 4
_ARBITRAGE_DOLLARS = 40_000


@dataclass(frozen=True)
class _Maker:
    account: Account
    style: LadderStyle
    period_steps: int
    life_seconds: int

    def clock(self, now: int) -> Clock:
        """Return the times of a moment; a quote is renewed in the last quarter of its life."""
        return Clock(now + self.life_seconds, now + self.life_seconds // 4)


@dataclass(frozen=True)
class _Taker:
    account: Account
    style: TakerStyle
    crowd: int


@dataclass(frozen=True)
class PerpPlay:
    """Who trades perps, of what, and how far from the index; and who waits for the stress act."""

    cast: PerpCast
    underlyings: tuple[Underlying, ...]
    premiums: tuple[PremiumPath, ...]
    stress: StressCast | None = None


class TraderSource:
    """Market makers, takers and an arbitrageur around a price that is posted, and credit."""

    def __init__(
        self,
        stage: Stage,
        blocks: BlockDriver,
        accounts: Sequence[Account],
        cast: Cast,
        perps: PerpPlay,
        steps: int,
        seed: int,
    ) -> None:
        """Take the traders to their places.

        Args:
            stage: Where.
            blocks: Makes the blocks, one a step.
            accounts: What `open_traders` opened.
            cast: Who lends and borrows.
            perps: Who trades perps, and what of; the first underlying is the one that is shown.
            steps: In how many steps its time passes.
            seed: Of the traders' decisions.
        """
        self._stage = stage
        self.stress = perps.stress
        self._poster = RolePoster(perps.cast.keeper)
        self.blocks = blocks
        path = perps.underlyings[0].path
        self._path = path
        self._steps = steps
        self._chance = random.Random(seed)  # noqa: S311 - a simulation, not a secret
        self._start = blocks.timestamp
        price = path.at(Decimal(0))
        self._last_tick = stage.venue.tick(price)
        self._makers = [
            _Maker(
                account,
                maker_style(plan, stage.venue, price),
                plan.period_steps,
                max(2, -(-plan.life_steps * path.seconds // steps)),
            )
            for plan, account in zip(MAKERS, accounts, strict=False)
        ]
        self._takers = [
            _Taker(account, taker_style(plan, stage.venue, price), plan.crowd)
            for plan, account in zip(TAKERS, accounts[len(MAKERS) :], strict=False)
        ]
        (self._arbitrageur,) = (one for one in accounts if one.name == ARBITRAGEUR)
        everybody = [*accounts, *cast.accounts, *perps.cast.accounts]
        self.session = Session(stage, everybody, LogBook(), perps.underlyings)
        self.credit = Credit(self.session, cast)
        self._scene = PerpScene(self.session, perps.cast, perps.premiums, path.seconds, steps, seed)

    @property
    def title(self) -> str:
        """What drives the market."""
        return self._path.title

    @property
    def perps(self) -> PerpScene:
        """Who trades perps."""
        return self._scene

    @property
    def market_seconds(self) -> int:
        """How much market time it covers [seconds]."""
        return self._path.seconds

    def steps(self) -> Iterator[None]:
        """Play, and yield after every step."""
        for step in range(1, self._steps + 1):
            self._play(step, Decimal(self._path.seconds) * step / self._steps)
            self.session.sample()
            yield

    def _play(self, step: int, seconds: Decimal) -> None:
        """One block: the price, those who act on it first, the makers, the takers."""
        session, now = self.session, self._start + int(seconds)
        session.seconds = seconds
        session.reference_price = as_posted(self._path.at(seconds))
        tick = self._stage.venue.tick(session.reference_price)
        sendings = [
            self._post(seconds),
            *self._act_first(tick),
            *(
                self._quote(maker, tick, now)
                for maker in self._makers
                if step % maker.period_steps == 1 % maker.period_steps
            ),
            *self._scene.quote(now),
            *self._take(tick),
            *self.credit.step(1_000 * step // self._steps),
            *self._scene.step(step, now),
        ]
        wanted = [sending for sending in sendings if sending[1]]
        session.follow(self.blocks.make_block(wanted, now))
        self.credit.after()
        self._scene.after()
        self._last_tick = tick

    def _post(self, seconds: Decimal) -> Sending:
        """Post the prices of all underlyings, in one go, and have the exchange take them over."""
        self.session.counts["posted"] += 1
        operator, underlyings = self._stage.operator, self.session.underlyings
        prices = {one.symbol: one.posted(seconds) for one in underlyings}
        posts = [action.request for action in self._poster.bring(prices, 0)]
        poke = operator.calls.poke([one.spot.base_asset_id for one in underlyings])
        return operator.sender, [*posts, poke]

    def _act_first(self, tick: int) -> list[Sending]:
        """Trade against quotes that the price has left behind, as far as that pays its fee."""
        market = self._stage.venue.market_id
        bid = self.session.book.best(market, False)
        ask = self.session.book.best(market, True)
        order = arbitrage(
            tick,
            bid[0] if bid else NO_BID,
            ask[0] if ask else NO_ASK,
            max(1, tick * _ARBITRAGE_BPS // BPS),
            self._lots(_ARBITRAGE_DOLLARS),
            market,
        )
        return [_send(self._arbitrageur, [order])] if order else []

    def _quote(self, maker: _Maker, tick: int, now: int) -> Sending:
        """Bring a maker's quotes up to date: one packed call, and a call for each amendment."""
        account, calls = maker.account, maker.account.client.calls
        resting = {
            order_id: Shown(Quote(order.is_ask, order.tick, order.lots), order.expiry)
            for order_id, order in self.session.book.orders_of(account.account_id)
        }
        wanted = ladder(maker.style, tick, self._held(account))
        market = self._stage.venue.market_id
        changes = requote(wanted, resting, tick, maker.clock(now), market)
        requests = [
            calls.amend(account.account_id, order_id, order) for order_id, order in changes.amends
        ]
        self.session.counts["amended"] += len(requests)
        if changes.cancels or changes.places:
            # Executed in this second or not at all.
            packed = calls.batch_packed(account.account_id, changes.cancels, changes.places, now)
            requests.insert(0, packed)
        return account.client.sender, requests

    def _take(self, tick: int) -> Iterator[Sending]:
        venue = self._stage.venue
        for taker in self._takers:
            orders = [
                take(
                    taker.style,
                    self._chance,
                    tick,
                    tick - self._last_tick,
                    venue.min_lots,
                    venue.market_id,
                )
                for _ in range(taker.crowd)
            ]
            yield _send(taker.account, [order for order in orders if order is not None])

    def _held(self, account: Account) -> int:
        return self.session.inventory[account.account_id, self._stage.venue.market_id]

    def _lots(self, dollars: int) -> int:
        return self._stage.venue.lots_worth(Decimal(dollars), self.session.reference_price)


def _send(account: Account, orders: Sequence[OrderRequest]) -> Sending:
    calls = account.client.calls
    requests = [calls.place_order(account.account_id, order) for order in orders]
    return account.client.sender, requests
