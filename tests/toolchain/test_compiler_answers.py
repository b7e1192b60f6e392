"""What is taken from the compiler's answer: outputs, errors, and warnings about our own files."""

from typing import Any

from worldmarkets.compiler.jobs import read_answer

VAULT = "contracts/Vault.sol"


def message(severity: str, file: str | None) -> dict[str, Any]:
    place = {"sourceLocation": {"file": file}} if file else {}
    return {"severity": severity, "formattedMessage": f"{severity} in {file}", **place}


def contracts(code: str) -> dict[str, Any]:
    return {VAULT: {"Vault": {"evm": {"bytecode": {"object": code}}}}}


def test_read_answer_keeps_warnings_of_own_files_only() -> None:
    messages = [message("warning", VAULT), message("warning", "node_modules/solady/src/A.sol")]
    outcome = read_answer((VAULT,), {"errors": messages, "contracts": contracts("60")})
    assert outcome.warnings == (f"warning in {VAULT}",)
    assert outcome.errors == ()
    assert outcome.contracts == contracts("60")


def test_read_answer_keeps_every_error_and_no_output() -> None:
    messages = [message("error", "node_modules/solady/src/A.sol"), message("error", None)]
    outcome = read_answer((VAULT,), {"errors": messages, "contracts": contracts("60")})
    assert outcome.errors == ("error in node_modules/solady/src/A.sol", "error in None")
    assert outcome.contracts == {}


def test_read_answer_contract_without_code_keeps_its_error() -> None:
    """As after running out of stack, when the contract is named but nothing of it is there."""
    answer = {"errors": [message("error", VAULT)], "contracts": {VAULT: {"Vault": {}}}}
    outcome = read_answer((VAULT,), answer)
    assert outcome.errors == (f"error in {VAULT}",)
    assert outcome.contracts == {}


def test_read_answer_code_to_be_linked_is_an_error() -> None:
    outcome = read_answer((VAULT,), {"contracts": contracts("60__$0123456789$__00")})
    assert len(outcome.errors) == 1
    assert outcome.errors[0].startswith("contracts/Vault.sol: calls an external library function")
    assert outcome.contracts == {}
