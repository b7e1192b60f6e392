"""Lending and margin in a demonstration: who lends and borrows, and what became of it."""

from dataclasses import dataclass
from decimal import Decimal

from worldmarkets.client.errors import contract_error
from worldmarkets.demo.borrowers import (
    Borrower,
    Kind,
    Moment,
    WalletBorrower,
    open_borrowers,
)
from worldmarkets.demo.leverage import LEVERED, Decision, Grow, RepayAll, Shrink, Situation
from worldmarkets.demo.pools import NOTHING, Lent, open_lenders
from worldmarkets.demo.samples import (
    BorrowerReport,
    CreditSample,
    MarginLevels,
    PoolRates,
    PoolReport,
)
from worldmarkets.demo.session import Session
from worldmarkets.demo.words import amount, duration, money
from worldmarkets.model import pools, risk, slots
from worldmarkets.model.errors import BelowInitialMargin, InsufficientLiquidity
from worldmarkets.model.rates import SECONDS_A_YEAR
from worldmarkets.model.reading import WordReader
from worldmarkets.model.words import PoolIndexWord, UnderlyingWord
from worldmarkets.ondemand import Sending
from worldmarkets.staging import Account, Stage, posted_price
from worldmarkets.transactions import Request, RevertedError

_LENT_DOLLARS_PERCENT, _LENT_COINS_PERCENT = 112, 125
"""What is lent, of what is to be borrowed: about 90 % and 80 % utilisation."""
_ACCRUALS = 20
"""How often interest is added up by who has nothing to do with the pools."""
_JUMP_DIVISOR = 10
_QUOTE_ATOM = Decimal("0.000001")
_RATE_ONE = 10**16
_PERMILLE = 1000
_WAD = 10**18


@dataclass(frozen=True)
class Cast:
    """Those who lend and those who borrow."""

    lenders: tuple[Account, ...]
    borrowers: tuple[Borrower, ...]

    @property
    def accounts(self) -> list[Account]:
        """The accounts of all of them."""
        return [*self.lenders, *(borrower.account for borrower in self.borrowers)]


def open_cast(stage: Stage, price: Decimal, kind: Kind, more: Lent = NOTHING) -> Cast:
    """Open the accounts of lenders and borrowers; the lenders lend what is going to be borrowed.

    Args:
        stage: Where.
        price: What to value the base asset at [dollars].
        kind: How the borrowers act.
        more: What is lent besides, for others to borrow.
    """
    in_wallet = kind is WalletBorrower
    owed = {False: 0, True: 0}
    for plan in LEVERED:
        owed[plan.is_short] += plan.debt_dollars(in_wallet=in_wallet)
    lent = Lent(
        more.dollars + owed[False] * _LENT_DOLLARS_PERCENT // 100,
        more.coins + owed[True] * _LENT_COINS_PERCENT // 100,
    )
    lenders = open_lenders(stage, price, lent)
    return Cast(tuple(lenders), tuple(open_borrowers(stage, price, kind)))


class Credit:
    """Lets lenders and borrowers act in a session, and takes down how they stand."""

    def __init__(self, session: Session, cast: Cast) -> None:
        """Take them to their places; their accounts are among those of the session."""
        self.cast = cast
        self.samples: list[CreditSample] = []
        self.notes: list[tuple[str, str]] = []
        """What happened to whom."""
        self._session = session
        self._told: set[tuple[str, str]] = set()
        self._accruals = 0
        self._wanted: dict[str, Request] = {}

    @property
    def symbols(self) -> tuple[str, str]:
        """Symbols of the assets with pools, the quote asset first."""
        quote, base = (self._session.stage.deployment.assets[one] for one in self._session.pooled)
        return quote.symbol, base.symbol

    def reader(self) -> WordReader:
        """Return a reader of the newest block with all that borrowers are judged by."""
        base = self._session.venue.base_asset_id
        accounts = (borrower.account.account_id for borrower in self.cast.borrowers)
        more = [slots.risk(), slots.underlying(base), *map(slots.account, accounts)]
        return self._session.reader(more)

    def step(self, done: int) -> list[Sending]:
        """Return what borrowers send in the next block, at the price that is posted in it.

        Args:
            done: What has passed of the whole time [1/1000].
        """
        moment = self._moment(done)
        sendings = self._accrue(done)
        margins = []
        for borrower in self.cast.borrowers:
            now = borrower.situation(moment)
            levels = now.equity, now.initial, now.maintenance
            margins.append(MarginLevels(*levels, owes=not now.is_paid))
            self._tell_levels(borrower, now)
            decision, requests = borrower.act(now, moment)
            if requests:
                self._tell(borrower, now, decision)
                sendings.append((borrower.account.client.sender, requests))
            self._prepare(borrower, now, moment)
        rates = tuple(self._rates(moment.reader, asset) for asset in self._session.pooled)
        self.samples.append(CreditSample(self._session.seconds, rates, tuple(margins)))
        return sendings

    def after(self) -> None:
        """Try, with the block just made, what must be refused; nothing of it is sent."""
        for name, request in self._wanted.items():
            self._try(name, request)
        self._wanted.clear()

    def reports(self) -> tuple[list[BorrowerReport], list[PoolReport]]:
        """Return how borrowers and pools stand at the newest block."""
        reader = self.reader()
        borrowers = [self._report(reader, borrower) for borrower in self.cast.borrowers]
        return borrowers, [self._pool(reader, asset) for asset in self._session.pooled]

    def _accrue(self, done: int) -> list[Sending]:
        """Now and then somebody adds up interest, so that rates follow where nobody borrows."""
        due = done * _ACCRUALS // _PERMILLE
        if due == self._accruals:
            return []
        self._accruals = due
        operator = self._session.stage.operator
        return [(operator.sender, [operator.calls.accrue_pools(self._session.pooled)])]

    # ------------------------------------------------------------------ looking

    def _moment(self, done: int) -> Moment:
        venue, price = self._session.venue, self._session.reference_price
        reader = self.reader()
        atom_price = posted_price(price) // 10**venue.base_decimals
        known = reader.load(UnderlyingWord, slots.underlying(venue.base_asset_id)).price
        doubtful = abs(atom_price - known) * _JUMP_DIVISOR > known
        return Moment(reader, done, venue.tick(price), atom_price, doubtful)

    def _rates(self, reader: WordReader, asset: int) -> PoolRates:
        """Return the rates of a pool. Formula: PoolReading.sol."""
        pool = pools.read(reader, asset)
        per_second = reader.load(PoolIndexWord, slots.pool_index(asset)).rate
        borrow = per_second * SECONDS_A_YEAR * (_WAD // _RATE_ONE)
        shared = pool.lent_down(pool.supply_shares + pools.VIRTUAL_SHARES)
        supply = borrow * (_PERMILLE - pool.reserve_permille) * pool.borrowed
        return PoolRates(pool.utilisation, borrow, supply // (_PERMILLE * shared))

    def _report(self, reader: WordReader, borrower: Borrower) -> BorrowerReport:
        account = borrower.account
        margin, _ = risk.preview_margin(reader, account.account_id, ())
        quote, base = (
            self._session.interest(reader, account, asset) for asset in self._session.pooled
        )
        interest = -self._session.worth(base, quote)
        debt = borrower.debt(reader)
        owed = debt, borrower.debt_asset
        return BorrowerReport(account.name, margin, *owed, interest, borrower.forced)

    def _pool(self, reader: WordReader, asset: int) -> PoolReport:
        pool, interest = pools.read(reader, asset), self._session.interest
        lenders = self.cast.lenders
        others = [one for one in self._session.accounts if one not in lenders]
        return PoolReport(
            asset,
            pool.supplied,
            pool.borrowed,
            self._rates(reader, asset),
            sum(interest(reader, account, asset) for account in lenders),
            -sum(interest(reader, account, asset) for account in others),
            pool.reserve,
        )

    # ------------------------------------------------------------------ telling

    def _note(self, name: str, text: str) -> None:
        self.notes.append((name, f"{duration(self._session.seconds)}: {text}"))

    def _once(self, name: str, what: str) -> bool:
        """Return whether something happens to somebody for the first time."""
        is_new = (name, what) not in self._told
        self._told.add((name, what))
        return is_new

    def _tell(self, borrower: Borrower, now: Situation, decision: Decision | None) -> None:
        name, venue = borrower.plan.name, self._session.venue
        if isinstance(decision, RepayAll):
            asset = self._session.stage.deployment.assets[borrower.debt_asset]
            owed = Decimal(borrower.debt(self.reader())).scaleb(-asset.decimals)
            self._note(name, f"repays the rest of his debt, {amount(owed)} {asset.symbol}")
        elif isinstance(decision, Grow) and self._once(name, "opens"):
            size = amount(venue.size(borrower.goal))
            verb = "sells" if borrower.plan.is_short else "buys"
            if isinstance(borrower, WalletBorrower):
                verb = "takes out"
            what = "" if verb != "takes out" or borrower.plan.is_short else " worth of dollars"
            self._note(name, f"{verb} {size} {venue.symbol}{what} step by step, on credit")
        elif isinstance(decision, Shrink) and self._once(name, f"shrinks {decision.is_forced}"):
            why = "has to lower his risk" if decision.is_forced else "brings his debt down"
            self._note(name, f"{why}: {_levels(now)}")

    def _tell_levels(self, borrower: Borrower, now: Situation) -> None:
        name = borrower.plan.name
        if not now.is_maintained and self._once(name, "maintenance"):
            text = "is below maintenance; nobody liquidates him, and he may only lower his risk"
            self._note(name, f"{text}: {_levels(now)}")
        if not now.is_paid and now.equity < 0 and self._once(name, "under water"):
            self._note(name, f"owes more than he has: {_levels(now)}")

    # ------------------------------------------------------------------ refusals

    def _prepare(self, borrower: Borrower, now: Situation, moment: Moment) -> None:
        """Think of what somebody may not do.

        That is to take out what backs his position, to borrow more when he may only lower his risk,
        or to take back at once what others have borrowed.
        """
        name = borrower.plan.name
        if borrower.has_opened and borrower.plan.is_stubborn and self._once(name, "takes out"):
            lots = now.equity // (2 * moment.tick * self._session.venue.tick_value)
            self._wanted[name] = borrower.take_out(max(1, lots), moment)
        if not now.may_add and not moment.is_doubtful and self._once(name, "adds"):
            self._wanted[name] = borrower.take_out(max(1, borrower.goal // 8), moment)
        for lender, asset in zip(self.cast.lenders, self._session.pooled, strict=True):
            pool = pools.read(moment.reader, asset)
            if pool.utilisation * 2 > _WAD and self._once(lender.name, "leaves"):
                units = pool.supplied * self._session.stage.deployment.assets[asset].units_per_atom
                self._wanted[lender.name] = lender.client.calls.withdraw(
                    lender.account_id, asset, units, lender.client.address
                )

    def _try(self, name: str, request: Request) -> None:
        sender = next(one for one in self.cast.accounts if one.name == name).client.sender
        assert request.to is not None
        try:
            sender.call(request.to, request.data)
        except RevertedError as error:
            refusal = contract_error(error.data)
        else:
            return
        if isinstance(refusal, BelowInitialMargin):
            wants, had, needed = "more on credit", refusal.equity_atoms, refusal.required_atoms
            text = f"equity would be {_dollars(had)}, needed are {_dollars(needed)}"
        elif isinstance(refusal, InsufficientLiquidity):
            asset = self._session.stage.deployment.assets[refusal.asset_id]
            left = amount(Decimal(refusal.available_atoms).scaleb(-asset.decimals))
            wants, text = "everything back", f"{left} {asset.symbol} are not borrowed now"
        else:
            wants, text = "what he may not", str(refusal)
        self._note(name, f"wants {wants}, refused by {type(refusal).__name__}: {text}")


def _levels(now: Situation) -> str:
    return (
        f"equity {_dollars(now.equity)}, initial {_dollars(now.initial)}, "
        f"maintenance {_dollars(now.maintenance)}"
    )


def _dollars(atoms: int) -> str:
    return money(atoms * _QUOTE_ATOM, 0)
