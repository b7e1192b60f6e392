"""Decimals become whole steps or are refused; nothing is rounded on the way."""

from decimal import Decimal

import pytest

from worldmarkets.client import UnalignedAmountError
from worldmarkets.client.units import AssetUnits, MarketUnits, to_posted_price
from worldmarkets.deployment import Asset, Market, Perp

USDM = Asset(0, "USDM", "0x00", 18, 10**12, 6, True)
WETH = Asset(1, "WETH", "0x01", 18, 10**10, 8, True)
WETH_USDM = Market(257, "WETH/USDM", 1, 10, 10_000, 40, 350, 0, 500)

WETH_PERP = Market(
    513, "WETH-PERP", 1, 10, 10_000, 40, 350, 0, 500, Perp(2**30, 2**20, 20_000, 300, 9, 8, 7)
)

PERP_UNITS = MarketUnits(WETH_PERP, WETH, USDM)
UNITS = MarketUnits(WETH_USDM, WETH, USDM)
WETH_UNITS = AssetUnits(WETH)


def test_market_units_steps_are_those_of_the_terms() -> None:
    assert UNITS.lot_size == Decimal("0.0001")
    assert UNITS.tick_size == Decimal("0.1")
    assert UNITS.min_size == Decimal("0.004")


@pytest.mark.parametrize(
    ("price", "tick"),
    [("0.1", 1), ("2900.0", 29_000), ("2.9e3", 29_000), ("1658137.4", 16_581_374)],
)
def test_to_tick_whole_tick_is_exact(price: str, tick: int) -> None:
    assert UNITS.to_tick(Decimal(price)) == tick
    assert UNITS.from_tick(tick) == Decimal(price)


@pytest.mark.parametrize("price", ["2900.05", "2900.0000000000000000000000000001", "0", "-0.1"])
def test_to_tick_no_whole_tick_is_refused(price: str) -> None:
    with pytest.raises(UnalignedAmountError, match=r"of steps of 0\.1"):
        UNITS.to_tick(Decimal(price))


def test_to_tick_whole_number_is_taken() -> None:
    assert UNITS.to_tick(2_900) == 29_000  # type: ignore[arg-type]


@pytest.mark.parametrize("price", [2900.1, "2900.1", True, None])
def test_to_tick_no_decimal_is_refused(price: object) -> None:
    with pytest.raises(TypeError, match="a Decimal or a whole number is wanted"):
        UNITS.to_tick(price)  # type: ignore[arg-type]


@pytest.mark.parametrize("price", ["NaN", "Infinity", "-Infinity", "sNaN"])
def test_to_tick_no_number_is_refused(price: str) -> None:
    with pytest.raises(UnalignedAmountError):
        UNITS.to_tick(Decimal(price))


@pytest.mark.parametrize(
    ("size", "lots"), [("0.0001", 1), ("0.004", 40), ("109951162.7775", 2**40 - 1)]
)
def test_to_lots_whole_lot_is_exact(size: str, lots: int) -> None:
    assert UNITS.to_lots(Decimal(size)) == lots
    assert UNITS.from_lots(lots) == Decimal(size)


@pytest.mark.parametrize("size", ["0.00005", "0.00011", "0", "-1"])
def test_to_lots_no_whole_lot_is_refused(size: str) -> None:
    with pytest.raises(UnalignedAmountError):
        UNITS.to_lots(Decimal(size))


def test_to_token_units_whole_atom_is_exact() -> None:
    assert WETH_UNITS.to_atoms(Decimal("1.00000001")) == 100_000_001
    assert WETH_UNITS.to_token_units(Decimal("1.00000001")) == 1_000_000_010_000_000_000
    assert WETH_UNITS.from_atoms(-100_000_001) == Decimal("-1.00000001")
    assert WETH_UNITS.from_token_units(1) == Decimal("1e-18")


def test_to_token_units_fraction_of_an_atom_is_refused() -> None:
    with pytest.raises(UnalignedAmountError, match="amount of WETH"):
        WETH_UNITS.to_token_units(Decimal("0.000000001"))


def test_tick_size_without_end_in_decimals_is_refused() -> None:
    thirds = MarketUnits(Market(257, "WETH/USDM", 1, 10, 3_000, 40, 350, 0, 500), WETH, USDM)
    with pytest.raises(UnalignedAmountError, match="price of a lot"):
        thirds.tick_size  # noqa: B018 - reading it is what fails


def test_to_posted_price_is_exact_or_refused() -> None:
    assert to_posted_price(Decimal("3333.33")) == 3_333_330_000_000_000_000_000
    with pytest.raises(UnalignedAmountError):
        to_posted_price(Decimal("1e-19"))


@pytest.mark.parametrize(
    ("ticks", "bits", "price"),
    [
        (30_000 * 2**24, 24, "3000"),
        (-(2**39), 40, "-0.05"),
        (1, 24, "0.00000000596046447753906250"),
        (2**48 - 1, 24, "1677721.599999994039535522460937500"),
        (0, 40, "0"),
    ],
)
def test_from_fraction_is_exact(ticks: int, bits: int, price: str) -> None:
    assert PERP_UNITS.from_fraction(ticks, bits) == Decimal(price)


@pytest.mark.parametrize(
    ("units", "cash"),
    [(-100_000 * 30_000 * 2**24, "-30000"), (1, "0.000000000000596046447753906250"), (0, "0")],
)
def test_from_cash_is_exact(units: int, cash: str) -> None:
    assert PERP_UNITS.from_cash(units, 24) == Decimal(cash)


def test_from_lots_of_a_short_is_negative() -> None:
    assert PERP_UNITS.from_lots(-15) == Decimal("-0.0015")


def test_from_quote_atoms_is_exact() -> None:
    assert PERP_UNITS.from_quote_atoms(-1) == Decimal("-0.000001")
