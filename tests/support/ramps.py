"""An exchange whose new assets take their time to support anything."""

from dataclasses import replace

from tests.support.abi import creation_code
from tests.support.system import ADMIN, System


def deploy_with_ramp(system: System, seconds: int) -> System:
    """Another exchange of the same parts with a ramp of so long, and the first two assets."""
    module = system.backend.deploy(
        ADMIN, creation_code("RiskParameterModule", system.authority, seconds)
    )
    parts = (
        system.risk_engine,
        system.vault_module,
        system.operator_module,
        system.listing_module,
        system.guard_module,
        system.lending_module,
        system.price_module,
        module,
        system.refusal_module,
        system.wrapped_native,
    )
    code = creation_code("Exchange", system.authority, parts, ADMIN, 0)
    fresh = replace(
        system,
        exchange=system.backend.deploy(ADMIN, code),
        risk_parameter_module=module,
        owners={},
        tokens=[],
        assets=[],
    )
    for plan in system.assets[:2]:
        fresh.add_asset(plan)
    return fresh
