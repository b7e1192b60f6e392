"""The machine on the in-process EVM for depth, and on Anvil for truth."""

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from tests.stateful.lending_rules import LendingMachine
from tests.stateful.liquidation_rules import LiquidationMachine
from tests.stateful.perp_rules import PerpMachine
from tests.stateful.rules import ExchangeMachine
from tests.stateful.setting import ASSETS
from tests.support.pyrevm_backend import PyrevmBackend
from tests.support.rpc_backend import RpcBackend, running_anvil
from tests.support.system import System, deploy_system

MACHINES = (ExchangeMachine, LendingMachine, PerpMachine, LiquidationMachine)


def run_on(kind: type[ExchangeMachine], system: System, profile: settings) -> None:
    machine = type("Machine", (kind,), {"system": system})
    examples = max(1, profile.max_examples // kind.part)
    run_state_machine_as_test(machine, settings=settings(profile, max_examples=examples))


@pytest.mark.parametrize("kind", MACHINES)
def test_machine_on_pyrevm_keeps_the_invariants(kind: type[ExchangeMachine]) -> None:
    run_on(kind, deploy_system(PyrevmBackend(), assets=ASSETS), settings())


@pytest.mark.node
@pytest.mark.parametrize("kind", MACHINES)
def test_machine_on_anvil_keeps_the_invariants(kind: type[ExchangeMachine]) -> None:
    """Few examples: every step costs milliseconds there, and compares every word changed.

    On a node of its own: blocks of one that other tests have filled take ten times as long.
    """
    profile = settings()
    with running_anvil() as url:
        system = deploy_system(RpcBackend(url), assets=ASSETS)
        run_on(kind, system, settings(profile, max_examples=profile.max_examples // 20))
