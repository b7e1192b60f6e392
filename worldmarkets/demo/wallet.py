"""A visitor with nothing but native tokens: in and out without an approval or a wrap of his own."""

from decimal import Decimal

from worldmarkets.demo.cast import fund
from worldmarkets.demo.words import amount
from worldmarkets.deployment.manifest import Asset
from worldmarkets.model import slots
from worldmarkets.model.words import LedgerWord
from worldmarkets.staging import Stage, connect

KEY = 13
"""His key: those of the traders come before."""

_BROUGHT, _BROUGHT_AGAIN, _TAKEN = 3, 1, 2
"""What he brings in, takes out as a token and brings back, and takes out in the end [tokens]."""


def wrapped_native(stage: Stage) -> Asset | None:
    """Return the asset that is the chain's native token, None if there is none."""
    return next((one for one in stage.deployment.assets if one.is_wrapped_native), None)


def visit(stage: Stage, asset: Asset) -> str:
    """Bring native tokens in and out, with a signed allowance in between; return what was done.

    Args:
        stage: Where.
        asset: The wrapped native token.
    """
    client, whole = connect(stage, KEY), 10**asset.token_decimals
    fund(stage.operator, client.address)
    account = client.create_account()
    brought = client.deposit_native(account, asset.asset_id, _BROUGHT * whole)
    client.withdraw(account, asset.asset_id, _BROUGHT_AGAIN * whole)
    signed = client.deposit_with_permit(account, asset.asset_id, _BROUGHT_AGAIN * whole)
    client.withdraw_native(account, asset.asset_id, _TAKEN * whole)
    (word,) = client.read_words([slots.ledger(account, asset.asset_id)])
    left = LedgerWord.unpack(word).balance
    wrapped, again, rest = (
        f"{amount(Decimal(atoms).scaleb(-asset.decimals))} {asset.symbol}"
        for atoms in (brought, signed, left)
    )
    return (
        f"{wrapped} wrapped on their way in, {again} taken out and brought back with a signed "
        f"allowance, {_TAKEN} {asset.symbol} unwrapped on their way out, {rest} left"
    )
