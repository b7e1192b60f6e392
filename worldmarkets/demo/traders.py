"""Market makers and takers around a reference price."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from worldmarkets.client.calls import post_prices
from worldmarkets.demo.prices import PricePath
from worldmarkets.demo.session import Session
from worldmarkets.demo.strategies import (
    LadderStyle,
    Quote,
    TakerStyle,
    arbitrage,
    ladder,
    requote,
    take,
)
from worldmarkets.logbook import LogBook
from worldmarkets.model.interface import OrderRequest
from worldmarkets.model.words import NO_ASK, NO_BID
from worldmarkets.ondemand import BlockDriver, Sending
from worldmarkets.staging import (
    Account,
    Stage,
    Venue,
    as_posted,
    connect,
    open_account,
    posted_price,
)

_MAKER_DOLLARS = 8_000_000
_TAKER_DOLLARS = 3_000_000
"""What each account gets in quote, and the same value in the base asset [dollars]."""

_TICKS_A_BP = 10_000
_QUOTE_DECIMALS = 6


@dataclass(frozen=True)
class MakerPlan:
    """A market maker in basis points and dollars, whatever the price."""

    name: str
    half_spread_bps: int
    step_bps: int
    rungs: int
    dollars: int
    skew_bps: int


@dataclass(frozen=True)
class TakerPlan:
    """A taker in dollars, whatever the price; a crowd decides so many times a step."""

    name: str
    odds: int
    dollars: int
    follows: bool = False
    crowd: int = 1


MAKERS = (
    MakerPlan("maker tight", 2, 1, 8, 8_000, 4),
    MakerPlan("maker steady", 3, 1, 12, 15_000, 5),
    MakerPlan("maker deep", 5, 2, 12, 40_000, 6),
    MakerPlan("maker wide", 8, 4, 10, 90_000, 8),
)
TAKERS = (
    TakerPlan("retail", 1, 1_200, crowd=6),
    TakerPlan("brokers", 2, 4_000, crowd=4),
    TakerPlan("fund", 20, 50_000),
    TakerPlan("momentum", 6, 8_000, follows=True),
)
ARBITRAGEUR = "arbitrage"

_REACH_BPS = 25
_ARBITRAGE_BPS = 4
_ARBITRAGE_DOLLARS = 40_000
_FULL_DOLLARS = 600_000


@dataclass(frozen=True)
class _Maker:
    account: Account
    style: LadderStyle


@dataclass(frozen=True)
class _Taker:
    account: Account
    style: TakerStyle
    crowd: int


class TraderSource:
    """Four market makers, four takers and an arbitrageur, around a price that is posted."""

    def __init__(
        self,
        stage: Stage,
        blocks: BlockDriver,
        accounts: Sequence[Account],
        path: PricePath,
        steps: int,
        seed: int,
    ) -> None:
        """Take the traders to their places.

        Args:
            stage: Where.
            blocks: Makes the blocks, one a step.
            accounts: What `open_traders` opened.
            path: The price elsewhere.
            steps: In how many steps its time passes.
            seed: Of the traders' decisions.
        """
        self._stage = stage
        self._blocks = blocks
        self._path = path
        self._steps = steps
        self._chance = random.Random(seed)  # noqa: S311 - a simulation, not a secret
        self._start = blocks.timestamp
        price = path.at(Decimal(0))
        self._last_tick = stage.venue.tick(price)
        self._makers = [
            _Maker(account, _maker_style(plan, stage.venue, price))
            for plan, account in zip(MAKERS, accounts, strict=False)
        ]
        self._takers = [
            _Taker(account, _taker_style(plan, stage.venue, price), plan.crowd)
            for plan, account in zip(TAKERS, accounts[len(MAKERS) :], strict=False)
        ]
        self._arbitrageur = accounts[-1]
        self.session = Session(stage, accounts, LogBook())

    @property
    def title(self) -> str:
        """What drives the market."""
        return self._path.title

    @property
    def market_seconds(self) -> int:
        """How much market time it covers [seconds]."""
        return self._path.seconds

    def steps(self) -> Iterator[None]:
        """Play, and yield after every step."""
        for step in range(1, self._steps + 1):
            seconds = Decimal(self._path.seconds) * step / self._steps
            self._play(seconds)
            self.session.sample()
            yield

    def _play(self, seconds: Decimal) -> None:
        """One block: the price, those who act on it first, the makers, the takers."""
        session = self.session
        session.seconds = seconds
        session.reference_price = as_posted(self._path.at(seconds))
        tick = self._stage.venue.tick(session.reference_price)
        sendings = [
            self._post(session.reference_price),
            *self._act_first(tick),
            *(self._quote(maker, tick) for maker in self._makers),
            *self._take(tick),
        ]
        wanted = [sending for sending in sendings if sending[1]]
        session.follow(self._blocks.make_block(wanted, self._start + int(seconds)))
        self._last_tick = tick

    def _post(self, price: Decimal) -> Sending:
        operator, asset = self._stage.operator, self._stage.venue.base_asset_id
        feed = self._stage.deployment.price_feed
        posted = post_prices(feed, [asset], [posted_price(price)])
        return operator.sender, [posted, operator.calls.poke([asset])]

    def _act_first(self, tick: int) -> list[Sending]:
        """Trade against quotes that the price has left behind, as far as that pays its fee."""
        market = self._stage.venue.market_id
        bid = self.session.book.best(market, False)
        ask = self.session.book.best(market, True)
        order = arbitrage(
            tick,
            bid[0] if bid else NO_BID,
            ask[0] if ask else NO_ASK,
            max(1, tick * _ARBITRAGE_BPS // _TICKS_A_BP),
            self._lots(_ARBITRAGE_DOLLARS),
            market,
        )
        return [_send(self._arbitrageur, [order])] if order else []

    def _quote(self, maker: _Maker, tick: int) -> Sending:
        account = maker.account
        resting = {
            order_id: Quote(order.is_ask, order.tick, order.lots)
            for order_id, order in self.session.book.orders_of(account.account_id)
        }
        wanted = ladder(maker.style, tick, self.session.inventory[account.account_id])
        cancels, places = requote(wanted, resting, self._stage.venue.market_id)
        if not cancels and not places:
            return account.client.sender, []
        request = account.client.calls.batch(account.account_id, cancels, places)
        return account.client.sender, [request]

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

    def _lots(self, dollars: int) -> int:
        return self._stage.venue.lots_worth(Decimal(dollars), self.session.reference_price)


def open_traders(stage: Stage, price: Decimal) -> list[Account]:
    """Open the accounts of all traders, each of a key of its own: makers, takers, arbitrageur."""
    wealth = [(plan.name, _MAKER_DOLLARS) for plan in MAKERS]
    wealth += [(plan.name, _TAKER_DOLLARS) for plan in TAKERS]
    wealth.append((ARBITRAGEUR, _TAKER_DOLLARS))
    accounts = []
    for key, (name, dollars) in enumerate(wealth, start=1):
        base_atoms = int((Decimal(dollars) / price).scaleb(stage.venue.base_decimals))
        quote_atoms = dollars * 10**_QUOTE_DECIMALS
        client = connect(stage, key)
        accounts.append(open_account(stage, client, name, base_atoms, quote_atoms))
    return accounts


def _send(account: Account, orders: Sequence[OrderRequest]) -> Sending:
    calls = account.client.calls
    requests = [
        calls.place(
            account.account_id,
            order.market_id,
            order.side,
            order.tick,
            order.lots,
            order.time_in_force,
            order.max_fills,
        )
        for order in orders
    ]
    return account.client.sender, requests


def _maker_style(plan: MakerPlan, venue: Venue, price: Decimal) -> LadderStyle:
    point = max(1, venue.tick(price) // _TICKS_A_BP)
    return LadderStyle(
        half_spread=plan.half_spread_bps * point,
        step=plan.step_bps * point,
        rungs=plan.rungs,
        lots=venue.lots_worth(Decimal(plan.dollars), price),
        skew=plan.skew_bps * point,
        full_lots=venue.lots_worth(Decimal(_FULL_DOLLARS), price),
        grid=plan.step_bps * point,
    )


def _taker_style(plan: TakerPlan, venue: Venue, price: Decimal) -> TakerStyle:
    return TakerStyle(
        odds=plan.odds,
        lots=venue.lots_worth(Decimal(plan.dollars), price),
        reach=max(1, venue.tick(price) * _REACH_BPS // _TICKS_A_BP),
        follows=plan.follows,
    )
