"""Reading margins, as they are and as they would be, in decimals."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from worldmarkets.client import margins
from worldmarkets.client.lending_views import Margin, MarginPreview
from worldmarkets.client.perpreader import PerpReader
from worldmarkets.client.units import MarketUnits
from worldmarkets.client.views import Order
from worldmarkets.model import interface
from worldmarkets.model.interface import MarginChange

Amounts = Mapping[str | int, Decimal]
"""Tokens by the symbol or id of their asset."""


class MarginReader(PerpReader):
    """What anybody can see of margins."""

    def margin(self, account: int) -> Margin:
        """Return an account's equity and requirements at the reference prices, however old.

        Raises:
            UnknownAccount: there is no such account.
        """
        current, _ = self.raw.preview_margin(account)
        return self._margin(current)

    def preview(
        self,
        account: int,
        orders: Sequence[Order] = (),
        borrows: Amounts | None = None,
        withdrawals: Amounts | None = None,
        trades: Sequence[Order] = (),
        deposits: Amounts | None = None,
    ) -> MarginPreview:
        """Return an account's margin now, and what it would be after all of these together.

        Args:
            account: The account.
            orders: Orders that rest whole, besides those that do already.
            borrows: What is taken out on credit.
            withdrawals: What is taken out of balances.
            trades: Orders that trade whole at their price as takers, fee included. One of a perp
                counts at the mark: what it loses against that, fee included, as cash that is paid,
                what it gains not at all.
            deposits: What is brought in, or repaid.

        Raises:
            UnknownAccount: there is no such account.
        """
        changes = [margins.resting(self.market_units(order.market), order) for order in orders]
        for trade in trades:
            changes += self._traded(self.market_units(trade.market), trade)
        changes += self._moved(-1, borrows)
        changes += self._moved(-1, withdrawals)
        changes += self._moved(1, deposits)
        current, changed = self.raw.preview_margin(account, margins.summed(changes))
        return MarginPreview(self._margin(current), self._margin(changed))

    def _traded(self, units: MarketUnits, order: Order) -> tuple[MarginChange, MarginChange]:
        if units.market.perp is None:
            return margins.traded(units, order)
        return margins.traded_perp(units, order, self._mark(units))

    def _moved(self, sign: int, amounts: Amounts | None) -> Iterator[MarginChange]:
        for asset, amount in (amounts or {}).items():
            units = self.asset_units(asset)
            yield margins.moved(units, sign * units.to_atoms(amount))

    def _margin(self, found: interface.Margin) -> Margin:
        quote = self.asset_units(0)
        return Margin(
            equity=quote.from_atoms(found.equity_atoms),
            settled=quote.from_atoms(found.settled_atoms),
            initial=quote.from_atoms(found.initial_atoms),
            end=quote.from_atoms(found.end_atoms),
            maintenance=quote.from_atoms(found.maintenance_atoms),
            is_paid=found.is_paid,
        )
