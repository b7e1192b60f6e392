"""Portfolios that can not be, and legs at another price."""

from typing import Any

import pytest

from worldmarkets.atlas import AssetRisk, Leg, Perp, Portfolio, perp
from worldmarkets.atlas.arithmetic import fee_up, value_down, value_up
from worldmarkets.atlas.errors import PortfolioError, UnknownLegError

RISK = AssetRisk(0, 0, 0, 0, 0)


@pytest.mark.parametrize(
    "changes",
    [
        {"asset_id": 0},
        {"price": -1},
        {"open_bids": -1},
        {"open_asks": -1},
        {"confidence_bps": 10_001},
        {"confidence_bps": -1},
    ],
)
def test_leg_that_can_not_be_is_refused(changes: dict[str, Any]) -> None:
    fields: dict[str, Any] = {"asset_id": 1, "risk": RISK, "price": 1}
    with pytest.raises(PortfolioError):
        Leg(**(fields | changes))


def test_perp_that_can_not_be_is_refused() -> None:
    for low, high in ((2, 3), (0, 0)):
        with pytest.raises(PortfolioError):
            Perp(1, low, high, 0)
    for mark, bids in ((-1, 0), (1, -1)):
        with pytest.raises(PortfolioError):
            perp(1, mark, bid_lots=bids)


def test_portfolio_asset_given_twice_is_refused() -> None:
    with pytest.raises(PortfolioError):
        Portfolio(0, (Leg(1, RISK, 1), Leg(1, RISK, 2)))


def test_leg_of_an_unknown_asset_is_refused() -> None:
    with pytest.raises(UnknownLegError):
        Portfolio(0, (Leg(1, RISK, 1),)).leg(2)


def test_at_price_perp_moves_with_the_price_and_its_profit_with_it() -> None:
    leg = Leg(1, RISK, 300, 5, perp=Perp(-100, -200, 100, 7))
    assert leg.at_price(301) == Leg(1, RISK, 301, 5, perp=Perp(-101, -201, 100, 6))
    assert leg.at_price(300) == leg


def test_at_price_perp_without_a_price_is_refused() -> None:
    with pytest.raises(PortfolioError):
        Leg(1, RISK, 0, perp=Perp(1, 1, 1, 0)).at_price(1)
    assert Leg(1, RISK, 0).at_price(1).price == 1


def test_values_round_outward_on_both_sides_of_zero() -> None:
    assert (value_down(3, 5 * 10**11), value_up(3, 5 * 10**11)) == (1, 2)
    assert (value_down(-3, 5 * 10**11), value_up(-3, 5 * 10**11)) == (-2, -1)
    assert value_down(2, 5 * 10**11) == value_up(2, 5 * 10**11) == 1


def test_fee_up_charges_up_and_rebates_down() -> None:
    assert [fee_up(10_001, ppm) for ppm in (100, 0, -100)] == [2, 0, -1]
