"""What the traders of the demonstration do: decisions only, no chain."""

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from worldmarkets.model.interface import OrderRequest, Side, TimeInForce

_TAKER_MAX_FILLS = 64


@dataclass(frozen=True)
class LadderStyle:
    """How a market maker quotes, in ticks and lots.

    Attributes:
        half_spread: Distance of the best quotes from the centre [ticks].
        step: Distance between rungs [ticks].
        rungs: Quotes a side.
        lots: Size of the best quote; each further rung is half of it larger [lots].
        skew: How far the centre moves against a full inventory [ticks].
        full_lots: Inventory that counts as full [lots].
        grid: Prices are multiples of this, so that a small move leaves most quotes where they
            are [ticks].
    """

    half_spread: int
    step: int
    rungs: int
    lots: int
    skew: int
    full_lots: int
    grid: int = 1


@dataclass(frozen=True)
class Quote:
    """A price and size a maker wants to show."""

    is_ask: bool
    tick: int
    lots: int


def ladder(style: LadderStyle, reference_tick: int, inventory_lots: int) -> list[Quote]:
    """Return the quotes a maker wants, best first, bids and asks in turn.

    Args:
        style: How he quotes.
        reference_tick: The price elsewhere.
        inventory_lots: What he holds beyond what he began with; the centre moves against it.
    """
    inventory = max(-style.full_lots, min(style.full_lots, inventory_lots))
    # Truncated towards zero, the same for long and short.
    shift = abs(inventory) * style.skew // style.full_lots
    centre = reference_tick - shift if inventory > 0 else reference_tick + shift
    quotes = []
    for rung in range(style.rungs):
        distance = style.half_spread + rung * style.step
        lots = style.lots * (2 + rung) // 2
        bid = (centre - distance) // style.grid * style.grid
        ask = -(-(centre + distance) // style.grid) * style.grid
        if bid > 0:
            quotes.append(Quote(False, bid, lots))
        quotes.append(Quote(True, ask, lots))
    return quotes


@dataclass(frozen=True)
class Shown:
    """A quote of a maker that rests, and the last second at which it may trade."""

    quote: Quote
    expiry: int


@dataclass(frozen=True)
class Clock:
    """When new quotes expire, and up to which expiry those that rest are renewed [seconds]."""

    expiry: int
    renewed_to: int


@dataclass(frozen=True)
class Changes:
    """What turns the quotes that rest into those that are wanted.

    Attributes:
        cancels: Ids of orders to cancel.
        places: Orders to place after that.
        amends: Orders to change in the end, by id, and what they are to be.
    """

    cancels: tuple[int, ...]
    places: tuple[OrderRequest, ...]
    amends: tuple[tuple[int, OrderRequest], ...]


def requote(
    wanted: Sequence[Quote],
    resting: Mapping[int, Shown],
    reference_tick: int,
    clock: Clock,
    market_id: int,
) -> Changes:
    """Return what turns the resting quotes into the wanted ones.

    A quote at a wanted price stays, and keeps its place in the queue, while it is no smaller than
    half of what is wanted; one of more than twice that is made smaller where it stands. On each
    side one quote that is wanted no longer moves to where one is missing. All else is cancelled
    and placed anew, and so is what expires soon. The client id of a quote is its tick.

    Args:
        wanted: What the maker wants to show.
        resting: What he shows, by order id.
        reference_tick: The price elsewhere. A quote it has reached may be gone before a change
            arrives: that would fail an amendment, while a cancel in a batch is passed over.
        clock: The times of this moment.
        market_id: The market.
    """
    missing = {(quote.is_ask, quote.tick): quote for quote in wanted}
    cancels: list[int] = []
    amends: list[tuple[int, OrderRequest]] = []
    movable: dict[bool, int] = {}
    for order_id, shown in resting.items():
        quote = shown.quote
        target = missing.get((quote.is_ask, quote.tick))
        lasts = shown.expiry > clock.renewed_to
        amendable = lasts and not _is_reached(quote, reference_tick)
        if target is not None and lasts and target.lots <= 2 * quote.lots <= 4 * target.lots:
            del missing[target.is_ask, target.tick]
        elif target is not None and amendable and quote.lots > target.lots:
            del missing[target.is_ask, target.tick]
            # Only with the expiry it has does it keep its turn.
            amends.append((order_id, _post(target, shown.expiry, market_id)))
        else:
            cancels.append(order_id)
            if target is None and amendable:
                movable.setdefault(quote.is_ask, order_id)
    for quote, order_id in _moves(movable, missing.values()):
        del missing[quote.is_ask, quote.tick]
        amends.append((order_id, _post(quote, clock.expiry, market_id, slides=True)))
        cancels.remove(order_id)
    places = tuple(_post(quote, clock.expiry, market_id) for quote in missing.values())
    return Changes(tuple(cancels), places, tuple(amends))


def _moves(movable: Mapping[bool, int], missing: Iterable[Quote]) -> list[tuple[Quote, int]]:
    """Return the best missing quote of each side with the order that may become it."""
    best = {quote.is_ask: quote for quote in reversed(list(missing))}
    return [(best[is_ask], order_id) for is_ask, order_id in movable.items() if is_ask in best]


def _is_reached(quote: Quote, reference_tick: int) -> bool:
    return quote.tick <= reference_tick if quote.is_ask else quote.tick >= reference_tick


@dataclass(frozen=True)
class TakerStyle:
    """How a taker trades.

    Attributes:
        odds: He acts once in so many steps on average.
        lots: Typical size [lots].
        reach: How far from the reference price he may trade [ticks].
        follows: He follows the last move of the price instead of tossing a coin.
    """

    odds: int
    lots: int
    reach: int
    follows: bool = False


def take(
    style: TakerStyle,
    chance: random.Random,
    reference_tick: int,
    last_move: int,
    min_lots: int,
    market_id: int,
) -> OrderRequest | None:
    """Return the order of a taker in one step, None if he does nothing.

    Args:
        style: How he trades.
        chance: Source of his decisions.
        reference_tick: The price elsewhere.
        last_move: Its last change [ticks].
        min_lots: Smallest order [lots].
        market_id: The market.
    """
    if chance.randrange(style.odds):
        return None
    sells = chance.random() < 0.5
    if style.follows:
        if last_move == 0:
            return None
        sells = last_move < 0
    # Many small orders and a few large ones.
    lots = max(min_lots, style.lots * chance.choice((1, 1, 1, 2, 2, 3, 5, 10)) // 2)
    tick = reference_tick - style.reach if sells else reference_tick + style.reach
    return OrderRequest(
        market_id,
        Side.ASK if sells else Side.BID,
        max(1, tick),
        lots,
        TimeInForce.IMMEDIATE_OR_CANCEL,
        _TAKER_MAX_FILLS,
    )


def arbitrage(
    reference_tick: int,
    best_bid: int,
    best_ask: int,
    margin: int,
    lots: int,
    market_id: int,
) -> OrderRequest | None:
    """Return the order of who trades against quotes the price has left behind, None if none is.

    Args:
        reference_tick: The price elsewhere.
        best_bid: Best bid, 0 if there is none [ticks].
        best_ask: Best ask; one beyond every tick if there is none [ticks].
        margin: How far behind a quote must be, to pay for the fee [ticks].
        lots: Size of the order [lots].
        market_id: The market.
    """
    if best_ask <= reference_tick - margin:
        side, tick = Side.BID, reference_tick - margin
    elif best_bid >= reference_tick + margin:
        side, tick = Side.ASK, reference_tick + margin
    else:
        return None
    limit = TimeInForce.IMMEDIATE_OR_CANCEL
    return OrderRequest(market_id, side, tick, lots, limit, _TAKER_MAX_FILLS)


def _post(quote: Quote, expiry: int, market_id: int, slides: bool = False) -> OrderRequest:
    return OrderRequest(
        market_id,
        Side.ASK if quote.is_ask else Side.BID,
        quote.tick,
        quote.lots,
        TimeInForce.POST_ONLY_SLIDE if slides else TimeInForce.POST_ONLY,
        max_fills=0,
        expiry=expiry,
        client_id=quote.tick,
    )
