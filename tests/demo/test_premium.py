"""Premiums and the shock, and who lives through it on a node."""

from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest

from tests.demo.finished import recording
from worldmarkets.demo import basistrader
from worldmarkets.demo import command as demo
from worldmarkets.demo.command import DemoOptions
from worldmarkets.demo.conclude import conclude
from worldmarkets.demo.premium import (
    PremiumPath,
    Shock,
    shock_at_worst,
    simulated_premium,
    worst_minute,
)
from worldmarkets.marketdata.paths import PointPath

STEPS = 60
PRICES = [100, 101, 100, 95, 97, 96, 97, 97, 98, 98, 98, 98, 98]


def minutes(*prices: int) -> PointPath:
    times = tuple(60_000 * minute for minute in range(len(prices)))
    return PointPath("minutes", times, tuple(map(Decimal, prices)))


def test_simulated_premium_same_seed_same_path_and_small_at_both_ends() -> None:
    path = simulated_premium(7, 3_600)
    assert path == simulated_premium(7, 3_600)
    assert path != simulated_premium(8, 3_600)
    assert path.at(Decimal(0)) == Decimal("0.0003")
    highest = max(path.prices)
    assert Decimal("0.002") < highest < Decimal("0.005")
    assert abs(path.prices[-1]) < highest / 2


def test_worst_minute_is_that_of_the_largest_move_of_either_sign() -> None:
    assert worst_minute(minutes(100, 101, 99, 100)) == (60, Decimal(99) / Decimal(101) - 1)
    assert worst_minute(minutes(100, 101, 105, 104)) == (60, Decimal(105) / Decimal(101) - 1)


def test_shock_at_worst_is_on_for_as_long_as_it_says() -> None:
    shock = shock_at_worst(minutes(*PRICES), Decimal("0.01"), 90)
    assert shock == Shock(120, 90, Decimal("0.01"), Decimal(95) / Decimal(100) - 1)
    assert shock_at_worst(minutes(*PRICES), Decimal("0.01"), 1).seconds == 60
    path = PremiumPath(PointPath("none", (0, 720_000), (Decimal(0), Decimal(0))), shock)
    found = [path.at(Decimal(second)) for second in (119, 120, 209, 210)]
    assert found == [0, Decimal("0.01"), Decimal("0.01"), 0]


@pytest.mark.node
def test_basis_trader_turns_the_trade_around_where_funding_is_negative(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then he borrows ether, sells it, and buys the perp."""

    def discount(_seed: int, seconds: int) -> PointPath:
        return PointPath("discount", (0, 1_000 * seconds), (Decimal("-0.004"),) * 2)

    monkeypatch.setattr(demo, "simulated_premium", discount)
    monkeypatch.setattr(basistrader, "OPENS", 500)
    options = DemoOptions(minutes=360, steps=150, wall_seconds=0)
    console = recording()
    with demo.prepared(options, console) as source:
        held = []
        for _ in source.steps():
            scene, session = source.perps, source.session
            assert scene is not None
            basis = scene.basis
            markets = (basis.underlying.spot.market_id, basis.underlying.perp.market_id)
            held.append([session.inventory[basis.account.account_id, one] for one in markets])
        assert conclude(console, source, 1.0, tmp_path / "mirror.png").passes
        assert scene.samples[-1].perps[0].funding_8h < 0
        most = max(lots for _, lots in held)
        assert most > 0
        assert [-most, most] in held
        assert held[-1][1] == 0
        split = scene.split(session.reader())
        assert split.funding > 0
        assert split.interest < 0
        assert session.counts["reverted"] == 0


@pytest.mark.node
def test_shock_basis_trader_lives_and_is_told_so(tmp_path: Path) -> None:
    """Both underlyings of one file; perps trade 1 % higher in the worst minute of the first."""
    file = tmp_path / "prices.csv"
    rows = [
        f"{pair},{60 * minute},{scale * first},{scale * max(first, last)},"
        f"{scale * min(first, last)},{scale * last}"
        for pair, scale in (("BTCUSD", 100), ("ETHUSD", 2))
        for minute, (first, last) in enumerate(pairwise(PRICES))
    ]
    file.write_text("pair,ts,open,high,low,close\n" + "\n".join(rows) + "\n", encoding="utf-8")
    options = DemoOptions(prices=file, pair="BTCUSD,ETHUSD", steps=STEPS, wall_seconds=0)
    console = recording()
    with demo.prepared(options, console) as source:
        demo.play(source, console, options)
        assert conclude(console, source, 1.0, tmp_path / "shock.png").passes
        scene = source.perps
        assert scene is not None
        assert [one.symbol for one in source.session.underlyings] == ["BTC", "ETH"]
        shocked = [sample for sample in scene.samples if sample.is_shocked]
        assert {120 <= sample.seconds < 180 for sample in shocked} == {True}
        during, lowest = scene.lowest(shocked=True), scene.lowest()
        assert during is not None
        assert lowest is not None
        assert 1 < lowest.order() <= during.order()
        # The mark is a median and follows no further than the shock.
        perps = [one for sample in shocked for one in sample.perps]
        assert max(one.mark / one.index for one in perps) < Decimal("1.016")
        # The index follows the candles.
        assert scene.samples[-1].perps[0].index == 9_800
        assert source.session.counts["reverted"] == 0
    printed = console.export_text()
    assert "the index moves by -5.000 % within a minute" in printed
    assert "the basis trader lives while it is on" in printed
    assert "every invariant holds" in printed
