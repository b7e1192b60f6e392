"""The gas of a check, told from the calls of a transaction; and what it grows with."""

from typing import Any

import pytest

from worldmarkets.abi import abi_of
from worldmarkets.bench.checks import CHECKS, UncheckedError, check_gas, measure_check
from worldmarkets.bench.scene import Scene

ENGINE = "0x" + "e5" * 20
OTHER = "0x" + "07" * 20


def call(to: str, function: str, gas: int) -> dict[str, Any]:
    selector = abi_of("RiskEngine").functions[function].selector.hex()
    return {"to": to, "input": f"0x{selector}{7:064x}", "gasUsed": hex(gas)}


def test_check_gas_is_that_of_the_check_and_of_no_other_call() -> None:
    calls = [call(OTHER, "check", 1), call(ENGINE.upper().replace("X", "x"), "check", 5_000)]
    calls += [call(ENGINE, "makerFits", 2), call(ENGINE, "checkOutgoing", 3)]
    assert check_gas({"gasUsed": "0x1", "calls": calls}, ENGINE) == 5_000


@pytest.mark.parametrize("checks", [0, 2])
def test_check_gas_of_another_number_of_checks_than_one_raises(checks: int) -> None:
    trace = {"calls": [call(ENGINE, "check", 5_000)] * checks}
    with pytest.raises(UncheckedError, match=f"has {checks} checks"):
        check_gas(trace, ENGINE)


def test_check_gas_of_a_transaction_without_calls_raises() -> None:
    with pytest.raises(UncheckedError, match="has 0 checks"):
        check_gas({"gasUsed": "0x1"}, ENGINE)


@pytest.mark.node
def test_measure_check_reads_two_words_more_for_each_asset(scene: Scene) -> None:
    gas = [measure_check(scene, others) for others in (1, 2, 3)]
    # A cold word costs 2,100: the balance of an asset, its price and risk.
    assert 4_200 < gas[1] - gas[0] < 8_400
    assert 4_200 < gas[2] - gas[1] < 8_400


@pytest.mark.node
def test_measure_check_of_as_many_assets_as_there_may_be_is_possible(scene: Scene) -> None:
    assert max(CHECKS.values()) == 15
    most = measure_check(scene, 15)
    assert measure_check(scene, 15) == most > measure_check(scene, 8)
