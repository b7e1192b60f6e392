"""The price of a flagged account over time, and the fractions that are sold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worldmarkets.model.liquidation import auction
from worldmarkets.model.liquidation.auction import Offer, least_ppm, offer, price_at

PPM = 10**6
ATOMS = st.integers(1, 10**15)
SECONDS = st.integers(0, 10**6)


@pytest.mark.parametrize(
    ("seconds", "price"),
    [
        (0, 980),
        (1, 976),  # 1,000 · 9,800 · 299 / (10,000 · 300), rounded down
        (150, 490),
        (299, 3),
        (300, 0),
        (301, 0),
        (10**9, 0),
    ],
)
def test_price_with_equity_for_getting_out_falls_to_nothing(seconds: int, price: int) -> None:
    assert price_at(1_000, 1_000, seconds) == price_at(1_000, 0, seconds) == price


@pytest.mark.parametrize(
    ("seconds", "price"),
    [
        (0, 980),
        (125, 490),
        (250, 0),
        (251, -1),  # what getting out costs beyond the equity is 200, for 120 seconds
        (310, -100),
        (370, -200),
        (10**9, -200),
    ],
)
def test_price_with_less_equity_falls_in_less_time_and_on_to_what_getting_out_lacks(
    seconds: int, price: int
) -> None:
    """Five sixths of the cost of getting out: five sixths of the time."""
    assert price_at(1_000, 1_200, seconds) == price


def test_price_of_an_atom_of_equity_is_that_of_none() -> None:
    for seconds in (0, 1, 60, 120, 300):
        assert price_at(1, 1_000_001, seconds) == price_at(0, 1_000_000, seconds)


@pytest.mark.parametrize(
    ("seconds", "price"), [(0, -50), (1, -50), (3, -52), (60, -100), (120, -150), (121, -150)]
)
def test_price_without_equity_falls_from_it_by_the_cost_of_getting_out(
    seconds: int, price: int
) -> None:
    assert price_at(-50, 100, seconds) == price


def test_price_of_an_account_worth_nothing_starts_there() -> None:
    assert [price_at(0, 120, seconds) for seconds in (0, 1, 120, 500)] == [0, -1, -120, -120]


@given(equity=st.integers(-(10**15), 10**15), exit_cost=st.integers(0, 10**15), seconds=SECONDS)
def test_price_never_rises_and_stays_between_equity_and_the_cost_of_getting_out(
    equity: int, exit_cost: int, seconds: int
) -> None:
    price = price_at(equity, exit_cost, seconds)
    assert price_at(equity, exit_cost, seconds + 1) <= price <= equity
    assert price >= min(0, equity - exit_cost)
    assert price_at(equity, exit_cost, 420) == min(0, equity - exit_cost)


@pytest.mark.parametrize(
    ("gross", "least"),
    [
        (0, PPM),
        (1, PPM),
        (1_000 * 10**6, PPM),
        (1_000 * 10**6 + 1, PPM),
        (2_000 * 10**6, 500_000),
        (3_000 * 10**6, 333_334),
        (10_000 * 10**6, 100_000),
        (10**15, 100_000),
    ],
)
def test_least_slice_is_a_tenth_or_a_thousand_dollars_of_gross(gross: int, least: int) -> None:
    assert least_ppm(gross) == least


def test_most_brings_the_account_to_the_end_of_its_liquidation() -> None:
    """E 700, R_end 1,000: at a price of 490 without its fee of 93 it takes 300/(300 + 397).

    And a ten-thousandth of the gross of 18,600 beyond, for what is rounded.
    """
    wanted = offer(700 * PPM, 1_000 * PPM, 90 * PPM, 18_600 * PPM, 86)
    price = 700 * PPM * 9_800 * 214 // (10_000 * 300)
    assert (wanted.price, wanted.fee) == (price, 93 * PPM)
    net = price - 93 * PPM
    assert wanted.most == -(-PPM * 301_860_000 // (300 * PPM + net))
    kept, got = 700 * (PPM - wanted.most), net * wanted.most // PPM
    assert kept + got >= 1_000 * (PPM - wanted.most)


def test_most_is_no_less_than_the_least_slice() -> None:
    wanted = offer(999 * PPM, 1_000 * PPM, 0, 20_000 * PPM, 0)
    assert wanted.most == wanted.least == 100_000


@pytest.mark.parametrize("seconds", [300, 420])
def test_most_of_what_brings_nothing_is_all(seconds: int) -> None:
    assert offer(700, 1_000, 900, 10**10, seconds).most == PPM


def test_fee_takes_no_more_than_the_price_and_then_all_may_go() -> None:
    wanted = offer(700, 10**8, 900, 10**10, 10)
    assert wanted.fee == wanted.price > 0
    assert wanted.most == PPM


@pytest.mark.parametrize(("equity", "seconds"), [(0, 0), (-5, 0), (700, 300)])
def test_fee_is_nothing_without_a_price(equity: int, seconds: int) -> None:
    assert offer(equity, 1_000, 0, 10**10, seconds).fee == 0


def test_payment_is_rounded_up_and_its_fee_down_and_no_more_than_it() -> None:
    assert Offer(10, 3, 0, 0).payment(333_333) == (4, 0)
    assert Offer(10, 10, 0, 0).payment(PPM) == (10, 10)
    assert Offer(0, 0, 0, 0).payment(PPM) == (0, 0)


def test_premium_is_rounded_down() -> None:
    assert Offer(-10, 0, 0, 0).premium(333_333) == 3
    assert Offer(-10, 0, 0, 0).premium(PPM) == 10


@given(equity=ATOMS, gap=ATOMS, exit_cost=ATOMS, gross=ATOMS, seconds=SECONDS)
def test_fractions_are_in_order_and_enough(
    equity: int, gap: int, exit_cost: int, gross: int, seconds: int
) -> None:
    wanted = offer(equity, equity + gap, exit_cost, gross, seconds)
    assert 0 < wanted.least <= wanted.most <= PPM
    paid, fee = wanted.payment(wanted.most) if wanted.price >= 0 else (0, 0)
    assert 0 <= fee <= paid
    left = PPM - wanted.most
    # Fees are rounded down, what is paid up: nothing is missing beyond the price in a ppm.
    assert (equity * left + (paid - fee) * PPM) >= (equity + gap) * left or wanted.most == PPM


def test_constants_are_those_of_the_design() -> None:
    assert (auction.WINDOW, auction.FALL, auction.BELOW, auction.START_BPS) == (10, 300, 120, 9_800)
    assert (auction.LEAST_PPM, auction.LEAST_GROSS, auction.FEE_PPM) == (100_000, 10**9, 5_000)
