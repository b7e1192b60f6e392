"""Units and imports are found in code, never in comments or strings."""

import pytest

from worldmarkets.compiler.sources import Unit, find_units, read_source

SOURCE = """
// contract Commented {}
/* import "./Commented.sol"; */
import "./Plain.sol";
import {A, B as C} from "../up/Named.sol";
import * as All from 'solady/src/utils/All.sol';
import {
    D
} from "@openzeppelin/contracts/token/D.sol";
string constant URL = "https://example.org/ contract Quoted {}";
struct Place { uint256 contractId; }
abstract contract Base { string note = "}"; function f() external { } }
"""


def test_read_source_resolves_every_form_of_import() -> None:
    assert read_source("contracts/book/Book.sol", SOURCE).imports == (
        "contracts/book/Plain.sol",
        "contracts/up/Named.sol",
        "node_modules/@openzeppelin/contracts/token/D.sol",
        "node_modules/solady/src/utils/All.sol",
    )


def test_find_units_ignores_comments_and_strings() -> None:
    assert find_units("a.sol", SOURCE) == [Unit("Base", "abstract", "a.sol")]


@pytest.mark.parametrize("kind", ["contract", "interface", "library"])
def test_find_units_tells_kinds_apart(kind: str) -> None:
    assert find_units("a.sol", f"{kind} It is Other {{}}") == [Unit("It", kind, "a.sol")]


def test_find_units_lists_all_of_a_file() -> None:
    found = find_units("a.sol", "library L { struct S { uint256 x; } } contract C {}")
    assert [unit.name for unit in found] == ["L", "C"]
