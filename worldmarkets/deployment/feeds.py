"""Telling feeds where their prices come from: aggregators by asset, and signers."""

from worldmarkets.deployment.contracts import DeploymentMismatchError
from worldmarkets.deployment.parameters import Parameters
from worldmarkets.deployment.step import Chain, Step

_NO_AGGREGATOR = ("0x" + "00" * 20, 0)


class FeedStep(Step):
    """Brings the feeds to what the parameters say; changes nothing twice."""

    def run(self) -> None:
        """Set what is missing.

        Raises:
            DeploymentMismatchError: the deployer may no longer set it.
            RevertedError: an aggregator has no good answer now.
        """
        for asset_id, asset in enumerate(self.parameters.assets):
            if _aggregator(self.chain, asset_id) != _wanted_aggregator(self.parameters, asset_id):
                wanted = _wanted_aggregator(self.parameters, asset_id)
                self.send("AggregatorFeed", "setAggregator", asset_id, *wanted)
                self.report(f"the price of {asset.symbol} is read from {wanted[0]}")
        wanted_signers = _wanted_signers(self.parameters)
        if wanted_signers[0] and _signers(self.chain) != wanted_signers:
            self.send("SignedReportFeed", "setSigners", *wanted_signers)
            self.report(f"{wanted_signers[1]} of {', '.join(wanted_signers[0])} make prices")


def check_feeds(chain: Chain, parameters: Parameters) -> None:
    """Check where the feeds take their prices from.

    Raises:
        DeploymentMismatchError: it is not what the parameters say.
    """
    for asset_id, asset in enumerate(parameters.assets):
        found, wanted = _aggregator(chain, asset_id), _wanted_aggregator(parameters, asset_id)
        if found != wanted:
            raise DeploymentMismatchError(
                f"the aggregator of {asset.symbol} is {found}, wanted is {wanted}"
            )
    if _signers(chain) != _wanted_signers(parameters):
        raise DeploymentMismatchError(
            f"signers and threshold are {_signers(chain)}, wanted are {_wanted_signers(parameters)}"
        )


def _aggregator(chain: Chain, asset_id: int) -> tuple[str, int]:
    aggregator, decimals = chain.read("AggregatorFeed", "aggregatorOf", asset_id)
    return aggregator.lower(), decimals


def _wanted_aggregator(parameters: Parameters, asset_id: int) -> tuple[str, int]:
    aggregator = parameters.assets[asset_id].aggregator
    return (aggregator.address.lower(), aggregator.decimals) if aggregator else _NO_AGGREGATOR


def _signers(chain: Chain) -> tuple[tuple[str, ...], int]:
    (signers,) = chain.read("SignedReportFeed", "signers")
    (threshold,) = chain.read("SignedReportFeed", "threshold")
    return tuple(sorted(signer.lower() for signer in signers)), threshold


def _wanted_signers(parameters: Parameters) -> tuple[tuple[str, ...], int]:
    signers = parameters.signers
    return (signers.ascending, signers.threshold) if signers else ((), 0)
