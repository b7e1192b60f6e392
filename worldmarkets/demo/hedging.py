"""Makers of spot and perp of every underlying, who hedge what perps leave them with on spot."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from worldmarkets.demo.cast import BPS
from worldmarkets.demo.session import Session
from worldmarkets.demo.underlyings import Underlying
from worldmarkets.model.interface import Side
from worldmarkets.ondemand import Sending
from worldmarkets.staging import Account, Stage, Venue
from worldmarkets.strategies import (
    Batch,
    MakerConfig,
    MakerMarkets,
    MakerView,
    MarketTerms,
    Quote,
    decide_quotes,
)
from worldmarkets.trading.quotes import best_of_others

_NEVER = Decimal(10**12)
"""A net that nobody has [tokens]."""
_MOST_TIMES = 3
_SLIPPAGE_BPS = 30
_REFILL_PERCENT = 50
_RENEWED_PART = 4
"""A quote is renewed in the last quarter of its life."""


@dataclass(frozen=True)
class HedgerPlan:
    """Such a maker in basis points and dollars, whatever the prices."""

    name: str
    half_spread_bps: Decimal
    step_bps: Decimal
    rungs: int
    dollars: int
    limit_dollars: int
    hedge_dollars: int
    skew_bps: Decimal
    index_weight: Decimal


HEDGERS = (
    HedgerPlan(
        "maker of both",
        half_spread_bps=Decimal(2),
        step_bps=Decimal(2),
        rungs=4,
        dollars=70_000,
        limit_dollars=2_000_000,
        hedge_dollars=500_000,
        skew_bps=Decimal(5),
        index_weight=Decimal(1),
    ),
    HedgerPlan(
        "maker far out",
        half_spread_bps=Decimal(4),
        step_bps=Decimal(3),
        rungs=4,
        dollars=150_000,
        limit_dollars=4_000_000,
        hedge_dollars=1_500_000,
        skew_bps=Decimal(6),
        index_weight=Decimal("0.9"),
    ),
)


@dataclass(frozen=True)
class Elsewhere:
    """What both markets of an underlying trade at elsewhere [dollars a token]."""

    spot: Decimal
    perp: Decimal


@dataclass(frozen=True)
class _Book:
    """A book he quotes: how, where, and where he hedges."""

    config: MakerConfig
    markets: MakerMarkets
    quoted: Venue
    hedge: Venue
    underlying: int
    is_perp: bool


class Hedger:
    """One of them: one account, and one batch a step for all books."""

    def __init__(
        self, session: Session, plan: HedgerPlan, account: Account, life_seconds: int
    ) -> None:
        """Take him to his place; his quotes live so long."""
        self.plan = plan
        self.account = account
        self._session = session
        self._books = [
            book
            for place, one in enumerate(session.underlyings)
            for book in _books(session.stage, plan, one, place, life_seconds)
        ]

    def step(self, elsewhere: tuple[Elsewhere, ...], now: int, *, is_doubtful: bool) -> Sending:
        """Return his batch of a block: executed in it or not at all.

        Args:
            elsewhere: What the underlyings trade at.
            now: The time of the block [seconds].
            is_doubtful: Whether a price needs a second report: then he takes all quotes back.
        """
        batches = [self._leaving()] if is_doubtful else list(self._decided(elsewhere, now))
        cancels = [order_id for batch in batches for order_id in batch.cancels]
        places = [order for batch in batches for order in batch.places]
        client = self.account.client
        if not (cancels or places):
            return client.sender, []
        packed = client.calls.batch_packed(self.account.account_id, cancels, places, now)
        return client.sender, [packed]

    def _leaving(self) -> Batch:
        quotes = self._session.book.orders_of(self.account.account_id)
        return Batch(cancels=tuple(order_id for order_id, _ in quotes))

    def _decided(self, elsewhere: tuple[Elsewhere, ...], now: int) -> Iterator[Batch]:
        resting: dict[int, dict[int, Quote]] = {}
        for order_id, order in self._session.book.orders_of(self.account.account_id):
            side = Side.ASK if order.is_ask else Side.BID
            quote = Quote(side, order.tick, order.lots, order.expiry)
            resting.setdefault(order.market, {})[order_id] = quote
        for book in self._books:
            shown = resting.get(book.quoted.market_id, {})
            view = self._view(book, elsewhere[book.underlying], shown, now)
            yield decide_quotes(book.config, book.markets, view)

    def _view(
        self, book: _Book, prices: Elsewhere, shown: Mapping[int, Quote], now: int
    ) -> MakerView:
        own, other = prices.spot, prices.perp
        if book.is_perp:
            own, other = other, own
        return MakerView(
            now=now,
            index=own,
            best_bid=self._best(book, Side.BID, shown),
            best_ask=self._best(book, Side.ASK, shown),
            inventory=self._held(book.quoted),
            hedged=self._held(book.hedge),
            hedge_price=other,
            resting=shown,
        )

    def _held(self, venue: Venue) -> Decimal:
        """Return what he has bought less what he has sold of a market [tokens]."""
        return venue.size(self._session.inventory[self.account.account_id, venue.market_id])

    def _best(self, book: _Book, side: Side, shown: Mapping[int, Quote]) -> int | None:
        is_ask, market = side == Side.ASK, book.quoted.market_id
        levels = self._session.book.ladder(market, is_ask, len(shown) + 1)
        return best_of_others(levels, side, shown)


def terms_of(stage: Stage, venue: Venue) -> MarketTerms:
    """Return what a strategy must know of a market."""
    listed = {market.market_id: market for market in stage.deployment.markets}
    fee = listed[venue.market_id].taker_ppm
    return MarketTerms(venue.market_id, venue.size(1), venue.tick_dollars, venue.min_lots, fee)


def _books(
    stage: Stage, plan: HedgerPlan, one: Underlying, place: int, life_seconds: int
) -> Iterator[_Book]:
    price = one.path.at(Decimal(0))
    for quoted, hedge in ((one.spot, one.perp), (one.perp, one.spot)):
        is_perp = quoted is one.perp
        config = _config(plan, quoted, price, life_seconds, hedges=is_perp)
        markets = MakerMarkets(terms_of(stage, quoted), terms_of(stage, hedge))
        yield _Book(config, markets, quoted, hedge, place, is_perp)


def _config(
    plan: HedgerPlan, venue: Venue, price: Decimal, life_seconds: int, *, hedges: bool
) -> MakerConfig:
    """Return how he quotes a market; only who quotes the perp hedges, on spot, the net of both."""
    lots = venue.lots_worth(Decimal(plan.dollars), price)
    return MakerConfig(
        index_weight=plan.index_weight,
        half_spread_bps=plan.half_spread_bps,
        step_bps=plan.step_bps,
        rungs=plan.rungs,
        lots=lots,
        growth_lots=lots // 2,
        most_lots=_MOST_TIMES * lots,
        inventory_limit=plan.limit_dollars / price,
        skew_bps=plan.skew_bps,
        hedge_threshold=plan.hedge_dollars / price if hedges else _NEVER,
        hedge_slippage_bps=_SLIPPAGE_BPS,
        replace_ticks=max(1, venue.tick(price) * int(plan.step_bps) // (2 * BPS)),
        refill_percent=_REFILL_PERCENT,
        lifetime_seconds=life_seconds,
        renew_seconds=life_seconds // _RENEWED_PART,
    )
