"""What anybody does for a small gain: draw lines, flag, review, buy slices and unload them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from worldmarkets.crash.books import Books
from worldmarkets.crash.venue import Desk, Underlying
from worldmarkets.model import accounts, balances
from worldmarkets.model.interface import OrderRequest, Side, TimeInForce
from worldmarkets.model.liquidation import auction, flags, protection, standing
from worldmarkets.model.liquidation.auction import Offer
from worldmarkets.model.liquidation.standing import Standing
from worldmarkets.model.liquidation_interface import SliceResult
from worldmarkets.model.perps import positions
from worldmarkets.staging import Venue

GAIN_BPS = 10
"""What a liquidator wants of the gross beyond what unloading it costs; nothing of an account that
has chosen him, within its window [basis points]."""
_UNLOAD_BPS = 100
"""How far beyond the index he unloads [basis points]."""
_PPM = 10**6
_HALVINGS = 3
"""How often he tries a smaller slice."""


class Standings:
    """Where accounts stand at a step, read once while nothing of theirs is written."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._time = 0
        self._known: dict[int, Standing] = {}

    def of(self, account_id: int) -> Standing:
        """Return where an account stands now."""
        if self._desk.time != self._time:
            self._time = self._desk.time
            self._known.clear()
        if account_id in self._desk.changed:
            return standing.read(self._desk.state, account_id)
        if account_id not in self._known:
            self._known[account_id] = standing.read(self._desk.state, account_id)
        return self._known[account_id]


class Keeper:
    """Brings accounts that are not healthy to where they belong."""

    def __init__(self, desk: Desk, order_ids: Mapping[int, int]) -> None:
        """Keep accounts in order; of each that has a resting order its id is known."""
        self.desk = desk
        self.standings = Standings(desk)
        self._order_ids = order_ids
        self.flagged: dict[int, None] = {}
        """Accounts that are flagged, the oldest flag first."""

    def serve(self, account_id: int) -> bool:
        """Draw the lines of an account that is not healthy; flag it if that is not enough.

        Returns whether it was flagged.
        """
        for lender_id in self._lines(account_id):
            self.desk.attempt("draw_line", account_id, lender_id)
        if self.standings.of(account_id).is_safe:
            return False
        self.desk.act("flag_account", account_id)
        self.flagged[account_id] = None
        return True

    def review(self) -> None:
        """Review flagged accounts of which a review would change something."""
        for account_id in list(self.flagged):
            stands = self.standings.of(account_id)
            if stands.is_restored or stands.is_safe or stands.covered < 0:
                self.desk.act("review_account", account_id)
                self.forget(account_id)

    def forget(self, account_id: int) -> None:
        """Note that a flag may have been cleared; then take a dead order out of the book."""
        state = self.desk.state
        if accounts.load(state, account_id).flagged:
            return
        self.flagged.pop(account_id, None)
        if account_id in self._order_ids and not accounts.load(state, account_id).live:
            self.desk.act("force_cancel", account_id, [self._order_ids[account_id]])
            if not accounts.load(state, account_id).live:
                self.desk.act("review_account", account_id)

    @property
    def waiting(self) -> bool:
        """Whether slices of some account can be bought, now or after its window."""
        return any(not self.standings.of(account_id).is_safe for account_id in self.flagged)

    def _lines(self, account_id: int) -> tuple[int, ...]:
        state, stands = self.desk.state, self.standings.of(account_id)
        if stands.is_healthy or not accounts.load(state, account_id).protected:
            return ()
        lenders = protection.load_lines(state, account_id).lenders
        return tuple(
            lender
            for lender in lenders
            if protection.load_line(state, account_id, lender).locked
            and protection.load_line(state, account_id, lender).protects(self.desk.time)
        )


@dataclass(frozen=True)
class _Slice:
    """A slice that is worth buying, and what its buyer has to have left [quote atoms]."""

    account_id: int
    stands: Standing
    offer: Offer
    ppm: int

    @property
    def most_paid(self) -> int:
        """What it costs, negative if its buyer is paid [quote atoms]."""
        if self.offer.price < 0:
            # Where nobody is left to pay a bidder he gets less than he asks; he takes that.
            return 0
        return self.offer.payment(self.ppm)[0]


@dataclass
class Bought:
    """What slices have taken from accounts; amounts in quote atoms."""

    gross: int = 0
    needless: int = 0
    """Gross of it beyond what would have brought them to R_end: smallest slices are more."""
    given_up: int = 0
    """Positive equity of slices beyond what was paid for them, and fees."""

    def add(self, wanted: _Slice, result: SliceResult) -> None:
        """Add a slice."""
        stands, ppm = wanted.stands, result.fraction_ppm
        self.gross += stands.gross * ppm // _PPM
        missing, net = stands.end - stands.equity, wanted.offer.price - wanted.offer.fee
        needed = _PPM * missing // (missing + net) if net > 0 else _PPM
        self.needless += stands.gross * max(0, ppm - needed - 1) // _PPM
        worth = max(0, stands.equity) * ppm // _PPM
        self.given_up += max(0, worth - max(0, result.paid_atoms)) + result.fee_atoms


class Liquidators:
    """Bidders with capital of their own; the first of them is who accounts have chosen."""

    def __init__(self, desk: Desk, books: Books, account_ids: Sequence[int]) -> None:
        self.desk = desk
        self.books = books
        self.account_ids = list(account_ids)
        self.is_loaded = False
        """Whether any of them held something when they last unloaded."""
        self.bought = Bought()
        self._chosen_by: set[int] = set()

    def choose(self, account_ids: Sequence[int]) -> None:
        """Let accounts choose the first of them as their liquidator."""
        owners = self.desk.owners
        for account_id in account_ids:
            choice = (account_id, owners.liquidators, True)
            self.desk.act("set_liquidator", owners.holders, *choice)
            self._chosen_by.add(account_id)

    def bid(self, keeper: Keeper) -> None:
        """Buy of every flagged account what is worth its price now, by whoever can carry it."""
        for account_id in list(keeper.flagged):
            found = self._worth_buying(account_id, keeper.standings)
            if found is not None and self._buy(found):
                keeper.forget(account_id)

    def unload(self, prices: Sequence[int]) -> None:
        """Trade what they hold towards nothing, as far as the books go."""
        self.is_loaded = False
        for account_id in self.account_ids:
            places = list(self._unloading(account_id, prices))
            if places:
                self.is_loaded = True
                owner = self.desk.owners.liquidators
                self.desk.attempt("batch", owner, account_id, [], places, 2**64 - 1, False)

    def _worth_buying(self, account_id: int, standings: Standings) -> _Slice | None:
        state = self.desk.state
        word = flags.load(state, account_id)
        is_window = self.desk.time < word.window_end
        if is_window and account_id not in self._chosen_by:
            return None
        stands = standings.of(account_id)
        if stands.is_safe or stands.covered < 0:
            return None
        known = (stands.equity, stands.end, stands.exit_cost, stands.gross)
        offer = auction.offer(*known, max(0, self.desk.time - word.clock_start))
        ppm = min(_PPM, offer.most)
        wanted = (0 if is_window else GAIN_BPS) + self._cost_bps(account_id, ppm)
        if (stands.equity - offer.price) * 10_000 < wanted * stands.gross:
            return None
        return _Slice(account_id, stands, offer, ppm)

    def _cost_bps(self, account_id: int, ppm: int) -> int:
        """Return what unloading a part of an account costs at most, of any leg [basis points]."""
        costs = [0]
        for known in self.desk.underlyings:
            for venue, lots in self._holds(account_id, known):
                if lots:
                    costs.append(self.books.cost_bps(abs(lots) * ppm // _PPM, venue.market_id))
        return max(costs)

    def _buy(self, found: _Slice) -> bool:
        """Let the first one buy a slice, or as much as he can carry, who can; or nobody."""
        owner, ppm = self.desk.owners.liquidators, found.ppm
        for _ in range(_HALVINGS):
            part = replace(found, ppm=ppm)
            for account_id in self.account_ids:
                wanted = (found.account_id, account_id, ppm, part.most_paid)
                bought, result = self.desk.attempt("take_slice", owner, *wanted)
                if bought:
                    self.bought.add(part, result)
                    # The next slice is the next one's.
                    self.account_ids.remove(account_id)
                    self.account_ids.append(account_id)
                    return True
            if ppm == found.offer.least:
                return False
            ppm = max(found.offer.least, ppm // 2)
        return False

    def _unloading(self, account_id: int, prices: Sequence[int]) -> Iterator[OrderRequest]:
        for known in self.desk.underlyings:
            for venue, held in self._holds(account_id, known):
                lots = min(abs(held), self.books.shown(venue.market_id))
                if lots < venue.min_lots:
                    continue
                tick = known.tick(prices[known.asset_id - 1])
                away = max(1, tick * _UNLOAD_BPS // 10_000)
                side = Side.ASK if held > 0 else Side.BID
                limit = tick - away if held > 0 else tick + away + 1
                kind = TimeInForce.IMMEDIATE_OR_CANCEL
                yield OrderRequest(venue.market_id, side, limit, lots, kind)

    def _holds(self, account_id: int, known: Underlying) -> list[tuple[Venue, int]]:
        """Return what an account has in each market of an asset [lots]."""
        state = self.desk.state
        atoms = balances.atoms_of(state, account_id, known.asset_id)
        lots = abs(atoms) // known.spot.atoms_per_lot
        size = positions.load(state, account_id, known.perp.market_id).size
        return [(known.spot, lots if atoms >= 0 else -lots), (known.perp, size)]
