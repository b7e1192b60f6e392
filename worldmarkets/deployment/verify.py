"""Whether what is on a chain is what the parameters say: everything but the roles."""

from worldmarkets.deployment.backstop import check_backstop
from worldmarkets.deployment.contracts import DeploymentMismatchError
from worldmarkets.deployment.feeds import check_feeds
from worldmarkets.deployment.listing import check_asset, check_market
from worldmarkets.deployment.lists import assets_of, markets_of
from worldmarkets.deployment.manifest import Deployment
from worldmarkets.deployment.parameters import Parameters
from worldmarkets.deployment.perps import check_perp
from worldmarkets.deployment.plans import PARTS
from worldmarkets.deployment.pools import check_pool
from worldmarkets.deployment.risk import check_risk, latest_time
from worldmarkets.deployment.step import Chain
from worldmarkets.rpc import Rpc


def verify_terms(rpc: Rpc, deployment: Deployment, parameters: Parameters) -> list[str]:
    """Check everything but the roles against the parameters.

    Returns:
        What may not be as wanted yet, a sentence each: risk of assets whose listing is too new.

    Raises:
        DeploymentMismatchError: something else is not as wanted.
        RiskSetError: the risk parameters can not be read.
    """
    chain = Chain(rpc, deployment)
    _check_parts(chain, deployment)
    (ramp_seconds,) = chain.read("RiskParameterModule", "rampSeconds")
    if ramp_seconds != parameters.listing_ramp_seconds:
        raise DeploymentMismatchError(
            f"new assets ramp for {ramp_seconds} seconds, wanted are "
            f"{parameters.listing_ramp_seconds}"
        )
    tokens = [asset.token for asset in deployment.assets]
    if len(tokens) != len(parameters.assets):
        raise DeploymentMismatchError(
            f"{len(tokens)} assets are listed, wanted are {len(parameters.assets)}"
        )
    for asset in assets_of(parameters, tokens):
        check_asset(chain, asset, deployment.address(asset.feed) if asset.feed else "")
        check_pool(chain, asset)
    for market in markets_of(parameters):
        (check_market if market.perp is None else check_perp)(chain, market)
    check_feeds(chain, parameters)
    check_backstop(chain, deployment)
    return check_risk(chain, deployment, parameters, latest_time(rpc))


def _check_parts(chain: Chain, deployment: Deployment) -> None:
    """Check that the exchange delegates to the recorded contracts."""
    for view, name in PARTS.items():
        (found,) = chain.read("Exchange", view)
        if found.lower() != deployment.address(name).lower():
            raise DeploymentMismatchError(
                f"{view} of the exchange is {found}, not {deployment.address(name)}"
            )
