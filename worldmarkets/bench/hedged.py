"""What the check of a hedged account costs by itself: spot and perp of several underlyings."""

from dataclasses import replace

from worldmarkets.bench.checks import deposit_tokens, list_assets, owing_check_gas
from worldmarkets.bench.scene import MAKER, Scene
from worldmarkets.bench.stage import (
    BASE_ASSET,
    DEPOSITOR,
    LOTS,
    QUOTE_ASSET,
    Stage,
    request,
)
from worldmarkets.model.interface import Side, TimeInForce
from worldmarkets.model.words import perp_market

HEDGED = {"check_4_hedged": 4}
"""Underlyings that the account has and has sold the perp of."""

_MARK_BITS = 24
_BUYER_DOLLARS = 100_000
"""Cash of who buys the perps: the makers have too much for the depth of the markets."""


def measure_hedged_check(scene: Scene, underlyings: int) -> int:
    """Return the gas of the check of an account with assets, short their perps, that owes dollars.

    One order rests, the one that is checked. The state stays as it was.
    """
    stage = scene.stage
    client = stage.clients[DEPOSITOR]
    with stage.undone():
        listed = list_assets(stage, underlyings)
        account = client.create_account()
        for asset in listed[BASE_ASSET : underlyings + 1]:
            deposit_tokens(stage, account, asset)
        stage.renew_prices()
        buyer = stage.clients[MAKER].create_account()
        deposit_tokens(stage, buyer, listed[QUOTE_ASSET], _BUYER_DOLLARS, MAKER)
        for asset in listed[BASE_ASSET : underlyings + 1]:
            _sell_perp(stage, account, buyer, asset.asset_id)
        return owing_check_gas(stage, account)


def _sell_perp(stage: Stage, account: int, buyer: int, asset_id: int) -> None:
    """Sell lots of an asset's perp, which is listed like the first one's if need be."""
    client, market_id = stage.clients[DEPOSITOR], perp_market(asset_id)
    perps = {perp.market_id: perp for perp in client.perp_lens.perps().items}
    if market_id not in perps:
        terms = perps[perp_market(BASE_ASSET)].terms
        lister = stage.clients[0]
        lister.execute(lister.calls.list_perp_market(asset_id, terms))
        perps = {perp.market_id: perp for perp in client.perp_lens.perps().items}
    tick = perps[market_id].mark >> _MARK_BITS
    bid = replace(request(Side.BID, tick, LOTS), market_id=market_id)
    maker = stage.clients[MAKER]
    maker.execute(maker.calls.place_order(buyer, bid))
    ask = replace(bid, side=Side.ASK, time_in_force=TimeInForce.IMMEDIATE_OR_CANCEL)
    client.execute(client.calls.place_order(account, ask))
