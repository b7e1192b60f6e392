"""Accounts that fail on demand: bought with borrowed dollars, and worth less once prices fall.

The usual one has four legs: WETH and WBTC, and a long position in the perp of each. Two assets more
are not needed for any operation; every leg more costs the words of an asset and of a perp.
"""

from dataclasses import dataclass, replace

from worldmarkets.bench.scene import EMPTY, LIVE, MAKER, Scene
from worldmarkets.bench.stage import (
    BASE_ASSET,
    DEPOSITOR,
    LATEST,
    MARKET,
    PERP,
    QUOTE_ASSET,
    QUOTER,
    TAKER,
    UNITS,
    Stage,
    outward,
    request,
)
from worldmarkets.model.interface import OrderRequest, Side, TimeInForce
from worldmarkets.model.words import perp_market, spot_market

SECOND_ASSET = 2
"""The other underlying: WBTC."""
FALL_BPS = -450
"""How far prices fall so that the account is below maintenance, and still worth something."""
RUIN_BPS = -900
"""How far they fall so that it is worth less than nothing."""
RESTING = 5
"""Orders of the account in the perp of the stage, each on a level that others are on."""

DOLLAR = 10**6
_CAPITAL = 10_000 * DOLLAR
"""What the account has of its own before it buys 120,000 dollars' worth [quote atoms]."""
_LEGS = (
    (MARKET, outward(Side.ASK, EMPTY), 100_000),
    (PERP, outward(Side.ASK, EMPTY), 100_000),
    (spot_market(SECOND_ASSET), 100_000, 30_000),
    (perp_market(SECOND_ASSET), 100_000, 30_000),
)
"""Market, tick and lots of each leg: 30,000 dollars."""
_BIDDER_SHARE = 10
"""How much less the bidder has of each leg."""


@dataclass(frozen=True)
class Trouble:
    """An account that fails, and its resting orders. The depositor owns it."""

    account: int
    orders: tuple[int, ...]


def open_account(scene: Scene, capital: int = _CAPITAL) -> Trouble:
    """Open the account with four legs and five resting orders, and as many legs for the taker.

    A maker sells all of it, and the quoter lends the dollars. No price is old.
    """
    stage = scene.stage
    _offer(stage)
    _take(stage, TAKER, stage.accounts[TAKER], _BIDDER_SHARE)
    account = new_account(stage, DEPOSITOR, capital)
    _take(stage, DEPOSITOR, account)
    asks = [
        replace(request(Side.ASK, outward(Side.ASK, LIVE + step)), market_id=PERP)
        for step in range(RESTING)
    ]
    calls = stage.clients[DEPOSITOR].calls
    sent = stage.send(DEPOSITOR, calls.batch(account, [], asks, LATEST, all_or_none=True))
    return Trouble(account, tuple(stage.placed_ids(sent)))


def new_account(stage: Stage, owner: int, atoms: int) -> int:
    """Make an account more of an owner, with so many dollars of his [quote atoms]."""
    client = stage.clients[owner]
    account = client.create_account()
    client.transfer(stage.accounts[owner], account, QUOTE_ASSET, atoms)
    return account


def fall(stage: Stage, bps: int) -> None:
    """Move the prices of both underlyings; marks follow."""
    assets = [BASE_ASSET, SECOND_ASSET]
    prices = [stage.prices[asset] * (10_000 + bps) // 10_000 for asset in assets]
    stage.clients[0].post_prices(assets, prices)


def _offer(stage: Stage) -> None:
    """Let a maker offer all legs, some of them twice, and the quoter lend his dollars."""
    stage.set_lent(QUOTER, QUOTE_ASSET)
    stage.fill(MAKER, BASE_ASSET, 20 * UNITS[BASE_ASSET])
    stage.fill(MAKER, SECOND_ASSET, 10**8)
    stage.batch_across(MAKER, _orders(Side.ASK, 2, TimeInForce.GOOD_TILL_CANCELLED))


def _take(stage: Stage, owner: int, account: int, divisor: int = 1) -> None:
    """Buy all legs for an account, each smaller by a divisor."""
    orders = _orders(Side.BID, 1, TimeInForce.IMMEDIATE_OR_CANCEL, divisor)
    calls = stage.clients[owner].calls
    stage.send(owner, calls.batch(account, [], orders, LATEST, all_or_none=True))


def _orders(
    side: Side, factor: int, time_in_force: TimeInForce, divisor: int = 1
) -> list[OrderRequest]:
    return [
        replace(request(side, tick, factor * lots // divisor, time_in_force), market_id=market_id)
        for market_id, tick, lots in _LEGS
    ]
