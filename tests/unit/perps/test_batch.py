"""Batches with legs in a spot market and a perp: one check of both together."""

import pytest

from tests.support.perps import ETH_LOTS, MARK, THIRD, PerpScene, required
from tests.support.scene import ASK, BID, DOLLARS, FOK, IOC, LOT, order
from tests.support.soundness import refused
from tests.support.system import ETH_PERP
from worldmarkets.model.interface import OrderRequest, Refusal

TEN_ETH = 10 * ETH_LOTS
WORTH = 20_000 * DOLLARS
"""Of ten ETH."""
FEE = WORTH * 350 // 10**6
HEDGED = WORTH * (200 + 50 + 50) // 10_000
"""What ten ETH of spot against ten of the perp need: the spread and both exits."""


@pytest.fixture
def trader(perps: PerpScene) -> int:
    """An account with a thousand dollars; makers offer spot and bid for the perp at the mark."""
    perps.ask(perps.maker, MARK, TEN_ETH)
    perps.perp_bid(perps.taker, MARK, TEN_ETH)
    return perps.trader(THIRD, 900 * DOLLARS)


def spot_leg(lots: int = TEN_ETH) -> OrderRequest:
    return order(BID, MARK, lots, IOC)


def perp_leg(lots: int = TEN_ETH) -> OrderRequest:
    return order(ASK, MARK, lots, IOC, market=ETH_PERP)


def test_batch_of_both_legs_of_a_hedge_passes_where_neither_would(
    perps: PerpScene, trader: int
) -> None:
    system = perps.system
    equity = 900 * DOLLARS - FEE
    for leg in (spot_leg(), perp_leg()):
        with refused(system, "BelowInitialMargin", trader, equity, required(TEN_ETH)):
            system.batch(trader, (), [leg])
    _, results = system.batch(trader, (), [spot_leg(), perp_leg()])
    assert [result.filled_lots for result in results] == [TEN_ETH, TEN_ETH]
    assert perps.base(trader) == TEN_ETH * LOT
    assert perps.atoms(trader) == 900 * DOLLARS - WORTH - FEE
    assert perps.position(trader).size == -TEN_ETH
    margin = perps.margin(trader)
    assert (margin.equity_atoms, margin.settled_atoms) == (equity - FEE, equity - FEE)
    assert margin.initial_atoms == HEDGED


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("packed", [False, True])
def test_batch_takes_its_legs_in_any_order_and_packed(
    perps: PerpScene, trader: int, reverse: bool, packed: bool
) -> None:
    legs = [spot_leg(), perp_leg()]
    if reverse:
        legs.reverse()
    send = perps.system.batch_packed if packed else perps.system.batch
    _, results = send(trader, (), legs)
    assert [result.filled_lots for result in results] == [TEN_ETH, TEN_ETH]
    assert perps.margin(trader).initial_atoms == HEDGED


def test_batch_closes_both_legs_of_a_hedge(perps: PerpScene, trader: int) -> None:
    perps.system.batch(trader, (), [spot_leg(), perp_leg()])
    perps.bid(perps.maker, MARK, TEN_ETH)
    perps.perp_ask(perps.taker, MARK, TEN_ETH)
    _, results = perps.system.batch(
        trader,
        (),
        [order(ASK, MARK, TEN_ETH, IOC), order(BID, MARK, TEN_ETH, IOC, market=ETH_PERP)],
    )
    assert [result.filled_lots for result in results] == [TEN_ETH, TEN_ETH]
    assert perps.position(trader).size == 0
    assert perps.unsettled(trader) == -2 * FEE
    assert perps.cash(trader) == 900 * DOLLARS - 2 * FEE


def test_batch_whose_perp_leg_is_refused_fails_for_its_spot_leg(
    perps: PerpScene, trader: int
) -> None:
    """The perp leg is skipped as it is outside the band; the other alone has not enough margin."""
    skipped = order(ASK, 18_000, TEN_ETH, IOC, market=ETH_PERP)
    arguments = (trader, 900 * DOLLARS - FEE, required(TEN_ETH))
    with refused(perps.system, "BelowInitialMargin", *arguments):
        perps.system.batch(trader, (), [spot_leg(), skipped])


def test_batch_fill_or_kill_of_a_perp_moves_position_and_cash(
    perps: PerpScene, trader: int
) -> None:
    """It is placed in a call of its own, and counts in the check."""
    legs = [spot_leg(), order(ASK, MARK, TEN_ETH, FOK, market=ETH_PERP)]
    _, results = perps.system.batch(trader, (), legs)
    assert [result.filled_lots for result in results] == [TEN_ETH, TEN_ETH]
    assert perps.position(trader).size == -TEN_ETH
    assert perps.unsettled(trader) == -FEE


def test_batch_fill_or_kill_of_a_perp_that_does_not_fill_leaves_nothing(
    perps: PerpScene, trader: int
) -> None:
    legs = [order(ASK, MARK, TEN_ETH + 1, FOK, market=ETH_PERP)]
    _, [result] = perps.system.batch(trader, (), legs)
    assert result.refusal == Refusal.NOT_FILLED_WHOLE
    assert perps.position(trader).size == 0
    assert perps.perp_tape().open_interest == 0
    assert perps.position(perps.taker).open_bids == TEN_ETH


def test_batch_cancels_a_perp_order_and_places_another(perps: PerpScene, long: int) -> None:
    placed = perps.perp_bid(long, 19_900, 10).order_id
    lots, [result] = perps.system.batch(long, [placed], [order(BID, 19_950, 20, market=ETH_PERP)])
    assert (lots, result.resting_lots) == ([10], 20)
    assert perps.position(long).open_bids == 20
