"""Carrying out what strategies decide: one batch call, and then the settlements."""

from dataclasses import replace
from functools import partial

from worldmarkets.client import Client
from worldmarkets.keepers.job import Action
from worldmarkets.keepers.sending import Sending
from worldmarkets.keepers.settlejob import settleable
from worldmarkets.model.interface import OrderRequest, OrderResult, Refusal, Side
from worldmarkets.strategies import Batch
from worldmarkets.transactions import Receipt


class ClientExecutor:
    """Carries out batches for one account: a `strategies.BatchExecutor`.

    Cancels and places of all markets are one transaction (`batchPacked`), in which each order
    counts by itself. A settlement that would move nothing, as nobody has paid yet, or that has to
    wait, as the price has just moved fast, is left out.
    """

    def __init__(self, client: Client, account: int, sending: Sending | None = None) -> None:
        """Take the exchange, the account, and who sends; the client's own key by default."""
        self._client = client
        self._account = account
        self._sending = sending or client.raw

    def execute(self, batch: Batch) -> None:
        """Carry out a batch.

        Raises:
            ContractError: it was refused; what was sent before it stays.
        """
        for action in self.actions(batch):
            if action.is_due():
                action.tell(self._sending.execute(action.request))

    def actions(self, batch: Batch) -> tuple[Action, ...]:
        """Return the transactions of a batch, for whoever sends them."""
        found = []
        if batch.cancels or batch.places:
            request = self._client.raw.calls.batch_packed(
                self._account, batch.cancels, batch.places
            )
            action = Action(self._said(batch), request)
            found.append(replace(action, tell=lambda receipt: self._told(batch, receipt)))
        return (*found, *map(self._settlement, batch.settles))

    def results(self, batch: Batch, receipt: Receipt) -> list[OrderResult]:
        """Return what became of the places of a batch."""
        return self._client.raw.placed(receipt, batch.places, len(batch.cancels))

    def _settlement(self, market_id: int) -> Action:
        symbol = self._client.market_units(market_id).market.symbol
        return Action(
            f"settle {symbol}",
            self._client.raw.calls.settle(self._account, market_id),
            is_due=partial(self._moves, market_id),
            harmless=frozenset({"PriceMoving"}),
        )

    def _moves(self, market_id: int) -> bool:
        return settleable(self._client, self._account, market_id) != 0

    def _said(self, batch: Batch) -> str:
        """Return a batch in words."""
        cancels = [f"cancel {len(batch.cancels)}"] if batch.cancels else []
        return ", ".join([*cancels, *map(self._order, batch.places)])

    def _told(self, batch: Batch, receipt: Receipt) -> str:
        """Return what became of it in words."""
        results = self.results(batch, receipt)
        pairs = zip(batch.places, results, strict=True)
        told = [self._outcome(*pair) for pair in pairs if not _only_rests(pair[1])]
        resting = sum(result.order_id != 0 for result in results)
        return ", ".join([*told, f"{resting} rest"] if resting else told)

    def _order(self, order: OrderRequest) -> str:
        units = self._client.market_units(order.market_id)
        verb = "buy" if order.side == Side.BID else "sell"
        size, price = units.from_lots(order.lots), units.from_tick(order.tick)
        return f"{verb} {size.normalize():f} {units.market.symbol} at {price.normalize():f}"

    def _outcome(self, order: OrderRequest, result: OrderResult) -> str:
        units = self._client.market_units(order.market_id)
        if result.refusal != Refusal.NONE:
            return f"{units.market.symbol} refused: {result.refusal.name}"
        filled = units.from_lots(result.filled_lots)
        return f"{units.market.symbol} {filled.normalize():f} filled"


def _only_rests(result: OrderResult) -> bool:
    return result.order_id != 0 and result.filled_lots == 0
