"""Prices of the stress act, what is read out of events, and how it is told; no chain."""

from decimal import Decimal

import pytest

from worldmarkets.demo import stresspath
from worldmarkets.demo.stressfeed import CrashFeed
from worldmarkets.demo.stressledger import Funds, Happening, Ledger, LedgerError, Steps, sold_ppm
from worldmarkets.demo.stresspath import (
    LEAST_GAP,
    MOST_GAP,
    Crash,
    crash_in,
    crash_path,
    made_up_crash,
)
from worldmarkets.demo.stresstold import Line, Teller, steps_text
from worldmarkets.demo.stresstraders import Ratios, largest, size_for
from worldmarkets.demo.underlyings import Underlying
from worldmarkets.marketdata.paths import PointPath
from worldmarkets.model.events import Event, Settled
from worldmarkets.model.liquidation_events import (
    ClaimRepaid,
    DeficitPaid,
    FlagCleared,
    Flagged,
    LineDrawn,
    LineRepaid,
    PoolLoss,
    ShortfallAdded,
    SliceTaken,
    StepExecuted,
)
from worldmarkets.staging import Venue

PERP = Venue("WETH-PERP", 513, 1, 8, 10, 10_000, 40)
DOLLAR = 10**6


def path(*points: tuple[int, str]) -> PointPath:
    times = tuple(1_000 * seconds for seconds, _ in points)
    return PointPath("given", times, tuple(Decimal(price) for _, price in points))


STEEP = path((0, "90"), (60, "100"), (600, "97"), (660, "90"), (700, "85"), (1_000, "91"))
"""15 % in less than eleven minutes, with 9.4 % of it in ninety seconds or less."""


# ---------------------------------------------------------------------- prices


def test_made_up_crash_falls_12_percent_in_14_minutes_and_comes_back() -> None:
    crash = made_up_crash()
    assert crash.depth == Decimal("0.12")
    assert crash.lowest_at == 840
    assert crash.path.prices[-1] > crash.path.at(Decimal(840)) + Decimal("0.05")
    assert "made-up" in crash.path.title
    assert LEAST_GAP <= crash.gap <= MOST_GAP
    assert crash.silent_until - crash.silent_from <= 90


def test_made_up_crash_never_jumps_between_two_looks() -> None:
    crash, before = made_up_crash(), Decimal(1)
    for moment in crash.moments(10):
        price = crash.path.at(Decimal(moment))
        assert abs(price / before - 1) < Decimal("0.02")
        before = price


def test_moments_are_in_order_and_miss_no_corner() -> None:
    crash = made_up_crash()
    moments = list(crash.moments(70))
    assert moments == sorted(set(moments))
    assert {70, 140, crash.silent_from, crash.silent_until, 840, 1_200} <= set(moments)
    assert moments[0] > 0
    assert moments[-1] == crash.path.seconds


def test_crash_in_begins_at_the_high_and_ends_six_minutes_after_the_low() -> None:
    crash = crash_in(STEEP)
    assert crash is not None
    assert crash.path.prices == tuple(map(Decimal, ("1", "0.97", "0.9", "0.85", "0.91")))
    assert crash.path.times == (0, 540_000, 600_000, 640_000, 940_000)
    assert (crash.lowest_at, crash.depth) == (640, Decimal("0.15"))


def test_crash_in_takes_the_largest_gap_that_is_no_jump() -> None:
    crash = crash_in(STEEP)
    assert crash is not None
    # From 97 to 85 would take 100 seconds, from 97 to 90 it is 7.2 %, from 90 to 85 5.6 %.
    assert (crash.silent_from, crash.silent_until) == (540, 600)
    deeper = path((0, "100"), (30, "92.5"), (60, "91"), (80, "90"), (600, "89.9"))
    crash = crash_in(deeper)
    assert crash is not None
    assert (crash.silent_from, crash.silent_until) == (0, 60)


@pytest.mark.parametrize(
    "tame",
    [
        path((0, "100"), (60, "91"), (900, "90.1")),
        path((0, "100"), (901, "80")),
        path((0, "80"), (60, "100")),
        path((0, "100"), (100, "92"), (200, "85")),
    ],
    ids=["too small", "too slow", "a rise", "without a gap"],
)
def test_crash_in_tame_path_is_no_crash(tame: PointPath) -> None:
    assert crash_in(tame) is None


def test_crash_path_takes_what_is_given_then_what_is_found_then_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = PointPath("found", STEEP.times, STEEP.prices)
    tame = path((0, "100"), (60, "99"))
    monkeypatch.setattr(stresspath, "_found_path", lambda: found)
    assert crash_path(STEEP).path.title == "given"
    assert crash_path(tame).path.title == "found"
    assert crash_path().path.title == "found"
    monkeypatch.setattr(stresspath, "_found_path", lambda: None)
    assert crash_path(tame) == made_up_crash()


def test_feed_is_silent_about_one_asset_and_says_how_old_its_price_is() -> None:
    crash = Crash(path((0, "1"), (100, "0.95"), (160, "0.88"), (200, "0.9")), 100, 160)
    underlyings = [
        Underlying(symbol, PERP, PERP, crash.of(Decimal(price)))
        for symbol, price in (("WETH", "3000"), ("WBTC", "100000"))
    ]
    feed = CrashFeed(crash, underlyings, "WBTC")
    ages: dict[int, tuple[float, Decimal]] = {}
    for seconds in (-20, 50, 100, 130, 159, 160):
        feed.seconds = seconds
        found = feed.prices(["WETH", "WBTC"])
        assert found["WETH"].age_seconds == 0
        assert found["WETH"].price == underlyings[0].posted(Decimal(max(0, seconds)))
        ages[seconds] = (found["WBTC"].age_seconds, found["WBTC"].price)
    assert ages[-20] == (0, Decimal(100_000))
    assert ages[50][0] == ages[100][0] == 0
    assert ages[130] == (30, Decimal(95_000))
    assert ages[159] == (59, Decimal(95_000))
    assert ages[160] == (0, Decimal(88_000))


# ---------------------------------------------------------------------- sizes


def test_size_for_leaves_a_part_of_maintenance_at_the_lowest_price() -> None:
    ratios, depth = Ratios(Decimal("0.08"), Decimal("0.05")), Decimal("0.12")
    size = size_for(Decimal(60_000), depth, ratios, Decimal("0.4"))
    left = Decimal(60_000) - size * depth - size * Decimal("0.003")
    needed = size * (1 - depth) * ratios.maintenance
    assert abs(left / needed - Decimal("0.4")) < Decimal("0.0001")
    assert size < largest(Decimal(60_000), ratios) < Decimal(60_000) / ratios.initial


# ---------------------------------------------------------------------- the ledger

DEFICIT = DeficitPaid(7, 100, 10, 20, 30, 25, 15, 1)
BID = DeficitPaid(7, 9, 0, 0, 4, 5, 0, 0)
PAID_SLICE = SliceTaken(7, 9, 300_000, -9, 0, 0)
SLICE = SliceTaken(7, 9, 500_000, 41, 7, 80)


def ledger(*events: Event) -> Ledger:
    found = Ledger()
    found.happenings += [Happening(second, event) for second, event in enumerate(events)]
    return found


def story() -> Ledger:
    """A line is drawn, slices with a fee, a deficit, a bidder who is paid, and a claim repaid."""
    return ledger(
        LineDrawn(5, 6, 50, 50),
        SLICE,
        ShortfallAdded(513, 7, 15, 15),
        PoolLoss(0, 7, 1, 10**18),
        DEFICIT,
        BID,
        PAID_SLICE,
        ClaimRepaid(7, 12, 3),
        Settled(3, 513, 40, 6, 90),
    )


BEFORE = Funds(insurance=1_000, backstop=2_000, bonds=10, lines=100, shortfall=4)
AFTER = Funds(
    insurance=1_000 + 3 - 34 + 12, backstop=2_000 + 4 - 30 + 3, bonds=0, lines=30, shortfall=13
)


def test_ledger_adds_up_what_each_step_has_paid() -> None:
    found = story()
    assert found.paid(to_bidders=False) == Steps(10, 20, 30, 25, 15, 1)
    assert found.paid(to_bidders=True) == Steps(insurance=4, backstop=5)
    assert found.paid(5, to_bidders=False) == Steps()
    assert found.paid(7, to_bidders=False).total == 101
    assert found.fees == (3, 4)
    assert [*found.of(SliceTaken, 7)] == [SLICE, PAID_SLICE]
    assert [*found.of(SliceTaken, 5)] == []


def test_ledger_check_passes_what_the_events_tell() -> None:
    story().check(BEFORE, AFTER)
    story().check_claims({7: 5}, {7: 5 + 64 - 15, 3: 0})


@pytest.mark.parametrize("name", ["insurance", "backstop", "bonds", "lines", "shortfall"])
def test_ledger_check_finds_an_atom_that_no_event_tells_of(name: str) -> None:
    wrong = Funds(**{**vars(AFTER), name: getattr(AFTER, name) + 1})
    with pytest.raises(LedgerError, match="funds have changed"):
        story().check(BEFORE, wrong)


def test_ledger_check_finds_a_claim_that_is_too_small() -> None:
    with pytest.raises(LedgerError, match="account 7 owes"):
        story().check_claims({}, {7: 48})


def test_ledger_check_finds_a_shortfall_that_no_deficit_tells_of() -> None:
    found = story()
    found.happenings.append(Happening(9, ShortfallAdded(513, 7, 1, 16)))
    with pytest.raises(LedgerError, match="were added to shortfalls"):
        found.check(BEFORE, AFTER)


def test_ledger_check_finds_a_deficit_that_was_not_paid() -> None:
    short = DeficitPaid(7, 100, 10, 0, 0, 0, 0, 0)
    with pytest.raises(LedgerError, match="10 paid of 100"):
        ledger(short).check(BEFORE, Funds(1_000, 2_000, 0, 100, 4))


def test_sold_ppm_slices_are_parts_of_what_is_left() -> None:
    halves = [SliceTaken(7, 9, 500_000, 0, 0, 0)] * 2
    assert sold_ppm(halves) == 750_000
    assert sold_ppm([]) == 0


# ---------------------------------------------------------------------- telling


def told(*events: Event) -> list[Line]:
    found = ledger(*events)
    names = {5: "saved", 7: "late", 9: "buyer"}
    return Teller(names, PERP).lines(found.happenings, found.payments())


def test_teller_says_what_happened_to_whom() -> None:
    texts = [
        (one.name, one.text)
        for one in told(
            Flagged(7, -5 * DOLLAR, 27 * DOLLAR, 10),
            SliceTaken(7, 9, 206_500, 41_250_000, 7 * DOLLAR, 80 * DOLLAR),
            FlagCleared(7, 80 * DOLLAR, 79 * DOLLAR),
            FlagCleared(7, 0, 0),
            StepExecuted(5, 0, 757_291, 0, 44_500_000),
            LineDrawn(5, 6, 50 * DOLLAR, 70 * DOLLAR),
            LineRepaid(5, 6, 30 * DOLLAR, 40 * DOLLAR),
            ClaimRepaid(7, 2 * DOLLAR, 3 * DOLLAR),
            PoolLoss(0, 7, 1_500, 10**18),
            Settled(5, 513, 1, 0, 1),
        )
    ]
    assert texts == [
        ("late", "flagged: equity -5.00 of 27.00 needed"),
        ("late", "slice of 20.6 % to buyer for 41.25, fee 7.00 of it; equity 80.00"),
        ("late", "flag cleared: equity 80.00 of 79.00 to end it"),
        ("late", "flag cleared: nothing is left to sell"),
        ("saved", "plan: 75.7291 WETH-PERP sold, tip 44.50"),
        ("saved", "line: 50.00 drawn, 70.00 in all"),
        ("saved", "line: 30.00 repaid, 40.00 left"),
        ("late", "5.00 repaid to funds"),
        ("late", "lenders of asset 0 lose 1,500 atoms"),
    ]


def test_teller_tells_a_deficit_from_what_a_bidder_is_paid() -> None:
    bid = DeficitPaid(7, 90 * DOLLAR, 0, 0, 40 * DOLLAR, 50 * DOLLAR, 0, 0)
    deficit = DeficitPaid(7, 90 * DOLLAR, 20 * DOLLAR, 0, 0, 0, 70 * DOLLAR, 0)
    taken = SliceTaken(7, 9, 300_000, -90 * DOLLAR, 0, 0)
    lines = [one.text for one in told(deficit, bid, taken)]
    assert lines == [
        "deficit of 90.00: bond 20.00, shortfall of perps 70.00",
        "buyer to be paid 90.00: insurance fund 40.00, backstop 50.00",
        "slice of 30.0 % to buyer, who is paid 90.00",
    ]


def test_teller_leaves_out_what_is_next_to_nothing() -> None:
    assert told(DeficitPaid(7, 9_999_999, 9_999_999, 0, 0, 0, 0, 0)) == []
    assert len(told(DeficitPaid(7, 10_000_000, 10_000_000, 0, 0, 0, 0, 0))) == 1


def test_line_says_when_to_whom_and_what() -> None:
    assert str(Line(620, "latecomer", "gone")) == f" 10:20 min  {'latecomer':<20}  gone"
    assert steps_text(Steps()) == "nobody"
