"""The market maker at work: reads book and account, decides, and says what to send."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from worldmarkets.client import Client
from worldmarkets.client.units import MarketUnits
from worldmarkets.keepers.job import Action, Round
from worldmarkets.model.interface import Side
from worldmarkets.strategies import (
    Batch,
    MakerConfig,
    MakerMarkets,
    MakerView,
    Quote,
    StrategyError,
    decide_quotes,
)
from worldmarkets.trading.executor import ClientExecutor
from worldmarkets.trading.quotes import OwnQuotes, best_of_others
from worldmarkets.trading.snapshot import NotReadyError, Snapshot, terms_of
from worldmarkets.transactions import Receipt


class MakerReader:
    """Reads an account that does nothing but quote on one market and hedge on another."""

    def __init__(
        self, client: Client, account: int, quoted: str, hedge: str, target: Decimal = Decimal(0)
    ) -> None:
        """Take the exchange, the account, and its markets.

        Args:
            client: The exchange.
            account: The account.
            quoted: Where it quotes.
            hedge: Where it hedges: the perp of a spot market, or the other way round.
            target: What it wants to hold of the base asset itself [tokens].

        Raises:
            StrategyError: the markets are not spot and perp of one underlying.
        """
        self._client = client
        self._account = account
        self._quoted, self._hedge = client.market_units(quoted), client.market_units(hedge)
        self._target = target
        kinds = {units.market.perp is None for units in (self._quoted, self._hedge)}
        if len(kinds) != 2 or self._quoted.base != self._hedge.base:
            raise StrategyError(f"{quoted} and {hedge} are not spot and perp of one underlying")
        self.markets = MakerMarkets(terms_of(self._quoted), terms_of(self._hedge))
        self.quotes = OwnQuotes(client, account, self._quoted.market.symbol)

    def read(self) -> MakerView:
        """Read what a decision is made from, all of one block.

        Raises:
            NotReadyError: a price is missing, old, or waits.
        """
        seen = Snapshot(self._client)
        resting = self.quotes.read(seen)
        return MakerView(
            now=seen.now,
            index=seen.index(self._quoted.base.symbol),
            best_bid=self._best(seen, Side.BID, resting),
            best_ask=self._best(seen, Side.ASK, resting),
            inventory=self._held(seen, self._quoted),
            hedged=self._held(seen, self._hedge),
            hedge_price=seen.price(self._hedge),
            resting=resting,
        )

    def resting(self) -> Mapping[int, Quote]:
        """Return the own orders in the quoted market by id."""
        return self.quotes.read(Snapshot(self._client))

    def _best(self, seen: Snapshot, side: Side, resting: Mapping[int, Quote]) -> int | None:
        levels = seen.levels(self._quoted, side, len(resting) + 1)
        return best_of_others(((level.tick, level.lots) for level in levels), side, resting)

    def _held(self, seen: Snapshot, units: MarketUnits) -> Decimal:
        """Return what is held beyond what is wanted; what is wanted is held in spot [tokens]."""
        target = self._target if units.market.perp is None else Decimal(0)
        return seen.size(self._account, units) - target


class MakerJob:
    """Quotes and hedges, a decision a round; takes its quotes out of the market when it stops."""

    name = "maker"

    def __init__(
        self, client: Client, account: int, reader: MakerReader, config: MakerConfig
    ) -> None:
        """Take the exchange, the account, what it sees, and how it quotes."""
        self._reader = reader
        self._executor = ClientExecutor(client, account)
        self._config = config

    def look(self) -> Round:
        """Decide once; without a good price all quotes are taken out of the market."""
        try:
            view = self._reader.read()
        except NotReadyError as error:
            return Round(self.leave(), notes=(f"no quotes: {error}",))
        batch = decide_quotes(self._config, self._reader.markets, view)
        kept = [order_id for order_id in view.resting if order_id not in batch.cancels]
        note = (
            f"inventory {view.inventory.normalize():f}, hedged {view.hedged.normalize():f}: "
            f"{len(kept)} quotes stay, {len(batch.cancels)} go, {len(batch.places)} orders"
        )
        return Round(self._actions(batch, kept), notes=(note,))

    def leave(self) -> tuple[Action, ...]:
        """Return the cancellation of all quotes, if there are any."""
        return self._actions(Batch(cancels=tuple(self._reader.resting())), [])

    def _actions(self, batch: Batch, kept: list[int]) -> tuple[Action, ...]:
        actions = self._executor.actions(batch)
        if not actions:
            return ()
        (action,) = actions
        # Until it is known what became of the batch, the ids are not.
        self._reader.quotes.forget()

        def tell(receipt: Receipt) -> str:
            self._reader.quotes.remember(kept, self._executor.results(batch, receipt))
            return action.tell(receipt)

        return (replace(action, tell=tell),)
