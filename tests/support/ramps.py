"""An exchange whose new assets take their time to support anything."""

from dataclasses import replace

from tests.support.abi import creation_code
from tests.support.system import ADMIN, EXTENSION_PARTS, System


def deploy_with_ramp(system: System, seconds: int) -> System:
    """Another exchange of the same parts with a ramp of so long, and the first two assets."""
    module = system.backend.deploy(
        ADMIN, creation_code("RiskParameterModule", system.authority, seconds)
    )
    fresh = replace(system, risk_parameter_module=module, owners={}, tokens=[], assets=[])
    extension = tuple(getattr(fresh, name) for name in EXTENSION_PARTS)
    fresh.extension = system.backend.deploy(ADMIN, creation_code("ExchangeExtension", extension))
    code = creation_code("Exchange", system.authority, fresh.parts, ADMIN, 0)
    fresh.exchange = system.backend.deploy(ADMIN, code)
    for plan in system.assets[:2]:
        fresh.add_asset(plan)
    return fresh
