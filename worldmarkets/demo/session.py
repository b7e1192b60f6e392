"""How accounts of a demonstration stand: what they have gained, interest, samples of the book.

What an account has of an asset is told with interest, what it owes as less than nothing.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from decimal import Context, Decimal, Inexact, InvalidOperation, localcontext

from worldmarkets.audit.words import words_at
from worldmarkets.demo.samples import DEPTH_BPS, Sample, Standing
from worldmarkets.demo.tally import Tally
from worldmarkets.demo.underlyings import Underlying
from worldmarkets.logbook import LogBook
from worldmarkets.model import balances, pools, slots
from worldmarkets.model.perp_words import PerpPoolWord
from worldmarkets.model.reading import WordReader
from worldmarkets.model.words import CashWord, PoolTotalsWord, TapeWord, is_perp
from worldmarkets.staging import Account, Stage

_BPS = 10_000
_EXACT_DIGITS = 100
_QUOTE_ATOM = Decimal("0.000001")


@contextmanager
def exactly() -> Iterator[None]:
    """Calculate without rounding: with many digits, and an error for the first one lost."""
    with localcontext(Context(prec=_EXACT_DIGITS, traps=[Inexact, InvalidOperation])):
        yield


class Session(Tally):
    """The running account of a demonstration."""

    def __init__(
        self,
        stage: Stage,
        accounts: Sequence[Account],
        book: LogBook,
        underlyings: Sequence[Underlying] = (),
    ) -> None:
        """Begin at the newest block; arguments are those of `Tally`."""
        super().__init__(stage, accounts, book, underlyings)
        reader = self.reader()
        self._kept_before = {asset: self.kept(reader, asset) for asset in self.assets}

    @property
    def pooled(self) -> tuple[int, int]:
        """Ids of the quote asset and of the asset that is shown, which may have pools."""
        return 0, self.venue.base_asset_id

    @property
    def assets(self) -> tuple[int, ...]:
        """Ids of all assets that are traded, the two above first."""
        more = (one.spot.base_asset_id for one in self.underlyings)
        return tuple(dict.fromkeys([*self.pooled, *more]))

    def sample(self) -> Sample:
        """Take down the market as it is now."""
        market = self.venue.market_id
        bid, ask = self.book.best(market, False), self.book.best(market, True)
        sample = Sample(
            seconds=self.seconds,
            reference_price=self.reference_price,
            best_bid=bid[0] if bid else None,
            best_ask=ask[0] if ask else None,
            bid_lots=self._depth(False, bid, ask),
            ask_lots=self._depth(True, bid, ask),
            traded_lots=self.traded_lots,
        )
        self.samples.append(sample)
        return sample

    def reader(self, more: Iterable[int] = ()) -> WordReader:
        """Return a reader of the newest block that has the words of all accounts, pools and perps.

        Args:
            more: Slots of other words to fetch at once.
        """
        read = words_at(self.stage.rpc, self.stage.deployment.exchange, self.block)
        reader = WordReader(read, self.timestamp)
        assets = self.assets
        wanted = [slots.ledger(one.account_id, asset) for one in self.accounts for asset in assets]
        wanted += more
        for asset in assets:
            wanted += [slots.pool_index(asset), slots.pool_totals(asset), slots.pool_terms(asset)]
        for one in self.underlyings:
            perp, base = one.perp.market_id, one.perp.base_asset_id
            wanted += [slots.mark(perp), slots.perp_pool(perp)]
            wanted += [slots.position(account.account_id, base) for account in self.accounts]
        reader.prefetch([*map(slots.tape, self.venues), *wanted])
        return reader

    def standings(self, reader: WordReader | None = None) -> list[Standing]:
        """Return what every account has in the newest block."""
        reader = reader or self.reader()
        return [self._standing(reader, account) for account in self.accounts]

    def brought(self, account: Account, asset_id: int) -> int:
        """Return what was brought into an account and not taken out again [atoms]."""
        at_first = {0: account.quote_atoms, self.venue.base_asset_id: account.base_atoms}
        at_first |= dict(account.other_atoms)
        return at_first.get(asset_id, 0) + self.moved[account.account_id, asset_id]

    def interest(self, reader: WordReader, account: Account, asset_id: int) -> int:
        """Return the interest an account has earned, or paid and owes if negative [atoms].

        What neither trades, settlements nor deposits explain; rounding is on its side.
        """
        account_id = account.account_id
        has = balances.atoms_of(reader, account_id, asset_id)
        traded = self.settled[account_id] - self.paid[account_id]
        if asset_id:
            traded = sum(
                self.inventory[account_id, market] * venue.atoms_per_lot
                for market, venue in self.venues.items()
                if venue.base_asset_id == asset_id and not is_perp(market)
            )
        return has - self.brought(account, asset_id) - traded

    def kept(self, reader: WordReader, asset_id: int) -> int:
        """Return what a pool has beyond the claims of the accounts here [atoms].

        Reserve and rounding, where nobody else lends or borrows.
        """
        cash = reader.load(PoolTotalsWord, slots.pool_totals(asset_id)).cash
        claims = 0
        for account in self.accounts:
            word = balances.load(reader, account.account_id, asset_id)
            if word.lent or word.balance < 0:
                claims += pools.read(reader, asset_id).atoms_of(word)
        return cash - claims

    def kept_worth(self, reader: WordReader) -> Decimal:
        """Return what all pools keep beyond what they did at first, those of perps too [dollars].

        Of a perp that is less than an atom for each fee, fill and settlement.
        """
        kept = sum(
            (
                self.worth_of(asset, self.kept(reader, asset) - self._kept_before[asset])
                for asset in self.assets
            ),
            Decimal(0),
        )
        return kept + sum((self._left(reader, one) for one in self.underlyings), Decimal(0))

    def _left(self, reader: WordReader, underlying: Underlying) -> Decimal:
        """Return what the pool of a perp has beyond its positions and its fees [dollars]."""
        market = underlying.perp.market_id
        pool = reader.load(PerpPoolWord, slots.perp_pool(market))
        owed = sum(
            (underlying.unsettled(reader, one.account_id) for one in self.accounts), Decimal(0)
        )
        return (pool.cash - reader.load(TapeWord, slots.tape(market)).fees) * _QUOTE_ATOM - owed

    def fees_atoms(self) -> int:
        """Read the fees the markets have collected and not split [quote atoms]."""
        read = words_at(self.stage.rpc, self.stage.deployment.exchange, self.block)
        words = read([*map(slots.tape, self.venues)])
        return sum(TapeWord.unpack(word).fees for word in words)

    def _standing(self, reader: WordReader, account: Account) -> Standing:
        cash = reader.load(CashWord, slots.ledger(account.account_id, 0))
        base, quote = (
            balances.atoms_of(reader, account.account_id, asset)
            for asset in (self.venue.base_asset_id, 0)
        )
        gained_base = base - self.brought(account, self.venue.base_asset_id)
        gained_quote = quote - self.brought(account, 0)
        with exactly():
            profit = self.profit(reader, account)
        lost = cash.loss_at(self.timestamp)
        gained = gained_base, gained_quote
        return Standing(account, base, quote, *gained, profit, lost, cash.budget)

    def profit(self, reader: WordReader, account: Account) -> Decimal:
        """Return what an account has gained in all assets and perps [dollars]."""
        account_id = account.account_id
        gained = [
            self.worth_of(
                asset,
                balances.atoms_of(reader, account_id, asset) - self.brought(account, asset),
            )
            for asset in self.assets
        ]
        gained += [one.unsettled(reader, account_id) for one in self.underlyings]
        return sum(gained, Decimal(0))

    def worth_of(self, asset_id: int, atoms: int) -> Decimal:
        """Return what atoms of an asset are worth at its newest price [dollars]."""
        if asset_id in self.pooled:
            return self.worth(*((atoms, 0) if asset_id else (0, atoms)))
        decimals = self.stage.deployment.assets[asset_id].decimals
        return Decimal(atoms).scaleb(-decimals) * self.other_prices[asset_id]

    def worth(self, base_atoms: int, quote_atoms: int) -> Decimal:
        """Return what atoms of both assets are worth at the reference price [dollars]."""
        base = Decimal(base_atoms).scaleb(-self.venue.base_decimals) * self.reference_price
        return base + quote_atoms * _QUOTE_ATOM

    def _depth(self, is_ask: bool, bid: tuple[int, int] | None, ask: tuple[int, int] | None) -> int:
        if bid is None or ask is None:
            return 0
        # Twice the middle, so that it stays whole.
        middle = bid[0] + ask[0]
        reach = middle * DEPTH_BPS // _BPS
        levels = self.book.levels(self.venue.market_id, is_ask)
        return sum(lots for tick, lots in levels.items() if abs(2 * tick - middle) <= reach)
