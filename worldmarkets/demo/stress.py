"""The stress act: prices crash, and keepers do what they are for.

Makers of both markets quote as before, all others leave. Who has too much is helped by his plan or
his line, or sold in slices; who is caught by a gap owes more than he has, and the waterfall pays.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from worldmarkets.client.liquidationlens_views import Standing
from worldmarkets.demo.hedging import HEDGERS, Elsewhere, Hedger
from worldmarkets.demo.source import Source
from worldmarkets.demo.stresscast import BIDDER, PLANNER
from worldmarkets.demo.stressfeed import CrashFeed
from worldmarkets.demo.stressledger import Funds, Ledger, read_funds
from worldmarkets.demo.stresspath import Crash, crash_path
from worldmarkets.demo.stressplaces import (
    calm_and_gapped,
    latecomer,
    openers,
    planning,
    reducer,
    session_after,
)
from worldmarkets.demo.stresstraders import Holder
from worldmarkets.errors import WorldMarketsError
from worldmarkets.keepers import (
    FundingJob,
    LiquidatingRules,
    LiquidationJob,
    LiquidationOptions,
    PriceJob,
    RolePoster,
    SettleJob,
)
from worldmarkets.keepers.job import Job
from worldmarkets.marketdata.paths import PointPath
from worldmarkets.ondemand import Sending
from worldmarkets.staging import QUOTE_DECIMALS, Venue
from worldmarkets.transactions import Sender

ROUND_SECONDS = 10
"""How often prices are looked at [seconds]."""
_OPENING_ROUNDS = 6
_LEAST_CLOSING_ROUNDS, _CLOSING_ROUNDS = 8, 18
"""How long it goes on after the crash: so long, and then until nobody is for sale."""
_HURRY_SECONDS = (3, 6)
"""When the liquidator looks again while somebody is for sale [seconds after the prices]."""
_SETTLE_ROUNDS = 4
"""How many rounds there are from one settling to the next."""
_LIFE_SECONDS = 60
"""How long makers' quotes live."""
_BIDDER_CAPITAL = 16_000 * 10**QUOTE_DECIMALS
"""What the bidder risks at once [quote atoms]."""
_ACCOUNTS_A_CALL = 16


class StressError(WorldMarketsError):
    """There is nobody to play a crash with."""


@dataclass(frozen=True)
class _Keeper:
    """A job, and whose key does what it finds."""

    job: Job
    sender: Sender

    def sending(self) -> Sending:
        """Return what is due now."""
        wanted = [action.request for action in self.job.look().actions if action.is_due()]
        return self.sender, wanted


class StressAct:
    """Plays a crash where a demonstration has ended.

    Attributes:
        crash: What prices do.
        cast: Who is there for it.
        scene, lenders: Who trades perps, and who lends, beside them.
        ledger: Everything that happens.
        session: Whose accounts take part; its time begins with the crash.
        calm, gapped: What most of them hold, and that without news of its price for a while.
        before, after: Where accounts stand when it begins and when it is over, by their ids.
        funds: What losses are paid from, when it begins and when it is over.
    """

    def __init__(self, source: Source, crash: Crash) -> None:
        """Take everybody to their places.

        Args:
            source: What has been played; it must have perps and a cast for this act.
            crash: What prices do now.

        Raises:
            StressError: it has not.
        """
        if source.perps is None or source.stress is None:
            raise StressError("a stress act needs perps, and a cast of its own")
        self.crash, self.cast, self.scene = crash, source.stress, source.perps
        self.lenders = source.credit.cast.lenders
        self.ledger = Ledger()
        self.session = session_after(source, self.cast, crash)
        self.calm, self.gapped = calm_and_gapped(self.session, self.cast)
        self.before: dict[int, Standing] = {}
        self.after: dict[int, Standing] = {}
        self.funds: list[Funds] = []
        self._blocks = source.blocks
        self._origin = source.blocks.timestamp + (_OPENING_ROUNDS + 1) * ROUND_SECONDS
        self._feed = CrashFeed(crash, self.session.underlyings, self.gapped.symbol)
        self._hedgers = [
            Hedger(self.session, plan, account, _LIFE_SECONDS)
            for plan, account in zip(HEDGERS, self.scene.cast.hedgers, strict=True)
        ]
        self._hire()
        self._holders: list[Holder] = []
        self._rounds = 0

    def play(self) -> Iterator[None]:
        """Play the act, and yield after every block.

        Raises:
            LedgerError: the events do not tell what has become of the funds.
        """
        yield from self._open()
        self.funds.append(read_funds(self._client))
        self.before = self._stand()
        for seconds in self.crash.moments(ROUND_SECONDS):
            if seconds == self.crash.silent_from:
                self._holders = [latecomer(self.cast, self.gapped)]
            elif seconds >= self.crash.silent_until:
                self._holders = []
            yield from self._round(seconds)
        yield from self._close()
        self.funds.append(read_funds(self._client))
        self.after = self._stand()
        self._check()

    # ------------------------------------------------------------- beginning and end

    def _open(self) -> Iterator[None]:
        """Let others leave, and those with too much, and the basis trader, open what they hold."""
        begins = -_OPENING_ROUNDS * ROUND_SECONDS
        yield from self._block(begins, self._leaving())
        self._holders = [*openers(self.cast, self.scene, self.calm, self.crash.depth)]
        for seconds in range(begins, 0, ROUND_SECONDS):
            yield from self._round(seconds)
        self._holders = []
        plan = planning(self.session, self.cast, self.calm.perp)
        yield from self._block(0, [(self.cast.account(PLANNER).client.sender, [plan])])

    def _close(self) -> Iterator[None]:
        """Go on at the last price until nobody is for sale; one lowers his position meanwhile."""
        self._holders = [reducer(self.session, self.cast, self.calm.perp)]
        last = self.crash.path.seconds
        for place in range(1, _CLOSING_ROUNDS + 1):
            yield from self._round(last + place * ROUND_SECONDS)
            if place >= _LEAST_CLOSING_ROUNDS and not self._is_for_sale():
                return

    def _leaving(self) -> list[Sending]:
        """Return what takes back all orders but those of the makers who stay."""
        staying = {account.account_id for account in self.scene.cast.hedgers}
        found: list[Sending] = []
        for account in self.session.accounts:
            orders = [one for one, _ in self.session.book.orders_of(account.account_id)]
            if orders and account.account_id not in staying:
                cancel = account.client.calls.cancel_many(account.account_id, orders)
                found.append((account.client.sender, [cancel]))
        return found

    def _check(self) -> None:
        self.ledger.check(*self.funds)
        claims = (
            {one.account_id: one.claim_atoms for one in stands.values()}
            for stands in (self.before, self.after)
        )
        self.ledger.check_claims(*claims)

    # ------------------------------------------------------------- rounds

    def _round(self, seconds: int) -> Iterator[None]:
        """Post prices and quote, then trade and keep; look again while somebody is for sale.

        Keepers act in the second in which they look, as blocks are shorter than that.
        """
        self._rounds += 1
        self._feed.seconds = seconds
        yield from self._block(seconds, [self._prices.sending(), *self._quotes(seconds)])
        keepers = [self._funding, self._liquidator]
        if self._rounds % _SETTLE_ROUNDS == 0:
            keepers.append(self._settler)
        sendings = [*self._trading(), *(keeper.sending() for keeper in keepers)]
        yield from self._block(seconds, sendings)
        for later in _HURRY_SECONDS if self._is_for_sale() else ():
            yield from self._block(seconds + later, [self._funding.sending()])
            yield from self._block(seconds + later, [self._liquidator.sending()])

    def _block(self, seconds: int, sendings: Sequence[Sending]) -> Iterator[None]:
        wanted = [sending for sending in sendings if sending[1]]
        block = self._blocks.make_block(wanted, self._origin + seconds)
        self.session.seconds = Decimal(seconds)
        self.session.follow(block)
        self.ledger.note(block, seconds)
        yield

    def _quotes(self, seconds: int) -> Iterator[Sending]:
        elsewhere = tuple(
            Elsewhere(price, price) for price in map(self._feed.price, self.session.underlyings)
        )
        for hedger in self._hedgers:
            yield hedger.step(elsewhere, self._origin + seconds, is_doubtful=False)

    def _trading(self) -> Iterator[Sending]:
        prices: dict[Venue, Decimal] = {}
        for one in self.session.underlyings:
            prices[one.spot] = prices[one.perp] = self._feed.price(one)
        for wanting in self._holders:
            yield wanting.account.client.sender, wanting.trade(self.session, prices)

    def _is_for_sale(self) -> bool:
        return self._client.liquidation_lens.state().flagged_accounts > 0

    # ------------------------------------------------------------- who is who

    def _hire(self) -> None:
        """Let keepers look after everything; the operator posts, as he has the price role."""
        keeper, bidder = self.scene.cast.keeper, self.cast.client(BIDDER)
        symbols = [one.symbol for one in self.session.underlyings]
        prices = PriceJob(keeper, self._feed, RolePoster(keeper), symbols)
        options = LiquidationOptions(
            bidder_account_id=self.cast.account(BIDDER).account_id,
            rules=LiquidatingRules(capital_atoms=_BIDDER_CAPITAL),
        )
        self._client = keeper.raw
        self._prices = _Keeper(prices, self.session.stage.operator.sender)
        self._funding = _Keeper(FundingJob(keeper), keeper.raw.sender)
        self._settler = _Keeper(SettleJob(keeper), keeper.raw.sender)
        self._liquidator = _Keeper(LiquidationJob(bidder, options), bidder.raw.sender)

    def _stand(self) -> dict[int, Standing]:
        """Return where all accounts stand now, a few a call."""
        ids = [one.account_id for one in self.session.accounts]
        found: dict[int, Standing] = {}
        for first in range(0, len(ids), _ACCOUNTS_A_CALL):
            some = ids[first : first + _ACCOUNTS_A_CALL]
            stands = self._client.liquidation_lens.standings(some)
            found |= {one.account_id: one for one in stands}
        return found


def crash_after(source: Source) -> Crash | None:
    """Return the crash to play after a source: the worst of its own prices, if that is one.

    Else that beside the project or a made-up one; None where nobody is there to play it.
    """
    if source.stress is None:
        return None
    path = source.session.underlyings[0].path
    return crash_path(path if isinstance(path, PointPath) else None)
