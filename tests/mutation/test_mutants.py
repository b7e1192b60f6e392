"""The list of mutants fits the contracts, and the runner's verdict follows from its outcomes."""

from pathlib import Path

import pytest

from tests.mutation.__main__ import Outcome, conclude
from tests.mutation.mutants import Mutant, MutantError, read_mutants
from tests.mutation.workspace import Verdict
from worldmarkets.artifacts import project_root

ROOT = project_root()
MUTANTS = read_mutants()
FEWEST = 350


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_mutant_text_occurs_once_and_its_tests_exist(mutant: Mutant) -> None:
    source = (ROOT / "contracts" / mutant.file).read_text()
    assert mutant.applied(source) != source
    assert mutant.tests or mutant.equivalent
    for test in mutant.tests:
        assert (ROOT / test.split("::")[0]).is_file(), test


def test_list_has_enough_mutants_of_every_part() -> None:
    counted = [mutant for mutant in MUTANTS if not mutant.equivalent]
    assert len(counted) >= FEWEST
    parts = {mutant.file.split("/")[0] for mutant in counted}
    assert parts >= {
        "book",
        "governance",
        "lending",
        "liquidation",
        "oracle",
        "perps",
        "risk",
        "types",
        "vault",
        "Exchange.sol",
    }


@pytest.fixture
def mutant() -> Mutant:
    return Mutant("flipped", "Vault.sol", "a < b", "a <= b", ("tests/unit/test_vault.py",))


@pytest.mark.parametrize("source", ["a > b", "a < b; a < b"])
def test_applied_text_not_exactly_once_is_a_defect(mutant: Mutant, source: str) -> None:
    with pytest.raises(MutantError, match="occurs"):
        mutant.applied(source)


def test_applied_text_once_is_replaced(mutant: Mutant) -> None:
    assert mutant.applied("if (a < b) c();") == "if (a <= b) c();"


def test_read_mutants_same_name_twice_is_a_defect(tmp_path: Path) -> None:
    entry = '[[mutant]]\nname = "m"\nfile = "f"\ntext = "a"\nreplacement = "b"\ntests = ["t"]\n'
    path = tmp_path / "mutants.toml"
    path.write_text(entry * 2)
    with pytest.raises(MutantError, match="twice"):
        read_mutants(path)


@pytest.mark.parametrize(
    ("noticed", "survived", "defects", "status"),
    [(20, 0, 0, 0), (19, 1, 0, 0), (18, 2, 0, 1), (20, 0, 1, 1), (0, 0, 0, 1)],
)
def test_conclude_below_the_share_or_with_defects_fails(
    mutant: Mutant, noticed: int, survived: int, defects: int, status: int
) -> None:
    outcomes = [Outcome(mutant, Verdict(True), 1.0)] * noticed
    outcomes += [Outcome(mutant, Verdict(False), 1.0)] * survived
    outcomes += [Outcome(mutant, None, 1.0, "does not compile")] * defects
    assert conclude(outcomes, 0, 1.0) == status


def test_needs_what_is_deployed_or_the_harnesses_that_the_tests_name(mutant: Mutant) -> None:
    assert mutant.needs(ROOT, "contracts/Exchange.sol")
    assert not mutant.needs(ROOT, "contracts/test/FeesHarness.sol")
    assert not mutant.needs(ROOT, "contracts/periphery/Lens.sol")
    on_harness = Mutant("m", "f", "a", "b", ("tests/properties/test_fees.py",))
    assert on_harness.needs(ROOT, "contracts/test/FeesHarness.sol")
    assert not on_harness.needs(ROOT, "contracts/test/LaneHarness.sol")
    assert not on_harness.needs(ROOT, "contracts/Exchange.sol")
