"""Risk parameters: those of all assets together, then those of each, as its listing grows old."""

from collections.abc import Iterator
from dataclasses import asdict, astuple, dataclass

from worldmarkets.abi import abi_of
from worldmarkets.atlas import load_risk_set
from worldmarkets.deployment.contracts import DeploymentMismatchError
from worldmarkets.deployment.manifest import Asset, Deployment
from worldmarkets.deployment.parameters import Parameters
from worldmarkets.deployment.proposals import Proposal
from worldmarkets.deployment.step import Chain, Step
from worldmarkets.model import slots
from worldmarkets.model.interface import AssetRiskTerms, MarketRiskTerms
from worldmarkets.model.words import RampWord, RiskWord, UnderlyingWord
from worldmarkets.rpc import Rpc, number
from worldmarkets.transactions import RevertedError

AS_LISTED = AssetRiskTerms(0, 10_000, 0, 0, 0, 0)
"""Risk of a new asset: its own shock takes all its worth, so it supports no debt."""

_WHOLE_BPS = 10_000


@dataclass(frozen=True)
class RiskTerms:
    """Risk parameters by what they are of: all assets together, and each by its id."""

    market: MarketRiskTerms
    assets: dict[int, AssetRiskTerms]


def risk_terms(parameters: Parameters) -> RiskTerms:
    """Return the risk parameters that a deployment is to have.

    Raises:
        RiskSetError: the set can not be read, or lacks one of the assets.
    """
    chosen = load_risk_set(parameters.risk_set)
    shared = chosen.risk
    assets = {
        asset_id: AssetRiskTerms(**asdict(chosen.asset(asset.risk))) if asset.risk else AS_LISTED
        for asset_id, asset in enumerate(parameters.assets)
        if asset_id
    }
    levels = (shared.end_percent, shared.maintenance_percent)
    return RiskTerms(MarketRiskTerms(shared.sigma_bps, *levels), assets)


class RiskStep(Step):
    """Brings the risk parameters to those of the set, as far as they may be; nothing twice."""

    def run(self, wanted: RiskTerms) -> Iterator[Proposal]:
        """Set what differs; yield what is left.

        Raises:
            DeploymentMismatchError: the exchange refuses a change: too much at once, or too soon.
        """
        if market_risk(self.chain) != wanted.market:
            yield from self._set("risk of all assets together", "setMarketRisk", wanted.market)
        for asset in self.deployment.assets[1:]:
            terms = wanted.assets[asset.asset_id]
            if asset_risk(self.chain, asset.asset_id) != terms:
                yield from self._set_asset(asset, terms)

    def _set_asset(self, asset: Asset, terms: AssetRiskTerms) -> Iterator[Proposal]:
        what = f"risk of {asset.symbol}"
        ramp_seconds = self.parameters.listing_ramp_seconds
        due = due_time(self.chain, asset.asset_id, terms, ramp_seconds)
        if due <= latest_time(self.sender.rpc):
            yield from self._set(what, "setAssetRisk", terms, asset.asset_id)
            return
        self.report(f"{what} stays as it is: before {due} its listing is too new for {terms}")
        request = self.request("Exchange", "setAssetRisk", asset.asset_id, astuple(terms))
        yield Proposal(f"{what}: {terms}", request, due)

    def _set(
        self, what: str, function: str, terms: AssetRiskTerms | MarketRiskTerms, *of: int
    ) -> Iterator[Proposal]:
        """Set terms, or leave that to the timelock; `of` is the asset's id if they are of one."""
        arguments = (*of, astuple(terms))
        if not self.may("Exchange", function):
            request = self.request("Exchange", function, *arguments)
            yield Proposal(f"{what}: {terms}", request, due=0)
            return
        self._check_accepted(f"{what} can not be {terms}", function, arguments)
        self.send("Exchange", function, *arguments)
        self.report(f"{what} is {terms}")

    def _check_accepted(self, refusal: str, function: str, arguments: tuple[object, ...]) -> None:
        """Run a change without sending it."""
        request = self.request("Exchange", function, *arguments)
        try:
            self.sender.call(self.deployment.exchange, request.data)
        except RevertedError as error:
            raise DeploymentMismatchError(f"{refusal}: {_reason(error.data)}") from error


def market_risk(chain: Chain) -> MarketRiskTerms:
    """Return the risk parameters of all assets together; all zero before the first."""
    word = RiskWord.unpack(chain.words([slots.risk()])[0])
    return MarketRiskTerms(word.sigma_bps, word.end_percent, word.maintenance_percent)


def asset_risk(chain: Chain, asset_id: int) -> AssetRiskTerms:
    """Return the risk parameters of an asset."""
    word = UnderlyingWord.unpack(chain.words([slots.underlying(asset_id)])[0])
    return AssetRiskTerms(
        beta_milli=word.beta_milli,
        iota_bps=word.iota_bps,
        basis_bps=word.basis_bps,
        spot_exit_bps=word.spot_exit_bps,
        perp_exit_bps=word.perp_exit_bps,
        depth=word.depth,
    )


def due_time(chain: Chain, asset_id: int, terms: AssetRiskTerms, ramp_seconds: int) -> int:
    """Return from when on an asset is listed long enough for parameters [seconds].

    What takes less than all of its worth, by own shock and exit, has to wait for the end of the
    ramp. Source: RiskParameterModule.
    """
    listed_at = RampWord.unpack(chain.words([slots.ramp(asset_id)])[0]).listed_at
    freed_bps = max(0, _WHOLE_BPS - terms.iota_bps - terms.spot_exit_bps)
    return listed_at + ramp_seconds if freed_bps > 0 else listed_at


def check_risk(chain: Chain, deployment: Deployment, parameters: Parameters, now: int) -> list[str]:
    """Check the risk parameters, and return what has to wait, a sentence each.

    Raises:
        DeploymentMismatchError: they are others, and not for being too new.
    """
    wanted = risk_terms(parameters)
    if market_risk(chain) != wanted.market:
        raise DeploymentMismatchError(
            f"risk of all assets together is {market_risk(chain)}, wanted is {wanted.market}"
        )
    waiting = []
    for asset in deployment.assets[1:]:
        waiting += _check_asset_risk(chain, asset, wanted.assets[asset.asset_id], parameters, now)
    return waiting


def _check_asset_risk(
    chain: Chain, asset: Asset, wanted: AssetRiskTerms, parameters: Parameters, now: int
) -> list[str]:
    found = asset_risk(chain, asset.asset_id)
    if found == wanted:
        return []
    due = due_time(chain, asset.asset_id, wanted, parameters.listing_ramp_seconds)
    if found == AS_LISTED and now < due:
        return [f"{asset.symbol} supports no debt: {wanted} can not be set before {due}"]
    raise DeploymentMismatchError(f"risk of {asset.symbol} is {found}, wanted is {wanted}")


def latest_time(rpc: Rpc) -> int:
    """Return the time of the latest block [seconds]."""
    return number(rpc.call("eth_getBlockByNumber", "latest", False)["timestamp"])


def _reason(data: bytes) -> str:
    """Return the error in what a reverted call returned, in words."""
    found = abi_of("Exchange").decode_error(data)
    if found is None:
        return f"unknown error 0x{data[:4].hex()}"
    error, values = found
    fields = (f"{name}={_plain(value)}" for name, value in zip(error.names, values, strict=True))
    return f"{error.name}({', '.join(fields)})"


def _plain(value: object) -> object:
    """Return a name of the contracts, which is bytes with zeros behind, as text."""
    return value.rstrip(b"\0").decode() if isinstance(value, bytes) else value
