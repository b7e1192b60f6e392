"""What the stress act of a short demonstration leaves."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

import pytest
from rich.console import Console

from tests.demo.finished import Finished, recording
from worldmarkets.audit.report import AuditReport
from worldmarkets.client.liquidationlens_views import Protection, Standing
from worldmarkets.client.raw import RawClient
from worldmarkets.demo.conclude import print_audit
from worldmarkets.demo.source import Source
from worldmarkets.demo.stress import StressAct, StressError, crash_after
from worldmarkets.demo.stresscast import (
    BACKSTOP_DOLLARS,
    BIDDER,
    BOND_DOLLARS,
    INSURANCE_DOLLARS,
    LATECOMER,
    LINE_DOLLARS,
    PLANNER,
    SAVED,
    SLICED,
    STANDBY,
)
from worldmarkets.demo.stresspath import Crash, made_up_crash
from worldmarkets.demo.stresstables import outcome, play_stress
from worldmarkets.model import slots
from worldmarkets.model.events import Event, Transferred
from worldmarkets.model.liquidation_events import (
    DeficitPaid,
    FlagCleared,
    Flagged,
    LineDrawn,
    LineRepaid,
    SliceTaken,
    StepExecuted,
)
from worldmarkets.model.perp_words import PositionWord

pytestmark = pytest.mark.node

DOLLAR = 10**6
EVENTS = (DeficitPaid, FlagCleared, Flagged, LineDrawn, LineRepaid, SliceTaken, StepExecuted)


@dataclass
class Stressed:
    """A stress act that has been played after a short demonstration."""

    act: StressAct
    printed: str
    report: AuditReport
    first_block: int
    drawn: list[Standing]
    """Where somebody stood after each block in which a line was drawn for him."""

    @property
    def client(self) -> RawClient:
        return self.act.session.stage.operator

    def account(self, name: str) -> int:
        return self.act.cast.account(name).account_id

    def before(self, name: str) -> Standing:
        return self.act.before[self.account(name)]

    def after(self, name: str) -> Standing:
        return self.act.after[self.account(name)]

    def of(self, kind: type[Event], name: str) -> list[Event]:
        return [*self.act.ledger.of(kind, self.account(name))]

    def protection(self, name: str) -> Protection:
        return self.client.liquidation_lens.protection(self.account(name))

    def lots(self, name: str) -> int:
        """What somebody has of the perp that most of them hold."""
        asset = self.act.calm.perp.base_asset_id
        (word,) = self.client.read_words([slots.position(self.account(name), asset)])
        return PositionWord.unpack(word).size

    def opened(self, name: str) -> int:
        """What he bought of it in all."""
        market = self.act.calm.perp.market_id
        return self.act.session.inventory[self.account(name), market]


@pytest.fixture(scope="module")
def stressed(finished: Finished) -> Stressed:
    console: Console = recording()
    act = WatchedAct(finished.source, made_up_crash())
    first = act.session.block
    play_stress(console, act)
    report = print_audit(console, act.session)
    return Stressed(act, console.export_text(), report, first, act.drawn)


class WatchedAct(StressAct):
    """Looks at who has a line after every block in which it was drawn: nodes forget old blocks."""

    def __init__(self, source: Source, crash: Crash) -> None:
        super().__init__(source, crash)
        self.drawn: list[Standing] = []

    def play(self) -> Iterator[None]:
        told = 0
        for _ in super().play():
            draws = [*self.ledger.of(LineDrawn)]
            for one in draws[told:]:
                lens = self.session.stage.operator.liquidation_lens
                self.drawn.append(lens.standing(one.account_id))
            told = len(draws)
            yield


# ---------------------------------------------------------------------- who is saved


def test_stress_plan_acts_in_time_for_a_tip_of_who_executes_it(stressed: Stressed) -> None:
    (step,) = stressed.of(StepExecuted, PLANNER)
    assert isinstance(step, StepExecuted)
    transfers = [
        one.event
        for one in stressed.client.events(Transferred, from_block=stressed.first_block)
        if isinstance(one.event, Transferred)
    ]
    (tip,) = (one for one in transfers if one.from_account_id == stressed.account(PLANNER))
    assert (tip.to_account_id, tip.atoms) == (stressed.account(BIDDER), step.tip_atoms)
    notional = stressed.before(PLANNER).gross_atoms // 2
    assert 0 < step.tip_atoms <= 200 * notional // 10**6
    assert stressed.lots(PLANNER) == stressed.opened(PLANNER) > 0
    assert 0 <= stressed.lots(PLANNER) - step.done <= 1
    assert stressed.of(Flagged, PLANNER) == []
    assert stressed.after(PLANNER).is_healthy
    assert outcome(stressed.act, stressed.account(PLANNER)) == "its plan has acted; never flagged"


def test_stress_planner_would_have_been_below_maintenance_without_his_plan(
    stressed: Stressed,
) -> None:
    before, depth = stressed.before(PLANNER), stressed.act.crash.depth
    lost = before.gross_atoms * depth
    assert before.equity_atoms - lost < before.maintenance_atoms * (1 - depth)
    assert before.equity_atoms - lost > 0


def test_stress_line_is_drawn_to_where_liquidations_end_and_repaid(stressed: Stressed) -> None:
    draws = stressed.of(LineDrawn, SAVED)
    assert len(draws) >= 2
    assert [one.to_end_atoms for one in stressed.drawn] == [0] * len(draws)
    drawn = sum(one.atoms for one in draws if isinstance(one, LineDrawn))
    repaid = [one for one in stressed.of(LineRepaid, SAVED) if isinstance(one, LineRepaid)]
    assert sum(one.atoms for one in repaid) == drawn > 10_000 * DOLLAR
    assert repaid[-1].drawn_atoms == stressed.after(SAVED).drawn_atoms == 0
    (line,) = stressed.protection(SAVED).lines
    assert line.lender_account_id == stressed.account(STANDBY)
    assert line.locked_atoms == LINE_DOLLARS * DOLLAR - drawn
    assert stressed.of(Flagged, SAVED) == []


def test_stress_who_has_a_line_lowers_his_position_when_it_is_over(stressed: Stressed) -> None:
    kept = stressed.lots(SAVED)
    assert kept == stressed.opened(SAVED)
    before, after = stressed.before(SAVED), stressed.after(SAVED)
    assert 0 < after.gross_atoms < before.gross_atoms // 3


# ---------------------------------------------------------------------- who is sold


def test_stress_slices_are_sold_until_the_account_is_restored(stressed: Stressed) -> None:
    slices = [one for one in stressed.of(SliceTaken, SLICED) if isinstance(one, SliceTaken)]
    assert len(slices) >= 3
    assert {one.bidder_account_id for one in slices} == {stressed.account(BIDDER)}
    assert all(100_000 <= one.fraction_ppm < 500_000 for one in slices)
    (cleared,) = stressed.of(FlagCleared, SLICED)
    assert isinstance(cleared, FlagCleared)
    assert cleared.equity_atoms >= cleared.end_atoms > 0
    after = stressed.after(SLICED)
    assert not after.is_flagged
    assert after.is_healthy
    assert after.is_live
    assert after.claim_atoms == 0
    assert 0 < stressed.lots(SLICED) < stressed.opened(SLICED)
    assert outcome(stressed.act, stressed.account(SLICED)).endswith("% sold; restored")


def test_stress_slices_cost_less_than_their_equity_and_fees_are_half_a_percent(
    stressed: Stressed,
) -> None:
    for event in stressed.of(SliceTaken, SLICED):
        assert isinstance(event, SliceTaken)
        # What is left is what was there, less the slice, with what was paid for it.
        before = (event.equity_atoms - event.paid_atoms + event.fee_atoms) * 10**6
        worth = before * event.fraction_ppm // ((10**6 - event.fraction_ppm) * 10**6)
        assert Decimal("0.9") * worth < event.paid_atoms < Decimal("0.981") * worth
        gross = event.fee_atoms * 200
        assert 50_000 * DOLLAR < gross < 250_000 * DOLLAR


def test_stress_bidder_gets_out_of_what_he_takes_and_gains(stressed: Stressed) -> None:
    before, after = stressed.before(BIDDER), stressed.after(BIDDER)
    assert after.equity_atoms > before.equity_atoms
    assert after.gross_atoms < 100 * DOLLAR
    assert stressed.lots(BIDDER) == 0


# ---------------------------------------------------------------------- who is bankrupt


def test_stress_gap_takes_more_than_the_latecomer_has_and_the_waterfall_pays(
    stressed: Stressed,
) -> None:
    deficits = [one for one in stressed.of(DeficitPaid, LATECOMER) if isinstance(one, DeficitPaid)]
    first = deficits[0]
    assert first.bond_atoms == BOND_DOLLARS * DOLLAR
    assert first.line_atoms == first.loss_atoms == 0
    # Half of the insurance fund and a fifth of the backstop, with what slices of others have paid.
    insurance, backstop = INSURANCE_DOLLARS * DOLLAR // 2, BACKSTOP_DOLLARS * DOLLAR // 5
    assert insurance < first.insurance_atoms < insurance * 5 // 4
    assert backstop < first.backstop_atoms < backstop * 5 // 4
    assert first.shortfall_atoms > 1_000 * DOLLAR
    (flagged,) = stressed.of(Flagged, LATECOMER)
    assert isinstance(flagged, Flagged)
    # The bond is no part of his equity.
    assert first.deficit_atoms == -flagged.equity_atoms > 0


def test_stress_latecomer_owes_the_funds_what_they_have_paid(stressed: Stressed) -> None:
    deficits = [one for one in stressed.of(DeficitPaid, LATECOMER) if isinstance(one, DeficitPaid)]
    protection = stressed.protection(LATECOMER)
    assert protection.bond_atoms == 0
    assert protection.insurance_claim_atoms == sum(one.insurance_atoms for one in deficits)
    assert protection.backstop_claim_atoms == sum(one.backstop_atoms for one in deficits)
    after = stressed.after(LATECOMER)
    owed = protection.insurance_claim_atoms + protection.backstop_claim_atoms
    assert after.claim_atoms == owed > 7_000 * DOLLAR
    assert not after.is_live
    assert not after.is_flagged
    assert f"owes funds {Decimal(owed).scaleb(-6):,.2f}" in stressed.printed


def test_stress_funds_have_changed_by_what_the_events_tell(stressed: Stressed) -> None:
    before, after = stressed.act.funds
    paid = stressed.act.ledger.paid(to_bidders=False) + stressed.act.ledger.paid(to_bidders=True)
    fees = sum(one.fee_atoms for one in stressed.act.ledger.of(SliceTaken))
    assert before.insurance == INSURANCE_DOLLARS * DOLLAR
    assert before.backstop == BACKSTOP_DOLLARS * DOLLAR
    assert after.insurance + after.backstop == (
        before.insurance + before.backstop + fees - paid.insurance - paid.backstop
    )
    assert (before.bonds, after.bonds) == (BOND_DOLLARS * DOLLAR, 0)
    assert after.shortfall - before.shortfall == paid.shortfall > 0


# ---------------------------------------------------------------------- who is untouched


def test_stress_hedged_trader_and_lenders_are_untouched(stressed: Stressed) -> None:
    act = stressed.act
    basis = act.scene.cast.basis.account_id
    before, after = act.before[basis], act.after[basis]
    assert before.gross_atoms > 5 * before.equity_atoms
    assert abs(after.equity_atoms - before.equity_atoms) * 100 < before.equity_atoms
    dollars, _ = (one.account_id for one in act.lenders)
    assert act.after[dollars].equity_atoms > act.before[dollars].equity_atoms
    for account_id in (basis, *(one.account_id for one in act.lenders)):
        assert outcome(act, account_id) == "untouched"
        assert not any(True for kind in EVENTS for _ in act.ledger.of(kind, account_id))


def test_stress_invariants_hold_in_the_end(stressed: Stressed) -> None:
    assert [row for row in stressed.report.rows if not row.passes] == []
    assert stressed.report.block == stressed.act.session.block
    assert {"LIQ-2", "LIQ-3"} <= {row.invariant for row in stressed.report.rows}


def test_stress_no_transaction_reverts(stressed: Stressed) -> None:
    counts = stressed.act.session.counts
    assert counts["transactions"] > 500
    assert counts["reverted"] == 0


def test_stress_prints_each_step_of_the_waterfall_and_its_sum(stressed: Stressed) -> None:
    printed = stressed.printed
    paid = stressed.act.ledger.paid(to_bidders=False) + stressed.act.ledger.paid(to_bidders=True)
    for name, atoms in (
        ("bond", paid.bond),
        ("insurance fund", paid.insurance),
        ("backstop", paid.backstop),
        ("shortfall of perps", paid.shortfall),
        ("sum, as of the events", paid.total),
    ):
        (row,) = (line for line in printed.splitlines() if line.startswith(f"{name}  "))
        assert row.split()[-1] == f"{Decimal(atoms).scaleb(-6):,.6f}"
    assert "a made-up crash: down by 12.0 % after 14:00 min; the feed of WBTC is silent" in printed
    assert "to the atom" in printed


def test_stress_act_needs_perps_and_its_cast(
    finished: Finished, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finished.source, "stress", None)
    assert crash_after(finished.source) is None
    with pytest.raises(StressError, match="a cast of its own"):
        StressAct(finished.source, made_up_crash())
