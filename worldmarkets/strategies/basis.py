"""The levered basis trade: when to open it, when to touch it, when to close it.

Spot against as many perps, in one account, so that the price does not matter and funding less
interest is earned on the leverage. Decisions only: what is to be done is a `Batch`. Money is in
dollars, sizes in tokens, rates as `carry.Rates` has them; every calculation is exact.
"""

from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from math import ceil

from worldmarkets.model.interface import OrderRequest, Side
from worldmarkets.strategies.batch import Batch
from worldmarkets.strategies.carry import CarryWatch, Direction, Rates, carry, fees_a_year
from worldmarkets.strategies.opening import leg_orders, plan_opening
from worldmarkets.strategies.position import BasisConfig, BasisMarkets, BasisPosition


class Action(Enum):
    """What is decided."""

    HOLD = "hold"
    OPEN = "open"
    MATCH = "match"
    """The larger leg is made as small as the other one."""
    RELEVER = "relever"
    """Both legs are brought to the leverage that is wanted."""
    SETTLE = "settle"
    UNWIND = "unwind"


@dataclass(frozen=True)
class Decision:
    """What is to be done now, and what is to be remembered until the next decision."""

    action: Action
    batch: Batch
    watch: CarryWatch


def decide(
    config: BasisConfig,
    markets: BasisMarkets,
    rates: Rates,
    position: BasisPosition,
    watch: CarryWatch,
    now: int,
) -> Decision:
    """Return what to do with an account, at most one thing a call.

    In this order: open where there is nothing; close what has no equity or has earned less than
    `exit_carry` for `patience_seconds`; bring the leverage back into its band; match the legs;
    settle the perp. What would owe more waits until a profit there is settled: that supports no
    debt before. A leverage below the band is left there while the carry is not worth the fees.

    Args:
        config: How the position is run.
        markets: Its markets and prices.
        rates: Funding and interest.
        position: What the account has.
        watch: What the decision before this one gave back.
        now: The time [seconds].
    """
    if _is_flat(markets, position):
        return _from_nothing(config, markets, rates, position)
    earned = carry(rates, position.direction, config.leverage)
    watch = watch.seen(earned, config.exit_carry, now)
    equity = position.equity(markets.spot_price)
    if equity <= 0 or watch.lasted(config.patience_seconds, now):
        places = _closing(config, markets, position)
        return Decision(
            Action.UNWIND, Batch(places=places, settles=(markets.perp.market_id,)), watch
        )
    settles = _settles(config, markets, position, equity)
    worth = earned - fees_a_year(
        markets.spot, markets.perp, config.leverage, config.holding_days
    ) >= Fraction(config.entry_carry)
    for action, places in (
        (Action.RELEVER, _relevering(config, markets, position, equity, grows=worth)),
        (Action.MATCH, _matching(config, markets, position)),
    ):
        if places and action is Action.RELEVER and _grows_unsettled(markets, position, places):
            return Decision(Action.SETTLE, Batch(settles=(markets.perp.market_id,)), watch)
        if places:
            return Decision(action, Batch(places=places, settles=settles), watch)
    return Decision(Action.SETTLE if settles else Action.HOLD, Batch(settles=settles), watch)


def _from_nothing(
    config: BasisConfig, markets: BasisMarkets, rates: Rates, position: BasisPosition
) -> Decision:
    opening = plan_opening(config, markets, rates, position.cash) if position.cash > 0 else None
    if opening is None:
        return Decision(Action.HOLD, Batch(), CarryWatch())
    return Decision(Action.OPEN, opening.batch, CarryWatch())


def _relevering(
    config: BasisConfig,
    markets: BasisMarkets,
    position: BasisPosition,
    equity: Fraction,
    *,
    grows: bool,
) -> tuple[OrderRequest, ...]:
    """Return what brings both legs to the wanted leverage; nothing while it is in its band.

    Nothing, too, while a leg would move by less than its smallest order: the other one alone would
    open the hedge.
    """
    direction, (spot, perp) = position.direction, _sizes(markets, position)
    leverage = spot * Fraction(markets.spot_price) / equity
    too_low = leverage < config.lowest_leverage and grows
    if not (too_low or leverage > config.highest_leverage):
        return ()
    wanted = markets.matched(Fraction(config.leverage) * equity / Fraction(markets.spot_price))
    moves = (markets.spot.size_of(wanted[0]) - spot, markets.perp.size_of(wanted[1]) - perp)
    spot_lots, perp_lots = (
        terms.lots_in(abs(move)) * (1 if move > 0 else -1)
        for terms, move in zip((markets.spot, markets.perp), moves, strict=True)
    )
    legs = ((markets.spot, spot_lots), (markets.perp, perp_lots))
    if any(0 < abs(lots) < terms.min_lots for terms, lots in legs):
        return ()
    return leg_orders(config, markets, direction * spot_lots, -direction * perp_lots, held=position)


def _grows_unsettled(
    markets: BasisMarkets, position: BasisPosition, places: tuple[OrderRequest, ...]
) -> bool:
    """Whether orders would owe more while a profit is not settled yet, which supports no debt."""
    grows = any(
        order.market_id == markets.spot.market_id
        and (order.side == Side.BID) == (position.direction == Direction.LONG_SPOT)
        for order in places
    )
    return grows and position.perp_pnl > 0


def _matching(
    config: BasisConfig, markets: BasisMarkets, position: BasisPosition
) -> tuple[OrderRequest, ...]:
    """Return what makes the larger leg as small as the other one, to the lot.

    Nothing while that is less than its smallest order.
    """
    direction, (spot, perp) = position.direction, _sizes(markets, position)
    net = spot - perp
    if abs(net) <= Fraction(config.net_tolerance) * max(abs(spot), perp):
        return ()
    terms = markets.spot if net > 0 else markets.perp
    lots = terms.lots_in(abs(net) if min(spot, perp) >= 0 else max(spot, perp))
    if net > 0:
        return leg_orders(config, markets, -direction * lots, 0)
    return leg_orders(config, markets, 0, direction * lots, held=position)


def _closing(
    config: BasisConfig, markets: BasisMarkets, position: BasisPosition
) -> tuple[OrderRequest, ...]:
    """Return what closes both legs: spot that is held to the lot, spot that is owed to the end.

    A debt of less than the smallest order is bought back with one of that size.
    """
    size = Fraction(position.spot)
    if size >= 0:
        spot_lots = -markets.spot.lots_in(size)
    else:
        spot_lots = max(markets.spot.min_lots, ceil(-size / Fraction(markets.spot.lot_size)))
    return leg_orders(config, markets, spot_lots, -position.perp_lots, held=position)


def _settles(
    config: BasisConfig, markets: BasisMarkets, position: BasisPosition, equity: Fraction
) -> tuple[int, ...]:
    """Return the perp market if the profit or loss there is large enough to be settled."""
    limit = config.settle_profit if position.perp_pnl > 0 else config.settle_loss
    if limit is None or abs(Fraction(position.perp_pnl)) <= Fraction(limit) * equity:
        return ()
    return (markets.perp.market_id,)


def _sizes(markets: BasisMarkets, position: BasisPosition) -> tuple[Fraction, Fraction]:
    """Return the legs as the direction has them [tokens]: positive for what it should be."""
    direction = position.direction
    perp = markets.perp.size_of(position.perp_lots)
    return direction * Fraction(position.spot), -direction * perp


def _is_flat(markets: BasisMarkets, position: BasisPosition) -> bool:
    """Whether there is no perp leg, and less of spot than can be traded; a debt is never flat."""
    least = markets.spot.size_of(markets.spot.min_lots)
    return position.perp_lots == 0 and 0 <= Fraction(position.spot) < least
