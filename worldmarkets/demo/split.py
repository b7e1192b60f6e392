"""Where the profit of a basis position comes from: funding, interest, fees and price, exactly.

A perp books a trade at its price less the funding index F of that moment, so that what is in a
position is kept apart here without a remainder: with signed lots,

    funding = sum of lots · F at the trade - position · F now
    price   = position · mark - sum of lots · tick, and on spot what was bought, at its price now,
              less what was paid

Fees are those of the records, on perps rounded up to the unit of positions as the exchange does;
what settlements round, always against the account, counts as fees. Interest is what the words of
the balances have beyond trades, fees and settlements.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from worldmarkets.client.records import Action, Taken
from worldmarkets.demo.session import Session, exactly
from worldmarkets.demo.underlyings import Underlying
from worldmarkets.logbook import Fill
from worldmarkets.model import balances, slots
from worldmarkets.model.perp_words import Q24
from worldmarkets.model.perps import funding, positions
from worldmarkets.model.reading import WordReader
from worldmarkets.staging import Account

_QUOTE_ATOM = Decimal("0.000001")


@dataclass(frozen=True)
class Split:
    """A profit in its parts, each signed [dollars]."""

    funding: Decimal
    interest: Decimal
    fees: Decimal
    price: Decimal
    profit: Decimal
    """What the words of the account say: balances and position, at index and mark."""
    rounding: Decimal
    """What settlements have rounded, part of the fees."""

    @property
    def total(self) -> Decimal:
        """The sum of the parts, which is the profit."""
        return self.funding + self.interest + self.fees + self.price

    @property
    def parts(self) -> tuple[tuple[str, Decimal], ...]:
        """The parts by name."""
        return (
            ("funding received", self.funding),
            ("borrow interest", self.interest),
            ("fees", self.fees),
            ("price", self.price),
        )


class DebtWatch:
    """What pools add to a debt, from its words and theirs: a second way to the interest.

    Between two looks the words of a balance stay as they are, and only their worth changes.
    """

    def __init__(self, session: Session, account: Account) -> None:
        """Begin with an account that owes nothing."""
        self._assets = session.assets
        self._account_id = account.account_id
        self._words: dict[int, int] = {}
        self._worth: Counter[int] = Counter()
        self._added: Counter[int] = Counter()
        self.looks = 0
        """How often the words were looked at; each rounds by an atom or two."""

    def look(self, reader: WordReader) -> None:
        """Take the words of a block in which they have changed."""
        self.looks += 1
        for asset in self._assets:
            self._added[asset] = self.added(asset, reader)
            self._words[asset] = reader.load_raw(slots.ledger(self._account_id, asset))
            self._worth[asset] = balances.atoms_of(reader, self._account_id, asset)

    def added(self, asset: int, reader: WordReader) -> int:
        """Return what was added up to the block of a reader, negative of a debt [atoms]."""
        slot = slots.ledger(self._account_id, asset)
        now = reader.load_raw(slot)
        reader.words[slot] = self._words.get(asset, 0)
        worth = balances.atoms_of(reader, self._account_id, asset)
        reader.words[slot] = now
        return self._added[asset] + (worth - self._worth[asset] if asset in self._words else 0)


class SplitLedger:
    """Takes down what one account does in both markets of an underlying."""

    def __init__(self, session: Session, account: Account, underlying: Underlying) -> None:
        """Begin with an account that has traded nothing; it trades as a taker alone."""
        self._session = session
        self._account = account
        self._underlying = underlying
        self._spot_notional = self._spot_fees = 0
        self._spot_lots = self._perp_lots = self._perp_turnover = 0
        self._funding_units = self._fee_units = 0
        self.trades = 0
        """Orders of his that have traded."""

    def note(self, action: Action, fills: Iterable[Fill], index: int) -> None:
        """Take down an action of anybody.

        Args:
            action: Its records.
            fills: What it has traded.
            index: The funding index of the perp in its block [2^-24 ticks].
        """
        if action.account_id != self._account.account_id:
            return
        for fill in fills:
            self._note_fill(fill, index)
        for record in action.records:
            if isinstance(record, Taken):
                self._note_fee(record)

    def split(self, reader: WordReader) -> Split:
        """Return the profit as of the block of a reader, in its parts."""
        one, account = self._underlying, self._account
        market = one.mark_word(reader)
        word = one.position(reader, account.account_id)
        index = funding.index_at(market, reader.time)
        assert word.size == self._perp_lots
        with exactly():
            tracked = self._funding_units - self._perp_turnover * Q24 - self._fee_units
            settled = self._session.settled[account.account_id] * _QUOTE_ATOM
            rounding = settled + one.dollars(word.cash - tracked)
            price = one.dollars(word.size * market.mark - self._perp_turnover * Q24)
            spot = self._spot_lots * one.spot.atoms_per_lot
            price += self._session.worth_of(one.spot.base_asset_id, spot)
            price -= self._spot_notional * _QUOTE_ATOM
            return Split(
                funding=one.dollars(self._funding_units - word.size * index),
                interest=self._interest(reader),
                fees=rounding - self._spot_fees * _QUOTE_ATOM - one.dollars(self._fee_units),
                price=price,
                profit=self._session.profit(reader, account),
                rounding=rounding,
            )

    def _interest(self, reader: WordReader) -> Decimal:
        session, account = self._session, self._account
        return sum(
            (
                session.worth_of(asset, session.interest(reader, account, asset))
                for asset in session.assets
            ),
            Decimal(0),
        )

    def _note_fill(self, fill: Fill, index: int) -> None:
        lots = -fill.lots if fill.taker_sold else fill.lots
        if fill.market == self._underlying.perp.market_id:
            self._perp_lots += lots
            self._perp_turnover += lots * fill.tick
            self._funding_units += lots * index
        else:
            self._spot_lots += lots
            self._spot_notional += lots * fill.tick * self._underlying.spot.tick_value

    def _note_fee(self, record: Taken) -> None:
        self.trades += 1
        if record.market == self._underlying.perp.market_id:
            tick_value = self._underlying.perp.tick_value
            self._fee_units += positions.units_up(record.fee_atoms, tick_value)
        else:
            self._spot_fees += record.fee_atoms
