"""The examples of the README run as they stand."""

import re
from decimal import Decimal

import pytest

from worldmarkets.artifacts import project_root

pytestmark = pytest.mark.node


def examples() -> list[str]:
    readme = (project_root() / "README.md").read_text()
    return re.findall(r"```python\n(.*?)```", readme, re.DOTALL)


def test_readme_example_of_trading_runs(capsys) -> None:
    trading, _lending = examples()

    exec(compile(trading, "README.md", "exec"), {})

    told = capsys.readouterr().out
    assert "price=Decimal('2950.0'), size=Decimal('1.50000000')" in told
    assert "by_operator=True, client_id=1" in told


def test_readme_example_of_lending_runs(capsys) -> None:
    _trading, lending = examples()

    exec(compile(lending, "README.md", "exec"), {})

    told = dict(line.rsplit(" ", 1) for line in capsys.readouterr().out.splitlines())
    assert told.keys() == {"equity 25000.000000 of which free", "owes", "a year costs", "repaid"}
    free = Decimal(told["equity 25000.000000 of which free"])
    assert 0 < free < 25_000
    assert 5_000 <= Decimal(told["owes"]) <= Decimal(told["repaid"]) < 5_001
    assert Decimal("0.01") < Decimal(told["a year costs"]) < Decimal("0.02")
