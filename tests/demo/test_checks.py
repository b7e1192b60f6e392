"""What an audit expects of words after events of the log; no chain."""

from collections.abc import Sequence

import pytest

from worldmarkets.audit.checks import check_flows, check_indices, check_operators
from worldmarkets.audit.history import Told
from worldmarkets.logbook import RestingOrder
from worldmarkets.model import slots
from worldmarkets.model.interface import Permission
from worldmarkets.model.packing import Word
from worldmarkets.model.reading import WordReader
from worldmarkets.model.words import (
    SECONDS_A_DAY,
    CashWord,
    OperatorWord,
    OutflowWord,
    PoolIndexWord,
    PoolTotalsWord,
    SeasonWord,
)

ACCOUNT = 3
OPERATOR = "0x" + "0d" * 20
DAY = 20_000
NOON = DAY * SECONDS_A_DAY + SECONDS_A_DAY // 2
RESTING = RestingOrder(ACCOUNT, 257, is_ask=True, tick=9, lots=5)
TRADER = Permission.PLACE | Permission.CANCEL


def words(*pairs: tuple[int, Word]) -> WordReader:
    packed = {slot: word.pack() for slot, word in pairs}

    def read(wanted: Sequence[int]) -> list[int]:
        return [packed.get(slot, 0) for slot in wanted]

    return WordReader(read)


def appoint(told: Told, budget: int, time: int, permissions: Permission = TRADER) -> None:
    fields = {
        "accountId": ACCOUNT,
        "operator": OPERATOR,
        "permissions": int(permissions),
        "expiry": NOON + 9,
        "dailyLossAtoms": budget,
    }
    told.note("OperatorSet", fields, time)


def operator_word(permissions: int = 3, expiry: int = NOON + 9) -> tuple[int, Word]:
    slot = slots.operator(ACCOUNT, int(OPERATOR, 16))
    return slot, OperatorWord(permissions, expiry, touched=1)


def cash(loss: int, budget: int, day: int = DAY) -> tuple[int, Word]:
    return slots.ledger(ACCOUNT, 0), CashWord(loss=loss, budget=budget, day=day, touched=1)


def operator_findings(told: Told, *pairs: tuple[int, Word]) -> list[str]:
    return [finding.text for finding in check_operators(words(*pairs), told, [ACCOUNT])]


def test_check_operators_words_as_set_are_in_order() -> None:
    told = Told()
    appoint(told, 100, NOON)
    assert operator_findings(told, operator_word(), cash(100, 100)) == []
    (text,) = operator_findings(told, operator_word(permissions=35), cash(100, 100))
    assert "the word of operator" in text
    (text,) = operator_findings(told, operator_word(expiry=NOON + 10), cash(100, 100))
    assert "the word of operator" in text


def test_check_operators_revoked_one_may_do_nothing() -> None:
    told = Told()
    appoint(told, 100, NOON)
    told.note("OperatorRevoked", {"accountId": ACCOUNT, "operator": OPERATOR}, NOON + 1)
    assert operator_findings(told, operator_word(0, 0), cash(0, 100)) == []
    assert len(operator_findings(told, operator_word(), cash(0, 100))) == 1


def test_check_operators_permission_without_placing_leaves_the_budget() -> None:
    told = Told()
    appoint(told, 100, NOON)
    appoint(told, 7, NOON, Permission.CANCEL)
    assert operator_findings(told, operator_word(2), cash(0, 100)) == []


@pytest.mark.parametrize(("loss", "faults"), [(100, 0), (101, 1)])
def test_check_operators_budget_made_smaller_may_be_overspent_that_day(
    loss: int, faults: int
) -> None:
    told = Told()
    appoint(told, 100, NOON - SECONDS_A_DAY)
    appoint(told, 40, NOON)
    assert len(operator_findings(told, operator_word(), cash(loss, 40))) == faults


@pytest.mark.parametrize(("loss", "faults"), [(40, 0), (41, 1)])
def test_check_operators_budget_of_another_day_does_not_count(loss: int, faults: int) -> None:
    told = Told()
    appoint(told, 100, NOON - 2 * SECONDS_A_DAY)
    appoint(told, 40, NOON - SECONDS_A_DAY)
    appoint(told, 100, NOON + SECONDS_A_DAY)
    assert len(operator_findings(told, operator_word(), cash(loss, 100))) == faults


def test_check_operators_account_without_any_has_no_budget() -> None:
    assert operator_findings(Told()) == []
    assert len(operator_findings(Told(), cash(0, 1))) == 1
    assert len(operator_findings(Told(), cash(1, 0))) == 1


# ---------------------------------------------------------------------- what came and went


def listed() -> Told:
    told = Told()
    told.note("AssetListed", {"assetId": 1}, NOON - SECONDS_A_DAY)
    return told


def bring(told: Told, name: str, atoms: int, time: int, balance: int) -> None:
    """Note a deposit or withdrawal, with the balance after it."""
    fields = {"accountId": ACCOUNT, "assetId": 1, "atoms": atoms, "balanceAtoms": balance}
    told.note(name, fields, time)


def flow_findings(told: Told, outflow: OutflowWord, season: SeasonWord) -> list[str]:
    reader = words((slots.outflow(1), outflow), (slots.season(ACCOUNT, 1), season))
    return [finding.text for finding in check_flows(reader, told, 1, [ACCOUNT])]


def test_check_flows_deposit_and_withdrawal_of_a_day() -> None:
    told = listed()
    bring(told, "Deposited", 1_000, NOON, 1_000)
    bring(told, "Withdrawn", 300, NOON, 700)
    outflow = OutflowWord(DAY, 250_000, 0, -700)
    assert flow_findings(told, outflow, SeasonWord(DAY, today=700)) == []
    assert len(flow_findings(told, OutflowWord(DAY, 250_000, 0, -699), SeasonWord())) == 2


def test_check_flows_limit_of_the_timelock_counts_from_then_on() -> None:
    told = listed()
    told.note("OutflowLimitSet", {"assetId": 1, "limitPpm": 1_000}, NOON)
    bring(told, "Deposited", 1_000, NOON, 1_000)
    outflow = OutflowWord(DAY, 1_000, 0, -1_000)
    assert flow_findings(told, outflow, SeasonWord(DAY, today=1_000)) == []


def test_check_flows_deposit_that_was_transferred_keeps_its_age() -> None:
    told = listed()
    bring(told, "Deposited", 1_000, NOON - SECONDS_A_DAY, 1_000)
    fields = {"fromAccountId": ACCOUNT, "toAccountId": 4, "assetId": 1, "atoms": 400}
    told.note("Transferred", fields | {"fromBalanceAtoms": 600, "toBalanceAtoms": 400}, NOON)
    reader = words(
        (slots.outflow(1), OutflowWord(DAY - 1, 250_000, 0, -1_000)),
        (slots.season(ACCOUNT, 1), SeasonWord(DAY, yesterday=600)),
        (slots.season(4, 1), SeasonWord(DAY, yesterday=400)),
    )
    assert check_flows(reader, told, 1, [ACCOUNT, 4]) == []


def test_check_flows_deposit_that_was_traded_away_is_forgotten() -> None:
    told = listed()
    bring(told, "Deposited", 1_000, NOON, 1_000)
    bring(told, "Deposited", 100, NOON, 350)
    outflow = OutflowWord(DAY, 250_000, 0, -1_100)
    assert flow_findings(told, outflow, SeasonWord(DAY, today=350)) == []


def test_check_flows_withdrawal_that_the_limit_forbids_is_a_fault() -> None:
    told = listed()
    bring(told, "Deposited", 1_000, NOON, 1_000)
    # After four days no room of the deposit is left, and 250 of 1,000 may leave.
    later = NOON + 4 * SECONDS_A_DAY
    told.book.orders[1] = RESTING
    bring(told, "Withdrawn", 251, later, 749)
    assert len(told.refused) == 1
    texts = flow_findings(told, OutflowWord(DAY + 4, 250_000, 0, 251), SeasonWord())
    assert any("withdrew 251 atoms" in text for text in texts)


def test_check_flows_seasoned_deposit_leaves_an_account_without_orders_freely() -> None:
    told = listed()
    bring(told, "Deposited", 1_000, NOON, 1_000)
    bring(told, "Withdrawn", 1_000, NOON + 4 * SECONDS_A_DAY, 0)
    assert told.refused == []
    outflow = OutflowWord(DAY, 250_000, 0, -1_000)
    assert flow_findings(told, outflow, SeasonWord(DAY + 4)) == []


# ---------------------------------------------------------------------- indices

ONE = 10**18


@pytest.mark.parametrize(
    ("told_of", "faults"),
    [
        ([], 0),
        ([(ONE, ONE), (ONE, ONE + 5)], 0),
        ([(ONE + 9, ONE + 9)], 0),
        ([(ONE + 10, ONE)], 1),
        ([(ONE, ONE + 10)], 1),
        ([(ONE, ONE + 7), (ONE, ONE + 6)], 1),
        ([(ONE + 8, ONE + 8), (ONE + 7, ONE + 7)], 2),
    ],
)
def test_check_indices_never_fall_from_what_was_told(
    told_of: list[tuple[int, int]], faults: int
) -> None:
    told = Told()
    for supply, borrow in told_of:
        fields = {"assetId": 1, "supplyIndex": supply, "borrowIndex": borrow}
        told.note("PoolAccrued", fields, NOON)
    index = PoolIndexWord(supply_index=ONE + 9, borrow_index=ONE + 9)
    reader = words((slots.pool_index(1), index), (slots.pool_totals(1), PoolTotalsWord(touched=1)))
    found = check_indices(reader, told, 1)
    assert len(found) == faults
    assert {(one.invariant, one.subject) for one in found} <= {("LEND-1", "asset 1")}
