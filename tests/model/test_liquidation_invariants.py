"""LIQ-1 to LIQ-3, and what must make each of them fail."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.model.liquidation import (
    DOLLAR,
    LENDER,
    TRADER,
    Scene,
    fill_insurance,
    fund,
    give,
    leveraged,
    make_backstop,
)
from tests.model.perps import (
    PERP_MARKET,
    accounts_of,
    assert_sound,
    change,
    jump,
    perp_order,
    reader_of,
)
from worldmarkets.model import Side, slots
from worldmarkets.model.events import Event
from worldmarkets.model.liquidation import protection
from worldmarkets.model.liquidation.invariants import check_liquidation, known_lines
from worldmarkets.model.liquidation.slice_invariants import check_slice
from worldmarkets.model.liquidation.waterfall_invariants import (
    check_amounts,
    check_order,
    payments_of,
)
from worldmarkets.model.liquidation_events import (
    DeficitPaid,
    PoolLoss,
    ShortfallAdded,
    SliceTaken,
)
from worldmarkets.model.liquidation_words import (
    AuctionWord,
    FundWord,
    LinesWord,
    LineWord,
    LiquidationWord,
    ProtectionWord,
)
from worldmarkets.model.perp_words import PositionWord
from worldmarkets.model.state import State
from worldmarkets.model.words import AccountWord, LedgerWord

FOREVER = 2**32 - 1


def copy_of(scene: Scene) -> State:
    state = State(dict(scene.exchange.state.words))
    state.time = scene.exchange.time
    return state


# ---------------------------------------------------------------------- LIQ-1


def sliced() -> tuple[State, Scene, SliceTaken]:
    """The words before a slice of a fifth, and what came of it."""
    scene = leveraged()
    scene.flag(1_870)
    scene.open_auction(50)
    before = copy_of(scene)
    scene.take(200_000)
    (taken, *_) = scene.exchange.events
    assert isinstance(taken, SliceTaken)
    return before, scene, taken


def test_check_slice_of_a_slice_finds_nothing() -> None:
    before, scene, taken = sliced()
    assert check_slice(before, scene.exchange.state, taken) == []


@pytest.mark.parametrize("lots", [-1, 2])
def test_check_slice_lots_more_or_less_are_found(lots: int) -> None:
    """One lot may be rounded away; a second one may not, nor any beyond the slice."""
    before, scene, taken = sliced()
    size = 8_000 + lots
    change(scene.exchange, PositionWord, slots.position(scene.trader, 1), size=size)
    found = check_slice(before, scene.exchange.state, taken)
    if lots == -1:
        # As much as rounding may.
        assert found == []
        change(scene.exchange, PositionWord, slots.position(scene.trader, 1), size=size - 1)
        found = check_slice(before, scene.exchange.state, taken)
    assert {finding.invariant for finding in found} == {"LIQ-1"}


def test_check_slice_of_another_fraction_is_found() -> None:
    before, scene, taken = sliced()
    found = check_slice(before, scene.exchange.state, replace(taken, fraction_ppm=210_000))
    assert {finding.invariant for finding in found} == {"LIQ-1"}


def test_check_slice_equity_that_covers_less_is_found() -> None:
    before, scene, taken = sliced()
    cash = scene.ledger(scene.trader)
    slot = slots.ledger(scene.trader, 0)
    # What was paid came on top of what the rest had: without it and a dollar more it has less.
    lost = taken.paid_atoms - taken.fee_atoms + DOLLAR
    scene.exchange.state.store(slot, replace(cash, balance=cash.balance - lost))
    found = check_slice(before, scene.exchange.state, taken)
    assert [finding.invariant for finding in found] == ["LIQ-1"] * 3
    assert "equity" in found[0].text


def test_check_slice_after_a_deficit_looks_at_nothing() -> None:
    scene = leveraged()
    fill_insurance(scene.exchange, 10_000)
    scene.flag(1_801)
    scene.open_auction()
    jump(scene.exchange, 1_750)
    before = copy_of(scene)
    taken = SliceTaken(scene.trader, scene.bidder, 10**6, 0, 0, 0)
    assert check_slice(before, scene.exchange.state, taken) == []


# ---------------------------------------------------------------------- LIQ-2: amounts

PAID = DeficitPaid(3, 100, 10, 20, 30, 15, 20, 6)


def findings_of(*events: Event) -> list[str]:
    return [finding.invariant for finding in check_amounts(events)]


def test_check_amounts_that_add_up_finds_nothing() -> None:
    assert findings_of(PAID) == []
    assert findings_of(replace(PAID, loss_atoms=5)) == []
    assert findings_of(replace(PAID, loss_atoms=5 + 32)) == []
    assert findings_of() == []


@pytest.mark.parametrize("change_by", [-2, 32])
def test_check_amounts_that_do_not_add_up_are_found(change_by: int) -> None:
    for name in ("bond_atoms", "line_atoms", "insurance_atoms", "backstop_atoms", "loss_atoms"):
        wrong = replace(PAID, **{name: getattr(PAID, name) + change_by})
        assert findings_of(wrong) == ["LIQ-2"]


def test_check_amounts_bidder_gets_no_more_than_he_is_to_and_may_get_less() -> None:
    paid = replace(PAID, deficit_atoms=101)
    taken = SliceTaken(3, 5, 10**6, -101, 0, 7)
    assert findings_of(paid, taken) == []
    assert findings_of(replace(paid, deficit_atoms=102), taken) == []
    assert findings_of(replace(paid, deficit_atoms=102)) == ["LIQ-2"]
    assert findings_of(replace(paid, deficit_atoms=100), taken) == ["LIQ-2"]
    # Of another slice it is a deficit.
    other = replace(taken, paid_atoms=50)
    assert findings_of(replace(paid, deficit_atoms=102), other) == ["LIQ-2"]


def test_payments_have_what_was_left_unpaid_before_them() -> None:
    events = [
        ShortfallAdded(513, 3, 7, 7),
        PoolLoss(1, 3, 9, 10**18),
        PAID,
        ShortfallAdded(514, 3, 8, 8),
        replace(PAID, deficit_atoms=8),
    ]
    first, second = payments_of(events)
    assert (first.unpaid, second.unpaid) == ({513: 7, 1: 9}, {514: 8})
    assert not first.to_bidder


# ---------------------------------------------------------------------- LIQ-2: order


def recognised() -> tuple[State, Scene, DeficitPaid]:
    """A deficit that bond, line, both funds and the shortfall have paid; and the words before."""
    scene = leveraged()
    give(scene.exchange, scene.trader, 20)
    scene.exchange.lock_bond(TRADER, scene.trader, 20 * DOLLAR)
    lender = fund(scene.exchange, LENDER, 1_000)
    line = (lender, scene.trader, 30 * DOLLAR, 0, FOREVER)
    scene.exchange.offer_line(LENDER, *line)
    scene.exchange.accept_line(TRADER, scene.trader, lender, 0)
    fill_insurance(scene.exchange, 500)
    make_backstop(scene.exchange, 500)
    jump(scene.exchange, 1_850)
    jump(scene.exchange, 1_750)
    before = copy_of(scene)
    scene.exchange.flag_account(scene.trader)
    (paid,) = scene.deficits()
    return before, scene, paid


def order_of(before: State, scene: Scene, events: list[Event] | None = None) -> list[str]:
    told = scene.exchange.events if events is None else events
    found = check_order(before, scene.exchange.state, told)
    return [finding.text for finding in found]


def test_check_order_of_a_deficit_that_all_pay_finds_nothing() -> None:
    before, scene, paid = recognised()
    assert 0 < paid.shortfall_atoms < paid.deficit_atoms
    assert min(paid.bond_atoms, paid.line_atoms, paid.insurance_atoms, paid.backstop_atoms) > 0
    assert order_of(before, scene) == []


@pytest.mark.parametrize(
    ("name", "found"),
    [("bond_atoms", "of a bond of"), ("line_atoms", "of lines taken")],
)
def test_check_order_bond_or_line_left_untouched_is_found(name: str, found: str) -> None:
    before, scene, paid = recognised()
    less = replace(paid, **{name: getattr(paid, name) - 1})
    events = [less if event == paid else event for event in scene.exchange.events]
    assert any(found in text for text in order_of(before, scene, events))


@pytest.mark.parametrize("fund_name", ["insurance", "backstop"])
def test_check_order_fund_that_paid_less_than_it_could_is_found(fund_name: str) -> None:
    before, scene, paid = recognised()
    slot = slots.fund(PERP_MARKET)
    used = getattr(scene.used(PERP_MARKET), fund_name)
    change(scene.exchange, FundWord, slot, **{fund_name: used - 10})
    atoms = {f"{fund_name}_atoms": getattr(paid, f"{fund_name}_atoms") - 10}
    events = [
        replace(event, **atoms) if event == paid else event for event in scene.exchange.events
    ]
    texts = order_of(before, scene, events)
    assert len(texts) == 1
    assert f"the {fund_name}" in texts[0]


def test_check_order_fund_that_paid_more_than_its_cap_is_found() -> None:
    before, scene, paid = recognised()
    slot = slots.fund(PERP_MARKET)
    used = scene.used(PERP_MARKET).backstop
    change(scene.exchange, FundWord, slot, backstop=used + 1)
    events = [
        replace(event, backstop_atoms=paid.backstop_atoms + 1) if event == paid else event
        for event in scene.exchange.events
    ]
    assert any("the funds paid" in text for text in order_of(before, scene, events))


def test_check_order_funds_that_paid_something_else_than_told_are_found() -> None:
    before, scene, _ = recognised()
    change(scene.exchange, FundWord, slots.fund(PERP_MARKET), insurance=5)
    assert any("told were" in text for text in order_of(before, scene))


# ---------------------------------------------------------------------- LIQ-3


def protected() -> tuple[Scene, int, int]:
    """A flagged trader with a dead order, a bond, an active line and an offer; two lenders."""
    scene = leveraged()
    give(scene.exchange, scene.trader, 20)
    scene.exchange.lock_bond(TRADER, scene.trader, 20 * DOLLAR)
    scene.exchange.place(TRADER, scene.trader, perp_order(Side.ASK, 20_500, 5))
    lenders = [fund(scene.exchange, LENDER, 1_000) for _ in range(2)]
    for lender in lenders:
        line = (lender, scene.trader, 30 * DOLLAR, 5, FOREVER)
        scene.exchange.offer_line(LENDER, *line)
    scene.exchange.accept_line(TRADER, scene.trader, lenders[0], 5)
    jump(scene.exchange, 1_880)
    jump(scene.exchange, 1_855)
    scene.exchange.flag_account(scene.trader)
    assert_sound(scene.exchange)
    return scene, lenders[0], lenders[1]


def faults(scene: Scene) -> list[str]:
    reader, accounts = reader_of(scene.exchange), accounts_of(scene.exchange)
    found = check_liquidation(reader, accounts, known_lines(scene.exchange.state))
    assert {finding.invariant for finding in found} <= {"LIQ-3"}
    return [str(finding) for finding in found]


Fault = Callable[[Scene, int, int], None]


def account_bits(**bits: int) -> Fault:
    return lambda scene, _, __: protection.mark(scene.exchange.state, scene.trader, **bits)


def line_bits(which: int, **bits: int) -> Fault:
    def fault(scene: Scene, active: int, offered: int) -> None:
        slot = slots.line(scene.trader, (active, offered)[which])
        change(scene.exchange, LineWord, slot, **bits)

    return fault


def word_bits(kind: type, slot_of: Callable[[Scene], int], **bits: int) -> Fault:
    return lambda scene, _, __: change(scene.exchange, kind, slot_of(scene), **bits)


def of_trader(slot_of: Callable[[int], int]) -> Callable[[Scene], int]:
    return lambda scene: slot_of(scene.trader)


@pytest.mark.parametrize(
    "fault",
    [
        account_bits(live=1),
        account_bits(flagged=0),
        account_bits(owes=1),
        account_bits(protected=0),
        word_bits(AuctionWord, of_trader(slots.auction), in_deficit=1),
        word_bits(ProtectionWord, of_trader(slots.protection), bond=1),
        word_bits(ProtectionWord, of_trader(slots.protection), insurance_claim=1),
        word_bits(LinesWord, of_trader(slots.lines), drawn=1),
        word_bits(LinesWord, of_trader(slots.lines), first=0),
        word_bits(LinesWord, of_trader(slots.lines), third=7),
        word_bits(LiquidationWord, lambda _: slots.liquidation(), flagged=2),
        word_bits(LiquidationWord, lambda _: slots.liquidation(), in_deficit=1),
        word_bits(LiquidationWord, lambda _: slots.liquidation(), bonds=0),
        word_bits(LiquidationWord, lambda _: slots.liquidation(), lines=0),
        word_bits(PositionWord, lambda scene: slots.position(scene.trader, 1), frozen=0),
        line_bits(0, locked=0),
        line_bits(0, state=0),
        line_bits(0, state=1),
        line_bits(0, drawn=1),
        line_bits(1, state=2),
        line_bits(1, state=0),
        line_bits(1, locked=0),
    ],
)
def test_check_liquidation_each_fault_is_found(fault: Fault) -> None:
    scene, active, offered = protected()
    assert faults(scene) == []
    fault(scene, active, offered)
    assert faults(scene)


def test_check_liquidation_lender_listed_twice_is_found() -> None:
    scene, active, _ = protected()
    change(scene.exchange, LinesWord, slots.lines(scene.trader), second=active)
    assert faults(scene)


def test_check_liquidation_dead_orders_of_a_live_account_are_found() -> None:
    scene = leveraged()
    change(scene.exchange, LedgerWord, slots.ledger(scene.winner, 0), frozen=1)
    assert faults(scene) == [
        f"LIQ-3 account {scene.winner}: orders of asset 0 are dead, those of its account are not"
    ]


def test_check_liquidation_claim_on_a_live_account_is_found() -> None:
    scene = leveraged()
    word = ProtectionWord(insurance_claim=5, touched=1)
    protection.store(scene.exchange.state, scene.winner, word)
    protection.mark(scene.exchange.state, scene.winner, owes=1)
    assert faults(scene) == [f"LIQ-3 account {scene.winner}: its orders may rest, flag 0, claims 5"]


def test_check_liquidation_of_a_flag_that_is_cleared_with_dead_orders_finds_nothing() -> None:
    scene, *_ = protected()
    give(scene.exchange, scene.trader, 1_000)
    scene.exchange.review_account(scene.trader)
    word = scene.exchange.state.load(AccountWord, slots.account(scene.trader))
    assert (word.flagged, word.live) == (0, 0)
    assert faults(scene) == []
