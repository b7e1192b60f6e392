"""The most lots that may be open in a market: who would open more stops before."""

from dataclasses import replace

import pytest

from tests.support.perps import MARK, PerpScene, make_perp_scene
from tests.support.scene import ASK, BID, FOK, GTC, IOC, POST_ONLY, order
from tests.support.soundness import refused
from tests.support.system import ETH_PERP, ETH_PERP_TERMS, Side, System, Tif
from worldmarkets.model.interface import OrderResult, Refusal
from worldmarkets.model.records import Filled, Taken

CAP = 100
OPPOSITE = {BID: ASK, ASK: BID}
SIDES = pytest.mark.parametrize("side", [BID, ASK])


@pytest.fixture
def capped(perps: PerpScene) -> PerpScene:
    """The scene with at most a hundred lots open, of which sixty are."""
    perps.system.set_perp_limits(ETH_PERP, CAP, 2**19)
    perps.trade(perps.long_account, perps.short_account, 60)
    return perps


def place(perps: PerpScene, account: int, side: Side, lots: int, tif: Tif = GTC) -> OrderResult:
    return perps.system.place(account, ETH_PERP, side, MARK, lots, tif)


@SIDES
@pytest.mark.parametrize("tif", [GTC, IOC])
def test_take_opens_up_to_the_cap_and_rests_nothing(
    capped: PerpScene, third: int, side: Side, tif: Tif
) -> None:
    """Forty lots are left; the maker keeps the rest of his order, and stays first in line."""
    made = place(capped, capped.maker, OPPOSITE[side], 60)
    assert place(capped, third, side, 60, tif) == OrderResult(0, 40, 0)
    filled, taken = capped.records()
    assert filled == Filled(made.order_id, 40, capped.maker, 2, is_ask=int(side is BID))
    assert isinstance(taken, Taken)
    assert capped.perp_tape().open_interest == CAP
    [(order_id, lane)] = capped.orders(MARK, ETH_PERP)
    assert (order_id, lane.lots) == (made.order_id, 20)


@SIDES
@pytest.mark.parametrize("tif", [GTC, IOC])
def test_take_that_could_open_nothing_is_refused(
    capped: PerpScene, third: int, side: Side, tif: Tif
) -> None:
    capped.trade(capped.long_account, capped.short_account, 40)
    place(capped, capped.maker, OPPOSITE[side], 60)
    with refused(capped.system, "OpenInterestCapReached", ETH_PERP, CAP, CAP):
        place(capped, third, side, 1, tif)
    _, [result] = capped.system.batch(third, (), [order(side, MARK, 1, tif, market=ETH_PERP)])
    assert result == OrderResult(0, 0, 0, Refusal.OPEN_INTEREST_CAP)
    assert capped.position(third).size == 0


@SIDES
def test_take_fill_or_kill_beyond_the_cap_is_not_filled_whole(
    capped: PerpScene, third: int, side: Side
) -> None:
    place(capped, capped.maker, OPPOSITE[side], 60)
    with refused(capped.system, "NotFilledWhole", 40, 60):
        place(capped, third, side, 60, FOK)
    assert place(capped, third, side, 40, FOK).filled_lots == 40


@pytest.mark.parametrize("lots", [1, 60])
def test_take_at_the_cap_hands_over_and_closes(
    capped: PerpScene, third: int, long: int, short: int, lots: int
) -> None:
    """Who closes lets another open; both who close bring it down."""
    capped.system.set_perp_limits(ETH_PERP, 60, 2**19)
    capped.trade(third, long, lots)
    assert capped.perp_tape().open_interest == 60
    capped.trade(short, third, lots)
    assert capped.perp_tape().open_interest == 60 - lots


def test_take_through_zero_opens_only_what_the_other_closes(
    capped: PerpScene, third: int, long: int
) -> None:
    """Long 60 sells 100 to one who opens: 60 are handed over, then nothing more may be open."""
    capped.system.set_perp_limits(ETH_PERP, 60, 2**19)
    capped.perp_bid(third, MARK, 100)
    assert capped.perp_ask(long, MARK, 100, IOC).filled_lots == 60
    assert (capped.position(long).size, capped.position(third).size) == (0, 60)
    assert capped.perp_tape().open_interest == 60


def test_take_after_the_cap_was_lowered_closes_alone(
    capped: PerpScene, third: int, long: int, short: int
) -> None:
    capped.system.set_perp_limits(ETH_PERP, 10, 2**19)
    capped.perp_ask(capped.maker, MARK, 1)
    with refused(capped.system, "OpenInterestCapReached", ETH_PERP, 60, 10):
        capped.perp_bid(third, MARK, 1, IOC)
    assert capped.perp_bid(short, MARK, 1, IOC).filled_lots == 1
    assert capped.perp_tape().open_interest == 60


def test_place_that_rests_is_not_held_back_by_the_cap(capped: PerpScene, third: int) -> None:
    capped.trade(capped.long_account, capped.short_account, 40)
    assert place(capped, third, BID, 1_000).resting_lots == 1_000
    with refused(capped.system, "WouldCross", MARK, MARK):
        place(capped, capped.maker, ASK, 1, POST_ONLY)


@SIDES
def test_take_at_the_cap_rests_nothing_though_its_maker_has_gone(
    system: System, side: Side
) -> None:
    """What the cap leaves of the maker is dust: he goes, and nothing crosses any more."""
    perps = make_perp_scene(system, replace(ETH_PERP_TERMS, min_lots=20))
    system.set_perp_limits(ETH_PERP, 30, 2**19)
    place(perps, perps.maker, OPPOSITE[side], 40)
    assert place(perps, perps.taker, side, 100) == OrderResult(0, 30, 0)
    assert perps.orders(MARK, ETH_PERP) == []


@SIDES
def test_order_of_a_batch_behind_a_capped_one_rests(
    capped: PerpScene, third: int, long: int, short: int, side: Side
) -> None:
    """What stopped the first does not stop the second, of which a part closes."""
    behind = MARK - 100 if side is BID else MARK + 100
    other = short if side is BID else long
    capped.system.place(other, ETH_PERP, side, behind, 10)
    place(capped, capped.maker, OPPOSITE[side], 60)
    places = [
        order(side, MARK, 60, IOC, market=ETH_PERP),
        order(OPPOSITE[side], behind, 30, market=ETH_PERP),
    ]
    _, [first, second] = capped.system.batch(third, (), places)
    assert (first.filled_lots, first.resting_lots) == (40, 0)
    assert (second.filled_lots, second.resting_lots) == (10, 20)
