"""Contracts above the chain's limit or their budget are found, and budgets that are missing."""

from pathlib import Path

import pytest

from worldmarkets.artifacts import Artifact
from worldmarkets.sizes import BudgetFileError, find_problems, measure, read_budgets


def artifact(
    name: str, runtime_bytes: int, *, kind: str = "contract", folder: str = "contracts"
) -> Artifact:
    code = bytes(runtime_bytes)
    return Artifact(
        name=name,
        kind=kind,
        source_name=f"{folder}/{name}.sol",
        abi=(),
        bytecode=b"" if kind == "interface" else code,
        deployed_bytecode=code,
        userdoc={},
        devdoc={},
        storage_layout={},
        immutable_references={},
        input_hash="",
        bytecode_hash="",
    )


def problems(budgets: dict[str, int], *artifacts: Artifact) -> list[str]:
    return find_problems(measure(artifacts, budgets), budgets)


@pytest.mark.parametrize(("size", "expected"), [(100, []), (101, ["Vault: 1 above its budget"])])
def test_sizes_against_budget(size: int, expected: list[str]) -> None:
    assert problems({"Vault": 100}, artifact("Vault", size)) == expected


@pytest.mark.parametrize(
    ("size", "expected"),
    [(24_576, []), (24_577, ["Vault: above the chain's limit of 24,576"])],
)
def test_sizes_against_the_limit_whatever_the_budget(size: int, expected: list[str]) -> None:
    assert problems({"Vault": 30_000}, artifact("Vault", size)) == expected


def test_sizes_contract_without_budget_is_a_problem() -> None:
    assert problems({}, artifact("Vault", 1)) == ["Vault: has no budget in contracts/sizes.toml"]


def test_sizes_test_double_needs_no_budget_but_keeps_the_limit() -> None:
    double = artifact("Double", 24_576, folder="contracts/test")
    assert problems({}, double) == []
    double = artifact("Double", 24_577, folder="contracts/test")
    assert problems({}, double) == ["Double: above the chain's limit of 24,576"]


def test_sizes_interfaces_and_libraries_are_not_measured() -> None:
    assert measure([artifact("I", 1, kind="interface"), artifact("L", 1, kind="library")], {}) == []


def test_sizes_budget_without_contract_is_a_problem() -> None:
    assert problems({"Gone": 1}) == ["Gone: has a budget and is no deployable contract"]


def test_measure_orders_by_size() -> None:
    budgets = {"Small": 9, "Large": 9}
    sizes = measure([artifact("Small", 1), artifact("Large", 2)], budgets)
    assert [(size.name, size.size, size.budget) for size in sizes] == [
        ("Large", 2, 9),
        ("Small", 1, 9),
    ]


@pytest.mark.parametrize("text", ["", "[budgets", '[budgets]\nVault = "1"', "[budgets]\nA = true"])
def test_read_budgets_unusable_file_raises(tmp_path: Path, text: str) -> None:
    (tmp_path / "sizes.toml").write_text(text)
    with pytest.raises(BudgetFileError):
        read_budgets(tmp_path / "sizes.toml")
