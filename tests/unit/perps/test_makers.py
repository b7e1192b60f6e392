"""Makers of a perp: their margin is checked where a fill is far from the mark, and only there."""

import pytest

from tests.support.perps import ETH_LOTS, LONG, MARGIN, MARK, THIRD, PerpScene, fee_units
from tests.support.scene import ASK, BID, DOLLARS, ETH_UNIT, IOC, LOT, fee_up, notional
from tests.support.system import BTC_PERP, BTC_PERP_TERMS, ETH_PERP, Side
from worldmarkets.model.interface import OrderResult, Removal, SelfTrade
from worldmarkets.model.perp_words import Q24
from worldmarkets.model.records import Removed

BEYOND = {BID: 20_500, ASK: 19_500}
"""2.5 percent from the mark, against the maker."""
OPPOSITE = {BID: ASK, ASK: BID}
SIDES = pytest.mark.parametrize("side", [BID, ASK])
SHORT_OF = pytest.mark.parametrize("missing", [0, 1])


def removals(perps: PerpScene) -> list[tuple[int, int, int]]:
    """Account, lots and reason of what was removed in the last transaction."""
    records = [record for record in perps.records() if isinstance(record, Removed)]
    return [(record.account, record.lots, record.reason) for record in records]


def loss_at(tick: int) -> int:
    """What a maker of an ETH loses by it, against the mark, his rebate deducted [atoms]."""
    worth = notional(ETH_LOTS, tick)
    return abs(worth - notional(ETH_LOTS, MARK)) + fee_up(worth, -100)


def leave(perps: PerpScene, account: int, atoms: int) -> None:
    perps.take_cash(account, perps.cash(account) - atoms)


@SIDES
@SHORT_OF
def test_maker_beyond_the_free_band_needs_maintenance_after_the_fill(
    perps: PerpScene, long: int, side: Side, missing: int
) -> None:
    """3.2 percent of an ETH, and what the fill loses, to the atom."""
    tick = BEYOND[side]
    perps.system.place(long, ETH_PERP, side, tick, ETH_LOTS)
    leave(perps, long, 64 * DOLLARS + loss_at(tick) - missing)
    result = perps.system.place(perps.taker, ETH_PERP, OPPOSITE[side], tick, ETH_LOTS, IOC)
    assert result.filled_lots == (0 if missing else ETH_LOTS)
    if missing:
        assert removals(perps) == [(long, ETH_LOTS, Removal.BELOW_MARGIN)]
    position = perps.position(long)
    assert abs(position.size) == result.filled_lots
    assert (position.open_bids, position.open_asks) == (0, 0)
    # What is checked before it trades is charged once.
    worth = notional(ETH_LOTS, tick)
    charged = fee_up(worth, 350) + fee_up(worth, -100)
    assert perps.perp_tape().fees == (0 if missing else charged)


@SIDES
@SHORT_OF
def test_maker_filled_in_part_keeps_the_rest_of_his_order_covered(
    perps: PerpScene, long: int, side: Side, missing: int
) -> None:
    """A tenth of it trades; the rest counts at its worst, with its free band."""
    tick = BEYOND[side]
    perps.system.place(long, ETH_PERP, side, tick, ETH_LOTS)
    worth = notional(ETH_LOTS // 10, tick)
    loss = abs(worth - notional(ETH_LOTS // 10, MARK)) + fee_up(worth, -100)
    leave(perps, long, 64 * DOLLARS + 9 * DOLLARS + loss - missing)
    result = perps.system.place(perps.taker, ETH_PERP, OPPOSITE[side], tick, 100, IOC)
    assert result.filled_lots == (0 if missing else 100)
    position = perps.position(long)
    opened = position.open_bids + position.open_asks
    assert opened == (0 if missing else ETH_LOTS - 100)


@pytest.mark.parametrize(
    ("side", "tick", "is_checked"),
    [(BID, 20_101, False), (BID, 20_102, True), (ASK, 19_899, False), (ASK, 19_898, True)],
)
def test_maker_within_the_free_band_is_filled_whatever_he_has(
    perps: PerpScene, long: int, side: Side, tick: int, is_checked: bool
) -> None:
    perps.system.place(long, ETH_PERP, side, tick, ETH_LOTS)
    leave(perps, long, 0)
    result = perps.system.place(perps.taker, ETH_PERP, OPPOSITE[side], tick, ETH_LOTS, IOC)
    assert result.filled_lots == (0 if is_checked else ETH_LOTS)


@SIDES
def test_maker_who_lowers_his_risk_is_filled_below_maintenance(
    perps: PerpScene, long: int, side: Side
) -> None:
    """An ETH is closed beyond the free band; 55 dollars are left for one, and then 3.5 for none."""
    opening = OPPOSITE[side]
    perps.system.place(perps.maker, ETH_PERP, side, MARK, ETH_LOTS)
    assert perps.system.place(long, ETH_PERP, opening, MARK, ETH_LOTS, IOC).filled_lots == ETH_LOTS
    tick = BEYOND[side]
    perps.system.place(long, ETH_PERP, side, tick, ETH_LOTS)
    leave(perps, long, 55 * DOLLARS)
    assert perps.margin(long).maintenance_atoms == 64 * DOLLARS
    result = perps.system.place(perps.taker, ETH_PERP, opening, tick, ETH_LOTS, IOC)
    assert result.filled_lots == ETH_LOTS
    assert perps.margin(long).equity_atoms == 55 * DOLLARS - 700_000 - loss_at(tick)


@SIDES
def test_maker_who_would_close_into_a_hole_is_removed(
    perps: PerpScene, long: int, side: Side
) -> None:
    opening = OPPOSITE[side]
    perps.system.place(perps.maker, ETH_PERP, side, MARK, ETH_LOTS)
    perps.system.place(long, ETH_PERP, opening, MARK, ETH_LOTS, IOC)
    tick = BEYOND[side]
    perps.system.place(long, ETH_PERP, side, tick, ETH_LOTS)
    leave(perps, long, loss_at(tick) + 700_000 - 1)
    result = perps.system.place(perps.taker, ETH_PERP, opening, tick, ETH_LOTS, IOC)
    assert result.filled_lots == 0
    assert removals(perps) == [(long, ETH_LOTS, Removal.BELOW_MARGIN)]


@SHORT_OF
def test_maker_who_owes_is_supported_by_no_unsettled_profit(
    fallen: PerpScene, short: int, missing: int
) -> None:
    """A hedge with a debt, and a profit of 100.20 dollars that nobody has paid.

    An ask of a tenth of an ETH far beyond the free band leaves 1.1 ETH short against one held: of
    maintenance that takes 47.88 dollars.
    """
    system = fallen.system
    system.fund(short, 1, ETH_LOTS * LOT * ETH_UNIT)
    fallen.perp_ask(short, 18_400, 100)
    system.borrow(short, 0, (MARGIN + 100 * DOLLARS) * 10**12)
    fallen.set_equity(short, 47_880_000 + 100_200_000 - missing)
    result = fallen.perp_bid(fallen.taker, 18_400, 100, IOC)
    assert result.filled_lots == (0 if missing else 100)


@SHORT_OF
def test_maker_who_wins_elsewhere_loses_no_more_than_what_is_settled(
    perps: PerpScene, short: int, missing: int
) -> None:
    """A thousand dollars of profit that nobody has paid, and a loss in another perp: after it the
    free band of what stays open must be settled, to the atom."""
    system = perps.system
    system.list_perp_market(2, BTC_PERP_TERMS)
    rich = perps.trader(THIRD, 10 * MARGIN)
    perps.trade(rich, short, 10 * ETH_LOTS)
    perps.move_index(1_900)
    mark = perps.mark(BTC_PERP).mark
    tick = mark // Q24 * 1_025 // 1_000
    system.place(short, BTC_PERP, BID, tick, 100)
    perps.perp_bid(short, 18_900, ETH_LOTS)
    free_band = 1_900 * DOLLARS * 50 // 10_000
    value = BTC_PERP_TERMS.tick_value
    fee = fee_up(100 * tick * value, BTC_PERP_TERMS.maker_ppm)
    loss = -((100 * (mark - tick * Q24) - fee_units(fee, value)) * value // Q24)
    leave(perps, short, free_band + loss - missing)
    result = system.place(rich, BTC_PERP, ASK, tick, 100, IOC)
    assert result.filled_lots == (0 if missing else 100)
    if missing:
        assert removals(perps) == [(short, 100, Removal.BELOW_MARGIN)]
    else:
        assert perps.margin(short).settled_atoms == free_band


def test_maker_who_gives_up_a_part_of_his_profit_is_filled(fallen: PerpScene, short: int) -> None:
    """Nothing of his is settled, nor was before: closing 47.50 dollars off the mark takes nothing
    of that, though another order of his has a free band."""
    fallen.perp_bid(short, 19_475, ETH_LOTS)
    fallen.perp_bid(short, 18_900, 10)
    leave(fallen, short, 0)
    assert fallen.perp_ask(fallen.taker, 19_475, ETH_LOTS, IOC).filled_lots == ETH_LOTS
    margin = fallen.margin(short)
    assert margin.settled_atoms == 0
    assert margin.equity_atoms == 100_200_000 - 47_500_000 + 194_750


def test_maker_checks_are_at_most_eight(perps: PerpScene, long: int) -> None:
    for _ in range(9):
        perps.perp_bid(long, BEYOND[BID], 1)
    assert perps.perp_ask(perps.taker, BEYOND[BID], 9, IOC).filled_lots == 8
    assert perps.position(long).open_bids == 1
    assert perps.perp_ask(perps.taker, BEYOND[BID], 9, IOC).filled_lots == 1


def test_maker_whose_order_has_expired_is_removed(perps: PerpScene, long: int) -> None:
    now = perps.system.backend.time
    made = perps.perp_bid(long, MARK, 10, expiry=now + 10)
    perps.wait(11)
    assert perps.perp_ask(perps.taker, MARK, 10, IOC) == OrderResult()
    assert perps.records() == [Removed(made.order_id, 10, long, Removal.EXPIRED)]
    assert perps.position(long).open_bids == 0


def test_maker_of_the_takers_owner_is_not_traded_with(perps: PerpScene, long: int) -> None:
    """By each mode: his order goes, the taker stops, both become smaller."""
    other = perps.trader(LONG)
    for mode, left in (
        (SelfTrade.CANCEL_TAKER, 10),
        (SelfTrade.DECREMENT_BOTH, 4),
        (SelfTrade.CANCEL_MAKER, 0),
    ):
        if not perps.position(long).open_bids:
            perps.perp_bid(long, MARK, 10)
        result = perps.perp_ask(other, MARK, 6, IOC, self_trade=mode)
        assert result.filled_lots == 0
        assert perps.position(long).open_bids == left
    assert perps.position(long).size == perps.position(other).size == 0
    assert perps.perp_tape().open_interest == 0


def test_maker_whose_rest_would_be_dust_gives_it_up(perps: PerpScene, long: int) -> None:
    """A market whose smallest order is twenty lots."""
    system = perps.system
    system.list_perp_market(2, BTC_PERP_TERMS)
    made = system.place(long, BTC_PERP, BID, 85_000, 50)
    assert system.place(perps.taker, BTC_PERP, ASK, 85_000, 31, IOC).filled_lots == 31
    assert removals(perps) == [(long, 19, Removal.DUST)]
    assert made.resting_lots == 50
    position = perps.position(long, BTC_PERP)
    assert (position.size, position.open_bids) == (31, 0)
