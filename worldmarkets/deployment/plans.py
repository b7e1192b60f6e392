"""The contracts of a deployment, and which of them is which part of the exchange."""

from worldmarkets.deployment.contracts import Plan
from worldmarkets.deployment.parameters import AssetParameters

WRAPPED_NATIVE = "WrappedNative"

PARTS = {
    "riskEngine": "RiskEngine",
    "vaultModule": "VaultModule",
    "operatorModule": "OperatorModule",
    "listingModule": "ListingModule",
    "guardModule": "GuardModule",
    "lendingModule": "LendingModule",
    "priceModule": "PriceModule",
    "riskParameterModule": "RiskParameterModule",
    "refusalModule": "RefusalModule",
}
"""Contracts by the view of the exchange that tells their address, in the order of Exchange.Parts;
the wrapped native token follows them."""

_FIRST_PART = 1
"""Index of the first part in the exchange's constructor arguments, counted one by one."""


def token(asset: AssetParameters) -> Plan:
    """Return the token to deploy for an asset that names none."""
    if asset.faucet is None:
        return Plan(WRAPPED_NATIVE, WRAPPED_NATIVE)
    arguments = (asset.faucet.name, asset.symbol, asset.token_decimals)
    return Plan(f"FaucetToken {asset.symbol}", "FaucetToken", arguments, (2,))


def modules(
    authority: str, risk_engine: str, wrapped_native: str, ramp_seconds: int
) -> tuple[Plan, ...]:
    """Return what the exchange delegates to besides the risk engine, in the order of `PARTS`."""
    return (
        Plan("VaultModule", "VaultModule", (risk_engine, wrapped_native), (0, 1)),
        Plan("OperatorModule", "OperatorModule"),
        Plan("ListingModule", "ListingModule", (authority,)),
        Plan("GuardModule", "GuardModule", (authority,)),
        Plan("LendingModule", "LendingModule"),
        Plan("PriceModule", "PriceModule"),
        Plan("RiskParameterModule", "RiskParameterModule", (authority, ramp_seconds), (1,)),
        Plan("RefusalModule", "RefusalModule"),
    )


def exchange(authority: str, parts: tuple[str, ...], treasury: str, insurance_ppm: int) -> Plan:
    """Return the exchange; `parts` are in the order of `PARTS`, the wrapped native token last."""
    arguments = (authority, parts, treasury, insurance_ppm)
    immutables = tuple(range(_FIRST_PART, _FIRST_PART + len(parts)))
    return Plan("Exchange", "Exchange", arguments, immutables)


def feeds(authority: str) -> tuple[Plan, ...]:
    """Return the feeds of prices, one of each kind."""
    return (
        Plan("PostedPriceFeed", "PostedPriceFeed", (authority,)),
        Plan("AggregatorFeed", "AggregatorFeed", (authority,)),
        Plan("SignedReportFeed", "SignedReportFeed", (authority,), (), "SignedReportFeed"),
    )
