"""Listing assets and spot markets, and posting the prices to start with."""

from dataclasses import astuple

from worldmarkets.deployment.contracts import DeploymentMismatchError
from worldmarkets.deployment.manifest import Asset, Market
from worldmarkets.deployment.step import Chain, Step
from worldmarkets.model import slots
from worldmarkets.model.interface import SpotTerms
from worldmarkets.model.words import (
    BookWord,
    ConfigWord,
    FeedWord,
    TapeWord,
    TokenWord,
    UnderlyingWord,
)

NO_FEED = "0x" + "00" * 20
_PRICE_DECIMALS = 18


class ListingStep(Step):
    """Brings the lists of the exchange to what the parameters say; changes nothing twice."""

    def run(self) -> None:
        """List what is missing.

        Raises:
            DeploymentMismatchError: something is listed otherwise than wanted.
        """
        for asset in self.deployment.assets:
            self._list_asset(asset)
        self._post_prices()
        for market in self.deployment.markets:
            if market.perp is None:
                self._list_market(market)

    def _list_asset(self, asset: Asset) -> None:
        if not any(self.chain.words([slots.token(asset.asset_id)])):
            feed = self.deployment.address(asset.feed) if asset.feed else NO_FEED
            self.send("Exchange", "listAsset", asset.token, asset.units_per_atom, feed)
            self.report(f"{asset.symbol} is asset {asset.asset_id}")
        check_asset(self.chain, asset, self.deployment.address(asset.feed) if asset.feed else "")

    def _post_prices(self) -> None:
        """Bring a price to each asset that has a starting one and none yet."""
        words = self.chain.words(
            [slots.underlying(asset.asset_id) for asset in self.deployment.assets]
        )
        missing = {
            asset_id: int(asset.starting_price.scaleb(_PRICE_DECIMALS))
            for asset_id, asset in enumerate(self.parameters.assets)
            if asset.starting_price is not None
            and UnderlyingWord.unpack(words[asset_id]).price == 0
        }
        if not missing:
            return
        # An interruption may have come between posting and poking.
        self._post({one: price for one, price in missing.items() if not self._posted(one)})
        # Anyone may poke.
        self.sender.execute(self.request("Exchange", "poke", list(missing)))
        self.report(f"prices to start with are posted for assets {list(missing)}")

    def _post(self, prices: dict[int, int]) -> None:
        if prices:
            self.send("PostedPriceFeed", "post", list(prices), list(prices.values()))

    def _posted(self, asset_id: int) -> bool:
        price, _time, _confidence = self.chain.read("PostedPriceFeed", "latestPrice", asset_id)
        return bool(price)

    def _list_market(self, market: Market) -> None:
        if not any(_market_words(self.chain, market)):
            terms = astuple(_wanted_terms(market))
            self.send("Exchange", "listSpotMarket", market.base_asset_id, terms)
            self.report(f"{market.symbol} is market {market.market_id}")
        check_market(self.chain, market)


def check_asset(chain: Chain, asset: Asset, feed: str) -> None:
    """Check what is listed of an asset.

    Args:
        chain: Where.
        asset: What is wanted.
        feed: Address of the feed that its price is to come from, empty for none.

    Raises:
        DeploymentMismatchError: it is something else.
    """
    token, feed_word = chain.words([slots.token(asset.asset_id), slots.feed(asset.asset_id)])
    wanted = TokenWord(int(asset.token, 16), asset.units_per_atom, asset.token_decimals)
    if TokenWord.unpack(token) != wanted:
        raise DeploymentMismatchError(
            f"asset {asset.asset_id} is {TokenWord.unpack(token)}, wanted is {wanted}"
        )
    asked = FeedWord.unpack(feed_word).feed
    if asked != int(feed or NO_FEED, 16):
        raise DeploymentMismatchError(
            f"the price of {asset.symbol} comes from 0x{asked:040x}, wanted is {feed or 'no feed'}"
        )


def check_market(chain: Chain, market: Market) -> None:
    """Check the terms of a listed spot market.

    Raises:
        DeploymentMismatchError: they are not those wanted.
    """
    config_word, book_word, tape_word = _market_words(chain, market)
    book = BookWord.unpack(book_word)
    listed = SpotTerms(
        book.tick_value,
        book.atoms_per_lot,
        book.min_lots,
        TapeWord.unpack(tape_word).taker_ppm,
        book.maker_ppm,
        ConfigWord.unpack(config_word).band_bps,
    )
    if listed != _wanted_terms(market):
        raise DeploymentMismatchError(
            f"market {market.symbol} has the terms {listed}, wanted are {_wanted_terms(market)}"
        )


def _wanted_terms(market: Market) -> SpotTerms:
    return SpotTerms(
        market.tick_value,
        market.atoms_per_lot,
        market.min_lots,
        market.taker_ppm,
        market.maker_ppm,
        market.band_bps,
    )


def _market_words(chain: Chain, market: Market) -> list[int]:
    market_id = market.market_id
    return chain.words([slots.config(market_id), slots.book(market_id), slots.tape(market_id)])
