"""A market maker: quotes around a fair price, skewed by what it holds, hedged on the other market.

Decisions only: each tick gives one `Batch`. Prices are dollars a token, sizes tokens unless they
are lots, and every calculation is exact.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from pydantic import Field, model_validator

from worldmarkets.model.interface import OrderRequest, Side, TimeInForce
from worldmarkets.strategies.batch import BPS, Batch, Config, MarketTerms, StrategyError, taking


class MakerConfig(Config):
    """How a market maker quotes and hedges."""

    index_weight: Decimal = Field(ge=0, le=1)
    """Part of the index in the fair price; the rest is the middle of the book."""
    half_spread_bps: Decimal = Field(gt=0, lt=BPS)
    """Distance of the best quotes from the centre [bps of the fair price]."""
    step_bps: Decimal = Field(gt=0)
    """Distance between rungs [bps of the fair price]."""
    rungs: int = Field(gt=0)
    """Quotes a side."""
    lots: int = Field(gt=0)
    """Size of the best quote [lots]."""
    growth_lots: int = Field(ge=0)
    """How much larger each further rung is [lots]."""
    most_lots: int = Field(gt=0)
    """Largest quote [lots]."""
    inventory_limit: Decimal = Field(gt=0)
    """Most that is held, or owed, in the quoted market [tokens]: quotes beyond it are not shown."""
    skew_bps: Decimal = Field(ge=0)
    """How far the centre moves against a full inventory [bps of the fair price]."""
    hedge_threshold: Decimal = Field(gt=0)
    """Net inventory of both markets beyond which it is hedged [tokens]."""
    hedge_slippage_bps: int = Field(ge=0, lt=BPS)
    """How much worse than its price the other market may trade [bps]."""
    replace_ticks: int = Field(default=1, gt=0)
    """How far a quote must have moved to be replaced [ticks]."""
    refill_percent: int = Field(ge=0, le=100)
    """Part of the wanted size below which what is left of a quote is replaced [percent]."""
    lifetime_seconds: int = Field(gt=0)
    """How long a quote may trade: whoever stops deciding is out of the market by itself."""
    renew_seconds: int = Field(ge=0)
    """A quote that expires within this time is replaced [seconds]."""

    @model_validator(mode="after")
    def _check(self) -> "MakerConfig":
        if self.renew_seconds >= self.lifetime_seconds:
            raise ValueError("renew_seconds is not below lifetime_seconds")
        if self.half_spread_bps + (self.rungs - 1) * self.step_bps + self.skew_bps >= BPS:
            raise ValueError("the last rung is at no price")
        return self


@dataclass(frozen=True)
class MakerMarkets:
    """Where it quotes, and where it hedges: spot and perp of one underlying, either way round."""

    quoted: MarketTerms
    hedge: MarketTerms


@dataclass(frozen=True)
class Quote:
    """An order of the maker, wanted or resting."""

    side: Side
    tick: int
    lots: int
    expiry: int = 0
    """Last second at which it may trade, of one that rests; 0 for never."""


@dataclass(frozen=True)
class MakerView:
    """What the maker sees."""

    now: int
    """[seconds]"""
    index: Decimal
    """Price elsewhere [dollars a token]."""
    best_bid: int | None
    best_ask: int | None
    """Best quotes of others in the quoted market [ticks]."""
    inventory: Decimal
    """Tokens in the quoted market beyond what the maker wants to hold, signed."""
    hedged: Decimal
    """The same in the other market."""
    hedge_price: Decimal
    """What the other market trades at [dollars a token]."""
    resting: Mapping[int, Quote]
    """Own orders in the quoted market by id."""

    @property
    def net(self) -> Fraction:
        """Inventory of both markets together [tokens]."""
        return Fraction(self.inventory) + Fraction(self.hedged)


def fair_price(config: MakerConfig, terms: MarketTerms, view: MakerView) -> Fraction:
    """Return the mix of index and middle of the book; the index where a side of it is missing.

    Raises:
        StrategyError: the index is not positive.
    """
    if view.index <= 0:
        raise StrategyError(f"an index of {view.index}")
    index = Fraction(view.index)
    if view.best_bid is None or view.best_ask is None:
        return index
    middle = terms.price_of(view.best_bid + view.best_ask) / 2
    weight = Fraction(config.index_weight)
    return weight * index + (1 - weight) * middle


def centre(config: MakerConfig, fair: Fraction, inventory: Decimal) -> Fraction:
    """Return what quotes are around: the fair price, moved against the inventory.

    fair · (1 - skew · inventory / limit), the last quotient from -1 to 1.
    """
    full = max(
        Fraction(-1), min(Fraction(1), Fraction(inventory) / Fraction(config.inventory_limit))
    )
    return fair * (1 - Fraction(config.skew_bps) * full / BPS)


def wanted_quotes(config: MakerConfig, terms: MarketTerms, view: MakerView) -> tuple[Quote, ...]:
    """Return the quotes to show, best first, bids and then asks.

    Prices are rounded away from the centre, are a tick apart at least, and trade with nobody who
    is in the book. Sizes are capped so that all quotes of a side together stay within the limit.
    """
    fair = fair_price(config, terms, view)
    around = centre(config, fair, view.inventory)
    distances = [
        fair * (Fraction(config.half_spread_bps) + rung * Fraction(config.step_bps)) / BPS
        for rung in range(config.rungs)
    ]
    bids = _falling((terms.tick_below(around - far) for far in distances), view.best_ask)
    best_bid = None if view.best_bid is None else -view.best_bid
    asks = _falling((-terms.tick_above(around + far) for far in distances), best_bid)
    limit, held = Fraction(config.inventory_limit), Fraction(view.inventory)
    return (
        *_sized(config, terms, Side.BID, (tick for tick in bids if tick > 0), limit - held),
        *_sized(config, terms, Side.ASK, (-tick for tick in asks), limit + held),
    )


def requote(
    config: MakerConfig, terms: MarketTerms, wanted: Iterable[Quote], view: MakerView
) -> Batch:
    """Return the cancels and places that turn what rests into what is wanted.

    A quote stays, with its turn in the queue, while it is less than `replace_ticks` from a wanted
    one of its side, no larger than it and not smaller than `refill_percent` of it, lasts for
    `renew_seconds`, and no wanted quote of the other side would meet it. A cancel comes first, so
    a quote that moves never meets the maker's own.
    """
    wanted = list(wanted)
    left = dict(view.resting)
    places = []
    for quote in wanted:
        near = [
            (abs(shown.tick - quote.tick), order_id)
            for order_id, shown in left.items()
            if _stays(config, shown, quote, view.now)
            and not any(_meet(shown, other) for other in wanted)
        ]
        if near:
            del left[min(near)[1]]
        else:
            places.append(_post(terms, quote, view.now + config.lifetime_seconds))
    return Batch(cancels=tuple(left), places=tuple(places))


def hedge(config: MakerConfig, markets: MakerMarkets, view: MakerView) -> tuple[OrderRequest, ...]:
    """Return the order on the other market that hedges the net inventory.

    None within the threshold. It trades the whole net to the lot, so that less than a lot of the
    other market is left.
    """
    net = view.net
    if abs(net) <= Fraction(config.hedge_threshold):
        return ()
    lots = markets.hedge.lots_in(abs(net))
    if lots < markets.hedge.min_lots:
        return ()
    side = Side.ASK if net > 0 else Side.BID
    price, slippage = view.hedge_price, config.hedge_slippage_bps
    return (taking(markets.hedge, side, lots, price, slippage),)


def decide_quotes(config: MakerConfig, markets: MakerMarkets, view: MakerView) -> Batch:
    """Return the batch of one tick: cancels and places of quotes, and then the hedge.

    Raises:
        StrategyError: the index is not positive.
    """
    quotes = requote(config, markets.quoted, wanted_quotes(config, markets.quoted, view), view)
    return Batch(quotes.cancels, (*quotes.places, *hedge(config, markets, view)))


def _falling(ticks: Iterable[int], above: int | None) -> list[int]:
    """Return ticks, each at least one below the one before, the first one below `above`."""
    found: list[int] = []
    for tick in ticks:
        most = tick if above is None else min(tick, above - 1)
        found.append(most)
        above = most
    return found


def _sized(
    config: MakerConfig, terms: MarketTerms, side: Side, ticks: Iterable[int], room: Fraction
) -> Iterable[Quote]:
    """Yield quotes of growing size at ticks, as far as there is room [tokens]."""
    left = terms.lots_in(max(Fraction(0), room))
    for rung, tick in enumerate(ticks):
        lots = min(config.lots + rung * config.growth_lots, config.most_lots, left)
        if lots < terms.min_lots:
            return
        left -= lots
        yield Quote(side, tick, lots)


def _stays(config: MakerConfig, shown: Quote, quote: Quote, now: int) -> bool:
    return (
        shown.side == quote.side
        and abs(shown.tick - quote.tick) < config.replace_ticks
        and config.refill_percent * quote.lots <= 100 * shown.lots <= 100 * quote.lots
        and (shown.expiry == 0 or shown.expiry > now + config.renew_seconds)
    )


def _meet(one: Quote, other: Quote) -> bool:
    """Whether two quotes would trade with each other."""
    if one.side == other.side:
        return False
    bid, ask = (one, other) if one.side == Side.BID else (other, one)
    return bid.tick >= ask.tick


def _post(terms: MarketTerms, quote: Quote, expiry: int) -> OrderRequest:
    return OrderRequest(
        terms.market_id,
        quote.side,
        quote.tick,
        quote.lots,
        TimeInForce.POST_ONLY,
        max_fills=0,
        expiry=expiry,
    )
