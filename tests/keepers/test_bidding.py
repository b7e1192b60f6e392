"""The liquidator against an exchange that only seems to be there: slices, hedges, plans."""

from dataclasses import replace

import pytest
from eth_abi.abi import encode

from tests.keepers.liquidation_fakes import BIDDER, GWEI, RULES, FakeView, arguments, job_of, told
from tests.keepers.test_liquidating import FOR_SALE, HEALTHY, NOW
from worldmarkets.client.planwords import Planned
from worldmarkets.keepers import LiquidatingRules
from worldmarkets.keepers.bidding import LEG_GAS, SLICE_GAS, STEP_GAS
from worldmarkets.keepers.unwinding import Leg
from worldmarkets.model.errors import BelowInitialMargin, PaidTooMuch
from worldmarkets.model.events import Event
from worldmarkets.model.liquidation_events import PlanSet, StepExecuted
from worldmarkets.model.liquidation_interface import PlanAction, PlanStep, Trigger
from worldmarkets.transactions import Request

# ---------------------------------------------------------------------- slices


def test_look_takes_the_slice_that_brings_most() -> None:
    view = FakeView(FOR_SALE)
    view.known_legs[7] = [Leg(513, 0)]
    cheap = replace(FOR_SALE, price_atoms=100)
    view.known[7] = cheap
    (action,) = job_of(view).look().actions
    assert action.what == "take 60 % of account 7 for 0.000060, profit 0.000240"
    assert arguments(action.request, "takeSlice") == (7, BIDDER, 600_000, 295)
    assert action.is_due()


def test_look_takes_less_where_the_book_is_thin() -> None:
    """The more lots, the more each of them costs."""
    found = replace(FOR_SALE, equity_atoms=10**6, price_atoms=10**6 - 200_000)
    view = FakeView(found)
    view.known_legs[7] = [Leg(513, 40)]
    thin = LiquidatingRules(least_profit_atoms=1)
    (action,) = job_of(view, rules=thin).look().actions
    whole = action.what
    view.known_legs[7] = [Leg(513, 180)]
    (action,) = job_of(view, rules=thin).look().actions
    assert whole.startswith("take 60 %")
    assert action.what.startswith("take 35 %")


def test_look_takes_nothing_that_does_not_pay_its_gas() -> None:
    found = replace(FOR_SALE, price_atoms=100)
    view = FakeView(found)
    # A gas costs a millionth of a dollar: 3 gwei a third of a wei's worth of it.
    view.wei = GWEI
    assert told(view) == []
    gas = SLICE_GAS * GWEI * 3_000 * 10**6 // 10**18
    assert gas == 600_000
    rich = replace(found, equity_atoms=10**7, price_atoms=10**7 - 10 * gas)
    view.known[7] = rich
    (action,) = job_of(view).look().actions
    assert action.what.endswith(f"profit {(6 * gas - gas) / 10**6:.6f}")
    # What it sells costs gas, too.
    view.known_legs[7] = [Leg(513, 10)]
    (action,) = job_of(view).look().actions
    sold = 6 * 30_000 * 10 - 6 * 29_990 * 10 + -(-6 * 29_990 * 10 // 1_000)
    more = LEG_GAS * GWEI * 3_000 * 10**6 // 10**18
    assert action.what.endswith(f"profit {(5 * gas - more - sold) / 10**6:.6f}")
    # A native token of nothing makes it free.
    (action,) = job_of(view, native_atoms=0).look().actions
    assert action.what.endswith(f"profit {(6 * gas - sold) / 10**6:.6f}")


def test_look_takes_a_smaller_slice_where_the_margin_is_too_small() -> None:
    view = FakeView(replace(FOR_SALE, price_atoms=100))

    def answer(request: Request) -> bytes:
        if arguments(request, "takeSlice")[2] > 100_000:
            raise BelowInitialMargin(BIDDER, 1, 2)
        return b""

    view.answer = answer
    (action,) = job_of(view).look().actions
    assert action.what.startswith("take 10 %")


def test_look_leaves_what_others_have_taken() -> None:
    view = FakeView(replace(FOR_SALE, price_atoms=100))
    (action,) = job_of(view).look().actions

    def taken(_request: Request) -> bytes:
        raise PaidTooMuch(1, 0)

    view.answer = taken
    assert not action.is_due()
    assert {"PaidTooMuch", "NotFlagged", "AccountHealthy", "SliceTooSmall"} <= action.harmless
    assert told(view) == []


def test_look_shares_the_capital_among_accounts_the_best_first() -> None:
    """Each requires 540 of a capital of 1,000."""
    first = replace(FOR_SALE, price_atoms=200)
    second = replace(FOR_SALE, account_id=8, price_atoms=100)
    rules = replace(RULES, capital_atoms=1_000)
    (one,) = told(FakeView(first, second), rules=rules)
    assert one.startswith("take 60 % of account 8")
    rules = replace(RULES, capital_atoms=1_080)
    assert [one.split(" for")[0] for one in told(FakeView(first, second), rules=rules)] == [
        "take 60 % of account 8",
        "take 60 % of account 7",
    ]


def test_look_within_the_window_bids_only_where_it_is_chosen() -> None:
    view = FakeView(replace(FOR_SALE, price_atoms=100, window_end=NOW + 1))
    assert told(view) == []
    assert "venues" not in view.asked
    view.chosen = True
    assert len(told(view)) == 1


def test_look_never_bids_for_the_bidder_itself() -> None:
    view = FakeView(replace(FOR_SALE, account_id=BIDDER, price_atoms=100))
    assert told(view) == []


def test_look_sells_what_the_bidder_has_before_it_takes_more() -> None:
    view = FakeView(replace(FOR_SALE, price_atoms=100))
    view.known_legs[BIDDER] = [Leg(513, 40)]
    assert [one.split(" ")[0] for one in told(view)] == ["hedge", "take"]
    assert [one.split(" ")[0] for one in told(view, hedges=False)] == ["take"]


# ---------------------------------------------------------------------- plans

STEP = PlanStep(Trigger.PRICE, True, 3_000, PlanAction.REDUCE, 513, 10, tip_ppm=500)
TIP_GAS = STEP_GAS * GWEI * 3_000 * 10**6 // 10**18


def planning(*steps: Planned, tip: int) -> FakeView:
    view = FakeView(HEALTHY)
    for one in steps:
        view.known_plans.setdefault(one.account_id, []).append(one)
    view.answer = lambda _: encode(["uint256", "uint256"], [10, tip])
    return view


@pytest.mark.parametrize(("tip", "pays"), [(TIP_GAS + 4, False), (TIP_GAS + 5, True)])
def test_look_executes_steps_whose_tip_pays(tip: int, pays: bool) -> None:
    view = planning(Planned(7, 2, STEP, 0), tip=tip)
    view.wei = GWEI
    actions = job_of(view).look().actions
    assert [one.what for one in actions] == ["execute step 2 of the plan of account 7"] * pays
    for one in actions:
        assert arguments(one.request, "executeStep") == (7, 2, 10, BIDDER)
        assert {"TriggerNotMet", "CoolingDown", "FillTooSmall", "NoSuchStep"} <= one.harmless


def test_look_executes_no_step_that_waits_or_reverts_or_is_its_own() -> None:
    above = replace(STEP, threshold=2_999)
    view = planning(Planned(7, 0, above, 0), Planned(7, 1, STEP, NOW + 1), tip=10**9)
    assert told(view) == []
    assert told(planning(Planned(BIDDER, 0, STEP, 0), tip=10**9)) == []
    view = planning(Planned(7, 0, STEP, 0), tip=10**9)
    assert told(view, executes_steps=False) == []
    assert told(view, bidder=None) == []

    def reverting(_request: Request) -> bytes:
        raise BelowInitialMargin(7, 1, 2)

    view.answer = reverting
    assert told(view) == []


def test_look_executes_steps_by_the_health_of_their_account() -> None:
    health = replace(STEP, trigger=Trigger.HEALTH, threshold=16_666)
    assert len(told(planning(Planned(7, 0, health, 0), tip=10**9))) == 1
    lower = replace(health, threshold=16_665)
    assert told(planning(Planned(7, 0, lower, 0), tip=10**9)) == []


@pytest.mark.parametrize("event", [PlanSet(7, ()), StepExecuted(7, 0, 1, 0, 1)])
def test_look_reads_plans_anew_that_have_changed(event: Event) -> None:
    view = planning(tip=10**9)
    job = job_of(view)
    assert job.look().actions == ()
    view.known_plans[7] = [Planned(7, 0, STEP, 0)]
    assert job.look().actions == ()
    view.logged = [event]
    assert len(job.look().actions) == 1
    assert ("plans", [7]) in view.asked
    del view.known_plans[7]
    assert job.look().actions == ()
