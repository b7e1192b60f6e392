"""Trades of a perp: position, cash, entry, fees in units, and what is open."""

import pytest

from tests.support.perps import ETH_LOTS, MARGIN, MARK, PerpScene, fee_units
from tests.support.scene import ASK, BID, FOK, IOC, fee_up, notional, order
from tests.support.soundness import refused
from tests.support.system import BTC_PERP, BTC_PERP_TERMS, ETH_PERP
from worldmarkets.model.interface import OrderResult
from worldmarkets.model.perp_words import Q24, PositionWord
from worldmarkets.model.records import Filled, Placed, Taken

TAKER_FEE = 700_000
"""350 ppm of 2,000 dollars [atoms]."""
REBATE = 200_000
"""100 ppm of 2,000 dollars [atoms]."""
VALUE = ETH_LOTS * MARK * Q24
"""An ETH at the mark [2^-24 tick-lots]."""


def test_take_books_both_positions_and_moves_no_money(
    perps: PerpScene, long: int, short: int
) -> None:
    made = perps.perp_ask(short, MARK, ETH_LOTS)
    assert perps.perp_bid(long, MARK, ETH_LOTS, IOC) == OrderResult(0, ETH_LOTS, 0)
    assert perps.records() == [
        Filled(made.order_id, ETH_LOTS, short, 1, is_ask=1, gone=1),
        Taken(2_000 * 10**6, TAKER_FEE, ETH_LOTS, 1, ETH_PERP),
    ]
    assert perps.position(long) == PositionWord(
        size=ETH_LOTS, cash=-VALUE - fee_units(TAKER_FEE), touched=1
    )
    assert perps.position(short) == PositionWord(
        size=-ETH_LOTS, cash=VALUE - fee_units(-REBATE), touched=1
    )
    tape = perps.perp_tape()
    assert (tape.open_interest, tape.fees, tape.last, tape.sequence) == (
        ETH_LOTS,
        TAKER_FEE - REBATE,
        MARK,
        1,
    )
    assert (perps.cash(long), perps.cash(short)) == (MARGIN, MARGIN)
    assert perps.perp_pool().cash == 0


def test_take_of_a_seller_mirrors_that_of_a_buyer(perps: PerpScene, long: int, short: int) -> None:
    made = perps.perp_bid(long, MARK, ETH_LOTS)
    assert perps.perp_ask(short, MARK, ETH_LOTS, IOC).filled_lots == ETH_LOTS
    assert perps.records() == [
        Filled(made.order_id, ETH_LOTS, long, 1, gone=1),
        Taken(2_000 * 10**6, TAKER_FEE, ETH_LOTS, 1, ETH_PERP, is_ask=1),
    ]
    assert perps.position(short).cash == VALUE - fee_units(TAKER_FEE)
    assert perps.position(long).cash == -VALUE - fee_units(-REBATE)
    assert (perps.position(long).size, perps.position(short).size) == (ETH_LOTS, -ETH_LOTS)


def test_take_of_several_makers_pays_one_fee_on_the_sum(
    perps: PerpScene, long: int, short: int, third: int
) -> None:
    """Each maker's rebate is rounded down by itself, the taker's fee up on the sum."""
    for maker in (short, third):
        perps.perp_ask(maker, 20_001, 333)
    assert perps.perp_bid(long, 20_001, 666, IOC).filled_lots == 666
    one = notional(333, 20_001)
    fee, rebate = fee_up(2 * one, 350), fee_up(one, -100)
    assert (fee, rebate) == (466_224, -66_603)
    assert perps.position(long).cash == -666 * 20_001 * Q24 - fee_units(fee)
    for maker in (short, third):
        assert perps.position(maker).cash == 333 * 20_001 * Q24 - fee_units(rebate)
    assert perps.perp_tape().fees == fee + 2 * rebate
    assert perps.records()[-1] == Taken(2 * one, fee, 666, 2, ETH_PERP)


def test_take_walks_levels_and_books_each_at_its_price(
    perps: PerpScene, long: int, short: int
) -> None:
    perps.perp_ask(short, 20_000, 100)
    perps.perp_ask(short, 20_010, 100)
    assert perps.perp_bid(long, 20_010, 150, IOC).filled_lots == 150
    units = (100 * 20_000 + 50 * 20_010) * Q24
    fee = fee_up(notional(100, 20_000) + notional(50, 20_010), 350)
    assert perps.position(long).cash == -units - fee_units(fee)
    assert perps.position(short).open_asks == 50
    assert perps.perp_tape().last == 20_010


def test_take_fees_that_are_no_whole_units_are_rounded_against_who_pays(
    perps: PerpScene, long: int, short: int
) -> None:
    """A tick-lot of seven atoms: both fees are charges, and neither is a multiple of it."""
    system = perps.system
    assert system.list_perp_market(2, BTC_PERP_TERMS) == BTC_PERP
    system.place(short, BTC_PERP, ASK, 85_001, 31)
    assert system.place(long, BTC_PERP, BID, 85_001, 31, IOC).filled_lots == 31
    worth = 31 * 85_001 * 7
    taken, made = fee_up(worth, 350), fee_up(worth, 50)
    assert (taken, made, taken % 7, made % 7) == (6_456, 923, 2, 6)
    units = 31 * 85_001 * Q24
    assert perps.position(long, BTC_PERP).cash == -units - (6_456 * Q24 // 7 + 1)
    assert perps.position(short, BTC_PERP).cash == units - (923 * Q24 // 7 + 1)
    assert perps.perp_tape(BTC_PERP).fees == taken + made


def test_take_rebate_that_is_no_whole_units_is_rounded_down(
    perps: PerpScene, long: int, short: int
) -> None:
    """A rebate of one atom, a hundredth of a tick-lot."""
    perps.perp_ask(short, 20_001, 1)
    assert perps.perp_bid(long, 20_001, 1, IOC).filled_lots == 1
    rebate = fee_up(notional(1, 20_001), -100)
    assert rebate == -200
    perps.perp_ask(short, 19_899, 1)
    perps.perp_bid(long, 19_899, 1, IOC)
    assert fee_up(notional(1, 19_899), -100) == -198
    assert perps.position(short).cash == 39_900 * Q24 + 200 * Q24 // 100 + 198 * Q24 // 100


def test_take_whose_rest_stays_opens_the_rest_alone(
    perps: PerpScene, long: int, short: int
) -> None:
    perps.perp_ask(short, MARK, 400)
    result = perps.perp_bid(long, MARK, 1_000)
    assert (result.filled_lots, result.resting_lots) == (400, 600)
    position = perps.position(long)
    assert (position.size, position.open_bids) == (400, 600)
    assert perps.records()[-1] == Placed(result.order_id, 600)


@pytest.mark.parametrize("lots", [999, 1_000, 1_001])
def test_take_fill_or_kill_is_whole_or_not_at_all(
    perps: PerpScene, long: int, short: int, lots: int
) -> None:
    perps.perp_ask(short, MARK, 1_000)
    if lots > 1_000:
        with refused(perps.system, "NotFilledWhole", 1_000, lots):
            perps.perp_bid(long, MARK, lots, FOK)
        _, [result] = perps.system.batch(long, (), [order(BID, MARK, lots, FOK, market=ETH_PERP)])
        assert (result.filled_lots, perps.position(long).size) == (0, 0)
        return
    assert perps.perp_bid(long, MARK, lots, FOK).filled_lots == lots
    assert perps.position(long).size == lots


# --------------------------------------------------------------- closing, and through zero


def test_take_that_closes_leaves_the_result_in_cash(
    perps: PerpScene, long: int, short: int
) -> None:
    perps.trade(long, short, ETH_LOTS)
    perps.perp_bid(short, 20_100, ETH_LOTS)
    assert perps.perp_ask(long, 20_100, ETH_LOTS, IOC).filled_lots == ETH_LOTS
    fees = TAKER_FEE + fee_up(notional(ETH_LOTS, 20_100), 350)
    assert perps.position(long) == PositionWord(
        cash=100 * ETH_LOTS * Q24 - fee_units(fees), touched=1
    )
    rebates = REBATE - fee_up(notional(ETH_LOTS, 20_100), -100)
    assert perps.position(short).cash == -100 * ETH_LOTS * Q24 + fee_units(rebates)
    assert perps.perp_tape().open_interest == 0


@pytest.mark.parametrize("maker_flips", [False, True])
def test_take_through_zero_turns_the_position(
    perps: PerpScene, long: int, short: int, third: int, maker_flips: bool
) -> None:
    """Long 1,000, then 1,500 sold: short 500, as a taker and as a maker."""
    perps.trade(long, short, 1_000)
    if maker_flips:
        perps.trade(third, long, 1_500)
    else:
        perps.perp_bid(third, MARK, 1_500)
        assert perps.perp_ask(long, MARK, 1_500, IOC).filled_lots == 1_500
    sizes = [perps.position(account).size for account in (long, short, third)]
    assert sizes == [-500, -1_000, 1_500]
    assert perps.perp_tape().open_interest == 1_500


@pytest.mark.parametrize(
    ("buyer", "seller", "open_interest"),
    [
        ("third", "fourth", 200),
        ("third", "long", 100),
        ("short", "third", 100),
        ("short", "long", 0),
    ],
)
def test_take_counts_what_is_open(
    perps: PerpScene,
    long: int,
    short: int,
    third: int,
    buyer: str,
    seller: str,
    open_interest: int,
) -> None:
    """Both open, one hands over to another, both close."""
    who = {"long": long, "short": short, "third": third, "fourth": perps.maker}
    perps.trade(long, short, 100)
    perps.trade(who[buyer], who[seller], 100)
    assert perps.perp_tape().open_interest == open_interest
