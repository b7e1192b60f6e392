"""The token and feed doubles of contracts/test, listed like any other."""

from tests.support.abi import Codec, codec, creation_code
from tests.support.system import ADMIN, DOLLAR, AssetPlan, System


def list_double(
    system: System,
    contract: str,
    decimals: int,
    atom_decimals: int,
    *arguments: object,
    price: int = DOLLAR,
) -> int:
    """Deploy a token double, list it and poke its price [1e-18 dollars a whole token]."""
    token = system.backend.deploy(ADMIN, creation_code(contract, decimals, *arguments))
    units_per_atom = 10 ** (decimals - atom_decimals)
    asset = system.list_asset(token, units_per_atom, system.feed)
    system.tokens.append(token)
    system.assets.append(AssetPlan(contract, decimals, units_per_atom, price))
    system.set_price(asset, price)
    return asset


def list_with_scripted_feed(system: System, decimals: int, units_per_atom: int) -> tuple[int, str]:
    """List a plain token whose price comes from a scripted feed; returns asset and feed."""
    token = system.backend.deploy(ADMIN, creation_code("FaucetToken", "T", "T", decimals))
    feed = system.backend.deploy(ADMIN, creation_code("ScriptedPriceFeed"))
    asset = system.list_asset(token, units_per_atom, feed)
    system.tokens.append(token)
    system.assets.append(AssetPlan("T", decimals, units_per_atom))
    return asset, feed


def script_feed(system: System, feed: str, price: int, time: int) -> None:
    """Let a scripted feed answer this [1e-18 dollars a whole token, seconds]."""
    system.execute_on(feed, "ScriptedPriceFeed", ADMIN, "set", price, time)


def script_confidence(system: System, feed: str, confidence_bps: int) -> None:
    """Let a scripted feed answer with this confidence [bps]; full until then."""
    system.execute_on(feed, "ScriptedPriceFeed", ADMIN, "setConfidence", confidence_bps)


def known_errors() -> Codec:
    """A codec that knows the errors of the exchange and of the doubles."""
    modules = ("VaultModule", "OperatorModule", "ListingModule", "GuardModule", "RiskEngine")
    return codec("Exchange", *modules, "CallbackToken")
