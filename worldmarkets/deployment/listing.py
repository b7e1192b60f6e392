"""Listing assets and markets, and posting the prices to start with."""

from collections.abc import Callable, Sequence

from worldmarkets.abi import abi_of
from worldmarkets.deployment.contracts import DeploymentMismatchError
from worldmarkets.deployment.manifest import Asset, Deployment, Market
from worldmarkets.deployment.parameters import Parameters
from worldmarkets.model import slots
from worldmarkets.model.words import BookWord, ConfigWord, TapeWord, TokenWord, UnderlyingWord
from worldmarkets.transactions import Request, Sender

_NO_FEED = "0x" + "00" * 20
_PRICE_DECIMALS = 18


class ListingStep:
    """Brings the lists of the exchange to what the parameters say; changes nothing twice."""

    def __init__(
        self,
        sender: Sender,
        deployment: Deployment,
        parameters: Parameters,
        report: Callable[[str], None],
    ) -> None:
        self._sender = sender
        self._deployment = deployment
        self._parameters = parameters
        self._report = report
        self._abi = abi_of("Exchange")
        self._feed = abi_of("PostedPriceFeed")

    def run(self) -> None:
        """List what is missing.

        Raises:
            DeploymentMismatchError: something is listed otherwise than wanted.
        """
        for asset in self._deployment.assets:
            self._list_asset(asset)
        self._post_prices()
        for market in self._deployment.markets:
            self._list_market(market)

    def _list_asset(self, asset: Asset) -> None:
        (word,) = self._read_words([slots.token(asset.asset_id)])
        wanted = TokenWord(int(asset.token, 16), asset.units_per_atom, asset.token_decimals)
        if word == 0:
            feed = self._deployment.price_feed if asset.asset_id else _NO_FEED
            self._send("listAsset", asset.token, asset.units_per_atom, feed)
            self._report(f"{asset.symbol} is asset {asset.asset_id}")
            (word,) = self._read_words([slots.token(asset.asset_id)])
        if TokenWord.unpack(word) != wanted:
            raise DeploymentMismatchError(
                f"asset {asset.asset_id} is {TokenWord.unpack(word)}, wanted is {wanted}"
            )

    def _post_prices(self) -> None:
        """Bring a price to each asset that has a starting one and none yet."""
        words = self._read_words(
            [slots.underlying(asset.asset_id) for asset in self._deployment.assets]
        )
        missing = {
            asset_id: int(asset.starting_price.scaleb(_PRICE_DECIMALS))
            for asset_id, asset in enumerate(self._parameters.assets)
            if asset.starting_price is not None
            and UnderlyingWord.unpack(words[asset_id]).price == 0
        }
        if not missing:
            return
        # An interruption may have come between posting and poking.
        self._post({one: price for one, price in missing.items() if not self._posted(one)})
        self._send("poke", list(missing))
        self._report(f"prices to start with are posted for assets {list(missing)}")

    def _post(self, prices: dict[int, int]) -> None:
        if prices:
            self._check_may("PostedPriceFeed", "post")
            data = self._feed.encode("post", list(prices), list(prices.values()))
            self._sender.execute(Request(self._deployment.price_feed, data))

    def _posted(self, asset_id: int) -> bool:
        data = self._feed.encode("latestPrice", asset_id)
        returned = self._sender.call(self._deployment.price_feed, data)
        price, _time, _confidence = self._feed.decode("latestPrice", returned)
        return bool(price)

    def _list_market(self, market: Market) -> None:
        if not any(self._market_words(market)):
            terms = (
                market.tick_value,
                market.atoms_per_lot,
                market.min_lots,
                market.taker_ppm,
                market.maker_ppm,
                market.band_bps,
            )
            self._send("listSpotMarket", market.base_asset_id, terms)
            self._report(f"{market.symbol} is market {market.market_id}")
        config_word, book_word, tape_word = self._market_words(market)
        book = BookWord.unpack(book_word)
        listed = (
            book.tick_value,
            book.atoms_per_lot,
            book.min_lots,
            TapeWord.unpack(tape_word).taker_ppm,
            book.maker_ppm,
            ConfigWord.unpack(config_word).band_bps,
        )
        wanted = (
            market.tick_value,
            market.atoms_per_lot,
            market.min_lots,
            market.taker_ppm,
            market.maker_ppm,
            market.band_bps,
        )
        if listed != wanted:
            raise DeploymentMismatchError(
                f"market {market.symbol} has the terms {listed}, wanted are {wanted}"
            )

    def _market_words(self, market: Market) -> list[int]:
        market_id = market.market_id
        return self._read_words(
            [slots.config(market_id), slots.book(market_id), slots.tape(market_id)]
        )

    def _read_words(self, wanted: Sequence[int]) -> list[int]:
        data = self._abi.encode("readWords", wanted)
        (words,) = self._abi.decode("readWords", self._sender.call(self._deployment.exchange, data))
        return list(words)

    def _send(self, function: str, *arguments: object) -> None:
        self._check_may("Exchange", function)
        data = self._abi.encode(function, *arguments)
        self._sender.execute(Request(self._deployment.exchange, data))

    def _check_may(self, name: str, function: str) -> None:
        """Say what to do where the deployer has handed over already."""
        if function == "poke":
            return
        target, me = self._deployment.address(name), self._sender.address
        authority = abi_of("Authority")
        selector = abi_of(name).functions[function].selector
        data = authority.encode("canCall", me, target, selector)
        is_allowed, _delay = authority.decode(
            "canCall", self._sender.call(self._deployment.authority, data)
        )
        if not is_allowed:
            raise DeploymentMismatchError(
                f"{me} may not {function} any more: propose it to the timelock"
            )
