"""Whole replays: on hand-made candles, and on an hour of a real crash where the data is there."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from tests.crash.setting import falling, long_of, scene_of, tape
from tests.replay.data import FOLDER, needs_data
from worldmarkets.crash import checks, closing, document, picture, report
from worldmarkets.crash.catalogue import SOURCES, read_source
from worldmarkets.crash.compare import Rivals
from worldmarkets.crash.replay import Replay
from worldmarkets.crash.results import load, load_all, save
from worldmarkets.crash.run import Choice, Ran, run
from worldmarkets.crash.sample import SampleResult
from worldmarkets.crash.scene import Scene
from worldmarkets.marketdata.tables import UnreadableFileError
from worldmarkets.model import slots
from worldmarkets.model.words import LedgerWord

SMALL = Choice("standard", accounts=60, seed=3)


@pytest.fixture(scope="module")
def ran() -> Ran:
    """A fall of a fifth within ten minutes."""
    return run(falling(10, 2), SMALL)


def test_a_replay_finds_no_fault(ran: Ran) -> None:
    assert ran.result.faults == []


def test_a_fall_liquidates_some_and_leaves_most_alone(ran: Ran) -> None:
    health = ran.result.health
    assert 5 < health.unhealthy < 40
    assert health.healthy + health.unhealthy == 60
    assert ran.result.slices >= ran.result.sliced > 0
    assert health.flagged >= ran.result.sliced


def test_losses_are_paid_to_the_atom(ran: Ran) -> None:
    losses = ran.result.losses
    assert losses.recognised >= losses.bankrupt > 0
    # Each of a deficit's parts, of a perp and two assets, is rounded up by an atom.
    assert 0 < losses.deficits.total - losses.deficits.wanted <= 3 * losses.recognised


def test_no_healthy_account_is_closed_by_force_here(ran: Ran) -> None:
    assert ran.result.here.forced_accounts == ran.result.here.forced == 0
    titles = [one.title for one in ran.result.rivals]
    assert titles == ["whole, ideal", "ADL, ideal", "whole, books", "ADL, books"]
    assert all(one.measures.closed > ran.result.here.closed for one in ran.result.rivals)


def test_promises_of_plans_are_kept(ran: Ran) -> None:
    plans = ran.result.plans
    assert plans.fired > 0
    assert plans.kept == plans.reached
    assert plans.flagged == plans.saved + plans.gapped + plans.thin + plans.used


def test_samples_follow_every_minute(ran: Ran) -> None:
    assert len(ran.samples) == len(ran.tape.minutes) + 1
    assert ran.samples[-1].flagged == ran.result.health.still_flagged
    assert [one.seconds for one in ran.samples[:3]] == [60, 120, 180]
    assert any(one.missing for one in ran.samples)


def test_a_replay_is_the_same_twice(ran: Ran) -> None:
    assert run(falling(10, 2), SMALL).result == ran.result


def test_a_result_is_kept_as_json(ran: Ran, tmp_path: Path) -> None:
    save(ran.result, tmp_path / "new" / "x.json")
    fields = json.loads((tmp_path / "new" / "x.json").read_text(encoding="utf-8"))
    assert fields["setting"]["accounts"] == 60
    assert fields["losses"]["deficits"]["wanted"] == ran.result.losses.deficits.wanted


def test_a_picture_is_the_same_twice(ran: Ran, tmp_path: Path) -> None:
    for name in ("a", "b"):
        picture.draw(tmp_path / name / "x.svg", "title", ran.tape, ran.samples)
    first, second = ((tmp_path / name / "x.svg").read_bytes() for name in ("a", "b"))
    assert first == second
    assert b"insurance fund" in first


def test_a_report_tells_faults(ran: Ran) -> None:
    for result, wanted in (
        (ran.result, "every invariant holds"),
        (replace(ran.result, faults=["something"]), "FAULT something"),
    ):
        console = Console(record=True, width=160)
        report.show(result, console)
        text = console.export_text()
        assert wanted in text
        assert "healthy accounts closed by force" in text


def test_a_result_is_read_as_it_was_kept(ran: Ran, tmp_path: Path) -> None:
    other = replace(ran.result, setting=replace(ran.result.setting, crash="a", risk_set="other"))
    with_sample = replace(ran.result, sample=SampleResult(1, 2, 3, 4, 5, 6, 7), straddle=None)
    for name, result in (("a-other-x", other), ("b-standard-x", with_sample)):
        save(result, tmp_path / f"{name}.json")
    assert load_all(tmp_path, "standard") == [with_sample]
    assert load_all(tmp_path, "other") == [other]


def test_a_result_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text("{}", encoding="utf-8")
    with pytest.raises(UnreadableFileError):
        load(tmp_path / "x.json")
    with pytest.raises(UnreadableFileError):
        load(tmp_path / "missing.json")


def test_documents_have_a_row_for_each_crash(ran: Ran) -> None:
    results = [ran.result, ran.result]
    for table, rows in (
        (document.results_table(results), 2),
        (document.plans_table(results), 2),
        (document.compared_table(results), 8),
    ):
        lines = table.splitlines()
        assert len(lines) == 2 + rows
        assert len({line.count("|") for line in lines}) == 1


@pytest.mark.parametrize(
    ("atoms", "text"),
    [
        (499_999, "0"),
        (-500_000, "−1"),  # noqa: RUF001 - a minus for people
        (999_000_000, "999"),
        (1_499_000_000, "1 k"),
        (999_499_000_000, "999 k"),
        (999_500_000_000, "1.0 m"),
        (341_849_000_000_000, "341.8 m"),
        (341_850_000_000_000, "341.9 m"),
    ],
)
def test_plain_dollars_are_rounded_to_the_nearest(atoms: int, text: str) -> None:
    assert document.plain(atoms) == text


@pytest.mark.parametrize(
    ("atoms", "text"),
    [(0, "$0"), (999_999, "$0"), (-5_500_000, "-$5"), (1_250_000_000, "$1.2k"), (10**15, "$1.0bn")],
)
def test_dollars_are_rounded_down(atoms: int, text: str) -> None:
    assert report.dollars(atoms) == text


# ---------------------------------------------------------------------- what must be a fault


@pytest.fixture
def scene() -> Scene:
    return scene_of(tape([(10_000, 10_000, 9_990, 9_990)] * 2), long_of(5), long_of(3))


def test_a_changed_word_of_a_healthy_account_is_a_fault(scene: Scene) -> None:
    before = checks.read_before(scene)
    replay = Replay(scene)
    replay.run()
    assert checks.untouched(scene, before, replay.healths.ever) == []
    state, one = scene.desk.state, scene.portfolios[0].account_id
    word = state.load(LedgerWord, slots.ledger(one, 0))
    state.store(slots.ledger(one, 0), replace(word, balance=word.balance - 1))
    (fault,) = checks.untouched(scene, before, set())
    assert fault.startswith(f"R12: account {one}")
    assert checks.untouched(scene, before, {one}) == []
    assert any("SOLV-1" in text for text in checks.invariants(scene))


def test_a_fund_that_does_not_add_up_is_a_fault(scene: Scene) -> None:
    before = checks.read_before(scene)
    assert checks.funds_add_up(scene, before) == []
    scene.payments.fees += 1
    (fault,) = checks.funds_add_up(scene, before)
    assert "backstop" in fault


def test_a_shortfall_that_does_not_add_up_is_a_fault(scene: Scene) -> None:
    assert checks.shortfalls_add_up(scene) == []
    scene.payments.shortfalls[513] = 1
    assert len(checks.shortfalls_add_up(scene)) == 1


def test_settling_pays_winners_out_of_losers(scene: Scene) -> None:
    Replay(scene).run()
    assert scene.payments.drawn == 0
    closing.settle(scene)
    assert scene.payments.drawn > 0
    assert checks.invariants(scene) == []


def test_rivals_begin_with_what_portfolios_have(scene: Scene) -> None:
    rivals = Rivals(scene)
    replay = Replay(scene)
    replay.run()
    for one in rivals.run(replay.steps):
        assert one.measures.accounts == 0
        assert one.measures.deficits == 0


# ---------------------------------------------------------------------- real prices


@needs_data
def test_the_worst_minutes_of_10_october_2025_pass() -> None:
    tape_of_day = read_source(SOURCES[-1], FOLDER, 55)
    ran = run(tape_of_day, Choice("standard", accounts=200, seed=7))
    assert ran.result.faults == []
    assert ran.result.losses.bankrupt > 0
    assert ran.result.losses.deficits.insurance > 0
    assert ran.result.here.forced_accounts == 0


@needs_data
@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_every_crash_beside_the_project_can_be_read(source: object) -> None:
    found = read_source(source, FOLDER, 30)  # type: ignore[arg-type]
    assert len(found.minutes) == 30
    assert all(candle.low > 0 for minute in found.minutes for candle in minute.candles)
