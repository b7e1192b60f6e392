"""The examples of strategies run, and do what they say."""

import importlib.util
import re
import sys
from decimal import Decimal
from types import ModuleType

import pytest

from worldmarkets.artifacts import project_root

pytestmark = pytest.mark.node


def example(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, project_root() / "examples" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def test_basis_trade_opens_relevers_and_unwinds(capsys: pytest.CaptureFixture[str]) -> None:
    example("basis_trade").run(Decimal(5))
    told = capsys.readouterr().out
    decisions = re.findall(r'note text="(\w+):', told)
    assert decisions == ["open", "hold", "relever", "hold", "hold", "unwind"]
    assert "failed" not in told
    assert "refused" not in told
    (dollars, ether) = re.findall(r"has ([\d.]+) USDM and (\S+) WETH$", told, re.MULTILINE)[0]
    # Fees of opening, relevering and unwinding, and ticks of spread.
    assert 9_900 < Decimal(dollars) < 9_950
    assert Decimal(ether) == 0


def test_hedged_maker_hedges_what_it_sold_and_leaves(capsys: pytest.CaptureFixture[str]) -> None:
    example("hedged_maker").run(rounds=8, seed=1)
    told = capsys.readouterr().out
    assert told.count("  note text=") == 8
    assert "failed" not in told
    assert len(re.findall(r"^somebody (?:bought|sold) 0.4 at ", told, re.MULTILINE)) == 7
    assert "buy 0.8 WETH/USDM at " in told
    assert "WETH/USDM 0.8 filled, 6 rest" in told
    assert told.endswith(
        '  sent what="cancel 6"\nsold 1.20000000 of the perp, bought 0.80000000 for it\n'
        "0 quotes left\n"
    )
