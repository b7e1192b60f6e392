"""Settling positions and bringing marks up to now, in decimals."""

from decimal import Decimal

from worldmarkets.client.lending import Lending
from worldmarkets.client.perp_views import Settlement
from worldmarkets.model.events import Settled


class Perps(Lending):
    """What the key does with perps besides trading them. Markets are named by symbol or id."""

    def settle(self, account: int, market: str | int) -> Settlement:
        """Make cash of what a position has made, or pay what it has lost. Anyone may.

        A loss is paid from positive cash alone, as far as there is some; a profit is drawn from
        what losers have paid, as far as there is some. See `true_up` for what would be paid.

        Raises:
            NotAccountOwner: it is a profit in a shortfall, which only the owner draws.
        """
        market_id = self.market_units(market).market.market_id
        return self._settlement(self.raw.settle(account, market_id))

    def settle_on_credit(self, account: int, market: str | int) -> Settlement:
        """Settle a position; what a loss takes beyond the balance is borrowed.

        Raises:
            NotAccountOwner: the key does not own the account.
            BelowInitialMargin, UnsettledProfit: the account's equity would not do.
            BorrowCapReached, BorrowCeilingReached, BorrowWindowReached, InsufficientLiquidity: the
                pool of the quote asset gives less.
        """
        market_id = self.market_units(market).market.market_id
        return self._settlement(self.raw.settle_on_credit(account, market_id))

    def poke_markets(self, *markets: str | int) -> dict[str, Decimal]:
        """Bring marks and funding of perps up to now, of all if none is named. Anyone may.

        Returns:
            The marks, by symbol [quote tokens a base token].
        """
        perps = [market.market_id for market in self.markets if market.perp is not None]
        named = [self.market_units(market).market.market_id for market in markets]
        marks = {}
        for event in self.raw.poke_markets(named or perps):
            units = self.market_units(event.market_id)
            marks[units.market.symbol] = units.from_fraction(event.mark, 24)
        return marks

    def deactivate_market(self, account: int, market: str | int) -> None:
        """Make an account no longer use a perp in which it has nothing.

        Raises:
            MarketInUse: it has a position, cash or orders there.
        """
        self.raw.deactivate_market(account, self.market_units(market).market.market_id)

    def _settlement(self, event: Settled | None) -> Settlement:
        if event is None:
            return Settlement(Decimal(0), Decimal(0))
        quote = self.asset_units(0)
        return Settlement(quote.from_atoms(event.atoms), quote.from_atoms(event.cancelled_atoms))
